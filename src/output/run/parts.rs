//! The figures of segments and of time zones.

use crate::output::document::{Cell, Column, Table};
use crate::output::sentence::Facts;
use crate::output::words;
use crate::plan::wording::{DOWN, FAILED, ORGS};
use crate::results::SegmentMeans;

/// By segment, and by time zone where several segments share one; nothing where all orgs are one segment.
pub(crate) fn tables(facts: &Facts<'_>) -> Vec<Table> {
    let segments = facts.plan.segments();
    if segments.len() < 2 {
        return Vec::new();
    }
    let zones = |rate: usize| -> Vec<SegmentMeans> {
        facts.best(rate).by_time_zone(facts.plan).into_iter().map(|zone| zone.1).collect()
    };
    let names = segments.iter().map(|s| s.time_zone.name().to_owned()).collect();
    let mut found = vec![table(facts, "segment", Some(names), &|rate| facts.best(rate).by_segment.clone())];
    if (2..segments.len()).contains(&zones(facts.low).len()) {
        found.push(table(facts, "time zone", None, &zones));
    }
    let last = found.pop().expect("one at least");
    found.push(last.with_key(key(facts)));
    found
}

fn table(
    facts: &Facts<'_>,
    kind: &'static str,
    zones: Option<Vec<String>>,
    parts: &dyn Fn(usize) -> Vec<SegmentMeans>,
) -> Table {
    let middle = facts.middle();
    let mut others = vec![facts.low, facts.high];
    others.dedup();
    others.retain(|rate| *rate != middle);
    let mut columns = vec![Column::text(kind)];
    columns.extend(zones.as_ref().map(|_| Column::text("time zone").rank(2)));
    columns.push(Column::number(ORGS.to_string()));
    columns.extend(
        [FAILED.to_string(), "share".to_owned(), DOWN.to_string(), "by the end".to_owned()].map(Column::number),
    );
    for rate in &others {
        let rate = facts.rate(*rate);
        columns.extend([Column::number(format!("{FAILED} at {rate}")).rank(1), Column::number(format!("at {rate}"))]);
    }
    let share = |means: &SegmentMeans| Cell::Share(means.failed_by_deadline.mean / means.orgs.max(1) as f64);
    let mean = |mean: &crate::results::Mean| Cell::mean(mean.mean, mean.se);
    let mut zones = zones.into_iter().flatten();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for means in parts(middle) {
        let mut cells = vec![Cell::text(&means.name)];
        cells.extend(zones.next().map(Cell::Text));
        cells.extend([
            Cell::Count(means.orgs),
            mean(&means.failed_by_deadline),
            share(&means),
            mean(&means.down_at_deadline),
            mean(&means.failed_by_horizon),
        ]);
        rows.push(cells);
    }
    for rate in others {
        for (row, means) in rows.iter_mut().zip(parts(rate)) {
            row.extend([mean(&means.failed_by_deadline), share(&means)]);
        }
    }
    let at = facts.plan.window().map_or_else(String::new, |_| format!(", {}", facts.if_rate(middle)));
    let name = if kind == "segment" { "segments" } else { "time-zones" };
    Table::new(name, format!("By {kind}{at}"), columns, rows)
}

/// What the columns mean, in a sentence or two.
fn key(facts: &Facts<'_>) -> String {
    let until = words::date_spoken(facts.plan, facts.plan.horizon());
    let at = facts.on_condition(facts.middle());
    let others = if facts.single() { String::new() } else { format!(" The last columns: {FAILED} at other rates.") };
    format!(
        "{FAILED:#}: by the deadline{at}. {DOWN:#}: not recovered by the deadline. By the end: {FAILED} by {until}.{others}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::document::FigureFormat;
    use crate::output::samples::named;

    fn of(name: &str) -> Vec<Table> {
        tables(&Facts::of(&named(name).plan, &named(name).projection))
    }

    fn row(table: &Table, name: &str) -> Vec<String> {
        let written = |cells: &[Cell]| cells.iter().map(|cell| FigureFormat::default().cell(cell)).collect::<Vec<_>>();
        let rows = table.rows.iter().filter_map(|row| row.cells().map(written));
        rows.into_iter().find(|row| row[0] == name).expect("a row")
    }

    #[test]
    fn a_plan_without_segments_has_no_such_table() {
        assert!(of("flagship").is_empty());
    }

    /// Of the flagship's closed form, 1,200 orgs: 3.5561 % at one half, 4.9321 % at 0 and 2.1801 % at 1.
    #[test]
    fn a_row_holds_the_middle_rate_and_the_shares_at_both_ends() {
        let table = &of("regions")[0].only(|column| column.rank < 1);
        let header: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
        assert_eq!(header, ["segment", "orgs", "failed", "share", "still broken", "by the end", "at 0 %", "at 100 %"]);
        let americas = row(table, "Americas");
        assert_eq!(americas[1..], ["1,200", "42.7", "3.56 %", "17.1", "613.1", "4.93 %", "2.18 %"]);
    }

    #[test]
    fn zones_stand_by_themselves_only_where_segments_share_them() {
        assert_eq!(of("regions").len(), 1);
        let both = of("many-segments");
        assert_eq!((both[1].name, both[1].rows.len()), ("time-zones", 5));
        // Berlin: three segments of 900.
        assert_eq!(row(&both[1], "Europe/Berlin")[1], "2,700");
    }
}
