//! What is wrong in a table: each fault with its row and column and how to mend it, the first ten shown, all counted.

use crate::{Error, Result};
use std::fmt::Write;

/// More faults than this are counted, not shown.
const SHOWN: usize = 10;

/// The faults of one file.
pub struct Faults<'a> {
    name: &'a str,
    shown: Vec<String>,
    count: usize,
}

impl<'a> Faults<'a> {
    /// None yet, of the file of this name.
    pub fn new(name: &'a str) -> Self {
        Self { name, shown: Vec::new(), count: 0 }
    }

    /// A fault of a cell.
    pub fn cell(&mut self, row: usize, column: &str, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.add("bad-cell", &format!("{}, row {row}, column `{column}`", self.name), message.as_ref(), help.as_ref());
    }

    /// A fault of the whole file.
    pub fn whole(&mut self, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.add("bad-history", self.name, message.as_ref(), help.as_ref());
    }

    /// A fault after which nothing else can be said.
    pub fn alone(mut self, message: &str, help: &str) -> Error {
        self.whole(message, help);
        self.error()
    }

    fn add(&mut self, code: &str, place: &str, message: &str, help: &str) {
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

    /// Done, unless something is wrong.
    ///
    /// # Errors
    /// With the report of all faults.
    pub fn finish(self) -> Result<()> {
        if self.count == 0 { Ok(()) } else { Err(self.error()) }
    }
}
