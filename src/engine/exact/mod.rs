//! The exact engine: every reported quantity without sampling. Orgs are independent given the plan, so one org's
//! probabilities, by segment, give the whole distribution of every count.
//!
//! One org is a renewal process with killing, solved on a lattice of time (`renewal`); an org that acts follows the same
//! process until its planned reconnect and begins anew there. A plan's uptake only weighs the two, so any number of rates
//! costs as much as one.

mod ages;
mod down;
mod flow;
mod grid;
mod headline;
mod hours;
mod kernel;
mod known;
mod lattice;
mod one_org;
mod orgs;
mod outcomes;
mod parts;
mod renewal;
mod risk;
mod schedule;
mod segment;

use crate::plan::{Family, LocalHour, Plan, Segment};
use crate::results::{Counted, CurvePoint, Mean, Measures, SegmentMeans};
use down::DownClock;
pub use grid::grid;
pub use headline::{Headline, Sweep, headline, means_of, to_the_deadline};
pub use one_org::SolvedLives;
pub use orgs::{is_cheap, org_risks};
pub(super) use outcomes::{Outcome, SegmentOutcomes, outcomes};
use parts::{Mixture, Pick, Rate};
use rayon::prelude::*;
use risk::Risk;

/// The numerical error that is aimed for, as a share of the orgs.
pub const TOLERANCE: f64 = 1e-5;

/// The error aimed for in each of many possible plans.
const TOLERANCE_OF_MANY: f64 = 1e-4;

/// Why the exact engine does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// A segment's probabilities: of each of its classes of like orgs, in the order of [`Segment::class_sizes`].
struct Solved {
    classes: Vec<SolvedClass>,
    error_bound: f64,
}

/// Probabilities of one org of a class, without and with a reconnect, at the instants that are reported.
struct SolvedClass {
    /// Does not act, acts.
    at_deadline: [f64; 2],
    down: [f64; 2],
    at_horizon: [f64; 2],
    causes: [[f64; 4]; 2],
    failed_curve: [Vec<f64>; 2],
    down_curve: [Vec<f64>; 2],
    /// Failed by the edges of the zone's calendar hours, as [`hours`] has them.
    local_curve: [Vec<f64>; 2],
    /// An org that acts has reconnected by each of the hours that [`Sweep::reconnected`] is asked about; else empty.
    reconnected: Vec<f64>,
}

/// The measures of every uptake rate, in the plan's order. Where something is not known they are those of the mixture over the
/// family's possible plans; each plan by itself is exact.
///
/// # Errors
/// [`Declined`] when the unknowns contradict each other however they are drawn.
pub fn measures(family: &Family) -> Result<Vec<Measures>, Declined> {
    let centre = family.centre();
    let hours = centre.curve_hours();
    let calendar = hours::calendar(centre);
    let solve = |plan: &Plan, segment: &Segment, distinct: usize| {
        let edges = hours::edges(centre, &calendar, segment);
        solve(plan, segment, Wanted { hours: &hours, edges: &edges, reconnects: &[] }, tolerance(centre, distinct))
    };
    let mixture = Mixture::new(family, solve).map_err(Declined)?;
    Ok((0..centre.uptakes().len()).into_par_iter().map(|rate| measures_at(centre, &mixture, &calendar, rate)).collect())
}

/// The error aimed for where so many lives differ.
fn tolerance(centre: &Plan, distinct: usize) -> f64 {
    if distinct > 4 * centre.segments().len() { TOLERANCE_OF_MANY } else { TOLERANCE }
}

/// Where answers are wanted, in hours since `as_of`, each list ascending.
#[derive(Clone, Copy, Default)]
struct Wanted<'a> {
    /// Of the two curves.
    hours: &'a [f64],
    /// Edges of the zone's calendar hours.
    edges: &'a [f64],
    /// Of those who have reconnected.
    reconnects: &'a [f64],
}

fn solve(plan: &Plan, segment: &Segment, wanted: Wanted<'_>, tolerance: f64) -> Solved {
    let clock = DownClock::new(segment, wanted.hours);
    let read = |(risks, reconnected): (&[Risk; 2], Vec<f64>)| SolvedClass {
        at_deadline: risks.each_ref().map(|r| r.failed_by(segment.deadline)),
        down: risks.each_ref().map(|r| r.down_at(segment, segment.deadline)),
        at_horizon: risks.each_ref().map(|r| r.failed_by(plan.horizon_hours())),
        causes: risks.each_ref().map(|r| r.causes_by(segment.deadline)),
        failed_curve: risks.each_ref().map(|r| wanted.hours.iter().map(|h| r.failed_by(*h)).collect()),
        down_curve: risks.each_ref().map(|r| r.down_curve(segment, wanted.hours, clock.as_ref())),
        local_curve: risks
            .each_ref()
            .map(|r| wanted.edges.iter().map(|h| if *h < 0.0 { 0.0 } else { r.failed_by(*h) }).collect()),
        reconnected,
    };
    match &segment.known {
        None => {
            let solved = segment::solve(plan, segment, tolerance);
            let reconnected = wanted.reconnects.iter().map(|h| solved.lives.reconnected_by(*h)).collect();
            Solved { classes: vec![read((&solved.risks, reconnected))], error_bound: solved.error_bound }
        }
        Some(known) => {
            let timing = segment.timing.as_ref();
            let solved = known::solve(plan, segment, known.classes(), timing, wanted.reconnects, tolerance);
            let classes = solved.classes.par_iter().zip(solved.reconnected).map(read).collect();
            Solved { classes, error_bound: solved.error_bound }
        }
    }
}

fn measures_at(plan: &Plan, mixture: &Mixture, calendar: &[Vec<LocalHour>], rate: usize) -> Measures {
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
    let (failed_curve, down_curve) =
        rayon::join(|| curve(&rate, plan, &|s| &s.failed_curve), || curve(&rate, plan, &|s| &s.down_curve));
    Measures {
        within_tolerance: plan.tolerance().map(|t| failed_by_deadline.distribution.cdf(t)),
        failed_by_deadline,
        down_at_deadline: rate.quantity(&|s| s.down),
        failed_by_horizon: rate.quantity(&|s| s.at_horizon),
        by_cause: std::array::from_fn(|cause| exact(&|s| [s.causes[0][cause], s.causes[1][cause]], None)),
        by_segment: by_segment.collect(),
        by_local_hour: Some(hours::by_local_hour(calendar, &rate)),
        weight: rate.weights(),
        failed_curve,
        down_curve,
        error_bound: mixture.error_bound(),
    }
}

fn curve(rate: &Rate, plan: &Plan, of: &(dyn Fn(&SolvedClass) -> &[Vec<f64>; 2] + Sync)) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = Vec::with_capacity(plan.curve_hours().len());
    for hour in 0..plan.curve_hours().len() {
        let point = rate.curve_point(&|s| of(s).each_ref().map(|c| c[hour]), points.last());
        points.push(point);
    }
    points
}
