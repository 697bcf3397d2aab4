//! What has been seen of a rollout so far: counts of orgs that have reconnected and that have failed, row by row, from CSV or Parquet. Every
//! fault is named by row and column.

use super::table::{Cells, FileTable, WantedColumn, WantedColumns, is_empty};
use crate::plan::zone::Tz;
use crate::plan::{Plan, clock};
use crate::scenario::instant::as_local;
use crate::scenario::{FindingCode, moment};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use polars::prelude::{AnyValue, TimeUnit};
use std::path::Path;

/// The columns, each with what it holds.
pub(crate) const COLUMNS: [(&str, &str); 5] = [
    ("at", "when it was counted"),
    ("reconnected", "orgs that have reconnected so far, before failing"),
    ("failed", "orgs that have failed so far, not having reconnected before"),
    ("tickets", "contacts so far"),
    ("segment", "the segment that the counts are of"),
];

/// One look. Counts are those since `as_of`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeenRow {
    /// When, in hours since `as_of`.
    pub at: f64,
    /// The place of its segment; `None` of all orgs together.
    pub segment: Option<usize>,
    /// Reconnected on their own account, before failing; `None` where nobody counted.
    pub reconnected: Option<u64>,
    /// Failed, not having reconnected before; `None` where nobody counted.
    pub failed: Option<u64>,
    /// Contacts.
    pub tickets: Option<u64>,
    /// How people call the row: `row 7`.
    pub row: String,
}

/// All looks, ascending by time within each segment.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Observations {
    /// The file as it was named.
    pub path: String,
    /// The hash of its bytes.
    pub sha256: String,
    /// The looks.
    pub rows: Vec<SeenRow>,
    /// What a reader should know of how it was read.
    pub notes: Vec<String>,
}

/// What counts are read by: the clock and the orgs of a plan.
#[derive(Debug, Clone)]
pub(crate) struct SeenFrame {
    /// Counts are since then.
    pub as_of: DateTime<Utc>,
    /// Nothing is counted after it; `None` where nobody says.
    pub horizon: Option<DateTime<Utc>>,
    /// The zone of times without an offset.
    pub zone: Tz,
    /// How many orgs there are.
    pub orgs: u64,
    /// Id, name and number of orgs of each segment; none where the plan names none.
    pub segments: Vec<(String, String, u64)>,
}

impl SeenFrame {
    /// Of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let named = plan.segments().len() > 1 || plan.segments().iter().any(|segment| segment.id != "all");
        let segments = plan.segments().iter().filter(|_| named).map(|s| (s.id.clone(), s.name.clone(), s.orgs));
        Self {
            as_of: plan.as_of(),
            horizon: Some(plan.horizon()),
            zone: plan.time_zone(),
            orgs: plan.orgs(),
            segments: segments.collect(),
        }
    }

    fn show(&self, at: DateTime<Utc>) -> String {
        clock::show(at, self.zone, None)
    }
}

/// The faults of a file, shown one after the other.
struct SeenFaults<'a> {
    name: &'a str,
    shown: Vec<String>,
}

impl SeenFaults<'_> {
    fn cell(&mut self, row: &str, column: &str, message: &str, help: &str) {
        let place = format!("{}, {row}, column `{column}`", self.name);
        self.shown.push(format!("error[{}]: {place}: {message}\n  = help: {help}", FindingCode::BadObservation));
    }

    fn whole(&mut self, message: &str, help: &str) {
        self.shown.push(format!("error[{}]: {}: {message}\n  = help: {help}", FindingCode::BadObservation, self.name));
    }

    fn finish<T>(self, good: T) -> Result<T> {
        let faults = self.shown.len();
        if faults == 0 {
            return Ok(good);
        }
        let many = if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") };
        let shown = self.shown.into_iter().take(20).collect::<Vec<_>>().join("\n\n");
        let more = if faults > 20 { format!("\n\n... and {} more like these", faults - 20) } else { String::new() };
        Err(Error::BadInput { report: format!("{shown}{more}\n\n{many} in {}", self.name), faults })
    }
}

impl Observations {
    /// Reads a file of what has been seen of a plan. With `corrections` a count that falls takes the place of earlier ones above it.
    ///
    /// # Errors
    /// With every fault of the file.
    pub(crate) fn read(path: &Path, frame: &SeenFrame, corrections: bool) -> Result<Self> {
        let name = path.display().to_string();
        let wanted = WantedColumns {
            columns: COLUMNS.map(|(ours, _)| WantedColumn { ours, theirs: None }).into(),
            any_of: &[&["at", "reconnected"], &["at", "failed"]],
            not_both: None,
            mapping: |ours, theirs| format!("rename the column `{theirs}` to `{ours}`"),
            skip_bad_rows: false,
        };
        let table = FileTable::read(path, &wanted).map_err(|fault| {
            let notes: String = fault.notes.iter().map(|note| format!("\n  = note: {note}")).collect();
            let help = match fault.code {
                FindingCode::MissingColumn => {
                    "the columns are at, and one or both of reconnected and failed".to_owned()
                }
                _ => fault.help.replace("the path is relative to the scenario's folder", "is the path right?"),
            };
            let report = format!(
                "error[{}]: {name}: {}{notes}\n  = help: {help}\n\n1 fault in {name}",
                fault.code, fault.message
            );
            Error::BadInput { report, faults: 1 }
        })?;
        let bytes = std::fs::read(path).unwrap_or_default();
        Self::from_table(&name, &bytes, &table, frame, corrections)
    }

    fn from_table(name: &str, bytes: &[u8], table: &FileTable, frame: &SeenFrame, corrections: bool) -> Result<Self> {
        use sha2::{Digest, Sha256};
        let mut faults = SeenFaults { name, shown: Vec::new() };
        for bad in &table.bad {
            faults.cell(&table.number(bad.row), "at", &bad.why, "give it as many cells as the header has");
        }
        if table.rows == 0 {
            faults.whole("it has no row below its header", "write one look a row: at,reconnected,failed");
        }
        let mut rows = Vec::new();
        for row in 0..table.rows {
            if table.bad.iter().any(|bad| bad.row == row) {
                continue;
            }
            rows.extend(read_row(table, row, frame, &mut faults));
        }
        let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        let mut seen = Self { path: name.to_owned(), sha256, rows, notes: table.notes.clone() };
        seen.check(frame, corrections, &mut faults);
        let seen = faults.finish(seen)?;
        seen.counted(name)
    }

    /// Counts that were made from another file, such as an inventory.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(crate) fn counted_in(path: &Path, rows: Vec<SeenRow>) -> Result<Self> {
        use sha2::{Digest, Sha256};
        let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        Ok(Self { path: path.display().to_string(), sha256, rows, notes: Vec::new() })
    }

    /// Without rows in which nothing was counted yet, which a note says.
    fn counted(mut self, name: &str) -> Result<Self> {
        let all = self.rows.len();
        self.rows.retain(|row| row.reconnected.is_some() || row.failed.is_some());
        if self.rows.is_empty() {
            let mut faults = SeenFaults { name, shown: Vec::new() };
            faults.whole("nothing was counted in any row", "fill in one count at least: reconnected, failed or both");
            return faults.finish(self);
        }
        let empty = all - self.rows.len();
        if empty > 0 {
            let rows = if empty == 1 { "1 row has".to_owned() } else { format!("{empty} rows have") };
            self.notes.push(format!("{rows} no count yet."));
        }
        Ok(self)
    }

    fn check(&mut self, frame: &SeenFrame, corrections: bool, faults: &mut SeenFaults<'_>) {
        let (of_all, of_one) =
            (self.rows.iter().find(|r| r.segment.is_none()), self.rows.iter().find(|r| r.segment.is_some()));
        if let (Some(all), Some(one)) = (of_all, of_one) {
            let message = format!("counts of all orgs here, of one segment in {}", one.row);
            faults.cell(&all.row.clone(), "segment", &message, "name the segment in every row, or in none");
        }
        let mut dropped: Vec<usize> = Vec::new();
        for segment in (0..frame.segments.len()).map(Some).chain([None]) {
            let places: Vec<usize> = (0..self.rows.len()).filter(|i| self.rows[*i].segment == segment).collect();
            let most = segment.map_or(frame.orgs, |s| frame.segments[s].2);
            self.check_sequence(&places, most, corrections, (faults, &mut dropped));
        }
        if !dropped.is_empty() {
            dropped.sort_unstable();
            dropped.dedup();
            let names: Vec<String> = dropped.iter().map(|i| self.rows[*i].row.clone()).collect();
            self.notes.push(format!("Later counts are lower, so earlier ones are left out: {}.", names.join(", ")));
            let mut place = 0;
            self.rows.retain(|_| {
                place += 1;
                !dropped.contains(&(place - 1))
            });
        }
    }

    fn check_sequence(
        &self,
        places: &[usize],
        most: u64,
        corrections: bool,
        (faults, dropped): (&mut SeenFaults<'_>, &mut Vec<usize>),
    ) {
        let at = |i: usize| &self.rows[places[i]];
        for i in 1..places.len() {
            if at(i).at <= at(i - 1).at {
                let message = format!("this is no later than {}", at(i - 1).row);
                faults.cell(&at(i).row, "at", &message, "sort the rows by time, one row an instant");
            }
        }
        type Count = fn(&SeenRow) -> Option<u64>;
        let columns: [(&str, Count); 3] =
            [("reconnected", |r| r.reconnected), ("failed", |r| r.failed), ("tickets", |r| r.tickets)];
        for (column, of) in columns {
            let counted: Vec<usize> = (0..places.len()).filter(|i| of(at(*i)).is_some()).collect();
            for pair in 1..counted.len() {
                let later = of(at(counted[pair])).unwrap_or(0);
                let above = counted[..pair].iter().filter(|earlier| of(at(**earlier)).unwrap_or(0) > later);
                let above: Vec<usize> = above.copied().collect();
                if above.is_empty() {
                    continue;
                }
                if corrections {
                    dropped.extend(above.iter().map(|i| places[*i]));
                } else {
                    let before = at(above[above.len() - 1]);
                    let message = format!(
                        "{later} is less than {} in {}: counts so far never fall",
                        of(before).unwrap_or(0),
                        before.row
                    );
                    let help = "correct one of the two, or take the later one with --allow-corrections";
                    faults.cell(&at(counted[pair]).row, column, &message, help);
                }
            }
        }
        for place in places {
            let row = &self.rows[*place];
            let sum = row.reconnected.unwrap_or(0) + row.failed.unwrap_or(0);
            if sum > most {
                let message = format!("{sum} orgs have reconnected or failed, and there are {most}");
                faults.cell(
                    &row.row,
                    "failed",
                    &message,
                    "an org counts once: as reconnected or as failed, whichever came first",
                );
            }
        }
    }

    /// The last instant of a look; `None` without any.
    pub(crate) fn last(&self) -> Option<f64> {
        self.rows.iter().map(|row| row.at).max_by(f64::total_cmp)
    }

    /// Only what was seen up to an instant.
    pub(crate) fn until(&self, at: f64) -> Self {
        Self { rows: self.rows.iter().filter(|row| row.at <= at + 1e-9).cloned().collect(), ..self.clone() }
    }
}

fn read_row(table: &FileTable, row: usize, frame: &SeenFrame, faults: &mut SeenFaults<'_>) -> Option<SeenRow> {
    let name = table.number(row);
    let text = |column: &str| -> Option<String> {
        match &table.get(column)?.cells {
            Cells::Text(texts) => Some(texts.get(row).trim().to_owned()).filter(|text| !is_empty(text)),
            Cells::Typed(series) => match series.get(row).ok()? {
                AnyValue::Null => None,
                AnyValue::Datetime(at, unit, _) => Some(match unit {
                    TimeUnit::Nanoseconds => DateTime::from_timestamp_nanos(at).to_rfc3339(),
                    TimeUnit::Microseconds => DateTime::from_timestamp_micros(at)?.to_rfc3339(),
                    TimeUnit::Milliseconds => DateTime::from_timestamp_millis(at)?.to_rfc3339(),
                }),
                other => Some(other.get_str().map_or_else(|| other.to_string(), str::to_owned)),
            },
        }
    };
    let before = faults.shown.len();
    let at = match text("at") {
        None => {
            faults.cell(&name, "at", "the time is missing", "write when it was counted, such as 2026-05-02 09:00");
            None
        }
        Some(at) => instant(&at, frame).map_err(|(message, help)| faults.cell(&name, "at", &message, &help)).ok(),
    };
    let mut count = |column: &str| {
        let cell = text(column)?;
        let plain = cell.replace([',', '_', '\u{a0}'], "");
        let number = plain.parse::<f64>().ok().filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n < 1e15);
        if number.is_none() {
            faults.cell(
                &name,
                column,
                &format!("`{cell}` is no number of orgs"),
                "write a whole number, or leave the cell empty",
            );
        }
        number.map(|n| n as u64)
    };
    let (reconnected, failed, tickets) = (count("reconnected"), count("failed"), count("tickets"));
    let segment = text("segment").map(|id| {
        let found = frame.segments.iter().position(|(own, name, _)| *own == id || *name == id);
        if found.is_none() {
            let known: Vec<&str> = frame.segments.iter().map(|(own, ..)| own.as_str()).collect();
            let help = match known.len() {
                0 => "the plan has no segments: leave the cell empty".to_owned(),
                _ => format!("the plan has {}", known.join(", ")),
            };
            faults.cell(&name, "segment", &format!("no segment is called `{id}`"), &help);
        }
        found.unwrap_or(0)
    });
    Some(SeenRow { at: at?, segment, reconnected, failed, tickets, row: name }).filter(|_| faults.shown.len() == before)
}

/// A time in hours since `as_of`, after it and up to the horizon.
fn instant(text: &str, frame: &SeenFrame) -> std::result::Result<f64, (String, String)> {
    let at = instant_of(text, frame.zone)?;
    let hours = clock::hours_between(frame.as_of, at);
    if hours <= 0.0 {
        let as_of = frame.show(frame.as_of);
        return Err((
            "this is not after the plan's as_of".to_owned(),
            format!("the ages are true at {as_of}; count from there on"),
        ));
    }
    if let Some(horizon) = frame.horizon.filter(|horizon| at > *horizon) {
        let horizon = frame.show(horizon);
        return Err(("this is after the horizon".to_owned(), format!("the plan ends {horizon}; move its horizon")));
    }
    Ok(hours)
}

/// A time with an offset, or a local one in a zone.
pub(crate) fn instant_of(text: &str, zone: Tz) -> std::result::Result<DateTime<Utc>, (String, String)> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    match moment::parse(text).map_err(|refusal| (refusal.message, refusal.help))? {
        moment::Moment::Fixed(at) => Ok(at),
        moment::Moment::Local(local) => as_local(local, zone).map_err(|why| {
            (format!("this local time {why}"), "write it with its offset, such as 2026-05-02T09:00:00-07:00".to_owned())
        }),
    }
}
