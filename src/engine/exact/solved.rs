//! A segment solved: the probabilities of an org of each of its classes, at the instants that are reported.

use super::aim::{Accuracy, TOLERANCE, TOLERANCE_OF_MANY};
use super::declined::{Declined, refuse, unsound};
use super::down::DownClock;
use super::risk::Risk;
use super::{known, segment};
use crate::engine::by_action::{Action, ByAction};
use crate::plan::{Cause, Plan, Segment};
use rayon::prelude::*;

/// A segment's probabilities: of each of its classes of like orgs, in the order of [`Segment::class_sizes`].
pub(super) struct Solved {
    pub(super) classes: Vec<SolvedClass>,
    pub(super) error_bound: f64,
}

/// Probabilities of one org of a class, without and with a reconnect, at the instants that are reported.
pub(super) struct SolvedClass {
    pub(super) at_deadline: ByAction<f64>,
    pub(super) down: ByAction<f64>,
    pub(super) at_horizon: ByAction<f64>,
    pub(super) causes: ByAction<[f64; Cause::COUNT]>,
    /// Disrupted by the deadline, before a failure.
    pub(super) disrupted: ByAction<f64>,
    /// By checkpoint: failed by it, down at it.
    pub(super) checkpoints: Vec<[ByAction<f64>; 2]>,
    pub(super) failed_curve: ByAction<Vec<f64>>,
    pub(super) down_curve: ByAction<Vec<f64>>,
    /// Failed by the edges of the zone's calendar hours, as [`hours`] has them.
    pub(super) local_curve: ByAction<Vec<f64>>,
    /// An org that acts has reconnected by each of the hours that [`Sweep::reconnected`] is asked about; else empty.
    pub(super) reconnected: Vec<f64>,
}

/// Steps (cells squared) that all lives of a question may take together: some seconds.
pub(super) const MOST_STEPS: f64 = 8e9;

/// What is aimed for where so many lives differ: together they share what one may cost.
pub(super) fn aim(segment: &Segment, centre: &Plan, distinct: usize) -> Accuracy {
    let tolerance = if distinct > 4 * centre.segments().len() { TOLERANCE_OF_MANY } else { TOLERANCE };
    let types = 2 * segment::heartbeat_types(segment).len() * segment::address_types(segment).len();
    let each = (MOST_STEPS / (distinct * types).max(1) as f64).sqrt();
    Accuracy { tolerance, most_cells: (each as usize).clamp(1 << 11, segment::MOST_CELLS) }
}

/// Where answers are wanted, in hours since `as_of`, each list ascending.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// Of the two curves.
    pub(super) hours: &'a [f64],
    /// Edges of the zone's calendar hours.
    pub(super) edges: &'a [f64],
    /// Of those who have reconnected.
    pub(super) reconnects: &'a [f64],
}

pub(super) fn solve(plan: &Plan, segment: &Segment, wanted: Wanted<'_>, aim: Accuracy) -> Result<Solved, Declined> {
    let clock = DownClock::new(segment, wanted.hours);
    let read = |(risks, disrupted, reconnected): (&ByAction<Risk>, ByAction<f64>, Vec<f64>)| SolvedClass {
        disrupted,
        checkpoints: (segment.checkpoints.iter())
            .map(|at| {
                let failed = risks.as_ref().map(|r| r.failed_by(*at));
                [failed, risks.as_ref().map(|r| r.down_at(segment, *at))]
            })
            .collect(),
        at_deadline: risks.as_ref().map(|r| r.failed_by(segment.deadline)),
        down: risks.as_ref().map(|r| r.down_at(segment, segment.deadline)),
        at_horizon: risks.as_ref().map(|r| r.failed_by(plan.horizon_hours())),
        causes: risks.as_ref().map(|r| r.causes_by(segment.deadline)),
        failed_curve: risks.as_ref().map(|r| wanted.hours.iter().map(|h| r.failed_by(*h)).collect()),
        down_curve: risks.as_ref().map(|r| r.down_curve(segment, wanted.hours, clock.as_ref())),
        local_curve: risks
            .as_ref()
            .map(|r| wanted.edges.iter().map(|h| if *h < 0.0 { 0.0 } else { r.failed_by(*h) }).collect()),
        reconnected,
    };
    let solved = match &segment.known {
        None => {
            let solved = segment::solve(plan, segment, aim)?;
            let reconnected = wanted.reconnects.iter().map(|h| solved.parts.reconnected_by(*h)).collect();
            Solved {
                classes: vec![read((&solved.risks, solved.disrupted, reconnected))],
                error_bound: solved.error_bound,
            }
        }
        Some(known) => {
            refuse(plan, segment)?;
            let timing = segment.timing.as_ref();
            let solved = known::solve(plan, segment, known.classes(), timing, wanted.reconnects, aim.tolerance);
            let each = solved.classes.par_iter().zip(solved.disrupted).zip(solved.reconnected);
            let classes = each.map(|((risks, disrupted), reconnected)| read((risks, disrupted, reconnected))).collect();
            Solved { classes, error_bound: solved.error_bound }
        }
    };
    if solved.is_sound() {
        return Ok(solved);
    }
    Err(unsound(segment))
}

/// More than rounding adds up to, less than anybody would see.
pub(super) const ROUNDING: f64 = 1e-7;

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
        let of = |action: Action| {
            let [at_deadline, down, at_horizon] =
                [&self.at_deadline, &self.down, &self.at_horizon].map(|figure| *figure.of(action));
            let curves @ [failed, _, local] =
                [&self.failed_curve, &self.down_curve, &self.local_curve].map(|curve| curve.of(action));
            let causes = self.causes.of(action);
            [at_deadline, down, at_horizon].iter().chain(causes).chain(curves.into_iter().flatten()).all(is_share)
                && rises(failed)
                && rises(local)
                && (causes.iter().sum::<f64>() - at_deadline).abs() <= 10.0 * ROUNDING
                && at_deadline <= at_horizon + ROUNDING
        };
        Action::ALL.into_iter().all(of) && self.reconnected.iter().all(is_share)
    }
}
