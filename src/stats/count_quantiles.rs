//! Quantiles and chances of a count for curves with thousands of points and for questions asked again and again: exact where that is cheap,
//! else by an expansion that is within one org. The distributions themselves are in [`count`](super::count).

use super::count::{CountDistribution, Group, MANY, binomial_window, unlike};
use super::special::{norm_isf, norm_sf};

/// Quantiles of the number of failures among the groups, for a curve with thousands of points.
///
/// Exact (the full convolution) up to a variance of [`EXACT_CURVE_VARIANCE`], or of [`EXACT_VARIANCE_OF_MANY`] for many unlike groups;
/// above it by the Cornish-Fisher expansion with skewness and kurtosis (Cornish & Fisher 1938), which is then within one org.
pub(crate) fn quantiles_of_sum(groups: &[Group], qs: &[f64]) -> Vec<u64> {
    let groups = &*unlike(groups);
    let [mean, k2, k3, k4] = cumulants(groups);
    if k2 <= if groups.len() > MANY { EXACT_VARIANCE_OF_MANY } else { EXACT_CURVE_VARIANCE } {
        if let [only] = groups {
            return binomial_quantiles(*only, qs);
        }
        let law = CountDistribution::sum_of(groups);
        return qs.iter().map(|q| law.quantile(*q)).collect();
    }
    let (sd, skew, kurtosis) = (k2.sqrt(), k3 / k2.powf(1.5), k4 / (k2 * k2));
    let all: u64 = groups.iter().map(|g| g.n).sum();
    qs.iter()
        .map(|q| {
            let z = norm_isf(1.0 - q);
            let w = z + skew * (z * z - 1.0) / 6.0 + kurtosis * (z * z * z - 3.0 * z) / 24.0
                - skew * skew * (2.0 * z * z * z - 5.0 * z) / 36.0;
            // The count's cdf at k stands for the expansion at k + 1/2.
            ((mean + sd * w - 0.5).ceil().max(0.0) as u64).min(all)
        })
        .collect()
}

/// `P(N <= count)` of the number of failures among the groups, without a distribution to keep: of one group the tail of its
/// binomial alone, of several as [`CountDistribution::sum_of`] has it.
pub(crate) fn cdf_of_sum(groups: &[Group], count: u64) -> f64 {
    let [Group { n, p }] = *groups else { return CountDistribution::sum_of(groups).cdf(count) };
    let (first, weights) = binomial_window(n, p, 1e-18);
    if count < first {
        return 0.0;
    }
    let upto = usize::try_from(count - first).map_or(weights.len(), |i| (i + 1).min(weights.len()));
    let (below, above) = weights.split_at(upto);
    let (below, above) = (below.iter().sum::<f64>(), above.iter().sum::<f64>());
    below / (below + above)
}

/// Quantiles of one binomial, without a distribution to keep: what lies below the window is less than 1e-12 of the probability.
fn binomial_quantiles(Group { n, p }: Group, qs: &[f64]) -> Vec<u64> {
    let (first, weights) = binomial_window(n, p, 1e-14);
    let total: f64 = weights.iter().sum();
    let (mut sum, mut count) = (weights[0], 0);
    qs.iter()
        .map(|q| {
            while sum < (q - 1e-12) * total && count + 1 < weights.len() {
                count += 1;
                sum += weights[count];
            }
            first + count as u64
        })
        .collect()
}

/// Quantiles of a mixture of equally likely sums, for a curve with thousands of points. `near` are guesses, one for each `q`.
///
/// Exact while every part's variance is at most [`EXACT_MIXTURE_VARIANCE`]; above it each part's cdf is taken from the normal
/// with the first Edgeworth term, `Φ(z) - γ (z² - 1) φ(z) / 6`, which is then within one org.
pub(crate) fn quantiles_of_mixture(parts: &[Vec<Group>], qs: &[f64], near: Option<&[u64]>) -> Vec<u64> {
    if let [only] = parts {
        return quantiles_of_sum(only, qs);
    }
    let moments: Vec<[f64; 4]> = parts.iter().map(|groups| cumulants(groups)).collect();
    let weight = 1.0 / parts.len() as f64;
    if moments.iter().all(|m| m[1] <= EXACT_MIXTURE_VARIANCE) {
        let laws: Vec<(f64, CountDistribution)> =
            parts.iter().map(|groups| (weight, CountDistribution::sum_of(groups))).collect();
        let law = CountDistribution::mixture(&laws);
        return qs.iter().map(|q| law.quantile(*q)).collect();
    }
    let cdf = |k: u64| weight * moments.iter().map(|m| edgeworth_cdf(m, k)).sum::<f64>();
    let all = parts.iter().map(|groups| groups.iter().map(|g| g.n).sum()).max().unwrap_or(0);
    let mean = weight * moments.iter().map(|m| m[0]).sum::<f64>();
    let guess = |i: usize| near.and_then(|n| n.get(i).copied()).unwrap_or(mean as u64);
    qs.iter().enumerate().map(|(i, q)| first_reaching(&cdf, *q, guess(i), all)).collect()
}

/// Chance that a mixture of equally likely sums is at most `count`: exact where [`quantiles_of_mixture`] is; else by the same
/// expansion, whose error is of the order of one over the variance.
pub(crate) fn cdf_of_mixture(parts: &[Vec<Group>], count: u64) -> f64 {
    let limit = if parts.len() == 1 { EXACT_CURVE_VARIANCE } else { EXACT_MIXTURE_VARIANCE };
    let of = |groups: &Vec<Group>| {
        let moments = cumulants(groups);
        if moments[1] <= limit { CountDistribution::sum_of(groups).cdf(count) } else { edgeworth_cdf(&moments, count) }
    };
    parts.iter().map(of).sum::<f64>() / parts.len() as f64
}

/// See [`quantiles_of_mixture`].
pub(crate) const EXACT_MIXTURE_VARIANCE: f64 = 9.0;

/// Cdf of a count at `k` from its cumulants, with half a count of continuity.
fn edgeworth_cdf([mean, k2, k3, _]: &[f64; 4], k: u64) -> f64 {
    let x = k as f64 + 0.5 - mean;
    if *k2 < 1e-9 {
        return f64::from(u8::from(x >= 0.0));
    }
    let z = x / k2.sqrt();
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (1.0 - norm_sf(z) - k3 / k2.powf(1.5) * (z * z - 1.0) * density / 6.0).clamp(0.0, 1.0)
}

/// The smallest count up to `all` at which a rising `cdf` reaches `q`: by doubling steps from a guess, then by halving.
fn first_reaching(cdf: &dyn Fn(u64) -> f64, q: f64, guess: u64, all: u64) -> u64 {
    let reaches = |k: u64| cdf(k) >= q - 1e-12;
    let (mut below, mut above, mut step) = (0, guess.min(all), 1_u64);
    if reaches(above) {
        // Downwards to a count that does not reach it.
        loop {
            if above == 0 {
                return 0;
            }
            let lower = above.saturating_sub(step);
            if !reaches(lower) {
                below = lower;
                break;
            }
            above = lower;
            step *= 2;
        }
    } else {
        loop {
            below = above.max(below);
            if below >= all {
                return all;
            }
            above = below.saturating_add(step).min(all);
            if reaches(above) {
                break;
            }
            step *= 2;
        }
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if reaches(middle) { above = middle } else { below = middle }
    }
    above
}

/// See [`quantiles_of_sum`].
pub(crate) const EXACT_CURVE_VARIANCE: f64 = 900.0;

/// See [`quantiles_of_sum`].
pub(crate) const EXACT_VARIANCE_OF_MANY: f64 = 100.0;

/// First four cumulants of a sum of binomials.
pub(super) fn cumulants(groups: &[Group]) -> [f64; 4] {
    groups.iter().fold([0.0; 4], |[k1, k2, k3, k4], g| {
        let (n, v) = (g.n as f64, g.p * (1.0 - g.p));
        [k1 + n * g.p, k2 + n * v, k3 + n * v * (1.0 - 2.0 * g.p), k4 + n * v * (1.0 - 6.0 * v)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expansion_is_within_one_org_of_the_exact_quantile() {
        let groups = [Group { n: 40_000, p: 0.03 }, Group { n: 900, p: 0.9 }, Group { n: 3_000, p: 0.4 }];
        let exact = CountDistribution::sum_of(&groups);
        let qs = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
        for (q, fast) in qs.iter().zip(quantiles_of_sum(&groups, &qs)) {
            assert!(exact.quantile(*q).abs_diff(fast) <= 1, "q {q}: {fast} against {}", exact.quantile(*q));
        }
    }

    #[test]
    fn the_expansion_for_many_unlike_groups_is_within_one_org_of_the_exact_quantile() {
        for scale in [0.2, 0.5, 1.0] {
            let groups: Vec<Group> =
                (0..2000).map(|i| Group { n: 1, p: scale * f64::from(i * i % 997) / 997.0 }).collect();
            let law = CountDistribution::sum_of(&groups);
            assert!(law.variance() > EXACT_VARIANCE_OF_MANY);
            let quick = quantiles_of_sum(&groups, &[0.05, 0.5, 0.95]);
            for (quick, q) in quick.iter().zip([0.05, 0.5, 0.95]) {
                assert!(quick.abs_diff(law.quantile(q)) <= 1, "{scale} {q}");
            }
        }
    }

    #[test]
    fn quantiles_of_a_mixture_are_within_one_org_of_the_exact_ones_from_any_guess() {
        let parts: Vec<Vec<Group>> = (0..32)
            .map(|i| {
                vec![Group { n: 2_500, p: 0.02 + 0.002 * f64::from(i) }, Group { n: 300, p: 0.5 - 0.01 * f64::from(i) }]
            })
            .collect();
        let laws: Vec<(f64, CountDistribution)> =
            parts.iter().map(|groups| (1.0 / 32.0, CountDistribution::sum_of(groups))).collect();
        let exact = CountDistribution::mixture(&laws);
        let qs = [0.05, 0.5, 0.95];
        for near in [None, Some(&[0, 0, 0][..]), Some(&[2_800, 100, 150][..])] {
            for (q, fast) in qs.iter().zip(quantiles_of_mixture(&parts, &qs, near)) {
                assert!(exact.quantile(*q).abs_diff(fast) <= 1, "q {q}: {fast} against {}", exact.quantile(*q));
            }
        }
    }

    /// Above the limits the expansion is off by less than a tenth of a percent of probability.
    #[test]
    fn the_chance_to_stay_within_a_count_is_near_the_exact_one() {
        let part = |n: u64, p: f64| vec![Group { n, p }, Group { n: 400, p: 0.3 }];
        for parts in [vec![part(2_500, 0.05)], vec![part(40_000, 0.05)], vec![part(900, 0.04), part(2_500, 0.05)]] {
            let laws: Vec<(f64, CountDistribution)> =
                parts.iter().map(|g| (1.0 / parts.len() as f64, CountDistribution::sum_of(g))).collect();
            let exact = CountDistribution::mixture(&laws);
            for q in [0.01, 0.3, 0.5, 0.9, 0.99] {
                let count = exact.quantile(q);
                let near = cdf_of_mixture(&parts, count);
                assert!((near - exact.cdf(count)).abs() < 1e-3, "at {count}: {near} and {}", exact.cdf(count));
            }
        }
    }

    #[test]
    fn the_short_way_to_binomial_quantiles_is_the_long_one() {
        let qs = [0.05, 0.5, 0.95];
        for (n, p) in [(1, 0.5), (10, 0.0), (10, 1.0), (2500, 1e-6), (2500, 0.049), (2500, 0.6), (400, 0.999)] {
            let law = CountDistribution::binomial(n, p);
            let long: Vec<u64> = qs.iter().map(|q| law.quantile(*q)).collect();
            assert_eq!(binomial_quantiles(Group { n, p }, &qs), long, "n {n}, p {p}");
        }
    }

    /// Reference value from SciPy 1.17.1, `binom.cdf(100, 2500, 69/1399)`; the rest against the whole distribution.
    #[test]
    fn the_short_way_to_a_chance_is_the_long_one() {
        let chance = cdf_of_sum(&[Group { n: 2500, p: 69.0 / 1399.0 }], 100);
        assert!((chance - 0.015_440_898_144_232_92).abs() < 1e-13, "{chance}");
        for (n, p) in [(1, 0.5), (10, 0.0), (10, 1.0), (2500, 1e-6), (2500, 0.049), (400, 0.999), (1_000_000, 0.3)] {
            let (group, law) = (Group { n, p }, CountDistribution::binomial(n, p));
            for count in [0, 1, 9, 10, 122, 399, 400, 299_000, 300_000, 2_000_000] {
                let (short, long) = (cdf_of_sum(&[group], count), law.cdf(count));
                assert!((short - long).abs() < 1e-12, "n {n}, p {p}, {count}: {short} against {long}");
            }
        }
        assert_eq!(cdf_of_sum(&[], 0), 1.0);
    }
}
