//! Bytes from a comparison of plans: a document for the terminal and the page, JSON; its chart is among the charts. It computes no
//! result.

mod document;
pub(crate) mod json;
mod phrases;
pub(crate) mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub(crate) use document::document;
pub(crate) use phrases::{CountUnit, chance, mean_difference, range, verdict};
