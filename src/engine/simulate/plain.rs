//! The simulation as plainly as it can be written: one org at a time, one event after the other, one uptake rate at a time, by the
//! [rules](crate::engine::rules). Slow, and kept so, to hold the fast path to: with the same random numbers both count the same.

use super::random_numbers::{LifeRng, RunRng};
use crate::engine::rules::{Connection, Failure, LifeEvent, Rules, reconnected};
use crate::plan::{Cause, Plan, Segment};
use crate::population::synthetic::SyntheticOrgs;
use crate::stats::Law;
use crate::stats::shock::acting_share;
use crate::stats::stream::Stream;

/// Counts of one run at one uptake rate, in orgs.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let plan = scenario.family.centre();
/// let counts = cutover::engine::simulate::plain::run(plan, &plan.curve_hours(), 1, 0, 0);
/// assert_eq!(counts.by_cause.iter().sum::<u64>(), counts.failed_by_deadline);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// First failure at or before the deadline of the org's segment.
    pub failed_by_deadline: u64,
    /// Of those, not recovered at the deadline.
    pub down_at_deadline: u64,
    /// First failure at or before the horizon.
    pub failed_by_horizon: u64,
    /// Failed by the deadline, in the order of [`Cause::ALL`].
    pub by_cause: [u64; Cause::COUNT],
    /// Failed by each of the hours asked for.
    pub failed: Vec<u64>,
    /// Failed and not recovered at each of the hours asked for.
    pub down: Vec<u64>,
    /// Failed by the deadline, by segment in the plan's order.
    pub by_segment: Vec<u64>,
}

/// Simulates the run with number `run` at the plan's uptake with number `rate`, counted at these ascending `hours` since `as_of`.
pub fn run(plan: &Plan, hours: &[f64], seed: u64, run: u64, rate: usize) -> Counts {
    let mut counts = Counts { failed: vec![0; hours.len()], down: vec![0; hours.len()], ..Counts::default() };
    let (rng, mut shocks) = (RunRng::new(seed, run), Stream::new(seed, run, "common shock"));
    let mut first = 0;
    for segment in plan.segments() {
        let shock = shocks.uniform().min(1.0 - 1e-12);
        let share = acting_share(segment.uptake(plan.uptakes()[rate].value), segment.correlation, shock);
        let orgs = SyntheticOrgs::new(segment, first);
        let mut failed_here = 0;
        for org in first..first + segment.orgs {
            let Some(failure) = first_failure(plan, segment, &orgs, &rng, org, share) else { continue };
            let recovered_at = recovered_at(segment, failure.at, rng.recovery.uniform(org));
            counts.failed_by_horizon += 1;
            if failure.at <= segment.deadline {
                failed_here += 1;
                counts.down_at_deadline += u64::from(recovered_at > segment.deadline);
                counts.by_cause[failure.cause.index()] += 1;
            }
            for (i, hour) in hours.iter().enumerate() {
                counts.failed[i] += u64::from(failure.at <= *hour);
                counts.down[i] += u64::from(failure.at <= *hour && recovered_at > *hour);
            }
        }
        first += segment.orgs;
        counts.failed_by_deadline += failed_here;
        counts.by_segment.push(failed_here);
    }
    counts
}

/// The first failure up to the horizon of one org, at an uptake at which `share` of its segment acts.
fn first_failure(
    plan: &Plan,
    segment: &Segment,
    orgs: &SyntheticOrgs,
    rng: &RunRng,
    org: u64,
    share: f64,
) -> Option<Failure> {
    let (rules, horizon) = (Rules::of(segment), plan.horizon_hours());
    let drawn = orgs.draw(&rng.traits, org);
    let mut connection = Connection {
        last_use: -drawn.age,
        next_refresh: drawn.first_refresh,
        stale: false,
        address: drawn.address,
        kept_in_use: drawn.timeout_offset > 0.0,
    };
    let acts = rng.traits.age_and_propensity(org).second_uniform() <= share;
    let mut reconnect = match &segment.timing {
        Some(timing) if acts => timing.quantile(rng.reconnect.uniform(org)),
        _ => f64::INFINITY,
    };
    let (mut life, mut refreshes) = (&rng.without_reconnect, 0);
    skip_refreshes(segment, horizon, life, org, &mut connection);
    loop {
        let (at, event) = rules.next_event(&connection, reconnect);
        if at > horizon {
            return None;
        }
        match event {
            LifeEvent::Refresh => {
                let rng = life.at_refresh(refreshes);
                if let Some(cause) = rules.failure_at_refresh(&connection, rng.reauthorization.uniform(org)) {
                    return Some(Failure { at, cause });
                }
                let interval = segment.interval.draw(rng.interval, org);
                connection = rules.refreshed(&connection, rng.rotation.uniform(org), interval);
                refreshes += 1;
            }
            LifeEvent::Reconnect => {
                (life, refreshes, reconnect) = (&rng.after_reconnect, 0, f64::INFINITY);
                connection = reconnected(&connection, at, segment.interval.draw(life.interval.nth(0), org));
                skip_refreshes(segment, horizon, life, org, &mut connection);
            }
            LifeEvent::IdleTimeout => return Some(Failure { at, cause: Cause::IdleTimeout }),
            _ => unreachable!("only policies bring other events"),
        }
    }
}

/// Exponential intervals have no memory: of an org that is refreshed before anything is in force, both the hours since its last refresh then
/// and those until its next are exponential. The fast path does the same, and a test holds it equal to drawing one refresh after the other.
fn skip_refreshes(segment: &Segment, horizon: f64, rng: &LifeRng, org: u64, connection: &mut Connection) {
    let Law::Exponential { mean } = segment.interval else { return };
    let until = segment.controls.effective(horizon, segment.heartbeat_coverage).first_in_force().min(horizon);
    if until > 0.0 && connection.next_refresh < until {
        let [since, next] = rng.residual.map(|rng| -mean * rng.uniform(org).ln());
        connection.last_use = connection.next_refresh.max(until - since);
        connection.next_refresh = until + next;
    }
}

/// When an org that failed at `failed_at` works again, by its uniform draw; infinite where it stays down.
fn recovered_at(segment: &Segment, failed_at: f64, uniform: f64) -> f64 {
    let Some(recovery) = &segment.recovery else { return f64::INFINITY };
    let delay = recovery.after.isf(uniform);
    if recovery.office_hours { segment.work_clock.when_done(failed_at, delay) } else { failed_at + delay }
}
