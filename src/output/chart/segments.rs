//! Failed by the deadline by segment: a line from the lowest to the highest rate, as shares of the segment's orgs.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::rows_body::RowsBody;
use super::scale::{Scale, ends, ticks};
use super::scene::Scene;
use super::text::clean;
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::sentence::compared_at;
use crate::output::words::{self, deadline_full};
use crate::plan::Plan;
use crate::plan::units::{orgs, show_share};
use crate::results::{Mean, Projection};

/// From one row to the next.
const ROW: f64 = 46.0;

/// More segments than this are not drawn; those with the highest shares are.
const MOST_ROWS: usize = 12;

/// A segment, or all orgs, with its failures at each rate that is drawn.
struct SegmentRow {
    name: String,
    orgs: u64,
    /// Share failed by the deadline, and how the share and the number are written.
    values: Vec<(f64, String)>,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let rates = scene.main_rates();
    let (rows, all) = rows(&scene, &rates);
    let title = scene.findings.segments.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(&scene, rows.len() - 1, all));
    let scale = scale(&rows);
    let first = draw_key(&mut canvas, &scene, &rows[0], &rates, (scale.from_px, top)) + 40.0;
    let bottom = first + ROW * (rows.len() - 1) as f64 + 22.0;
    let plot = Area { left: scale.from_px, top: top + 26.0, right: scale.to_px, bottom };
    let body = RowsBody { scale, plot, top: first - ROW / 2.0, step: ROW };
    for tick in ticks(0.0, scale.to, 5, false) {
        let look = if tick == 0.0 { (theme.axis, 1.25) } else { (theme.grid, 1.0) };
        body.draw_tick(&mut canvas, &(tick, show_share(tick)), 16.0, look);
    }
    for (i, row) in rows.iter().enumerate() {
        if i + 1 == rows.len() {
            let y = body.middle(i) - ROW / 2.0 - 1.0;
            canvas.line((MARGIN, y), (WIDTH - MARGIN, y), theme.axis, 1.0);
        }
        let (below, base) = (orgs(row.orgs), body.middle(i) - 2.0);
        frame::two_lines(&mut canvas, (&row.name, LABEL), (&below, TICK), name_room(&rows), base);
        draw_values(&mut canvas, &body, (i, row), &rates);
    }
    let name = format!("share of its orgs failed by {}", deadline_full(plan));
    frame::axis_name(&mut canvas, &name, (scale.from_px, scale.to_px), bottom + 36.0);
    Chart::of(canvas, "segments", title, scene.describe(&describe(&scene, &rows, &rates)), bottom + 48.0)
}

/// The segments with orgs, worst first at the rate at which they are compared, then all orgs; and how many segments there are.
fn rows(scene: &Scene<'_>, rates: &[(usize, Ink)]) -> (Vec<SegmentRow>, usize) {
    let value = |mean: &Mean, orgs: u64| {
        let number = words::about(mean.mean);
        let unit = if number == "1" { "org" } else { "orgs" };
        (mean.mean / orgs as f64, format!("{}, {number} {unit}", words::share(mean.mean, orgs)))
    };
    let compared = &scene.facts.best(compared_at(&scene.facts)).by_segment;
    let mut order: Vec<usize> = (0..compared.len()).filter(|i| compared[*i].orgs > 0).collect();
    let share = |i: usize| compared[i].share(&compared[i].failed_by_deadline);
    order.sort_by(|a, b| share(*b).total_cmp(&share(*a)));
    let all = order.len();
    order.truncate(MOST_ROWS);
    let row = |i: usize| {
        let means = rates.iter().map(|(r, _)| &scene.facts.best(*r).by_segment[i]);
        let values = means.map(|m| value(&m.failed_by_deadline, m.orgs)).collect();
        SegmentRow { name: compared[i].name.clone(), orgs: compared[i].orgs, values }
    };
    let mut rows: Vec<SegmentRow> = order.into_iter().map(row).collect();
    let orgs = scene.plan.orgs();
    let whole = rates.iter().map(|(r, _)| {
        let failed = &scene.facts.best(*r).failed_by_deadline;
        value(&Mean { mean: failed.mean, se: failed.se }, orgs)
    });
    rows.push(SegmentRow { name: "All".to_owned(), orgs, values: whole.collect() });
    (rows, all)
}

/// Shares from 0 on, with room for the labels at both ends of the lines.
fn scale(rows: &[SegmentRow]) -> Scale {
    let high = rows.iter().flat_map(|r| &r.values).map(|v| v.0).fold(0.0_f64, f64::max);
    let label = label_room(rows);
    let (left, right) = (MARGIN + name_room(rows) + 8.0 + label, WIDTH - MARGIN / 2.0 - label);
    Scale { from: 0.0, to: if high > 0.0 { high } else { 1.0 }, from_px: left, to_px: right }
}

/// The plot is at least so wide, and names have what is left.
const LEAST_PLOT: f64 = 240.0;

/// Room of the names: as wide as the longest, as far as the plot allows.
fn name_room(rows: &[SegmentRow]) -> f64 {
    let longest = rows.iter().map(|r| LABEL.width(&clean(&r.name)).max(TICK.width(&orgs(r.orgs)))).fold(0.0, f64::max);
    longest.min(WIDTH - 1.5 * MARGIN - 8.0 - 2.0 * label_room(rows) - LEAST_PLOT)
}

/// Room of a value at an end of a line.
fn label_room(rows: &[SegmentRow]) -> f64 {
    rows.iter().flat_map(|r| &r.values).map(|v| TICK.width(&v.1)).fold(0.0, f64::max) + 14.0
}

/// The rates in their colours, in the order of the first row's dots; returns where it ends.
fn draw_key(canvas: &mut Canvas, scene: &Scene<'_>, row: &SegmentRow, rates: &[(usize, Ink)], at: (f64, f64)) -> f64 {
    let mut order: Vec<usize> = (0..rates.len()).collect();
    order.sort_by(|a, b| row.values[*a].0.total_cmp(&row.values[*b].0));
    let labels: Vec<(String, Ink)> = order.iter().map(|k| (scene.label(rates[*k].0), rates[*k].1)).collect();
    let width: f64 = labels.iter().map(|l| LABEL.width(&clean(&l.0)) + 36.0).sum();
    let mut x = at.0.min(WIDTH - MARGIN - width).max(MARGIN);
    for (label, ink) in labels {
        canvas.dot((x + 6.0, at.1 + 8.0), 6.0, ink);
        canvas.text(&label, (x + 17.0, at.1 + 8.0 + 0.36 * LABEL.size), Style::start(LABEL, scene.theme.readable(ink)));
        x += LABEL.width(&clean(&label)) + 36.0;
    }
    at.1 + 16.0
}

/// A line with its dots; values at both ends, and the middle rate's above its dot.
fn draw_values(canvas: &mut Canvas, body: &RowsBody, (i, row): (usize, &SegmentRow), rates: &[(usize, Ink)]) {
    let y = body.middle(i);
    let xs: Vec<f64> = row.values.iter().map(|v| body.scale.px(v.0)).collect();
    let (low, high) = ends(xs.iter().copied());
    canvas.line((low, y), (high, y), canvas.theme.axis, 2.0);
    for (x, (_, ink)) in xs.iter().zip(rates) {
        canvas.dot((*x, y), 6.0, *ink);
    }
    let inks: Vec<Ink> = rates.iter().map(|rate| canvas.theme.readable(rate.1)).collect();
    let write = |k: usize| (row.values[k].1.as_str(), inks[k]);
    let last = xs.len() - 1;
    // Where reconnecting helps, the highest rate is at the left end.
    let (left, right) = if xs[last] <= xs[0] { (last, 0) } else { (0, last) };
    let (text, ink) = write(right);
    body.write(canvas, i, text, high + 11.0, Style::start(TICK, ink));
    if left != right {
        let (text, ink) = write(left);
        body.write(canvas, i, text, low - 11.0, Style::end(TICK, ink));
    }
    if xs.len() == 3 {
        let (text, ink) = write(1);
        canvas.text(text, (xs[1], y - 11.0), Style::middle(TICK, ink));
    }
}

fn subtitle(scene: &Scene<'_>, drawn: usize, all: usize) -> String {
    let some = if drawn < all { format!(" The {drawn} of {all} with the highest shares.") } else { String::new() };
    let at = match scene.plan.window() {
        None => String::new(),
        Some(_) => format!(", the worst at {} first", scene.facts.rate(compared_at(&scene.facts))),
    };
    format!("Mean share of each segment\u{2019}s orgs that have failed by the deadline, and their number{at}.{some}")
}

fn describe(scene: &Scene<'_>, rows: &[SegmentRow], rates: &[(usize, Ink)]) -> String {
    let of = |row: &SegmentRow| {
        let values = row.values.iter().zip(rates);
        let values: Vec<String> = values.map(|(v, (r, _))| format!("{}: {}", scene.label(*r), v.1)).collect();
        format!("{}: {}.", row.name, values.join("; "))
    };
    format!(
        "Dots on a line for each segment: orgs failed by {}. {}",
        deadline_full(scene.plan),
        rows.iter().map(of).collect::<Vec<_>>().join(" ")
    )
}
