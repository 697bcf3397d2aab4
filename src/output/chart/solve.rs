//! The chart of a solution: the chance of meeting the target over the values of the key, with the confidence asked for and the
//! answer.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH, first_free};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN};
use super::labelled::Labelled;
use super::scale::ends;
use super::theme::Theme;
use super::value_axis;
use super::xy_plot::{XyPlot, left_of_shares};
use crate::Result;
use crate::output::solve::sentences;
use crate::plan::units::show_share;
use crate::results::solution::Solution;

/// Height of the plot.
const HEIGHT: f64 = 290.0;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(solution: &Solution, theme: &Theme) -> Result<Chart> {
    let title = sentences::finding(solution);
    let at = sentences::at_rate(&solution.plan, solution.rate.as_ref());
    let subtitle = format!("Chance that {}{at}, by {}. Exact.", solution.asked.words, solution.key);
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let asked = format!("asked: {}", show_share(solution.asked.confidence));
    let right = WIDTH - MARGIN / 2.0 - frame::end_label_room([asked.as_str()]);
    let (low, high) = stretch(solution);
    let across = (low, if high > low { high } else { low + 1.0 });
    let plot = XyPlot::of_shares(&mut canvas, (left_of_shares(), right), (top + 8.0, HEIGHT, 0.0), across);
    let y = plot.draw_limit(&mut canvas, solution.asked.confidence);
    let shown = solution.tried.iter().filter(|t| (low..=high).contains(&t.setting.number));
    plot.draw_line(&mut canvas, shown.map(|t| (t.setting.number, t.chance)), theme.rates[1], 2.5);
    answer(&mut canvas, solution, &plot);
    frame::end_labels(&mut canvas, &plot.area, &[Labelled { text: asked, ink: theme.warning, of: y }]);
    let height = value_axis::across(&mut canvas, &solution.plan, solution.axis, &plot, &solution.key);
    let description = format!("{subtitle} {title}. {}", traced(&solution.provenance, solution.plan.seed()));
    Chart::of(canvas, "solve", &title, &description, height)
}

/// The values where the chance turns, with as much again on both sides; the answer and what the plan says now among them.
fn stretch(solution: &Solution) -> (f64, f64) {
    let numbers: Vec<f64> = solution.tried.iter().map(|t| t.setting.number).collect();
    let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
    let turning = solution.tried.iter().filter(|t| (0.005..=0.995).contains(&t.chance)).map(|t| t.setting.number);
    let marked = [Some(&solution.best), solution.now.as_ref()].into_iter().flatten().map(|t| t.setting.number);
    let (low, high) = ends(turning.chain(marked));
    let width = (high - low).max((last - first) * 0.02);
    let near = |wanted: f64| {
        let apart = |n: &f64| (n - wanted).abs();
        numbers.iter().copied().min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(wanted)
    };
    // To values that were tried, so that the line reaches both ends.
    (near(low - width).min(low), near(high + width).max(high))
}

/// The dot at the answer, with its label where there is room beside the line.
fn answer(canvas: &mut Canvas, solution: &Solution, plot: &XyPlot) {
    let (x, y) = plot.at(solution.best.setting.number, solution.best.chance);
    let text = format!("{}: {}", solution.best.setting.words, sentences::precise(solution.best.chance));
    if solution.reachable {
        canvas.line((x, y), (x, plot.area.bottom), canvas.theme.axis, 1.0);
    }
    canvas.dot((x, y), 6.0, canvas.theme.ink);
    canvas.dot((x, y), 3.5, canvas.theme.paper);
    let rising = solution.tried.first().zip(solution.tried.last()).is_none_or(|(a, b)| a.chance <= b.chance);
    let ink = canvas.theme.ink;
    let spot = |right: bool, up: bool| {
        let (at, style) = Style::beside(x, 12.0, right, LABEL, ink);
        ((at, if up { y - 10.0 } else { y + 22.0 }), style)
    };
    // Below a rising line is to its right, below a falling one to its left.
    let wanted = [spot(rising, false), spot(!rising, true), spot(!rising, false), spot(rising, true)];
    let plot = &plot.area;
    let is_free = |area: &Area| {
        let inside = area.left > plot.left && area.right < plot.right;
        inside && area.top > plot.top - 8.0 && area.bottom < plot.bottom && canvas.is_free(area)
    };
    if let Some((at, style)) = first_free(&text, wanted, is_free) {
        canvas.text(&text, at, style);
    }
}
