//! All that a run finds out.

use super::agreement::Agreement;
use super::detail::Detail;
use super::measures::Measures;
use super::provenance::Provenance;

/// All that a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Where it comes from.
    pub provenance: Provenance,
    /// Runs that the simulation did; 0 when it was not asked for.
    pub runs: u64,
    /// Seed of the simulation.
    pub seed: u64,
    /// One for each uptake rate, in the scenario's order.
    pub uptakes: Vec<Outcome>,
    /// Hours since `as_of` at which the curves are given, ascending; 0 first, the horizon last.
    pub curve_hours: Vec<f64>,
    /// How well the two engines agree; `None` unless both ran.
    pub agreement: Option<Agreement>,
    /// What the share reconnected so far says; `None` without a tolerance, a window or an exact answer, and where it decides nothing.
    pub tripwires: Option<super::solution::Tripwires>,
    /// What the reader must know: an engine that declined, ages left out.
    pub notes: Vec<String>,
    /// What is legal in the plan but unwise; empty until it is asked for.
    pub warnings: Vec<Warning>,
    /// Outcomes at other rates and deadlines, and single courses; empty until they are asked for.
    pub detail: Detail,
}

impl Projection {
    /// Whether all figures shown are exact.
    pub fn is_exact(&self) -> bool {
        self.uptakes.iter().all(Outcome::is_exact)
    }
}

/// Something about the plan that is legal but unwise, in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// The code by which a scenario can silence it.
    pub code: String,
    /// What it is, in a sentence without its full stop.
    pub message: String,
    /// Figures that make it matter.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// What one uptake rate leads to, by each engine that ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// For rows and labels.
    pub label: String,
    /// The rate, or the median of its law.
    pub uptake: f64,
    /// As the scenario writes it.
    pub echo: serde_json::Value,
    /// By the exact engine; `None` when it was not asked for or declined.
    pub exact: Option<Measures>,
    /// By simulation; `None` when it was not asked for.
    pub simulated: Option<Measures>,
}

impl Outcome {
    /// Whether the figures to show are the exact ones: simulated ones lead where the exact engine's own bound is too coarse.
    pub fn is_exact(&self) -> bool {
        self.exact.as_ref().is_some_and(|measures| !measures.is_coarse() || self.simulated.is_none())
    }

    /// The figures to show: exact where there are such that are not too coarse, else simulated.
    ///
    /// # Panics
    /// Never in a finished projection: at least one engine has answered.
    pub fn best(&self) -> &Measures {
        let (first, second) =
            if self.is_exact() { (&self.exact, &self.simulated) } else { (&self.simulated, &self.exact) };
        first.as_ref().or(second.as_ref()).expect("a projection holds at least one engine's answer")
    }
}
