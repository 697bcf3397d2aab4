//! When failed orgs work again, as far as it is reported: down at the deadline or not, and by which hour of the curve. A table
//! answers for most orgs without working out the instant; those on an edge are worked out.

use super::rounding::{index_at, index_of, nearest, shifted};
use crate::engine::rules::recovery_time;
use crate::plan::{Plan, Segment};
use crate::stats::stream::{CounterRng, Word};
use crate::stats::{Law, QuantileTable};
use std::sync::Arc;

/// Steps of the index by work done, in hours of work: that of an hour at night, the slowest by default.
const UNIT: f64 = 0.02;

/// How the failed orgs of one segment come back.
#[derive(Debug, Clone)]
pub(crate) struct RecoveryClock<'a> {
    segment: &'a Segment,
    delays: Arc<QuantileTable>,
    /// Whether all hours count alike.
    even: bool,
    /// Hours that count for recovery from the start to each `1 / per_hour`, behind a 0; empty where they pass evenly, or where the
    /// steps of the working week fall between.
    table: Vec<f64>,
    per_hour: f64,
    /// The same for failures whose hour of the curve is known, where the table is by whole hours: for each hour of the curve what has
    /// counted by the whole one at its end, and how much an hour counts up to there. Last, for orgs of no hour, without end and nothing.
    lines: Vec<(f64, f64)>,
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

/// When an org works again, as far as a table tells, in hours that have counted from the start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DelaySpan {
    soonest: f64,
    latest: f64,
    /// Place of the soonest in [`RecoveryClock::begin`], in the lowest 32 bits.
    unit: f64,
}

impl<'a> RecoveryClock<'a> {
    /// `None` where failed orgs stay down. `hours` are those of the reported curve, which an unknown horizon of the plan may fall
    /// short of or pass; tables of laws met before are in `known`.
    pub(crate) fn new(
        plan: &Plan,
        segment: &'a Segment,
        hours: &[f64],
        known: &mut Vec<(Law, Arc<QuantileTable>)>,
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
                known.push((recovery.after.clone(), Arc::new(QuantileTable::new(&recovery.after))));
                Arc::clone(&known[known.len() - 1].1)
            }
        };
        let lines =
            if entries > 0 && per_hour == 1.0 { lines(hours, &by_hour, plan.horizon_hours()) } else { Vec::new() };
        by_hour.push(f64::INFINITY);
        Some(Self {
            segment,
            delays,
            even,
            table: (0..entries).map(|i| counted(i.saturating_sub(1) as f64 / per_hour)).collect(),
            lines,
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
        let after = nearest(place + 0.5);
        let index = index_of(after) as usize;
        let [from, to] = table.get(index..index + 2)? else { return None };
        Some(to - (after - place) * (to - from))
    }

    /// Whether an org that failed at `failed_at`, by the deadline, is down at it still.
    #[inline(always)]
    pub(crate) fn is_down_at_deadline(&self, rng: CounterRng, org: u64, failed_at: f64) -> bool {
        let left = (self.by_deadline - self.counted(failed_at)).max(0.0);
        let bits = rng.bits(org);
        let (shortest, longest) = self.delays.around(bits);
        if longest <= left {
            false
        } else if shortest > left {
            true
        } else {
            self.delays.value(bits) > left
        }
    }

    /// Hours that count for recovery, from the start to each failure; infinite for orgs of no hour of the curve. In: when they failed, the
    /// hour of the curve by which they had, and how long it was from the failure to the next whole hour.
    pub(crate) fn counted_of(&self, failed_at: &[f64], (hour, until): (&[u32], &[f64]), counted: &mut [f64]) {
        if self.lines.is_empty() {
            let never = (self.by_hour.len() - 1) as u32;
            for ((counted, at), hour) in counted.iter_mut().zip(failed_at).zip(hour) {
                *counted = if *hour == never { f64::INFINITY } else { self.counted(*at) };
            }
            return;
        }
        let lines = &self.lines[..];
        for ((counted, until), hour) in counted.iter_mut().zip(until).zip(hour) {
            let (to, weight) = lines[*hour as usize];
            *counted = to - until * weight;
        }
    }

    /// Index of the first hour of the curve at which each org works again; the number of hours, when it does not by the horizon. In: the
    /// hour by which it had failed, the hours that counted until then, and its random word.
    pub(crate) fn hours_of(
        &self,
        (failed, counted): (&[u32], &[f64]),
        words: &[Word],
        spans: &mut [DelaySpan],
        back: &mut [u32],
    ) {
        // Sums first, comparisons after, by the bits: of numbers that are not negative those are in the same order, and processors have
        // more units that compare whole numbers.
        for (span, (from, word)) in spans.iter_mut().zip(counted.iter().zip(words)) {
            let (shortest, longest) = self.delays.around(word.bits());
            let soonest = from + shortest;
            *span = DelaySpan { soonest, latest: from + longest, unit: shifted(self.unit_of(soonest)) };
        }
        for ((back, (from, word)), span) in back.iter_mut().zip(counted.iter().zip(words)).zip(&*spans) {
            let begin = self.begin[index_at(span.unit) as usize] as usize;
            let hour = begin + usize::from(self.by_hour[begin].to_bits() < span.soonest.to_bits());
            *back = hour as u32;
            if self.by_hour[hour].to_bits() < span.latest.to_bits() {
                *back = self.hour(*from, word.bits()) as u32;
            }
        }
        if self.at_once {
            back.iter_mut().zip(failed).for_each(|(back, failed)| *back = (*back).max(*failed));
        }
    }

    /// The hour of the curve by which an org works again, when so much had counted before it failed.
    #[inline(never)]
    fn hour(&self, from: f64, bits: u64) -> usize {
        let (shortest, longest) = self.delays.closely_around(bits);
        let first = self.first_hour_by(from + shortest);
        if self.by_hour[first] >= from + longest { first } else { self.first_hour_by(from + self.delays.value(bits)) }
    }

    /// Place in [`RecoveryClock::begin`] of so much done, to be rounded.
    #[inline(always)]
    fn unit_of(&self, done: f64) -> f64 {
        let units = done * (1.0 / UNIT);
        if units < self.last_unit { units } else { self.last_unit }
    }

    /// Index of the first hour by which so much has been done.
    fn first_hour_by(&self, done: f64) -> usize {
        let mut hour = self.begin[index_of(self.unit_of(done)) as usize] as usize;
        while self.by_hour[hour] < done {
            hour += 1;
        }
        hour
    }
}

/// [`RecoveryClock::lines`], of what has counted by each hour of the curve. The clock stands still from the plan's horizon on, and the last
/// hour of the curve may be no whole one: lines go on as they were before.
fn lines(hours: &[f64], by_hour: &[f64], horizon: f64) -> Vec<(f64, f64)> {
    let line = |i: usize| match i.checked_sub(1) {
        None => (by_hour[0], 0.0),
        Some(before) => {
            let end = hours[i].min(horizon);
            let hours_before = end - hours[before];
            let weight = if hours_before > 0.0 { (by_hour[i] - by_hour[before]) / hours_before } else { 0.0 };
            (by_hour[i] + (i as f64 - end) * weight, weight)
        }
    };
    (0..hours.len()).map(line).chain([(f64::INFINITY, 0.0)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WorkClock;
    use crate::plan::sample::Sample;
    use crate::plan::zone::Tz;
    use crate::plan::{Calendar, Recovery};

    /// Against the working week asked org by org, where the horizon of the plan and that of the curve fall into an hour or differ, where
    /// zones are off the hour, and where delays are next to nothing.
    #[test]
    fn hours_by_the_table_are_those_by_the_working_week() {
        let [slow, quick] = [Law::lognormal(6.0, 1.0), Law::lognormal(0.1, 1.5)].map(|law| law.expect("proper"));
        // Zone, horizon of the plan and of the curve, from when on failures lie, delays, whether in working hours.
        let cases = [
            (Tz::America__Los_Angeles, 1596.0, 1596.0, 100.0, &slow, true),
            (Tz::America__Los_Angeles, 1596.0, 1596.0, 100.0, &quick, true),
            (Tz::America__Los_Angeles, 700.5, 700.5, 690.0, &quick, true),
            (Tz::America__Los_Angeles, 700.5, 800.0, 700.0, &quick, true),
            (Tz::America__Los_Angeles, 700.75, 700.25, 690.0, &quick, true),
            (Tz::America__Los_Angeles, 900.0, 700.25, 100.0, &slow, true),
            (Tz::Asia__Kolkata, 700.5, 800.0, 100.0, &slow, true),
            (Tz::Asia__Kolkata, 700.5, 800.0, 700.0, &quick, true),
            (Tz::Europe__London, 700.5, 700.5, 600.0, &slow, false),
            (Tz::Europe__London, 700.5, 800.0, 699.0, &quick, false),
        ];
        for (case, (zone, horizon, end, from, after, office_hours)) in cases.into_iter().enumerate() {
            let sample = Sample::flagship().with(|s| {
                s.horizon = horizon;
                s.segment.recovery = Some(Recovery { after: after.clone(), office_hours });
                s.segment.work_clock = WorkClock::new(Sample::as_of(), horizon, zone, &Calendar::default());
            });
            let plan = sample.plan();
            let segment = &plan.segments()[0];
            let mut hours: Vec<f64> = (0..=end as u32).map(f64::from).collect();
            hours.extend((f64::fract(end) > 0.0).then_some(end));
            let clock = RecoveryClock::new(&plan, segment, &hours, &mut Vec::new()).expect("they recover");
            let (ages, delays) = (CounterRng::new(case as u64, 0, "at"), CounterRng::new(case as u64, 0, "recovery"));
            let first = |at: f64| hours.iter().position(|hour| at <= *hour).unwrap_or(hours.len());
            let orgs = 3_000_usize;
            let mut words = vec![Word::default(); orgs];
            delays.fill(0, &mut words);
            let at: Vec<f64> = (0..orgs as u64).map(|org| from + ages.uniform(org) * (horizon - from)).collect();
            let failed: Vec<u32> = at.iter().map(|at| first(*at) as u32).collect();
            let until: Vec<f64> = at.iter().map(|at| at.ceil() - at).collect();
            let (mut counted, mut spans, mut back) = (vec![0.0; orgs], vec![DelaySpan::default(); orgs], vec![0; orgs]);
            clock.counted_of(&at, (&failed, &until), &mut counted);
            clock.hours_of((&failed, &counted), &words, &mut spans, &mut back);
            for org in 0..orgs {
                let delay = after.isf(delays.uniform(org as u64));
                let works_at =
                    if office_hours { segment.work_clock.when_done(at[org], delay) } else { at[org] + delay };
                let by = first(works_at) as u32;
                // Orgs of no hour are in no hour.
                let want = if failed[org] as usize == hours.len() { failed[org] } else { by };
                assert_eq!(back[org], want, "case {case}: fails at {}, works at {works_at}", at[org]);
            }
        }
    }
}
