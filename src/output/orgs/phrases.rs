//! How the risks of orgs are written: figures, the finding, what calls avoid.
use crate::output::words;
use crate::plan::units::{group_count, group_number, round_to, show_share};
use crate::plan::wording::{ACT, ORG, ORGS};
use crate::plan::zone::Tz;
use crate::plan::{Plan, clock};
use crate::results::orgs::{FailureTime, OrgTable};

/// Orgs that a report lists.
pub(super) const LISTED: usize = 10;

/// The first orgs as a report shows them: header and rows, as text.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Listed {
    /// Names of the columns after the first.
    pub header: Vec<&'static str>,
    /// Ids, and the other cells.
    pub rows: Vec<(String, Vec<String>)>,
    /// How many orgs there are in all.
    pub all: String,
}

/// The first orgs of the list whom a call helps.
pub(crate) fn listed(plan: &Plan, table: &OrgTable) -> Listed {
    let mut header = vec!["segment", "chance to fail", "avoided by a call"];
    header.extend(table.weights.as_ref().map(|_| "weight"));
    header.push("expected to fail");
    header.extend(table.contacts.as_ref().map(|_| "contact"));
    let helped = (0..table.len()).take_while(|row| table.risk(*row).avoided_by_reconnect > 0.0).take(LISTED);
    let row = |row: usize| {
        let (risk, part) = (table.risk(row), table.part(row));
        let mut cells = vec![
            part.name.clone(),
            show_share(risk.failed_by_deadline),
            show_share(risk.avoided_by_reconnect.max(0.0)),
        ];
        cells.extend(table.weights.as_ref().map(|_| group_number(round_to(table.weight(row), 2))));
        let time = risk.failure_time.as_ref();
        cells.push(time.map_or_else(|| "never".to_owned(), |time| expected(plan, part.time_zone, time)));
        cells.extend(table.contact(row).map(str::to_owned));
        (table.org_id(row).to_owned(), cells)
    };
    Listed { header, rows: helped.map(row).collect(), all: group_count(table.all as u64) }
}

/// Of the failures that calls can avoid, the share that the calls in a finding avoid.
pub(super) const MOST_OF_IT: f64 = 0.8;

/// What calling comes to, in a sentence: the title of the chart.
pub(crate) fn finding(plan: &Plan, table: &OrgTable) -> String {
    let deadline = words::deadline_short(plan);
    let (what, risk) = (unit(table), figure(table.at_risk));
    if table.at_risk <= 0.0 {
        return format!("None of the {} {ORGS} is at risk by {deadline}", group_count(table.all as u64));
    }
    if table.avoidable <= 0.0 {
        return format!(
            "No call avoids any of the {risk} {what} at risk by {deadline}: all refresh before they can {ACT}"
        );
    }
    let avoided = table.avoided_by_calls();
    let helped = avoided.partition_point(|sum| *sum < table.avoidable * (1.0 - 1e-9));
    let enough = avoided.partition_point(|sum| *sum < table.avoidable * MOST_OF_IT);
    // Where most calls are needed anyway, all of them are what there is to say.
    let calls = if enough * 10 > helped * 8 { helped } else { enough }.min(avoided.len() - 1);
    let whom = if calls == 1 { ORG.to_string() } else { format!("{} {ORGS}", group_count(calls as u64)) };
    let (of, share) = (group_count(table.all as u64), show_share(words_share(avoided[calls] / table.at_risk)));
    format!("Call the first {whom} of {of} to avoid {share} of the {risk} {what} at risk by {deadline}")
}

/// A share as a finding says it: in whole hundredths from one of them on.
pub(super) fn words_share(share: f64) -> f64 {
    if (0.01..0.995).contains(&share) { (share * 100.0).round() / 100.0 } else { share.min(1.0) }
}

/// What is at risk: failures, or their weight.
pub(crate) fn unit(table: &OrgTable) -> &'static str {
    if table.weights.is_some() { "weight" } else { "failures" }
}

/// A sum of failures, or of weight.
pub(crate) fn figure(sum: f64) -> String {
    words::about(sum)
}

/// The orgs that no interval reaches, in a sentence; `None` where there are none.
pub(crate) fn overdue(table: &OrgTable) -> Option<String> {
    const SHOWN: usize = 10;
    let all = table.overdue.len();
    let ids: Vec<&str> = table.overdue.iter().take(SHOWN).map(String::as_str).collect();
    let rest = if all > SHOWN { format!(" and {} more", group_count((all - SHOWN) as u64)) } else { String::new() };
    let (orgs, were) = if all == 1 { (ORG, "was") } else { (ORGS, "were") };
    (all > 0).then(|| {
        let counted = group_count(all as u64);
        format!(
            "{counted} {orgs} {were} left out, because the last refresh is longer ago than any interval: {}{rest}.",
            ids.join(", ")
        )
    })
}

/// When an org that fails is expected to, on its own clock.
pub(super) fn expected_at(plan: &Plan, zone: Tz, time: &FailureTime) -> String {
    clock::show(plan.instant(time.mean), zone, plan.unsaid_year())
}

/// Between which instants it fails in 8 of 10 cases; `None` where they are within an hour.
pub(super) fn expected_range(plan: &Plan, zone: Tz, time: &FailureTime) -> Option<String> {
    let show = |hours| clock::show(plan.instant(hours), zone, plan.unsaid_year());
    (time.p90 - time.p10 >= 1.0).then(|| format!("{} to {}", show(time.p10), show(time.p90)))
}

/// Both.
fn expected(plan: &Plan, zone: Tz, time: &FailureTime) -> String {
    let at = expected_at(plan, zone, time);
    expected_range(plan, zone, time).map_or_else(|| at.clone(), |range| format!("{at} ({range})"))
}
