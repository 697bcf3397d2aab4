//! Forecasts of one figure against the time at which they were made, and the truth.

use super::Chart;
use super::canvas::{Area, Canvas, WIDTH};
use super::frame::{self, MARGIN, TICK};
use super::labelled::Labelled;
use super::scale::{Scale, ends, labelled, ticks};
use super::theme::Theme;
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::score::finding;
use crate::output::words::about;
use crate::plan::units::show_hours;
use crate::plan::wording::{ORGS, PERCENT};
use crate::results::score::{ScoredForecast, Scores};

/// Height of the plot.
const HEIGHT: f64 = 260.0;

/// Draws the chart: of the figure that most forecasts are about.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(scores: &Scores, theme: &Theme) -> Result<Chart> {
    let title = finding(scores);
    let shown = most(&scores.forecasts);
    let name = shown.first().map_or_else(String::new, |f| f.figure.replace('_', " "));
    let subtitle = format!(
        "{name}, in {ORGS}. Bars: 90{PERCENT} ranges; dots: means; line: what happened. Across: how long before it was forecast."
    );
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let high = ends(shown.iter().flat_map(|f| [f.range[1], f.truth, f.mean]).chain([1.0])).1;
    let made = labelled(ticks(0.0, high, 5, true));
    let truth = shown.first().map_or(0.0, |f| f.truth);
    let label = format!("truth {}", about(truth));
    let left = MARGIN + TICK.widest(made.iter().map(|tick| &tick.1)) + 8.0;
    let right = WIDTH - MARGIN / 2.0 - frame::end_label_room([label.as_str()]);
    let area = Area { left, top: top + 6.0, right, bottom: top + 6.0 + HEIGHT };
    let longest = ends(shown.iter().map(|f| f.lead_hours).chain([0.0])).1;
    // Time runs to the right: a forecast long before stands left.
    let plot = XyPlot::new(area, (-longest * 1.04 - 1.0, 0.0), (0.0, high), 12.0);
    frame::level_grid(&mut canvas, &plot.area, &plot.up, &made);
    let y = plot.up.px(truth);
    canvas.line((area.left, y), (area.right, y), theme.warning, 1.75);
    for f in &shown {
        draw_range(&mut canvas, &plot, f);
    }
    frame::end_labels(&mut canvas, &plot.area, &[Labelled { text: label, ink: theme.warning, of: y }]);
    canvas.line((area.left, area.bottom), (area.right, area.bottom), theme.axis, 1.25);
    let scale = Scale { from: plot.across.from, to: plot.across.to, ..plot.across };
    let marks = ticks(0.0, longest.max(1.0), 5, false)
        .into_iter()
        .map(|h| (-h, if longest >= 72.0 { format!("{} d", (h / 24.0).round()) } else { show_hours(h) }))
        .collect::<Vec<_>>();
    frame::number_ticks(&mut canvas, &scale, &marks, (area.bottom, 19.0));
    frame::axis_name(&mut canvas, "before the instant that is forecast", (area.left, area.right), area.bottom + 38.0);
    Chart::of(canvas, "score", &title, &format!("{subtitle} {title}."), area.bottom + 50.0)
}

fn draw_range(canvas: &mut Canvas, plot: &XyPlot, f: &ScoredForecast) {
    let ink = canvas.theme.rates[1];
    let (x, low) = plot.at(-f.lead_hours, f.range[0]);
    let (_, high) = plot.at(-f.lead_hours, f.range[1]);
    canvas.line((x, low), (x, high), ink, 3.0);
    canvas.dot(plot.at(-f.lead_hours, f.mean), 5.0, ink);
}

/// Those of the figure that most are about.
fn most(forecasts: &[ScoredForecast]) -> Vec<&ScoredForecast> {
    let count = |figure: &str| forecasts.iter().filter(|f| f.figure == figure).count();
    let Some(best) = forecasts.iter().max_by_key(|f| count(&f.figure)) else { return Vec::new() };
    forecasts.iter().filter(|f| f.figure == best.figure).collect()
}
