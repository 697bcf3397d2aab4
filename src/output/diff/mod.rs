//! Bytes from a difference of two scenarios: a document for the terminal and the page, JSON; its chart is among the charts.

mod document;
pub mod json;
mod phrases;
pub mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub use document::document;
pub use phrases::{change, name, signed};
