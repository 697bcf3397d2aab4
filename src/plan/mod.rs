//! A plan that is known to be valid: instants as UTC, durations as hours, laws, zones, and each segment's values in full.
//! It knows nothing of TOML, files or the system clock. Its fields are private: holding one proves that it is valid.

pub mod calendar;
pub mod clock;
pub mod country_zones;
pub mod dates;
pub mod family;
pub mod holidays;
pub mod known;
pub mod local_hours;
pub mod movements;
#[cfg(test)]
pub(crate) mod sample;
pub mod timing;
pub mod units;
pub mod week;
pub mod work_clock;
pub mod zone;

use crate::plan::zone::Tz;
use crate::stats::Law;
use chrono::{DateTime, NaiveDateTime, Utc};
use std::sync::Arc;

pub use calendar::{Calendar, Holiday};
pub use dates::{DateOf, DateRange};
pub use family::{Family, OuterDraw, PossiblePlans, Unknown};
pub use known::{KnownOrgs, LikeOrgs};
pub use local_hours::LocalHour;
pub use movements::{Movable, MoveKind, Movements, Stop};
pub use timing::{ReconnectTiming, TimingShape};
pub use week::WeekWeights;
pub use work_clock::WorkClock;

/// Why an org's connection failed. The order is that of the rules; results list causes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A reauthorization (PKCE) required a reconnect at a refresh.
    Reauthorization,
    /// The static-IP rule met calls from another address at a refresh.
    StaticIp,
    /// The token held was stale: the one that replaced it had been lost.
    TokenRotation,
    /// The token went unused for longer than the timeout allows.
    IdleTimeout,
}

impl Cause {
    /// All causes, in their fixed order.
    pub const ALL: [Self; 4] = [Self::Reauthorization, Self::StaticIp, Self::TokenRotation, Self::IdleTimeout];

    /// Its place in [`Cause::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reauthorization => "reauthorization",
            Self::StaticIp => "static_ip",
            Self::TokenRotation => "token_rotation",
            Self::IdleTimeout => "idle_timeout",
        }
    }

    /// In words, within a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reauthorization => "reauthorization required",
            Self::StaticIp => "static IP mismatch",
            Self::TokenRotation => "lost rotated token",
            Self::IdleTimeout => "idle timeout",
        }
    }
}

/// The instant by which failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// One instant for all.
    Absolute(DateTime<Utc>),
    /// A wall-clock time, read in each org's own zone.
    OrgLocal(NaiveDateTime),
}

/// Something that is switched on, as the timeline shows it. What it does to an org stands in the segment's [`Controls`].
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

/// From `at` (hours since `as_of`) on, a new token is lost with this probability at each refresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenRotation {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Probability per refresh.
    pub lost_token: f64,
}

/// From `at` on, a refresh from another address than the one connected from fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaticIp {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Share of the orgs whose address differs.
    pub mismatch: f64,
}

/// From `at` on, a token unused for `after` hours stops working.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IdleTimeout {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Hours without use.
    pub after: f64,
    /// Whether time unused before `at` counts.
    pub retroactive: bool,
}

/// From `at` on, a connection established before needs to be re-established at its next refresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reauthorization {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Probability that the refresh fails.
    pub required: f64,
}

/// Everything that is switched on, by kind, each ascending by `at`. A later entry replaces the earlier of its kind, except
/// reauthorizations: each must be passed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Controls {
    /// Token rotation.
    pub token_rotation: Vec<TokenRotation>,
    /// Static IP.
    pub static_ip: Vec<StaticIp>,
    /// Idle timeout.
    pub idle_timeout: Vec<IdleTimeout>,
    /// Reauthorizations.
    pub reauthorization: Vec<Reauthorization>,
}

impl Controls {
    /// Those that can change an org's life before `until` (hours): the others are as good as not there. `coverage` is the share
    /// that the heartbeat keeps in use.
    pub fn effective(&self, until: f64, coverage: f64) -> Self {
        let mut effective = self.clone();
        if self.token_rotation.iter().all(|e| e.lost_token == 0.0 || e.at > until) {
            effective.token_rotation.clear();
        }
        if self.static_ip.iter().all(|e| e.mismatch == 0.0 || e.at > until) {
            effective.static_ip.clear();
        }
        if coverage >= 1.0 || self.idle_timeout.iter().all(|e| e.at > until) {
            effective.idle_timeout.clear();
        }
        effective.reauthorization.retain(|e| e.required > 0.0 && e.at <= until);
        effective
    }

    /// Hours: the first of them comes into force; without end where there is none.
    pub fn first_in_force(&self) -> f64 {
        let reauthorizations = self.reauthorization.iter().map(|e| e.at);
        let others = self.static_ip.iter().map(|e| e.at).chain(self.token_rotation.iter().map(|e| e.at));
        let idle = self.idle_timeout.iter().map(|e| e.at);
        reauthorizations.chain(others).chain(idle).fold(f64::INFINITY, f64::min)
    }

    /// Those that can still meet an org that reconnects at `opens` or later: its address matches then, and the reauthorizations before
    /// are behind it.
    pub fn after_reconnect(&self, opens: f64) -> Self {
        let mut left = self.clone();
        left.static_ip.clear();
        left.reauthorization.retain(|e| e.at > opens);
        left
    }
}

/// How a failed org comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Hours until the admin has reconnected.
    pub after: Law,
    /// Whether those hours pass only as fast as the weight of the local hour.
    pub office_hours: bool,
}

/// A share of the orgs with a zone, a calendar and values of its own; all values are resolved, none is inherited any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Unique id; `all` when the scenario has no segments.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Number of orgs; all segments add up to the plan's.
    pub orgs: u64,
    /// Where these orgs live.
    pub time_zone: Tz,
    /// The days and hours in which they work.
    pub calendar: Calendar,
    /// Their uptake is `min(1, uptake * uptake_factor)`.
    pub uptake_factor: f64,
    /// Law of the age at `as_of`, hours; of known orgs that of one picked at random.
    pub last_refresh: Law,
    /// The orgs themselves, where they are known one by one: their ages are then not drawn.
    pub known: Option<Arc<KnownOrgs>>,
    /// Law of the time between refreshes, hours.
    pub interval: Law,
    /// Share that the heartbeat reaches.
    pub heartbeat_coverage: f64,
    /// What is switched on for them.
    pub controls: Controls,
    /// The deadline in their zone, hours since `as_of`.
    pub deadline: f64,
    /// When their actors reconnect; `None` when nobody does.
    pub timing: Option<ReconnectTiming>,
    /// Correlation of any two of its orgs' acting, 0-1: orgs under one administrator or campaign act together.
    pub correlation: f64,
    /// How they come back; `None` when they stay down.
    pub recovery: Option<Recovery>,
    /// Their human hours, to the plan's horizon.
    pub work_clock: WorkClock,
}

/// Hours: no age beyond makes sense (114 years), nor could a time be added to one far beyond.
pub const OLDEST: f64 = 1e6;

/// Hours: ages from here on are left out beside an interval of this law.
pub fn oldest(interval: &Law) -> f64 {
    interval.support().1.min(OLDEST)
}

impl Segment {
    /// Hours: ages from here on are left out. No interval reaches them, or nothing is so old.
    pub fn age_limit(&self) -> f64 {
        oldest(&self.interval)
    }

    /// The share of this segment that acts when the plan's uptake is `uptake`.
    pub fn uptake(&self, uptake: f64) -> f64 {
        (uptake * self.uptake_factor).min(1.0)
    }

    /// Number of orgs in each class of like ones: those of [`KnownOrgs::classes`] in their order, or one class of all.
    pub fn class_sizes(&self) -> impl Iterator<Item = u64> + '_ {
        let known = self.known.as_ref().map_or(&[][..], |known| known.classes());
        let drawn = self.known.is_none().then_some(self.orgs);
        known.iter().map(|class| class.orgs).chain(drawn)
    }

    /// Whether an org of this segment fares as one of the other, acting or not: all is alike but their numbers and how many act.
    pub fn same_life(&self, other: &Self) -> bool {
        // Every field is named, so that a new one has to be weighed.
        let Self {
            id: _,
            name: _,
            orgs: _,
            uptake_factor: _,
            correlation: _,
            // It follows from the zone, the calendar and the plan's horizon.
            work_clock: _,
            time_zone,
            calendar,
            last_refresh,
            known,
            interval,
            heartbeat_coverage,
            controls,
            deadline,
            timing,
            recovery,
        } = self;
        *interval == other.interval
            && *last_refresh == other.last_refresh
            && *known == other.known
            && *heartbeat_coverage == other.heartbeat_coverage
            && *controls == other.controls
            && *deadline == other.deadline
            && *recovery == other.recovery
            && *timing == other.timing
            && *time_zone == other.time_zone
            && calendar.same_hours(&other.calendar)
    }
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

/// One rate of reconnecting to be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Uptake {
    /// The rate, 0-1. For a rate that is not known: its value in this plan (the law's median in a family's centre).
    pub value: f64,
    /// The law, when it is not known.
    pub law: Option<Law>,
    /// As the scenario writes it, in JSON.
    pub echo: serde_json::Value,
    /// For rows and labels: `50 %`, or the law in words.
    pub label: String,
    /// In a sentence: `50 %`; of a law the range that it stands for, `32-99 %`: no single rate makes its figures.
    pub name: String,
}

/// Which of these rates is the middle one, ascending; the lower of two. A law is no rate that anybody can aim for: it counts only where fewer
/// than two rates are known. `None` without rates.
pub fn middle_uptake(uptakes: &[Uptake]) -> Option<usize> {
    let ascending = aimed_for(uptakes);
    ascending.get(ascending.len().checked_sub(1)? / 2).copied()
}

/// The places of the rates that somebody can aim for, ascending: the known ones, or all where fewer than two are.
pub fn aimed_for(uptakes: &[Uptake]) -> Vec<usize> {
    let mut all: Vec<usize> = (0..uptakes.len()).collect();
    all.sort_by(|a, b| uptakes[*a].value.total_cmp(&uptakes[*b].value));
    let known: Vec<usize> = all.iter().copied().filter(|i| uptakes[*i].law.is_none()).collect();
    if known.len() < 2 { all } else { known }
}

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
    pub window: Option<Window>,
    pub uptakes: Vec<Uptake>,
    pub segments: Vec<Segment>,
    pub dates: Vec<DateRange>,
}

/// A valid plan. See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan(PlanParts);

impl Plan {
    /// Checks what ties the parts together. Validation of a scenario reports such faults first, with their places in the file;
    /// this is the last gate.
    ///
    /// # Errors
    /// Names the first inconsistency.
    pub fn new(parts: PlanParts) -> Result<Self, String> {
        let horizon = clock::hours_between(parts.as_of, parts.horizon);
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

    /// Number of orgs.
    pub fn orgs(&self) -> u64 {
        self.0.segments.iter().map(|s| s.orgs).sum()
    }

    /// Elapsed hours from `as_of`.
    pub fn hours(&self, at: DateTime<Utc>) -> f64 {
        clock::hours_between(self.0.as_of, at)
    }

    /// The instant so many hours after `as_of`.
    pub fn instant(&self, hours: f64) -> DateTime<Utc> {
        clock::after(self.0.as_of, hours)
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
    fn acts_on(&self, segment: &Segment, event: &Event, cause: Cause) -> bool {
        let (at, controls) = (self.hours(event.at), &segment.controls);
        if segment.orgs == 0 || at > self.horizon_hours() {
            return false;
        }
        match cause {
            Cause::Reauthorization => controls.reauthorization.iter().any(|c| c.at == at && c.required > 0.0),
            Cause::StaticIp => {
                let all = &controls.static_ip;
                all.iter().any(|c| c.at == at) && all.iter().any(|c| c.at <= at && c.mismatch > 0.0)
            }
            Cause::TokenRotation => {
                let all = &controls.token_rotation;
                all.iter().any(|c| c.at == at) && all.iter().any(|c| c.at <= at && c.lost_token > 0.0)
            }
            Cause::IdleTimeout => {
                let all = &controls.idle_timeout;
                segment.heartbeat_coverage < 1.0
                    && all.iter().any(|c| c.at == at)
                    && all.iter().any(|c| c.at <= at && segment.interval.sf(c.after) > 0.0)
            }
        }
    }

    /// The deadline as an instant: itself, or, for an org-local one, its reading in the plan's zone if that exists once.
    pub fn deadline_instant(&self) -> Option<DateTime<Utc>> {
        match self.0.deadline {
            Deadline::Absolute(at) => Some(at),
            Deadline::OrgLocal(local) => clock::to_utc(local, self.0.time_zone).ok(),
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
