//! An interval law on the lattice: where the next refresh falls, given where the last one did.
//!
//! What lies in a cell is taken as spread evenly over it. Of what was last refreshed in a cell `(a, b)` the share that has not been refreshed
//! again by an instant `t` is the mean of the survival function over the ages `(t - b, t - a)`; what arrives in a cell is the difference
//! between its two ends. That is exact whatever the law, however narrow, and loses no probability: only what is within a cell is not followed.
//! From even cell to even cell the share depends on how far they are apart alone; cells that are cut have rows of their own.

use super::lattice::Lattice;
use crate::stats::{Law, MeanSurvival};

/// Mass that may be left out, far below the rounding of a sum of one.
const NEGLIGIBLE: f64 = 1e-20;

/// Survival below this is none: numbers so small have no full digits, and processors slow down over them.
const VANISHING: f64 = 1e-290;

/// A single value of the law, with its probability: so many whole even cells, and a part of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Jump {
    pub(super) value: f64,
    pub(super) weight: f64,
    pub(super) steps: usize,
    pub(super) part: f64,
}

/// The interval law on a lattice, counting only intervals up to `limit`.
#[derive(Debug)]
pub(super) struct Kernel {
    law: MeanSurvival,
    limit: f64,
    /// Survival at the limit.
    beyond: f64,
    /// Mean over each even cell `d` of `P(d h < I <= limit)`, as far as it is above 0 within every age and the lattice. Empty for single values.
    pub(super) survival: Vec<f64>,
    /// The sum of it from each even cell on; longer by one.
    later: Vec<f64>,
    /// How much it falls from each even cell to the next, as far as there is any.
    drops: Vec<f64>,
    /// Even cells beyond which next to nothing arrives: less than [`NEGLIGIBLE`] of the mass is left.
    reach: usize,
    /// The first even cell in which anything arrives from another: before it there is nothing to add up.
    nearest: usize,
    /// Even cell to even cell, latest first: entry `reversed[len - 1 - d]` is for a distance of `d`. Empty for single values.
    reversed: Vec<f64>,
    /// Cells that are cut, in their order. Empty for single values.
    parts: Vec<PartRow>,
    /// The single values, ascending, of a law that has no density.
    pub(super) jumps: Option<Vec<Jump>>,
}

/// What a part of an even cell gives and takes.
#[derive(Debug)]
struct PartRow {
    /// Share of the mass of each earlier even cell, beginning at `since`, that arrives in it.
    since: usize,
    into: Vec<f64>,
    /// Share of its mass that arrives in each of the cells after it.
    out: Vec<f64>,
    /// Share that is refreshed again within it.
    within: f64,
}

impl Kernel {
    /// For `length` even cells (ages and lattice together), intervals up to `limit` (infinite for all).
    pub(super) fn new(law: &Law, lattice: &Lattice, length: usize, limit: f64) -> Self {
        let beyond = if limit.is_finite() { law.sf(limit) } else { 0.0 };
        let mut kernel = Self {
            law: MeanSurvival::new(law),
            limit,
            beyond,
            survival: Vec::new(),
            later: Vec::new(),
            drops: Vec::new(),
            reach: length,
            nearest: 0,
            reversed: Vec::new(),
            parts: Vec::new(),
            jumps: None,
        };
        match law.atoms() {
            Some(atoms) => kernel.jumps = Some(jumps(&atoms, lattice, limit)),
            None => kernel.tabulate(lattice, length),
        }
        kernel
    }

    fn tabulate(&mut self, lattice: &Lattice, length: usize) {
        let (h, evens) = (lattice.step, lattice.evens());
        let longest = self.law.span()[1].min(self.limit);
        let length = length.min(((longest / h).ceil() as usize).saturating_add(2));
        let survival: Vec<f64> = (0..length).map(|d| self.mean_sf(d as f64 * h, (d + 1) as f64 * h)).collect();
        self.reach = survival.partition_point(|q| *q > NEGLIGIBLE) + 1;
        let at = |d: usize| survival.get(d).copied().unwrap_or(0.0);
        let k = |d: usize| if d == 0 { self.sf(0.0) - at(0) } else { at(d - 1) - at(d) };
        self.reversed = (0..evens).rev().map(|d| k(d).max(0.0)).collect();
        self.nearest = self.reversed.iter().rev().position(|part| *part > 0.0).unwrap_or(evens);
        self.drops = survival.windows(2).map(|pair| (pair[0] - pair[1]).max(0.0)).collect();
        // From the end, so that small tails keep their digits.
        self.later = vec![0.0; length + 1];
        for d in (0..length).rev() {
            self.later[d] = self.later[d + 1] + survival[d];
        }
        self.survival = survival;
        self.parts = lattice.parts().map(|part| self.part_row(lattice, part)).collect();
    }

    fn part_row(&self, lattice: &Lattice, part: usize) -> PartRow {
        let (h, [from, to], even) = (lattice.step, lattice.cell(part), lattice.even_of(part));
        let since = even.saturating_sub(self.reach + 1);
        let of_even = |e: usize, at: f64| self.mean_sf(at - (e + 1) as f64 * h, at - e as f64 * h);
        let into = (since..even).map(|e| (of_even(e, from) - of_even(e, to)).max(0.0)).collect();
        let left = |at: f64| self.mean_sf(at - to, at - from);
        let mut before = left(to);
        let within = (self.sf(0.0) - self.mean_sf(0.0, to - from)).max(0.0);
        let mut out = Vec::new();
        for cell in part + 1..lattice.cells {
            if before <= NEGLIGIBLE {
                break;
            }
            let now = left(lattice.at(cell + 1));
            out.push((before - now).max(0.0));
            before = now;
        }
        PartRow { since, into, out, within }
    }

    /// `P(x < I <= limit)`.
    pub(super) fn sf(&self, x: f64) -> f64 {
        if x < self.limit { self.law.sf(x) - self.beyond } else { 0.0 }
    }

    /// The mean of [`Kernel::sf`] between two ages, the first of which may be below 0 by rounding.
    pub(super) fn mean_sf(&self, from: f64, to: f64) -> f64 {
        let from = from.max(0.0);
        let mean = if to <= self.limit {
            self.law.mean(from, to) - self.beyond
        } else if from >= self.limit {
            0.0
        } else {
            (self.limit - from) / (to - from) * (self.law.mean(from, self.limit) - self.beyond)
        };
        if mean < VANISHING { 0.0 } else { mean }
    }

    /// The share of a cell's mass that is refreshed again within it. `part` is its place among the cells that are cut.
    pub(super) fn within_cell(&self, lattice: &Lattice, cell: usize, part: Option<usize>) -> f64 {
        match (&self.jumps, part) {
            (Some(jumps), _) => {
                let width = lattice.width(cell);
                let within = jumps.iter().take_while(|jump| jump.value < width);
                within.map(|jump| jump.weight * (1.0 - jump.value / width)).sum()
            }
            (None, Some(part)) => self.parts[part].within,
            (None, None) => self.reversed.last().copied().unwrap_or(0.0),
        }
    }

    /// Mass that arrives in a cell from neighbouring whole cells before it. `even` is the even cell of the first of them, `mass` what they
    /// hold; `to` the even cell of the one that it arrives in, and `part` that one's place among the cells that are cut.
    pub(super) fn arriving(&self, mass: &[f64], even: usize, to: usize, part: Option<usize>) -> f64 {
        if let Some(part) = part {
            let row = &self.parts[part];
            let start = even.max(row.since);
            let end = (even + mass.len()).min(to);
            return if start < end {
                dot(&mass[start - even..end - even], &row.into[start - row.since..end - row.since])
            } else {
                0.0
            };
        }
        let end = (even + mass.len()).min((to + 1).saturating_sub(self.nearest));
        let start = even.max(to.saturating_sub(self.reach));
        if start >= end {
            return 0.0;
        }
        let first = self.reversed.len() - 1 - (to - start);
        dot(&mass[start - even..end - even], &self.reversed[first..first + (end - start)])
    }

    /// Of ages in neighbouring even cells, the first of which is `even`, those whose interval ends in the even cell `to`. `given` is their mass
    /// where no interval had ended.
    pub(super) fn ending(&self, given: &[f64], even: usize, to: usize) -> f64 {
        // From age cell `i` to `to` survival falls as from the even cell `i + to` to the next.
        let first = (even + to).max(self.nearest.saturating_sub(1));
        let end = (even + to + given.len()).min(self.drops.len());
        if first >= end {
            return 0.0;
        }
        let skipped = first - (even + to);
        dot(&given[skipped..skipped + (end - first)], &self.drops[first..end])
    }

    /// The mean of [`Kernel::sf`] over neighbouring even cells.
    pub(super) fn mean_over(&self, evens: std::ops::Range<usize>) -> f64 {
        let later = |d: usize| self.later.get(d).copied().unwrap_or(0.0);
        (later(evens.start) - later(evens.end)) / evens.len() as f64
    }

    /// Ages that are certain to outlast so many hours more end below this one, and none does from the other on.
    pub(super) fn span(&self) -> [f64; 2] {
        self.law.span()
    }

    /// The share of the mass of a cell that is cut, `part` among them, that arrives in a cell so many after it.
    pub(super) fn given_by_part(&self, part: usize, cells_after: usize) -> f64 {
        self.parts[part].out.get(cells_after - 1).copied().unwrap_or(0.0)
    }
}

/// The single values of a law up to a limit.
fn jumps(atoms: &[(f64, f64)], lattice: &Lattice, limit: f64) -> Vec<Jump> {
    let of = |&(value, weight): &(f64, f64)| {
        let cells = value / lattice.step;
        let whole = (cells + 1e-9).floor();
        Jump { value, weight, steps: whole as usize, part: (cells - whole).max(0.0) }
    };
    atoms.iter().take_while(|atom| atom.0 <= limit).map(of).collect()
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

    /// From an even cell and from a part of one, all that is refreshed again and all that is not add up to everything.
    #[test]
    fn a_kernel_loses_no_probability_however_narrow_the_law() {
        let lattice = Lattice::new(0.5, 200.0, &[17.2, 17.3, 100.0]);
        for law in [
            Law::uniform(1.0, 90.0),
            Law::exponential(20.0),
            Law::lognormal(6.0, 2.0),
            Law::weibull(9.0, 0.6),
            Law::pert(100.0, 100.01, 100.02),
            Law::normal(30.0, 1e-4, 0.0, f64::INFINITY),
            Law::weibull(24.0, 1000.0),
        ] {
            let law = law.expect("proper");
            for limit in [f64::INFINITY, 24.05] {
                let kernel = Kernel::new(&law, &lattice, 900, limit);
                let all = kernel.sf(0.0);
                let cells: f64 = kernel.reversed.iter().sum();
                let left = kernel.survival.get(399).copied().unwrap_or(0.0);
                assert!((cells + left - all).abs() < 1e-12, "{law:?}");
                let [from, to] = lattice.cell(35);
                assert_eq!([from, to], [17.2, 17.3]);
                let gone: f64 = kernel.parts[1].out.iter().sum::<f64>() + kernel.parts[1].within;
                let left = kernel.mean_sf(lattice.end() - to, lattice.end() - from);
                assert!((gone + left - all).abs() < 1e-12, "{law:?}: {gone} {left}");
                // A cell gives its parts what it would give the whole.
                let mut ones = vec![0.0; 34];
                ones[10] = 1.0;
                let given: f64 = (0..3).map(|i| kernel.arriving(&ones, 0, 34, Some(i))).sum();
                let want = kernel.reversed[399 - 24];
                assert!((given - want).abs() < 1e-13, "{law:?}: {given} {want}");
            }
        }
    }
}
