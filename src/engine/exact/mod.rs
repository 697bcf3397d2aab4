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
use lattice::Lattice;
pub use one_org::SolvedLives;
pub use orgs::{is_cheap, org_risks};
pub(super) use outcomes::{Outcome, SegmentOutcomes, outcomes};
use parts::{Mixture, Pick, Rate};
use rayon::prelude::*;
use risk::Risk;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    measures_watched(family, &|_| ())
}

/// The same; `progress` is told how much of it is done, 0-1.
///
/// # Errors
/// As [`measures`].
pub fn measures_watched(family: &Family, progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<Measures>, Declined> {
    let centre = family.centre();
    // Half is to solve lives, half is to sum them up at each rate.
    let (lives, rates) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let one_more = |done: &AtomicUsize, of: usize| (done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / of as f64;
    let hours = centre.curve_hours();
    let calendar = hours::calendar(centre);
    let solve = |plan: &Plan, segment: &Segment, distinct: usize| {
        let edges = hours::edges(centre, &calendar, segment);
        let wanted = Wanted { hours: &hours, edges: &edges, reconnects: &[] };
        let solved = solve(plan, segment, wanted, aim(segment, centre, distinct));
        progress(0.5 * one_more(&lives, distinct));
        solved
    };
    let mixture = Mixture::new(family, solve)?;
    let all = centre.uptakes().len();
    let at = |rate| {
        let measures = measures_at(centre, &mixture, &calendar, rate);
        progress(0.5 + 0.5 * one_more(&rates, all));
        measures
    };
    Ok((0..all).into_par_iter().map(at).collect())
}

/// About how many seconds [`measures`] takes: an estimate for whoever waits.
pub fn seconds(family: &Family) -> f64 {
    let Ok(possible) = family.possible_plans(0) else { return 0.0 };
    let lives = parts::number_of_lives(&possible.plans, family.centre());
    let (draws, rates) = (possible.draws.len(), family.centre().uptakes().len());
    0.03 * lives as f64 + 1e-7 * (draws * rates) as f64 * family.centre().horizon_hours()
}

/// How well, and at what cost, a life is solved.
#[derive(Debug, Clone, Copy)]
struct Aim {
    tolerance: f64,
    /// Cells of the largest lattice for a law with a density.
    most_cells: usize,
}

/// Steps (cells squared) that all lives of a question may take together: some seconds.
const MOST_STEPS: f64 = 8e9;

/// What is aimed for where so many lives differ: together they share what one may cost.
fn aim(segment: &Segment, centre: &Plan, distinct: usize) -> Aim {
    let tolerance = if distinct > 4 * centre.segments().len() { TOLERANCE_OF_MANY } else { TOLERANCE };
    let classes = 2 * segment::heartbeat_classes(segment).len() * segment::address_classes(segment).len();
    let each = (MOST_STEPS / (distinct * classes).max(1) as f64).sqrt();
    Aim { tolerance, most_cells: (each as usize).clamp(1 << 11, segment::MOST_CELLS) }
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

fn solve(plan: &Plan, segment: &Segment, wanted: Wanted<'_>, aim: Aim) -> Result<Solved, Declined> {
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
    let solved = match &segment.known {
        None => {
            let solved = segment::solve(plan, segment, aim)?;
            let reconnected = wanted.reconnects.iter().map(|h| solved.lives.reconnected_by(*h)).collect();
            Solved { classes: vec![read((&solved.risks, reconnected))], error_bound: solved.error_bound }
        }
        Some(known) => {
            let timing = segment.timing.as_ref();
            let finest = Lattice {
                step: plan.horizon_hours() / segment::MOST_CELLS as f64,
                cells: segment::MOST_CELLS,
                aligned: false,
            };
            if !finest.resolves(&segment.interval) {
                return Err(segment::too_narrow(segment));
            }
            let solved = known::solve(plan, segment, known.classes(), timing, wanted.reconnects, aim.tolerance);
            let classes = solved.classes.par_iter().zip(solved.reconnected).map(read).collect();
            Solved { classes, error_bound: solved.error_bound }
        }
    };
    if solved.is_sound() {
        return Ok(solved);
    }
    Err(unsound(segment))
}

/// What is said of a law whose probabilities come out as none.
fn unsound(segment: &Segment) -> Declined {
    let law = segment.interval.describe(crate::plan::units::show_hours);
    Declined(format!("The exact engine can't follow refreshes by this law ({law}{})", whose(segment)))
}

/// `, segment EMEA`; nothing in a plan without segments.
fn whose(segment: &Segment) -> String {
    if segment.id == "all" { String::new() } else { format!(", segment {}", segment.name) }
}

/// More than rounding adds up to, less than anybody would see.
const ROUNDING: f64 = 1e-7;

impl Solved {
    /// Whether all probabilities are such: finite, within 0 and 1, never falling in time, with causes that add up.
    fn is_sound(&self) -> bool {
        self.error_bound.is_finite() && self.classes.iter().all(SolvedClass::is_sound)
    }
}

impl SolvedClass {
    fn is_sound(&self) -> bool {
        // False for what is no number.
        let is_share = |p: &f64| (-ROUNDING..=1.0 + ROUNDING).contains(p);
        let rises = |curve: &[f64]| curve.windows(2).all(|pair| pair[0] <= pair[1] + ROUNDING);
        let of = |acts: usize| {
            let single = [self.at_deadline[acts], self.down[acts], self.at_horizon[acts]];
            let curves = [&self.failed_curve[acts], &self.down_curve[acts], &self.local_curve[acts]];
            let causes: f64 = self.causes[acts].iter().sum();
            single.iter().chain(&self.causes[acts]).chain(curves.into_iter().flatten()).all(is_share)
                && rises(&self.failed_curve[acts])
                && rises(&self.local_curve[acts])
                && (causes - self.at_deadline[acts]).abs() <= 10.0 * ROUNDING
                && self.at_deadline[acts] <= self.at_horizon[acts] + ROUNDING
        };
        [0, 1].into_iter().all(of) && self.reconnected.iter().all(is_share)
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
