//! From tallies to reported quantities: means with standard errors, distributions, curves.

use super::tally::{GuardTally, Tally};
use crate::plan::Plan;
use crate::results::{CheckpointMeasures, CurvePoint, GuardMeasures, Mean, Measures, Quantity, SegmentMeans};
use crate::stats::estimate::BatchMoments;
use crate::stats::{CountTally, Moments};

/// The measures of every uptake rate, in the plan's order. Empty when nothing was run.
pub fn measures(plan: &Plan, tally: &Tally) -> Vec<Measures> {
    if tally.runs == 0 {
        return Vec::new();
    }
    (0..plan.uptakes().len()).map(|rate| measures_at(plan, tally, rate)).collect()
}

fn measures_at(plan: &Plan, tally: &Tally, rate: usize) -> Measures {
    let [failed, down, horizon] = &tally.headline[rate];
    let failed_by_deadline = quantity(failed);
    let within_tolerance = plan.tolerance().map(|t| failed_by_deadline.distribution.cdf(t));
    let hours = plan.curve_hours().len();
    let segments = plan.segments().len();
    let by_segment = plan.segments().iter().enumerate().map(|(index, segment)| {
        let whole = tally.headline[rate].each_ref().map(|t| *t.moments());
        let [failed, down, horizon] = tally.segments.get(rate * segments + index).unwrap_or(&whole);
        SegmentMeans {
            id: segment.id.clone(),
            name: segment.name.clone(),
            orgs: segment.orgs,
            failed_by_deadline: mean(failed),
            down_at_deadline: mean(down),
            failed_by_horizon: mean(horizon),
        }
    });
    Measures {
        failed_by_deadline,
        down_at_deadline: quantity(down),
        failed_by_horizon: quantity(horizon),
        within_tolerance,
        by_cause: tally.causes[rate].each_ref().map(mean),
        by_segment: by_segment.collect(),
        by_local_hour: None,
        weight: None,
        failed_curve: curve(tally, &tally.failed, rate * hours..(rate + 1) * hours, 0),
        down_curve: curve(tally, &tally.down, rate * hours..(rate + 1) * hours, tally.failed.len()),
        disrupted_by_deadline: tally.disrupted.get(rate).map(quantity),
        checkpoints: plan
            .checkpoints()
            .iter()
            .enumerate()
            .map(|(place, checkpoint)| {
                let [failed, down] =
                    tally.checkpoints[rate * plan.checkpoints().len() + place].each_ref().map(quantity);
                let within_tolerance = checkpoint.tolerance.map(|most| failed.distribution.cdf(most));
                CheckpointMeasures { failed, down, within_tolerance }
            })
            .collect(),
        guard: tally.guard.as_ref().map(|guard| guard_at(plan, guard, tally.runs, rate)),
        error_bound: None,
    }
}

fn guard_at(plan: &Plan, guard: &GuardTally, runs: u64, rate: usize) -> GuardMeasures {
    let checks = guard.stopped.len() / plan.uptakes().len();
    let (alarms, spared) = guard.false_alarms[rate];
    let by_check = &guard.stopped[rate * checks..(rate + 1) * checks];
    let chance = |stopped: u64| {
        let mean = stopped as f64 / runs as f64;
        Mean { mean, se: Some((mean * (1.0 - mean) / runs as f64).sqrt()) }
    };
    GuardMeasures {
        stopped: chance(by_check.iter().sum()),
        by_check: by_check.iter().map(|stopped| chance(*stopped)).collect(),
        false_alarm: plan.tolerance().map(|_| chance(alarms)),
        spared_by_false_alarm: (alarms > 0).then(|| spared as f64 / alarms as f64),
        unguarded: guard.unguarded[rate].each_ref().map(quantity),
        unguarded_disrupted: guard.disrupted.get(rate).map(quantity),
        unguarded_by_cause: guard.causes[rate].each_ref().map(mean),
    }
}

fn mean(moments: &Moments) -> Mean {
    Mean { mean: moments.mean().unwrap_or(f64::NAN), se: moments.se() }
}

fn quantity(tally: &CountTally) -> Quantity {
    let Mean { mean, se } = mean(tally.moments());
    let distribution = tally.distribution().expect("only asked for when there are runs");
    Quantity { mean, se, distribution, split: None }
}

/// One rate's curve; `offset` is where the quantity begins in a kept run. Empty where no curves were collected.
fn curve(tally: &Tally, moments: &[BatchMoments], range: std::ops::Range<usize>, offset: usize) -> Vec<CurvePoint> {
    let mut column = Vec::with_capacity(tally.kept.len());
    let (first, moments) = (range.start, moments.get(range).unwrap_or(&[]));
    (first..)
        .zip(moments)
        .map(|(point, moments)| {
            column.clear();
            column.extend(tally.kept.iter().map(|(_, curves)| curves[offset + point]));
            column.sort_unstable();
            let percentile = |q: f64| {
                let rank = (q * column.len() as f64 - 1e-9).ceil().max(1.0) as usize;
                column.get(rank - 1).map(|c| u64::from(*c))
            };
            CurvePoint {
                mean: moments.mean(tally.runs).unwrap_or(f64::NAN),
                p5: percentile(0.05),
                p50: percentile(0.5),
                p95: percentile(0.95),
                chance: None,
                se: moments.se(tally.runs, tally.batches),
            }
        })
        .collect()
}
