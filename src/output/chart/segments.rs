//! Failed by the deadline by segment: a line from the lowest to the highest rate, as shares of the segment's orgs.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::labelled::Labelled;
use super::rows_body::RowsBody;
use super::scale::{Scale, ends, ticks};
use super::scene::{Scene, mean_orgs};
use super::selection::first_shown;
use super::text::clean;
use super::theme::Ink;
use crate::Result;
use crate::output::sentence::compared_at;
use crate::output::words::{self, deadline_full};
use crate::plan::units::{orgs, show_share};
use crate::plan::wording::{FAILED, ORGS};

/// From one row to the next.
const ROW: f64 = 46.0;

/// More segments than this are not drawn; those with the highest shares are.
const MOST_ROWS: usize = 12;

/// A segment, or all orgs, with its failures at each rate that is drawn.
struct SegmentRow {
    name: String,
    orgs: u64,
    /// Shares failed by the deadline, labelled with the share and the number.
    values: Vec<Labelled<f64>>,
}

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let rates = scene.main_rates();
    let (rows, all) = rows(scene, &rates);
    let title = scene.findings.segments.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(scene.theme, &title, &subtitle(scene, rows.len() - 1, all));
    let scale = scale(&rows);
    draw_key(&mut canvas, scene, &rows[0], &rates, (scale.from_px, top + 8.0));
    let sides = (scale.from_px, scale.to_px);
    let body = RowsBody::new(scale, sides, (top + 33.0, ROW, rows.len()), (7.0, -1.0));
    let theme = scene.theme;
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
        frame::two_lines(&mut canvas, (&row.name, LABEL), (&below, TICK), name_room(&rows), (base, 16.0));
        draw_values(&mut canvas, &body, (i, row));
    }
    let name = format!("share of its {ORGS} {FAILED} by {}", deadline_full(scene.plan));
    frame::axis_name(&mut canvas, &name, sides, body.plot.bottom + 36.0);
    Chart::of(canvas, "segments", &title, &describe(scene, &rows, &rates), body.plot.bottom + 48.0)
}

/// The segments with orgs, worst first at the rate at which they are compared, then all orgs; and how many segments there are.
fn rows(scene: &Scene<'_>, rates: &[(usize, Ink)]) -> (Vec<SegmentRow>, usize) {
    let value = |mean: f64, orgs: u64, ink: Ink| {
        let text = format!("{}, {}", words::share(mean, orgs), mean_orgs(mean));
        Labelled { text, ink, of: mean / orgs as f64 }
    };
    let compared = &scene.facts.best(compared_at(&scene.facts)).by_segment;
    let mut order: Vec<usize> = (0..compared.len()).filter(|i| compared[*i].orgs > 0).collect();
    let share = |i: usize| compared[i].share(&compared[i].failed_by_deadline);
    order.sort_by(|a, b| share(*b).total_cmp(&share(*a)));
    let all = order.len();
    order.truncate(MOST_ROWS);
    let row = |i: usize| {
        let means = rates.iter().map(|(r, ink)| (&scene.facts.best(*r).by_segment[i], *ink));
        let values = means.map(|(m, ink)| value(m.failed_by_deadline.mean, m.orgs, ink)).collect();
        SegmentRow { name: compared[i].name.clone(), orgs: compared[i].orgs, values }
    };
    let mut rows: Vec<SegmentRow> = order.into_iter().map(row).collect();
    let orgs = scene.plan.orgs();
    let whole = rates.iter().map(|(r, ink)| value(scene.facts.failed(*r), orgs, *ink));
    rows.push(SegmentRow { name: "All".to_owned(), orgs, values: whole.collect() });
    (rows, all)
}

/// Shares from 0 on, with room for the labels at both ends of the lines.
fn scale(rows: &[SegmentRow]) -> Scale {
    let high = rows.iter().flat_map(|r| &r.values).map(|v| v.of).fold(0.0_f64, f64::max);
    let label = label_room(rows);
    let (left, right) = (MARGIN + name_room(rows) + 8.0 + label, WIDTH - MARGIN / 2.0 - label);
    Scale::within((0.0, if high > 0.0 { high } else { 1.0 }), (left, right), 0.0)
}

/// The plot is at least so wide, and names have what is left.
const LEAST_PLOT: f64 = 240.0;

/// Room of the names: as wide as the longest, as far as the plot allows.
fn name_room(rows: &[SegmentRow]) -> f64 {
    let names = LABEL.widest(rows.iter().map(|r| &r.name)).max(TICK.widest(rows.iter().map(|r| orgs(r.orgs))));
    names.min(WIDTH - 1.5 * MARGIN - 8.0 - 2.0 * label_room(rows) - LEAST_PLOT)
}

/// Room of a value at an end of a line.
fn label_room(rows: &[SegmentRow]) -> f64 {
    TICK.widest(rows.iter().flat_map(|r| &r.values).map(|v| &v.text)) + 14.0
}

/// The rates in their colours, in the order of the first row's dots.
fn draw_key(canvas: &mut Canvas, scene: &Scene<'_>, row: &SegmentRow, rates: &[(usize, Ink)], (left, y): (f64, f64)) {
    let name = |(value, (rate, ink)): (&Labelled<f64>, &(usize, Ink))| (value.of, scene.label(*rate), *ink);
    let mut key: Vec<(f64, String, Ink)> = row.values.iter().zip(rates).map(name).collect();
    key.sort_by(|a, b| a.0.total_cmp(&b.0));
    let width = |label: &str| LABEL.width(&clean(label)) + 36.0;
    let all: f64 = key.iter().map(|(_, label, _)| width(label)).sum();
    let mut x = left.min(WIDTH - MARGIN - all).max(MARGIN);
    for (_, label, ink) in key {
        canvas.dot((x + 6.0, y), 6.0, ink);
        canvas.centred(&label, (x + 17.0, y), Style::start(LABEL, scene.theme.readable(ink)));
        x += width(&label);
    }
}

/// A line with its dots; values at both ends, and the middle rate's above its dot.
fn draw_values(canvas: &mut Canvas, body: &RowsBody, (i, row): (usize, &SegmentRow)) {
    let y = body.middle(i);
    let xs: Vec<f64> = row.values.iter().map(|value| body.scale.px(value.of)).collect();
    let (low, high) = ends(xs.iter().copied());
    canvas.line((low, y), (high, y), canvas.theme.axis, 2.0);
    for value in &row.values {
        body.draw_dot(canvas, i, value.of, 6.0, value.ink);
    }
    let inks: Vec<Ink> = row.values.iter().map(|value| canvas.theme.readable(value.ink)).collect();
    let last = xs.len() - 1;
    // Where reconnecting helps, the highest rate is at the left end.
    let (left, right) = if xs[last] <= xs[0] { (last, 0) } else { (0, last) };
    body.write(canvas, i, &row.values[right].text, high + 11.0, Style::start(TICK, inks[right]));
    if left != right {
        body.write(canvas, i, &row.values[left].text, low - 11.0, Style::end(TICK, inks[left]));
    }
    if xs.len() == 3 {
        canvas.text(&row.values[1].text, (xs[1], y - 11.0), Style::middle(TICK, inks[1]));
    }
}

fn subtitle(scene: &Scene<'_>, drawn: usize, all: usize) -> String {
    let some = first_shown(drawn, all, "with the highest shares");
    let at = match scene.plan.window() {
        None => String::new(),
        Some(_) => format!(", the worst {} first", scene.facts.if_rate(compared_at(&scene.facts))),
    };
    format!("Mean share of each segment\u{2019}s {ORGS} {FAILED} by the deadline, and their number{at}.{some}")
}

fn describe(scene: &Scene<'_>, rows: &[SegmentRow], rates: &[(usize, Ink)]) -> String {
    let of = |row: &SegmentRow| {
        let values = row.values.iter().zip(rates);
        let values: Vec<String> = values.map(|(v, (r, _))| format!("{}: {}", scene.label(*r), v.text)).collect();
        format!("{}: {}.", row.name, values.join("; "))
    };
    format!(
        "Dots on a line for each segment: {ORGS} {FAILED} by {}. {}",
        deadline_full(scene.plan),
        rows.iter().map(of).collect::<Vec<_>>().join(" ")
    )
}
