//! Comparisons against closed forms: with the same random numbers the difference of two plans is a count of its own.

use super::*;
use crate::plan::Family;
use crate::plan::sample::Sample;
use crate::results::Provenance;
use crate::results::comparison::Verdict;

/// False alarms of the checks on moments below: one in 16,000 each at four standard errors; the seeds are fixed.
const STANDARD_ERRORS: f64 = 4.0;

const RUNS: u64 = 2_000;

fn provenance(path: &str) -> Provenance {
    Provenance { path: path.to_owned(), sha256: String::new(), version: String::new(), changes: Vec::new() }
}

fn compared(plans: Vec<Plan>, engine: EngineChoice) -> Result<Comparison> {
    let families: Vec<Family> = plans.into_iter().map(Family::certain).collect();
    let contender =
        |(i, family)| Contender { family, provenance: provenance(&format!("plan-{i}.toml")), assumptions: &[] };
    let contenders: Vec<Contender> = families.iter().enumerate().map(contender).collect();
    compare(&contenders, CompareRequest { engine, baseline: 0, seed: 11, runs: RUNS }, &|_| ())
}

/// Checks a difference by run against Binomial(n, p), or its negative: its mean and its variance.
fn assert_binomial(by_run: &crate::results::comparison::ByRun, sign: f64, n: f64, p: f64) {
    let (mean, variance, runs) = (n * p, n * p * (1.0 - p), RUNS as f64);
    let got = by_run.orgs;
    assert!((sign * got.mean - mean).abs() <= STANDARD_ERRORS * (variance / runs).sqrt(), "{got:?}, mean {mean}");
    // The variance of a sample variance of a nearly normal count is 2 σ⁴ / (n - 1).
    let sample = got.se.expect("runs").powi(2) * runs;
    assert!(
        (sample / variance - 1.0).abs() <= STANDARD_ERRORS * (2.0 / (runs - 1.0)).sqrt(),
        "{sample}, not {variance}"
    );
}

/// The first refresh is uniform over 1399 h. With the same random numbers, those who fail by 45 h are some of those who fail by 69 h, so the
/// difference is Binomial(n, 24/1399); with random numbers of their own its variance would be five times that.
#[test]
fn an_earlier_deadline_spares_exactly_those_who_fail_between_the_two() {
    let later = Sample::flagship().plan();
    let earlier = Sample::flagship().with(|s| s.segment.deadline = 213.0).plan();
    let found = compared(vec![later, earlier], EngineChoice::Both).expect("compared");
    let nobody = &found.rates[0].plans[1].versus_baseline;
    assert!((nobody.mean_orgs + 2500.0 * 24.0 / 1399.0).abs() < 1e-4, "{}", nobody.mean_orgs);
    let by_run = nobody.by_run.expect("runs");
    assert_binomial(&by_run, -1.0, 2500.0, 24.0 / 1399.0);
    assert_eq!((nobody.verdict, by_run.better), (Verdict::Better, 1.0));
    assert_eq!((found.rates[0].front.clone(), found.rates[0].plans[1].best), (vec![1], Some(1.0)));
}

/// An org acts when its propensity is below the uptake: of those between the two uptakes, the ones who refresh between their
/// planned reconnect (30.5 h on average) and the deadline make the difference, which is Binomial(n, Δu (69 - 30.5) / 1399).
#[test]
fn a_plan_that_reaches_more_orgs_differs_by_a_binomial_of_those_in_between() {
    let plan = |factor: f64| Sample::flagship().with(|s| s.segment.uptake_factor = factor).plan();
    let found = compared(vec![plan(0.4), plan(1.0)], EngineChoice::Both).expect("compared");
    let p = (1.0 - 0.4) * 38.5 / 1399.0;
    let everyone = &found.rates[2].plans[1].versus_baseline;
    assert!((everyone.mean_orgs + 2500.0 * p).abs() < 1e-4);
    assert_binomial(&everyone.by_run.expect("runs"), -1.0, 2500.0, p);
    assert_eq!(found.rates[0].plans[1].versus_baseline.verdict, Verdict::Same, "nobody acts at a rate of 0");
}

#[test]
fn a_plan_compared_with_itself_differs_by_exactly_zero_everywhere() {
    for engine in [EngineChoice::Both, EngineChoice::Exact, EngineChoice::Simulate] {
        let plan = || Sample::flagship().with(|s| s.segment.correlation = 0.1).plan();
        let found = compared(vec![plan(), plan()], engine).expect("compared");
        assert_eq!(found.rates.len(), 3);
        for plan in found.rates.iter().flat_map(|r| &r.plans) {
            for difference in [plan.versus_baseline, plan.versus_leader] {
                assert_eq!(
                    (difference.mean_orgs, difference.mean_share, difference.verdict),
                    (0.0, 0.0, Verdict::Same)
                );
                let Some(by_run) = difference.by_run else { continue };
                for spread in [by_run.orgs, by_run.share] {
                    assert_eq!([spread.mean, spread.p5, spread.p50, spread.p95, spread.se.expect("runs")], [0.0; 5]);
                }
                assert_eq!((by_run.better, by_run.tied), (0.5, 1.0));
            }
            assert_eq!(plan.best, (engine != EngineChoice::Exact).then_some(0.5));
        }
    }
}

#[test]
fn a_small_difference_of_means_is_told_and_not_ranked() {
    let plan = |deadline: f64| Sample::flagship().with(|s| s.segment.deadline = deadline).plan();
    // Reconnects an hour earlier: at full uptake 0.5 h less exposure, 0.9 orgs of 2500 on average.
    let earlier = Sample::flagship().with(|s| s.window = s.window.map(|(o, c, shape)| (o, c - 1.0, shape))).plan();
    let found = compared(vec![plan(237.0), earlier], EngineChoice::Both).expect("compared");
    let everyone = found.rates[2].plans[1].versus_baseline;
    assert!((everyone.mean_orgs + 2500.0 * 0.5 / 1399.0).abs() < 1e-4, "{}", everyone.mean_orgs);
    assert_eq!(everyone.verdict, Verdict::BetterOnAverage);
    assert_eq!(found.rates[2].front, [1, 0], "neither is beaten");
    assert_eq!(found.rates[0].plans[1].versus_baseline.verdict, Verdict::Same);
}

#[test]
fn plans_of_unlike_size_are_ranked_by_shares() {
    let plan =
        |orgs: u64, deadline: f64| Sample::flagship().with(|s| (s.orgs, s.segment.deadline) = (orgs, deadline)).plan();
    let found = compared(vec![plan(1000, 237.0), plan(4000, 193.0)], EngineChoice::Both).expect("compared");
    let nobody = &found.rates[0].plans[1].versus_baseline;
    assert!(nobody.mean_orgs > 0.0 && nobody.mean_share < 0.0, "more orgs fail, of many more");
    assert!(nobody.verdict == Verdict::Better && found.rates[0].leader() == 1);
    assert!(found.notes.iter().any(|n| n.contains("share")) && !found.same_orgs());
}

#[test]
fn plans_are_compared_at_the_rates_they_share_and_at_no_others() {
    let plan = |rates: &[f64]| Sample::flagship().with(|s| s.uptakes = rates.to_vec()).plan();
    let found = compared(vec![plan(&[1.0, 0.2, 0.5, 0.2]), plan(&[0.5, 0.3, 1.0])], EngineChoice::Exact);
    let labels = |found: &Comparison| found.rates.iter().map(|r| r.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&found.expect("compared")), ["50 %", "100 %"]);
    let nothing = compared(vec![plan(&[0.2]), plan(&[0.3])], EngineChoice::Both).expect_err("none is shared");
    assert!(nothing.to_string().contains("plan-0.toml has 20 %; plan-1.toml has 30 %"), "{nothing}");
}

/// The weekend's window of the sample holds 7.94 office hours (see `plan::timing`); a day of it, the first 24 hours, holds
/// 4 + 1 + 0.22 + 5 * 0.1 = 5.72 of them.
#[test]
fn windows_that_hold_unlike_working_hours_are_told_apart() {
    let plan =
        |hours: f64| Sample::flagship().with(|s| s.window = s.window.map(|(o, _, shape)| (o, o + hours, shape))).plan();
    let hours = |hours: f64| {
        let found = compared(vec![plan(59.0), plan(hours)], EngineChoice::Exact).expect("compared");
        found.window_hours
    };
    let unlike = hours(24.0).expect("they are not alike");
    assert!((unlike[0] - 7.94).abs() < 1e-9 && (unlike[1] - 5.72).abs() < 1e-9, "{unlike:?}");
    assert_eq!(hours(58.0), None);
}
