//! The tornado: a bar for each assumption from the lowest to the highest answer that it leads to alone, the widest on top,
//! and beside it the share of the variance that it decides.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, TICK};
use super::scale::{Scale, tick_labels, ticks};
use super::text::{Font, clean};
use super::theme::Theme;
use crate::Result;
use crate::output::assumption_names::{at_start, name, noun};
use crate::output::sensitivity::{decides, has_effect, range, sentences};
use crate::output::words::about;
use crate::plan::MoveKind;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};

const ROW: f64 = 40.0;
/// Rows that a page has room for.
const MOST_ROWS: usize = 12;
const NAME: Font = Font::regular(13.0);
const BELOW: Font = Font::regular(12.0);
/// Room of the names, and of the column of shares.
const NAMES: f64 = 262.0;
const SHARES: f64 = 118.0;
/// Room at both ends of the plot for numbers.
const NUMBERS: f64 = 52.0;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(found: &Sensitivity, theme: &Theme) -> Result<Chart> {
    let shown: Vec<&MovedAssumption> =
        found.assumptions.iter().filter(|a| has_effect(found, a)).take(MOST_ROWS).collect();
    let title = sentences::finding(found);
    let mut canvas = Canvas::default();
    let top = frame::header(&mut canvas, theme, &title, &subtitle(found, shown.len()));
    let shares = found.together.is_some();
    let right = WIDTH - MARGIN - if shares { SHARES } else { 0.0 };
    let plot =
        Area { left: MARGIN + NAMES, top: top + 24.0, right, bottom: top + 30.0 + ROW * shown.len().max(1) as f64 };
    let scale = scale(found, &shown, &plot);
    axis(&mut canvas, theme, &scale, &plot);
    let base = scale.px(found.answer);
    canvas.line((base, plot.top), (base, plot.bottom), theme.axis, 1.25);
    let stands = format!("as it stands: {}", about(found.answer));
    let half = LABEL.width(&stands) / 2.0;
    let middle = base.clamp(plot.left + half, (plot.right - half).max(plot.left + half));
    canvas.text(&stands, (middle, top + 14.0), Style::middle(LABEL, theme.ink));
    if shares && !shown.is_empty() {
        canvas.text("decides alone", (WIDTH - MARGIN, top + 14.0), Style::end(TICK, theme.muted));
    }
    for (i, moved) in shown.iter().enumerate() {
        let y = plot.top + 6.0 + ROW * (i as f64 + 0.5);
        row(&mut canvas, theme, found, moved, (&scale, y));
    }
    let height = plot.bottom + 48.0;
    let description = describe(found, &shown);
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "sensitivity", title, description, svg, texts, height })
}

fn subtitle(found: &Sensitivity, shown: usize) -> String {
    let mut text =
        format!("Mean number of orgs {} as each assumption moves alone over its range.", noun(found.counted));
    if found.together.is_some() {
        text += " Right: the share of the variance that it decides by itself when all move at once.";
    }
    let moving = found.assumptions.iter().filter(|a| has_effect(found, a)).count();
    if shown < moving {
        text += &format!(" {shown} of {moving} are shown.");
    }
    text
}

fn scale(found: &Sensitivity, shown: &[&MovedAssumption], plot: &Area) -> Scale {
    let ends = shown.iter().flat_map(|m| m.ends()).chain([found.answer]);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let pad = if high > low { 0.0 } else { 1.0 };
    Scale { from: low - pad, to: high + pad, from_px: plot.left + NUMBERS, to_px: plot.right - NUMBERS }
}

fn axis(canvas: &mut Canvas, theme: &Theme, scale: &Scale, plot: &Area) {
    let made = |count| ticks(scale.from, scale.to, count, false);
    let fits = |ticks: &Vec<f64>| {
        let half: Vec<f64> = tick_labels(ticks).iter().map(|l| TICK.width(l) / 2.0).collect();
        (1..ticks.len()).all(|i| scale.px(ticks[i]) - scale.px(ticks[i - 1]) > half[i] + half[i - 1] + 16.0)
    };
    let chosen = (2..=6).rev().map(made).find(fits).unwrap_or_default();
    for (tick, label) in chosen.iter().zip(tick_labels(&chosen)) {
        let x = scale.px(*tick);
        canvas.line((x, plot.top), (x, plot.bottom), theme.grid, 1.0);
        canvas.text(&label, (x, plot.bottom + 18.0), Style::middle(TICK, theme.muted));
    }
    let middle = (plot.left + plot.right) / 2.0;
    canvas.text("orgs, on average", (middle, plot.bottom + 37.0), Style::middle(TICK, theme.muted));
}

fn row(canvas: &mut Canvas, theme: &Theme, found: &Sensitivity, moved: &MovedAssumption, (scale, y): (&Scale, f64)) {
    let room = NAMES - 14.0;
    let label = NAME.elide(&clean(&at_start(&name(&moved.key, &found.plan))), room);
    canvas.text(&label, (MARGIN, y - 3.0), Style::start(NAME, theme.ink));
    let over = BELOW.elide(&clean(&range(found, moved)), room);
    canvas.text(&over, (MARGIN, y + 13.0), Style::start(BELOW, theme.muted));
    let [low, high] = moved.ends();
    let [left, from, right] = [low, moved.from, high].map(|v| scale.px(v));
    for (a, b, ink) in [(left, from, theme.rates[2]), (from, right, theme.rates[0])] {
        if b - a > 0.25 {
            canvas.rect(Area { left: a, right: b, top: y - 8.0, bottom: y + 8.0 }, ink);
        }
    }
    if moved.kind == MoveKind::Reading {
        for answer in moved.stops.iter().filter_map(|s| s.answer) {
            canvas.dot((scale.px(answer), y), 5.0, theme.paper);
            canvas.dot((scale.px(answer), y), 3.5, theme.ink);
        }
    }
    let text = y + 0.36 * TICK.size;
    // A number that reads as the answer itself says nothing.
    let moves = |end: f64| about(end) != about(moved.from);
    if low < moved.from && moves(low) {
        canvas.text(&about(low), (left - 7.0, text), Style::end(TICK, theme.ink));
    }
    if high > moved.from && moves(high) {
        canvas.text(&about(high), (right + 7.0, text), Style::start(TICK, theme.ink));
    }
    if let (Some(indices), true) = (moved.indices, found.together.is_some()) {
        canvas.text(&decides(indices.first), (WIDTH - MARGIN, text), Style::end(NAME, theme.ink));
    }
}

/// The chart for readers who can't see it, with what it takes to trace it.
fn describe(found: &Sensitivity, shown: &[&MovedAssumption]) -> String {
    let mut text = format!("Bars: mean orgs {}; as the scenario stands {}.", noun(found.counted), about(found.answer));
    for moved in shown {
        let [low, high] = moved.ends().map(about);
        text += &format!(" {} over {}: {low} to {high}.", moved.key, range(found, moved));
    }
    text + " " + &traced(&found.provenance, found.plan.seed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::tests::check;
    use crate::output::sensitivity::samples;

    #[test]
    fn texts_of_every_tornado_keep_apart_and_on_the_page() {
        for (name, found) in samples::all() {
            let chart = draw(&found, &Theme::LIGHT).expect("drawn");
            check(name, &chart);
        }
    }
}
