//! A table of refreshes: a row a refresh. From one to the next of an org is an interval that ended; from the last to the end of
//! observation is one that was still running. What was before the first is not known: observation of an org begins with it.

use super::faults::HistoryFaults;
use super::interval::HistoryFound;
use super::intervals::left_out;
use super::{HistoryCell, HistoryInterval, HistoryTable, HowToRead};
use crate::plan::clock::hours_between;
use crate::population::salesforce;
use crate::scenario::instant::{DATE_ALONE, InstantForm, NO_OFFSET, guess_format, parse_instant};
use crate::scenario::moment;
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;

/// An org's refreshes, each with its row.
type Refreshes = Vec<(DateTime<Utc>, usize)>;

/// The intervals between the refreshes of the columns `org_id` and `refreshed_at`.
pub(super) fn read(
    table: &HistoryTable,
    how: &HowToRead,
    faults: &mut HistoryFaults<'_>,
) -> (Vec<HistoryInterval>, HistoryFound) {
    let (mut orgs, mut late, mut longer) = (BTreeMap::<String, Refreshes>::new(), 0_usize, 0_usize);
    let (id_name, at_name) = (how.name("org_id"), how.name("refreshed_at"));
    let (ids, times) = (table.column(id_name).unwrap_or_default(), table.column(at_name).unwrap_or_default());
    let table_rows = ids.len();
    for (i, (id, at)) in ids.iter().zip(times).enumerate() {
        if table.is_blank(i) || faults.has(i) {
            continue;
        }
        let number = table.row(i);
        let row = (i, number.as_str());
        let id = id.words().filter(|id| !id.is_empty());
        if id.is_none() {
            faults.cell(row, id_name, "it is empty", "say which org refreshed, or leave the row out");
        }
        let at = instant(at, &how.instants).map_err(|(message, help)| faults.cell(row, at_name, message, help)).ok();
        if let (Some(id), Some(at)) = (id, at) {
            if how.until.is_some_and(|until| at > until) {
                late += 1;
            } else {
                let org = salesforce::key(&id);
                longer += usize::from(org.len() < id.len());
                orgs.entry(org.to_owned()).or_default().push((at, i));
            }
        }
    }
    orgs.values_mut().for_each(|refreshes| refreshes.sort());
    find_repeats(&orgs, table, at_name, faults);
    orgs.values_mut().for_each(|refreshes| refreshes.dedup_by_key(|refresh| refresh.0));
    let last = orgs.values().filter_map(|refreshes| refreshes.last()).map(|r| r.0).max();
    let Some(until) = how.until.or(last) else { return (Vec::new(), HistoryFound::default()) };
    let (intervals, nothing) = between(&orgs, until);
    let told = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut notes = Vec::new();
    if late > 0 {
        let refreshes = if late == 1 { "1 refresh".to_owned() } else { format!("{late} refreshes") };
        notes.push(format!("{refreshes} after {told} are left out, since observation ends there."));
    }
    if how.instants.is_date_alone() {
        notes.push(format!("{at_name}: {DATE_ALONE}"));
    }
    if longer > 0 && longer < table_rows {
        notes.push(
            "Salesforce ids of 15 and of 18 characters are taken for one org where the longer one is the same id."
                .to_owned(),
        );
    }
    // One is the refresh at which observation ends.
    if nothing > 1 {
        notes.push(left_out(nothing));
    }
    (intervals, HistoryFound { refreshes: Some((orgs.len() as u64, told)), notes })
}

/// All intervals, org by org, and how many would have no length.
fn between(orgs: &BTreeMap<String, Refreshes>, until: DateTime<Utc>) -> (Vec<HistoryInterval>, usize) {
    let (mut intervals, mut nothing) = (Vec::new(), 0);
    for (org, refreshes) in orgs.values().enumerate() {
        let ended = refreshes.windows(2).map(|pair| hours_between(pair[0].0, pair[1].0));
        intervals.extend(ended.map(|hours| HistoryInterval { hours, ended: true, org }));
        let running = refreshes.last().map_or(0.0, |last| hours_between(last.0, until));
        if running > 0.0 {
            intervals.push(HistoryInterval { hours: running, ended: false, org });
        } else {
            nothing += 1;
        }
    }
    (intervals, nothing)
}

fn find_repeats(
    orgs: &BTreeMap<String, Refreshes>,
    table: &HistoryTable,
    column: &str,
    faults: &mut HistoryFaults<'_>,
) {
    let pairs = orgs.iter().flat_map(|(id, refreshes)| refreshes.windows(2).map(move |pair| (id, pair)));
    let mut repeats: Vec<(usize, usize, &String)> =
        pairs.filter(|(_, pair)| pair[0].0 == pair[1].0).map(|(id, pair)| (pair[1].1, pair[0].1, id)).collect();
    repeats.sort();
    for (row, first, id) in repeats {
        let message = format!("org `{id}` refreshed at that instant already, in {}", table.row(first));
        faults.cell((row, &table.row(row)), column, message, "leave out one of the rows");
    }
}

fn instant(cell: &HistoryCell, form: &InstantForm) -> Result<DateTime<Utc>, (String, String)> {
    match cell {
        HistoryCell::Instant(at) => Ok(*at),
        HistoryCell::Text(text) => parse_instant(text.trim(), form).map_err(|why| {
            if why == NO_OFFSET {
                let help = match guess_format(text) {
                    Some(format) => {
                        format!("say how it is written: --zone America/New_York --time-format \"{format}\"")
                    }
                    None => {
                        "say which zone it is of: --zone America/New_York; or write it as in \"2026-05-04T09:00:00Z\""
                            .to_owned()
                    }
                };
                return (format!("`{text}` {why}"), help);
            }
            // What scenarios say of a time that is none says more.
            match moment::parse(text) {
                Err(refusal) if form.format.is_none() && form.epoch.is_none() => (refusal.message, refusal.help),
                _ => (format!("`{text}` {why}"), "write it as in \"2026-05-04T09:00:00Z\"".to_owned()),
            }
        }),
        HistoryCell::Empty => {
            Err(("it is empty".to_owned(), "say when the org refreshed, or leave the row out".to_owned()))
        }
        HistoryCell::Number(_) | HistoryCell::Truth(_) => {
            let help = "if it counts from 1970, say so: --time-format \"epoch seconds\"";
            Err(("it holds no time".to_owned(), help.to_owned()))
        }
    }
}
