//! Whether rows that are left out are like the rest: by segment, by age and by weight, as far as those can be read.

use super::faults::InventoryFaults;
use super::rows::InventoryRows;
use crate::plan::units::{counted, group_count, show_hours, show_share};
use crate::scenario::inventory::InventoryRequest;

/// Segments that are named.
const NAMED: usize = 6;

/// What is to be said of rows that are left out, given ascending.
pub(super) fn compared(
    rows: &InventoryRows,
    bad: &[usize],
    faults: &InventoryFaults<'_>,
    request: &InventoryRequest,
) -> String {
    let mut told = vec![faults.left_out(bad.len())];
    told.push(format!("That is {} of the rows.", show_share(bad.len() as f64 / rows.len() as f64)));
    let reads = |row: usize, ours: &str| {
        let name = request.name_of(ours);
        !faults.of_row(row).any(|column| column.is_none_or(|column| column.eq_ignore_ascii_case(name)))
    };
    let is_bad = |row: usize| bad.binary_search(&row).is_ok();
    told.extend(by_segment(rows, bad, request, &|row| reads(row, "segment")));
    let aged: Vec<i64> = (bad.iter().copied())
        .filter(|row| reads(*row, "last_refresh_at") && reads(*row, "reconnected_at"))
        .map(|row| rows.age[row])
        .collect();
    if !aged.is_empty() {
        let rest = (0..rows.len()).filter(|row| !is_bad(*row)).map(|row| rows.age[row]).collect();
        let known = aged.len();
        let (theirs, others) = (show_age(median(aged)), show_age(median(rest)));
        let of = if known == bad.len() {
            "They were".to_owned()
        } else {
            format!("The {} whose age can be read were", group_count(known as u64))
        };
        told.push(format!("{of} last used {theirs} before `as_of` (median), the others {others}."));
    } else {
        told.push("When they were last used can't be told.".to_owned());
    }
    if let Some(weights) = &rows.weight {
        let known: f64 = bad.iter().filter(|row| reads(**row, "weight")).map(|row| weights[*row]).sum();
        let all: f64 = (0..rows.len()).filter(|row| !is_bad(*row)).map(|row| weights[row]).sum::<f64>() + known;
        if all > 0.0 && known > 0.0 {
            told.push(format!("They carry {} of the weight.", show_share(known / all)));
        }
    }
    told.join(" ")
}

fn by_segment(
    rows: &InventoryRows,
    bad: &[usize],
    request: &InventoryRequest,
    reads: &dyn Fn(usize) -> bool,
) -> Option<String> {
    if request.segments.is_empty() {
        return None;
    }
    let mut all = vec![0_u64; request.segments.len() + 1];
    rows.segment.iter().for_each(|segment| all[usize::from(*segment)] += 1);
    let mut out = vec![0_u64; all.len()];
    bad.iter().filter(|row| reads(**row)).for_each(|row| out[usize::from(rows.segment[*row])] += 1);
    let share = |i: usize| out[i] as f64 / all[i].max(1) as f64;
    let mut hit: Vec<usize> = (0..all.len()).filter(|i| out[*i] > 0).collect();
    hit.sort_by(|a, b| share(*b).total_cmp(&share(*a)));
    let name = |i: usize| if i == 0 { "no segment" } else { request.segments[i - 1].as_str() };
    let one = |i: &usize| format!("{} {}", name(*i), show_share(share(*i)));
    let listed: Vec<String> = hit.iter().take(NAMED).map(one).collect();
    let more = hit.len().saturating_sub(NAMED);
    let more = if more > 0 {
        format!(", and {}", counted(more as u64, "segment more", "segments more"))
    } else {
        String::new()
    };
    (!listed.is_empty()).then(|| format!("By segment: {}{more}.", listed.join(", ")))
}

fn median(mut ages: Vec<i64>) -> i64 {
    if ages.is_empty() {
        return 0;
    }
    let middle = ages.len() / 2;
    *ages.select_nth_unstable(middle).1
}

fn show_age(micros: i64) -> String {
    show_hours((micros as f64 / 3.6e9).round())
}
