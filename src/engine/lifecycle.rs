//! The rules of what happens to one org, in one place. Where the engines need different forms of a rule (a draw, a
//! probability), the two stand side by side here. Times are hours since `as_of`.

use crate::plan::{Cause, Controls, IdleTimeout, Reauthorization, Segment};
use crate::stats::Law;
use crate::stats::stream::Draws;
use std::hint::select_unpredictable;

/// What is in force for the orgs of one segment, and when.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    controls: &'a Controls,
}

impl<'a> Rules<'a> {
    /// The rules of a segment.
    pub fn of(segment: &'a Segment) -> Self {
        Self::new(&segment.controls)
    }

    /// Rules by what is switched on.
    pub fn new(controls: &'a Controls) -> Self {
        Self { controls }
    }

    /// The share of orgs whose calls come from another address than the one they connected from, where static IP is in force
    /// at `at`; 0 where it is not.
    #[inline(always)]
    pub fn mismatch(&self, at: f64) -> f64 {
        latest(&self.controls.static_ip, at, |e| (e.at, e.mismatch))
    }

    /// The probability that the token received at a refresh at `at` is lost; 0 where rotation is not in force.
    #[inline(always)]
    pub fn lost_token(&self, at: f64) -> f64 {
        latest(&self.controls.token_rotation, at, |e| (e.at, e.lost_token))
    }

    /// How many reauthorizations are in force at an instant.
    pub fn reauthorizations_by(&self, at: f64) -> usize {
        self.controls.reauthorization.partition_point(|e| e.at <= at)
    }

    /// The chance to pass every reauthorization that a refresh at `at` meets for the first time, when the token was last refreshed, or
    /// the connection established, at `last_use`: those that came into force after `last_use` and are in force at `at`, `Π (1 - required)`.
    #[inline(always)]
    pub fn pass_probability(&self, last_use: f64, at: f64) -> f64 {
        let pass = |r: &Reauthorization| either((r.at > last_use) & (r.at <= at), 1.0 - r.required, 1.0);
        match &self.controls.reauthorization[..] {
            [] => 1.0,
            [one] => pass(one),
            all => all.iter().map(pass).product(),
        }
    }

    /// Whether [`Rules::pass_probability`] is ever something else than 0 or 1, so that it takes luck.
    pub fn passing_is_open(&self) -> bool {
        self.controls.reauthorization.iter().any(|r| r.required > 0.0 && r.required < 1.0)
    }

    /// The instant at which a token last used at `last_use` times out if it stays unused, for an org that the heartbeat does
    /// not reach; infinite when it never does. Not before `as_of`, at which every org is connected.
    ///
    /// A later timeout replaces the earlier one from its instant on.
    #[inline(always)]
    pub fn idle_at(&self, last_use: f64) -> f64 {
        match &self.controls.idle_timeout[..] {
            [] => f64::INFINITY,
            [one] => later(idle_due(one, last_use), 0.0),
            all => {
                let due = all.iter().map(|timeout| later(idle_due(timeout, last_use), 0.0));
                let replaced_at = all[1..].iter().map(|next| next.at).chain([f64::INFINITY]);
                due.zip(replaced_at).find(|(due, replaced_at)| due < replaced_at).map_or(f64::INFINITY, |(due, _)| due)
            }
        }
    }

    /// What happens next to a connection, with `luck` in (0, 1] in passing reauthorizations. At the same instant a refresh comes
    /// before an idle timeout.
    ///
    /// Only controls of the given [`kinds`] are looked at: those of [`Rules::kinds`] at least, so that what a plan does not use costs
    /// nothing. Nor does anything branch on what can't be foreseen: which of two things happens to an org is a coin to the processor too.
    #[inline(always)]
    pub fn next<const KINDS: u8>(&self, state: &Connection, luck: f64) -> Next {
        let has = |kind| KINDS & kind != 0;
        let refresh = state.next_refresh;
        let refused = has(kinds::REAUTHORIZATION) && luck > self.pass_probability(state.last_use, refresh);
        let elsewhere = has(kinds::STATIC_IP) && state.address <= self.mismatch(refresh);
        let stale = has(kinds::TOKEN_ROTATION) & state.stale;
        let idle = if has(kinds::IDLE_TIMEOUT) { self.idle_at(state.last_use) + state.reprieve } else { f64::INFINITY };
        let is_idle = idle < refresh;
        let cause = select_unpredictable(elsewhere, Cause::StaticIp, Cause::Reauthorization);
        let cause = select_unpredictable(stale, Cause::TokenRotation, cause);
        Next {
            at: either(is_idle, idle, refresh),
            cause: select_unpredictable(is_idle, Cause::IdleTimeout, cause),
            fails: is_idle | stale | elsewhere | refused,
        }
    }

    /// A connection after it has been refreshed, with `luck` in (0, 1] in keeping the new token and the new `interval`. (Its
    /// probability form is `exact::renewal`, built on the same facts.)
    #[inline(always)]
    pub fn refreshed(&self, state: &Connection, luck: f64, interval: f64) -> Connection {
        let at = state.next_refresh;
        Connection { last_use: at, next_refresh: at + interval, stale: luck <= self.lost_token(at), ..*state }
    }

    /// The [`kinds`] of what is switched on; 0 when nothing can fail an org.
    pub fn kinds(&self) -> u8 {
        let Controls { token_rotation, static_ip, idle_timeout, reauthorization } = self.controls;
        let kind = |empty: bool, kind| if empty { 0 } else { kind };
        kind(reauthorization.is_empty(), kinds::REAUTHORIZATION)
            | kind(static_ip.is_empty(), kinds::STATIC_IP)
            | kind(token_rotation.is_empty(), kinds::TOKEN_ROTATION)
            | kind(idle_timeout.is_empty(), kinds::IDLE_TIMEOUT)
    }

    /// Where one reauthorization that none may pass is all that can fail an org, the instant it comes into force: the first refresh
    /// from then on fails, if the token was last refreshed before.
    pub fn only_certain_reauthorization(&self) -> Option<f64> {
        match self.controls.reauthorization[..] {
            [Reauthorization { at, required }] if required >= 1.0 && self.kinds() == kinds::REAUTHORIZATION => Some(at),
            _ => None,
        }
    }

    /// The connection made by a proactive reconnect at `at`: settled, with a fresh token, from the address it calls from.
    #[inline(always)]
    pub fn reconnected(&self, at: f64, reprieve: f64, interval: f64) -> Connection {
        Connection { last_use: at, next_refresh: at + interval, stale: false, address: MATCHING_ADDRESS, reprieve }
    }
}

/// Kinds of controls, to be put together by their bits.
#[allow(missing_docs, reason = "named as the controls are")]
pub mod kinds {
    pub const REAUTHORIZATION: u8 = 1;
    pub const STATIC_IP: u8 = 2;
    pub const TOKEN_ROTATION: u8 = 4;
    pub const IDLE_TIMEOUT: u8 = 8;
    pub const ALL: u8 = 15;
}

/// Refreshes before anything is in force, taken in one go where intervals are exponential. Such a law has no memory: at any instant the hours
/// until the next refresh, and those since the last one, are exponential too, and independent (a Poisson process; Ross, "Stochastic
/// Processes", 2nd edition, section 2.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skip {
    /// Hours since `as_of`: nothing is in force before.
    until: f64,
    /// Mean interval, hours.
    mean: f64,
}

impl Skip {
    /// For orgs whose refreshes before `until` change nothing; `None` where their law is no exponential.
    pub fn new(interval: &Law, until: f64) -> Option<Self> {
        match interval {
            Law::Exponential { mean } if until > 0.0 && until.is_finite() => Some(Self { until, mean: *mean }),
            _ => None,
        }
    }

    /// The connection as it is when the first control comes into force, if it is refreshed before; `since` and `next` are luck in (0, 1].
    #[inline(always)]
    pub fn taken(&self, state: &Connection, since: f64, next: f64) -> Connection {
        if state.next_refresh >= self.until {
            return *state;
        }
        let last_use = later(state.next_refresh, self.until + self.mean * since.ln());
        Connection { last_use, next_refresh: self.until - self.mean * next.ln(), ..*state }
    }
}

/// What happens next to a connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Next {
    /// When.
    pub at: f64,
    /// Of a failure.
    pub cause: Cause,
    /// Whether it is a failure; else a refresh that goes well.
    pub fails: bool,
}

/// `yes` or `no`, without a branch. As whole numbers: processors move those by a condition.
#[inline(always)]
pub fn either(condition: bool, yes: f64, no: f64) -> f64 {
    f64::from_bits(select_unpredictable(condition, yes.to_bits(), no.to_bits()))
}

/// What holds at `at`: the value of the last entry in force, each with its instant, which replaces those before; 0 where none is.
#[inline(always)]
fn latest<T>(all: &[T], at: f64, entry: impl Fn(&T) -> (f64, f64)) -> f64 {
    let held = |before: f64, one: &T| {
        let (from, value) = entry(one);
        either(from <= at, value, before)
    };
    match all {
        [] => 0.0,
        [one] => held(0.0, one),
        all => all.iter().fold(0.0, held),
    }
}

/// When a token goes idle under one timeout.
fn idle_due(timeout: &IdleTimeout, last_use: f64) -> f64 {
    let clock_starts = if timeout.retroactive { last_use } else { later(last_use, timeout.at) };
    later(clock_starts + timeout.after, timeout.at)
}

/// The later of two instants. Not `max`, which minds what is no number.
#[inline(always)]
fn later(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
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
    /// Hours by which an idle timeout is put off: 0, or without end for those that the heartbeat reaches.
    pub reprieve: f64,
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
        (self.at < at) | ((self.at == at) & (self.cause != Cause::IdleTimeout))
    }
}

/// All orgs' luck in the processes that draw again and again over a life, in one run.
#[derive(Debug, Clone, Copy)]
pub struct LifeDraws {
    /// Intervals, by the number of uses of the connection so far: the first that is drawn is the 0th after a reconnect, and the 1st
    /// at the first refresh.
    pub interval: Draws,
    /// Passing reauthorizations, by the number of refreshes before.
    pub reauthorization: Draws,
    /// Keeping the new token, by the number of refreshes before.
    pub rotation: Draws,
    /// Hours since the last refresh, and until the next, when the first control comes into force: for [`Skip`].
    pub skip: [Draws; 2],
}

impl LifeDraws {
    /// Luck without a proactive reconnect.
    pub fn undisturbed(seed: u64, run: u64) -> Self {
        Self {
            interval: Draws::new(seed, run, "interval"),
            reauthorization: Draws::new(seed, run, "reauthorization"),
            rotation: Draws::new(seed, run, "rotation"),
            skip: ["hours since the last refresh", "hours until the next refresh"]
                .map(|name| Draws::new(seed, run, name)),
        }
    }

    /// Luck from a proactive reconnect on; what came before stays as it was.
    pub fn after_reconnect(seed: u64, run: u64) -> Self {
        Self {
            interval: Draws::new(seed, run, "interval after reconnect"),
            reauthorization: Draws::new(seed, run, "reauthorization after reconnect"),
            rotation: Draws::new(seed, run, "rotation after reconnect"),
            skip: ["hours since the last refresh after reconnect", "hours until the next refresh after reconnect"]
                .map(|name| Draws::new(seed, run, name)),
        }
    }

    /// Luck at the `n`th refresh, counted from 0.
    #[inline]
    pub fn at_refresh(&self, n: u64) -> Self {
        Self {
            interval: self.interval.nth(n + 1),
            reauthorization: self.reauthorization.nth(n),
            rotation: self.rotation.nth(n),
            skip: self.skip,
        }
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
        Connection { last_use: -10.0, next_refresh, stale: false, address: 0.5, reprieve: 0.0 }
    }

    fn failure(controls: &Controls, state: Connection) -> Option<(f64, Cause)> {
        let rules = Rules::new(controls);
        let mut state = state;
        loop {
            let next = rules.next::<{ kinds::ALL }>(&state, 0.5);
            if next.fails || next.at > 1000.0 {
                return (next.at <= 1000.0).then_some((next.at, next.cause));
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
        assert_eq!(failure(&idle(10.0, true), Connection { reprieve: f64::INFINITY, ..org(120.1) }), None);
    }

    /// The largest difference of two empirical distribution functions.
    fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let share = |of: &[f64], x: f64| of.partition_point(|v| *v <= x) as f64 / of.len() as f64;
        a.iter().chain(&b).map(|x| (share(&a, *x) - share(&b, *x)).abs()).fold(0.0, f64::max)
    }

    /// Against refreshes drawn one after the other, by two-sample Kolmogorov-Smirnov tests with a false-alarm rate of one in 1,000 each
    /// (1.949 √(2 / n), Smirnov 1948), and a correlation within 3.3 of its standard errors.
    #[test]
    fn refreshes_taken_in_one_go_leave_what_refreshes_one_by_one_do() {
        let (n, until, law) = (20_000, 50.0, Law::Exponential { mean: 30.0 });
        let luck = |name| Draws::new(11, 0, name);
        let [mut since, mut next] = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
        let skip = Skip::new(&law, until).expect("no memory");
        for number in 0..n {
            let first = 20.0 * luck("first").uniform(number);
            let state = Connection { last_use: -1.0, ..org(first) };
            let [at_once, last] = ["since", "next"].map(|name| luck(name).uniform(number));
            let taken = skip.taken(&state, at_once, last);
            let mut plain = state;
            let mut refreshes = 0;
            while plain.next_refresh < until {
                let interval = law.draw(luck("interval").nth(refreshes), number);
                plain =
                    Connection { last_use: plain.next_refresh, next_refresh: plain.next_refresh + interval, ..plain };
                refreshes += 1;
            }
            for (i, state) in [taken, plain].iter().enumerate() {
                since[i].push(until - state.last_use);
                next[i].push(state.next_refresh - until);
            }
        }
        let means = [&since[0], &next[0]].map(|values| values.iter().sum::<f64>() / n as f64);
        let moment =
            |a: &[f64], b: &[f64], [m, k]: [f64; 2]| a.iter().zip(b).map(|(x, y)| (x - m) * (y - k)).sum::<f64>();
        let own = |values: &[f64], mean: f64| moment(values, values, [mean, mean]).sqrt();
        let correlation = moment(&since[0], &next[0], means) / own(&since[0], means[0]) / own(&next[0], means[1]);
        assert!(correlation.abs() < 3.3 / (n as f64).sqrt(), "{correlation}");
        let limit = 1.949 * (2.0 / n as f64).sqrt();
        for pair in [since, next] {
            let [taken, plain] = pair;
            let apart = kolmogorov_smirnov(taken, plain);
            assert!(apart < limit, "{apart} of {limit}");
        }
        assert_eq!(
            skip.taken(&org(until), 0.5, 0.5),
            org(until),
            "a refresh at the very instant meets what comes into force"
        );
        assert!(Skip::new(&Law::Fixed(3.0), until).is_none() && Skip::new(&law, -1.0).is_none());
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
