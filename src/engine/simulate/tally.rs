//! What the runs add up to. Whole numbers throughout, so that the order in which threads finish changes nothing.

use super::curves::Curves;
use super::fast::HeadlineCounts;
use super::policies::PolicyState;
use crate::plan::{Cause, Plan};
use crate::stats::estimate::BatchMoments;
use crate::stats::{CountTally, Moments};

/// Memory that kept curves may take, in bytes.
const CURVE_MEMORY: usize = 24 << 20;

/// The tally of many runs.
///
/// ```
/// use cutover::engine::simulate::{Curves, measures, simulate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let tally = simulate(&scenario.family, 1, 0..50, Curves::None, &|_| ())?;
/// let measures = measures(scenario.family.centre(), &tally);
/// assert!((measures[0].failed_by_deadline.mean - 123.3).abs() < 10.0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    pub(super) runs: u64,
    /// By rate: failed by the deadline, down at it, failed by the horizon.
    pub(super) headline: Vec<[CountTally; 3]>,
    /// By rate and cause, failed by the deadline.
    pub(super) causes: Vec<[Moments; Cause::COUNT]>,
    /// By rate and segment, the three of `headline`. Empty where there is one segment: it is the whole.
    pub(super) segments: Vec<[Moments; 3]>,
    /// By rate and hour: failed so far, down at the hour. Empty where no curves are collected.
    pub(super) failed: Vec<BatchMoments>,
    pub(super) down: Vec<BatchMoments>,
    /// Batches of runs that `failed` and `down` are sums over.
    pub(super) batches: u64,
    /// Curves of the first runs, where they were asked for: by run, failed then down, by rate and hour.
    pub(super) kept: Vec<(u64, Vec<u32>)>,
    keep_below: u64,
    /// By rate, of plans with policies: disrupted by the deadline.
    pub(super) disrupted: Vec<CountTally>,
    /// By rate, then checkpoint: failed by it, down at it.
    pub(super) checkpoints: Vec<[CountTally; 2]>,
    /// With a guard.
    pub(super) guard: Option<GuardTally>,
}

/// What a guard sees and saves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GuardTally {
    /// By rate, then check: runs that were stopped at it.
    pub(super) stopped: Vec<u64>,
    /// By rate: runs that were stopped though they would have kept within the tolerance, and how many failures by the deadline that spared in
    /// all of them.
    pub(super) false_alarms: Vec<(u64, i64)>,
    /// By rate, without the guard: the three of `headline`.
    pub(super) unguarded: Vec<[CountTally; 3]>,
    /// By rate, without the guard: disrupted by the deadline.
    pub(super) disrupted: Vec<CountTally>,
    /// By rate, without the guard, and cause.
    pub(super) causes: Vec<[Moments; Cause::COUNT]>,
}

impl Tally {
    pub(super) fn new(plan: &Plan, curves: Curves) -> Self {
        let (rates, segments) = (plan.uptakes().len(), plan.segments().len());
        let points = if curves == Curves::None { 0 } else { rates * plan.curve_hours().len() };
        let affordable = (CURVE_MEMORY / (points * 2 * size_of::<u32>()).max(1)).max(100) as u64;
        Self {
            runs: 0,
            headline: vec![Default::default(); rates],
            causes: vec![Default::default(); rates],
            segments: vec![Default::default(); if segments > 1 { rates * segments } else { 0 }],
            failed: vec![BatchMoments::default(); points],
            down: vec![BatchMoments::default(); points],
            batches: 0,
            kept: Vec::new(),
            keep_below: if curves == Curves::Percentiles { affordable } else { 0 },
            disrupted: vec![CountTally::default(); if plan.has_brownouts() { rates } else { 0 }],
            checkpoints: vec![Default::default(); rates * plan.checkpoints().len()],
            guard: plan.guard().map(|guard| GuardTally {
                stopped: vec![0; rates * guard.checks.len()],
                false_alarms: vec![(0, 0); rates],
                unguarded: vec![Default::default(); rates],
                disrupted: vec![CountTally::default(); if plan.has_brownouts() { rates } else { 0 }],
                causes: vec![Default::default(); rates],
            }),
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

    /// Failed so far in each run whose whole curve was kept, at one rate, by hour of the curve.
    pub fn failed_paths(&self, rate: usize) -> impl Iterator<Item = &[u32]> {
        let hours = self.failed.len() / self.headline.len().max(1);
        self.kept.iter().map(move |(_, curves)| &curves[rate * hours..(rate + 1) * hours])
    }

    /// Mean and standard error of the failures by the deadline at one rate, for a stopping rule.
    pub fn headline(&self, rate: usize) -> &Moments {
        self.headline[rate][0].moments()
    }

    /// Whether this run's whole curves are to be kept.
    pub(super) fn keeps(&self, run: u64) -> bool {
        run < self.keep_below
    }

    /// Adds one run's headline figures: by rank of the rate, then segment. `order` has the rates' places by rank.
    pub(super) fn add_run(&mut self, order: &[usize], by_segment: &[HeadlineCounts]) {
        self.runs += 1;
        let segments = by_segment.len() / order.len();
        for (rate, row) in order.iter().zip(by_segment.chunks_exact(segments)) {
            let mut all = HeadlineCounts::default();
            for (index, segment) in row.iter().enumerate() {
                all.add(segment);
                if segments > 1 {
                    let [failed, down, horizon] = &mut self.segments[rate * segments + index];
                    failed.add(segment.failed);
                    down.add(segment.down);
                    horizon.add(segment.by_horizon);
                }
            }
            let [failed, down, horizon] = &mut self.headline[*rate];
            failed.add(all.failed);
            down.add(all.down);
            horizon.add(all.by_horizon);
            for (moments, count) in self.causes[*rate].iter_mut().zip(all.causes) {
                moments.add(count);
            }
        }
    }

    /// Adds what one run has beside its headline figures in a plan with policies.
    pub(super) fn add_policies(&mut self, order: &[usize], state: &PolicyState, tolerance: Option<u64>) {
        let segments = state.counts.len() / order.len();
        for (rank, rate) in order.iter().enumerate() {
            let row = &state.counts[rank * segments..(rank + 1) * segments];
            if let Some(disrupted) = self.disrupted.get_mut(*rate) {
                disrupted.add(row.iter().map(|counts| counts.disrupted).sum());
            }
            let each = self.checkpoints.len() / order.len();
            for (place, sums) in self.checkpoints[rate * each..(rate + 1) * each].iter_mut().enumerate() {
                for (which, sum) in sums.iter_mut().enumerate() {
                    sum.add(row.iter().map(|counts| counts.checkpoints[place][which]).sum());
                }
            }
            let Some(guard) = &mut self.guard else { continue };
            let checks = guard.stopped.len() / order.len();
            let guarded: u64 = row.iter().map(|counts| counts.headline.failed).sum();
            let row = &state.unguarded[rank * segments..(rank + 1) * segments];
            let mut all = HeadlineCounts::default();
            row.iter().for_each(|counts| all.add(&counts.headline));
            if let Some(check) = state.stopped_at[rank] {
                guard.stopped[rate * checks + check] += 1;
                if tolerance.is_some_and(|most| all.failed <= most) {
                    let (runs, spared) = &mut guard.false_alarms[*rate];
                    *runs += 1;
                    *spared += all.failed as i64 - guarded as i64;
                }
            }
            let sums = guard.unguarded[*rate].iter_mut().zip([all.failed, all.down, all.by_horizon]);
            sums.for_each(|(sum, count)| sum.add(count));
            guard.causes[*rate].iter_mut().zip(all.causes).for_each(|(sum, count)| sum.add(count));
            if let Some(disrupted) = guard.disrupted.get_mut(*rate) {
                disrupted.add(row.iter().map(|counts| counts.disrupted).sum());
            }
        }
    }

    /// Adds the curves of a batch of runs, summed; of one run, when it is to be kept. Both by rank of the rate and hour: orgs that
    /// have failed by it, and that are down at it.
    pub(super) fn add_curves(&mut self, order: &[usize], failed: &[i64], down: &[i64], runs: u64, keep: Option<u64>) {
        self.batches += 1;
        let points = failed.len();
        let hours = points / order.len();
        let mut curves = if keep.is_some() { vec![0_u32; 2 * points] } else { Vec::new() };
        for (rank, rate) in order.iter().enumerate() {
            let (from, to) = (rank * hours, rate * hours);
            for (moments, now) in self.failed[to..to + hours].iter_mut().zip(&failed[from..from + hours]) {
                moments.add(*now as u64, runs);
            }
            for (moments, now) in self.down[to..to + hours].iter_mut().zip(&down[from..from + hours]) {
                moments.add(*now as u64, runs);
            }
            if keep.is_some() {
                for hour in 0..hours {
                    curves[to + hour] = failed[from + hour] as u32;
                    curves[points + to + hour] = down[from + hour] as u32;
                }
            }
        }
        if let Some(run) = keep {
            self.kept.push((run, curves));
        }
    }

    /// Adds the runs of another tally of the same family.
    pub fn merge(&mut self, other: &Self) {
        fn each<T>(left: &mut [T], right: &[T], merge: impl Fn(&mut T, &T)) {
            left.iter_mut().zip(right).for_each(|(l, r)| merge(l, r));
        }
        self.runs += other.runs;
        self.batches += other.batches;
        each(&mut self.headline, &other.headline, |l, r| each(l, r, CountTally::merge));
        each(&mut self.causes, &other.causes, |l, r| each(l, r, Moments::merge));
        each(&mut self.segments, &other.segments, |l, r| each(l, r, Moments::merge));
        each(&mut self.failed, &other.failed, BatchMoments::merge);
        each(&mut self.down, &other.down, BatchMoments::merge);
        each(&mut self.disrupted, &other.disrupted, CountTally::merge);
        each(&mut self.checkpoints, &other.checkpoints, |l, r| each(l, r, CountTally::merge));
        if let Some((guard, other)) = self.guard.as_mut().zip(other.guard.as_ref()) {
            each(&mut guard.stopped, &other.stopped, |l, r| *l += r);
            each(&mut guard.false_alarms, &other.false_alarms, |l, r| *l = (l.0 + r.0, l.1 + r.1));
            each(&mut guard.unguarded, &other.unguarded, |l, r| each(l, r, CountTally::merge));
            each(&mut guard.disrupted, &other.disrupted, CountTally::merge);
            each(&mut guard.causes, &other.causes, |l, r| each(l, r, Moments::merge));
        }
        self.kept.extend(other.kept.iter().cloned());
        self.kept.sort_by_key(|k| k.0);
    }
}
