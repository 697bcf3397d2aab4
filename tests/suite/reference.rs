//! The exact engine against an independent program: `tests/reference/ref.py`, a plain simulation in Python (3.11, numpy) by
//! another hand, written from the model's text alone. Its figures, 300,000 orgs for each rate, stand beside the scenarios;
//! `python ref.py sNN.toml --orgs 300000 --seed 1` makes them again.
//!
//! About 700 means are compared within 4.5 of the reference's standard errors: by chance one suite in 200 would fail, but both
//! sides are fixed.

use cutover::engine::exact;
use cutover::engine::simulate::{self, Curves};
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
    for cause in Cause::ALL.into_iter().filter(|cause| !theirs["by_cause"][cause.key()].is_null()) {
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

/// `tests/reference/policies/policies.py`, by another hand, written from the text of the policies alone: every key of them in 36 scenarios, a million
/// orgs for each rate; `python policies.py p01.toml --orgs 1000000 --seed 2` makes the figures again. With a guard it simulates 4,000 whole rollouts.
///
/// About 1,000 means are compared within 4.5 standard errors, as above.
#[test]
fn both_engines_agree_with_the_independent_reference_on_every_policy() {
    let folder = folder().join("policies");
    let (mut faults, mut compared) = (Vec::new(), 0);
    for number in 1..=36 {
        let name = format!("p{number:02}");
        let scenario = scenario::load(&folder.join(format!("{name}.toml")), &[])
            .unwrap_or_else(|error| panic!("{name}:\n{error}"));
        let figures = std::fs::read_to_string(folder.join(format!("{name}.json"))).expect("the figures");
        let figures: Value = serde_json::from_str(&figures).expect("JSON");
        let plan = scenario.family.centre();
        let (orgs, sample) = (plan.orgs() as f64, figures["orgs_simulated_per_uptake"].as_f64().expect("the sample"));
        let measures = match plan.guard() {
            None => exact::measures(&scenario.family).expect("all is known"),
            Some(_) => {
                assert!(exact::measures(&scenario.family).is_err(), "{name}: a guard is not followed exactly");
                let tally = simulate::simulate(&scenario.family, 1, 0..600, Curves::None, &|_| ());
                simulate::measures(plan, &tally.expect("nothing contradicts"))
            }
        };
        for (measures, theirs) in measures.iter().zip(figures["uptakes"].as_array().expect("rates")) {
            let name = format!("{name} at {}", theirs["uptake"]);
            compared += match plan.guard() {
                None => {
                    compare(measures, theirs, orgs, sample, &name, &mut faults)
                        + compare_policies(plan, measures, theirs, sample, &name, &mut faults)
                }
                Some(_) => compare_guarded(measures, theirs, orgs, &name, &mut faults),
            };
        }
    }
    assert!(compared > 1000, "only {compared} means were compared");
    assert!(faults.is_empty(), "{} of {compared} differ:\n{}", faults.len(), faults.join("\n"));
}

/// What policies report beside the rest: disruptions, checkpoints, the curve every other day.
fn compare_policies(
    plan: &cutover::plan::Plan,
    measures: &Measures,
    theirs: &Value,
    sample: f64,
    name: &str,
    faults: &mut Vec<String>,
) -> usize {
    let orgs = plan.orgs() as f64;
    let mut compared = 0;
    let mut check = |what: String, ours: f64, theirs: &Value| {
        compared += 1;
        let z = standard_errors(ours, theirs, sample);
        if z > STANDARD_ERRORS {
            faults.push(format!("{name}: {what} is {ours:.6}, {z:.1} standard errors from {theirs}"));
        }
    };
    let disrupted = measures.disrupted_by_deadline.as_ref().map_or(0.0, |quantity| quantity.mean / orgs);
    check("disrupted_by_deadline".to_owned(), disrupted, &theirs["disrupted_by_deadline"]);
    let none = Vec::new();
    let checkpoints = theirs["checkpoints"].as_array().unwrap_or(&none);
    assert_eq!(checkpoints.len(), measures.checkpoints.len(), "{name}: checkpoints");
    for ((ours, theirs), checkpoint) in measures.checkpoints.iter().zip(checkpoints).zip(plan.checkpoints()) {
        check(format!("failed by {}", checkpoint.name), ours.failed.mean / orgs, &theirs["failed"]);
        check(format!("down at {}", checkpoint.name), ours.down.mean / orgs, &theirs["down"]);
    }
    let hours = plan.curve_hours();
    for point in theirs["curve"].as_array().unwrap_or(&none) {
        let hour = point["hours"].as_f64().expect("an hour");
        let Some(place) = hours.iter().position(|at| *at == hour) else { continue };
        check(format!("failed by hour {hour}"), measures.failed_curve[place].mean / orgs, &point["failed"]);
        check(format!("down at hour {hour}"), measures.down_curve[place].mean / orgs, &point["down"]);
    }
    compared
}

/// Simulated on both sides: whole rollouts, so that standard errors add up as those of independent means.
fn compare_guarded(measures: &Measures, theirs: &Value, orgs: f64, name: &str, faults: &mut Vec<String>) -> usize {
    let guard = measures.guard.as_ref().expect("a guard");
    let mut compared = 0;
    let mut check = |what: &str, ours: f64, own_error: f64, mean: &Value, error: f64| {
        compared += 1;
        let mean = mean.as_f64().expect("a mean");
        // A share that was never or always seen in 600 or 4,000 rollouts may be off by one of them.
        let error = (own_error * own_error + error * error).sqrt().max(1.0 / 600.0 / 4.5);
        let z = (ours - mean).abs() / error;
        if z > STANDARD_ERRORS {
            faults.push(format!("{name}: {what} is {ours:.6}, {z:.1} standard errors from {mean}"));
        }
    };
    let error = |of: &Value| of.as_f64().unwrap_or(0.0);
    let reference = &theirs["guard"];
    let stopped = guard.stopped;
    check("stopped", stopped.mean, stopped.se.unwrap_or(0.0), &reference["stopped"], error(&reference["stopped_se"]));
    for (place, chance) in guard.by_check.iter().enumerate() {
        let their_error = error(&reference["by_check_se"][place]);
        check("a check", chance.mean, chance.se.unwrap_or(0.0), &reference["by_check"][place], their_error);
    }
    let unguarded = &reference["unguarded"];
    for (what, guarded, without) in [
        ("failed_by_deadline", &measures.failed_by_deadline, &guard.unguarded[0]),
        ("down_at_deadline", &measures.down_at_deadline, &guard.unguarded[1]),
        ("failed_by_horizon", &measures.failed_by_horizon, &guard.unguarded[2]),
    ] {
        for (quantity, theirs) in [(guarded, &theirs[what]), (without, &unguarded[what])] {
            let own_error = quantity.se.unwrap_or(0.0) / orgs;
            check(what, quantity.mean / orgs, own_error, &theirs["mean"], error(&theirs["se"]));
        }
    }
    compared
}
