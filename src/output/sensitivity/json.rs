//! `sensitivity.json` and `sensitivity --format json`: all figures in full precision.

use crate::output::json::deadline;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};
use crate::stats::sobol_indices::IndexInterval;
use serde_json::{Value, json};

/// The analysis as the text of a file.
pub fn text(found: &Sensitivity) -> String {
    format!("{:#}\n", value(found))
}

/// The analysis as a JSON value. Shares of the variance are `alone` (first order) and `in_all` (total).
pub fn value(found: &Sensitivity) -> Value {
    let from = &found.provenance;
    json!({
        "scenario": { "title": found.plan.title(), "path": from.path, "sha256": from.sha256, "changes": from.changes },
        "orgs": found.plan.orgs(),
        "deadline": deadline(&found.plan),
        "uptake": found.plan.uptakes()[0].echo,
        "answer": { "counted": found.counted.key(), "mean": found.answer },
        "all_moving": found.together.map(|t| json!({ "mean": t.mean, "sd": t.sd })),
        "assumptions": found.assumptions.iter().map(assumption).collect::<Vec<_>>(),
        "rows": found.rows, "rows_left_out": found.left_out, "evaluations": found.evaluations,
        "notes": found.notes,
        "version": from.version,
    })
}

fn assumption(moved: &MovedAssumption) -> Value {
    let [low, high] = moved.ends();
    let stops = moved.stops.iter().map(|s| json!({ "value": s.words, "mean": s.answer }));
    json!({
        "key": moved.key, "given": moved.given, "moves_over": moved.kind.key(),
        "stops": stops.collect::<Vec<_>>(),
        "from": moved.from, "low": low, "high": high, "swing": moved.swing(),
        "alone": moved.indices.map(|i| index(i.first)), "in_all": moved.indices.map(|i| index(i.total)),
    })
}

fn index(of: IndexInterval) -> Value {
    json!({ "share": of.value, "p2_5": of.low, "p97_5": of.high })
}
