//! When failed orgs work again, as far as it is reported: down at the deadline or not, and by which hour of the curve. A table
//! answers for most orgs without working out the instant; those on an edge are worked out.

use crate::engine::lifecycle::recovery_time;
use crate::plan::{Plan, Segment};
use crate::stats::stream::Draws;
use crate::stats::{Brackets, Law};
use std::sync::Arc;

/// Steps of the index by work done, in hours of work: that of an hour at night, the slowest by default.
const UNIT: f64 = 0.02;

/// How the failed orgs of one segment come back.
#[derive(Debug, Clone)]
pub(super) struct RecoveryClock<'a> {
    segment: &'a Segment,
    delays: Arc<Brackets>,
    /// Whether all hours count alike.
    even: bool,
    /// Hours that count for recovery from the start to each `1 / per_hour`, behind a 0; empty where they pass evenly, or where the
    /// steps of the working week fall between.
    table: Vec<f64>,
    per_hour: f64,
    /// Hours that count from the start to the deadline.
    by_deadline: f64,
    /// The same to each hour of the curve, and without end for what lies beyond.
    by_hour: Vec<f64>,
    /// For each [`UNIT`], the last hour of the curve from which to look for the first by which so much is done.
    begin: Vec<u16>,
    last_unit: f64,
    /// Whether an org may work again at the instant of its failure, or before by the table: where nothing counts in some hours, or
    /// delays may vanish.
    at_once: bool,
}

impl<'a> RecoveryClock<'a> {
    /// `None` where failed orgs stay down. `hours` are those of the reported curve, which an unknown horizon of the plan may fall
    /// short of or pass; tables of laws met before are in `known`.
    pub(super) fn new(
        plan: &Plan,
        segment: &'a Segment,
        hours: &[f64],
        known: &mut Vec<(Law, Arc<Brackets>)>,
    ) -> Option<Self> {
        let recovery = segment.recovery.as_ref()?;
        let counted = |at: f64| recovery_time(segment, 0.0, at);
        let mut by_hour: Vec<f64> = hours.iter().map(|hour| counted(*hour)).collect();
        let last_unit = by_hour.last().copied().unwrap_or(0.0) / UNIT + 1.0;
        let begin = |unit: usize| {
            by_hour.partition_point(|done| *done < (unit as f64 - 0.5) * UNIT).min(usize::from(u16::MAX)) as u16
        };
        let begin = (0..last_unit as usize + 2).map(begin).collect();
        let at_once = by_hour.windows(2).any(|hours| hours[0] >= hours[1]) || recovery.after.cdf(1e-9) > 1e-9;
        by_hour.push(f64::INFINITY);
        let even = !recovery.office_hours;
        // On the hour as a rule; on quarters for the zones whose offsets are.
        let on_grid = |per_hour: f64| segment.work_clock.steps().all(|(from, ..)| (from * per_hour).fract() == 0.0);
        let per_hour = [1.0, 4.0].into_iter().find(|per_hour| on_grid(*per_hour)).filter(|_| !even);
        // Up to the horizon and no further: there the clock of the working week ends.
        let entries = per_hour.map_or(0, |per_hour| (plan.horizon_hours() * per_hour) as usize + 2);
        let per_hour = per_hour.unwrap_or(1.0);
        let delays = match known.iter().find(|(law, _)| *law == recovery.after) {
            Some((_, table)) => Arc::clone(table),
            None => {
                known.push((recovery.after.clone(), Arc::new(Brackets::new(&recovery.after))));
                Arc::clone(&known[known.len() - 1].1)
            }
        };
        Some(Self {
            segment,
            delays,
            even,
            table: (0..entries).map(|i| counted(i.saturating_sub(1) as f64 / per_hour)).collect(),
            per_hour,
            by_deadline: counted(segment.deadline),
            by_hour,
            begin,
            last_unit,
            at_once,
        })
    }

    /// Hours that count for recovery, from the start to `at`.
    #[inline(always)]
    fn counted(&self, at: f64) -> f64 {
        if self.even {
            return at;
        }
        self.counted_by(&self.table, at).unwrap_or_else(|| self.segment.work_clock.work_until(at))
    }

    /// The same by the table; `None` where it does not reach.
    #[inline(always)]
    fn counted_by(&self, table: &[f64], at: f64) -> Option<f64> {
        let place = at * self.per_hour;
        // The entry at or after it; where it falls on an entry, that one or the next: the line between them is the same.
        let (after, index) = nearest(place + 0.5);
        let [from, to] = table.get(index..index + 2)? else { return None };
        Some(to - (after - place) * (to - from))
    }

    /// Whether an org that failed at `failed_at`, by the deadline, is down at it still.
    #[inline(always)]
    pub(super) fn is_down_at_deadline(&self, luck: Draws, org: u64, failed_at: f64) -> bool {
        let left = (self.by_deadline - self.counted(failed_at)).max(0.0);
        let bits = luck.bits(org);
        let (shortest, longest) = self.delays.around(bits);
        if longest <= left {
            false
        } else if shortest > left {
            true
        } else {
            self.delays.value(bits) > left
        }
    }

    /// Index of the first hour of the curve at which each org works again; the number of hours, when it does not by the horizon. When
    /// they failed and 53 bits of luck in, hours out, all of one length. In two steps, since the second waits for what the first looks up.
    pub(super) fn hours(&self, failed_at: &[f64], bits: &[u64], hours: &mut [u32], counted: &mut [f64]) {
        self.counted_many(failed_at, counted);
        for (i, ((hour, from), bits)) in hours.iter_mut().zip(counted).zip(bits).enumerate() {
            let (shortest, longest) = self.delays.around(*bits);
            let (first, done_by) = self.likely_hour_by(*from + shortest);
            *hour = first as u32;
            if done_by < *from + longest {
                *hour = self.hour(failed_at[i], *bits) as u32;
            }
        }
        if self.at_once {
            hours.iter_mut().zip(failed_at).for_each(|(hour, at)| *hour = (*hour).max(hour_at_or_after(*at) as u32));
        }
    }

    /// [`RecoveryClock::counted`] of many.
    fn counted_many(&self, at: &[f64], counted: &mut [f64]) {
        let table = &self.table[..];
        if table.is_empty() {
            counted.iter_mut().zip(at).for_each(|(counted, at)| *counted = self.counted(*at));
            return;
        }
        for (counted, at) in counted.iter_mut().zip(at) {
            *counted = self.counted_by(table, *at).unwrap_or_else(|| self.segment.work_clock.work_until(*at));
        }
    }

    /// The hour of the curve by which an org works again, that failed at `failed_at`.
    #[inline(never)]
    fn hour(&self, failed_at: f64, bits: u64) -> usize {
        let from = self.counted(failed_at);
        let (shortest, longest) = self.delays.closely_around(bits);
        let first = self.first_hour_by(from + shortest);
        if self.by_hour[first] >= from + longest { first } else { self.first_hour_by(from + self.delays.value(bits)) }
    }

    /// An hour that is not after the first by which so much has been done, and what is done by it. The first itself unless that is
    /// less.
    #[inline(always)]
    fn likely_hour_by(&self, done: f64) -> (usize, f64) {
        let units = done * (1.0 / UNIT);
        let units = if units < self.last_unit { units } else { self.last_unit };
        let begin = self.begin[nearest(units).1] as usize;
        let hour = begin + usize::from(self.by_hour[begin] < done);
        (hour, self.by_hour[hour])
    }

    /// Index of the first hour by which so much has been done.
    fn first_hour_by(&self, done: f64) -> usize {
        let (mut hour, _) = self.likely_hour_by(done);
        while self.by_hour[hour] < done {
            hour += 1;
        }
        hour
    }
}

/// The first whole hour at or after `at`.
#[inline(always)]
pub(super) fn hour_at_or_after(at: f64) -> usize {
    let (whole, hour) = nearest(at);
    hour + usize::from(at > whole)
}

/// The whole number nearest to one between 0 and 2³¹, the even one of two: adding 2⁵² leaves it in the lowest bits. Conversions
/// that must mind every other number take several times as long.
#[inline(always)]
fn nearest(x: f64) -> (f64, usize) {
    const SHIFT: f64 = (1_u64 << 52) as f64;
    let shifted = x + SHIFT;
    (shifted - SHIFT, shifted.to_bits() as u32 as usize)
}
