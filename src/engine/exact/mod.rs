//! The exact engine: every reported quantity without sampling. Orgs are independent given the plan, so one org's
//! probabilities, by segment, give the whole distribution of every count.
//!
//! One org is a renewal process with killing, solved on a lattice of time (`renewal`); an org that acts follows the same
//! process until its planned reconnect and begins anew there. A plan's uptake only weighs the two, so any number of rates
//! costs as much as one.

mod ages;
mod flow;
mod grid;
mod hours;
mod kernel;
mod lattice;
mod outcomes;
mod parts;
mod renewal;
mod segment;

use crate::plan::{Family, LocalHour, Plan, Segment};
use crate::results::{CurvePoint, Mean, Measures, SegmentMeans};
pub use grid::grid;
pub(super) use outcomes::{Outcome, SegmentOutcomes, outcomes};
use parts::{Mixture, Pick, Rate};
use rayon::prelude::*;
use segment::SegmentRisk;

/// The numerical error that is aimed for, as a share of the orgs.
pub const TOLERANCE: f64 = 1e-5;

/// The error aimed for in each of many possible plans.
const TOLERANCE_OF_MANY: f64 = 1e-4;

/// Why the exact engine does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// One segment's probabilities, without and with a reconnect, at the instants that are reported.
struct Solved {
    error_bound: f64,
    /// Does not act, acts.
    at_deadline: [f64; 2],
    down: [f64; 2],
    at_horizon: [f64; 2],
    causes: [[f64; 4]; 2],
    failed_curve: [Vec<f64>; 2],
    down_curve: [Vec<f64>; 2],
    /// Failed by the edges of the zone's calendar hours, as [`hours`] has them.
    local_curve: [Vec<f64>; 2],
}

/// The measures of every uptake rate, in the plan's order. Where something is not known they are those of the mixture over the
/// family's possible plans; each plan by itself is exact.
///
/// # Errors
/// [`Declined`] when the unknowns contradict each other however they are drawn.
pub fn measures(family: &Family) -> Result<Vec<Measures>, Declined> {
    let centre = family.centre();
    let shocked = centre.segments().iter().any(|s| s.correlation > 0.0);
    let shocks = if shocked { centre.segments().len() } else { 0 };
    let possible = family.possible_plans(shocks).map_err(Declined)?;
    let hours = centre.curve_hours();
    let (distinct, index) = distinct_lives(&possible.plans, centre);
    let tolerance = if distinct.len() > 4 * centre.segments().len() { TOLERANCE_OF_MANY } else { TOLERANCE };
    let calendar = hours::calendar(centre);
    let solved: Vec<Solved> = distinct
        .par_iter()
        .map(|(plan, segment)| solve(plan, segment, (&hours, &hours::edges(centre, &calendar, segment)), tolerance))
        .collect();
    let mixture = Mixture::new(family, &possible, &solved, &index, shocked);
    Ok((0..centre.uptakes().len())
        .into_par_iter()
        .map(|rate| measures_at(centre, &mixture, (&solved, &calendar), rate))
        .collect())
}

/// The segments whose orgs' lives differ, over all plans and the centre, each once; and for each plan, the centre last, which
/// of them its segments are. Plans that differ in uptake alone so cost as much as one.
fn distinct_lives<'a>(plans: &'a [Plan], centre: &'a Plan) -> (Vec<(&'a Plan, &'a Segment)>, Vec<Vec<usize>>) {
    let mut distinct: Vec<(&Plan, &Segment)> = Vec::new();
    let index = plans
        .iter()
        .chain([centre])
        .map(|plan| {
            let find = |segment: &'a Segment| {
                let known = distinct.iter().position(|(of, s)| of.horizon() == plan.horizon() && segment.same_life(s));
                known.unwrap_or_else(|| {
                    distinct.push((plan, segment));
                    distinct.len() - 1
                })
            };
            plan.segments().iter().map(find).collect()
        })
        .collect();
    (distinct, index)
}

fn solve(plan: &Plan, segment: &Segment, (hours, edges): (&[f64], &[f64]), tolerance: f64) -> Solved {
    let SegmentRisk { risks, error_bound, .. } = segment::solve(plan, segment, tolerance);
    let horizon = plan.horizon_hours();
    Solved {
        error_bound,
        at_deadline: risks.each_ref().map(|r| r.failed_by(segment.deadline)),
        down: risks.each_ref().map(|r| r.down_at(segment, segment.deadline)),
        at_horizon: risks.each_ref().map(|r| r.failed_by(horizon)),
        causes: risks.each_ref().map(|r| r.causes_by(segment.deadline)),
        failed_curve: risks.each_ref().map(|r| hours.iter().map(|h| r.failed_by(*h)).collect()),
        down_curve: risks.each_ref().map(|r| r.down_curve(segment, hours)),
        local_curve: risks
            .each_ref()
            .map(|r| edges.iter().map(|h| if *h < 0.0 { 0.0 } else { r.failed_by(*h) }).collect()),
    }
}

fn measures_at(
    plan: &Plan,
    mixture: &Mixture,
    (solved, calendar): (&[Solved], &[Vec<LocalHour>]),
    rate: usize,
) -> Measures {
    let rate = mixture.rate(rate);
    let exact = |pick: &Pick, segment: Option<usize>| Mean { mean: rate.mean(pick, segment), se: None };
    let by_segment = plan.segments().iter().enumerate().map(|(i, segment)| SegmentMeans {
        id: segment.id.clone(),
        name: segment.name.clone(),
        orgs: segment.orgs,
        failed_by_deadline: exact(&|s| s.at_deadline, Some(i)),
        down_at_deadline: exact(&|s| s.down, Some(i)),
        failed_by_horizon: exact(&|s| s.at_horizon, Some(i)),
    });
    let failed_by_deadline = rate.quantity(&|s| s.at_deadline);
    let (failed_curve, down_curve) = rayon::join(
        || curve(&rate, plan, &|s: &Solved| &s.failed_curve),
        || curve(&rate, plan, &|s: &Solved| &s.down_curve),
    );
    Measures {
        within_tolerance: plan.tolerance().map(|t| failed_by_deadline.distribution.cdf(t)),
        failed_by_deadline,
        down_at_deadline: rate.quantity(&|s| s.down),
        failed_by_horizon: rate.quantity(&|s| s.at_horizon),
        by_cause: std::array::from_fn(|cause| exact(&|s| [s.causes[0][cause], s.causes[1][cause]], None)),
        by_segment: by_segment.collect(),
        by_local_hour: Some(hours::by_local_hour(calendar, &rate)),
        failed_curve,
        down_curve,
        error_bound: solved.iter().map(|s| s.error_bound).reduce(f64::max),
    }
}

fn curve(rate: &Rate, plan: &Plan, of: &(dyn Fn(&Solved) -> &[Vec<f64>; 2] + Sync)) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = Vec::with_capacity(plan.curve_hours().len());
    for hour in 0..plan.curve_hours().len() {
        let point = rate.curve_point(&|s| of(s).each_ref().map(|c| c[hour]), points.last());
        points.push(point);
    }
    points
}
