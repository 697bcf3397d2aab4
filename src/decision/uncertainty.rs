//! Tests of what is not known and of common shocks, by closed forms and by both engines.

use super::agreement::agreement;
use crate::engine::simulate::Curves;
use crate::engine::{exact, simulate};
use crate::plan::sample::Sample;
use crate::plan::{Family, Plan, Unknown, UnknownValues};
use crate::results::{Agreement, Measures, Outcome};
use crate::stats::Law;

/// The flagship at one rate that is not known: uniform over 0-1.
fn unknown_uptake() -> Family {
    let at = |u: f64| Sample::flagship().with(|s| s.uptakes = vec![u]).plan();
    let law = Law::uniform(0.0, 1.0).expect("proper");
    let unknown = Unknown {
        key: "reconnect.uptake".to_owned(),
        words: law.describe(|v| v.to_string()),
        values: UnknownValues::Unsaid,
    };
    Family::new(at(0.5), vec![unknown], Box::new(move |q| Ok(at(law.quantile(q[0])))))
}

fn shocked(rho: f64) -> Plan {
    Sample::flagship()
        .with(|s| {
            s.segment.correlation = rho;
            s.uptakes = vec![0.2, 0.5, 1.0];
        })
        .plan()
}

fn compared(family: &Family, other: &Family, runs: u64) -> (Agreement, Vec<Measures>, Vec<Measures>) {
    let plan = family.centre();
    let exact = exact::measures(family).expect("it answers");
    let tally = simulate::simulate(other, 11, 0..runs, Curves::Means, &|_| ());
    let simulated = simulate::measures(plan, &tally.expect("it runs"));
    let outcomes: Vec<Outcome> = (plan.uptakes().iter().zip(&exact).zip(&simulated))
        .map(|((u, e), s)| Outcome {
            label: u.label.clone(),
            uptake: u.value,
            echo: u.echo.clone(),
            exact: Some(e.clone()),
            simulated: Some(s.clone()),
        })
        .collect();
    (agreement(plan, &outcomes, &plan.curve_hours(), runs).expect("both answer"), exact, simulated)
}

/// N | u is Binomial(n, a - b u) with a = 69/1399, b = 38.5/1399, u uniform: between plans the variance is (n b)² / 12.
#[test]
fn an_unknown_uptake_widens_the_range_by_the_closed_form() {
    let family = unknown_uptake();
    let (agreement, exact, simulated) = compared(&family, &family, 2560);
    assert!(agreement.holds(), "{agreement:?}");
    let (n, a, b) = (2500.0, 69.0 / 1399.0, 38.5 / 1399.0);
    let quantity = &exact[0].failed_by_deadline;
    assert!((quantity.mean - n * (a - b / 2.0)).abs() < 1e-6);
    let between = n * n * b * b / 12.0;
    let within = n * (a - b / 2.0) - n * (a * a - a * b + b * b / 3.0);
    let split = quantity.split.as_ref().expect("something is not known");
    assert!((split.not_knowing - between / (between + within)).abs() < 1e-4, "{}", split.not_knowing);
    assert!((quantity.distribution.variance() / (between + within) - 1.0).abs() < 1e-3);
    assert!((split.mean_se / (between / 255.0).sqrt() - 1.0).abs() < 1e-3, "{}", split.mean_se);
    // Chance alone is the known binomial at the median rate.
    assert_eq!([0.05, 0.95].map(|q| split.chance.quantile(q)), [74, 104]);
    // 2,560 simulated runs put a 5 % percentile within 4 standard errors: sqrt(0.05 0.95 / 2560) = 0.0043 of probability.
    for q in [0.05, 0.5, 0.95] {
        let simulated = simulated[0].failed_by_deadline.distribution.quantile(q);
        let reached = quantity.distribution.cdf(simulated);
        let density = quantity.distribution.cdf(simulated) - quantity.distribution.cdf(simulated - 1);
        let se = (q * (1.0 - q) / 2560.0_f64).sqrt();
        assert!((reached - q).abs() < 4.0 * se + density, "percentile {q}: {simulated} has {reached}");
    }
    let hour = &exact[0].failed_curve[237];
    assert!(hour.p5.zip(hour.p95).zip(hour.chance).is_some_and(|((p5, p95), [c5, c95])| p5 < c5 && c95 < p95));
}

/// Beta-binomial actors: the mean stays; the variance grows by `n (n - 1) ρ u (1 - u) (p₁ - p₀)²`.
#[test]
fn a_common_shock_moves_no_mean_and_widens_the_range_by_the_closed_form() {
    let (alone, together) = (shocked(0.0), shocked(0.2));
    let plain = exact::measures(&Family::certain(alone)).expect("it answers");
    let family = Family::certain(together);
    let (agreement, exact, simulated) = compared(&family, &family, 2000);
    assert!(agreement.holds(), "{agreement:?}");
    let (n, gap) = (2500.0, 38.5 / 1399.0);
    for ((e, p), u) in exact.iter().zip(&plain).zip([0.2, 0.5, 1.0]) {
        assert!((e.failed_by_deadline.mean - p.failed_by_deadline.mean).abs() < 1e-9, "the mean at {u}");
        let shock = n * (n - 1.0) * 0.2 * u * (1.0 - u) * gap * gap;
        let want = p.failed_by_deadline.distribution.variance() + shock;
        let got = e.failed_by_deadline.distribution.variance();
        assert!((got / want - 1.0).abs() < 0.01, "variance {got} is not {want} at {u}");
    }
    // Simulated variances have a relative standard error of about sqrt(2 / 2000) = 0.032; four of them.
    for (e, s) in exact.iter().zip(&simulated) {
        let ratio = s.failed_by_deadline.distribution.variance() / e.failed_by_deadline.distribution.variance();
        assert!((ratio - 1.0).abs() < 0.13, "simulated over exact variance: {ratio}");
    }
}

/// More uptake only adds actors, run by run, also when they act together.
#[test]
fn failures_never_rise_with_uptake_under_a_common_shock() {
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.correlation = 0.4;
            s.uptakes = (0..=10).map(|i| f64::from(i) / 10.0).collect();
        })
        .plan();
    let family = Family::certain(plan.clone());
    for run in 0..25 {
        let one = simulate::simulate(&family, 3, run..run + 1, Curves::Means, &|_| ());
        let measures = simulate::measures(&plan, &one.expect("it runs"));
        assert!(measures.windows(2).all(|m| m[0].failed_by_deadline.mean >= m[1].failed_by_deadline.mean));
    }
}

/// One engine with a rule slightly wrong, at the flagship's size: each is caught, and the right rule is not.
#[test]
fn a_wrong_rule_in_one_engine_is_caught_and_named() {
    let right = || {
        Sample::flagship().with(|s| {
            s.segment.heartbeat_coverage = 0.7;
            s.segment.controls.idle_timeout =
                vec![crate::plan::IdleTimeout { at: 0.0, after: 720.0, retroactive: true }];
            s.segment.controls.token_rotation = vec![crate::plan::TokenRotation { at: 0.0, lost_token: 0.05 }];
            s.segment.interval = Law::uniform(1.0, 1400.0).expect("proper");
        })
    };
    let family = Family::certain(right().plan());
    let holds = |wrong: Sample| compared(&family, &Family::certain(wrong.plan()), 1000).0;
    assert!(holds(right()).holds());
    // The clock of a retroactive timeout starts with it; a refresh in fifty passes; one lost token in five is noticed.
    let clock = holds(right().with(|s| s.segment.controls.idle_timeout[0].retroactive = false));
    assert!(!clock.holds() && clock.worst_z > 50.0, "{clock:?}");
    let passes = holds(right().with(|s| s.segment.controls.reauthorization[0].required = 0.98));
    assert!(!passes.holds(), "{passes:?}");
    let noticed = holds(right().with(|s| s.segment.controls.token_rotation[0].lost_token = 0.04));
    assert!(!noticed.holds(), "{noticed:?}");
}
