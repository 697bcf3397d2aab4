//! The march itself, slot by slot.

use super::flows::{Ending, Flows};
use super::group::{Class, HeldRefreshes, MarchGroup, NONE, slot_of};
use super::world::{OrgsOfAges, World};
use crate::engine::exact::ages::first_refreshes;
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::engine::exact::mass::{Failures, Mass};
use crate::engine::exact::uses::Uses;
use crate::engine::policy_rules::PlacedPolicy;
use crate::engine::rules::LifeEvent;
use crate::plan::Cause;
use std::rc::Rc;

/// Orgs of one kind on their way.
pub(in crate::engine::exact) struct March<'w, 'g, 'a> {
    pub(super) world: &'w World<'g, 'a>,
    pub(super) groups: Vec<MarchGroup<'g>>,
    /// Reconnects by slot.
    pub(in crate::engine::exact) inflow: Mass,
    pub(in crate::engine::exact) flows: Flows,
    pub(super) disruptions: usize,
}

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    pub(in crate::engine::exact) fn new(world: &'w World<'g, 'a>) -> Self {
        let lattice = &world.on_lattice.lattice;
        Self { world, groups: Vec::new(), inflow: Mass::none(lattice), flows: Flows::none(lattice), disruptions: 0 }
    }

    /// Adds orgs at `as_of`; `last_reconnect` is minus infinity where none is known.
    pub(in crate::engine::exact) fn begin(&mut self, spans: Vec<OrgsOfAges>, last_reconnect: f64) {
        for span in spans {
            let lattice = &self.world.on_lattice.lattice;
            let mut timeouts = Failures::none(lattice);
            let first = first_refreshes(self.world.on_lattice, &span.ages, self.world.orgs, &mut timeouts);
            let idle = timeouts.of(Cause::IdleTimeout).clone();
            let part = (span.behind, first.good, idle);
            // Spans without a lifetime of their own are one group.
            let place = self.groups.iter().position(|group| group.lifetime.is_none() && span.lifetime.is_none());
            let place = place.unwrap_or_else(|| {
                let settled = self.settled_by(last_reconnect);
                let mut group = self.group(None, Vec::new(), settled, self.world.orgs.address);
                group.lifetime = span.lifetime.map(Rc::new);
                self.groups.push(group);
                self.groups.len() - 1
            });
            self.groups[place].alive += span.ages.total();
            self.groups[place].first.push(part);
        }
    }

    pub(super) fn settled_by(&self, last_reconnect: f64) -> Vec<bool> {
        let rules = self.world.rules;
        (0..rules.events().len()).map(|event| rules.is_settled(event, last_reconnect)).collect()
    }

    pub(super) fn group(
        &self,
        class: Option<Class>,
        pending: Vec<usize>,
        settled: Vec<bool>,
        address: f64,
    ) -> MarchGroup<'g> {
        let cells = self.world.on_lattice.lattice.cells;
        MarchGroup {
            class,
            pending,
            settled,
            address,
            uses: Uses::none(self.world.on_lattice, self.world.orgs.kept_in_use),
            first: Vec::new(),
            left: 1.0,
            alive: 0.0,
            nudges: Vec::new(),
            lifetime: None,
            held: Vec::new(),
            idle_on_point: vec![Vec::new(); cells + 1],
            idle_in_cell: vec![Vec::new(); cells],
            noted: None,
            came: Vec::new(),
            came_until: f64::INFINITY,
        }
    }

    /// Marches to the end of the lattice. Gives what ends, and how many groups there were.
    pub(in crate::engine::exact) fn run(mut self) -> (Flows, usize) {
        let cells = self.world.on_lattice.lattice.cells;
        for i in 0..=cells {
            self.point(i);
            if i < cells {
                self.cell(i);
            }
        }
        (self.flows, self.groups.len())
    }

    fn point(&mut self, i: usize) {
        let at = self.world.on_lattice.lattice.at(i);
        let slot = Slot::Point(i);
        for g in 0..self.groups.len() {
            self.tell_lifetime(g, at);
            let arriving = self.arriving(g, slot);
            let leaving: f64 = arriving.iter().map(|(_, good, stale)| good + stale).sum();
            self.groups[g].alive = (self.groups[g].alive - leaving).max(0.0);
            self.refresh(g, slot, arriving, 1.0, 0.0);
            self.let_go(g, i, at);
        }
        self.nudge_all(slot);
        self.take_in(slot);
        let due = |scheduled: f64| (scheduled - at).abs() <= TIME_EPSILON;
        let scheduled: Vec<_> = self.world.rules.scheduled().iter().copied().filter(|one| due(one.at)).collect();
        for one in scheduled {
            if one.what == LifeEvent::CheckAtOnce {
                self.check_at_once(one.event, i, at);
            } else {
                self.brownout_begins(one.event, i, at);
            }
        }
        for g in 0..self.groups.len() {
            if let Some(lifetime) = self.groups[g].lifetime.clone() {
                let ratio = lifetime.ratio(slot);
                if ratio < 1.0 {
                    let over = self.scale(g, slot, ratio);
                    self.add_lifetime(at, slot, over);
                }
            }
            let idle = self.idle(g, slot);
            self.groups[g].alive = (self.groups[g].alive - idle).max(0.0);
            self.add_idle(at, slot, idle);
        }
        // What reconnects without any delay, once checks at this instant are over.
        let mass = std::mem::take(&mut self.inflow.points[i]);
        if mass > 0.0 && !self.ends_with_reconnect(slot, mass) {
            let group = self.group_of_class(Class::AfterPoint(i));
            self.note_came(group, slot, mass);
            self.refresh(group, slot, Vec::new(), 1.0, mass);
        }
    }

    pub(super) fn cell(&mut self, i: usize) {
        let slot = Slot::Cell(i);
        let at = self.world.on_lattice.lattice.middle(i);
        let mut fresh = std::mem::take(&mut self.inflow.cells[i]);
        if self.ends_with_reconnect(slot, fresh) {
            fresh = 0.0;
        }
        let class = self.class_of(slot);
        if fresh > 0.0 {
            let group = self.group_of_class(class);
            self.note_came(group, slot, fresh);
        }
        for g in 0..self.groups.len() {
            let nudged: f64 = self.groups[g].nudges.iter().map(|clock| clock.ratio(slot)).product();
            let lived = self.groups[g].lifetime.as_ref().map_or(1.0, |clock| clock.ratio(slot));
            let ratio = nudged * lived;
            let half = 0.5 * (1.0 + ratio);
            self.hold_nudges(g, slot);
            let before = self.all_of(g);
            let arriving = self.arriving(g, slot);
            let leaving: f64 = arriving.iter().map(|(_, good, stale)| good + stale).sum();
            let idle = self.idle(g, slot);
            self.add_idle(at, slot, idle * half);
            self.groups[g].alive = (self.groups[g].alive - leaving - idle).max(0.0);
            let (by_nudge, by_life) = split(nudged, lived);
            if ratio < 1.0 {
                self.scale_all(g, slot, ratio);
                let out = (1.0 - ratio) * (before - 0.5 * (leaving + idle)).max(0.0);
                self.inflow.cells[i] += out * by_nudge;
                self.add_lifetime(at, slot, out * by_life);
            }
            let is_theirs = self.groups[g].class == Some(class) && self.groups[g].pending.is_empty();
            let fresh = if is_theirs { fresh } else { 0.0 };
            let came = self.refresh(g, slot, arriving, half, fresh);
            // What came in meets the clocks for half of the cell.
            let out = 0.5 * (1.0 - ratio) * came / half.max(NONE);
            if out > 0.0 {
                self.inflow.cells[i] += out * by_nudge;
                self.add_lifetime(at, slot, out * by_life);
            }
        }
        // What reconnects in the cell in which it was disrupted or put on notice.
        self.take_in(slot);
    }

    fn add_idle(&mut self, at: f64, slot: Slot, mass: f64) {
        let event = self.world.rules.idle_timeouts().iter().find(|one| one.at <= at + TIME_EPSILON && at < one.until);
        self.fail_by(Cause::IdleTimeout, event.map(|one| one.event), at, true, slot, mass);
    }

    fn add_lifetime(&mut self, at: f64, slot: Slot, mass: f64) {
        let event = self.world.rules.lifetimes().iter().find(|one| one.at <= at + TIME_EPSILON && at < one.until);
        self.fail_by(Cause::Lifetime, event.map(|one| one.event), at, true, slot, mass);
    }

    /// All mass of a group, held or not.
    pub(super) fn all_of(&self, g: usize) -> f64 {
        self.groups[g].alive + self.held_of(g)
    }

    fn held_of(&self, g: usize) -> f64 {
        let of = |held: &HeldRefreshes| {
            held.plain.iter().map(|one| one.1).sum::<f64>() + held.nudged.iter().map(|one| one.2).sum::<f64>()
        };
        self.groups[g].held.iter().map(of).sum()
    }

    /// Adds failures in a slot, by an event's control.
    pub(super) fn fail_by(&mut self, cause: Cause, event: Option<usize>, at: f64, late: bool, slot: Slot, mass: f64) {
        if mass > 0.0 {
            let ending = Ending::Failure(cause, self.heals_at(event, at));
            *slot_of(self.flows.of(ending, late), slot) += mass;
        }
    }

    pub(super) fn heals_at(&self, event: Option<usize>, at: f64) -> f64 {
        let event = event.map(|event| &self.world.rules.events()[event]);
        let heals = |event: &&PlacedPolicy<'_>| event.heals && at <= event.until + TIME_EPSILON;
        event.filter(heals).map_or(f64::INFINITY, |event| event.until)
    }

    /// Leaves this part of a group that is not settled, held or not, and gives what goes.
    pub(super) fn scale(&mut self, g: usize, slot: Slot, part: f64) -> f64 {
        let before = self.all_of(g);
        self.scale_all(g, slot, part);
        (1.0 - part) * before
    }

    pub(super) fn scale_all(&mut self, g: usize, slot: Slot, part: f64) {
        let group = &mut self.groups[g];
        let upto = match slot {
            Slot::Point(i) => i,
            Slot::Cell(i) => i,
        };
        group.uses.scale(upto, part);
        group.left *= part;
        group.alive *= part;
        for held in &mut group.held {
            held.plain.iter_mut().for_each(|one| one.1 *= part);
            held.nudged.iter_mut().for_each(|one| one.2 *= part);
        }
    }
}

/// How what two clocks take together is shared between them.
fn split(first: f64, second: f64) -> (f64, f64) {
    let [a, b] = [first, second].map(|left| -left.max(1e-300).ln());
    if a + b > 0.0 { (a / (a + b), b / (a + b)) } else { (0.0, 0.0) }
}
