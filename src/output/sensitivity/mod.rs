//! Bytes from a sensitivity analysis: the terminal's text, JSON, the Markdown page; its chart is among the charts.

pub mod json;
mod phrases;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

#[cfg(test)]
pub(super) mod samples;

pub use phrases::{answers, decides, has_effect, interval, range};
