//! What every lint looks at: the plan, its figures, and what they would be after a change.

use crate::engine::exact;
use crate::plan::wording::ORGS;
use crate::plan::{Event, Family, Plan, Segment, clock};
use crate::results::Measures;
use crate::scenario::Scenario;
use crate::scenario::tree::Span;
use chrono::{DateTime, Utc};
use std::cell::OnceCell;

/// What lints look at: the plan with every unknown at its median, where its keys stand, and what the exact engine says.
pub(super) struct Subject<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) plan: &'a Plan,
    /// Of each uptake rate, over all possible plans; empty where the engine declines.
    pub(super) measures: Vec<Measures>,
    /// Of the middle plan, once somebody asks.
    pub(super) middle: OnceCell<Vec<Measures>>,
}

impl<'a> Subject<'a> {
    /// The middle plan's own measures: what a changed plan is held against.
    pub(super) fn middle(&self) -> &[Measures] {
        if self.scenario.family.is_certain() || self.measures.is_empty() {
            return &self.measures;
        }
        self.middle.get_or_init(|| solved(self.plan.clone()))
    }

    /// A note that holds for the middle plan, which it then says.
    pub(super) fn of_the_middle(&self, note: String) -> String {
        if self.scenario.family.is_certain() {
            note
        } else {
            format!("{note}. This takes what is not known at its median")
        }
    }

    /// The segments that have orgs.
    pub(super) fn segments(&self) -> impl Iterator<Item = &'a Segment> + Clone + use<'a> {
        self.plan.segments().iter().filter(|segment| segment.orgs > 0)
    }

    /// Whether an instant of the plan is not known.
    pub(super) fn has_open_dates(&self) -> bool {
        self.plan.dates().iter().any(crate::plan::DateRange::is_open)
    }

    /// Whether the file writes a key, for all orgs or for a segment.
    pub(super) fn writes(&self, key: &str) -> bool {
        let places = &self.scenario.key_places;
        let own = |s: &Segment| places.get(&format!("segment.{}.{key}", s.id)).is_some();
        places.get(key).is_some() || self.plan.segments().iter().any(own)
    }

    /// Where a key stands, or the table that it would stand in.
    pub(super) fn place(&self, key: &str) -> Span {
        self.scenario.key_places.nearest(key)
    }

    /// Where a segment says `key`; where it inherits it, where the scenario does.
    pub(super) fn place_of(&self, segment: &Segment, key: &str) -> Span {
        let own = self.scenario.key_places.get(&format!("segment.{}.{key}", segment.id));
        own.cloned().unwrap_or_else(|| self.place(key))
    }

    /// The event that reconnects are about: the first reauthorization that can change a number, else the plan's main event.
    pub(super) fn policy(&self) -> &'a Event {
        let cause = crate::plan::Cause::Reauthorization;
        let reauthorizes = |event: &&Event| event.controls.contains(&cause) && self.plan.acts(event, cause);
        self.plan.events().iter().find(reauthorizes).unwrap_or_else(|| self.plan.main_event())
    }

    /// Where its instant stands.
    pub(super) fn policy_place(&self) -> Span {
        self.place(&format!("event.{}.at", self.policy().id))
    }

    /// An instant in the plan's zone.
    pub(super) fn show(&self, at: DateTime<Utc>) -> String {
        clock::show(at, self.plan.time_zone(), self.plan.unsaid_year())
    }

    /// Share of all orgs that these segments hold.
    pub(super) fn share(&self, segments: &[&Segment]) -> f64 {
        segments.iter().map(|s| s.orgs).sum::<u64>() as f64 / self.plan.orgs() as f64
    }

    /// `EMEA and APAC (55 % of the orgs)`; of all segments `all orgs`, of a plan without segments `the orgs`.
    pub(super) fn whose(&self, segments: &[&Segment]) -> String {
        if !self.has_segments() {
            return format!("the {ORGS}");
        }
        if self.segments().count() == segments.len() {
            return format!("all {ORGS}");
        }
        let names: Vec<String> = segments.iter().map(|s| s.name.clone()).collect();
        format!("{} ({} of the {ORGS})", super::words::list(&names), super::words::share(self.share(segments)))
    }

    /// Whether the scenario names segments.
    pub(super) fn has_segments(&self) -> bool {
        self.plan.segments().len() > 1 || self.plan.segments().iter().any(|s| s.id != "all")
    }

    /// The highest rate that leaves somebody out, else the highest: its index.
    pub(super) fn telling_rate(&self) -> Option<usize> {
        let rates = || self.plan.uptakes().iter().enumerate().map(|(i, uptake)| (i, uptake.value));
        let highest = |rates: &mut dyn Iterator<Item = (usize, f64)>| rates.max_by(|a, b| a.1.total_cmp(&b.1));
        highest(&mut rates().filter(|r| r.1 < 1.0)).or_else(|| highest(&mut rates())).map(|r| r.0)
    }

    /// The lowest rate: its index.
    pub(super) fn lowest_rate(&self) -> usize {
        let rates = self.plan.uptakes().iter().enumerate();
        rates.min_by(|a, b| a.1.value.total_cmp(&b.1.value)).map_or(0, |r| r.0)
    }

    /// `if 90 % reconnect`; of a rate that is a law its range: no single rate makes its figures.
    pub(super) fn if_rate(&self, rate: usize) -> String {
        self.plan.if_rate(&self.plan.uptakes()[rate].name)
    }
}

/// Whether a figure of a changed plan is worse than now, by more than both engines' bounds explain.
pub(super) fn worse(changed: &Measures, now: &Measures, of: impl Fn(&Measures) -> f64) -> bool {
    let orgs = now.by_segment.iter().map(|segment| segment.orgs).sum::<u64>() as f64;
    let bound = |measures: &Measures| measures.error_bound.unwrap_or(0.0);
    of(changed) > of(now) + (bound(changed) + bound(now)).max(1e-9) * orgs
}

/// What the exact engine says of a plan, at each uptake rate; empty where it declines.
pub(super) fn solved(plan: Plan) -> Vec<Measures> {
    exact::measures_without_curves(&Family::certain(plan)).unwrap_or_default()
}
