//! An axis of the values of a key: shares, times, durations or numbers, across or upwards.

use super::canvas::{Area, Canvas, Style};
use super::frame::{self, TICK};
use super::scale::{Scale, tick_labels, ticks};
use super::theme::Theme;
use super::time_axis::{self, Step};
use crate::plan::Plan;
use crate::plan::units::show_share;
use crate::results::solution::Axis;

/// Draws the values across, below the plot, with the name of the key; returns where it ends.
pub fn across(
    canvas: &mut Canvas,
    theme: &Theme,
    plan: &Plan,
    axis: Axis,
    scale: &Scale,
    plot: &Area,
    name: &str,
) -> f64 {
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), theme.axis, 1.25);
    let end = match axis {
        Axis::Time => {
            let px = |at| scale.px(plan.hours(at));
            let range = (plan.instant(scale.from), plan.instant(scale.to));
            let (_, made) = time_axis::ticks(range, plan.time_zone(), Step::Hours(1), TICK, px);
            frame::time_ticks(canvas, theme, plot.bottom, &made, |t| px(t.at))
        }
        _ => {
            let fits = |made: &Vec<(f64, String)>| {
                made.windows(2).all(|w| {
                    let half = (TICK.width(&w[0].1) + TICK.width(&w[1].1)) / 2.0;
                    scale.px(w[1].0) - scale.px(w[0].0) > half + 14.0
                })
            };
            let made = (2..=10).rev().map(|n| labelled(axis, scale, n)).find(fits).unwrap_or_default();
            for (tick, label) in made {
                let x = scale.px(tick);
                canvas.line((x, plot.bottom), (x, plot.bottom + 4.0), theme.axis, 1.0);
                canvas.text(&label, (x, plot.bottom + 19.0), Style::middle(TICK, theme.muted));
            }
            plot.bottom + 23.0
        }
    };
    canvas.text(name, ((plot.left + plot.right) / 2.0, end + 15.0), Style::middle(TICK, theme.muted));
    end + 28.0
}

/// The ticks of values upwards with their labels, those of time with their days.
pub fn upwards(plan: &Plan, axis: Axis, scale: &Scale) -> Vec<(f64, String)> {
    if axis != Axis::Time {
        return labelled(axis, scale, 6);
    }
    let px = |at| 3.0 * (scale.from_px - scale.px(plan.hours(at)));
    let range = (plan.instant(scale.from), plan.instant(scale.to));
    let (step, made) = time_axis::ticks(range, plan.time_zone(), Step::Hours(1), TICK, px);
    let hours = matches!(step, Step::Hours(_));
    made.into_iter()
        .map(|tick| {
            let local = tick.at.with_timezone(&plan.time_zone());
            let label = local.format(if hours { "%a %H:%M" } else { "%a %-d %b" }).to_string();
            (plan.hours(tick.at), label)
        })
        .collect()
}

fn labelled(axis: Axis, scale: &Scale, count: usize) -> Vec<(f64, String)> {
    let made = ticks(scale.from, scale.to, count, false);
    let labels = match axis {
        Axis::Share => made.iter().map(|t| show_share(*t)).collect(),
        Axis::Hours => tick_labels(&made).into_iter().map(|l| format!("{l} h")).collect(),
        _ => tick_labels(&made),
    };
    made.into_iter().zip(labels).collect()
}
