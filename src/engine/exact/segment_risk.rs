//! What becomes of one org of a segment, and how far two lattices' answers are apart.

use super::lattice::Lattice;
use super::mass::{Cumulative, Failures};
use super::risk::Risk;
use crate::engine::by_action::ByAction;
use crate::plan::{Cause, Plan, Segment};

/// Cells that a lattice may have: for laws with a density (cost grows with the square), and for single values.
pub(super) const MOST_CELLS: usize = 1 << 15;
const MOST_CELLS_OF_JUMPS: usize = 1 << 20;
/// The same for a law with a density that is narrow, whose cost grows with its width.
const MOST_CELLS_OF_NARROW: usize = 1 << 19;
/// Cells in the standard width of a law beyond which there is no more to see.
const FINEST: f64 = 128.0;

/// What becomes of one org of a segment: probabilities, at every instant.
#[derive(Debug, Clone)]
pub(super) struct SegmentRisk {
    pub(super) risks: ByAction<Risk>,
    /// Their parts.
    pub(super) parts: PartFailures,
    /// Halving the lattice changed no probability by more than this.
    pub(super) error_bound: f64,
    /// Probability of a disruption by the deadline, before a failure.
    pub(super) disrupted: ByAction<f64>,
}

/// First failures of one org, by the part of its life that they are in.
#[derive(Debug, Clone)]
pub(super) struct PartFailures {
    /// Without a reconnect.
    pub(super) without: Failures,
    /// Of those, before the planned reconnect of an org that acts: the same whether it acts or not.
    pub(super) before: Failures,
    /// After the reconnect of an org that acts.
    pub(super) after: Failures,
    /// When an org that acts reconnects, if it has not failed before.
    pub(super) reconnected: Cumulative,
    pub(super) lattice: Lattice,
}

impl PartFailures {
    /// Probability that an org that acts has reconnected by `at`.
    pub(super) fn reconnected_by(&self, at: f64) -> f64 {
        self.reconnected.at(at).clamp(0.0, 1.0)
    }

    pub(super) fn risks(&self) -> ByAction<Risk> {
        let mut with = self.before.clone();
        with.add_scaled(&self.after, 1.0);
        ByAction { without: &self.without, with: &with }.map(|failures| Risk::new(failures, self.lattice.clone()))
    }

    /// Failures before the planned reconnect; instead of it; after it. Each by cause in the order of [`Cause::ALL`].
    pub(super) fn causes(&self) -> [[Risk; Cause::COUNT]; 3] {
        let mut later = self.without.clone();
        later.add_scaled(&self.before, -1.0);
        [&self.before, &later, &self.after].map(|failures| {
            std::array::from_fn(|cause| {
                let mut one = Failures::none(&self.lattice);
                one.by_cause[cause] = failures.by_cause[cause].clone();
                Risk::new(&one, self.lattice.clone())
            })
        })
    }
}

/// Even cells that a lattice may have: all of them together may take as many steps as `most` cells of a law that reaches over all of them.
pub(super) fn most_cells(plan: &Plan, segment: &Segment, most: usize) -> usize {
    if segment.interval.atoms().is_some() {
        return MOST_CELLS_OF_JUMPS;
    }
    let horizon = plan.horizon_hours();
    let width = segment.interval.isf(1e-9) - segment.interval.isf(1.0 - 1e-9);
    let affordable = most as f64 / (width / horizon).clamp(1e-12, 1.0).sqrt();
    // Finer than that resolves nothing more.
    let useful = horizon / segment.interval.standard_width() * FINEST;
    affordable.min(useful.max(most as f64)).min(MOST_CELLS_OF_NARROW as f64) as usize
}

/// The largest difference between two lattices' answers, over the curve and the figures at the deadline.
pub(super) fn largest_change(plan: &Plan, segment: &Segment, coarse: &ByAction<Risk>, fine: &ByAction<Risk>) -> f64 {
    let hours = plan.curve_hours();
    let mut worst = 0.0_f64;
    for (a, b) in [(&coarse.without, &fine.without), (&coarse.with, &fine.with)] {
        for h in hours.iter().chain([&segment.deadline]) {
            worst = greater(worst, (a.failed_by(*h) - b.failed_by(*h)).abs());
        }
        for (x, y) in a.causes_by(segment.deadline).iter().zip(b.causes_by(segment.deadline)) {
            worst = greater(worst, (x - y).abs());
        }
        worst = greater(worst, (a.down_at(segment, segment.deadline) - b.down_at(segment, segment.deadline)).abs());
    }
    worst
}

/// The greater; no number where either is none.
fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}
