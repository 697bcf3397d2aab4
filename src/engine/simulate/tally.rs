//! What the runs add up to. Whole numbers throughout, so that the order in which threads finish changes nothing.

use super::{Collect, Episode};
use crate::plan::{Plan, Segment};
use crate::stats::{CountTally, Moments};
use std::ops::Range;

/// Memory that kept curves may take, in bytes.
const CURVE_MEMORY: usize = 48 << 20;

/// Counts of one run, for every uptake rate, as differences between neighbouring rates in ascending order: an org that fares
/// alike at many rates is counted once.
pub(super) struct RunCounts {
    /// Hours of the curve, whole ones and the horizon last.
    hours: usize,
    segments: usize,
    /// The plan's rates, ascending: their places in the plan.
    order: Vec<usize>,
    /// By rank of the rate, then segment: failed by the deadline, down at it, failed by the horizon.
    headline: Vec<[i64; 3]>,
    /// By rank and cause.
    causes: Vec<[i64; 4]>,
    /// By rank and hour: newly failed, and newly failed less newly recovered.
    failed: Vec<i32>,
    down: Vec<i32>,
    horizon: f64,
}

impl RunCounts {
    pub(super) fn new(plan: &Plan) -> Self {
        let (rates, segments, hours) = (plan.uptakes().len(), plan.segments().len(), plan.curve_hours().len());
        Self {
            hours,
            segments,
            order: Vec::with_capacity(rates),
            headline: vec![[0; 3]; (rates + 1) * segments],
            causes: vec![[0; 4]; rates + 1],
            failed: vec![0; (rates + 1) * hours],
            down: vec![0; (rates + 1) * hours],
            horizon: plan.horizon_hours(),
        }
    }

    /// Begins a run of a plan; where rates are not known their order may be another each time.
    pub(super) fn begin(&mut self, plan: &Plan) {
        self.order.clear();
        self.order.extend(0..plan.uptakes().len());
        self.order.sort_by(|a, b| plan.uptakes()[*a].value.total_cmp(&plan.uptakes()[*b].value).then(a.cmp(b)));
        self.headline.fill([0; 3]);
        self.causes.fill([0; 4]);
        self.failed.fill(0);
        self.down.fill(0);
    }

    /// The plan's rates in ascending order.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Counts one org: `alone` at the rates below rank `first_acting`, `acting` from there on.
    pub(super) fn count(
        &mut self,
        segment_index: usize,
        segment: &Segment,
        first_acting: usize,
        alone: Option<&Episode>,
        acting: Option<&Episode>,
    ) {
        let last = self.order.len();
        if alone == acting {
            self.count_episode(0..last, segment_index, segment, alone);
        } else {
            self.count_episode(0..first_acting, segment_index, segment, alone);
            self.count_episode(first_acting..last, segment_index, segment, acting);
        }
    }

    fn count_episode(
        &mut self,
        ranks: Range<usize>,
        segment_index: usize,
        segment: &Segment,
        episode: Option<&Episode>,
    ) {
        let (Some(Episode { failure, recovers_at }), false) = (episode, ranks.is_empty()) else { return };
        let by_deadline = i64::from(failure.at <= segment.deadline);
        // A recovery at the deadline is in time.
        let down = by_deadline * i64::from(*recovers_at > segment.deadline);
        let (from, to) = (self.first_hour_at_or_after(failure.at), self.first_hour_at_or_after(*recovers_at));
        for (rank, one) in [(ranks.start, 1), (ranks.end, -1)] {
            let headline = &mut self.headline[rank * self.segments + segment_index];
            headline[0] += one * by_deadline;
            headline[1] += one * down;
            headline[2] += one;
            self.causes[rank][failure.cause.index()] += one * by_deadline;
            if from < self.hours {
                self.failed[rank * self.hours + from] += one as i32;
                self.down[rank * self.hours + from] += one as i32;
                if to < self.hours {
                    self.down[rank * self.hours + to] -= one as i32;
                }
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
        let (segments, hours) = (counts.segments, counts.hours);
        let mut headline = vec![[0_i64; 3]; segments];
        let mut causes = [0_i64; 4];
        for (rank, rate) in counts.order.iter().copied().enumerate() {
            let mut totals = [0; 3];
            for (segment, now) in headline.iter_mut().enumerate() {
                for q in 0..3 {
                    now[q] += counts.headline[rank * segments + segment][q];
                    totals[q] += now[q];
                    self.segments[rate * segments + segment][q].add(now[q] as u64);
                }
            }
            for (tally, total) in self.headline[rate].iter_mut().zip(totals) {
                tally.add(total as u64);
            }
            for (cause, now) in causes.iter_mut().enumerate() {
                *now += counts.causes[rank][cause];
                self.causes[rate][cause].add(*now as u64);
            }
        }
        let keep = run < self.keep_below;
        let points = counts.order.len() * hours;
        let mut curves = if keep { vec![0_u32; 2 * points] } else { Vec::new() };
        let both = [(&mut self.failed, &counts.failed, 0), (&mut self.down, &counts.down, points)];
        for (moments, differences, offset) in both {
            let mut row = vec![0_i64; hours];
            for (rank, rate) in counts.order.iter().copied().enumerate() {
                let mut now = 0;
                for hour in 0..hours {
                    row[hour] += i64::from(differences[rank * hours + hour]);
                    now += row[hour];
                    moments[rate * hours + hour].add(now as u64);
                    if keep {
                        curves[offset + rate * hours + hour] = now as u32;
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
