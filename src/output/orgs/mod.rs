//! Bytes from the list of whom to call: the terminal's table, JSON, CSV and Parquet; its chart is among the charts. It computes no
//! result.

mod document;
pub(crate) mod json;
mod phrases;
#[cfg(feature = "tables")]
pub(crate) mod tables;

pub(crate) use document::{ROWS, document};
pub(crate) use phrases::{figure, finding, listed, overdue, unit};
