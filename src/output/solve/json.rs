//! `solve.json` and `solve --format json`: the documented members first, then all that led to them.

use crate::results::Provenance;
use crate::results::solution::{Solution, Tried};
use serde_json::{Value, json};

/// The solution as the text of a file.
pub fn text(solution: &Solution) -> String {
    format!("{:#}\n", value(solution))
}

/// The solution as a JSON value.
pub fn value(solution: &Solution) -> Value {
    let best = &solution.best;
    let figure = &solution.figure;
    let found = if solution.reachable { best.setting.json.clone() } else { Value::Null };
    json!({
        "for": solution.key,
        "target": solution.asked.target,
        "confidence": solution.asked.confidence,
        "value": found,
        "chance": best.chance,
        "reachable": solution.reachable,
        "best": tried(best),
        "next": solution.next.as_ref().map(tried),
        "now": solution.now.as_ref().map(tried),
        "figure": { "orgs": figure.orgs, "mean": figure.mean, "p5": figure.p5, "p50": figure.p50, "p95": figure.p95 },
        "direction": solution.least,
        "why": solution.why,
        "range": solution.range.each_ref().map(|s| s.json.clone()),
        "uptake": solution.rate,
        "monotone": solution.monotone,
        "tried": solution.tried.iter().map(tried).collect::<Vec<_>>(),
        "evaluations": solution.evaluations,
        "simulated": solution.check.as_ref().map(|check| json!({
            "agrees": check.holds(), "runs": check.runs, "seed": check.seed, "chance": check.chance, "next": check.next,
            "worst_z": check.worst_z, "limit_z": check.limit_z,
        })),
        "scenario": scenario(solution.plan.title(), &solution.provenance),
        "notes": solution.notes,
        "version": solution.provenance.version,
    })
}

/// Where a result comes from.
pub(in crate::output) fn scenario(title: &str, from: &Provenance) -> Value {
    json!({ "title": title, "path": from.path, "sha256": from.sha256, "changes": from.changes })
}

fn tried(tried: &Tried) -> Value {
    json!({ "value": tried.setting.json, "chance": tried.chance })
}
