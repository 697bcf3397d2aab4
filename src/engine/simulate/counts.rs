//! Counts of one run at every uptake rate. An org is counted once, in the row of the first rate at which it acts: all rates below
//! read what it does alone, all from there on what it does when it acts.

use super::follow::NEVER;
use super::recovery::{RecoveryClock, nearest};
use crate::engine::lifecycle::Failure;
use crate::plan::{Cause, Plan};
use crate::stats::stream::Draws;

/// What the headline figures tell apart in a failure: its cause, by the deadline and down at it, by it and recovered, later.
pub(super) const KINDS: usize = 12;
/// Row width, so that rows begin on powers of two.
const STRIDE: usize = 16;
/// See [`KindRows::late`].
pub(super) const LATE_STRIDE: usize = STRIDE;

/// A failure's place among [`KINDS`].
const fn kind(cause: Cause, stage: usize) -> usize {
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
    fn of(kinds: &[i64; KINDS]) -> Self {
        let count = |range: std::ops::Range<usize>| kinds[range].iter().sum::<i64>() as u64;
        Self {
            failed: count(0..8),
            down: count(0..4),
            by_horizon: count(0..12),
            causes: std::array::from_fn(|c| (kinds[c] + kinds[c + 4]) as u64),
        }
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

    /// The places, [`LATE_STRIDE`] apart by rank, of orgs that fail after the deadline from `cause` unless they act.
    #[inline(always)]
    pub(super) fn late(&mut self, cause: Cause) -> &mut [u32] {
        &mut self.alone[kind(cause, 2)..]
    }

    /// The headline at each rate in ascending order.
    pub(super) fn headlines(&self) -> impl Iterator<Item = Headline> {
        let row = |rows: &[u32], k: usize| -> [i64; KINDS] { std::array::from_fn(|i| i64::from(rows[k * STRIDE + i])) };
        let mut now = [0_i64; KINDS];
        for k in 0..self.alone.len() / STRIDE {
            now.iter_mut().zip(row(&self.alone, k)).for_each(|(n, a)| *n += a);
        }
        (0..self.alone.len() / STRIDE - 1).map(move |k| {
            let (alone, acting) = (row(&self.alone, k), row(&self.acting, k));
            for i in 0..KINDS {
                now[i] += acting[i] - alone[i];
            }
            Headline::of(&now)
        })
    }
}

/// Failures and recoveries by hour of the curve, over a batch of runs and all segments.
#[derive(Debug, Clone)]
pub(super) struct HourRows {
    /// Hours of the curve, whole ones and the horizon last; one more for what lies beyond.
    pub(super) hours: usize,
    /// Alone, acting; by row as in [`KindRows`], then hour.
    failed: [Vec<u32>; 2],
    recovered: [Vec<u32>; 2],
}

impl HourRows {
    pub(super) fn new(plan: &Plan) -> Self {
        let (rows, hours) = (plan.uptakes().len() + 1, plan.curve_hours().len());
        let recovers = plan.segments().iter().any(|s| s.recovery.is_some());
        let table = |used: bool| [(); 2].map(|()| vec![0; if used { rows * (hours + 1) } else { 0 }]);
        Self { hours, failed: table(true), recovered: table(recovers) }
    }

    pub(super) fn clear(&mut self) {
        self.failed.iter_mut().chain(&mut self.recovered).for_each(|t| t.fill(0));
    }

    /// Adds a failure at `at`, by the horizon, of an org that works again in the given hour.
    #[inline(always)]
    pub(super) fn add<const ACTING: usize>(&mut self, row: usize, at: f64, recovered: Option<usize>) {
        let row = row * (self.hours + 1);
        self.failed[ACTING][row + hour_of(at, self.hours)] += 1;
        if let Some(hour) = recovered {
            self.recovered[ACTING][row + hour] += 1;
        }
    }

    /// [`HourRows::add`] of many orgs that did not act: their rows, when they failed, and the hours of their recovery.
    pub(super) fn add_alone(&mut self, rows: &[u32], at: &[f64], recovered: Option<&[u32]>) {
        let (hours, width) = (self.hours, self.hours + 1);
        let failed = &mut self.failed[0][..];
        for (row, at) in rows.iter().zip(at) {
            failed[*row as usize * width + hour_of(*at, hours)] += 1;
        }
        let back = &mut self.recovered[0][..];
        for (row, hour) in rows.iter().zip(recovered.unwrap_or(&[])) {
            back[*row as usize * width + *hour as usize] += 1;
        }
    }

    /// Newly failed and newly recovered in each hour at each rate in ascending order: `visit(rank, failed, recovered)`.
    pub(super) fn each_rate(&self, mut visit: impl FnMut(usize, &[i64], &[i64])) {
        let width = self.hours + 1;
        let rates = self.failed[0].len() / width - 1;
        let mut now = [&self.failed, &self.recovered].map(|tables| {
            let mut sum = vec![0_i64; if tables[0].is_empty() { 0 } else { width }];
            for row in tables[0].chunks_exact(width) {
                sum.iter_mut().zip(row).for_each(|(s, r)| *s += i64::from(*r));
            }
            sum
        });
        for rank in 0..rates {
            for (sum, [alone, acting]) in now.iter_mut().zip([&self.failed, &self.recovered]) {
                if sum.is_empty() {
                    continue;
                }
                let row = rank * width..(rank + 1) * width;
                for ((s, alone), acting) in sum.iter_mut().zip(&alone[row.clone()]).zip(&acting[row]) {
                    *s += i64::from(*acting) - i64::from(*alone);
                }
            }
            visit(rank, &now[0][..self.hours], now[1].get(..self.hours).unwrap_or(&[]));
        }
    }
}

/// The first hour of a curve of so many at or after `at`; the last one is the horizon itself, which may be no whole hour.
#[inline(always)]
fn hour_of(at: f64, hours: usize) -> usize {
    let (whole, hour) = nearest(at);
    (hour + usize::from(at > whole)).min(hours - 1)
}

/// Counts the orgs of one segment in one run. `CURVES`: by the hour too.
pub(super) struct Counter<'a, const CURVES: bool> {
    pub(super) deadline: f64,
    pub(super) recovery: Option<&'a RecoveryClock<'a>>,
    pub(super) luck: Draws,
    pub(super) kinds: &'a mut KindRows,
    pub(super) by_hour: &'a mut HourRows,
}

impl<const CURVES: bool> Counter<'_, CURVES> {
    /// Counts one org: `alone`, and from a rank on something else when it acts.
    #[inline(always)]
    pub(super) fn count(&mut self, org: u64, alone: Failure, acting: Option<(usize, Failure)>) {
        let row = acting.map_or(self.kinds.alone.len() / STRIDE - 1, |(rank, _)| rank);
        if alone.at < NEVER.at {
            self.count_failure::<0>(org, row, alone);
        }
        if let Some((_, acting)) = acting.filter(|(_, acting)| acting.at < NEVER.at) {
            self.count_failure::<1>(org, row, acting);
        }
    }

    #[inline(always)]
    fn count_failure<const ACTING: usize>(&mut self, org: u64, row: usize, failure: Failure) {
        let at = failure.at;
        let stage = if at > self.deadline {
            2
        } else {
            usize::from(self.recovery.is_some_and(|r| !r.is_down_at_deadline(self.luck, org, at)))
        };
        let rows = if ACTING == 0 { &mut self.kinds.alone } else { &mut self.kinds.acting };
        rows[row * STRIDE + kind(failure.cause, stage)] += 1;
        if CURVES {
            self.by_hour.add::<ACTING>(row, at, self.recovery.map(|r| r.hour(self.luck, org, at)));
        }
    }
}
