//! Failures per local day from the first to the horizon: what is still to come after the deadline.

use super::canvas::{Area, Canvas, Style, WIDTH, text_area};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::marks::{Ground, HEADROOM, Precision};
use super::scale::{Scale, tick_labels, ticks};
use super::theme::{Ink, Theme};
use super::time_axis::{self, Step};
use super::{Chart, Scene, chosen};
use crate::Result;
use crate::output::sentence::curve_at;
use crate::output::words::{self, deadline_hours};
use crate::plan::Plan;
use crate::plan::units::group_count;
use crate::results::Projection;
use chrono::{Duration, NaiveTime, TimeZone, Utc};

/// Height of the plot, with its headroom.
const HEIGHT: f64 = 300.0;

/// Lines that can be told apart as steps.
const MOST: usize = 3;

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
    let steps = steps(&scene, &edges);
    let high = steps.iter().flat_map(|s| &s.per_day).fold(0.0_f64, |a, b| a.max(*b));
    let high = if high > 0.0 { high } else { 1.0 };

    let mut canvas = Canvas::default();
    let top = frame::header(&mut canvas, theme, &scene.findings.daily, &subtitle(&scene, steps.len()));
    let values = ticks(0.0, high, 5, high > 3.0);
    let labels = tick_labels(&values);
    let left = MARGIN + labels.iter().map(|l| TICK.width(l)).fold(0.0, f64::max) + 8.0;
    let hours = (edges[0], edges[edges.len() - 1]);
    let time = Scale { from: hours.0, to: hours.1, from_px: left, to_px: WIDTH - MARGIN };
    let ground = Ground::new(&scene, &time, Precision::Full, top, HEIGHT);
    let plot = ground.plot;
    let count = Scale { from: 0.0, to: high, from_px: plot.bottom, to_px: plot.top + HEADROOM + 18.0 };

    ground.draw_shades(&mut canvas, &scene);
    frame::level_grid(&mut canvas, theme, &plot, &count, &values, &labels);
    let outlines: Vec<Vec<(f64, f64)>> = steps.iter().map(|s| outline(s, &edges, &time, &count)).collect();
    draw_steps(&mut canvas, &steps, &outlines, &plot);
    ground.draw_labels(&mut canvas, &scene);
    label_steps(&mut canvas, &scene, &steps, &outlines, &plot);
    let range = (plan.instant(time.from), plan.instant(time.to));
    let px = |at| time.px(plan.hours(at));
    let (_, made) = time_axis::ticks(range, plan.time_zone(), Step::Days(1), TICK, px);
    let height = frame::time_ticks(&mut canvas, theme, plot.bottom, &made, |t| px(t.at)) + 10.0;

    let title = scene.findings.daily.clone();
    let description = scene.describe(&describe(&scene));
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "daily", title, description, svg, texts, height })
}

/// Hours since `as_of` of the local midnights from the day of the first failures (or of the deadline) to the horizon.
fn day_edges(scene: &Scene<'_>) -> Vec<f64> {
    let plan = scene.plan;
    let zone = plan.time_zone();
    let spans = (0..scene.projection.uptakes.len()).filter_map(|i| scene.facts.span(i));
    let first = spans.map(|s| s.first).fold(deadline_hours(plan).0, f64::min);
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
    let order = scene.facts.ascending();
    let kept = chosen(order.len(), MOST);
    let inks = scene.theme.rate_inks(kept.len());
    kept.into_iter()
        .zip(inks)
        .map(|(k, ink)| {
            let (index, outcome) = (order[k], &scene.projection.uptakes[order[k]]);
            let curve = &outcome.best().failed_curve;
            let at = |hour: f64| curve_at(&scene.projection.curve_hours, curve, hour);
            let per_day = edges.windows(2).map(|w| (at(w[1]) - at(w[0])).max(0.0)).collect();
            Steps { label: words::row_label(scene.plan, index, outcome), ink, per_day }
        })
        .collect()
}

/// The corners of the steps.
fn outline(steps: &Steps, edges: &[f64], time: &Scale, count: &Scale) -> Vec<(f64, f64)> {
    let days = steps.per_day.iter().zip(edges.windows(2));
    days.flat_map(|(n, w)| [(time.px(w[0]), count.px(*n)), (time.px(w[1]), count.px(*n))]).collect()
}

fn draw_steps(canvas: &mut Canvas, steps: &[Steps], outlines: &[Vec<(f64, f64)>], plot: &Area) {
    for (steps, outline) in steps.iter().zip(outlines) {
        let mut area = outline.clone();
        area.push((plot.right, plot.bottom));
        area.push((plot.left, plot.bottom));
        canvas.fill(area, steps.ink.faded(0.10));
    }
    for (steps, outline) in steps.iter().zip(outlines).rev() {
        canvas.path(outline.clone(), steps.ink, 2.25);
    }
}

/// Writes each label just above its line where it meets no other line, no stem and no text; else below the line; where
/// there is no such place, above the plot's upper right.
fn label_steps(canvas: &mut Canvas, scene: &Scene<'_>, steps: &[Steps], outlines: &[Vec<(f64, f64)>], plot: &Area) {
    let stems = stems(scene, plot);
    for (i, one) in steps.iter().enumerate() {
        let place = free_place(canvas, one, i, outlines, &stems, plot);
        let style = Style::start(LABEL, scene.theme.readable(one.ink));
        if let Some(at) = place {
            canvas.text(&one.label, at, style);
        }
    }
    // What found no place is listed in the headroom, with a stroke of its colour.
    let left_out = steps.iter().filter(|s| !canvas.says(&s.label));
    let mut y = plot.top + HEADROOM + 10.0;
    for one in left_out.collect::<Vec<_>>() {
        let style = Style::end(LABEL, scene.theme.readable(one.ink));
        while !canvas.is_free(&text_area(&one.label, (plot.right - 6.0, y), style)) {
            y += 18.0;
        }
        canvas.text(&one.label, (plot.right - 6.0, y), style);
        let swatch = plot.right - 12.0 - LABEL.width(&one.label);
        canvas.line((swatch - 18.0, y - 4.5), (swatch, y - 4.5), one.ink, 2.25);
    }
}

/// Pixels of all upright lines.
fn stems(scene: &Scene<'_>, plot: &Area) -> Vec<f64> {
    let edges = day_edges(scene);
    let time = Scale { from: edges[0], to: edges[edges.len() - 1], from_px: plot.left, to_px: plot.right };
    super::marks::flags_between(scene, &time, Precision::Full).iter().map(|f| f.x).collect()
}

fn free_place(
    canvas: &Canvas,
    one: &Steps,
    own: usize,
    outlines: &[Vec<(f64, f64)>],
    stems: &[f64],
    plot: &Area,
) -> Option<(f64, f64)> {
    let width = LABEL.width(&one.label);
    let style = Style::start(LABEL, one.ink);
    let lefts = (0..=60).map(|i| plot.left + 6.0 + (plot.right - plot.left - width - 12.0) * f64::from(i) / 60.0);
    let mut best: Option<(f64, (f64, f64))> = None;
    for left in lefts {
        let reach = extent(&outlines[own], left, left + width);
        for (baseline, flat) in [(reach.0 - 7.0, reach.1 - reach.0), (reach.1 + 15.0, reach.1 - reach.0)] {
            let area = text_area(&one.label, (left, baseline), style);
            let inside = area.top > plot.top + HEADROOM && area.bottom < plot.bottom - 2.0;
            let clear = outlines.iter().all(|o| !crosses(o, &area))
                && stems.iter().all(|x| *x < area.left - 10.0 || *x > area.right + 10.0);
            if !inside || !clear || !canvas.is_free(&area) {
                continue;
            }
            // A level stretch of a line that is up from the axis says best which line is meant.
            let score = flat + if reach.1 > plot.bottom - 3.0 { 200.0 } else { 0.0 } + (left - plot.left) * 0.01;
            if best.is_none_or(|b| score < b.0) {
                best = Some((score, (left, baseline)));
            }
        }
    }
    best.map(|b| b.1)
}

/// The least and greatest pixel y of a path between two pixels x.
fn extent(path: &[(f64, f64)], from: f64, to: f64) -> (f64, f64) {
    let over = path.windows(2).filter(|w| w[0].0 < to && w[1].0 > from);
    over.flat_map(|w| [w[0].1, w[1].1]).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)))
}

/// Whether a path of level and upright pieces enters an area, or comes within two pixels of it.
fn crosses(path: &[(f64, f64)], area: &Area) -> bool {
    path.windows(2).any(|w| {
        let (x, y) = ((w[0].0.min(w[1].0), w[0].0.max(w[1].0)), (w[0].1.min(w[1].1), w[0].1.max(w[1].1)));
        x.0 <= area.right + 2.0 && x.1 >= area.left - 2.0 && y.0 <= area.bottom + 2.0 && y.1 >= area.top - 2.0
    })
}

fn subtitle(scene: &Scene<'_>, drawn: usize) -> String {
    let all = scene.projection.uptakes.len();
    let some = if drawn < all { format!(" Shown are {drawn} of {all} rates.") } else { String::new() };
    format!(
        "Mean number of orgs that fail on each day, of {}. Days begin at midnight, {}.{some}",
        group_count(scene.plan.orgs()),
        scene.plan.time_zone()
    )
}

fn describe(scene: &Scene<'_>) -> String {
    let later = scene.facts.ascending().into_iter().map(|i| {
        let outcome = &scene.projection.uptakes[i];
        let label = words::row_label(scene.plan, i, outcome);
        format!("{label}: {} after the deadline", words::about(scene.facts.to_come(i)))
    });
    format!(
        "Steps of the failures per day up to the horizon, {}. {}.",
        words::day(scene.plan, scene.plan.horizon()),
        later.collect::<Vec<_>>().join("; ")
    )
}
