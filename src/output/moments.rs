//! The moments of a plan in their order: what is switched on, the window, the deadline, milestones, the end. Every timeline that
//! is text, cells or calendar entries reads them here.

use crate::plan::clock::hours_between;
use crate::plan::units::{show_hours, show_offset};
use crate::plan::{Deadline, Plan};
use chrono::{DateTime, Utc};

/// What a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something is switched on.
    Event,
    /// A date to be seen.
    Milestone,
    /// The reconnect window opens.
    Opens,
    /// It closes.
    Closes,
    /// The deadline.
    Deadline,
    /// The projection ends.
    Horizon,
}

impl Kind {
    /// In a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Milestone => "milestone",
            Self::Opens | Self::Closes => "reconnect window",
            Self::Deadline => "deadline",
            Self::Horizon => "end of the projection",
        }
    }
}

/// A moment of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

impl Moment {
    /// How long after the main event, or before it: `+2 d 21 h`.
    pub fn offset(&self, plan: &Plan) -> String {
        show_offset(self.hours_from_main_event(plan))
    }

    /// Hours from the main event.
    pub fn hours_from_main_event(&self, plan: &Plan) -> f64 {
        hours_between(plan.main_event().at, self.at)
    }
}

/// All moments, in order. An org-local deadline stands where the plan's own zone reads it.
pub fn moments(plan: &Plan) -> Vec<Moment> {
    let of = |kind, at, name: &str| Moment { at, name: name.to_owned(), kind };
    let mut all: Vec<Moment> = plan.events().iter().map(|e| of(Kind::Event, e.at, &e.name)).collect();
    all.extend(plan.milestones().iter().map(|m| of(Kind::Milestone, m.at, &m.name)));
    if let Some(window) = plan.window() {
        let hours = show_hours(hours_between(window.opens, window.closes));
        all.push(of(Kind::Opens, window.opens, "the reconnect window opens"));
        all.push(of(Kind::Closes, window.closes, &format!("the reconnect window closes, after {hours}")));
    }
    if let Some(at) = plan.deadline_instant() {
        let local = matches!(plan.deadline(), Deadline::OrgLocal(_));
        all.push(of(Kind::Deadline, at, if local { "DEADLINE, in each org's own time zone" } else { "DEADLINE" }));
    }
    all.push(of(Kind::Horizon, plan.horizon(), "the projection ends"));
    all.sort_by_key(|m| m.at);
    all
}
