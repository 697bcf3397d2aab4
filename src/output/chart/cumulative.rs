//! The curve of failures up to the deadline: a line for each rate of reconnecting, with the range of outcomes for the lowest
//! and the highest.

use super::Chart;
use super::canvas::{Canvas, WIDTH};
use super::frame::{self, EndLabel, MARGIN};
use super::marks::Precision;
use super::rates::MOST;
use super::scale::Scale;
use super::scene::Scene;
use super::theme::{Ink, Theme};
use super::time_axis::Step;
use super::time_plot::{CountsUp, TimePlot};
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::sentence::Facts;
use crate::output::words::{self, compact, deadline_full, deadline_hours};
use crate::plan::Plan;
use crate::plan::units::group_count;
use crate::results::{CurvePoint, Projection};

/// Height of the plot, with its headroom.
const HEIGHT: f64 = 330.0;

/// The tolerance is drawn up to this multiple of the highest curve.
const TOLERANCE_UP_TO: f64 = 1.6;

/// Lines that are nowhere further apart than this many pixels are drawn as one.
const SAME_WITHIN: f64 = 0.8;

/// Top of the axis when nothing is drawn on it.
const NOTHING: f64 = 1.0;

/// Spans up to this many hours have no weekday twice.
const A_WEEK: f64 = 150.0;

/// Every hour of a curve, also those that are not drawn.
const ALL: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

struct Line {
    label: String,
    ink: Ink,
    index: usize,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let drawn = scene.rates(MOST);
    let hours = hours_shown(&scene.facts);
    let top_count = highest(&scene, &drawn, hours);
    let lines = merged(&scene, &drawn, hours, top_count);
    let tolerance = plan.tolerance().filter(|t| *t as f64 <= top_count * TOLERANCE_UP_TO);
    let high = tolerance.map_or(top_count, |t| top_count.max(t as f64 * 1.05));

    let (mut canvas, top) = frame::header(theme, &scene.findings.cumulative, &subtitle(&scene, &drawn));
    let counts = CountsUp::new(plan, high, 6, top_count == NOTHING);
    let tolerance_text = tolerance.map(|t| format!("tolerance {}", compact(t as f64)));
    let texts = lines.iter().map(|l| l.label.as_str()).chain(tolerance_text.as_deref());
    let right = WIDTH - MARGIN / 2.0 - frame::end_label_room(texts);
    let time = Scale { from: hours.0, to: hours.1, from_px: counts.left(), to_px: right };
    let precision = if hours.1 - hours.0 < A_WEEK { Precision::Hour } else { Precision::Full };
    let plot = TimePlot::new(&scene, counts, time, precision, (top, HEIGHT, 0.0));

    plot.draw_ground(&mut canvas);
    draw_curves(&mut canvas, &scene, &lines, &plot.xy);
    let last = |l: &Line| points(&scene, l.index, hours).last().map_or(0.0, |(_, point)| point.mean);
    let end = |l: &Line| EndLabel { text: l.label.clone(), y: plot.xy.up.px(last(l)), ink: l.ink };
    let mut ends: Vec<EndLabel> = lines.iter().map(end).collect();
    if let (Some(t), Some(text)) = (tolerance, tolerance_text) {
        ends.push(EndLabel { text, y: plot.xy.draw_limit(&mut canvas, t as f64), ink: theme.warning });
    }
    plot.ground.draw_labels(&mut canvas, &scene);
    frame::end_labels(&mut canvas, &plot.xy.area, &ends);
    let height = plot.draw_times(&mut canvas, Step::Hours(1));
    Chart::of(
        canvas,
        "cumulative",
        scene.findings.cumulative.clone(),
        scene.describe(&describe(&scene, &drawn)),
        height,
    )
}

/// From a little before the first failures or the main event to a little after the deadline.
fn hours_shown(facts: &Facts<'_>) -> (f64, f64) {
    let plan = facts.plan;
    let (earliest, latest) = deadline_hours(plan);
    let main = plan.hours(plan.main_event().at);
    let first = facts.span(facts.low).map_or(main, |s| s.first.min(main));
    let from = first.min(earliest).max(0.0);
    let length = (latest - from).max(6.0);
    // To a point of the curve, so that lines end where their labels begin.
    let end = latest + 0.14 * length;
    let last = facts.projection.curve_hours.iter().rev().find(|h| **h <= end).copied().unwrap_or(end);
    (from - 0.08 * length, last.max(latest + 0.02 * length))
}

fn shown(point_hour: f64, hours: (f64, f64)) -> bool {
    hours.0 <= point_hour && point_hour <= hours.1
}

/// The points of a rate's curve between two hours, each with its hour.
fn points<'a>(
    scene: &'a Scene<'_>,
    index: usize,
    hours: (f64, f64),
) -> impl Iterator<Item = (f64, &'a CurvePoint)> + Clone {
    let curve = &scene.projection.uptakes[index].best().failed_curve;
    scene.projection.curve_hours.iter().copied().zip(curve).filter(move |(hour, _)| shown(*hour, hours))
}

/// The range of 90 % of outcomes; `None` where it was not computed, or says nothing: one org has failed or has not.
fn bounds(scene: &Scene<'_>, point: &CurvePoint) -> Option<(f64, f64)> {
    let (low, high) = (point.p5?, point.p95?);
    (scene.plan.orgs() > 1).then_some((low as f64, high as f64))
}

/// Single runs of a rate; of one org they say nothing.
fn paths<'a>(scene: &'a Scene<'_>, index: usize) -> &'a [Vec<u32>] {
    let all = scene.projection.detail.paths.get(index).filter(|_| scene.plan.orgs() > 1);
    all.map_or(&[], Vec::as_slice)
}

/// The highest count that is drawn.
fn highest(scene: &Scene<'_>, drawn: &[(usize, Ink)], hours: (f64, f64)) -> f64 {
    let of = |index: usize| {
        let inside = points(scene, index, hours);
        let curve = inside.map(|(_, p)| bounds(scene, p).map_or(p.mean, |b| p.mean.max(b.1))).fold(0.0, f64::max);
        let last = scene.projection.curve_hours.iter().rposition(|h| shown(*h, hours));
        let runs = paths(scene, index).iter().filter_map(|p| last.and_then(|i| p.get(i)));
        runs.fold(curve, |highest, n| highest.max(f64::from(*n)))
    };
    let highest = drawn.iter().map(|(i, _)| of(*i)).fold(0.0, f64::max);
    if highest > 0.0 { highest } else { NOTHING }
}

/// One line for each rate; one for all of them where they can't be told apart.
fn merged(scene: &Scene<'_>, drawn: &[(usize, Ink)], hours: (f64, f64), top: f64) -> Vec<Line> {
    let (first, last) = (drawn[0], drawn[drawn.len() - 1]);
    let near = top * SAME_WITHIN / HEIGHT;
    let same = drawn.iter().all(|(i, _)| {
        let mut pairs = points(scene, first.0, hours).zip(points(scene, *i, hours));
        pairs.all(|((_, a), (_, b))| (a.mean - b.mean).abs() <= near)
    });
    if same && drawn.len() > 1 {
        let text = format!("{} to {}", scene.facts.rate(first.0), scene.label(last.0));
        return vec![Line { label: text, ink: first.1, index: first.0 }];
    }
    drawn.iter().map(|(i, ink)| Line { label: scene.label(*i), ink: *ink, index: *i }).collect()
}

fn draw_curves(canvas: &mut Canvas, scene: &Scene<'_>, lines: &[Line], plot: &XyPlot) {
    let hours = (plot.across.from, plot.across.to);
    let ends = if lines.len() > 1 { vec![&lines[0], &lines[lines.len() - 1]] } else { vec![&lines[0]] };
    for line in &ends {
        let inside = points(scene, line.index, hours);
        let bands = inside.clone().filter_map(|(h, p)| Some((h, bounds(scene, p)?)));
        plot.draw_band(canvas, bands, line.ink.faded(0.15));
        // What chance alone makes of it, within what is not known.
        let chances = inside.filter_map(|(h, p)| p.chance.map(|c| (h, (c[0] as f64, c[1] as f64))));
        plot.draw_band(canvas, chances, line.ink.faded(0.22));
    }
    for line in &ends {
        for path in paths(scene, line.index) {
            let inside = scene.projection.curve_hours.iter().zip(path).filter(|(h, _)| shown(**h, hours));
            plot.draw_line(canvas, inside.map(|(h, n)| (*h, f64::from(*n))), line.ink.faded(0.45), 0.75);
        }
    }
    for line in lines.iter().rev() {
        plot.draw_line(canvas, points(scene, line.index, hours).map(|(h, p)| (h, p.mean)), line.ink, 2.5);
    }
}

fn subtitle(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let rates = |i: usize| scene.facts.rate(drawn[i].0);
    let has_bands = points(scene, drawn[0].0, ALL).any(|(_, p)| bounds(scene, p).is_some());
    let bands = match (has_bands, drawn.len()) {
        (false, _) => String::new(),
        (true, 1) => "; shaded: 90 % of outcomes".to_owned(),
        (true, n) => format!("; shaded: 90 % of outcomes for {} and {}", rates(0), rates(n - 1)),
    };
    let split = points(scene, drawn[0].0, ALL).any(|(_, p)| p.chance.is_some());
    let bands = if split && has_bands { format!("{bands}, the stronger shade by chance alone") } else { bands };
    let runs = match paths(scene, drawn[0].0).len() {
        0 => String::new(),
        n => format!("; thin: {n} simulated runs{}", if drawn.len() > 1 { " each" } else { "" }),
    };
    let (first, last) = deadline_hours(scene.plan);
    let local = if last > first { " Each org has its own deadline, within the red band." } else { "" };
    let what = match scene.plan.orgs() {
        1 => "Chance that the org has failed".to_owned(),
        n => format!("Orgs failed so far, of {}. Lines: mean", group_count(n)),
    };
    format!("{what}{bands}{runs}. Times: {}.{local}{}", scene.plan.time_zone(), scene.about_rates(drawn))
}

fn describe(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let values = drawn.iter().map(|(i, _)| {
        let label = scene.label(*i);
        format!("{label}: {}", words::about(scene.facts.failed(*i)))
    });
    format!(
        "Curves of the orgs failed so far. Mean number failed by {}: {}.",
        deadline_full(scene.plan),
        values.collect::<Vec<_>>().join("; ")
    )
}
