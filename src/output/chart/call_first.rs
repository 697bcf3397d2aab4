//! Whom to call first: how much of what is at risk the first calls avoid, and what no call can.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, TICK};
use super::scale::{Scale, tick_labels, ticks};
use super::theme::Theme;
use crate::Result;
use crate::output::orgs::{figure, finding, unit};
use crate::plan::Plan;
use crate::plan::units::{group_count, show_share};
use crate::results::orgs::OrgTable;

const HEIGHT: f64 = 300.0;

/// Points of the line; more can't be told apart.
const POINTS: usize = 400;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, table: &OrgTable, theme: &Theme) -> Result<Chart> {
    let title = finding(plan, table);
    let mut canvas = Canvas::default();
    let top = frame::header(&mut canvas, theme, &title, &subtitle(table)) + 8.0;
    let avoided = table.avoided_by_calls();
    let helped = avoided.partition_point(|sum| *sum < table.avoidable * (1.0 - 1e-9)).min(avoided.len() - 1);
    let last = ((helped as f64 * 1.15).ceil() as usize).clamp(1, (avoided.len() - 1).max(1));
    let plot = Area { left: MARGIN + 46.0, top, right: WIDTH - MARGIN - 150.0, bottom: top + HEIGHT };
    let across = Scale { from: 0.0, to: last as f64, from_px: plot.left, to_px: plot.right };
    let up = Scale { from: 0.0, to: 1.0, from_px: plot.bottom, to_px: plot.top };
    let shares = [0.0, 0.25, 0.5, 0.75, 1.0];
    frame::level_grid(&mut canvas, theme, &plot, &up, &shares, &shares.map(show_share));
    let calls = ticks(0.0, last as f64, 6, true);
    for (tick, label) in calls.iter().zip(tick_labels(&calls)) {
        let x = across.px(*tick);
        canvas.line((x, plot.bottom), (x, plot.bottom + 4.0), theme.axis, 1.0);
        canvas.text(&label, (x, plot.bottom + 19.0), Style::middle(TICK, theme.muted));
    }
    canvas.text(
        "orgs called, in the list\u{2019}s order",
        ((plot.left + plot.right) / 2.0, plot.bottom + 40.0),
        Style::middle(TICK, theme.muted),
    );
    let share = |sum: f64| if table.at_risk > 0.0 { (sum / table.at_risk).min(1.0) } else { 0.0 };
    let steps = last.clamp(1, POINTS);
    let at = |i: usize| {
        let call = (i * last).div_ceil(steps).min(avoided.len() - 1);
        (across.px(call as f64), up.px(share(avoided[call])))
    };
    let line: Vec<(f64, f64)> = (0..=steps).map(at).collect();
    let most = share(table.avoidable);
    let ink = theme.rates[1];
    let mut under = line.clone();
    under.extend([(plot.right, plot.bottom), (plot.left, plot.bottom)]);
    canvas.fill(under, ink.faded(0.12));
    if most < 0.995 && table.at_risk > 0.0 {
        canvas.dashed((plot.left, up.px(most)), (plot.right, up.px(most)), theme.warning, 1.5);
    }
    canvas.path(line, ink, 2.5);
    label_ends(&mut canvas, theme, table, &plot, &up, most);
    let height = plot.bottom + 56.0;
    let description = format!(
        "{title}. A line that rises with the number of orgs called, to {} of what is at risk after {} calls. {}",
        show_share(most),
        group_count(helped as u64),
        traced(&table.provenance, plan.seed())
    );
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "call-first", title, description, svg, texts, height })
}

/// What calls avoid, and what they can't, beside the line's end.
fn label_ends(canvas: &mut Canvas, theme: &Theme, table: &OrgTable, plot: &Area, up: &Scale, most: f64) {
    if table.at_risk <= 0.0 {
        return;
    }
    let beside = |canvas: &mut Canvas, lines: [String; 2], y: f64, ink| {
        let y = y.clamp(plot.top + 12.0, plot.bottom - 22.0);
        for (line, dy) in lines.iter().zip([0.0, 16.0]) {
            canvas.text(line, (plot.right + 11.0, y + dy), Style::start(LABEL, theme.readable(ink)));
        }
    };
    let avoided = [format!("{} avoided", show_share(most)), format!("({})", figure(table.avoidable))];
    beside(canvas, avoided, up.px(most) + if most < 0.9 { 18.0 } else { 4.0 }, theme.rates[1]);
    if most < 0.9 {
        let rest = ["fail before they".to_owned(), "can reconnect".to_owned()];
        beside(canvas, rest, up.px(most) - 28.0, theme.warning);
    }
}

fn subtitle(table: &OrgTable) -> String {
    let what = if table.weights.is_some() { "weight at risk" } else { "expected failures" };
    format!(
        "Share of the {what} that is avoided when the first orgs of the list reconnect as soon as they may; {} reconnect by themselves. At risk: {} {}.",
        show_share(table.uptake),
        figure(table.at_risk),
        unit(table)
    )
}
