//! How the changed lines of a scenario share the change of its answer among them.

use super::{Counted, Provenance};
use crate::plan::Plan;
use serde::Serialize;

/// Two scenarios, and what of their difference each change makes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanDiff {
    /// The scenario before and the one after.
    pub sides: [Side; 2],
    /// Which figure is the answer: a mean number of orgs.
    pub counted: Counted,
    /// The changes, the largest contribution first; they add up to the difference.
    pub parts: Vec<Part>,
    /// Pairs of orders that were sampled; `None` where all orders were taken, and the contributions are exact.
    pub sampled: Option<usize>,
    /// Combinations of changes that were evaluated.
    pub evaluations: usize,
    /// What the reader must know.
    pub notes: Vec<String>,
}

impl PlanDiff {
    /// The answer after less that before.
    pub(crate) fn difference(&self) -> f64 {
        self.sides[1].answer - self.sides[0].answer
    }
}

/// One of the two scenarios.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its plan, with what is not known at its median.
    pub plan: Plan,
    /// The rate of reconnecting, in words.
    pub rate: String,
    /// The answer.
    pub answer: f64,
}

/// Changes that are counted as one: a single line, or several that only make a scenario together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Part {
    /// The lines.
    #[serde(rename = "lines")]
    pub changes: Vec<ChangedKey>,
    /// What it adds to the answer, on average over all orders of the changes.
    pub contribution: f64,
    /// Standard error, where orders were sampled.
    pub se: Option<f64>,
    /// What it adds to the first scenario alone; `None` where that combination was not evaluated.
    pub alone: Option<f64>,
}

/// A line that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedKey {
    /// Its dotted key.
    pub key: String,
    /// What the first scenario says, in words; `None` where it says nothing.
    pub from: Option<String>,
    /// What the second says.
    pub to: Option<String>,
}
