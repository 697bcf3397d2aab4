//! An interval law on the lattice: where the next refresh falls, given where the last one did.
//!
//! What lies in a cell is taken as spread evenly over it. From cell `i` to cell `i + d` goes
//! `k[d] = q[d-1] - q[d]` with `q[d] = 1/h ∫ sf(x) dx` over the cell `d h .. (d+1) h`, and `k[0] = 1 - q[0]`; this is exact for
//! the transfer, whatever the law, and loses no probability.

use super::lattice::Lattice;
use crate::stats::Law;

/// Nodes and weights of the four-point Gauss-Legendre rule on 0..1 (Abramowitz & Stegun 25.4.29).
const GAUSS: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_93),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_07),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_07),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_93),
];

/// Mass that may be left out, far below the rounding of a sum of one.
const NEGLIGIBLE: f64 = 1e-20;

/// Survival below this is none: numbers so small have no full digits, and processors slow down over them.
const VANISHING: f64 = 1e-290;

/// A jump by a single value of the law: so many steps, with its probability; the value itself decides about timeouts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Jump {
    pub(super) steps: usize,
    pub(super) weight: f64,
    pub(super) value: f64,
}

/// The interval law on a lattice, counting only intervals up to `limit`.
#[derive(Debug, Clone)]
pub(super) struct Kernel {
    /// Mean over each cell `d` of `P(d h < I <= limit)`; its length covers every age and the lattice.
    pub(super) survival: Vec<f64>,
    /// Cells beyond which next to nothing arrives: less than [`NEGLIGIBLE`] of the mass is left.
    reach: usize,
    /// The first cell in which anything arrives from another: before it there is nothing to add up.
    nearest: usize,
    /// Cell to cell, latest first: entry `reversed[len - 1 - d]` is `k[d]`. Empty for a law of single values.
    reversed: Vec<f64>,
    /// Point to cell: probability that the interval ends in cell `d`. Empty for a law of single values.
    pub(super) from_point: Vec<f64>,
    /// For a law of single values: cell to cell, point to point, point to cell.
    pub(super) jumps: Option<[Vec<Jump>; 3]>,
}

impl Kernel {
    /// For `length` cells of the lattice (ages and horizon together), intervals up to `limit` (infinite for all).
    pub(super) fn new(law: &Law, lattice: &Lattice, length: usize, limit: f64) -> Self {
        match law.atoms() {
            Some(atoms) => Self::of_atoms(&atoms, lattice, length, limit),
            None => Self::of_density(law, lattice, length, limit),
        }
    }

    fn of_density(law: &Law, lattice: &Lattice, length: usize, limit: f64) -> Self {
        let h = lattice.step;
        let beyond = if limit.is_finite() { law.sf(limit) } else { 0.0 };
        let sf = |x: f64| if x < limit { law.sf(x) - beyond } else { 0.0 };
        let mean_over = |d: usize| GAUSS.iter().map(|(node, weight)| weight * sf((d as f64 + node) * h)).sum::<f64>();
        let survival: Vec<f64> = (0..length).map(mean_over).map(|q| if q < VANISHING { 0.0 } else { q }).collect();
        let reach = survival.partition_point(|q| *q > NEGLIGIBLE) + 1;
        let k = |d: usize| if d == 0 { sf(0.0) - survival[0] } else { survival[d - 1] - survival[d] };
        let reversed: Vec<f64> = (0..lattice.cells).rev().map(|d| k(d).max(0.0)).collect();
        let nearest = reversed.iter().rev().position(|part| *part > 0.0).unwrap_or(lattice.cells);
        let from_point = (0..lattice.cells).map(|d| sf(d as f64 * h) - sf((d + 1) as f64 * h)).collect();
        Self { survival, reach, nearest, reversed, from_point, jumps: None }
    }

    fn of_atoms(atoms: &[(f64, f64)], lattice: &Lattice, length: usize, limit: f64) -> Self {
        let h = lattice.step;
        let mut survival = vec![0.0; length];
        let [mut cells, mut points, mut into_cells] = [const { Vec::<Jump>::new() }; 3];
        // Summed from the longest value down, so that small tails keep their digits.
        let (mut longer, mut filled) = (0.0, length);
        for &(value, weight) in atoms.iter().rev().filter(|a| a.0 <= limit) {
            let whole = (value / h + 1e-4).floor();
            let part = value / h - whole;
            let steps = whole as usize;
            let part = if part < 1e-4 { 0.0 } else { part };
            survival[steps.min(length)..filled.max(steps.min(length))].fill(longer);
            filled = filled.min(steps);
            longer += weight;
            if part == 0.0 {
                cells.push(Jump { steps, weight, value });
                points.push(Jump { steps, weight, value });
            } else {
                if steps < length {
                    // This cell is survived for a part of its width; other values in it add theirs.
                    survival[steps] += part * weight;
                }
                cells.push(Jump { steps, weight: weight * (1.0 - part), value });
                cells.push(Jump { steps: steps + 1, weight: weight * part, value });
                into_cells.push(Jump { steps, weight, value });
            }
        }
        survival[..filled].fill(longer);
        Self {
            survival,
            reach: length,
            nearest: 0,
            reversed: Vec::new(),
            from_point: Vec::new(),
            jumps: Some([cells, points, into_cells]),
        }
    }

    /// Share that stays within its own cell.
    pub(super) fn within_cell(&self) -> f64 {
        match &self.jumps {
            Some([cells, ..]) => cells.iter().filter(|j| j.steps == 0).map(|j| j.weight).sum(),
            None => self.reversed.last().copied().unwrap_or(0.0),
        }
    }

    /// Mass that arrives in cell `to` from the cells `from` (all before it): `Σ mass[i] k[to - i]`. For laws with a density.
    pub(super) fn arriving(&self, mass: &[f64], from: std::ops::Range<usize>, to: usize) -> f64 {
        let n = self.reversed.len();
        let end = from.end.min((to + 1).saturating_sub(self.nearest));
        let from = from.start.max(to.saturating_sub(self.reach))..end;
        if from.is_empty() {
            return 0.0;
        }
        let first = n - 1 - (to - from.start);
        dot(&mass[from.clone()], &self.reversed[first..first + from.len()])
    }
}

/// Scalar product in eight lanes: a fixed order of summation that the compiler can do side by side.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a8.zip(b8) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATTICE: Lattice = Lattice { step: 0.5, cells: 400, aligned: true };

    #[test]
    fn a_kernel_loses_no_probability() {
        for law in [Law::uniform(1.0, 90.0), Law::exponential(20.0), Law::lognormal(6.0, 2.0), Law::weibull(9.0, 0.6)] {
            let law = law.expect("proper");
            let kernel = Kernel::new(&law, &LATTICE, 900, f64::INFINITY);
            let cells: f64 = kernel.reversed.iter().sum();
            assert!((cells + kernel.survival[399] - 1.0).abs() < 1e-12, "{law:?}");
            let points: f64 = kernel.from_point.iter().sum();
            assert!((points + law.sf(200.0) - 1.0).abs() < 1e-12, "{law:?}");
        }
    }

    #[test]
    fn single_values_on_and_off_the_lattice_keep_their_survival() {
        let law = Law::empirical(vec![3.0, 3.1, 3.2, 7.75]).expect("proper");
        let kernel = Kernel::new(&law, &LATTICE, 40, f64::INFINITY);
        // Mean of sf over each half hour: cell 6 is 3.0-3.5, survived to 3.1, 3.2 and beyond; cell 15 is 7.5-8.
        assert_eq!(kernel.survival[5], 1.0);
        assert!((kernel.survival[6] - (0.25 + 0.25 * 0.2 + 0.25 * 0.4)).abs() < 1e-9);
        assert_eq!(kernel.survival[7], 0.25);
        assert!((kernel.survival[15] - 0.125).abs() < 1e-9);
        assert_eq!(kernel.survival[16], 0.0);
    }
}
