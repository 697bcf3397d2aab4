//! Brownouts and checks at once: refreshes that are held, and reconnects that a disruption leads to.

use super::flows::Ending;
use super::group::{HeldRefreshes, NONE, slot_of};
use super::steps::March;
use super::world::Remaining;
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::plan::Cause;
use std::rc::Rc;

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    /// Holds refreshes until a brownout ends.
    pub(super) fn hold(&mut self, g: usize, event: usize, until: f64, slot: Slot, at: f64, mass: f64) {
        if mass <= NONE {
            return;
        }
        let world = self.world;
        if world.is_until_disruption() {
            *slot_of(self.flows.of(Ending::Disruption, false), slot) += mass;
            return;
        }
        let lattice = &world.on_lattice.lattice;
        let until = match lattice.slot(until) {
            Some(Slot::Point(i) | Slot::Cell(i)) => i,
            None => lattice.cells + 1,
        };
        let behind = world.rules.checks_by(at + TIME_EPSILON);
        let nudge = world.rules.events()[event].policy.nudge;
        let place = self.groups[g].held.iter().position(|held| held.until == until).unwrap_or_else(|| {
            self.groups[g].held.push(HeldRefreshes { until, plain: Vec::new(), nudged: Vec::new() });
            self.groups[g].held.len() - 1
        });
        let mut nudged = mass * nudge;
        if nudged > 0.0
            && let Slot::Cell(i) = slot
        {
            // Of those whose delay is over by the end of the cell.
            let gone = nudged * (1.0 - self.world.waits_before(at, lattice.at(i + 1)));
            self.inflow.cells[i] += gone;
            nudged -= gone;
        }
        let held = &mut self.groups[g].held[place];
        match held.plain.iter_mut().find(|one| one.0 == behind) {
            Some(one) => one.1 += mass * (1.0 - nudge),
            None => held.plain.push((behind, mass * (1.0 - nudge))),
        }
        if nudged > 0.0 {
            held.nudged.push((at, behind, nudged));
        }
    }

    /// Lets go through what was held until a point.
    pub(super) fn let_go(&mut self, g: usize, i: usize, at: f64) {
        let slot = Slot::Point(i);
        while let Some(place) = self.groups[g].held.iter().position(|held| held.until == i) {
            let HeldRefreshes { plain, nudged, .. } = self.groups[g].held.swap_remove(place);
            for (behind, mass) in plain {
                let ends = self.ends(g, at, behind, Some(at));
                self.end(g, slot, at, mass, 0.0, &ends, 1.0);
                self.place(g, slot, mass * ends.good, mass * ends.stale, 0.0);
            }
            if nudged.iter().map(|one| one.2).sum::<f64>() <= NONE {
                continue;
            }
            // Those who are about to reconnect go on as a group of their own.
            let weigh = |ends: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
                nudged.iter().map(|(begun, behind, mass)| (*begun, mass * ends(*behind))).collect()
            };
            let good = weigh(&|behind| {
                let ends = self.ends(g, at, behind, Some(at));
                ends.good + ends.stale
            });
            let clock = Rc::new(self.mixed_clock(i, &good));
            let number = self.disruptions;
            self.disruptions += 1;
            let (mut pending, mut nudges) = (self.groups[g].pending.clone(), self.groups[g].nudges.clone());
            pending.push(number);
            let class = self.groups[g].class;
            let mut group = self.group(class, pending, self.groups[g].settled.clone(), self.groups[g].address);
            group.lifetime.clone_from(&self.groups[g].lifetime);
            group.came.clone_from(&self.groups[g].came);
            group.came_until = self.groups[g].came_until;
            nudges.push(clock);
            group.nudges = nudges;
            self.groups.push(group);
            let own = self.groups.len() - 1;
            for (begun, behind, mass) in &nudged {
                let ends = self.ends(g, at, *behind, Some(at));
                let mut all = self.groups[g].nudges.clone();
                all.push(Rc::new(self.mixed_clock(i, &[(*begun, 1.0)])));
                for (event, refused) in &ends.refused {
                    self.refuse(*event, slot, mass * refused, false, &all);
                }
                let rotation = self.world.rules.rotation(at + TIME_EPSILON).map(|one| one.event);
                self.fail_by(Cause::TokenRotation, rotation, at, false, slot, mass * ends.raced);
                self.place(own, slot, mass * ends.good, mass * ends.stale, 0.0);
            }
        }
    }

    /// The share of those who begin to reconnect at these instants, by their mass at a point before anybody does there, that has not by each later
    /// one.
    fn mixed_clock(&self, from: usize, begun: &[(f64, f64)]) -> Remaining {
        let lattice = &self.world.on_lattice.lattice;
        let total: f64 = begun.iter().map(|one| one.1).sum();
        let start: Vec<f64> =
            begun.iter().map(|(begun, _)| self.world.waits_before(*begun, lattice.at(from)).max(NONE)).collect();
        let left = |i: usize, waits: &dyn Fn(f64, f64) -> f64| {
            let of = |((begun, mass), start): (&(f64, f64), &f64)| mass * waits(*begun, lattice.at(i)) / start;
            (begun.iter().zip(&start).map(of).sum::<f64>() / total.max(NONE)).min(1.0)
        };
        let tell = |i: usize, waits: &dyn Fn(f64, f64) -> f64| if i < from { 1.0 } else { left(i, waits) };
        let after = (0..=lattice.cells).map(|i| tell(i, &|begun, at| self.world.waits(begun, at))).collect();
        let before = (0..=lattice.cells).map(|i| tell(i, &|begun, at| self.world.waits_before(begun, at))).collect();
        Remaining { before, after }
    }

    /// A check at an instant.
    pub(super) fn check_at_once(&mut self, event: usize, i: usize, at: f64) {
        let slot = Slot::Point(i);
        let Some(check) = &self.world.rules.events()[event].policy.reauthorization else { return };
        let required = check.required_at(at + TIME_EPSILON);
        if required <= 0.0 {
            return;
        }
        for g in 0..self.groups.len() {
            if self.groups[g].settled[event] || self.all_of(g) <= NONE {
                continue;
            }
            self.refuse_held(g, event, slot, required);
            let alive = self.groups[g].alive;
            let nudges = self.groups[g].nudges.clone();
            self.scale_all(g, slot, 1.0 - required);
            self.refuse(event, slot, required * alive, true, &nudges);
        }
    }

    /// The same of those who are held: a disruption may move them yet.
    fn refuse_held(&mut self, g: usize, event: usize, slot: Slot, required: f64) {
        let Slot::Point(i) = slot else { return };
        let held: Vec<(f64, Option<f64>)> = (self.groups[g].held.iter())
            .flat_map(|held| {
                let plain = held.plain.iter().map(|one| (one.1, None));
                plain.chain(held.nudged.iter().map(|one| (one.2, Some(one.0))))
            })
            .collect();
        for (mass, begun) in held {
            let mut nudges = self.groups[g].nudges.clone();
            if let Some(begun) = begun {
                nudges.push(Rc::new(self.mixed_clock(i, &[(begun, 1.0)])));
            }
            self.refuse(event, slot, required * mass, true, &nudges);
        }
    }

    /// A brownout of such a check begins.
    pub(super) fn brownout_begins(&mut self, event: usize, i: usize, at: f64) {
        let policy = self.world.rules.events()[event].policy;
        let Some(check) = &policy.reauthorization else { return };
        let required = check.required_at(at + TIME_EPSILON);
        let clock = Rc::new(self.moved_clock(i, at, required * policy.nudge));
        for g in 0..self.groups.len() {
            if self.groups[g].settled[event] || required <= 0.0 {
                continue;
            }
            if self.world.is_until_disruption() {
                let slot = Slot::Point(i);
                let disrupted = self.scale(g, slot, 1.0 - required);
                *slot_of(self.flows.of(Ending::Disruption, true), slot) += disrupted;
            } else if policy.nudge > 0.0 {
                self.groups[g].nudges.push(Rc::clone(&clock));
                // Some act without any delay.
                if clock.after[i] < 1.0 {
                    self.inflow.points[i] += self.scale(g, Slot::Point(i), clock.after[i]);
                }
            }
        }
    }

    /// The share that has not reconnected, where this part of all begins to at a point.
    fn moved_clock(&self, from: usize, begun: f64, part: f64) -> Remaining {
        let lattice = &self.world.on_lattice.lattice;
        let left = |i: usize, waits: f64| if i <= from { 1.0 } else { 1.0 - part * (1.0 - waits) };
        let after: Vec<f64> = (0..=lattice.cells)
            .map(|i| {
                if i == from {
                    1.0 - part * (1.0 - self.world.waits(begun, begun))
                } else {
                    left(i, self.world.waits(begun, lattice.at(i)))
                }
            })
            .collect();
        let before = (0..=lattice.cells).map(|i| left(i, self.world.waits_before(begun, lattice.at(i)))).collect();
        Remaining { before, after }
    }

    /// Reconnects of those whom disruptions moved, at a point.
    pub(super) fn nudge_all(&mut self, slot: Slot) {
        let Slot::Point(i) = slot else { return };
        for g in 0..self.groups.len() {
            let ratio: f64 = self.groups[g].nudges.iter().map(|clock| clock.ratio(slot)).product();
            if ratio < 1.0 {
                self.inflow.points[i] += self.scale(g, slot, ratio);
            }
            self.hold_nudges(g, slot);
        }
    }

    /// Reconnects of those who wait for the end of a brownout that moved them.
    pub(super) fn hold_nudges(&mut self, g: usize, slot: Slot) {
        let lattice = &self.world.on_lattice.lattice;
        let (from, to, exactly) = match slot {
            Slot::Point(i) => (lattice.at(i), lattice.at(i), true),
            Slot::Cell(i) => (lattice.at(i), lattice.at(i + 1), false),
        };
        if self.groups[g].held.is_empty() {
            return;
        }
        let mut held = std::mem::take(&mut self.groups[g].held);
        let mut out = 0.0;
        for one in &mut held {
            for (begun, _, mass) in &mut one.nudged {
                if *begun > from + TIME_EPSILON && !exactly {
                    continue;
                }
                let [before, after] = if exactly {
                    [self.world.waits_before(*begun, from), self.world.waits(*begun, from)]
                } else {
                    [self.world.waits(*begun, from), self.world.waits_before(*begun, to)]
                };
                let gone = if before > 0.0 { *mass * (1.0 - after / before).clamp(0.0, 1.0) } else { 0.0 };
                *mass -= gone;
                out += gone;
            }
        }
        self.groups[g].held = held;
        *slot_of(&mut self.inflow, slot) += out;
    }
}
