//! Tables in Parquet, by polars. What a file declares is looked at before anything is read: it may be a thousand times its own size.

use super::limit::{memory_limit, too_large};
use super::rows::NumberJump;
use super::{Cells, FileColumn, FileTable, WantedColumns, fault, header};
use crate::plan::units::group_count;
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{DataType, ParquetReader, SerReader};

/// How a Parquet file begins and ends.
pub(super) const MARK: &[u8] = b"PAR1";

/// Bytes that a value takes in memory, whatever it is packed to: a number or an instant, and the place of a text.
const VALUES: (u64, u64) = (8, 16);

/// Reads the wanted columns.
pub(super) fn read<F: MmapBytesReader>(
    file: F,
    name: &str,
    wanted: &WantedColumns<'_>,
) -> Result<FileTable, InventoryFault> {
    let broken = |why: String| {
        let help = "is it whole? A file that was cut off while it was copied lacks its end";
        fault(FindingCode::BadParquet, format!("{name} is no Parquet file that can be read: {why}"), help)
    };
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().map_err(|error| broken(error.to_string()))?.clone();
    let found: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    let places = header::columns(&found, name, wanted)?;
    let theirs: Vec<String> = places.iter().map(|(_, place)| found[*place].clone()).collect();
    let metadata = reader.get_metadata().map_err(|error| broken(error.to_string()))?;
    let mut declared = 0_u64;
    let is_text =
        |name: &&str| schema.get(name).is_some_and(|field| DataType::from_arrow_field(field) == DataType::String);
    let texts: Vec<&str> = theirs.iter().map(String::as_str).filter(is_text).collect();
    for group in &metadata.row_groups {
        for column in group.parquet_columns() {
            let root = column.descriptor().path_in_schema.first();
            if root.is_some_and(|root| theirs.iter().any(|name| name == root.as_str())) {
                let is_text = root.is_some_and(|root| texts.contains(&root.as_str()));
                let width = if is_text { VALUES.1 } else { VALUES.0 };
                let rows = (group.num_rows() as u64).saturating_mul(width);
                declared = declared.saturating_add(rows.max(column.uncompressed_size().max(0) as u64));
            }
        }
    }
    let all = (metadata.num_rows as u64).saturating_mul(VALUES.0).saturating_mul(theirs.len() as u64);
    if declared.max(all) > memory_limit() {
        let rows = group_count(metadata.num_rows as u64);
        return Err(too_large(name, &format!("declares {rows} rows, which take more")));
    }
    let frame = reader.with_columns(Some(theirs.clone())).finish().map_err(|error| broken(error.to_string()))?;
    let rows = frame.height();
    let notes = header::near_misses(&found, &places, wanted);
    let column = |(ours, theirs): (&'static str, String)| {
        let series = frame.column(&theirs).ok()?.as_materialized_series().rechunk();
        Some(FileColumn { ours, theirs, cells: Cells::Typed(series) })
    };
    let columns = places.iter().map(|(ours, _)| *ours).zip(theirs).filter_map(column).collect();
    let jumps = vec![NumberJump { row: 0, number: 1, file: name.to_owned() }];
    Ok(FileTable { columns, rows, notes, found, jumps, ..FileTable::default() })
}
