//! The sheets of the workbook, one function each: which table stands where, and which of its cells follow others.

use super::cells::{CellLook, SheetCell};
use super::charts;
use super::contents::{CURVE_AT, CURVE_LEFT, Contents, ORGS_NAME, OUTCOMES_AT};
use crate::output::document::{Cell, Row, Table};
use crate::output::moments::moments;
use crate::output::run::{full_tables, tables};
use crate::plan::wording::ORGS;
use rust_xlsxwriter::{Worksheet, XlsxError};

type SheetDone = Result<(), XlsxError>;

fn mean(value: f64, se: Option<f64>) -> SheetCell {
    // A standard error above a twentieth makes the first decimal noise.
    SheetCell::Mean { value, fine: value < 9_999.5 && se.is_none_or(|se| se < 0.05) }
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
        Cell::Hours(hours) => vec![SheetCell::Hours(*hours)],
        Cell::Local(at, zone) => vec![SheetCell::Local(*at, *zone)],
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
    let (header, rows) = of_document(&full_tables::curve(&c.facts, &c.hours(), c.curves()));
    look.table(sheet, CURVE_AT, "Curve", &header, &rows)?;
    widths(sheet, &[22.0, 12.0, 12.0])?;
    sheet.set_freeze_panes(CURVE_AT + 1, CURVE_LEFT as u16).map(|_| ())
}

/// A row for each segment and rate.
pub(super) fn segments(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> SheetDone {
    let by = &c.facts.by;
    let title = c.findings.segments.clone().unwrap_or_else(|| format!("All {ORGS} are one segment: failures by {by}"));
    look.title(sheet, 0, &title)?;
    let (header, mut rows) = of_document(&full_tables::segments(&c.facts));
    let place = |label: &str| header.iter().position(|name| name == label);
    if let (Some(failed), Some(orgs), Some(share)) =
        (place(&full_tables::failed_label()), place(&full_tables::orgs_label()), place(full_tables::SHARE))
    {
        shares(&mut rows, 3, share, |row| format!("={}/{}", cell_name(row, failed), cell_name(row, orgs)));
    }
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
    let (header, rows) = of_document(&full_tables::timeline(c.plan));
    look.table(sheet, 3, "Timeline", &header, &rows)?;
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
    let (header, rows) = of_document(&full_tables::notes(&c.facts, &c.findings, c.curves()));
    look.table(sheet, 2, "Notes", &header, &rows)?;
    widths(sheet, &[22.0, 100.0])
}
