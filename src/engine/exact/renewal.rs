//! The renewal process of one type of orgs on the lattice: every refresh that is survived begins a new interval.
//!
//! After a refresh or reconnect at `s` the org's future depends on `s` alone (and on whether the new token is stale), since reauthorizations
//! up to `s` are behind it and the idle clock starts at `s`. So the mass refreshed at each instant follows from that refreshed before:
//! `m(t) = source(t) + Σ m(s) P(I = t - s) P(survive the rules at t | s)`, a discrete Volterra equation solved forwards. How a refresh ends
//! is said by [`outcomes_at_refresh`].

use super::kernel::Jump;
use super::lattice::{Lattice, Slot, TIME_EPSILON};
use super::lattice_segment::{CellRuns, LatticeSegment, OrgType, SlotKind};
use super::mass::{Failures, Mass};
use super::timeout::Timeout;
use crate::engine::rules::{Refreshing, outcomes_at_refresh, stale_after_reconnect};
use crate::plan::Cause;

/// Mass that is none: its products would have no full digits, and processors slow down over such numbers.
const NONE: f64 = 1e-60;

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
    runs: &'g CellRuns,
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
        let cells = self.segment.lattice.cells;
        for i in 0..=cells {
            let mut on_point = self.gather_point(i);
            if let Some(first) = first {
                on_point.good += first.good.points[i];
                on_point.passing += first.passing.points[i];
            }
            self.refresh_point(i, on_point, reconnecting.map_or(0.0, |r| r.points[i]));
            if i == cells {
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
        match &self.segment.kernel().jumps {
            None => self.gather_density(to),
            Some(jumps) => self.gather_jumps(to, jumps),
        }
    }

    fn gather_density(&self, to: usize) -> Refreshing {
        let mut refreshing = Refreshing::default();
        let (segment, lattice) = (self.segment, &self.segment.lattice);
        let in_force = segment.in_force(lattice.middle(to));
        let pass = |kind: SlotKind| segment.rules.pass_between(kind.behind, in_force);
        let (even, part) = (lattice.even_of(to), self.runs.of(to).part);
        for run in self.runs.runs.iter().take_while(|run| run.cells.start < to) {
            if !run.kind.timeout.allows_cell(lattice, to) {
                continue;
            }
            let kernel = segment.kernel_within(run.kind.timeout);
            let from = run.cells.start..run.cells.end.min(to);
            let arriving = |mass: &[f64]| match run.part {
                Some(source) => mass[from.start] * kernel.given_by_part(source, to - from.start),
                None => kernel.arriving(&mass[from.clone()], run.even, even, part),
            };
            add_good(&mut refreshing, arriving(&self.good.cells), pass(run.kind));
            if self.any_stale {
                refreshing.stale += arriving(&self.stale.cells);
            }
        }
        for (from, kind) in &self.point_kinds {
            let share = self.point_to_cell(*from, *kind, to);
            add_good(&mut refreshing, self.good.points[*from] * share, pass(*kind));
            refreshing.stale += self.stale.points[*from] * share;
        }
        refreshing
    }

    /// Refreshes in cell `to` by single values of the law: each brings what lies so much earlier.
    fn gather_jumps(&self, to: usize, jumps: &[Jump]) -> Refreshing {
        let mut refreshing = Refreshing::default();
        let lattice = &self.segment.lattice;
        let [begin, end] = lattice.cell(to);
        let in_force = self.segment.in_force(lattice.middle(to));
        let whole = lattice.is_whole(to);
        let even = lattice.even_of(to);
        for jump in jumps.iter().take_while(|jump| jump.value < end) {
            let near = even.checked_sub(jump.steps);
            let sources = whole.then_some(near).flatten().and_then(|near| self.whole_sources(near, jump));
            if let Some(sources) = sources {
                for (from, share) in sources.into_iter().flatten().filter(|source| source.0 < to) {
                    self.add_jump_from_cell(&mut refreshing, jump, (from, to), share, in_force);
                }
            } else {
                for (from, overlap) in lattice.overlaps([begin - jump.value, end - jump.value]) {
                    if from < to {
                        let share = overlap / lattice.width(from);
                        self.add_jump_from_cell(&mut refreshing, jump, (from, to), share, in_force);
                    }
                }
            }
            if self.point_kinds.is_empty() {
                continue;
            }
            // Points strictly within the span.
            let from = lattice.points_within([begin - jump.value, end - jump.value]);
            for point in from.filter(|point| *point <= to) {
                self.add_jump_from_point(&mut refreshing, jump, point, in_force);
            }
        }
        refreshing
    }

    /// The two whole cells from which a jump leads into a whole one, each with the share of its mass; `None` where one of them is cut.
    fn whole_sources(&self, near: usize, jump: &Jump) -> Option<[Option<(usize, f64)>; 2]> {
        let lattice = &self.segment.lattice;
        let of = |even: usize, share: f64| {
            let cell = lattice.first_of(even);
            lattice.is_whole(cell).then_some((cell, share))
        };
        let first = of(near, 1.0 - jump.part)?;
        let second = match near.checked_sub(1).filter(|_| jump.part > 1e-9) {
            Some(even) => Some(of(even, jump.part)?),
            None => None,
        };
        Some([Some(first), second])
    }

    /// Adds what one jump brings from a cell into another: a share of what lies there.
    fn add_jump_from_cell(
        &self,
        refreshing: &mut Refreshing,
        jump: &Jump,
        (from, to): (usize, usize),
        share: f64,
        in_force: usize,
    ) {
        let kind = self.runs.of(from).kind;
        if kind.timeout.allows_value_into_cell(&self.segment.lattice, jump.value, to) {
            let pass = self.segment.rules.pass_between(kind.behind, in_force);
            self.add_jump(refreshing, jump, pass, |mass| share * mass.cells[from]);
        }
    }

    /// Probability that the interval begun at a point ends in a cell before the token goes idle.
    fn point_to_cell(&self, from: usize, kind: SlotKind, to: usize) -> f64 {
        let lattice = &self.segment.lattice;
        let at = lattice.at(from);
        let longest = kind.timeout.longest_interval(at);
        let (begin, end) = (lattice.at(to) - at, lattice.at(to + 1) - at);
        let sf = |x: f64| self.segment.kernel().sf(x);
        if begin >= longest { 0.0 } else { (sf(begin) - sf(end.min(longest))).max(0.0) }
    }

    /// Refreshes on point `to`: from points alone, by single values of the law.
    fn gather_point(&self, to: usize) -> Refreshing {
        let mut refreshing = Refreshing::default();
        if let (Some(jumps), false) = (&self.segment.kernel().jumps, self.point_kinds.is_empty()) {
            let lattice = &self.segment.lattice;
            let at = lattice.at(to);
            let in_force = self.segment.in_force(at);
            for jump in jumps.iter().take_while(|jump| jump.value <= at + TIME_EPSILON) {
                if let Some(Slot::Point(from)) = lattice.slot(at - jump.value)
                    && from < to
                {
                    self.add_jump_from_point(&mut refreshing, jump, from, in_force);
                }
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
        let kind = self.kind_of_point(from);
        if kind.timeout.allows_value(begun, jump.value) {
            let pass = self.segment.rules.pass_between(kind.behind, in_force);
            self.add_jump(refreshing, jump, pass, |mass| mass.points[from]);
        }
    }

    /// The kind of a point that has mass.
    fn kind_of_point(&self, point: usize) -> SlotKind {
        let place = self.point_kinds.partition_point(|(of, _)| *of < point);
        self.point_kinds[place].1
    }

    fn add_jump(&self, refreshing: &mut Refreshing, jump: &Jump, pass: f64, pick: impl Fn(&Mass) -> f64) {
        let (good, stale) = (pick(&self.good), pick(&self.stale));
        if good != 0.0 || stale != 0.0 {
            add_good(refreshing, good * jump.weight, pass);
            refreshing.stale += stale * jump.weight;
        }
    }

    /// Ends the refreshes on a point, and lets time out what is not used again.
    fn refresh_point(&mut self, i: usize, refreshing: Refreshing, reconnecting: f64) {
        let at = self.segment.lattice.at(i);
        let survivors = self.fail(refreshing, at, |mass| &mut mass.points[i]);
        let lost = self.segment.rules.lost_token(at);
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
            kind.timeout.fail(&mut self.failures, &self.segment.lattice, [at, at], unused);
        }
    }

    /// Ends the refreshes in a cell, those that begin and end within it included, and lets time out what is not used again.
    fn refresh_cell(&mut self, i: usize, mut refreshing: Refreshing, reconnecting: f64) {
        let lattice = &self.segment.lattice;
        let (span, at) = (lattice.cell(i), lattice.middle(i));
        let run = self.runs.of(i);
        let (timeout, part) = (run.kind.timeout, run.part);
        let within = self.segment.kernel_within(timeout).within_cell(lattice, i, part);
        let lost = self.segment.rules.lost_token(at);
        let mismatched = self.mismatched(at);
        // m = reconnecting + (1 - lost) (passing + within m), where no event comes between within a cell.
        let kept = if mismatched { 0.0 } else { 1.0 - lost };
        let [fresh, stale] = by_token(reconnecting);
        let good = (fresh + kept * refreshing.passing) / (1.0 - kept * within);
        add_good(&mut refreshing, within * good, 1.0);
        let stale = stale + if mismatched { 0.0 } else { lost * refreshing.passing };
        let [good, stale] = [good, stale].map(|mass| if mass < NONE { 0.0 } else { mass });
        refreshing.stale += within * stale;
        self.fail(refreshing, at, |mass| &mut mass.cells[i]);
        self.good.cells[i] = good;
        if stale > 0.0 {
            self.stale.cells[i] = stale;
            self.any_stale = true;
        }
        let unused = (good + stale) * self.unused_share(span, timeout);
        timeout.fail(&mut self.failures, &self.segment.lattice, span, unused);
    }

    /// The share of what was last used evenly between two instants that goes idle, within the lattice.
    fn unused_share(&self, [from, to]: [f64; 2], timeout: Timeout) -> f64 {
        match timeout {
            Timeout::Never => 0.0,
            Timeout::At(due) if due > self.segment.lattice.end() + TIME_EPSILON => 0.0,
            Timeout::At(due) if due >= to - TIME_EPSILON => self.segment.kernel().mean_sf(due - to, due - from),
            Timeout::At(_) => 1.0,
            Timeout::After(hours) => self.segment.interval.sf(hours),
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
        self.orgs.address <= self.segment.rules.mismatch(at)
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
