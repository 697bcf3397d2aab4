//! The sheets of the workbook, one function each: what stands in which cell.

use super::cells::{CellLook, SheetCell, offset};
use super::charts;
use super::contents::{CURVE_AT, CURVE_LEFT, Contents, ORGS_NAME, OUTCOMES_AT};
use crate::output::document::{Cell, Row, Table};
use crate::output::moments::moments;
use crate::output::run::tables;
use crate::output::words;
use crate::plan::wording::{ACT, DOWN, FAILED, ORGS};
use crate::results::CurvePoint;
use rust_xlsxwriter::{Worksheet, XlsxError};

type SheetDone = Result<(), XlsxError>;

fn mean(value: f64, se: Option<f64>) -> SheetCell {
    // A standard error above a twentieth makes the first decimal noise.
    SheetCell::Mean { value, fine: value < 9_999.5 && se.is_none_or(|se| se < 0.05) }
}

fn names(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// A table of the document as cells with their values in full; a range takes two columns.
fn of_document(table: &Table) -> (Vec<String>, Vec<Vec<SheetCell>>) {
    let cells: Vec<&[Cell]> = table.rows.iter().filter_map(Row::cells).collect();
    let of = |cell: &Cell| match cell {
        Cell::Empty => vec![SheetCell::Empty],
        Cell::Text(words) | Cell::Code(words) | Cell::Rate(None, words) => vec![SheetCell::Text(words.clone())],
        Cell::Rate(Some(rate), _) => vec![SheetCell::Rate(*rate)],
        Cell::Count(count) => vec![SheetCell::Count(*count)],
        Cell::Mean { value, se } | Cell::Signed { value, se } => vec![mean(*value, *se)],
        Cell::Error(value) | Cell::Number(value, _) => vec![mean(*value, None)],
        Cell::Range(low, high) => vec![SheetCell::Count(*low), SheetCell::Count(*high)],
        Cell::Share(share) => vec![SheetCell::Share(*share)],
        Cell::Chance(chance) => vec![SheetCell::Chance(*chance)],
    };
    let rows = cells.iter().map(|row| row.iter().flat_map(of).collect()).collect();
    (table.spread_labels().0, rows)
}

/// Makes the shares in a column formulas of their row, so that they follow a mean that somebody types over.
fn shares(rows: &mut [Vec<SheetCell>], first: u32, column: usize, formula: impl Fn(u32) -> String) {
    for (row, cells) in (first..).zip(rows) {
        if let Some(share @ SheetCell::Share(_)) = cells.get(column).cloned() {
            cells[column] = SheetCell::Formula(formula(row), Box::new(share));
        }
    }
}

/// `B6`.
fn cell_name(row: u32, column: usize) -> String {
    rust_xlsxwriter::utility::row_col_to_cell(row, column as u16)
}

fn widths(sheet: &mut Worksheet, widths: &[f64]) -> SheetDone {
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    Ok(())
}

/// The decision, a row for each rate, and both charts.
pub(super) fn summary(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, c.plan.title())?;
    look.paragraph(sheet, 1, 9, &c.findings.decision.join(" "))?;
    look.write(sheet, 2, 0, &SheetCell::Text(c.findings.headline.clone()))?;
    let (mut header, mut rows) = of_document(&c.outcomes());
    let column = |label: &str| header.iter().position(|name| name == label);
    if let Some((failed, share)) = column(tables::MEAN).zip(column(tables::SHARE)) {
        shares(&mut rows, OUTCOMES_AT + 1, share, |row| format!("={}/{ORGS_NAME}", cell_name(row, failed)));
    }
    if let Some(tolerance) = c.plan.tolerance() {
        // A column of its own, which the chart draws as a line.
        header.push(charts::TOLERANCE.to_owned());
        rows.iter_mut().for_each(|row| row.push(SheetCell::Count(tolerance)));
    }
    look.table(sheet, OUTCOMES_AT, "Outcomes", &header, &rows)?;
    widths(sheet, &[14.0; 10])?;
    charts::headline(c, &header, sheet)?;
    charts::cumulative(c, sheet)
}

/// A row for each hour, four columns for each rate.
pub(super) fn curve(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, &c.findings.cumulative)?;
    let every = if c.step() == 1 { "Every hour".to_owned() } else { format!("Every {} hours", c.step()) };
    let zone = c.plan.time_zone().name();
    look.write(sheet, 1, 0, &SheetCell::Text(format!("{every} to the horizon; {ORGS}; local time of {zone}.")))?;
    let mut header = names(&["Local time", "UTC offset", "Hours since as_of"]);
    for i in 0..c.curves() {
        let rate = c.facts.rate(i);
        header.extend([format!("{FAILED:#} so far at {rate}"), format!("5th percentile at {rate}")]);
        header.extend([format!("95th percentile at {rate}"), format!("{DOWN:#} at {rate}")]);
    }
    let rows: Vec<Vec<SheetCell>> = c.hours().into_iter().map(|hour| curve_row(c, hour)).collect();
    look.table(sheet, CURVE_AT, "Curve", &header, &rows)?;
    widths(sheet, &[22.0, 12.0, 12.0])?;
    sheet.set_freeze_panes(CURVE_AT + 1, CURVE_LEFT as u16).map(|_| ())
}

fn curve_row(c: &Contents<'_>, place: usize) -> Vec<SheetCell> {
    let hours = c.projection.curve_hours[place];
    let (at, zone) = (c.plan.instant(hours), c.plan.time_zone());
    let mut row = vec![SheetCell::Local(at, zone), SheetCell::Text(offset(at, zone)), SheetCell::Hours(hours)];
    let count = |n: Option<u64>| n.map_or(SheetCell::Empty, SheetCell::Count);
    for i in 0..c.curves() {
        let (failed, down): (&CurvePoint, &CurvePoint) = {
            let best = c.facts.best(i);
            (&best.failed_curve[place], &best.down_curve[place])
        };
        row.extend([mean(failed.mean, failed.se), count(failed.p5), count(failed.p95), mean(down.mean, down.se)]);
    }
    row
}

/// A row for each segment and rate.
pub(super) fn segments(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    let by = &c.facts.by;
    let title = c.findings.segments.clone().unwrap_or_else(|| format!("All {ORGS} are one segment: failures by {by}"));
    look.title(sheet, 0, &title)?;
    let mut header = names(&["Segment", "Time zone", "Deadline (its local time)", "UTC offset"]);
    header.extend([format!("{ACT:#}"), format!("{ORGS:#}")]);
    header.extend([format!("{FAILED:#} (mean)"), "Share".to_owned()]);
    header.extend([format!("{DOWN:#} at the deadline (mean)"), format!("{FAILED:#} by the horizon (mean)")]);
    let mut rows = Vec::new();
    for i in 0..c.projection.uptakes.len() {
        for (segment, means) in c.plan.segments().iter().zip(&c.facts.best(i).by_segment) {
            let (at, zone) = (c.plan.instant(segment.deadline), segment.time_zone);
            let failed = &means.failed_by_deadline;
            rows.push(vec![
                SheetCell::Text(means.name.clone()),
                SheetCell::Text(zone.name().to_owned()),
                SheetCell::Local(at, zone),
                SheetCell::Text(offset(at, zone)),
                c.rate(i),
                SheetCell::Count(means.orgs),
                mean(failed.mean, failed.se),
                if means.orgs > 0 { SheetCell::Share(means.share(failed)) } else { SheetCell::Empty },
                mean(means.down_at_deadline.mean, means.down_at_deadline.se),
                mean(means.failed_by_horizon.mean, means.failed_by_horizon.se),
            ]);
        }
    }
    shares(&mut rows, 3, 7, |row| format!("={}/{}", cell_name(row, 6), cell_name(row, 5)));
    look.table(sheet, 2, "Segments", &header, &rows)?;
    widths(sheet, &[28.0, 22.0, 22.0, 12.0, 14.0, 12.0, 14.0, 10.0, 16.0, 16.0])
}

/// Mean failures by the deadline, a row for each cause.
pub(super) fn causes(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, &format!("Mean failures by {}, by cause", c.facts.by))?;
    let (header, rows) = of_document(&tables::causes(&c.facts, &c.facts.ascending()));
    look.table(sheet, 2, "Causes", &header, &rows)?;
    widths(sheet, &[26.0, 16.0, 16.0, 16.0, 16.0])
}

/// A row for each moment of the plan.
pub(super) fn timeline(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, &c.findings.timeline)?;
    let zone = c.plan.time_zone();
    let is_open = moments(c.plan).iter().any(|m| m.range.is_some());
    let median = if is_open { " Of a date that is not known, the median." } else { "" };
    let about = format!("Local time of {zone}; hours from {}.{median}", c.plan.main_event().name);
    look.write(sheet, 1, 0, &SheetCell::Text(about))?;
    let range = ["From (P5)", "To (P95)", "Hours (P5)", "Hours (P95)"];
    let header =
        [&["Local time", "UTC offset", "Hours", "What", "Kind"][..], if is_open { &range } else { &[] }].concat();
    let header = names(&header);
    let all = moments(c.plan).into_iter().map(|m| {
        let hours = m.hours_from_main_event(c.plan);
        let (at, from) = m.range.as_ref().map_or(([m.at; 3], [hours; 3]), |range| (range.at, range.from_main_event));
        let (what, kind) = (SheetCell::Text(m.name), SheetCell::Text(m.kind.words().to_owned()));
        let row = vec![
            SheetCell::Local(at[1], zone),
            SheetCell::Text(offset(at[1], zone)),
            SheetCell::Hours(from[1]),
            what,
            kind,
        ];
        let range = [
            SheetCell::Local(at[0], zone),
            SheetCell::Local(at[2], zone),
            SheetCell::Hours(from[0]),
            SheetCell::Hours(from[2]),
        ];
        row.into_iter().chain(is_open.then_some(range).into_iter().flatten()).collect::<Vec<SheetCell>>()
    });
    look.table(sheet, 3, "Timeline", &header, &all.collect::<Vec<_>>())?;
    widths(sheet, &[22.0, 12.0, 10.0, 48.0, 20.0])
}

/// A row for each assumption.
pub(super) fn assumptions(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, "What the figures rest on")?;
    let (header, rows) = of_document(&tables::assumptions(c.assumptions));
    look.table(sheet, 2, "Assumptions", &header, &rows)?;
    widths(sheet, &[44.0, 72.0, 14.0])
}

/// Where the figures come from, and what must be known with them.
pub(super) fn notes(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    look.title(sheet, 0, "Where this comes from")?;
    let from = &c.projection.provenance;
    let exact = c.projection.is_exact();
    let figures = if exact { "exact" } else { "simulated" };
    let orgs = format!("{ORGS:#}");
    let mut rows: Vec<(&str, SheetCell)> = vec![
        ("Scenario", SheetCell::Text(from.path.clone())),
        ("Scenario sha256", SheetCell::Text(from.sha256.clone())),
        ("Version of cutover", SheetCell::Text(from.version.clone())),
        ("Figures", SheetCell::Text(figures.to_owned())),
        // A seed may have more digits than a cell's number.
        ("Seed", SheetCell::Text(c.projection.seed.to_string())),
        ("Simulated runs", SheetCell::Count(c.projection.runs)),
        (&orgs, SheetCell::Count(c.plan.orgs())),
        ("Time zone", SheetCell::Text(c.plan.time_zone().name().to_owned())),
        ("Deadline", SheetCell::Text(words::deadline_full(c.plan))),
    ];
    rows.extend(from.changes.iter().map(|change| ("Changed by --set", SheetCell::Text(change.clone()))));
    rows.extend(c.findings.agreement.iter().map(|words| ("Engines", SheetCell::Text(words.clone()))));
    if c.curves() < c.projection.uptakes.len() {
        let words = format!("The curve is told at the first {} rates.", c.curves());
        rows.push(("Note", SheetCell::Text(words)));
    }
    rows.extend(c.projection.notes.iter().map(|note| ("Note", SheetCell::Text(note.clone()))));
    let rows: Vec<Vec<SheetCell>> =
        rows.into_iter().map(|(name, cell)| vec![SheetCell::Text(name.to_owned()), cell]).collect();
    look.table(sheet, 2, "Notes", &names(&["What", "Value"]), &rows)?;
    widths(sheet, &[22.0, 100.0])
}
