//! Figures as tables: the curves (`curve.csv` and `curve.parquet`, one row for each hour, rate, engine and quantity), and those
//! that compare segments (`segments.csv`, `local-hours.csv`).

use super::safe::spreadsheet_cell;
use crate::plan::{Plan, Segment, clock};
use crate::results::{CurvePoint, HourMeans, Mean, Measures, Outcome, Projection, SegmentMeans};
use crate::{Error, Result};
use chrono::Timelike;
use polars::prelude::{
    Column, CsvWriter, DataFrame, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, SerWriter, Series,
    TimeUnit, TimeZone,
};

/// Rows in columns, before they become a table of one format or the other.
#[derive(Default)]
struct FrameColumns {
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
pub(crate) fn curve_csv(plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let columns = FrameColumns::of(projection);
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
pub(crate) fn curve_parquet(plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let columns = FrameColumns::of(projection);
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

/// `segments.csv`: a row for each rate, engine and segment, with means and shares of the segment's orgs; the deadline as RFC 3339
/// with the offset of the segment's zone.
///
/// # Errors
/// When the table library refuses.
pub(crate) fn segments_csv(plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let engines = |outcome| answers(outcome).map(move |(engine, measures)| (outcome.uptake, engine, measures));
    let rows: Vec<(f64, &str, &Segment, &SegmentMeans)> = (projection.uptakes.iter().flat_map(engines))
        .flat_map(|(uptake, engine, measures)| {
            plan.segments().iter().zip(&measures.by_segment).map(move |(s, means)| (uptake, engine, s, means))
        })
        .collect();
    let deadline = |s: &Segment| clock::rfc3339(plan.instant(s.deadline), s.time_zone);
    let mut columns = vec![
        column("segment", rows.iter().map(|r| spreadsheet_cell(&r.2.id).into_owned()).collect::<Vec<_>>()),
        column("name", rows.iter().map(|r| spreadsheet_cell(&r.2.name).into_owned()).collect::<Vec<_>>()),
        column("time_zone", rows.iter().map(|r| r.2.time_zone.name()).collect::<Vec<_>>()),
        column("deadline", rows.iter().map(|r| deadline(r.2)).collect::<Vec<_>>()),
        column("uptake", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        column("engine", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        column("orgs", rows.iter().map(|r| r.3.orgs).collect::<Vec<_>>()),
    ];
    type Pick = fn(&SegmentMeans) -> &Mean;
    let quantities: [(&str, Pick); 3] = [
        ("failed_by_deadline", |s| &s.failed_by_deadline),
        ("down_at_deadline", |s| &s.down_at_deadline),
        ("failed_by_horizon", |s| &s.failed_by_horizon),
    ];
    for (name, of) in quantities {
        let share = |s: &SegmentMeans| (s.orgs > 0).then(|| s.share(of(s)));
        columns.push(column(name, rows.iter().map(|r| of(r.3).mean).collect::<Vec<_>>()));
        columns.push(column(&format!("{name}_share"), rows.iter().map(|r| share(r.3)).collect::<Vec<_>>()));
        columns.push(column(&format!("{name}_se"), rows.iter().map(|r| of(r.3).se).collect::<Vec<_>>()));
    }
    csv("segments.csv", rows.len(), columns)
}

/// `local-hours.csv`: a row for each rate, segment and calendar hour of the segment's zone, with the mean failures in that hour
/// and its elapsed length: 2 hours where the clocks go back. Exact figures alone; `None` without them.
///
/// # Errors
/// When the table library refuses.
pub(crate) fn local_hours_csv(plan: &Plan, projection: &Projection) -> Result<Option<Vec<u8>>> {
    let mut rows: Vec<(f64, &Segment, HourMeans)> = Vec::new();
    for outcome in &projection.uptakes {
        let Some(hours) = outcome.exact.as_ref().and_then(|m| m.by_local_hour.as_ref()) else { return Ok(None) };
        for (segment, hours) in plan.segments().iter().zip(hours) {
            rows.extend(hours.iter().map(|h| (outcome.uptake, segment, *h)));
        }
    }
    let columns = vec![
        column("segment", rows.iter().map(|r| spreadsheet_cell(&r.1.id).into_owned()).collect::<Vec<_>>()),
        column("time_zone", rows.iter().map(|r| r.1.time_zone.name()).collect::<Vec<_>>()),
        column("local_date", rows.iter().map(|r| r.2.hour.local.format("%Y-%m-%d").to_string()).collect::<Vec<_>>()),
        column("local_hour", rows.iter().map(|r| r.2.hour.local.hour()).collect::<Vec<_>>()),
        column("hours_since_as_of", rows.iter().map(|r| r.2.hour.from).collect::<Vec<_>>()),
        column("elapsed_hours", rows.iter().map(|r| r.2.hour.to - r.2.hour.from).collect::<Vec<_>>()),
        column("uptake", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        column("failed", rows.iter().map(|r| r.2.failed).collect::<Vec<_>>()),
    ];
    csv("local-hours.csv", rows.len(), columns).map(Some)
}

/// The engines that answered, with their figures.
fn answers(outcome: &Outcome) -> impl Iterator<Item = (&'static str, &Measures)> {
    let both = [("exact", &outcome.exact), ("simulated", &outcome.simulated)];
    both.into_iter().filter_map(|(engine, measures)| Some((engine, measures.as_ref()?)))
}

/// A column from any list that the table library has a type for.
fn column<V, K: ?Sized>(name: &str, values: V) -> Column
where
    Series: NamedFrom<V, K>,
{
    Series::new(name.into(), values).into_column()
}

fn csv(what: &'static str, height: usize, columns: Vec<Column>) -> Result<Vec<u8>> {
    let mut table = DataFrame::new(height, columns).map_err(failed(what))?;
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).include_header(true).finish(&mut table).map_err(failed(what))?;
    Ok(bytes)
}

fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> Error {
    move |error| Error::Output { what: what.to_owned(), why: error.to_string() }
}

impl FrameColumns {
    fn of(projection: &Projection) -> Self {
        let mut columns = Self::default();
        for outcome in &projection.uptakes {
            for (engine, measures) in answers(outcome) {
                columns.push(projection, outcome.uptake, engine, measures);
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

    /// Of the flagship's closed form: 1,200 orgs, 69 of 1,399 hours; nobody has reconnected in the first local hour.
    #[test]
    fn segments_have_a_row_for_each_rate_and_engine_and_their_hours_one_each() {
        let sample = samples::named("regions");
        let csv = String::from_utf8(segments_csv(&sample.plan, &sample.projection).expect("made")).expect("text");
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines[0],
            "segment,name,time_zone,deadline,uptake,engine,orgs,failed_by_deadline,failed_by_deadline_share,\
             failed_by_deadline_se,down_at_deadline,down_at_deadline_share,down_at_deadline_se,failed_by_horizon,\
             failed_by_horizon_share,failed_by_horizon_se"
        );
        assert!(
            lines[1].starts_with("segment-0,Americas,America/New_York,2026-05-04T12:00:00-04:00,0.0,exact,1200,59.18"),
            "{}",
            lines[1]
        );
        assert_eq!(lines.len() - 1, 4 * 6 * 2);
        let hours = local_hours_csv(&sample.plan, &sample.projection).expect("made").expect("there are exact figures");
        let hours = String::from_utf8(hours).expect("text");
        let mut lines = hours.lines();
        assert_eq!(
            lines.next(),
            Some("segment,time_zone,local_date,local_hour,hours_since_as_of,elapsed_hours,uptake,failed")
        );
        let first = lines.next().expect("a row");
        assert!(first.starts_with("segment-0,America/New_York,2026-05-01,15,168.0,1.0,0.0,0.857"), "{first}");
        let simulated = samples::named("simulated");
        assert!(local_hours_csv(&simulated.plan, &simulated.projection).expect("made").is_none());
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
