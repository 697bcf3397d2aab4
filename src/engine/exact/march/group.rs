//! Orgs that can't be told apart by what is to come.

use super::world::Remaining;
use crate::engine::exact::lattice::{Lattice, Slot};
use crate::engine::exact::mass::Mass;
use crate::engine::exact::timeout::Timeout;
use crate::engine::exact::uses::Uses;
use std::rc::Rc;

/// Mass that is none.
pub(super) const NONE: f64 = 1e-60;

/// Refreshes that wait for the end of a brownout.
pub(super) struct HeldRefreshes {
    /// The point at which they go through.
    pub(super) until: usize,
    /// By checks that had come into force when they began.
    pub(super) plain: Vec<(usize, f64)>,
    /// Of those who are about to reconnect: when the disruption began, checks in force then, mass if none had reconnected yet.
    pub(super) nudged: Vec<(f64, usize, f64)>,
}

/// When orgs last reconnected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Class {
    /// On a point.
    Point(usize),
    /// The same, once what comes at that instant has come.
    AfterPoint(usize),
    /// Between two boundaries, of which so many have been passed.
    Span(usize),
}

/// Orgs with the same to come.
pub(super) struct MarchGroup<'g> {
    /// The span of the last reconnect; `None` where there was none.
    pub(super) class: Option<Class>,
    /// Disruptions that may still lead to a reconnect, by number.
    pub(super) pending: Vec<usize>,
    pub(super) settled: Vec<bool>,
    pub(super) address: f64,
    pub(super) uses: Uses<'g, 'g>,
    /// First refreshes and timeouts of those at `as_of`, with the checks behind them; scaled by `left`.
    pub(super) first: Vec<(usize, Mass, Mass)>,
    pub(super) left: f64,
    /// Mass that is neither held nor on notice.
    pub(super) alive: f64,
    pub(super) nudges: Vec<Rc<Remaining>>,
    pub(super) lifetime: Option<Rc<Remaining>>,
    pub(super) held: Vec<HeldRefreshes>,
    /// By slot: uses that go idle there, each with the share of its mass.
    pub(super) idle_on_point: Vec<Vec<(Slot, f64)>>,
    pub(super) idle_in_cell: Vec<Vec<(Slot, f64)>>,
    /// The last slot whose uses are noted there.
    pub(super) noted: Option<Slot>,
    /// When its connections were made, until all have been; each span with its mass.
    pub(super) came: Vec<([f64; 2], f64)>,
    pub(super) came_until: f64,
}

impl MarchGroup<'_> {
    /// Notes when uses in a slot go idle that are not refreshed before.
    pub(super) fn goes_idle(
        &mut self,
        lattice: &Lattice,
        slot: Slot,
        timeout: Timeout,
        [from, to]: [f64; 2],
        share: f64,
    ) {
        let mut at = |due: f64, share: f64| match lattice.slot(due) {
            Some(Slot::Point(i)) => self.idle_on_point[i].push((slot, share)),
            Some(Slot::Cell(i)) => self.idle_in_cell[i].push((slot, share)),
            None => {}
        };
        match timeout {
            Timeout::Never => {}
            Timeout::At(due) => at(due, share),
            Timeout::After(hours) if from == to => at(from + hours, share),
            Timeout::After(hours) => {
                let span = [from + hours, to + hours];
                for (cell, overlap) in lattice.overlaps(span) {
                    self.idle_in_cell[cell].push((slot, share * overlap / (to - from)));
                }
            }
        }
    }
}

/// The mass in a slot.
pub(super) fn slot_of(mass: &mut Mass, slot: Slot) -> &mut f64 {
    match slot {
        Slot::Point(i) => &mut mass.points[i],
        Slot::Cell(i) => &mut mass.cells[i],
    }
}

pub(super) fn slot_in(mass: &Mass, slot: Slot) -> &f64 {
    match slot {
        Slot::Point(i) => &mass.points[i],
        Slot::Cell(i) => &mass.cells[i],
    }
}
