//! The chart of a frontier: the chance of meeting the target over the plane of two keys, with its contours, the line asked for, and
//! where the plan stands.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH, first_free};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, TICK};
use super::scale::Scale;
use super::theme::Theme;
use super::value_axis;
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::frontier::finding;
use crate::output::solve::sentences;
use crate::plan::units::show_share;
use crate::results::solution::{Frontier, Setting};

/// Height of the plot.
const HEIGHT: f64 = 340.0;
/// Shades from no chance to certainty.
const SHADES: f64 = 20.0;
/// Contours beside the one that is asked for.
const LEVELS: [f64; 4] = [0.1, 0.5, 0.9, 0.99];

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(frontier: &Frontier, theme: &Theme) -> Result<Chart> {
    let title = finding(frontier);
    let at = sentences::at_rate(&frontier.plan, frontier.rate.as_ref());
    let [across, upwards] = &frontier.keys;
    let subtitle = format!(
        "Chance that {}{at}: the stronger the blue, the better. Upwards: {upwards}. Red: {} asked for. Exact.",
        frontier.asked.words,
        show_share(frontier.asked.confidence)
    );
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let ends = |s: &[Setting]| (s[0].number, s[s.len() - 1].number.max(s[0].number + 1e-9));
    let (x, y) = (ends(&frontier.x), ends(&frontier.y));
    let (top, bottom) = (top + 8.0, top + 8.0 + HEIGHT);
    let up = Scale { from: y.0, to: y.1, from_px: bottom, to_px: top };
    let labels = value_axis::upwards(&frontier.plan, frontier.axes[1], &up);
    let left = MARGIN + TICK.widest(labels.iter().map(|l| &l.1)) + 10.0;
    let plot = XyPlot::new(Area { left, top, right: WIDTH - MARGIN - 10.0, bottom }, x, y, 0.0);
    shade(&mut canvas, frontier, &plot);
    for (tick, label) in &labels {
        let y = plot.up.px(*tick);
        canvas.line((left - 4.0, y), (left, y), theme.axis, 1.0);
        canvas.centred(label, (left - 8.0, y), Style::end(TICK, theme.muted));
    }
    contours(&mut canvas, frontier, &plot);
    let height = value_axis::across(&mut canvas, &frontier.plan, frontier.axes[0], &plot, across);
    let description = format!("{subtitle} {title}. {}", traced(&frontier.provenance, frontier.plan.seed()));
    Chart::of(canvas, "frontier", &title, &description, height)
}

/// Half way between neighbours, and the ends.
fn edges(settings: &[Setting], scale: &Scale) -> Vec<f64> {
    let at: Vec<f64> = settings.iter().map(|setting| scale.px(setting.number)).collect();
    let between = at.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
    std::iter::once(at[0]).chain(between).chain([at[at.len() - 1]]).collect()
}

/// The chance as a shade. Runs of the same shade in a column are one shape.
fn shade(canvas: &mut Canvas, frontier: &Frontier, plot: &XyPlot) {
    let (xs, ys) = (edges(&frontier.x, &plot.across), edges(&frontier.y, &plot.up));
    canvas.rect(plot.area, canvas.theme.grid);
    let level = |chance: &Option<f64>| chance.map(|c| (c * SHADES).round());
    for (i, column) in frontier.chances.iter().enumerate() {
        let mut from = 0;
        for run in column.chunk_by(|a, b| level(a) == level(b)) {
            let to = from + run.len();
            if let Some(level) = level(&run[0]) {
                let area = Area { left: xs[i], right: xs[i + 1] + 0.3, top: ys[to] - 0.3, bottom: ys[from] };
                canvas.rect(area, canvas.theme.paper.towards(canvas.theme.rates[1], 0.62 * level / SHADES));
            }
            from = to;
        }
    }
}

/// In each column, where the chance crosses a level, from the more demanding side on.
fn contour(frontier: &Frontier, level: f64) -> Vec<Option<(f64, f64)>> {
    let column = |(x, chances): (&Setting, &Vec<Option<f64>>)| {
        let mut known: Vec<(f64, f64)> =
            frontier.y.iter().zip(chances).filter_map(|(y, c)| c.map(|c| (y.number, c))).collect();
        if frontier.up_helps {
            known.reverse();
        }
        let pair = known.windows(2).find(|w| w[0].1 >= level && w[1].1 < level)?;
        let share = (pair[0].1 - level) / (pair[0].1 - pair[1].1);
        Some((x.number, pair[0].0 + share * (pair[1].0 - pair[0].0)))
    };
    frontier.x.iter().zip(&frontier.chances).map(column).collect()
}

fn contours(canvas: &mut Canvas, frontier: &Frontier, plot: &XyPlot) {
    let asked = frontier.asked.confidence;
    let other = LEVELS.into_iter().filter(|level| (level - asked).abs() > 0.005);
    let lines: Vec<(f64, Vec<Pixel>)> = other
        .map(|level| (level, contour(frontier, level)))
        .chain([(asked, line(frontier))])
        .map(|(level, points)| (level, points.iter().map(|p| p.map(|(x, y)| plot.at(x, y))).collect()))
        .collect();
    let (warning, ink) = (canvas.theme.warning, canvas.theme.ink);
    let style_of = |level: f64| if level == asked { (LABEL, warning, 2.5) } else { (TICK, ink, 1.0) };
    for (level, pixels) in &lines {
        let (_, ink, width) = style_of(*level);
        for run in pixels.split(Option::is_none).filter(|run| run.len() > 1) {
            canvas.path(run.iter().flatten().copied().collect(), ink, width);
        }
    }
    stand(canvas, frontier, plot, &lines);
    for (level, pixels) in &lines {
        let (font, ink, _) = style_of(*level);
        let (text, style) = (show_share(*level), Style::middle(font, ink));
        let places = pixels.iter().flatten().rev().flat_map(|(x, y)| [((*x, y - 7.0), style), ((*x, y + 17.0), style)]);
        if let Some((at, _)) = first_free(&text, places, |area| is_free(canvas, &plot.area, &lines, area)) {
            canvas.text(&text, at, style);
        }
    }
}

/// A point of a line; `None` where there is none in its column.
type Pixel = Option<(f64, f64)>;

/// The line that was asked for.
fn line(frontier: &Frontier) -> Vec<Pixel> {
    let of = |(x, tried): (&Setting, &Option<crate::results::solution::Tried>)| {
        tried.as_ref().map(|t| (x.number, t.setting.number))
    };
    frontier.x.iter().zip(&frontier.line).map(of).collect()
}

/// Whether a text may stand in an area: inside the plot, over no text and on no line.
fn is_free(canvas: &Canvas, plot: &Area, lines: &[(f64, Vec<Pixel>)], area: &Area) -> bool {
    let across = area.left > plot.left + 4.0 && area.right < plot.right - 4.0;
    let inside = across && area.top > plot.top && area.bottom < plot.bottom;
    inside && canvas.is_free(area) && lines.iter().all(|line| !touches(&line.1, area))
}

/// Whether a line comes into an area.
fn touches(pixels: &[Pixel], area: &Area) -> bool {
    let inside = |x: f64, y: f64| area.left < x && x < area.right && area.top + 1.0 < y && y < area.bottom + 1.0;
    pixels.windows(2).any(|pair| match (pair[0], pair[1]) {
        (Some(a), Some(b)) => (0..=12).any(|i| {
            let share = f64::from(i) / 12.0;
            inside(a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1))
        }),
        _ => false,
    })
}

/// Where the plan stands.
fn stand(canvas: &mut Canvas, frontier: &Frontier, plot: &XyPlot, lines: &[(f64, Vec<Pixel>)]) {
    let Some((x, y, chance)) = &frontier.now else { return };
    let (at, area) = (plot.at(x.number, y.number), &plot.area);
    if at.0 < area.left || at.0 > area.right || at.1 < area.top || at.1 > area.bottom {
        return;
    }
    canvas.dot(at, 7.5, canvas.theme.paper);
    canvas.dot(at, 6.0, canvas.theme.ink);
    let text = format!("the plan: {}", sentences::precise(*chance));
    // Ever further away on either side, until it meets no line.
    let ink = canvas.theme.ink;
    let places = (0..40).flat_map(|i| {
        [true, false].map(|to_right| {
            let (x, style) = Style::beside(at.0, 12.0 + 8.0 * f64::from(i), to_right, LABEL, ink);
            ((x, at.1 + 5.0), style)
        })
    });
    let place = first_free(&text, places, |spot| is_free(canvas, area, lines, spot));
    let Some((spot, style)) = place else { return };
    let toward = if spot.0 > at.0 { (at.0 + 8.0, spot.0 - 4.0) } else { (at.0 - 8.0, spot.0 + 4.0) };
    if (toward.1 - toward.0).abs() > 8.0 {
        canvas.line((toward.0, at.1), (toward.1, at.1), ink, 1.0);
    }
    canvas.text(&text, spot, style);
}
