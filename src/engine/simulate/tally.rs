//! What the runs add up to. Whole numbers throughout, so that the order in which threads finish changes nothing.

use super::{Collect, Episode};
use crate::plan::{Plan, Segment};
use crate::stats::{CountTally, Moments};

/// Memory that kept curves may take, in bytes.
const CURVE_MEMORY: usize = 48 << 20;

/// Counts of one run, for every uptake rate.
pub(super) struct RunCounts {
    /// Hours of the curve, whole ones and the horizon last.
    hours: usize,
    rates: usize,
    segments: usize,
    /// By rate: failed by the deadline, down at it, failed by the horizon; by segment.
    headline: Vec<[u64; 3]>,
    /// By rate and cause.
    causes: Vec<[u64; 4]>,
    /// Differences over hours, by rate: newly failed, and newly failed less newly recovered.
    failed: Vec<i64>,
    down: Vec<i64>,
    horizon: f64,
}

impl RunCounts {
    pub(super) fn new(plan: &Plan) -> Self {
        let (rates, segments, hours) = (plan.uptakes().len(), plan.segments().len(), plan.curve_hours().len());
        Self {
            hours,
            rates,
            segments,
            headline: vec![[0; 3]; rates * segments],
            causes: vec![[0; 4]; rates],
            failed: vec![0; rates * hours],
            down: vec![0; rates * hours],
            horizon: plan.horizon_hours(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.headline.fill([0; 3]);
        self.causes.fill([0; 4]);
        self.failed.fill(0);
        self.down.fill(0);
    }

    /// Counts one org: `alone` at the rates at which it does not act, `acting` at those at which it does.
    pub(super) fn count(
        &mut self,
        segment_index: usize,
        segment: &Segment,
        rates: &[f64],
        acts: impl Fn(&f64) -> bool,
        alone: Option<&Episode>,
        acting: Option<&Episode>,
    ) {
        if alone.is_none() && acting.is_none() {
            return;
        }
        for (rate, uptake) in rates.iter().enumerate() {
            if let Some(episode) = if acts(uptake) { acting } else { alone } {
                self.count_episode(rate, segment_index, segment, episode);
            }
        }
    }

    fn count_episode(&mut self, rate: usize, segment_index: usize, segment: &Segment, episode: &Episode) {
        let failure = episode.failure;
        let headline = &mut self.headline[rate * self.segments + segment_index];
        headline[2] += 1;
        if failure.at <= segment.deadline {
            headline[0] += 1;
            self.causes[rate][failure.cause.index()] += 1;
            // A recovery at the deadline is in time.
            if episode.recovers_at > segment.deadline {
                headline[1] += 1;
            }
        }
        let from = self.first_hour_at_or_after(failure.at);
        if from < self.hours {
            self.failed[rate * self.hours + from] += 1;
            self.down[rate * self.hours + from] += 1;
            let to = self.first_hour_at_or_after(episode.recovers_at);
            if to < self.hours {
                self.down[rate * self.hours + to] -= 1;
            }
        }
    }

    /// Index of the first hour of the curve at or after `at`; the number of hours when there is none.
    fn first_hour_at_or_after(&self, at: f64) -> usize {
        if at > self.horizon {
            return self.hours;
        }
        // The last hour of the curve is the horizon itself, which may be no whole hour.
        (at.ceil() as usize).min(self.hours - 1)
    }
}

/// The tally of many runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    pub(super) runs: u64,
    /// By rate: failed by the deadline, down at it, failed by the horizon.
    pub(super) headline: Vec<[CountTally; 3]>,
    /// By rate and cause, failed by the deadline.
    pub(super) causes: Vec<[Moments; 4]>,
    /// By rate and segment, the three of `headline`.
    pub(super) segments: Vec<[Moments; 3]>,
    /// Sums over runs, by rate and hour.
    pub(super) failed: Vec<Moments>,
    pub(super) down: Vec<Moments>,
    /// Curves of the first runs, where they were asked for: by run, failed then down, by rate and hour.
    pub(super) kept: Vec<(u64, Vec<u32>)>,
    keep_below: u64,
}

impl Tally {
    pub(super) fn new(plan: &Plan, collect: Collect) -> Self {
        let (rates, segments) = (plan.uptakes().len(), plan.segments().len());
        let points = rates * plan.curve_hours().len();
        let affordable = (CURVE_MEMORY / (points * 2 * size_of::<u32>()).max(1)).max(100) as u64;
        let keep = if collect.curve_percentiles { affordable } else { 0 };
        Self {
            runs: 0,
            headline: vec![Default::default(); rates],
            causes: vec![Default::default(); rates],
            segments: vec![Default::default(); rates * segments],
            failed: vec![Moments::default(); points],
            down: vec![Moments::default(); points],
            kept: Vec::new(),
            keep_below: keep,
        }
    }

    /// Number of runs tallied.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Number of runs whose whole curves were kept for percentiles by the hour.
    pub fn curves_kept(&self) -> usize {
        self.kept.len()
    }

    /// Mean and standard error of the failures by the deadline at one rate, for a stopping rule.
    pub fn headline(&self, rate: usize) -> &Moments {
        self.headline[rate][0].moments()
    }

    pub(super) fn add(&mut self, run: u64, counts: &RunCounts) {
        self.runs += 1;
        for rate in 0..counts.rates {
            let mut totals = [0_u64; 3];
            for segment in 0..counts.segments {
                let index = rate * counts.segments + segment;
                for (q, total) in totals.iter_mut().enumerate() {
                    *total += counts.headline[index][q];
                    self.segments[index][q].add(counts.headline[index][q]);
                }
            }
            for (tally, total) in self.headline[rate].iter_mut().zip(totals) {
                tally.add(total);
            }
            for (moments, count) in self.causes[rate].iter_mut().zip(counts.causes[rate]) {
                moments.add(count);
            }
        }
        let mut curves = Vec::new();
        let keep = run < self.keep_below;
        for (moments, differences) in [(&mut self.failed, &counts.failed), (&mut self.down, &counts.down)] {
            for (rate, rows) in differences.chunks_exact(counts.hours).enumerate() {
                let mut now = 0;
                for (m, d) in moments[rate * counts.hours..].iter_mut().zip(rows) {
                    now += d;
                    m.add(now as u64);
                    if keep {
                        curves.push(now as u32);
                    }
                }
            }
        }
        if keep {
            self.kept.push((run, curves));
        }
    }

    /// Adds the runs of another tally of the same family.
    pub fn merge(&mut self, other: &Self) {
        fn each<T>(left: &mut [T], right: &[T], merge: impl Fn(&mut T, &T)) {
            left.iter_mut().zip(right).for_each(|(l, r)| merge(l, r));
        }
        self.runs += other.runs;
        each(&mut self.headline, &other.headline, |l, r| each(l, r, CountTally::merge));
        each(&mut self.causes, &other.causes, |l, r| each(l, r, Moments::merge));
        each(&mut self.segments, &other.segments, |l, r| each(l, r, Moments::merge));
        each(&mut self.failed, &other.failed, Moments::merge);
        each(&mut self.down, &other.down, Moments::merge);
        self.kept.extend(other.kept.iter().cloned());
        self.kept.sort_by_key(|k| k.0);
    }
}
