//! The rules of events as vendors roll them out: what happens to one org, event by event, under waves, brownouts, notices, lifetimes and all
//! else that [`Policies`] say. Times are hours since `as_of`.
//!
//! The simulation follows each org by these rules; the exact engine takes what is in force, when, and the order of checks from them.

use super::life_event::{LifeEvent, comes_first};
use crate::plan::{Cause, Policies, Policy, PolicyClock};
use crate::population::synthetic::MATCHING_ADDRESS;

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

/// The random numbers of one org's life, each uniform in (0, 1] unless it says otherwise.
pub trait Chances {
    /// Hours until the next refresh.
    fn interval(&mut self) -> f64;
    /// Refused by a check where this is at most the chance required.
    fn look(&mut self) -> f64;
    /// Collides with another refresh.
    fn race(&mut self) -> f64;
    /// Loses the new token.
    fn lose(&mut self) -> f64;
    /// Acts on a notice.
    fn heed(&mut self) -> f64;
    /// Is moved to act by a disruption.
    fn nudge(&mut self) -> f64;
    /// When somebody who begins at an instant has reconnected.
    fn reconnect_after(&mut self, begun: f64) -> f64;
}

/// An org at `as_of`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrgAtStart {
    /// Its last refresh or reconnect.
    pub last_use: f64,
    /// Its next refresh.
    pub next_refresh: f64,
    /// Its address differs where this is at most the share of mismatches.
    pub address: f64,
    /// Whether the heartbeat reaches it.
    pub kept_in_use: bool,
    /// When its connection was made.
    pub connected: f64,
    /// Its last reconnect; minus infinity where none is known.
    pub last_reconnect: f64,
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

/// What becomes of an org.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifeOutcome {
    /// Its first failure.
    pub failure: Option<PolicyFailure>,
    /// Its first disruption; infinite where it has none before it fails.
    pub disrupted_at: f64,
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

    /// When an org that failed so works again because the event is over; infinite where it does not.
    pub fn heals_at(&self, failure: &PolicyFailure) -> f64 {
        let event = failure.event.map(|event| &self.events[event]);
        event.filter(|event| event.heals && failure.at <= event.until).map_or(f64::INFINITY, |event| event.until)
    }

    /// Follows one org up to `horizon`. `planned` is when it reconnects by itself, infinite where it does not.
    pub fn follow(&self, org: &OrgAtStart, planned: f64, horizon: f64, chances: &mut impl Chances) -> LifeOutcome {
        let mut life = Life::new(self, org, planned);
        loop {
            if life.is_safe() {
                return life.outcome(None);
            }
            life.pass_quiet_refreshes(horizon, chances);
            let (at, event) = life.next_event();
            if at > horizon {
                return life.outcome(None);
            }
            if let Some((cause, event)) = life.happens(at, event, chances) {
                return life.outcome(Some(PolicyFailure { at, cause, event }));
            }
        }
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

/// A refused check that is no failure yet.
#[derive(Debug, Clone, Copy)]
struct Notice {
    ends: f64,
    event: usize,
    reconnect: f64,
}

/// A refresh that waits for the end of a brownout.
#[derive(Debug, Clone, Copy)]
struct Hold {
    until: f64,
    begun: f64,
}

/// One org on its way.
struct Life<'r, 'a> {
    rules: &'r PolicyRules<'a>,
    last_use: f64,
    next_refresh: f64,
    stale: bool,
    address: f64,
    kept_in_use: bool,
    last_reconnect: f64,
    planned: f64,
    /// When reconnects come that disruptions led to.
    nudged: f64,
    notice: Option<Notice>,
    hold: Option<Hold>,
    /// The next of the rules' scheduled checks.
    next_scheduled: usize,
    /// The first of the rules' watched spans that has not ended.
    next_watched: usize,
    idle: (f64, Option<usize>),
    lifetime: (f64, Option<usize>),
    disrupted_at: f64,
}

/// A failure's cause, with the event.
type Failed = Option<(Cause, Option<usize>)>;

impl<'r, 'a> Life<'r, 'a> {
    fn new(rules: &'r PolicyRules<'a>, org: &OrgAtStart, planned: f64) -> Self {
        Self {
            rules,
            last_use: org.last_use,
            next_refresh: org.next_refresh,
            stale: false,
            address: org.address,
            kept_in_use: org.kept_in_use,
            last_reconnect: org.last_reconnect,
            planned,
            nudged: f64::INFINITY,
            notice: None,
            hold: None,
            next_scheduled: 0,
            next_watched: 0,
            idle: if org.kept_in_use { (f64::INFINITY, None) } else { rules.idle_due(org.last_use) },
            lifetime: rules.lifetime_due(org.connected),
            disrupted_at: f64::INFINITY,
        }
    }

    fn outcome(&self, failure: Option<PolicyFailure>) -> LifeOutcome {
        LifeOutcome { failure, disrupted_at: self.disrupted_at }
    }

    /// Whether nothing can fail it any more, or disrupt it.
    fn is_safe(&self) -> bool {
        self.last_use >= self.rules.safe_from
            && self.next_scheduled == self.rules.scheduled.len()
            && self.notice.is_none()
            && self.hold.is_none()
    }

    /// Uses the connection at all refreshes that come before anything that could make a difference.
    fn pass_quiet_refreshes(&mut self, horizon: f64, chances: &mut impl Chances) {
        let restarts_a_clock = !self.kept_in_use && !self.rules.idle_timeouts.is_empty();
        if restarts_a_clock || self.stale || self.notice.is_some() || self.hold.is_some() {
            return;
        }
        let scheduled = self.rules.scheduled.get(self.next_scheduled).map_or(f64::INFINITY, |one| one.at);
        let end = scheduled.min(self.planned).min(self.nudged).min(self.lifetime.0).min(horizon);
        while self.next_refresh < end {
            while self.rules.watched.get(self.next_watched).is_some_and(|span| span[1] <= self.next_refresh) {
                self.next_watched += 1;
            }
            let quiet_until = self.rules.watched.get(self.next_watched).map_or(end, |span| span[0].min(end));
            if self.next_refresh >= quiet_until {
                return;
            }
            while self.next_refresh < quiet_until {
                self.last_use = self.next_refresh;
                self.next_refresh += chances.interval();
            }
        }
    }

    /// What comes first, and when.
    fn next_event(&self) -> (f64, LifeEvent) {
        let mut first = (self.planned, LifeEvent::Reconnect);
        let mut consider = |at: f64, event: LifeEvent| {
            if comes_first((at, event), first) {
                first = (at, event);
            }
        };
        consider(self.nudged, LifeEvent::NudgeReconnect);
        if let Some(one) = self.rules.scheduled.get(self.next_scheduled) {
            consider(one.at, one.what);
        }
        match (&self.notice, &self.hold) {
            (Some(notice), _) => {
                consider(notice.reconnect, LifeEvent::NoticeReconnect);
                consider(notice.ends.min(self.lifted_at(notice.event)), LifeEvent::GraceEnd);
            }
            (None, Some(hold)) => {
                consider(hold.until, LifeEvent::Refresh);
                consider(self.lifetime.0, LifeEvent::Lifetime);
            }
            (None, None) => {
                consider(self.next_refresh, LifeEvent::Refresh);
                consider(self.lifetime.0, LifeEvent::Lifetime);
                consider(self.idle.0, LifeEvent::IdleTimeout);
            }
        }
        first
    }

    /// When notices of an event end without failure.
    fn lifted_at(&self, event: usize) -> f64 {
        let lifts = self.rules.stop.filter(|stop| stop.lifts && stop.event == event);
        lifts.map_or(f64::INFINITY, |stop| stop.at)
    }

    /// Lets an event happen; gives the failure, if it is one.
    fn happens(&mut self, at: f64, event: LifeEvent, chances: &mut impl Chances) -> Failed {
        match event {
            LifeEvent::Refresh => self.refresh(at, chances),
            LifeEvent::Reconnect | LifeEvent::NoticeReconnect | LifeEvent::NudgeReconnect => {
                if event == LifeEvent::Reconnect {
                    self.planned = f64::INFINITY;
                }
                self.reconnect(at, chances);
                None
            }
            LifeEvent::GraceEnd => {
                let event = self.notice.map(|notice| notice.event)?;
                if at < self.lifted_at(event) {
                    return Some((Cause::Reauthorization, Some(event)));
                }
                // The refused refresh goes through; clocks that ran out meanwhile strike now.
                self.notice = None;
                self.next_refresh = self.next_refresh.max(at);
                self.idle.0 = self.idle.0.max(at);
                self.lifetime.0 = self.lifetime.0.max(at);
                None
            }
            LifeEvent::CheckAtOnce => {
                let event = self.rules.scheduled[self.next_scheduled].event;
                self.next_scheduled += 1;
                if self.notice.is_some() || self.rules.is_settled(event, self.last_reconnect) {
                    return None;
                }
                if self.is_refused(event, at, chances) { self.refused(event, at, chances) } else { None }
            }
            LifeEvent::BrownoutBegin => {
                let event = self.rules.scheduled[self.next_scheduled].event;
                self.next_scheduled += 1;
                if self.notice.is_none()
                    && !self.rules.is_settled(event, self.last_reconnect)
                    && self.is_refused(event, at, chances)
                {
                    self.disrupted(event, at, chances);
                }
                None
            }
            LifeEvent::Lifetime => Some((Cause::Lifetime, self.lifetime.1)),
            LifeEvent::IdleTimeout => Some((Cause::IdleTimeout, self.idle.1)),
        }
    }

    fn is_refused(&self, event: usize, at: f64, chances: &mut impl Chances) -> bool {
        let check = self.rules.events[event].policy.reauthorization.as_ref();
        let required = check.map_or(0.0, |check| check.required_at(at));
        required > 0.0 && (required >= 1.0 || chances.look() <= required)
    }

    /// A refused check fails the org, or puts it on notice.
    fn refused(&mut self, event: usize, at: f64, chances: &mut impl Chances) -> Failed {
        let check = self.rules.events[event].policy.reauthorization.as_ref()?;
        let Some(grace) = check.grace else { return Some((Cause::Reauthorization, Some(event))) };
        let heeds = check.warned > 0.0 && (check.warned >= 1.0 || chances.heed() <= check.warned);
        let reconnect = if heeds { chances.reconnect_after(at) } else { f64::INFINITY };
        self.notice = Some(Notice { ends: at + grace, event, reconnect });
        self.hold = None;
        None
    }

    fn disrupted(&mut self, event: usize, at: f64, chances: &mut impl Chances) {
        self.disrupted_at = self.disrupted_at.min(at);
        let nudge = self.rules.events[event].policy.nudge;
        if nudge > 0.0 && (nudge >= 1.0 || chances.nudge() <= nudge) {
            self.nudged = self.nudged.min(chances.reconnect_after(at));
        }
    }

    fn reconnect(&mut self, at: f64, chances: &mut impl Chances) {
        (self.notice, self.hold, self.nudged) = (None, None, f64::INFINITY);
        (self.stale, self.address) = (false, MATCHING_ADDRESS);
        (self.last_reconnect, self.lifetime) = (at, self.rules.lifetime_due(at));
        self.use_token(at, chances);
    }

    /// A use of the connection restarts the idle clock; the next refresh is an interval later.
    fn use_token(&mut self, at: f64, chances: &mut impl Chances) {
        self.last_use = at;
        self.next_refresh = at + chances.interval();
        if !self.kept_in_use {
            self.idle = self.rules.idle_due(at);
        }
    }

    fn refresh(&mut self, at: f64, chances: &mut impl Chances) -> Failed {
        let rules = self.rules;
        // What was looked at when it was held is not looked at again.
        let looked_at = self.hold.take().map(|hold| hold.begun);
        let rotation = rules.rotation(at);
        if looked_at.is_none() {
            if self.stale {
                return Some((Cause::TokenRotation, rotation.map(|one| one.event)));
            }
            if let Some(one) = rules.mismatch(at).filter(|one| self.address <= one.what) {
                return Some((Cause::StaticIp, Some(one.event)));
            }
        }
        for event in rules.at_refresh.iter().copied() {
            let PlacedPolicy { policy, at: begun, until, .. } = &rules.events[event];
            if *begun > at {
                break;
            }
            let repeat = policy.reauthorization.as_ref().is_some_and(|check| check.repeat);
            let is_new = match looked_at {
                Some(looked_at) => *begun > looked_at,
                None => repeat || *begun > self.last_use,
            };
            if at < *until
                && is_new
                && !rules.is_settled(event, self.last_reconnect)
                && self.is_refused(event, at, chances)
            {
                return self.refused(event, at, chances);
            }
        }
        if looked_at.is_none() && self.is_held(at, chances) {
            return None;
        }
        if let Some(one) = rotation.filter(|one| one.what.1 > 0.0)
            && chances.race() <= one.what.1
        {
            return Some((Cause::TokenRotation, Some(one.event)));
        }
        self.stale = rotation.is_some_and(|one| one.what.0 > 0.0 && chances.lose() <= one.what.0);
        self.use_token(at, chances);
        None
    }

    /// Whether a brownout refuses a refresh, which is then held.
    fn is_held(&mut self, at: f64, chances: &mut impl Chances) -> bool {
        let rules = self.rules;
        for event in rules.at_refresh.iter().copied() {
            let within = |[from, to]: &&[f64; 2]| *from <= at && at < *to;
            let Some([_, until]) = rules.events[event].brownouts.iter().find(within) else { continue };
            if !rules.is_settled(event, self.last_reconnect) && self.is_refused(event, at, chances) {
                self.hold = Some(Hold { until: *until, begun: at });
                self.disrupted(event, at, chances);
                return true;
            }
        }
        false
    }
}
