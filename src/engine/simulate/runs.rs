//! The headline of each run by itself, for comparing plans run by run: plans that are simulated with the same seed and the same run
//! numbers share their random numbers, org for org.

use super::curves::Curves;
use super::simulation::{PreparedPlan, ThreadState, simulate_run};
use crate::plan::Family;
use rayon::prelude::*;

/// Runs that one thread counts before it takes the next.
const SHEET: usize = 32;

/// How many orgs had failed by the deadline, in each run at each rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadlineByRun {
    rates: usize,
    /// By run, then rate in the plan's order. A plan has at most 10⁹ orgs.
    failed: Vec<u32>,
}

impl HeadlineByRun {
    /// The counts at one rate, run by run.
    pub fn at(&self, rate: usize) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.failed.iter().skip(rate).step_by(self.rates).map(|count| u64::from(*count))
    }
}

/// Simulates `runs` repetitions of a family of plans and keeps the headline of each. Runs take the family's possible plans in turn,
/// as [`super::simulate`] does; the same for any number of threads. `progress` is told how many are done.
///
/// # Errors
/// When the unknowns contradict each other however they are drawn.
pub fn headline_by_run(
    family: &Family,
    seed: u64,
    runs: std::ops::Range<u64>,
    progress: &(dyn Fn(u64) + Sync),
) -> crate::Result<HeadlineByRun> {
    let possible = family.possible_plans(0).map_err(crate::Error::Engine)?;
    let (mut known, hours) = (Vec::new(), family.centre().curve_hours());
    let prepared: Vec<PreparedPlan> =
        possible.plans.iter().map(|plan| PreparedPlan::new(plan, &hours, u64::MAX, &mut known)).collect();
    let rates = family.centre().uptakes().len();
    let mut failed = vec![0_u32; rates * (runs.end - runs.start) as usize];
    failed.par_chunks_mut(rates * SHEET).enumerate().for_each_init(
        || ThreadState::new(family.centre(), Curves::None),
        |state, (sheet, rows)| {
            let first = runs.start + (sheet * SHEET) as u64;
            for (run, row) in (first..).zip(rows.chunks_exact_mut(rates)) {
                let prepared_plan = &prepared[(run % prepared.len() as u64) as usize];
                simulate_run(prepared_plan, seed, run, false, state);
                write_headline(prepared_plan, state, row);
            }
            progress((rows.len() / rates) as u64);
        },
    );
    Ok(HeadlineByRun { rates, failed })
}

/// Adds up a run's segments, into the places that the rates have in the plan.
fn write_headline(prepared_plan: &PreparedPlan, state: &ThreadState, row: &mut [u32]) {
    let segments = state.headlines.len() / prepared_plan.order.len();
    for (rate, by_segment) in prepared_plan.order.iter().zip(state.headlines.chunks_exact(segments)) {
        row[*rate] = by_segment.iter().map(|h| h.failed).sum::<u64>() as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::simulate::{measures, simulate};
    use crate::plan::sample::Sample;

    #[test]
    fn the_runs_one_by_one_are_those_that_the_simulation_adds_up() {
        let family = Family::certain(Sample::flagship().with(|s| s.orgs = 400).plan());
        let by_run = headline_by_run(&family, 7, 3..203, &|_| ()).expect("simulated");
        let tally = simulate(&family, 7, 3..203, Curves::None, &|_| ()).expect("simulated");
        for (rate, measures) in measures(family.centre(), &tally).iter().enumerate() {
            let sum: u64 = by_run.at(rate).sum();
            assert_eq!(by_run.at(rate).len(), 200);
            assert!((measures.failed_by_deadline.mean - sum as f64 / 200.0).abs() < 1e-9, "rate {rate}");
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_runs() {
        let family = Family::certain(Sample::flagship().with(|s| s.orgs = 100).plan());
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| headline_by_run(&family, 7, 0..333, &|_| ())).expect("simulated")
        };
        assert_eq!(with(1), with(3));
    }
}
