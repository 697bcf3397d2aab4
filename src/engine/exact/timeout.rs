//! The idle timeout on a lattice: until when tokens used in one slot may stay unused, which refreshes come in time, and where the others time
//! out. When a token goes idle, and what comes first at one instant, is said by the [rules](crate::engine::rules).

use super::lattice::{Lattice, TIME_EPSILON};
use super::mass::Failures;
use crate::engine::rules::{Rules, is_in_time};
use crate::plan::Cause;

/// Until when tokens that were used in one slot, a point or a cell, may stay unused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Timeout {
    /// For ever.
    Never,
    /// Up to this instant, hours: the same for all of the slot.
    At(f64),
    /// For so many hours after each one's use.
    After(f64),
}

impl Timeout {
    /// Of tokens last used at `at`.
    pub(super) fn of_point(rules: &Rules, at: f64) -> Self {
        let due = rules.idle_due(at);
        if due.is_infinite() { Self::Never } else { Self::At(due) }
    }

    /// Of tokens last used between two instants, between which no rule changes; `afters` are the timeouts' lengths.
    pub(super) fn between(rules: &Rules, [from, to]: [f64; 2], afters: &[f64]) -> Self {
        let (first, last) = (from + 0.01 * (to - from), from + 0.99 * (to - from));
        let due = rules.idle_due(first);
        if due.is_infinite() {
            return Self::Never;
        }
        if rules.idle_due(last) - due <= 0.5 * (to - from) {
            return Self::At(due);
        }
        let distance = |hours: f64| (hours - (due - first)).abs();
        let nearest = afters.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        nearest.map_or(Self::Never, Self::After)
    }

    /// The longest interval that still ends in time, for a token used at `from`.
    pub(super) fn longest_interval(self, from: f64) -> f64 {
        match self {
            Self::Never => f64::INFINITY,
            Self::At(due) => due - from,
            Self::After(hours) => hours,
        }
    }

    /// Whether refreshes in a cell can come in time, where the instant is the same for all.
    pub(super) fn allows_cell(self, lattice: &Lattice, cell: usize) -> bool {
        match self {
            Self::At(due) => is_in_time(lattice.middle(cell), due),
            _ => true,
        }
    }

    /// How many cells of the lattice that holds for.
    pub(super) fn cells(self, lattice: &Lattice) -> usize {
        match self {
            Self::At(due) => lattice.cell_after(due),
            _ => lattice.cells,
        }
    }

    /// Whether an interval of one value, from somewhere in a cell into `cell`, ends in time.
    pub(super) fn allows_value_into_cell(self, lattice: &Lattice, value: f64, cell: usize) -> bool {
        match self {
            Self::After(hours) => is_in_time(value, hours),
            _ => self.allows_cell(lattice, cell),
        }
    }

    /// Whether an interval of one value that ends beyond the lattice ends in time; where none could time out within it, no.
    pub(super) fn allows_value_beyond(self, value: f64) -> bool {
        match self {
            Self::Never => true,
            Self::At(_) => false,
            Self::After(hours) => is_in_time(value, hours),
        }
    }

    /// Whether an interval of one value that begins at `from` ends in time.
    pub(super) fn allows_value(self, from: f64, value: f64) -> bool {
        match self {
            Self::Never => true,
            Self::At(due) => is_in_time(from + value, due + TIME_EPSILON),
            Self::After(hours) => is_in_time(value, hours),
        }
    }

    /// Lets mass time out that was last used evenly between two instants and is not used again in time.
    pub(super) fn fail(self, failures: &mut Failures, lattice: &Lattice, [from, to]: [f64; 2], mass: f64) {
        match self {
            Self::Never => {}
            Self::At(due) => failures.of(Cause::IdleTimeout).add_at(lattice, due, mass),
            Self::After(hours) if from == to => failures.of(Cause::IdleTimeout).add_at(lattice, from + hours, mass),
            Self::After(hours) => {
                failures.of(Cause::IdleTimeout).add_between(lattice, [from + hours, to + hours], mass);
            }
        }
    }
}
