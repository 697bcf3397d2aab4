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

/// Neighbouring cells of one kind: whole ones, or one that is a part of an even cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellRun {
    pub(super) cells: std::ops::Range<usize>,
    /// The even cell of the first.
    pub(super) even: usize,
    /// The place among the cells that are cut; `None` of whole cells.
    pub(super) part: Option<usize>,
    pub(super) kind: SlotKind,
}

/// The cells of a lattice by kind, for one sort of orgs.
#[derive(Debug)]
pub(super) struct CellRuns {
    pub(super) runs: Vec<CellRun>,
    /// The run of each cell.
    of_cell: Vec<u32>,
}

impl CellRuns {
    pub(super) fn of(&self, cell: usize) -> &CellRun {
        &self.runs[self.of_cell[cell] as usize]
    }
}

/// A segment on a lattice.
pub(super) struct LatticeSegment<'a> {
    pub(super) lattice: Lattice,
    pub(super) rules: Rules<'a>,
    pub(super) interval: &'a Law,
    /// Lengths of [`Timeout::After`], ascending, and their kernels; the last kernel has no limit.
    afters: Vec<f64>,
    kernels: Vec<Kernel>,
    /// The cells of the lattice by kind, for orgs that the heartbeat does not reach, and for those that it does; once asked for.
    runs: [OnceLock<CellRuns>; 2],
}

impl<'a> LatticeSegment<'a> {
    /// `oldest` is the greatest age, in hours, that even cells reach back to.
    pub(super) fn new(lattice: Lattice, segment: &'a Segment, oldest: f64) -> Self {
        let afters = segment.controls.idle_timeout.iter().map(|t| t.after).collect();
        Self::by_rules(lattice, &segment.interval, Rules::of(segment), afters, oldest)
    }

    /// Refreshes by this law under these rules; `afters` are the lengths of their idle timeouts.
    pub(super) fn by_rules(
        lattice: Lattice,
        interval: &'a Law,
        rules: Rules<'a>,
        mut afters: Vec<f64>,
        oldest: f64,
    ) -> Self {
        let length = lattice.evens() + (oldest / lattice.step).ceil() as usize + 2;
        afters.sort_by(f64::total_cmp);
        afters.dedup();
        let limits = afters.iter().copied().chain([f64::INFINITY]);
        let kernels = limits.map(|limit| Kernel::new(interval, &lattice, length, limit)).collect();
        Self { lattice, rules, interval, afters, kernels, runs: Default::default() }
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
        self.rules.reauthorizations_by(at)
    }

    /// The kind of a use at an instant.
    pub(super) fn kind_of_point(&self, at: f64, kept_in_use: bool) -> SlotKind {
        let timeout = if self.goes_idle(kept_in_use) { Timeout::of_point(&self.rules, at) } else { Timeout::Never };
        SlotKind { behind: self.in_force(at), timeout }
    }

    /// The kind of a use between two instants, between which no rule changes.
    pub(super) fn kind_between(&self, span: [f64; 2], kept_in_use: bool) -> SlotKind {
        let goes_idle = self.goes_idle(kept_in_use);
        let timeout = if goes_idle { Timeout::between(&self.rules, span, &self.afters) } else { Timeout::Never };
        SlotKind { behind: self.in_force(0.5 * (span[0] + span[1])), timeout }
    }

    fn goes_idle(&self, kept_in_use: bool) -> bool {
        !kept_in_use && !self.afters.is_empty()
    }

    /// The cells of the lattice by kind.
    pub(super) fn runs(&self, kept_in_use: bool) -> &CellRuns {
        self.runs[usize::from(kept_in_use)].get_or_init(|| self.cell_runs(kept_in_use))
    }

    fn cell_runs(&self, kept_in_use: bool) -> CellRuns {
        let lattice = &self.lattice;
        let (mut runs, mut of_cell) = (Vec::<CellRun>::new(), Vec::with_capacity(lattice.cells));
        let mut parts = 0;
        for cell in 0..lattice.cells {
            let kind = self.kind_between(lattice.cell(cell), kept_in_use);
            let whole = lattice.is_whole(cell);
            let part = (!whole).then_some(parts);
            parts += usize::from(!whole);
            match runs.last_mut() {
                Some(last) if whole && last.part.is_none() && last.kind == kind => last.cells.end = cell + 1,
                _ => runs.push(CellRun { cells: cell..cell + 1, even: lattice.even_of(cell), part, kind }),
            }
            of_cell.push(runs.len() as u32 - 1);
        }
        CellRuns { runs, of_cell }
    }
}
