//! What a decision costs: the headline by itself, beside everything that a run reports; evaluations per second.

use cutover::engine::exact::{self, SolvedSegments, Sweep};
use cutover::plan::Family;
use cutover::results::Counted;
use cutover::scenario;
use cutover::stats::sobol_indices::BaseSample;
use divan::{Bencher, black_box};
use std::path::Path;
use std::time::Instant;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    divan::main();
    rates();
    sensitivity_rows();
}

const SCENARIOS: [&str; 5] = ["pkce-may-2026", "four-regions", "interval-log-uniform", "rotation-races", "not-known"];

fn load(name: &str) -> Family {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
    scenario::load(&path, &[]).expect("valid").family
}

#[divan::bench(args = SCENARIOS, sample_count = 5)]
fn headline_of_all_rates(bencher: Bencher<'_, '_>, name: &str) {
    let family = load(name);
    bencher.bench_local(|| exact::headline(black_box(&family)));
}

#[divan::bench(args = SCENARIOS, sample_count = 5)]
fn sweep_to_the_deadline(bencher: Bencher<'_, '_>, name: &str) {
    let family = load(name);
    bencher.bench_local(|| Sweep::new(black_box(&family), Counted::FailedByDeadline).map(|s| s.mean(0.5)));
}

#[divan::bench(args = SCENARIOS, sample_count = 20)]
fn chance_at_one_more_rate(bencher: Bencher<'_, '_>, name: &str) {
    let family = load(name);
    let sweep = Sweep::new(&family, Counted::FailedByDeadline).expect("it answers");
    bencher.bench_local(|| sweep.chance_at_most(black_box(0.51), Some(100)));
}

/// How often a second can be asked, by the least of some timings; and how much dearer all measures are.
fn rates() {
    println!("\nEvaluations per second, on one core; in brackets, how many times dearer all measures are.");
    for name in SCENARIOS {
        let family = load(name);
        let least = |work: &dyn Fn()| {
            let time = |_| {
                let start = Instant::now();
                work();
                start.elapsed().as_secs_f64()
            };
            (0..3).map(time).fold(f64::INFINITY, f64::min)
        };
        let whole = least(&|| drop(black_box(exact::measures(&family))));
        let headline = least(&|| drop(black_box(exact::headline(&family))));
        let solve = |counted| Sweep::new(&family, counted).map(|s| s.mean(0.5));
        let deadline = least(&|| drop(black_box(solve(Counted::FailedByDeadline))));
        let sweep = Sweep::new(&family, Counted::FailedByDeadline).expect("it answers");
        let again = least(&|| {
            black_box(sweep.chance_at_most(0.51, Some(100)));
        });
        let figure = |seconds: f64| format!("{:.3e} ({:.0}x)", 1.0 / seconds, whole / seconds);
        println!(
            "{name:22} headline {:18} mean by the deadline {:18} one more rate {}",
            figure(headline),
            figure(deadline),
            figure(again)
        );
    }
}

/// Plans a second in a sensitivity analysis, all assumptions moving: a row shares the lives of those plans in which only who acts
/// differs. In brackets, how many times dearer the same plans are one by one.
fn sensitivity_rows() {
    println!("\nSensitivity: plans per second, on one core; in brackets, how many times dearer they are one by one.");
    for name in ["pkce-may-2026", "four-regions"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
        let scenario = scenario::load(&path, &["reconnect.uptake=[0.5]".to_owned()]).expect("valid");
        let movements = scenario.movements(&[]).expect("it moves");
        let inputs = movements.assumptions().len();
        let sample = BaseSample::new(32, inputs, 1);
        let row = |row: usize| {
            let mixed = (0..inputs).map(|input| sample.mixed(row, input));
            let points: Vec<Vec<f64>> =
                [sample.a[row].clone(), sample.b[row].clone()].into_iter().chain(mixed).collect();
            points.iter().map(|point| movements.plan_at(point).expect("it makes sense")).collect::<Vec<_>>()
        };
        let rows: Vec<_> = (0..32).map(row).collect();
        let timed = |work: &dyn Fn()| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        };
        let shared = timed(&|| {
            for plans in &rows {
                let mut lives = SolvedSegments::new(Counted::FailedByDeadline);
                plans.iter().for_each(|plan| {
                    let _ = black_box(lives.mean(plan));
                });
            }
        });
        let alone = timed(&|| {
            for plan in rows.iter().flatten() {
                let _ = black_box(exact::means_of(plan, Counted::FailedByDeadline));
            }
        });
        let plans = (32 * (inputs + 2)) as f64;
        println!("{name:22} {inputs} assumptions {:.3e} ({:.1}x)", plans / shared, alone / shared);
    }
}
