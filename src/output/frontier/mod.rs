//! Bytes from a frontier: a document for the terminal and the page, JSON, CSV; its chart is among the charts. It computes no result.

mod csv;
mod document;
pub mod json;
mod sentences;

pub use csv::{line_csv, plane_csv};
pub use document::document;
pub use sentences::finding;
