//! What the engines cost: the simulation per org and run, the exact sweep, distributions of counts. All on one core but where it
//! says two.
//!
//! `cargo bench` prints the times and, last, the figures that the project promises, as ratios of one run.

use cutover::engine::simulate::Curves;
use cutover::engine::{exact, simulate};
use cutover::plan::Family;
use cutover::scenario;
use cutover::stats::CountDistribution;
use cutover::stats::count::Group;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::path::Path;
use std::time::Instant;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    divan::main();
    promises();
}

fn load(file: &str, changes: &[String]) -> Family {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    scenario::load(&path, changes).expect("valid").family
}

fn orgs(number: u64) -> String {
    format!("population.orgs={number}")
}

/// The flagship at its six rates.
fn flagship(number: u64) -> Family {
    load("scenarios/pkce-may-2026.toml", &[orgs(number)])
}

/// Rates from 0 to 1, a hundredth apart.
fn rates() -> String {
    let rates: Vec<String> = (0..=100).map(|i| format!("{}", f64::from(i) / 100.0)).collect();
    format!("reconnect.uptake=[{}]", rates.join(", "))
}

/// The flagship at 101 rates.
fn sweep(number: u64) -> Family {
    load("scenarios/pkce-may-2026.toml", &[rates(), orgs(number)])
}

fn every_rule(number: u64) -> Family {
    load("tests/simulation/every-rule.toml", &[orgs(number)])
}

fn runs_of(family: &Family, runs: u64, curves: Curves) -> simulate::Tally {
    simulate::simulate(family, 1, 0..runs, curves, &|_| ()).expect("all is known")
}

/// One item is one org in one run.
fn simulation(bencher: Bencher<'_, '_>, family: &Family, curves: Curves) {
    let lives = family.centre().orgs() * 400;
    bencher.counter(ItemsCount::new(lives)).bench_local(|| runs_of(black_box(family), 400, curves));
}

#[divan::bench(sample_count = 20)]
fn simulate_headline_of_101_rates(bencher: Bencher<'_, '_>) {
    simulation(bencher, &sweep(2_500), Curves::None);
}

/// Where orgs act together, the shares that act are quantiles of beta distributions, drawn in each run for each rate.
#[divan::bench(sample_count = 20)]
fn simulate_headline_of_101_rates_acting_together(bencher: Bencher<'_, '_>) {
    let changes = [rates(), orgs(2_500), "reconnect.correlation=0.3".to_owned()];
    simulation(bencher, &load("scenarios/pkce-may-2026.toml", &changes), Curves::None);
}

#[divan::bench(sample_count = 20)]
fn simulate_hourly_curves_of_six_rates(bencher: Bencher<'_, '_>) {
    simulation(bencher, &flagship(2_500), Curves::Means);
}

#[divan::bench(sample_count = 10)]
fn simulate_every_rule(bencher: Bencher<'_, '_>) {
    simulation(bencher, &every_rule(2_500), Curves::None);
}

#[divan::bench(args = [10_000, 1_000_000, 10_000_000], sample_count = 5)]
fn simulate_400_runs_with_curves(bencher: Bencher<'_, '_>, number: u64) {
    let family = flagship(number);
    bencher.bench_local(|| runs_of(black_box(&family), 400, Curves::Means));
}

#[divan::bench(args = [2_500, 1_000_000], sample_count = 10)]
fn exact_sweep_of_101_rates(bencher: Bencher<'_, '_>, number: u64) {
    let family = sweep(number);
    bencher.bench_local(|| exact::measures(black_box(&family)));
}

/// The number that fails among segments of unlike orgs: a Poisson binomial law.
#[divan::bench(args = [1, 5, 50])]
fn count_distribution_of_segments(bencher: Bencher<'_, '_>, segments: u64) {
    let group = |i: u64| Group { n: 10_000 / segments, p: 0.02 + 0.9 * i as f64 / segments as f64 };
    let groups: Vec<Group> = (0..segments).map(group).collect();
    bencher.bench_local(|| CountDistribution::sum_of(black_box(&groups)));
}

/// The least of several timings, seconds: what else runs on the machine only adds.
fn least(times: usize, work: impl Fn()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..times).map(time).fold(f64::INFINITY, f64::min)
}

/// What the benchmarks are for: promises, with what was measured in this run.
fn promises() {
    let simulate = |family: &Family, runs: u64, curves| least(15, || drop(black_box(runs_of(family, runs, curves))));
    let nanoseconds = |family: &Family, runs: u64, curves| {
        simulate(family, runs, curves) * 1e9 / (runs * family.centre().orgs()) as f64
    };
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut draws = || (0..1_000_000).fold(0, |all, _| all ^ generator.next_u64());
    let draw = (0..7)
        .map(|_| {
            let start = Instant::now();
            black_box(draws());
            start.elapsed().as_secs_f64() * 1e3
        })
        .fold(f64::INFINITY, f64::min);
    println!("\nIn this run, on one core; one xoshiro256++ draw took {draw:.2} ns.");
    let headline = nanoseconds(&sweep(2_500), 10_000, Curves::None);
    let curves = nanoseconds(&flagship(2_500), 10_000, Curves::Means);
    let every = nanoseconds(&every_rule(2_500), 2_000, Curves::None);
    println!(
        "headline of 101 rates:        {headline:.1} ns per org and run ({:.1} draws; asked: 6 ns)",
        headline / draw
    );
    println!("hourly curves of six rates:   {curves:.1} ns per org and run ({:.1} draws; asked: 12 ns)", curves / draw);
    println!("every rule, headline:         {every:.1} ns per org and run ({:.1} draws; asked: 60 ns)", every / draw);

    let cost = |number| simulate(&flagship(number), 400, Curves::Means);
    println!("10,000,000 / 10,000 orgs, with curves: {:.2} (asked: at most 2)", cost(10_000_000) / cost(10_000));
    let cost = |number| simulate(&sweep(number), 400, Curves::None);
    println!("10,000,000 / 10,000 orgs, headline of 101 rates: {:.2}", cost(10_000_000) / cost(10_000));

    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
    let family = sweep(2_500);
    let [one, both] = [simulate(&family, 8_000, Curves::None), two.install(|| simulate(&family, 8_000, Curves::None))];
    println!("one core / two cores:         {:.2} (2 is all there is)", one / both);

    let exact = |number| {
        let family = sweep(number);
        least(5, || drop(black_box(exact::measures(&family))))
    };
    let (of_2500, of_a_million) = (exact(2_500), exact(1_000_000));
    println!(
        "exact sweep of 101 rates:     {:.0} ms; 1,000,000 / 2,500 orgs: {:.2}",
        of_2500 * 1e3,
        of_a_million / of_2500
    );
}
