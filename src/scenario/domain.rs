//! What a number of a scenario means: how it is shown, and which values make sense. Times are hours since the epoch here.

use crate::plan::zone::Tz;
use chrono::{DateTime, NaiveDateTime, Utc};

use crate::plan::{clock, units};

/// What a number means: how it is written and shown, and which values make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Domain {
    /// A duration, in hours, from `0` or above it.
    Hours {
        /// Whether 0 itself makes no sense.
        above_zero: bool,
    },
    /// A probability or share.
    Rate,
    /// A whole number between these.
    Count(u64, u64),
    /// A factor, from 0 on.
    Factor,
    /// A shape: any finite number; the law itself says which make sense.
    Shape,
    /// A point in time, in hours since the epoch; a local time is read in the zone.
    Instant(Tz),
    /// A local time of many zones, in hours since the epoch as if its zone were UTC.
    LocalTime,
}

/// Most orgs.
pub(crate) const MOST_ORGS: u64 = 1_000_000_000;
/// Most runs.
pub(crate) const MOST_RUNS: u64 = 10_000_000;

/// Largest factor that makes sense.
const LARGEST_FACTOR: f64 = 1000.0;

/// Ages and recovery delays.
pub(crate) const DELAY: Domain = Domain::Hours { above_zero: false };

/// Intervals, timeouts and half-lives.
pub(crate) const LENGTH: Domain = Domain::Hours { above_zero: true };

impl Domain {
    /// The least and the greatest value that make sense.
    pub(crate) fn limits(self) -> (f64, f64) {
        match self {
            Self::Hours { .. } => (0.0, f64::INFINITY),
            Self::Rate => (0.0, 1.0),
            Self::Count(low, high) => (low as f64, high as f64),
            Self::Factor => (0.0, LARGEST_FACTOR),
            Self::Shape | Self::Instant(_) | Self::LocalTime => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// What it is, with its article.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Hours { .. } => "a duration",
            Self::Rate => "a rate",
            Self::Count(..) => "a count",
            Self::Factor | Self::Shape => "a number",
            Self::Instant(_) | Self::LocalTime => "a time",
        }
    }

    /// Whether it is a point in time.
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Instant(_) | Self::LocalTime)
    }

    /// A value in words.
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Hours { .. } => units::show_hours(value),
            Self::Rate => units::show_share(value),
            Self::Count(..) => units::group_number(value.round()),
            Self::Factor | Self::Shape => units::group_number(units::round_to(value, 6)),
            Self::Instant(zone) => clock::show(instant(value), zone, None),
            Self::LocalTime => clock::show(instant(value), Tz::UTC, None),
        }
    }
}

/// The instant so many hours after the epoch.
pub(crate) fn instant(hours: f64) -> DateTime<Utc> {
    clock::after(DateTime::UNIX_EPOCH, hours)
}

/// Hours from the epoch to an instant.
pub(crate) fn since_epoch(at: DateTime<Utc>) -> f64 {
    clock::hours_between(DateTime::UNIX_EPOCH, at)
}

/// The local time that stands for so many hours since the epoch, to the second.
pub(crate) fn local_time(hours: f64) -> NaiveDateTime {
    DateTime::from_timestamp((hours * 3600.0).round() as i64, 0).unwrap_or(DateTime::UNIX_EPOCH).naive_utc()
}
