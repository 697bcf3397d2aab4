//! What is not known about a plan: a family of plans, one for each set of values that the unknown numbers may have.

use super::{Plan, dates};
use crate::stats::sequence::latin_sequence;

/// Number of outer draws over what is not known.
pub(crate) const OUTER_DRAWS: usize = 256;

/// A number, an instant or a choice of law that the plan's author does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The dotted key in the scenario.
    pub key: String,
    /// In words, as tables of assumptions show it.
    pub words: String,
    /// What it may be.
    pub values: UnknownValues,
}

/// What an unknown may be, by its quantile.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum UnknownValues {
    /// It has not been said.
    #[default]
    Unsaid,
    /// One of several readings: in words, each with the end of its part of the quantiles; ascending, the last ends at 1.
    Readings(Vec<(String, f64)>),
    /// A number, with everything that its own law hangs on at its median.
    Numbers {
        /// At the middles of equal parts of the quantiles, ascending in them.
        at: Vec<f64>,
        /// What it counts.
        unit: UnknownUnit,
    },
}

/// What an unknown number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownUnit {
    /// A share, 0-1.
    Share,
    /// Hours.
    Hours,
    /// An instant, in hours after 1970 began in UTC.
    Instant,
    /// A reading of each org's own clock, in hours after 1970 began on it.
    LocalTime,
    /// Anything else.
    Number,
}

/// A plan with its unknowns. Each [`Unknown`] takes a quantile in (0, 1); together they make one possible plan.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/not-known.toml".as_ref(), &[])?;
/// // One plan for each set of quantiles of what is not known.
/// let possible = scenario.family.possible_plans(0)?;
/// assert_eq!((scenario.family.is_certain(), possible.plans.len()), (false, 256));
/// # Ok(())
/// # }
/// ```
pub struct Family {
    centre: Plan,
    unknowns: Vec<Unknown>,
    plan_at: PlanFactory,
}

/// Makes the plan for one quantile per unknown, in their order; says why where those values contradict each other.
pub(crate) type PlanFactory = Box<dyn Fn(&[f64]) -> Result<Plan, String> + Send + Sync>;

impl Family {
    /// A plan about which everything is known.
    pub fn certain(plan: Plan) -> Self {
        let centre = plan.clone();
        Self { centre, unknowns: Vec::new(), plan_at: Box::new(move |_| Ok(plan.clone())) }
    }

    /// A family around `centre`, the plan with every unknown at its median.
    pub fn new(centre: Plan, unknowns: Vec<Unknown>, plan_at: PlanFactory) -> Self {
        let mut family = Self { centre, unknowns, plan_at };
        if family.unknowns.iter().any(|unknown| dates::is_date(&unknown.key)) {
            let possible = family.possible_plans(0).map(|possible| possible.plans).unwrap_or_default();
            let ranges = dates::ranges(&family.centre, &possible);
            if let Ok(centre) = family.centre.with(|parts| parts.dates = ranges) {
                family.centre = centre;
            }
        }
        family
    }

    /// The plan with every unknown at its median.
    pub fn centre(&self) -> &Plan {
        &self.centre
    }

    /// The unknowns, in the order of the scenario.
    pub fn unknowns(&self) -> &[Unknown] {
        &self.unknowns
    }

    /// Whether everything is known.
    pub fn is_certain(&self) -> bool {
        self.unknowns.is_empty()
    }

    /// Possible plans, alike in weight: `OUTER_DRAWS` sets of quantiles from a Latin hypercube, the same for everything that
    /// asks. Each draw comes with `shocks` more quantiles of the same hypercube, for what befalls whole groups of orgs. When
    /// all is known and there are no shocks there is one draw. Values drawn that contradict each other are left out, which
    /// conditions on plans that make sense.
    ///
    /// # Errors
    /// When all do; says why.
    pub fn possible_plans(&self, shocks: usize) -> Result<PossiblePlans, String> {
        let draws = if self.is_certain() && shocks == 0 { 1 } else { OUTER_DRAWS };
        let mut possible = PossiblePlans { plans: Vec::new(), draws: Vec::with_capacity(draws), left_out: 0 };
        if self.is_certain() {
            possible.plans.push(self.centre.clone());
        }
        let mut why = String::new();
        for mut quantiles in latin_sequence(draws, self.unknowns.len() + shocks) {
            let shocks = quantiles.split_off(self.unknowns.len());
            if !self.is_certain() {
                match self.plan_at(&quantiles) {
                    Ok(plan) => possible.plans.push(plan),
                    Err(contradiction) => {
                        why = contradiction;
                        continue;
                    }
                }
            }
            possible.draws.push(OuterDraw { plan: possible.plans.len() - 1, shocks });
        }
        if possible.draws.is_empty() {
            return Err(format!("the values that are not known contradict each other however they are drawn: {why}"));
        }
        possible.left_out = draws - possible.draws.len();
        Ok(possible)
    }

    /// The plan at these quantiles, one for each unknown in their order.
    ///
    /// # Errors
    /// When the values drawn contradict each other (a window drawn to close before it opens).
    pub fn plan_at(&self, quantiles: &[f64]) -> Result<Plan, String> {
        (self.plan_at)(quantiles)
    }
}

/// See [`Family::possible_plans`].
#[derive(Debug, Clone, PartialEq)]
pub struct PossiblePlans {
    /// At least one; each as likely as the next.
    pub plans: Vec<Plan>,
    /// At least one; each as likely as the next.
    pub draws: Vec<OuterDraw>,
    /// Draws whose values contradicted each other.
    pub left_out: usize,
}

/// One outer draw.
#[derive(Debug, Clone, PartialEq)]
pub struct OuterDraw {
    /// Index of its plan.
    pub plan: usize,
    /// Its quantiles of the common shocks, in (0, 1).
    pub shocks: Vec<f64>,
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").field("centre", &self.centre).field("unknowns", &self.unknowns).finish_non_exhaustive()
    }
}
