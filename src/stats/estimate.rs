//! Estimates from repeated runs: exact integer tallies, so that the order in which threads add them does not matter.

use super::count::CountDistribution;
use std::collections::BTreeMap;

/// Number, sum and sum of squares of a count of at most 10⁹ over runs. Integers throughout: adding commutes to the last bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moments {
    n: u64,
    /// At most 10⁹ orgs times 10⁷ runs.
    sum: u64,
    sum_of_squares: u128,
}

impl Moments {
    /// Adds one run's count.
    pub fn add(&mut self, count: u64) {
        self.n += 1;
        self.sum += count;
        // A count of at most 10⁹ has a square below 2⁶⁴.
        self.sum_of_squares += u128::from(count * count);
    }

    /// Adds the runs of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
    }

    /// Mean over runs; `None` without runs.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / self.n as f64)
    }

    /// Unbiased variance of one run's count, `Σ(x - mean)² / (n - 1)`; `None` below two runs.
    pub fn variance(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let n = u128::from(self.n);
        // n Σx² - (Σx)² is a whole number: no cancellation.
        let sum = u128::from(self.sum);
        let centred = n * self.sum_of_squares - sum * sum;
        Some(centred as f64 / (self.n as f64 * (self.n - 1) as f64))
    }

    /// Standard error of the mean, `sqrt(variance / n)`; `None` below two runs.
    pub fn se(&self) -> Option<f64> {
        self.variance().map(|v| (v / self.n as f64).sqrt())
    }
}

/// How often each count came up over runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountTally {
    moments: Moments,
    frequencies: BTreeMap<u64, u64>,
}

impl CountTally {
    /// Adds one run's count.
    pub fn add(&mut self, count: u64) {
        self.moments.add(count);
        *self.frequencies.entry(count).or_default() += 1;
    }

    /// Adds the runs of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        for (count, n) in &other.frequencies {
            *self.frequencies.entry(*count).or_default() += n;
        }
    }

    /// Mean and standard error.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// The empirical distribution; `None` without runs.
    pub fn distribution(&self) -> Option<CountDistribution> {
        let (&first, &last) = (self.frequencies.keys().next()?, self.frequencies.keys().next_back()?);
        let runs = self.moments.n as f64;
        if last - first < 4 * self.frequencies.len() as u64 + 1024 {
            let mut weights = vec![0.0; (last - first + 1) as usize];
            for (count, n) in &self.frequencies {
                weights[(count - first) as usize] = *n as f64 / runs;
            }
            return Some(CountDistribution::from_weights(first, weights));
        }
        Some(CountDistribution::from_points(self.frequencies.iter().map(|(c, n)| (*c, *n as f64 / runs)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_textbook_and_merge_in_any_order() {
        let counts = [3_u64, 5, 5, 9, 0];
        let mut all = Moments::default();
        counts.iter().for_each(|c| all.add(*c));
        assert_eq!(all.mean(), Some(4.4));
        // Deviations -1.4, 0.6, 0.6, 4.6, -4.4: squares sum to 43.2, over 4.
        assert!((all.variance().expect("five runs") - 10.8).abs() < 1e-12);
        let (mut left, mut right) = (Moments::default(), Moments::default());
        counts[..2].iter().for_each(|c| left.add(*c));
        counts[2..].iter().for_each(|c| right.add(*c));
        right.merge(&left);
        assert_eq!(right, all);
        assert_eq!(Moments::default().mean(), None, "no runs, no mean");
    }

    #[test]
    fn the_tally_gives_percentiles_that_occurred() {
        let mut tally = CountTally::default();
        [10, 10, 12, 1_000_000].into_iter().for_each(|c| tally.add(c));
        let law = tally.distribution().expect("runs");
        assert_eq!((law.quantile(0.5), law.quantile(0.51), law.quantile(0.9)), (10, 12, 1_000_000));
    }
}
