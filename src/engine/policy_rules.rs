//! The rules of events as vendors roll them out: what is in force, when, and for whom, under waves, brownouts, notices, lifetimes and all else
//! that [`Policies`] say. Times are hours since `as_of`.
//!
//! The simulation follows each org by these rules, in [`follow`](super::org_life::follow); the exact engine takes what is in force, when, and
//! the order of checks from them.

use super::life_event::LifeEvent;
use crate::plan::{Cause, Policies, Policy, PolicyClock};

/// A rollout that is stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuardStop {
    /// The place of the event among the segment's policies.
    pub event: usize,
    /// When. What is still to come of the event then never comes.
    pub at: f64,
    /// Whether the event is also taken back.
    pub lifts: bool,
}

/// What is switched on for orgs with one place in line, and when.
#[derive(Debug, Clone)]
pub struct PolicyRules<'a> {
    events: Vec<PlacedPolicy<'a>>,
    /// Places of events with a check at refreshes, by instant.
    at_refresh: Vec<usize>,
    /// Checks and brownouts that come at an instant, ascending.
    scheduled: Vec<Scheduled>,
    idle_timeouts: Vec<InForce<PolicyClock>>,
    lifetimes: Vec<InForce<PolicyClock>>,
    mismatches: Vec<InForce<f64>>,
    rotations: Vec<InForce<(f64, f64)>>,
    stop: Option<GuardStop>,
    /// Spans in which a refresh may be more than a use of the connection: brownouts, and all from the first check, address rule or rotation on.
    /// Ascending by where they begin; the last has no end.
    watched: Vec<[f64; 2]>,
    /// Who has used the connection from then on passes every later refresh, where only checks can fail it and none is repeated; infinite
    /// where there is more.
    safe_from: f64,
}

/// An event, with its instant for these orgs.
#[derive(Debug, Clone)]
pub struct PlacedPolicy<'a> {
    /// What it does.
    pub policy: &'a Policy,
    /// When it comes into force; infinite where it never does.
    pub at: f64,
    /// From then on it is in force no longer.
    pub until: f64,
    /// Whether orgs that it failed work again at `until`.
    pub heals: bool,
    /// A reconnect from then on settles its check.
    pub counts_from: f64,
    /// Spans in which its check is applied before, as far as they come.
    pub brownouts: Vec<[f64; 2]>,
}

/// A check at an instant, or the begin of a brownout of such a check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scheduled {
    /// When.
    pub at: f64,
    /// Which of the two.
    pub what: LifeEvent,
    /// The place of the event.
    pub event: usize,
}

/// Something of an event that is in force from one instant to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InForce<T> {
    /// From then on.
    pub at: f64,
    /// No longer from then on: its event ends, or a later one replaces it.
    pub until: f64,
    /// The place of the event.
    pub event: usize,
    /// What it is.
    pub what: T,
}

impl<T> InForce<T> {
    fn holds(&self, at: f64) -> bool {
        self.at <= at && at < self.until
    }
}

/// Why an org failed first, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyFailure {
    /// When.
    pub at: f64,
    /// Why.
    pub cause: Cause,
    /// The event whose control it was.
    pub event: Option<usize>,
}

impl<'a> PolicyRules<'a> {
    /// Those of orgs with this place in line.
    pub fn new(policies: &'a Policies, place: f64) -> Self {
        Self::stopped(policies, place, None)
    }

    /// The same of a rollout that is stopped.
    pub fn stopped(policies: &'a Policies, place: f64, stop: Option<GuardStop>) -> Self {
        let placed = |(index, policy): (usize, &'a Policy)| {
            let stop = stop.filter(|stop| stop.event == index);
            let (mut until, mut heals) = (policy.until, policy.heals);
            let mut at = policy.at(place);
            let written = at;
            let mut brownouts = policy.brownouts.clone();
            if let Some(stop) = stop {
                if at > stop.at {
                    at = f64::INFINITY;
                }
                brownouts.retain(|[from, _]| *from <= stop.at);
                if stop.lifts && stop.at < until {
                    (until, heals) = (stop.at, true);
                    brownouts.iter_mut().for_each(|[_, to]| *to = to.min(stop.at));
                }
            }
            if at >= until {
                at = f64::INFINITY;
            }
            // What of a brownout lies at or after the instant does nothing.
            brownouts.retain(|[from, _]| *from < at);
            brownouts.iter_mut().for_each(|[_, to]| *to = to.min(at));
            let counts_from = policy.reauthorization.as_ref().map_or(f64::INFINITY, |check| check.counts_from);
            PlacedPolicy { policy, at, until, heals, counts_from: counts_from.min(written), brownouts }
        };
        let events: Vec<PlacedPolicy<'a>> = policies.events.iter().enumerate().map(placed).collect();
        let at_once =
            |event: &PlacedPolicy<'_>| event.policy.reauthorization.as_ref().is_some_and(|check| check.at_once);
        let mut at_refresh: Vec<usize> = (0..events.len())
            .filter(|i| events[*i].policy.reauthorization.is_some() && !at_once(&events[*i]))
            .collect();
        at_refresh.sort_by(|a, b| events[*a].at.total_cmp(&events[*b].at).then(a.cmp(b)));
        let mut scheduled = Vec::new();
        for (event, placed) in events.iter().enumerate().filter(|(_, placed)| at_once(placed)) {
            scheduled.push(Scheduled { at: placed.at, what: LifeEvent::CheckAtOnce, event });
            let begins = placed.brownouts.iter().map(|[from, _]| *from);
            scheduled.extend(begins.map(|at| Scheduled { at, what: LifeEvent::BrownoutBegin, event }));
        }
        // What lies before `as_of` does nothing.
        scheduled.retain(|one| one.at >= 0.0 && one.at.is_finite());
        scheduled.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.what.cmp(&b.what)).then(a.event.cmp(&b.event)));
        let mismatches = in_force(&events, |policy| policy.mismatch);
        let rotations = in_force(&events, |policy| policy.rotation.map(|r| (r.lost_token, r.race)));
        let checked = || at_refresh.iter().map(|event| &events[*event]);
        let brownouts = || checked().flat_map(|event| &event.brownouts);
        let begins = checked().map(|event| event.at).chain(mismatches.iter().map(|one| one.at));
        let begin = begins.chain(rotations.iter().map(|one| one.at)).fold(f64::INFINITY, f64::min);
        let mut watched: Vec<[f64; 2]> = brownouts().copied().filter(|span| span[0] < begin).collect();
        watched.push([begin, f64::INFINITY]);
        watched.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let repeats =
            |event: &PlacedPolicy<'_>| event.policy.reauthorization.as_ref().is_some_and(|check| check.repeat);
        let clocks = |policy: &Policy| policy.idle_timeout.is_some() || policy.lifetime.is_some();
        let more = !mismatches.is_empty()
            || !rotations.is_empty()
            || events.iter().any(|event| event.at.is_finite() && clocks(event.policy));
        let come = || checked().filter(|event| event.at.is_finite());
        let safe_from = match more || come().any(repeats) {
            true => f64::INFINITY,
            false => {
                come().map(|event| event.at).chain(brownouts().map(|span| span[1])).fold(f64::NEG_INFINITY, f64::max)
            }
        };
        Self {
            watched,
            safe_from,
            at_refresh,
            scheduled,
            idle_timeouts: in_force(&events, |policy| policy.idle_timeout),
            lifetimes: in_force(&events, |policy| policy.lifetime),
            mismatches,
            rotations,
            stop,
            events,
        }
    }

    /// The events, in the order of the file.
    pub fn events(&self) -> &[PlacedPolicy<'a>] {
        &self.events
    }

    /// Places of events with a check at refreshes, in the order in which they are looked at.
    pub fn checks_at_refresh(&self) -> &[usize] {
        &self.at_refresh
    }

    /// How many of them have come into force by an instant.
    pub fn checks_by(&self, at: f64) -> usize {
        self.at_refresh.partition_point(|event| self.events[*event].at <= at)
    }

    /// Checks and brownouts that come at an instant, from `as_of` on, ascending.
    pub fn scheduled(&self) -> &[Scheduled] {
        &self.scheduled
    }

    /// Idle timeouts, ascending.
    pub fn idle_timeouts(&self) -> &[InForce<PolicyClock>] {
        &self.idle_timeouts
    }

    /// Lifetimes, ascending.
    pub fn lifetimes(&self) -> &[InForce<PolicyClock>] {
        &self.lifetimes
    }

    /// Static IP rules with their shares of mismatches, ascending.
    pub fn mismatches(&self) -> &[InForce<f64>] {
        &self.mismatches
    }

    /// Rotations with their chances of a lost token and of a race, ascending.
    pub fn rotations(&self) -> &[InForce<(f64, f64)>] {
        &self.rotations
    }

    /// The static IP rule in force at an instant.
    pub fn mismatch(&self, at: f64) -> Option<&InForce<f64>> {
        self.mismatches.iter().find(|one| one.holds(at))
    }

    /// The rotation in force at an instant.
    pub fn rotation(&self, at: f64) -> Option<&InForce<(f64, f64)>> {
        self.rotations.iter().find(|one| one.holds(at))
    }

    /// When a token last used then times out, and by which event; infinite where it never does.
    pub fn idle_due(&self, last_use: f64) -> (f64, Option<usize>) {
        due(&self.idle_timeouts, last_use)
    }

    /// When a connection made then is over, and by which event; infinite where it never is.
    pub fn lifetime_due(&self, connected: f64) -> (f64, Option<usize>) {
        due(&self.lifetimes, connected)
    }

    /// Whether a check is settled by the last reconnect.
    pub fn is_settled(&self, event: usize, last_reconnect: f64) -> bool {
        // Any reconnect may settle it, but there has to be one.
        last_reconnect.is_finite() && last_reconnect >= self.events[event].counts_from
    }

    /// The stop of the rollout, if it is stopped.
    pub fn stop(&self) -> Option<GuardStop> {
        self.stop
    }

    /// Spans in which a refresh may be more than a use of the connection, ascending by where they begin; the last has no end.
    pub fn watched(&self) -> &[[f64; 2]] {
        &self.watched
    }

    /// Who has used the connection from then on passes every later refresh; infinite where there is no such instant.
    pub fn safe_from(&self) -> f64 {
        self.safe_from
    }

    /// When an org that failed so works again because the event is over; infinite where it does not.
    pub fn heals_at(&self, failure: &PolicyFailure) -> f64 {
        let event = failure.event.map(|event| &self.events[event]);
        event.filter(|event| event.heals && failure.at <= event.until).map_or(f64::INFINITY, |event| event.until)
    }
}

/// What of each event is in force when, a later one replacing the earlier from its own instant on; those that never are left out.
fn in_force<T: Copy>(events: &[PlacedPolicy<'_>], of: impl Fn(&Policy) -> Option<T>) -> Vec<InForce<T>> {
    let one = |(event, placed): (usize, &PlacedPolicy<'_>)| {
        let what = of(placed.policy).filter(|_| placed.at.is_finite())?;
        Some(InForce { at: placed.at, until: placed.until, event, what })
    };
    let mut all: Vec<InForce<T>> = events.iter().enumerate().filter_map(one).collect();
    all.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.event.cmp(&b.event)));
    for i in 1..all.len() {
        let replaced_at = all[i].at;
        all[i - 1].until = all[i - 1].until.min(replaced_at);
    }
    all
}

/// When a clock that starts at an instant runs out, by the first that strikes; not before `as_of`.
fn due(clocks: &[InForce<PolicyClock>], start: f64) -> (f64, Option<usize>) {
    let strikes = |one: &InForce<PolicyClock>| {
        let begun = if one.what.retroactive { start } else { start.max(one.at) };
        let due = (begun + one.what.after).max(one.at).max(0.0);
        (due < one.until).then_some((due, Some(one.event)))
    };
    clocks.iter().find_map(strikes).unwrap_or((f64::INFINITY, None))
}
