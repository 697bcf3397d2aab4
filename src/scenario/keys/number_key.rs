//! All that is said of one number of a plan anywhere: how it is read and documented, what sentences call it, whether it moves by itself in a
//! sensitivity analysis, and how it is searched for. The numbers themselves stand in `numbers`.

use super::holds::{Entry, Holds};
use crate::plan::zone::Tz;
use crate::results::Counted;
use crate::scenario::domain::Domain;

/// A number, a law, or a choice that decides about numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumberKey {
    /// How it is read, its default, an example, and what it means.
    pub entry: Entry,
    /// Its path, below the segment and the event that it stands in.
    pub path: &'static str,
    /// Where it may stand.
    pub scope: Scope,
    /// What a sentence calls it, `{event}` and `{segment}` standing for their names, `{orgs}`, `{act}` and
    /// `{action}` for the plan's words. Of a segment's own value ` in SEGMENT` follows where the
    /// name has no place for it.
    pub name: &'static str,
    /// Whether a sensitivity analysis moves it.
    pub moves: Moves,
    /// How it is searched for; `None` of what is not for a planner to choose, or has no easier side.
    pub search: Option<SearchRule>,
}

/// Where a key may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Once in a plan.
    Plan,
    /// In the plan, and in a segment as its own.
    PlanOrSegment,
    /// In a segment alone.
    Segment,
    /// In an event.
    Event,
    /// In an event, and in a segment as its own.
    EventOrSegment,
}

/// Whether a sensitivity analysis moves a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moves {
    /// Without being asked.
    ByItself,
    /// Without being asked, unless it has this value.
    ByItselfUnless(f64),
    /// When it is asked for.
    OnRequest,
    /// Never.
    No,
}

/// Which end of a key's range asks less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Easier {
    /// The lower, or earlier.
    Low,
    /// The higher, or later.
    High,
}

impl Easier {
    /// The other end.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// How a key is searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SearchRule {
    /// Between which values.
    pub range: SearchRange,
    /// The least demanding direction.
    pub easier: Easier,
    /// Why that direction.
    pub why: &'static str,
    /// Where a target counts this, the other direction, and why.
    pub reversed: Option<(Counted, &'static str)>,
}

/// Between which values a key is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchRange {
    /// All that make sense of its kind: rates, factors, numbers of orgs.
    Domain,
    /// Durations from so many minutes to a year.
    FromMinutes(i64),
    /// Times between two others of the plan.
    Between(Bound, Bound),
}

/// A time of a plan between which others are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// `population.as_of`.
    AsOf,
    /// The opening of the window, or `as_of` if that is later.
    Opens,
    /// The closing of the window; without one the horizon.
    Closes,
    /// The main event, or `as_of` if that is later.
    MainEvent,
    /// The last deadline of any segment.
    LastDeadline,
    /// The horizon.
    Horizon,
    /// A year after the horizon.
    YearAfterHorizon,
}

impl Scope {
    /// Whether it stands in an event.
    pub(crate) const fn is_of_event(self) -> bool {
        matches!(self, Self::Event | Self::EventOrSegment)
    }

    /// Whether it may stand in a segment, or outside of one.
    pub(crate) const fn allows(self, in_segment: bool) -> bool {
        match self {
            Self::Plan | Self::Event => !in_segment,
            Self::Segment => in_segment,
            Self::PlanOrSegment | Self::EventOrSegment => true,
        }
    }
}

impl NumberKey {
    /// The values that make sense, local times read in `zone`; `None` of a choice.
    pub(crate) fn domain(&self, zone: Tz) -> Option<Domain> {
        match self.entry.holds {
            Holds::Plain(Domain::Instant(_)) | Holds::Number(Domain::Instant(_)) => Some(Domain::Instant(zone)),
            Holds::Plain(domain) | Holds::Number(domain) | Holds::Chance(domain) => Some(domain),
            Holds::Rates => Some(Domain::Rate),
            _ => None,
        }
    }

    /// What holds where it is absent, if that is a plain number.
    pub(crate) fn default_number(&self) -> Option<f64> {
        self.entry.default.parse().ok()
    }
}
