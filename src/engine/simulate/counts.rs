//! Counts of one run at every uptake rate. An org is counted once, in the row of the first rate at which it acts: all rates below
//! read what it does alone, all from there on what it does when it acts.

use super::columns::Columns;
use super::herd::{BLOCK, Herd, NEVER};
use super::hour_rows::HourRows;
use super::recovery::RecoveryClock;
use crate::engine::lifecycle::Failure;
use crate::plan::Cause;
use crate::stats::stream::Draws;

/// What the headline figures tell apart in a failure: its cause, by the deadline and down at it, by it and recovered, later.
pub(super) const KINDS: usize = 12;
/// Row width, so that rows begin on powers of two.
const STRIDE: usize = 16;

/// A failure's place among [`KINDS`]. Stages: by the deadline and down at it, by it and recovered, later.
pub(super) const fn kind(cause: Cause, stage: usize) -> usize {
    cause.index() + 4 * stage
}

/// Headline counts of one segment at one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Headline {
    pub(super) failed: u64,
    pub(super) down: u64,
    pub(super) by_horizon: u64,
    pub(super) causes: [u64; 4],
}

impl Headline {
    fn of(kinds: &[u32; STRIDE]) -> Self {
        let [causes_down, causes_back] = [0, 4].map(|stage| &kinds[stage..stage + 4]);
        let causes = std::array::from_fn(|c| u64::from(causes_down[c]) + u64::from(causes_back[c]));
        let down = causes_down.iter().map(|n| u64::from(*n)).sum();
        let failed = causes.iter().sum();
        Self { failed, down, by_horizon: failed + kinds[8..].iter().map(|n| u64::from(*n)).sum::<u64>(), causes }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.failed += other.failed;
        self.down += other.down;
        self.by_horizon += other.by_horizon;
        self.causes.iter_mut().zip(other.causes).for_each(|(a, b)| *a += b);
    }
}

/// Rows of counts by kind, for one segment of one run.
#[derive(Debug, Clone)]
pub(super) struct KindRows {
    /// Row `k`: orgs that act from the `k`th rate on. The last row: those that fare the same at every rate.
    alone: Vec<u32>,
    acting: Vec<u32>,
}

impl KindRows {
    pub(super) fn new(rates: usize) -> Self {
        Self { alone: vec![0; (rates + 1) * STRIDE], acting: vec![0; (rates + 1) * STRIDE] }
    }

    pub(super) fn clear(&mut self) {
        self.alone.fill(0);
        self.acting.fill(0);
    }

    /// Adds orgs of a kind that act from the `rank`th rate on: alone, and when they act.
    pub(super) fn add(&mut self, rank: usize, [alone, acting]: [u64; 2], kind: usize) {
        self.alone[rank * STRIDE + kind] += alone as u32;
        self.acting[rank * STRIDE + kind] += acting as u32;
    }

    /// Adds orgs, by their ranks, that fail after the deadline from `cause` unless they act.
    #[inline(always)]
    pub(super) fn add_late(&mut self, cause: Cause, ranks: &[u32]) {
        let late = &mut self.alone[kind(cause, 2)..];
        ranks.iter().for_each(|rank| late[*rank as usize * STRIDE] += 1);
    }

    /// Takes those in these places away again.
    #[inline(always)]
    pub(super) fn take_late(&mut self, cause: Cause, ranks: &[u32], places: &[u32]) {
        let late = &mut self.alone[kind(cause, 2)..];
        places.iter().for_each(|place| late[ranks[*place as usize] as usize * STRIDE] -= 1);
    }

    /// The headline at each rate in ascending order.
    pub(super) fn headlines(&self) -> impl Iterator<Item = Headline> {
        let (alone, acting) = (self.alone.as_chunks::<STRIDE>().0, self.acting.as_chunks::<STRIDE>().0);
        // Whole rows, which processors add in a few steps; sums of counts stay below 2³², as orgs do.
        let add =
            |a: [u32; STRIDE], b: &[u32; STRIDE]| -> [u32; STRIDE] { std::array::from_fn(|i| a[i].wrapping_add(b[i])) };
        let take =
            |a: [u32; STRIDE], b: &[u32; STRIDE]| -> [u32; STRIDE] { std::array::from_fn(|i| a[i].wrapping_sub(b[i])) };
        let mut now = alone.iter().fold([0; STRIDE], add);
        alone.iter().zip(acting).take(alone.len() - 1).map(move |(alone, acting)| {
            now = take(add(now, acting), alone);
            Headline::of(&now)
        })
    }
}

/// Counts the orgs of one segment in one run. `CURVES`: by the hour too.
pub(super) struct Counter<'a, const CURVES: bool> {
    pub(super) deadline: f64,
    pub(super) recovery: Option<&'a RecoveryClock<'a>>,
    pub(super) luck: Draws,
    pub(super) kinds: &'a mut KindRows,
    pub(super) by_hour: &'a mut HourRows<u32>,
}

impl<const CURVES: bool> Counter<'_, CURVES> {
    /// Counts the orgs of a herd: what they do alone, and from their ranks on something else.
    pub(super) fn count(&mut self, herd: &Herd, columns: &mut Columns) {
        let orgs = herd.orgs;
        for from in (0..orgs).step_by(BLOCK) {
            let places = from..orgs.min(from + BLOCK);
            let (org, rank) = (&herd.org[places.clone()], &herd.rank[places.clone()]);
            self.count_fates::<0>(herd.first, org, rank, &herd.alone[places.clone()], columns);
            if herd.acting_fail {
                self.count_fates::<1>(herd.first, org, rank, &herd.acting[places], columns);
            }
        }
    }

    #[inline(never)]
    fn count_fates<const ACTING: usize>(
        &mut self,
        first: u64,
        org: &[u32],
        rank: &[u32],
        fates: &[Failure],
        columns: &mut Columns,
    ) {
        let rows = if ACTING == 0 { &mut self.kinds.alone[..] } else { &mut self.kinds.acting[..] };
        let early = &mut columns.places[..];
        let mut left = 0;
        for (place, (fate, rank)) in fates.iter().zip(rank).enumerate() {
            let late = fate.at > self.deadline;
            rows[*rank as usize * STRIDE + kind(fate.cause, 2)] += u32::from(late & (fate.at < NEVER.at));
            early[left % BLOCK] = place as u32;
            left += usize::from(!late);
        }
        for place in &early[..left] {
            let Failure { at, cause } = fates[*place as usize];
            let number = first + u64::from(org[*place as usize]);
            let back = self.recovery.is_some_and(|r| !r.is_down_at_deadline(self.luck, number, at));
            rows[rank[*place as usize] as usize * STRIDE + kind(cause, usize::from(back))] += 1;
        }
        if CURVES {
            let mut failed = 0;
            for ((fate, rank), org) in fates.iter().zip(rank).zip(org) {
                columns.rank[failed % BLOCK] = *rank;
                columns.at[failed % BLOCK] = fate.at;
                columns.luck[failed % BLOCK] = self.luck.word(first + u64::from(*org));
                failed += usize::from(fate.at < NEVER.at);
            }
            columns.add_to::<ACTING>(failed, 0, self.recovery, self.by_hour);
        }
    }
}
