//! Estimates from repeated runs: exact integer tallies, so that the order in which threads add them does not matter.

use super::count::CountDistribution;
use std::collections::BTreeMap;

/// Number, sum and sum of squares of a count of at most 10⁹ over runs. Integers throughout: adding commutes to the last bit.
///
/// ```
/// use cutover::stats::Moments;
///
/// let mut moments = Moments::default();
/// [3, 5, 7].into_iter().for_each(|count| moments.add(count));
/// assert_eq!((moments.mean(), moments.variance()), (Some(5.0), Some(4.0)));
/// ```
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

/// Runs of a full batch of [`BatchMoments`].
pub const BATCH: u64 = 32;

/// Squares are scaled by it to stay whole numbers.
const FULL_BATCH: u128 = BATCH as u128;

/// Sum and squares of a count over runs that are added one by one or in full batches. The standard error comes from how batches
/// vary (the method of batch means), so that a batch costs what a run does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchMoments {
    sum: u64,
    /// `Σ FULL_BATCH S² / m` over batches of `m` runs with the sum `S`.
    scaled_squares: u128,
}

impl BatchMoments {
    /// Adds the sum of a count over `runs` runs: 1, or [`BATCH`].
    #[inline]
    pub fn add(&mut self, sum: u64, runs: u64) {
        self.sum += sum;
        let square = u128::from(sum) * u128::from(sum);
        self.scaled_squares += if runs == 1 { FULL_BATCH * square } else { square };
    }

    /// Adds the runs of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        self.scaled_squares += other.scaled_squares;
    }

    /// Mean over `runs` runs; `None` without runs.
    pub fn mean(&self, runs: u64) -> Option<f64> {
        (runs > 0).then(|| self.sum as f64 / runs as f64)
    }

    /// Standard error of the mean over `runs` runs in so many batches, `sqrt((Σ S² / m - (Σ S)² / n) / (b - 1) / n)`; `None` below
    /// two batches.
    pub fn se(&self, runs: u64, batches: u64) -> Option<f64> {
        if batches < 2 {
            return None;
        }
        let sum = u128::from(self.sum);
        let centred = u128::from(runs) * self.scaled_squares - FULL_BATCH * sum * sum;
        let n = runs as f64;
        Some((centred as f64 / (FULL_BATCH as f64 * n) / (batches - 1) as f64 / n).sqrt())
    }
}

/// How often each count came up over runs.
#[derive(Debug, Clone, Default)]
pub struct CountTally {
    moments: Moments,
    /// Counts that are not yet among the frequencies: room is made for many at once, and where there are few, none is needed. At most
    /// 10⁹ each.
    latest: Vec<u32>,
    /// Frequencies of the counts from `first` on, as long as they lie near each other.
    first: u64,
    near: Vec<u32>,
    /// Those of the others.
    far: BTreeMap<u64, u64>,
}

/// How wide the nearby counts of a [`CountTally`] may be.
const NEAR: u64 = 1 << 12;
/// How many of the latest counts a [`CountTally`] keeps as they are.
const LATEST: usize = 256;

impl CountTally {
    /// Adds one run's count.
    #[inline]
    pub fn add(&mut self, count: u64) {
        self.moments.add(count);
        self.latest.push(count as u32);
        if self.latest.len() >= LATEST {
            self.sort_in_latest();
        }
    }

    /// Adds the latest counts to the frequencies.
    #[cold]
    fn sort_in_latest(&mut self) {
        let latest = std::mem::take(&mut self.latest);
        // The ends first: room for both is room for all between.
        let ends = [latest.iter().min(), latest.iter().max()];
        ends.into_iter().flatten().for_each(|count| self.add_times(u64::from(*count), 0));
        latest.iter().for_each(|count| self.add_times(u64::from(*count), 1));
        self.latest = latest;
        self.latest.clear();
    }

    #[inline]
    fn add_times(&mut self, count: u64, times: u64) {
        let place = count.wrapping_sub(self.first);
        match self.near.get_mut(place as usize) {
            Some(frequency) => *frequency += times as u32,
            None => self.add_beyond(count, times),
        }
    }

    /// Makes room for a count near the others; else keeps it apart.
    #[cold]
    fn add_beyond(&mut self, count: u64, times: u64) {
        if self.near.is_empty() {
            self.first = count;
        }
        let (first, end) = (self.first.min(count), (self.first + self.near.len() as u64).max(count + 1));
        if end - first > NEAR {
            if times > 0 {
                *self.far.entry(count).or_default() += times;
            }
            return;
        }
        self.near.splice(0..0, std::iter::repeat_n(0, (self.first - first) as usize));
        self.near.resize((end - first) as usize, 0);
        self.first = first;
        self.near[(count - first) as usize] += times as u32;
    }

    /// Counts that came up, ascending, with their frequencies. A count may stand in both places, for tallies that were merged.
    fn frequencies(&self) -> BTreeMap<u64, u64> {
        let mut all = self.far.clone();
        for (count, n) in (self.first..).zip(&self.near).filter(|(_, n)| **n > 0) {
            *all.entry(count).or_default() += u64::from(*n);
        }
        self.latest.iter().for_each(|count| *all.entry(u64::from(*count)).or_default() += 1);
        all
    }

    /// Adds the runs of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.latest.extend_from_slice(&other.latest);
        if self.latest.len() >= LATEST {
            self.sort_in_latest();
        }
        other.far.iter().for_each(|(count, n)| self.add_times(*count, *n));
        let near = || other.near.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| (other.first + i as u64, *n));
        let ends = [near().next(), near().next_back()];
        ends.into_iter().flatten().for_each(|(count, _)| self.add_times(count, 0));
        near().for_each(|(count, n)| self.add_times(count, u64::from(n)));
    }

    /// Mean and standard error.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// The empirical distribution; `None` without runs.
    pub fn distribution(&self) -> Option<CountDistribution> {
        let frequencies = self.frequencies();
        let (&first, &last) = (frequencies.keys().next()?, frequencies.keys().next_back()?);
        let runs = self.moments.n as f64;
        if last - first < 4 * frequencies.len() as u64 + 1024 {
            let mut weights = vec![0.0; (last - first + 1) as usize];
            for (count, n) in &frequencies {
                weights[(count - first) as usize] = *n as f64 / runs;
            }
            return Some(CountDistribution::from_weights(first, weights));
        }
        Some(CountDistribution::from_points(frequencies.iter().map(|(c, n)| (*c, *n as f64 / runs)).collect()))
    }
}

/// Tallies are equal when the same counts came up as often, however they were added.
impl PartialEq for CountTally {
    fn eq(&self, other: &Self) -> bool {
        self.moments == other.moments && self.frequencies() == other.frequencies()
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

    #[test]
    fn tallies_merge_to_the_same_in_any_order_wherever_their_counts_lie() {
        // More than wait to be sorted in, so that frequencies are merged too, near and far ones.
        let counts: Vec<u64> = (0..8 * LATEST as u64 + 7).map(|i| (i * i * 37) % 9_001).collect();
        let tally = |counts: &mut dyn Iterator<Item = &u64>| {
            let mut tally = CountTally::default();
            counts.for_each(|c| tally.add(*c));
            tally
        };
        let all = tally(&mut counts.iter());
        assert_eq!(all, tally(&mut counts.iter().rev()));
        let (first, second) = counts.split_at(3 * LATEST + 5);
        let [first, mut merged] = [first, second].map(|counts| tally(&mut counts.iter()));
        assert!([&first, &merged].iter().all(|t| !(t.latest.is_empty() || t.near.is_empty() || t.far.is_empty())));
        merged.merge(&first);
        assert_eq!(all, merged);
        assert_eq!(all.distribution(), merged.distribution());
    }

    #[test]
    fn batches_and_single_runs_give_the_mean_and_the_error_of_the_textbook() {
        let mut moments = BatchMoments::default();
        // Two batches of 32 runs and one single run: sums 320, 384, 9; mean 713 / 65.
        for (sum, runs) in [(320, 32), (384, 32), (9, 1)] {
            moments.add(sum, runs);
        }
        let mean: f64 = 713.0 / 65.0;
        assert!((moments.mean(65).expect("runs") - mean).abs() < 1e-12);
        let between: f64 = [(320.0, 32.0), (384.0, 32.0), (9.0, 1.0)]
            .iter()
            .map(|(s, m): &(f64, f64)| m * (s / m - mean).powi(2))
            .sum();
        assert!((moments.se(65, 3).expect("batches") - (between / 2.0 / 65.0).sqrt()).abs() < 1e-12);
        assert_eq!(moments.se(16, 1), None);
    }
}
