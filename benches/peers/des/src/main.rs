//! The question by simu-des: an asynchronous process for each org, whose wait for the refresh races the wait for the reconnect.

#[path = "../../report.rs"]
mod report;

use rand::Rng;
use report::{BLOCKS, Pooled, SEED, print, runs, timed};
use simu::{EnvHandle, SimEnv, any_of, monte_carlo};
use std::cell::Cell;
use std::rc::Rc;

const ORGS: u64 = 2_500;
/// Hours since the last refresh at hour 0, Fri 24 Apr 2026 12:00; uniform.
const AGE: std::ops::Range<f64> = 1.0..1_400.0;
const INTERVAL: f64 = 1_400.0;
const PKCE: f64 = 168.0;
const WINDOW: std::ops::Range<f64> = 169.0..228.0;
const DEADLINE: f64 = 237.0;

const UPTAKES: [f64; 3] = [0.0, 0.5, 1.0];
const TIMED: f64 = 0.5;

fn main() {
    let runs = runs(600);
    simulate(TIMED, 0, runs / 5 + 2);
    let (mut nanoseconds, mut answers) = (Vec::new(), Vec::new());
    for (rate, uptake) in (1..).zip(UPTAKES) {
        let mut pooled = Pooled::default();
        for block in 0..BLOCKS {
            let first_seed = SEED + (rate * BLOCKS + block) * 1_000_000;
            let (ns, counts) = timed(runs * ORGS, || simulate(uptake, first_seed, runs));
            let (mean, se) = mean_and_error(&counts);
            pooled.add(mean, se);
            if uptake == TIMED {
                nanoseconds.push(ns);
            }
        }
        answers.push(pooled.json(uptake));
    }
    print("simu-des", "", runs * BLOCKS, &nanoseconds, &answers);
}

/// Failed orgs of each run.
fn simulate(uptake: f64, first_seed: u64, runs: u64) -> Vec<u32> {
    monte_carlo::run(first_seed..first_seed + runs, |seed| simulate_run(uptake, seed))
}

fn simulate_run(uptake: f64, seed: u64) -> u32 {
    let mut env = SimEnv::with_seed(seed);
    let failed = Rc::new(Cell::new(0));
    for _ in 0..ORGS {
        env.spawn(org(env.handle(), uptake, Rc::clone(&failed)));
    }
    env.run_until(DEADLINE);
    failed.get()
}

/// One org, until it fails or the simulation ends.
async fn org(env: EnvHandle, uptake: f64, failed: Rc<Cell<u32>>) {
    let mut next_refresh = INTERVAL - env.rng().random_range(AGE);
    let acts = env.rng().random_bool(uptake);
    let mut planned = acts.then(|| env.rng().random_range(WINDOW));
    let mut established_before_pkce = true;
    loop {
        let refresh = env.timeout(next_refresh - env.now());
        match planned {
            Some(at) => any_of![refresh, env.timeout(at - env.now())].await,
            None => refresh.await,
        }
        if let Some(reconnected) = planned.filter(|at| *at < next_refresh) {
            established_before_pkce = reconnected < PKCE;
            planned = None;
        } else if env.now() >= PKCE && established_before_pkce {
            failed.set(failed.get() + 1);
            return;
        }
        next_refresh = env.now() + INTERVAL;
    }
}

fn mean_and_error(counts: &[u32]) -> (f64, f64) {
    let n = counts.len() as f64;
    let mean = counts.iter().map(|c| f64::from(*c)).sum::<f64>() / n;
    let squares: f64 = counts.iter().map(|c| (f64::from(*c) - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}
