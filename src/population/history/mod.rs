//! A history of refreshes: how long intervals lasted, and which were still running when observation ended. From a table of
//! durations or of refreshes, with every fault of the table named by row and column.

mod faults;
mod intervals;
mod refreshes;
mod table;

pub use table::{Cell, Table};

use crate::results::fit::HistorySource;
use crate::scenario::instant::InstantForm;
use crate::scenario::{duration, moment};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use faults::Faults;

/// An interval of a history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// How long it lasted, or has lasted so far, in hours: above 0.
    pub hours: f64,
    /// Whether its end was observed.
    pub ended: bool,
    /// Which org it is of, from 0; 0 throughout where the history names none.
    pub org: usize,
}

/// All intervals of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Where they come from.
    pub source: HistorySource,
    /// The intervals, in the order of the file or of its orgs.
    pub intervals: Vec<Interval>,
}

/// Names that columns have here, with what each holds.
pub const COLUMNS: [(&str, &str); 4] = [
    ("interval", "hours, or a duration such as 36h"),
    ("observed", "false where the interval was still running"),
    ("org_id", "which org refreshed"),
    ("refreshed_at", "when, as RFC 3339"),
];

/// How a history is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HowToRead {
    /// Names of [`COLUMNS`], each with the name that the file has for it.
    pub columns: Vec<(String, String)>,
    /// When observation ends; by default at the last refresh of the file.
    pub until: Option<DateTime<Utc>>,
    /// How the times of refreshes are written.
    pub instants: InstantForm,
    /// Whether rows that can't be read are left out instead of refused.
    pub skip_bad_rows: bool,
}

impl HowToRead {
    /// From options as they are typed: `interval=Hours`, and a time with an offset.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn from_options(columns: &[String], until: Option<&str>) -> Result<Self> {
        let columns = columns.iter().map(|text| mapping(text)).collect::<Result<_>>()?;
        Ok(Self { columns, until: until.map(instant).transpose()?, ..Self::default() })
    }

    /// With times that carry no offset, or are no RFC 3339.
    ///
    /// # Errors
    /// When the zone or the format is none.
    pub fn with_times(self, zone: Option<&str>, format: Option<&str>) -> Result<Self> {
        let zone = zone.map(|name| {
            name.parse()
                .map_err(|_| Error::BadUsage(format!("--zone {name}: it {}", crate::scenario::unknown_zone(name))))
        });
        let instants = InstantForm::new(zone.transpose()?, format)
            .map_err(|(message, help)| Error::BadUsage(format!("--time-format: {message}; {help}")))?;
        if instants.needs_a_zone() {
            return Err(Error::BadUsage("--time-format: it has no offset; add --zone America/New_York".to_owned()));
        }
        Ok(Self { instants, ..self })
    }

    /// What the file calls a column.
    fn name<'a>(&'a self, ours: &'a str) -> &'a str {
        self.columns.iter().rfind(|(name, _)| name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    fn names(&self, ours: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == ours)
    }
}

fn mapping(text: &str) -> Result<(String, String)> {
    let known = || COLUMNS.map(|(name, what)| format!("{name} ({what})")).join(", ");
    let refuse = |why: String| Err(Error::BadUsage(format!("--column {text}: {why}")));
    let Some((ours, theirs)) = text.split_once('=') else {
        return refuse("write it as interval=Hours, our name first, then that of the file".to_owned());
    };
    let (ours, theirs) = (ours.trim(), theirs.trim());
    if !COLUMNS.iter().any(|(name, _)| *name == ours) {
        return refuse(format!("there is no column `{ours}`; the columns are {}", known()));
    }
    if theirs.is_empty() {
        return refuse(format!("which column of the file is `{ours}`? Write it behind the equals sign"));
    }
    Ok((ours.to_owned(), theirs.to_owned()))
}

fn instant(text: &str) -> Result<DateTime<Utc>> {
    match moment::parse(text) {
        Ok(moment::Moment::Fixed(at)) => Ok(at),
        Ok(moment::Moment::Local(_)) => Err(Error::BadUsage(format!(
            "--until {text}: it has no offset; write \"{}Z\" or as in \"2026-05-04T09:00:00-07:00\"",
            text.trim()
        ))),
        Err(refusal) => Err(Error::BadUsage(format!("--until {text}: {}; {}", refusal.message, refusal.help))),
    }
}

/// Reads the history at `path`: what [`crate::population::table`] reads.
///
/// # Errors
/// When the file can't be read, or has faults: the first ten of them, and how many there are.
#[cfg(feature = "tables")]
pub fn read(path: &std::path::Path, how: &HowToRead) -> Result<History> {
    let name = path.display().to_string();
    let table = table::read(&name, path, how)?;
    let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(path).unwrap_or_default() };
    from_table(&name, &fingerprint(&bytes), &table, how)
}

/// Reads a history from its table. `name` is the file as errors name it.
///
/// # Errors
/// When the table has faults.
pub fn from_table(name: &str, sha256: &str, table: &Table, how: &HowToRead) -> Result<History> {
    let mut faults = Faults::new(name, how.skip_bad_rows);
    let is_known = !table.columns.is_empty() || table.names.is_empty();
    if is_known
        && table.bad.is_empty()
        && !table.columns.iter().any(|(_, cells)| cells.iter().any(|c| *c != Cell::Empty))
    {
        return Err(faults.alone("it has no row below its header", "list one interval, or one refresh, a row"));
    }
    table.bad.iter().for_each(|(place, why)| faults.row((*place, &table.row(*place)), why));
    let read = match shape(table, how, &mut faults) {
        Some(Shape::Intervals) => intervals::read(table, how, &mut faults),
        Some(Shape::Refreshes) => refreshes::read(table, how, &mut faults),
        None => (Vec::new(), Found::default()),
    };
    let left_out = faults.finish(table.rows())?;
    let (intervals, found) = read;
    let notes = left_out.into_iter().chain(table.notes.iter().cloned()).chain(found.notes).collect();
    let source = HistorySource { path: name.to_owned(), sha256: sha256.to_owned(), refreshes: found.refreshes, notes };
    Ok(History { source, intervals })
}

/// What is found beside the intervals.
#[derive(Default)]
struct Found {
    refreshes: Option<(u64, String)>,
    notes: Vec<String>,
}

enum Shape {
    Intervals,
    Refreshes,
}

/// What the columns make of the table; none where they make nothing of it, which is a fault.
fn shape(table: &Table, how: &HowToRead, faults: &mut Faults<'_>) -> Option<Shape> {
    let has = |ours: &str| table.column(how.name(ours)).is_some();
    let missing = how.columns.iter().filter(|(_, theirs)| table.column(theirs).is_none());
    let missing: Vec<&str> = missing.map(|(_, theirs)| theirs.as_str()).collect();
    if let Some(first) = missing.first() {
        faults.whole(format!("there is no column `{first}`"), table.suggest(first));
        return None;
    }
    let refreshes = has("org_id") && has("refreshed_at");
    let asked = (how.names("interval"), how.names("refreshed_at"));
    match (has("interval"), refreshes, asked) {
        (true, false, _) | (true, true, (true, false)) => Some(Shape::Intervals),
        (false, true, _) | (true, true, (false, true)) => Some(Shape::Refreshes),
        (true, true, _) => {
            faults.whole(
                "it has the columns of both kinds of history, intervals and refreshes",
                "say which to read: --column interval=interval, or --column refreshed_at=refreshed_at",
            );
            None
        }
        (false, false, _) => {
            let missing = match (has("org_id"), has("refreshed_at")) {
                (true, false) => "refreshed_at",
                (false, true) => "org_id",
                _ => "interval",
            };
            let help = if missing == "interval" {
                format!(
                    "a history has `interval` (and `observed`), or `org_id` and `refreshed_at`; {}; name yours by --column \
                     interval=NAME",
                    table.listed()
                )
            } else {
                format!("{}; name yours by --column {missing}=NAME", table.suggest(how.name(missing)))
            };
            faults.whole(format!("there is no column `{missing}`"), help);
            None
        }
    }
}

#[cfg(feature = "tables")]
fn fingerprint(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Hours of a cell that holds a duration.
fn hours_of(cell: &Cell) -> Result<f64, duration::Refusal> {
    let refuse = |message: &str, help: &str| Err(duration::Refusal::new("bad-cell", message, help));
    let hours = match cell {
        Cell::Number(hours) => *hours,
        Cell::Text(text) => match text.trim().parse::<f64>() {
            Ok(hours) => hours,
            Err(_) => duration::parse(text)?,
        },
        Cell::Empty => return refuse("it is empty", "write hours, or a duration such as 36h; or leave the row out"),
        Cell::Truth(_) | Cell::Instant(_) => return refuse("it holds no duration", "write hours, such as 36"),
    };
    if !hours.is_finite() {
        return refuse("it is no number of hours", "write hours, such as 36; or leave the row out");
    }
    if hours < 0.0 {
        return refuse("a duration can't be negative", "mend it, or leave the row out");
    }
    if hours > duration::LONGEST_HOURS {
        return refuse("it is longer than a century", "is it in hours? Durations may carry a unit, such as 90m or 5s");
    }
    Ok(hours)
}

#[cfg(test)]
mod tests;
