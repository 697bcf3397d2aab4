//! What is not known about a plan: a family of plans, one for each set of values that the unknown numbers may have.

use super::Plan;

/// A number, an instant or a choice of law that the plan's author does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The dotted key in the scenario.
    pub key: String,
    /// In words, as tables of assumptions show it.
    pub words: String,
}

/// A plan with its unknowns. Each [`Unknown`] takes a quantile in (0, 1); together they make one possible plan.
pub struct Family {
    centre: Plan,
    unknowns: Vec<Unknown>,
    realise: Realise,
}

/// Makes the plan for one quantile per unknown, in their order; says why where those values contradict each other.
pub type Realise = Box<dyn Fn(&[f64]) -> Result<Plan, String> + Send + Sync>;

impl Family {
    /// A plan about which everything is known.
    pub fn certain(plan: Plan) -> Self {
        let centre = plan.clone();
        Self { centre, unknowns: Vec::new(), realise: Box::new(move |_| Ok(plan.clone())) }
    }

    /// A family around `centre`, the plan with every unknown at its median.
    pub fn new(centre: Plan, unknowns: Vec<Unknown>, realise: Realise) -> Self {
        Self { centre, unknowns, realise }
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

    /// The plan at these quantiles, one for each unknown in their order.
    ///
    /// # Errors
    /// When the values drawn contradict each other (a window drawn to close before it opens).
    pub fn realise(&self, quantiles: &[f64]) -> Result<Plan, String> {
        (self.realise)(quantiles)
    }
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").field("centre", &self.centre).field("unknowns", &self.unknowns).finish_non_exhaustive()
    }
}
