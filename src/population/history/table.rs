//! A table of cells, whatever file it comes from. Reading CSV and Parquet stands at its end; the rest knows nothing of them.

use chrono::{DateTime, Utc};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
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

impl Cell {
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
pub struct Table {
    /// The columns.
    pub columns: Vec<(String, Vec<Cell>)>,
    /// The number that people give to its first row: 2 below a header, as a spreadsheet counts; else 1.
    pub first_row: usize,
}

impl Table {
    /// The column of that name; else the first that differs from it in upper and lower case alone.
    pub fn column(&self, name: &str) -> Option<&[Cell]> {
        let exact = self.columns.iter().find(|c| c.0 == name);
        let alike = || self.columns.iter().find(|c| c.0.eq_ignore_ascii_case(name));
        exact.or_else(alike).map(|c| c.1.as_slice())
    }

    /// How people number a row.
    pub fn row(&self, index: usize) -> usize {
        self.first_row + index
    }

    /// Whether a row holds nothing at all.
    pub fn is_blank(&self, index: usize) -> bool {
        self.columns.iter().all(|(_, cells)| cells.get(index).is_none_or(|c| *c == Cell::Empty))
    }

    /// The names of its columns, in a sentence.
    pub fn listed(&self) -> String {
        let names: Vec<String> = self.columns.iter().take(12).map(|c| format!("`{}`", c.0)).collect();
        let more = self.columns.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("the file has {}{more}", names.join(", "))
    }

    /// What a name that it lacks may mean.
    pub fn suggest(&self, name: &str) -> String {
        let near = |c: &&(String, Vec<Cell>)| strsim::jaro_winkler(&c.0.to_lowercase(), &name.to_lowercase());
        let best = self.columns.iter().max_by(|a, b| near(a).total_cmp(&near(b))).filter(|c| near(c) > 0.8);
        best.map_or_else(|| self.listed(), |c| format!("did you mean `{}`? {}", c.0, self.listed()))
    }
}

#[cfg(feature = "tables")]
pub use files::parse;

#[cfg(feature = "tables")]
mod files {
    use super::{Cell, Table};
    use crate::population::history::faults::Faults;
    use crate::{Error, Result};
    use chrono::DateTime;
    use polars::prelude::{AnyValue, CsvReadOptions, DataFrame, ParquetReader, PolarsResult, SerReader, TimeUnit};
    use std::io::Cursor;

    /// The table of a file: Parquet where its bytes say so, else CSV with a header row.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Table> {
        if bytes.starts_with(b"PAR1") {
            let frame = ParquetReader::new(Cursor::new(bytes)).finish();
            return frame.map(|f| cells(&f, 1)).map_err(|why| refuse(name, &why, "is the file whole? Export it again"));
        }
        let text = std::str::from_utf8(bytes).map_err(|why| {
            let line = bytes[..why.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            Faults::new(name).alone(
                &format!("it is neither Parquet nor UTF-8: line {line} has a byte that is no part of a character"),
                "save the file as CSV in UTF-8, or as Parquet",
            )
        })?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(
                Faults::new(name).alone("the file is empty", "begin with a header row, such as `interval,observed`")
            );
        }
        csv(text).map(|f| cells(&f, 2)).map_err(|why| {
            refuse(name, &why, "every row needs as many cells as the header has; put quotes around cells with commas")
        })
    }

    /// As text throughout: what a cell means is not for the table to guess.
    fn csv(text: &str) -> PolarsResult<DataFrame> {
        let header = text.lines().next().unwrap_or_default();
        let count = |c: char| header.matches(c).count();
        let separator = [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(',');
        let options = CsvReadOptions::default().with_has_header(true).with_infer_schema_length(Some(0));
        let options = options.map_parse_options(|o| o.with_separator(separator as u8));
        options.into_reader_with_file_handle(Cursor::new(text.as_bytes())).finish()
    }

    fn refuse(name: &str, why: &polars::prelude::PolarsError, help: &str) -> Error {
        // The first line says what; the others speak to programmers.
        let why = why.to_string();
        Faults::new(name).alone(why.lines().next().unwrap_or_default().trim(), help)
    }

    fn cells(frame: &DataFrame, first_row: usize) -> Table {
        let column = |c: &polars::prelude::Column| {
            let series = c.as_materialized_series();
            (c.name().trim().to_owned(), series.iter().map(|value| cell(&value)).collect())
        };
        Table { columns: frame.columns().iter().map(column).collect(), first_row }
    }

    fn cell(value: &AnyValue<'_>) -> Cell {
        match value {
            AnyValue::Null => Cell::Empty,
            AnyValue::Boolean(truth) => Cell::Truth(*truth),
            AnyValue::Datetime(at, unit, Some(_)) => {
                let instant = match unit {
                    TimeUnit::Nanoseconds => Some(DateTime::from_timestamp_nanos(*at)),
                    TimeUnit::Microseconds => DateTime::from_timestamp_micros(*at),
                    TimeUnit::Milliseconds => DateTime::from_timestamp_millis(*at),
                };
                instant.map_or(Cell::Empty, Cell::Instant)
            }
            other if other.is_primitive_numeric() => other.extract::<f64>().map_or(Cell::Empty, Cell::Number),
            other => match other.get_str().map_or_else(|| other.to_string(), str::to_owned) {
                text if text.trim().is_empty() => Cell::Empty,
                text => Cell::Text(text),
            },
        }
    }
}
