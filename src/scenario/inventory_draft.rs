//! `population.inventory` as it is written.

use super::instant::InstantForm;
use super::placed::Placed;

/// `population.inventory` and `population.columns`.
#[derive(Debug, Clone)]
pub(crate) struct InventoryDraft {
    /// Where the file is, relative to the scenario.
    pub path: Placed<String>,
    /// Columns that the file calls or writes otherwise: one of [`COLUMNS`](super::inventory::COLUMNS), and how the file has it.
    pub columns: Vec<(&'static str, Placed<ColumnForm>)>,
    /// What several rows of one org mean.
    pub duplicates: Option<Placed<Duplicates>>,
}

/// How a file has a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnForm {
    /// Its name; `None` where it goes by ours.
    pub name: Option<String>,
    /// How its instants are written.
    pub instants: InstantForm,
}

/// What several rows of one org mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// A fault.
    #[default]
    Refuse,
    /// The row that was used last counts.
    Latest,
    /// The row that was used longest ago counts.
    Earliest,
    /// The org fails as soon as one of its connections does: the row counts whose connection refreshes first once the plan's first event is in
    /// force. Microseconds from `as_of` to that event, and of the interval, which is a single one.
    AnyConnection {
        /// From `as_of` to the first event; below 0 where that is past.
        event: i64,
        /// From one refresh to the next.
        interval: i64,
    },
}
