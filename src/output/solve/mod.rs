//! Bytes from a solution: a document for the terminal and the page, JSON; its chart is among the charts. It computes no
//! result.

mod document;
pub(crate) mod json;
pub(crate) mod sentences;
mod shown;
pub(crate) use document::document;
