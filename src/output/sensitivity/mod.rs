//! Bytes from a sensitivity analysis: a document for the terminal and the page, JSON; its chart is among the charts.

mod document;
pub mod json;
mod phrases;
pub mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub use document::document;
pub use phrases::{answers, decides, has_effect, interval, range};
