//! Whether simulated means agree with exact ones, over all reported quantities at once.

use crate::plan::Plan;
use crate::plan::wording::ACTING;
use crate::results::{Agreement, Mean, Measures, Outcome, Quantity};
use crate::stats::special::norm_isf;
use statrs::function::gamma::gamma_ur;

/// The chance that a correct pair of engines is called in disagreement.
pub(crate) const FALSE_ALARM: f64 = 1e-3;

/// Below this number of expected failures over all runs, tails are taken from the Poisson distribution.
const FEW: f64 = 1e4;

/// From this ratio on, the spread of the runs is taken to be wider than that of independent orgs.
const OVERDISPERSED: f64 = 1.5;

/// As many standard errors as no chance makes.
const NO_CHANCE: f64 = 1e9;

/// Probability that one of the outer draws stands for.
const STRATUM: f64 = 1.0 / 256.0;

/// One mean by both engines.
struct Compared {
    exact: f64,
    simulated: f64,
    /// Standard error of the simulated mean, by the spread of its runs.
    se: Option<f64>,
    /// Orgs that the mean is a part of.
    of: f64,
}

/// Compares every mean of every uptake rate: headline figures, causes, segments, and both curves hour by hour; and of the headline
/// figures the chance to stay within each reported percentile and within the tolerance.
/// `None` unless both engines have answered.
pub(crate) fn agreement(plan: &Plan, outcomes: &[Outcome], hours: &[f64], runs: u64) -> Option<Agreement> {
    let mut compared = 0;
    let mut worst: (f64, String) = (0.0, "none".to_owned());
    for outcome in outcomes {
        let (exact, simulated) = (outcome.exact.as_ref()?, outcome.simulated.as_ref()?);
        let tolerated = exact.error_bound.unwrap_or(0.0);
        for (name, pair) in pairs(plan, exact, simulated, hours, runs) {
            compared += 1;
            let z = standard_errors(&pair, runs, tolerated);
            if z > worst.0 {
                worst = (z.min(NO_CHANCE), format!("{name} at {} {ACTING}", outcome.label));
            }
        }
    }
    let limit_z = norm_isf(FALSE_ALARM / compared.max(1) as f64 / 2.0);
    let bound = outcomes.iter().filter_map(|o| o.exact.as_ref()?.error_bound).fold(0.0, greater);
    Some(Agreement { compared, worst_z: worst.0, worst: worst.1, limit_z, bound })
}

/// The greater; no number where either is none.
fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// Every mean that both engines report, with its name.
fn pairs(plan: &Plan, exact: &Measures, simulated: &Measures, hours: &[f64], runs: u64) -> Vec<(String, Compared)> {
    let all = plan.orgs() as f64;
    let pair = |e: f64, s: Mean, of: f64| Compared { exact: e, simulated: s.mean, se: s.se, of };
    let headline = |name: &str, pick: fn(&Measures) -> &Quantity| {
        let (e, s) = (pick(exact), pick(simulated));
        (name.to_owned(), pair(e.mean, Mean { mean: s.mean, se: s.se }, all))
    };
    let mut pairs = vec![
        headline("failed by the deadline", |m| &m.failed_by_deadline),
        headline("down at the deadline", |m| &m.down_at_deadline),
        headline("failed by the horizon", |m| &m.failed_by_horizon),
    ];
    for cause in plan.causes() {
        let name = format!("failed by the deadline ({})", cause.words());
        pairs.push((name, pair(exact.cause(cause).mean, *simulated.cause(cause), all)));
    }
    for (e, s) in exact.by_segment.iter().zip(&simulated.by_segment) {
        let of = e.orgs as f64;
        for (what, e_mean, s_mean) in [
            ("failed by the deadline", e.failed_by_deadline.mean, s.failed_by_deadline),
            ("down at the deadline", e.down_at_deadline.mean, s.down_at_deadline),
            ("failed by the horizon", e.failed_by_horizon.mean, s.failed_by_horizon),
        ] {
            pairs.push((format!("{what} in segment {}", e.name), pair(e_mean, s_mean, of)));
        }
    }
    pairs.extend(distributions(plan, exact, simulated, runs));
    let curves =
        [("failed", &exact.failed_curve, &simulated.failed_curve), ("down", &exact.down_curve, &simulated.down_curve)];
    for (what, e, s) in curves {
        for ((e, s), hour) in e.iter().zip(s).zip(hours) {
            pairs
                .push((format!("{what} {hour} h after the start"), pair(e.mean, Mean { mean: s.mean, se: s.se }, all)));
        }
    }
    pairs
}

/// The distributions of the headline figures: the share of runs up to each reported percentile, and up to the tolerance.
fn distributions(plan: &Plan, exact: &Measures, simulated: &Measures, runs: u64) -> Vec<(String, Compared)> {
    let bound = exact.error_bound.unwrap_or(0.0) * plan.orgs() as f64;
    let together = plan.segments().iter().any(|s| s.correlation > 0.0);
    let mut pairs = Vec::new();
    for (name, e, s) in [
        ("failed by the deadline", &exact.failed_by_deadline, &simulated.failed_by_deadline),
        ("down at the deadline", &exact.down_at_deadline, &simulated.down_at_deadline),
        ("failed by the horizon", &exact.failed_by_horizon, &simulated.failed_by_horizon),
    ] {
        let (sd, first) = (e.distribution.variance().sqrt(), name == "failed by the deadline");
        if sd < 1e-6 {
            continue;
        }
        // A mean that is off by the engine's bound moves the cdf by its density, at most 0.4 / sd for a bell.
        let numeric = 0.4 * bound / sd;
        // Strata of common shocks; possible plans that runs do not take exactly as often.
        let strata = if together || e.split.is_some() { STRATUM + 64.0 / runs as f64 } else { 0.0 };
        let percentiles = [5.0, 50.0, 95.0].map(|p| (format!("{name}, percentile {p}"), e.percentile(p)));
        let tolerance = plan.tolerance().filter(|_| first).map(|t| ("within the tolerance".to_owned(), t));
        for (what, count) in percentiles.into_iter().chain(tolerance) {
            let (e, s) = (e.distribution.cdf(count), s.distribution.cdf(count));
            // What is tolerated is taken off before the comparison.
            let nearer = if s > e { (s - numeric - strata).max(e) } else { (s + numeric + strata).min(e) };
            pairs.push((what, Compared { exact: e, simulated: nearer, se: None, of: 1.0 }));
        }
    }
    pairs
}

/// The difference in standard errors of the simulated mean. A count of unlike, independent orgs varies at most as a binomial of
/// the same mean; where runs spread wider than that (what is not known, common shocks) their own spread counts. Differences up
/// to the exact engine's own bound (`tolerated`, a share) are none.
fn standard_errors(pair: &Compared, runs: u64, tolerated: f64) -> f64 {
    // What is no number agrees with nothing.
    if !(pair.exact.is_finite() && pair.simulated.is_finite()) {
        return NO_CHANCE;
    }
    let difference = (pair.simulated - pair.exact).abs() - tolerated * pair.of - 1e-9 * pair.of;
    if difference <= 0.0 {
        return 0.0;
    }
    let runs = runs as f64;
    // The rarer of failing and surviving is what is counted when it is rare.
    let (exact, simulated) = if pair.exact > 0.5 * pair.of {
        (pair.of - pair.exact, pair.of - pair.simulated)
    } else {
        (pair.exact, pair.simulated)
    };
    // What is tolerated counts towards what was observed, not away from it.
    let nearer = if simulated > exact { exact + tolerated * pair.of } else { exact - tolerated * pair.of };
    let expected = nearer.max(0.0) * runs;
    let binomial = (exact * (1.0 - exact / pair.of) / runs).sqrt();
    let spread = pair.se.unwrap_or(0.0);
    if expected < FEW && spread < OVERDISPERSED * binomial {
        return poisson_z(expected, simulated * runs);
    }
    difference / binomial.max(spread)
}

/// Two-sided tail of a Poisson count, as the standard normal deviate with the same tail.
fn poisson_z(expected: f64, observed: f64) -> f64 {
    let observed = observed.round();
    let at_least = if observed <= 0.0 {
        1.0
    } else if expected <= 0.0 {
        0.0
    } else {
        // P(N >= k) = P(Gamma(k) <= expected).
        1.0 - gamma_ur(observed, expected)
    };
    let at_most = if expected <= 0.0 { 1.0 } else { gamma_ur(observed + 1.0, expected) };
    let tail = (2.0 * f64::min(at_least, at_most)).clamp(1e-300, 1.0);
    norm_isf(tail / 2.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_measured_in_standard_errors_of_the_exact_distribution() {
        // n 10,000, p 1/2, 100 runs: se 50 / 10 = 5.
        let pair = Compared { exact: 5_000.0, simulated: 5_010.0, se: None, of: 10_000.0 };
        assert!((standard_errors(&pair, 100, 0.0) - 2.0).abs() < 1e-3);
        assert_eq!(standard_errors(&pair, 100, 0.001), 0.0, "within the exact engine's own bound");
    }

    #[test]
    fn rare_failures_are_judged_by_their_own_distribution() {
        let z = |exact: f64, simulated: f64| {
            standard_errors(&Compared { exact, simulated, se: None, of: 1000.0 }, 100, 0.0)
        };
        // One failure where 0.1 is expected: P(N >= 1) = 0.095, two-sided 0.19, z 1.31; a normal would say 2.8.
        assert!((z(0.001, 0.01) - 1.31).abs() < 0.02, "{}", z(0.001, 0.01));
        assert!(z(0.0, 0.01) > 30.0, "what can't happen must not");
        assert!(z(1000.0, 999.99) > 30.0, "what must happen must");
        assert_eq!(z(0.0, 0.0), 0.0);
        assert_eq!(
            [z(f64::NAN, 1.0), z(1.0, f64::NAN), z(f64::INFINITY, 1.0)],
            [NO_CHANCE; 3],
            "no number agrees with none"
        );
    }

    /// Exactly 92.7 in 1,000 runs, 62 seen: 3.4 standard errors of a Poisson law, fewer with what the lattice may be off by.
    #[test]
    fn what_the_exact_engine_may_be_off_by_never_adds_to_a_difference() {
        for simulated in [0.062, 0.130] {
            let pair = Compared { exact: 0.0927, simulated, se: None, of: 3000.0 };
            let (without, with) = (standard_errors(&pair, 1000, 0.0), standard_errors(&pair, 1000, 1e-6));
            assert!(with < without && without < 4.0, "{simulated}: {with} after {without}");
        }
    }
}
