//! The waterfall: from one scenario's answer to another's, a step for each change; what adds first, the largest first.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, PLAIN};
use super::rows_body::RowsBody;
use super::scale::{Scale, ends};
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::diff::{change, name, sentences, signed};
use crate::output::words::about;
use crate::plan::wording::{ORGS, capital};
use crate::results::plan_diff::{Part, PlanDiff};

const ROW: f64 = 40.0;
/// Steps that a page has room for; the others are one.
const MOST_STEPS: usize = 12;
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
pub(crate) fn draw(diff: &PlanDiff, theme: &Theme) -> Result<Chart> {
    let steps = steps(diff);
    let title = sentences::finding(diff);
    let (mut canvas, top) = frame::header(theme, &title, &subtitle(diff));
    let sides = (MARGIN + NAMES, WIDTH - MARGIN - FIGURES);
    let (low, high) = ends(steps.iter().flat_map(|s| [s.from, s.to]));
    let pad = if high > low { 0.04 * (high - low) } else { 1.0 };
    let scale = Scale::within((low - pad, high + pad), sides, 0.0);
    let body = RowsBody::new(scale, sides, (top + 4.0, ROW, steps.len()), (4.0, 4.0));
    let height = body.draw_axis(&mut canvas, &format!("{ORGS}, on average"));
    for (i, step) in steps.iter().enumerate() {
        if i + 1 < steps.len() {
            let x = scale.px(step.to);
            canvas.line((x, body.middle(i)), (x, body.middle(i + 1)), theme.axis, 1.0);
        }
        draw_row(&mut canvas, &body, (i, step));
    }
    Chart::of(canvas, "diff", &title, &describe(diff, &steps), height)
}

fn subtitle(diff: &PlanDiff) -> String {
    let orders = if diff.sampled.is_some() { "sampled orders" } else { "all orders" };
    format!(
        "Mean number of {ORGS} {}: what each change adds, on average over {orders} of the changes. What adds comes first.",
        diff.counted.heading()
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
        steps.push(step(capital(&name(diff, part)), below(part), part.contribution, part.se));
    }
    let rest = &diff.parts[own..];
    if !rest.is_empty() {
        let by: f64 = rest.iter().map(|p| p.contribution).sum();
        steps.push(step(format!("{} smaller changes", rest.len()), String::new(), by, None));
    }
    steps.push(answer("Second scenario", 1));
    steps
}

fn draw_row(canvas: &mut Canvas, body: &RowsBody, (i, step): (usize, &WaterfallStep)) {
    let font = if step.is_answer { LABEL } else { PLAIN };
    body.draw_name(canvas, i, (&step.label, font), &step.below);
    let [from, to] = [step.from, step.to].map(|v| body.scale.px(v));
    let ink: Ink = if step.to < step.from { canvas.theme.rates[2] } else { canvas.theme.rates[0] };
    if step.is_answer {
        body.draw_dot(canvas, i, step.to, 6.0, canvas.theme.ink);
    } else {
        // A change of nothing can still be seen.
        body.draw_bar(canvas, i, (from.min(to), from.max(to).max(from.min(to) + 1.0)), 9.0, ink);
    }
    body.write(canvas, i, &step.figure, WIDTH - MARGIN, Style::end(font, canvas.theme.ink));
}

/// The chart for readers who can't see it, with what it takes to trace it.
fn describe(diff: &PlanDiff, steps: &[WaterfallStep]) -> String {
    let mut text = format!("Steps of the mean number of {ORGS} {}.", diff.counted.heading());
    for step in steps {
        text += &format!(" {}: {}.", step.label, step.figure);
    }
    let [first, second] = &diff.sides;
    let (a, b) = (&first.provenance.sha256, traced(&second.provenance, second.plan.seed()));
    text + &format!(" From sha256 {a}, seed {}. {b}", first.plan.seed())
}
