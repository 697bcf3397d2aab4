//! Checks that refuse: failures at once, or orgs on notice until they reconnect or the grace is over.

use super::flows::Ending;
use super::group::NONE;
use super::steps::March;
use super::world::Remaining;
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::plan::Cause;
use std::rc::Rc;

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    /// A check refuses orgs in a slot: they fail, or are on notice, until they reconnect or the grace is over.
    pub(super) fn refuse(&mut self, event: usize, slot: Slot, mass: f64, late: bool, nudges: &[Rc<Remaining>]) {
        if mass <= NONE {
            return;
        }
        let world = self.world;
        let lattice = &world.on_lattice.lattice;
        let (at, span) = match slot {
            Slot::Point(i) => (lattice.at(i), [lattice.at(i); 2]),
            Slot::Cell(i) => (lattice.middle(i), lattice.cell(i)),
        };
        let Some(check) = &world.rules.events()[event].policy.reauthorization else { return };
        let Some(grace) = check.grace else {
            self.fail_by(Cause::Reauthorization, Some(event), at, late, slot, mass);
            return;
        };
        let mut left = mass;
        if check.warned > 0.0 || !nudges.is_empty() {
            left = self.on_notice(slot, [at, at + grace], mass, check.warned, nudges, late);
        }
        if left > NONE {
            let ends = at + grace;
            let ending = Ending::Failure(Cause::Reauthorization, self.heals_at(Some(event), ends));
            let flow = self.flows.of(ending, true);
            if span[0] == span[1] {
                flow.add_at(lattice, ends, left);
            } else {
                flow.add_between(lattice, [span[0] + grace, span[1] + grace], left);
            }
        }
    }

    /// Follows orgs on notice from `begun` to `ends`: their reconnects go in; gives what is left.
    fn on_notice(
        &mut self,
        slot: Slot,
        [begun, ends]: [f64; 2],
        mass: f64,
        warned: f64,
        nudges: &[Rc<Remaining>],
        late: bool,
    ) -> f64 {
        let world = self.world;
        let lattice = &world.on_lattice.lattice;
        let (first, cells) = match slot {
            Slot::Point(i) => (i, lattice.cells),
            Slot::Cell(i) => (i, lattice.cells),
        };
        // Clocks are told at points; within a cell they run evenly.
        let moved_at = |at: f64, just_before: bool| -> f64 {
            nudges
                .iter()
                .map(|clock| match lattice.slot(at) {
                    Some(Slot::Point(i)) if just_before => clock.before[i],
                    Some(Slot::Point(i)) => clock.after[i],
                    Some(Slot::Cell(i)) => {
                        let part = (at - lattice.at(i)) / lattice.width(i);
                        (1.0 - part) * clock.after[i] + part * clock.before[i + 1]
                    }
                    None => *clock.after.last().unwrap_or(&1.0),
                })
                .product()
        };
        // A refresh comes before a reconnect at its instant, a check at once after it.
        let start = moved_at(begun, !late).max(NONE);
        let left = |at: f64, just_before: bool| {
            let waits = if just_before { world.waits_before(begun, at) } else { world.waits(begun, at) };
            mass * (1.0 - warned * (1.0 - waits)) * moved_at(at, just_before) / start
        };
        let mut now = mass;
        if let Slot::Point(i) = slot {
            let next = left(begun, false);
            self.inflow.points[i] += (now - next).max(0.0);
            now = next;
        }
        for i in first..cells {
            let end = lattice.at(i + 1);
            if end > ends + TIME_EPSILON {
                let next = left(ends, false);
                self.inflow.cells[i] += (now - next).max(0.0);
                return next;
            }
            let next = left(end, true);
            self.inflow.cells[i] += (now - next).max(0.0);
            now = next;
            let next = left(end, false);
            self.inflow.points[i + 1] += (now - next).max(0.0);
            now = next;
            if (end - ends).abs() <= TIME_EPSILON {
                return now;
            }
        }
        now
    }
}
