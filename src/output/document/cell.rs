//! What stands in a cell of a table: a value with what it takes to write it, in any medium.

use crate::plan::zone::Tz;
use chrono::{DateTime, Utc};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// Words to be copied: a key, a law.
    Code(String),
    /// A whole number.
    Count(u64),
    /// A mean number, with its standard error where it was simulated.
    Mean {
        /// The mean.
        value: f64,
        /// Its standard error; `None` of an exact figure.
        se: Option<f64>,
    },
    /// A difference or a contribution: a mean with its sign.
    Signed {
        /// The mean.
        value: f64,
        /// Its standard error; `None` of an exact figure.
        se: Option<f64>,
    },
    /// A standard error by itself.
    Error(f64),
    /// From one count to another.
    Range(u64, u64),
    /// A rate of reconnecting, 0-1, as the scenario has it; `None` where it is not known.
    Rate(Option<f64>, String),
    /// A share of the orgs, 0-1.
    Share(f64),
    /// A chance, 0-1, never rounded to a promise.
    Chance(f64),
    /// A number of hours.
    Hours(f64),
    /// What the clocks of a zone show at an instant.
    Local(DateTime<Utc>, Tz),
    /// A number whose digits are chosen by the builder: the value, and how it is written.
    Number(f64, String),
}

impl Cell {
    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// A mean with its error.
    pub const fn mean(value: f64, se: Option<f64>) -> Self {
        Self::Mean { value, se }
    }
}
