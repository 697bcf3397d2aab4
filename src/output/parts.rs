//! The figures of segments and of time zones as columns of text, the same for the terminal and the report.

use super::sentence::Facts;
use super::words::{self, shown_mean};
use crate::plan::units::group_count;
use crate::results::{Mean, SegmentMeans};

/// Parts of the orgs, one a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTable {
    /// What a part is: `segment` or `time zone`.
    pub kind: &'static str,
    /// The rate at which most columns are, as in a sentence; `None` where nobody can reconnect.
    pub rate: Option<String>,
    /// Names of the columns after the first.
    pub header: Vec<String>,
    /// The part's name, then its cells.
    pub rows: Vec<(String, Vec<String>)>,
}

/// How much of it there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// At the other rates, shares alone.
    Narrow,
    /// At the other rates, numbers too; and each segment's time zone.
    Wide,
}

/// By segment, and by time zone where several segments share one; nothing where all orgs are one segment.
pub fn tables(facts: &Facts<'_>, room: Room) -> Vec<PartTable> {
    let segments = facts.plan.segments();
    if segments.len() < 2 {
        return Vec::new();
    }
    let zones = |rate: usize| -> Vec<SegmentMeans> {
        facts.best(rate).by_time_zone(facts.plan).into_iter().map(|z| z.1).collect()
    };
    let mut found = vec![table(facts, room, "segment", &|rate| facts.best(rate).by_segment.clone())];
    if room == Room::Wide {
        let names = segments.iter().map(|s| s.time_zone.name().to_owned());
        found[0].header.insert(0, "time zone".to_owned());
        found[0].rows.iter_mut().zip(names).for_each(|(row, name)| row.1.insert(0, name));
    }
    if (2..segments.len()).contains(&zones(facts.low).len()) {
        found.push(table(facts, room, "time zone", &zones));
    }
    found
}

fn table(facts: &Facts<'_>, room: Room, kind: &'static str, parts: &dyn Fn(usize) -> Vec<SegmentMeans>) -> PartTable {
    let middle = facts.middle();
    let mut others = vec![facts.low, facts.high];
    others.dedup();
    others.retain(|rate| *rate != middle);
    let mut header: Vec<String> = ["orgs", "failed", "share", "down", "by the end"].map(str::to_owned).to_vec();
    for rate in &others {
        header.push(format!("at {}", facts.rate(*rate)));
        header.extend((room == Room::Wide).then(|| "share".to_owned()));
    }
    let mean = |mean: &Mean| shown_mean(mean.mean, mean.se);
    let share = |means: &SegmentMeans| words::share(means.failed_by_deadline.mean, means.orgs.max(1));
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for means in parts(middle) {
        let cells = vec![
            group_count(means.orgs),
            mean(&means.failed_by_deadline),
            share(&means),
            mean(&means.down_at_deadline),
            mean(&means.failed_by_horizon),
        ];
        rows.push((means.name, cells));
    }
    for rate in others {
        for (row, means) in rows.iter_mut().zip(parts(rate)) {
            row.1.extend((room == Room::Wide).then(|| mean(&means.failed_by_deadline)));
            row.1.push(share(&means));
        }
    }
    let rate = facts.plan.window().map(|_| facts.rate(middle));
    PartTable { kind, rate, header, rows }
}

/// What the columns mean, in a sentence or two.
pub fn key(facts: &Facts<'_>) -> String {
    let until = words::moment(facts.plan, facts.plan.horizon());
    let at = match facts.plan.window() {
        Some(_) => format!(" at {} reconnecting", facts.rate(facts.middle())),
        None => String::new(),
    };
    let others = if facts.single() { "" } else { "; the last columns: failed at other rates" };
    format!(
        "Failed: by the deadline{at}. Down: not yet recovered at the deadline. By the end: failed by {until}{others}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::named;

    fn of(name: &str, room: Room) -> Vec<PartTable> {
        tables(&Facts::of(&named(name).plan, &named(name).projection), room)
    }

    #[test]
    fn a_plan_without_segments_has_no_such_table() {
        assert!(of("flagship", Room::Wide).is_empty());
    }

    /// Of the flagship's closed form, 1,200 orgs: 3.5561 % at one half, 4.9321 % at 0 and 2.1801 % at 1.
    #[test]
    fn a_row_holds_the_middle_rate_and_the_shares_at_both_ends() {
        let table = &of("regions", Room::Narrow)[0];
        assert_eq!(table.header, ["orgs", "failed", "share", "down", "by the end", "at 0 %", "at 100 %"]);
        let americas = &table.rows[0];
        assert_eq!(americas.0, "Americas");
        assert_eq!(americas.1, ["1,200", "42.7", "3.56 %", "17.1", "613.1", "4.93 %", "2.18 %"]);
    }

    #[test]
    fn zones_stand_by_themselves_only_where_segments_share_them() {
        assert_eq!(of("regions", Room::Wide).len(), 1);
        let both = of("many-segments", Room::Wide);
        assert_eq!((both[1].kind, both[1].rows.len()), ("time zone", 5));
        // Berlin: three segments of 900.
        let berlin = both[1].rows.iter().find(|r| r.0 == "Europe/Berlin").expect("a row");
        assert_eq!(berlin.1[0], "2,700");
    }
}
