//! The fast simulation against a plain one with the same luck: the same counts, org for org, on every scenario of the project and
//! every reference case; and the same bytes for any number of threads.

mod plain;

use cutover::engine::simulate::{self, Curves};
use cutover::plan::{Family, Plan};
use cutover::results::Measures;
use cutover::scenario;
use std::path::{Path, PathBuf};

/// Runs compared with the plain one, which is slow.
const RUNS: u64 = 3;
/// Orgs that are enough of a large population.
const ORGS: u64 = 600;

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files =
        |folder: &str| std::fs::read_dir(root.join(folder)).expect("a folder").map(|f| f.expect("a file").path());
    let mut all: Vec<PathBuf> =
        ["scenarios", "tests/reference", "tests/scenarios"].into_iter().flat_map(files).collect();
    all.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    all.sort();
    assert!(all.len() > 30, "{}", all.len());
    all
}

/// A family of a file, with few enough orgs for the plain simulation.
fn load(path: &Path) -> Family {
    let family = scenario::load(path, &[]).expect("valid").family;
    if family.centre().orgs() <= 4 * ORGS {
        return family;
    }
    scenario::load(path, &[format!("population.orgs={ORGS}")]).expect("valid").family
}

fn one_run(family: &Family, run: u64, curves: Curves) -> Vec<Measures> {
    let seed = family.centre().seed();
    let tally = simulate::simulate(family, seed, run..run + 1, curves, &|_| ()).expect("simulated");
    simulate::measures(family.centre(), &tally)
}

/// Compares one run at every rate.
fn assert_same(name: &str, plan: &Plan, run: u64, headline: &[Measures], by_hour: &[Measures]) {
    for (rate, (alone, all)) in headline.iter().zip(by_hour).enumerate() {
        let plain = plain::run(plan, plan.seed(), run, rate);
        let at = format!("{name}, run {run}, rate {rate}");
        for measures in [alone, all] {
            assert_eq!(
                measures.failed_by_deadline.mean, plain.failed_by_deadline as f64,
                "{at}: failed by the deadline"
            );
            assert_eq!(measures.down_at_deadline.mean, plain.down_at_deadline as f64, "{at}: down");
            assert_eq!(measures.failed_by_horizon.mean, plain.failed_by_horizon as f64, "{at}: failed by the horizon");
            let causes = measures.by_cause.each_ref().map(|m| m.mean);
            assert_eq!(causes, plain.by_cause.map(|c| c as f64), "{at}: causes");
            let segments: Vec<f64> = measures.by_segment.iter().map(|s| s.failed_by_deadline.mean).collect();
            assert_eq!(segments, plain.by_segment.iter().map(|c| *c as f64).collect::<Vec<_>>(), "{at}: segments");
        }
        let curve = |points: &[cutover::results::CurvePoint]| points.iter().map(|p| p.mean as u64).collect::<Vec<_>>();
        assert_eq!(curve(&all.failed_curve), plain.failed, "{at}: failed by the hour");
        assert_eq!(curve(&all.down_curve), plain.down, "{at}: down by the hour");
        assert!(alone.failed_curve.is_empty(), "no curve was asked for");
    }
}

#[test]
fn the_fast_simulation_counts_what_the_plain_one_does() {
    for path in scenarios() {
        let family = load(&path);
        let plans = family.possible_plans(0).expect("possible").plans;
        for run in 0..RUNS {
            let plan = &plans[(run % plans.len() as u64) as usize];
            let (headline, by_hour) = (one_run(&family, run, Curves::None), one_run(&family, run, Curves::Means));
            assert_same(&path.display().to_string(), plan, run, &headline, &by_hour);
        }
    }
}

/// Batches of runs that are summed before they are squared give the means of the runs one by one.
#[test]
fn curves_of_a_batch_are_the_sum_of_its_runs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    let family = scenario::load(&path, &["population.orgs=100".to_owned()]).expect("valid").family;
    let runs = 2 * cutover::stats::estimate::BATCH + 3;
    let tally =
        simulate::simulate(&family, family.centre().seed(), 0..runs, Curves::Means, &|_| ()).expect("simulated");
    let together = simulate::measures(family.centre(), &tally);
    let single: Vec<_> = (0..runs).map(|run| one_run(&family, run, Curves::Means)).collect();
    for (rate, measures) in together.iter().enumerate() {
        for (hour, point) in measures.down_curve.iter().enumerate() {
            let sum: f64 = single.iter().map(|run| run[rate].down_curve[hour].mean).sum();
            assert!((point.mean - sum / runs as f64).abs() < 1e-9, "rate {rate}, hour {hour}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/not-known.toml");
    let family = scenario::load(&path, &["population.orgs=200".to_owned()]).expect("valid").family;
    let with = |threads: usize, curves: Curves| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let tally = pool.install(|| simulate::simulate(&family, 3, 0..333, curves, &|_| ())).expect("simulated");
        simulate::measures(family.centre(), &tally)
    };
    for curves in [Curves::None, Curves::Means, Curves::Percentiles] {
        assert_eq!(with(1, curves), with(2, curves));
        assert_eq!(with(1, curves), with(5, curves));
    }
}
