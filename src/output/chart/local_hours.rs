//! Failures by local hour: a strip for each segment on one axis of local time, from the west to the east.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::local_segments::{LocalSegment, is_worked, most_failing};
use super::matrix_body::MatrixBody;
use super::scale::Scale;
use super::scene::{Scene, mean_orgs};
use super::selection::first_shown;
use super::text::Font;
use super::time_axis::{self, Step};
use crate::Result;
use crate::output::words;
use crate::plan::Segment;
use crate::plan::units::{orgs, show_share};
use crate::plan::wording::{FAIL, FAILED, ORGS, WINDOW, date_pattern};
use crate::plan::zone::Tz;
use crate::results::HourMeans;
use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};

/// Height of the highest hour of a strip, of the room above it for the deadline's label, and of the gap below it.
const STRIP: f64 = 36.0;
const ABOVE: f64 = 18.0;
const BETWEEN: f64 = 12.0;

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

impl Hour {
    fn ends(&self) -> NaiveDateTime {
        self.local + Duration::hours(1)
    }
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
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let (mut strips, all) = strips(scene);
    let (from, to) = stretch(&strips);
    strips.iter_mut().for_each(|s| s.hours.retain(|h| h.local >= from && h.local < to));
    let highest = strips.iter().flat_map(|s| &s.hours).map(|h| h.middle.max(h.lowest)).fold(0.0, f64::max);

    let title = scene.findings.local_hours.clone().unwrap_or_default();
    let (mut canvas, top) = frame::header(scene.theme, &title, &subtitle(scene, &strips, all, (from, highest)));
    let body = body(&strips, (from, to), top);
    let bottom = body.end - BETWEEN + 8.0;
    draw_midnights(&mut canvas, &body, (from, to), (top, bottom));
    for (i, strip) in strips.iter().enumerate() {
        draw_strip(&mut canvas, scene, &body, (i, strip), highest.max(f64::MIN_POSITIVE));
        draw_texts(&mut canvas, &body, (i, strip));
    }
    draw_deadlines(&mut canvas, &body, &strips);
    let px = |at: DateTime<Utc>| body.px(column(at.naive_utc()));
    let (_, made) = time_axis::ticks((from.and_utc(), to.and_utc()), Tz::UTC, Step::Hours(1), TICK, px);
    let height = frame::time_ticks(&mut canvas, bottom, &made, |t| px(t.at)) + 10.0;
    Chart::of(canvas, "local-hours", &title, &describe(scene, &strips), height)
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
    let ends = strips.iter().filter_map(|s| s.hours.last()).map(Hour::ends).max();
    let deadline = strips.iter().map(|s| s.deadline).max().unwrap_or_default();
    let to = ends.map_or(deadline, |e| e.min(deadline + Duration::hours(24)));
    (first.map_or(deadline, |f| f.max(deadline - Duration::days(MOST_DAYS))), to)
}

/// The column of a local time: hours since 1970.
fn column(local: NaiveDateTime) -> f64 {
    local.and_utc().timestamp() as f64 / 3600.0
}

/// A row for each strip, as wide as the texts at both sides allow.
fn body(strips: &[Strip<'_>], (from, to): (NaiveDateTime, NaiveDateTime), top: f64) -> MatrixBody {
    let names = LABEL.widest(strips.iter().map(|s| &s.segment.name));
    let zones = TICK.widest(strips.iter().map(|s| s.segment.time_zone.name()));
    let numbers = LABEL.widest(strips.iter().map(|s| mean_orgs(s.failed))).max(TICK.widest(strips.iter().map(share)));
    let sides = (MARGIN + names.max(zones).min(NAME) + 12.0, WIDTH - MARGIN / 2.0 - numbers - 12.0);
    let hours = (column(from), column(to).max(column(from) + 1.0));
    MatrixBody::new(Scale::within(hours, sides, 0.0), strips.iter().map(|_| 1), (top, ABOVE + STRIP, BETWEEN))
}

fn draw_midnights(
    canvas: &mut Canvas,
    body: &MatrixBody,
    (from, to): (NaiveDateTime, NaiveDateTime),
    (top, bottom): (f64, f64),
) {
    let mut day = from.date().and_time(NaiveTime::MIN) + Duration::days(1);
    while day <= to {
        let x = body.px(column(day));
        canvas.line((x, top), (x, bottom), canvas.theme.grid, 1.0);
        day += Duration::days(1);
    }
    body.draw_level(canvas, bottom, canvas.theme.grid);
}

fn draw_strip(
    canvas: &mut Canvas,
    scene: &Scene<'_>,
    body: &MatrixBody,
    (i, strip): (usize, &Strip<'_>),
    highest: f64,
) {
    let (theme, base) = (scene.theme, body.bottom((i, 0)));
    let ink = scene.main_rates().iter().find(|r| r.0 == scene.facts.middle()).map_or(theme.ink, |r| r.1);
    let cells = |from, to, apart| body.cells((i, 0), (column(from), column(to)), apart);
    // The upper corners of hours that follow each other.
    let corners = |run: &[Hour], of: fn(&Hour) -> f64| -> Vec<(f64, f64)> {
        let y = |h: &Hour| base - of(h) / highest * STRIP;
        run.iter().flat_map(|h| [h.local, h.ends()].map(|at| (body.px(column(at)), y(h)))).collect()
    };
    for run in strip.hours.chunk_by(|a, b| a.works == b.works && a.ends() == b.local) {
        let area = cells(run[0].local, run[run.len() - 1].ends(), (ABOVE, 0.0));
        if run[0].works {
            canvas.rect(area, theme.window);
        }
        let below = [(area.right, base), (area.left, base)];
        let outline = corners(run, |h| h.middle).into_iter().chain(below).collect();
        canvas.fill(outline, if run[0].works { ink } else { ink.towards(theme.paper, 0.55) });
    }
    if scene.facts.low != scene.facts.middle() {
        for run in strip.hours.chunk_by(|a, b| a.ends() == b.local) {
            canvas.path(corners(run, |h| h.lowest), theme.ink, 1.25);
        }
    }
    body.draw_level(canvas, base, theme.axis);
    if let Some(window) = scene.plan.window() {
        let [opens, closes] = [window.opens, window.closes].map(|at| local(strip.segment, at));
        canvas.rect(cells(opens, closes, (body.step + 2.0, -5.0)), theme.window_ink);
    }
}

fn draw_texts(canvas: &mut Canvas, body: &MatrixBody, (i, strip): (usize, &Strip<'_>)) {
    let names = (strip.segment.name.as_str(), strip.segment.time_zone.name());
    body.draw_group_name(canvas, i, names, NAME, [body.step - 17.0, body.step - 1.0]);
    let (right, base) = (body.columns.to_px + 12.0, body.bottom((i, 0)));
    canvas.text(&mean_orgs(strip.failed), (right, base - 17.0), Style::start(LABEL, canvas.theme.ink));
    canvas.text(&share(strip), (right, base - 1.0), Style::start(TICK, canvas.theme.muted));
}

/// Each strip's deadline, told where it differs from that of the strip above.
fn draw_deadlines(canvas: &mut Canvas, body: &MatrixBody, strips: &[Strip<'_>]) {
    let (ink, mut told) = (canvas.theme.warning, None);
    for (i, strip) in strips.iter().enumerate() {
        let at = column(strip.deadline);
        body.draw_mark(canvas, (i, 0), at, (-3.0, 6.0), (ink, 2.0));
        let when = strip.deadline.format(&date_pattern("%a %H:%M")).to_string();
        if told.as_ref() != Some(&when) {
            let text = if i == 0 { format!("deadline {when}") } else { when.clone() };
            let fits = body.px(at) + 6.0 + FLAG.width(&text) <= body.columns.to_px;
            let (x, style) = Style::beside(body.px(at), 6.0, fits, FLAG, ink);
            canvas.text(&text, (x, body.top((i, 0)) + ABOVE - 5.0), style);
        }
        told = Some(when);
    }
}

fn share(strip: &Strip<'_>) -> String {
    words::share(strip.failed, strip.segment.orgs)
}

fn subtitle(scene: &Scene<'_>, strips: &[Strip<'_>], all: usize, (from, highest): (NaiveDateTime, f64)) -> String {
    let facts = &scene.facts;
    let in_sight = |closes| strips.iter().any(|s| local(s.segment, closes) > from);
    let line = match scene.plan.window() {
        Some(_) if facts.low != facts.middle() => format!(" (line: {})", facts.if_rate(facts.low)),
        _ => String::new(),
    };
    let in_sight = scene.plan.window().is_some_and(|w| in_sight(w.closes));
    let window = if in_sight { format!("; green below: the {WINDOW}") } else { String::new() };
    format!(
        "Height: share of a segment\u{2019}s {ORGS} that {FAIL} in each hour of its own clocks{}{line}, at most {}. Dark: \
         working hours{window}. Right: {FAILED} by the deadline.{}",
        scene.at_middle(),
        show_share(highest),
        first_shown(strips.len(), all, "segments with the most failures")
    )
}

fn describe(scene: &Scene<'_>, strips: &[Strip<'_>]) -> String {
    let of = |s: &Strip<'_>| {
        let deadline = s.deadline.format(&date_pattern("%a %-d %b %H:%M")).to_string();
        format!(
            "{} ({}, {}): {}, {} by {deadline}.",
            s.segment.name,
            s.segment.time_zone.name(),
            orgs(s.segment.orgs),
            mean_orgs(s.failed),
            share(s)
        )
    };
    format!(
        "Strips of the failures in each local hour, one for each segment{}. {}",
        scene.facts.rate(scene.facts.middle()),
        strips.iter().map(of).collect::<Vec<_>>().join(" ")
    )
}
