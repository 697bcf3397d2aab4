//! The timeline of the rollout: events with their waves and brownouts, the reconnect window, the deadline, milestones and checkpoints,
//! and how long connections keep failing.

use super::Chart;
use super::canvas::{Area, Canvas, WIDTH};
use super::flags::{self, Flag};
use super::frame::{self, MARGIN};
use super::marks::{FlaggedDate, Precision, deadline_flag, flag, flagged_dates, told, told_open};
use super::scale::{Scale, ends};
use super::scene::Scene;
use super::time_axis::Step;
use super::timeline_bars::{BAR_ROW, Bar, BarShape};
use super::value_axis;
use crate::Result;
use crate::output::moments::{checkpoints, policies_told};
use crate::output::words::{deadline_full, deadline_hours};
use crate::plan::DateOf;
use crate::plan::units::{group_count, show_hours, show_share};
use crate::plan::wording::WINDOW;

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
        bar.draw(&mut canvas, &time, &stems, base + 12.0 + BAR_ROW * i as f64);
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
    hours.extend(policy_bars(scene).iter().map(|bar| bar.from));
    hours.extend(checkpoints(plan).map(|(_, at)| plan.hours(at)));
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
    checkpoints(plan).for_each(|(checkpoint, at)| push(&format!("checkpoint: {}", checkpoint.name), at, theme.muted));
    for policy in policies_told(plan).iter().flat_map(|policies| &policies.events) {
        if policy.until < plan.horizon_hours() {
            push(&format!("{} is switched off again", policy.name), plan.instant(policy.until), theme.ink);
        }
    }
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
        bars.push(Bar { from, to, text, fill, text_ink: theme.ink, shape: BarShape::Span(Some(median)) });
    }
    bars.extend(policy_bars(scene));
    if let Some((ends, is_open)) = plan.outermost_window() {
        let [from, to] = ends.map(|at| plan.hours(at));
        let how_long = if is_open { "dates not known".to_owned() } else { show_hours(to - from) };
        let text = format!("{WINDOW}, {how_long}");
        bars.push(Bar { from, to, text, fill: theme.rates[2], text_ink: theme.paper, shape: BarShape::Span(None) });
    }
    if let Some(span) = scene.facts.span_of_all() {
        let more = if span.open { ", and beyond" } else { "" };
        let who = match scene.facts.orgs() {
            1 => "the connection may fail",
            _ if scene.facts.all_over() || span.last <= deadline_hours(plan).1 => "connections fail",
            _ => "connections keep failing",
        };
        let text = format!("{who}, {}{more}", days_or_hours(span.last - span.first));
        bars.push(Bar {
            from: span.first,
            to: span.last,
            text,
            fill: theme.span,
            text_ink: theme.ink,
            shape: BarShape::Span(None),
        });
    }
    bars
}

/// A row for the brownouts of each event, for its waves, and for the steps of its check.
fn policy_bars(scene: &Scene<'_>) -> Vec<Bar> {
    let (plan, theme) = (scene.plan, scene.theme);
    let horizon = plan.horizon_hours();
    let mut bars = Vec::new();
    for policy in policies_told(plan).iter().flat_map(|policies| &policies.events) {
        let spans: Vec<[f64; 2]> = policy.brownouts.iter().copied().filter(|span| span[0] < horizon).collect();
        if let Some((first, last)) = spans.first().zip(spans.last()) {
            let text = format!("{}: {}", policy.name, told_brownouts(&spans));
            let ([from, _], [_, to]) = (*first, *last);
            bars.push(Bar { from, to, text, fill: theme.warning, text_ink: theme.ink, shape: BarShape::Apart(spans) });
        }
        let end = policy.until.min(horizon);
        let mut steps = |steps: Vec<(f64, f64)>, what: &str| {
            let steps: Vec<(f64, f64)> = steps.into_iter().filter(|step| step.0 < end).collect();
            if let [first, .., last] = &steps[..] {
                let text = format!("{}: {} {what}, to {}", policy.name, steps.len(), show_share(last.1));
                let (from, fill, text_ink) = (first.0, theme.span, theme.ink);
                bars.push(Bar { from, to: end, text, fill, text_ink, shape: BarShape::Steps(steps) });
            }
        };
        steps(policy.waves.iter().map(|wave| (wave.at, wave.upto)).collect(), "waves");
        steps(policy.reauthorization.iter().flat_map(|check| check.required.clone()).collect(), "steps");
    }
    bars
}

/// `4 brownouts of 3 hours`; `4 brownouts` where they are of unlike length.
fn told_brownouts(spans: &[[f64; 2]]) -> String {
    let lengths: Vec<f64> = spans.iter().map(|[from, to]| to - from).collect();
    let (shortest, longest) = ends(lengths.iter().copied());
    let how_long = if longest - shortest < 1e-6 { format!(" of {}", show_hours(longest)) } else { String::new() };
    format!("{} brownout{}{how_long}", spans.len(), if spans.len() == 1 { "" } else { "s" })
}

fn days_or_hours(hours: f64) -> String {
    if hours >= 72.0 {
        format!("{} days", group_count((hours / 24.0).round() as u64))
    } else {
        show_hours(hours.round())
    }
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
    let one = |(of, name, at, _): FlaggedDate<'_>| format!("{name}: {}", when(of, at));
    let window = plan.window().map(|w| {
        let (opens, closes) = (when(DateOf::Opens, w.opens), when(DateOf::Closes, w.closes));
        format!("{WINDOW}: {opens} to {closes}")
    });
    let deadline = format!("deadline: {}", deadline_full(plan));
    let bars = policy_bars(scene).into_iter().map(|bar| bar.text);
    let looks = checkpoints(plan)
        .map(|(checkpoint, at)| format!("checkpoint {}: {}", checkpoint.name, told(scene, at, Precision::Full)));
    let looks: Vec<String> = bars.chain(looks).collect();
    let before = events.into_iter().map(one).chain(window).chain([deadline]);
    let all: Vec<String> = before.chain(milestones.into_iter().map(one)).chain(looks).collect();
    format!("Timeline of the rollout. {}.", all.join("; "))
}
