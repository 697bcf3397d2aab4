//! Failures per local day from the first to the horizon: what is still to come after the deadline.

use super::Chart;
use super::canvas::{Area, Canvas, WIDTH};
use super::frame::{self, MARGIN};
use super::labelled::{Labelled, LabelledPath};
use super::line_labels;
use super::marks::Precision;
use super::scale::Scale;
use super::scene::Scene;
use super::time_axis::Step;
use super::time_plot::{CountsUp, TimePlot};
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::sentence::curve_at;
use crate::output::words::{self, deadline_hours};
use crate::plan::Segment;
use crate::plan::units::group_count;
use crate::plan::wording::{FAIL, FAILS, ORG, ORGS};
use chrono::{Duration, NaiveTime, TimeZone, Utc};

/// Height of the plot, with its headroom.
const HEIGHT: f64 = 300.0;

/// Lines that can be told apart as steps.
const MOST: usize = 3;

/// Weight from which on an hour counts as a working hour.
const WORKING: f64 = 0.5;

/// Days narrower than this many pixels have no hours that could be seen.
const NARROWEST_DAY: f64 = 6.0;

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let title = &scene.findings.daily;
    let edges = day_edges(scene);
    let days = scene.of_rates(&scene.rates(MOST), |i| per_day(scene, i, &edges));
    // One line for all rates where they can't be told apart.
    let near = highest(&days) / HEIGHT;
    let days = scene.merged(scene.facts.low, days, |a, b| a.iter().zip(b).all(|(x, y)| (x - y).abs() <= near));
    let (high, nothing) = (highest(&days), highest(&days) <= 0.0);

    let counts = CountsUp::new(scene.plan, if nothing { 1.0 } else { high }, 5, nothing);
    let time = Scale::within((edges[0], edges[edges.len() - 1]), (counts.left(), WIDTH - MARGIN), 0.0);
    let (mut canvas, top) = frame::header(scene.theme, title, &subtitle(scene, &time));
    let plot = TimePlot::new(scene, counts, time, Precision::Full, (top, HEIGHT, 18.0));

    plot.draw_ground(&mut canvas);
    let lines: Vec<LabelledPath> = days.into_iter().map(|d| d.map(|d| outline(&d, &edges, &plot.xy))).collect();
    for line in &lines {
        plot.xy.fill_below(&mut canvas, &line.of, line.ink.faded(0.10));
    }
    line_labels::draw(&mut canvas, &lines, 2.25);
    draw_working_hours(&mut canvas, scene, &time, plot.xy.area.bottom);
    plot.draw_labels(&mut canvas);
    line_labels::write(&mut canvas, &lines, &plot.stems(), &plot.xy.area);
    let height = plot.draw_times(&mut canvas, Step::Days(1));
    Chart::of(canvas, "daily", title, &describe(scene), height)
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

/// A rate's failures day by day: per 24 hours, so that a day of 23 or 25 makes no notch.
fn per_day(scene: &Scene<'_>, index: usize, edges: &[f64]) -> Vec<f64> {
    let curve = &scene.facts.best(index).failed_curve;
    let at = |hour: f64| curve_at(&scene.projection.curve_hours, curve, hour);
    edges.windows(2).map(|w| (at(w[1]) - at(w[0])).max(0.0) * 24.0 / (w[1] - w[0])).collect()
}

fn highest(days: &[Labelled<Vec<f64>>]) -> f64 {
    days.iter().flat_map(|line| &line.of).fold(0.0, |highest, n| highest.max(*n))
}

/// The corners of the steps.
fn outline(per_day: &[f64], edges: &[f64], plot: &XyPlot) -> Vec<(f64, f64)> {
    let days = per_day.iter().zip(edges.windows(2));
    days.flat_map(|(n, day)| [plot.at(day[0], *n), plot.at(day[1], *n)]).collect()
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
        1 => format!("Chance that the {ORG} {FAILS} on each day."),
        n => format!("Mean number of {ORGS} that {FAIL} on each day, of {}.", group_count(n)),
    };
    let whose = largest(scene).filter(|_| scene.plan.segments().len() > 1);
    let whose = whose.map_or_else(String::new, |s| format!(" in {}, the largest segment", s.name));
    let hours =
        if marks_hours(time) { format!(" Green marks on the axis: working hours{whose}.") } else { String::new() };
    format!("{what} Days begin at midnight, {}.{hours}{some}", scene.plan.time_zone())
}

fn describe(scene: &Scene<'_>) -> String {
    let later = |i: usize| format!("{} after the deadline", words::about(scene.facts.to_come(i)));
    format!(
        "Steps of the failures per day up to the horizon, {}. {}.",
        words::day(scene.plan, scene.plan.horizon()),
        scene.told_by_rate(scene.facts.ascending(), later)
    )
}
