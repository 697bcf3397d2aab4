//! Simulation, org by org: each run draws every org once and follows it to the horizon, with and without a reconnect.
//! One pass gives all uptake rates, which so share their luck. The same seed gives the same figures on any number of threads.

mod measure;
mod tally;

use super::lifecycle::{Connection, Failure, Luck, Rules, recovers_at};
use crate::plan::{Family, Plan, Segment};
use crate::population::synthetic::{Org, SyntheticOrgs};
use crate::stats::shock::acting_share;
use crate::stats::stream::{OrgStream, Stream};
use rayon::prelude::*;
use tally::RunCounts;

pub use measure::measures;
pub use tally::Tally;

/// Runs that one thread does before it reports progress.
const BATCH: u64 = 16;

/// What the simulation must collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collect {
    /// Whether whole curves are kept for percentiles by the hour. Costs memory; not needed where exact curves stand beside.
    pub curve_percentiles: bool,
}

/// Simulates `runs` repetitions of a family of plans. Where something is not known, runs take the family's possible plans in
/// turn, the same that the exact engine weighs alike. `progress` is told of every batch done.
///
/// # Errors
/// When the unknowns contradict each other however they are drawn.
pub fn simulate(
    family: &Family,
    seed: u64,
    runs: std::ops::Range<u64>,
    collect: Collect,
    progress: &(dyn Fn(u64) + Sync),
) -> crate::Result<Tally> {
    let possible = family.possible_plans(0).map_err(crate::Error::Engine)?;
    let batches: Vec<u64> = (runs.start..runs.end).step_by(BATCH as usize).collect();
    let empty = || Tally::new(family.centre(), collect);
    let tally = batches
        .into_par_iter()
        .fold(
            || (empty(), RunCounts::new(family.centre())),
            |(mut tally, mut counts), first| {
                let batch = first..(first + BATCH).min(runs.end);
                let done = batch.end - batch.start;
                for run in batch {
                    let plan = &possible.plans[(run % possible.plans.len() as u64) as usize];
                    simulate_run(plan, seed, run, &mut counts);
                    tally.add(run, &counts);
                }
                progress(done);
                (tally, counts)
            },
        )
        .map(|(tally, _)| tally)
        .reduce(empty, |mut left, right| {
            left.merge(&right);
            left
        });
    Ok(tally)
}

/// One repetition of the plan, counted into `counts`.
fn simulate_run(plan: &Plan, seed: u64, run: u64, counts: &mut RunCounts) {
    counts.begin(plan);
    let horizon = plan.horizon_hours();
    let mut keys = Stream::new(seed, run, "org");
    let mut shocks = Stream::new(seed, run, "common shock");
    for (index, segment) in plan.segments().iter().enumerate() {
        let orgs = SyntheticOrgs::new(segment);
        let follower = Follower { segment, rules: Rules::of(segment), horizon };
        let shares = acting_shares(plan, segment, shocks.uniform(), counts.order());
        for _ in 0..segment.orgs {
            let key = keys.key();
            let org = orgs.draw(key);
            let alone = follower.unless_reconnected(&org, key);
            let first_acting = shares.partition_point(|share| *share < org.propensity);
            let acting = if first_acting < shares.len() { follower.when_acting(&org, key, alone) } else { alone };
            counts.count(index, segment, first_acting, alone.as_ref(), acting.as_ref());
        }
    }
}

/// The share of a segment that acts in this run, at each of the plan's rates in ascending order: the rate itself, or around it
/// by a common shock `w`, uniform in (0, 1] and the same for all rates, so that a higher rate only adds actors.
fn acting_shares(plan: &Plan, segment: &Segment, w: f64, ascending: &[usize]) -> Vec<f64> {
    let share =
        |rate: usize| acting_share(segment.uptake(plan.uptakes()[rate].value), segment.correlation, w.min(1.0 - 1e-12));
    let mut shares: Vec<f64> = ascending.iter().map(|rate| share(*rate)).collect();
    // Rounding must not undo what the law of the shock promises.
    for i in 1..shares.len() {
        shares[i] = shares[i].max(shares[i - 1]);
    }
    shares
}

/// Follows orgs of one segment to their first failure.
struct Follower<'a> {
    segment: &'a Segment,
    rules: Rules<'a>,
    horizon: f64,
}

/// A failure with the instant of recovery; infinite for none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Episode {
    failure: Failure,
    recovers_at: f64,
}

impl Follower<'_> {
    /// What becomes of the org when it does not act.
    fn unless_reconnected(&self, org: &Org, key: u64) -> Option<Episode> {
        let state = Connection {
            last_use: -org.age,
            next_refresh: org.first_refresh,
            stale: false,
            address: org.address,
            kept_in_use: org.kept_in_use,
        };
        let failure = self.rules.first_failure(state, self.horizon, &mut Luck::undisturbed(key));
        failure.map(|f| self.episode(f, key))
    }

    /// What becomes of it when it acts: as `alone` if that failure comes before its planned reconnect, else a new life.
    fn when_acting(&self, org: &Org, key: u64, alone: Option<Episode>) -> Option<Episode> {
        let Some(timing) = &self.segment.timing else { return alone };
        let planned = timing.quantile(OrgStream::named(key, "reconnect").uniform());
        if planned > self.horizon || alone.is_some_and(|e| e.failure.before_reconnect(planned)) {
            return alone;
        }
        let mut luck = Luck::after_reconnect(key);
        let state = self.rules.reconnected(planned, org.kept_in_use, &mut luck);
        let failure = self.rules.first_failure(state, self.horizon, &mut luck);
        failure.map(|f| self.episode(f, key))
    }

    fn episode(&self, failure: Failure, key: u64) -> Episode {
        let recovers_at = if self.segment.recovery.is_some() {
            recovers_at(self.segment, failure.at, &mut OrgStream::named(key, "recovery"))
        } else {
            f64::INFINITY
        };
        Episode { failure, recovers_at }
    }
}
