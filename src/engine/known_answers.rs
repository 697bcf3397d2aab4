//! Both engines against answers known in closed form.
//!
//! Simulated means must lie within 4 standard errors: by chance one in 16,000 does not. About 60 are compared here, so a correct
//! program fails this suite for one seed in 250; the seeds are fixed.

use super::simulate::Curves;
use super::{exact, simulate};
use crate::plan::sample::Sample;
use crate::plan::{Cause, Controls, Family, IdleTimeout, Plan, Reauthorization, Recovery, TokenRotation};
use crate::results::Measures;
use crate::stats::Law;

const STANDARD_ERRORS: f64 = 4.0;

fn exactly(plan: &Plan) -> Vec<Measures> {
    exact::measures(&Family::certain(plan.clone())).expect("all is known")
}

fn simulated(plan: &Plan, runs: u64) -> Vec<Measures> {
    let family = Family::certain(plan.clone());
    let tally = simulate::simulate(&family, 20_260_501, 0..runs, Curves::Means, &|_| ());
    simulate::measures(plan, &tally.expect("nothing contradicts"))
}

/// Checks the share failed by the deadline at each rate, in both engines.
fn assert_shares(plan: &Plan, want: &[f64], exact_tolerance: f64) {
    let n = plan.orgs() as f64;
    for ((e, s), want) in exactly(plan).iter().zip(simulated(plan, 400)).zip(want) {
        let got = e.failed_by_deadline.mean / n;
        assert!((got - want).abs() <= exact_tolerance, "exact: {got} is not {want}");
        let (mean, variance) = (s.failed_by_deadline.mean / n, want * (1.0 - want));
        let se = (variance / (n * 400.0)).sqrt();
        assert!((mean - want).abs() <= STANDARD_ERRORS * se + 1e-12, "simulated: {mean} is not {want} (se {se})");
    }
}

/// The first refresh after PKCE is uniform over 1399 h; those who act are exposed until they reconnect, 30.5 h on average.
#[test]
fn the_flagship_is_the_closed_form() {
    let p = |u: f64| (1.0 - u) * 69.0 / 1399.0 + u * 30.5 / 1399.0;
    let plan = Sample::flagship().plan();
    assert_shares(&plan, &[p(0.0), p(0.5), p(1.0)], 1e-9);
    let measures = exactly(&plan);
    let half = &measures[1].failed_by_deadline;
    assert_eq!([5.0, 50.0, 95.0].map(|q| half.percentile(q)), [74, 89, 104]);
    for (m, u) in measures.iter().zip([0.0, 0.5, 1.0]) {
        let horizon = (1.0 - u) + u * 30.5 / 1399.0;
        assert!((m.failed_by_horizon.mean / 2500.0 - horizon).abs() < 1e-9, "by the horizon at {u}");
        assert!((m.cause(Cause::Reauthorization).mean - m.failed_by_deadline.mean).abs() < 1e-9);
        assert!(m.error_bound.is_some_and(|b| b < 1e-9), "{:?}", m.error_bound);
    }
    // Binomial with n 2500: within_tolerance by SciPy 1.17.1, binom.cdf(100, 2500, 69/1399).
    assert!(measures[0].within_tolerance.is_some_and(|w| (w - 0.015_440_898_144).abs() < 1e-9));
}

/// The model's page gives about 11.5 % and 23.3 %; the bound here is their rounding. The simulation must meet the exact figure.
#[test]
fn unknown_intervals_are_the_known_figures() {
    let with = |interval: Law| Sample::flagship().with(|s| s.segment.interval = interval).plan();
    let share = |plan: &Plan| exactly(plan)[0].failed_by_deadline.mean / 2500.0;
    let uniform = with(Law::uniform(1.0, 1400.0).expect("proper"));
    let log_uniform = with(Law::log_uniform(1.0, 1400.0).expect("proper"));
    assert!((share(&uniform) - 0.115).abs() < 0.0006, "{}", share(&uniform));
    assert!((share(&log_uniform) - 0.233).abs() < 0.0006, "{}", share(&log_uniform));
    for plan in [&uniform, &log_uniform] {
        let want: Vec<f64> = exactly(plan).iter().map(|m| m.failed_by_deadline.mean / 2500.0).collect();
        assert_shares(plan, &want, 1e-12);
        assert!(exactly(plan)[0].error_bound.is_some_and(|b| b <= 1e-5));
    }
}

/// Everyone refreshes within 24 h of PKCE; an actor escapes when it reconnects before, 1-60 h after PKCE: its refresh after
/// PKCE is uniform on 0-24, so it escapes with probability E[(r - 1)+ / 59] for r uniform on 0-24 = 23² / (2 * 24 * 59).
#[test]
fn daily_refreshes_all_meet_pkce_within_a_day() {
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.last_refresh = Law::uniform(0.0, 24.0).expect("proper");
            s.segment.interval = Law::Fixed(24.0);
        })
        .plan();
    let escapes = 23.0 * 23.0 / (2.0 * 24.0 * 59.0);
    assert_shares(&plan, &[1.0, 1.0 - 0.5 * escapes, 1.0 - escapes], 1e-9);
}

/// Exponential intervals are memoryless: the first refresh after PKCE is exponential whatever the ages.
#[test]
fn exponential_intervals_are_memoryless() {
    let plan = Sample::flagship().with(|s| s.segment.interval = Law::exponential(90.0).expect("proper")).plan();
    let by = |t: f64| 1.0 - (-t / 90.0_f64).exp();
    // Actors: E[1 - exp(-R/90)] for R uniform over 1-60.
    let acting = 1.0 - 90.0 / 59.0 * ((-1.0_f64 / 90.0).exp() - (-60.0_f64 / 90.0).exp());
    assert_shares(&plan, &[by(69.0), 0.5 * (by(69.0) + acting), acting], 1e-5);
}

/// Intervals uniform on 0-b with the stationary law of ages, density `(1 - a / b) 2 / b`: refreshes are then a stationary renewal
/// process, and from any instant on the first one comes within t with probability `1 - (1 - t / b)²`.
#[test]
fn stationary_ages_leave_a_stationary_residual_at_any_later_instant() {
    let b = 500.0;
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.interval = Law::uniform(0.0, b).expect("proper");
            s.segment.last_refresh = Law::triangular(0.0, 0.0, b).expect("proper");
            s.uptakes = vec![0.0];
        })
        .plan();
    assert_shares(&plan, &[1.0 - (1.0 - 69.0 / b) * (1.0 - 69.0 / b)], 1e-5);
}

/// Idle timeout of 720 h for orgs that no heartbeat reaches. Retroactive: ages above 720 fail at once, the younger when 720 h
/// are over unless they refresh before, which none does (the interval is 1400 h): by hour 237 those older than 720 - 237.
#[test]
fn idle_timeouts_are_the_known_figures() {
    let plan = |retroactive| {
        Sample::flagship()
            .with(|s| {
                s.segment.heartbeat_coverage = 0.0;
                s.segment.controls.idle_timeout = vec![IdleTimeout { at: 0.0, after: 720.0, retroactive }];
                s.uptakes = vec![0.0];
            })
            .plan()
    };
    // Refreshes before the timeout: ages above 680 would refresh within 720 h, but those above 1163 refresh by 237 h;
    // all of them are older than 720 h and fail at hour 0.
    assert_shares(&plan(true), &[(1400.0 - 483.0) / 1399.0], 1e-9);
    let measures = exactly(&plan(true));
    assert!((measures[0].cause(Cause::IdleTimeout).mean - measures[0].failed_by_deadline.mean).abs() < 1e-9);
    assert!((measures[0].failed_curve[0].mean / 2500.0 - 680.0 / 1399.0).abs() < 1e-9, "49 % at once");
    let later = exactly(&plan(false));
    assert!((later[0].failed_by_deadline.mean / 2500.0 - 69.0 / 1399.0).abs() < 1e-9);
    assert!((later[0].cause(Cause::Reauthorization).mean - later[0].failed_by_deadline.mean).abs() < 1e-9);
}

/// Rotation with refreshes every 24 h, first at 24 - age: a token is lost at each refresh with probability q and fails at the
/// next. By hour 237 an org has refreshed at r, r + 24, …: with k refreshes it has failed with probability 1 - (1 - q)^(k - 1).
/// Ages uniform over 0-24: r is uniform too; 237 = 9 * 24 + 21, so k is 10 for r <= 21, else 9.
#[test]
fn lost_tokens_fail_at_the_second_refresh() {
    let q = 0.02_f64;
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.last_refresh = Law::uniform(0.0, 24.0).expect("proper");
            s.segment.interval = Law::Fixed(24.0);
            s.segment.controls =
                Controls { token_rotation: vec![TokenRotation { at: 0.0, lost_token: q }], ..Controls::default() };
            s.uptakes = vec![0.0];
        })
        .plan();
    let failed = |k: i32| 1.0 - (1.0 - q).powi(k - 1);
    assert_shares(&plan, &[21.0 / 24.0 * failed(10) + 3.0 / 24.0 * failed(9)], 1e-9);
}

/// Single ages and a single interval on whole hours: every tie happens. Refresh at 168 exactly meets PKCE; the deadline counts.
#[test]
fn ties_on_whole_hours_are_settled_as_the_rules_say() {
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.last_refresh = Law::empirical(vec![2.0, 3.0, 71.0, 72.0]).expect("proper");
            s.segment.interval = Law::Fixed(240.0);
            s.uptakes = vec![0.0];
        })
        .plan();
    // Ages 72, 3, 2, 71 refresh at 168, 237, 238, 169.
    assert_shares(&plan, &[0.75], 1e-12);
    // Everyone reconnects at hour 168, after the refresh at that very instant: age 72 fails, the others are settled.
    let at_once = Sample::flagship()
        .with(|s| {
            s.segment.last_refresh = Law::empirical(vec![2.0, 3.0, 71.0, 72.0]).expect("proper");
            s.segment.interval = Law::Fixed(240.0);
            s.window = Some((168.0, 168.0, crate::plan::TimingShape { half_life_hours: None, office_hours: false }));
            s.uptakes = vec![1.0];
        })
        .plan();
    assert_shares(&at_once, &[0.25], 1e-12);
}

/// Two reauthorizations: each must be passed, both may be met at one refresh.
#[test]
fn each_reauthorization_must_be_passed() {
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.controls.reauthorization =
                vec![Reauthorization { at: 100.0, required: 0.3 }, Reauthorization { at: 168.0, required: 0.5 }];
            s.uptakes = vec![0.0];
        })
        .plan();
    // First refresh uniform over 0-1399 h: 68 h meet the first alone, 69 h both.
    assert_shares(&plan, &[(68.0 * 0.3 + 69.0 * (1.0 - 0.7 * 0.5)) / 1399.0], 1e-9);
}

/// Recovery: failures at a constant rate over 168-237 h, delay exponential with mean m: down at 237 are
/// `∫ exp(-(237 - t) / m) dt / 1399 = m (1 - exp(-69 / m)) / 1399`.
#[test]
fn those_down_at_the_deadline_are_the_integral_over_recoveries() {
    let m = 12.0_f64;
    let plan = Sample::flagship()
        .with(|s| {
            s.segment.recovery = Some(Recovery { after: Law::exponential(m).expect("proper"), office_hours: false });
            s.uptakes = vec![0.0];
        })
        .plan();
    let want = m * (1.0 - (-69.0 / m).exp()) / 1399.0;
    let exact = &exactly(&plan)[0];
    assert!((exact.down_at_deadline.mean / 2500.0 - want).abs() < 1e-5);
    assert!((exact.down_curve[237].mean - exact.down_at_deadline.mean).abs() < 0.01);
    let simulated = &simulated(&plan, 400)[0];
    let se = simulated.down_at_deadline.se.expect("simulated");
    assert!((simulated.down_at_deadline.mean / 2500.0 - want).abs() < STANDARD_ERRORS * se / 2500.0);
}

/// Same seed, same figures, on one thread and on two; and failures never rise with uptake, run by run.
#[test]
fn threads_change_nothing_and_failures_never_rise_with_uptake_in_any_run() {
    let plan = Sample::flagship().with(|s| s.uptakes = (0..=10).map(|i| f64::from(i) / 10.0).collect()).plan();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let family = Family::certain(plan.clone());
            simulate::simulate(&family, 3, 0..60, Curves::Percentiles, &|_| ()).expect("simulated")
        })
    };
    assert_eq!(on(1), on(2));
    for run in 0..30 {
        let family = Family::certain(plan.clone());
        let one = simulate::simulate(&family, 3, run..run + 1, Curves::Means, &|_| ());
        let measures = simulate::measures(&plan, &one.expect("simulated"));
        for pair in measures.windows(2) {
            assert!(pair[0].failed_by_deadline.mean >= pair[1].failed_by_deadline.mean);
            assert!(pair[0].failed_by_horizon.mean >= pair[1].failed_by_horizon.mean);
        }
    }
}
