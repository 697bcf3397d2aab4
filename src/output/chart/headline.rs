//! The headline chart: fifty equally likely outcomes for each rate of reconnecting, against the tolerance.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::dots::{self, DotGrid};
use super::frame::{self, LABEL, MARGIN, PLAIN};
use super::labelled::Labelled;
use super::scale::{Scale, alike};
use super::scene::{Scene, with_unit};
use super::selection::MOST;
use crate::Result;
use crate::output::words::{self, compact, deadline_full};
use crate::plan::Plan;
use crate::plan::units::orgs;
use crate::plan::wording::{ACTING, FAILED, ORGS, PERCENT};
use crate::results::Quantity;

/// Room for the dots of a row.
const STACK: f64 = 62.0;

/// From one row's base line to the next.
const ROW: f64 = 78.0;

/// A row wider than this share of the axis range is squeezed before the tolerance is left off the axis.
const TOLERANCE_STRETCH: f64 = 3.0;

struct HeadlineRow {
    outcomes: Vec<u64>,
    mean: String,
    range: String,
}

/// Draws the chart.
pub(super) fn draw(scene: &Scene<'_>) -> Result<Chart> {
    let (plan, title) = (scene.plan, &scene.findings.headline);
    let drawn = scene.rates(MOST);
    let rows = scene.of_rates(&drawn, |i| row(scene, i));
    let right = match plan.orgs() {
        1 => "the chance of failing".to_owned(),
        n => format!("mean, and the range of 90{PERCENT} of outcomes. {}", orgs(n)),
    };
    let subtitle = format!("Each dot is 1 chance in 50. Right: {right}.{}", scene.about_rates(&drawn));
    let (mut canvas, top) = frame::header(scene.theme, title, &subtitle);
    let first_base = top + if plan.tolerance().is_some() { 18.0 } else { 0.0 } + STACK + 6.0;
    let bottom = first_base + ROW * (rows.len() - 1) as f64;
    let axis = axis(&rows, plan);
    draw_tolerance(&mut canvas, scene, &axis, top, bottom);
    draw_rows(&mut canvas, &rows, &axis, first_base);
    let (by, ticks) = (deadline_full(plan), frame::whole_numbers(&axis.scale));
    let name = format!("{ORGS} {FAILED} by {by}");
    let height = frame::number_axis(&mut canvas, &axis.scale, &ticks, (&name, axis.plot), (bottom, 18.0));
    let description = format!(
        "Quantile dot plot of the number of {ORGS} {FAILED} by {by}, one row for each rate of {ACTING}. {}",
        rows.iter().map(|r| format!("{}: {}, {}.", r.text, r.of.mean, r.of.range)).collect::<Vec<_>>().join(" ")
    );
    Chart::of(canvas, "headline", title, &description, height)
}

fn row(scene: &Scene<'_>, index: usize) -> HeadlineRow {
    let failed = &scene.facts.best(index).failed_by_deadline;
    let (mean, range) = if scene.plan.orgs() == 1 {
        (words::share(failed.mean, 1), "chance".to_owned())
    } else {
        mean_and_range(failed)
    };
    HeadlineRow { outcomes: dots::outcomes(&failed.distribution), mean, range }
}

/// `123 orgs` and `106 to 141`; in millions with as many digits as tell the ends apart.
fn mean_and_range(failed: &Quantity) -> (String, String) {
    let (low, high) = (failed.percentile(5.0) as f64, failed.percentile(95.0) as f64);
    let certain = failed.percentile(0.0) == failed.percentile(100.0);
    let [mean, a, b] = if high >= 1e6 {
        let short = alike(&[failed.mean, low, high], (high - low).max(1.0));
        // The unit once is enough.
        let bare = short[1].split(' ').next().unwrap_or_default().to_owned();
        [short[0].clone(), if certain { short[1].clone() } else { bare }, short[2].clone()]
    } else {
        [words::about(failed.mean), words::about(low), words::about(high)]
    };
    (with_unit(&mean), if certain { format!("always {a}") } else { format!("{a} to {b}") })
}

/// The number axis of all rows, and whether the tolerance is on it.
struct RowAxis {
    scale: Scale,
    plot: (f64, f64),
    tolerance: Option<u64>,
}

fn axis(rows: &[Labelled<HeadlineRow>], plan: &Plan) -> RowAxis {
    let left = MARGIN + LABEL.widest(rows.iter().map(|r| &r.text)) + 16.0;
    let means = LABEL.widest(rows.iter().map(|r| &r.of.mean));
    let right = WIDTH - MARGIN - means.max(PLAIN.widest(rows.iter().map(|r| &r.of.range))) - 18.0;
    let all = || rows.iter().flat_map(|r| r.of.outcomes.iter().copied());
    let (mut low, mut high) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
    let tolerance = plan.tolerance().filter(|t| {
        let with = (high.max(*t) - low.min(*t)) as f64;
        with <= TOLERANCE_STRETCH * ((high - low) as f64).max(4.0)
    });
    if let Some(t) = tolerance {
        (low, high) = (low.min(t), high.max(t));
    }
    // A handful of counts at least, so that the axis of a certain outcome still has ticks.
    let few = plan.orgs().min(4);
    if high - low < few {
        low = low.saturating_sub((few - (high - low)) / 2).min(plan.orgs() - few);
        high = high.max(low + few);
    }
    let scale = Scale::within((low as f64, high as f64), (left, right), 24.0);
    RowAxis { scale, plot: (left, right), tolerance }
}

fn draw_tolerance(canvas: &mut Canvas, scene: &Scene<'_>, axis: &RowAxis, top: f64, bottom: f64) {
    let Some(tolerance) = scene.plan.tolerance() else { return };
    let (font, ink) = (PLAIN, scene.theme.warning);
    let y = top + 10.0;
    let text = format!("tolerance: {}", compact(tolerance as f64));
    if axis.tolerance.is_none() {
        // Off the axis: an arrow says on which side.
        let below = (tolerance as f64) < axis.scale.from;
        let (text, at, style) = if below {
            (format!("\u{2190} {text}"), axis.plot.0, Style::start(font, ink))
        } else {
            (format!("{text} \u{2192}"), axis.plot.1, Style::end(font, ink))
        };
        return canvas.text(&text, (at, y), style);
    }
    // Between the last count within and the first beyond.
    let x = axis.scale.px(tolerance as f64 + 0.5).min(axis.plot.1);
    canvas.dashed((x, top), (x, bottom), ink, 1.5);
    let fits_left = x - 8.0 - font.width(&text) >= MARGIN;
    let (at, style) = Style::beside(x, 8.0, !fits_left, font, ink);
    canvas.text(&text, (at, y), style);
}

fn draw_rows(canvas: &mut Canvas, rows: &[Labelled<HeadlineRow>], axis: &RowAxis, first_base: f64) {
    let outcomes: Vec<Vec<u64>> = rows.iter().map(|r| r.of.outcomes.clone()).collect();
    let grid = DotGrid::fitting(&outcomes, axis.scale.px_per_unit(), STACK, axis.tolerance);
    for (i, row) in rows.iter().enumerate() {
        let base = first_base + ROW * i as f64;
        canvas.line((axis.plot.0, base), (axis.plot.1, base), canvas.theme.axis, 1.0);
        let ink = canvas.theme.readable(row.ink);
        canvas.text(&row.text, (axis.plot.0 - 12.0, base - 24.0), Style::end(LABEL, ink));
        let column = axis.plot.1 + 18.0;
        canvas.text(&row.of.mean, (column, base - 32.0), Style::start(LABEL, canvas.theme.ink));
        canvas.text(&row.of.range, (column, base - 13.0), Style::start(PLAIN, canvas.theme.muted));
        for (x, up) in grid.places(&row.of.outcomes, &axis.scale, STACK, axis.tolerance) {
            canvas.dot((x, base - 0.5 - up), grid.diameter * 0.46, row.ink);
        }
    }
}
