//! Bytes from a solution: a document for the terminal and the page, JSON; its chart is among the charts. It computes no
//! result.

mod document;
pub mod json;
pub mod sentences;
mod shown;
pub use document::document;
