//! The renewal process of one type of orgs on the lattice: every refresh that is survived begins a new interval.
//!
//! After a refresh or reconnect at `s` the org's future depends on `s` alone (and on whether the new token is stale), since reauthorizations
//! up to `s` are behind it and the idle clock starts at `s`. So the mass refreshed at each instant follows from that refreshed before:
//! `m(t) = source(t) + Σ m(s) P(I = t - s) P(survive the rules at t | s)`, a discrete Volterra equation solved forwards. How a refresh ends
//! is said by [`outcomes_at_refresh`].

use super::kernel::Jump;
use super::lattice::Lattice;
use super::lattice_segment::{CellRun, LatticeSegment, OrgType, SlotKind};
use super::mass::{Failures, Mass};
use super::timeout::Timeout;
use crate::engine::rules::{Refreshing, outcomes_at_refresh, stale_after_reconnect};
use crate::plan::Cause;

/// First refreshes of orgs by when they are, before any renewal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FirstRefreshes {
    /// All of them, with good tokens.
    pub(super) good: Mass,
    /// Those that pass the reauthorizations they meet.
    pub(super) passing: Mass,
}

impl FirstRefreshes {
    pub(super) fn none(lattice: &Lattice) -> Self {
        Self { good: Mass::none(lattice), passing: Mass::none(lattice) }
    }
}

/// Follows orgs of one type from their first refreshes and their reconnects to the end of the lattice and adds up their first failures.
pub(super) struct Renewal<'g, 'a> {
    segment: &'g LatticeSegment<'a>,
    orgs: OrgType,
    /// Mass with a good token, and with a stale one, by the slot of its last use.
    good: Mass,
    stale: Mass,
    any_stale: bool,
    runs: &'g [CellRun],
    point_kinds: Vec<(usize, SlotKind)>,
    failures: Failures,
}

impl<'g, 'a> Renewal<'g, 'a> {
    /// `failures` are those before the first refresh.
    pub(super) fn new(segment: &'g LatticeSegment<'a>, orgs: OrgType, failures: Failures) -> Self {
        let lattice = &segment.lattice;
        Self {
            segment,
            orgs,
            good: Mass::none(lattice),
            stale: Mass::none(lattice),
            any_stale: false,
            runs: segment.runs(orgs.kept_in_use),
            point_kinds: Vec::new(),
            failures,
        }
    }

    pub(super) fn run(mut self, first: Option<&FirstRefreshes>, reconnecting: Option<&Mass>) -> Failures {
        let lattice = self.segment.lattice;
        for i in 0..=lattice.cells {
            let mut on_point = self.gather_point(i);
            if let Some(first) = first {
                on_point.good += first.good.points[i];
                on_point.passing += first.passing.points[i];
            }
            self.refresh_point(i, on_point, reconnecting.map_or(0.0, |r| r.points[i]));
            if i == lattice.cells {
                break;
            }
            let mut in_cell = self.gather_cell(i);
            if let Some(first) = first {
                in_cell.good += first.good.cells[i];
                in_cell.passing += first.passing.cells[i];
            }
            self.refresh_cell(i, in_cell, reconnecting.map_or(0.0, |r| r.cells[i]));
        }
        self.failures
    }

    /// Refreshes in cell `to` from earlier cells and from points.
    fn gather_cell(&self, to: usize) -> Refreshing {
        let mut refreshing = Refreshing::default();
        let segment = self.segment;
        let in_force = segment.in_force(segment.lattice.at(to));
        let pass = |kind: SlotKind| segment.rules.pass_between(kind.behind, in_force);
        match &segment.kernel().jumps {
            None => {
                for run in self.runs.iter().take_while(|run| run.cells.start < to) {
                    if !run.kind.timeout.allows_cell(&segment.lattice, to) {
                        continue;
                    }
                    let from = run.cells.start..run.cells.end.min(to);
                    let kernel = segment.kernel_within(run.kind.timeout);
                    add_good(&mut refreshing, kernel.arriving(&self.good.cells, from.clone(), to), pass(run.kind));
                    if self.any_stale {
                        refreshing.stale += kernel.arriving(&self.stale.cells, from, to);
                    }
                }
                for (from, kind) in &self.point_kinds {
                    let share = self.point_to_cell(*from, *kind, to);
                    add_good(&mut refreshing, self.good.points[*from] * share, pass(*kind));
                    refreshing.stale += self.stale.points[*from] * share;
                }
            }
            Some([cells, _, into_cells]) => {
                for jump in cells.iter().filter(|j| j.steps > 0 && j.steps <= to) {
                    let kind = self.kind_of_cell(to - jump.steps);
                    if kind.timeout.allows_value_into_cell(&segment.lattice, jump.value, to) {
                        self.add_jump(&mut refreshing, jump, pass(kind), |mass| mass.cells[to - jump.steps]);
                    }
                }
                for jump in into_cells.iter().filter(|j| j.steps <= to) {
                    self.add_jump_from_point(&mut refreshing, jump, to - jump.steps, in_force);
                }
            }
        }
        refreshing
    }

    /// Probability that the interval begun at a point ends in a cell before the token goes idle.
    fn point_to_cell(&self, from: usize, kind: SlotKind, to: usize) -> f64 {
        if kind.timeout == Timeout::Never {
            return self.segment.kernel().from_point[to - from];
        }
        let lattice = &self.segment.lattice;
        let longest = kind.timeout.longest_interval(lattice.at(from));
        let (begin, end) = (lattice.at(to - from), lattice.at(to - from + 1));
        let sf = |x: f64| self.segment.interval.sf(x);
        if begin >= longest { 0.0 } else { sf(begin) - sf(end.min(longest)) }
    }

    /// Refreshes on point `to`: from points alone, by single values of the law.
    fn gather_point(&self, to: usize) -> Refreshing {
        let mut refreshing = Refreshing::default();
        if let Some([_, points, _]) = &self.segment.kernel().jumps {
            let in_force = self.segment.in_force(self.segment.lattice.at(to));
            for jump in points.iter().filter(|j| j.steps > 0 && j.steps <= to) {
                self.add_jump_from_point(&mut refreshing, jump, to - jump.steps, in_force);
            }
        }
        refreshing
    }

    /// Adds one jump of a law of single values, from a point.
    fn add_jump_from_point(&self, refreshing: &mut Refreshing, jump: &Jump, from: usize, in_force: usize) {
        if self.good.points[from] == 0.0 && self.stale.points[from] == 0.0 {
            return;
        }
        let begun = self.segment.lattice.at(from);
        let kind = self.segment.kind_of_point(begun, self.orgs.kept_in_use);
        if kind.timeout.allows_value(begun, jump.value) {
            let pass = self.segment.rules.pass_between(kind.behind, in_force);
            self.add_jump(refreshing, jump, pass, |mass| mass.points[from]);
        }
    }

    fn add_jump(&self, refreshing: &mut Refreshing, jump: &Jump, pass: f64, pick: impl Fn(&Mass) -> f64) {
        let (good, stale) = (pick(&self.good), pick(&self.stale));
        if good != 0.0 || stale != 0.0 {
            add_good(refreshing, good * jump.weight, pass);
            refreshing.stale += stale * jump.weight;
        }
    }

    fn kind_of_cell(&self, cell: usize) -> SlotKind {
        let run = self.runs.partition_point(|run| run.cells.end <= cell);
        self.runs[run].kind
    }

    /// Ends the refreshes on a point, and lets time out what is not used again.
    fn refresh_point(&mut self, i: usize, refreshing: Refreshing, reconnecting: f64) {
        let at = self.segment.lattice.at(i);
        let survivors = self.fail(refreshing, at, |mass| &mut mass.points[i]);
        let lost = self.segment.rules.lost_token(self.segment.nudged(at));
        let [fresh, stale] = by_token(reconnecting);
        let (good, stale) = (survivors * (1.0 - lost) + fresh, survivors * lost + stale);
        if good + stale == 0.0 {
            return;
        }
        self.good.points[i] = good;
        if stale > 0.0 {
            self.stale.points[i] = stale;
            self.any_stale = true;
        }
        let kind = self.segment.kind_of_point(at, self.orgs.kept_in_use);
        self.point_kinds.push((i, kind));
        if kind.timeout != Timeout::Never {
            let unused = (good + stale) * self.segment.interval.sf(kind.timeout.longest_interval(at));
            kind.timeout.fail(&mut self.failures, &self.segment.lattice, i as f64, unused);
        }
    }

    /// Ends the refreshes in a cell, those that begin and end within it included, and lets time out what is not used again.
    fn refresh_cell(&mut self, i: usize, mut refreshing: Refreshing, reconnecting: f64) {
        let at = self.segment.lattice.at(i);
        let timeout = self.kind_of_cell(i).timeout;
        let within = self.segment.kernel_within(timeout).within_cell();
        let lost = self.segment.rules.lost_token(self.segment.nudged(at));
        let mismatched = self.mismatched(at);
        // m = reconnecting + (1 - lost) (passing + within m), where no event comes between within a cell.
        let kept = if mismatched { 0.0 } else { 1.0 - lost };
        let [fresh, stale] = by_token(reconnecting);
        let good = (fresh + kept * refreshing.passing) / (1.0 - kept * within);
        add_good(&mut refreshing, within * good, 1.0);
        let stale = stale + if mismatched { 0.0 } else { lost * refreshing.passing };
        refreshing.stale += within * stale;
        self.fail(refreshing, at, |mass| &mut mass.cells[i]);
        self.good.cells[i] = good;
        if stale > 0.0 {
            self.stale.cells[i] = stale;
            self.any_stale = true;
        }
        let unused = (good + stale) * self.unused_share(i, timeout);
        timeout.fail(&mut self.failures, &self.segment.lattice, i as f64, unused);
    }

    /// The share of what was last used in a cell that goes idle, within the lattice.
    fn unused_share(&self, cell: usize, timeout: Timeout) -> f64 {
        let (lattice, segment) = (&self.segment.lattice, self.segment);
        match timeout {
            Timeout::Never => 0.0,
            Timeout::At(due) if lattice.slot(due).is_none() => 0.0,
            Timeout::At(due) => {
                let cells = (due / lattice.step).round() as usize;
                if cells > cell { segment.kernel().survival[cells - 1 - cell] } else { 1.0 }
            }
            Timeout::After(hours) => segment.interval.sf(hours),
        }
    }

    /// Adds up the refreshes that fail, by cause; gives the survivors.
    fn fail(&mut self, refreshing: Refreshing, at: f64, slot: impl Fn(&mut Mass) -> &mut f64) -> f64 {
        let outcomes = outcomes_at_refresh(refreshing, self.mismatched(at));
        for cause in Cause::ALL {
            let mass = outcomes.failed[cause.index()];
            if mass != 0.0 {
                *slot(self.failures.of(cause)) += mass;
            }
        }
        outcomes.survived
    }

    fn mismatched(&self, at: f64) -> bool {
        self.orgs.address <= self.segment.rules.mismatch(self.segment.nudged(at))
    }
}

/// Reconnects by the token they leave: a good one, a stale one.
fn by_token(reconnecting: f64) -> [f64; 2] {
    let stale = stale_after_reconnect();
    [reconnecting * (1.0 - stale), reconnecting * stale]
}

/// Adds refreshes with a good token, of which the share `pass` passes the reauthorizations they meet.
fn add_good(refreshing: &mut Refreshing, mass: f64, pass: f64) {
    refreshing.good += mass;
    refreshing.passing += mass * pass;
}
