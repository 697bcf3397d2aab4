//! The renewal process of one type of orgs on the lattice: every refresh that is survived begins a new interval.
//!
//! After a refresh or reconnect at `s` the org's future depends on `s` alone (and on whether the new token is stale), since reauthorizations
//! up to `s` are behind it and the idle clock starts at `s`. So the mass refreshed at each instant follows from that refreshed before:
//! `m(t) = source(t) + Σ m(s) P(I = t - s) P(survive the rules at t | s)`, a discrete Volterra equation solved forwards. How a refresh ends
//! is said by [`outcomes_at_refresh`].

use super::lattice::Lattice;
use super::lattice_segment::{LatticeSegment, OrgType, SlotKind};
use super::mass::{Failures, Mass};
use super::timeout::Timeout;
use super::uses::Uses;
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
    orgs: OrgType,
    uses: Uses<'g, 'a>,
    failures: Failures,
}

impl<'g, 'a> Renewal<'g, 'a> {
    /// `failures` are those before the first refresh.
    pub(super) fn new(segment: &'g LatticeSegment<'a>, orgs: OrgType, failures: Failures) -> Self {
        Self { orgs, uses: Uses::none(segment, orgs.kept_in_use), failures }
    }

    pub(super) fn run(mut self, first: Option<&FirstRefreshes>, reconnecting: Option<&Mass>) -> Failures {
        let cells = self.uses.segment.lattice.cells;
        for i in 0..=cells {
            let mut on_point = self.gather(i, true);
            if let Some(first) = first {
                on_point.good += first.good.points[i];
                on_point.passing += first.passing.points[i];
            }
            self.refresh_point(i, on_point, reconnecting.map_or(0.0, |r| r.points[i]));
            if i == cells {
                break;
            }
            let mut in_cell = self.gather(i, false);
            if let Some(first) = first {
                in_cell.good += first.good.cells[i];
                in_cell.passing += first.passing.cells[i];
            }
            self.refresh_cell(i, in_cell, reconnecting.map_or(0.0, |r| r.cells[i]));
        }
        self.failures
    }

    /// Refreshes on a point, or in the cell after it, with those that pass the reauthorizations they meet.
    fn gather(&self, i: usize, on_point: bool) -> Refreshing {
        let segment = self.uses.segment;
        let at = if on_point { segment.lattice.at(i) } else { segment.lattice.middle(i) };
        let in_force = segment.in_force(at);
        let mut refreshing = Refreshing::default();
        let mut add = |kind: SlotKind, good: f64, stale: f64| {
            add_good(&mut refreshing, good, segment.rules.pass_between(kind.behind, in_force));
            refreshing.stale += stale;
        };
        if on_point {
            self.uses.gather_point(i, &mut add);
        } else {
            self.uses.gather_cell(i, &mut add);
        }
        refreshing
    }

    /// Ends the refreshes on a point, and lets time out what is not used again.
    fn refresh_point(&mut self, i: usize, refreshing: Refreshing, reconnecting: f64) {
        let at = self.uses.segment.lattice.at(i);
        let survivors = self.fail(refreshing, at, |mass| &mut mass.points[i]);
        let lost = self.uses.segment.rules.lost_token(at);
        let [fresh, stale] = by_token(reconnecting);
        let (good, stale) = (survivors * (1.0 - lost) + fresh, survivors * lost + stale);
        if good + stale == 0.0 {
            return;
        }
        let kind = self.uses.segment.kind_of_point(at, self.orgs.kept_in_use);
        self.uses.place_on_point(i, good, stale, kind);
        if kind.timeout != Timeout::Never {
            let unused = (good + stale) * self.uses.unused_share([at, at], kind.timeout);
            kind.timeout.fail(&mut self.failures, &self.uses.segment.lattice, [at, at], unused);
        }
    }

    /// Ends the refreshes in a cell, those that begin and end within it included, and lets time out what is not used again.
    fn refresh_cell(&mut self, i: usize, mut refreshing: Refreshing, reconnecting: f64) {
        let lattice = &self.uses.segment.lattice;
        let (span, at) = (lattice.cell(i), lattice.middle(i));
        let run = self.uses.runs.of(i);
        let (timeout, part) = (run.kind.timeout, run.part);
        let within = self.uses.segment.kernel_within(timeout).within_cell(lattice, i, part);
        let lost = self.uses.segment.rules.lost_token(at);
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
        self.uses.set_cell(i, good, stale);
        let unused = (good + stale) * self.uses.unused_share(span, timeout);
        timeout.fail(&mut self.failures, &self.uses.segment.lattice, span, unused);
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
        self.orgs.address <= self.uses.segment.rules.mismatch(at)
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
