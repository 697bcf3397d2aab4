//! Simulation, org by org: each run draws every org once and follows it to the horizon, with and without a reconnect.
//! One pass gives all uptake rates, which so share their luck. The same seed gives the same figures on any number of threads.

mod measure;
mod tally;

use super::lifecycle::{Connection, Failure, Luck, Rules, recovers_at};
use crate::plan::{Family, Plan, Segment};
use crate::population::synthetic::{Org, SyntheticOrgs};
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

/// Simulates `runs` repetitions of a family of plans; where something is not known, each run draws its own plan.
/// `progress` is told of every batch done.
///
/// # Errors
/// When the unknowns drawn contradict each other in every one of many tries.
pub fn simulate(
    family: &Family,
    seed: u64,
    runs: std::ops::Range<u64>,
    collect: Collect,
    progress: &(dyn Fn(u64) + Sync),
) -> crate::Result<Tally> {
    let batches: Vec<u64> = (runs.start..runs.end).step_by(BATCH as usize).collect();
    let empty = || Tally::new(family.centre(), &runs, collect);
    batches
        .into_par_iter()
        .map(|first| first..(first + BATCH).min(runs.end))
        .try_fold(
            || (empty(), RunCounts::new(family.centre())),
            |(mut tally, mut counts), batch| {
                let done = batch.end - batch.start;
                for run in batch {
                    simulate_run(family, seed, run, &mut counts)?;
                    tally.add(run, &counts);
                }
                progress(done);
                Ok((tally, counts))
            },
        )
        .map(|part: crate::Result<(Tally, RunCounts)>| part.map(|p| p.0))
        .try_reduce(empty, |mut left, right| {
            left.merge(&right);
            Ok(left)
        })
}

/// One repetition of the plan, counted into `counts`.
fn simulate_run(family: &Family, seed: u64, run: u64, counts: &mut RunCounts) -> crate::Result<()> {
    counts.clear();
    let drawn;
    let plan = if family.is_certain() {
        family.centre()
    } else {
        drawn = draw_plan(family, seed, run)?;
        &drawn
    };
    let rates: Vec<f64> = plan.uptakes().iter().map(|u| u.value).collect();
    let horizon = plan.horizon_hours();
    let mut keys = Stream::new(seed, run, "org");
    for (index, segment) in plan.segments().iter().enumerate() {
        let orgs = SyntheticOrgs::new(segment);
        let follower = Follower { segment, rules: Rules::of(segment), horizon };
        let rates: Vec<f64> = rates.iter().map(|u| segment.uptake(*u)).collect();
        for _ in 0..segment.orgs {
            let key = keys.key();
            let org = orgs.draw(key);
            let alone = follower.unless_reconnected(&org, key);
            let acts = |rate: &f64| org.propensity <= *rate;
            let any_acts = rates.iter().any(acts);
            let acting = if any_acts { follower.when_acting(&org, key, alone) } else { alone };
            counts.count(index, segment, &rates, acts, alone.as_ref(), acting.as_ref());
        }
    }
    Ok(())
}

/// Draws a plan from a family: a uniform quantile for each unknown. Values that contradict each other are drawn again, which
/// conditions on plans that make sense.
fn draw_plan(family: &Family, seed: u64, run: u64) -> crate::Result<Plan> {
    const TRIES: usize = 1000;
    let mut stream = Stream::new(seed, run, "not known");
    let mut why = String::new();
    for _ in 0..TRIES {
        let quantiles: Vec<f64> = family.unknowns().iter().map(|_| stream.uniform()).collect();
        match family.realise(&quantiles) {
            Ok(plan) => return Ok(plan),
            Err(contradiction) => why = contradiction,
        }
    }
    Err(crate::Error::Engine(format!("the unknowns contradict each other in {TRIES} draws out of {TRIES}: {why}")))
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
            recovers_at(self.segment, failure.at, OrgStream::named(key, "recovery").uniform())
        } else {
            f64::INFINITY
        };
        Episode { failure, recovers_at }
    }
}
