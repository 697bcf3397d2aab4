//! The renewal process of one class of orgs on the lattice: every refresh that is survived begins a new interval.
//!
//! This is the probability form of the rules in [`crate::engine::lifecycle`], built on the same facts. After a refresh or reconnect at `s` the
//! org's future depends on `s` alone (and on whether the new token is stale), since reauthorizations up to `s` are behind it
//! and the idle clock starts at `s`. So the mass refreshed at each instant follows from that refreshed before:
//! `m(t) = source(t) + Σ m(s) P(I = t - s) P(survive the rules at t | s)`, a discrete Volterra equation solved forwards.

use super::flow::{Failures, Flow};
use super::kernel::{Jump, Kernel};
use super::lattice::{Lattice, TIME_EPSILON};
use crate::engine::lifecycle::Rules;
use crate::plan::{Cause, Reauthorization};
use crate::stats::Law;
use std::sync::OnceLock;

/// What makes orgs of a segment unlike: a class shares it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Class {
    /// The address trait: a mismatch wherever it is at most the share in force.
    pub(super) address: f64,
    /// Whether the heartbeat reaches it.
    pub(super) kept_in_use: bool,
}

/// Until when a token used in a slot may stay unused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Idle {
    Never,
    /// At one instant for all of the slot.
    At(f64),
    /// So many hours after its use; index into the kernels.
    After(usize),
}

/// Sources alike: how many reauthorizations they have behind them, and how they go idle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kind {
    pub(super) behind: usize,
    pub(super) idle: Idle,
}

/// A run of neighbouring cells of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) cells: std::ops::Range<usize>,
    pub(super) kind: Kind,
}

/// Everything about a segment on a lattice that its classes share.
pub(super) struct Ground<'a> {
    pub(super) lattice: Lattice,
    pub(super) rules: Rules<'a>,
    pub(super) interval: &'a Law,
    reauthorizations: &'a [Reauthorization],
    /// Limits of [`Idle::After`], and their kernels; the last kernel has no limit.
    afters: Vec<f64>,
    kernels: Vec<Kernel>,
    /// The kinds of all cells of the lattice, for orgs that the heartbeat does not reach, and for those that it does; once asked for.
    blocks: [OnceLock<Vec<Block>>; 2],
}

/// What refreshes at an instant: all, those that pass the reauthorizations met, those with a stale token.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Arrivals {
    all: f64,
    passing: f64,
    stale: f64,
}

/// Arrivals of first refreshes, before any renewal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arriving {
    pub(super) all: Flow,
    pub(super) passing: Flow,
}

impl<'a> Ground<'a> {
    /// `ages` is the number of cells by which ages reach back.
    pub(super) fn new(
        lattice: Lattice,
        rules: Rules<'a>,
        interval: &'a Law,
        controls: &'a crate::plan::Controls,
        ages: usize,
    ) -> Self {
        let length = lattice.cells + ages + 2;
        let mut afters: Vec<f64> = controls.idle_timeout.iter().map(|t| t.after).collect();
        afters.sort_by(f64::total_cmp);
        afters.dedup();
        let limits = afters.iter().copied().chain([f64::INFINITY]);
        let kernels = limits.map(|limit| Kernel::new(interval, &lattice, length, limit)).collect();
        let reauthorizations = &controls.reauthorization;
        Self { lattice, rules, interval, reauthorizations, afters, kernels, blocks: Default::default() }
    }

    /// The kernel of all intervals.
    pub(super) fn kernel(&self) -> &Kernel {
        &self.kernels[self.afters.len()]
    }

    /// The kernel of the intervals that end before the token goes idle, and how long they may be.
    pub(super) fn kernel_of(&self, idle: Idle) -> (&Kernel, f64) {
        match idle {
            Idle::After(i) => (&self.kernels[i], self.afters[i]),
            _ => (self.kernel(), f64::INFINITY),
        }
    }

    /// How many reauthorizations are in force at an instant, to the nearest half step.
    pub(super) fn in_force(&self, at: f64) -> usize {
        self.reauthorizations.partition_point(|r| r.at <= at + 0.25 * self.lattice.step)
    }

    /// Chance to pass those that came into force between.
    pub(super) fn pass(&self, behind: usize, in_force: usize) -> f64 {
        self.reauthorizations[behind.min(in_force)..in_force].iter().map(|r| 1.0 - r.required).product()
    }

    /// The kind of a source at the instant `at` (a point), or spread over the cell that begins there.
    pub(super) fn kind(&self, at: f64, is_cell: bool, kept_in_use: bool) -> Kind {
        let behind = self.in_force(at);
        if kept_in_use || self.afters.is_empty() {
            return Kind { behind, idle: Idle::Never };
        }
        let h = self.lattice.step;
        let (first, last) = if is_cell { (at + 0.01 * h, at + 0.99 * h) } else { (at, at) };
        let (due, due_last) = (self.rules.idle_at(first), self.rules.idle_at(last));
        let idle = if due.is_infinite() {
            Idle::Never
        } else if is_cell && due_last - due > 0.5 * h {
            let after = due - first;
            let nearest = |i: &usize| (self.afters[*i] - after).abs();
            (0..self.afters.len()).min_by(|a, b| nearest(a).total_cmp(&nearest(b))).map_or(Idle::Never, Idle::After)
        } else {
            Idle::At(due)
        };
        Kind { behind, idle }
    }

    /// The cells of the lattice by kind.
    fn blocks(&self, kept_in_use: bool) -> &[Block] {
        let kind = |i: usize| self.kind(self.lattice.at(i), true, kept_in_use);
        self.blocks[usize::from(kept_in_use)].get_or_init(|| blocks(self.lattice.cells, kind))
    }

    /// Whether anything can happen in a cell that begins at `at` before an idle timeout at `due`.
    fn cell_is_before(&self, cell: usize, due: f64) -> bool {
        self.lattice.at(cell) + 0.5 * self.lattice.step <= due
    }
}

/// The kinds of a row of cells, gathered into blocks. `kind` is asked once a cell.
pub(super) fn blocks(cells: usize, kind: impl Fn(usize) -> Kind) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for cell in 0..cells {
        let kind = kind(cell);
        match blocks.last_mut() {
            Some(last) if last.kind == kind => last.cells.end = cell + 1,
            _ => blocks.push(Block { cells: cell..cell + 1, kind }),
        }
    }
    blocks
}

/// Follows a class from its first refreshes (`arriving`) and its reconnects (`reconnecting`) to the end of the lattice and adds
/// up its first failures.
pub(super) struct Renewal<'g, 'a> {
    ground: &'g Ground<'a>,
    class: Class,
    /// Mass with a good token, and with a stale one, by the slot of its last use.
    good: Flow,
    stale: Flow,
    any_stale: bool,
    blocks: &'g [Block],
    point_kinds: Vec<(usize, Kind)>,
    failures: Failures,
}

impl<'g, 'a> Renewal<'g, 'a> {
    pub(super) fn new(ground: &'g Ground<'a>, class: Class, failures: Failures) -> Self {
        let lattice = &ground.lattice;
        Self {
            ground,
            class,
            good: Flow::none(lattice),
            stale: Flow::none(lattice),
            any_stale: false,
            blocks: ground.blocks(class.kept_in_use),
            point_kinds: Vec::new(),
            failures,
        }
    }

    pub(super) fn run(mut self, arriving: Option<&Arriving>, reconnecting: Option<&Flow>) -> Failures {
        let lattice = self.ground.lattice;
        for i in 0..=lattice.cells {
            let mut at_point = self.gather_point(i);
            if let Some(first) = arriving {
                at_point.all += first.all.points[i];
                at_point.passing += first.passing.points[i];
            }
            self.settle_point(i, at_point, reconnecting.map_or(0.0, |r| r.points[i]));
            if i == lattice.cells {
                break;
            }
            let mut in_cell = self.gather_cell(i);
            if let Some(first) = arriving {
                in_cell.all += first.all.cells[i];
                in_cell.passing += first.passing.cells[i];
            }
            self.settle_cell(i, in_cell, reconnecting.map_or(0.0, |r| r.cells[i]));
        }
        self.failures
    }

    /// Refreshes in cell `to` from earlier cells and from points.
    fn gather_cell(&self, to: usize) -> Arrivals {
        let mut arrivals = Arrivals::default();
        let in_force = self.ground.in_force(self.ground.lattice.at(to));
        match &self.ground.kernel().jumps {
            None => {
                for block in self.blocks.iter().take_while(|b| b.cells.start < to) {
                    if matches!(block.kind.idle, Idle::At(due) if !self.ground.cell_is_before(to, due)) {
                        continue;
                    }
                    let from = block.cells.start..block.cells.end.min(to);
                    let (kernel, _) = self.ground.kernel_of(block.kind.idle);
                    let good = kernel.arriving(&self.good.cells, from.clone(), to);
                    arrivals.add(good, self.ground.pass(block.kind.behind, in_force));
                    if self.any_stale {
                        arrivals.stale += kernel.arriving(&self.stale.cells, from, to);
                    }
                }
                for (from, kind) in &self.point_kinds {
                    let share = self.point_to_cell(*from, *kind, to);
                    arrivals.add(self.good.points[*from] * share, self.ground.pass(kind.behind, in_force));
                    arrivals.stale += self.stale.points[*from] * share;
                }
            }
            Some([cells, _, into_cells]) => {
                for jump in cells.iter().filter(|j| j.steps > 0 && j.steps <= to) {
                    self.jump(jump, to - jump.steps, true, self.ground.lattice.at(to), in_force, &mut arrivals);
                }
                for jump in into_cells.iter().filter(|j| j.steps <= to) {
                    self.jump(jump, to - jump.steps, false, self.ground.lattice.at(to), in_force, &mut arrivals);
                }
            }
        }
        arrivals
    }

    /// Probability that the interval begun at a point ends in a cell before the token goes idle.
    fn point_to_cell(&self, from: usize, kind: Kind, to: usize) -> f64 {
        let lattice = &self.ground.lattice;
        let due = match kind.idle {
            Idle::Never => return self.ground.kernel().from_point[to - from],
            Idle::At(due) => due - lattice.at(from),
            Idle::After(_) => self.ground.kernel_of(kind.idle).1,
        };
        let (begin, end) = (lattice.at(to - from), lattice.at(to - from + 1));
        let sf = |x: f64| self.ground.interval.sf(x);
        if begin >= due { 0.0 } else { sf(begin) - sf(end.min(due)) }
    }

    /// Refreshes on point `to`: from points alone, by single values of the law.
    fn gather_point(&self, to: usize) -> Arrivals {
        let mut arrivals = Arrivals::default();
        if let Some([_, points, _]) = &self.ground.kernel().jumps {
            let at = self.ground.lattice.at(to);
            let in_force = self.ground.in_force(at);
            for jump in points.iter().filter(|j| j.steps > 0 && j.steps <= to) {
                self.jump(jump, to - jump.steps, false, at, in_force, &mut arrivals);
            }
        }
        arrivals
    }

    /// One jump of a law of single values, from slot `from`.
    fn jump(&self, jump: &Jump, from: usize, is_cell: bool, to_at: f64, in_force: usize, arrivals: &mut Arrivals) {
        let pick = |flow: &Flow| if is_cell { flow.cells[from] } else { flow.points[from] };
        let (good, stale) = (pick(&self.good), pick(&self.stale));
        if good == 0.0 && stale == 0.0 {
            return;
        }
        let lattice = &self.ground.lattice;
        let kind = if is_cell {
            self.kind_of_cell(from)
        } else {
            self.ground.kind(lattice.at(from), false, self.class.kept_in_use)
        };
        let in_time = match kind.idle {
            Idle::Never => true,
            // A refresh comes before a timeout at the same instant.
            Idle::At(due) if is_cell => to_at + 0.5 * lattice.step <= due,
            Idle::At(due) => lattice.at(from) + jump.value <= due + TIME_EPSILON,
            Idle::After(_) => jump.value <= self.ground.kernel_of(kind.idle).1,
        };
        if in_time {
            arrivals.add(good * jump.weight, self.ground.pass(kind.behind, in_force));
            arrivals.stale += stale * jump.weight;
        }
    }

    fn kind_of_cell(&self, cell: usize) -> Kind {
        let block = self.blocks.partition_point(|b| b.cells.end <= cell);
        self.blocks[block].kind
    }

    /// Applies the rules to the refreshes on a point, then to its timeouts.
    fn settle_point(&mut self, i: usize, arrivals: Arrivals, reconnecting: f64) {
        let at = self.ground.lattice.at(i);
        let survivors = self.fail(arrivals, at, |flow| &mut flow.points[i]);
        let lost = self.ground.rules.lost_token(self.nudged(at));
        let (good, stale) = (survivors * (1.0 - lost) + reconnecting, survivors * lost);
        if good + stale == 0.0 {
            return;
        }
        self.good.points[i] = good;
        if stale > 0.0 {
            self.stale.points[i] = stale;
            self.any_stale = true;
        }
        let kind = self.ground.kind(at, false, self.class.kept_in_use);
        self.point_kinds.push((i, kind));
        if let Idle::At(due) = kind.idle {
            let mass = (good + stale) * self.ground.interval.sf(due - at);
            let lattice = self.ground.lattice;
            self.failures.of(Cause::IdleTimeout).add_at(&lattice, due, mass);
        }
    }

    /// Applies the rules to the refreshes in a cell, those that begin and end within it included, then to its timeouts.
    fn settle_cell(&mut self, i: usize, mut arrivals: Arrivals, reconnecting: f64) {
        let at = self.ground.lattice.at(i);
        let idle = self.kind_of_cell(i).idle;
        let within = self.ground.kernel_of(idle).0.within_cell();
        let lost = self.ground.rules.lost_token(self.nudged(at));
        let mismatched = self.mismatched(at);
        // m = reconnecting + (1 - lost) (passing + within m), where no event comes between within a cell.
        let kept = if mismatched { 0.0 } else { 1.0 - lost };
        let good = (reconnecting + kept * arrivals.passing) / (1.0 - kept * within);
        arrivals.add(within * good, 1.0);
        let stale = if mismatched { 0.0 } else { lost * arrivals.passing };
        arrivals.stale += within * stale;
        self.fail(arrivals, at, |flow| &mut flow.cells[i]);
        self.good.cells[i] = good;
        if stale > 0.0 {
            self.stale.cells[i] = stale;
            self.any_stale = true;
        }
        self.time_out_cell(i, idle, good + stale);
    }

    fn time_out_cell(&mut self, i: usize, idle: Idle, mass: f64) {
        let lattice = self.ground.lattice;
        match idle {
            Idle::Never => {}
            Idle::At(due) if lattice.slot(due).is_none() => {}
            Idle::At(due) => {
                let cells = (due / lattice.step).round() as usize;
                let unused = if cells > i { self.ground.kernel().survival[cells - 1 - i] } else { 1.0 };
                self.failures.of(Cause::IdleTimeout).add_at(&lattice, due, mass * unused);
            }
            Idle::After(_) => {
                let after = self.ground.kernel_of(idle).1;
                let unused = mass * self.ground.interval.sf(after);
                self.failures.of(Cause::IdleTimeout).add_spread(i as f64 + after / lattice.step, unused);
            }
        }
    }

    /// Sorts refreshes into failures by cause; gives the survivors.
    fn fail(&mut self, arrivals: Arrivals, at: f64, slot: impl Fn(&mut Flow) -> &mut f64) -> f64 {
        let mismatched = self.mismatched(at);
        let mut add = |cause, mass: f64| {
            if mass != 0.0 {
                *slot(self.failures.of(cause)) += mass;
            }
        };
        add(Cause::TokenRotation, arrivals.stale);
        if mismatched {
            add(Cause::StaticIp, arrivals.all);
            return 0.0;
        }
        add(Cause::Reauthorization, arrivals.all - arrivals.passing);
        arrivals.passing
    }

    fn mismatched(&self, at: f64) -> bool {
        self.class.address <= self.ground.rules.mismatch(self.nudged(at))
    }

    /// Events are in force from their own instant on; a quarter of a step absorbs rounding.
    fn nudged(&self, at: f64) -> f64 {
        at + 0.25 * self.ground.lattice.step
    }
}

impl Arrivals {
    fn add(&mut self, mass: f64, pass: f64) {
        self.all += mass;
        self.passing += mass * pass;
    }
}
