//! Reconnects: the group that takes them in, and how long their connections live.

use super::flows::Ending;
use super::group::{Class, MarchGroup, slot_of};
use super::steps::March;
use super::world::{Remaining, Until};
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::engine::rules::MATCHING_ADDRESS;
use std::rc::Rc;

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    /// The span in which a reconnect in a slot falls: points that are boundaries are spans of their own, and all points where lifetimes count from
    /// the reconnect.
    pub(super) fn class_of(&self, slot: Slot) -> Class {
        let lattice = &self.world.on_lattice.lattice;
        let passed = |at: f64| self.world.boundaries.partition_point(|one| *one < at - TIME_EPSILON);
        match slot {
            Slot::Cell(i) => Class::Span(passed(lattice.middle(i))),
            Slot::Point(i) => {
                let at = lattice.at(i);
                let next = self.world.boundaries.get(passed(at));
                let is_one = next.is_some_and(|one| (one - at).abs() <= TIME_EPSILON);
                let is_own = is_one || !self.world.rules.lifetimes().is_empty();
                if is_own { Class::Point(i) } else { Class::Span(passed(at)) }
            }
        }
    }

    /// The group of those who reconnected within a span.
    pub(super) fn group_of_class(&mut self, class: Class) -> usize {
        let is_it = |group: &MarchGroup<'_>| group.class == Some(class) && group.pending.is_empty();
        if let Some(place) = self.groups.iter().position(is_it) {
            return place;
        }
        let (boundaries, lattice) = (self.world.boundaries, &self.world.on_lattice.lattice);
        let span = match class {
            Class::Point(i) | Class::AfterPoint(i) => [lattice.at(i); 2],
            Class::Span(passed) => {
                let from = if passed == 0 { 0.0 } else { boundaries[passed - 1] };
                [from, boundaries.get(passed).copied().unwrap_or(lattice.end())]
            }
        };
        let settled = self.settled_by(0.5 * (span[0] + span[1]));
        let mut group = self.group(Some(class), Vec::new(), settled, MATCHING_ADDRESS);
        group.came_until = span[1];
        self.groups.push(group);
        self.groups.len() - 1
    }

    pub(super) fn note_came(&mut self, g: usize, slot: Slot, mass: f64) {
        let lattice = &self.world.on_lattice.lattice;
        let span = match slot {
            Slot::Point(i) => [lattice.at(i); 2],
            Slot::Cell(i) => lattice.cell(i),
        };
        if !self.world.rules.lifetimes().is_empty() {
            self.groups[g].came.push((span, mass));
        }
    }

    /// Says how long the connections of a group live, once all have been made.
    pub(super) fn tell_lifetime(&mut self, g: usize, at: f64) {
        let group = &mut self.groups[g];
        if group.came.is_empty() || at < group.came_until - TIME_EPSILON || self.world.rules.lifetimes().is_empty() {
            return;
        }
        let came = std::mem::take(&mut group.came);
        let lifetime = self.lifetime_of(&came).map(Rc::new);
        self.groups[g].lifetime = lifetime;
    }

    /// The share whose lifetime is not over, of connections made evenly within each of some spans, each with its mass.
    fn lifetime_of(&self, came: &[([f64; 2], f64)]) -> Option<Remaining> {
        let lattice = &self.world.on_lattice.lattice;
        let total: f64 = came.iter().map(|one| one.1).sum();
        let inside = |[from, to]: [f64; 2], part: f64| self.world.rules.lifetime_due(from + part * (to - from)).0;
        // Straight from the one to the other: spans are cut where it bends.
        let ends: Vec<([f64; 2], f64)> = came
            .iter()
            .map(|(span, mass)| ([inside(*span, 1e-6), inside(*span, 1.0 - 1e-6)], mass / total))
            .filter(|(due, _)| due[0] <= lattice.end() + TIME_EPSILON)
            .collect();
        let first = ends.iter().map(|(due, _)| due[0]).fold(f64::INFINITY, f64::min);
        if first.is_infinite() {
            return None;
        }
        let over = |at: f64| -> f64 {
            let of = |([first, last], mass): &([f64; 2], f64)| {
                let width = last - first;
                mass * if width.is_nan() || width <= TIME_EPSILON {
                    f64::from(u8::from(at >= first - TIME_EPSILON))
                } else {
                    ((at - first) / width).clamp(0.0, 1.0)
                }
            };
            if at < first - TIME_EPSILON { 0.0 } else { ends.iter().map(of).sum() }
        };
        let after: Vec<f64> = (0..=lattice.cells).map(|i| (1.0 - over(lattice.at(i))).clamp(0.0, 1.0)).collect();
        let mut before = after.clone();
        for ([first, last], mass) in &ends {
            if last - first <= TIME_EPSILON
                && let Some(Slot::Point(i)) = lattice.slot(*first)
            {
                before[i] = (before[i] + mass).min(1.0);
            }
        }
        Some(Remaining { before, after })
    }

    /// Whether the reconnects of a slot end what is asked about; they are counted then.
    pub(super) fn ends_with_reconnect(&mut self, slot: Slot, mass: f64) -> bool {
        let ends = self.world.until == Until::Reconnect;
        if ends && mass > 0.0 {
            *slot_of(self.flows.of(Ending::Reconnect, false), slot) += mass;
        }
        ends
    }

    /// Places the reconnects of a slot.
    pub(super) fn take_in(&mut self, slot: Slot) {
        let mass = std::mem::take(slot_of(&mut self.inflow, slot));
        if mass > 0.0 && !self.ends_with_reconnect(slot, mass) {
            let group = self.group_of_class(self.class_of(slot));
            self.note_came(group, slot, mass);
            self.refresh(group, slot, Vec::new(), 1.0, mass);
        }
    }
}
