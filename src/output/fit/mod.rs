//! Bytes from a fitted history: a document for the terminal and the page, JSON, the curve and the values that stand for it as CSV; its chart is
//! among the charts. It computes no result.

mod csv;
mod document;
pub(crate) mod json;
pub(crate) mod law;
mod parameter;
pub(crate) mod sentences;

#[cfg(test)]
pub(super) mod samples;

pub(crate) use csv::{intervals_csv, survival_csv};
pub(crate) use document::document;
