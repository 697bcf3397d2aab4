//! The tables of a run with every row and every figure in a column of its own, for those who go on calculating: the curve, the
//! segments, the timeline, and where the figures come from.

use crate::output::document::{Cell, Column, Table};
use crate::output::moments::{MomentShown, moments};
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::words;
use crate::plan::clock::offset;
use crate::plan::wording::{ACT, DOWN, FAILED, ORGS};
use crate::plan::{Plan, Segment};
use crate::results::{CurvePoint, SegmentMeans};
use chrono::{DateTime, Utc};

/// Those failed as a share of the segment's orgs: the column that other cells make.
pub(crate) const SHARE: &str = "Share";

/// The column of a segment's failures.
pub(crate) fn failed_label() -> String {
    format!("{FAILED:#} (mean)")
}

/// The column of a segment's orgs.
pub(crate) fn orgs_label() -> String {
    format!("{ORGS:#}")
}

fn local(plan: &Plan, at: DateTime<Utc>) -> [Cell; 2] {
    let zone = plan.time_zone();
    [Cell::Local(at, zone), Cell::Text(offset(at, zone))]
}

/// A row for each of these places among the hours of the curve; four columns for each of the first `rates` rates.
pub(crate) fn curve(facts: &Facts<'_>, places: &[usize], rates: usize) -> Table {
    let mut columns = vec![Column::text("Local time"), Column::text("UTC offset"), Column::number("Hours since as_of")];
    for i in 0..rates {
        let rate = facts.rate(i);
        let labels = [
            format!("{FAILED:#} so far at {rate}"),
            format!("5th percentile at {rate}"),
            format!("95th percentile at {rate}"),
            format!("{DOWN:#} at {rate}"),
        ];
        columns.extend(labels.map(Column::number));
    }
    let mean = |point: &CurvePoint| Cell::mean(point.mean, point.se);
    let count = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Count);
    let row = |place: &usize| {
        let hours = facts.projection.curve_hours[*place];
        let mut row = local(facts.plan, facts.plan.instant(hours)).to_vec();
        row.push(Cell::Hours(hours));
        for best in (0..rates).map(|i| facts.best(i)) {
            let (failed, down) = (&best.failed_curve[*place], &best.down_curve[*place]);
            row.extend([mean(failed), count(failed.p5), count(failed.p95), mean(down)]);
        }
        row
    };
    Table::new("curve", "", columns, places.iter().map(row).collect())
}

/// A row for each rate and segment.
pub(crate) fn segments(facts: &Facts<'_>) -> Table {
    let plan = facts.plan;
    let columns = vec![
        Column::text("Segment"),
        Column::text("Time zone"),
        Column::text("Deadline (its local time)"),
        Column::text("UTC offset"),
        Column::number(format!("{ACT:#}")),
        Column::number(orgs_label()),
        Column::number(failed_label()),
        Column::number(SHARE),
        Column::number(format!("{DOWN:#} at the deadline (mean)")),
        Column::number(format!("{FAILED:#} by the horizon (mean)")),
    ];
    let row = |i: usize, segment: &Segment, means: &SegmentMeans| {
        let (at, zone, outcome) = (plan.instant(segment.deadline), segment.time_zone, facts.outcome(i));
        let known = (!words::is_unknown(plan, i)).then_some(outcome.uptake);
        let [failed, down, later] = [&means.failed_by_deadline, &means.down_at_deadline, &means.failed_by_horizon];
        vec![
            Cell::text(&means.name),
            Cell::text(zone.name()),
            Cell::Local(at, zone),
            Cell::Text(offset(at, zone)),
            Cell::Rate(known, outcome.label.clone()),
            Cell::Count(means.orgs),
            Cell::mean(failed.mean, failed.se),
            if means.orgs > 0 { Cell::Share(means.share(failed)) } else { Cell::Empty },
            Cell::mean(down.mean, down.se),
            Cell::mean(later.mean, later.se),
        ]
    };
    let of_rate = |i: usize| {
        let all = plan.segments().iter().zip(&facts.best(i).by_segment);
        all.map(move |(segment, means)| row(i, segment, means))
    };
    Table::new("segments", "", columns, (0..facts.projection.uptakes.len()).flat_map(of_rate).collect())
}

/// A row for each moment of the plan, with its 5th and 95th percentile where a date of the plan is not known.
pub(crate) fn timeline(plan: &Plan) -> Table {
    let shown = moments(plan);
    let is_open = shown.iter().any(|moment| moment.range.is_some());
    let mut columns = vec![
        Column::text("Local time"),
        Column::text("UTC offset"),
        Column::number("Hours"),
        Column::text("What"),
        Column::text("Kind"),
    ];
    if is_open {
        columns.extend(["From (P5)", "To (P95)"].map(Column::text));
        columns.extend(["Hours (P5)", "Hours (P95)"].map(Column::number));
    }
    let row = |moment: MomentShown| {
        let hours = moment.hours_from_main_event(plan);
        let (at, from) =
            moment.range.as_ref().map_or(([moment.at; 3], [hours; 3]), |range| (range.at, range.from_main_event));
        let mut row = local(plan, at[1]).to_vec();
        row.extend([Cell::Hours(from[1]), Cell::Text(moment.name), Cell::text(moment.kind.words())]);
        if is_open {
            let zone = plan.time_zone();
            row.extend([Cell::Local(at[0], zone), Cell::Local(at[2], zone)]);
            row.extend([Cell::Hours(from[0]), Cell::Hours(from[2])]);
        }
        row
    };
    Table::new("timeline", "", columns, shown.into_iter().map(row).collect())
}

/// Where the figures come from, and what must be known with them; `rates` is the number of those whose curve is told.
pub(crate) fn notes(facts: &Facts<'_>, findings: &ReportFindings, rates: usize) -> Table {
    let (plan, projection) = (facts.plan, facts.projection);
    let from = &projection.provenance;
    let row = |name: &str, cell: Cell| vec![Cell::text(name), cell];
    let note = |name: &str, words: &str| row(name, Cell::text(words));
    let mut rows = vec![
        note("Scenario", &from.path),
        note("Scenario sha256", &from.sha256),
        note("Version of cutover", &from.version),
        note("Figures", if projection.is_exact() { "exact" } else { "simulated" }),
        // A seed may have more digits than a cell's number.
        note("Seed", &projection.seed.to_string()),
        row("Simulated runs", Cell::Count(projection.runs)),
        row(&format!("{ORGS:#}"), Cell::Count(plan.orgs())),
        note("Time zone", plan.time_zone().name()),
        note("Deadline", &words::deadline_full(plan)),
    ];
    rows.extend(from.changes.iter().map(|change| note("Changed by --set", change)));
    rows.extend(findings.agreement.iter().map(|words| note("Engines", words)));
    if rates < projection.uptakes.len() {
        rows.push(note("Note", &format!("The curve is told at the first {rates} rates.")));
    }
    rows.extend(projection.notes.iter().map(|words| note("Note", words)));
    Table::new("notes", "", vec![Column::text("What"), Column::text("Value")], rows)
}
