//! Distributions of counts: binomial, sums of unlike binomials (Poisson-binomial), mixtures; exact, in windows that leave
//! out less than [`LEFT_OUT`] of the probability.

use super::special::{norm_isf, norm_sf};
use realfft::RealFftPlanner;

/// Relative weight below which the far tails of a binomial are cut off.
pub const LEFT_OUT: f64 = 1e-30;

/// From this many multiplications on, a convolution goes through the fast Fourier transform (absolute error about 1e-15).
const FFT_FROM: usize = 4_000_000;

/// A probability distribution on whole numbers, as points of support with cumulative probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct CountDistribution {
    /// Ascending counts, and the probability of at most that count.
    cumulative: Vec<(u64, f64)>,
}

/// `n` independent orgs that each fail with probability `p`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Number of orgs.
    pub n: u64,
    /// Probability of each.
    pub p: f64,
}

impl CountDistribution {
    /// From weights of consecutive counts beginning at `first`; the weights add up to 1 but for rounding.
    pub fn from_weights(first: u64, weights: Vec<f64>) -> Self {
        Self::from_points(weights.into_iter().enumerate().map(|(i, w)| (first + i as u64, w)).collect())
    }

    /// From ascending counts with weights that add up to 1 but for rounding. Counts without weight are dropped.
    pub fn from_points(points: Vec<(u64, f64)>) -> Self {
        let total: f64 = points.iter().map(|p| p.1).sum();
        let mut sum = 0.0;
        let mut cumulative: Vec<(u64, f64)> = points
            .into_iter()
            .filter(|p| p.1 > 0.0)
            .map(|(count, w)| {
                sum += w;
                (count, (sum / total).min(1.0))
            })
            .collect();
        if let Some(last) = cumulative.last_mut() {
            last.1 = 1.0;
        }
        Self { cumulative }
    }

    /// All probability on one count.
    pub fn certain(count: u64) -> Self {
        Self { cumulative: vec![(count, 1.0)] }
    }

    /// `Binomial(n, p)`: weights from the mode outwards by the ratio of neighbours, normalised.
    pub fn binomial(n: u64, p: f64) -> Self {
        let (first, weights) = binomial_weights(n, p);
        Self::from_weights(first, weights)
    }

    /// The number of failures among all groups: the Poisson-binomial distribution, by convolution of their binomials, two and
    /// two so that large windows meet late.
    ///
    /// Exact up to [`MOST_UNLIKE`] groups. Beyond, groups alike to within `1 / MOST_UNLIKE` in probability are taken together at
    /// their mean; the mean stays, and the variance grows by at most `n / (4 MOST_UNLIKE²)`.
    pub fn sum_of(groups: &[Group]) -> Self {
        let groups = &*unlike(groups);
        let merged;
        let groups = if groups.len() > MOST_UNLIKE {
            merged = merged_by_probability(groups);
            &merged
        } else {
            groups
        };
        let mut windows: Vec<(u64, Vec<f64>)> = groups.iter().map(|g| binomial_weights(g.n, g.p)).collect();
        while windows.len() > 1 {
            let mut pairs = windows.into_iter();
            let mut halved = Vec::with_capacity(pairs.len().div_ceil(2));
            while let Some(a) = pairs.next() {
                halved.push(match pairs.next() {
                    Some(b) => trimmed(a.0 + b.0, convolve(&a.1, &b.1)),
                    None => a,
                });
            }
            windows = halved;
        }
        let sum = windows.into_iter().next();
        sum.map_or_else(|| Self::certain(0), |(first, weights)| Self::from_weights(first, weights))
    }

    /// The mixture of distributions with weights that add up to 1.
    pub fn mixture(parts: &[(f64, Self)]) -> Self {
        let first = parts.iter().filter_map(|p| p.1.cumulative.first()).map(|c| c.0).min().unwrap_or(0);
        let last = parts.iter().filter_map(|p| p.1.cumulative.last()).map(|c| c.0).max().unwrap_or(0);
        let listed: usize = parts.iter().map(|p| p.1.cumulative.len()).sum();
        if last - first <= 2 * listed as u64 + 1024 {
            let mut weights = vec![0.0; (last - first + 1) as usize];
            for (weight, part) in parts {
                part.points().for_each(|(count, p)| weights[(count - first) as usize] += weight * p);
            }
            return Self::from_weights(first, weights);
        }
        let mut points: std::collections::BTreeMap<u64, f64> = std::collections::BTreeMap::new();
        for (weight, part) in parts {
            part.points().for_each(|(count, p)| *points.entry(count).or_default() += weight * p);
        }
        Self::from_points(points.into_iter().collect())
    }

    /// The counts that can occur, each with its probability, ascending.
    pub fn points(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        let before = std::iter::once(0.0).chain(self.cumulative.iter().map(|c| c.1));
        self.cumulative.iter().zip(before).map(|(&(count, upto), below)| (count, upto - below))
    }

    /// `P(N <= count)`.
    pub fn cdf(&self, count: u64) -> f64 {
        match self.cumulative.partition_point(|c| c.0 <= count) {
            0 => 0.0,
            i => self.cumulative[i - 1].1,
        }
    }

    /// The smallest count whose cumulative probability reaches `q` (up to rounding in the last digits).
    pub fn quantile(&self, q: f64) -> u64 {
        let at = self.cumulative.partition_point(|c| c.1 < q - 1e-12);
        self.cumulative.get(at).or(self.cumulative.last()).map_or(0, |c| c.0)
    }

    /// Mean.
    pub fn mean(&self) -> f64 {
        self.points().map(|(count, p)| count as f64 * p).sum()
    }

    /// Variance.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.points().map(|(count, p)| (count as f64 - mean).powi(2) * p).sum()
    }
}

/// Groups up to which [`CountDistribution::sum_of`] is exact.
pub const MOST_UNLIKE: usize = 1 << 17;

/// Groups beyond which those of one probability are looked for.
const MANY: usize = 8;

/// The groups, those of one probability taken together where there are many.
fn unlike(groups: &[Group]) -> std::borrow::Cow<'_, [Group]> {
    if groups.len() <= MANY {
        return groups.into();
    }
    let mut sorted = groups.to_vec();
    sorted.sort_unstable_by(|a, b| a.p.total_cmp(&b.p));
    let mut unlike: Vec<Group> = Vec::new();
    for group in sorted {
        match unlike.last_mut() {
            Some(last) if last.p == group.p => last.n += group.n,
            _ => unlike.push(group),
        }
    }
    unlike.into()
}

/// Groups of like probability taken together, ascending by it.
fn merged_by_probability(groups: &[Group]) -> Vec<Group> {
    let mut bins = vec![(0_u64, 0.0_f64); MOST_UNLIKE];
    for g in groups {
        let bin = &mut bins[((g.p * MOST_UNLIKE as f64) as usize).min(MOST_UNLIKE - 1)];
        bin.0 += g.n;
        bin.1 += g.n as f64 * g.p;
    }
    bins.into_iter().filter(|b| b.0 > 0).map(|(n, mean)| Group { n, p: (mean / n as f64).min(1.0) }).collect()
}

/// Quantiles of the number of failures among the groups, for a curve with thousands of points.
///
/// Exact (the full convolution) up to a variance of [`EXACT_CURVE_VARIANCE`], or of [`EXACT_VARIANCE_OF_MANY`] for many unlike groups;
/// above it by the Cornish-Fisher expansion with skewness and kurtosis (Cornish & Fisher 1938), which is then within one org.
pub fn quantiles_of_sum(groups: &[Group], qs: &[f64]) -> Vec<u64> {
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
pub fn cdf_of_sum(groups: &[Group], count: u64) -> f64 {
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
pub fn quantiles_of_mixture(parts: &[Vec<Group>], qs: &[f64], near: Option<&[u64]>) -> Vec<u64> {
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
pub fn cdf_of_mixture(parts: &[Vec<Group>], count: u64) -> f64 {
    let limit = if parts.len() == 1 { EXACT_CURVE_VARIANCE } else { EXACT_MIXTURE_VARIANCE };
    let of = |groups: &Vec<Group>| {
        let moments = cumulants(groups);
        if moments[1] <= limit { CountDistribution::sum_of(groups).cdf(count) } else { edgeworth_cdf(&moments, count) }
    };
    parts.iter().map(of).sum::<f64>() / parts.len() as f64
}

/// See [`quantiles_of_mixture`].
pub const EXACT_MIXTURE_VARIANCE: f64 = 9.0;

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
pub const EXACT_CURVE_VARIANCE: f64 = 900.0;

/// See [`quantiles_of_sum`].
pub const EXACT_VARIANCE_OF_MANY: f64 = 100.0;

/// First four cumulants of a sum of binomials.
fn cumulants(groups: &[Group]) -> [f64; 4] {
    groups.iter().fold([0.0; 4], |[k1, k2, k3, k4], g| {
        let (n, v) = (g.n as f64, g.p * (1.0 - g.p));
        [k1 + n * g.p, k2 + n * v, k3 + n * v * (1.0 - 2.0 * g.p), k4 + n * v * (1.0 - 6.0 * v)]
    })
}

/// Normalised weights of `Binomial(n, p)` in a window around the mode: first count, weights.
fn binomial_weights(n: u64, p: f64) -> (u64, Vec<f64>) {
    let (first, mut weights) = binomial_window(n, p, LEFT_OUT);
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    (first, weights)
}

/// Weights of `Binomial(n, p)` relative to the mode's, down to `left_out` of it: first count, weights.
fn binomial_window(n: u64, p: f64, left_out: f64) -> (u64, Vec<f64>) {
    if p <= 0.0 || n == 0 {
        return (0, vec![1.0]);
    }
    if p >= 1.0 {
        return (n, vec![1.0]);
    }
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    let odds = p / (1.0 - p);
    let mut weights = Vec::with_capacity(256);
    let (mut weight, mut k) = (1.0_f64, mode);
    while k > 0 && weight > left_out {
        weight *= k as f64 / ((n - k + 1) as f64 * odds);
        k -= 1;
        weights.push(weight);
    }
    let first = k;
    weights.reverse();
    weights.push(1.0);
    let (mut weight, mut k) = (1.0_f64, mode);
    while k < n && weight > left_out {
        weight *= (n - k) as f64 * odds / (k + 1) as f64;
        k += 1;
        weights.push(weight);
    }
    (first, weights)
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    if a.len() * b.len() >= FFT_FROM {
        return convolve_fft(a, b);
    }
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (o, y) in out[i..].iter_mut().zip(b) {
            *o += x * y;
        }
    }
    out
}

fn convolve_fft(a: &[f64], b: &[f64]) -> Vec<f64> {
    let length = a.len() + b.len() - 1;
    let size = length.next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |x: &[f64]| {
        let mut padded = x.to_vec();
        padded.resize(size, 0.0);
        let mut out = forward.make_output_vec();
        forward.process(&mut padded, &mut out).expect("both buffers are of the planned size");
        out
    };
    let (mut fa, fb) = (spectrum(a), spectrum(b));
    fa.iter_mut().zip(&fb).for_each(|(x, y)| *x *= *y);
    let mut out = inverse.make_output_vec();
    inverse.process(&mut fa, &mut out).expect("both buffers are of the planned size");
    out.truncate(length);
    // Rounding of the transform leaves noise around 1e-17 where there is nothing.
    out.iter_mut().for_each(|w| *w = (*w / size as f64).max(0.0));
    out
}

/// Drops the ends that carry next to nothing, so that windows don't grow with the number of groups.
fn trimmed(first: u64, weights: Vec<f64>) -> (u64, Vec<f64>) {
    let heavy = |w: &f64| *w > LEFT_OUT;
    let start = weights.iter().position(heavy).unwrap_or(0);
    let end = weights.iter().rposition(heavy).map_or(weights.len(), |i| i + 1);
    (first + start as u64, weights[start..end].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values from SciPy 1.17.1: binom.cdf(k, 2500, 69/1399) and binom.ppf.
    #[test]
    fn binomial_matches_reference_values() {
        let law = CountDistribution::binomial(2500, 69.0 / 1399.0);
        assert!((law.cdf(100) - BINOM_CDF_100).abs() < 1e-12, "{}", law.cdf(100));
        assert_eq!([0.05, 0.5, 0.95].map(|q| law.quantile(q)), [106, 123, 141]);
        assert!((law.mean() - 2500.0 * 69.0 / 1399.0).abs() < 1e-9);
    }
    const BINOM_CDF_100: f64 = 0.015_440_898_144_232_92;

    #[test]
    fn the_sum_of_unlike_orgs_matches_enumeration() {
        let ps = [0.1, 0.35, 0.35, 0.8, 0.99, 0.0];
        let mut by_hand = [0.0; 7];
        for outcome in 0..64_u32 {
            let p: f64 = ps.iter().enumerate().map(|(i, p)| if outcome >> i & 1 == 1 { *p } else { 1.0 - p }).product();
            by_hand[outcome.count_ones() as usize] += p;
        }
        let groups: Vec<Group> = ps.iter().map(|p| Group { n: 1, p: *p }).collect();
        let law = CountDistribution::sum_of(&groups);
        let mut sum = 0.0;
        for (count, p) in by_hand.iter().enumerate() {
            sum += p;
            assert!((law.cdf(count as u64) - sum).abs() < 1e-14, "count {count}");
        }
    }

    #[test]
    fn a_hundred_thousand_unlike_orgs_have_the_moments_of_their_sum_and_beyond_that_too() {
        for n in [100_000_u32, 200_000] {
            let groups: Vec<Group> = (0..n).map(|i| Group { n: 1, p: f64::from(i) / f64::from(n) }).collect();
            let [mean, variance, ..] = cumulants(&groups);
            let law = CountDistribution::sum_of(&groups);
            assert!((law.mean() / mean - 1.0).abs() < 1e-9, "mean of {n}: {}", law.mean());
            assert!((law.variance() / variance - 1.0).abs() < 1e-6, "variance of {n}: {} {variance}", law.variance());
        }
    }

    #[test]
    fn the_fourier_and_the_plain_convolution_agree() {
        let a = binomial_weights(9000, 0.3).1;
        let b = binomial_weights(12_000, 0.7).1;
        let plain = convolve(&a[..500], &b[..500]);
        for (x, y) in plain.iter().zip(convolve_fft(&a[..500], &b[..500])) {
            assert!((x - y).abs() < 1e-15);
        }
    }

    #[test]
    fn a_billion_orgs_have_exact_percentiles_too() {
        let law = CountDistribution::binomial(1_000_000_000, 0.05);
        let (mean, sd) = (5e7, (1e9_f64 * 0.05 * 0.95).sqrt());
        assert!((law.mean() - mean).abs() < 1e-3);
        assert!((law.variance().sqrt() / sd - 1.0).abs() < 1e-9);
    }

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

    /// Reference values from SciPy 1.17.1, as above; the rest against the whole distribution.
    #[test]
    fn the_short_way_to_a_chance_is_the_long_one() {
        let chance = cdf_of_sum(&[Group { n: 2500, p: 69.0 / 1399.0 }], 100);
        assert!((chance - BINOM_CDF_100).abs() < 1e-13, "{chance}");
        for (n, p) in [(1, 0.5), (10, 0.0), (10, 1.0), (2500, 1e-6), (2500, 0.049), (400, 0.999), (1_000_000, 0.3)] {
            let (group, law) = (Group { n, p }, CountDistribution::binomial(n, p));
            for count in [0, 1, 9, 10, 122, 399, 400, 299_000, 300_000, 2_000_000] {
                let (short, long) = (cdf_of_sum(&[group], count), law.cdf(count));
                assert!((short - long).abs() < 1e-12, "n {n}, p {p}, {count}: {short} against {long}");
            }
        }
        assert_eq!(cdf_of_sum(&[], 0), 1.0);
    }

    #[test]
    fn certain_and_impossible_failures_are_exact() {
        let law = CountDistribution::sum_of(&[Group { n: 10, p: 1.0 }, Group { n: 7, p: 0.0 }]);
        assert_eq!((law.quantile(0.0), law.quantile(1.0), law.variance()), (10, 10, 0.0));
    }
}
