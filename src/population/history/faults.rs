//! What is wrong in a table: each fault with its row and column and how to mend it, the first ten shown, all counted.

use crate::plan::units::{group_count, show_share};
use crate::scenario::FindingCode;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::fmt::Write;

/// More faults than this are counted, not shown.
const SHOWN: usize = 10;

/// The faults of one file.
pub(super) struct HistoryFaults<'a> {
    name: &'a str,
    shown: Vec<String>,
    count: usize,
    /// Whether bad rows are left out instead of refused.
    skip: bool,
    /// The rows that have a fault, with the first of each.
    rows: BTreeMap<usize, String>,
    /// Whether something is wrong that no row can be left out for.
    is_whole: bool,
}

impl<'a> HistoryFaults<'a> {
    /// None yet, of the file of this name.
    pub(super) fn new(name: &'a str, skip: bool) -> Self {
        Self { name, shown: Vec::new(), count: 0, skip, rows: BTreeMap::new(), is_whole: false }
    }

    /// A fault of a cell, in a row by its place and by the number that people give it.
    pub(super) fn cell(
        &mut self,
        (place, row): (usize, &str),
        column: &str,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        self.rows.entry(place).or_insert_with(|| format!("{row}, column `{column}`: {}", message.as_ref()));
        self.add(
            FindingCode::BadCell,
            &format!("{}, {row}, column `{column}`", self.name),
            message.as_ref(),
            help.as_ref(),
        );
    }

    /// A fault of a row.
    pub(super) fn row(&mut self, (place, row): (usize, &str), message: &str) {
        self.rows.entry(place).or_insert_with(|| format!("{row}: {message}"));
        let help = "give it as many cells as the header has; put quotes around a cell with a separator in it";
        self.add(FindingCode::BadRow, &format!("{}, {row}", self.name), message, help);
    }

    /// Whether a row is to be left out because of what is known so far.
    pub(super) fn has(&self, place: usize) -> bool {
        self.rows.contains_key(&place)
    }

    /// A fault of the whole file.
    pub(super) fn whole(&mut self, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.is_whole = true;
        self.add(FindingCode::BadHistory, self.name, message.as_ref(), help.as_ref());
    }

    /// A fault after which nothing else can be said.
    pub(super) fn alone(mut self, message: &str, help: &str) -> Error {
        self.whole(message, help);
        self.error()
    }

    fn add(&mut self, code: FindingCode, place: &str, message: &str, help: &str) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(format!("error[{code}]: {place}: {message}\n  = help: {help}"));
        }
    }

    fn error(self) -> Error {
        let mut report = self.shown.join("\n\n");
        let more = self.count - self.shown.len();
        if more > 0 {
            let _ = write!(report, "\n\n... and {more} more like these");
        }
        let faults = if self.count == 1 { "1 fault".to_owned() } else { format!("{} faults", self.count) };
        let _ = write!(report, "\n\n{faults} in {}", self.name);
        Error::BadInput { report, faults: self.count }
    }

    /// Done, unless something is wrong; with what is to be said of rows of `all` that are left out.
    ///
    /// # Errors
    /// With the report of all faults.
    pub(super) fn finish(self, all: usize) -> Result<Option<String>> {
        match self.rows.first_key_value() {
            _ if self.count == 0 => Ok(None),
            Some((_, first)) if self.skip && !self.is_whole => {
                let (bad, share) = (self.rows.len() as u64, show_share(self.rows.len() as f64 / all.max(1) as f64));
                let were = if bad == 1 { "row was" } else { "rows were" };
                Ok(Some(format!(
                    "{} of {} {were} left out because they can't be read ({share}), first {first}. Where a refresh is left out, the interval \
                     around it looks longer than it was.",
                    group_count(bad),
                    group_count(all as u64)
                )))
            }
            _ => Err(self.error()),
        }
    }
}
