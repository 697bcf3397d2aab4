//! Are we on track: the chance to keep the tolerance over how many more act, with what is expected and what it takes.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH, first_free};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN};
use super::labelled::Labelled;
use super::scale::ends;
use super::theme::Theme;
use super::xy_plot::{XyPlot, left_of_shares};
use crate::Result;
use crate::output::track::main_need;
use crate::output::words::{about, deadline_full, moment};
use crate::plan::units::{group_count, show_share};
use crate::plan::wording::{ACT, FAIL, ORGS};
use crate::results::track::{OnTrack, TrackReport};

/// Height of the plot.
const HEIGHT: f64 = 270.0;

/// Draws the chart; `None` without a tolerance, and where nobody can act any more.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(report: &TrackReport, theme: &Theme) -> Result<Option<Chart>> {
    let Some((on_track, title)) = report.on_track.as_ref().zip(main_need(report)) else { return Ok(None) };
    let title = title.trim_end_matches('.').to_owned();
    let plan = &report.plan;
    let until = moment(plan, plan.instant(on_track.until));
    let subtitle = format!(
        "How likely it is that {} or fewer {FAIL} by {}, by how many more {ACT} until {until}.",
        group_count(on_track.tolerance),
        deadline_full(plan)
    );
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let labels = on_track.needed.iter().map(|needed| show_share(needed.chance)).collect::<Vec<_>>();
    let right = WIDTH - MARGIN - frame::end_label_room(labels.iter().map(String::as_str));
    let across = stretch(on_track);
    let plot = XyPlot::of_shares(&mut canvas, (left_of_shares(), right), (top + 24.0, HEIGHT, 0.0), across);
    let limits: Vec<Labelled<f64>> = on_track
        .needed
        .iter()
        .zip(labels)
        .map(|(needed, text)| Labelled { text, ink: theme.warning, of: plot.draw_limit(&mut canvas, needed.chance) })
        .collect();
    let inside = on_track.odds.iter().filter(|[more, _]| (across.0..=across.1).contains(more));
    plot.draw_line(&mut canvas, inside.map(|[more, chance]| (*more, *chance)), theme.rates[1], 2.5);
    draw_expected(&mut canvas, &plot, on_track);
    draw_needed(&mut canvas, &plot, on_track);
    let mut limits = limits;
    limits.sort_by(|a, b| a.of.total_cmp(&b.of));
    frame::end_labels(&mut canvas, &plot.area, &limits);
    let name = format!("more {ORGS} that {ACT} by {until}");
    let height = plot.draw_numbers(&mut canvas, &frame::whole_numbers(&plot.across), &name);
    let told: String = on_track.odds.iter().step_by(20).map(|[more, chance]| tell(*more, *chance)).collect();
    let description = format!("{subtitle} {title}.{told} {}", traced(&report.provenance, plan.seed()));
    Ok(Some(Chart::of(canvas, "on-track", &title, &description, height)?))
}

fn tell(more: f64, chance: f64) -> String {
    format!(" {}: {}.", about(more), crate::output::words::chance(chance))
}

/// From nobody more to what is sure to be enough, or to all.
fn stretch(on_track: &OnTrack) -> (f64, f64) {
    let all = on_track.odds.last().map_or(1.0, |last| last[0]);
    let enough = on_track.odds.iter().find(|[_, chance]| *chance >= 0.995).map_or(all, |found| found[0]);
    let needed = on_track.needed.iter().filter_map(|needed| needed.more).map(|more| more as f64);
    let (_, high) = ends(needed.chain([enough, on_track.expected]));
    (0.0, (high * 1.15).min(all).max(high).max(1.0))
}

/// How many are expected, as a line with its label above.
fn draw_expected(canvas: &mut Canvas, plot: &XyPlot, on_track: &OnTrack) {
    let (x, area) = (plot.across.px(on_track.expected), &plot.area);
    let ink = canvas.theme.ink;
    canvas.line((x, area.top - 4.0), (x, area.bottom), ink, 1.25);
    let text = format!("expected: {}", about(on_track.expected));
    let half = LABEL.width(&text) / 2.0;
    let middle = x.clamp(area.left + half, (area.right - half).max(area.left + half));
    canvas.text(&text, (middle, area.top - 9.0), Style::middle(LABEL, ink));
}

/// Dots where the line reaches the chances that are aimed for.
fn draw_needed(canvas: &mut Canvas, plot: &XyPlot, on_track: &OnTrack) {
    for needed in &on_track.needed {
        let Some(more) = needed.more.filter(|more| *more > 0) else { continue };
        let (x, y) = plot.at(more as f64, needed.chance);
        let theme = canvas.theme.clone();
        canvas.dot((x, y), 6.0, theme.ink);
        canvas.dot((x, y), 3.5, theme.paper);
        let text = format!("{} more", group_count(more));
        let spot = |right: bool, up: bool| {
            let (at, style) = Style::beside(x, 12.0, right, LABEL, theme.ink);
            ((at, if up { y - 9.0 } else { y + 20.0 }), style)
        };
        let area = plot.area;
        let is_free = |found: &Area| {
            let inside = found.left > area.left && found.right < area.right && found.bottom < area.bottom;
            inside && canvas.is_free(found)
        };
        // Right of a rising line, below its dot, there is room.
        let spots = [spot(true, false), spot(false, true), spot(true, true), spot(false, false)];
        if let Some((at, style)) = first_free(&text, spots, is_free) {
            canvas.text(&text, at, style);
        }
    }
}
