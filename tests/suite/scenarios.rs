//! Every shipped scenario: it says what question it answers, it runs, both engines agree, and the known answers hold.

use cutover::decision::{Request, project};
use cutover::results::{Projection, Provenance};
use cutover::scenario;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn shipped() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the scenarios");
    let files = entries.map(|e| e.expect("an entry").path());
    let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn run(path: &Path, runs: u64) -> Projection {
    let scenario = scenario::load(path, &[format!("runs={runs}")]).unwrap_or_else(|error| panic!("{error}"));
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    project(&scenario.family, provenance, Request::default(), &|_| ()).expect("it runs")
}

#[test]
fn every_scenario_begins_with_the_question_it_answers() {
    let files = shipped();
    assert!(files.len() >= 9);
    for path in files {
        let text = std::fs::read_to_string(&path).expect("text");
        let comment: String = text.lines().take_while(|l| l.starts_with('#')).collect();
        assert!(comment.contains('?'), "{} asks no question", path.display());
    }
}

/// Each at a false-alarm rate of one in 1,000; with nine scenarios and a fixed seed.
#[test]
fn every_scenario_runs_and_both_engines_agree() {
    for path in shipped() {
        let projection = run(&path, 200);
        let agreement = projection.agreement.expect("both engines answer");
        assert!(
            agreement.holds(),
            "{}: {} by {:.1} (limit {:.1})",
            path.display(),
            agreement.worst,
            agreement.worst_z,
            agreement.limit_z
        );
    }
}

/// The figures of the model's page: shares failed by the deadline when nobody acts, and at one half where it is given.
#[test]
fn the_readings_give_the_known_answers() {
    for (name, rate, share, tolerance) in [
        ("pkce-may-2026", 0, 0.049_321, 1e-6),
        ("pkce-may-2026", 2, 0.035_561, 1e-6),
        ("pkce-may-2026", 5, 0.021_801, 1e-6),
        ("interval-unknown", 0, 0.115, 6e-4),
        ("interval-log-uniform", 0, 0.233, 6e-4),
        ("daily-refresh", 0, 1.0, 1e-9),
        ("daily-refresh", 2, 0.907, 5e-4),
        ("no-effect", 0, 0.0, 0.0),
        ("heartbeat-gap", 0, 0.049_321, 1e-6),
        ("timeout-retroactive", 0, 0.655, 5e-4),
    ] {
        let projection = run(&folder().join(name).with_extension("toml"), 1);
        let exact = projection.uptakes[rate].exact.as_ref().expect("the exact engine answers");
        let got = exact.failed_by_deadline.mean / 2500.0;
        assert!((got - share).abs() <= tolerance, "{name}, rate {rate}: {got} is not {share}");
    }
}
