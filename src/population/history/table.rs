//! A history's table of cells, whatever file it comes from. Files are read at its end; the rest knows nothing of them.

use chrono::{DateTime, Utc};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoryCell {
    /// Nothing.
    Empty,
    /// Text, as CSV has it throughout.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl HistoryCell {
    /// Its text, or its number as text.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.trim().to_owned()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// Columns of equal length, by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryTable {
    /// The columns.
    pub columns: Vec<(String, Vec<HistoryCell>)>,
    /// The number that people give to its first row: 2 below a header, as a spreadsheet counts; else 1.
    pub first_row: usize,
    /// How people call each row, where they don't count on from the first.
    pub numbers: Vec<String>,
    /// Rows that can't be told apart into cells, each with the reason.
    pub bad: Vec<(usize, String)>,
    /// The names of all columns that its file has; empty where that is those of `columns`.
    pub names: Vec<String>,
    /// What a reader should know of how it was read.
    pub notes: Vec<String>,
}

impl HistoryTable {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&[HistoryCell]> {
        self.columns.iter().find(|c| c.0 == name).map(|c| c.1.as_slice())
    }

    /// How people call a row: `row 7`.
    pub fn row(&self, index: usize) -> String {
        self.numbers.get(index).cloned().unwrap_or_else(|| format!("row {}", self.first_row + index))
    }

    /// The number of its rows.
    pub fn rows(&self) -> usize {
        self.columns.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0)
    }

    fn all_names(&self) -> Vec<&str> {
        let own = self.columns.iter().map(|(name, _)| name.as_str());
        if self.names.is_empty() { own.collect() } else { self.names.iter().map(String::as_str).collect() }
    }

    /// Whether a row holds nothing at all.
    pub fn is_blank(&self, index: usize) -> bool {
        self.columns.iter().all(|(_, cells)| cells.get(index).is_none_or(|c| *c == HistoryCell::Empty))
    }

    /// The names of its columns, in a sentence.
    pub fn listed(&self) -> String {
        let all = self.all_names();
        let names: Vec<String> = all.iter().take(12).map(|name| format!("`{name}`")).collect();
        let more = all.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("the file has {}{more}", names.join(", "))
    }

    /// What a name that it lacks may mean.
    pub fn suggest(&self, name: &str) -> String {
        let near = |other: &&str| strsim::jaro_winkler(&other.to_lowercase(), &name.to_lowercase());
        let all = self.all_names();
        let best = all.iter().copied().max_by(|a, b| near(a).total_cmp(&near(b))).filter(|other| near(other) > 0.8);
        best.map_or_else(|| self.listed(), |best| format!("did you mean `{best}`? {}", self.listed()))
    }
}

#[cfg(feature = "tables")]
pub(super) use files::read;

#[cfg(feature = "tables")]
mod files {
    use super::{HistoryCell, HistoryTable};
    use crate::population::history::{COLUMNS, HowToRead};
    use crate::population::table::{self as file, Cells, WantedColumn, WantedColumns};
    use crate::scenario::instant::{InstantForm, as_local};
    use crate::{Error, Result};
    use chrono::DateTime;
    use polars::prelude::{AnyValue, TimeUnit};
    use std::path::Path;

    /// The table of a file, read as inventories are.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn read(name: &str, path: &Path, how: &HowToRead) -> Result<HistoryTable> {
        let theirs = |ours: &str| how.names(ours).then(|| how.name(ours).to_owned());
        let wanted = WantedColumns {
            columns: COLUMNS.map(|(ours, _)| WantedColumn { ours, theirs: theirs(ours) }).into(),
            any_of: &[],
            not_both: None,
            mapping: |ours, theirs| format!("--column \"{ours}={theirs}\""),
            skip_bad_rows: how.skip_bad_rows,
        };
        let table = file::FileTable::read(path, &wanted).map_err(|fault| {
            let notes: String = fault.notes.iter().map(|note| format!("\n  = note: {note}")).collect();
            let (code, message, help) = (fault.code, fault.message, fault.help);
            let help = help.replace("the path is relative to the scenario's folder", "is the path right?");
            let help = help.replace("each further one is an org", "each further one is an interval or a refresh");
            let message =
                message.strip_suffix(" is empty").map_or_else(|| message.clone(), |_| "the file is empty".to_owned());
            let report = format!("error[{code}]: {name}: {message}{notes}\n  = help: {help}\n\n1 fault in {name}");
            Error::BadInput { report, faults: 1 }
        })?;
        let column = |column: &file::FileColumn| {
            let form = if column.ours == "refreshed_at" { how.instants.clone() } else { InstantForm::default() };
            (how.name(column.ours).to_owned(), cells(&column.cells, table.rows, &form))
        };
        Ok(HistoryTable {
            columns: table.columns.iter().map(column).collect(),
            first_row: 1,
            numbers: (0..table.rows).map(|row| table.number(row)).collect(),
            bad: table.bad.iter().map(|bad| (bad.row, bad.why.clone())).collect(),
            names: table.found.iter().filter(|name| !name.is_empty()).cloned().collect(),
            notes: table.notes.clone(),
        })
    }

    fn cells(cells: &Cells, rows: usize, form: &InstantForm) -> Vec<HistoryCell> {
        let text =
            |text: &str| if file::is_empty(text) { HistoryCell::Empty } else { HistoryCell::Text(text.to_owned()) };
        match cells {
            Cells::Text(texts) => (0..rows).map(|row| text(texts.get(row))).collect(),
            Cells::Typed(series) => series.iter().map(|value| cell(&value, form, &text)).collect(),
        }
    }

    fn cell(value: &AnyValue<'_>, form: &InstantForm, text: &dyn Fn(&str) -> HistoryCell) -> HistoryCell {
        match value {
            AnyValue::Null => HistoryCell::Empty,
            AnyValue::Boolean(truth) => HistoryCell::Truth(*truth),
            AnyValue::Datetime(at, unit, zone) => {
                let instant = match unit {
                    TimeUnit::Nanoseconds => Some(DateTime::from_timestamp_nanos(*at)),
                    TimeUnit::Microseconds => DateTime::from_timestamp_micros(*at),
                    TimeUnit::Milliseconds => DateTime::from_timestamp_millis(*at),
                };
                // Without a zone of its own a column is in the one that was given, or else UTC.
                match (instant, form.zone.filter(|_| zone.is_none())) {
                    (Some(at), Some(zone)) => as_local(at.naive_utc(), zone)
                        .map_or_else(|_| HistoryCell::Text(at.naive_utc().to_string()), HistoryCell::Instant),
                    (Some(at), None) => HistoryCell::Instant(at),
                    (None, _) => HistoryCell::Text(format!("{at}")),
                }
            }
            other if other.is_primitive_numeric() && form.epoch.is_none() => {
                other.extract::<f64>().map_or(HistoryCell::Empty, HistoryCell::Number)
            }
            other => text(other.get_str().map_or_else(|| other.to_string(), str::to_owned).trim()),
        }
    }
}
