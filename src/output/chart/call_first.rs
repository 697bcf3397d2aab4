//! Whom to call first: how much of what is at risk the first calls avoid, and what no call can.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN};
use super::scale::{labelled, ticks};
use super::theme::Theme;
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::orgs::{figure, finding, unit};
use crate::plan::Plan;
use crate::plan::units::{group_count, show_share};
use crate::plan::wording::{ACT, FAIL, ORGS};
use crate::results::orgs::OrgTable;

const HEIGHT: f64 = 300.0;

/// Points of the line; more can't be told apart.
const POINTS: usize = 400;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(plan: &Plan, table: &OrgTable, theme: &Theme) -> Result<Chart> {
    let title = finding(plan, table);
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(table));
    let avoided = table.avoided_by_calls();
    let helped = avoided.partition_point(|sum| *sum < table.avoidable * (1.0 - 1e-9)).min(avoided.len() - 1);
    let last = ((helped as f64 * 1.15).ceil() as usize).clamp(1, (avoided.len() - 1).max(1));
    let sides = (MARGIN + 46.0, WIDTH - MARGIN - 150.0);
    let plot = XyPlot::of_shares(&mut canvas, sides, (top + 8.0, HEIGHT, 0.0), (0.0, last as f64));
    let calls = labelled(ticks(0.0, last as f64, 6, true));
    frame::number_ticks(&mut canvas, &plot.across, &calls, (plot.area.bottom, 19.0));
    frame::axis_name(
        &mut canvas,
        &format!("{ORGS} called, in the list\u{2019}s order"),
        sides,
        plot.area.bottom + 40.0,
    );
    let share = |sum: f64| if table.at_risk > 0.0 { (sum / table.at_risk).min(1.0) } else { 0.0 };
    let steps = last.clamp(1, POINTS);
    let at = |i: usize| {
        let call = (i * last).div_ceil(steps).min(avoided.len() - 1);
        plot.at(call as f64, share(avoided[call]))
    };
    let line: Vec<(f64, f64)> = (0..=steps).map(at).collect();
    let most = share(table.avoidable);
    let ink = theme.rates[1];
    plot.fill_below(&mut canvas, &line, ink.faded(0.12));
    if most < 0.995 && table.at_risk > 0.0 {
        plot.draw_limit(&mut canvas, most);
    }
    canvas.path(line, ink, 2.5);
    label_ends(&mut canvas, table, &plot, most);
    let description = format!(
        "{title}. A line that rises with the number of {ORGS} called, to {} of what is at risk after {} calls. {}",
        show_share(most),
        group_count(helped as u64),
        traced(&table.provenance, plan.seed())
    );
    Chart::of(canvas, "call-first", &title, &description, plot.area.bottom + 56.0)
}

/// What calls avoid, and what they can't, beside the line's end.
fn label_ends(canvas: &mut Canvas, table: &OrgTable, plot: &XyPlot, most: f64) {
    if table.at_risk <= 0.0 {
        return;
    }
    let beside = |canvas: &mut Canvas, lines: [String; 2], y: f64, ink| {
        let y = y.clamp(plot.area.top + 12.0, plot.area.bottom - 22.0);
        for (line, dy) in lines.iter().zip([0.0, 16.0]) {
            canvas.text(line, (plot.area.right + 11.0, y + dy), Style::start(LABEL, canvas.theme.readable(ink)));
        }
    };
    let y = plot.up.px(most);
    let avoided = [format!("{} avoided", show_share(most)), format!("({})", figure(table.avoidable))];
    beside(canvas, avoided, y + if most < 0.9 { 18.0 } else { 4.0 }, canvas.theme.rates[1]);
    if most < 0.9 {
        let rest = [format!("{FAIL} before they"), format!("can {ACT}")];
        beside(canvas, rest, y - 28.0, canvas.theme.warning);
    }
}

fn subtitle(table: &OrgTable) -> String {
    let what = if table.weights.is_some() { "weight at risk" } else { "expected failures" };
    format!(
        "Share of the {what} that is avoided when the first {ORGS} of the list {ACT} as soon as they may; {} {ACT} by themselves. At risk: {} {}.",
        show_share(table.uptake),
        figure(table.at_risk),
        unit(table)
    )
}
