//! Probability that moves in time: mass in the cells and on the points of a lattice.

use super::lattice::{Lattice, Slot, TIME_EPSILON};
use crate::plan::Cause;

/// Mass on the lattice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mass {
    /// In the open cell after each point; length: cells.
    pub(super) cells: Vec<f64>,
    /// On each point; length: cells + 1.
    pub(super) points: Vec<f64>,
}

impl Mass {
    pub(super) fn none(lattice: &Lattice) -> Self {
        Self::of_cells(lattice.cells)
    }

    fn of_cells(cells: usize) -> Self {
        Self { cells: vec![0.0; cells], points: vec![0.0; cells + 1] }
    }

    /// Adds mass at an instant; what lies beyond the lattice is dropped.
    pub(super) fn add_at(&mut self, lattice: &Lattice, at: f64, mass: f64) {
        match lattice.slot(at) {
            Some(Slot::Point(i)) => self.points[i] += mass,
            Some(Slot::Cell(i)) => self.cells[i] += mass,
            None => {}
        }
    }

    /// Adds mass spread evenly between two instants; what lies beyond the lattice is dropped.
    pub(super) fn add_between(&mut self, lattice: &Lattice, [from, to]: [f64; 2], mass: f64) {
        lattice.overlaps([from, to]).for_each(|(cell, width)| self.cells[cell] += mass * width / (to - from));
    }

    /// What of it lies after one instant, up to and including another; within a cell it is spread evenly.
    pub(super) fn between(&self, lattice: &Lattice, [after, upto]: [f64; 2]) -> Self {
        let mut part = Self::none(lattice);
        for (i, mass) in self.points.iter().enumerate() {
            let at = lattice.at(i);
            if at > after + TIME_EPSILON && at <= upto + TIME_EPSILON {
                part.points[i] = *mass;
            }
        }
        for (cell, width) in lattice.overlaps([after.max(0.0), upto]) {
            part.cells[cell] = self.cells[cell] * width / lattice.width(cell);
        }
        part
    }

    pub(super) fn add_scaled(&mut self, other: &Self, scale: f64) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(a, b)| *a += scale * b);
        self.points.iter_mut().zip(&other.points).for_each(|(a, b)| *a += scale * b);
    }

    pub(super) fn total(&self) -> f64 {
        self.cells.iter().sum::<f64>() + self.points.iter().sum::<f64>()
    }
}

/// First failures by cause. Few plans have all causes: those that fail nobody take no room.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failures {
    /// Cells of the lattice.
    cells: usize,
    /// In the order of [`Cause::ALL`]; `None` where nothing fails from it.
    pub(super) by_cause: [Option<Mass>; Cause::COUNT],
}

impl Failures {
    pub(super) fn none(lattice: &Lattice) -> Self {
        Self { cells: lattice.cells, by_cause: [const { None }; Cause::COUNT] }
    }

    /// Those of one cause, to be added to.
    pub(super) fn of(&mut self, cause: Cause) -> &mut Mass {
        self.by_cause[cause.index()].get_or_insert_with(|| Mass::of_cells(self.cells))
    }

    pub(super) fn add_scaled(&mut self, other: &Self, scale: f64) {
        for (a, b) in self.by_cause.iter_mut().zip(&other.by_cause) {
            if let Some(b) = b {
                a.get_or_insert_with(|| Mass::of_cells(self.cells)).add_scaled(b, scale);
            }
        }
    }

    #[cfg(feature = "tables")]
    /// What of them lies after one instant, up to and including another.
    pub(super) fn between(&self, lattice: &Lattice, span: [f64; 2]) -> Self {
        let by_cause = self.by_cause.each_ref().map(|of| of.as_ref().map(|mass| mass.between(lattice, span)));
        Self { cells: self.cells, by_cause }
    }

    /// All causes together.
    pub(super) fn any(&self) -> Mass {
        let mut sum = Mass::of_cells(self.cells);
        self.by_cause.iter().flatten().for_each(|f| sum.add_scaled(f, 1.0));
        sum
    }
}

/// The running total of mass, to be read at any instant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cumulative {
    lattice: Lattice,
    /// Total up to and including each point.
    upto: Vec<f64>,
    cells: Vec<f64>,
}

impl Cumulative {
    pub(super) fn of(mass: &Mass, lattice: &Lattice) -> Self {
        let mut upto = Vec::with_capacity(lattice.cells + 1);
        let mut sum = 0.0;
        for (i, point) in mass.points.iter().enumerate() {
            sum += point;
            upto.push(sum);
            sum += mass.cells.get(i).copied().unwrap_or(0.0);
        }
        Self { lattice: lattice.clone(), upto, cells: mass.cells.clone() }
    }

    /// Total at or before `at`; within a cell it rises in a straight line.
    pub(super) fn at(&self, at: f64) -> f64 {
        match self.lattice.slot(at) {
            Some(Slot::Point(i)) => self.upto[i],
            Some(Slot::Cell(i)) => self.upto[i] + (at - self.lattice.at(i)) / self.lattice.width(i) * self.cells[i],
            None if at < 0.0 => 0.0,
            None => self.upto[self.upto.len() - 1],
        }
    }
}
