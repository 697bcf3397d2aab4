//! Bytes from the list of whom to call: the terminal's table, JSON, CSV and Parquet; its chart is among the charts. It computes no
//! result.

mod document;
pub mod json;
mod phrases;
#[cfg(feature = "tables")]
pub mod tables;

pub use document::{ROWS, document};
pub use phrases::{Listed, figure, finding, listed, overdue, unit};
