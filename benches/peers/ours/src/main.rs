//! The question by cutover itself, from the flagship's scenario file: one uptake rate, then 101 rates in one pass. Last, what
//! random numbers cost alone.

#[path = "../../report.rs"]
mod report;

use cutover::engine::simulate::{self, Curves};
use cutover::plan::Family;
use cutover::results::Mean;
use cutover::scenario;
use rand::{Rng, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use report::{BLOCKS, Pooled, SEED, print, runs, timed};
use std::hint::black_box;
use std::path::Path;

const TIMED: f64 = 0.5;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    one_rate();
    all_rates();
    random_numbers::<Xoshiro256PlusPlus>("xoshiro256++");
    random_numbers::<SplitMix64>("SplitMix64");
}

/// The flagship at these uptake rates; all else as its file has it.
fn flagship(uptakes: &[f64]) -> Family {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/pkce-may-2026.toml");
    let rates: Vec<String> = uptakes.iter().map(f64::to_string).collect();
    let change = format!("reconnect.uptake=[{}]", rates.join(", "));
    scenario::load(&path, &[change]).expect("the flagship is valid").family
}

/// Orgs failed by the deadline at each rate, from these runs. The only place that knows how the engine is asked for it.
fn failed_by_deadline(family: &Family, seed: u64, runs: u64) -> Vec<Mean> {
    let tally = simulate::simulate(family, seed, 0..runs, Curves::None, &|_| ()).expect("all is known");
    let measures = simulate::measures(family.centre(), &tally);
    measures.iter().map(|at| Mean { mean: at.failed_by_deadline.mean, se: at.failed_by_deadline.se }).collect()
}

fn orgs(family: &Family) -> u64 {
    family.centre().segments().iter().map(|segment| segment.orgs).sum()
}

/// Nanoseconds per org and run in each block, and the pooled means at each rate.
fn blocks(uptakes: &[f64], seed: u64, runs: u64) -> (Vec<f64>, Vec<Pooled>) {
    let family = flagship(uptakes);
    failed_by_deadline(&family, 0, runs / 5 + 2);
    let mut pooled: Vec<Pooled> = uptakes.iter().map(|_| Pooled::default()).collect();
    let nanoseconds = (0..BLOCKS)
        .map(|block| {
            let (ns, means) = timed(runs * orgs(&family), || failed_by_deadline(&family, seed + block, runs));
            for (pool, at) in pooled.iter_mut().zip(means) {
                pool.add(at.mean, at.se.expect("several runs"));
            }
            ns
        })
        .collect();
    (nanoseconds, pooled)
}

fn one_rate() {
    let runs = runs(60_000);
    let (mut nanoseconds, mut answers) = (Vec::new(), Vec::new());
    for (rate, uptake) in (1..).zip([0.0, TIMED, 1.0]) {
        let (ns, pooled) = blocks(&[uptake], SEED + 1_000 * rate, runs);
        answers.push(pooled[0].json(uptake));
        if uptake == TIMED {
            nanoseconds = ns;
        }
    }
    print("cutover", "one rate", runs * BLOCKS, &nanoseconds, &answers);
}

fn all_rates() {
    let runs = runs(60_000);
    let uptakes: Vec<f64> = (0..=100).map(|percent| f64::from(percent) / 100.0).collect();
    let (nanoseconds, pooled) = blocks(&uptakes, SEED, runs);
    let answers: Vec<String> = [0, 50, 100].map(|rate| pooled[rate].json(uptakes[rate])).to_vec();
    print("cutover", "101 rates in one pass", runs * BLOCKS, &nanoseconds, &answers);
}

/// Nanoseconds per 64 random bits.
fn random_numbers<R: Rng + SeedableRng>(name: &str) {
    let draws = runs(200_000_000);
    let mut generator = R::seed_from_u64(SEED);
    let mut all = || black_box((0..draws).fold(0_u64, |sum, _| sum.wrapping_add(generator.next_u64())));
    all();
    let nanoseconds: Vec<f64> = (0..BLOCKS).map(|_| timed(draws, &mut all).0).collect();
    print("rand_xoshiro", name, draws * BLOCKS, &nanoseconds, &[]);
}
