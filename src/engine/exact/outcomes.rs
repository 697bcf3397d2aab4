//! The law of one org's outcome, told apart as far as reports do: for drawing many like orgs at once.

use super::aim::{Accuracy, TOLERANCE, TOLERANCE_OF_MANY};
use super::declined::Declined;
use super::down::DownClock;
use super::risk::Risk;
use super::segment;
use crate::plan::{Cause, Plan, Segment};
use rayon::prelude::*;

/// Probabilities of an org's first failure, in one part of its life.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PartOutcome {
    /// By cause: by the deadline and down at it; by it and recovered; later, up to the horizon.
    pub(crate) kinds: [[f64; 3]; Cause::COUNT],
    /// Newly failed in each hour of the curve, and last beyond it: by the deadline, and later.
    pub(crate) failed: [Vec<f64>; 2],
    /// Failed and down at each hour of the curve; empty where failed orgs stay down.
    pub(crate) down: Vec<f64>,
}

/// What becomes of an org of one segment. The three parts exclude each other for an org that acts: it fails before its planned
/// reconnect, or reconnects; what would have become of it without (`instead`), and what does become of it (`after`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SegmentOutcomes {
    pub(crate) before: PartOutcome,
    pub(crate) instead: PartOutcome,
    pub(crate) after: PartOutcome,
}

/// The outcomes of segments, each with its plan, in their order, by these hours; solved side by side.
///
/// # Errors
/// [`Declined`] where one can't be followed.
pub(crate) fn outcomes<'a>(
    segments: &[(&'a Plan, &'a Segment)],
    hours: &[f64],
) -> Result<Vec<SegmentOutcomes>, Declined> {
    // Plans that differ in who acts alone share the lives of their orgs.
    let mut distinct: Vec<(&Plan, &Segment)> = Vec::new();
    let find = |(plan, segment): &(&'a Plan, &'a Segment)| {
        let is_this = |(of, other): &(&Plan, &Segment)| of.horizon() == plan.horizon() && segment.same_life(other);
        distinct.iter().position(is_this).unwrap_or_else(|| {
            distinct.push((plan, segment));
            distinct.len() - 1
        })
    };
    let places: Vec<usize> = segments.iter().map(find).collect();
    let tolerance = if distinct.len() > 4 { TOLERANCE_OF_MANY } else { TOLERANCE };
    let solve = |(plan, segment): &(&Plan, &Segment)| {
        let aim = Accuracy { tolerance, ..super::solved::aim(segment, plan, distinct.len()) };
        of_segment(plan, segment, hours, aim)
    };
    let solved = distinct.par_iter().map(solve).collect::<Result<Vec<_>, Declined>>()?;
    Ok(places.into_iter().map(|place| solved[place].clone()).collect())
}

fn of_segment(plan: &Plan, segment: &Segment, hours: &[f64], aim: Accuracy) -> Result<SegmentOutcomes, Declined> {
    let solved = segment::solve(plan, segment, aim)?;
    let [before, instead, after] = solved.parts.causes().map(|causes| of_part(plan, segment, hours, &causes));
    let all = [&before, &instead, &after].into_iter().flat_map(|part| part.kinds.iter().flatten());
    if !all.into_iter().all(|chance| chance.is_finite()) {
        return Err(super::declined::unsound(segment));
    }
    Ok(SegmentOutcomes { before, instead, after })
}

fn of_part(plan: &Plan, segment: &Segment, hours: &[f64], causes: &[Risk; Cause::COUNT]) -> PartOutcome {
    let (horizon, deadline) = (plan.horizon_hours(), segment.deadline);
    let kinds = Cause::ALL.map(|cause| {
        let risk = &causes[cause.index()];
        let by_deadline = risk.failed_by(deadline);
        let down = risk.down_at(segment, deadline).min(by_deadline);
        [down, by_deadline - down, (risk.failed_by(horizon) - by_deadline).max(0.0)]
    });
    let failed_by = |at: f64| causes.iter().map(|risk| risk.failed_by(at)).sum::<f64>();
    let between = |lower: f64, upper: f64| {
        let mut from = failed_by(lower);
        (hours.iter().copied())
            .chain([f64::INFINITY])
            .map(|hour| {
                let to = failed_by(hour.clamp(lower, upper));
                let newly = (to - from).max(0.0);
                from = to;
                newly
            })
            .collect::<Vec<f64>>()
    };
    let mut failed = [between(0.0, deadline), between(deadline, horizon)];
    // What fails at the very start falls in the first hour of the curve.
    failed[0][0] += failed_by(0.0);
    let down = if segment.recovery.is_none() {
        Vec::new()
    } else {
        let clock = DownClock::new(segment, hours);
        let curves = causes.each_ref().map(|risk| risk.down_curve(segment, hours, clock.as_ref()));
        (0..hours.len()).map(|hour| curves.iter().map(|curve| curve[hour]).sum()).collect()
    };
    PartOutcome { kinds, failed, down }
}
