//! `summary.json` and `run --format json`.

use super::shared::{DeadlineView, ScenarioView, as_map, deadline_at, indented};
use crate::plan::zone::Tz;
use crate::plan::{Cause, Checkpoint, Plan, Segment, clock, zone};
use crate::results::{
    Agreement, CheckpointMeasures, GuardMeasures, Mean, Measures, Outcome, Percentiles, Projection, Quantity,
    SegmentMeans, Split, Warning, Weights,
};
use serde::Serialize;

/// The summary as the text of a file; members in their documented order.
pub(crate) fn summary_text(plan: &Plan, projection: &Projection) -> String {
    indented(&SummaryView::new(plan, projection))
}

#[derive(Serialize)]
struct SummaryView<'a> {
    scenario: ScenarioView<'a>,
    seed: u64,
    runs: u64,
    orgs: u64,
    deadline: DeadlineView,
    #[serde(skip_serializing_if = "Option::is_none")]
    tolerance: Option<u64>,
    uptakes: Vec<OutcomeView<'a>>,
    agreement: Option<AgreementView<'a>>,
    notes: &'a [String],
    warnings: &'a [Warning],
    version: &'a str,
    time_zone_data: &'a str,
}

impl<'a> SummaryView<'a> {
    fn new(plan: &'a Plan, projection: &'a Projection) -> Self {
        Self {
            scenario: ScenarioView::new(plan, &projection.provenance),
            seed: projection.seed,
            runs: projection.runs,
            orgs: plan.orgs(),
            deadline: DeadlineView::new(plan),
            tolerance: plan.tolerance(),
            uptakes: projection.uptakes.iter().map(|outcome| OutcomeView::new(plan, outcome)).collect(),
            agreement: projection.agreement.as_ref().map(AgreementView::new),
            notes: &projection.notes,
            warnings: &projection.warnings,
            version: &projection.provenance.version,
            time_zone_data: zone::version(),
        }
    }
}

#[derive(Serialize)]
struct OutcomeView<'a> {
    uptake: &'a serde_json::Value,
    exact: Option<MeasuresView<'a>>,
    simulated: Option<MeasuresView<'a>>,
}

impl<'a> OutcomeView<'a> {
    fn new(plan: &'a Plan, outcome: &'a Outcome) -> Self {
        let of = |measures: &'a Option<Measures>| measures.as_ref().map(|m| MeasuresView::new(plan, m));
        Self { uptake: &outcome.echo, exact: of(&outcome.exact), simulated: of(&outcome.simulated) }
    }
}

/// The figures of one engine.
#[derive(Serialize)]
struct MeasuresView<'a> {
    failed_by_deadline: QuantityView,
    down_at_deadline: QuantityView,
    failed_by_horizon: QuantityView,
    #[serde(skip_serializing_if = "Option::is_none")]
    within_tolerance: Option<f64>,
    #[serde(serialize_with = "as_map")]
    by_cause: Vec<(Cause, &'a Mean)>,
    by_segment: Vec<SegmentView<'a>>,
    #[serde(serialize_with = "as_map")]
    by_time_zone: Vec<(&'static str, OrgsView)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<&'a Weights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disrupted_by_deadline: Option<QuantityView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checkpoints: Vec<CheckpointView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<GuardView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_bound: Option<f64>,
}

/// Figures at one checkpoint.
#[derive(Serialize)]
struct CheckpointView<'a> {
    name: &'a str,
    at: String,
    failed: QuantityView,
    down: QuantityView,
    #[serde(skip_serializing_if = "Option::is_none")]
    within_tolerance: Option<f64>,
}

impl<'a> CheckpointView<'a> {
    fn new(plan: &Plan, checkpoint: &'a Checkpoint, measures: &CheckpointMeasures) -> Self {
        Self {
            name: &checkpoint.name,
            at: deadline_at(plan, checkpoint.at),
            failed: QuantityView::new(&measures.failed),
            down: QuantityView::new(&measures.down),
            within_tolerance: measures.within_tolerance,
        }
    }
}

/// What a guard does.
#[derive(Serialize)]
struct GuardView<'a> {
    stopped: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_se: Option<f64>,
    by_check: Vec<f64>,
    checks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    false_alarm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spared_by_false_alarm: Option<f64>,
    unguarded: UnguardedView<'a>,
}

/// The headline without the guard.
#[derive(Serialize)]
struct UnguardedView<'a> {
    failed_by_deadline: QuantityView,
    down_at_deadline: QuantityView,
    failed_by_horizon: QuantityView,
    #[serde(skip_serializing_if = "Option::is_none")]
    disrupted_by_deadline: Option<QuantityView>,
    #[serde(serialize_with = "as_map")]
    by_cause: Vec<(Cause, &'a Mean)>,
}

impl<'a> GuardView<'a> {
    fn new(plan: &Plan, measures: &'a GuardMeasures) -> Self {
        let checks = plan.guard().map_or(&[][..], |guard| &guard.checks);
        let [failed, down, horizon] = &measures.unguarded;
        Self {
            stopped: measures.stopped.mean,
            stopped_se: measures.stopped.se,
            by_check: measures.by_check.iter().map(|chance| chance.mean).collect(),
            checks: checks.iter().map(|at| clock::rfc3339(plan.instant(*at), plan.time_zone())).collect(),
            false_alarm: measures.false_alarm.as_ref().map(|chance| chance.mean),
            spared_by_false_alarm: measures.spared_by_false_alarm,
            unguarded: UnguardedView {
                failed_by_deadline: QuantityView::new(failed),
                down_at_deadline: QuantityView::new(down),
                failed_by_horizon: QuantityView::new(horizon),
                disrupted_by_deadline: measures.unguarded_disrupted.as_ref().map(QuantityView::new),
                by_cause: plan
                    .causes()
                    .into_iter()
                    .map(|cause| (cause, &measures.unguarded_by_cause[cause.index()]))
                    .collect(),
            },
        }
    }
}

impl<'a> MeasuresView<'a> {
    fn new(plan: &'a Plan, measures: &'a Measures) -> Self {
        let segments = plan.segments().iter().zip(&measures.by_segment);
        let zone = |(zone, means): (Tz, SegmentMeans)| (zone.name(), OrgsView::new(&means));
        Self {
            failed_by_deadline: QuantityView::new(&measures.failed_by_deadline),
            down_at_deadline: QuantityView::new(&measures.down_at_deadline),
            failed_by_horizon: QuantityView::new(&measures.failed_by_horizon),
            within_tolerance: measures.within_tolerance,
            by_cause: plan.causes().into_iter().map(|cause| (cause, measures.cause(cause))).collect(),
            by_segment: segments.map(|(segment, means)| SegmentView::new(plan, segment, means)).collect(),
            by_time_zone: measures.by_time_zone(plan).into_iter().map(zone).collect(),
            weight: measures.weight.as_ref(),
            disrupted_by_deadline: measures.disrupted_by_deadline.as_ref().map(QuantityView::new),
            checkpoints: (plan.checkpoints().iter().zip(&measures.checkpoints))
                .map(|(checkpoint, figures)| CheckpointView::new(plan, checkpoint, figures))
                .collect(),
            guard: measures.guard.as_ref().map(|guard| GuardView::new(plan, guard)),
            error_bound: measures.error_bound,
        }
    }
}

#[derive(Serialize)]
struct QuantityView {
    #[serde(flatten)]
    mean: Mean,
    #[serde(flatten)]
    percentiles: Percentiles<u64>,
    #[serde(flatten)]
    split: Option<SplitView>,
}

impl QuantityView {
    fn new(quantity: &Quantity) -> Self {
        Self {
            mean: Mean { mean: quantity.mean, se: quantity.se },
            percentiles: [5.0, 50.0, 95.0].map(|percent| quantity.percentile(percent)).into(),
            split: quantity.split.as_ref().map(SplitView::new),
        }
    }
}

#[derive(Serialize)]
struct SplitView {
    chance_alone: Percentiles<u64>,
    variance_from_not_knowing: f64,
    mean_se_from_not_knowing: f64,
}

impl SplitView {
    fn new(split: &Split) -> Self {
        Self {
            chance_alone: [0.05, 0.5, 0.95].map(|q| split.chance.quantile(q)).into(),
            variance_from_not_knowing: split.not_knowing,
            mean_se_from_not_knowing: split.mean_se,
        }
    }
}

#[derive(Serialize)]
struct SegmentView<'a> {
    id: &'a str,
    name: &'a str,
    time_zone: &'static str,
    deadline: String,
    #[serde(flatten)]
    figures: OrgsView,
}

impl<'a> SegmentView<'a> {
    fn new(plan: &Plan, segment: &Segment, means: &'a SegmentMeans) -> Self {
        Self {
            id: &means.id,
            name: &means.name,
            time_zone: segment.time_zone.name(),
            deadline: clock::rfc3339(plan.instant(segment.deadline), segment.time_zone),
            figures: OrgsView::new(means),
        }
    }
}

/// Figures of a part of the orgs.
#[derive(Serialize)]
struct OrgsView {
    orgs: u64,
    failed_by_deadline: ShareView,
    down_at_deadline: ShareView,
    failed_by_horizon: ShareView,
}

impl OrgsView {
    fn new(means: &SegmentMeans) -> Self {
        let of = |mean: Mean| ShareView { mean, share: (means.orgs > 0).then(|| means.share(&mean)) };
        Self {
            orgs: means.orgs,
            failed_by_deadline: of(means.failed_by_deadline),
            down_at_deadline: of(means.down_at_deadline),
            failed_by_horizon: of(means.failed_by_horizon),
        }
    }
}

/// A mean with its share of the orgs; none where there are no orgs.
#[derive(Serialize)]
struct ShareView {
    #[serde(flatten)]
    mean: Mean,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
}

#[derive(Serialize)]
struct AgreementView<'a> {
    /// Null where the exact engine's bound is too coarse to tell.
    holds: Option<bool>,
    too_coarse: bool,
    #[serde(flatten)]
    agreement: &'a Agreement,
}

impl<'a> AgreementView<'a> {
    fn new(agreement: &'a Agreement) -> Self {
        let too_coarse = agreement.is_too_coarse();
        Self { holds: (!too_coarse).then(|| agreement.holds()), too_coarse, agreement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{self, ReportSample};
    use serde_json::{Value, json};

    fn summary(sample: &ReportSample) -> Value {
        serde_json::to_value(SummaryView::new(&sample.plan, &sample.projection)).expect("JSON")
    }

    /// The flagship at an uptake of 50 %: mean 88.9, percentiles 74, 89 and 104, as its closed form gives them.
    #[test]
    fn the_flagship_has_its_documented_members_and_figures() {
        let sample = samples::flagship();
        let json = summary(sample);
        let keys: Vec<&String> = json.as_object().expect("an object").keys().take(5).collect();
        assert_eq!(keys, ["scenario", "seed", "runs", "orgs", "deadline"]);
        assert_eq!(json["deadline"], json!({ "clock": "absolute", "at": "2026-05-04T09:00:00-07:00" }));
        let half = &json["uptakes"][2];
        assert_eq!(half["uptake"], json!(0.5));
        let failed = &half["exact"]["failed_by_deadline"];
        assert!((failed["mean"].as_f64().expect("a number") - 88.9).abs() < 0.01);
        assert_eq!((&failed["p5"], &failed["p50"], &failed["p95"]), (&json!(74), &json!(89), &json!(104)));
        assert!(failed.get("se").is_none());
        let se = half["simulated"]["failed_by_deadline"]["se"].as_f64().expect("a number");
        assert!((se - 0.09).abs() < 0.005, "{se}");
        let causes: Vec<&String> = half["exact"]["by_cause"].as_object().expect("an object").keys().collect();
        assert_eq!(causes, ["reauthorization", "static_ip", "token_rotation", "idle_timeout"]);
        assert!(half["exact"]["within_tolerance"].as_f64().is_some_and(|p| p > 0.85 && p < 0.9));
    }

    #[test]
    fn an_engine_that_did_not_answer_is_null() {
        let sample = samples::named("simulated");
        let json = summary(sample);
        assert!(json["uptakes"][0]["exact"].is_null() && json["agreement"].is_null());
        assert!(json["uptakes"][0]["simulated"].get("within_tolerance").is_none(), "there is no tolerance");
    }

    #[test]
    fn an_org_local_deadline_has_no_offset() {
        let json = summary(samples::named("org-local"));
        assert_eq!(json["deadline"], json!({ "clock": "org-local", "at": "2026-05-04T09:00:00" }));
        let segments = &json["uptakes"][0]["exact"]["by_segment"];
        assert_eq!(segments.as_array().map(Vec::len), Some(4));
        assert_eq!(segments[0]["time_zone"], "Australia/Sydney");
        assert_eq!(segments[0]["deadline"], "2026-05-04T09:00:00+10:00");
        // 52 of 1,399 hours have passed since PKCE: it came on Saturday at 05:00 in Sydney.
        let share = segments[0]["failed_by_deadline"]["share"].as_f64().expect("a number");
        assert!((share - 52.0 / 1399.0).abs() < 1e-12, "{share}");
        let zone = &json["uptakes"][0]["exact"]["by_time_zone"]["Australia/Sydney"]["failed_by_deadline"]["share"];
        assert_eq!(zone.as_f64(), Some(share));
    }
}
