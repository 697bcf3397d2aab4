//! From a draft without faults to a plan: unknowns take their values, instants become hours, shares become orgs.

use crate::plan::wording::PERCENT;
use std::sync::Arc;

use crate::plan::zone::Tz;
use chrono::{DateTime, Utc};

use super::base_rates::law::percent;
use super::domain::{instant, local_time};
use super::draft::{DeadlineDraft, Draft, ReconnectDraft, SegmentDraft};
use super::quantity::{Form, Improper, Number, QuantileDraw};
use super::reader::Placed;
use crate::plan::oldest;
use crate::plan::{
    Calendar, Controls, Deadline, Event, Milestone, Plan, PlanParts, ReconnectTiming, Recovery, Segment, TimingShape,
    Uptake, Window, WorkClock, clock, units,
};
use crate::stats::Law;

/// The working clocks of a plan's segments with the hours they span, to be used again by plans that span the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Clocks {
    hours: f64,
    by_segment: Vec<WorkClock>,
}

impl Clocks {
    /// The clocks of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        let by_segment = plan.segments().iter().map(|s| s.work_clock.clone()).collect();
        Self { hours: plan.horizon_hours(), by_segment }
    }

    fn get(&self, segment: usize, hours: f64) -> Option<WorkClock> {
        self.by_segment.get(segment).filter(|_| self.hours == hours).cloned()
    }
}

/// What a draft says under one draw.
struct Build<'a> {
    draft: &'a Draft,
    draw: &'a QuantileDraw<'a>,
    as_of: DateTime<Utc>,
    horizon: DateTime<Utc>,
    window: Option<Window>,
}

/// Why there is no plan, in words.
type Built<T> = Result<T, String>;

impl From<Improper> for String {
    fn from(improper: Improper) -> Self {
        improper.why
    }
}

/// The plan of a draft under a draw.
///
/// # Errors
/// When the values drawn make none.
pub(super) fn build(draft: &Draft, draw: &QuantileDraw<'_>, clocks: &Clocks) -> Built<Plan> {
    let zone = need(draft.zone)?;
    let at = |placed: &Option<Placed<Number>>| Ok::<_, String>(instant(need(placed.as_ref())?.value.value(draw)?));
    let window = match &draft.reconnect {
        None => None,
        Some(reconnect) => {
            let half_life_hours = reconnect.half_life.as_ref().map(|h| h.value(draw)).transpose()?;
            let shape = TimingShape { half_life_hours, office_hours: reconnect.office_hours };
            Some(Window { opens: at(&reconnect.opens)?, closes: at(&reconnect.closes)?, shape })
        }
    };
    let as_of = instant(need(draft.as_of.as_ref())?.value);
    let horizon = at(&draft.horizon)?;
    let build = Build { draft, draw, as_of, horizon, window };
    let parts = PlanParts {
        title: need(draft.title.clone())?,
        time_zone: zone,
        seed: draft.seed,
        runs: draft.runs,
        as_of: build.as_of,
        deadline: build.deadline()?,
        horizon: build.horizon,
        tolerance: draft.tolerance,
        events: build.events()?,
        milestones: build.milestones()?,
        window: build.window.clone(),
        uptakes: build.uptakes()?,
        segments: build.segments(clocks)?,
        dates: Vec::new(),
        wording: draft.wording.clone(),
    };
    Plan::new(parts)
}

/// A value that a draft without faults has.
fn need<T>(value: Option<T>) -> Built<T> {
    value.ok_or_else(|| "the scenario is incomplete".to_owned())
}

impl Build<'_> {
    fn hours(&self, at: DateTime<Utc>) -> f64 {
        clock::hours_between(self.as_of, at)
    }

    fn deadline_draft(&self) -> Built<&DeadlineDraft> {
        need(self.draft.deadline.as_ref())
    }

    fn deadline(&self) -> Built<Deadline> {
        let deadline = self.deadline_draft()?;
        let value = deadline.at.value.value(self.draw)?;
        Ok(if deadline.org_local { Deadline::OrgLocal(local_time(value)) } else { Deadline::Absolute(instant(value)) })
    }

    fn events(&self) -> Built<Vec<Event>> {
        let mut events = Vec::new();
        for event in &self.draft.events {
            let at = instant(need(event.at.as_ref())?.value.value(self.draw)?);
            let controls = event.controls.iter().map(|c| c.cause).collect();
            events.push(Event { id: need(event.id.clone())?, name: event.name.clone(), at, controls });
        }
        events.sort_by_key(|e| e.at);
        Ok(events)
    }

    fn milestones(&self) -> Built<Vec<Milestone>> {
        let mut milestones = Vec::new();
        for (name, at) in &self.draft.milestones {
            let at = instant(need(at.as_ref())?.value.value(self.draw)?);
            milestones.push(Milestone { name: name.clone(), at });
        }
        milestones.sort_by_key(|m| m.at);
        Ok(milestones)
    }

    fn uptakes(&self) -> Built<Vec<Uptake>> {
        let Some(ReconnectDraft { uptakes, .. }) = &self.draft.reconnect else {
            let echo = serde_json::Value::from(0.0);
            return Ok(vec![Uptake {
                value: 0.0,
                law: None,
                echo,
                label: units::show_share(0.0),
                name: units::show_share(0.0),
            }]);
        };
        let uptake = |u: &super::draft::UptakeDraft| {
            let (law, label) = match &u.number {
                Number::Known(value) => (None, units::show_share(*value)),
                Number::Moved { range, .. } => (None, units::show_share(range.given)),
                Number::Drawn { law, .. } => {
                    let like = if let Form::BaseRate(rate) = &law.form { Some(rate.like()) } else { None };
                    let mixture = law.mixture(self.draw)?;
                    let [low, middle, high] = [0.05, 0.5, 0.95].map(|q| percent(mixture.quantile(q)));
                    let range = if low == high { format!("{low}{PERCENT}") } else { format!("{low}-{high}{PERCENT}") };
                    let of = like.map_or_else(|| "not known".to_owned(), |like| format!("like {like}"));
                    let (value, echo) = (u.number.value(self.draw)?, u.echo.clone());
                    let label = format!("{of}: {range}, median {middle}{PERCENT}");
                    return Ok(Uptake { value, law: Some(mixture), echo, label, name: range });
                }
            };
            let name = label.clone();
            Ok(Uptake { value: u.number.value(self.draw)?, law, echo: u.echo.clone(), label, name })
        };
        uptakes.iter().map(uptake).collect()
    }

    fn segments(&self, clocks: &Clocks) -> Built<Vec<Segment>> {
        let drafts = self.draft.segments();
        let orgs = need(self.draft.orgs.as_ref())?.value_or_mean(self.draw)?.round() as u64;
        let shares: Vec<f64> = drafts.iter().map(|s| s.share.as_ref().map_or(0.0, |s| s.value)).collect();
        let counts = if self.draft.inventory.is_some() { vec![0; drafts.len()] } else { apportion(orgs, &shares) };
        // Zones and calendars are few, however many segments there are.
        let mut made: Vec<(Tz, Calendar, WorkClock)> = Vec::new();
        let built = drafts.iter().zip(counts).enumerate();
        built.map(|(i, (segment, orgs))| self.segment(i, segment, orgs, clocks, &mut made)).collect()
    }

    fn segment(
        &self,
        index: usize,
        draft: &SegmentDraft,
        orgs: u64,
        clocks: &Clocks,
        made: &mut Vec<(Tz, Calendar, WorkClock)>,
    ) -> Built<Segment> {
        let zone = need(draft.zone)?;
        let hours = self.hours(self.horizon);
        let work_clock = clocks.get(index, hours);
        let calendar = draft.place.calendar();
        let work_clock = work_clock.unwrap_or_else(|| {
            if let Some((.., clock)) = made.iter().find(|(known, like, _)| *known == zone && *like == calendar) {
                return clock.clone();
            }
            let clock = WorkClock::new(self.as_of, hours, zone, &calendar);
            made.push((zone, calendar.clone(), clock.clone()));
            clock
        });
        let timing = self.timing(zone, &calendar, &work_clock)?;
        let values = &draft.values;
        let recovery = match &values.recovery {
            None => None,
            Some(r) => Some(Recovery { after: need(r.after.as_ref())?.law(self.draw)?, office_hours: r.office_hours }),
        };
        let interval = need(values.interval.as_ref())?.law(self.draw)?;
        let known = draft.known.as_ref().map(|known| Arc::new(known.younger_than(oldest(&interval))));
        let last_refresh = match &known {
            Some(known) => known.ages().unwrap_or(Law::Fixed(0.0)),
            None => need(values.last_refresh.as_ref())?.law(self.draw)?,
        };
        Ok(Segment {
            id: need(draft.id.clone())?,
            name: draft.name.clone(),
            orgs: known.as_ref().map_or(orgs, |known| known.orgs()),
            time_zone: zone,
            calendar,
            uptake_factor: need(draft.factor.as_ref())?.value(self.draw)?,
            last_refresh,
            known,
            interval,
            heartbeat_coverage: need(values.coverage.as_ref())?.value(self.draw)?,
            controls: self.controls(draft)?,
            deadline: self.deadline_hours(zone)?,
            timing,
            correlation: self.correlation()?,
            recovery,
            work_clock,
        })
    }

    fn deadline_hours(&self, zone: Tz) -> Built<f64> {
        let at = match self.deadline()? {
            Deadline::Absolute(at) => at,
            Deadline::OrgLocal(local) => clock::to_utc(local, zone).map_err(|e| e.to_string())?,
        };
        Ok(self.hours(at))
    }

    fn timing(&self, zone: Tz, calendar: &Calendar, work_clock: &WorkClock) -> Built<Option<ReconnectTiming>> {
        let Some(window) = &self.window else { return Ok(None) };
        let (opens, closes) = (self.hours(window.opens.max(self.as_of)), self.hours(window.closes));
        let timing = if closes <= self.hours(self.horizon) {
            ReconnectTiming::new(opens, closes, window.shape, work_clock)
        } else {
            // The segment's clock ends with the horizon; a window that outlasts it needs a longer one.
            ReconnectTiming::new(opens, closes, window.shape, &WorkClock::new(self.as_of, closes, zone, calendar))
        };
        timing.map(Some).ok_or_else(|| "nobody works in the reconnect window".to_owned())
    }

    fn correlation(&self) -> Built<f64> {
        let given = self.draft.reconnect.as_ref().and_then(|r| r.correlation.as_ref());
        match given {
            Some(number) => Ok(number.value(self.draw)?),
            None => Ok(0.0),
        }
    }

    fn controls(&self, draft: &SegmentDraft) -> Built<Controls> {
        let mut controls = Controls::default();
        for (event, own) in self.draft.events.iter().zip(&draft.controls) {
            let at = self.hours(instant(need(event.at.as_ref())?.value.value(self.draw)?));
            for control in own {
                let number = need(control.number.as_ref())?.value(self.draw)?;
                controls.switch_on(control.cause, at, number, control.retroactive);
            }
        }
        Ok(controls)
    }
}

/// Whole orgs in proportion to `shares`, by largest remainder; ties go to the earlier segment.
fn apportion(orgs: u64, shares: &[f64]) -> Vec<u64> {
    let sum: f64 = shares.iter().sum();
    // A quota that is whole but for rounding is whole.
    let quotas: Vec<f64> = shares.iter().map(|s| units::round_to(orgs as f64 * s / sum, 6)).collect();
    let mut counts: Vec<u64> = quotas.iter().map(|q| q.floor() as u64).collect();
    let mut order: Vec<usize> = (0..shares.len()).filter(|i| shares[*i] > 0.0).collect();
    order.sort_by(|a, b| quotas[*b].fract().total_cmp(&quotas[*a].fract()).then(a.cmp(b)));
    let missing = orgs.saturating_sub(counts.iter().sum());
    for i in order.iter().cycle().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
        counts[*i] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orgs_are_apportioned_by_largest_remainder_and_none_is_lost() {
        assert_eq!(apportion(10, &[0.5, 0.5]), [5, 5]);
        assert_eq!(apportion(10, &[0.33, 0.33, 0.34]), [3, 3, 4]);
        assert_eq!(apportion(1, &[0.5, 0.5]), [1, 0]);
        assert_eq!(apportion(2500, &[0.3, 0.699]), [751, 1749]);
        assert_eq!(apportion(7, &[0.0, 1.0]), [0, 7]);
        for orgs in [1, 2, 999, 1_000_000_000] {
            assert_eq!(apportion(orgs, &[0.123, 0.456, 0.421]).iter().sum::<u64>(), orgs);
        }
    }
}
