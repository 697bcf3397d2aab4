//! `orgs.csv` and `orgs.parquet`: a row an org, whom to call first above.

use crate::output::safe::spreadsheet_cell;
use crate::plan::{Plan, clock};
use crate::results::Texts;
use crate::results::orgs::{FailureTime, OrgTable};
use crate::{Error, Result};
use chrono_tz::Tz;
use polars::prelude::{
    Column, CsvWriter, DataFrame, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, SerWriter, Series,
    TimeUnit, TimeZone,
};

/// One of the instants at which an org is expected to fail.
type Pick = fn(&FailureTime) -> f64;

/// `orgs.csv`: times as RFC 3339 with the offset of the org's own zone. Cells that a spreadsheet would run are defused.
///
/// # Errors
/// When the table library refuses.
pub fn csv(plan: &Plan, table: &OrgTable) -> Result<Vec<u8>> {
    let zone = |row: usize| -> Tz { table.part(row).time_zone };
    let times = |of: Pick, name: &str| {
        let at =
            |row: usize| table.risk(row).failure_time.map(|time| clock::rfc3339(plan.instant(of(&time)), zone(row)));
        Series::new(name.into(), (0..table.len()).map(at).collect::<Vec<Option<String>>>())
    };
    let text = |name: &str, texts: &Texts| {
        let cells: Vec<_> = (0..table.len()).map(|row| spreadsheet_cell(texts.get(row))).collect();
        Series::new(name.into(), cells.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
    };
    let mut frame = frame(table, &text, &times).map_err(failed("orgs.csv"))?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).include_header(true).finish(&mut frame).map_err(failed("orgs.csv"))?;
    Ok(bytes)
}

/// `orgs.parquet`: times as instants in UTC.
///
/// # Errors
/// When the table library refuses.
pub fn parquet(plan: &Plan, table: &OrgTable) -> Result<Vec<u8>> {
    let zone = TimeZone::opt_try_new(Some("UTC")).map_err(failed("orgs.parquet"))?;
    // Distinct risks are few where orgs are many.
    let times = |of: Pick, name: &str| {
        let millis: Vec<Option<i64>> = (table.risks.iter())
            .map(|risk| risk.failure_time.map(|time| plan.instant(of(&time)).timestamp_millis()))
            .collect();
        let column: Vec<Option<i64>> = table.places.iter().map(|(_, risk)| millis[*risk as usize]).collect();
        Series::new(name.into(), column).into_datetime(TimeUnit::Milliseconds, zone.clone())
    };
    let text = |name: &str, texts: &Texts| {
        Series::new(name.into(), (0..table.len()).map(|row| texts.get(row)).collect::<Vec<&str>>())
    };
    let mut frame = frame(table, &text, &times).map_err(failed("orgs.parquet"))?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .finish(&mut frame)
        .map_err(failed("orgs.parquet"))?;
    Ok(bytes)
}

/// The columns in their documented order; `text` and `times` make those whose form depends on the format.
fn frame(
    table: &OrgTable,
    text: &dyn Fn(&str, &Texts) -> Series,
    times: &dyn Fn(Pick, &str) -> Series,
) -> polars::error::PolarsResult<DataFrame> {
    let figure = |name: &str, of: &dyn Fn(usize) -> f64| -> Column {
        Series::new(name.into(), (0..table.len()).map(of).collect::<Vec<f64>>()).into_column()
    };
    let names = |name: &str, of: &dyn Fn(usize) -> String| -> Column {
        let each: Vec<String> = (0..table.parts.len()).map(of).collect();
        let cells: Vec<&str> = table.places.iter().map(|(part, _)| each[*part as usize].as_str()).collect();
        Series::new(name.into(), cells).into_column()
    };
    let mut columns: Vec<Column> = vec![
        text("org_id", &table.org_id).into_column(),
        names("segment", &|part| spreadsheet_cell(&table.parts[part].segment).into_owned()),
        names("time_zone", &|part| table.parts[part].time_zone.name().to_owned()),
        figure("avoided_by_reconnect", &|row| table.risk(row).avoided_by_reconnect),
        figure("failed_by_deadline", &|row| table.risk(row).failed_by_deadline),
        figure("down_at_deadline", &|row| table.risk(row).down_at_deadline),
        figure("failed_by_horizon", &|row| table.risk(row).failed_by_horizon),
        figure("weight", &|row| table.weight(row)),
        figure("weight_at_risk", &|row| table.weight(row) * table.risk(row).failed_by_deadline),
        times(|time| time.mean, "fails_at").into_column(),
        times(|time| time.p10, "fails_at_p10").into_column(),
        times(|time| time.p90, "fails_at_p90").into_column(),
    ];
    columns.extend(table.contact.as_ref().map(|contact| text("contact", contact).into_column()));
    DataFrame::new_infer_height(columns)
}

fn failed(file: &str) -> impl Fn(polars::error::PolarsError) -> Error + '_ {
    move |error| Error::Output { what: file.to_owned(), why: error.to_string() }
}
