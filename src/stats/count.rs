//! Distributions of counts: binomial, sums of unlike binomials (Poisson-binomial), mixtures; exact, in windows that leave
//! out less than [`LEFT_OUT`] of the probability.

use realfft::RealFftPlanner;

/// Relative weight below which the far tails of a binomial are cut off.
pub const LEFT_OUT: f64 = 1e-30;

/// From this many multiplications on, a convolution goes through the fast Fourier transform (absolute error about 1e-15).
const FFT_FROM: usize = 4_000_000;

/// A probability distribution on whole numbers, as points of support with cumulative probabilities.
///
/// ```
/// use cutover::stats::CountDistribution;
///
/// let heads = CountDistribution::binomial(10, 0.5);
/// assert!((heads.mean() - 5.0).abs() < 1e-12 && (heads.cdf(10) - 1.0).abs() < 1e-12);
/// assert_eq!(heads.quantile(0.5), 5);
/// ```
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
pub(super) const MANY: usize = 8;

/// The groups, those of one probability taken together where there are many.
pub(super) fn unlike(groups: &[Group]) -> std::borrow::Cow<'_, [Group]> {
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

/// Normalised weights of `Binomial(n, p)` in a window around the mode: first count, weights.
fn binomial_weights(n: u64, p: f64) -> (u64, Vec<f64>) {
    let (first, mut weights) = binomial_window(n, p, LEFT_OUT);
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    (first, weights)
}

/// Weights of `Binomial(n, p)` relative to the mode's, down to `left_out` of it: first count, weights.
pub(super) fn binomial_window(n: u64, p: f64, left_out: f64) -> (u64, Vec<f64>) {
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
    use super::super::count_quantiles::cumulants;
    use super::*;

    /// Reference values from SciPy 1.17.1: binom.cdf(k, 2500, 69/1399) and binom.ppf.
    #[test]
    fn binomial_matches_reference_values() {
        let law = CountDistribution::binomial(2500, 69.0 / 1399.0);
        assert!((law.cdf(100) - 0.015_440_898_144_232_92).abs() < 1e-12, "{}", law.cdf(100));
        assert_eq!([0.05, 0.5, 0.95].map(|q| law.quantile(q)), [106, 123, 141]);
        assert!((law.mean() - 2500.0 * 69.0 / 1399.0).abs() < 1e-9);
    }

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
    fn certain_and_impossible_failures_are_exact() {
        let law = CountDistribution::sum_of(&[Group { n: 10, p: 1.0 }, Group { n: 7, p: 0.0 }]);
        assert_eq!((law.quantile(0.0), law.quantile(1.0), law.variance()), (10, 10, 0.0));
    }
}
