//! From a draft without faults to a plan: unknowns take their values, instants become hours, shares become orgs.

use crate::plan::wording::PERCENT;
use std::sync::Arc;

use crate::plan::zone::Tz;
use chrono::{DateTime, Utc};

use super::base_rates::law::percent;
use super::domain::{instant, local_time};
use super::draft::{
    CheckDraft, CheckpointDraft, ChecksDraft, CountsFrom, DeadlineDraft, Draft, EventDraft, OwnInstant, ReconnectDraft,
    SegmentDraft,
};
use super::quantity::{Form, Improper, Number, QuantileDraw};
use super::reader::Placed;
use crate::plan::oldest;
use crate::plan::{
    Calendar, Cause, Checkpoint, Controls, Deadline, Event, Guard, Milestone, Plan, PlanParts, Policies, Policy,
    PolicyCheck, PolicyClock, ReconnectTiming, Recovery, Rotation, Segment, TimingShape, Uptake, Wave, Window,
    WorkClock, clock, units, wave_ends,
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
            let half_life_hours = reconnect.timing_at(draw).half_life.as_ref().map(|h| h.value(draw)).transpose()?;
            let shape = TimingShape { half_life_hours, office_hours: reconnect.timing_at(draw).office_hours };
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
        checkpoints: build.checkpoints()?,
        guard: build.guard()?,
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
                Number::Derived(_) => (None, units::show_share(u.number.value(self.draw)?)),
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
        let own: Option<Vec<u64>> = drafts.iter().map(|s| s.orgs.as_ref().map(|orgs| orgs.value as u64)).collect();
        let counts = match own {
            _ if self.draft.inventory.is_some() => vec![0; drafts.len()],
            Some(own) => own,
            None => apportion(orgs, &shares),
        };
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
        let timing = self.timing(draft, zone, &calendar, &work_clock)?;
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
            own_uptake: draft.uptake.as_ref().map(|uptake| uptake.value.value(self.draw)).transpose()?,
            policies: self.policies(draft)?,
            checkpoints: {
                let hours = self.draft.checkpoints.iter().map(|c| self.clocked_hours(need(c.at.as_ref())?, zone));
                hours.collect::<Built<Vec<_>>>()?
            },
            last_refresh,
            known,
            interval,
            heartbeat_coverage: need(values.coverage.as_ref())?.value(self.draw)?,
            controls: self.controls(draft)?,
            deadline: self.deadline_hours(zone)?,
            timing,
            correlation: self.correlation(draft)?,
            recovery,
            work_clock,
        })
    }

    fn deadline_hours(&self, zone: Tz) -> Built<f64> {
        self.clocked_hours(self.deadline_draft()?, zone)
    }

    /// A time that may be read on each org's own clock, in a zone.
    fn clocked_hours(&self, draft: &DeadlineDraft, zone: Tz) -> Built<f64> {
        let at = match (draft.org_local, &draft.at.value) {
            (false, number) => instant(number.value(self.draw)?),
            (true, number) => {
                let local = match number {
                    Number::Derived(derived) => derived.value_in(Some(zone), self.draw)?,
                    number => number.value(self.draw)?,
                };
                clock::to_utc(local_time(local), zone).map_err(|e| e.to_string())?
            }
        };
        Ok(self.hours(at))
    }

    /// Hours from `as_of` to a time.
    fn hours_at(&self, at: &Placed<Number>) -> Built<f64> {
        Ok(self.hours(instant(at.value.value(self.draw)?)))
    }

    fn timing(
        &self,
        draft: &SegmentDraft,
        zone: Tz,
        calendar: &Calendar,
        work_clock: &WorkClock,
    ) -> Built<Option<ReconnectTiming>> {
        let Some(reconnect) = draft.reconnect.as_ref().or(self.draft.reconnect.as_ref()) else { return Ok(None) };
        let own = draft.reconnect.is_some();
        let chosen = reconnect.timing_at(self.draw);
        let (written, closes) =
            (self.hours_at(need(reconnect.opens.as_ref())?)?, self.hours_at(need(reconnect.closes.as_ref())?)?);
        let opens = written.max(0.0);
        if closes < opens && (own || chosen.curve.is_some()) {
            // Of a window that closed before nobody acts.
            return Ok(None);
        }
        // The segment's clock ends with the horizon; a window that outlasts it needs a longer one.
        let longer = (closes > self.hours(self.horizon)).then(|| WorkClock::new(self.as_of, closes, zone, calendar));
        let work_clock = longer.as_ref().unwrap_or(work_clock);
        let half_life_hours = chosen.half_life.as_ref().map(|h| h.value(self.draw)).transpose()?;
        let shape = TimingShape { half_life_hours, office_hours: chosen.office_hours };
        let timing = if let Some(curve) = &chosen.curve {
            return self.curve(curve, written, closes);
        } else if chosen.reminders.is_empty() {
            ReconnectTiming::new(opens, closes, shape, work_clock)
        } else {
            let reminder = |(at, weight): &(Placed<Number>, Number)| {
                Ok::<_, String>((self.hours_at(at)?, weight.value(self.draw)?))
            };
            let reminders = chosen.reminders.iter().map(reminder).collect::<Built<Vec<_>>>()?;
            match (&reminders[..], half_life_hours) {
                // One at the opening is a half-life from the opening on.
                ([(at, _)], _) if chosen.steady == 0.0 && *at == opens => {
                    ReconnectTiming::new(opens, closes, shape, work_clock)
                }
                (_, None) => ReconnectTiming::new(opens, closes, shape, work_clock),
                (_, Some(_)) if opens == closes => ReconnectTiming::new(opens, closes, shape, work_clock),
                (reminders, Some(half_life)) => {
                    let clock = chosen.office_hours.then_some(work_clock);
                    let window = (closes - written).max(f64::MIN_POSITIVE);
                    ReconnectTiming::of_reminders([opens, closes], window, reminders, half_life, chosen.steady, clock)
                }
            }
        };
        timing.map(Some).ok_or_else(|| "nobody works in the reconnect window".to_owned())
    }

    /// A curve from 0 at the opening to 1 at the close, or to its last count.
    fn curve(&self, curve: &[(Placed<Number>, f64)], opens: f64, closes: f64) -> Built<Option<ReconnectTiming>> {
        let mut points = Vec::with_capacity(curve.len() + 2);
        for (at, share) in curve {
            points.push((self.hours_at(at)?, *share));
        }
        let counts = points.last().is_some_and(|(_, last)| *last > 1.0);
        if points.first().is_none_or(|(at, _)| *at > opens) {
            points.insert(0, (opens, 0.0));
        }
        if !counts && points.last().is_none_or(|(at, _)| *at < closes) {
            points.push((closes, 1.0));
        }
        Ok(ReconnectTiming::of_curve(&points))
    }

    fn correlation(&self, draft: &SegmentDraft) -> Built<f64> {
        let reconnect = draft.reconnect.as_ref().or(self.draft.reconnect.as_ref());
        match reconnect.and_then(|r| r.correlation.as_ref()) {
            Some(number) => Ok(number.value(self.draw)?),
            None => Ok(0.0),
        }
    }

    /// When an event comes into force for a segment; `None` where it never does.
    fn event_hours(&self, draft: &SegmentDraft, place: usize, event: &EventDraft) -> Built<Option<f64>> {
        match draft.instants.get(place).and_then(Option::as_ref) {
            Some(OwnInstant::Never) => Ok(None),
            Some(OwnInstant::At(at)) => self.hours_at(at).map(Some),
            None => self.hours_at(need(event.at.as_ref())?).map(Some),
        }
    }

    fn controls(&self, draft: &SegmentDraft) -> Built<Controls> {
        let mut controls = Controls::default();
        for (place, (event, own)) in self.draft.events.iter().zip(&draft.controls).enumerate() {
            let Some(at) = self.event_hours(draft, place, event)? else { continue };
            for control in own {
                let number = need(control.number.as_ref())?.value(self.draw)?;
                controls.switch_on(control.cause, at, number, control.retroactive);
            }
        }
        Ok(controls)
    }

    /// How events are rolled out for a segment; `None` where each has one instant for all and nothing more.
    fn policies(&self, draft: &SegmentDraft) -> Built<Option<Arc<Policies>>> {
        if !self.draft.uses_policies() {
            return Ok(None);
        }
        let mut events = Vec::with_capacity(self.draft.events.len());
        for (place, event) in self.draft.events.iter().enumerate() {
            events.push(self.policy(draft, place, event)?);
        }
        let connected = draft.values.connected.as_ref().map(|law| law.law(self.draw)).transpose()?;
        Ok(Some(Arc::new(Policies { events, connected })))
    }

    fn policy(&self, draft: &SegmentDraft, place: usize, event: &EventDraft) -> Built<Policy> {
        let rollout = &event.rollout;
        let waves = match (draft.instants.get(place).and_then(Option::as_ref), &rollout.waves) {
            (None, Some(waves)) => {
                let ends = wave_ends(waves.iter().map(|(_, share)| share.value));
                let wave = |((at, _), upto): (&(Placed<Number>, Placed<f64>), f64)| {
                    Ok::<_, String>(Wave { at: self.hours_at(at)?, upto })
                };
                waves.iter().zip(ends).map(wave).collect::<Built<Vec<_>>>()?
            }
            _ => self.event_hours(draft, place, event)?.into_iter().map(|at| Wave { at, upto: 1.0 }).collect(),
        };
        let brownout = |[from, to]: &[Placed<Number>; 2]| Ok::<_, String>([self.hours_at(from)?, self.hours_at(to)?]);
        let nudge = draft.nudges.get(place).and_then(Option::as_ref);
        let mut policy = Policy {
            name: event.name.clone(),
            waves,
            until: rollout.until.as_ref().map_or(Ok(f64::INFINITY), |until| self.hours_at(until))?,
            heals: rollout.heals.as_ref().is_some_and(|heals| heals.value),
            brownouts: rollout.brownouts.iter().map(brownout).collect::<Built<Vec<_>>>()?,
            nudge: nudge.map_or(Ok(0.0), |nudge| nudge.value.value(self.draw))?,
            reauthorization: None,
            mismatch: None,
            rotation: None,
            idle_timeout: None,
            lifetime: None,
        };
        for control in &draft.controls[place] {
            let number = need(control.number.as_ref())?.value(self.draw)?;
            let clock = || PolicyClock { after: number, retroactive: control.retroactive };
            match control.cause {
                Cause::Reauthorization => policy.reauthorization = Some(self.check(&control.check, number)?),
                Cause::StaticIp => policy.mismatch = Some(number),
                Cause::TokenRotation => {
                    let race = control.race.as_ref().map_or(Ok(0.0), |race| race.value(self.draw))?;
                    policy.rotation = Some(Rotation { lost_token: number, race });
                }
                Cause::IdleTimeout => policy.idle_timeout = Some(clock()),
                Cause::Lifetime => policy.lifetime = Some(clock()),
            }
        }
        Ok(policy)
    }

    fn check(&self, check: &CheckDraft, required: f64) -> Built<PolicyCheck> {
        let step = |(at, is): &(Placed<Number>, Number)| Ok::<_, String>((self.hours_at(at)?, is.value(self.draw)?));
        Ok(PolicyCheck {
            counts_from: match &check.counts_from {
                None => f64::INFINITY,
                Some(CountsFrom::Always) => f64::NEG_INFINITY,
                Some(CountsFrom::At(at)) => self.hours_at(at)?,
            },
            at_once: check.at_once,
            repeat: check.repeat.as_ref().is_some_and(|repeat| repeat.value),
            required: match &check.steps {
                Some(steps) => steps.iter().map(step).collect::<Built<Vec<_>>>()?,
                None => vec![(f64::NEG_INFINITY, required)],
            },
            grace: check.grace.as_ref().map(|grace| grace.value(self.draw)).transpose()?,
            warned: check.warned.as_ref().map_or(Ok(0.0), |warned| warned.value.value(self.draw))?,
        })
    }

    fn checkpoints(&self) -> Built<Vec<Checkpoint>> {
        let checkpoint = |draft: &CheckpointDraft| {
            let at = need(draft.at.as_ref())?;
            let value = at.at.value.value(self.draw)?;
            let at =
                if at.org_local { Deadline::OrgLocal(local_time(value)) } else { Deadline::Absolute(instant(value)) };
            Ok(Checkpoint { name: draft.name.clone(), at, tolerance: draft.tolerance })
        };
        self.draft.checkpoints.iter().map(checkpoint).collect()
    }

    fn guard(&self) -> Built<Option<Guard>> {
        let Some(guard) = &self.draft.guard else { return Ok(None) };
        let checks = match &guard.checks {
            ChecksDraft::Listed(checks) => checks.iter().map(|at| self.hours_at(at)).collect::<Built<Vec<_>>>()?,
            ChecksDraft::Every(from, to, every) => {
                let (from, to) = (self.hours_at(from)?, self.hours_at(to)?);
                let steps = ((to - from) / every + 1e-9).floor().clamp(0.0, MOST_CHECKS);
                (0..=steps as usize).map(|i| from + i as f64 * every).collect()
            }
        };
        let delay = guard.delay.as_ref().map_or(Ok(0.0), |delay| delay.value(self.draw))?;
        Ok(Some(Guard { event: guard.event, checks, limit: guard.limit, delay, lifts: guard.lifts }))
    }
}

/// Looks of a guard.
pub(super) const MOST_CHECKS: f64 = 1_000.0;

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
