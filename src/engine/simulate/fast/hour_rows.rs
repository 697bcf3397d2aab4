//! Counts by hour of the curve, at every uptake rate.

use super::rounding::{index_of, next_whole};
use crate::engine::by_action::{Action, ByAction};
use crate::plan::Plan;

/// What the second table of [`HourRows`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// Nothing: failed orgs stay down.
    None,
    /// Orgs newly recovered in each hour.
    Recovered,
    /// Orgs down at each hour.
    Down,
}

/// Failures, and what becomes of them, by hour of the curve, over a batch of runs and all segments.
#[derive(Debug, Clone)]
pub(crate) struct HourRows<T> {
    /// Hours of the curve, whole ones and the horizon last; one more for what lies beyond.
    pub(crate) hours: usize,
    /// The last of them.
    last: f64,
    second_is: Second,
    /// By row as in [`KindRows`](super::counts::KindRows), then hour.
    failed: ByAction<Vec<T>>,
    second: ByAction<Vec<T>>,
}

impl<T: Copy + Default + Into<i64>> HourRows<T> {
    /// Without hours there is nothing to be counted by, and no room is taken.
    pub(crate) fn new(plan: &Plan, hours: usize, second_is: Second) -> Self {
        let rows = plan.uptakes().len() + 1;
        let table = |used: bool| {
            ByAction::from_fn(|_| vec![T::default(); if used && hours > 0 { rows * (hours + 1) } else { 0 }])
        };
        let second_is = if plan.segments().iter().any(|s| s.recovery.is_some()) { second_is } else { Second::None };
        Self {
            hours,
            last: plan.horizon_hours(),
            second_is,
            failed: table(true),
            second: table(second_is != Second::None),
        }
    }

    pub(crate) fn clear(&mut self) {
        for table in [&mut self.failed, &mut self.second] {
            table.without.fill(T::default());
            table.with.fill(T::default());
        }
    }

    /// Adds to `failed` and `down`, by rank of the rate and hour: orgs that have failed by each hour, and that are down at it.
    pub(crate) fn add_to(&self, failed: &mut [i64], down: &mut [i64]) {
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

    /// A table without and with reconnects, put together for each rate: `visit(place of its first hour, orgs by hour)`.
    fn each_rate(&self, ByAction { without, with }: &ByAction<Vec<T>>, mut visit: impl FnMut(usize, &[i64])) {
        let width = self.hours + 1;
        let mut now = vec![0_i64; width];
        for row in without.chunks_exact(width) {
            now.iter_mut().zip(row).for_each(|(now, without)| *now += (*without).into());
        }
        let rates = without.len() / width - 1;
        let rows = without.chunks_exact(width).zip(with.chunks_exact(width)).take(rates);
        for (rank, (without, with)) in rows.enumerate() {
            for ((now, without), with) in now.iter_mut().zip(without).zip(with) {
                *now += (*with).into() - (*without).into();
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
    /// Adds newly failed orgs.
    pub(crate) fn add_failed(&mut self, action: Action, row: usize, hour: usize, orgs: i64) {
        self.failed.of_mut(action)[row * (self.hours + 1) + hour] += orgs;
    }

    /// Adds orgs that are down at an hour.
    pub(crate) fn add_down(&mut self, action: Action, row: usize, hour: usize, orgs: i64) {
        self.second.of_mut(action)[row * (self.hours + 1) + hour] += orgs;
    }
}

impl HourRows<u32> {
    /// The hours of the curve by which orgs have failed, and how long it is from each failure to the next whole hour. The last hour of the
    /// curve is the horizon, which may be no whole one; what lies beyond it has the hours' number.
    pub(crate) fn hours_of(&self, at: &[f64], hour: &mut [u32], until: &mut [f64]) {
        let (top, last) = ((self.hours - 1) as f64, self.last);
        for ((at, hour), until) in at.iter().zip(hour).zip(until) {
            let next = next_whole(*at);
            *until = next - at;
            let next = if next < top { next } else { top };
            *hour = index_of(next + if *at > last { 1.0 } else { 0.0 });
        }
    }

    /// Adds newly failed orgs: their rows, and their hours.
    pub(crate) fn add_failed_orgs<const WITH: usize>(&mut self, rows: &[u32], hours: &[u32]) {
        let (width, failed) = (self.hours + 1, self.failed.of_mut(Action::new(WITH)));
        rows.iter().zip(hours).for_each(|(row, hour)| failed[*row as usize * width + *hour as usize] += 1);
    }

    /// The same of orgs that recover, and the hours by which they have.
    pub(crate) fn add_recovering_orgs<const WITH: usize>(&mut self, rows: &[u32], hours: &[u32], back: &[u32]) {
        let action = Action::new(WITH);
        let (width, failed, recovered) = (self.hours + 1, self.failed.of_mut(action), self.second.of_mut(action));
        for (row, (hour, back)) in rows.iter().zip(hours.iter().zip(back)) {
            let row = *row as usize * width;
            failed[row + *hour as usize] += 1;
            recovered[row + *back as usize] += 1;
        }
    }
}
