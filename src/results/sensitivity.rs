//! What a sensitivity analysis found: how far each assumption moves the answer alone, and what share of the answer's variance
//! it decides when all move at once.

use super::{Counted, Provenance};
use crate::plan::{MoveKind, Plan};
use crate::stats::sobol_indices::Indices;
use serde::Serialize;

/// The answer of a plan, and what each of its assumptions makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Where the scenario comes from; of several readings, the first.
    pub provenance: Provenance,
    /// The plan as the scenario gives it.
    pub plan: Plan,
    /// The rate of reconnecting, in words.
    pub rate: String,
    /// Which figure is the answer: a mean number of orgs.
    pub counted: Counted,
    /// The answer as the scenario gives it; what is not known is at its median.
    pub answer: f64,
    /// Whether something is not known.
    pub has_unknowns: bool,
    /// Every assumption that moves, the largest swing first.
    pub assumptions: Vec<MovedAssumption>,
    /// When all move at once; `None` where the answer never varies.
    pub together: Option<Together>,
    /// Rows of the base sample; each takes a plan for every assumption and two more.
    pub rows: usize,
    /// Rows in which some values contradicted each other, and that were left out.
    pub left_out: usize,
    /// Plans that were evaluated.
    pub evaluations: usize,
    /// What the reader must know.
    pub notes: Vec<String>,
}

/// The answer when every assumption moves over its range at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Together {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// One assumption.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedAssumption {
    /// Its dotted key in the scenario; `reading` for whole scenarios.
    pub key: String,
    /// What the scenario says, in words.
    pub given: String,
    /// Why it moves.
    pub kind: MoveKind,
    /// The answer from which it moves: the scenario's, or that of the only reading that has it.
    pub from: f64,
    /// The answer at each place to which it moves alone.
    pub stops: Vec<StopAnswer>,
    /// Its share in the variance; `None` where the answer never varies.
    pub indices: Option<Indices>,
}

/// The answer at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StopAnswer {
    /// The value there, in words.
    #[serde(rename = "value")]
    pub words: String,
    /// The answer; `None` where the value contradicts the rest of the scenario.
    #[serde(rename = "mean")]
    pub answer: Option<f64>,
}

impl MovedAssumption {
    /// The lowest and the highest answer that it leads to alone.
    pub fn ends(&self) -> [f64; 2] {
        let answers = self.stops.iter().filter_map(|s| s.answer);
        answers.fold([self.from; 2], |[low, high], a| [low.min(a), high.max(a)])
    }

    /// How far it moves the answer alone, in orgs.
    pub fn swing(&self) -> f64 {
        let [low, high] = self.ends();
        high - low
    }
}
