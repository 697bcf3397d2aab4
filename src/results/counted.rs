//! Which orgs a figure counts.

use crate::plan::wording::{DOWN, FAIL, FAILED};

/// A headline figure: one of the counts that a target may be set for.
///
/// ```
/// use cutover::results::Counted;
///
/// assert_eq!(Counted::ALL.map(Counted::key), ["failed_by_deadline", "down_at_deadline", "failed_by_horizon"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counted {
    /// Orgs whose first failure is at or before the deadline.
    FailedByDeadline,
    /// Of those, the ones not yet recovered at the deadline.
    DownAtDeadline,
    /// Orgs whose first failure is at or before the horizon.
    FailedByHorizon,
}

impl Counted {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [Self::FailedByDeadline, Self::DownAtDeadline, Self::FailedByHorizon];

    /// The key in JSON and on the command line.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FailedByDeadline => "failed_by_deadline",
            Self::DownAtDeadline => "down_at_deadline",
            Self::FailedByHorizon => "failed_by_horizon",
        }
    }

    /// What they do, after a number of them: `fail by the deadline`.
    pub(crate) fn does(self) -> String {
        match self {
            Self::FailedByDeadline => format!("{FAIL} by the deadline"),
            Self::DownAtDeadline => format!("are {DOWN} at the deadline"),
            Self::FailedByHorizon => format!("{FAIL} by the horizon"),
        }
    }

    /// As a heading: `failed by the deadline`.
    pub(crate) fn heading(self) -> String {
        match self {
            Self::FailedByDeadline => format!("{FAILED} by the deadline"),
            Self::DownAtDeadline => format!("{DOWN} at the deadline"),
            Self::FailedByHorizon => format!("{FAILED} by the horizon"),
        }
    }
}
