//! Counts of one run at every uptake rate. An org is counted once, in the row of the first rate at which it acts: all rates below
//! read what it does alone, all from there on what it does when it acts.

use super::columns::Columns;
use super::herd::{BLOCK, Herd, NEVER};
use super::recovery::RecoveryClock;
use super::whole::{index_of, next_whole};
use crate::engine::lifecycle::Failure;
use crate::plan::{Cause, Plan};
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

/// What the second table of [`HourRows`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Second {
    /// Nothing: failed orgs stay down.
    None,
    /// Orgs newly recovered in each hour.
    Recovered,
    /// Orgs down at each hour.
    Down,
}

/// Failures, and what becomes of them, by hour of the curve, over a batch of runs and all segments.
#[derive(Debug, Clone)]
pub(super) struct HourRows<T> {
    /// Hours of the curve, whole ones and the horizon last; one more for what lies beyond.
    pub(super) hours: usize,
    /// The last of them.
    last: f64,
    second_is: Second,
    /// Alone, acting; by row as in [`KindRows`], then hour.
    failed: [Vec<T>; 2],
    second: [Vec<T>; 2],
}

impl<T: Copy + Default + Into<i64>> HourRows<T> {
    /// Without hours there is nothing to be counted by, and no room is taken.
    pub(super) fn new(plan: &Plan, hours: usize, second_is: Second) -> Self {
        let rows = plan.uptakes().len() + 1;
        let table =
            |used: bool| [(); 2].map(|()| vec![T::default(); if used && hours > 0 { rows * (hours + 1) } else { 0 }]);
        let second_is = if plan.segments().iter().any(|s| s.recovery.is_some()) { second_is } else { Second::None };
        Self {
            hours,
            last: plan.horizon_hours(),
            second_is,
            failed: table(true),
            second: table(second_is != Second::None),
        }
    }

    pub(super) fn clear(&mut self) {
        self.failed.iter_mut().chain(&mut self.second).for_each(|t| t.fill(T::default()));
    }

    /// Adds to `failed` and `down`, by rank of the rate and hour: orgs that have failed by each hour, and that are down at it.
    pub(super) fn add_to(&self, failed: &mut [i64], down: &mut [i64]) {
        let hours = self.hours;
        self.each_rate(&self.failed, |at, newly| {
            cumulate(&mut failed[at..at + hours], newly, 1);
            if self.second_is != Second::Down {
                cumulate(&mut down[at..at + hours], newly, 1);
            }
        });
        match self.second_is {
            Second::None => {}
            Second::Recovered => {
                self.each_rate(&self.second, |at, newly| cumulate(&mut down[at..at + hours], newly, -1));
            }
            Second::Down => self.each_rate(&self.second, |at, now| {
                down[at..at + hours].iter_mut().zip(now).for_each(|(down, now)| *down += now);
            }),
        }
    }

    /// The tables alone and acting, put together for each rate: `visit(place of its first hour, orgs by hour)`.
    fn each_rate(&self, [alone, acting]: &[Vec<T>; 2], mut visit: impl FnMut(usize, &[i64])) {
        let width = self.hours + 1;
        let mut now = vec![0_i64; width];
        for row in alone.chunks_exact(width) {
            now.iter_mut().zip(row).for_each(|(now, alone)| *now += (*alone).into());
        }
        let rates = alone.len() / width - 1;
        for (rank, (alone, acting)) in alone.chunks_exact(width).zip(acting.chunks_exact(width)).take(rates).enumerate()
        {
            for ((now, alone), acting) in now.iter_mut().zip(alone).zip(acting) {
                *now += (*acting).into() - (*alone).into();
            }
            visit(rank * self.hours, &now[..self.hours]);
        }
    }
}

/// Adds the running total of `newly`, or takes it away.
fn cumulate(into: &mut [i64], newly: &[i64], sign: i64) {
    let mut so_far = 0;
    for (into, newly) in into.iter_mut().zip(newly) {
        so_far += newly;
        *into += sign * so_far;
    }
}

impl HourRows<i64> {
    /// Adds newly failed orgs: alone (0) or acting (1).
    pub(super) fn add_failed(&mut self, table: usize, row: usize, hour: usize, orgs: i64) {
        self.failed[table][row * (self.hours + 1) + hour] += orgs;
    }

    /// Adds orgs that are down at an hour.
    pub(super) fn add_down(&mut self, table: usize, row: usize, hour: usize, orgs: i64) {
        self.second[table][row * (self.hours + 1) + hour] += orgs;
    }
}

impl HourRows<u32> {
    /// The hours of the curve by which orgs have failed, and how long it is from each failure to the next whole hour. The last hour of the
    /// curve is the horizon, which may be no whole one; what lies beyond it has the hours' number.
    pub(super) fn hours_of(&self, at: &[f64], hour: &mut [u32], until: &mut [f64]) {
        let (top, last) = ((self.hours - 1) as f64, self.last);
        for ((at, hour), until) in at.iter().zip(hour).zip(until) {
            let next = next_whole(*at);
            *until = next - at;
            let next = if next < top { next } else { top };
            *hour = index_of(next + if *at > last { 1.0 } else { 0.0 });
        }
    }

    /// Adds newly failed orgs: their rows, and their hours.
    pub(super) fn add_failed_orgs<const ACTING: usize>(&mut self, rows: &[u32], hours: &[u32]) {
        let (width, failed) = (self.hours + 1, &mut self.failed[ACTING]);
        rows.iter().zip(hours).for_each(|(row, hour)| failed[*row as usize * width + *hour as usize] += 1);
    }

    /// The same of orgs that recover, and the hours by which they have.
    pub(super) fn add_recovering_orgs<const ACTING: usize>(&mut self, rows: &[u32], hours: &[u32], back: &[u32]) {
        let (width, failed, recovered) = (self.hours + 1, &mut self.failed[ACTING], &mut self.second[ACTING]);
        for (row, (hour, back)) in rows.iter().zip(hours.iter().zip(back)) {
            let row = *row as usize * width;
            failed[row + *hour as usize] += 1;
            recovered[row + *back as usize] += 1;
        }
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
