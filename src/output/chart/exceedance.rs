//! The chance that more than any number of orgs fail by the deadline: a falling line for each rate, against the tolerance.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, HEADROOM, LABEL, MARGIN};
use super::labelled::{Labelled, LabelledPath};
use super::line_labels;
use super::scene::Scene;
use super::selection::MOST;
use super::theme::Ink;
use super::xy_plot::{XyPlot, left_of_shares};
use crate::Result;
use crate::output::words::{compact, deadline_full};
use crate::plan::units::orgs;
use crate::plan::wording::{FAIL, FAILED, ORGS};
use crate::stats::CountDistribution;

/// Height of the plot, with its headroom.
const HEIGHT: f64 = 290.0;

/// What is less likely than this at both ends is not drawn.
const TAIL: f64 = 0.002;

/// Points of a line; where fewer counts can occur, one for each.
const POINTS: u64 = 300;

/// A tolerance further from all lines than this many times their range is left off the axis.
const TOLERANCE_WITHIN: f64 = 1.0;

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let drawn = scene.rates(MOST);
    let laws = scene.of_rates(&drawn, |i| &scene.facts.best(i).failed_by_deadline.distribution);
    let (range, tolerance) = range(&laws, scene.plan.tolerance());

    let title = &scene.findings.exceedance;
    let (mut canvas, top) = frame::header(scene.theme, title, &subtitle(scene, &drawn));
    let sides = (left_of_shares(), WIDTH - MARGIN);
    let plot = XyPlot::of_shares(&mut canvas, sides, (top, HEIGHT, HEADROOM + 4.0), range);
    let lines: Vec<LabelledPath> = laws.into_iter().map(|law| law.map(|law| falling(law, &plot))).collect();
    line_labels::draw(&mut canvas, &lines, 2.5);
    let stem = tolerance.map(|t| draw_tolerance(&mut canvas, t, &plot));
    line_labels::write(&mut canvas, &lines, stem.as_slice(), &plot.area);
    let height = plot.draw_numbers(&mut canvas, &frame::whole_numbers(&plot.across), &format!("{ORGS} {FAILED}"));
    Chart::of(canvas, "exceedance", title, &describe(scene, &drawn), height)
}

fn subtitle(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    format!(
        "Height of a line: the chance that more than so many {ORGS} {FAIL} by {}. {}.{}",
        deadline_full(scene.plan),
        orgs(scene.plan.orgs()),
        scene.about_rates(drawn)
    )
}

/// The counts between which anything happens, and the tolerance where it is near them.
fn range(laws: &[Labelled<&CountDistribution>], tolerance: Option<u64>) -> ((f64, f64), Option<u64>) {
    let low = laws.iter().map(|l| l.of.quantile(TAIL)).min().unwrap_or(0) as f64;
    let high = laws.iter().map(|l| l.of.quantile(1.0 - TAIL)).max().unwrap_or(0) as f64;
    let near = TOLERANCE_WITHIN * (high - low).max(4.0);
    let tolerance = tolerance.filter(|t| (low - near..=high + near).contains(&(*t as f64)));
    let (low, high) = tolerance.map_or((low, high), |t| (low.min(t as f64), high.max(t as f64)));
    let pad = ((high - low) * 0.03).max(1.0);
    (((low - pad).max(0.0), high + pad), tolerance)
}

/// A line through the chance of more than each count.
fn falling(law: &CountDistribution, plot: &XyPlot) -> Vec<(f64, f64)> {
    let (from, to) = (plot.across.from.ceil() as u64, plot.across.to.floor() as u64);
    let step = ((to - from) / POINTS).max(1);
    let counts = (from..=to).step_by(step as usize);
    let beyond = |n: u64| plot.at(n as f64, 1.0 - law.cdf(n));
    if to - from > POINTS / 4 {
        return counts.map(beyond).collect();
    }
    // Few counts: a step at each, as wide as it holds.
    let mut path = vec![plot.at(plot.across.from, 1.0 - from.checked_sub(1).map_or(0.0, |n| law.cdf(n)))];
    for (x, y) in counts.map(beyond) {
        let before = path[path.len() - 1].1;
        path.extend([(x, before), (x, y)]);
    }
    path
}

/// Draws the tolerance, named above the lines; returns its pixel.
fn draw_tolerance(canvas: &mut Canvas, tolerance: u64, plot: &XyPlot) -> f64 {
    let (x, area) = (plot.across.px(tolerance as f64), &plot.area);
    canvas.dashed((x, area.top + 2.0), (x, area.bottom), canvas.theme.warning, 1.5);
    let text = format!("tolerance {}", compact(tolerance as f64));
    let fits_right = x + 6.0 + LABEL.width(&text) <= area.right;
    let (at, style) = Style::beside(x, 6.0, fits_right, LABEL, canvas.theme.warning);
    canvas.text(&text, (at, area.top + 13.0), style);
    x
}

fn describe(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let tell = |i: usize| {
        let failed = &scene.facts.best(i).failed_by_deadline;
        let [half, tenth, twentieth] = [50.0, 90.0, 95.0].map(|p| compact(failed.percentile(p) as f64));
        format!("at most 1 in 2 for more than {half}, 1 in 10 for more than {tenth}, 1 in 20 for more than {twentieth}")
    };
    let told = scene.told_by_rate(drawn.iter().map(|rate| rate.0), tell);
    format!("How likely it is that more than so many {ORGS} {FAIL} by {}. {told}.", deadline_full(scene.plan))
}
