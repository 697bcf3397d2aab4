//! Differences of the flagship, whose answer is known in closed form, and of scenarios with lines that must move together.

use super::*;
use crate::plan::sample::Sample;
use crate::scenario::{self, Between, Scenario};

fn scenario(changes: &[&str]) -> Scenario {
    let text = include_str!("../../../scenarios/pkce-may-2026.toml");
    let changes: Vec<String> = ["reconnect.uptake=0.5"].iter().chain(changes).map(|c| (*c).to_owned()).collect();
    scenario::parse("plan.toml", text, &changes, &|_| Err("no file".to_owned())).expect("valid")
}

fn provenance() -> Provenance {
    Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() }
}

fn between(a: &[&str], b: &[&str]) -> PlanDiff {
    let (first, second) = (scenario(a), scenario(b));
    let between = Between::new(&first, &second).expect("read");
    let found = ask(between.changes(), &|chosen| between.family(chosen));
    // The last combination is the second scenario.
    let last = between.family(&vec![true; between.changes().len()]).expect("valid");
    assert_eq!(last.centre().segments(), second.family.centre().segments());
    found
}

fn ask(changes: Vec<ChangedKey>, with: &WithChanges<'_>) -> PlanDiff {
    let provenance = [provenance(), provenance()];
    let plans = [false, true].map(|made| with(&vec![made; changes.len()]).expect("valid").centre().clone());
    diff(&DiffRequest { counted: Counted::FailedByDeadline, changes, with, plans, provenance }, &|_| ())
        .expect("it answers")
}

fn of<'d>(found: &'d PlanDiff, key: &str) -> &'d Part {
    found.parts.iter().find(|p| p.changes.iter().any(|c| c.key == key)).expect("it changed")
}

/// `n r (69 - 38.5 u) / 1399`: a product of three factors that go from a to a', b to b', c to c' gives the first
/// `(a' - a) (2 b c + 2 b' c' + b c' + b' c) / 6`, and so on by turns.
#[test]
fn contributions_are_those_of_the_closed_form_and_add_up() {
    let found =
        between(&[], &["population.orgs=1000", "event.pkce.reauthorization.required=0.4", "reconnect.uptake=0.9"]);
    let [n, r, m]: [[f64; 2]; 3] = [[2500.0, 1000.0], [1.0, 0.4], [0.5, 0.9].map(|u| (69.0 - 38.5 * u) / 1399.0)];
    let share = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        (a[1] - a[0]) * (2.0 * b[0] * c[0] + 2.0 * b[1] * c[1] + b[0] * c[1] + b[1] * c[0]) / 6.0
    };
    for (key, want) in [
        ("population.orgs", share(n, r, m)),
        ("event.pkce.reauthorization.required", share(r, n, m)),
        ("reconnect.uptake", share(m, n, r)),
    ] {
        let got = of(&found, key).contribution;
        // A mean is off by at most 0.25 orgs of 2,500.
        assert!((got - want).abs() < 0.25, "{key}: {got}, not {want}");
    }
    let sum: f64 = found.parts.iter().map(|p| p.contribution).sum();
    assert!((sum - found.difference()).abs() < 1e-9);
    assert!(found.parts.windows(2).all(|w| w[0].contribution.abs() >= w[1].contribution.abs()));
    assert_eq!((found.sampled, found.evaluations), (None, 8));
}

/// The delay of a recovery changes nothing of what has failed: exactly 0. Two alike changes get alike shares.
#[test]
fn a_line_without_effect_gets_nothing_and_two_alike_get_the_same() {
    let found = between(&[], &["recovery.after=\"20h\"", "reconnect.uptake=0.7"]);
    assert_eq!(of(&found, "recovery.after").contribution, 0.0);
    let keys = ["a", "b"].map(|key| ChangedKey { key: key.to_owned(), from: None, to: None });
    let with = |chosen: &[bool]| {
        let halved = chosen.iter().filter(|c| **c).count() as i32;
        let change = |s: &mut Sample| s.segment.controls.reauthorization[0].required = 0.5_f64.powi(halved);
        Ok(Family::certain(Sample::flagship().with(change).plan()))
    };
    let alike = ask(keys.to_vec(), &with);
    assert!((alike.parts[0].contribution - alike.parts[1].contribution).abs() < 1e-9);
}

/// A deadline beyond the first horizon is no scenario without the later horizon: the two are one change, and the report says so.
#[test]
fn lines_that_only_make_a_scenario_together_move_as_one() {
    let later = ["horizon=\"2026-09-30 00:00\"", "deadline=\"2026-07-04 09:00\"", "reconnect.uptake=0.9"];
    let found = between(&[], &later);
    let part = of(&found, "deadline");
    let keys: Vec<&str> = part.changes.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(keys, ["deadline", "horizon"]);
    assert_eq!(found.parts.len(), 2);
    assert!(found.notes.iter().any(|n| n.contains("`deadline`, `horizon` change together")), "{:?}", found.notes);
    let sum: f64 = found.parts.iter().map(|p| p.contribution).sum();
    assert!((sum - found.difference()).abs() < 1e-9);
}

#[test]
fn the_same_scenario_twice_has_no_changes() {
    let found = between(&[], &["title=\"Another\""]);
    assert!(found.parts.is_empty() && found.difference() == 0.0);
}

/// Fourteen changes, each of which halves nothing but the number of orgs by a little: an additive game, so that every order says
/// the same, and standard errors are nothing but rounding.
#[test]
fn beyond_twelve_changes_orders_are_sampled_and_still_add_up() {
    let keys: Vec<ChangedKey> = (0..14).map(|i| ChangedKey { key: format!("k{i:02}"), from: None, to: None }).collect();
    let with = |chosen: &[bool]| {
        let orgs = chosen.iter().enumerate().filter(|(_, c)| **c).map(|(i, _)| 10 * (i as u64 + 1)).sum::<u64>();
        Ok(Family::certain(Sample::flagship().with(|s| s.orgs = 2500 - orgs).plan()))
    };
    let found = ask(keys, &with);
    assert_eq!(found.sampled, Some(ORDER_PAIRS as usize));
    let each = found.parts[0].contribution / 140.0;
    for part in &found.parts {
        let i: f64 = part.changes[0].key[1..].parse().expect("a number");
        assert!((part.contribution - each * 10.0 * (i + 1.0)).abs() < 1e-9 && part.se.is_some_and(|se| se < 1e-9));
    }
    let sum: f64 = found.parts.iter().map(|p| p.contribution).sum();
    assert!((sum - found.difference()).abs() < 1e-9);
}
