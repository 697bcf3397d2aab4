//! A scenario whose keys have been read: values with their places, unknowns not yet drawn, segments with what they inherit.
//! A value that was missing or faulty is absent here; the fault has been reported.

use std::sync::Arc;

use crate::plan::zone::Tz;
use chrono::{NaiveDate, WeekdaySet};

use super::inventory_draft::InventoryDraft;
use super::placed::Placed;
use super::quantity::{Number, OpenLaw};
use super::tree::Span;
use crate::plan::holidays::Country;
use crate::plan::{Calendar, Cause, KnownOrgs, WeekWeights, Wording};

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
    /// Of an idle timeout.
    pub retroactive: bool,
}

/// An `[[event]]`.
#[derive(Debug, Clone)]
pub(crate) struct EventDraft {
    /// Its id, or the one made from its name.
    pub id: Option<String>,
    /// Its name, or its id.
    pub name: String,
    /// When.
    pub at: Option<Placed<Number>>,
    /// What it switches on, in the order of [`Cause::ALL`].
    pub controls: Vec<ControlDraft>,
}

/// `[reconnect]`.
#[derive(Debug, Clone)]
pub(crate) struct ReconnectDraft {
    /// `opens`.
    pub opens: Option<Placed<Number>>,
    /// `closes`.
    pub closes: Option<Placed<Number>>,
    /// `timing.half_life`.
    pub half_life: Option<Number>,
    /// Whether density follows the working week.
    pub office_hours: bool,
    /// `correlation` of acting within a segment.
    pub correlation: Option<Number>,
    /// `uptake`.
    pub uptakes: Vec<UptakeDraft>,
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
    /// Whether any time depends on when people work.
    pub(crate) fn uses_human_hours(&self) -> bool {
        let recovers = |values: &Values| values.recovery.as_ref().is_some_and(|r| r.office_hours);
        self.reconnect.as_ref().is_some_and(|r| r.office_hours)
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
            zone: self.zone,
            place: self.place.clone(),
            factor: Some(Number::Known(1.0)),
            values: self.values.clone(),
            controls: self.events.iter().map(|e| e.controls.clone()).collect(),
            own: Vec::new(),
        }
    }
}
