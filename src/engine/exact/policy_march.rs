//! Orgs of one kind under policies, marched over the lattice slot by slot.
//!
//! Orgs that can't be told apart by what is to come are a *group*: those that have not reconnected, and those that did within one span of time, between
//! two instants at which it would matter. Within a group the mass lies by the slot of the last use, as in a plain renewal. What befalls all of a group
//! alike, whenever its orgs were last used, only scales that mass: a check at once, a lifetime, a reconnect that a disruption led to. What leaves a group by a
//! reconnect enters another one at that instant; what is put on notice ends in a failure or a reconnect that can be told at once, since nothing else happens
//! to it meanwhile.
//!
//! Within a cell the order of events is not followed: what leaves by one way meets half of what the other ways leave. The error falls with the square of
//! the cell's width.

use super::ages::{Ages, first_refreshes};
use super::lattice::{Lattice, Slot, TIME_EPSILON};
use super::lattice_segment::{LatticeSegment, OrgType, SlotKind};
use super::mass::{Failures, Mass};
use super::timeout::Timeout;
use super::uses::Uses;
use crate::engine::policy_rules::{PlacedPolicy, PolicyRules};
use crate::engine::rules::{LifeEvent, MATCHING_ADDRESS, recovery_time};
use crate::plan::{Cause, Segment};
use std::rc::Rc;

/// Mass that is none.
const NONE: f64 = 1e-60;

/// Why orgs end, or leave those that are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ending {
    /// They fail; those of an event that heals work again at this instant, others at none.
    Failure(Cause, f64),
    /// They are disrupted for the first time, where that is what is asked about.
    Disruption,
}

/// What ends so, by when.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) ending: Ending,
    /// Whether it comes after a reconnect at the same instant.
    pub(super) late: bool,
    pub(super) mass: Mass,
}

/// All that ends, each way once.
#[derive(Debug, Clone)]
pub(super) struct Flows {
    pub(super) lattice: Lattice,
    pub(super) all: Vec<Flow>,
}

impl Flows {
    pub(super) fn none(lattice: &Lattice) -> Self {
        Self { lattice: lattice.clone(), all: Vec::new() }
    }

    pub(super) fn of(&mut self, ending: Ending, late: bool) -> &mut Mass {
        let place = self.all.iter().position(|flow| flow.ending == ending && flow.late == late);
        let place = place.unwrap_or_else(|| {
            self.all.push(Flow { ending, late, mass: Mass::none(&self.lattice) });
            self.all.len() - 1
        });
        &mut self.all[place].mass
    }

    pub(super) fn add_scaled(&mut self, other: &Self, scale: f64) {
        for flow in &other.all {
            self.of(flow.ending, flow.late).add_scaled(&flow.mass, scale);
        }
    }

    /// The failures that no event's end heals, and those that one does, with when.
    pub(super) fn failures(&self) -> (Failures, Vec<(f64, Failures)>) {
        let mut lasting = Failures::none(&self.lattice);
        let mut healing: Vec<(f64, Failures)> = Vec::new();
        for flow in &self.all {
            let Ending::Failure(cause, heals_at) = flow.ending else { continue };
            if heals_at.is_infinite() {
                lasting.of(cause).add_scaled(&flow.mass, 1.0);
                continue;
            }
            let place = healing.iter().position(|(at, _)| *at == heals_at).unwrap_or_else(|| {
                healing.push((heals_at, Failures::none(&self.lattice)));
                healing.len() - 1
            });
            healing[place].1.of(cause).add_scaled(&flow.mass, 1.0);
        }
        (lasting, healing)
    }

    /// What is disrupted by an instant.
    pub(super) fn disrupted_by(&self, at: f64) -> f64 {
        let disruptions = self.all.iter().filter(|flow| flow.ending == Ending::Disruption);
        disruptions.map(|flow| super::mass::Cumulative::of(&flow.mass, &self.lattice).at(at)).sum()
    }
}

/// What is alike for all orgs of a march.
pub(super) struct World<'g, 'a> {
    pub(super) segment: &'a Segment,
    pub(super) rules: &'g PolicyRules<'g>,
    pub(super) on_lattice: &'g LatticeSegment<'g>,
    pub(super) orgs: OrgType,
    /// Instants at which it matters whether a reconnect came before, ascending; each is a point.
    pub(super) boundaries: &'g [f64],
    /// Whether a first disruption ends an org's life, to be counted.
    pub(super) until_disruption: bool,
}

impl World<'_, '_> {
    /// The probability that who begins to reconnect at one instant has not by another.
    pub(super) fn waits(&self, begun: f64, at: f64) -> f64 {
        let Some(recovery) = &self.segment.recovery else { return 1.0 };
        if at < begun { 1.0 } else { recovery.after.sf(recovery_time(self.segment, begun, at)) }
    }

    /// The same just before it: of a law of single values.
    pub(super) fn waits_before(&self, begun: f64, at: f64) -> f64 {
        let Some(recovery) = &self.segment.recovery else { return 1.0 };
        let passed = recovery_time(self.segment, begun, at);
        let short = if recovery.after.atoms().is_some() { TIME_EPSILON } else { 0.0 };
        if at < begun { 1.0 } else { recovery.after.sf((passed - short).max(-1.0)) }
    }
}

/// Orgs at `as_of` of one span of ages.
pub(super) struct OrgsOfAges {
    pub(super) ages: Ages,
    /// Checks at refreshes that had come into force by their last use.
    pub(super) behind: usize,
    /// The share of them whose lifetime is not over, at each point: before what strikes there, and after.
    pub(super) lifetime: Option<Remaining>,
}

/// Something that ends or moves all of a group alike: the share that is left at each point.
#[derive(Debug, Clone)]
pub(super) struct Remaining {
    /// Just before each point; length: cells + 1.
    pub(super) before: Vec<f64>,
    /// Once it has been passed.
    pub(super) after: Vec<f64>,
}

impl Remaining {
    /// Of the mass at the end of a slot, what is left of that at its beginning.
    fn ratio(&self, slot: Slot) -> f64 {
        let (from, to) = match slot {
            Slot::Point(i) => (self.before[i], self.after[i]),
            Slot::Cell(i) => (self.after[i], self.before[i + 1]),
        };
        if from > 0.0 { (to / from).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// Refreshes that wait for the end of a brownout.
struct HeldRefreshes {
    /// The point at which they go through.
    until: usize,
    /// By checks that had come into force when they began.
    plain: Vec<(usize, f64)>,
    /// Of those who are about to reconnect: when the disruption began, checks in force then, mass if none had reconnected yet.
    nudged: Vec<(f64, usize, f64)>,
}

/// When orgs last reconnected.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// On a point.
    Point(usize),
    /// The same, once what comes at that instant has come.
    AfterPoint(usize),
    /// Between two boundaries, of which so many have been passed.
    Span(usize),
}

/// Orgs with the same to come.
struct MarchGroup<'g> {
    /// The span of the last reconnect; `None` where there was none.
    class: Option<Class>,
    /// Disruptions that may still lead to a reconnect, by number.
    pending: Vec<usize>,
    settled: Vec<bool>,
    address: f64,
    uses: Uses<'g, 'g>,
    /// First refreshes and timeouts of those at `as_of`, with the checks behind them; scaled by `left`.
    first: Vec<(usize, Mass, Mass)>,
    left: f64,
    /// Mass that is neither held nor on notice.
    alive: f64,
    nudges: Vec<Rc<Remaining>>,
    lifetime: Option<Rc<Remaining>>,
    held: Vec<HeldRefreshes>,
    /// By slot: uses that go idle there, each with the share of its mass.
    idle_on_point: Vec<Vec<(Slot, f64)>>,
    idle_in_cell: Vec<Vec<(Slot, f64)>>,
    /// The last slot whose uses are noted there.
    noted: Option<Slot>,
    /// When its connections were made, until all have been; each span with its mass.
    came: Vec<([f64; 2], f64)>,
    came_until: f64,
}

/// How a refresh with a good token ends, by probability.
#[derive(Debug, Clone, Default)]
struct RefreshEnds {
    mismatched: f64,
    refused: Vec<(usize, f64)>,
    /// By brownout: its event, its end, and the probability.
    held: Vec<(usize, f64, f64)>,
    raced: f64,
    good: f64,
    stale: f64,
}

/// Orgs of one kind on their way.
pub(super) struct March<'w, 'g, 'a> {
    world: &'w World<'g, 'a>,
    groups: Vec<MarchGroup<'g>>,
    /// Reconnects by slot.
    pub(super) inflow: Mass,
    pub(super) flows: Flows,
    disruptions: usize,
}

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    pub(super) fn new(world: &'w World<'g, 'a>) -> Self {
        let lattice = &world.on_lattice.lattice;
        Self { world, groups: Vec::new(), inflow: Mass::none(lattice), flows: Flows::none(lattice), disruptions: 0 }
    }

    /// Adds orgs at `as_of`; `last_reconnect` is minus infinity where none is known.
    pub(super) fn begin(&mut self, spans: Vec<OrgsOfAges>, last_reconnect: f64) {
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

    fn settled_by(&self, last_reconnect: f64) -> Vec<bool> {
        let rules = self.world.rules;
        (0..rules.events().len()).map(|event| rules.is_settled(event, last_reconnect)).collect()
    }

    fn group(&self, class: Option<Class>, pending: Vec<usize>, settled: Vec<bool>, address: f64) -> MarchGroup<'g> {
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
    pub(super) fn run(mut self) -> (Flows, usize) {
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
        if mass > 0.0 {
            let group = self.group_of_class(Class::AfterPoint(i));
            self.note_came(group, slot, mass);
            self.refresh(group, slot, Vec::new(), 1.0, mass);
        }
    }

    fn cell(&mut self, i: usize) {
        let slot = Slot::Cell(i);
        let at = self.world.on_lattice.lattice.middle(i);
        let fresh = std::mem::take(&mut self.inflow.cells[i]);
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
    fn all_of(&self, g: usize) -> f64 {
        self.groups[g].alive + self.held_of(g)
    }

    fn held_of(&self, g: usize) -> f64 {
        let of = |held: &HeldRefreshes| {
            held.plain.iter().map(|one| one.1).sum::<f64>() + held.nudged.iter().map(|one| one.2).sum::<f64>()
        };
        self.groups[g].held.iter().map(of).sum()
    }

    /// Adds failures in a slot, by an event's control.
    fn fail_by(&mut self, cause: Cause, event: Option<usize>, at: f64, late: bool, slot: Slot, mass: f64) {
        if mass > 0.0 {
            let ending = Ending::Failure(cause, self.heals_at(event, at));
            *slot_of(self.flows.of(ending, late), slot) += mass;
        }
    }

    fn heals_at(&self, event: Option<usize>, at: f64) -> f64 {
        let event = event.map(|event| &self.world.rules.events()[event]);
        let heals = |event: &&PlacedPolicy<'_>| event.heals && at <= event.until + TIME_EPSILON;
        event.filter(heals).map_or(f64::INFINITY, |event| event.until)
    }

    /// Leaves this part of a group that is not settled, held or not, and gives what goes.
    fn scale(&mut self, g: usize, slot: Slot, part: f64) -> f64 {
        let before = self.all_of(g);
        self.scale_all(g, slot, part);
        (1.0 - part) * before
    }

    fn scale_all(&mut self, g: usize, slot: Slot, part: f64) {
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

    /// Reconnects of those whom disruptions moved, at a point.
    fn nudge_all(&mut self, slot: Slot) {
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
    fn hold_nudges(&mut self, g: usize, slot: Slot) {
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

    /// The span in which a reconnect in a slot falls: points that are boundaries are spans of their own, and all points where lifetimes count from
    /// the reconnect.
    fn class_of(&self, slot: Slot) -> Class {
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
    fn group_of_class(&mut self, class: Class) -> usize {
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

    fn note_came(&mut self, g: usize, slot: Slot, mass: f64) {
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
    fn tell_lifetime(&mut self, g: usize, at: f64) {
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

    /// Places the reconnects of a slot.
    fn take_in(&mut self, slot: Slot) {
        let mass = std::mem::take(slot_of(&mut self.inflow, slot));
        if mass > 0.0 {
            let group = self.group_of_class(self.class_of(slot));
            self.note_came(group, slot, mass);
            self.refresh(group, slot, Vec::new(), 1.0, mass);
        }
    }

    /// Places uses in a slot: they are refreshed again, or go idle. `within` is the share that is refreshed again within it.
    fn place(&mut self, g: usize, slot: Slot, good: f64, stale: f64, within: f64) {
        if good + stale <= NONE {
            return;
        }
        let world = self.world;
        let lattice = &world.on_lattice.lattice;
        let group = &mut self.groups[g];
        group.alive += (good + stale) * (1.0 - within);
        let (kind, span) = match slot {
            Slot::Point(i) => {
                let at = lattice.at(i);
                let kind = world.on_lattice.kind_of_point(at, world.orgs.kept_in_use);
                group.uses.place_on_point(i, good, stale, kind);
                (kind, [at, at])
            }
            Slot::Cell(i) => {
                let [before, stale_before] = [group.uses.good.cells[i], group.uses.stale.cells[i]];
                group.uses.set_cell(i, before + good, stale_before + stale);
                (group.uses.runs.of(i).kind, lattice.cell(i))
            }
        };
        if group.noted == Some(slot) {
            return;
        }
        group.noted = Some(slot);
        let share = group.uses.unused_share(span, kind.timeout);
        if share > 0.0 {
            group.goes_idle(lattice, slot, kind.timeout, span, share);
        }
    }

    /// What goes idle in a slot; taken out of the uses' future.
    fn idle(&mut self, g: usize, slot: Slot) -> f64 {
        let group = &mut self.groups[g];
        let list = match slot {
            Slot::Point(i) => std::mem::take(&mut group.idle_on_point[i]),
            Slot::Cell(i) => std::mem::take(&mut group.idle_in_cell[i]),
        };
        let of = |use_slot: &Slot| match use_slot {
            Slot::Point(i) => group.uses.good.points[*i] + group.uses.stale.points[*i],
            Slot::Cell(i) => group.uses.good.cells[*i] + group.uses.stale.cells[*i],
        };
        let mass: f64 = list.iter().map(|(use_slot, share)| share * of(use_slot)).sum();
        mass + group.left * group.first.iter().map(|(_, _, idle)| *slot_in(idle, slot)).sum::<f64>()
    }

    /// Refreshes of a group in a slot, by the checks behind them: with good tokens, with stale ones.
    fn arriving(&self, g: usize, slot: Slot) -> Vec<(usize, f64, f64)> {
        let mut arriving: Vec<(usize, f64, f64)> = Vec::new();
        let mut add = |kind: SlotKind, good: f64, stale: f64| {
            if good + stale > 0.0 {
                add_arriving(&mut arriving, kind.behind, good, stale);
            }
        };
        let group = &self.groups[g];
        match slot {
            Slot::Point(i) => group.uses.gather_point(i, &mut add),
            Slot::Cell(i) => group.uses.gather_cell(i, &mut add),
        }
        for (behind, first, _) in &group.first {
            let mass = group.left * slot_in(first, slot);
            if mass > 0.0 {
                add_arriving(&mut arriving, *behind, mass, 0.0);
            }
        }
        arriving
    }

    /// Lets refreshes of a group end in a slot, of which `half` is left by then; `fresh` are its reconnects there. Clocks leave `half` of what is in
    /// use again. Gives how much that is.
    fn refresh(&mut self, g: usize, slot: Slot, mut arriving: Vec<(usize, f64, f64)>, half: f64, fresh: f64) -> f64 {
        if arriving.is_empty() && fresh <= NONE {
            return 0.0;
        }
        let world = self.world;
        let lattice = &world.on_lattice.lattice;
        let (at, within) = match slot {
            Slot::Point(i) => (lattice.at(i), 0.0),
            Slot::Cell(i) => {
                let run = self.groups[g].uses.runs.of(i);
                let kernel = world.on_lattice.kernel_within(run.kind.timeout);
                (lattice.middle(i), kernel.within_cell(lattice, i, run.part))
            }
        };
        arriving.iter_mut().for_each(|(_, good, stale)| (*good, *stale) = (*good * half, *stale * half));
        let ends: Vec<RefreshEnds> = arriving.iter().map(|(behind, ..)| self.ends(g, at, *behind, None)).collect();
        let mut good = fresh + arriving.iter().zip(&ends).map(|((_, good, _), ends)| good * ends.good).sum::<f64>();
        let mut stale = arriving.iter().zip(&ends).map(|((_, good, _), ends)| good * ends.stale).sum::<f64>();
        let mut held = 0.0;
        for ((_, mass, stale), ends) in arriving.iter().zip(&ends) {
            held += self.end(g, slot, at, *mass, *stale, ends, half);
        }
        if within > 0.0 {
            // Who is in use again may be refreshed once more before the cell ends.
            let again = self.ends(g, at, world.rules.checks_by(at), None);
            good /= 1.0 - within * again.good;
            stale += within * good * again.stale;
            held += self.end(g, slot, at, within * good, within * stale, &again, half);
        }
        self.place(g, slot, good * half, stale * half, within);
        (good + stale) * half * (1.0 - within) + held
    }

    /// How a refresh with a good token at an instant ends, with these checks behind it; `looked_at` of one that was held.
    fn ends(&self, g: usize, at: f64, behind: usize, looked_at: Option<f64>) -> RefreshEnds {
        let (rules, group) = (self.world.rules, &self.groups[g]);
        let mut ends = RefreshEnds::default();
        if looked_at.is_none() && rules.mismatch(at + TIME_EPSILON).is_some_and(|one| group.address <= one.what) {
            ends.mismatched = 1.0;
            return ends;
        }
        let mut left = 1.0;
        for (place, event) in rules.checks_at_refresh().iter().copied().enumerate() {
            let PlacedPolicy { policy, at: begun, until, .. } = &rules.events()[event];
            if *begun > at + TIME_EPSILON {
                break;
            }
            let Some(check) = &policy.reauthorization else { continue };
            let is_new = place >= behind || (check.repeat && looked_at.is_none());
            if is_new && at < until - TIME_EPSILON && !group.settled[event] {
                let refused = left * check.required_at(at + TIME_EPSILON);
                if refused > 0.0 {
                    ends.refused.push((event, refused));
                    left -= refused;
                }
            }
        }
        if looked_at.is_none() {
            for event in rules.checks_at_refresh().iter().copied() {
                let placed = &rules.events()[event];
                let within = |[from, to]: &&[f64; 2]| *from <= at + TIME_EPSILON && at < to - TIME_EPSILON;
                let (Some([_, until]), Some(check)) =
                    (placed.brownouts.iter().find(within), &placed.policy.reauthorization)
                else {
                    continue;
                };
                let refused = if group.settled[event] { 0.0 } else { left * check.required_at(at + TIME_EPSILON) };
                if refused > 0.0 {
                    ends.held.push((event, *until, refused));
                    left -= refused;
                }
            }
        }
        let (lost, race) = rules.rotation(at + TIME_EPSILON).map_or((0.0, 0.0), |one| one.what);
        ends.raced = left * race;
        left -= ends.raced;
        (ends.good, ends.stale) = (left * (1.0 - lost), left * lost);
        ends
    }

    /// Lets refreshes end otherwise than in use: with a good token by these probabilities, with a stale one by failing. `half` is what clocks leave
    /// of those that are held; gives how much that is.
    #[allow(clippy::too_many_arguments, reason = "a refresh and how it ends")]
    fn end(&mut self, g: usize, slot: Slot, at: f64, good: f64, stale: f64, ends: &RefreshEnds, half: f64) -> f64 {
        let rules = self.world.rules;
        let rotation = rules.rotation(at + TIME_EPSILON).map(|one| one.event);
        self.fail_by(Cause::TokenRotation, rotation, at, false, slot, stale + good * ends.raced);
        let mismatch = rules.mismatch(at + TIME_EPSILON).map(|one| one.event);
        self.fail_by(Cause::StaticIp, mismatch, at, false, slot, good * ends.mismatched);
        let nudges = self.groups[g].nudges.clone();
        for (event, refused) in &ends.refused {
            self.refuse(*event, slot, good * refused, false, &nudges);
        }
        let mut all = 0.0;
        for (event, until, refused) in &ends.held {
            let mass = good * refused * if self.world.until_disruption { 1.0 } else { half };
            all += if self.world.until_disruption { 0.0 } else { mass };
            self.hold(g, *event, *until, slot, at, mass);
        }
        all
    }

    /// Holds refreshes until a brownout ends.
    fn hold(&mut self, g: usize, event: usize, until: f64, slot: Slot, at: f64, mass: f64) {
        if mass <= NONE {
            return;
        }
        let world = self.world;
        if world.until_disruption {
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
    fn let_go(&mut self, g: usize, i: usize, at: f64) {
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
    fn check_at_once(&mut self, event: usize, i: usize, at: f64) {
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
    fn brownout_begins(&mut self, event: usize, i: usize, at: f64) {
        let policy = self.world.rules.events()[event].policy;
        let Some(check) = &policy.reauthorization else { return };
        let required = check.required_at(at + TIME_EPSILON);
        let clock = Rc::new(self.moved_clock(i, at, required * policy.nudge));
        for g in 0..self.groups.len() {
            if self.groups[g].settled[event] || required <= 0.0 {
                continue;
            }
            if self.world.until_disruption {
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

    /// A check refuses orgs in a slot: they fail, or are on notice, until they reconnect or the grace is over.
    fn refuse(&mut self, event: usize, slot: Slot, mass: f64, late: bool, nudges: &[Rc<Remaining>]) {
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

impl MarchGroup<'_> {
    /// Notes when uses in a slot go idle that are not refreshed before.
    fn goes_idle(&mut self, lattice: &Lattice, slot: Slot, timeout: Timeout, [from, to]: [f64; 2], share: f64) {
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
fn slot_of(mass: &mut Mass, slot: Slot) -> &mut f64 {
    match slot {
        Slot::Point(i) => &mut mass.points[i],
        Slot::Cell(i) => &mut mass.cells[i],
    }
}

fn slot_in(mass: &Mass, slot: Slot) -> &f64 {
    match slot {
        Slot::Point(i) => &mass.points[i],
        Slot::Cell(i) => &mass.cells[i],
    }
}

fn add_arriving(arriving: &mut Vec<(usize, f64, f64)>, behind: usize, good: f64, stale: f64) {
    match arriving.iter_mut().find(|one| one.0 == behind) {
        Some(one) => (one.1, one.2) = (one.1 + good, one.2 + stale),
        None => arriving.push((behind, good, stale)),
    }
}

/// How what two clocks take together is shared between them.
fn split(first: f64, second: f64) -> (f64, f64) {
    let [a, b] = [first, second].map(|left| -left.max(1e-300).ln());
    if a + b > 0.0 { (a / (a + b), b / (a + b)) } else { (0.0, 0.0) }
}
