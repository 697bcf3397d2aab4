//! `compare.json` and `compare --format json`: all figures in full precision.

use crate::output::json::deadline;
use crate::plan::clock;
use crate::results::comparison::{ByRun, ComparedPlan, ComparedRate, Comparison, Difference, PlanAtRate, Spread};
use serde_json::{Map, Value, json};

/// The comparison as the text of a file.
pub fn text(comparison: &Comparison) -> String {
    format!("{:#}\n", value(comparison))
}

/// The comparison as a JSON value. Plans are referred to by their `label`.
pub fn value(comparison: &Comparison) -> Value {
    let label = |k: usize| comparison.plans[k].label.as_str();
    json!({
        "plans": comparison.plans.iter().map(plan).collect::<Vec<_>>(),
        "baseline": label(comparison.baseline),
        "seed": comparison.seed,
        "runs": comparison.runs,
        "uptakes": comparison.rates.iter().map(|r| rate(comparison, r)).collect::<Vec<_>>(),
        "unlike_window_hours": comparison.window_hours,
        "notes": comparison.notes,
        "version": comparison.plans[comparison.baseline].provenance.version,
    })
}

fn plan(compared: &ComparedPlan) -> Value {
    let (plan, from) = (&compared.plan, &compared.provenance);
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("label", json!(compared.label));
    put("title", json!(plan.title()));
    put("path", json!(from.path));
    put("sha256", json!(from.sha256));
    put("changes", json!(from.changes));
    put("orgs", json!(plan.orgs()));
    put("deadline", deadline(plan));
    put("horizon", json!(clock::rfc3339(plan.horizon(), plan.time_zone())));
    if let Some(tolerance) = plan.tolerance() {
        put("tolerance", json!(tolerance));
    }
    let differs = compared.differs.iter().map(|d| (d.key.clone(), json!(d.words)));
    put("differs", Value::Object(differs.collect()));
    Value::Object(out)
}

fn rate(comparison: &Comparison, rate: &ComparedRate) -> Value {
    let label = |k: &usize| comparison.plans[*k].label.as_str();
    let plans = rate.plans.iter().enumerate().map(|(k, p)| at_rate(label(&k), p));
    json!({
        "uptake": rate.echo,
        "lowest_mean": label(&rate.leader()),
        "not_clearly_beaten": rate.front.iter().map(label).collect::<Vec<_>>(),
        "plans": plans.collect::<Vec<_>>(),
    })
}

fn at_rate(label: &str, plan: &PlanAtRate) -> Value {
    let [p5, p50, p95] = plan.range;
    let mut failed = json!({ "mean": plan.failed.mean, "p5": p5, "p50": p50, "p95": p95 });
    if let Some(se) = plan.failed.se {
        failed["se"] = json!(se);
    }
    let mut out = json!({ "label": label, "failed_by_deadline": failed });
    for (key, mean) in [("down_at_deadline", plan.down), ("failed_by_horizon", plan.by_horizon)] {
        if let Some(mean) = mean {
            out[key] = json!({ "mean": mean.mean });
        }
    }
    if let Some(chance) = plan.within_tolerance {
        out["within_tolerance"] = json!(chance);
    }
    out["chance_best"] = json!(plan.best);
    out["versus_baseline"] = difference(&plan.versus_baseline);
    out["versus_lowest_mean"] = difference(&plan.versus_leader);
    out
}

fn difference(difference: &Difference) -> Value {
    let mut out = json!({
        "verdict": difference.verdict.key(),
        "mean": difference.mean_orgs,
        "mean_share": difference.mean_share,
    });
    if let Some(bound) = difference.error_bound {
        out["mean_share_error_bound"] = json!(bound);
    }
    out["by_run"] = difference.by_run.as_ref().map_or(Value::Null, by_run);
    out
}

fn by_run(runs: &ByRun) -> Value {
    json!({
        "chance_better": runs.better, "chance_tied": runs.tied, "orgs": spread(&runs.orgs), "share": spread(&runs.share),
    })
}

fn spread(of: &Spread) -> Value {
    json!({ "mean": of.mean, "se": of.se, "p5": of.p5, "p50": of.p50, "p95": of.p95 })
}
