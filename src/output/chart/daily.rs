//! Failures per local day from the first to the horizon: what is still to come after the deadline.

use super::Chart;
use super::canvas::{Area, Canvas, WIDTH};
use super::frame::{self, MARGIN};
use super::line_labels::{self, Labelled};
use super::marks::Precision;
use super::scale::Scale;
use super::scene::Scene;
use super::theme::{Ink, Theme};
use super::time_axis::Step;
use super::time_plot::{CountsUp, TimePlot};
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::sentence::curve_at;
use crate::output::words::{self, deadline_hours};
use crate::plan::units::group_count;
use crate::plan::{Plan, Segment};
use crate::results::Projection;
use chrono::{Duration, NaiveTime, TimeZone, Utc};

/// Height of the plot, with its headroom.
const HEIGHT: f64 = 300.0;

/// Lines that can be told apart as steps.
const MOST: usize = 3;

/// Weight from which on an hour counts as a working hour.
const WORKING: f64 = 0.5;

/// Days narrower than this many pixels have no hours that could be seen.
const NARROWEST_DAY: f64 = 6.0;

/// A rate's failures day by day.
struct Steps {
    label: String,
    ink: Ink,
    per_day: Vec<f64>,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let edges = day_edges(&scene);
    let steps = merged(&scene, steps(&scene, &edges));
    let high = steps.iter().flat_map(|s| &s.per_day).fold(0.0_f64, |a, b| a.max(*b));
    let nothing = high <= 0.0;
    let high = if nothing { 1.0 } else { high };

    let counts = CountsUp::new(plan, high, 5, nothing);
    let time = Scale { from: edges[0], to: edges[edges.len() - 1], from_px: counts.left(), to_px: WIDTH - MARGIN };
    let (mut canvas, top) = frame::header(theme, &scene.findings.daily, &subtitle(&scene, &time));
    let plot = TimePlot::new(&scene, counts, time, Precision::Full, (top, HEIGHT, 18.0));

    plot.draw_ground(&mut canvas);
    let outlines: Vec<Vec<(f64, f64)>> = steps.iter().map(|s| outline(s, &edges, &plot.xy)).collect();
    draw_steps(&mut canvas, &steps, &outlines, &plot.xy);
    draw_working_hours(&mut canvas, &scene, &time, plot.xy.area.bottom);
    plot.ground.draw_labels(&mut canvas, &scene);
    let lines: Vec<Labelled<'_>> =
        steps.iter().zip(&outlines).map(|(s, path)| Labelled { text: &s.label, ink: s.ink, path }).collect();
    line_labels::write(&mut canvas, &lines, &plot.ground.stems(), &plot.xy.area);
    let height = plot.draw_times(&mut canvas, Step::Days(1));

    Chart::of(canvas, "daily", scene.findings.daily.clone(), scene.describe(&describe(&scene)), height)
}

/// Hours since `as_of` of the local midnights from the day of the first failures (or of the deadline) to the horizon.
fn day_edges(scene: &Scene<'_>) -> Vec<f64> {
    let plan = scene.plan;
    let zone = plan.time_zone();
    let spans = (0..scene.projection.uptakes.len()).filter_map(|i| scene.facts.span(i));
    let begin = deadline_hours(plan).0.min(plan.hours(plan.main_event().at)).max(0.0);
    let first = spans.map(|s| s.first).fold(begin, f64::min);
    let mut day = plan.instant(first).with_timezone(&zone).date_naive();
    let mut edges = Vec::new();
    loop {
        // Where midnight is skipped, the day begins an hour later; a repeated midnight counts once.
        let midnight = day.and_time(NaiveTime::MIN);
        let begins = zone
            .from_local_datetime(&midnight)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(midnight + Duration::hours(1))).earliest());
        let hour = begins.map_or(plan.horizon_hours(), |at| plan.hours(at.with_timezone(&Utc)));
        edges.push(hour);
        if hour >= plan.horizon_hours() && edges.len() > 1 {
            return edges;
        }
        day += Duration::days(1);
    }
}

/// The lowest, the middle and the highest rate, day by day.
fn steps(scene: &Scene<'_>, edges: &[f64]) -> Vec<Steps> {
    scene
        .rates(MOST)
        .into_iter()
        .map(|(index, ink)| {
            let curve = &scene.facts.best(index).failed_curve;
            let at = |hour: f64| curve_at(&scene.projection.curve_hours, curve, hour);
            // Per 24 hours, so that a day of 23 or 25 makes no notch.
            let per_day = edges.windows(2).map(|w| (at(w[1]) - at(w[0])).max(0.0) * 24.0 / (w[1] - w[0])).collect();
            Steps { label: scene.label(index), ink, per_day }
        })
        .collect()
}

/// One line for all rates where they can't be told apart.
fn merged(scene: &Scene<'_>, mut steps: Vec<Steps>) -> Vec<Steps> {
    let high = steps.iter().flat_map(|s| &s.per_day).fold(0.0_f64, |a, b| a.max(*b));
    let near = |a: &Steps, b: &Steps| a.per_day.iter().zip(&b.per_day).all(|(x, y)| (x - y).abs() <= high / HEIGHT);
    if steps.len() > 1 && steps.iter().all(|s| near(s, &steps[0])) {
        let last = steps[steps.len() - 1].label.clone();
        steps.truncate(1);
        steps[0].label = format!("{} to {last}", scene.facts.rate(scene.facts.low));
    }
    steps
}

/// The corners of the steps.
fn outline(steps: &Steps, edges: &[f64], plot: &XyPlot) -> Vec<(f64, f64)> {
    let days = steps.per_day.iter().zip(edges.windows(2));
    days.flat_map(|(n, day)| [plot.at(day[0], *n), plot.at(day[1], *n)]).collect()
}

fn draw_steps(canvas: &mut Canvas, steps: &[Steps], outlines: &[Vec<(f64, f64)>], plot: &XyPlot) {
    for (steps, outline) in steps.iter().zip(outlines) {
        plot.fill_below(canvas, outline, steps.ink.faded(0.10));
    }
    for (steps, outline) in steps.iter().zip(outlines).rev() {
        canvas.path(outline.clone(), steps.ink, 2.25);
    }
}

/// The largest segment, whose working hours are marked: when most of those who need help ask for it.
fn largest<'a>(scene: &Scene<'a>) -> Option<&'a Segment> {
    scene.plan.segments().iter().rev().max_by_key(|s| s.orgs)
}

/// Whether days are wide enough to mark hours in them.
fn marks_hours(time: &Scale) -> bool {
    24.0 * time.px_per_unit() >= NARROWEST_DAY
}

/// Working hours as marks along the axis.
fn draw_working_hours(canvas: &mut Canvas, scene: &Scene<'_>, time: &Scale, bottom: f64) {
    let Some(segment) = largest(scene).filter(|_| marks_hours(time)) else { return };
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for (from, to, _) in segment.work_clock.steps().filter(|s| s.2 >= WORKING && s.1 > time.from && s.0 < time.to) {
        let (from, to) = (from.max(time.from), to.min(time.to));
        match spans.last_mut() {
            Some(last) if from - last.1 < 1e-6 => last.1 = to,
            _ => spans.push((from, to)),
        }
    }
    for (from, to) in spans {
        let area = Area { left: time.px(from), right: time.px(to), top: bottom - 4.0, bottom };
        canvas.rect(area, scene.theme.window_ink);
    }
}

fn subtitle(scene: &Scene<'_>, time: &Scale) -> String {
    let all = scene.projection.uptakes.len();
    let drawn = all.min(MOST);
    let some = if drawn < all { format!(" Shown are {drawn} of {all} rates.") } else { String::new() };
    let what = match scene.plan.orgs() {
        1 => "Chance that the org fails on each day.".to_owned(),
        n => format!("Mean number of orgs that fail on each day, of {}.", group_count(n)),
    };
    let whose = largest(scene).filter(|_| scene.plan.segments().len() > 1);
    let whose = whose.map_or_else(String::new, |s| format!(" in {}, the largest segment", s.name));
    let hours =
        if marks_hours(time) { format!(" Green marks on the axis: working hours{whose}.") } else { String::new() };
    format!("{what} Days begin at midnight, {}.{hours}{some}", scene.plan.time_zone())
}

fn describe(scene: &Scene<'_>) -> String {
    let later = scene
        .facts
        .ascending()
        .into_iter()
        .map(|i| format!("{}: {} after the deadline", scene.label(i), words::about(scene.facts.to_come(i))));
    format!(
        "Steps of the failures per day up to the horizon, {}. {}.",
        words::day(scene.plan, scene.plan.horizon()),
        later.collect::<Vec<_>>().join("; ")
    )
}
