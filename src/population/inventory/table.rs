//! The columns that an inventory needs, as polars reads them from CSV or Parquet; or what is wrong with the file as a whole.

use super::BadRows;
use crate::plan::units::group_count;
use crate::scenario::csv_cells;
use crate::scenario::inventory::{COLUMNS, InventoryFault, InventoryRequest};
use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, ParquetReader, PlSmallStr, SerReader, Series};
use rayon::prelude::*;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// The needed columns of a file, by our names.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<(&'static str, Series)>,
    rows: usize,
    has_header: bool,
}

/// How a Parquet file begins and ends.
const PARQUET: &[u8] = b"PAR1";

fn fault(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> InventoryFault {
    InventoryFault { code, message: message.into(), notes: Vec::new(), help: help.into() }
}

impl Table {
    /// Opens a file; its content, not its name, says which format it is.
    pub(super) fn open(path: &Path, request: &InventoryRequest, bad_rows: BadRows) -> Result<Self, InventoryFault> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let cannot = |error: std::io::Error| {
            let help = "the path is relative to the scenario's folder";
            fault("unreadable-file", format!("{} can't be read: {error}", path.display()), help)
        };
        let mut file = File::open(path).map_err(cannot)?;
        let mut begin = Vec::new();
        file.by_ref().take(PARQUET.len() as u64).read_to_end(&mut begin).map_err(cannot)?;
        let is_parquet = begin == PARQUET || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"));
        let table = if is_parquet {
            Self::from_parquet(file, &name, request)?
        } else {
            let mut bytes = begin;
            file.read_to_end(&mut bytes).map_err(cannot)?;
            Self::from_csv(bytes, &name, request, bad_rows)?
        };
        if table.rows == 0 {
            return Err(fault("no-orgs", format!("{name} has no row below its header"), "list one org a row"));
        }
        Ok(table)
    }

    /// A column, by our name.
    pub(super) fn get(&self, column: &str) -> Option<&Series> {
        self.columns.iter().find(|(ours, _)| *ours == column).map(|(_, series)| series)
    }

    /// Number of rows, without the header.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The number of the first row, as people count: below the header where there is one.
    pub(super) fn first_row(&self) -> usize {
        if self.has_header { 2 } else { 1 }
    }

    fn from_parquet(file: File, name: &str, request: &InventoryRequest) -> Result<Self, InventoryFault> {
        let broken = |why: String| {
            let help = "is it whole? A file that was cut off while it was copied lacks its end";
            fault("bad-parquet", format!("{name} is no Parquet file that can be read: {why}"), help)
        };
        let mut reader = ParquetReader::new(file);
        let schema = reader.schema().map_err(|error| broken(error.to_string()))?;
        let found: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let wanted = wanted(&found, name, request)?;
        let theirs = wanted.iter().map(|(_, theirs)| theirs.clone()).collect();
        let frame = reader.with_columns(Some(theirs)).finish().map_err(|error| broken(error.to_string()))?;
        Ok(Self::from_frame(frame, wanted, false))
    }

    fn from_csv(
        bytes: Vec<u8>,
        name: &str,
        request: &InventoryRequest,
        bad_rows: BadRows,
    ) -> Result<Self, InventoryFault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map_or_else(|| bytes.clone(), <[u8]>::to_vec);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if bad_rows == BadRows::Refuse => return Err(not_utf8(name, &error)),
            // What is no letter makes its row a bad one.
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let Some(header) = text.lines().find(|line| !line.trim().is_empty()) else {
            let help = "its first row names the columns, each further one is an org";
            return Err(fault("no-orgs", format!("{name} is empty"), help));
        };
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|separator| (header.bytes().filter(|b| b == separator).count(), *separator == b','))
            .unwrap_or(b',');
        let found = csv_cells(header);
        let wanted = wanted(&found, name, request)?;
        let columns: Arc<[PlSmallStr]> = wanted.iter().map(|(_, theirs)| theirs.as_str().into()).collect();
        let read = |text: &str| {
            CsvReadOptions::default()
                .with_has_header(true)
                // Every cell as text: what it should be is for us to say, with the row.
                .with_infer_schema_length(Some(0))
                .with_columns(Some(Arc::clone(&columns)))
                .with_raise_if_empty(false)
                .with_parse_options(CsvParseOptions::default().with_separator(separator))
                .into_reader_with_file_handle(Cursor::new(text.as_bytes().to_vec()))
                .finish()
        };
        let has_damage = text.contains(char::REPLACEMENT_CHARACTER) && bad_rows == BadRows::Skip;
        let frame = if has_damage { None } else { Some(read(&text)) };
        let frame = match frame {
            Some(Ok(frame)) => frame,
            failed => {
                let wide = wide_lines(&text, found.len());
                if bad_rows == BadRows::Refuse {
                    let why =
                        failed.and_then(Result::err).map_or_else(String::new, |error| first_line(&error.to_string()));
                    return Err(bad_csv(name, &wide, &why));
                }
                read(&emptied(&text, &wide, separator))
                    .map_err(|_| bad_csv(name, &wide, "its rows can't be told apart"))?
            }
        };
        Ok(Self::from_frame(frame, wanted, true))
    }

    fn from_frame(frame: DataFrame, wanted: Vec<(&'static str, String)>, has_header: bool) -> Self {
        let rows = frame.height();
        let column = |(ours, theirs): (&'static str, String)| {
            let column = frame.column(&theirs).ok()?;
            Some((ours, column.as_materialized_series().rechunk()))
        };
        Self { columns: wanted.into_par_iter().filter_map(column).collect(), rows, has_header }
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> InventoryFault {
    let at = error.utf8_error().valid_up_to();
    let line = error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let message =
        format!("{name} is not UTF-8: line {}, byte {}", group_count(line as u64), group_count(at as u64 + 1));
    fault("not-utf8", message, "save the file as UTF-8, or go on without such rows: --skip-bad-rows")
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Lines that are shown one by one.
const SHOWN: usize = 10;

/// Numbers of the lines that have more cells than the header, from 1 on.
fn wide_lines(text: &str, cells: usize) -> Vec<usize> {
    (text.lines().enumerate()).filter(|(_, line)| csv_cells(line).len() > cells).map(|(i, _)| i + 1).collect()
}

fn bad_csv(name: &str, wide: &[usize], why: &str) -> InventoryFault {
    let help = "every row has as many cells as the header; a cell with a separator or a line break in it stands in quotes. To go on \
                without such rows: --skip-bad-rows";
    let mut found = match wide.len() {
        0 => fault("bad-csv", format!("{name} is no CSV file that can be read: {why}"), help),
        1 => fault("bad-csv", format!("1 line of {name} has more cells than the header"), help),
        n => {
            fault("bad-csv", format!("{} lines of {name} have more cells than the header", group_count(n as u64)), help)
        }
    };
    found.notes = wide.iter().take(SHOWN).map(|line| format!("line {}", group_count(*line as u64))).collect();
    if wide.len() > SHOWN {
        found.notes.push(format!("and {} more", group_count((wide.len() - SHOWN) as u64)));
    }
    found
}

/// The text with these lines, and those that hold no letters, emptied of all but their separators: rows without a value.
fn emptied(text: &str, wide: &[usize], separator: u8) -> String {
    let empty = char::from(separator).to_string();
    let keep = |(i, line): (usize, &str)| {
        let bad = wide.binary_search(&(i + 1)).is_ok() || line.contains(char::REPLACEMENT_CHARACTER);
        if bad { empty.clone() } else { line.to_owned() }
    };
    text.lines().enumerate().map(keep).collect::<Vec<_>>().join("\n")
}

/// The columns of the file that an inventory needs, by our name and by the file's.
fn wanted(
    found: &[String],
    name: &str,
    request: &InventoryRequest,
) -> Result<Vec<(&'static str, String)>, InventoryFault> {
    let mut wanted = Vec::new();
    let has = |name: &str| found.iter().filter(|f| *f == name).count();
    let mut missing = Vec::new();
    for column in COLUMNS {
        let theirs = request.name_of(column);
        match has(theirs) {
            0 if theirs != column => missing.push(theirs.to_owned()),
            0 => {}
            1 => wanted.push((column, theirs.to_owned())),
            _ => {
                let help = "leave one of them out, or name the other by `population.columns`";
                return Err(fault("double-column", format!("{name} has two columns `{theirs}`"), help));
            }
        }
    }
    let is_wanted = |column: &str| wanted.iter().any(|(ours, _)| *ours == column);
    if !is_wanted("last_refresh_at") && missing.is_empty() {
        missing.push(request.name_of("last_refresh_at").to_owned());
    }
    if !is_wanted("org_id") && !is_wanted("orgs") && missing.is_empty() {
        missing.push(request.name_of("org_id").to_owned());
    }
    let Some(first) = missing.first() else {
        return if is_wanted("org_id") && is_wanted("orgs") {
            let message = format!("{name} has both `{}` and `{}`", request.name_of("org_id"), request.name_of("orgs"));
            Err(fault("double-column", message, "a row is one org, or a group of like ones: leave one column out"))
        } else {
            Ok(wanted)
        };
    };
    let listed = if found.is_empty() {
        "no columns".to_owned()
    } else {
        found.iter().take(20).cloned().collect::<Vec<_>>().join(", ")
    };
    let known: Vec<&str> = found.iter().map(String::as_str).collect();
    let help = match crate::scenario::nearest(first, &known) {
        Some(near) => {
            format!("did you mean `{near}`? Map it: `columns = {{ last_refresh_at = \"...\" }}` in [population]")
        }
        None => {
            "map the file's own names: `columns = { last_refresh_at = \"LastUsedDate\" }` in [population]".to_owned()
        }
    };
    let mut fault = fault("missing-column", format!("{name} has no column `{}`", missing.join("` and no `")), help);
    fault.notes.push(format!("it has: {listed}"));
    Err(fault)
}
