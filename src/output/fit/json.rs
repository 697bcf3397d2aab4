//! `fit.json` and `fit --format json`: all figures in full precision, times in hours.

use super::{law, sentences};
use crate::output::json::{as_map, indented};
use crate::results::fit::{FitVerdict, HistoryFit, HistorySource, RankedLaw};
use crate::stats::fit::adequacy::Adequacy;
use crate::stats::fit::{Measure, Parameter};
use crate::stats::groups::BetweenGroups;
use crate::stats::survival::{CurveStep, Gap};
use serde::Serialize;

/// The fit as the text of a file.
pub(crate) fn text(found: &HistoryFit) -> String {
    indented(&FitView {
        history: HistoryView::new(&found.source),
        ended: found.durations.events(),
        still_running: found.durations.censored(),
        longest_hours: found.curve.until,
        median_hours: found.curve.isf(0.5),
        finding: sentences::finding(found),
        verdict: found.verdict(),
        interval: sentences::advised(found),
        either: sentences::either(found),
        fixed_hours: found.fixed,
        laws: found.laws.iter().map(RankedLawView::new).collect(),
        without_fit: found.without.iter().map(|(family, why)| (family.key(), why.as_str())).collect(),
        adequacy: found.adequacy.as_ref().map(AdequacyView::new),
        between_orgs: found.between_orgs,
        curve: found.curve.steps.iter().map(CurveStepView::new).collect(),
        notes: sentences::notes(found),
        version: env!("CARGO_PKG_VERSION"),
    })
}

#[derive(Serialize)]
struct FitView<'a> {
    history: HistoryView<'a>,
    ended: u64,
    still_running: u64,
    longest_hours: f64,
    median_hours: Option<f64>,
    finding: String,
    verdict: FitVerdict,
    interval: String,
    either: Option<String>,
    fixed_hours: Option<f64>,
    laws: Vec<RankedLawView<'a>>,
    #[serde(serialize_with = "as_map")]
    without_fit: Vec<(&'static str, &'a str)>,
    adequacy: Option<AdequacyView>,
    between_orgs: Option<BetweenGroups>,
    curve: Vec<CurveStepView>,
    notes: Vec<String>,
    version: &'static str,
}

/// The file; of a list of refreshes also how many orgs it names, and when observation ends.
#[derive(Serialize)]
struct HistoryView<'a> {
    path: &'a str,
    sha256: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    orgs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
}

impl<'a> HistoryView<'a> {
    fn new(source: &'a HistorySource) -> Self {
        let (orgs, until) = source.refreshes.as_ref().map(|(orgs, until)| (*orgs, until.as_str())).unzip();
        Self { path: &source.path, sha256: &source.sha256, orgs, until }
    }
}

#[derive(Serialize)]
struct RankedLawView<'a> {
    law: &'static str,
    text: String,
    parameters: Vec<ParameterView<'a>>,
    ln_likelihood: f64,
    parameters_charged: u32,
    aic: f64,
    aicc: f64,
    delta: f64,
    weight: f64,
    largest_gap: GapView,
}

impl<'a> RankedLawView<'a> {
    fn new(ranked: &'a RankedLaw) -> Self {
        let fit = &ranked.fit;
        Self {
            law: fit.family.key(),
            text: law::text(fit),
            parameters: fit.parameters.iter().map(ParameterView::new).collect(),
            ln_likelihood: fit.ln_likelihood,
            parameters_charged: fit.charged,
            aic: ranked.aic,
            aicc: ranked.aicc,
            delta: ranked.delta,
            weight: ranked.weight,
            largest_gap: GapView::new(&ranked.gap),
        }
    }
}

#[derive(Serialize)]
struct ParameterView<'a> {
    name: &'a str,
    unit: Option<&'static str>,
    value: f64,
    se: Option<f64>,
    p2_5: f64,
    p97_5: f64,
}

impl<'a> ParameterView<'a> {
    fn new(parameter: &'a Parameter) -> Self {
        let [p2_5, p97_5] = parameter.interval;
        let unit = (parameter.measure == Measure::Duration).then_some("hours");
        Self { name: parameter.name, unit, value: parameter.value, se: parameter.se, p2_5, p97_5 }
    }
}

#[derive(Serialize)]
struct AdequacyView {
    p_value: f64,
    drawn: u64,
    as_far: u64,
    largest_gap: GapView,
}

impl AdequacyView {
    fn new(found: &Adequacy) -> Self {
        let largest_gap = GapView::new(&found.gap);
        Self { p_value: found.p_value(), drawn: found.drawn, as_far: found.as_far, largest_gap }
    }
}

/// Where curve and law are furthest apart.
#[derive(Serialize)]
struct GapView {
    hours: f64,
    data: f64,
    law: f64,
    size: f64,
}

impl GapView {
    fn new(gap: &Gap) -> Self {
        Self { hours: gap.time, data: gap.curve, law: gap.law, size: gap.size() }
    }
}

#[derive(Serialize)]
struct CurveStepView {
    hours: f64,
    at_risk: u64,
    ended: u64,
    longer: f64,
    se: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl CurveStepView {
    fn new(step: &CurveStep) -> Self {
        let (low, high) = step.band.map(|[low, high]| (low, high)).unzip();
        Self { hours: step.time, at_risk: step.at_risk, ended: step.events, longer: step.sf, se: step.se, low, high }
    }
}
