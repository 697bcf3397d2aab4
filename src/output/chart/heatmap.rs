//! Failures by zone and local hour: for each segment the days up to its deadline as rows of 24 hours on its own clocks. The darker
//! an hour, the more of its orgs fail in it.

use super::Chart;
use super::canvas::{Area, Canvas, WIDTH};
use super::frame::{self, MARGIN};
use super::local_segments::{LocalSegment, is_worked, most_failing};
use super::matrix_body::MatrixBody;
use super::scale::Scale;
use super::scene::Scene;
use super::selection::first_shown;
use crate::Result;
use crate::output::words;
use crate::plan::Segment;
use crate::plan::wording::date_pattern;
use crate::results::HourMeans;
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

/// A segment, and its days with the hours that are drawn.
type HeatBlock<'a> = (LocalSegment<'a>, Vec<(NaiveDate, Vec<&'a HourMeans>)>);

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let (blocks, all) = blocks(scene);
    let hours = blocks.iter().flat_map(|(_, days)| days).flat_map(|day| &day.1);
    let highest = hours.map(|h| h.failed).fold(0.0, f64::max);

    let title = scene.findings.heatmap.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(scene.theme, &title, &subtitle(scene, (blocks.len(), all), highest));
    let columns = Scale::within((0.0, 24.0), (MARGIN + NAME + DAY, WIDTH - MARGIN), 0.0);
    let body = MatrixBody::new(columns, blocks.iter().map(|(_, days)| days.len()), (top + 6.0, ROW, BETWEEN));
    for (i, block) in blocks.iter().enumerate() {
        draw_block(&mut canvas, &body, (i, block), highest);
    }
    body.draw_labels(&mut canvas, (0..24).step_by(3).map(|hour| (f64::from(hour), of_day(hour))));
    Chart::of(canvas, "heatmap", &title, &describe(scene, &blocks), body.end + 22.0)
}

/// An hour of the day as an axis tells it.
fn of_day(hour: u32) -> String {
    let time = chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    time.format(&date_pattern("%H:%M")).to_string()
}

/// The segments drawn, from the east to the west; and how many there are.
fn blocks<'a>(scene: &Scene<'a>) -> (Vec<HeatBlock<'a>>, usize) {
    let has_hours = |s: &LocalSegment<'a>| s.hours.iter().any(|h| h.hour.from < s.segment.deadline);
    let (found, all) = most_failing(scene, MOST_SEGMENTS, has_hours);
    let mut blocks: Vec<HeatBlock<'a>> = found.into_iter().map(|s| (s, days(s.segment, s.hours))).collect();
    let first = |days: &[(NaiveDate, Vec<&HourMeans>)]| days.first().and_then(|d| d.1.first()).map(|h| h.hour.local);
    blocks.sort_by_key(|(_, days)| std::cmp::Reverse(first(days)));
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

/// Draws a segment's rows.
fn draw_block(canvas: &mut Canvas, body: &MatrixBody, (i, block): (usize, &HeatBlock<'_>), highest: f64) {
    let (LocalSegment { segment, .. }, days) = block;
    let zone = if days.len() > 1 { segment.time_zone.name() } else { "" };
    body.draw_group_name(canvas, i, (&segment.name, zone), NAME - 8.0, [13.0, ROW + 13.0]);
    for (k, (day, hours)) in days.iter().enumerate() {
        let row = (i, k);
        body.draw_row_name(canvas, row, &day.format(&date_pattern("%a %-d")).to_string());
        for hour in hours {
            let column = f64::from(hour.hour.local.hour());
            let share = if highest > 0.0 { hour.failed / highest } else { 0.0 };
            let cell = body.draw_cell(canvas, row, column, share);
            if is_worked(segment, hour) {
                canvas.rect(Area { top: cell.bottom - 3.0, ..cell }, canvas.theme.rates[4]);
            }
        }
        if let Some(at) = deadline_among(segment, hours) {
            body.draw_mark(canvas, row, at, (1.0, 1.0), (canvas.theme.warning, 2.5));
        }
    }
}

/// The place of the deadline among a day's columns, where it falls in its last hour.
fn deadline_among(segment: &Segment, hours: &[&HourMeans]) -> Option<f64> {
    let hour = hours.last().filter(|h| h.hour.from < segment.deadline && segment.deadline <= h.hour.to)?;
    let length = (hour.hour.to - hour.hour.from).max(f64::MIN_POSITIVE);
    Some(f64::from(hour.hour.local.hour()) + (segment.deadline - hour.hour.from) / length)
}

fn subtitle(scene: &Scene<'_>, (drawn, all): (usize, usize), highest: f64) -> String {
    format!(
        "Each cell is an hour on the segment\u{2019}s own clocks; the strongest is {} failures{}. Gold: working hours. Red: the \
         deadline.{}",
        words::about(highest),
        scene.at_middle(),
        first_shown(drawn, all, "segments with the most failures")
    )
}

fn describe(scene: &Scene<'_>, blocks: &[HeatBlock<'_>]) -> String {
    let of = |(s, days): &HeatBlock<'_>| {
        let most = days.iter().flat_map(|d| &d.1).max_by(|x, y| x.failed.total_cmp(&y.failed));
        let most = most.map_or_else(String::new, |h| {
            format!(
                ", the most in an hour {} on {}",
                words::about(h.failed),
                h.hour.local.format(&date_pattern("%a %-d %b %H:%M"))
            )
        });
        format!("{} ({}): {} by the deadline{most}.", s.segment.name, s.segment.time_zone, words::about(s.failed))
    };
    let all: Vec<String> = blocks.iter().map(of).collect();
    format!("Failures in each local hour{}, by segment and day. {}", scene.at_middle(), all.join(" "))
}
