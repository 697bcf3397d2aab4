//! A history of intervals and the laws fitted to it: the share that lasts longer than so many hours, as a curve of steps with its
//! band, and the likeliest laws over it.

use super::Chart;
use super::canvas::{Canvas, WIDTH};
use super::frame::{self, MARGIN};
use super::labelled::Labelled;
use super::scale::{labelled, ticks};
use super::theme::Theme;
use super::xy_plot::XyPlot;
use crate::Result;
use crate::output::fit::{law, sentences};
use crate::plan::units::group_count;
use crate::plan::wording::PERCENT;
use crate::results::fit::{HistoryFit, RankedLaw};
use crate::stats::law::Law;

/// More laws than this are not drawn over the data.
const MOST_LAWS: usize = 3;

/// A law with less weight than this is not drawn beside the best.
const LEAST_WEIGHT: f64 = 0.01;

/// More cuts than this are not marked.
const MOST_STROKES: usize = 80;

/// Height of the plot.
const PLOT: f64 = 300.0;

/// Points closer than this to each other can't be told apart.
const PIXEL: f64 = 0.4;

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(found: &HistoryFit, theme: &Theme) -> Result<Chart> {
    let title = sentences::finding(found);
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(found));
    let lines = lines(found, theme);
    let room = frame::end_label_room(std::iter::once("the history").chain(lines.iter().map(|l| l.text.as_str())));
    let sides = (MARGIN + 46.0, WIDTH - MARGIN - room);
    let plot = XyPlot::of_shares(&mut canvas, sides, (top, PLOT, 0.0), (0.0, 1.04 * found.curve.until));
    let hours = labelled(ticks(0.0, plot.across.to, 7, false));
    let height = plot.draw_numbers(&mut canvas, &hours, "hours since the last refresh");
    draw_band(&mut canvas, found, &plot);
    draw_cuts(&mut canvas, found, &plot);
    let rest = plot.up.px(found.curve.rest());
    let mut labels = vec![Labelled { text: "the history".to_owned(), ink: theme.ink, of: rest }];
    let curve = steps(found, &plot);
    // The label stands at the edge of the plot: a thin line leads there from where observation ended.
    if let Some(end) = curve.last().filter(|_| found.curve.rest() > 0.0) {
        canvas.line(*end, (plot.area.right, end.1), theme.ink.faded(0.4), 1.0);
    }
    canvas.path(curve, theme.ink, 1.75);
    for (i, line) in lines.into_iter().enumerate() {
        let points = (0..=400).map(|i| plot.across.to * f64::from(i) / 400.0).map(|hour| (hour, line.of.sf(hour)));
        plot.draw_line(&mut canvas, points, line.ink, if i == 0 { 2.5 } else { 1.5 });
        labels.push(line.map(|law| plot.up.px(law.sf(plot.across.to))));
    }
    frame::end_labels(&mut canvas, &plot.area, &labels);
    Chart::of(canvas, "fit", &title, &describe(found), height)
}

/// The laws to draw with their labels and colours.
fn lines<'a>(found: &'a HistoryFit, theme: &Theme) -> Vec<Labelled<&'a Law>> {
    let inks = [theme.rates[2], theme.rates[4], theme.rates[1]];
    let drawn = found.laws.iter().take(MOST_LAWS).enumerate().filter(|(i, l)| *i == 0 || l.weight >= LEAST_WEIGHT);
    let name = |l: &RankedLaw| law::name(l.fit.family).to_owned();
    drawn.map(|(i, l)| Labelled { text: name(l), ink: inks[i], of: &l.fit.law }).collect()
}

/// The curve's corners, without those that nobody could see.
fn steps(found: &HistoryFit, plot: &XyPlot) -> Vec<(f64, f64)> {
    let curve = found.curve.steps.iter().map(|s| (s.time, s.sf));
    staircase(curve, found.curve.until, plot)
}

/// A staircase from 1 at 0 to the last level at `end`.
fn staircase(levels: impl Iterator<Item = (f64, f64)>, end: f64, plot: &XyPlot) -> Vec<(f64, f64)> {
    let mut points = vec![plot.at(0.0, 1.0)];
    let (mut level, mut skipped) = (1.0, false);
    for (time, next) in levels {
        let (x, y) = plot.at(time, next);
        let last = points[points.len() - 1];
        if x - last.0 < PIXEL && (y - last.1).abs() < PIXEL {
            (level, skipped) = (next, true);
            continue;
        }
        points.push((x, if skipped { plot.up.px(level) } else { last.1 }));
        points.push((x, y));
        (level, skipped) = (next, false);
    }
    points.push(plot.at(end, level));
    points
}

/// The band, as far as the curve has one.
fn draw_band(canvas: &mut Canvas, found: &HistoryFit, plot: &XyPlot) {
    let banded: Vec<(f64, [f64; 2])> =
        found.curve.steps.iter().map_while(|s| s.band.map(|band| (s.time, band))).collect();
    let end = found.curve.steps.get(banded.len()).map_or(found.curve.until, |s| s.time);
    let side = |k: usize| staircase(banded.iter().map(|(time, band)| (*time, band[k])), end, plot);
    let mut outline = side(1);
    outline.extend(side(0).into_iter().rev());
    canvas.fill(outline, canvas.theme.span.faded(0.6));
}

/// A short stroke on the curve wherever an interval was cut short; none where there are too many to tell apart.
fn draw_cuts(canvas: &mut Canvas, found: &HistoryFit, plot: &XyPlot) {
    let cut: Vec<_> = found.durations.tallies().iter().filter(|t| t.censored > 0).collect();
    for tally in cut.iter().filter(|_| cut.len() <= MOST_STROKES) {
        let (x, y) = plot.at(tally.time, found.curve.sf(tally.time));
        canvas.line((x, y - 4.0), (x, y + 4.0), canvas.theme.ink, 1.0);
    }
}

fn subtitle(found: &HistoryFit) -> String {
    let (ended, running) = (found.durations.events(), found.durations.censored());
    let strokes = found.durations.tallies().iter().filter(|t| t.censored > 0).count() <= MOST_STROKES;
    let running = match running {
        0 => String::new(),
        n if strokes => format!(" Strokes: {} that still ran when observation ended.", group_count(n)),
        n => format!(" {} more still ran when observation ended.", group_count(n)),
    };
    let laws = if found.laws.is_empty() { "" } else { ", its 95 % band, and the likeliest laws" };
    format!("Share of intervals between refreshes that last longer: {} that ended{laws}.{running}", group_count(ended))
}

fn describe(found: &HistoryFit) -> String {
    let laws = found.laws.iter().take(MOST_LAWS).map(|l| law::text(&l.fit)).collect::<Vec<_>>().join(", ");
    format!(
        "A Kaplan-Meier curve of intervals with its pointwise 95{PERCENT} band, and laws: {laws}. {}. History sha256 {}, cutover {}.",
        sentences::counts(found),
        found.source.sha256,
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::Area;
    use crate::output::fit::samples;

    /// However long the history, a curve has no more corners than can be seen.
    #[test]
    fn a_long_history_makes_no_long_path() {
        let (_, found) = samples::all().into_iter().max_by_key(|s| s.1.curve.steps.len()).expect("samples");
        assert!(found.curve.steps.len() > 10_000);
        let area = Area { left: 0.0, top: 0.0, right: 700.0, bottom: 300.0 };
        let path = steps(&found, &XyPlot::new(area, (0.0, found.curve.until), (0.0, 1.0), 0.0));
        assert!(path.len() < 5_000, "{}", path.len());
        assert!(
            path.windows(2).all(|w| w[0].0 <= w[1].0 && w[0].1 <= w[1].1 + 1e-9),
            "time goes on and the share falls"
        );
    }
}
