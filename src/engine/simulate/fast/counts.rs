//! Counts of one run at every uptake rate. An org is counted once, in the row of the first rate at which it acts: all rates below
//! read what becomes of it without a reconnect, all from there on what does with one.

use super::batch::{BLOCK, NEVER, OrgBatch};
use super::columns::BlockColumns;
use super::hour_rows::HourRows;
use super::recovery::RecoveryClock;
use crate::engine::by_action::ByAction;
use crate::engine::rules::Failure;
use crate::plan::Cause;
use crate::stats::stream::CounterRng;

/// What the headline figures tell apart in a failure: its cause, by the deadline and down at it, by it and recovered, later.
pub(crate) const KINDS: usize = 3 * Cause::COUNT;
/// Row width, so that rows begin on powers of two.
const STRIDE: usize = 16;

/// A failure's place among [`KINDS`]. Stages: by the deadline and down at it, by it and recovered, later.
pub(crate) const fn kind(cause: Cause, stage: usize) -> usize {
    cause.index() + Cause::COUNT * stage
}

/// Headline counts of one segment at one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct HeadlineCounts {
    pub(crate) failed: u64,
    pub(crate) down: u64,
    pub(crate) by_horizon: u64,
    pub(crate) causes: [u64; Cause::COUNT],
}

impl HeadlineCounts {
    fn of(kinds: &[u32; STRIDE]) -> Self {
        let [causes_down, causes_back] = [0, Cause::COUNT].map(|stage| &kinds[stage..stage + Cause::COUNT]);
        let causes = std::array::from_fn(|c| u64::from(causes_down[c]) + u64::from(causes_back[c]));
        let down = causes_down.iter().map(|n| u64::from(*n)).sum();
        let failed = causes.iter().sum();
        Self {
            failed,
            down,
            by_horizon: failed + kinds[2 * Cause::COUNT..KINDS].iter().map(|n| u64::from(*n)).sum::<u64>(),
            causes,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.failed += other.failed;
        self.down += other.down;
        self.by_horizon += other.by_horizon;
        self.causes.iter_mut().zip(other.causes).for_each(|(a, b)| *a += b);
    }
}

/// Rows of counts by kind, for one segment of one run.
#[derive(Debug, Clone)]
pub(crate) struct KindRows {
    /// Row `k`: orgs that act from the `k`th rate on. The last row: those whose outcome is the same at every rate.
    counts: ByAction<Vec<u32>>,
}

impl KindRows {
    pub(crate) fn new(rates: usize) -> Self {
        Self { counts: ByAction::from_fn(|_| vec![0; (rates + 1) * STRIDE]) }
    }

    pub(crate) fn clear(&mut self) {
        self.counts.without.fill(0);
        self.counts.with.fill(0);
    }

    /// Adds orgs of a kind that act from the `rank`th rate on: without a reconnect, and with one.
    pub(crate) fn add(&mut self, rank: usize, orgs: ByAction<u64>, kind: usize) {
        self.counts.without[rank * STRIDE + kind] += orgs.without as u32;
        self.counts.with[rank * STRIDE + kind] += orgs.with as u32;
    }

    /// Adds orgs, by their ranks, that fail after the deadline from `cause` unless they act.
    #[inline(always)]
    pub(crate) fn add_late(&mut self, cause: Cause, ranks: &[u32]) {
        let late = &mut self.counts.without[kind(cause, 2)..];
        ranks.iter().for_each(|rank| late[*rank as usize * STRIDE] += 1);
    }

    /// Takes those in these places away again.
    #[inline(always)]
    pub(crate) fn take_late(&mut self, cause: Cause, ranks: &[u32], places: &[u32]) {
        let late = &mut self.counts.without[kind(cause, 2)..];
        places.iter().for_each(|place| late[ranks[*place as usize] as usize * STRIDE] -= 1);
    }

    /// The headline at each rate in ascending order.
    pub(crate) fn headlines(&self) -> impl Iterator<Item = HeadlineCounts> {
        let ByAction { without, with } = self.counts.as_ref().map(|counts| counts.as_chunks::<STRIDE>().0);
        // Whole rows, which processors add in a few steps; sums of counts stay below 2³², as orgs do.
        let add =
            |a: [u32; STRIDE], b: &[u32; STRIDE]| -> [u32; STRIDE] { std::array::from_fn(|i| a[i].wrapping_add(b[i])) };
        let take =
            |a: [u32; STRIDE], b: &[u32; STRIDE]| -> [u32; STRIDE] { std::array::from_fn(|i| a[i].wrapping_sub(b[i])) };
        let mut now = without.iter().fold([0; STRIDE], add);
        without.iter().zip(with).take(without.len() - 1).map(move |(without, with)| {
            now = take(add(now, with), without);
            HeadlineCounts::of(&now)
        })
    }
}

/// Counts the orgs of one segment in one run. `CURVES`: by the hour too.
pub(crate) struct Counter<'a, const CURVES: bool> {
    pub(crate) deadline: f64,
    pub(crate) recovery: Option<&'a RecoveryClock<'a>>,
    pub(crate) recovery_rng: CounterRng,
    pub(crate) kinds: &'a mut KindRows,
    pub(crate) by_hour: &'a mut HourRows<u32>,
}

impl<const CURVES: bool> Counter<'_, CURVES> {
    /// Counts the orgs of a batch: their failures without a reconnect, and from their ranks on those with one.
    pub(crate) fn count(&mut self, batch: &OrgBatch, columns: &mut BlockColumns) {
        let orgs = batch.orgs;
        for from in (0..orgs).step_by(BLOCK) {
            let places = from..orgs.min(from + BLOCK);
            let (org, rank) = (&batch.org[places.clone()], &batch.rank[places.clone()]);
            self.count_failures::<0>(batch.first, org, rank, &batch.without[places.clone()], columns);
            if batch.with_fail {
                self.count_failures::<1>(batch.first, org, rank, &batch.with[places], columns);
            }
        }
    }

    #[inline(never)]
    fn count_failures<const WITH: usize>(
        &mut self,
        first: u64,
        org: &[u32],
        rank: &[u32],
        failures: &[Failure],
        columns: &mut BlockColumns,
    ) {
        let counts = &mut self.kinds.counts;
        let rows = if WITH == 0 { &mut counts.without[..] } else { &mut counts.with[..] };
        let early = &mut columns.places[..];
        let mut left = 0;
        for (place, (failure, rank)) in failures.iter().zip(rank).enumerate() {
            let late = failure.at > self.deadline;
            rows[*rank as usize * STRIDE + kind(failure.cause, 2)] += u32::from(late & (failure.at < NEVER.at));
            early[left % BLOCK] = place as u32;
            left += usize::from(!late);
        }
        for place in &early[..left] {
            let Failure { at, cause } = failures[*place as usize];
            let number = first + u64::from(org[*place as usize]);
            let back = self.recovery.is_some_and(|r| !r.is_down_at_deadline(self.recovery_rng, number, at));
            rows[rank[*place as usize] as usize * STRIDE + kind(cause, usize::from(back))] += 1;
        }
        if CURVES {
            let mut failed = 0;
            for ((failure, rank), org) in failures.iter().zip(rank).zip(org) {
                columns.rank[failed % BLOCK] = *rank;
                columns.at[failed % BLOCK] = failure.at;
                columns.words[failed % BLOCK] = self.recovery_rng.word(first + u64::from(*org));
                failed += usize::from(failure.at < NEVER.at);
            }
            columns.add_to::<WITH>(failed, 0, self.recovery, self.by_hour);
        }
    }
}
