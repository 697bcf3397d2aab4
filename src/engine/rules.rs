//! The rules of the model: what happens to one org, and in which order. Each rule is one function. Times are hours since `as_of`.
//!
//! Both engines take their facts, the order of causes and the order of events at one instant from here: the exact engine as
//! probabilities ([`outcomes_at_refresh`]), the plain simulation event by event. The fast path of the simulation computes the same without
//! branches, and is held equal to the plain one org for org. A test breaks each rule on purpose and expects both engines to be found out.

use super::broken_rules::{BrokenRule, unless_broken};
use super::policy_rules::PolicyRules;
use crate::plan::{Cause, Controls, IdleTimeout, Reauthorization, Segment};

/// Whether a refresh comes before the token times out.
#[inline(always)]
pub fn is_in_time(refresh: f64, idle_due: f64) -> bool {
    comes_first((refresh, LifeEvent::Refresh), (idle_due, LifeEvent::IdleTimeout))
}

/// The cause of a refresh that fails; `None` where it goes well. A stale token is found out first, then an address that does not match, then
/// a reauthorization that refuses it.
pub fn cause_at_refresh(stale: bool, mismatched: bool, refused: bool) -> Option<Cause> {
    let mut checks = [(stale, Cause::TokenRotation), (mismatched, Cause::StaticIp), (refused, Cause::Reauthorization)];
    if unless_broken(BrokenRule::StalenessBeforeAddress, false, true) {
        checks.swap(0, 1);
    }
    if unless_broken(BrokenRule::AddressBeforeReauthorization, false, true) {
        checks.swap(1, 2);
    }
    checks.into_iter().find(|(fails, _)| *fails).map(|(_, cause)| cause)
}

/// Probability of a refresh at one instant, by what decides how it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Refreshing {
    /// With a stale token.
    pub stale: f64,
    /// With a good token.
    pub good: f64,
    /// Of `good`, those that pass every reauthorization they meet.
    pub passing: f64,
}

/// Probability of each way in which a refresh ends.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RefreshOutcomes {
    /// It fails, in the order of [`Cause::ALL`].
    pub failed: [f64; Cause::COUNT],
    /// It goes well.
    pub survived: f64,
}

/// How refreshes end, where the addresses of all of them match or those of none do.
pub fn outcomes_at_refresh(refreshing: Refreshing, mismatched: bool) -> RefreshOutcomes {
    let Refreshing { stale, good, passing } = refreshing;
    let mut outcomes = RefreshOutcomes::default();
    let mut add = |cause: Option<Cause>, probability: f64| match cause {
        Some(cause) => outcomes.failed[cause.index()] += probability,
        None => outcomes.survived += probability,
    };
    add(cause_at_refresh(true, mismatched, false), stale);
    let [if_refused, if_passed] = [true, false].map(|refused| cause_at_refresh(false, mismatched, refused));
    if if_refused == if_passed {
        add(if_passed, good);
    } else {
        add(if_refused, good - passing);
        add(if_passed, passing);
    }
    outcomes
}

/// What is in force for the orgs of one segment, and when.
///
/// ```
/// use cutover::engine::rules::Rules;
/// use cutover::plan::{Controls, Reauthorization};
///
/// let required = |at, required| Reauthorization { at, required };
/// let controls = Controls { reauthorization: vec![required(10.0, 0.5), required(20.0, 0.5)], ..Controls::default() };
/// let rules = Rules::new(&controls);
/// // Last used at hour 0, a refresh at hour 30 meets both; one last used at hour 15 meets the second alone.
/// assert_eq!([0.0, 15.0].map(|last_use| rules.pass_probability(last_use, 30.0)), [0.25, 0.5]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    controls: &'a Controls,
    /// Where an event is rolled out otherwise than at one instant for all.
    policies: Option<&'a PolicyRules<'a>>,
}

impl<'a> Rules<'a> {
    /// The rules of a segment.
    pub fn of(segment: &'a Segment) -> Self {
        Self::new(&segment.controls)
    }

    /// Rules by what is switched on.
    pub fn new(controls: &'a Controls) -> Self {
        Self { controls, policies: None }
    }

    /// Rules by policies. They say when tokens go idle, and how many checks at refreshes have come into force; what such checks, addresses and
    /// tokens lead to is asked of the policies themselves.
    pub fn by_policies(policies: &'a PolicyRules<'a>) -> Self {
        const NONE: &Controls = &Controls {
            token_rotation: Vec::new(),
            static_ip: Vec::new(),
            idle_timeout: Vec::new(),
            reauthorization: Vec::new(),
        };
        Self { controls: NONE, policies: Some(policies) }
    }

    /// The share of orgs whose calls come from another address than the one they connected from, where static IP is in force
    /// at `at`; 0 where it is not. A later entry replaces an earlier one.
    pub fn mismatch(&self, at: f64) -> f64 {
        let entries = self.controls.static_ip.iter().map(|e| (e.at, e.mismatch));
        latest_in_force(entries, at).unwrap_or(0.0)
    }

    /// The probability that the token received at a refresh at `at` is lost; 0 where rotation is not in force.
    pub fn lost_token(&self, at: f64) -> f64 {
        let entries = self.controls.token_rotation.iter().map(|e| (e.at, e.lost_token));
        latest_in_force(entries, at).unwrap_or(0.0)
    }

    /// How many reauthorizations are in force at an instant.
    pub fn reauthorizations_by(&self, at: f64) -> usize {
        if let Some(policies) = self.policies {
            return policies.checks_by(at);
        }
        self.controls.reauthorization.iter().take_while(|e| is_in_force(e.at, at)).count()
    }

    /// The probability to pass every reauthorization that a refresh at `at` meets for the first time, when the token was last refreshed, or
    /// the connection established, at `last_use`: `Π (1 - required)` over those that came into force since.
    pub fn pass_probability(&self, last_use: f64, at: f64) -> f64 {
        let [behind, in_force] = [last_use, at].map(|at| self.reauthorizations_by(at));
        self.pass_between(behind, in_force)
    }

    /// The same by numbers of reauthorizations: those in force at the last use are behind the org, up to `in_force` are met.
    pub fn pass_between(&self, behind: usize, in_force: usize) -> f64 {
        let pass = |met: &Reauthorization| 1.0 - met.required;
        if self.policies.is_some() {
            return 1.0;
        }
        let behind = unless_broken(BrokenRule::ReauthorizationIsMetOnce, behind, 0);
        self.controls.reauthorization[behind.min(in_force)..in_force].iter().map(pass).product()
    }

    /// The instant at which a token last used at `last_use` times out if it stays unused, for an org that the heartbeat does
    /// not reach; infinite when it never does. Not before `as_of`, at which every org is connected.
    ///
    /// A later timeout replaces the earlier one from its instant on.
    pub fn idle_due(&self, last_use: f64) -> f64 {
        if let Some(policies) = self.policies {
            return policies.idle_due(last_use).0;
        }
        let timeouts = &self.controls.idle_timeout;
        let replaced_at = timeouts.iter().skip(1).map(|next| next.at).chain([f64::INFINITY]);
        let due = timeouts.iter().map(|timeout| idle_due(timeout, last_use).max(0.0));
        let replaces = unless_broken(BrokenRule::LaterTimeoutReplaces, true, false);
        let strikes = |(due, replaced_at): &(f64, f64)| due < replaced_at || !replaces;
        due.zip(replaced_at).find(strikes).map_or(f64::INFINITY, |(due, _)| due)
    }

    /// The next event of a connection, with its instant; `reconnect` is when the org plans to reconnect, infinite where it does not.
    pub fn next_event(&self, connection: &Connection, reconnect: f64) -> (f64, LifeEvent) {
        let idle = if connection.kept_in_use { f64::INFINITY } else { self.idle_due(connection.last_use) };
        let events = [
            (connection.next_refresh, LifeEvent::Refresh),
            (reconnect, LifeEvent::Reconnect),
            (idle, LifeEvent::IdleTimeout),
        ];
        events.into_iter().reduce(|first, event| if comes_first(event, first) { event } else { first }).expect("three")
    }

    /// Why the next refresh of a connection fails, if it does. `uniform`, in (0, 1], decides whether it passes the reauthorizations that it
    /// meets.
    pub fn failure_at_refresh(&self, connection: &Connection, uniform: f64) -> Option<Cause> {
        let at = connection.next_refresh;
        let mismatched = connection.address <= self.mismatch(at);
        let refused = uniform > self.pass_probability(connection.last_use, at);
        cause_at_refresh(connection.stale, mismatched, refused)
    }

    /// A connection after a refresh that went well. `uniform`, in (0, 1], decides whether the new token is lost; `interval` is the next one.
    pub fn refreshed(&self, connection: &Connection, uniform: f64, interval: f64) -> Connection {
        let at = connection.next_refresh;
        Connection { last_use: at, next_refresh: at + interval, stale: uniform <= self.lost_token(at), ..*connection }
    }
}

/// A connection after its org has reconnected at `at`: with a token that is not stale, from the address that it calls from.
pub fn reconnected(connection: &Connection, at: f64, interval: f64) -> Connection {
    let (stale, address) = (stale_after_reconnect() > 0.0, address_after_reconnect());
    Connection { last_use: at, next_refresh: at + interval, stale, address, ..*connection }
}

/// The probability that a reconnect leaves a stale token: it never does.
#[inline(always)]
pub fn stale_after_reconnect() -> f64 {
    unless_broken(BrokenRule::ReconnectClearsStaleness, 0.0, 1.0)
}

/// The address trait of an org that has reconnected: it calls from where it connected.
#[inline(always)]
pub fn address_after_reconnect() -> f64 {
    unless_broken(BrokenRule::ReconnectClearsMismatch, MATCHING_ADDRESS, 0.0)
}

/// Whether what is switched on at `event` is in force at `at`: from its own instant on.
fn is_in_force(event: f64, at: f64) -> bool {
    unless_broken(BrokenRule::InForceAtItsInstant, event <= at, event < at)
}

/// The value of the last of ascending entries, each with its instant, that is in force.
fn latest_in_force(entries: impl DoubleEndedIterator<Item = (f64, f64)>, at: f64) -> Option<f64> {
    let mut in_force = entries.filter(|(event, _)| is_in_force(*event, at)).map(|(_, value)| value);
    if unless_broken(BrokenRule::LaterEntryReplaces, true, false) { in_force.next_back() } else { in_force.next() }
}

/// When a token goes idle under one timeout: `after` hours from its last use, or from the timeout's own instant where unused time before
/// does not count; never before the timeout is in force.
fn idle_due(timeout: &IdleTimeout, last_use: f64) -> f64 {
    let retroactive = unless_broken(BrokenRule::RetroactiveTimeout, timeout.retroactive, !timeout.retroactive);
    let clock_starts = if retroactive { last_use } else { last_use.max(timeout.at) };
    (clock_starts + timeout.after).max(timeout.at)
}

pub use super::life_event::{LifeEvent, comes_first};
pub use crate::population::synthetic::MATCHING_ADDRESS;

/// A working connection, between two events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connection {
    /// Last refresh or reconnect.
    pub last_use: f64,
    /// The next refresh.
    pub next_refresh: f64,
    /// Whether the token held has been replaced by one that was lost.
    pub stale: bool,
    /// The org's lasting trait, uniform in (0, 1]: its address differs where this is at most the share of mismatches.
    pub address: f64,
    /// Whether the heartbeat reaches it: it never goes idle.
    pub kept_in_use: bool,
}

/// An org's first failure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// When.
    pub at: f64,
    /// Why.
    pub cause: Cause,
}

impl Failure {
    /// Whether a reconnect planned for `at` comes too late.
    #[inline(always)]
    pub fn before_reconnect(&self, at: f64) -> bool {
        comes_first((self.at, LifeEvent::of(self.cause)), (at, LifeEvent::Reconnect))
    }
}

/// The probability that an org that failed at `failed_at` is down at `at` still; a recovery at that very instant is in time.
pub fn still_down(segment: &Segment, failed_at: f64, at: f64) -> f64 {
    segment.recovery.as_ref().map_or(1.0, |recovery| recovery.after.sf(recovery_time(segment, failed_at, at)))
}

/// The part of `failed_at..at` that counts for recovery: elapsed hours, or office hours.
pub fn recovery_time(segment: &Segment, failed_at: f64, at: f64) -> f64 {
    match &segment.recovery {
        Some(recovery) if recovery.office_hours => {
            segment.work_clock.work_until(at) - segment.work_clock.work_until(failed_at)
        }
        _ => at - failed_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{StaticIp, TokenRotation};

    fn org(next_refresh: f64) -> Connection {
        Connection { last_use: -10.0, next_refresh, stale: false, address: 0.5, kept_in_use: false }
    }

    fn failure(controls: &Controls, state: Connection) -> Option<(f64, Cause)> {
        let rules = Rules::new(controls);
        let mut state = state;
        loop {
            let (at, event) = rules.next_event(&state, f64::INFINITY);
            let cause = match event {
                LifeEvent::IdleTimeout => Some(Cause::IdleTimeout),
                _ => rules.failure_at_refresh(&state, 0.5),
            };
            if at > 1000.0 || cause.is_some() {
                return cause.filter(|_| at <= 1000.0).map(|cause| (at, cause));
            }
            state = rules.refreshed(&state, 0.5, 100.0);
        }
    }

    #[test]
    fn a_refresh_at_the_very_instant_of_a_reauthorization_meets_it_and_one_at_the_last_refresh_is_passed() {
        let controls =
            Controls { reauthorization: vec![Reauthorization { at: 50.0, required: 1.0 }], ..Controls::default() };
        assert_eq!(failure(&controls, org(50.0)), Some((50.0, Cause::Reauthorization)));
        assert_eq!(failure(&controls, Connection { last_use: 50.0, ..org(150.0) }), None);
        assert_eq!(failure(&controls, org(49.0)), Some((149.0, Cause::Reauthorization)));
    }

    #[test]
    fn a_reauthorization_met_once_and_passed_is_passed_for_good_but_each_must_be_passed() {
        let two = vec![Reauthorization { at: 50.0, required: 0.0 }, Reauthorization { at: 160.0, required: 1.0 }];
        let controls = Controls { reauthorization: two, ..Controls::default() };
        assert_eq!(failure(&controls, org(60.0)), Some((160.0, Cause::Reauthorization)));
    }

    #[test]
    fn a_refresh_comes_before_an_idle_timeout_at_the_same_instant() {
        let idle = |after, retroactive| Controls {
            idle_timeout: vec![IdleTimeout { at: 20.0, after, retroactive }],
            ..Controls::default()
        };
        // Retroactive from the last use at -10: due at 90. A refresh at 90 uses the token; the next idle is at 190 = refresh.
        assert_eq!(failure(&idle(100.0, true), org(90.0)), None);
        assert_eq!(failure(&idle(100.0, true), org(90.1)), Some((90.0, Cause::IdleTimeout)));
        assert_eq!(failure(&idle(100.0, false), org(120.0)), None, "the clock starts at 20");
        assert_eq!(failure(&idle(100.0, false), org(120.1)), Some((120.0, Cause::IdleTimeout)));
        assert_eq!(failure(&idle(10.0, true), org(120.1)), Some((20.0, Cause::IdleTimeout)), "over the limit already");
        assert_eq!(failure(&idle(10.0, true), Connection { kept_in_use: true, ..org(120.1) }), None);
    }

    #[test]
    fn a_later_timeout_replaces_the_earlier() {
        let first = IdleTimeout { at: 0.0, after: 60.0, retroactive: true };
        let second = IdleTimeout { at: 40.0, after: 500.0, retroactive: true };
        let controls = Controls { idle_timeout: vec![first, second], ..Controls::default() };
        assert_eq!(failure(&controls, org(400.0)), None, "the first would have run out at 50");
    }

    #[test]
    fn rotation_failures_appear_at_the_second_refresh() {
        let controls =
            Controls { token_rotation: vec![TokenRotation { at: 0.0, lost_token: 1.0 }], ..Controls::default() };
        assert_eq!(failure(&controls, org(30.0)), Some((130.0, Cause::TokenRotation)));
    }

    #[test]
    fn static_ip_fails_the_orgs_whose_trait_is_below_the_share() {
        let controls = |mismatch| Controls { static_ip: vec![StaticIp { at: 40.0, mismatch }], ..Controls::default() };
        assert_eq!(failure(&controls(0.5), org(30.0)), Some((130.0, Cause::StaticIp)));
        assert_eq!(failure(&controls(0.49), org(30.0)), None);
    }

    #[test]
    fn a_reconnect_at_the_instant_of_a_refresh_comes_too_late_but_in_time_for_an_idle_timeout() {
        assert!(Failure { at: 5.0, cause: Cause::Reauthorization }.before_reconnect(5.0));
        assert!(!Failure { at: 5.0, cause: Cause::IdleTimeout }.before_reconnect(5.0));
    }
}
