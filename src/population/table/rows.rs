//! A table that has been read: columns of cells, each with its row in the file, and the rows that could not be read.

use super::lines::CellTexts;
use crate::plan::units::group_count;
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;
use polars::prelude::{DataType, Series};

/// The cells of one column.
#[derive(Debug)]
pub(crate) enum Cells {
    /// As a text file has them, without quotes.
    Text(CellTexts),
    /// As Parquet has them.
    Typed(Series),
}

/// One column that was asked for.
#[derive(Debug)]
pub(crate) struct FileColumn {
    /// Our name for it.
    pub ours: &'static str,
    /// The file's.
    pub theirs: String,
    /// One cell a row.
    pub cells: Cells,
}

/// A row that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadRow {
    /// Counted from 0, as [`FileTable::number`] takes it.
    pub row: usize,
    /// What is wrong with it.
    pub why: String,
}

/// The wanted columns of a file. All have [`FileTable::rows`] cells; blank rows are not among them.
#[derive(Debug, Default)]
pub(crate) struct FileTable {
    /// The columns that are there.
    pub columns: Vec<FileColumn>,
    /// Number of rows with something in them.
    pub rows: usize,
    /// Number of rows with nothing in them, which are no rows.
    pub blank: usize,
    /// Rows that can't be told apart into cells, ascending; each has empty cells.
    pub bad: Vec<BadRow>,
    /// What a reader should know of how the file was read.
    pub notes: Vec<String>,
    /// The names of all columns that the file has.
    pub found: Vec<String>,
    /// Where row numbers jump: the row from which on, its number as a spreadsheet counts, and its file. Ascending.
    pub(super) jumps: Vec<NumberJump>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberJump {
    pub(super) row: usize,
    pub(super) number: usize,
    pub(super) file: String,
}

impl FileTable {
    /// A column, by our name.
    pub(crate) fn get(&self, ours: &str) -> Option<&FileColumn> {
        self.columns.iter().find(|column| column.ours == ours)
    }

    /// How people call a row: `row 7`, or `row 7 of part-1.csv` where there are parts.
    pub(crate) fn number(&self, row: usize) -> String {
        let place = self.jumps.partition_point(|jump| jump.row <= row);
        let Some(jump) = place.checked_sub(1).and_then(|place| self.jumps.get(place)) else {
            return format!("row {}", group_count(row as u64 + 1));
        };
        let number = group_count((jump.number + row - jump.row) as u64);
        let has_parts = self.jumps.first().is_some_and(|first| first.file != self.jumps[self.jumps.len() - 1].file);
        if has_parts { format!("row {number} of {}", jump.file) } else { format!("row {number}") }
    }

    /// Appends the rows of another part.
    pub(super) fn append(&mut self, mut other: Self) -> Result<(), polars::prelude::PolarsError> {
        if self.jumps.is_empty() && self.columns.is_empty() {
            *self = other;
            return Ok(());
        }
        let rows = self.rows;
        self.bad.extend(other.bad.into_iter().map(|bad| BadRow { row: bad.row + rows, ..bad }));
        self.jumps.extend(other.jumps.into_iter().map(|jump| NumberJump { row: jump.row + rows, ..jump }));
        for column in &mut self.columns {
            let Some(place) = other.columns.iter().position(|c| c.ours == column.ours) else { continue };
            match (&mut column.cells, other.columns.swap_remove(place).cells) {
                (Cells::Text(mine), Cells::Text(theirs)) => mine.append(theirs),
                (Cells::Typed(mine), Cells::Typed(theirs)) => {
                    mine.append(&theirs.cast(mine.dtype())?)?;
                }
                _ => return Err(polars::prelude::PolarsError::NoData("parts of two kinds".into())),
            }
        }
        self.rows += other.rows;
        self.blank += other.blank;
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        Ok(())
    }
}

impl Cells {
    /// What a column holds, in polars' words; text for text.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Text(_) => "text".to_owned(),
            Self::Typed(series) => series.dtype().to_string(),
        }
    }

    /// Whether Parquet knows no value of it.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Typed(series) if *series.dtype() == DataType::Null)
    }
}

/// Whether a cell of a column that may be empty is: nothing, or what databases and data frames write for nothing.
pub(crate) fn is_empty(cell: &str) -> bool {
    matches!(cell, "" | "NULL" | "null" | "Null" | "\\N" | "NaT" | "NaN" | "nan" | "None" | "<NA>" | "NA" | "#N/A")
}

/// A fault of a whole file.
pub(crate) fn fault(code: FindingCode, message: impl Into<String>, help: impl Into<String>) -> InventoryFault {
    InventoryFault { code, message: message.into(), notes: Vec::new(), help: help.into() }
}

/// Characters of a cell that are shown.
pub(super) const WIDEST: usize = 40;

/// A cell as messages show it: without what would break a line, and not longer than a glance.
pub(crate) fn shortened(cell: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = cell.chars().take(WIDEST).map(plain).collect();
    if cell.chars().nth(WIDEST).is_some() {
        short.push('…');
    }
    short
}
