//! A table: columns with a name and a rank, rows of typed cells, and what its columns mean.

use super::cell::Cell;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names it among the files and sheets: `outcomes`.
    pub name: &'static str,
    /// Its heading; empty where the words around it say what it holds.
    pub title: String,
    /// Columns, from the left.
    pub columns: Vec<Column>,
    /// Rows, each with a cell for every column.
    pub rows: Vec<Row>,
    /// What the columns mean, in sentences; empty where they need no words.
    pub key: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub label: String,
    /// Whether it holds words, which stand left; numbers stand right.
    pub is_text: bool,
    /// Where there is no room for all, the highest rank goes first; 0 never does.
    pub rank: u8,
    /// Whether, where there is no room beside, its words stand below the row's first cell.
    pub goes_below: bool,
    /// Whether its words are cut to the room that the other columns leave. The first column where none is.
    pub is_elastic: bool,
    /// Whether its words are to be copied: other columns go before they are cut.
    pub is_copied: bool,
    /// Whether its words go on in the next line where there is no room; then columns to be copied stay whole, and none is cut.
    pub is_wrapped: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A cell for every column.
    Cells(Vec<Cell>),
    /// The same of a row that stands out.
    Marked(Vec<Cell>),
    /// The name of the rows that follow.
    Group(String),
}

impl Row {
    /// Its cells; `None` of the name of a group.
    pub fn cells(&self) -> Option<&[Cell]> {
        match self {
            Self::Cells(cells) | Self::Marked(cells) => Some(cells),
            Self::Group(_) => None,
        }
    }
}

impl Table {
    /// A table of cells.
    pub fn new(name: &'static str, title: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        let rows = rows.into_iter().map(Row::Cells).collect();
        Self { name, title: title.into(), columns, rows, key: String::new() }
    }

    /// The same with what its columns mean.
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Without the columns of these names.
    pub fn without(&self, labels: &[&str]) -> Self {
        self.only(|column| !labels.contains(&column.label.as_str()))
    }

    /// The names of its columns where a number has a column of its own, and whether each cell of a column takes two: a range does.
    pub fn spread_labels(&self) -> (Vec<String>, Vec<bool>) {
        let is_range = |place: usize| {
            self.rows.iter().filter_map(|row| row.cells()?.get(place)).any(|cell| matches!(cell, Cell::Range(..)))
        };
        let ranges: Vec<bool> = (0..self.columns.len()).map(is_range).collect();
        let labels = self.columns.iter().zip(&ranges).flat_map(|(column, is_range)| match is_range {
            true => range_labels(&column.label).to_vec(),
            false => vec![column.label.clone()],
        });
        (labels.collect(), ranges)
    }

    /// Only these columns.
    pub fn only(&self, keep: impl Fn(&Column) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.columns.len()).filter(|i| keep(&self.columns[*i])).collect();
        let pick = |cells: &[Cell]| kept.iter().map(|i| cells[*i].clone()).collect();
        let cells = |row: &Row| match row {
            Row::Cells(cells) => Row::Cells(pick(cells)),
            Row::Marked(cells) => Row::Marked(pick(cells)),
            Row::Group(name) => Row::Group(name.clone()),
        };
        Self {
            columns: kept.iter().map(|i| self.columns[*i].clone()).collect(),
            rows: self.rows.iter().map(cells).collect(),
            ..self.clone()
        }
    }
}

/// The names of the two columns that a range takes.
pub fn range_labels(label: &str) -> [String; 2] {
    ["from", "to"].map(|end| format!("{label}, {end}"))
}

impl Column {
    /// A column of words.
    pub fn text(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            is_text: true,
            rank: 0,
            goes_below: false,
            is_elastic: false,
            is_copied: false,
            is_wrapped: false,
        }
    }

    /// A column of numbers.
    pub fn number(label: impl Into<String>) -> Self {
        Self { is_text: false, ..Self::text(label) }
    }

    /// The same, left out where there is no room for all: the highest rank first.
    pub const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    /// The same, cut to the room that the other columns leave.
    pub const fn elastic(mut self) -> Self {
        self.is_elastic = true;
        self
    }

    /// The same, to be copied: other columns go before its words are cut.
    pub const fn copied(mut self) -> Self {
        self.is_copied = true;
        self
    }

    /// The same, going on in the next line where there is no room.
    pub const fn wrapped(mut self) -> Self {
        self.is_wrapped = true;
        self
    }

    /// The same, below the row's first cell where there is no room beside.
    pub const fn below(mut self) -> Self {
        self.goes_below = true;
        self
    }
}
