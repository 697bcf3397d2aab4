//! Sensitivity of scenarios as files give them, against closed forms.

use super::*;
use crate::plan::Movements;
use crate::plan::sample::Sample;
use crate::plan::{Movable, Stop};
use crate::scenario::{self, Vary};

fn flagship(changes: &[&str], vary: &[(&str, &str)]) -> Reading {
    let text = include_str!("../../../scenarios/pkce-may-2026.toml");
    reading(text, changes, vary)
}

fn reading(text: &str, changes: &[&str], vary: &[(&str, &str)]) -> Reading {
    let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
    let scenario = scenario::parse("plan.toml", text, &changes, &|_| Err("no file".to_owned())).expect("valid");
    let vary: Vec<Vary> =
        vary.iter().map(|(key, range)| Vary { key: (*key).to_owned(), range: Some((*range).to_owned()) }).collect();
    Reading { name: "flagship".to_owned(), movements: scenario.movements(&vary).expect("it moves") }
}

fn request(rows: usize) -> SensitivityRequest {
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    SensitivityRequest { counted: Counted::FailedByDeadline, rows, has_unknowns: false, seed: 3, provenance }
}

fn of<'s>(found: &'s Sensitivity, key: &str) -> &'s MovedAssumption {
    found.assumptions.iter().find(|a| a.key == key).expect("it moves")
}

/// The flagship's closed form: 2500 (69 - 38.5 u) / 1399 orgs, times `required`. The exact engine is off by at most 0.25 orgs.
#[test]
fn swings_are_those_of_the_closed_form() {
    let found = sensitivity(&[flagship(&["reconnect.uptake=0.5"], &[])], &request(0), &|_| ()).expect("it answers");
    let mean = |u: f64, required: f64| 2500.0 * required * (69.0 - 38.5 * u) / 1399.0;
    assert!((found.answer - mean(0.5, 1.0)).abs() < 0.25, "{}", found.answer);
    let [low, high] = of(&found, "reconnect.uptake").ends();
    assert!((low - mean(0.731_059, 1.0)).abs() < 0.25 && (high - mean(0.268_941, 1.0)).abs() < 0.25);
    let [low, high] = of(&found, "event.pkce.reauthorization.required").ends();
    assert!((low - mean(0.5, 0.95)).abs() < 0.25 && (high - mean(0.5, 1.0)).abs() < 0.25);
    // Nothing that moves recovery moves what has failed.
    assert_eq!(of(&found, "recovery.after.lognormal.median").swing(), 0.0);
}

/// `Y = r (69 - 38.5 u)` with both uniform on 0-1: `V_r = (69 - 19.25)² / 12`, `V_u = 38.5² / 4 / 12`, `V_ru = 38.5² / 144`. The
/// intervals hold the exact shares; at 256 rows they are wider than the sequence's error by far, so a false alarm needs another
/// generator.
#[test]
fn indices_are_those_of_the_closed_form() {
    let stop = |at: f64| Stop { at, words: at.to_string() };
    let movable = |key: &str| Movable {
        key: key.to_owned(),
        given: String::new(),
        at: 0.5,
        kind: MoveKind::Range,
        stops: vec![stop(0.0), stop(1.0)],
    };
    let plan_at = |point: &[f64]| {
        let change = |s: &mut Sample| {
            s.segment.controls.reauthorization[0].required = point[0];
            s.uptakes = vec![point[1]];
        };
        Ok(Sample::flagship().with(change).plan())
    };
    let movements = Movements::new(vec![movable("required"), movable("uptake")], Box::new(plan_at));
    let readings = [Reading { name: "flagship".to_owned(), movements }];
    let found = sensitivity(&readings, &request(256), &|_| ()).expect("it answers");
    let (v_r, v_u, v_ru) = (49.75_f64.powi(2) / 12.0, 38.5_f64.powi(2) / 48.0, 38.5_f64.powi(2) / 144.0);
    let v = v_r + v_u + v_ru;
    for (key, own) in [("required", v_r), ("uptake", v_u)] {
        let indices = of(&found, key).indices.expect("it varies");
        for (got, want) in [(indices.first, own / v), (indices.total, (own + v_ru) / v)] {
            assert!((got.low..=got.high).contains(&want), "{key}: {got:?}, not {want}");
            assert!((got.value - want).abs() < 0.02, "{key}: {got:?}, not {want}");
        }
    }
    let together = found.together.expect("it varies");
    assert!((together.mean - 2500.0 / 1399.0 * 0.5 * 49.75).abs() < 1.0, "{together:?}");
    assert!((together.sd / (2500.0 / 1399.0 * v.sqrt()) - 1.0).abs() < 0.02, "{together:?}");
}

/// Keys of a file in another order: the same numbers to the last digit.
#[test]
fn the_order_of_keys_in_the_file_changes_no_number() {
    let text = include_str!("../../../scenarios/pkce-may-2026.toml");
    let at = |header: &str| text.find(header).expect("there");
    let (events, milestone) = (at("[[event]]"), at("[[milestone]]"));
    let (reconnect, second) = (at("[reconnect]"), events + 1 + text[events + 1..].find("[[event]]").expect("two"));
    // Events the other way round, and the last tables before them.
    let moved = [
        &text[..events],
        &text[reconnect..],
        "\n",
        &text[second..milestone],
        &text[events..second],
        &text[milestone..reconnect],
    ];
    let moved = moved.concat();
    let uptake = ["reconnect.uptake=0.5"];
    let ask = |text: &str| sensitivity(&[reading(text, &uptake, &[])], &request(24), &|_| ()).expect("it answers");
    let (one, other) = (ask(text), ask(&moved));
    assert_eq!(one.assumptions, other.assumptions);
    assert_eq!((one.answer, one.together), (other.answer, other.together));
}

/// A refresh a day or none for 1,400 hours: the reading is nearly all, and its swing is that between the two files' answers.
#[test]
fn a_reading_is_an_assumption_like_any_other() {
    let changes = ["reconnect.uptake=0.5"];
    let daily = include_str!("../../../scenarios/daily-refresh.toml");
    let readings = [flagship(&changes, &[]), reading(daily, &changes, &[])];
    let found = sensitivity(&readings, &request(48), &|_| ()).expect("it answers");
    let reading = &found.assumptions[0];
    assert_eq!((reading.key.as_str(), reading.kind), (cube::READING, MoveKind::Reading));
    // 88.9 of the flagship; of daily refreshes about 90.7 % of 2,500.
    assert!((reading.ends()[0] - 88.9).abs() < 0.3 && (reading.ends()[1] / 2500.0 - 0.907).abs() < 0.002);
    assert!(reading.indices.expect("it varies").first.low > 0.5);
}

#[test]
fn the_same_question_gets_the_same_answer_twice() {
    let ask = || sensitivity(&[flagship(&["reconnect.uptake=0.5"], &[])], &request(16), &|_| ()).expect("it answers");
    assert_eq!(ask(), ask());
}
