//! Bytes from a comparison of plans: a document for the terminal and the page, JSON; its chart is among the charts. It computes no
//! result.

mod document;
pub mod json;
mod phrases;
pub mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub use document::document;
pub use phrases::{CountUnit, chance, mean_difference, range, verdict};
