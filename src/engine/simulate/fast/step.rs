//! One step of a life, as the [rules](crate::engine::rules) have it, without branches: which of two things happens to an org is a coin to the
//! processor, which guesses half of them wrong. Where a plan has nothing of a kind of control, its part is left out when compiled.

use crate::engine::rules::MATCHING_ADDRESS;
use crate::plan::{Cause, Controls, IdleTimeout, Reauthorization};
use std::hint::select_unpredictable;

/// Kinds of controls, to be put together by their bits.
pub(crate) mod kinds {
    pub(crate) const REAUTHORIZATION: u8 = 1;
    pub(crate) const STATIC_IP: u8 = 2;
    pub(crate) const TOKEN_ROTATION: u8 = 4;
    pub(crate) const IDLE_TIMEOUT: u8 = 8;
    pub(crate) const ALL: u8 = 15;
}

/// A working connection, as [`Connection`](crate::engine::rules::Connection), except that the heartbeat is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OrgState {
    /// Last refresh or reconnect, hours.
    pub(crate) last_use: f64,
    /// The next refresh, hours.
    pub(crate) next_refresh: f64,
    /// Whether the token held has been replaced by one that was lost.
    pub(crate) stale: bool,
    /// Its address differs where this is at most the share of mismatches.
    pub(crate) address: f64,
    /// Hours by which an idle timeout is put off: 0, or without end for those that the heartbeat reaches.
    pub(crate) timeout_offset: f64,
}

/// What happens next to a connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NextStep {
    /// When, hours.
    pub(crate) at: f64,
    /// Of a failure.
    pub(crate) cause: Cause,
    /// Whether it is a failure; else a refresh that goes well.
    pub(crate) fails: bool,
}

/// The rules of what is switched on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepRules<'a> {
    controls: &'a Controls,
}

impl<'a> StepRules<'a> {
    pub(crate) fn new(controls: &'a Controls) -> Self {
        Self { controls }
    }

    /// The [`kinds`] of what is switched on; 0 when nothing can fail an org.
    pub(crate) fn kinds(&self) -> u8 {
        let Controls { token_rotation, static_ip, idle_timeout, reauthorization } = self.controls;
        let kind = |empty: bool, kind| if empty { 0 } else { kind };
        kind(reauthorization.is_empty(), kinds::REAUTHORIZATION)
            | kind(static_ip.is_empty(), kinds::STATIC_IP)
            | kind(token_rotation.is_empty(), kinds::TOKEN_ROTATION)
            | kind(idle_timeout.is_empty(), kinds::IDLE_TIMEOUT)
    }

    /// Whether a reauthorization is ever passed by chance, so that it takes a random number.
    pub(crate) fn passing_is_open(&self) -> bool {
        self.controls.reauthorization.iter().any(|r| r.required > 0.0 && r.required < 1.0)
    }

    /// Where one reauthorization that none may pass is all that can fail an org, the instant it comes into force: the first refresh
    /// from then on fails, if the token was last refreshed before.
    pub(crate) fn only_certain_reauthorization(&self) -> Option<f64> {
        match self.controls.reauthorization[..] {
            [Reauthorization { at, required }] if required >= 1.0 && self.kinds() == kinds::REAUTHORIZATION => Some(at),
            _ => None,
        }
    }

    /// What happens next to a connection, with `uniform` in (0, 1] to pass reauthorizations. Only controls of the given [`kinds`] are looked
    /// at: those of [`StepRules::kinds`] at least.
    #[inline(always)]
    pub(crate) fn next<const KINDS: u8>(&self, state: &OrgState, uniform: f64) -> NextStep {
        let has = |kind| KINDS & kind != 0;
        let refresh = state.next_refresh;
        let refused = has(kinds::REAUTHORIZATION) && uniform > self.pass_probability(state.last_use, refresh);
        let mismatched = has(kinds::STATIC_IP) && state.address <= self.mismatch(refresh);
        let stale = has(kinds::TOKEN_ROTATION) & state.stale;
        let idle =
            if has(kinds::IDLE_TIMEOUT) { self.idle_due(state.last_use) + state.timeout_offset } else { f64::INFINITY };
        let is_idle = idle < refresh;
        let cause = select_unpredictable(mismatched, Cause::StaticIp, Cause::Reauthorization);
        let cause = select_unpredictable(stale, Cause::TokenRotation, cause);
        NextStep {
            at: either(is_idle, idle, refresh),
            cause: select_unpredictable(is_idle, Cause::IdleTimeout, cause),
            fails: is_idle | stale | mismatched | refused,
        }
    }

    /// A connection after it has been refreshed, with `uniform` in (0, 1] to keep the new token, and the new `interval`.
    #[inline(always)]
    pub(crate) fn refreshed(&self, state: &OrgState, uniform: f64, interval: f64) -> OrgState {
        let at = state.next_refresh;
        OrgState { last_use: at, next_refresh: at + interval, stale: uniform <= self.lost_token(at), ..*state }
    }

    /// The connection made by a proactive reconnect at `at`.
    #[inline(always)]
    pub(crate) fn reconnected(&self, at: f64, timeout_offset: f64, interval: f64) -> OrgState {
        let next_refresh = at + interval;
        OrgState { last_use: at, next_refresh, stale: false, address: MATCHING_ADDRESS, timeout_offset }
    }

    #[inline(always)]
    fn mismatch(&self, at: f64) -> f64 {
        latest(&self.controls.static_ip, at, |e| (e.at, e.mismatch))
    }

    #[inline(always)]
    fn lost_token(&self, at: f64) -> f64 {
        latest(&self.controls.token_rotation, at, |e| (e.at, e.lost_token))
    }

    #[inline(always)]
    fn pass_probability(&self, last_use: f64, at: f64) -> f64 {
        let pass = |r: &Reauthorization| either((r.at > last_use) & (r.at <= at), 1.0 - r.required, 1.0);
        match &self.controls.reauthorization[..] {
            [] => 1.0,
            [one] => pass(one),
            all => all.iter().map(pass).product(),
        }
    }

    #[inline(always)]
    fn idle_due(&self, last_use: f64) -> f64 {
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
}

/// `yes` or `no`, without a branch. As whole numbers: processors move those by a condition.
#[inline(always)]
pub(crate) fn either(condition: bool, yes: f64, no: f64) -> f64 {
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
#[inline(always)]
fn idle_due(timeout: &IdleTimeout, last_use: f64) -> f64 {
    let clock_starts = if timeout.retroactive { last_use } else { later(last_use, timeout.at) };
    later(clock_starts + timeout.after, timeout.at)
}

/// The later of two instants. Not `max`, which minds what is no number.
#[inline(always)]
pub(crate) fn later(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rules::{Connection, LifeEvent, Rules};
    use crate::plan::{StaticIp, TokenRotation};
    use crate::stats::stream::CounterRng;

    /// Controls of all kinds on a grid of few instants, so that ties are common.
    fn controls(uniform: &impl Fn(u64) -> f64) -> Controls {
        let whole = |place: u64, n: f64| (uniform(place) * n).ceil() - 1.0;
        let times = |first: u64, n: f64| {
            let mut at: Vec<f64> = (0..whole(first, n) as u64).map(|i| 10.0 * whole(first + i + 1, 8.0)).collect();
            at.sort_by(f64::total_cmp);
            at
        };
        let number = |at: f64| 0.25 * whole(at as u64 + 70, 5.0);
        Controls {
            token_rotation: times(0, 4.0).into_iter().map(|at| TokenRotation { at, lost_token: number(at) }).collect(),
            static_ip: times(10, 4.0).into_iter().map(|at| StaticIp { at, mismatch: number(at) }).collect(),
            idle_timeout: (times(20, 4.0).into_iter())
                .map(|at| IdleTimeout { at, after: 10.0 * (1.0 + whole(30, 6.0)), retroactive: uniform(31) < 0.5 })
                .collect(),
            reauthorization: (times(40, 4.0).into_iter())
                .map(|at| Reauthorization { at, required: number(at) })
                .collect(),
        }
    }

    /// 20,000 random states under random controls: what happens next is what the plain rules say.
    #[test]
    fn a_step_without_branches_is_a_step_by_the_rules() {
        let rng = CounterRng::new(1, 0, "steps");
        let mut seen = [0_u32; 6];
        for case in 0..20_000 {
            let uniform = |place: u64| rng.nth(case).uniform(place);
            let controls = controls(&uniform);
            let (plain, fast) = (Rules::new(&controls), StepRules::new(&controls));
            let whole = |place: u64, n: f64| 10.0 * ((uniform(place) * n).ceil() - 1.0);
            let last_use = whole(50, 5.0) - 40.0;
            let kept_in_use = uniform(51) < 0.3;
            let connection = Connection {
                last_use,
                next_refresh: (last_use + 10.0 + whole(52, 8.0)).max(0.0),
                stale: uniform(53) < 0.2,
                address: uniform(54),
                kept_in_use,
            };
            let Connection { next_refresh, stale, address, .. } = connection;
            let timeout_offset = if kept_in_use { f64::INFINITY } else { 0.0 };
            let state = OrgState { last_use, next_refresh, stale, address, timeout_offset };
            let (pass, keep) = (uniform(55), uniform(56));
            let step = fast.next::<{ kinds::ALL }>(&state, pass);
            let (at, event) = plain.next_event(&connection, f64::INFINITY);
            let cause = match event {
                LifeEvent::Refresh => plain.failure_at_refresh(&connection, pass),
                LifeEvent::IdleTimeout => Some(Cause::IdleTimeout),
                _ => unreachable!("none is planned"),
            };
            assert_eq!((step.at, step.fails.then_some(step.cause)), (at, cause), "{controls:?} {connection:?}");
            seen[cause.map_or(4, Cause::index)] += 1;
            if cause.is_none() {
                let (a, b) = (plain.refreshed(&connection, keep, 30.0), fast.refreshed(&state, keep, 30.0));
                assert_eq!((a.last_use, a.next_refresh, a.stale), (b.last_use, b.next_refresh, b.stale));
                seen[5] += u32::from(a.stale);
            }
        }
        assert!(seen.iter().all(|times| *times > 200), "every way was taken: {seen:?}");
    }
}
