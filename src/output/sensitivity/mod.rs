//! Bytes from a sensitivity analysis: a document for the terminal and the page, JSON; its chart is among the charts.

mod document;
pub(crate) mod json;
mod phrases;
pub(crate) mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub(crate) use document::document;
pub(crate) use phrases::{answers, decides, has_effect, interval, range};
