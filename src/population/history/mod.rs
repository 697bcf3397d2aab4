//! A history of refreshes: how long intervals lasted, and which were still running when observation ended. From a table of
//! durations or of refreshes, with every fault of the table named by row and column.

mod faults;
mod hours;
mod how_to_read;
mod interval;
mod intervals;
mod refreshes;
mod table;

#[cfg(test)]
mod tests;

pub use how_to_read::HowToRead;
pub use interval::{COLUMNS, HistoryInterval};
pub use table::{HistoryCell, HistoryTable};

use crate::Result;
use crate::results::fit::HistorySource;
use faults::HistoryFaults;
use interval::HistoryFound;

/// All intervals of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Where they come from.
    pub source: HistorySource,
    /// The intervals, in the order of the file or of its orgs.
    pub intervals: Vec<HistoryInterval>,
}

/// Reads the history at `path`: what `population::table` reads.
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
pub fn from_table(name: &str, sha256: &str, table: &HistoryTable, how: &HowToRead) -> Result<History> {
    let mut faults = HistoryFaults::new(name, how.skip_bad_rows);
    let is_known = !table.columns.is_empty() || table.names.is_empty();
    if is_known
        && table.bad.is_empty()
        && !table.columns.iter().any(|(_, cells)| cells.iter().any(|c| *c != HistoryCell::Empty))
    {
        return Err(faults.alone("it has no row below its header", "list one interval, or one refresh, a row"));
    }
    table.bad.iter().for_each(|(place, why)| faults.row((*place, &table.row(*place)), why));
    let read = match shape(table, how, &mut faults) {
        Some(HistoryKind::Intervals) => intervals::read(table, how, &mut faults),
        Some(HistoryKind::Refreshes) => refreshes::read(table, how, &mut faults),
        None => (Vec::new(), HistoryFound::default()),
    };
    let left_out = faults.finish(table.rows())?;
    let (intervals, found) = read;
    let notes = left_out.into_iter().chain(table.notes.iter().cloned()).chain(found.notes).collect();
    let source = HistorySource { path: name.to_owned(), sha256: sha256.to_owned(), refreshes: found.refreshes, notes };
    Ok(History { source, intervals })
}

enum HistoryKind {
    Intervals,
    Refreshes,
}

/// What the columns make of the table; none where they make nothing of it, which is a fault.
fn shape(table: &HistoryTable, how: &HowToRead, faults: &mut HistoryFaults<'_>) -> Option<HistoryKind> {
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
        (true, false, _) | (true, true, (true, false)) => Some(HistoryKind::Intervals),
        (false, true, _) | (true, true, (false, true)) => Some(HistoryKind::Refreshes),
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
