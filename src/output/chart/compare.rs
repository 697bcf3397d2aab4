//! The comparison chart: for each rate a panel, for each plan a row with the difference from the baseline in one rollout. What may be
//! ranked is dark and filled; what may go either way is grey and hollow.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, PLAIN, TICK};
use super::rates::chosen;
use super::rows_body::RowsBody;
use super::scale::{LabelledTick, Scale, alike, step_of, ticks};
use super::text::Font;
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::compare::{CountUnit, chance, mean_difference, range, sentences};
use crate::output::document::MINUS;
use crate::output::words;
use crate::results::comparison::{ComparedRate, Comparison, PlanAtRate, Spread};

/// From one row to the next.
const ROW: f64 = 25.0;

/// Above the first row of a panel.
const HEAD: f64 = 34.0;

/// Rows that a page has room for; beyond, rates are left out.
const MOST_ROWS: usize = 26;

/// The widest that names of plans may be.
const NAME_ROOM: f64 = 210.0;

/// Room of the column of means, and of the one of chances.
const COLUMNS: (f64, f64) = (86.0, 100.0);

/// One plan in one panel.
struct CompareRow {
    name: String,
    baseline: bool,
    ranked: bool,
    mean: f64,
    spread: Option<Spread>,
    failed: String,
    better: String,
}

/// Where things lie.
struct CompareLayout {
    scale: Scale,
    plot: (f64, f64),
    /// Right edges of the two columns.
    columns: (f64, f64),
}

impl CompareLayout {
    /// The rows of a panel that begins at `top`.
    fn body(&self, top: f64, rows: usize) -> RowsBody {
        let bottom = top + HEAD + ROW * rows as f64 + 4.0;
        let plot = Area { left: self.plot.0, top: top + HEAD - 2.0, right: self.plot.1, bottom };
        RowsBody { scale: self.scale, plot, top: top + HEAD, step: ROW }
    }
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub fn draw(comparison: &Comparison, theme: &Theme) -> Result<Chart> {
    let unit = CountUnit::of(comparison);
    let most = (MOST_ROWS / comparison.plans.len()).clamp(2, 6);
    let rates: Vec<&ComparedRate> =
        chosen(comparison.rates.len(), most).into_iter().map(|i| &comparison.rates[i]).collect();
    let panels: Vec<Vec<CompareRow>> = rates.iter().map(|rate| rows(comparison, rate, unit)).collect();
    let layout = layout(&panels, comparison.runs > 0);
    let title = sentences::finding(comparison);
    let (mut canvas, mut y) = frame::header(theme, &title, &subtitle(comparison, rates.len()));
    y = column_heads(&mut canvas, comparison, &layout, y);
    for (rate, rows) in rates.iter().zip(&panels) {
        y = panel(&mut canvas, &layout, &format!("at {} reconnecting", rate.label), rows, y);
    }
    let height = axis(&mut canvas, comparison, &layout, y);
    Chart::of(canvas, "compare", title, describe(comparison, &rates, &panels), height)
}

fn subtitle(comparison: &Comparison, shown: usize) -> String {
    let baseline = &comparison.plans[comparison.baseline].label;
    let mut text =
        format!("Difference in orgs failed by the deadline from {baseline}, with the same random numbers. Dot: mean.");
    if comparison.runs > 0 {
        text += " Bar: 90 % of rollouts; hollow where it includes zero, and nothing is ranked.";
    }
    if let Some(hours) = sentences::window_hours(comparison) {
        text += &format!(" Working hours in the window: {hours}.");
    }
    if shown < comparison.rates.len() {
        text += &format!(" {shown} of {} rates are shown.", comparison.rates.len());
    }
    text
}

fn rows(comparison: &Comparison, rate: &ComparedRate, unit: CountUnit) -> Vec<CompareRow> {
    let row = |(k, plan): (usize, &PlanAtRate)| {
        let (orgs, baseline) = (comparison.plans[k].plan.orgs(), k == comparison.baseline);
        let by_run = plan.versus_baseline.by_run.as_ref();
        CompareRow {
            name: PLAIN.elide(&super::text::clean(&comparison.plans[k].label), NAME_ROOM),
            baseline,
            ranked: plan.versus_baseline.verdict.is_ranked(),
            mean: unit.mean(plan).0,
            spread: unit.spread(plan),
            failed: match unit {
                CountUnit::Orgs => words::about(plan.failed.mean),
                CountUnit::Points => words::share(plan.failed.mean, orgs),
            },
            better: by_run.filter(|_| !baseline).map_or_else(String::new, |r| chance(r.better)),
        }
    };
    rate.plans.iter().enumerate().map(row).collect()
}

fn layout(panels: &[Vec<CompareRow>], simulated: bool) -> CompareLayout {
    let rows = || panels.iter().flatten();
    let left = MARGIN + rows().map(|r| PLAIN.width(&r.name)).fold(0.0, f64::max) + 14.0;
    let columns = (WIDTH - MARGIN - if simulated { COLUMNS.1 } else { 0.0 }, WIDTH - MARGIN);
    let right = columns.0 - COLUMNS.0;
    let ends = |r: &CompareRow| r.spread.map_or((r.mean, r.mean), |s| (s.p5.min(r.mean), s.p95.max(r.mean)));
    let low = rows().map(|r| ends(r).0).fold(0.0, f64::min);
    let high = rows().map(|r| ends(r).1).fold(0.0, f64::max);
    // Room on both sides of zero, so that a dot on it is no edge.
    let pad = ((high - low) * 0.06).max(if high == low { 1.0 } else { 0.0 });
    let scale = Scale { from: low - pad, to: high + pad, from_px: left + 8.0, to_px: right - 8.0 };
    CompareLayout { scale, plot: (left, right), columns }
}

/// What lies on which side, and what the columns hold; returns where the panels begin.
fn column_heads(canvas: &mut Canvas, comparison: &Comparison, layout: &CompareLayout, y: f64) -> f64 {
    let (zero, base) = (layout.scale.px(0.0), y + 12.0);
    let ink = canvas.theme.muted;
    let muted = |anchor: fn(Font, Ink) -> Style| anchor(TICK, ink);
    let (fewer, more) = ("\u{2190} fewer fail", "more fail \u{2192}");
    if zero - 10.0 - TICK.width(fewer) > layout.plot.0 - 60.0 {
        canvas.text(fewer, (zero - 10.0, base), muted(Style::end));
    }
    if zero + 10.0 + TICK.width(more) < layout.plot.1 + 8.0 {
        canvas.text(more, (zero + 10.0, base), muted(Style::start));
    }
    canvas.text("mean failed", (layout.columns.0, base), muted(Style::end));
    if comparison.runs > 0 {
        canvas.text("chance better", (layout.columns.1, base), muted(Style::end));
    }
    base + 6.0
}

/// Draws a panel below `top`; returns where it ends.
fn panel(canvas: &mut Canvas, layout: &CompareLayout, title: &str, rows: &[CompareRow], top: f64) -> f64 {
    canvas.line((MARGIN, top + 6.0), (layout.columns.1, top + 6.0), canvas.theme.grid, 1.0);
    canvas.text(title, (MARGIN, top + 24.0), Style::start(LABEL, canvas.theme.ink));
    let body = layout.body(top, rows.len());
    let zero = body.scale.px(0.0);
    canvas.line((zero, body.plot.top), (zero, body.plot.bottom - 2.0), canvas.theme.axis, 1.25);
    for (i, row) in rows.iter().enumerate() {
        let ink = if row.ranked { canvas.theme.ink } else { canvas.theme.muted };
        body.write(canvas, i, &row.name, layout.plot.0 - 14.0, Style::end(PLAIN, canvas.theme.ink));
        body.write(canvas, i, &row.failed, layout.columns.0, Style::end(PLAIN, canvas.theme.ink));
        body.write(canvas, i, &row.better, layout.columns.1, Style::end(PLAIN, ink));
        mark(canvas, &body, (i, row));
    }
    body.plot.bottom
}

/// The bar and the dot of a row.
fn mark(canvas: &mut Canvas, body: &RowsBody, (i, row): (usize, &CompareRow)) {
    let at = (body.scale.px(row.mean), body.middle(i));
    if row.baseline {
        body.write(canvas, i, "baseline", at.0 + 9.0, Style::start(TICK, canvas.theme.muted));
        return canvas.dot(at, 3.5, canvas.theme.axis);
    }
    let (ink, dot, faded) = if row.ranked {
        (canvas.theme.rates[0], canvas.theme.rates[0], 0.45)
    } else {
        (canvas.theme.axis, canvas.theme.muted, 0.5)
    };
    if let Some(spread) = row.spread {
        let ends = (body.scale.px(spread.p5) - 0.5, body.scale.px(spread.p95) + 0.5);
        body.draw_bar(canvas, i, ends, 3.0, ink.towards(canvas.theme.paper, faded));
    }
    canvas.dot(at, 5.5, dot);
    if !row.ranked {
        canvas.dot(at, 3.7, canvas.theme.paper);
    }
}

/// The axis of all panels below the last; returns the height of the chart.
fn axis(canvas: &mut Canvas, comparison: &Comparison, layout: &CompareLayout, bottom: f64) -> f64 {
    let scale = &layout.scale;
    canvas.line((layout.plot.0, bottom), (layout.plot.1, bottom), canvas.theme.axis, 1.0);
    let made = |count| signed(ticks(scale.from, scale.to, count, comparison.same_orgs()));
    let chosen = scale.fitting(8, 14.0, TICK, made).unwrap_or_else(|| signed(vec![0.0]));
    frame::number_ticks(canvas, scale, &chosen, (bottom, 18.0));
    let unit = if comparison.same_orgs() { "orgs" } else { "percentage points" };
    let baseline = TICK.elide(&super::text::clean(&comparison.plans[comparison.baseline].label), 300.0);
    let name = format!("{unit} more or fewer than {baseline}");
    frame::axis_name(canvas, &name, layout.plot, bottom + 37.0);
    bottom + 50.0
}

/// Ticks with the sizes and the signs of differences.
fn signed(ticks: Vec<f64>) -> Vec<LabelledTick> {
    let sizes: Vec<f64> = ticks.iter().map(|t| t.abs()).collect();
    let sign = |t: f64| match t {
        t if t < 0.0 => MINUS.to_string(),
        t if t > 0.0 => "+".to_owned(),
        _ => String::new(),
    };
    let labels = alike(&sizes, step_of(&ticks));
    ticks.iter().zip(labels).map(|(t, label)| (*t, sign(*t) + &label)).collect()
}

/// The chart for readers who can't see it, with what it takes to trace it.
fn describe(comparison: &Comparison, rates: &[&ComparedRate], panels: &[Vec<CompareRow>]) -> String {
    let unit = CountUnit::of(comparison);
    let mut text = format!(
        "Dots and bars: the difference in orgs failed by the deadline from {}, one panel for each rate of reconnecting.",
        comparison.plans[comparison.baseline].label
    );
    for (rate, rows) in rates.iter().zip(panels) {
        text += &format!(" At {}:", rate.label);
        for row in rows.iter().filter(|r| !r.baseline) {
            let spread = row.spread.map_or_else(String::new, |s| format!(" ({})", range(unit, &s)));
            text += &format!(" {}: {}{spread};", row.name, mean_difference((row.mean, None)));
        }
    }
    let hashes: Vec<&str> = comparison.plans.iter().map(|p| p.provenance.sha256.as_str()).collect();
    let version = &comparison.plans[comparison.baseline].provenance.version;
    format!("{text} Scenarios sha256 {}, seed {}, cutover {version}.", hashes.join(", "), comparison.seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::rasterise;
    use crate::output::compare::samples;

    #[test]
    fn the_same_comparison_gives_the_same_bytes_and_says_where_they_come_from() {
        let comparison = samples::close();
        let chart = draw(&comparison, &Theme::LIGHT).expect("drawn");
        assert_eq!(chart, draw(&comparison, &Theme::LIGHT).expect("drawn"));
        assert!(chart.svg.contains(&comparison.plans[1].provenance.sha256) && chart.svg.contains("seed 20260501"));
        assert!(rasterise(&chart.svg).is_ok());
    }
}
