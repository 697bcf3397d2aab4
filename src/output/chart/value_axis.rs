//! Axes of a plan's times, and of the values of a key: shares, times, durations or numbers, across or upwards.

use super::canvas::{Canvas, Style};
use super::frame::{self, TICK};
use super::scale::{LabelledTick, Scale, labelled, tick_labels, ticks};
use super::time_axis::{self, Step, Tick};
use super::xy_plot::XyPlot;
use crate::plan::Plan;
use crate::plan::units::show_share;
use crate::plan::wording::date_pattern;
use crate::results::solution::Axis;

/// Draws the values across, below the plot, with the name of the key; returns where it ends.
pub(super) fn across(canvas: &mut Canvas, plan: &Plan, axis: Axis, plot: &XyPlot, name: &str) -> f64 {
    let (scale, plot) = (&plot.across, &plot.area);
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), canvas.theme.axis, 1.25);
    let end = match axis {
        Axis::Time => draw_times(canvas, plan, scale, Step::Hours(1), plot.bottom),
        _ => {
            let made = scale.fitting(10, 14.0, TICK, |count| ticks_of(axis, scale, count)).unwrap_or_default();
            frame::number_ticks(canvas, scale, &made, (plot.bottom, 19.0));
            plot.bottom + 23.0
        }
    };
    canvas.text(name, ((plot.left + plot.right) / 2.0, end + 15.0), Style::middle(TICK, canvas.theme.muted));
    end + 28.0
}

/// The ticks of a plan's time on a scale of hours, none finer than `finest`.
pub(super) fn times(plan: &Plan, scale: &Scale, finest: Step) -> (Step, Vec<Tick>) {
    let range = (plan.instant(scale.from), plan.instant(scale.to));
    time_axis::ticks(range, plan.time_zone(), finest, TICK, |at| scale.px(plan.hours(at)))
}

/// Draws them below `y`; returns where their labels end.
pub(super) fn draw_times(canvas: &mut Canvas, plan: &Plan, scale: &Scale, finest: Step, y: f64) -> f64 {
    let (_, made) = times(plan, scale, finest);
    frame::time_ticks(canvas, y, &made, |tick| scale.px(plan.hours(tick.at)))
}

/// The ticks of values upwards with their labels, those of time with their days.
pub(super) fn upwards(plan: &Plan, axis: Axis, scale: &Scale) -> Vec<LabelledTick> {
    if axis != Axis::Time {
        return ticks_of(axis, scale, 6);
    }
    // Labels upwards need a third of the room that they need across.
    let wide = Scale { from_px: 0.0, to_px: 3.0 * (scale.from_px - scale.to_px), ..*scale };
    let (step, made) = times(plan, &wide, Step::Hours(1));
    let hours = matches!(step, Step::Hours(_));
    made.into_iter()
        .map(|tick| {
            let local = tick.at.with_timezone(&plan.time_zone());
            let label = local.format(&date_pattern(if hours { "%a %H:%M" } else { "%a %-d %b" })).to_string();
            (plan.hours(tick.at), label)
        })
        .collect()
}

fn ticks_of(axis: Axis, scale: &Scale, count: usize) -> Vec<LabelledTick> {
    let made = ticks(scale.from, scale.to, count, false);
    match axis {
        Axis::Share => made.into_iter().map(|t| (t, show_share(t))).collect(),
        Axis::Hours => {
            let labels = tick_labels(&made).into_iter().map(|l| format!("{l} h"));
            made.iter().copied().zip(labels).collect()
        }
        _ => labelled(made),
    }
}
