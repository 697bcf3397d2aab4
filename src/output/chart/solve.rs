//! The chart of a solution: the chance of meeting the target over the values of the key, with the confidence asked for and the
//! answer.

use super::Chart;
use super::canvas::{Area, Canvas, Style, text_area};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, TICK};
use super::scale::Scale;
use super::theme::Theme;
use super::value_axis;
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
pub fn draw(solution: &Solution, theme: &Theme) -> Result<Chart> {
    let mut canvas = Canvas::default();
    let title = sentences::finding(solution);
    let at = sentences::at_rate(solution.rate.as_ref());
    let subtitle = format!("Chance that {}{at}, by {}. Exact.", solution.asked.words, solution.key);
    let top = frame::header(&mut canvas, theme, &title, &subtitle);
    let asked = format!("asked: {}", show_share(solution.asked.confidence));
    let right = super::canvas::WIDTH - MARGIN / 2.0 - frame::end_label_room([asked.as_str()]);
    let left = MARGIN + TICK.width("100 %") + 8.0;
    let plot = Area { left, top: top + 8.0, right, bottom: top + 8.0 + HEIGHT };
    let chance = Scale { from: 0.0, to: 1.0, from_px: plot.bottom, to_px: plot.top };
    let levels = [0.0, 0.25, 0.5, 0.75, 1.0];
    frame::level_grid(&mut canvas, theme, &plot, &chance, &levels, &levels.map(show_share));
    let (low, high) = stretch(solution);
    let values =
        Scale { from: low, to: if high > low { high } else { low + 1.0 }, from_px: plot.left, to_px: plot.right };
    let y = chance.px(solution.asked.confidence);
    canvas.dashed((plot.left, y), (plot.right, y), theme.warning, 1.5);
    let shown = solution.tried.iter().filter(|t| (low..=high).contains(&t.setting.number));
    canvas.path(shown.map(|t| (values.px(t.setting.number), chance.px(t.chance))).collect(), theme.rates[1], 2.5);
    answer(
        &mut canvas,
        theme,
        solution,
        &plot,
        (values.px(solution.best.setting.number), chance.px(solution.best.chance)),
    );
    frame::end_labels(&mut canvas, theme, &plot, &[frame::EndLabel { text: asked, y, ink: theme.warning }]);
    let height = value_axis::across(&mut canvas, theme, &solution.plan, solution.axis, &values, &plot, &solution.key);
    let description = format!("{subtitle} {title}. {}", traced(&solution.provenance, solution.plan.seed()));
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "solve", title, description, svg, texts, height })
}

/// The values where the chance turns, with as much again on both sides; the answer and what the plan says now among them.
fn stretch(solution: &Solution) -> (f64, f64) {
    let numbers: Vec<f64> = solution.tried.iter().map(|t| t.setting.number).collect();
    let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
    let turning = solution.tried.iter().filter(|t| (0.005..=0.995).contains(&t.chance)).map(|t| t.setting.number);
    let marked = [Some(&solution.best), solution.now.as_ref()].into_iter().flatten().map(|t| t.setting.number);
    let (low, high) = turning.chain(marked).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), n| (l.min(n), h.max(n)));
    let width = (high - low).max((last - first) * 0.02);
    let near = |wanted: f64| {
        let apart = |n: &f64| (n - wanted).abs();
        numbers.iter().copied().min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(wanted)
    };
    // To values that were tried, so that the line reaches both ends.
    (near(low - width).min(low), near(high + width).max(high))
}

/// The dot at the answer, with its label where there is room beside the line.
fn answer(canvas: &mut Canvas, theme: &Theme, solution: &Solution, plot: &Area, (x, y): (f64, f64)) {
    let text = format!("{}: {}", solution.best.setting.words, sentences::precise(solution.best.chance));
    if solution.reachable {
        canvas.line((x, y), (x, plot.bottom), theme.axis, 1.0);
    }
    canvas.dot((x, y), 6.0, theme.ink);
    canvas.dot((x, y), 3.5, theme.paper);
    let style = |right: bool| if right { Style::start(LABEL, theme.ink) } else { Style::end(LABEL, theme.ink) };
    let rising = solution.tried.first().zip(solution.tried.last()).is_none_or(|(a, b)| a.chance <= b.chance);
    let spot = |right: bool, up: bool| {
        let at = (if right { x + 12.0 } else { x - 12.0 }, if up { y - 10.0 } else { y + 22.0 });
        (right, at, text_area(&text, at, style(right)))
    };
    // Below a rising line is to its right, below a falling one to its left.
    let wanted = [spot(rising, false), spot(!rising, true), spot(!rising, false), spot(rising, true)];
    let inside =
        |a: &Area| a.left > plot.left && a.right < plot.right && a.top > plot.top - 8.0 && a.bottom < plot.bottom;
    let place = wanted.into_iter().find(|(_, _, area)| inside(area) && canvas.is_free(area));
    if let Some((right, at, _)) = place {
        canvas.text(&text, at, style(right));
    }
}
