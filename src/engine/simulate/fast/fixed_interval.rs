//! A fast path for the commonest of plans: one reauthorization that none may pass, a fixed interval `I`, uniform ages.
//!
//! An org of age `a` refreshes at `I - a + k I`, and fails at the first such instant at or after the reauthorization. So the failure time is a
//! function of the age alone, and orgs that fail after both the window and the deadline are those whose age lies in one interval. They are
//! counted without a look at the rules; the others (few, as a rule) are handed to them. Either way an org has the same random numbers, so that
//! both count the same.

use super::batch::{BLOCK, NEVER, OrgBatch};
use super::columns::BlockColumns;
use super::counts::KindRows;
use super::hour_rows::HourRows;
use super::ranks::Ranks;
use super::recovery::RecoveryClock;
use super::rounding::float_of;
use crate::engine::rules::Failure;
use crate::engine::simulate::random_numbers::RunRng;
use crate::plan::{Cause, Segment};
use crate::population::synthetic::SyntheticOrgs;
use crate::stats::stream::Word;

/// Random bits of an age.
const BITS: u32 = Word::BITS;

/// When such an org fails, as a function of its age; and the words of those that need a closer look. All others fail late: whether they act
/// is all that decides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedInterval {
    fails: FailureByAge,
    undecided: WordRange,
    horizon: f64,
    /// Who fails after it has the same outcome with a reconnect and without.
    reach: f64,
}

/// When an org fails, by the bits of its age.
#[derive(Debug, Clone, Copy)]
struct FailureByAge {
    /// First refresh of an org with no bits set, and hours for each bit.
    first: f64,
    per_bit: f64,
    interval: f64,
    in_force: f64,
}

/// A range of words: `from` and the `further` ones after it, past the greatest to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WordRange {
    from: u64,
    further: u64,
}

impl FixedInterval {
    /// `in_force` is when the only reauthorization comes into force. Failures after `late` and up to the horizon are late. `None` where a
    /// plan is not of this kind.
    pub(crate) fn new(segment: &Segment, orgs: &SyntheticOrgs, in_force: f64, late: f64, horizon: f64) -> Option<Self> {
        let interval = segment.interval.atoms().filter(|a| a.len() == 1)?[0].0;
        let (first, per_bit) = orgs.first_refresh_by_bit()?;
        let fails = FailureByAge { first, per_bit, interval, in_force };
        let undecided = || fails.undecided(late, horizon);
        (in_force > 0.0).then(|| Self { fails, undecided: undecided(), horizon, reach: late.max(horizon) })
    }
}

impl FailureByAge {
    #[inline(always)]
    fn at(&self, bits: u64) -> f64 {
        let at = self.once(bits);
        if self.takes_several() { self.further(at) } else { at }
    }

    /// Whether it may take more than one interval to reach the reauthorization.
    #[inline(always)]
    fn takes_several(&self) -> bool {
        self.interval < self.in_force
    }

    /// [`FailureByAge::at`] where one interval is enough.
    #[inline(always)]
    fn once(&self, bits: u64) -> f64 {
        let first = self.first + float_of(bits) * self.per_bit;
        first + if first < self.in_force { self.interval } else { 0.0 }
    }

    /// As many intervals as it takes, at once. The last step minds the rounding of the product.
    fn further(&self, at: f64) -> f64 {
        let at = at + ((self.in_force - at) / self.interval).ceil().max(0.0) * self.interval;
        if at < self.in_force {
            at + self.interval
        } else if at - self.interval >= self.in_force {
            at - self.interval
        } else {
            at
        }
    }

    /// The words of those that fail by `late` or after the horizon, and of those for whom rounding decides: all others fail between.
    ///
    /// As ages go up, failures go round a circle as long as the interval, from `in_force` on. So those that are late have ages side by
    /// side, but for the ends of the law of ages.
    fn undecided(&self, late: f64, horizon: f64) -> WordRange {
        let all = 1_u64 << BITS;
        let rounding = 1e-9 * (1.0 + self.in_force.abs() + self.interval);
        // Where those that fail late begin or end, in bits, give or take the rounding.
        let mut edges: Vec<std::ops::Range<u64>> = Vec::new();
        for at in [self.in_force, late, horizon] {
            let from_start = at - self.in_force;
            if from_start < -rounding || from_start > self.interval + rounding {
                continue;
            }
            for refresh in [-1.0, 0.0, 1.0].map(|k| at.rem_euclid(self.interval) + k * self.interval) {
                let [from, to] = [-rounding, rounding].map(|off| (refresh + off - self.first) / self.per_bit);
                if to >= 0.0 && from <= all as f64 {
                    edges.push((from as u64).min(all)..(to as u64).saturating_add(1).min(all));
                }
            }
        }
        edges.sort_by_key(|edge| (edge.start, edge.end));
        // Between two edges all are late, or none is.
        let is_late = |bits| {
            let at = self.at(bits);
            at > late && at <= horizon
        };
        let starts = std::iter::once(0).chain(edges.iter().map(|edge| edge.end));
        let ends = edges.iter().map(|edge| edge.start).chain([all]);
        let mut runs: Vec<std::ops::Range<u64>> = starts
            .zip(ends)
            .filter(|(from, to)| from < to && is_late(from + (to - from) / 2))
            .map(|(from, to)| from..to)
            .collect();
        // The last and the first are neighbours on the circle.
        if let [first, .., last] = &runs[..]
            && (first.start, last.end) == (0, all)
        {
            runs.push(last.start..all + first.end);
        }
        let longest = runs.into_iter().max_by_key(|run| run.end - run.start).unwrap_or(0..0);
        // One at least is not: a range of no words can't be written down.
        let number = (longest.end - longest.start).min(all - 1);
        let words = |bits: u64| bits << (64 - BITS);
        WordRange { from: words(longest.start + number), further: words(all - number).wrapping_sub(1) }
    }
}

impl WordRange {
    #[inline(always)]
    fn contain(self, word: u64) -> bool {
        word.wrapping_sub(self.from) <= self.further
    }
}

/// What a block of such orgs is counted with.
pub(crate) struct FixedIntervalBlock<'a> {
    pub(crate) fixed_interval: FixedInterval,
    pub(crate) rng: &'a RunRng,
    pub(crate) ranks: &'a Ranks,
}

impl FixedIntervalBlock<'_> {
    /// Counts `orgs` neighbouring orgs from `first` on: the late ones. Of the others those that may fail are put into the batch, with their
    /// failures without a reconnect.
    #[inline(never)]
    pub(crate) fn count_late(
        &self,
        first: u64,
        orgs: usize,
        kinds: &mut KindRows,
        (batch, columns): (&mut OrgBatch, &mut BlockColumns),
    ) {
        let undecided = self.draw(first, orgs, kinds, columns);
        self.add_to(batch, first, &columns.places[..undecided], &columns.words[..]);
    }

    /// Draws ages and propensities, and counts the late ones. Returns how many are not; their places, and everyone's ranks and words, stand
    /// in the columns.
    #[inline(always)]
    fn draw(&self, first: u64, orgs: usize, kinds: &mut KindRows, columns: &mut BlockColumns) -> usize {
        let (words, ranks) = (&mut columns.words[..orgs], &mut columns.rank[..orgs]);
        self.rng.traits.fill_ages_and_propensities(first, words);
        self.ranks.fill(ranks, words);
        // Without a branch: which orgs are undecided can't be foreseen.
        let mut undecided = 0;
        for (place, word) in words.iter().enumerate() {
            columns.places[undecided % BLOCK] = place as u32;
            undecided += usize::from(self.fixed_interval.undecided.contain(word.whole()));
        }
        kinds.add_late(Cause::Reauthorization, ranks);
        kinds.take_late(Cause::Reauthorization, ranks, &columns.places[..undecided]);
        undecided
    }

    /// The same, by the hour too.
    #[inline(never)]
    pub(crate) fn count_late_by_hour(
        &self,
        first: u64,
        orgs: usize,
        (kinds, by_hour): (&mut KindRows, &mut HourRows<u32>),
        recovery: Option<&RecoveryClock>,
        (batch, columns): (&mut OrgBatch, &mut BlockColumns),
    ) {
        let undecided = self.draw(first, orgs, kinds, columns);
        self.add_to(batch, first, &columns.places[..undecided], &columns.words[..]);
        let (fails, words) = (self.fixed_interval.fails, &mut columns.words[..orgs]);
        let ats = columns.at.iter_mut().zip(&*words);
        if fails.takes_several() {
            ats.for_each(|(at, word)| *at = fails.at(word.bits()));
        } else {
            ats.for_each(|(at, word)| *at = fails.once(word.bits()));
        }
        self.rng.recovery.fill(first, words);
        columns.add_to::<0>(orgs, undecided, recovery, by_hour);
    }

    /// Adds the orgs in these places of a block to the batch, whose words are given: those that may fail.
    fn add_to(&self, batch: &mut OrgBatch, first: u64, places: &[u32], words: &[Word]) {
        let FixedInterval { fails, horizon, reach, .. } = self.fixed_interval;
        let (offset, org, without) = ((first - batch.first) as u32, &mut batch.org[..], &mut batch.without[..]);
        for place in places {
            let at = fails.at(words[*place as usize].bits());
            org[batch.orgs] = offset + place;
            // A refresh after the horizon is no failure.
            let fails_at = if at <= horizon { at } else { NEVER.at };
            without[batch.orgs] = Failure { at: fails_at, cause: Cause::Reauthorization };
            batch.orgs += usize::from(at <= reach);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    /// As [`SyntheticOrgs::first_refresh_by_bit`] has it.
    fn fails_at([youngest, oldest]: [f64; 2], interval: f64, in_force: f64) -> FailureByAge {
        let per_bit = (oldest - youngest) / (1_u64 << BITS) as f64;
        FailureByAge { first: interval - oldest + per_bit, per_bit, interval, in_force }
    }

    fn is_late(fails: &FailureByAge, bits: u64, [late, horizon]: [f64; 2]) -> bool {
        let at = fails.at(bits);
        at > late && at <= horizon
    }

    /// Ages on and beside every edge, and many between.
    fn sample(fails: &FailureByAge, ends: [f64; 2]) -> Vec<u64> {
        let (all, rng) = (1_u64 << BITS, CounterRng::new(1, 0, "ages"));
        let mut bits: Vec<u64> = (0..20_000).map(|org| rng.bits(org)).collect();
        bits.extend([0, 1, all - 2, all - 1]);
        for at in [fails.in_force, ends[0], ends[1]] {
            for rounds in -3..=3 {
                let place = (at + f64::from(rounds) * fails.interval - fails.first) / fails.per_bit;
                bits.extend(
                    (-3..=3_i64).map(|off| (place as i64).saturating_add(off)).filter_map(|b| u64::try_from(b).ok()),
                );
            }
        }
        bits.retain(|bits| *bits < all);
        bits
    }

    #[test]
    fn words_that_are_decided_fail_late_whatever_the_plan() {
        let ages = [1.0, 1400.0];
        // Ages, interval, reauthorization, end of the window or deadline, horizon; the share that is late, of one arc.
        let cases = [
            ("the flagship", ages, 1400.0, 168.0, [237.0, 1596.0], 1330.0 / 1399.0),
            ("a horizon before the interval is over", ages, 1400.0, 204.0, [279.0, 700.0], 421.0 / 1399.0),
            ("nothing beyond the horizon", ages, 1400.0, 204.0, [279.0, 2000.0], 1324.0 / 1399.0),
            ("more than one interval until it is in force", [0.0, 24.0], 24.0, 204.0, [210.0, 260.0], 18.0 / 24.0),
            ("late ones at both ends of the ages", [0.0, 24.0], 24.0, 204.0, [209.0, 222.0], 13.0 / 24.0),
            ("in force before any refresh", [0.0, 100.0], 1400.0, 1.0, [100.0, 1500.0], 1.0),
            ("all by the deadline", ages, 1400.0, 204.0, [3000.0, 4000.0], 0.0),
            ("all after the horizon", ages, 1400.0, 2000.0, [279.0, 700.0], 0.0),
            ("a horizon on the deadline", ages, 1400.0, 204.0, [300.0, 300.0], 0.0),
            ("ages that leave out both ends", [2.0, 22.0], 24.0, 220.0, [221.0, 300.0], 19.0 / 20.0),
            ("a deadline before it is in force", [0.0, 24.0], 24.0, 204.0, [100.0, 260.0], 1.0),
            ("window without end", ages, 1400.0, 204.0, [f64::INFINITY, 700.0], 0.0),
        ];
        for (what, ages, interval, in_force, ends, share) in cases {
            let fails = fails_at(ages, interval, in_force);
            let undecided = fails.undecided(ends[0], ends[1]);
            for bits in sample(&fails, ends) {
                for word in [bits << (64 - BITS), (bits << (64 - BITS)) + 0x7ff] {
                    let surely_late = !undecided.contain(word);
                    assert!(!surely_late || is_late(&fails, bits, ends), "{what}: {bits} fails at {}", fails.at(bits));
                }
            }
            // Nor are more undecided than need be.
            let late = 1.0 - (undecided.further as f64 + 1.0) / 2.0_f64.powi(64);
            assert!((late - share).abs() < 1e-6, "{what}: {late} instead of {share}");
        }
    }
}
