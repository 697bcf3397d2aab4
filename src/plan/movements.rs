//! A plan whose assumptions can be moved: a point in the unit cube of its assumptions makes a plan. It knows neither where an
//! assumption stands nor how far it may go; whoever makes it says so.

use super::Plan;
use super::family::PlanFactory;

/// An assumption that can be moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Movable {
    /// The dotted key in the scenario.
    pub key: String,
    /// What the scenario says, in words.
    pub given: String,
    /// Where between 0 and 1 that is.
    pub at: f64,
    /// Why it moves.
    pub kind: MoveKind,
    /// Where it goes when it is moved alone: both ends of its range, or each of several readings.
    pub stops: Vec<Stop>,
}

/// Why an assumption moves, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// The scenario gives a number; it moves over a range around it.
    Range,
    /// The scenario gives a law; alone it moves from the 10th to the 90th percentile.
    Law,
    /// It is not known which of several laws, or scenarios, holds.
    Reading,
}

/// A place that an assumption is moved to.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// Where between 0 and 1.
    pub at: f64,
    /// The value there, in words.
    pub words: String,
}

/// A plan as a function of its assumptions.
pub struct Movements {
    assumptions: Vec<Movable>,
    realise: PlanFactory,
}

impl Movements {
    /// `realise` makes the plan for one number between 0 and 1 per assumption, in their order.
    pub fn new(assumptions: Vec<Movable>, realise: PlanFactory) -> Self {
        Self { assumptions, realise }
    }

    /// The assumptions, ascending by key.
    pub fn assumptions(&self) -> &[Movable] {
        &self.assumptions
    }

    /// The plan with its assumptions moved there.
    ///
    /// # Errors
    /// When the values contradict each other.
    pub fn plan_at(&self, point: &[f64]) -> Result<Plan, String> {
        (self.realise)(point)
    }
}

impl std::fmt::Debug for Movements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Movements").field("assumptions", &self.assumptions).finish_non_exhaustive()
    }
}
