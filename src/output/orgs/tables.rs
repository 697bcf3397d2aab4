//! `orgs.csv` and `orgs.parquet`: a row an org, whom to call first above.

use crate::output::safe::spreadsheet_cell;
use crate::plan::{Plan, clock};
use crate::results::orgs::{FailureTime, OrgPart, OrgRisk, OrgTable};
use crate::{Error, Result};
use polars::error::{PolarsError, PolarsResult};
use polars::prelude::{
    CsvWriter, DataFrame, IdxCa, NamedFrom, ParquetCompression, ParquetWriter, SerWriter, Series, TimeUnit, TimeZone,
};
use rayon::prelude::*;
use std::ops::Range;

/// A column of instants at which orgs are expected to fail.
type Time = (&'static str, fn(&FailureTime) -> f64);

const TIMES: [Time; 3] =
    [("fails_at", |time| time.mean), ("fails_at_p10", |time| time.p10), ("fails_at_p90", |time| time.p90)];

/// The column of chances to have failed by the deadline.
const FAILED: &str = "failed_by_deadline";

/// Rows in a row group, which one core makes: as many as polars puts into one.
const IN_A_GROUP: usize = 512 * 512;

/// Row groups that are made while others are written.
const AT_ONCE: usize = 4;

/// `orgs.csv`: times as RFC 3339 with the offset of the org's own zone. Cells that a spreadsheet would run are defused.
///
/// # Errors
/// When the table library refuses.
pub(crate) fn csv(plan: &Plan, table: &OrgTable) -> Result<Vec<u8>> {
    let time = |(name, of): &Time| {
        let at = |(risk, part): (&OrgRisk, &u32)| {
            let zone = table.parts[*part as usize].time_zone;
            risk.failure_time.as_ref().map(|time| clock::rfc3339(plan.instant(of(time)), zone))
        };
        let times: Vec<Option<String>> = table.risks.iter().zip(&table.part_of).map(at).collect();
        Ok(Series::new((*name).into(), times))
    };
    let text = |name: &str, cells: Vec<&str>| {
        let safe: Vec<_> = cells.into_iter().map(spreadsheet_cell).collect();
        Series::new(name.into(), safe.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
    };
    let frame = ByRisk::of(table, &time).and_then(|by_risk| by_risk.frame(table, 0..table.len(), &text));
    let mut bytes = Vec::new();
    let written = frame.and_then(|mut frame| CsvWriter::new(&mut bytes).include_header(true).finish(&mut frame));
    written.map_err(failed("orgs.csv"))?;
    Ok(bytes)
}

/// `orgs.parquet`: times as instants in UTC.
///
/// # Errors
/// When the table library refuses.
pub(crate) fn parquet(plan: &Plan, table: &OrgTable) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_parquet(plan, table, &mut bytes).map_err(failed("orgs.parquet"))?;
    Ok(bytes)
}

fn write_parquet(plan: &Plan, table: &OrgTable, bytes: &mut Vec<u8>) -> PolarsResult<()> {
    let zone = TimeZone::opt_try_new(Some("UTC"))?;
    let time = |(name, of): &Time| {
        let millis = |time: FailureTime| plan.instant(of(&time)).timestamp_millis();
        let times: Vec<Option<i64>> = table.risks.iter().map(|risk| risk.failure_time.map(millis)).collect();
        Ok(Series::new((*name).into(), times).into_datetime(TimeUnit::Milliseconds, zone.clone()))
    };
    let by_risk = ByRisk::of(table, &time)?;
    let group = |rows: Range<usize>| by_risk.frame(table, rows, &|name, cells| Series::new(name.into(), cells));
    let writer = ParquetWriter::new(bytes).with_compression(ParquetCompression::Zstd(None));
    let writer = writer.batched(group(0..0)?.schema())?;
    let encode = |start: &usize| {
        let frame = group(*start..table.len().min(start + IN_A_GROUP))?;
        writer.encode_and_compress(&frame).collect::<PolarsResult<Vec<_>>>()
    };
    let write = |groups: Vec<Vec<_>>| groups.into_iter().try_for_each(|groups| writer.write_row_groups(groups));
    let starts: Vec<usize> = (0..table.len()).step_by(IN_A_GROUP).collect();
    // What writes compresses, one group after the other: beside it the next groups are made.
    let mut made = Vec::new();
    for next in starts.chunks(AT_ONCE) {
        let make = || next.par_iter().map(encode).collect::<PolarsResult<Vec<_>>>();
        let (written, next) = rayon::join(|| write(made), make);
        written?;
        made = next?;
    }
    write(made)?;
    writer.finish()?;
    Ok(())
}

/// What rows of one risk share, column by column. Distinct risks are few where orgs are many.
struct ByRisk(Vec<Series>);

impl ByRisk {
    /// `time` makes the columns whose form depends on the format.
    fn of(table: &OrgTable, time: &dyn Fn(&Time) -> PolarsResult<Series>) -> PolarsResult<Self> {
        let figure = |name: &str, of: fn(&OrgRisk) -> f64| {
            Series::new(name.into(), table.risks.iter().map(of).collect::<Vec<f64>>())
        };
        let names = |name: &str, of: &dyn Fn(&OrgPart) -> String| {
            let each: Vec<String> = table.parts.iter().map(of).collect();
            let cells: Vec<&str> = table.part_of.iter().map(|part| each[*part as usize].as_str()).collect();
            Series::new(name.into(), cells)
        };
        let mut columns = vec![
            names("segment", &|part| spreadsheet_cell(&part.segment).into_owned()),
            names("time_zone", &|part| part.time_zone.name().to_owned()),
            figure("avoided_by_reconnect", |risk| risk.avoided_by_reconnect),
            figure(FAILED, |risk| risk.failed_by_deadline),
            figure("down_at_deadline", |risk| risk.down_at_deadline),
            figure("failed_by_horizon", |risk| risk.failed_by_horizon),
        ];
        for each in &TIMES {
            columns.push(time(each)?);
        }
        Ok(Self(columns))
    }

    /// The columns of these rows in their documented order; `text` makes those of text.
    fn frame(
        &self,
        table: &OrgTable,
        rows: Range<usize>,
        text: &dyn Fn(&str, Vec<&str>) -> Series,
    ) -> PolarsResult<DataFrame> {
        let risks = IdxCa::from_vec("risk".into(), table.places[rows.clone()].to_vec());
        let mut columns = vec![text("org_id", rows.clone().map(|row| table.org_id(row)).collect())];
        for each in &self.0 {
            columns.push(each.take(&risks)?);
        }
        let weight: Vec<f64> = rows.clone().map(|row| table.weight(row)).collect();
        let weight = Series::new("weight".into(), weight);
        let failed = columns.iter().position(|column| column.name() == FAILED).unwrap_or_default();
        let at_risk = (&weight * &columns[failed])?.with_name("weight_at_risk".into());
        let before_times = columns.len() - TIMES.len();
        columns.splice(before_times..before_times, [weight, at_risk]);
        if table.contacts.is_some() {
            columns.push(text("contact", rows.filter_map(|row| table.contact(row)).collect()));
        }
        DataFrame::new_infer_height(columns.into_iter().map(Into::into).collect())
    }
}

fn failed(file: &str) -> impl Fn(PolarsError) -> Error + '_ {
    move |error| Error::Output { what: file.to_owned(), why: error.to_string() }
}
