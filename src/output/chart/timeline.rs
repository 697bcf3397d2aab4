//! The timeline of the rollout: events, the reconnect window, the deadline, milestones, and how long connections keep
//! failing.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::flags::{self, Flag};
use super::frame::{self, MARGIN, PLAIN};
use super::marks::{FlaggedDate, Precision, deadline_flag, flag, flagged_dates, told, told_open};
use super::scale::{Scale, ends};
use super::scene::Scene;
use super::theme::Ink;
use super::time_axis::Step;
use super::value_axis;
use crate::Result;
use crate::output::words::{deadline_full, deadline_hours};
use crate::plan::DateOf;
use crate::plan::units::{group_count, show_hours};
use crate::plan::wording::WINDOW;

/// Height of a bar, and of the row it stands in.
const BAR: f64 = 24.0;
const BAR_ROW: f64 = 38.0;

/// A stretch of time as a bar with its label.
struct Bar {
    from: f64,
    to: f64,
    text: String,
    fill: Ink,
    text_ink: Ink,
    /// The median of a date that is not known, which is marked in it.
    median: Option<f64>,
}

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let (plan, title) = (scene.plan, &scene.findings.timeline);
    let time = time_scale(scene);
    let (step, made) = value_axis::times(plan, &time, Step::Days(1));

    let (mut canvas, top) = frame::header(scene.theme, title, &subtitle(scene, step));
    let items = items(scene, &time);
    let layout = flags::lay_out(&items, 4.0, WIDTH - 4.0);
    let base = top + layout.height();
    let bars = bars(scene);
    let foot = base + 12.0 + BAR_ROW * bars.len() as f64;
    draw_deadline_band(&mut canvas, scene, &time, base, foot);
    flags::draw(&mut canvas, &items, &layout, base, foot);
    let stems: Vec<f64> = items.iter().map(|f| f.x).collect();
    for (i, bar) in bars.iter().enumerate() {
        draw_bar(&mut canvas, bar, &time, &stems, base + 12.0 + BAR_ROW * i as f64);
    }
    canvas.line((time.from_px, foot), (time.to_px, foot), scene.theme.axis, 1.25);
    let height = frame::time_ticks(&mut canvas, foot, &made, |t| time.px(plan.hours(t.at))) + 10.0;
    Chart::of(canvas, "timeline", title, &describe(scene), height)
}

/// From just before the first item to just after the last.
fn time_scale(scene: &Scene<'_>) -> Scale {
    let plan = scene.plan;
    let mut hours: Vec<f64> = flagged_dates(scene).map(|date| plan.hours(date.2)).collect();
    hours.extend(plan.window().map(|w| plan.hours(w.opens)));
    hours.extend([deadline_hours(plan).0, plan.horizon_hours()]);
    hours.extend(plan.dates().iter().flat_map(|range| [range.at[0], range.at[2]]).map(|at| plan.hours(at)));
    let (from, to) = ends(hours);
    let pad = ((to - from) * 0.03).max(1.0);
    Scale::within((from - pad, to + pad), (0.0, WIDTH), MARGIN)
}

/// Everything that has a moment, in order.
fn items(scene: &Scene<'_>, time: &Scale) -> Vec<Flag> {
    let (plan, theme) = (scene.plan, scene.theme);
    let mut items: Vec<Flag> = Vec::new();
    // A date that is not known is a bar.
    let is_known = |of: &DateOf| plan.open_date(of).is_none();
    let mut push = |name: &str, at, ink| items.push(flag(scene, time, (name, at), Precision::Full, ink));
    flagged_dates(scene).filter(|date| is_known(&date.0)).for_each(|(_, name, at, ink)| push(name, at, ink));
    if let Some(hour) = first_idle_timeout(scene) {
        push("first idle timeouts possible", plan.instant(hour), theme.muted);
    }
    if is_known(&DateOf::Horizon) {
        push("the projection ends", plan.horizon(), theme.muted);
    }
    if is_known(&DateOf::Deadline) {
        items.push(deadline_flag(scene, time, Precision::Full));
    }
    items.sort_by(|a, b| a.x.total_cmp(&b.x));
    items
}

/// The first instant at which a token can run out whose clock starts with the timeout; `None` where none can.
fn first_idle_timeout(scene: &Scene<'_>) -> Option<f64> {
    let reached = scene.plan.segments().iter().filter(|s| s.heartbeat_coverage < 1.0 && s.orgs > 0);
    let clocks = reached.flat_map(|s| &s.controls.idle_timeout).filter(|t| !t.retroactive && t.at >= 0.0);
    let first = clocks.map(|t| t.at + t.after).fold(f64::INFINITY, f64::min);
    (first < scene.plan.horizon_hours()).then_some(first)
}

fn bars(scene: &Scene<'_>) -> Vec<Bar> {
    let (plan, theme) = (scene.plan, scene.theme);
    let mut bars = Vec::new();
    for range in plan.dates().iter().filter(|range| range.is_open()) {
        let (name, fill) = match &range.of {
            DateOf::Opens | DateOf::Closes => continue,
            DateOf::Deadline => ("deadline", theme.warning.faded(0.35)),
            DateOf::Horizon => ("the projection ends", theme.span),
            of => (flagged_dates(scene).find(|date| date.0 == *of).map_or("", |date| date.1), theme.span),
        };
        let [from, median, to] = range.at.map(|at| plan.hours(at));
        let text = format!("{name}, {}", told_open(scene, range));
        bars.push(Bar { from, to, text, fill, text_ink: theme.ink, median: Some(median) });
    }
    if let Some((ends, is_open)) = plan.outermost_window() {
        let [from, to] = ends.map(|at| plan.hours(at));
        let how_long = if is_open { "dates not known".to_owned() } else { show_hours(to - from) };
        let text = format!("{WINDOW}, {how_long}");
        bars.push(Bar { from, to, text, fill: theme.rates[2], text_ink: theme.paper, median: None });
    }
    if let Some(span) = scene.facts.span_of_all() {
        let more = if span.open { ", and beyond" } else { "" };
        let who = match scene.facts.orgs() {
            1 => "the connection may fail",
            _ if scene.facts.all_over() || span.last <= deadline_hours(plan).1 => "connections fail",
            _ => "connections keep failing",
        };
        let text = format!("{who}, {}{more}", days_or_hours(span.last - span.first));
        bars.push(Bar { from: span.first, to: span.last, text, fill: theme.span, text_ink: theme.ink, median: None });
    }
    bars
}

fn days_or_hours(hours: f64) -> String {
    if hours >= 72.0 {
        format!("{} days", group_count((hours / 24.0).round() as u64))
    } else {
        show_hours(hours.round())
    }
}

/// A bar with its label inside where it fits between stems, else beside it where no stem passes, else on paper of its own.
fn draw_bar(canvas: &mut Canvas, bar: &Bar, time: &Scale, stems: &[f64], top: f64) {
    let (left, right) = (time.px(bar.from), time.px(bar.to).max(time.px(bar.from) + 2.0));
    let area = Area { left, top, right, bottom: top + BAR };
    canvas.rect(area, bar.fill);
    if let Some(median) = bar.median {
        canvas.line((time.px(median), top), (time.px(median), top + BAR), canvas.theme.ink, 1.5);
    }
    let width = PLAIN.width(&bar.text);
    let y = top + BAR / 2.0;
    if width + 16.0 <= area.width() {
        return canvas.centred(&bar.text, ((left + right) / 2.0, y), Style::middle(PLAIN, bar.text_ink));
    }
    let ink = if bar.text_ink == canvas.theme.paper { canvas.theme.window_ink } else { bar.text_ink };
    let to_right = (right + 8.0, right + 8.0 + width);
    let to_left = (left - 8.0 - width, left - 8.0);
    let fits = |s: &(f64, f64)| s.0 > 4.0 && s.1 < WIDTH - 4.0;
    let free = |s: &(f64, f64)| fits(s) && !stems.iter().any(|x| s.0 - 4.0 < *x && *x < s.1 + 4.0);
    let sides = [to_right, to_left];
    let place = sides.iter().find(|s| free(s)).or_else(|| sides.iter().find(|s| fits(s))).unwrap_or(&to_right);
    if !free(place) {
        let behind = Area { left: place.0 - 3.0, top, right: place.1 + 3.0, bottom: top + BAR };
        canvas.rect(behind, canvas.theme.paper);
    }
    canvas.centred(&bar.text, (place.0, y), Style::start(PLAIN, canvas.theme.readable(ink)));
}

/// Shade over the deadlines of all zones.
fn draw_deadline_band(canvas: &mut Canvas, scene: &Scene<'_>, time: &Scale, top: f64, bottom: f64) {
    let (first, last) = deadline_hours(scene.plan);
    if last > first && scene.plan.open_date(&DateOf::Deadline).is_none() {
        let area = Area { left: time.px(first), top, right: time.px(last), bottom };
        canvas.rect(area, scene.theme.warning.faded(0.18));
    }
}

fn subtitle(scene: &Scene<'_>, step: Step) -> String {
    let marks = match step {
        Step::Weeks(1) => "Weeks begin on the Mondays marked below. ",
        Step::Weeks(_) => "The dates marked below are Mondays. ",
        _ => "",
    };
    let (first, last) = deadline_hours(scene.plan);
    let local =
        (last > first).then(|| format!(" The deadline comes over {} from zone to zone.", show_hours(last - first)));
    format!("{marks}Times: {}.{}", scene.plan.time_zone(), local.unwrap_or_default())
}

fn describe(scene: &Scene<'_>) -> String {
    let plan = scene.plan;
    let when = |of: DateOf, at| {
        let open = plan.open_date(&of);
        open.map_or_else(|| told(scene, at, Precision::Full), |range| told_open(scene, range))
    };
    let (events, milestones): (Vec<_>, Vec<_>) =
        flagged_dates(scene).partition(|date| matches!(date.0, DateOf::Event(_)));
    let told = |(of, name, at, _): FlaggedDate<'_>| format!("{name}: {}", when(of, at));
    let window = plan.window().map(|w| {
        let (opens, closes) = (when(DateOf::Opens, w.opens), when(DateOf::Closes, w.closes));
        format!("{WINDOW}: {opens} to {closes}")
    });
    let deadline = format!("deadline: {}", deadline_full(plan));
    let before = events.into_iter().map(told).chain(window).chain([deadline]);
    let all: Vec<String> = before.chain(milestones.into_iter().map(told)).collect();
    format!("Timeline of the rollout. {}.", all.join("; "))
}
