//! One of the plans that are compared.

use crate::plan::Family;
use crate::results::{Assumption, Provenance};

/// A plan that is to be compared.
#[derive(Debug, Clone)]
pub(crate) struct Contender<'a> {
    /// The plan, with what is not known about it.
    pub family: &'a Family,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its assumptions in words, by which differences are told.
    pub assumptions: &'a [Assumption],
}
