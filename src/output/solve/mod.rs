//! Bytes from a solution: sentences, the terminal's text, JSON, the Markdown page; its chart is among the charts. It computes no
//! result.

pub mod json;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
mod shown;
pub mod terminal;
