//! The curve of failures up to the deadline: a line for each rate of reconnecting, with the range of outcomes for the lowest
//! and the highest.

use super::Chart;
use super::canvas::{Canvas, WIDTH};
use super::frame::{self, MARGIN};
use super::labelled::Labelled;
use super::marks::Precision;
use super::scale::Scale;
use super::scene::Scene;
use super::selection::MOST;
use super::theme::Ink;
use super::time_axis::Step;
use super::time_plot::{CountsUp, TimePlot};
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::sentence::Facts;
use crate::output::words::{self, compact, deadline_full, deadline_hours};
use crate::plan::units::group_count;
use crate::plan::wording::{FAILED, FAILS, ORG, ORGS, PERCENT};
use crate::results::CurvePoint;

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

/// A rate's curve between the hours that are drawn.
struct RateCurve<'a> {
    /// Each hour with its figures.
    points: Vec<(f64, &'a CurvePoint)>,
    /// Single runs.
    runs: Vec<Vec<(f64, f64)>>,
}

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let (plan, title) = (scene.plan, &scene.findings.cumulative);
    let drawn = scene.rates(MOST);
    let hours = hours_shown(&scene.facts);
    let curves = scene.of_rates(&drawn, |i| curve(scene, i, hours));
    let top_count = highest(scene, &curves);
    // One line for all rates where they can't be told apart.
    let near = top_count * SAME_WITHIN / HEIGHT;
    let lines = scene.merged(drawn[0].0, curves, |a, b| are_near(a, b, near));
    let tolerance = plan.tolerance().filter(|t| *t as f64 <= top_count * TOLERANCE_UP_TO);
    let high = tolerance.map_or(top_count, |t| top_count.max(t as f64 * 1.05));

    let (mut canvas, top) = frame::header(scene.theme, title, &subtitle(scene, &drawn));
    let counts = CountsUp::new(plan, high, 6, top_count == NOTHING);
    let tolerance_text = tolerance.map(|t| format!("tolerance {}", compact(t as f64)));
    let texts = lines.iter().map(|l| &l.text).chain(&tolerance_text);
    let right = WIDTH - MARGIN / 2.0 - frame::end_label_room(texts);
    let time = Scale::within(hours, (counts.left(), right), 0.0);
    let precision = if hours.1 - hours.0 < A_WEEK { Precision::Hour } else { Precision::Full };
    let plot = TimePlot::new(scene, counts, time, precision, (top, HEIGHT, 0.0));

    plot.draw_ground(&mut canvas);
    draw_curves(&mut canvas, scene, &lines, &plot.xy);
    let last = |curve: &RateCurve<'_>| curve.points.last().map_or(0.0, |(_, point)| point.mean);
    let mut ends: Vec<Labelled<f64>> = lines.into_iter().map(|l| l.map(|curve| plot.xy.up.px(last(&curve)))).collect();
    if let (Some(t), Some(text)) = (tolerance, tolerance_text) {
        ends.push(Labelled { text, ink: scene.theme.warning, of: plot.xy.draw_limit(&mut canvas, t as f64) });
    }
    plot.draw_labels(&mut canvas);
    frame::end_labels(&mut canvas, &plot.xy.area, &ends);
    let height = plot.draw_times(&mut canvas, Step::Hours(1));
    Chart::of(canvas, "cumulative", title, &describe(scene, &drawn), height)
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

/// A rate's curve between two hours.
fn curve<'a>(scene: &Scene<'a>, index: usize, hours: (f64, f64)) -> RateCurve<'a> {
    let all = || scene.projection.curve_hours.iter().copied();
    let is_shown = |hour: f64| hours.0 <= hour && hour <= hours.1;
    let run =
        |path: &Vec<u32>| all().zip(path).filter(|(h, _)| is_shown(*h)).map(|(h, n)| (h, f64::from(*n))).collect();
    RateCurve {
        points: all().zip(failed_curve(scene, index)).filter(|(h, _)| is_shown(*h)).collect(),
        runs: paths(scene, index).iter().map(run).collect(),
    }
}

/// Failures so far at each hour of the projection.
fn failed_curve<'a>(scene: &Scene<'a>, index: usize) -> &'a [CurvePoint] {
    &scene.projection.uptakes[index].best().failed_curve
}

/// The range of 90 % of outcomes; `None` where it was not computed, or says nothing: one org has failed or has not.
fn bounds(scene: &Scene<'_>, point: &CurvePoint) -> Option<(f64, f64)> {
    let (low, high) = (point.p5?, point.p95?);
    (scene.plan.orgs() > 1).then_some((low as f64, high as f64))
}

/// Single runs of a rate; of one org they say nothing.
fn paths<'a>(scene: &Scene<'a>, index: usize) -> &'a [Vec<u32>] {
    let all = scene.projection.detail.paths.get(index).filter(|_| scene.plan.orgs() > 1);
    all.map_or(&[], Vec::as_slice)
}

/// The highest count that is drawn.
fn highest(scene: &Scene<'_>, curves: &[Labelled<RateCurve<'_>>]) -> f64 {
    let points = curves.iter().flat_map(|c| &c.of.points);
    let bounds = points.map(|(_, p)| bounds(scene, p).map_or(p.mean, |b| p.mean.max(b.1)));
    let runs = curves.iter().flat_map(|c| &c.of.runs).filter_map(|run| run.last()).map(|last| last.1);
    let highest = bounds.chain(runs).fold(0.0, f64::max);
    if highest > 0.0 { highest } else { NOTHING }
}

/// Whether two lines are nowhere further apart than so many orgs.
fn are_near(a: &RateCurve<'_>, b: &RateCurve<'_>, orgs: f64) -> bool {
    a.points.iter().zip(&b.points).all(|((_, a), (_, b))| (a.mean - b.mean).abs() <= orgs)
}

fn draw_curves(canvas: &mut Canvas, scene: &Scene<'_>, lines: &[Labelled<RateCurve<'_>>], plot: &XyPlot) {
    let ends = if lines.len() > 1 { vec![&lines[0], &lines[lines.len() - 1]] } else { vec![&lines[0]] };
    for line in &ends {
        let points = &line.of.points;
        let bands = points.iter().filter_map(|(h, p)| Some((*h, bounds(scene, p)?)));
        plot.draw_band(canvas, bands, line.ink.faded(0.15));
        // What chance alone makes of it, within what is not known.
        let chances = points.iter().filter_map(|(h, p)| p.chance.map(|c| (*h, (c[0] as f64, c[1] as f64))));
        plot.draw_band(canvas, chances, line.ink.faded(0.22));
    }
    for line in &ends {
        for run in &line.of.runs {
            plot.draw_line(canvas, run.iter().copied(), line.ink.faded(0.45), 0.75);
        }
    }
    for line in lines.iter().rev() {
        plot.draw_line(canvas, line.of.points.iter().map(|(h, p)| (*h, p.mean)), line.ink, 2.5);
    }
}

fn subtitle(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let rates = |i: usize| scene.facts.rate(drawn[i].0);
    let first = failed_curve(scene, drawn[0].0);
    let has_bands = first.iter().any(|p| bounds(scene, p).is_some());
    let bands = match (has_bands, drawn.len()) {
        (false, _) => String::new(),
        (true, 1) => format!("; shaded: 90{PERCENT} of outcomes"),
        (true, n) => format!("; shaded: 90{PERCENT} of outcomes for {} and {}", rates(0), rates(n - 1)),
    };
    let split = first.iter().any(|p| p.chance.is_some());
    let bands = if split && has_bands { format!("{bands}, the stronger shade by luck alone") } else { bands };
    let runs = match paths(scene, drawn[0].0).len() {
        0 => String::new(),
        n => format!("; thin: {n} simulated runs{}", if drawn.len() > 1 { " each" } else { "" }),
    };
    let (first, last) = deadline_hours(scene.plan);
    let local =
        if last > first { format!(" Each {ORG} has its own deadline, within the red band.") } else { String::new() };
    let what = match scene.plan.orgs() {
        1 => format!("Chance that the {ORG} {FAILS}, so far"),
        n => format!("{ORGS:#} {FAILED} so far, of {}. Lines: mean", group_count(n)),
    };
    format!("{what}{bands}{runs}. Times: {}.{local}{}", scene.plan.time_zone(), scene.about_rates(drawn))
}

fn describe(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let told = scene.told_by_rate(drawn.iter().map(|rate| rate.0), |i| words::about(scene.facts.failed(i)));
    format!("Curves of the {ORGS} {FAILED} so far. Mean number {FAILED} by {}: {told}.", deadline_full(scene.plan))
}
