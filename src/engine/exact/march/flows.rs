//! What ends while orgs are marched over the lattice: each way of ending, with its mass by slot.

use crate::engine::exact::lattice::Lattice;
use crate::engine::exact::mass::{Cumulative, Failures, Mass};
use crate::plan::Cause;

/// Why orgs end, or leave those that are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine::exact) enum Ending {
    /// They fail; those of an event that heals work again at this instant, others at none.
    Failure(Cause, f64),
    /// They are disrupted for the first time, where that is what is asked about.
    Disruption,
    /// They reconnect for the first time, on a notice or after a disruption, where that is what is asked about.
    Reconnect,
}

/// What ends so, by when.
#[derive(Debug, Clone)]
pub(in crate::engine::exact) struct Flow {
    pub(in crate::engine::exact) ending: Ending,
    /// Whether it comes after a reconnect at the same instant.
    pub(in crate::engine::exact) late: bool,
    pub(in crate::engine::exact) mass: Mass,
}

/// All that ends, each way once.
#[derive(Debug, Clone)]
pub(in crate::engine::exact) struct Flows {
    pub(in crate::engine::exact) lattice: Lattice,
    pub(in crate::engine::exact) all: Vec<Flow>,
}

impl Flows {
    pub(in crate::engine::exact) fn none(lattice: &Lattice) -> Self {
        Self { lattice: lattice.clone(), all: Vec::new() }
    }

    pub(in crate::engine::exact) fn of(&mut self, ending: Ending, late: bool) -> &mut Mass {
        let place = self.all.iter().position(|flow| flow.ending == ending && flow.late == late);
        let place = place.unwrap_or_else(|| {
            self.all.push(Flow { ending, late, mass: Mass::none(&self.lattice) });
            self.all.len() - 1
        });
        &mut self.all[place].mass
    }

    pub(in crate::engine::exact) fn add_scaled(&mut self, other: &Self, scale: f64) {
        for flow in &other.all {
            self.of(flow.ending, flow.late).add_scaled(&flow.mass, scale);
        }
    }

    /// The failures that no event's end heals, and those that one does, with when.
    pub(in crate::engine::exact) fn failures(&self) -> (Failures, Vec<(f64, Failures)>) {
        let mut lasting = Failures::none(&self.lattice);
        let mut healing: Vec<(f64, Failures)> = Vec::new();
        for flow in &self.all {
            let Ending::Failure(cause, heals_at) = flow.ending else { continue };
            if heals_at.is_infinite() {
                lasting.of(cause).add_scaled(&flow.mass, 1.0);
                continue;
            }
            let place = healing.iter().position(|(at, _)| *at == heals_at).unwrap_or_else(|| {
                healing.push((heals_at, Failures::none(&self.lattice)));
                healing.len() - 1
            });
            healing[place].1.of(cause).add_scaled(&flow.mass, 1.0);
        }
        (lasting, healing)
    }

    /// Failures by cause, those that an event's end heals among them.
    pub(in crate::engine::exact) fn all_failures(&self) -> Failures {
        let (mut all, healing) = self.failures();
        healing.iter().for_each(|(_, failures)| all.add_scaled(failures, 1.0));
        all
    }

    /// First reconnects that nobody planned.
    pub(in crate::engine::exact) fn reconnects(&self) -> Mass {
        let mut sum = Mass::none(&self.lattice);
        let reconnects = self.all.iter().filter(|flow| flow.ending == Ending::Reconnect);
        reconnects.for_each(|flow| sum.add_scaled(&flow.mass, 1.0));
        sum
    }

    /// What is disrupted by an instant.
    pub(in crate::engine::exact) fn disrupted_by(&self, at: f64) -> f64 {
        let disruptions = self.all.iter().filter(|flow| flow.ending == Ending::Disruption);
        disruptions.map(|flow| Cumulative::of(&flow.mass, &self.lattice).at(at)).sum()
    }
}
