//! `diff.json` and `diff --format json`: all figures in full precision.

use crate::results::plan_diff::{ChangedKey, Part, PlanDiff, Side};
use serde_json::{Value, json};

/// The difference as the text of a file.
pub fn text(diff: &PlanDiff) -> String {
    format!("{:#}\n", value(diff))
}

/// The difference as a JSON value. `contribution`s add up to `difference`.
pub fn value(diff: &PlanDiff) -> Value {
    json!({
        "from": side(&diff.sides[0]), "to": side(&diff.sides[1]),
        "counted": diff.counted.key(),
        "difference": diff.difference(),
        "changes": diff.parts.iter().map(part).collect::<Vec<_>>(),
        "sampled_order_pairs": diff.sampled, "evaluations": diff.evaluations,
        "notes": diff.notes,
        "version": diff.sides[0].provenance.version,
    })
}

fn side(side: &Side) -> Value {
    let (plan, from) = (&side.plan, &side.provenance);
    json!({
        "title": plan.title(), "path": from.path, "sha256": from.sha256, "changes": from.changes,
        "orgs": plan.orgs(), "uptake": plan.uptakes()[0].echo, "mean": side.answer,
    })
}

fn part(part: &Part) -> Value {
    let line = |c: &ChangedKey| json!({ "key": c.key, "from": c.from, "to": c.to });
    json!({
        "lines": part.changes.iter().map(line).collect::<Vec<_>>(),
        "contribution": part.contribution, "se": part.se, "alone": part.alone,
    })
}
