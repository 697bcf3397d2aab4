//! The sheets of the workbook, one function each: what stands in which cell.

use super::cells::{Cell, Look, offset};
use super::charts;
use super::contents::{CURVE_AT, CURVE_LEFT, Contents, OUTCOMES_AT};
use crate::output::moments::moments;
use crate::output::words;
use crate::plan::Cause;
use crate::plan::units::group_count;
use crate::results::{Assumption, CurvePoint, Measures};
use rust_xlsxwriter::{Worksheet, XlsxError};

type Done = Result<(), XlsxError>;

fn mean(value: f64, se: Option<f64>) -> Cell {
    // A standard error above a twentieth makes the first decimal noise.
    Cell::Mean { value, fine: value < 9_999.5 && se.is_none_or(|se| se < 0.05) }
}

fn names(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn widths(sheet: &mut Worksheet, widths: &[f64]) -> Done {
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    Ok(())
}

/// The decision, a row for each rate, and both charts.
pub fn summary(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, c.plan.title())?;
    look.paragraph(sheet, 1, 9, &c.findings.decision.join(" "))?;
    look.write(sheet, 2, 0, &Cell::Text(c.findings.headline.clone()))?;
    let mut header = names(&["Reconnect", "Failed (mean)", "5th percentile", "Median", "95th percentile", "Share"]);
    header.extend(names(&["Down at the deadline (mean)", "Still to come (mean)"]));
    if let Some(tolerance) = c.plan.tolerance() {
        header.extend([format!("Chance within {}", group_count(tolerance)), "Tolerance".to_owned()]);
    }
    let rows: Vec<Vec<Cell>> = (0..c.projection.uptakes.len()).map(|i| outcome(c, i)).collect();
    look.table(sheet, OUTCOMES_AT, "Outcomes", &header, &rows)?;
    widths(sheet, &[14.0; 10])?;
    charts::headline(c, sheet)?;
    charts::cumulative(c, sheet)
}

fn outcome(c: &Contents<'_>, index: usize) -> Vec<Cell> {
    let best = c.facts.best(index);
    let failed = &best.failed_by_deadline;
    let mut row = vec![
        c.rate(index),
        mean(failed.mean, failed.se),
        Cell::Count(failed.percentile(5.0)),
        Cell::Count(failed.percentile(50.0)),
        Cell::Count(failed.percentile(95.0)),
        Cell::Share(failed.mean / c.plan.orgs().max(1) as f64),
        mean(best.down_at_deadline.mean, best.down_at_deadline.se),
        mean(best.to_come().mean, best.to_come().se),
    ];
    if let (Some(tolerance), Some(chance)) = (c.plan.tolerance(), best.within_tolerance) {
        row.extend([Cell::Chance(chance), Cell::Count(tolerance)]);
    }
    row
}

/// A row for each hour, four columns for each rate.
pub fn curve(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, &c.findings.cumulative)?;
    let every = if c.step() == 1 { "Every hour".to_owned() } else { format!("Every {} hours", c.step()) };
    let zone = c.plan.time_zone().name();
    look.write(sheet, 1, 0, &Cell::Text(format!("{every} to the horizon; orgs; local time of {zone}.")))?;
    let mut header = names(&["Local time", "UTC offset", "Hours since as_of"]);
    for i in 0..c.curves() {
        let rate = c.facts.rate(i);
        header.extend([format!("Failed so far at {rate}"), format!("5th percentile at {rate}")]);
        header.extend([format!("95th percentile at {rate}"), format!("Down at {rate}")]);
    }
    let rows: Vec<Vec<Cell>> = c.hours().into_iter().map(|hour| curve_row(c, hour)).collect();
    look.table(sheet, CURVE_AT, "Curve", &header, &rows)?;
    widths(sheet, &[22.0, 12.0, 12.0])?;
    sheet.set_freeze_panes(CURVE_AT + 1, CURVE_LEFT as u16).map(|_| ())
}

fn curve_row(c: &Contents<'_>, place: usize) -> Vec<Cell> {
    let hours = c.projection.curve_hours[place];
    let (at, zone) = (c.plan.instant(hours), c.plan.time_zone());
    let mut row = vec![Cell::Local(at, zone), Cell::Text(offset(at, zone)), Cell::Hours(hours)];
    let count = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Count);
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
pub fn segments(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    let by = &c.facts.by;
    let title = c.findings.segments.clone().unwrap_or_else(|| format!("All orgs are one segment: failures by {by}"));
    look.title(sheet, 0, &title)?;
    let mut header = names(&["Segment", "Time zone", "Deadline (its local time)", "UTC offset", "Reconnect", "Orgs"]);
    header.extend(names(&["Failed (mean)", "Share", "Down at the deadline (mean)", "Failed by the horizon (mean)"]));
    let mut rows = Vec::new();
    for i in 0..c.projection.uptakes.len() {
        for (segment, means) in c.plan.segments().iter().zip(&c.facts.best(i).by_segment) {
            let (at, zone) = (c.plan.instant(segment.deadline), segment.time_zone);
            let failed = &means.failed_by_deadline;
            rows.push(vec![
                Cell::Text(means.name.clone()),
                Cell::Text(zone.name().to_owned()),
                Cell::Local(at, zone),
                Cell::Text(offset(at, zone)),
                c.rate(i),
                Cell::Count(means.orgs),
                mean(failed.mean, failed.se),
                if means.orgs > 0 { Cell::Share(means.share(failed)) } else { Cell::Empty },
                mean(means.down_at_deadline.mean, means.down_at_deadline.se),
                mean(means.failed_by_horizon.mean, means.failed_by_horizon.se),
            ]);
        }
    }
    look.table(sheet, 2, "Segments", &header, &rows)?;
    widths(sheet, &[28.0, 22.0, 22.0, 12.0, 14.0, 12.0, 14.0, 10.0, 16.0, 16.0])
}

/// Mean failures by the deadline, a column for each cause.
pub fn causes(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, &format!("Mean failures by {}, by cause", c.facts.by))?;
    let mut header = names(&["Reconnect"]);
    header.extend(Cause::ALL.map(|cause| cause.words().to_owned()));
    let row = |i: usize| {
        let best: &Measures = c.facts.best(i);
        let figure = |cause: Cause| mean(best.cause(cause).mean, best.cause(cause).se);
        std::iter::once(c.rate(i)).chain(Cause::ALL.map(figure)).collect::<Vec<Cell>>()
    };
    let rows: Vec<Vec<Cell>> = (0..c.projection.uptakes.len()).map(row).collect();
    look.table(sheet, 2, "Causes", &header, &rows)?;
    widths(sheet, &[16.0, 26.0, 22.0, 22.0, 16.0])
}

/// A row for each moment of the plan.
pub fn timeline(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, &c.findings.timeline)?;
    let zone = c.plan.time_zone();
    let is_open = moments(c.plan).iter().any(|m| m.range.is_some());
    let median = if is_open { " Of a date that is not known, the median." } else { "" };
    let about = format!("Local time of {zone}; hours from {}.{median}", c.plan.main_event().name);
    look.write(sheet, 1, 0, &Cell::Text(about))?;
    let range = ["From (P5)", "To (P95)", "Hours (P5)", "Hours (P95)"];
    let header =
        [&["Local time", "UTC offset", "Hours", "What", "Kind"][..], if is_open { &range } else { &[] }].concat();
    let header = names(&header);
    let all = moments(c.plan).into_iter().map(|m| {
        let hours = m.hours_from_main_event(c.plan);
        let (at, from) = m.range.as_ref().map_or(([m.at; 3], [hours; 3]), |range| (range.at, range.from_main_event));
        let (what, kind) = (Cell::Text(m.name), Cell::Text(m.kind.words().to_owned()));
        let row = vec![Cell::Local(at[1], zone), Cell::Text(offset(at[1], zone)), Cell::Hours(from[1]), what, kind];
        let range = [Cell::Local(at[0], zone), Cell::Local(at[2], zone), Cell::Hours(from[0]), Cell::Hours(from[2])];
        row.into_iter().chain(is_open.then_some(range).into_iter().flatten()).collect::<Vec<Cell>>()
    });
    look.table(sheet, 3, "Timeline", &header, &all.collect::<Vec<_>>())?;
    widths(sheet, &[22.0, 12.0, 10.0, 48.0, 20.0])
}

/// A row for each assumption.
pub fn assumptions(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, "What the figures rest on")?;
    let header = names(&["Key", "Assumption", "From"]);
    let row = |a: &Assumption| {
        let from = if a.given { "the scenario" } else { "default" };
        vec![Cell::Text(a.key.clone()), Cell::Text(a.words.clone()), Cell::Text(from.to_owned())]
    };
    let rows: Vec<Vec<Cell>> = c.assumptions.iter().map(row).collect();
    look.table(sheet, 2, "Assumptions", &header, &rows)?;
    widths(sheet, &[44.0, 72.0, 14.0])
}

/// Where the figures come from, and what must be known with them.
pub fn notes(c: &Contents<'_>, look: &Look, sheet: &mut Worksheet) -> Done {
    look.title(sheet, 0, "Where this comes from")?;
    let from = &c.projection.provenance;
    let exact = c.projection.is_exact();
    let figures = if exact { "exact" } else { "simulated" };
    let mut rows: Vec<(&str, Cell)> = vec![
        ("Scenario", Cell::Text(from.path.clone())),
        ("Scenario sha256", Cell::Text(from.sha256.clone())),
        ("Version of cutover", Cell::Text(from.version.clone())),
        ("Figures", Cell::Text(figures.to_owned())),
        // A seed may have more digits than a cell's number.
        ("Seed", Cell::Text(c.projection.seed.to_string())),
        ("Simulated runs", Cell::Count(c.projection.runs)),
        ("Orgs", Cell::Count(c.plan.orgs())),
        ("Time zone", Cell::Text(c.plan.time_zone().name().to_owned())),
        ("Deadline", Cell::Text(words::deadline_full(c.plan))),
    ];
    rows.extend(from.changes.iter().map(|change| ("Changed by --set", Cell::Text(change.clone()))));
    rows.extend(c.findings.agreement.iter().map(|words| ("Engines", Cell::Text(words.clone()))));
    if c.curves() < c.projection.uptakes.len() {
        let words = format!("The curve is told at the first {} rates.", c.curves());
        rows.push(("Note", Cell::Text(words)));
    }
    rows.extend(c.projection.notes.iter().map(|note| ("Note", Cell::Text(note.clone()))));
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(name, cell)| vec![Cell::Text(name.to_owned()), cell]).collect();
    look.table(sheet, 2, "Notes", &names(&["What", "Value"]), &rows)?;
    widths(sheet, &[22.0, 100.0])
}
