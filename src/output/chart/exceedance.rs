//! The chance that more than any number of orgs fail by the deadline: a falling line for each rate, against the tolerance.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::line_labels::{self, Labelled};
use super::marks::HEADROOM;
use super::rates::MOST;
use super::scale::{labelled, ticks};
use super::scene::Scene;
use super::theme::{Ink, Theme};
use super::xy_plot::{XyPlot, left_of_shares};
use crate::Result;
use crate::output::words::{compact, deadline_full};
use crate::plan::Plan;
use crate::plan::units::orgs;
use crate::results::Projection;
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
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let scene = Scene::new(plan, projection, theme);
    let drawn = scene.rates(MOST);
    let laws: Vec<&CountDistribution> =
        drawn.iter().map(|(i, _)| &scene.facts.best(*i).failed_by_deadline.distribution).collect();
    let (range, tolerance) = range(&laws, plan.tolerance());

    let subtitle = format!(
        "Height of a line: the chance that more than so many orgs fail by {}. {}.{}",
        deadline_full(plan),
        orgs(plan.orgs()),
        scene.about_rates(&drawn)
    );
    let (mut canvas, top) = frame::header(theme, &scene.findings.exceedance, &subtitle);
    let area = Area { left: left_of_shares(), top, right: WIDTH - MARGIN, bottom: top + HEIGHT };
    let plot = XyPlot::new(area, range, (0.0, 1.0), HEADROOM + 4.0);
    plot.draw_shares(&mut canvas);
    let lines: Vec<(Ink, Vec<(f64, f64)>)> =
        drawn.iter().zip(&laws).map(|((_, ink), law)| (*ink, falling(law, &plot))).collect();
    for (ink, path) in lines.iter().rev() {
        canvas.path(path.clone(), *ink, 2.5);
    }
    let stem = tolerance.map(|t| draw_tolerance(&mut canvas, t, &plot));
    let names: Vec<String> = drawn.iter().map(|(i, _)| scene.label(*i)).collect();
    let labelled: Vec<Labelled<'_>> =
        names.iter().zip(&lines).map(|(text, (ink, path))| Labelled { text, ink: *ink, path }).collect();
    line_labels::write(&mut canvas, &labelled, stem.as_slice(), &area);
    let height = draw_counts(&mut canvas, &plot);

    Chart::of(
        canvas,
        "exceedance",
        scene.findings.exceedance.clone(),
        scene.describe(&describe(&scene, &drawn)),
        height,
    )
}

/// The counts between which anything happens, and the tolerance where it is near them.
fn range(laws: &[&CountDistribution], tolerance: Option<u64>) -> ((f64, f64), Option<u64>) {
    let low = laws.iter().map(|l| l.quantile(TAIL)).min().unwrap_or(0) as f64;
    let high = laws.iter().map(|l| l.quantile(1.0 - TAIL)).max().unwrap_or(0) as f64;
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

fn draw_counts(canvas: &mut Canvas, plot: &XyPlot) -> f64 {
    let (count, bottom) = (&plot.across, plot.area.bottom);
    let made = |n| labelled(ticks(count.from, count.to, n, true));
    for (tick, label) in count.fitting(8, 14.0, TICK, made).unwrap_or_else(|| labelled(vec![count.from.ceil()])) {
        let x = count.px(tick);
        canvas.line((x, bottom), (x, bottom + 4.0), canvas.theme.axis, 1.0);
        // The plot reaches to the margin, so that the last label may have to be moved in.
        let at = x.min(WIDTH - TICK.width(&label) / 2.0 - 2.0);
        canvas.text(&label, (at, bottom + 19.0), Style::middle(TICK, canvas.theme.muted));
    }
    frame::axis_name(canvas, "orgs failed", (plot.area.left, plot.area.right), bottom + 38.0);
    bottom + 50.0
}

fn describe(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let of = |i: usize| {
        let failed = &scene.facts.best(i).failed_by_deadline;
        let [half, tenth, twentieth] = [50.0, 90.0, 95.0].map(|p| compact(failed.percentile(p) as f64));
        format!(
            "{}: more than {half} with a chance of 1 in 2, {tenth} of 1 in 10, {twentieth} of 1 in 20",
            scene.label(i)
        )
    };
    let all: Vec<String> = drawn.iter().map(|(i, _)| of(*i)).collect();
    format!("Chance at most that more orgs fail by {}. {}.", deadline_full(scene.plan), all.join("; "))
}
