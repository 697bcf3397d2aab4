//! The rules of what happens to one org, in one place. Where the engines need different forms of a rule (a draw, a
//! probability), the two stand side by side here. Times are hours since `as_of`.

use crate::plan::{Cause, Controls, IdleTimeout, Reauthorization, Segment};
use crate::stats::Law;
use crate::stats::stream::{Draws, OrgStream};

/// What is in force for the orgs of one segment, and when.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    controls: &'a Controls,
    interval: &'a Law,
}

impl<'a> Rules<'a> {
    /// The rules of a segment.
    pub fn of(segment: &'a Segment) -> Self {
        Self::new(&segment.controls, &segment.interval)
    }

    /// Rules by their parts.
    pub fn new(controls: &'a Controls, interval: &'a Law) -> Self {
        Self { controls, interval }
    }

    /// The share of orgs whose calls come from another address than the one they connected from, where static IP is in force
    /// at `at`; 0 where it is not. A later event replaces the earlier one.
    #[inline]
    pub fn mismatch(&self, at: f64) -> f64 {
        self.controls.static_ip.iter().rev().find(|e| e.at <= at).map_or(0.0, |e| e.mismatch)
    }

    /// The probability that the token received at a refresh at `at` is lost; 0 where rotation is not in force.
    #[inline]
    pub fn lost_token(&self, at: f64) -> f64 {
        self.controls.token_rotation.iter().rev().find(|e| e.at <= at).map_or(0.0, |e| e.lost_token)
    }

    /// The reauthorizations that a refresh at `at` meets for the first time, when the token was last refreshed, or the
    /// connection established, at `last_use`: those that came into force after `last_use` and are in force at `at`.
    pub fn reauthorizations_met(&self, last_use: f64, at: f64) -> &'a [Reauthorization] {
        let all = &self.controls.reauthorization;
        let (from, to) = (self.reauthorizations_by(last_use), self.reauthorizations_by(at));
        &all[from..to.max(from)]
    }

    /// How many reauthorizations are in force at an instant.
    pub fn reauthorizations_by(&self, at: f64) -> usize {
        self.controls.reauthorization.partition_point(|e| e.at <= at)
    }

    /// Probability form: the chance to pass every reauthorization met by a refresh at `at`, `Π (1 - required)`.
    pub fn pass_probability(&self, last_use: f64, at: f64) -> f64 {
        self.reauthorizations_met(last_use, at).iter().map(|r| 1.0 - r.required).product()
    }

    /// Draw form: whether all are passed. Draws only where the outcome is open.
    #[inline(always)]
    fn passes(&self, last_use: f64, at: f64, luck: &mut Luck) -> bool {
        // The same that `reauthorizations_met` finds, without a search: lists are short and most refreshes meet none.
        let passes =
            |r: &Reauthorization| r.required <= 0.0 || (r.required < 1.0 && luck.reauthorization() > r.required);
        let met = |r: &&Reauthorization| r.at > last_use && r.at <= at;
        self.controls.reauthorization.iter().filter(met).all(passes)
    }

    /// The instant at which a token last used at `last_use` times out if it stays unused, for an org that the heartbeat does
    /// not reach; infinite when it never does. Not before `as_of`, at which every org is connected.
    ///
    /// A later timeout replaces the earlier one from its instant on.
    #[inline]
    pub fn idle_at(&self, last_use: f64) -> f64 {
        let timeouts = &self.controls.idle_timeout;
        for (i, timeout) in timeouts.iter().enumerate() {
            let due = idle_due(timeout, last_use).max(0.0);
            let replaced_at = timeouts.get(i + 1).map_or(f64::INFINITY, |next| next.at);
            if due < replaced_at {
                return due;
            }
        }
        f64::INFINITY
    }

    /// The first failure of an org that is connected in the given state, up to and including `until`; `None` when it survives.
    ///
    /// At the same instant a refresh comes before an idle timeout. With `ALL` false only reauthorizations are looked at: for
    /// [`Rules::are_reauthorizations_alone`], where the answer is the same.
    #[inline(always)]
    pub fn first_failure<const ALL: bool>(
        &self,
        mut state: Connection,
        until: f64,
        luck: &mut Luck,
    ) -> Option<Failure> {
        loop {
            let idle = if !ALL || state.kept_in_use { f64::INFINITY } else { self.idle_at(state.last_use) };
            let at = state.next_refresh;
            if at.min(idle) > until {
                return None;
            }
            if ALL && idle < at {
                return Some(Failure { at: idle, cause: Cause::IdleTimeout });
            }
            if let Some(cause) = self.refresh::<ALL>(&mut state, luck) {
                return Some(Failure { at, cause });
            }
        }
    }

    /// Whether nothing fails an org that reconnects at `opens` or later: its address matches then, and every reauthorization is behind
    /// it. Rotation and idleness may strike at any time.
    pub fn are_settled_from(&self, opens: f64) -> bool {
        let Controls { token_rotation, static_ip: _, idle_timeout, reauthorization } = self.controls;
        token_rotation.is_empty() && idle_timeout.is_empty() && reauthorization.iter().all(|r| r.at <= opens)
    }

    /// Whether no other control can fail an org.
    pub fn are_reauthorizations_alone(&self) -> bool {
        let Controls { token_rotation, static_ip, idle_timeout, reauthorization: _ } = self.controls;
        token_rotation.is_empty() && static_ip.is_empty() && idle_timeout.is_empty()
    }

    /// Where one reauthorization that none may pass is all that can fail an org, the instant it comes into force: the first refresh
    /// from then on fails, if the token was last refreshed before.
    pub fn only_certain_reauthorization(&self) -> Option<f64> {
        match self.controls.reauthorization[..] {
            [Reauthorization { at, required }] if required >= 1.0 && self.are_reauthorizations_alone() => Some(at),
            _ => None,
        }
    }

    /// Draw form of one refresh, at `state.next_refresh`: the cause of failure, or a refreshed state.
    /// (Its probability form is `exact::renewal`, built on the same facts.)
    #[inline(always)]
    fn refresh<const ALL: bool>(&self, state: &mut Connection, luck: &mut Luck) -> Option<Cause> {
        let at = state.next_refresh;
        if ALL && state.stale {
            return Some(Cause::TokenRotation);
        }
        if ALL && state.address <= self.mismatch(at) {
            return Some(Cause::StaticIp);
        }
        if !self.passes(state.last_use, at, luck) {
            return Some(Cause::Reauthorization);
        }
        if ALL {
            let lost = self.lost_token(at);
            state.stale = lost > 0.0 && luck.rotation() <= lost;
        }
        state.last_use = at;
        state.next_refresh = at + luck.interval(self.interval);
        None
    }

    /// The connection made by a proactive reconnect at `at`: settled, with a fresh token, from the address it calls from.
    pub fn reconnected(&self, at: f64, kept_in_use: bool, luck: &mut Luck) -> Connection {
        let next_refresh = at + luck.interval(self.interval);
        Connection { last_use: at, next_refresh, stale: false, address: MATCHING_ADDRESS, kept_in_use }
    }
}

/// When a token goes idle under one timeout.
fn idle_due(timeout: &IdleTimeout, last_use: f64) -> f64 {
    let clock_starts = if timeout.retroactive { last_use } else { last_use.max(timeout.at) };
    (clock_starts + timeout.after).max(timeout.at)
}

pub use crate::population::synthetic::MATCHING_ADDRESS;

/// The state of a working connection.
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
    /// Whether the heartbeat reaches it.
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
    /// Whether a reconnect planned for `at` comes too late. At the same instant a refresh comes before a reconnect, and a
    /// reconnect before an idle timeout.
    pub fn before_reconnect(&self, at: f64) -> bool {
        if self.cause == Cause::IdleTimeout { self.at < at } else { self.at <= at }
    }
}

/// All orgs' luck in the processes that draw again and again over a life, in one run.
#[derive(Debug, Clone, Copy)]
pub struct LifeDraws {
    interval: Draws,
    reauthorization: Draws,
    rotation: Draws,
}

impl LifeDraws {
    /// Luck without a proactive reconnect.
    pub fn undisturbed(seed: u64, run: u64) -> Self {
        Self {
            interval: Draws::new(seed, run, "interval"),
            reauthorization: Draws::new(seed, run, "reauthorization"),
            rotation: Draws::new(seed, run, "rotation"),
        }
    }

    /// Luck from a proactive reconnect on; what came before stays as it was.
    pub fn after_reconnect(seed: u64, run: u64) -> Self {
        Self {
            interval: Draws::new(seed, run, "interval after reconnect"),
            reauthorization: Draws::new(seed, run, "reauthorization after reconnect"),
            rotation: Draws::new(seed, run, "rotation after reconnect"),
        }
    }

    /// One org's share of it.
    #[inline(always)]
    pub fn of(&self, org: u64) -> Luck<'_> {
        Luck { draws: self, org, interval: None, reauthorization: None, rotation: None }
    }
}

/// One org's luck in one run: a stream for each process that draws again and again, made when it first draws.
#[derive(Debug, Clone)]
pub struct Luck<'a> {
    draws: &'a LifeDraws,
    org: u64,
    interval: Option<OrgStream>,
    reauthorization: Option<OrgStream>,
    rotation: Option<OrgStream>,
}

impl Luck<'_> {
    /// The next interval; a law of one value draws nothing.
    #[inline(always)]
    fn interval(&mut self, law: &Law) -> f64 {
        if let Law::Fixed(interval) = law {
            return *interval;
        }
        law.sample(self.interval.get_or_insert_with(|| self.draws.interval.stream(self.org)))
    }

    fn reauthorization(&mut self) -> f64 {
        self.reauthorization.get_or_insert_with(|| self.draws.reauthorization.stream(self.org)).uniform()
    }

    fn rotation(&mut self) -> f64 {
        self.rotation.get_or_insert_with(|| self.draws.rotation.stream(self.org)).uniform()
    }
}

/// The instant at which an org that failed at `failed_at` works again, after a delay drawn from its recovery law.
#[inline]
pub fn recovers_at(segment: &Segment, failed_at: f64, delay: f64) -> f64 {
    match &segment.recovery {
        Some(recovery) if recovery.office_hours => segment.work_clock.when_done(failed_at, delay),
        _ => failed_at + delay,
    }
}

/// Whether it is still down at `at`, without the instant itself: a recovery at that very instant is in time.
#[inline]
pub fn is_down(segment: &Segment, failed_at: f64, delay: f64, at: f64) -> bool {
    delay > recovery_time(segment, failed_at, at)
}

/// Probability form of [`is_down`].
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
        let interval = Law::Fixed(100.0);
        let draws = LifeDraws::undisturbed(7, 0);
        let rules = Rules { controls, interval: &interval };
        rules.first_failure::<true>(state, 1000.0, &mut draws.of(0)).map(|f| (f.at, f.cause))
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
