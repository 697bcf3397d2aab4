//! Every reported figure of every uptake rate, mixed over what is not known.

use super::declined::Declined;
use super::hours;
use super::mixture::{self, Mixture, Pick, Rate};
use super::solved::{SolvedClass, Wanted, aim, solve};
use crate::engine::by_action::ByAction;
use crate::plan::{Checkpoint, Family, LocalHour, Plan, Segment};
use crate::results::{CheckpointMeasures, CurvePoint, Mean, Measures, SegmentMeans};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The measures of every uptake rate, in the plan's order. Where something is not known they are those of the mixture over the
/// family's possible plans; each plan by itself is exact.
///
/// # Errors
/// [`Declined`] when the unknowns contradict each other however they are drawn.
pub fn measures(family: &Family) -> Result<Vec<Measures>, Declined> {
    measures_watched(family, &|_| ())
}

/// The same; `progress` is told how much of it is done, 0-1.
///
/// # Errors
/// As [`measures`].
pub fn measures_watched(family: &Family, progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<Measures>, Declined> {
    by_hours(family, &family.centre().curve_hours(), progress)
}

/// As [`measures`] without what is told by the hour: curves are empty, and most of the time is saved.
///
/// # Errors
/// As [`measures`].
pub fn measures_without_curves(family: &Family) -> Result<Vec<Measures>, Declined> {
    by_hours(family, &[], &|_| ())
}

/// The measures, with curves at these hours; none by local hours where there are no such.
fn by_hours(family: &Family, hours: &[f64], progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<Measures>, Declined> {
    let centre = family.centre();
    // Half is to solve lives, half is to sum them up at each rate.
    let (lives, rates) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let one_more = |done: &AtomicUsize, of: usize| (done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / of as f64;
    let calendar = if hours.is_empty() { vec![Vec::new(); centre.segments().len()] } else { hours::calendar(centre) };
    let solve = |plan: &Plan, segment: &Segment, distinct: usize| {
        let edges = hours::edges(centre, &calendar, segment);
        let wanted = Wanted { hours, edges: &edges, reconnects: &[] };
        let solved = solve(plan, segment, wanted, aim(segment, centre, distinct));
        progress(0.5 * one_more(&lives, distinct));
        solved
    };
    let mixture = Mixture::new(family, solve)?;
    let all = centre.uptakes().len();
    let at = |rate| {
        let measures = measures_at(centre, &mixture, (hours, &calendar), rate);
        progress(0.5 + 0.5 * one_more(&rates, all));
        measures
    };
    Ok((0..all).into_par_iter().map(at).collect())
}

/// About how many seconds [`measures`] takes: an estimate for whoever waits.
pub fn seconds(family: &Family) -> f64 {
    let Ok(possible) = family.possible_plans(0) else { return 0.0 };
    let lives = mixture::number_of_lives(&possible.plans, family.centre());
    let (draws, rates) = (possible.draws.len(), family.centre().uptakes().len());
    0.03 * lives as f64 + 1e-7 * (draws * rates) as f64 * family.centre().horizon_hours()
}

fn measures_at(
    plan: &Plan,
    mixture: &Mixture,
    (hours, calendar): (&[f64], &[Vec<LocalHour>]),
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
    let (failed_curve, down_curve) =
        rayon::join(|| curve(&rate, hours, &|s| &s.failed_curve), || curve(&rate, hours, &|s| &s.down_curve));
    Measures {
        within_tolerance: plan.tolerance().map(|t| failed_by_deadline.distribution.cdf(t)),
        failed_by_deadline,
        down_at_deadline: rate.quantity(&|s| s.down),
        failed_by_horizon: rate.quantity(&|s| s.at_horizon),
        by_cause: std::array::from_fn(|cause| exact(&|s| s.causes.map(|causes| causes[cause]), None)),
        by_segment: by_segment.collect(),
        by_local_hour: (!hours.is_empty()).then(|| hours::by_local_hour(calendar, &rate)),
        weight: rate.weights(),
        failed_curve,
        down_curve,
        disrupted_by_deadline: plan.has_brownouts().then(|| rate.quantity(&|s| s.disrupted)),
        checkpoints: plan
            .checkpoints()
            .iter()
            .enumerate()
            .map(|(place, checkpoint)| checkpoint_at(&rate, place, checkpoint))
            .collect(),
        guard: None,
        error_bound: mixture.error_bound(),
    }
}

fn checkpoint_at(rate: &Rate, place: usize, checkpoint: &Checkpoint) -> CheckpointMeasures {
    let failed = rate.quantity(&|s| s.checkpoints[place][0]);
    let within_tolerance = checkpoint.tolerance.map(|most| failed.distribution.cdf(most));
    CheckpointMeasures { failed, down: rate.quantity(&|s| s.checkpoints[place][1]), within_tolerance }
}

fn curve(rate: &Rate, hours: &[f64], of: &(dyn Fn(&SolvedClass) -> &ByAction<Vec<f64>> + Sync)) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = Vec::with_capacity(hours.len());
    for hour in 0..hours.len() {
        let point = rate.curve_point(&|s| of(s).as_ref().map(|c| c[hour]), points.last());
        points.push(point);
    }
    points
}
