//! How good past forecasts were, as a document.

mod document;

pub(crate) use document::{document, finding};
