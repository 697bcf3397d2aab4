//! `orgs --format json`: each org's probabilities in full precision, under names that other people's scripts rely on.

use crate::output::json::deadline;
use crate::plan::{Plan, clock};
use crate::results::orgs::OrgTable;
use serde_json::{Map, Value, json};

/// The list as the text of a file: an org a line, so that a long one can be read.
pub fn text(plan: &Plan, table: &OrgTable) -> String {
    let from = &table.provenance;
    let scenario = json!({ "title": plan.title(), "path": from.path, "sha256": from.sha256, "changes": from.changes });
    let mut out = String::from("{\n");
    let members = [
        ("scenario", scenario),
        ("uptake", json!(table.uptake)),
        ("deadline", deadline(plan)),
        ("at_risk", json!(table.at_risk)),
        ("avoidable", json!(table.avoidable)),
        ("all", json!(table.all)),
        ("left_out", json!(table.overdue)),
    ];
    for (key, value) in members {
        out += &format!("  {}: {value},\n", Value::from(key));
    }
    out += "  \"orgs\": [";
    for row in 0..table.len() {
        out += if row == 0 { "\n    " } else { ",\n    " };
        out += &org(plan, table, row).to_string();
    }
    out += if table.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" };
    out
}

fn org(plan: &Plan, table: &OrgTable, row: usize) -> Value {
    let (risk, part) = (table.risk(row), table.part(row));
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("org_id", json!(table.org_id(row)));
    put("failed_by_deadline", json!(risk.failed_by_deadline));
    put("down_at_deadline", json!(risk.down_at_deadline));
    put("failed_by_horizon", json!(risk.failed_by_horizon));
    put("weight", json!(table.weight(row)));
    put("avoided_by_reconnect", json!(risk.avoided_by_reconnect));
    put("segment", json!(part.segment));
    put("time_zone", json!(part.time_zone.name()));
    put("deadline", json!(clock::rfc3339(plan.instant(part.deadline), part.time_zone)));
    let at = |hours| json!(clock::rfc3339(plan.instant(hours), part.time_zone));
    let time = risk
        .failure_time
        .map_or(Value::Null, |time| json!({ "mean": at(time.mean), "p10": at(time.p10), "p90": at(time.p90) }));
    put("fails_at", time);
    if let Some(contact) = table.contact(row) {
        put("contact", json!(contact));
    }
    Value::Object(out)
}
