//! `orgs --format json`: each org's probabilities in full precision, under names that other people's scripts rely on.

use crate::output::json::{DeadlineView, ScenarioView};
use crate::plan::zone::Tz;
use crate::plan::{Plan, clock};
use crate::results::orgs::{FailureTime, OrgTable};
use serde::Serialize;

/// The list as the text of a file: an org a line, so that a long one can be read.
pub(crate) fn text(plan: &Plan, table: &OrgTable) -> String {
    let list = OrgListView {
        scenario: ScenarioView::new(plan, &table.provenance),
        uptake: table.uptake,
        deadline: DeadlineView::new(plan),
        at_risk: table.at_risk,
        avoidable: table.avoidable,
        all: table.all,
        left_out: &table.overdue,
    };
    let mut out = String::from("{\n");
    for (key, value) in serde_json::to_value(&list).expect("keys are strings").as_object().into_iter().flatten() {
        out += &format!("  \"{key}\": {value},\n");
    }
    out += "  \"orgs\": [";
    for row in 0..table.len() {
        out += if row == 0 { "\n    " } else { ",\n    " };
        out += &serde_json::to_string(&OrgView::new(plan, table, row)).expect("keys are strings");
    }
    out += if table.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" };
    out
}

/// What stands above the orgs.
#[derive(Serialize)]
struct OrgListView<'a> {
    scenario: ScenarioView<'a>,
    uptake: f64,
    deadline: DeadlineView,
    at_risk: f64,
    avoidable: f64,
    all: usize,
    left_out: &'a [String],
}

#[derive(Serialize)]
struct OrgView<'a> {
    org_id: &'a str,
    failed_by_deadline: f64,
    down_at_deadline: f64,
    failed_by_horizon: f64,
    weight: f64,
    avoided_by_reconnect: f64,
    segment: &'a str,
    time_zone: &'static str,
    deadline: String,
    fails_at: Option<FailureTimeView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
}

impl<'a> OrgView<'a> {
    fn new(plan: &Plan, table: &'a OrgTable, row: usize) -> Self {
        let (risk, part) = (table.risk(row), table.part(row));
        Self {
            org_id: table.org_id(row),
            failed_by_deadline: risk.failed_by_deadline,
            down_at_deadline: risk.down_at_deadline,
            failed_by_horizon: risk.failed_by_horizon,
            weight: table.weight(row),
            avoided_by_reconnect: risk.avoided_by_reconnect,
            segment: &part.segment,
            time_zone: part.time_zone.name(),
            deadline: clock::rfc3339(plan.instant(part.deadline), part.time_zone),
            fails_at: risk.failure_time.as_ref().map(|time| FailureTimeView::new(plan, part.time_zone, time)),
            contact: table.contact(row),
        }
    }
}

/// Instants on the org's own clock.
#[derive(Serialize)]
struct FailureTimeView {
    mean: String,
    p10: String,
    p90: String,
}

impl FailureTimeView {
    fn new(plan: &Plan, zone: Tz, time: &FailureTime) -> Self {
        let at = |hours| clock::rfc3339(plan.instant(hours), zone);
        Self { mean: at(time.mean), p10: at(time.p10), p90: at(time.p90) }
    }
}
