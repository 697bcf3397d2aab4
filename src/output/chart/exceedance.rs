//! The chance that more than any number of orgs fail by the deadline: a falling line for each rate, against the tolerance.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::line_labels::{self, Labelled};
use super::marks::HEADROOM;
use super::rates::MOST;
use super::scale::{Scale, tick_labels, ticks};
use super::scene::Scene;
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::words::{self, compact, deadline_full};
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

    let mut canvas = Canvas::default();
    let subtitle = format!(
        "Height of a line: the chance that more than so many orgs fail by {}. {}.{}",
        deadline_full(plan),
        orgs(plan.orgs()),
        scene.about_rates(&drawn)
    );
    let top = frame::header(&mut canvas, theme, &scene.findings.exceedance, &subtitle);
    let chances = [0.0, 0.25, 0.5, 0.75, 1.0];
    let labels: Vec<String> = chances.iter().map(|p| format!("{:.0} %", p * 100.0)).collect();
    let left = MARGIN + labels.iter().map(|l| TICK.width(l)).fold(0.0, f64::max) + 8.0;
    let plot = super::Area { left, top, right: WIDTH - MARGIN, bottom: top + HEIGHT };
    let count = Scale { from: range.0, to: range.1, from_px: plot.left, to_px: plot.right };
    let chance = Scale { from: 0.0, to: 1.0, from_px: plot.bottom, to_px: plot.top + HEADROOM + 4.0 };

    frame::level_grid(&mut canvas, theme, &plot, &chance, &chances, &labels);
    let lines: Vec<(Ink, Vec<(f64, f64)>)> =
        drawn.iter().zip(&laws).map(|((_, ink), law)| (*ink, falling(law, &count, &chance))).collect();
    for (ink, path) in lines.iter().rev() {
        canvas.path(path.clone(), *ink, 2.5);
    }
    let stem = tolerance.map(|t| draw_tolerance(&mut canvas, theme, t, &count, &plot));
    let names: Vec<String> = drawn.iter().map(|(i, _)| words::row_label(plan, *i, &projection.uptakes[*i])).collect();
    let labelled: Vec<Labelled<'_>> =
        names.iter().zip(&lines).map(|(text, (ink, path))| Labelled { text, ink: *ink, path }).collect();
    line_labels::write(&mut canvas, theme, &labelled, stem.as_slice(), &plot);
    let height = draw_counts(&mut canvas, theme, &count, &plot);

    let title = scene.findings.exceedance.clone();
    let description = scene.describe(&describe(&scene, &drawn));
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "exceedance", title, description, svg, texts, height })
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
fn falling(law: &CountDistribution, count: &Scale, chance: &Scale) -> Vec<(f64, f64)> {
    let (from, to) = (count.from.ceil() as u64, count.to.floor() as u64);
    let step = ((to - from) / POINTS).max(1);
    let counts = (from..=to).step_by(step as usize);
    if to - from > POINTS / 4 {
        return counts.map(|n| (count.px(n as f64), chance.px(1.0 - law.cdf(n)))).collect();
    }
    // Few counts: a step at each, as wide as it holds.
    let mut path = vec![(count.from_px, chance.px(1.0 - from.checked_sub(1).map_or(0.0, |n| law.cdf(n))))];
    for n in counts {
        let before = path[path.len() - 1].1;
        path.extend([(count.px(n as f64), before), (count.px(n as f64), chance.px(1.0 - law.cdf(n)))]);
    }
    path
}

/// Draws the tolerance, named above the lines; returns its pixel.
fn draw_tolerance(canvas: &mut Canvas, theme: &Theme, tolerance: u64, count: &Scale, plot: &super::Area) -> f64 {
    let x = count.px(tolerance as f64);
    canvas.dashed((x, plot.top + 2.0), (x, plot.bottom), theme.warning, 1.5);
    let text = format!("tolerance {}", compact(tolerance as f64));
    let beside = x + 6.0 + LABEL.width(&text) <= plot.right;
    let (at, style) = if beside {
        (x + 6.0, Style::start(LABEL, theme.warning))
    } else {
        (x - 6.0, Style::end(LABEL, theme.warning))
    };
    canvas.text(&text, (at, plot.top + 13.0), style);
    x
}

fn draw_counts(canvas: &mut Canvas, theme: &Theme, count: &Scale, plot: &super::Area) -> f64 {
    let made = (2..=8).rev().map(|n| ticks(count.from, count.to, n, true));
    let fits = |ticks: &Vec<f64>| {
        let labels = tick_labels(ticks);
        (1..ticks.len()).all(|i| {
            let halves = (TICK.width(&labels[i]) + TICK.width(&labels[i - 1])) / 2.0;
            count.px(ticks[i]) - count.px(ticks[i - 1]) > halves + 14.0
        })
    };
    let made = made.into_iter().find(fits).unwrap_or_else(|| vec![count.from.ceil()]);
    for (tick, label) in made.iter().zip(tick_labels(&made)) {
        let x = count.px(*tick);
        canvas.line((x, plot.bottom), (x, plot.bottom + 4.0), theme.axis, 1.0);
        let half = TICK.width(&label) / 2.0;
        let at = x.min(WIDTH - half - 2.0);
        canvas.text(&label, (at, plot.bottom + 19.0), Style::middle(TICK, theme.muted));
    }
    let middle = (plot.left + plot.right) / 2.0;
    canvas.text("orgs failed", (middle, plot.bottom + 38.0), Style::middle(TICK, theme.muted));
    plot.bottom + 50.0
}

fn describe(scene: &Scene<'_>, drawn: &[(usize, Ink)]) -> String {
    let of = |i: usize| {
        let failed = &scene.facts.best(i).failed_by_deadline;
        let label = words::row_label(scene.plan, i, &scene.projection.uptakes[i]);
        let [half, tenth, twentieth] = [50.0, 90.0, 95.0].map(|p| compact(failed.percentile(p) as f64));
        format!("{label}: more than {half} with a chance of 1 in 2, {tenth} of 1 in 10, {twentieth} of 1 in 20")
    };
    let all: Vec<String> = drawn.iter().map(|(i, _)| of(*i)).collect();
    format!("Chance at most that more orgs fail by {}. {}.", deadline_full(scene.plan), all.join("; "))
}
