//! Tables: those of a run's document.

use super::shows::EmbedTable;
use crate::output::document::Table;
use crate::output::run::{parts, tables};
use crate::output::sentence::Facts;
use crate::results::Assumption;

/// A table.
///
/// # Errors
/// Says why the scenario has no such table.
pub(super) fn of(table: EmbedTable, facts: &Facts<'_>, assumptions: &[Assumption]) -> Result<Table, String> {
    Ok(match table {
        EmbedTable::Headline => tables::outcomes(facts).without(&[tables::MEDIAN, tables::IN_WORDS, tables::SIMULATED]),
        EmbedTable::Segments => part(facts, "segments", "this scenario has no segments")?,
        EmbedTable::TimeZones => part(facts, "time-zones", "no two of this scenario's segments share a time zone")?,
        EmbedTable::Causes => tables::causes(facts, &facts.ascending()),
        EmbedTable::Timeline => tables::timeline(facts.plan),
        EmbedTable::Assumptions => tables::assumptions(assumptions),
    })
}

fn part(facts: &Facts<'_>, name: &str, none: &str) -> Result<Table, String> {
    parts::tables(facts).into_iter().find(|table| table.name == name).ok_or_else(|| none.to_owned())
}
