//! Bytes from a comparison of plans: the terminal's text, JSON, the Markdown page; its chart is among the charts. It computes no
//! result.

pub mod json;
mod phrases;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

#[cfg(test)]
pub(super) mod samples;

#[cfg(feature = "charts")]
pub(in crate::output) use phrases::MINUS;
pub use phrases::{Unit, chance, mean_difference, range, verdict};
