//! `compare.json` and `compare --format json`: all figures in full precision.

use crate::output::json::{DeadlineView, ScenarioView, as_map, indented};
use crate::plan::clock;
use crate::results::comparison::{ComparedPlan, ComparedRate, Comparison, Difference, PlanAtRate};
use crate::results::{Mean, Percentiles};
use serde::Serialize;

/// The comparison as the text of a file. Plans are referred to by their `label`.
pub(crate) fn text(comparison: &Comparison) -> String {
    let baseline = &comparison.plans[comparison.baseline];
    indented(&ComparisonView {
        plans: comparison.plans.iter().map(PlanView::new).collect(),
        baseline: &baseline.label,
        seed: comparison.seed,
        runs: comparison.runs,
        uptakes: comparison.rates.iter().map(|rate| RateView::new(comparison, rate)).collect(),
        unlike_window_hours: comparison.window_hours.as_deref(),
        notes: &comparison.notes,
        version: &baseline.provenance.version,
    })
}

#[derive(Serialize)]
struct ComparisonView<'a> {
    plans: Vec<PlanView<'a>>,
    baseline: &'a str,
    seed: u64,
    runs: u64,
    uptakes: Vec<RateView<'a>>,
    unlike_window_hours: Option<&'a [f64]>,
    notes: &'a [String],
    version: &'a str,
}

#[derive(Serialize)]
struct PlanView<'a> {
    label: &'a str,
    #[serde(flatten)]
    scenario: ScenarioView<'a>,
    orgs: u64,
    deadline: DeadlineView,
    horizon: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tolerance: Option<u64>,
    #[serde(serialize_with = "as_map")]
    differs: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> PlanView<'a> {
    fn new(compared: &'a ComparedPlan) -> Self {
        let plan = &compared.plan;
        Self {
            label: &compared.label,
            scenario: ScenarioView::new(plan, &compared.provenance),
            orgs: plan.orgs(),
            deadline: DeadlineView::new(plan),
            horizon: clock::rfc3339(plan.horizon(), plan.time_zone()),
            tolerance: plan.tolerance(),
            differs: compared.differs.iter().map(|d| (d.key.as_str(), d.words.as_deref())).collect(),
        }
    }
}

#[derive(Serialize)]
struct RateView<'a> {
    uptake: &'a serde_json::Value,
    lowest_mean: &'a str,
    not_clearly_beaten: Vec<&'a str>,
    plans: Vec<PlanAtRateView<'a>>,
}

impl<'a> RateView<'a> {
    fn new(comparison: &'a Comparison, rate: &'a ComparedRate) -> Self {
        let label = |plan: usize| comparison.plans[plan].label.as_str();
        let plans = rate.plans.iter().enumerate();
        Self {
            uptake: &rate.echo,
            lowest_mean: label(rate.leader()),
            not_clearly_beaten: rate.front.iter().map(|plan| label(*plan)).collect(),
            plans: plans.map(|(place, plan)| PlanAtRateView::new(label(place), plan)).collect(),
        }
    }
}

#[derive(Serialize)]
struct PlanAtRateView<'a> {
    label: &'a str,
    failed_by_deadline: FailedView,
    #[serde(skip_serializing_if = "Option::is_none")]
    down_at_deadline: Option<Mean>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_by_horizon: Option<Mean>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within_tolerance: Option<f64>,
    chance_best: Option<f64>,
    versus_baseline: &'a Difference,
    versus_lowest_mean: &'a Difference,
}

/// Here the standard error stands last.
#[derive(Serialize)]
struct FailedView {
    mean: f64,
    #[serde(flatten)]
    range: Percentiles<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    se: Option<f64>,
}

impl<'a> PlanAtRateView<'a> {
    fn new(label: &'a str, plan: &'a PlanAtRate) -> Self {
        Self {
            label,
            failed_by_deadline: FailedView { mean: plan.failed.mean, range: plan.range.into(), se: plan.failed.se },
            down_at_deadline: plan.down,
            failed_by_horizon: plan.by_horizon,
            within_tolerance: plan.within_tolerance,
            chance_best: plan.best,
            versus_baseline: &plan.versus_baseline,
            versus_lowest_mean: &plan.versus_leader,
        }
    }
}
