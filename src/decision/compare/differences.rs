//! The difference of two plans' headlines, run by run and on average, and what may be said of it.

use crate::results::comparison::{ByRun, Difference, Spread, Verdict};

/// Two-sided 95 % point of the normal law.
const Z_95: f64 = 1.959_964;

/// With fewer runs than this a 90 % interval says nothing.
const FEWEST_RUNS: usize = 50;

/// One plan's headline at one rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadlineDifference<'a> {
    pub(super) orgs: u64,
    /// The mean to go by, and how far it may be off as a share of the orgs where it is exact.
    pub(super) mean: f64,
    pub(super) error_bound: Option<f64>,
    /// Failed orgs, run by run.
    pub(super) runs: Option<&'a [u64]>,
}

impl HeadlineDifference<'_> {
    pub(super) fn mean_share(&self) -> f64 {
        self.mean / self.orgs as f64
    }
}

/// `this` minus `other`.
pub(super) fn difference(this: &HeadlineDifference, other: &HeadlineDifference) -> Difference {
    let by_run = this.runs.zip(other.runs).map(|(a, b)| by_run((a, this.orgs), (b, other.orgs)));
    let (mean_orgs, mean_share) = (this.mean - other.mean, this.mean_share() - other.mean_share());
    let error_bound = this.error_bound.zip(other.error_bound).map(|(a, b)| a + b);
    let runs = this.runs.map_or(0, <[u64]>::len);
    let verdict = verdict(mean_share, error_bound, by_run.as_ref().filter(|_| runs >= FEWEST_RUNS));
    Difference { mean_orgs, mean_share, error_bound, by_run, verdict }
}

/// Ranked only where one rollout's 90 % interval and the mean's 95 % interval both leave out zero.
fn verdict(mean: f64, error_bound: Option<f64>, by_run: Option<&ByRun>) -> Verdict {
    if mean == 0.0 && by_run.is_none_or(|r| r.tied >= 1.0) {
        return Verdict::Same;
    }
    let margin = match (error_bound, by_run.and_then(|r| r.share.se)) {
        (Some(bound), _) => bound,
        (None, Some(se)) => Z_95 * se,
        (None, None) => f64::INFINITY,
    };
    if mean.abs() <= margin {
        return Verdict::NoDifference;
    }
    match by_run.map(|r| &r.share) {
        Some(share) if mean < 0.0 && share.p95 < 0.0 => Verdict::Better,
        Some(share) if mean > 0.0 && share.p5 > 0.0 => Verdict::Worse,
        _ if mean < 0.0 => Verdict::BetterOnAverage,
        _ => Verdict::WorseOnAverage,
    }
}

fn by_run((a, of_a): (&[u64], u64), (b, of_b): (&[u64], u64)) -> ByRun {
    let pairs = || a.iter().zip(b).map(|(a, b)| (*a as f64, *b as f64));
    // Each quotient is rounded from its exact value, so equal shares are equal numbers.
    let shares: Vec<f64> = pairs().map(|(a, b)| a / of_a as f64 - b / of_b as f64).collect();
    let n = shares.len() as f64;
    let (fewer, tied) = (count(&shares, |d| d < 0.0) / n, count(&shares, |d| d == 0.0) / n);
    ByRun {
        orgs: spread(pairs().map(|(a, b)| a - b).collect()),
        share: spread(shares),
        better: fewer + tied / 2.0,
        tied,
    }
}

fn count(values: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|v| holds(**v)).count() as f64
}

/// Sums in ascending order, so that the order of runs does not matter.
fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let quantile = |q: f64| values[((q * n - 1e-9).ceil().max(1.0) as usize - 1).min(values.len() - 1)];
    let se = (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
    Spread { mean, se, p5: quantile(0.05), p50: quantile(0.5), p95: quantile(0.95) }
}

/// For each plan, the chance that its share of failed orgs is the smallest of all; `k` that tie share it.
pub(super) fn chance_best(plans: &[HeadlineDifference]) -> Option<Vec<f64>> {
    let runs: Vec<&[u64]> = plans.iter().map(|p| p.runs).collect::<Option<_>>()?;
    let mut best = vec![0.0; plans.len()];
    let count = runs[0].len();
    for run in 0..count {
        let shares: Vec<f64> = runs.iter().zip(plans).map(|(r, p)| r[run] as f64 / p.orgs as f64).collect();
        let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
        let tied = shares.iter().filter(|s| **s == least).count() as f64;
        best.iter_mut().zip(&shares).filter(|(_, s)| **s == least).for_each(|(b, _)| *b += 1.0 / tied);
    }
    best.iter_mut().for_each(|b| *b /= count as f64);
    Some(best)
}

/// The plan with the lowest mean share, and those that it does not beat clearly.
pub(super) fn front(plans: &[HeadlineDifference]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by(|a, b| plans[*a].mean_share().total_cmp(&plans[*b].mean_share()).then(a.cmp(b)));
    let leader = order[0];
    order.retain(|k| *k == leader || difference(&plans[*k], &plans[leader]).verdict != Verdict::Worse);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(runs: &[u64], mean: f64) -> HeadlineDifference<'_> {
        HeadlineDifference { orgs: 1000, mean, error_bound: Some(1e-9), runs: Some(runs) }
    }

    #[test]
    fn a_plan_differs_from_itself_by_exactly_nothing() {
        let runs: Vec<u64> = (0..100).map(|r| r * 37 % 91).collect();
        let this = headline(&runs, 44.7);
        let zero = difference(&this, &this);
        let by_run = zero.by_run.expect("runs");
        assert_eq!((zero.mean_orgs, zero.mean_share, zero.verdict), (0.0, 0.0, Verdict::Same));
        assert_eq!((by_run.better, by_run.tied), (0.5, 1.0));
        for spread in [by_run.orgs, by_run.share] {
            assert_eq!((spread.mean, spread.se, spread.p5, spread.p50, spread.p95), (0.0, Some(0.0), 0.0, 0.0, 0.0));
        }
        assert_eq!(chance_best(&[this, this]), Some(vec![0.5, 0.5]));
    }

    #[test]
    fn nothing_is_ranked_where_one_rollout_may_go_either_way() {
        // 94 runs of 100 with one failure fewer, six with one more: by hand, the 95th percentile is +1.
        let other = vec![10_u64; 100];
        let mostly: Vec<u64> = (0..100).map(|r| if r < 94 { 9 } else { 11 }).collect();
        let unsure = difference(&headline(&mostly, 9.12), &headline(&other, 10.0));
        assert_eq!(unsure.verdict, Verdict::BetterOnAverage);
        assert_eq!(unsure.by_run.map(|r| (r.better, r.orgs.p5, r.orgs.p95)), Some((0.94, -1.0, 1.0)));
        let sure: Vec<u64> = (0..100).map(|r| if r < 96 { 9 } else { 11 }).collect();
        assert_eq!(difference(&headline(&sure, 9.08), &headline(&other, 10.0)).verdict, Verdict::Better);
        assert_eq!(difference(&headline(&other, 10.0), &headline(&sure, 9.08)).verdict, Verdict::Worse);
        // The same interval of one rollout, but means that are not told apart.
        assert_eq!(difference(&headline(&sure, 10.0), &headline(&other, 10.0)).verdict, Verdict::NoDifference);
    }

    #[test]
    fn few_runs_rank_nothing() {
        let (low, high) = (vec![1_u64; 10], vec![9_u64; 10]);
        assert_eq!(difference(&headline(&low, 1.0), &headline(&high, 9.0)).verdict, Verdict::BetterOnAverage);
    }

    #[test]
    fn equal_shares_of_unlike_numbers_of_orgs_are_a_tie() {
        let (a, b) = ([1_u64; 60], [3_u64; 60]);
        let third = |orgs, mean, runs| HeadlineDifference { orgs, mean, error_bound: None, runs: Some(runs) };
        let tie = difference(&third(49, 1.0, &a[..]), &third(147, 3.0, &b[..]));
        assert_eq!(tie.by_run.map(|r| (r.tied, r.share.p95, r.orgs.p95)), Some((1.0, 0.0, -2.0)));
        assert_eq!(tie.verdict, Verdict::Same);
    }

    #[test]
    fn the_front_holds_all_that_are_not_clearly_beaten() {
        let (one, mixed, many) = (vec![5_u64; 100], (0..100).map(|r| 4 + r % 4).collect::<Vec<_>>(), vec![9_u64; 100]);
        let plans = [headline(&many, 9.0), headline(&mixed, 5.5), headline(&one, 5.0)];
        assert_eq!(front(&plans), [2, 1]);
    }
}
