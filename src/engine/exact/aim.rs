//! How well, and at what cost, the exact engine solves.

/// The numerical error that is aimed for, as a share of the orgs.
pub const TOLERANCE: f64 = 1e-5;

/// The error aimed for in each of many possible plans.
pub(super) const TOLERANCE_OF_MANY: f64 = 1e-4;

/// How well, and at what cost, a life is solved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accuracy {
    pub(super) tolerance: f64,
    /// Cells of the largest lattice for a law with a density.
    pub(super) most_cells: usize,
}
