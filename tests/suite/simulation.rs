//! The fast simulation against a plain one with the same random numbers: the same counts, org for org, on every scenario of the project and
//! every reference case; and the same bytes for any number of threads.

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
        ["scenarios", "tests/reference", "tests/scenarios", "tests/simulation"].into_iter().flat_map(files).collect();
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
fn assert_same(name: &str, plan: &Plan, hours: &[f64], run: u64, headline: &[Measures], by_hour: &[Measures]) {
    for (rate, (alone, all)) in headline.iter().zip(by_hour).enumerate() {
        let plain = simulate::plain::run(plan, hours, plan.seed(), run, rate);
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
        // Under policies there is no other path than the rules themselves.
        if family.centre().segments().iter().any(|segment| segment.policies.is_some()) {
            continue;
        }
        let plans = family.possible_plans(0).expect("possible").plans;
        for run in 0..RUNS {
            let plan = &plans[(run % plans.len() as u64) as usize];
            let (headline, by_hour) = (one_run(&family, run, Curves::None), one_run(&family, run, Curves::Means));
            assert_same(&path.display().to_string(), plan, &family.centre().curve_hours(), run, &headline, &by_hour);
        }
    }
}

/// Compares so many runs of a family whose horizon is not known, each of a plan of its own.
fn assert_same_at_unknown_horizons(file: &str, changes: &[&str], runs: u64) {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    let family = scenario::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file), &changes).expect("valid").family;
    let (plans, hours) = (family.possible_plans(0).expect("possible").plans, family.centre().curve_hours());
    for run in 0..runs {
        let plan = &plans[run as usize];
        let (headline, by_hour) = (one_run(&family, run, Curves::None), one_run(&family, run, Curves::Means));
        assert_same(&format!("{file}, unknown horizon"), plan, &hours, run, &headline, &by_hour);
    }
}

/// A possible plan may end before or after the curve that is reported, which goes to the median of the horizon.
#[test]
fn an_unknown_horizon_counts_what_the_plain_simulation_does() {
    let horizon = "horizon={uniform=[\"2026-06-01 00:00\", \"2026-06-30 00:00\"]}";
    assert_same_at_unknown_horizons("scenarios/pkce-may-2026.toml", &[horizon, "population.orgs=300"], 8);
}

/// The last hour before the horizon of a possible plan, which the reported curve goes beyond: all fail in it and recover within minutes,
/// unless it is over before.
#[test]
fn an_unknown_horizon_within_an_hour_counts_what_the_plain_simulation_does() {
    let horizon = "horizon={uniform=[\"2026-05-05 10:30\", \"2026-05-05 11:45\"]}";
    assert_same_at_unknown_horizons("tests/simulation/half-an-hour-left.toml", &[horizon], 40);
}

/// Orgs are taken in blocks: what is left over goes on to the next, and the last is cut off.
#[test]
fn orgs_of_several_blocks_are_counted_as_the_plain_simulation_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    for changes in [
        vec!["population.orgs=2148"],
        // Nearly all fail by the deadline; nearly none by the horizon; at the hour of a whole one or between.
        vec!["population.orgs=3172", "deadline=2026-06-29 00:00"],
        vec!["population.orgs=3172", "horizon=2026-05-11 00:30"],
        vec!["population.orgs=1025", "horizon=2026-06-01 00:20", "refresh.interval=60d"],
        // Some refresh twice before it is in force.
        vec!["population.orgs=2500", "refresh.interval=5d"],
    ] {
        let name = format!("{changes:?}");
        let changes: Vec<String> = changes.into_iter().map(str::to_owned).collect();
        let family = scenario::load(&path, &changes).expect("valid").family;
        for run in 0..2 {
            let (headline, by_hour) = (one_run(&family, run, Curves::None), one_run(&family, run, Curves::Means));
            let plan = family.centre();
            assert_same(&name, plan, &plan.curve_hours(), run, &headline, &by_hour);
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

/// Means over runs with their standard errors, by name.
fn means(family: &Family, measures: &[Measures]) -> Vec<(String, f64, f64)> {
    let mut all = Vec::new();
    for (rate, m) in measures.iter().enumerate() {
        let mut note = |what: String, mean: f64, se: Option<f64>| {
            all.push((format!("rate {rate}: {what}"), mean, se.expect("many runs")));
        };
        let headline = [&m.failed_by_deadline, &m.down_at_deadline, &m.failed_by_horizon];
        for (q, what) in headline.iter().zip(["failed by the deadline", "down at it", "failed by the horizon"]) {
            note(what.to_owned(), q.mean, q.se);
        }
        m.by_cause.iter().enumerate().for_each(|(cause, c)| note(format!("cause {cause}"), c.mean, c.se));
        for s in &m.by_segment {
            note(format!("segment {}", s.name), s.failed_by_deadline.mean, s.failed_by_deadline.se);
            note(format!("segment {}, down", s.name), s.down_at_deadline.mean, s.down_at_deadline.se);
        }
        let hours = family.centre().curve_hours();
        for hour in (0..hours.len()).step_by(29) {
            note(format!("failed by hour {hour}"), m.failed_curve[hour].mean, m.failed_curve[hour].se);
            note(format!("down at hour {hour}"), m.down_curve[hour].mean, m.down_curve[hour].se);
        }
    }
    all
}

/// Drawn as counts, every reported number has the distribution it has when each org is followed: means within 5 joint standard
/// errors, standard errors within 5 of their own, and the distribution of the headline within 1.95 sqrt(2 / runs) everywhere
/// (Kolmogorov and Smirnov: exceeded once in 1,000). About 3,000 means are compared, so chance fails this test once in 400 seeds;
/// they are fixed.
#[test]
fn drawn_as_counts_everything_is_distributed_as_when_each_org_is_followed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runs = 3_000;
    for (name, changes) in [
        ("scenarios/pkce-may-2026.toml", vec!["population.orgs=300"]),
        ("scenarios/rotation-races.toml", vec!["population.orgs=250"]),
        ("tests/simulation/every-rule.toml", vec![]),
        ("tests/simulation/every-rule.toml", vec!["reconnect.correlation=0.3"]),
    ] {
        let changes: Vec<String> = changes.into_iter().map(str::to_owned).collect();
        let family = scenario::load(&root.join(name), &changes).expect("valid").family;
        let by = |most_followed: u64, seed: u64| {
            let tally = simulate::simulate_by(most_followed, &family, seed, 0..runs, Curves::Means, &|_| ());
            simulate::measures(family.centre(), &tally.expect("simulated"))
        };
        let (followed, drawn) = (by(u64::MAX, 1), by(0, 2));
        for ((what, a, a_se), (_, b, b_se)) in means(&family, &followed).into_iter().zip(means(&family, &drawn)) {
            let joint = (a_se * a_se + b_se * b_se).sqrt();
            // What is as good as certain comes out of the lattice to within its tolerance.
            let lattice = 1e-5 * family.centre().orgs() as f64;
            assert!(
                (a - b).abs() <= 5.0 * joint + lattice,
                "{name}, {what}: followed {a} ± {a_se}, drawn {b} ± {b_se}"
            );
            // A standard error from k runs or batches is itself known to one part in sqrt(2 k), where counts are not rare.
            let from = if what.contains("hour") { runs / cutover::stats::estimate::BATCH } else { runs };
            let allowed = 5.0 * (2.0 / (2.0 * from as f64)).sqrt();
            let rare = a.min(family.centre().orgs() as f64 - a) < 3.0;
            assert!(rare || (a_se / b_se - 1.0).abs() < allowed, "{name}, {what}: errors {a_se} and {b_se}");
        }
        let allowed = 1.95 * (2.0 / runs as f64).sqrt();
        for (rate, (a, b)) in followed.iter().zip(&drawn).enumerate() {
            let pairs = [
                (&a.failed_by_deadline, &b.failed_by_deadline),
                (&a.down_at_deadline, &b.down_at_deadline),
                (&a.failed_by_horizon, &b.failed_by_horizon),
            ];
            for (a, b) in pairs {
                let gap = |count| (a.distribution.cdf(count) - b.distribution.cdf(count)).abs();
                let worst = (0..=family.centre().orgs()).map(gap).fold(0.0, f64::max);
                assert!(worst <= allowed, "{name}, rate {rate}: {worst}");
            }
        }
    }
}

/// The switch goes by the number of orgs alone.
#[test]
fn large_segments_are_drawn_as_counts_and_small_ones_followed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    let family = scenario::load(&path, &["population.orgs=1000000".to_owned()]).expect("valid").family;
    let tally = simulate::simulate(&family, 1, 0..200, Curves::Means, &|_| ()).expect("simulated");
    let half = &simulate::measures(family.centre(), &tally)[2];
    // Binomial(10⁶, p) over 200 runs, p = 0.5 * 69 / 1399 + 0.5 * 30.5 / 1399: within 4 standard errors.
    let p = 0.5 * (69.0 + 30.5) / 1399.0;
    let se = (1e6 * p * (1.0 - p) / 200.0_f64).sqrt();
    assert!((half.failed_by_deadline.mean - 1e6 * p).abs() < 4.0 * se, "{}", half.failed_by_deadline.mean);
    assert!((half.failed_by_deadline.se.expect("runs") / se - 1.0).abs() < 0.2);
}
