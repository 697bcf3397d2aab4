//! Tables in Markdown, from the same words as the report's.

use super::shows::Table;
use crate::output::moments::moments;
use crate::output::parts::{self, Room};
use crate::output::report::escape;
use crate::output::sentence::Facts;
use crate::output::words::{self, moment};
use crate::plan::Cause;
use crate::plan::units::group_count;
use crate::results::Assumption;

/// A table, with what its columns mean below it where that must be said.
///
/// # Errors
/// Says why the scenario has no such table.
pub fn write(table: Table, facts: &Facts<'_>, assumptions: &[Assumption]) -> Result<String, String> {
    match table {
        Table::Headline => Ok(headline(facts)),
        Table::Segments => part(facts, "segment"),
        Table::TimeZones => part(facts, "time zone"),
        Table::Causes => Ok(causes(facts)),
        Table::Timeline => Ok(timeline(facts)),
        Table::Assumptions => Ok(assumed(assumptions)),
    }
}

/// Rows of cells as Markdown; the first `left` columns are text, the others numbers.
fn markdown(header: &[String], left: usize, rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.iter().map(|c| escape(c)).collect::<Vec<_>>().join(" | "));
    let rule: Vec<&str> = (0..header.len()).map(|i| if i < left { "---" } else { "---:" }).collect();
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("{}| {} |\n{body}", line(header), rule.join(" | "))
}

fn names(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn headline(facts: &Facts<'_>) -> String {
    let mut header = names(&["reconnect", "failed", "90 % range", "share", "down", "to come"]);
    header.extend(facts.plan.tolerance().map(|n| format!("within {}", group_count(n))));
    let row = |i: usize| {
        let (best, orgs) = (facts.best(i), facts.orgs());
        let (failed, down) = (&best.failed_by_deadline, &best.down_at_deadline);
        let mut cells = vec![
            facts.rate(i),
            words::quantity_mean(failed),
            format!("{} to {}", group_count(failed.percentile(5.0)), group_count(failed.percentile(95.0))),
            words::share(failed.mean, orgs),
            words::quantity_mean(down),
            words::plain_mean(&best.to_come()),
        ];
        cells.extend(best.within_tolerance.map(words::chance));
        cells
    };
    let rows: Vec<Vec<String>> = facts.ascending().into_iter().map(row).collect();
    let (by, until) = (words::deadline_full(facts.plan), moment(facts.plan, facts.plan.horizon()));
    let key = format!(
        "Failed: mean number of orgs by {by}. Down: not yet recovered then. To come: failures after it, to {until}."
    );
    format!("{}\n{}\n", markdown(&header, 1, &rows), escape(&key))
}

fn part(facts: &Facts<'_>, kind: &str) -> Result<String, String> {
    let all = parts::tables(facts, Room::Wide);
    let Some(table) = all.into_iter().find(|table| table.kind == kind) else {
        return Err(match kind {
            "segment" => "this scenario has no segments".to_owned(),
            _ => "no two of this scenario's segments share a time zone".to_owned(),
        });
    };
    let header: Vec<String> = std::iter::once(kind.to_owned()).chain(table.header.iter().cloned()).collect();
    let left = 1 + table.header.iter().filter(|h| *h == "time zone").count();
    let rows: Vec<Vec<String>> =
        table.rows.into_iter().map(|(name, cells)| std::iter::once(name).chain(cells).collect()).collect();
    Ok(format!("{}\n{}\n", markdown(&header, left, &rows), escape(&parts::key(facts))))
}

fn causes(facts: &Facts<'_>) -> String {
    let rates = facts.ascending();
    let header: Vec<String> =
        std::iter::once("cause".to_owned()).chain(rates.iter().map(|i| format!("at {}", facts.rate(*i)))).collect();
    let row = |cause: Cause| {
        let means = rates.iter().map(|i| words::plain_mean(facts.best(*i).cause(cause)));
        std::iter::once(cause.words().to_owned()).chain(means).collect()
    };
    markdown(&header, 1, &Cause::ALL.map(row))
}

fn timeline(facts: &Facts<'_>) -> String {
    let plan = facts.plan;
    let header =
        [format!("when ({})", plan.time_zone()), format!("from {}", plan.main_event().name), "what".to_owned()];
    let rows = moments(plan).into_iter().map(|m| vec![m.when(plan), m.offset(plan), m.name_and_median(plan)]);
    markdown(&header, 3, &rows.collect::<Vec<_>>())
}

fn assumed(assumptions: &[Assumption]) -> String {
    let row =
        |a: &Assumption| vec![a.key.clone(), a.words.clone(), if a.given { "given" } else { "default" }.to_owned()];
    markdown(&names(&["key", "assumption", "from"]), 3, &assumptions.iter().map(row).collect::<Vec<_>>())
}
