//! What a guard saves: failed by the deadline with it and without it, the mean and the range of each rate, and how often it stops the
//! rollout.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, PLAIN};
use super::labelled::Labelled;
use super::rows_body::RowsBody;
use super::scale::{Scale, ends};
use super::scene::Scene;
use super::selection::MOST;
use super::theme::Ink;
use crate::Result;
use crate::output::words::{about, chance, deadline_full};
use crate::plan::wording::{FAILED, ORGS, PERCENT};
use crate::results::Quantity;

/// From one row to the next; with and without stand so far above and below its middle.
const ROW: f64 = 50.0;
const APART: f64 = 9.0;

/// Failures by the deadline: mean, 5th and 95th percentile.
#[derive(Debug, Clone, Copy, PartialEq)]
struct MeanRange {
    mean: f64,
    low: f64,
    high: f64,
}

/// A rate with the guard, and without it.
struct GuardRow {
    with: MeanRange,
    without: MeanRange,
    /// How often it stops the rollout.
    stopped: String,
}

fn mean_range(quantity: &Quantity) -> MeanRange {
    let [low, high] = [5.0, 95.0].map(|percent| quantity.percentile(percent) as f64);
    MeanRange { mean: quantity.mean, low, high }
}

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let title = scene.findings.guard.clone().unwrap_or_default();
    let drawn: Vec<(usize, Ink)> = scene.rates(MOST);
    let rows: Vec<Labelled<Option<GuardRow>>> = scene.of_rates(&drawn, |rate| row(scene, rate));
    let rows: Vec<Labelled<GuardRow>> =
        rows.into_iter().filter_map(|row| Some(Labelled { text: row.text, ink: row.ink, of: row.of? })).collect();
    let by = deadline_full(scene.plan);
    let subtitle = format!(
        "Above: with the guard. Below, grey: without it. Dots: mean; lines: 90{PERCENT} of outcomes. Right: chance to be stopped.{}",
        scene.about_rates(&drawn)
    );
    let (mut canvas, top) = frame::header(scene.theme, &title, &subtitle);
    let left = MARGIN + LABEL.widest(rows.iter().map(|row| &row.text)) + 14.0;
    let right = WIDTH - MARGIN - PLAIN.widest(rows.iter().map(|row| &row.of.stopped)) - 18.0;
    let all = rows.iter().flat_map(|row| [row.of.with, row.of.without]).flat_map(|m| [m.low, m.mean, m.high]);
    let high = ends(all.chain([0.0])).1.max(1.0);
    let body = RowsBody::new(
        Scale::within((0.0, high), (left, right), 10.0),
        (left, right),
        (top + 6.0, ROW, rows.len()),
        (6.0, 0.0),
    );
    let height = body.draw_axis(&mut canvas, &format!("{ORGS} {FAILED} by {by}"));
    for (i, row) in rows.iter().enumerate() {
        let ink = canvas.theme.readable(row.ink);
        body.write(&mut canvas, i, &row.text, left - 12.0, Style::end(LABEL, ink));
        draw_range(&mut canvas, &body, (i, -APART), row.of.with, row.ink);
        draw_range(&mut canvas, &body, (i, APART), row.of.without, scene.theme.muted);
        body.write(&mut canvas, i, &row.of.stopped, right + 14.0, Style::start(PLAIN, scene.theme.ink));
    }
    Chart::of(canvas, "guard", &title, &describe(&rows, &by), height)
}

fn row(scene: &Scene<'_>, rate: usize) -> Option<GuardRow> {
    let measures = scene.facts.best(rate);
    let guard = measures.guard.as_ref()?;
    let with = mean_range(&measures.failed_by_deadline);
    Some(GuardRow { with, without: mean_range(&guard.unguarded[0]), stopped: chance(guard.stopped.mean) })
}

fn draw_range(canvas: &mut Canvas, body: &RowsBody, (row, below): (usize, f64), of: MeanRange, ink: Ink) {
    let y = body.middle(row) + below;
    canvas.line((body.scale.px(of.low), y), (body.scale.px(of.high), y), ink, 2.5);
    canvas.dot((body.scale.px(of.mean), y), 5.5, ink);
}

fn describe(rows: &[Labelled<GuardRow>], by: &str) -> String {
    let told = |m: MeanRange| format!("{}, {} to {}", about(m.mean), about(m.low), about(m.high));
    let one = |row: &Labelled<GuardRow>| {
        let (with, without) = (told(row.of.with), told(row.of.without));
        format!("{}: {with} with it, {without} without, stopped with a chance of {}.", row.text, row.of.stopped)
    };
    let all: Vec<String> = rows.iter().map(one).collect();
    format!("Mean and range of the number of {ORGS} {FAILED} by {by}, with the guard and without it. {}", all.join(" "))
}
