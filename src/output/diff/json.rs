//! `diff.json` and `diff --format json`: all figures in full precision.

use crate::output::json::{ScenarioView, indented};
use crate::results::plan_diff::{Part, PlanDiff, Side};
use serde::Serialize;

/// The difference as the text of a file. `contribution`s add up to `difference`.
pub(crate) fn text(diff: &PlanDiff) -> String {
    let [from, to] = diff.sides.each_ref().map(SideView::new);
    indented(&DiffView {
        from,
        to,
        counted: diff.counted.key(),
        difference: diff.difference(),
        changes: &diff.parts,
        sampled_order_pairs: diff.sampled,
        evaluations: diff.evaluations,
        notes: &diff.notes,
        version: &diff.sides[0].provenance.version,
    })
}

#[derive(Serialize)]
struct DiffView<'a> {
    from: SideView<'a>,
    to: SideView<'a>,
    counted: &'static str,
    difference: f64,
    changes: &'a [Part],
    sampled_order_pairs: Option<usize>,
    evaluations: usize,
    notes: &'a [String],
    version: &'a str,
}

#[derive(Serialize)]
struct SideView<'a> {
    #[serde(flatten)]
    scenario: ScenarioView<'a>,
    orgs: u64,
    uptake: &'a serde_json::Value,
    mean: f64,
}

impl<'a> SideView<'a> {
    fn new(side: &'a Side) -> Self {
        let plan = &side.plan;
        Self {
            scenario: ScenarioView::new(plan, &side.provenance),
            orgs: plan.orgs(),
            uptake: &plan.uptakes()[0].echo,
            mean: side.answer,
        }
    }
}
