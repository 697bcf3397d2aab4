//! A plan that is known to be valid.

use super::controls::Cause;
use super::date_range::{DateOf, DateRange};
use super::event::{Deadline, Event, Milestone, Window};
use super::policies::{Checkpoint, Guard};
use super::segment::Segment;
use super::uptake::Uptake;
use super::wording::{ACT, ACTS, Wording, this_year};
use crate::plan::zone::Tz;
use chrono::{DateTime, Datelike, Utc};

/// The parts of a [`Plan`], to be checked by [`Plan::new`].
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each is documented at the accessor of its name")]
pub struct PlanParts {
    pub title: String,
    pub time_zone: Tz,
    pub seed: u64,
    pub runs: u64,
    pub as_of: DateTime<Utc>,
    pub deadline: Deadline,
    pub horizon: DateTime<Utc>,
    pub tolerance: Option<u64>,
    pub events: Vec<Event>,
    pub milestones: Vec<Milestone>,
    pub checkpoints: Vec<Checkpoint>,
    pub guard: Option<Guard>,
    pub window: Option<Window>,
    pub uptakes: Vec<Uptake>,
    pub segments: Vec<Segment>,
    pub dates: Vec<DateRange>,
    pub wording: Wording,
}

/// A valid plan. See the module.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let plan = scenario.family.centre();
/// let later = plan.with(|parts| parts.runs = 100)?;
/// assert_eq!((plan.runs(), later.runs()), (10_000, 100));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plan(PlanParts);

impl Plan {
    /// Checks what ties the parts together. Validation of a scenario reports such faults first, with their places in the file;
    /// this is the last gate.
    ///
    /// # Errors
    /// Names the first inconsistency.
    pub fn new(parts: PlanParts) -> Result<Self, String> {
        let horizon = super::clock::hours_between(parts.as_of, parts.horizon);
        if parts.segments.is_empty() || parts.segments.iter().all(|s| s.orgs == 0) {
            return Err("a plan needs at least one org".to_owned());
        }
        if parts.uptakes.is_empty() {
            return Err("a plan needs at least one uptake rate".to_owned());
        }
        for segment in &parts.segments {
            if !(0.0..=horizon).contains(&segment.deadline) {
                return Err(format!("the deadline of segment `{}` is not between as_of and the horizon", segment.id));
            }
            if segment.last_refresh.support().0 >= segment.age_limit() {
                return Err(format!("the ages of segment `{}` can't be reached by its interval", segment.id));
            }
            if segment.known.as_ref().is_some_and(|known| known.orgs() != segment.orgs) {
                return Err(format!("segment `{}` has another number of orgs than are known", segment.id));
            }
        }
        Ok(Self(parts))
    }

    /// This plan with some of its parts changed, checked again.
    ///
    /// # Errors
    /// Names the first inconsistency.
    pub fn with(&self, change: impl FnOnce(&mut PlanParts)) -> Result<Self, String> {
        let mut parts = self.0.clone();
        change(&mut parts);
        Self::new(parts)
    }

    /// The scenario's title.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// What it calls its customers, and what they must do.
    pub fn wording(&self) -> &Wording {
        &self.0.wording
    }

    /// The year that dates are written without: that of the whole plan, if it is that of today too; `None` where each date is written with
    /// its year.
    pub fn unsaid_year(&self) -> Option<i32> {
        let [first, last] = [self.as_of(), self.horizon()].map(|at| at.with_timezone(&self.time_zone()).year());
        (first == last && this_year().is_none_or(|today| today == first)).then_some(first)
    }

    /// What a rate of acting supposes, by the rate in words: `if 50 % reconnect`, `if nobody reconnects`, `if everyone reconnects`.
    pub(crate) fn if_rate(&self, rate: &str) -> String {
        // Where segments act at multiples of the rate, it is nobody's own.
        let is_theirs = self.segments().iter().all(|segment| segment.uptake_factor == 1.0);
        let percent = rate.trim_end_matches('%').trim_end();
        if self.window().is_none() || percent == "0" {
            format!("if nobody {ACTS}")
        } else if is_theirs && percent == "100" {
            format!("if everyone {ACTS}")
        } else if is_theirs {
            format!("if {rate} {ACT}")
        } else {
            format!("at a rate of {rate}")
        }
    }

    /// The zone of every wall-clock time, and of output.
    pub fn time_zone(&self) -> Tz {
        self.0.time_zone
    }

    /// The seed of all random streams.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Number of simulated repetitions.
    pub fn runs(&self) -> u64 {
        self.0.runs
    }

    /// The instant at which the ages are true; hour 0.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.0.as_of
    }

    /// The deadline as the scenario says it; each segment has its own in hours.
    pub fn deadline(&self) -> Deadline {
        self.0.deadline
    }

    /// How far the curve is followed.
    pub fn horizon(&self) -> DateTime<Utc> {
        self.0.horizon
    }

    /// [`Plan::horizon`] in hours since `as_of`.
    pub fn horizon_hours(&self) -> f64 {
        self.hours(self.0.horizon)
    }

    /// How many failed orgs by the deadline the plan can bear.
    pub fn tolerance(&self) -> Option<u64> {
        self.0.tolerance
    }

    /// Events, ascending by time.
    pub fn events(&self) -> &[Event] {
        &self.0.events
    }

    /// Milestones, ascending by time.
    pub fn milestones(&self) -> &[Milestone] {
        &self.0.milestones
    }

    /// Further instants at which failures are counted, in the scenario's order.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.0.checkpoints
    }

    /// Who looks, and stops the rollout.
    pub fn guard(&self) -> Option<&Guard> {
        self.0.guard.as_ref()
    }

    /// The causes that can be told apart in this plan: lifetimes only where it has some.
    pub fn causes(&self) -> Vec<Cause> {
        let has = |segment: &Segment| segment.policies.as_ref().is_some_and(|policies| policies.has_lifetimes());
        let lifetimes = self.segments().iter().any(has);
        Cause::ALL.into_iter().filter(|cause| *cause != Cause::Lifetime || lifetimes).collect()
    }

    /// Whether anything disrupts without failing.
    pub fn has_brownouts(&self) -> bool {
        let has = |segment: &Segment| segment.policies.as_ref().is_some_and(|policies| policies.has_brownouts());
        self.segments().iter().any(has)
    }

    /// The reconnect window; `None` when nobody reconnects.
    pub fn window(&self) -> Option<&Window> {
        self.0.window.as_ref()
    }

    /// The rates to compare, in the scenario's order. A single 0 when nobody reconnects.
    pub fn uptakes(&self) -> &[Uptake] {
        &self.0.uptakes
    }

    /// The segments, in the scenario's order; one when it has none.
    pub fn segments(&self) -> &[Segment] {
        &self.0.segments
    }

    /// Where those instants lie that are not known, over all possible plans; empty where all are known, and in a single possible plan.
    pub fn dates(&self) -> &[DateRange] {
        &self.0.dates
    }

    /// The range of one of them; `None` where the instant is known.
    pub fn open_date(&self, of: &DateOf) -> Option<&DateRange> {
        self.0.dates.iter().find(|range| range.of == *of && range.is_open())
    }

    /// When the window opens and closes at the outermost: the 5th percentile of the one and the 95th of the other where they are not known, and
    /// whether either is not. `None` when nobody reconnects.
    pub fn outermost_window(&self) -> Option<([DateTime<Utc>; 2], bool)> {
        let window = self.window()?;
        let [opens, closes] = [DateOf::Opens, DateOf::Closes].map(|of| self.open_date(&of));
        let from = opens.map_or(window.opens, |range| range.at[0]);
        let to = closes.map_or(window.closes, |range| range.at[2]);
        Some(([from, to], opens.or(closes).is_some()))
    }

    /// Number of orgs.
    pub fn orgs(&self) -> u64 {
        self.0.segments.iter().map(|s| s.orgs).sum()
    }

    /// Elapsed hours from `as_of`.
    pub fn hours(&self, at: DateTime<Utc>) -> f64 {
        super::clock::hours_between(self.0.as_of, at)
    }

    /// The instant so many hours after `as_of`.
    pub fn instant(&self, hours: f64) -> DateTime<Utc> {
        super::clock::after(self.0.as_of, hours)
    }

    /// The event that the plan is about: the first that can change a number; where none can, the first.
    pub fn main_event(&self) -> &Event {
        let acts = |event: &&Event| event.controls.iter().any(|cause| self.acts(event, *cause));
        self.0.events.iter().find(acts).unwrap_or(&self.0.events[0])
    }

    /// Whether one of an event's controls can change how any org fares.
    pub fn acts(&self, event: &Event, cause: Cause) -> bool {
        self.0.segments.iter().any(|segment| self.acts_on(segment, event, cause))
    }

    /// The same for a segment: the control is in force by the horizon, and its number, or one that it replaces, is not nought.
    pub(super) fn acts_on(&self, segment: &Segment, event: &Event, cause: Cause) -> bool {
        let (at, controls) = (self.hours(event.at), &segment.controls);
        if segment.orgs == 0 || at > self.horizon_hours() {
            return false;
        }
        controls.acts(cause, at, segment.heartbeat_coverage, &segment.interval)
    }

    /// The deadline as an instant: itself, or, for an org-local one, its reading in the plan's zone if that exists once.
    pub fn deadline_instant(&self) -> Option<DateTime<Utc>> {
        match self.0.deadline {
            Deadline::Absolute(at) => Some(at),
            Deadline::OrgLocal(local) => super::clock::to_utc(local, self.0.time_zone).ok(),
        }
    }

    /// Share of the segment's ages that its interval can reach, in (0, 1].
    pub fn reachable_ages(segment: &Segment) -> f64 {
        let longest = segment.age_limit();
        match segment.last_refresh.atoms() {
            // Strictly below: an age equal to the longest interval is left out.
            Some(atoms) => atoms.iter().filter(|a| a.0 < longest).map(|a| a.1).sum(),
            None => segment.last_refresh.cdf(longest),
        }
    }

    /// The hours of the curve: 0, 1, 2, … and the horizon.
    pub fn curve_hours(&self) -> Vec<f64> {
        let horizon = self.horizon_hours();
        let mut hours: Vec<f64> = (0..=horizon.floor() as u32).map(f64::from).collect();
        if hours.last() != Some(&horizon) {
            hours.push(horizon);
        }
        hours
    }
}
