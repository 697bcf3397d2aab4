//! The tornado: a bar for each assumption from the lowest to the highest answer that it leads to alone, the widest on top,
//! and beside it the share of the variance that it decides.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, PLAIN, TICK};
use super::rows_body::RowsBody;
use super::scale::{Scale, ends};
use super::selection::some_shown;
use super::theme::Theme;
use crate::Result;
use crate::output::assumption_names::name;
use crate::output::sensitivity::{decides, has_effect, range, sentences};
use crate::output::words::about;
use crate::plan::MoveKind;
use crate::plan::wording::{ORGS, capital};
use crate::results::sensitivity::{MovedAssumption, Sensitivity};

const ROW: f64 = 40.0;
/// Rows that a page has room for.
const MOST_ROWS: usize = 12;
/// Room of the names, and of the column of shares.
const NAMES: f64 = 262.0;
const SHARES: f64 = 118.0;
/// Room at both ends of the plot for numbers.
const NUMBERS: f64 = 52.0;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(found: &Sensitivity, theme: &Theme) -> Result<Chart> {
    let moving: Vec<&MovedAssumption> = found.assumptions.iter().filter(|a| has_effect(found, a)).collect();
    let shown = &moving[..moving.len().min(MOST_ROWS)];
    let title = sentences::finding(found);
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(found, shown.len(), moving.len()));
    let shares = found.together.is_some();
    let sides = (MARGIN + NAMES, WIDTH - MARGIN - if shares { SHARES } else { 0.0 });
    let scale = scale(found, shown, sides);
    let body = RowsBody::new(scale, sides, (top + 30.0, ROW, shown.len().max(1)), (6.0, 0.0));
    let height = body.draw_axis(&mut canvas, &format!("{ORGS}, on average"));
    stands(&mut canvas, found, &body, top + 14.0);
    if shares && !shown.is_empty() {
        canvas.text("decides alone", (WIDTH - MARGIN, top + 14.0), Style::end(TICK, theme.muted));
    }
    for (i, moved) in shown.iter().enumerate() {
        draw_row(&mut canvas, found, &body, (i, moved));
    }
    Chart::of(canvas, "sensitivity", &title, &describe(found, shown), height)
}

fn subtitle(found: &Sensitivity, shown: usize, moving: usize) -> String {
    let mut text =
        format!("Mean number of {ORGS} {} as each assumption moves alone over its range.", found.counted.heading());
    if found.together.is_some() {
        text += " Right: the share of the variance that it decides by itself when all move at once.";
    }
    text + &some_shown(shown, moving, "")
}

fn scale(found: &Sensitivity, shown: &[&MovedAssumption], sides: (f64, f64)) -> Scale {
    let (low, high) = ends(shown.iter().flat_map(|m| m.ends()).chain([found.answer]));
    let pad = if high > low { 0.0 } else { 1.0 };
    Scale::within((low - pad, high + pad), sides, NUMBERS)
}

/// The answer as it stands, as a line through all rows with its label above.
fn stands(canvas: &mut Canvas, found: &Sensitivity, body: &RowsBody, y: f64) {
    body.draw_upright(canvas, found.answer, (canvas.theme.axis, 1.25));
    let (x, plot) = (body.scale.px(found.answer), &body.plot);
    let text = format!("as it stands: {}", about(found.answer));
    let half = LABEL.width(&text) / 2.0;
    let middle = x.clamp(plot.left + half, (plot.right - half).max(plot.left + half));
    canvas.text(&text, (middle, y), Style::middle(LABEL, canvas.theme.ink));
}

fn draw_row(canvas: &mut Canvas, found: &Sensitivity, body: &RowsBody, (i, moved): (usize, &MovedAssumption)) {
    body.draw_name(canvas, i, (&capital(&name(&moved.key, &found.plan)), PLAIN), &range(found, moved));
    let [low, high] = moved.ends();
    let [left, from, right] = [low, moved.from, high].map(|v| body.scale.px(v));
    for (a, b, ink) in [(left, from, canvas.theme.rates[2]), (from, right, canvas.theme.rates[0])] {
        if b - a > 0.25 {
            body.draw_bar(canvas, i, (a, b), 8.0, ink);
        }
    }
    if moved.kind == MoveKind::Reading {
        for answer in moved.stops.iter().filter_map(|s| s.answer) {
            body.draw_dot(canvas, i, answer, 5.0, canvas.theme.paper);
            body.draw_dot(canvas, i, answer, 3.5, canvas.theme.ink);
        }
    }
    // A number that reads as the answer itself says nothing.
    let moves = |end: f64| about(end) != about(moved.from);
    if low < moved.from && moves(low) {
        body.write(canvas, i, &about(low), left - 7.0, Style::end(TICK, canvas.theme.ink));
    }
    if high > moved.from && moves(high) {
        body.write(canvas, i, &about(high), right + 7.0, Style::start(TICK, canvas.theme.ink));
    }
    if let (Some(indices), true) = (moved.indices, found.together.is_some()) {
        // On one line with the numbers, which are a little smaller.
        let at = (WIDTH - MARGIN, body.middle(i) + 0.36 * TICK.size);
        canvas.text(&decides(indices.first), at, Style::end(PLAIN, canvas.theme.ink));
    }
}

/// The chart for readers who can't see it, with what it takes to trace it.
fn describe(found: &Sensitivity, shown: &[&MovedAssumption]) -> String {
    let mut text =
        format!("Bars: mean {ORGS} {}; as the scenario stands {}.", found.counted.heading(), about(found.answer));
    for moved in shown {
        let [low, high] = moved.ends().map(about);
        text += &format!(" {} over {}: {low} to {high}.", moved.key, range(found, moved));
    }
    text + " " + &traced(&found.provenance, found.plan.seed())
}
