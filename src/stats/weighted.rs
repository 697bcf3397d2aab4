//! The weight that fails where each org has one: a sum of unlike weights, each with its probability. By its cumulants; a count of unlike
//! orgs has [`CountDistribution`](super::CountDistribution) instead.

use super::special::norm_isf;

/// Orgs that fail alike and independently.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WeightedGroup {
    /// Probability of each.
    pub p: f64,
    /// Sums of their weights to the first, second, third and fourth power.
    pub weights: [f64; 4],
}

/// A weighted sum by its first four cumulants, between 0 and the weight of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WeightedSum {
    cumulants: [f64; 4],
    all: f64,
}

impl WeightedSum {
    /// Of groups: `κ₁ = Σ w p`, `κ₂ = Σ w² p q`, `κ₃ = Σ w³ p q (1 - 2 p)`, `κ₄ = Σ w⁴ p q (1 - 6 p q)`.
    pub(crate) fn of(groups: impl Iterator<Item = WeightedGroup>) -> Self {
        let mut sum = Self { cumulants: [0.0; 4], all: 0.0 };
        for WeightedGroup { p, weights: [w1, w2, w3, w4] } in groups {
            let v = p * (1.0 - p);
            let parts = [w1 * p, w2 * v, w3 * v * (1.0 - 2.0 * p), w4 * v * (1.0 - 6.0 * v)];
            sum.cumulants.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            sum.all += w1;
        }
        sum
    }

    /// Mean.
    pub(crate) fn mean(&self) -> f64 {
        self.cumulants[0]
    }

    /// The value that is not passed with probability `q`, by the Cornish-Fisher expansion with skewness and kurtosis (Cornish & Fisher
    /// 1938). Near for many orgs; for a handful, or one that outweighs the rest, a rough guide.
    pub(crate) fn quantile(&self, q: f64) -> f64 {
        let [mean, k2, k3, k4] = self.cumulants;
        if k2 <= 0.0 {
            return mean;
        }
        let (sd, skew, kurtosis) = (k2.sqrt(), k3 / k2.powf(1.5), k4 / (k2 * k2));
        let z = norm_isf(1.0 - q);
        let w = z + skew * (z * z - 1.0) / 6.0 + kurtosis * (z * z * z - 3.0 * z) / 24.0
            - skew * skew * (2.0 * z * z * z - 5.0 * z) / 36.0;
        (mean + sd * w).clamp(0.0, self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::CountDistribution;
    use crate::stats::count::Group;

    fn alike(n: f64, p: f64, weight: f64) -> WeightedGroup {
        WeightedGroup { p, weights: [1, 2, 3, 4].map(|power| n * weight.powi(power)) }
    }

    #[test]
    fn of_equal_weights_it_is_the_count_times_the_weight() {
        let groups = [(400.0, 0.1), (300.0, 0.35)];
        let sum = WeightedSum::of(groups.iter().map(|(n, p)| alike(*n, *p, 7.0)));
        let law = CountDistribution::sum_of(&groups.map(|(n, p)| Group { n: n as u64, p }));
        assert!((sum.mean() - 7.0 * law.mean()).abs() < 1e-9);
        assert!((sum.cumulants[1] - 49.0 * law.variance()).abs() < 1e-6);
        for q in [0.05, 0.5, 0.95] {
            // Half a count of continuity is what a sum without steps can't know.
            assert!((sum.quantile(q) - 7.0 * law.quantile(q) as f64).abs() <= 7.0, "{q}");
        }
    }

    /// A hundred orgs that weigh 1 to 100, each failing with 0.3: enumerated exactly over all sums.
    #[test]
    fn of_unlike_weights_it_is_near_the_enumerated_sum() {
        let mut law = vec![1.0];
        for weight in 1..=100_usize {
            let mut next = vec![0.0; law.len() + weight];
            for (sum, p) in law.iter().enumerate() {
                next[sum] += 0.7 * p;
                next[sum + weight] += 0.3 * p;
            }
            law = next;
        }
        let sum = WeightedSum::of((1..=100).map(|weight| alike(1.0, 0.3, f64::from(weight))));
        for q in [0.05, 0.5, 0.95] {
            let mut below = 0.0;
            let exact = law.iter().position(|p| {
                below += p;
                below >= q
            });
            let exact = exact.expect("reached") as f64;
            assert!((sum.quantile(q) - exact).abs() < 0.005 * 5050.0, "{q}: {} {exact}", sum.quantile(q));
        }
    }
}
