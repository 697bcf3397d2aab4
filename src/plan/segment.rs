//! A share of the orgs with a zone, a calendar and values of its own.

use super::calendar::Calendar;
use super::controls::Controls;
use super::known::KnownOrgs;
use super::policies::Policies;
use super::timing::ReconnectTiming;
use super::work_clock::WorkClock;
use super::zone::Tz;
use crate::stats::Law;
use std::sync::Arc;

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
    /// How it is rolled out, where the scenario says more than an instant for all; the engines then follow this instead of `controls`.
    pub policies: Option<Arc<Policies>>,
    /// Further instants at which failures are counted, as the plan has them, in hours since `as_of`.
    pub checkpoints: Vec<f64>,
    /// A rate of reconnecting of their own, whatever the plan's is.
    pub own_uptake: Option<f64>,
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
        self.own_uptake.unwrap_or_else(|| (uptake * self.uptake_factor).min(1.0))
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
            own_uptake: _,
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
            policies,
            checkpoints,
            deadline,
            timing,
            recovery,
        } = self;
        *interval == other.interval
            && *last_refresh == other.last_refresh
            && *known == other.known
            && *heartbeat_coverage == other.heartbeat_coverage
            && *controls == other.controls
            && *policies == other.policies
            && *checkpoints == other.checkpoints
            && *deadline == other.deadline
            && *recovery == other.recovery
            && *timing == other.timing
            && *time_zone == other.time_zone
            && calendar.same_hours(&other.calendar)
    }
}
