//! The rules of the model as plainly as they can be written: one org at a time, one event after the other, one uptake rate at a
//! time. Slow, and kept so, to check the fast simulation against: with the same luck both must count the same.
//!
//! It shares with the product the plan, the laws, the working week and the random streams; none of the engine's code.

use cutover::plan::{Cause, Controls, Plan, Segment, WorkClock};
use cutover::stats::Law;
use cutover::stats::shock::acting_share;
use cutover::stats::stream::{Draws, Stream};

/// Counts of one run at one rate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    pub failed_by_deadline: u64,
    pub down_at_deadline: u64,
    pub failed_by_horizon: u64,
    pub by_cause: [u64; 4],
    /// By hour of the curve.
    pub failed: Vec<u64>,
    pub down: Vec<u64>,
    /// By segment, failed by the deadline.
    pub by_segment: Vec<u64>,
}

/// One org's luck in what happens again and again, each process and each time named as the product names them.
struct Luck {
    interval: Draws,
    reauthorization: Draws,
    rotation: Draws,
    /// Hours since the last refresh, and until the next, when the first control comes into force.
    residual: [Draws; 2],
    org: u64,
    /// Refreshes so far, since the reconnect where there was one.
    refreshes: u64,
}

impl Luck {
    fn new(seed: u64, run: u64, org: u64, suffix: &str) -> Self {
        let name = |process: &str| -> &'static str { Box::leak(format!("{process}{suffix}").into_boxed_str()) };
        let draws = |process: &str| Draws::new(seed, run, name(process));
        Self {
            interval: draws("interval"),
            reauthorization: draws("reauthorization"),
            rotation: draws("rotation"),
            residual: [draws("hours since the last refresh"), draws("hours until the next refresh")],
            org,
            refreshes: 0,
        }
    }
}

/// A connection between two events.
struct Connection {
    last_use: f64,
    next_refresh: f64,
    stale: bool,
    mismatch_below: f64,
    kept_in_use: bool,
}

/// Simulates one run at one rate, counted at these hours.
pub fn run(plan: &Plan, hours: &[f64], seed: u64, run: u64, rate: usize) -> Counts {
    let mut counts = Counts { failed: vec![0; hours.len()], down: vec![0; hours.len()], ..Counts::default() };
    let mut shocks = Stream::new(seed, run, "common shock");
    let mut org = 0;
    for segment in plan.segments() {
        let shock = shocks.uniform().min(1.0 - 1e-12);
        let share = acting_share(segment.uptake(plan.uptakes()[rate].value), segment.correlation, shock);
        let mut failed_here = 0;
        for _ in 0..segment.orgs {
            if let Some((at, cause)) = life(plan, segment, seed, run, org, share) {
                let back = segment.recovery.as_ref().map_or(f64::INFINITY, |recovery| {
                    let delay = recovery.after.isf(Draws::new(seed, run, "recovery").uniform(org));
                    if recovery.office_hours { when_done(&segment.work_clock, at, delay) } else { at + delay }
                });
                counts.failed_by_horizon += 1;
                if at <= segment.deadline {
                    failed_here += 1;
                    counts.down_at_deadline += u64::from(back > segment.deadline);
                    counts.by_cause[cause.index()] += 1;
                }
                for (i, hour) in hours.iter().enumerate() {
                    counts.failed[i] += u64::from(at <= *hour);
                    counts.down[i] += u64::from(at <= *hour && back > *hour);
                }
            }
            org += 1;
        }
        counts.failed_by_deadline += failed_here;
        counts.by_segment.push(failed_here);
    }
    counts
}

/// The elapsed hour at which so many office hours have been done since `from`; infinite when the clock ends before.
pub fn when_done(clock: &WorkClock, from: f64, work: f64) -> f64 {
    let target = clock.work_until(from) + work;
    let done = |edge: f64| clock.work_until(edge);
    let Some((start, _, weight)) = clock.steps().find(|(_, end, _)| done(*end) >= target) else { return f64::INFINITY };
    if done(start) >= target { from } else { (start + (target - done(start)) / weight).max(from) }
}

/// The first failure of one org up to the horizon.
fn life(plan: &Plan, segment: &Segment, seed: u64, run: u64, org: u64, share: f64) -> Option<(f64, Cause)> {
    let uniform = |name: &'static str| Draws::new(seed, run, name).uniform(org);
    let longest = segment.interval.support().1;
    let ages = match &segment.last_refresh {
        Law::Empirical(values) => {
            Law::empirical(values.iter().copied().filter(|v| *v < longest).collect()).expect("some")
        }
        law => law.clone(),
    };
    let unreachable = ages.sf(longest);
    let age =
        if let Law::Fixed(age) = ages { age } else { ages.isf(unreachable + uniform("age") * (1.0 - unreachable)) };
    let first = if let Law::Fixed(interval) = segment.interval {
        interval
    } else {
        segment.interval.draw_beyond(age, uniform("first interval"))
    };
    let mut org_now = Connection {
        last_use: -age,
        next_refresh: first - age,
        stale: false,
        mismatch_below: uniform("address"),
        kept_in_use: uniform("heartbeat") <= segment.heartbeat_coverage,
    };
    let acts = Draws::new(seed, run, "age").word(org).second_uniform() <= share;
    let mut reconnect = match &segment.timing {
        Some(timing) if acts => timing.quantile(uniform("reconnect")),
        _ => f64::INFINITY,
    };
    let mut luck = Luck::new(seed, run, org, "");
    let horizon = plan.horizon_hours();
    without_memory(segment, &mut org_now, &luck, horizon);
    loop {
        let idle = if org_now.kept_in_use { f64::INFINITY } else { idle_at(&segment.controls, org_now.last_use) };
        let refresh = org_now.next_refresh;
        // At the same instant: a refresh, then a reconnect, then an idle timeout.
        if refresh <= reconnect && refresh <= idle {
            if refresh > horizon {
                return None;
            }
            if let Some(cause) = refreshed(segment, &mut org_now, &mut luck) {
                return Some((refresh, cause));
            }
        } else if reconnect <= idle {
            if reconnect > horizon {
                return None;
            }
            luck = Luck::new(seed, run, org, " after reconnect");
            org_now.last_use = reconnect;
            org_now.next_refresh = reconnect + segment.interval.draw(luck.interval.nth(0), org);
            org_now.stale = false;
            org_now.mismatch_below = f64::INFINITY;
            reconnect = f64::INFINITY;
            without_memory(segment, &mut org_now, &luck, horizon);
        } else {
            return (idle <= horizon).then_some((idle, Cause::IdleTimeout));
        }
    }
}

/// Exponential intervals have no memory: of an org that is refreshed before anything is in force, both the hours since its last refresh then
/// and those until its next are exponential. A test of the rules holds this equal to drawing one refresh after the other.
fn without_memory(segment: &Segment, org: &mut Connection, luck: &Luck, horizon: f64) {
    let Law::Exponential { mean } = segment.interval else { return };
    let until = segment.controls.effective(horizon, segment.heartbeat_coverage).first_in_force().min(horizon);
    if until > 0.0 && org.next_refresh < until {
        let [since, next] = luck.residual.map(|draws| -mean * draws.uniform(luck.org).ln());
        org.last_use = org.next_refresh.max(until - since);
        org.next_refresh = until + next;
    }
}

/// One refresh: the cause of failure, or a new interval.
fn refreshed(segment: &Segment, org: &mut Connection, luck: &mut Luck) -> Option<Cause> {
    let at = org.next_refresh;
    if org.stale {
        return Some(Cause::TokenRotation);
    }
    // The latest event of a kind that is in force holds.
    let mismatch = segment.controls.static_ip.iter().rev().find(|e| e.at <= at).map_or(0.0, |e| e.mismatch);
    if org.mismatch_below <= mismatch {
        return Some(Cause::StaticIp);
    }
    let met = segment.controls.reauthorization.iter().filter(|e| e.at <= at && e.at > org.last_use);
    if luck.reauthorization.nth(luck.refreshes).uniform(luck.org) > met.map(|e| 1.0 - e.required).product() {
        return Some(Cause::Reauthorization);
    }
    let lost = segment.controls.token_rotation.iter().rev().find(|e| e.at <= at).map_or(0.0, |e| e.lost_token);
    org.stale = luck.rotation.nth(luck.refreshes).uniform(luck.org) <= lost;
    luck.refreshes += 1;
    org.last_use = at;
    org.next_refresh = at + segment.interval.draw(luck.interval.nth(luck.refreshes), luck.org);
    None
}

/// When a token goes idle: a timeout holds from its event until the next one replaces it.
fn idle_at(controls: &Controls, last_use: f64) -> f64 {
    for (i, timeout) in controls.idle_timeout.iter().enumerate() {
        let clock = if timeout.retroactive { last_use } else { last_use.max(timeout.at) };
        let due = (clock + timeout.after).max(timeout.at).max(0.0);
        if controls.idle_timeout.get(i + 1).is_none_or(|next| due < next.at) {
            return due;
        }
    }
    f64::INFINITY
}
