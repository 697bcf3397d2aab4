//! Texts of strangers where others meet them.

pub use crate::scenario::safe::*;
