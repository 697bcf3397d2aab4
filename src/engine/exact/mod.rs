//! The exact engine: every reported quantity without sampling. Orgs are independent given the plan, so one org's
//! probabilities, by segment, give the whole distribution of every count.
//!
//! One org is a renewal process with killing, solved on a lattice of time (`renewal`); an org that acts follows the same
//! process until its planned reconnect and begins anew there. A plan's uptake only weighs the two, so any number of rates
//! costs as much as one.

mod ages;
mod flow;
mod kernel;
mod lattice;
mod renewal;
mod segment;

use crate::plan::{Family, Plan, Segment};
use crate::results::{CurvePoint, Mean, Measures, Quantity, SegmentMeans};
use crate::stats::CountDistribution;
use crate::stats::count::{Group, quantiles_of_sum};
use rayon::prelude::*;
use segment::SegmentRisk;

/// The numerical error that is aimed for, as a share of the orgs.
pub const TOLERANCE: f64 = 1e-5;

/// Why the exact engine does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// One segment's probabilities, without and with a reconnect, at the instants that are reported.
struct Solved<'a> {
    segment: &'a Segment,
    error_bound: f64,
    /// Does not act, acts.
    at_deadline: [f64; 2],
    down: [f64; 2],
    at_horizon: [f64; 2],
    causes: [[f64; 4]; 2],
    failed_curve: [Vec<f64>; 2],
    down_curve: [Vec<f64>; 2],
}

/// The measures of every uptake rate, in the plan's order.
///
/// # Errors
/// [`Declined`] when something about the plan is not known.
pub fn measures(family: &Family) -> Result<Vec<Measures>, Declined> {
    if let Some(unknown) = family.unknowns().first() {
        return Err(Declined(format!(
            "the exact engine takes plans in which every number is known; `{}` is not, so only the simulation reports",
            unknown.key
        )));
    }
    let plan = family.centre();
    let hours = plan.curve_hours();
    let solved: Vec<Solved> = plan.segments().par_iter().map(|segment| solve(plan, segment, &hours)).collect();
    Ok(plan.uptakes().par_iter().map(|uptake| measures_at(plan, &solved, uptake.value, hours.len())).collect())
}

fn solve<'a>(plan: &Plan, segment: &'a Segment, hours: &[f64]) -> Solved<'a> {
    let SegmentRisk { risks, error_bound } = segment::solve(plan, segment, TOLERANCE);
    let horizon = plan.horizon_hours();
    Solved {
        segment,
        error_bound,
        at_deadline: risks.each_ref().map(|r| r.failed_by(segment.deadline)),
        down: risks.each_ref().map(|r| r.down_at(segment, segment.deadline)),
        at_horizon: risks.each_ref().map(|r| r.failed_by(horizon)),
        causes: risks.each_ref().map(|r| r.causes_by(segment.deadline)),
        failed_curve: risks.each_ref().map(|r| hours.iter().map(|h| r.failed_by(*h)).collect()),
        down_curve: risks.each_ref().map(|r| r.down_curve(segment, hours)),
    }
}

impl Solved<'_> {
    /// The probability of an org whose acting is drawn at the plan's `uptake`.
    fn mixed(&self, uptake: f64, pair: [f64; 2]) -> f64 {
        let acts = self.segment.uptake(uptake);
        (1.0 - acts) * pair[0] + acts * pair[1]
    }

    fn group(&self, uptake: f64, pair: [f64; 2]) -> Group {
        Group { n: self.segment.orgs, p: self.mixed(uptake, pair) }
    }
}

fn measures_at(plan: &Plan, solved: &[Solved], uptake: f64, hours: usize) -> Measures {
    let groups = |pick: &dyn Fn(&Solved) -> [f64; 2]| -> Vec<Group> {
        solved.iter().map(|s| s.group(uptake, pick(s))).collect()
    };
    let failed_by_deadline = quantity(&groups(&|s| s.at_deadline));
    let exact = |mean: f64| Mean { mean, se: None };
    let by_cause = std::array::from_fn(|cause| exact(expected(&groups(&|s| [s.causes[0][cause], s.causes[1][cause]]))));
    let by_segment = solved.iter().map(|s| {
        let mean = |pair| exact(expected(&[s.group(uptake, pair)]));
        SegmentMeans {
            id: s.segment.id.clone(),
            name: s.segment.name.clone(),
            orgs: s.segment.orgs,
            failed_by_deadline: mean(s.at_deadline),
            down_at_deadline: mean(s.down),
            failed_by_horizon: mean(s.at_horizon),
        }
    });
    let curve = |pick: &(dyn Fn(&Solved, usize) -> [f64; 2] + Sync)| -> Vec<CurvePoint> {
        (0..hours).into_par_iter().map(|h| curve_point(&groups(&|s| pick(s, h)))).collect()
    };
    let all = plan.orgs() as f64;
    let bound = solved.iter().map(|s| s.error_bound * s.segment.orgs as f64 / all).sum();
    Measures {
        within_tolerance: plan.tolerance().map(|t| failed_by_deadline.distribution.cdf(t)),
        failed_by_deadline,
        down_at_deadline: quantity(&groups(&|s| s.down)),
        failed_by_horizon: quantity(&groups(&|s| s.at_horizon)),
        by_cause,
        by_segment: by_segment.collect(),
        failed_curve: curve(&|s, h| [s.failed_curve[0][h], s.failed_curve[1][h]]),
        down_curve: curve(&|s, h| [s.down_curve[0][h], s.down_curve[1][h]]),
        error_bound: Some(bound),
    }
}

/// Mean number of failures, `Σ n p`.
fn expected(groups: &[Group]) -> f64 {
    groups.iter().map(|g| g.n as f64 * g.p).sum()
}

fn quantity(groups: &[Group]) -> Quantity {
    Quantity { mean: expected(groups), se: None, distribution: CountDistribution::sum_of(groups) }
}

fn curve_point(groups: &[Group]) -> CurvePoint {
    let q = quantiles_of_sum(groups, &[0.05, 0.5, 0.95]);
    CurvePoint { mean: expected(groups), p5: Some(q[0]), p50: Some(q[1]), p95: Some(q[2]) }
}
