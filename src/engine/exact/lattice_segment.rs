//! A segment on a lattice: what all of its orgs share, whatever their age, address and heartbeat.

use super::kernel::Kernel;
use super::lattice::Lattice;
use super::timeout::Timeout;
use crate::engine::rules::Rules;
use crate::plan::Segment;
use crate::stats::Law;
use std::sync::OnceLock;

/// What makes orgs of a segment unlike: orgs of one type share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OrgType {
    /// The address trait: a mismatch wherever it is at most the share in force.
    pub(super) address: f64,
    /// Whether the heartbeat reaches it.
    pub(super) kept_in_use: bool,
}

/// What decides about the refresh that follows a use: slots of the same kind are taken together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SlotKind {
    /// How many reauthorizations are in force at the use, and so behind it.
    pub(super) behind: usize,
    pub(super) timeout: Timeout,
}

/// A run of neighbouring cells of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellRun {
    pub(super) cells: std::ops::Range<usize>,
    pub(super) kind: SlotKind,
}

/// A segment on a lattice.
pub(super) struct LatticeSegment<'a> {
    pub(super) lattice: Lattice,
    pub(super) rules: Rules<'a>,
    pub(super) interval: &'a Law,
    /// Lengths of [`Timeout::After`], ascending, and their kernels; the last kernel has no limit.
    afters: Vec<f64>,
    kernels: Vec<Kernel>,
    /// The kinds of all cells of the lattice, for orgs that the heartbeat does not reach, and for those that it does; once asked for.
    runs: [OnceLock<Vec<CellRun>>; 2],
}

impl<'a> LatticeSegment<'a> {
    /// `ages` is the number of cells by which ages reach back.
    pub(super) fn new(lattice: Lattice, segment: &'a Segment, ages: usize) -> Self {
        let length = lattice.cells + ages + 2;
        let interval = &segment.interval;
        let mut afters: Vec<f64> = segment.controls.idle_timeout.iter().map(|t| t.after).collect();
        afters.sort_by(f64::total_cmp);
        afters.dedup();
        let limits = afters.iter().copied().chain([f64::INFINITY]);
        let kernels = limits.map(|limit| Kernel::new(interval, &lattice, length, limit)).collect();
        Self { lattice, rules: Rules::of(segment), interval, afters, kernels, runs: Default::default() }
    }

    /// The kernel of all intervals.
    pub(super) fn kernel(&self) -> &Kernel {
        &self.kernels[self.afters.len()]
    }

    /// The kernel of the intervals that end before the token goes idle.
    pub(super) fn kernel_within(&self, timeout: Timeout) -> &Kernel {
        match timeout {
            Timeout::After(hours) => &self.kernels[self.afters.partition_point(|after| *after < hours)],
            _ => self.kernel(),
        }
    }

    /// How many reauthorizations are in force at an instant.
    pub(super) fn in_force(&self, at: f64) -> usize {
        self.rules.reauthorizations_by(self.nudged(at))
    }

    /// Controls are in force from their own instant on; a quarter of a step absorbs rounding.
    pub(super) fn nudged(&self, at: f64) -> f64 {
        at + 0.25 * self.lattice.step
    }

    /// The kind of a use at an instant.
    pub(super) fn kind_of_point(&self, at: f64, kept_in_use: bool) -> SlotKind {
        self.kind(at, kept_in_use, || Timeout::of_point(&self.rules, at))
    }

    /// The kind of a use within the cell that begins at an instant.
    pub(super) fn kind_of_cell(&self, at: f64, kept_in_use: bool) -> SlotKind {
        self.kind(at, kept_in_use, || Timeout::of_cell(&self.rules, at, self.lattice.step, &self.afters))
    }

    fn kind(&self, at: f64, kept_in_use: bool, timeout: impl FnOnce() -> Timeout) -> SlotKind {
        let behind = self.in_force(at);
        let timeout = if kept_in_use || self.afters.is_empty() { Timeout::Never } else { timeout() };
        SlotKind { behind, timeout }
    }

    /// The cells of the lattice by kind.
    pub(super) fn runs(&self, kept_in_use: bool) -> &[CellRun] {
        let kind = |i: usize| self.kind_of_cell(self.lattice.at(i), kept_in_use);
        self.runs[usize::from(kept_in_use)].get_or_init(|| runs_of_cells(self.lattice.cells, kind))
    }
}

/// The kinds of a row of cells, as runs of the same. `kind` is asked once a cell.
pub(super) fn runs_of_cells(cells: usize, kind: impl Fn(usize) -> SlotKind) -> Vec<CellRun> {
    let mut runs: Vec<CellRun> = Vec::new();
    for cell in 0..cells {
        let kind = kind(cell);
        match runs.last_mut() {
            Some(last) if last.kind == kind => last.cells.end = cell + 1,
            _ => runs.push(CellRun { cells: cell..cell + 1, kind }),
        }
    }
    runs
}
