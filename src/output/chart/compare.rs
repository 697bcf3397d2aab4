//! The comparison chart: for each rate a panel, for each plan a row with the difference from the baseline in one rollout. What may be
//! ranked is dark and filled; what may go either way is grey and hollow.

use super::Chart;
use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, TICK};
use super::rates::chosen;
use super::scale::{Scale, tick_labels, ticks};
use super::text::Font;
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::compare::{CountUnit, MINUS, chance, mean_difference, range, sentences};
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

const NAME: Font = Font::regular(13.0);
const FIGURE: Font = Font::regular(13.0);

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
    let mut canvas = Canvas::default();
    let title = sentences::finding(comparison);
    let mut y = frame::header(&mut canvas, theme, &title, &subtitle(comparison, rates.len()));
    y = column_heads(&mut canvas, theme, comparison, &layout, y);
    let top = y;
    for (rate, rows) in rates.iter().zip(&panels) {
        y = panel(&mut canvas, theme, &layout, &format!("at {} reconnecting", rate.label), rows, y);
    }
    let height = axis(&mut canvas, theme, comparison, &layout, (top, y));
    let description = describe(comparison, &rates, &panels);
    let (svg, texts) = canvas.finish(height, theme, &title, &description)?;
    Ok(Chart { name: "compare", title, description, svg, texts, height })
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
            name: NAME.elide(&super::text::clean(&comparison.plans[k].label), NAME_ROOM),
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
    let left = MARGIN + rows().map(|r| NAME.width(&r.name)).fold(0.0, f64::max) + 14.0;
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
fn column_heads(canvas: &mut Canvas, theme: &Theme, comparison: &Comparison, layout: &CompareLayout, y: f64) -> f64 {
    let (zero, base) = (layout.scale.px(0.0), y + 12.0);
    let muted = |anchor: fn(Font, Ink) -> Style| anchor(TICK, theme.muted);
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
fn panel(
    canvas: &mut Canvas,
    theme: &Theme,
    layout: &CompareLayout,
    title: &str,
    rows: &[CompareRow],
    top: f64,
) -> f64 {
    canvas.line((MARGIN, top + 6.0), (layout.columns.1, top + 6.0), theme.grid, 1.0);
    canvas.text(title, (MARGIN, top + 24.0), Style::start(LABEL, theme.ink));
    let bottom = top + HEAD + ROW * rows.len() as f64 + 4.0;
    let zero = layout.scale.px(0.0);
    canvas.line((zero, top + HEAD - 2.0), (zero, bottom - 2.0), theme.axis, 1.25);
    for (i, row) in rows.iter().enumerate() {
        let y = top + HEAD + ROW * (i as f64 + 0.5);
        let ink = if row.ranked { theme.ink } else { theme.muted };
        let text = y + 0.36 * NAME.size;
        canvas.text(&row.name, (layout.plot.0 - 14.0, text), Style::end(NAME, theme.ink));
        canvas.text(&row.failed, (layout.columns.0, text), Style::end(FIGURE, theme.ink));
        canvas.text(&row.better, (layout.columns.1, text), Style::end(FIGURE, ink));
        mark(canvas, theme, layout, row, y);
    }
    bottom
}

/// The bar and the dot of a row.
fn mark(canvas: &mut Canvas, theme: &Theme, layout: &CompareLayout, row: &CompareRow, y: f64) {
    let x = layout.scale.px(row.mean);
    if row.baseline {
        canvas.text("baseline", (x + 9.0, y + 0.36 * TICK.size), Style::start(TICK, theme.muted));
        return canvas.dot((x, y), 3.5, theme.axis);
    }
    let ink = if row.ranked { theme.rates[0] } else { theme.axis };
    if let Some(spread) = row.spread {
        let area = Area {
            left: layout.scale.px(spread.p5) - 0.5,
            right: layout.scale.px(spread.p95) + 0.5,
            top: y - 3.0,
            bottom: y + 3.0,
        };
        canvas.rect(area, if row.ranked { ink.towards(theme.paper, 0.45) } else { ink.towards(theme.paper, 0.5) });
    }
    canvas.dot((x, y), 5.5, if row.ranked { ink } else { theme.muted });
    if !row.ranked {
        canvas.dot((x, y), 3.7, theme.paper);
    }
}

fn axis(
    canvas: &mut Canvas,
    theme: &Theme,
    comparison: &Comparison,
    layout: &CompareLayout,
    (top, bottom): (f64, f64),
) -> f64 {
    let scale = &layout.scale;
    canvas.line((layout.plot.0, bottom), (layout.plot.1, bottom), theme.axis, 1.0);
    let made = |count| ticks(scale.from, scale.to, count, comparison.same_orgs());
    let sized = |ticks: &[f64]| -> Vec<String> {
        let sizes: Vec<f64> = ticks.iter().map(|t| t.abs()).collect();
        let sign = |t: f64| {
            if t < 0.0 {
                MINUS.to_string()
            } else if t > 0.0 {
                "+".to_owned()
            } else {
                String::new()
            }
        };
        tick_labels_of(&sizes).into_iter().zip(ticks).map(|(label, t)| sign(*t) + &label).collect()
    };
    let fits = |ticks: &Vec<f64>| {
        let half: Vec<f64> = sized(ticks).iter().map(|l| TICK.width(l) / 2.0).collect();
        (1..ticks.len()).all(|i| scale.px(ticks[i]) - scale.px(ticks[i - 1]) > half[i] + half[i - 1] + 14.0)
    };
    let chosen = (2..=8).rev().map(made).find(fits).unwrap_or_else(|| vec![0.0]);
    for (tick, label) in chosen.iter().zip(sized(&chosen)) {
        let x = scale.px(*tick);
        canvas.line((x, bottom), (x, bottom + 4.0), theme.axis, 1.0);
        canvas.text(&label, (x, bottom + 18.0), Style::middle(TICK, theme.muted));
    }
    debug_assert!(bottom > top, "there is a panel");
    let unit = if comparison.same_orgs() { "orgs" } else { "percentage points" };
    let baseline = TICK.elide(&super::text::clean(&comparison.plans[comparison.baseline].label), 300.0);
    let name = format!("{unit} more or fewer than {baseline}");
    let half = TICK.width(&name) / 2.0;
    let middle =
        ((layout.plot.0 + layout.plot.1) / 2.0).clamp(MARGIN + half, (WIDTH - MARGIN - half).max(MARGIN + half));
    canvas.text(&name, (middle, bottom + 37.0), Style::middle(TICK, theme.muted));
    bottom + 50.0
}

/// Labels of sizes that need not ascend.
fn tick_labels_of(sizes: &[f64]) -> Vec<String> {
    let mut ascending: Vec<f64> = sizes.to_vec();
    ascending.sort_by(f64::total_cmp);
    ascending.dedup();
    let labels = tick_labels(&ascending);
    let place = |size: f64| ascending.iter().position(|s| *s == size).unwrap_or(0);
    sizes.iter().map(|s| labels[place(*s)].clone()).collect()
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
    fn texts_never_meet_and_never_leave_the_page() {
        for (name, comparison) in samples::all() {
            let chart = draw(&comparison, &Theme::LIGHT).expect("drawn");
            for (i, a) in chart.texts.iter().enumerate() {
                let inside =
                    a.area.left >= 0.0 && a.area.right <= 800.0 && a.area.top >= 0.0 && a.area.bottom <= chart.height;
                assert!(inside && a.size >= 12.0, "{name}: `{}` at {:?}", a.text, a.area);
                for b in &chart.texts[i + 1..] {
                    assert!(!a.area.meets(&b.area), "{name}: `{}` meets `{}`", a.text, b.text);
                }
            }
        }
    }

    #[test]
    fn the_same_comparison_gives_the_same_bytes_and_says_where_they_come_from() {
        let comparison = samples::close();
        let chart = draw(&comparison, &Theme::LIGHT).expect("drawn");
        assert_eq!(chart, draw(&comparison, &Theme::LIGHT).expect("drawn"));
        assert!(chart.svg.contains(&comparison.plans[1].provenance.sha256) && chart.svg.contains("seed 20260501"));
        assert!(rasterise(&chart.svg).is_ok());
    }
}
