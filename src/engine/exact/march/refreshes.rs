//! Refreshes in a slot: which arrive, how they end, and which uses go idle.

use super::group::{NONE, slot_in};
use super::steps::March;
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::engine::exact::lattice_segment::SlotKind;
use crate::engine::policy_rules::PlacedPolicy;
use crate::plan::Cause;

/// How a refresh with a good token ends, by probability.
#[derive(Debug, Clone, Default)]
pub(super) struct RefreshEnds {
    pub(super) mismatched: f64,
    pub(super) refused: Vec<(usize, f64)>,
    /// By brownout: its event, its end, and the probability.
    pub(super) held: Vec<(usize, f64, f64)>,
    pub(super) raced: f64,
    pub(super) good: f64,
    pub(super) stale: f64,
}

impl<'w, 'g, 'a> March<'w, 'g, 'a> {
    /// Places uses in a slot: they are refreshed again, or go idle. `within` is the share that is refreshed again within it.
    pub(super) fn place(&mut self, g: usize, slot: Slot, good: f64, stale: f64, within: f64) {
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
    pub(super) fn idle(&mut self, g: usize, slot: Slot) -> f64 {
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
    pub(super) fn arriving(&self, g: usize, slot: Slot) -> Vec<(usize, f64, f64)> {
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
    pub(super) fn refresh(
        &mut self,
        g: usize,
        slot: Slot,
        mut arriving: Vec<(usize, f64, f64)>,
        half: f64,
        fresh: f64,
    ) -> f64 {
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
    pub(super) fn ends(&self, g: usize, at: f64, behind: usize, looked_at: Option<f64>) -> RefreshEnds {
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
    pub(super) fn end(
        &mut self,
        g: usize,
        slot: Slot,
        at: f64,
        good: f64,
        stale: f64,
        ends: &RefreshEnds,
        half: f64,
    ) -> f64 {
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
            let mass = good * refused * if self.world.is_until_disruption() { 1.0 } else { half };
            all += if self.world.is_until_disruption() { 0.0 } else { mass };
            self.hold(g, *event, *until, slot, at, mass);
        }
        all
    }
}

fn add_arriving(arriving: &mut Vec<(usize, f64, f64)>, behind: usize, good: f64, stale: f64) {
    match arriving.iter_mut().find(|one| one.0 == behind) {
        Some(one) => (one.1, one.2) = (one.1 + good, one.2 + stale),
        None => arriving.push((behind, good, stale)),
    }
}
