//! Rows of an inventory that can't be read: all are found, the first ten are shown, and none is dropped in silence.

use super::BadRows;
use super::values::Rows;
use crate::plan::units::group_count;
use crate::scenario::inventory::InventoryFault;
use std::path::Path;

/// Rows that a report shows one by one.
const SHOWN: usize = 10;

/// Letters of a cell that are shown.
const WIDEST: usize = 40;

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Counted from 0, without the header.
    pub(super) row: usize,
    /// As the file calls it.
    pub(super) column: String,
    /// What stands there; `None` for nothing.
    pub(super) cell: Option<String>,
    /// What is wrong with it.
    pub(super) why: String,
}

/// Everything wrong with the rows of a file.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    first_row: usize,
    bad_rows: BadRows,
    found: Vec<Fault>,
}

impl Faults {
    /// `first_row` is the number of the file's first row as people count, with the header where there is one.
    pub(super) fn new(path: &Path, first_row: usize, bad_rows: BadRows) -> Self {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self { file, first_row, bad_rows, found: Vec::new() }
    }

    pub(super) fn extend(&mut self, found: impl IntoIterator<Item = Fault>) {
        self.found.extend(found);
    }

    /// How people call a row.
    pub(super) fn number(&self, row: usize) -> String {
        group_count((row + self.first_row) as u64)
    }

    /// Leaves bad rows out where that is asked for, and says so; else refuses the file.
    pub(super) fn settle(mut self, rows: &mut Rows) -> Result<Vec<String>, InventoryFault> {
        self.found.sort_by_key(|fault| fault.row);
        let mut bad: Vec<usize> = self.found.iter().map(|fault| fault.row).collect();
        bad.dedup();
        if bad.is_empty() {
            return Ok(Vec::new());
        }
        let counted =
            format!("{} of {} rows of {}", group_count(bad.len() as u64), group_count(rows.len() as u64), self.file);
        if self.bad_rows == BadRows::Refuse {
            return Err(InventoryFault {
                code: "bad-rows",
                message: format!("{counted} can't be read"),
                notes: self.shown(),
                help: "mend them, or go on without them: --skip-bad-rows".to_owned(),
            });
        }
        if bad.len() == rows.len() {
            return Err(InventoryFault {
                code: "bad-rows",
                message: format!("not one row of {} can be read", self.file),
                notes: self.shown(),
                help: "is each column what its name says? `population.columns` maps other names".to_owned(),
            });
        }
        rows.leave_out(&bad);
        let (were, rest) = if bad.len() == 1 { ("was", ", ") } else { ("were", ", first ") };
        let first = self.show(&self.found[0]);
        Ok(vec![format!("{counted} {were} left out because they can't be read{rest}{first}.")])
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
        format!("row {}, column `{}`:{cell} {}", self.number(fault.row), fault.column, fault.why)
    }
}

/// A cell without what would break a line, and not longer than a glance.
fn shortened(cell: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = cell.chars().take(WIDEST).map(plain).collect();
    if cell.chars().nth(WIDEST).is_some() {
        short.push('…');
    }
    short
}
