//! Every reported figure of one uptake rate.

use super::agreement::COARSE;
use super::counted::Counted;
use super::quantity::{Mean, Quantity, Weights};
use crate::plan::zone::Tz;
use crate::plan::{Cause, LocalHour, Plan};

/// The reported quantities of one uptake rate, as counts of orgs.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Orgs whose first failure is at or before the deadline.
    pub failed_by_deadline: Quantity,
    /// Of those, the ones not yet recovered at the deadline.
    pub down_at_deadline: Quantity,
    /// Orgs whose first failure is at or before the horizon.
    pub failed_by_horizon: Quantity,
    /// Chance that at most `tolerance` fail by the deadline; `None` without a tolerance.
    pub within_tolerance: Option<f64>,
    /// Failures by the deadline by cause, in the order of [`Cause::ALL`].
    pub by_cause: [Mean; Cause::COUNT],
    /// Failures by the deadline and the horizon by segment, in the scenario's order.
    pub by_segment: Vec<SegmentMeans>,
    /// For each segment, in the scenario's order, the failures in each calendar hour of its own zone: the hours of
    /// [`Plan::local_hours`], ascending without gaps. `None` for simulated figures.
    pub by_local_hour: Option<Vec<Vec<HourMeans>>>,
    /// The same as weight, where orgs carry one; `None` for simulated figures.
    pub weight: Option<Weights>,
    /// Failed so far, at each of [`Projection::curve_hours`](super::Projection::curve_hours).
    pub failed_curve: Vec<CurvePoint>,
    /// Down now, at each of [`Projection::curve_hours`](super::Projection::curve_hours).
    pub down_curve: Vec<CurvePoint>,
    /// Orgs with a disruption at or before their deadline, and before they fail; `None` where nothing disrupts.
    pub disrupted_by_deadline: Option<Quantity>,
    /// Figures at the plan's checkpoints, in their order.
    pub checkpoints: Vec<CheckpointMeasures>,
    /// What a guard does; `None` without one, and for the exact engine.
    pub guard: Option<GuardMeasures>,
    /// For the exact engine: how far any mean may be off, as a share of the orgs.
    pub error_bound: Option<f64>,
}

impl Measures {
    /// Whether the exact engine's own bound says too little.
    pub fn is_coarse(&self) -> bool {
        self.error_bound.is_some_and(|bound| bound.is_nan() || bound > COARSE)
    }

    /// One of the headline figures.
    pub fn counted(&self, counted: Counted) -> &Quantity {
        match counted {
            Counted::FailedByDeadline => &self.failed_by_deadline,
            Counted::DownAtDeadline => &self.down_at_deadline,
            Counted::FailedByHorizon => &self.failed_by_horizon,
        }
    }

    /// The means of [`Measures::by_segment`] added up by time zone, in the order in which the plan's segments name them.
    /// Segments are independent, so squares of standard errors add up.
    pub fn by_time_zone(&self, plan: &Plan) -> Vec<(Tz, SegmentMeans)> {
        let mut zones: Vec<(Tz, SegmentMeans)> = Vec::new();
        for (segment, means) in plan.segments().iter().zip(&self.by_segment) {
            let zone = segment.time_zone;
            match zones.iter_mut().find(|z| z.0 == zone) {
                Some((_, sum)) => sum.add(means),
                None => {
                    let name = zone.name().to_owned();
                    zones.push((zone, SegmentMeans { id: name.clone(), name, ..means.clone() }));
                }
            }
        }
        zones
    }

    /// Mean failures from the deadline to the horizon. A difference is known no better than its worse part.
    pub fn to_come(&self) -> Mean {
        Mean::difference(
            (self.failed_by_horizon.mean, self.failed_by_horizon.se),
            (self.failed_by_deadline.mean, self.failed_by_deadline.se),
        )
    }

    /// Mean failures by the deadline from one cause.
    pub fn cause(&self, cause: Cause) -> &Mean {
        &self.by_cause[cause.index()]
    }
}

/// Figures at one checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointMeasures {
    /// Orgs whose first failure is at or before it.
    pub failed: Quantity,
    /// Of those, the ones not yet recovered at it.
    pub down: Quantity,
    /// Chance that at most its `tolerance` have failed by it; `None` without one.
    pub within_tolerance: Option<f64>,
}

/// What a guard does at one rate.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardMeasures {
    /// Chance that it stops the rollout.
    pub stopped: Mean,
    /// Chance that it does at each of its checks, in their order.
    pub by_check: Vec<Mean>,
    /// Chance of a false alarm: it stops a rollout in which, without it, no more than the tolerance fail by the deadline. `None` without a
    /// tolerance.
    pub false_alarm: Option<Mean>,
    /// How many orgs' failures by the deadline a false alarm spares, on average; `None` where there were none.
    pub spared_by_false_alarm: Option<f64>,
    /// Without it: failed by the deadline, down at it, failed by the horizon.
    pub unguarded: [Quantity; 3],
    /// Without it: disrupted by the deadline.
    pub unguarded_disrupted: Option<Quantity>,
    /// Without it: failed by the deadline by cause, in the order of [`Cause::ALL`].
    pub unguarded_by_cause: [Mean; Cause::COUNT],
}

/// One segment's means.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentMeans {
    /// The segment's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of its orgs.
    pub orgs: u64,
    /// Failures by the deadline.
    pub failed_by_deadline: Mean,
    /// Down at the deadline.
    pub down_at_deadline: Mean,
    /// Failures by the horizon.
    pub failed_by_horizon: Mean,
}

/// A calendar hour of a segment's zone, and how many of the segment's orgs fail in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourMeans {
    /// The hour: what the clocks show, and when it begins and ends in elapsed hours.
    pub hour: LocalHour,
    /// Mean number of orgs whose first failure is after its beginning and at or before its end; of a segment's first hour also
    /// those whose failure is at its beginning.
    pub failed: f64,
}

impl SegmentMeans {
    /// Share of the orgs; 0 where there are none.
    pub fn share(&self, of: &Mean) -> f64 {
        if self.orgs == 0 { 0.0 } else { of.mean / self.orgs as f64 }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.orgs += other.orgs;
        self.failed_by_deadline.add(other.failed_by_deadline);
        self.down_at_deadline.add(other.down_at_deadline);
        self.failed_by_horizon.add(other.failed_by_horizon);
    }
}

/// A point of a curve: mean and percentiles of a count at an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Mean number of orgs.
    pub mean: f64,
    /// 5th percentile; `None` where it was not computed.
    pub p5: Option<u64>,
    /// Median.
    pub p50: Option<u64>,
    /// 95th percentile.
    pub p95: Option<u64>,
    /// 5th and 95th percentile of chance alone; `None` where everything is known, and for simulated figures.
    pub chance: Option<[u64; 2]>,
    /// Standard error of the mean; `None` for an exact mean.
    pub se: Option<f64>,
}
