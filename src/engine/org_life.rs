//! The life of one org under policies, event by event: what comes first, and what becomes of it. Times are hours since `as_of`.

use super::life_event::{LifeEvent, comes_first};
use super::policy_rules::{PlacedPolicy, PolicyFailure, PolicyRules};
use crate::plan::Cause;
use crate::population::synthetic::MATCHING_ADDRESS;

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

/// What becomes of an org.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifeOutcome {
    /// Its first failure.
    pub failure: Option<PolicyFailure>,
    /// Its first disruption; infinite where it has none before it fails.
    pub disrupted_at: f64,
}

/// Follows one org up to `horizon`. `planned` is when it reconnects by itself, infinite where it does not.
pub fn follow(
    rules: &PolicyRules<'_>,
    org: &OrgAtStart,
    planned: f64,
    horizon: f64,
    chances: &mut impl Chances,
) -> LifeOutcome {
    let mut life = Life::new(rules, org, planned);
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
        self.last_use >= self.rules.safe_from()
            && self.next_scheduled == self.rules.scheduled().len()
            && self.notice.is_none()
            && self.hold.is_none()
    }

    /// Uses the connection at all refreshes that come before anything that could make a difference.
    fn pass_quiet_refreshes(&mut self, horizon: f64, chances: &mut impl Chances) {
        let restarts_a_clock = !self.kept_in_use && !self.rules.idle_timeouts().is_empty();
        if restarts_a_clock || self.stale || self.notice.is_some() || self.hold.is_some() {
            return;
        }
        let scheduled = self.rules.scheduled().get(self.next_scheduled).map_or(f64::INFINITY, |one| one.at);
        let end = scheduled.min(self.planned).min(self.nudged).min(self.lifetime.0).min(horizon);
        while self.next_refresh < end {
            while self.rules.watched().get(self.next_watched).is_some_and(|span| span[1] <= self.next_refresh) {
                self.next_watched += 1;
            }
            let quiet_until = self.rules.watched().get(self.next_watched).map_or(end, |span| span[0].min(end));
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
        if let Some(one) = self.rules.scheduled().get(self.next_scheduled) {
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
        let lifts = self.rules.stop().filter(|stop| stop.lifts && stop.event == event);
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
                let event = self.rules.scheduled()[self.next_scheduled].event;
                self.next_scheduled += 1;
                if self.notice.is_some() || self.rules.is_settled(event, self.last_reconnect) {
                    return None;
                }
                if self.is_refused(event, at, chances) { self.refused(event, at, chances) } else { None }
            }
            LifeEvent::BrownoutBegin => {
                let event = self.rules.scheduled()[self.next_scheduled].event;
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
        let check = self.rules.events()[event].policy.reauthorization.as_ref();
        let required = check.map_or(0.0, |check| check.required_at(at));
        required > 0.0 && (required >= 1.0 || chances.look() <= required)
    }

    /// A refused check fails the org, or puts it on notice.
    fn refused(&mut self, event: usize, at: f64, chances: &mut impl Chances) -> Failed {
        let check = self.rules.events()[event].policy.reauthorization.as_ref()?;
        let Some(grace) = check.grace else { return Some((Cause::Reauthorization, Some(event))) };
        let heeds = check.warned > 0.0 && (check.warned >= 1.0 || chances.heed() <= check.warned);
        let reconnect = if heeds { chances.reconnect_after(at) } else { f64::INFINITY };
        self.notice = Some(Notice { ends: at + grace, event, reconnect });
        self.hold = None;
        None
    }

    fn disrupted(&mut self, event: usize, at: f64, chances: &mut impl Chances) {
        self.disrupted_at = self.disrupted_at.min(at);
        let nudge = self.rules.events()[event].policy.nudge;
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
        for event in rules.checks_at_refresh().iter().copied() {
            let PlacedPolicy { policy, at: begun, until, .. } = &rules.events()[event];
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
        for event in rules.checks_at_refresh().iter().copied() {
            let within = |[from, to]: &&[f64; 2]| *from <= at && at < *to;
            let Some([_, until]) = rules.events()[event].brownouts.iter().find(within) else { continue };
            if !rules.is_settled(event, self.last_reconnect) && self.is_refused(event, at, chances) {
                self.hold = Some(Hold { until: *until, begun: at });
                self.disrupted(event, at, chances);
                return true;
            }
        }
        false
    }
}
