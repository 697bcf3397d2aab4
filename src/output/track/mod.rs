//! What a rollout under way tells, as a document, as JSON and in three lines.

mod document;
pub(crate) mod json;
mod sentences;

pub(crate) use document::document;
pub(crate) use sentences::{brief, called, likelihood, main_lesson, main_need, spread, title, told};
