//! What the interactive report and some charts need beyond a projection: outcomes over a grid of rates and deadlines, and a few
//! sampled courses of events. Plain figures, computed by the engines.

use super::orgs::OrgTable;
use super::sensitivity::Sensitivity;
use crate::plan::Unknown;

/// Outcomes over a grid, sampled courses, and more; all empty until they are asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Detail {
    /// Outcomes at many rates and deadlines; `None` where the exact engine was not asked or declined.
    pub grid: Option<Grid>,
    /// Failed so far in single simulated runs: by rate in the scenario's order, then run, then hour of
    /// [`Projection::curve_hours`](super::Projection::curve_hours). Empty where nothing was simulated for it.
    pub paths: Vec<Vec<Vec<u32>>>,
    /// Whom to call, where an inventory names the orgs: all of them, when nobody reconnects unasked.
    pub calls: Option<OrgTable>,
    /// How far each assumption moves the answer alone; `None` where nobody asked.
    pub sensitivity: Option<Sensitivity>,
    /// Where a reader may hold the plan against what happens; `None` until it is asked for.
    pub checkpoints: Option<Checkpoints>,
    /// What the scenario's author does not know, in the scenario's order; empty where all is known, and until it is asked for.
    pub unknowns: Vec<Unknown>,
}

/// Hours between `as_of` and the deadline at which somebody looks how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoints {
    /// Hours of [`Projection::curve_hours`](super::Projection::curve_hours), ascending.
    pub hours: Vec<f64>,
    /// Mean number of orgs that have reconnected: by rate in the scenario's order, then hour. `None` where nobody reconnects, and where the
    /// exact engine was not asked or declined.
    pub reconnected: Option<Vec<Vec<f64>>>,
}

/// Failures by the deadline for rates of reconnecting and for deadlines around the plan's, by the exact engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Rates of reconnecting, ascending, 0-1.
    pub uptakes: Vec<f64>,
    /// How many elapsed hours later than the plan's the deadline is, ascending; 0 is one of them. Under an org-local deadline
    /// every segment's own is moved alike.
    pub shifts: Vec<f64>,
    /// A row for each rate, in it a cell for each shift.
    pub cells: Vec<Vec<GridCell>>,
}

/// Failures by a deadline at a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridCell {
    /// Mean number of orgs.
    pub mean: f64,
    /// 5th percentile, median and 95th percentile.
    pub percentiles: [u64; 3],
    /// Chance that at most `tolerance` fail; `None` without a tolerance.
    pub within_tolerance: Option<f64>,
}

impl Grid {
    /// Where the plan's own deadline stands among the shifts.
    pub fn own_deadline(&self) -> usize {
        self.shifts.iter().position(|s| *s == 0.0).unwrap_or(0)
    }

    /// The rate of the grid that is nearest to `uptake`.
    pub fn nearest(&self, uptake: f64) -> usize {
        let off = |i: &usize| (self.uptakes[*i] - uptake).abs();
        (0..self.uptakes.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }
}
