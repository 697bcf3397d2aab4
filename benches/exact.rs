//! The exact engine against the simulation, on one core, in one run: a full sweep of 101 uptake rates with hourly curves and all
//! percentiles, beside 2,000 simulated runs of the same 2,500 orgs at six rates; and that its cost does not grow with the orgs.
//!
//! `cargo bench --bench exact` prints times and, last, the ratios of their medians.

use cutover::engine::{exact, simulate};
use cutover::plan::Family;
use cutover::scenario;
use divan::{Bencher, black_box};
use std::path::Path;
use std::time::{Duration, Instant};

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    divan::main();
    ratios();
}

fn flagship(changes: &[String]) -> Family {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    scenario::load(&path, changes).expect("the flagship is valid").family
}

/// The flagship at 101 rates, with so many orgs.
fn sweep(orgs: u64) -> Family {
    let rates: Vec<String> = (0..=100).map(|i| format!("{}", f64::from(i) / 100.0)).collect();
    flagship(&[format!("reconnect.uptake=[{}]", rates.join(", ")), format!("population.orgs={orgs}")])
}

fn simulate_flagship(family: &Family, runs: u64) -> simulate::Tally {
    let curves = simulate::Curves::Means;
    simulate::simulate(family, 1, 0..runs, curves, &|_| ()).expect("all is known")
}

#[divan::bench(args = [2_500, 10_000, 1_000_000], sample_count = 10)]
fn exact_sweep_of_101_rates(bencher: Bencher<'_, '_>, orgs: u64) {
    let family = sweep(orgs);
    bencher.bench_local(|| exact::measures(black_box(&family)));
}

#[divan::bench(sample_count = 5)]
fn simulate_200_runs_of_2500_orgs(bencher: Bencher<'_, '_>) {
    let family = flagship(&[]);
    bencher.bench_local(|| simulate_flagship(black_box(&family), 200));
}

/// Median of a few timings.
fn median(times: usize, work: impl Fn()) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    taken.sort();
    taken[times / 2]
}

/// What the benchmarks are for, as ratios of one run.
fn ratios() {
    let exact = |orgs| {
        let family = sweep(orgs);
        median(5, || drop(black_box(exact::measures(&family)))).as_secs_f64()
    };
    let plan = flagship(&[]);
    let simulation = median(3, || drop(black_box(simulate_flagship(&plan, 2_000)))).as_secs_f64();
    let (flagship, ten_thousand, million) = (exact(2_500), exact(10_000), exact(1_000_000));
    println!("\nexact sweep / 2,000 simulated runs: {:.2}  (at most 1 is asked)", flagship / simulation);
    println!("exact sweep, 1,000,000 orgs / 10,000 orgs: {:.2}  (about 1 is asked)", million / ten_thousand);
    println!("simulation: {:.1} ns per org and run", simulation * 1e9 / (2_000.0 * 2_500.0));
}
