//! Failures by zone and local hour: for each segment the days up to its deadline as rows of 24 hours on its own clocks. The darker
//! an hour, the more of its orgs fail in it.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::local_segments::{LocalSegment, is_worked, left_out, most_failing};
use super::scene::Scene;
use super::text::clean;
use super::theme::Theme;
use crate::Result;
use crate::output::words;
use crate::plan::{Plan, Segment};
use crate::results::{HourMeans, Projection};
use chrono::{NaiveDate, Timelike};
use std::collections::BTreeMap;

/// Height of a row of hours, and room below a segment's last.
const ROW: f64 = 17.0;
const BETWEEN: f64 = 12.0;

/// More segments or days than this are not drawn; those with the most failures and the last days are.
const MOST_SEGMENTS: usize = 6;
const MOST_DAYS: usize = 4;

/// Room for a segment's name and zone, and for its days.
const NAME: f64 = 150.0;
const DAY: f64 = 62.0;

/// A segment's days, each with the failures of its hours by the deadline.
struct HeatBlock<'a> {
    segment: &'a Segment,
    days: Vec<(NaiveDate, Vec<&'a HourMeans>)>,
    failed: f64,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let (blocks, all) = blocks(&scene);
    let hours = || blocks.iter().flat_map(|b| &b.days).flat_map(|d| &d.1);
    let highest = hours().map(|h| h.failed).fold(0.0, f64::max);

    let title = scene.findings.heatmap.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(&scene, (blocks.len(), all), highest));
    let mut y = top + 6.0;
    for block in &blocks {
        y = draw_block(&mut canvas, block, highest, y) + BETWEEN;
    }
    for hour in (0..24).step_by(3) {
        let text = format!("{hour:02}:00");
        canvas.text(&text, (left(hour), y + 8.0), Style::middle(TICK, theme.muted));
    }
    let height = y + 22.0;
    Chart::of(canvas, "heatmap", title, scene.describe(&describe(&scene, &blocks)), height)
}

/// The pixel at which a column begins.
fn left(hour: u32) -> f64 {
    let from = MARGIN + NAME + DAY;
    from + (WIDTH - MARGIN - from) * f64::from(hour) / 24.0
}

/// The segments drawn, from the east to the west; and how many there are.
fn blocks<'a>(scene: &Scene<'a>) -> (Vec<HeatBlock<'a>>, usize) {
    let has_hours = |s: &LocalSegment<'a>| s.hours.iter().any(|h| h.hour.from < s.segment.deadline);
    let (found, all) = most_failing(scene, MOST_SEGMENTS, has_hours);
    let block =
        |s: LocalSegment<'a>| HeatBlock { segment: s.segment, days: days(s.segment, s.hours), failed: s.failed };
    let mut blocks: Vec<HeatBlock<'a>> = found.into_iter().map(block).collect();
    let first = |b: &HeatBlock<'_>| b.days.first().and_then(|d| d.1.first()).map(|h| h.hour.local);
    blocks.sort_by_key(|b| std::cmp::Reverse(first(b)));
    (blocks, all)
}

/// The last days up to the segment's deadline.
fn days<'a>(segment: &Segment, hours: &'a [HourMeans]) -> Vec<(NaiveDate, Vec<&'a HourMeans>)> {
    let mut days: BTreeMap<NaiveDate, Vec<&HourMeans>> = BTreeMap::new();
    for hour in hours.iter().filter(|h| h.hour.from < segment.deadline) {
        days.entry(hour.hour.local.date()).or_default().push(hour);
    }
    let skipped = days.len().saturating_sub(MOST_DAYS);
    days.into_iter().skip(skipped).collect()
}

/// Draws a segment's rows from `top`; returns where they end.
fn draw_block(canvas: &mut Canvas, block: &HeatBlock<'_>, highest: f64, top: f64) -> f64 {
    let name = LABEL.elide(&clean(&block.segment.name), NAME - 8.0);
    canvas.text(&name, (MARGIN, top + 13.0), Style::start(LABEL, canvas.theme.ink));
    if block.days.len() > 1 {
        let zone = TICK.elide(block.segment.time_zone.name(), NAME - 8.0);
        canvas.text(&zone, (MARGIN, top + ROW + 13.0), Style::start(TICK, canvas.theme.muted));
    }
    let empty = canvas.theme.window;
    for (i, (day, hours)) in block.days.iter().enumerate() {
        let y = top + ROW * i as f64;
        let text = day.format("%a %-d").to_string();
        canvas.text(&text, (MARGIN + NAME + DAY - 8.0, y + 13.0), Style::end(TICK, canvas.theme.muted));
        for hour in hours {
            let at = hour.hour.local.hour();
            let share = if highest > 0.0 { hour.failed / highest } else { 0.0 };
            let cell = Area { left: left(at) + 0.5, right: left(at + 1) - 0.5, top: y + 0.5, bottom: y + ROW - 0.5 };
            canvas.rect(cell, empty.towards(canvas.theme.rates[0], share));
            if is_worked(block.segment, hour) {
                canvas.rect(Area { top: y + ROW - 3.5, ..cell }, canvas.theme.rates[4]);
            }
        }
        draw_deadline(canvas, block.segment, hours, y);
    }
    top + ROW * block.days.len() as f64
}

/// The deadline where it falls among a day's hours.
fn draw_deadline(canvas: &mut Canvas, segment: &Segment, hours: &[&HourMeans], y: f64) {
    let last = hours.last().filter(|h| h.hour.from < segment.deadline && segment.deadline <= h.hour.to);
    if let Some(hour) = last {
        let length = (hour.hour.to - hour.hour.from).max(f64::MIN_POSITIVE);
        let at = left(hour.hour.local.hour());
        let x = at + (left(hour.hour.local.hour() + 1) - at) * (segment.deadline - hour.hour.from) / length;
        canvas.line((x, y - 1.0), (x, y + ROW + 1.0), canvas.theme.warning, 2.5);
    }
}

fn subtitle(scene: &Scene<'_>, (drawn, all): (usize, usize), highest: f64) -> String {
    format!(
        "Each cell is an hour on the segment\u{2019}s own clocks; the strongest is {} failures{}. Gold: working hours. Red: the \
         deadline.{}",
        words::about(highest),
        scene.at_middle(),
        left_out(drawn, all)
    )
}

fn describe(scene: &Scene<'_>, blocks: &[HeatBlock<'_>]) -> String {
    let of = |b: &HeatBlock<'_>| {
        let hours = || b.days.iter().flat_map(|d| &d.1);
        let most = hours().max_by(|x, y| x.failed.total_cmp(&y.failed));
        let most = most.map_or_else(String::new, |h| {
            format!(", the most in an hour {} on {}", words::about(h.failed), h.hour.local.format("%a %-d %b %H:%M"))
        });
        format!("{} ({}): {} by the deadline{most}.", b.segment.name, b.segment.time_zone, words::about(b.failed))
    };
    let all: Vec<String> = blocks.iter().map(of).collect();
    format!("Failures in each local hour{}, by segment and day. {}", scene.at_middle(), all.join(" "))
}
