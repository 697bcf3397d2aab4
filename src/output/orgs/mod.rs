//! Bytes from the list of whom to call: the terminal's table, JSON, CSV and Parquet; its chart is among the charts. It computes no
//! result.

pub mod json;
#[cfg(feature = "tables")]
pub mod tables;
pub mod terminal;

use super::words;
use crate::plan::units::{group_count, show_share};
use crate::plan::{Plan, clock};
use crate::results::orgs::{FailureTime, OrgTable};
use chrono_tz::Tz;

/// Every file of the list: `orgs.csv`, `orgs.parquet`, `charts/call-first.svg` and `.png`. Names are relative to the output folder.
///
/// # Errors
/// When one of them can't be made.
#[cfg(all(feature = "charts", feature = "tables"))]
pub fn files(plan: &Plan, table: &OrgTable) -> crate::Result<Vec<super::folder::File>> {
    let chart = super::chart::call_first::draw(plan, table, &super::chart::Theme::LIGHT)?;
    let png = super::chart::rasterise(&chart.svg)?;
    Ok(vec![
        ("orgs.csv".to_owned(), tables::csv(plan, table)?),
        ("orgs.parquet".to_owned(), tables::parquet(plan, table)?),
        ("charts/call-first.svg".to_owned(), chart.svg.into_bytes()),
        ("charts/call-first.png".to_owned(), png),
    ])
}

/// Of the failures that calls can avoid, the share that the calls in a finding avoid.
const MOST_OF_IT: f64 = 0.8;

/// What calling comes to, in a sentence: the title of the chart.
pub fn finding(plan: &Plan, table: &OrgTable) -> String {
    let deadline = words::deadline_short(plan);
    let (what, risk) = (unit(table), figure(table.at_risk));
    if table.at_risk <= 0.0 {
        return format!("No org of the {} is at risk of failing by {deadline}", group_count(table.all as u64));
    }
    if table.avoidable <= 0.0 {
        return format!(
            "No call avoids any of the {risk} {what} at risk by {deadline}: these orgs refresh before they can reconnect"
        );
    }
    let avoided = table.avoided_by_calls();
    let helped = avoided.partition_point(|sum| *sum < table.avoidable * (1.0 - 1e-9));
    let enough = avoided.partition_point(|sum| *sum < table.avoidable * MOST_OF_IT);
    // Where most calls are needed anyway, all of them are what there is to say.
    let calls = if enough * 10 > helped * 8 { helped } else { enough }.min(avoided.len() - 1);
    let whom = if calls == 1 { "org".to_owned() } else { format!("{} orgs", group_count(calls as u64)) };
    let (of, share) = (group_count(table.all as u64), show_share(words_share(avoided[calls] / table.at_risk)));
    format!("Calling the first {whom} of {of} avoids {share} of the {risk} {what} at risk by {deadline}")
}

/// A share as a finding says it: in whole hundredths from one of them on.
fn words_share(share: f64) -> f64 {
    if (0.01..0.995).contains(&share) { (share * 100.0).round() / 100.0 } else { share.min(1.0) }
}

/// What is at risk: failures, or their weight.
pub fn unit(table: &OrgTable) -> &'static str {
    if table.weight.is_some() { "weight" } else { "failures" }
}

/// A sum of failures, or of weight.
pub fn figure(sum: f64) -> String {
    words::about(sum)
}

/// The orgs that no interval reaches, in a sentence; `None` where there are none.
pub fn overdue(table: &OrgTable) -> Option<String> {
    const SHOWN: usize = 10;
    let all = table.overdue.len();
    let ids: Vec<&str> = table.overdue.iter().take(SHOWN).map(String::as_str).collect();
    let rest = if all > SHOWN { format!(" and {} more", group_count((all - SHOWN) as u64)) } else { String::new() };
    let (orgs, were) = if all == 1 { ("org", "was") } else { ("orgs", "were") };
    (all > 0).then(|| {
        let counted = group_count(all as u64);
        format!(
            "{counted} {orgs} {were} left out, last refreshed longer ago than any interval lasts: {}{rest}.",
            ids.join(", ")
        )
    })
}

/// When an org is expected to fail, on its own clock: `Sat 2 May 10:50`, with the range where it is wider than an hour.
fn expected(plan: &Plan, zone: Tz, time: &FailureTime) -> String {
    let show = |hours| clock::show(plan.instant(hours), zone, Some(words::home_year(plan)));
    let mean = show(time.mean);
    if time.p90 - time.p10 < 1.0 { mean } else { format!("{mean} ({} to {})", show(time.p10), show(time.p90)) }
}
