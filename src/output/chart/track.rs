//! Then and now: the failures as they were forecast before anything was seen, as they are forecast now, and the counts so far.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::drawn::traced;
use super::flags::{self, Flag};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::labelled::Labelled;
use super::scale::{Scale, ends, labelled, ticks};
use super::theme::Theme;
use super::time_axis::Step;
use super::value_axis;
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::track::title;
use crate::output::words::{deadline_hours, moment};
use crate::plan::units::group_count;
use crate::plan::wording::{FAILED, ORGS, PERCENT};
use crate::results::track::{TrackPoint, TrackReport};

/// Height of the plot.
const HEIGHT: f64 = 300.0;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(report: &TrackReport, theme: &Theme) -> Result<Chart> {
    let (plan, title) = (&report.plan, title(report));
    let subtitle = format!(
        "{} {FAILED} so far. Grey: as forecast before the first count. Blue: as forecast now. Shaded: 90{PERCENT} of outcomes. Dots: counted. Times: {}.",
        crate::plan::wording::capital(&ORGS.to_string()),
        plan.time_zone()
    );
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let points = &report.curve;
    let across = ends(points.iter().map(|point| point.hours));
    let limit = plan.tolerance().map(|tolerance| tolerance as f64);
    let dots = report.looks.iter().filter_map(|look| Some((look.at, look.failed? as f64)));
    let dots: Vec<(f64, f64)> = dots.collect();
    let highest = points.iter().flat_map(|point| [point.before[2], point.now[2]]).chain(dots.iter().map(|dot| dot.1));
    let highest = ends(highest.chain([1.0])).1;
    // A tolerance far above all else would flatten it.
    let limit = limit.filter(|limit| *limit <= 1.5 * highest);
    let high = ends([highest].into_iter().chain(limit)).1;
    let made = labelled(ticks(0.0, high, 5, true));
    let left = MARGIN + TICK.widest(made.iter().map(|tick| &tick.1)) + 8.0;
    let labels = ["now", "before"].map(str::to_owned);
    let right =
        WIDTH - MARGIN / 2.0 - frame::end_label_room(labels.iter().map(String::as_str).chain(["tolerance 0,000"]));
    let time = Scale::within(across, (left, right), 0.0);
    let flags = marks(report, &time, theme);
    let layout = flags::lay_out(&flags, MARGIN / 2.0, WIDTH - 4.0);
    let top = top + layout.height() + 6.0;
    let area = Area { left, top, right, bottom: top + HEIGHT };
    let plot = XyPlot::new(area, across, (0.0, high), 14.0);
    frame::level_grid(&mut canvas, &plot.area, &plot.up, &made);
    let band = |of: fn(&TrackPoint) -> [f64; 3]| points.iter().map(move |p| (p.hours, (of(p)[0], of(p)[2])));
    let line = |of: fn(&TrackPoint) -> [f64; 3]| points.iter().map(move |p| (p.hours, of(p)[1]));
    plot.draw_band(&mut canvas, band(|p| p.before), theme.muted.faded(0.18));
    plot.draw_band(&mut canvas, band(|p| p.now), theme.rates[1].faded(0.28));
    plot.draw_line(&mut canvas, line(|p| p.before), theme.muted, 1.75);
    plot.draw_line(&mut canvas, line(|p| p.now), theme.rates[1], 2.5);
    let mut ends_at = Vec::new();
    if let Some(limit) = limit {
        let y = plot.draw_limit(&mut canvas, limit);
        ends_at.push(Labelled { text: format!("tolerance {}", group_count(limit as u64)), ink: theme.warning, of: y });
    }
    if let Some(last) = points.last() {
        ends_at.push(Labelled { text: labels[0].clone(), ink: theme.rates[1], of: plot.up.px(last.now[1]) });
        ends_at.push(Labelled { text: labels[1].clone(), ink: theme.muted, of: plot.up.px(last.before[1]) });
    }
    ends_at.sort_by(|a, b| a.of.total_cmp(&b.of));
    flags::draw(&mut canvas, &flags, &layout, area.top - 4.0, area.bottom);
    draw_dots(&mut canvas, &plot, &dots);
    frame::end_labels(&mut canvas, &plot.area, &ends_at);
    canvas.line((area.left, area.bottom), (area.right, area.bottom), theme.axis, 1.25);
    let height = value_axis::draw_times(&mut canvas, plan, &plot.across, Step::Hours(6), area.bottom) + 10.0;
    let told = points.last().map_or_else(String::new, |p| {
        format!(" At the end {} to {} before, {} to {} now.", p.before[0], p.before[2], p.now[0], p.now[2])
    });
    let description = format!("{subtitle} {title}.{told} {}", traced(&report.provenance, plan.seed()));
    Chart::of(canvas, "track", &title, &description, height)
}

fn draw_dots(canvas: &mut Canvas, plot: &XyPlot, dots: &[(f64, f64)]) {
    for (hours, count) in dots {
        let at = plot.at(*hours, *count);
        canvas.dot(at, 5.5, canvas.theme.paper);
        canvas.dot(at, 4.0, canvas.theme.ink);
    }
    if let Some((hours, count)) = dots.last() {
        let (x, y) = plot.at(*hours, *count);
        let style = Style::end(LABEL, canvas.theme.ink);
        canvas.text(&group_count(*count as u64), (x - 9.0, y - 9.0), style);
    }
}

/// The events, now and the deadline.
fn marks(report: &TrackReport, time: &Scale, theme: &Theme) -> Vec<Flag> {
    let plan = &report.plan;
    let inside = |hours: f64| (time.from..=time.to).contains(&hours);
    let flag = |name: &str, hours: f64, ink, bold| Flag {
        x: time.px(hours),
        name: name.to_owned(),
        when: moment(plan, plan.instant(hours)),
        ink,
        bold,
    };
    let events = plan.events().iter().map(|event| (event.name.as_str(), plan.hours(event.at), theme.ink, false));
    let others = [("now", report.now, theme.rates[1], true), ("deadline", deadline_hours(plan).0, theme.warning, true)];
    let mut all: Vec<Flag> = events
        .chain(others)
        .filter(|one| inside(one.1))
        .map(|(name, at, ink, bold)| flag(name, at, ink, bold))
        .collect();
    all.sort_by(|a, b| a.x.total_cmp(&b.x));
    all
}
