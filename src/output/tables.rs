//! The curves as tables: `curve.csv` and `curve.parquet`, one row for each hour, rate, engine and quantity.

use crate::plan::Plan;
use crate::plan::clock;
use crate::results::{CurvePoint, Measures, Projection};
use crate::{Error, Result};
use polars::prelude::{
    Column, CsvWriter, DataFrame, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, SerWriter, Series,
    TimeUnit, TimeZone,
};

/// Rows in columns, before they become a table of one format or the other.
#[derive(Default)]
struct Columns {
    hours: Vec<f64>,
    uptake: Vec<f64>,
    engine: Vec<&'static str>,
    quantity: Vec<&'static str>,
    mean: Vec<f64>,
    p5: Vec<Option<u64>>,
    p50: Vec<Option<u64>>,
    p95: Vec<Option<u64>>,
    chance_p5: Vec<Option<u64>>,
    chance_p95: Vec<Option<u64>>,
}

/// `curve.csv`: times as RFC 3339 with the offset of the plan's zone; empty where a percentile was not computed. The range of
/// chance alone (`chance_p5`, `chance_p95`) is there where something is not known.
///
/// # Errors
/// When the table library refuses.
pub fn curve_csv(plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let columns = Columns::of(projection);
    let times: Vec<String> = columns.hours.iter().map(|h| clock::rfc3339(plan.instant(*h), plan.time_zone())).collect();
    let mut table = columns.with_time(Series::new("time".into(), times)).map_err(failed("curve.csv"))?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).include_header(true).finish(&mut table).map_err(failed("curve.csv"))?;
    Ok(bytes)
}

/// `curve.parquet`: times as instants with the plan's zone.
///
/// # Errors
/// When the table library refuses.
pub fn curve_parquet(plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let columns = Columns::of(projection);
    let millis: Vec<i64> = columns.hours.iter().map(|h| plan.instant(*h).timestamp_millis()).collect();
    let zone = TimeZone::opt_try_new(Some(plan.time_zone().name())).map_err(failed("curve.parquet"))?;
    let times = Series::new("time".into(), millis).into_datetime(TimeUnit::Milliseconds, zone);
    let mut table = columns.with_time(times).map_err(failed("curve.parquet"))?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        // One thread: the order of pages is then the same every time.
        .set_parallel(false)
        .finish(&mut table)
        .map_err(failed("curve.parquet"))?;
    Ok(bytes)
}

fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> Error {
    move |error| Error::Output { what: what.to_owned(), why: error.to_string() }
}

impl Columns {
    fn of(projection: &Projection) -> Self {
        let mut columns = Self::default();
        for outcome in &projection.uptakes {
            for (engine, measures) in [("exact", &outcome.exact), ("simulated", &outcome.simulated)] {
                if let Some(measures) = measures {
                    columns.push(projection, outcome.uptake, engine, measures);
                }
            }
        }
        columns
    }

    fn push(&mut self, projection: &Projection, uptake: f64, engine: &'static str, measures: &Measures) {
        for (quantity, curve) in [("failed", &measures.failed_curve), ("down", &measures.down_curve)] {
            for (hour, point) in projection.curve_hours.iter().zip(curve) {
                let CurvePoint { mean, p5, p50, p95, chance, .. } = *point;
                self.hours.push(*hour);
                self.uptake.push(uptake);
                self.engine.push(engine);
                self.quantity.push(quantity);
                self.mean.push(mean);
                self.p5.push(p5);
                self.p50.push(p50);
                self.p95.push(p95);
                self.chance_p5.push(chance.map(|c| c[0]));
                self.chance_p95.push(chance.map(|c| c[1]));
            }
        }
    }

    fn with_time(self, time: Series) -> polars::prelude::PolarsResult<DataFrame> {
        let height = self.hours.len();
        let columns: Vec<Column> = vec![
            time.into_column(),
            Series::new("hours_since_as_of".into(), self.hours).into_column(),
            Series::new("uptake".into(), self.uptake).into_column(),
            Series::new("engine".into(), self.engine).into_column(),
            Series::new("quantity".into(), self.quantity).into_column(),
            Series::new("mean".into(), self.mean).into_column(),
            Series::new("p5".into(), self.p5).into_column(),
            Series::new("p50".into(), self.p50).into_column(),
            Series::new("p95".into(), self.p95).into_column(),
            Series::new("chance_p5".into(), self.chance_p5).into_column(),
            Series::new("chance_p95".into(), self.chance_p95).into_column(),
        ];
        DataFrame::new(height, columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    #[test]
    fn the_csv_has_a_row_for_each_hour_rate_engine_and_quantity() {
        let sample = samples::flagship();
        let csv = String::from_utf8(curve_csv(&sample.plan, &sample.projection).expect("made")).expect("text");
        let mut lines = csv.lines();
        assert_eq!(
            lines.next(),
            Some("time,hours_since_as_of,uptake,engine,quantity,mean,p5,p50,p95,chance_p5,chance_p95")
        );
        assert_eq!(lines.next(), Some("2026-04-24T12:00:00-07:00,0.0,0.0,exact,failed,0.0,0,0,0,,"));
        assert_eq!(lines.count() + 1, sample.projection.curve_hours.len() * 6 * 2 * 2);
    }

    #[test]
    fn tables_are_the_same_bytes_twice() {
        let sample = samples::flagship();
        let parquet = || curve_parquet(&sample.plan, &sample.projection).expect("made");
        let bytes = parquet();
        assert_eq!(&bytes[..4], b"PAR1");
        assert_eq!(bytes, parquet());
    }
}
