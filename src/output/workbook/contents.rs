//! What the sheets of the workbook are filled from, and where its tables stand.

use crate::output::document::Table;
use crate::output::run::tables;
use crate::output::sentence::{Facts, ReportFindings};
use crate::plan::Plan;
use crate::results::{Assumption, GridCell, Projection};

/// Cells of the curve beyond which hours are left out, evenly.
pub(super) const MOST_CELLS: usize = 300_000;

/// Rates of which a curve is told.
const MOST_RATES: usize = 100;

/// What the sheets are filled from.
pub(super) struct Contents<'a> {
    pub plan: &'a Plan,
    pub projection: &'a Projection,
    pub assumptions: &'a [Assumption],
    pub facts: Facts<'a>,
    pub findings: ReportFindings,
}

/// The workbook's name for the number of orgs, which formulas divide by; and the cell that it stands for, in the notes.
pub(super) const ORGS_NAME: &str = "orgs_in_all";
/// See [`ORGS_NAME`]: the seventh of the notes.
pub(super) const ORGS_CELL: &str = "=Notes!$B$10";

/// Row of the header of the table of outcomes.
pub(super) const OUTCOMES_AT: u32 = 4;

/// Row of the header of the curve.
pub(super) const CURVE_AT: u32 = 3;

/// Columns of the curve before the first rate.
pub(super) const CURVE_LEFT: usize = 3;

/// Columns of the curve for each rate.
pub(super) const CURVE_EACH: usize = 4;

impl<'a> Contents<'a> {
    /// Gathers them.
    pub(super) fn of(plan: &'a Plan, projection: &'a Projection, assumptions: &'a [Assumption]) -> Self {
        let (facts, findings) = (Facts::of(plan, projection), ReportFindings::of(plan, projection));
        Self { plan, projection, assumptions, facts, findings }
    }

    /// The exact sweep of rates by the plan's own deadline: each rate with its cell; `None` where there is none, or one rate alone.
    pub(super) fn sweep(&self) -> Option<Vec<(f64, GridCell)>> {
        let grid = self.projection.detail.grid.as_ref().filter(|grid| grid.uptakes.len() > 1)?;
        let own = grid.own_deadline();
        Some(grid.uptakes.iter().zip(&grid.cells).map(|(uptake, cells)| (*uptake, cells[own])).collect())
    }

    /// The outcomes at each rate, as numbers.
    pub(super) fn outcomes(&self) -> Table {
        tables::outcomes(&self.facts).without(&[tables::IN_WORDS, tables::SIMULATED])
    }

    /// The rates whose curves are told.
    pub(super) fn curves(&self) -> usize {
        self.projection.uptakes.len().min(MOST_RATES)
    }

    /// Every how many hours the curve is told.
    pub(super) fn step(&self) -> usize {
        let cells = self.projection.curve_hours.len() * (CURVE_LEFT + CURVE_EACH * self.curves());
        cells.div_ceil(MOST_CELLS).max(1)
    }

    /// Places of the hours that are told: every so many, and the last.
    pub(super) fn hours(&self) -> Vec<usize> {
        let last = self.projection.curve_hours.len().saturating_sub(1);
        let mut places: Vec<usize> = (0..=last).step_by(self.step()).collect();
        if places.last() != Some(&last) {
            places.push(last);
        }
        places
    }
}
