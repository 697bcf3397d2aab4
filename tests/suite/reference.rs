//! The exact engine against an independent program: `tests/reference/ref.py`, a plain simulation in Python (3.11, numpy) by
//! another hand, written from the model's text alone. Its figures, 300,000 orgs for each rate, stand beside the scenarios;
//! `python ref.py sNN.toml --orgs 300000 --seed 1` makes them again.
//!
//! About 700 means are compared within 4.5 of the reference's standard errors: by chance one suite in 200 would fail, but both
//! sides are fixed.

use cutover::engine::exact;
use cutover::plan::Cause;
use cutover::results::Measures;
use cutover::scenario;
use serde_json::Value;
use std::path::{Path, PathBuf};

const STANDARD_ERRORS: f64 = 4.5;

/// Figures of the reference are rounded to seven decimals, those of the engine good to 1e-5.
const ROUNDING: f64 = 1.1e-5;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

/// The difference in standard errors; a mean that never varied in the reference has those of one org in its sample.
fn standard_errors(ours: f64, theirs: &Value, sample: f64) -> f64 {
    let mean = theirs["mean"].as_f64().expect("a mean");
    let se =
        theirs["se"].as_f64().expect("a standard error").max((ours * (1.0 - ours)).max(0.0).sqrt() / sample.sqrt());
    let difference = ((ours - mean).abs() - ROUNDING).max(0.0);
    if difference == 0.0 { 0.0 } else { difference / se.max(1.0 / sample) }
}

fn compare(measures: &Measures, theirs: &Value, orgs: f64, sample: f64, name: &str, faults: &mut Vec<String>) -> usize {
    let mut compared = 0;
    let mut check = |what: String, ours: f64, theirs: &Value, sample: f64| {
        compared += 1;
        let z = standard_errors(ours, theirs, sample);
        if z > STANDARD_ERRORS {
            faults.push(format!("{name}: {what} is {ours:.6}, {z:.1} standard errors from {theirs}"));
        }
    };
    for (what, quantity) in [
        ("failed_by_deadline", &measures.failed_by_deadline),
        ("down_at_deadline", &measures.down_at_deadline),
        ("failed_by_horizon", &measures.failed_by_horizon),
    ] {
        check(what.to_owned(), quantity.mean / orgs, &theirs[what], sample);
    }
    for cause in Cause::ALL {
        check(cause.key().to_owned(), measures.cause(cause).mean / orgs, &theirs["by_cause"][cause.key()], sample);
    }
    for segment in &measures.by_segment {
        let theirs = &theirs["by_segment"][&segment.id];
        if theirs.is_null() {
            continue;
        }
        let (own, sample) = (segment.orgs as f64, sample * segment.orgs as f64 / orgs);
        check(
            format!("segment {}", segment.id),
            segment.failed_by_deadline.mean / own,
            &theirs["failed_by_deadline"],
            sample,
        );
        check(
            format!("segment {} down", segment.id),
            segment.down_at_deadline.mean / own,
            &theirs["down_at_deadline"],
            sample,
        );
    }
    compared
}

#[test]
fn the_exact_engine_agrees_with_the_independent_reference_on_every_rule() {
    let mut faults = Vec::new();
    let mut compared = 0;
    for number in 1..=21 {
        let name = format!("s{number:02}");
        let path = folder().join(format!("{name}.toml"));
        let scenario = scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{name}:\n{error}"));
        let figures = std::fs::read_to_string(folder().join(format!("{name}.json"))).expect("the figures");
        let figures: Value = serde_json::from_str(&figures).expect("JSON");
        let sample = figures["orgs_simulated_per_uptake"].as_f64().expect("the sample");
        let orgs = scenario.family.centre().orgs() as f64;
        assert_eq!(figures["orgs"].as_f64(), Some(orgs), "{name}: orgs");
        let measures = exact::measures(&scenario.family).expect("all is known");
        for (measures, theirs) in measures.iter().zip(figures["uptakes"].as_array().expect("rates")) {
            let name = format!("{name} at {}", theirs["uptake"]);
            compared += compare(measures, theirs, orgs, sample, &name, &mut faults);
        }
    }
    assert!(compared > 600, "only {compared} means were compared");
    assert!(faults.is_empty(), "{} of {compared} differ:\n{}", faults.len(), faults.join("\n"));
}
