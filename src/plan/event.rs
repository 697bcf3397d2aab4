//! What a rollout has dates for: events, the deadline, the window to reconnect, mere dates.

use super::controls::Cause;
use super::timing::TimingShape;
use chrono::{DateTime, NaiveDateTime, Utc};

/// The instant by which failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// One instant for all.
    Absolute(DateTime<Utc>),
    /// A wall-clock time, read in each org's own zone.
    OrgLocal(NaiveDateTime),
}

/// Something that is switched on, as the timeline shows it. What it does to an org stands in the segment's [`Controls`](super::Controls).
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Unique id.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// When it comes into force.
    pub at: DateTime<Utc>,
    /// Which controls it switches on, as [`Cause`] names them.
    pub controls: Vec<Cause>,
}

/// A date to be seen on timelines; it changes no number.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestone {
    /// As people call it.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The reconnect window as the plan names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When customers may begin.
    pub opens: DateTime<Utc>,
    /// When they should be done.
    pub closes: DateTime<Utc>,
    /// How they spread over it.
    pub shape: TimingShape,
}
