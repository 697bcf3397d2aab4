//! The waterfall: from one scenario's answer to another's, a step for each change; what adds first, the largest first.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, TICK};
use super::scale::{Scale, tick_labels, ticks};
use super::text::{Font, clean};
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::assumption_names::{at_start, noun};
use crate::output::diff::{change, name, sentences, signed};
use crate::output::words::about;
use crate::results::plan_diff::{Part, PlanDiff};

const ROW: f64 = 40.0;
/// Steps that a page has room for; the others are one.
const MOST_STEPS: usize = 12;
const NAME: Font = Font::regular(13.0);
const BELOW: Font = Font::regular(12.0);
/// Room of the names, and of the column of figures.
const NAMES: f64 = 300.0;
const FIGURES: f64 = 76.0;

/// One row: a step, or an answer.
struct WaterfallStep {
    label: String,
    below: String,
    from: f64,
    to: f64,
    figure: String,
    is_answer: bool,
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(diff: &PlanDiff, theme: &Theme) -> Result<Chart> {
    let steps = steps(diff);
    let title = sentences::finding(diff);
    let mut canvas = Canvas::default();
    let top = frame::header(&mut canvas, theme, &title, &subtitle(diff));
    let plot = Area {
        left: MARGIN + NAMES,
        top,
        right: WIDTH - MARGIN - FIGURES,
        bottom: top + 8.0 + ROW * steps.len() as f64,
    };
    let levels = || steps.iter().flat_map(|s| [s.from, s.to]);
    let (low, high) = levels().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let pad = if high > low { 0.04 * (high - low) } else { 1.0 };
    let scale = Scale { from: low - pad, to: high + pad, from_px: plot.left, to_px: plot.right };
    axis(&mut canvas, theme, &scale, &plot);
    for (i, step) in steps.iter().enumerate() {
        let y = plot.top + 4.0 + ROW * (i as f64 + 0.5);
        if i + 1 < steps.len() {
            let x = scale.px(step.to);
            canvas.line((x, y), (x, y + ROW), theme.axis, 1.0);
        }
        row(&mut canvas, theme, step, (&scale, y));
    }
    let height = plot.bottom + 48.0;
    let description = describe(diff, &steps);
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "diff", title, description, svg, texts, height })
}

fn subtitle(diff: &PlanDiff) -> String {
    let orders = if diff.sampled.is_some() { "sampled orders" } else { "all orders" };
    format!(
        "Mean number of orgs {}: what each change adds, on average over {orders} of the changes. What adds comes first.",
        noun(diff.counted)
    )
}

fn steps(diff: &PlanDiff) -> Vec<WaterfallStep> {
    let answer = |label: &str, i: usize| WaterfallStep {
        label: label.to_owned(),
        below: diff.sides[i].plan.title().to_owned(),
        from: diff.sides[i].answer,
        to: diff.sides[i].answer,
        figure: about(diff.sides[i].answer),
        is_answer: true,
    };
    let mut steps = vec![answer("First scenario", 0)];
    let mut level = diff.sides[0].answer;
    let mut step = |label: String, below: String, by: f64, se: Option<f64>| {
        let from = level;
        level += by;
        WaterfallStep { label, below, from, to: level, figure: signed(by, se), is_answer: false }
    };
    let below = |part: &Part| part.changes.iter().map(|c| change(diff, c)).collect::<Vec<_>>().join("; ");
    let own = if diff.parts.len() > MOST_STEPS { MOST_STEPS - 1 } else { diff.parts.len() };
    // What adds comes first, so that no step leads below zero orgs.
    let (adding, sparing): (Vec<&Part>, Vec<&Part>) = diff.parts[..own].iter().partition(|p| p.contribution > 0.0);
    for part in adding.into_iter().chain(sparing) {
        steps.push(step(at_start(&name(diff, part)), below(part), part.contribution, part.se));
    }
    let rest = &diff.parts[own..];
    if !rest.is_empty() {
        let by: f64 = rest.iter().map(|p| p.contribution).sum();
        steps.push(step(format!("{} smaller changes", rest.len()), String::new(), by, None));
    }
    steps.push(answer("Second scenario", 1));
    steps
}

fn axis(canvas: &mut Canvas, theme: &Theme, scale: &Scale, plot: &Area) {
    let made = |count| ticks(scale.from, scale.to, count, false);
    let fits = |ticks: &Vec<f64>| {
        let half: Vec<f64> = tick_labels(ticks).iter().map(|l| TICK.width(l) / 2.0).collect();
        (1..ticks.len()).all(|i| scale.px(ticks[i]) - scale.px(ticks[i - 1]) > half[i] + half[i - 1] + 16.0)
    };
    let chosen = (2..=6).rev().map(made).find(fits).unwrap_or_default();
    for (tick, label) in chosen.iter().zip(tick_labels(&chosen)) {
        let x = scale.px(*tick);
        canvas.line((x, plot.top), (x, plot.bottom), theme.grid, 1.0);
        canvas.text(&label, (x, plot.bottom + 18.0), Style::middle(TICK, theme.muted));
    }
    let middle = (plot.left + plot.right) / 2.0;
    canvas.text("orgs, on average", (middle, plot.bottom + 37.0), Style::middle(TICK, theme.muted));
}

fn row(canvas: &mut Canvas, theme: &Theme, step: &WaterfallStep, (scale, y): (&Scale, f64)) {
    let room = NAMES - 14.0;
    let font = if step.is_answer { LABEL } else { NAME };
    let base = if step.below.is_empty() { y + 0.36 * font.size } else { y - 3.0 };
    canvas.text(&font.elide(&clean(&step.label), room), (MARGIN, base), Style::start(font, theme.ink));
    canvas.text(&BELOW.elide(&clean(&step.below), room), (MARGIN, y + 13.0), Style::start(BELOW, theme.muted));
    let [from, to] = [step.from, step.to].map(|v| scale.px(v));
    let ink: Ink = if step.to < step.from { theme.rates[2] } else { theme.rates[0] };
    if step.is_answer {
        canvas.dot((to, y), 6.0, theme.ink);
    } else {
        let (left, right) = (from.min(to), from.max(to).max(from.min(to) + 1.0));
        canvas.rect(Area { left, right, top: y - 9.0, bottom: y + 9.0 }, ink);
    }
    canvas.text(&step.figure, (WIDTH - MARGIN, y + 0.36 * font.size), Style::end(font, theme.ink));
}

/// The chart for readers who can't see it, with what it takes to trace it.
fn describe(diff: &PlanDiff, steps: &[WaterfallStep]) -> String {
    let mut text = format!("Steps of the mean number of orgs {}.", noun(diff.counted));
    for step in steps {
        text += &format!(" {}: {}.", step.label, step.figure);
    }
    let [first, second] = &diff.sides;
    let (a, b) = (&first.provenance.sha256, traced(&second.provenance, second.plan.seed()));
    text + &format!(" From sha256 {a}, seed {}. {b}", first.plan.seed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::tests::check;
    use crate::output::diff::samples;

    #[test]
    fn texts_of_every_waterfall_keep_apart_and_on_the_page() {
        for (name, diff) in samples::all() {
            let chart = draw(&diff, &Theme::LIGHT).expect("drawn");
            check(name, &chart);
        }
    }
}
