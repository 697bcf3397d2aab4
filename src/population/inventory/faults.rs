//! Rows of an inventory that can't be read: all are found, the first ten are shown, and none is dropped in silence.

use super::bad_rows::BadRows;
use crate::plan::units::{counted, group_count};
use crate::population::table::{FileTable, shortened};
use crate::scenario::FindingCode;
use crate::scenario::instant::{NO_OFFSET, guess_format};
use crate::scenario::inventory::{INSTANT_COLUMNS, InventoryFault, InventoryRequest};

/// Rows that a report shows one by one.
const SHOWN: usize = 10;

/// What is wrong with a cell, or with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Counted from 0, without the header.
    pub(super) row: usize,
    /// As the file calls it; `None` for the row as a whole.
    pub(super) column: Option<String>,
    /// What stands there; `None` for nothing.
    pub(super) cell: Option<String>,
    /// What is wrong with it.
    pub(super) why: String,
    /// Whether the row is of an org that an earlier row is of.
    pub(super) is_duplicate: bool,
}

/// Everything wrong with the rows of a file.
#[derive(Debug)]
pub(super) struct InventoryFaults<'a> {
    file: String,
    table: &'a FileTable,
    bad_rows: BadRows,
    found: Vec<Fault>,
}

impl<'a> InventoryFaults<'a> {
    /// Those of rows that are none at all, to begin with.
    pub(super) fn new(file: &str, table: &'a FileTable, bad_rows: BadRows) -> Self {
        let whole = |bad: &crate::population::table::BadRow| Fault {
            row: bad.row,
            column: None,
            cell: None,
            why: bad.why.clone(),
            is_duplicate: false,
        };
        Self { file: file.to_owned(), table, bad_rows, found: table.bad.iter().map(whole).collect() }
    }

    pub(super) fn extend(&mut self, found: impl IntoIterator<Item = Fault>) {
        self.found.extend(found);
    }

    /// How people call a row.
    pub(super) fn number(&self, row: usize) -> String {
        self.table.number(row)
    }

    /// The columns that can't be read in a row; `None` for all of them.
    pub(super) fn of_row(&self, row: usize) -> impl Iterator<Item = Option<&str>> {
        let begin = self.found.partition_point(|fault| fault.row < row);
        self.found[begin..].iter().take_while(move |fault| fault.row == row).map(|fault| fault.column.as_deref())
    }

    /// The rows to leave out, ascending, where that is asked for; else refuses the file.
    pub(super) fn settle(&mut self, request: &InventoryRequest) -> Result<Vec<usize>, InventoryFault> {
        // Of a row that is none at all, nothing else is to be said.
        self.found.sort_by_key(|fault| (fault.row, fault.column.is_some()));
        self.found.dedup_by(|next, first| next.row == first.row && first.column.is_none());
        let mut bad: Vec<usize> = self.found.iter().map(|fault| fault.row).collect();
        bad.dedup();
        if bad.is_empty() {
            return Ok(bad);
        }
        let duplicates = self.found.iter().filter(|fault| fault.is_duplicate).count();
        // Which row of an org counts is never for the order of the file to say.
        if duplicates == self.found.len() || (duplicates > 0 && self.bad_rows == BadRows::Skip) {
            self.found.retain(|fault| fault.is_duplicate);
            let rows = counted(duplicates as u64, "row is", "rows are");
            return Err(InventoryFault {
                code: FindingCode::DuplicateOrgs,
                message: format!("{rows} of orgs that stand in {} already", self.file),
                notes: self.shown(),
                help: DUPLICATES_HELP.to_owned(),
            });
        }
        if self.bad_rows == BadRows::Refuse {
            return Err(InventoryFault {
                code: FindingCode::BadRows,
                message: format!("{} can't be read", self.counted(bad.len())),
                notes: self.shown(),
                help: self.help(request, duplicates > 0),
            });
        }
        if bad.len() == self.table.rows {
            return Err(InventoryFault {
                code: FindingCode::BadRows,
                message: format!("not one row of {} can be read", self.file),
                notes: self.shown(),
                help: "is each column what its name says? `population.columns` maps other names".to_owned(),
            });
        }
        Ok(bad)
    }

    /// `3 of 500 rows of orgs.csv`.
    pub(super) fn counted(&self, bad: usize) -> String {
        format!("{} of {} rows of {}", group_count(bad as u64), group_count(self.table.rows as u64), self.file)
    }

    /// That rows were left out, with the first reason.
    pub(super) fn left_out(&self, bad: usize) -> String {
        let (were, rest) = if bad == 1 { ("was", ", ") } else { ("were", ", first ") };
        let first = self.found.first().map_or_else(String::new, |fault| self.show(fault));
        format!("{} {were} left out because they can't be read{rest}{first}.", self.counted(bad))
    }

    /// How to mend the file.
    fn help(&self, request: &InventoryRequest, has_duplicates: bool) -> String {
        let mut help = String::new();
        if let Some(fault) = self.found.iter().find(|fault| fault.why == NO_OFFSET) {
            let theirs = fault.column.as_deref().unwrap_or_default();
            let ours = INSTANT_COLUMNS.into_iter().find(|ours| request.name_of(ours) == theirs);
            let ours = ours.or_else(|| self.table.columns.iter().find(|c| c.theirs == theirs).map(|c| c.ours));
            let zone = request.zone.map_or("America/New_York", |zone| zone.name());
            let format = fault.cell.as_deref().and_then(guess_format);
            let format = format.map_or_else(String::new, |format| format!(", format = \"{format}\""));
            help += &format!(
                "say which zone these times are of: `columns.{} = {{ name = \"{theirs}\", zone = \"{zone}\"{format} }}` in [population]. ",
                ours.unwrap_or("last_refresh_at")
            );
        } else if let Some(fault) = self.found.iter().find(|fault| fault.why.starts_with("is a number, not a time")) {
            let theirs = fault.column.as_deref().unwrap_or_default();
            let ours = self.table.columns.iter().find(|c| c.theirs == theirs).map_or("last_refresh_at", |c| c.ours);
            help += &format!(
                "if it counts from 1970, say so: `columns.{ours} = {{ name = \"{theirs}\", format = \"epoch seconds\" }}` in [population]. "
            );
        }
        if has_duplicates {
            help += &format!("For orgs of several rows {DUPLICATES_HELP}. ");
        }
        let mend = if help.is_empty() {
            "mend them, or go on without them: --skip-bad-rows"
        } else {
            "Or go on without them: --skip-bad-rows"
        };
        help + mend
    }

    fn shown(&self) -> Vec<String> {
        let mut shown: Vec<String> = self.found.iter().take(SHOWN).map(|fault| self.show(fault)).collect();
        if self.found.len() > SHOWN {
            shown.push(format!("and {} more", group_count((self.found.len() - SHOWN) as u64)));
        }
        shown
    }

    fn show(&self, fault: &Fault) -> String {
        let cell = fault.cell.as_deref().map_or_else(String::new, |cell| format!(" `{}`", shortened(cell)));
        match &fault.column {
            Some(column) => format!("{}, column `{column}`:{cell} {}", self.number(fault.row), fault.why),
            None => format!("{}: {}", self.number(fault.row), fault.why),
        }
    }
}

const DUPLICATES_HELP: &str = "say which one counts: `duplicates = \"latest\"` in [population] takes the row used last, `\"earliest\"` the one used \
                               longest ago, `\"any-connection\"` the one that meets the first event first";
