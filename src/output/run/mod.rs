//! What a run says: its tables, each stated once, and the document that terminals and pages lay out.

mod command;
mod document;
pub(crate) mod full_tables;
pub(crate) mod parts;
pub(crate) mod tables;

pub use command::command;
pub use document::{document, ends, error_bound};
