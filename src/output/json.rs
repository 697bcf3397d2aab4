//! `summary.json` and `--format json`: all figures in full precision, under names that other people's scripts rely on.

use crate::plan::{Cause, Deadline, Plan, Segment, clock};
use crate::results::{Agreement, Mean, Measures, Outcome, Projection, Quantity, SegmentMeans, Weight, Weights};
use serde_json::{Map, Value, json};

/// The summary as a JSON value; members in their documented order.
pub fn summary(plan: &Plan, projection: &Projection) -> Value {
    let from = &projection.provenance;
    let mut root = Map::new();
    let mut put = |key: &str, value: Value| root.insert(key.to_owned(), value);
    put(
        "scenario",
        json!({ "title": plan.title(), "path": from.path, "sha256": from.sha256, "changes": from.changes }),
    );
    put("seed", json!(projection.seed));
    put("runs", json!(projection.runs));
    put("orgs", json!(plan.orgs()));
    put("deadline", deadline(plan));
    if let Some(tolerance) = plan.tolerance() {
        put("tolerance", json!(tolerance));
    }
    put("uptakes", projection.uptakes.iter().map(|o| uptake(plan, o)).collect());
    put("agreement", projection.agreement.as_ref().map_or(Value::Null, agreement));
    put("notes", json!(projection.notes));
    put("warnings", json!(projection.warnings));
    put("version", json!(from.version));
    put("time_zone_data", json!(crate::plan::zone::version()));
    Value::Object(root)
}

/// The summary as the text of a file.
pub fn summary_text(plan: &Plan, projection: &Projection) -> String {
    // Its alternate form indents; a value with string keys always has a text.
    format!("{:#}\n", summary(plan, projection))
}

/// The deadline: an instant with its offset, or each org's local time without one.
pub fn deadline(plan: &Plan) -> Value {
    match plan.deadline() {
        Deadline::Absolute(at) => json!({ "clock": "absolute", "at": clock::rfc3339(at, plan.time_zone()) }),
        Deadline::OrgLocal(at) => json!({ "clock": "org-local", "at": at.format("%Y-%m-%dT%H:%M:%S").to_string() }),
    }
}

fn uptake(plan: &Plan, outcome: &Outcome) -> Value {
    let of = |measures: &Option<Measures>| measures.as_ref().map_or(Value::Null, |m| engine(plan, m));
    json!({ "uptake": outcome.echo, "exact": of(&outcome.exact), "simulated": of(&outcome.simulated) })
}

fn engine(plan: &Plan, measures: &Measures) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("failed_by_deadline", quantity(&measures.failed_by_deadline));
    put("down_at_deadline", quantity(&measures.down_at_deadline));
    put("failed_by_horizon", quantity(&measures.failed_by_horizon));
    if let Some(chance) = measures.within_tolerance {
        put("within_tolerance", json!(chance));
    }
    let causes = Cause::ALL.map(|cause| (cause.key().to_owned(), mean(measures.cause(cause))));
    put("by_cause", Value::Object(causes.into_iter().collect()));
    let segments = plan.segments().iter().zip(&measures.by_segment);
    put("by_segment", segments.map(|(s, means)| segment(plan, s, means)).collect());
    let zones = measures.by_time_zone(plan).into_iter().map(|(zone, means)| (zone.name().to_owned(), part(&means)));
    put("by_time_zone", Value::Object(zones.collect()));
    if let Some(weights) = &measures.weight {
        put("weight", weight(weights));
    }
    if let Some(bound) = measures.error_bound {
        put("error_bound", json!(bound));
    }
    Value::Object(out)
}

fn weight(weights: &Weights) -> Value {
    let of = |weight: &Weight| {
        let mut out = mean_members(weight.mean, None);
        for (key, value) in ["p5", "p50", "p95"].into_iter().zip(weight.percentiles.iter().flatten()) {
            out.insert(key.to_owned(), json!(value));
        }
        Value::Object(out)
    };
    json!({
        "all": weights.all,
        "failed_by_deadline": of(&weights.failed_by_deadline),
        "down_at_deadline": of(&weights.down_at_deadline),
        "failed_by_horizon": of(&weights.failed_by_horizon),
    })
}

fn quantity(quantity: &Quantity) -> Value {
    let mut out = mean_members(quantity.mean, quantity.se);
    for (key, percent) in [("p5", 5.0), ("p50", 50.0), ("p95", 95.0)] {
        out.insert(key.to_owned(), json!(quantity.percentile(percent)));
    }
    if let Some(split) = &quantity.split {
        let [p5, p50, p95] = [0.05, 0.5, 0.95].map(|q| split.chance.quantile(q));
        out.insert("chance_alone".to_owned(), json!({ "p5": p5, "p50": p50, "p95": p95 }));
        out.insert("variance_from_not_knowing".to_owned(), json!(split.not_knowing));
        out.insert("mean_se_from_not_knowing".to_owned(), json!(split.mean_se));
    }
    Value::Object(out)
}

fn mean(mean: &Mean) -> Value {
    Value::Object(mean_members(mean.mean, mean.se))
}

fn mean_members(mean: f64, se: Option<f64>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("mean".to_owned(), json!(mean));
    if let Some(se) = se {
        out.insert("se".to_owned(), json!(se));
    }
    out
}

fn segment(plan: &Plan, segment: &Segment, means: &SegmentMeans) -> Value {
    let mut out = Map::new();
    out.insert("id".to_owned(), json!(means.id));
    out.insert("name".to_owned(), json!(means.name));
    out.insert("time_zone".to_owned(), json!(segment.time_zone.name()));
    out.insert("deadline".to_owned(), json!(clock::rfc3339(plan.instant(segment.deadline), segment.time_zone)));
    if let Value::Object(figures) = part(means) {
        out.extend(figures);
    }
    Value::Object(out)
}

/// Figures of a part of the orgs; each mean with its share of them, but where there are none.
fn part(of: &SegmentMeans) -> Value {
    let figure = |mean: &Mean| {
        let mut members = mean_members(mean.mean, mean.se);
        if of.orgs > 0 {
            members.insert("share".to_owned(), json!(of.share(mean)));
        }
        Value::Object(members)
    };
    json!({
        "orgs": of.orgs,
        "failed_by_deadline": figure(&of.failed_by_deadline),
        "down_at_deadline": figure(&of.down_at_deadline),
        "failed_by_horizon": figure(&of.failed_by_horizon),
    })
}

fn agreement(agreement: &Agreement) -> Value {
    json!({
        "holds": if agreement.is_too_coarse() { Value::Null } else { json!(agreement.holds()) },
        "too_coarse": agreement.is_too_coarse(),
        "compared": agreement.compared,
        "worst_z": agreement.worst_z,
        "worst": agreement.worst,
        "limit_z": agreement.limit_z,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    /// The flagship at an uptake of 50 %: mean 88.9, percentiles 74, 89 and 104, as its closed form gives them.
    #[test]
    fn the_flagship_has_its_documented_members_and_figures() {
        let sample = samples::flagship();
        let json = summary(&sample.plan, &sample.projection);
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
        let json = summary(&sample.plan, &sample.projection);
        assert!(json["uptakes"][0]["exact"].is_null() && json["agreement"].is_null());
        assert!(json["uptakes"][0]["simulated"].get("within_tolerance").is_none(), "there is no tolerance");
    }

    #[test]
    fn an_org_local_deadline_has_no_offset() {
        let json = summary(&samples::named("org-local").plan, &samples::named("org-local").projection);
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
