//! Failures by local hour: a strip for each segment on one axis of local time, from the west to the east.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::local_segments::{LocalSegment, is_worked, left_out, most_failing};
use super::scale::Scale;
use super::scene::Scene;
use super::text::{Font, clean};
use super::theme::Theme;
use super::time_axis::{self, Step};
use crate::Result;
use crate::output::words;
use crate::plan::units::{orgs, show_share};
use crate::plan::zone::Tz;
use crate::plan::{Plan, Segment};
use crate::results::{HourMeans, Projection};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};

/// Height of the highest hour of a strip, and of the room above it for the deadline's label.
const STRIP: f64 = 36.0;
const ABOVE: f64 = 18.0;

/// From one strip's base line to the next.
const ROW: f64 = 66.0;

/// More segments than this are not drawn; those with the most failures are.
const MOST_ROWS: usize = 10;

/// Longest stretch of local time before the last deadline.
const MOST_DAYS: i64 = 7;

/// Widest name of a segment.
const NAME: f64 = 150.0;

const FLAG: Font = Font::bold(12.5);

/// A calendar hour as it is drawn.
struct Hour {
    local: NaiveDateTime,
    works: bool,
    /// Share of the segment's orgs that fail per elapsed hour, at the middle and at the lowest rate.
    middle: f64,
    lowest: f64,
}

/// A segment's strip.
struct Strip<'a> {
    segment: &'a Segment,
    deadline: NaiveDateTime,
    hours: Vec<Hour>,
    /// Mean failures by the deadline at the middle rate.
    failed: f64,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let (mut strips, all) = strips(&scene);
    let (from, to) = stretch(&strips);
    let inside = |h: &Hour| h.local >= from && h.local < to;
    strips.iter_mut().for_each(|s| s.hours.retain(inside));
    let highest = strips.iter().flat_map(|s| &s.hours).map(|h| h.middle.max(h.lowest)).fold(0.0, f64::max);

    let title = scene.findings.local_hours.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(&scene, &strips, all, (from, highest)));
    let sheet = Sheet::new(&strips, (from, to), highest);
    let first = top + ABOVE + STRIP;
    let bottom = first + ROW * (strips.len() - 1) as f64 + 8.0;
    sheet.draw_midnights(&mut canvas, (top, bottom));
    for (i, strip) in strips.iter().enumerate() {
        let base = first + ROW * i as f64;
        sheet.draw_strip(&mut canvas, &scene, strip, base);
        sheet.draw_texts(&mut canvas, strip, base);
    }
    sheet.draw_deadlines(&mut canvas, &strips, first);
    let px = |at: DateTime<Utc>| sheet.px(at.naive_utc());
    let (_, made) = time_axis::ticks((from.and_utc(), to.and_utc()), Tz::UTC, Step::Hours(1), TICK, px);
    let height = frame::time_ticks(&mut canvas, bottom, &made, |t| px(t.at)) + 10.0;
    Chart::of(canvas, "local-hours", title, scene.describe(&describe(&scene, &strips)), height)
}

/// What the segment's clocks show.
fn local(segment: &Segment, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&segment.time_zone).naive_local()
}

/// The strips drawn, from the west to the east; and how many there are.
fn strips<'a>(scene: &Scene<'a>) -> (Vec<Strip<'a>>, usize) {
    let (found, all) = most_failing(scene, MOST_ROWS, |_| true);
    let lowest = scene.facts.best(scene.facts.low).by_local_hour.as_deref().unwrap_or_default();
    let strip = |LocalSegment { segment, index, hours, failed }: LocalSegment<'a>| Strip {
        segment,
        deadline: local(segment, scene.plan.instant(segment.deadline)),
        hours: hours.iter().zip(lowest.get(index).into_iter().flatten()).map(|(m, l)| hour(segment, m, l)).collect(),
        failed,
    };
    let mut strips: Vec<Strip<'a>> = found.into_iter().map(strip).collect();
    let main = scene.plan.main_event().at;
    strips.sort_by_key(|s| local(s.segment, main));
    (strips, all)
}

fn hour(segment: &Segment, middle: &HourMeans, lowest: &HourMeans) -> Hour {
    let per_hour = segment.orgs as f64 * (middle.hour.to - middle.hour.from).max(f64::MIN_POSITIVE);
    Hour {
        local: middle.hour.local,
        works: is_worked(segment, middle),
        middle: middle.failed / per_hour,
        lowest: lowest.failed / per_hour,
    }
}

/// The local time shown: from the westernmost first hour, to a day after the last deadline.
fn stretch(strips: &[Strip<'_>]) -> (NaiveDateTime, NaiveDateTime) {
    let first = strips.iter().filter_map(|s| s.hours.first()).map(|h| h.local).min();
    let ends = strips.iter().filter_map(|s| s.hours.last()).map(|h| h.local + Duration::hours(1)).max();
    let deadline = strips.iter().map(|s| s.deadline).max().unwrap_or_default();
    let to = ends.map_or(deadline, |e| e.min(deadline + Duration::hours(24)));
    (first.map_or(deadline, |f| f.max(deadline - Duration::days(MOST_DAYS))), to)
}

/// The axes that all strips share.
struct Sheet {
    from: NaiveDateTime,
    to: NaiveDateTime,
    time: Scale,
    highest: f64,
}

impl Sheet {
    fn new(strips: &[Strip<'_>], (from, to): (NaiveDateTime, NaiveDateTime), highest: f64) -> Self {
        let widths = |texts: fn(&Strip<'_>) -> [(Font, String); 2]| {
            strips.iter().flat_map(texts).map(|(f, t)| f.width(&clean(&t))).fold(0.0, f64::max)
        };
        let left = MARGIN
            + widths(|s| [(LABEL, s.segment.name.clone()), (TICK, s.segment.time_zone.name().to_owned())]).min(NAME)
            + 12.0;
        let right = WIDTH - MARGIN / 2.0 - widths(|s| [(LABEL, number(s)), (TICK, share(s))]) - 12.0;
        let length = (to - from).num_seconds() as f64 / 3600.0;
        let time = Scale { from: 0.0, to: length.max(1.0), from_px: left, to_px: right };
        Self { from, to, time, highest: if highest > 0.0 { highest } else { 1.0 } }
    }

    fn px(&self, at: NaiveDateTime) -> f64 {
        self.time.px((at.clamp(self.from, self.to) - self.from).num_seconds() as f64 / 3600.0)
    }

    fn draw_midnights(&self, canvas: &mut Canvas, (top, bottom): (f64, f64)) {
        let mut day = self.from.date().and_time(chrono::NaiveTime::MIN) + Duration::days(1);
        while day <= self.to {
            canvas.line((self.px(day), top), (self.px(day), bottom), canvas.theme.grid, 1.0);
            day += Duration::days(1);
        }
        canvas.line((self.time.from_px, bottom), (self.time.to_px, bottom), canvas.theme.grid, 1.0);
    }

    fn draw_strip(&self, canvas: &mut Canvas, scene: &Scene<'_>, strip: &Strip<'_>, base: f64) {
        let (plan, theme) = (scene.plan, scene.theme);
        let ink = scene.main_rates().iter().find(|r| r.0 == scene.facts.middle()).map_or(theme.ink, |r| r.1);
        for run in strip.hours.chunk_by(|a, b| a.works == b.works && a.local + Duration::hours(1) == b.local) {
            let (left, right) = (self.px(run[0].local), self.px(run[run.len() - 1].local + Duration::hours(1)));
            if run[0].works {
                canvas.rect(Area { left, right, top: base - STRIP, bottom: base }, theme.window);
            }
            let mut corners = self.steps(run, base, |h| h.middle);
            corners.extend([(right, base), (left, base)]);
            canvas.fill(corners, if run[0].works { ink } else { ink.towards(theme.paper, 0.55) });
        }
        if scene.facts.low != scene.facts.middle() {
            for run in strip.hours.chunk_by(|a, b| a.local + Duration::hours(1) == b.local) {
                canvas.path(self.steps(run, base, |h| h.lowest), theme.ink, 1.25);
            }
        }
        canvas.line((self.time.from_px, base), (self.time.to_px, base), theme.axis, 1.0);
        if let Some(window) = plan.window() {
            let (left, right) =
                (self.px(local(strip.segment, window.opens)), self.px(local(strip.segment, window.closes)));
            canvas.rect(Area { left, right, top: base + 2.0, bottom: base + 5.0 }, theme.window_ink);
        }
    }

    /// The upper corners of hours that follow each other.
    fn steps(&self, run: &[Hour], base: f64, of: fn(&Hour) -> f64) -> Vec<(f64, f64)> {
        let y = |h: &Hour| base - of(h) / self.highest * STRIP;
        run.iter().flat_map(|h| [(self.px(h.local), y(h)), (self.px(h.local + Duration::hours(1)), y(h))]).collect()
    }

    fn draw_texts(&self, canvas: &mut Canvas, strip: &Strip<'_>, base: f64) {
        let lines = ((strip.segment.name.as_str(), LABEL), (strip.segment.time_zone.name(), TICK));
        frame::two_lines(canvas, lines.0, lines.1, NAME, base - 17.0);
        let right = self.time.to_px + 12.0;
        canvas.text(&number(strip), (right, base - 17.0), Style::start(LABEL, canvas.theme.ink));
        canvas.text(&share(strip), (right, base - 1.0), Style::start(TICK, canvas.theme.muted));
    }

    /// Each strip's deadline, told where it differs from that of the strip above.
    fn draw_deadlines(&self, canvas: &mut Canvas, strips: &[Strip<'_>], first: f64) {
        let mut told = None;
        for (i, strip) in strips.iter().enumerate() {
            let (x, base) = (self.px(strip.deadline), first + ROW * i as f64);
            canvas.line((x, base - STRIP - ABOVE + 3.0), (x, base + 6.0), canvas.theme.warning, 2.0);
            let when = strip.deadline.format("%a %H:%M").to_string();
            if told.as_ref() != Some(&when) {
                let text = if i == 0 { format!("deadline {when}") } else { when.clone() };
                let fits = x + 6.0 + FLAG.width(&text) <= self.time.to_px;
                let (at, style) = Style::beside(x, 6.0, fits, FLAG, canvas.theme.warning);
                canvas.text(&text, (at, base - STRIP - 5.0), style);
            }
            told = Some(when);
        }
    }
}

fn number(strip: &Strip<'_>) -> String {
    let number = words::about(strip.failed);
    if number == "1" { "1 org".to_owned() } else { format!("{number} orgs") }
}

fn share(strip: &Strip<'_>) -> String {
    words::share(strip.failed, strip.segment.orgs)
}

fn subtitle(scene: &Scene<'_>, strips: &[Strip<'_>], all: usize, (from, highest): (NaiveDateTime, f64)) -> String {
    let facts = &scene.facts;
    let in_sight = |closes| strips.iter().any(|s| local(s.segment, closes) > from);
    let line = match scene.plan.window() {
        Some(_) if facts.low != facts.middle() => format!(" (line: at {})", facts.rate(facts.low)),
        _ => String::new(),
    };
    let window = if scene.plan.window().is_some_and(|w| in_sight(w.closes)) {
        "; green below: the reconnect window"
    } else {
        ""
    };
    format!(
        "Height: share of a segment\u{2019}s orgs that fail in each hour of its own clocks{}{line}, at most {}. Dark: \
         working hours{window}. Right: failed by the deadline.{}",
        scene.at_middle(),
        show_share(highest),
        left_out(strips.len(), all)
    )
}

fn describe(scene: &Scene<'_>, strips: &[Strip<'_>]) -> String {
    let of = |s: &Strip<'_>| {
        let deadline = s.deadline.format("%a %-d %b %H:%M");
        format!(
            "{} ({}, {}): {}, {} by {deadline}.",
            s.segment.name,
            s.segment.time_zone.name(),
            orgs(s.segment.orgs),
            number(s),
            share(s)
        )
    };
    format!(
        "Strips of the failures in each local hour, one for each segment, at {} reconnecting. {}",
        scene.facts.rate(scene.facts.middle()),
        strips.iter().map(of).collect::<Vec<_>>().join(" ")
    )
}
