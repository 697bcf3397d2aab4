//! `summary.json` and `run --format json`, and what the JSON of all verbs shares: all figures in full precision, under names that other
//! people's scripts rely on.

mod shared;
mod summary;

#[cfg(feature = "tables")]
pub(crate) use shared::line;
pub(crate) use shared::{DeadlineView, ScenarioView, as_map, indented};
pub(crate) use summary::summary_text;
