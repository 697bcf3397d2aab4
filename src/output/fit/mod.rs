//! Bytes from a fitted history: the terminal's text, JSON, a page, the curve and the values that stand for it as CSV; its chart is
//! among the charts. It computes no result.

mod csv;
pub mod json;
pub mod law;
mod parameter;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

#[cfg(test)]
pub(super) mod samples;

pub use csv::{intervals_csv, survival_csv};
