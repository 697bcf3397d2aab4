//! A scenario that may hold, as a function of its assumptions.

use crate::plan::Movements;

/// A scenario that may hold.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What it is called.
    pub name: String,
    /// Its plan as a function of its assumptions.
    pub movements: Movements,
}
