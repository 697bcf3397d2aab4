//! The life of one org whose refreshes fall on known instants: its last use is known, and its interval has a single value. No lattice is
//! needed: the [rules](crate::engine::rules) are applied refresh by refresh, with the probability of each outcome.

use super::lattice::Lattice;
use super::lattice_segment::OrgType;
use super::mass::Mass;
use super::risk::FailureAt;
use crate::engine::rules::{Failure, Refreshing, Rules, is_in_time, outcomes_at_refresh};
use crate::plan::clock::to_microsecond;
use crate::plan::{Cause, ReconnectTiming};

/// First failures of an org up to `horizon`, ascending by time; their masses add up to at most 1.
pub(super) fn first_failures(rules: &Rules, interval: f64, age: f64, orgs: OrgType, horizon: f64) -> Vec<FailureAt> {
    let mut failures = Vec::new();
    let mut fail = |at, cause, mass| {
        if mass > 0.0 {
            failures.push(FailureAt { at, cause, mass });
        }
    };
    let (mut good, mut stale, mut last_use) = (1.0, 0.0, -age);
    while good + stale > 0.0 {
        let at = to_microsecond(last_use + interval);
        let idle = if orgs.kept_in_use { f64::INFINITY } else { rules.idle_due(last_use) };
        if at.min(idle) > horizon {
            break;
        }
        if !is_in_time(at, idle) {
            fail(idle, Cause::IdleTimeout, good + stale);
            break;
        }
        let passing = good * rules.pass_probability(last_use, at);
        let mismatched = orgs.address <= rules.mismatch(at);
        let outcomes = outcomes_at_refresh(Refreshing { stale, good, passing }, mismatched);
        for cause in Cause::ALL {
            fail(at, cause, outcomes.failed[cause.index()]);
        }
        stale = outcomes.survived * rules.lost_token(at);
        good = outcomes.survived - stale;
        last_use = at;
    }
    failures
}

/// Probability that a failure happens to an org that acts: its planned reconnect has not come before.
pub(super) fn before_reconnect(failure: &FailureAt, timing: &ReconnectTiming) -> f64 {
    match timing.instant() {
        Some(planned) => f64::from(u8::from(as_failure(failure).before_reconnect(planned))),
        None => 1.0 - timing.cdf(failure.at),
    }
}

/// Probability that an org that acts has reconnected by `at`, given the failures that it must have escaped.
pub(super) fn reconnected_by(failures: &[FailureAt], timing: &ReconnectTiming, at: f64) -> f64 {
    if let Some(planned) = timing.instant() {
        let failed: f64 = failures.iter().filter(|f| as_failure(f).before_reconnect(planned)).map(|f| f.mass).sum();
        return if planned <= at { (1.0 - failed).max(0.0) } else { 0.0 };
    }
    let (mut alive, mut before, mut sum) = (1.0_f64, 0.0, 0.0);
    for (until, mass) in failures.iter().map(|f| (f.at, f.mass)).chain([(f64::INFINITY, 0.0)]) {
        let by = timing.cdf(until.min(at));
        sum += alive.max(0.0) * (by - before);
        (alive, before) = (alive - mass, by);
    }
    sum
}

/// Adds when an org that acts reconnects, with `weight`, given the failures that it must have escaped.
pub(super) fn add_reconnects(
    reconnects: &mut Mass,
    lattice: &Lattice,
    failures: &[FailureAt],
    timing: &ReconnectTiming,
    weight: f64,
) {
    if let Some(planned) = timing.instant() {
        let failed: f64 = failures.iter().filter(|f| as_failure(f).before_reconnect(planned)).map(|f| f.mass).sum();
        reconnects.add_at(lattice, planned, weight * (1.0 - failed).max(0.0));
        return;
    }
    // Between two failures the share that is alive stays the same.
    let (mut alive, mut from) = (1.0_f64, timing.opens());
    let end = timing.closes().min(lattice.end());
    for (until, mass) in failures.iter().map(|f| (f.at, f.mass)).chain([(f64::INFINITY, 0.0)]) {
        let to = until.min(end);
        if to > from {
            add_between(reconnects, lattice, timing, from..to, weight * alive.max(0.0));
            from = to;
        }
        alive -= mass;
    }
}

/// Adds the reconnects of a span of time to the cells that it covers.
fn add_between(
    reconnects: &mut Mass,
    lattice: &Lattice,
    timing: &ReconnectTiming,
    span: std::ops::Range<f64>,
    weight: f64,
) {
    let mut before = timing.cdf(span.start);
    for (cell, _) in lattice.overlaps([span.start, span.end]) {
        let by_end = timing.cdf(lattice.at(cell + 1).min(span.end));
        reconnects.cells[cell] += weight * (by_end - before);
        before = by_end;
    }
}

fn as_failure(failure: &FailureAt) -> Failure {
    Failure { at: failure.at, cause: failure.cause }
}
