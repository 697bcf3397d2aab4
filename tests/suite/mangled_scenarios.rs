//! Mangled scenarios never make the reader panic: random edits of two examples, and random changes to them.

use crate::support::mangled;
use cutover::scenario;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const FULL: &str = include_str!("../scenarios/full.toml");
const PLACES: &str = include_str!("../scenarios/places.toml");

/// What edits put in: bits of TOML, of the scenario's own language, and bytes that are neither.
const BITS: [&str; 35] = [
    "",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "\r\n",
    "\t",
    "#",
    "nan",
    "inf",
    "-",
    "1e999",
    "9999999999999999999999",
    "24:00",
    "2026-03-08 02:30",
    "日本",
    "\u{feff}",
    "é",
    "{ one_of = [",
    "{ uniform = [1, 2] }",
    "\"\"\"",
    "[[event]]",
    "\0",
    "0x",
    "share = 1\n",
    "\"36h\"",
    "\"GB-\"",
    "\"09-17\" = 0",
    "[\"2026-05-04\"]",
];

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

fn read(text: &str, changes: &[String]) {
    match scenario::parse("mangled.toml", text, changes, &|_| Err("no files here".to_owned())) {
        Ok(scenario) => {
            let quantiles = vec![0.9; scenario.family.unknowns().len()];
            let _ = scenario.family.plan_at(&quantiles);
        }
        Err(findings) => {
            assert!(findings.render(false).contains(" in mangled.toml"));
            assert!(!findings.render(true).is_empty());
        }
    }
}

#[test]
fn a_mangled_file_is_reported_and_never_a_panic() {
    for example in [FULL, PLACES] {
        let edits = prop::collection::vec((0..example.len(), 0..40_usize, 0..BITS.len()), 1..6);
        runner(1500)
            .run(&edits, |edits| {
                read(&mangled(example, &edits, &BITS), &[]);
                Ok(())
            })
            .expect("no panic");
    }
}

#[test]
fn a_mangled_change_is_reported_and_never_a_panic() {
    let keys = prop::sample::select(vec![
        "reconnect.uptake",
        "event.pkce.at",
        "segment.emea.share",
        "deadline",
        "recovery.after",
        "refresh.interval",
        "title",
        "event",
        "segment.emea",
        "population",
        "event.pkce.reauthorization",
        "reconnect.timing.half_life",
        "country",
        "segment.gulf.holidays",
        "working_days",
        "human_hours",
        "human_hours.weekday",
        "human_hours.weekend.08-20",
        "human_hours.weekend_days",
        "a.b",
        "",
    ]);
    let values = prop::collection::vec(0..BITS.len(), 0..5);
    runner(1500)
        .run(&(keys, values), |(key, bits)| {
            let value: String = bits.iter().map(|b| BITS[*b]).collect();
            read(FULL, &[format!("{key}={value}")]);
            read(PLACES, &[format!("{key}={value}")]);
            Ok(())
        })
        .expect("no panic");
}

#[test]
fn every_beginning_of_the_file_is_reported_and_never_a_panic() {
    for example in [FULL, PLACES] {
        for end in (0..example.len()).step_by(3).filter(|i| example.is_char_boundary(*i)) {
            read(&example[..end], &[]);
        }
    }
}
