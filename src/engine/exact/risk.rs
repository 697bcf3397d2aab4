//! What becomes of one org, as probabilities in time: failures that are spread over the lattice and failures at single instants,
//! read in the same ways.

use super::down::{DownClock, Piece, mean_sf};
use super::lattice::{Lattice, TIME_EPSILON};
use super::mass::{Cumulative, Failures, Mass};
use crate::engine::rules::{recovery_time, still_down};
use crate::plan::{Cause, Segment};
use crate::results::orgs::FailureTime;
use crate::stats::Law;

/// Probabilities of one org as functions of time: of failures that are spread over the lattice, and of those at single instants.
#[derive(Debug, Clone)]
pub(super) struct Risk {
    spread: Option<LatticeRisk>,
    /// Failures of events that heal: who is down still works again at that instant.
    healing: Vec<(f64, LatticeRisk)>,
    /// Ascending by time.
    at_instants: Vec<FailureAt>,
}

/// A failure at one instant, with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FailureAt {
    pub(super) at: f64,
    pub(super) cause: Cause,
    pub(super) mass: f64,
}

/// Failures on the lattice, with their running totals.
#[derive(Debug, Clone)]
struct LatticeRisk {
    lattice: Lattice,
    failed: Cumulative,
    /// `None` for causes that fail nobody.
    by_cause: [Option<Cumulative>; Cause::COUNT],
    failures: Mass,
}

impl LatticeRisk {
    fn new(failures: &Failures, lattice: Lattice) -> Self {
        let any = failures.any();
        Self {
            failed: Cumulative::of(&any, &lattice),
            by_cause: failures.by_cause.each_ref().map(|f| f.as_ref().map(|f| Cumulative::of(f, &lattice))),
            failures: any,
            lattice,
        }
    }

    /// Each point, and each cell at its middle: when it is, and its mass. Ascending.
    fn slots(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.pieces().map(|piece| (piece.from + 0.5 * (piece.to - piece.from), piece.mass))
    }

    fn down_at(&self, segment: &Segment, delays: &Law, at: f64) -> f64 {
        let lattice = &self.lattice;
        let mut sum = 0.0;
        for (i, mass) in
            self.failures.points.iter().enumerate().take_while(|(i, _)| lattice.at(*i) <= at + TIME_EPSILON)
        {
            if *mass > 0.0 {
                sum += mass * still_down(segment, lattice.at(i), at);
            }
        }
        for (i, mass) in self.failures.cells.iter().enumerate().take_while(|(i, _)| lattice.at(*i) < at - TIME_EPSILON)
        {
            if *mass > 0.0 {
                let end = lattice.at(i + 1).min(at);
                let part = (end - lattice.at(i)) / lattice.width(i);
                let [most, least] = [lattice.at(i), end].map(|failed_at| recovery_time(segment, failed_at, at));
                sum += mass * part * mean_sf(delays, least, most);
            }
        }
        sum
    }

    /// Each point and each cell with mass, ascending.
    fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let lattice = &self.lattice;
        let (points, cells) = (&self.failures.points, &self.failures.cells);
        let piece = |from: usize, to: usize, mass: f64| Piece { from: lattice.at(from), to: lattice.at(to), mass };
        (0..=lattice.cells)
            .flat_map(move |i| {
                std::iter::once(piece(i, i, points[i])).chain(cells.get(i).map(|mass| piece(i, i + 1, *mass)))
            })
            .filter(|piece| piece.mass > 1e-15)
    }
}

impl Risk {
    pub(super) fn new(failures: &Failures, lattice: Lattice) -> Self {
        Self { spread: Some(LatticeRisk::new(failures, lattice)), healing: Vec::new(), at_instants: Vec::new() }
    }

    /// Of failures spread over a lattice, and of those that are healed at some instants.
    pub(super) fn healing(failures: &Failures, healing: &[(f64, Failures)], lattice: Lattice) -> Self {
        let healing = healing.iter().map(|(at, failures)| (*at, LatticeRisk::new(failures, lattice.clone()))).collect();
        Self { healing, ..Self::new(failures, lattice) }
    }

    /// All that is spread over a lattice.
    fn spread(&self) -> impl Iterator<Item = &LatticeRisk> {
        self.spread.iter().chain(self.healing.iter().map(|(_, risk)| risk))
    }

    /// What of it may be down at an instant.
    fn not_healed(&self, at: f64) -> impl Iterator<Item = &LatticeRisk> {
        let healing = self.healing.iter().filter(move |(heals_at, _)| at < *heals_at - TIME_EPSILON);
        self.spread.iter().chain(healing.map(|(_, risk)| risk))
    }

    /// Of failures at these instants, ascending by time, and of others spread over a lattice.
    pub(super) fn at_instants(at_instants: Vec<FailureAt>, others: Option<(&Failures, Lattice)>) -> Self {
        let spread = others.map(|(failures, lattice)| LatticeRisk::new(failures, lattice));
        Self { spread, healing: Vec::new(), at_instants }
    }

    fn instants_by(&self, at: f64) -> impl Iterator<Item = &FailureAt> {
        self.at_instants.iter().take_while(move |failure| failure.at <= at + TIME_EPSILON)
    }

    /// Probability that the first failure is at or before `at`.
    pub(super) fn failed_by(&self, at: f64) -> f64 {
        let spread: f64 = self.spread().map(|spread| spread.failed.at(at)).sum();
        (spread + self.instants_by(at).map(|failure| failure.mass).sum::<f64>()).clamp(0.0, 1.0)
    }

    /// The same from each cause.
    pub(super) fn causes_by(&self, at: f64) -> [f64; Cause::COUNT] {
        let of = |cause: &Option<Cumulative>| cause.as_ref().map_or(0.0, |cause| cause.at(at));
        let mut causes = [0.0; Cause::COUNT];
        for spread in self.spread() {
            causes.iter_mut().zip(&spread.by_cause).for_each(|(sum, cause)| *sum += of(cause));
        }
        self.instants_by(at).for_each(|failure| causes[failure.cause.index()] += failure.mass);
        causes.map(|p| p.clamp(0.0, 1.0))
    }

    /// Probability to have failed by `at` and be down at it still.
    pub(super) fn down_at(&self, segment: &Segment, at: f64) -> f64 {
        let Some(recovery) = &segment.recovery else {
            let healed = self.healing.iter().filter(|(heals_at, _)| at >= *heals_at - TIME_EPSILON);
            return (self.failed_by(at) - healed.map(|(_, risk)| risk.failed.at(at)).sum::<f64>()).max(0.0);
        };
        let spread: f64 = self.not_healed(at).map(|spread| spread.down_at(segment, &recovery.after, at)).sum();
        let down = |failure: &FailureAt| failure.mass * still_down(segment, failure.at, at);
        (spread + self.instants_by(at).map(down).sum::<f64>()).clamp(0.0, 1.0)
    }

    /// [`Risk::down_at`] at each of many instants, by a clock that was made for them.
    pub(super) fn down_curve(&self, segment: &Segment, hours: &[f64], clock: Option<&DownClock>) -> Vec<f64> {
        let Some(clock) = clock else { return hours.iter().map(|h| self.down_at(segment, *h)).collect() };
        let instant = |failure: &FailureAt| Piece { from: failure.at, to: failure.at, mass: failure.mass };
        let mut lasting: Vec<Piece> = self.spread.iter().flat_map(LatticeRisk::pieces).collect();
        lasting.extend(self.at_instants.iter().map(instant));
        if !self.at_instants.is_empty() {
            lasting.sort_by(|a, b| a.from.total_cmp(&b.from));
        }
        let healing = self.healing.iter().map(|(at, risk)| (*at, risk.pieces().collect::<Vec<_>>()));
        let counted = |at: f64| recovery_time(segment, 0.0, at);
        let mut down = vec![0.0; hours.len()];
        for (heals_at, pieces) in std::iter::once((f64::INFINITY, lasting)).chain(healing) {
            let work: Vec<[f64; 2]> = pieces.iter().map(|piece| [counted(piece.from), counted(piece.to)]).collect();
            for ((down, at), now) in down.iter_mut().zip(hours).zip(&clock.counted) {
                if *at < heals_at - TIME_EPSILON {
                    *down += clock.down(&pieces, &work, *at, *now);
                }
            }
        }
        down.iter().map(|down| down.clamp(0.0, 1.0)).collect()
    }

    /// When an org fails that has one of these lives, each with its chance, if it fails by `until`: the mean, and the instants by which 10
    /// and 90 % of those failures have happened. `None` where it never does.
    pub(super) fn failure_time(lives: &[(f64, &Self)], until: f64) -> Option<FailureTime> {
        let mut slots: Vec<(f64, f64)> = Vec::new();
        for (chance, life) in lives.iter().filter(|life| life.0 > 0.0) {
            slots.extend(life.spread().flat_map(LatticeRisk::slots).map(|(at, mass)| (at, chance * mass)));
            slots.extend(life.at_instants.iter().map(|failure| (failure.at, chance * failure.mass)));
        }
        slots.retain(|slot| slot.0 <= until + TIME_EPSILON);
        slots.sort_by(|a, b| a.0.total_cmp(&b.0));
        time_of_slots(&slots)
    }
}

/// When failures happen that fall on ascending instants, each with its mass; `None` where there are none.
fn time_of_slots(slots: &[(f64, f64)]) -> Option<FailureTime> {
    let total: f64 = slots.iter().map(|slot| slot.1).sum();
    if total <= 0.0 {
        return None;
    }
    let by = |q: f64| {
        let mut so_far = 0.0;
        let reached = slots.iter().find(|slot| {
            so_far += slot.1;
            so_far >= q * total * (1.0 - 1e-12)
        });
        reached.or(slots.last()).map_or(0.0, |slot| slot.0)
    };
    let mean = slots.iter().map(|slot| slot.0 * slot.1).sum::<f64>() / total;
    Some(FailureTime { mean, p10: by(0.1), p90: by(0.9) })
}

/// The same of the probability to have failed by each of ascending hours.
pub(super) fn time_of_curve(hours: &[f64], failed_by: &[f64]) -> Option<FailureTime> {
    let before = std::iter::once(&0.0).chain(failed_by);
    let slots = hours.iter().zip(failed_by.iter().zip(before).map(|(now, before)| now - before));
    time_of_slots(&slots.map(|(hour, mass)| (*hour, mass)).collect::<Vec<_>>())
}
