//! Bytes from a frontier: a document for the terminal and the page, JSON, CSV; its chart is among the charts. It computes no result.

mod csv;
mod document;
pub(crate) mod json;
mod sentences;

pub(crate) use csv::{line_csv, plane_csv};
pub(crate) use document::document;
pub(crate) use sentences::finding;
