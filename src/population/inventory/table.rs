//! The columns that an inventory needs, as polars reads them from CSV or Parquet; or what is wrong with the file as a whole.

use crate::plan::units::group_count;
use crate::scenario::csv_cells;
use crate::scenario::inventory::{COLUMNS, InventoryFault, InventoryRequest};
use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, ParquetReader, PlSmallStr, SerReader, Series};
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
    pub(super) fn open(path: &Path, request: &InventoryRequest) -> Result<Self, InventoryFault> {
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
            Self::from_csv(bytes, &name, request)?
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
        let broken = |error: polars::error::PolarsError| {
            let help = "is it whole? A file that was cut off while it was copied lacks its end";
            fault("bad-parquet", format!("{name} is no Parquet file that can be read: {error}"), help)
        };
        let mut reader = ParquetReader::new(file);
        let schema = reader.schema().map_err(broken)?;
        let found: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let wanted = wanted(&found, name, request)?;
        let theirs = wanted.iter().map(|(_, theirs)| theirs.clone()).collect();
        let frame = reader.with_columns(Some(theirs)).finish().map_err(broken)?;
        Ok(Self::from_frame(frame, wanted, false))
    }

    fn from_csv(bytes: Vec<u8>, name: &str, request: &InventoryRequest) -> Result<Self, InventoryFault> {
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        };
        if let Err(error) = utf8_check(&bytes) {
            let line = bytes[..error].iter().filter(|b| **b == b'\n').count() + 1;
            let message = format!(
                "{name} is not UTF-8: line {}, byte {}",
                group_count(line as u64),
                group_count(error as u64 + 1)
            );
            return Err(fault("not-utf8", message, "save the file as UTF-8"));
        }
        let Some(first) =
            bytes.split(|b| *b == b'\n').map(|line| String::from_utf8_lossy(line)).find(|l| !l.trim().is_empty())
        else {
            return Err(fault(
                "no-orgs",
                format!("{name} is empty"),
                "its first row names the columns, each further one is an org",
            ));
        };
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|separator| (first.bytes().filter(|b| b == separator).count(), *separator == b','))
            .unwrap_or(b',');
        let found = csv_cells(first.trim_end_matches('\r'));
        let wanted = wanted(&found, name, request)?;
        let columns: Arc<[PlSmallStr]> = wanted.iter().map(|(_, theirs)| theirs.as_str().into()).collect();
        let options = CsvReadOptions::default()
            .with_has_header(true)
            // Every cell as text: what it should be is for us to say, with the row.
            .with_infer_schema_length(Some(0))
            .with_columns(Some(columns))
            .with_raise_if_empty(false)
            .with_parse_options(CsvParseOptions::default().with_separator(separator));
        let frame = options.into_reader_with_file_handle(Cursor::new(bytes)).finish().map_err(|error| {
            let help = "every row has as many cells as the header; a cell with a separator or a line break in it stands in quotes";
            fault("bad-csv", format!("{name} is no CSV file that can be read: {error}"), help)
        })?;
        Ok(Self::from_frame(frame, wanted, true))
    }

    fn from_frame(frame: DataFrame, wanted: Vec<(&'static str, String)>, has_header: bool) -> Self {
        let rows = frame.height();
        let column = |(ours, theirs): (&'static str, String)| {
            let column = frame.column(&theirs).ok()?;
            Some((ours, column.as_materialized_series().rechunk()))
        };
        Self { columns: wanted.into_iter().filter_map(column).collect(), rows, has_header }
    }
}

/// Where text stops being UTF-8.
fn utf8_check(bytes: &[u8]) -> Result<(), usize> {
    std::str::from_utf8(bytes).map(|_| ()).map_err(|error| error.valid_up_to())
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
