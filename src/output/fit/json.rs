//! `fit.json` and `fit --format json`: all figures in full precision, times in hours.

use super::{law, sentences};
use crate::results::fit::{HistoryFit, RankedLaw};
use crate::stats::fit::{Measure, Parameter};
use crate::stats::survival::{CurveStep, Gap};
use serde_json::{Map, Value, json};

/// The fit as the text of a file.
pub fn text(found: &HistoryFit) -> String {
    format!("{:#}\n", value(found))
}

/// The fit as a JSON value.
pub fn value(found: &HistoryFit) -> Value {
    let source = &found.source;
    let mut history = json!({ "path": source.path, "sha256": source.sha256 });
    if let Some((orgs, until)) = &source.refreshes {
        history["orgs"] = json!(orgs);
        history["until"] = json!(until);
    }
    let adequacy = found
        .adequacy
        .map(|a| json!({ "p_value": a.p_value(), "drawn": a.drawn, "as_far": a.as_far, "largest_gap": gap(&a.gap) }));
    let between = found.between_orgs.map(|b| json!({ "share": b.share, "p_value": b.p_value }));
    let without: Map<String, Value> =
        found.without.iter().map(|(family, why)| (family.key().to_owned(), json!(why))).collect();
    json!({
        "history": history,
        "ended": found.durations.events(),
        "still_running": found.durations.censored(),
        "longest_hours": found.curve.until,
        "median_hours": found.curve.isf(0.5),
        "finding": sentences::finding(found),
        "verdict": found.verdict().key(),
        "interval": sentences::advised(found),
        "either": sentences::either(found),
        "fixed_hours": found.fixed,
        "laws": found.laws.iter().map(ranked).collect::<Vec<_>>(),
        "without_fit": without,
        "adequacy": adequacy,
        "between_orgs": between,
        "curve": found.curve.steps.iter().map(step).collect::<Vec<_>>(),
        "notes": sentences::notes(found),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

fn ranked(law: &RankedLaw) -> Value {
    json!({
        "law": law.fit.family.key(),
        "text": law::text(&law.fit),
        "parameters": law.fit.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "ln_likelihood": law.fit.ln_likelihood,
        "parameters_charged": law.fit.charged,
        "aic": law.aic,
        "aicc": law.aicc,
        "delta": law.delta,
        "weight": law.weight,
        "largest_gap": gap(&law.gap),
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let unit = (parameter.measure == Measure::Duration).then_some("hours");
    let [low, high] = parameter.interval;
    json!({
        "name": parameter.name, "unit": unit, "value": parameter.value, "se": parameter.se, "p2_5": low, "p97_5": high,
    })
}

fn gap(gap: &Gap) -> Value {
    json!({ "hours": gap.time, "data": gap.curve, "law": gap.law, "size": gap.size() })
}

fn step(step: &CurveStep) -> Value {
    json!({
        "hours": step.time, "at_risk": step.at_risk, "ended": step.events, "longer": step.sf, "se": step.se,
        "low": step.band.map(|b| b[0]), "high": step.band.map(|b| b[1]),
    })
}
