//! A scenario whose keys have been read: values with their places, unknowns not yet drawn, segments with what they inherit.
//! A value that was missing or faulty is absent here; the fault has been reported.

use std::sync::Arc;

use crate::plan::zone::Tz;
use chrono::{NaiveDate, WeekdaySet};

use super::inventory_draft::InventoryDraft;
use super::placed::Placed;
use super::quantity::{DerivedFrom, Number, OpenLaw, QuantileDraw};
use super::tree::Span;
use crate::plan::holidays::Country;
use crate::plan::{Calendar, Cause, GuardLimit, KnownOrgs, WeekWeights, Wording};

/// The whole scenario.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// `title`.
    pub title: Option<String>,
    /// `[words]`, and the usual words where it says nothing.
    pub wording: Wording,
    /// `time_zone`.
    pub zone: Option<Tz>,
    /// `seed`.
    pub seed: u64,
    /// `runs`.
    pub runs: u64,
    /// `deadline`.
    pub deadline: Option<DeadlineDraft>,
    /// `horizon`.
    pub horizon: Option<Placed<Number>>,
    /// `tolerance`.
    pub tolerance: Option<u64>,
    /// `allow`: codes of lints.
    pub allowed: Vec<super::finding_code::FindingCode>,
    /// `population.orgs`.
    pub orgs: Option<Number>,
    /// `population.inventory`.
    pub inventory: Option<InventoryDraft>,
    /// `population.as_of`, hours since the epoch.
    pub as_of: Option<Placed<f64>>,
    /// Where orgs live that are in no segment elsewhere, and when they work.
    pub place: PlaceDraft,
    /// What holds for every segment that says nothing else.
    pub values: Values,
    /// `[[event]]`, in the file's order.
    pub events: Vec<EventDraft>,
    /// `[[milestone]]`.
    pub milestones: Vec<(String, Option<Placed<Number>>)>,
    /// `[[checkpoint]]`.
    pub checkpoints: Vec<CheckpointDraft>,
    /// `[guard]`.
    pub guard: Option<GuardDraft>,
    /// `[reconnect]`.
    pub reconnect: Option<ReconnectDraft>,
    /// `[[segment]]`; empty when the scenario has none.
    pub segments: Vec<SegmentDraft>,
}

/// `deadline`.
#[derive(Debug, Clone)]
pub(crate) struct DeadlineDraft {
    /// When; of an org-local one, the local time.
    pub at: Placed<Number>,
    /// Whether each org reads it in its own zone.
    pub org_local: bool,
}

/// Where orgs live and when they work there: `country`, `holidays`, `working_days` and `human_hours`.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceDraft {
    /// `country`.
    pub country: Option<&'static Country>,
    /// `holidays`, ascending.
    pub holidays: Vec<NaiveDate>,
    /// `working_days`, ascending.
    pub working_days: Vec<NaiveDate>,
    /// `human_hours`.
    pub hours: HoursDraft,
}

/// `human_hours`; absent keys have their defaults.
#[derive(Debug, Clone, Default)]
pub(crate) struct HoursDraft {
    /// Where it stands; absent when nothing is said.
    pub span: Option<Span>,
    /// `weekday`.
    pub weekday: Option<[f64; 24]>,
    /// `weekend`.
    pub weekend: Option<[f64; 24]>,
    /// `weekend_days`.
    pub weekend_days: Option<WeekdaySet>,
}

impl PlaceDraft {
    /// The weights of its week.
    pub(crate) fn week(&self) -> WeekWeights {
        let country = self.country.map(Country::weekend);
        WeekWeights {
            weekday: self.hours.weekday.unwrap_or(WeekWeights::WEEKDAY_HOURS),
            weekend: self.hours.weekend.unwrap_or(WeekWeights::WEEKEND_HOURS),
            weekend_days: self.hours.weekend_days.or(country).unwrap_or(WeekWeights::WEEKEND),
        }
    }

    /// Its calendar.
    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::new(self.week(), self.country, &self.holidays, &self.working_days)
    }
}

/// The values that a segment may have of its own.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    /// `population.last_refresh`.
    pub last_refresh: Option<OpenLaw>,
    /// `population.connected`.
    pub connected: Option<OpenLaw>,
    /// `refresh.interval`.
    pub interval: Option<OpenLaw>,
    /// `refresh.heartbeat.coverage`.
    pub coverage: Option<Number>,
    /// `[recovery]`; `None` when a failed org stays down.
    pub recovery: Option<RecoveryDraft>,
}

/// `[recovery]`.
#[derive(Debug, Clone)]
pub(crate) struct RecoveryDraft {
    /// `after`.
    pub after: Option<OpenLaw>,
    /// `office_hours`.
    pub office_hours: bool,
}

/// One control that an event switches on.
#[derive(Debug, Clone)]
pub(crate) struct ControlDraft {
    /// Which one.
    pub cause: Cause,
    /// Its number: `required`, `mismatch`, `lost_token`, or `after` in hours.
    pub number: Option<Number>,
    /// Of a clock.
    pub retroactive: bool,
    /// Of a token rotation: `race`.
    pub race: Option<Number>,
    /// Of a reauthorization: all but `required`.
    pub check: CheckDraft,
}

/// What a reauthorization says beside `required`.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckDraft {
    /// `counts_from`.
    pub counts_from: Option<CountsFrom>,
    /// `bites = "at-once"`.
    pub at_once: bool,
    /// `repeat`.
    pub repeat: Option<Placed<bool>>,
    /// `required` in steps.
    pub steps: Option<Vec<(Placed<Number>, Number)>>,
    /// `grace`.
    pub grace: Option<Number>,
    /// `warned`.
    pub warned: Option<Placed<Number>>,
}

/// `counts_from`.
#[derive(Debug, Clone)]
pub(crate) enum CountsFrom {
    /// `"always"`.
    Always,
    /// A time.
    At(Placed<Number>),
}

/// How an event is rolled out.
#[derive(Debug, Clone, Default)]
pub(crate) struct RolloutDraft {
    /// `waves`, each with its share.
    pub waves: Option<Vec<(Placed<Number>, Placed<f64>)>>,
    /// The first and the last of even waves.
    pub even: Option<(Placed<Number>, Placed<Number>)>,
    /// `until`.
    pub until: Option<Placed<Number>>,
    /// `heals`.
    pub heals: Option<Placed<bool>>,
    /// `brownouts`.
    pub brownouts: Vec<[Placed<Number>; 2]>,
    /// `nudge`.
    pub nudge: Option<Placed<Number>>,
}

/// A segment's own instant of an event.
#[derive(Debug, Clone)]
pub(crate) enum OwnInstant {
    /// `"never"`.
    Never,
    /// A time.
    At(Placed<Number>),
}

/// `[[checkpoint]]`.
#[derive(Debug, Clone)]
pub(crate) struct CheckpointDraft {
    /// `name`.
    pub name: String,
    /// `at` and `clock`.
    pub at: Option<DeadlineDraft>,
    /// `tolerance`.
    pub tolerance: Option<u64>,
}

/// `[guard]`.
#[derive(Debug, Clone)]
pub(crate) struct GuardDraft {
    /// The place of the event.
    pub event: usize,
    /// `checks`.
    pub checks: ChecksDraft,
    /// `stop`.
    pub limit: GuardLimit,
    /// `delay`.
    pub delay: Option<Number>,
    /// `then = "lift"`.
    pub lifts: bool,
}

/// A guard's `checks`.
#[derive(Debug, Clone)]
pub(crate) enum ChecksDraft {
    /// A list.
    Listed(Vec<Placed<Number>>),
    /// From one to another, every so many hours.
    Every(Placed<Number>, Placed<Number>, f64),
}

/// An `[[event]]`.
#[derive(Debug, Clone)]
pub(crate) struct EventDraft {
    /// Its id, or the one made from its name.
    pub id: Option<String>,
    /// Its name, or its id.
    pub name: String,
    /// When; of waves, the first.
    pub at: Option<Placed<Number>>,
    /// How it is rolled out.
    pub rollout: RolloutDraft,
    /// What it switches on, in the order of [`Cause::ALL`].
    pub controls: Vec<ControlDraft>,
}

/// `[reconnect]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReconnectDraft {
    /// `opens`.
    pub opens: Option<Placed<Number>>,
    /// `closes`.
    pub closes: Option<Placed<Number>>,
    /// `timing`; of several readings, the one at their median.
    pub timing: TimingDraft,
    /// The readings, where it is not known which of them holds.
    pub readings: Option<TimingReadings>,
    /// `correlation` of acting within a segment.
    pub correlation: Option<Number>,
    /// `uptake`.
    pub uptakes: Vec<UptakeDraft>,
}

/// `reconnect.timing`.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimingDraft {
    /// `half_life`.
    pub half_life: Option<Number>,
    /// Whether density follows the working week.
    pub office_hours: bool,
    /// `reminders`, each with its weight.
    pub reminders: Vec<(Placed<Number>, Number)>,
    /// `steady`.
    pub steady: f64,
    /// `curve`: times, each with its share or count.
    pub curve: Option<Vec<(Placed<Number>, f64)>>,
}

/// `timing = { one_of = [...] }`.
#[derive(Debug, Clone)]
pub(crate) struct TimingReadings {
    /// Its slot among the unknowns.
    pub slot: usize,
    /// Cumulative weights, ending with 1.
    pub cumulative: Vec<f64>,
    /// The timings.
    pub timings: Vec<TimingDraft>,
}

/// One rate to be compared.
#[derive(Debug, Clone)]
pub(crate) struct UptakeDraft {
    /// The rate.
    pub number: Number,
    /// As the file writes it.
    pub echo: serde_json::Value,
}

/// A `[[segment]]`, or the one that a scenario without any has.
#[derive(Debug, Clone)]
pub(crate) struct SegmentDraft {
    /// Its id.
    pub id: Option<String>,
    /// Its name, or its id.
    pub name: String,
    /// Its orgs, where an inventory names them.
    pub known: Option<Arc<KnownOrgs>>,
    /// `share`.
    pub share: Option<Placed<f64>>,
    /// `orgs`.
    pub orgs: Option<Placed<f64>>,
    /// `uptake`.
    pub uptake: Option<Placed<Number>>,
    /// Its own window, with what it inherits; `None` where it says nothing.
    pub reconnect: Option<ReconnectDraft>,
    /// Its own instant of each event.
    pub instants: Vec<Option<OwnInstant>>,
    /// `nudge` of each event, its own or inherited.
    pub nudges: Vec<Option<Placed<Number>>>,
    /// Its zone, or the scenario's.
    pub zone: Option<Tz>,
    /// Where it lives and when it works: its own words and those it inherits.
    pub place: PlaceDraft,
    /// `uptake_factor`.
    pub factor: Option<Number>,
    /// Its own values and those it inherits.
    pub values: Values,
    /// The controls of each event, with its own numbers.
    pub controls: Vec<Vec<ControlDraft>>,
    /// The dotted keys that it sets itself, with their values in words.
    pub own: Vec<(String, String)>,
}

impl Draft {
    /// Gives every time that hangs on an event that event's instant as it is now.
    pub(crate) fn reanchor(&mut self) {
        // Chains are as long as there are events.
        for _ in 0..self.events.len() {
            let anchors: Vec<(Option<String>, Option<Number>)> =
                self.events.iter().map(|e| (e.id.clone(), e.at.as_ref().map(|at| at.value.clone()))).collect();
            self.each_time(&mut |number| anchor(number, &anchors));
        }
    }

    /// Every time of the draft except `as_of`.
    fn each_time(&mut self, visit: &mut dyn FnMut(&mut Number)) {
        self.deadline.iter_mut().for_each(|deadline| visit(&mut deadline.at.value));
        self.horizon.iter_mut().for_each(|horizon| visit(&mut horizon.value));
        for event in &mut self.events {
            event.at.iter_mut().chain(&mut event.rollout.until).for_each(|at| visit(&mut at.value));
            event.rollout.waves.iter_mut().flatten().for_each(|(at, _)| visit(&mut at.value));
            event.rollout.brownouts.iter_mut().flatten().for_each(|at| visit(&mut at.value));
            event.controls.iter_mut().for_each(|control| control.each_time(visit));
        }
        self.milestones.iter_mut().filter_map(|(_, at)| at.as_mut()).for_each(|at| visit(&mut at.value));
        self.checkpoints.iter_mut().filter_map(|c| c.at.as_mut()).for_each(|at| visit(&mut at.at.value));
        match self.guard.as_mut().map(|guard| &mut guard.checks) {
            Some(ChecksDraft::Listed(checks)) => checks.iter_mut().for_each(|at| visit(&mut at.value)),
            Some(ChecksDraft::Every(from, to, _)) => [from, to].into_iter().for_each(|at| visit(&mut at.value)),
            None => {}
        }
        self.reconnect.iter_mut().for_each(|reconnect| reconnect.each_time(visit));
        for segment in &mut self.segments {
            segment.reconnect.iter_mut().for_each(|reconnect| reconnect.each_time(visit));
            segment.controls.iter_mut().flatten().for_each(|control| control.each_time(visit));
            for instant in segment.instants.iter_mut().flatten() {
                if let OwnInstant::At(at) = instant {
                    visit(&mut at.value);
                }
            }
        }
    }

    /// Whether anything is rolled out otherwise than at one instant for all.
    pub(crate) fn uses_policies(&self) -> bool {
        let control = |control: &ControlDraft| {
            let check = &control.check;
            control.cause == Cause::Lifetime
                || control.race.as_ref().is_some_and(|race| *race != Number::Known(0.0))
                || check.counts_from.is_some()
                || check.at_once
                || check.repeat.as_ref().is_some_and(|repeat| repeat.value)
                || check.steps.is_some()
                || check.grace.is_some()
        };
        let event = |event: &EventDraft| {
            let rollout = &event.rollout;
            rollout.waves.is_some() || rollout.until.is_some() || !rollout.brownouts.is_empty()
        };
        let own = |segment: &SegmentDraft| segment.controls.iter().flatten().any(control);
        let controls = self.events.iter().flat_map(|event| &event.controls);
        self.events.iter().any(event)
            || controls.into_iter().any(control)
            || self.segments.iter().any(own)
            || !self.checkpoints.is_empty()
            || self.guard.is_some()
    }

    /// Whether any time depends on when people work.
    pub(crate) fn uses_human_hours(&self) -> bool {
        let recovers = |values: &Values| values.recovery.as_ref().is_some_and(|r| r.office_hours);
        self.reconnect.as_ref().is_some_and(|r| r.timings().iter().any(|timing| timing.office_hours))
            || recovers(&self.values)
            || self.segments.iter().any(|s| recovers(&s.values))
    }

    /// The segments; of a scenario without any, the one that holds all its orgs.
    pub(crate) fn segments(&self) -> Vec<SegmentDraft> {
        if self.segments.is_empty() { vec![self.all()] } else { self.segments.clone() }
    }

    /// The segment of a scenario without any.
    pub(crate) fn all(&self) -> SegmentDraft {
        SegmentDraft {
            id: Some("all".to_owned()),
            name: format!("All {}", self.wording.many),
            known: None,
            share: Some(Placed { value: 1.0, span: Span::file_start() }),
            orgs: None,
            uptake: None,
            reconnect: None,
            instants: vec![None; self.events.len()],
            nudges: self.events.iter().map(|e| e.rollout.nudge.clone()).collect(),
            zone: self.zone,
            place: self.place.clone(),
            factor: Some(Number::Known(1.0)),
            values: self.values.clone(),
            controls: self.events.iter().map(|e| e.controls.clone()).collect(),
            own: Vec::new(),
        }
    }
}

impl ControlDraft {
    fn each_time(&mut self, visit: &mut dyn FnMut(&mut Number)) {
        if let Some(CountsFrom::At(at)) = &mut self.check.counts_from {
            visit(&mut at.value);
        }
        self.check.steps.iter_mut().flatten().for_each(|(at, _)| visit(&mut at.value));
    }
}

impl ReconnectDraft {
    fn each_time(&mut self, visit: &mut dyn FnMut(&mut Number)) {
        self.opens.iter_mut().chain(&mut self.closes).for_each(|at| visit(&mut at.value));
        let readings = self.readings.iter_mut().flat_map(|readings| &mut readings.timings);
        for timing in std::iter::once(&mut self.timing).chain(readings) {
            timing.reminders.iter_mut().for_each(|(at, _)| visit(&mut at.value));
            timing.curve.iter_mut().flatten().for_each(|(at, _)| visit(&mut at.value));
        }
    }

    /// Every timing that may hold.
    pub(crate) fn timings(&self) -> &[TimingDraft] {
        self.readings.as_ref().map_or(std::slice::from_ref(&self.timing), |readings| &readings.timings)
    }

    /// The timing that holds under a draw.
    pub(crate) fn timing_at(&self, draw: &QuantileDraw<'_>) -> &TimingDraft {
        match &self.readings {
            Some(readings) => &readings.timings[draw.reading(readings.slot, &readings.cumulative)],
            None => &self.timing,
        }
    }
}

/// Gives a time that hangs on an event its instant.
fn anchor(number: &mut Number, anchors: &[(Option<String>, Option<Number>)]) {
    let Number::Derived(derived) = number else { return };
    match &mut derived.from {
        DerivedFrom::Event { id, anchor, .. } => {
            let of = anchors.iter().find(|(known, _)| known.as_deref() == Some(id)).and_then(|(_, at)| at.clone());
            if let Some(now) = of {
                *anchor = now;
            }
        }
        DerivedFrom::Between(from, to, _) => [from, to].into_iter().for_each(|number| self::anchor(number, anchors)),
    }
}
