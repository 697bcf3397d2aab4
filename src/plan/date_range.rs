//! Where an instant of a plan lies over all possible plans.

use chrono::{DateTime, Utc};

/// Which instant of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateOf {
    /// When an event comes into force, by its id.
    Event(String),
    /// A milestone, by its name.
    Milestone(String),
    /// The opening of the reconnect window.
    Opens,
    /// Its close.
    Closes,
    /// The deadline; of an org-local one its reading in the plan's zone.
    Deadline,
    /// The end of the projection.
    Horizon,
}

/// Where an instant lies that differs between possible plans, or whose distance from the main event does.
#[derive(Debug, Clone, PartialEq)]
pub struct DateRange {
    /// Which.
    pub of: DateOf,
    /// 5th percentile over possible plans, the instant with everything at its median, and the 95th percentile.
    pub at: [DateTime<Utc>; 3],
    /// The same of the hours from each plan's own main event.
    pub from_main_event: [f64; 3],
}

impl DateRange {
    /// Whether the instant itself is not known.
    pub fn is_open(&self) -> bool {
        self.at[0] != self.at[2]
    }
}
