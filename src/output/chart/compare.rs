//! The comparison chart: for each rate a panel, for each plan a row with the difference from the baseline in one rollout. What may be
//! ranked is dark and filled; what may go either way is grey and hollow.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::frame::{self, LABEL, MARGIN, PLAIN, TICK};
use super::rows_body::RowsBody;
use super::scale::{LabelledTick, Scale, alike, ends, step_of, ticks};
use super::selection::{chosen, some_shown};
use super::text::Font;
use super::theme::{Ink, Theme};
use crate::Result;
use crate::output::compare::{CountUnit, chance, mean_difference, range, sentences};
use crate::output::document::MINUS;
use crate::output::words;
use crate::plan::wording::{ACTING, FAIL, FAILED, ORGS, PERCENT, capital};
use crate::results::comparison::{ComparedPlan, ComparedRate, Comparison, PlanAtRate};

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

/// A panel for each rate that is drawn, on one scale of differences.
struct ComparePanels<'a> {
    comparison: &'a Comparison,
    unit: CountUnit,
    rates: Vec<&'a ComparedRate>,
    scale: Scale,
    /// The plot's left and right edge.
    sides: (f64, f64),
    /// Right edges of the two columns.
    columns: (f64, f64),
}

/// Draws the chart.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(comparison: &Comparison, theme: &Theme) -> Result<Chart> {
    let panels = ComparePanels::of(comparison);
    let title = sentences::finding(comparison);
    let (mut canvas, mut y) = frame::header(theme, &title, &subtitle(comparison, panels.rates.len()));
    y = panels.draw_heads(&mut canvas, y);
    for rate in &panels.rates {
        y = panels.draw_panel(&mut canvas, rate, y);
    }
    let height = panels.draw_axis(&mut canvas, y);
    Chart::of(canvas, "compare", &title, &describe(&panels), height)
}

fn subtitle(comparison: &Comparison, shown: usize) -> String {
    let baseline = &comparison.plans[comparison.baseline].label;
    let mut text = format!(
        "Difference in {ORGS} {FAILED} by the deadline from {baseline}, with the same random numbers. Dot: mean."
    );
    if comparison.runs > 0 {
        text += &format!(" Bar: 90{PERCENT} of rollouts; hollow where it includes zero: too close to call.");
    }
    if let Some(hours) = sentences::window_hours(comparison) {
        text += &format!(" Working hours in the window: {hours}.");
    }
    text + &some_shown(shown, comparison.rates.len(), "rates")
}

fn name(plan: &ComparedPlan) -> String {
    PLAIN.elide(&plan.label, NAME_ROOM)
}

impl<'a> ComparePanels<'a> {
    /// As many rates as have room, and a scale that holds all their differences.
    fn of(comparison: &'a Comparison) -> Self {
        let unit = CountUnit::of(comparison);
        let most = (MOST_ROWS / comparison.plans.len()).clamp(2, 6);
        let chosen = chosen(comparison.rates.len(), most);
        let rates: Vec<&ComparedRate> = chosen.into_iter().map(|i| &comparison.rates[i]).collect();
        let left = MARGIN + PLAIN.widest(comparison.plans.iter().map(name)) + 14.0;
        let columns = (WIDTH - MARGIN - if comparison.runs > 0 { COLUMNS.1 } else { 0.0 }, WIDTH - MARGIN);
        let sides = (left, columns.0 - COLUMNS.0);
        let plans = || rates.iter().flat_map(|rate| &rate.plans);
        let spreads = plans().filter_map(|plan| unit.spread(plan)).flat_map(|s| [s.p5, s.p95]);
        let (low, high) = ends(plans().map(|plan| unit.mean(plan).0).chain(spreads).chain([0.0]));
        // Room on both sides of zero, so that a dot on it is no edge.
        let pad = ((high - low) * 0.06).max(if high == low { 1.0 } else { 0.0 });
        let scale = Scale::within((low - pad, high + pad), sides, 8.0);
        Self { comparison, unit, rates, scale, sides, columns }
    }

    /// What lies on which side, and what the columns hold; returns where the panels begin.
    fn draw_heads(&self, canvas: &mut Canvas, y: f64) -> f64 {
        let (zero, base) = (self.scale.px(0.0), y + 12.0);
        let ink = canvas.theme.muted;
        let muted = |anchor: fn(Font, Ink) -> Style| anchor(TICK, ink);
        let [fewer, more] = [format!("\u{2190} fewer {FAIL}"), format!("more {FAIL} \u{2192}")];
        if zero - 10.0 - TICK.width(&fewer) > self.sides.0 - 60.0 {
            canvas.text(&fewer, (zero - 10.0, base), muted(Style::end));
        }
        if zero + 10.0 + TICK.width(&more) < self.sides.1 + 8.0 {
            canvas.text(&more, (zero + 10.0, base), muted(Style::start));
        }
        canvas.text(&format!("{FAILED}, mean"), (self.columns.0, base), muted(Style::end));
        if self.comparison.runs > 0 {
            canvas.text("chance better", (self.columns.1, base), muted(Style::end));
        }
        base + 6.0
    }

    /// Draws a panel below `top`; returns where it ends.
    fn draw_panel(&self, canvas: &mut Canvas, rate: &ComparedRate, top: f64) -> f64 {
        let (ink, plans) = (canvas.theme.ink, &self.comparison.plans);
        canvas.line((MARGIN, top + 6.0), (self.columns.1, top + 6.0), canvas.theme.grid, 1.0);
        let title = sentences::if_rate(self.comparison, &rate.label);
        canvas.text(&title, (MARGIN, top + 24.0), Style::start(LABEL, ink));
        let body = RowsBody::new(self.scale, self.sides, (top + HEAD, ROW, rate.plans.len()), (2.0, 2.0));
        body.draw_upright(canvas, 0.0, (canvas.theme.axis, 1.25));
        for (i, plan) in rate.plans.iter().enumerate() {
            let failed = match self.unit {
                CountUnit::Orgs => words::about(plan.failed.mean),
                CountUnit::Points => words::share(plan.failed.mean, plans[i].plan.orgs()),
            };
            body.write(canvas, i, &name(&plans[i]), self.sides.0 - 14.0, Style::end(PLAIN, ink));
            body.write(canvas, i, &failed, self.columns.0, Style::end(PLAIN, ink));
            if i == self.comparison.baseline {
                let mean = self.unit.mean(plan).0;
                body.write(canvas, i, "baseline", body.scale.px(mean) + 9.0, Style::start(TICK, canvas.theme.muted));
                body.draw_dot(canvas, i, mean, 3.5, canvas.theme.axis);
            } else {
                self.draw_difference(canvas, &body, (i, plan));
            }
        }
        body.plot.bottom + 2.0
    }

    /// The chance that a plan is better than the baseline, the bar and the dot of its difference.
    fn draw_difference(&self, canvas: &mut Canvas, body: &RowsBody, (i, plan): (usize, &PlanAtRate)) {
        let theme = canvas.theme.clone();
        let is_ranked = plan.versus_baseline.verdict.is_ranked();
        let (text, bar, dot) = if is_ranked {
            (theme.ink, theme.rates[0].towards(theme.paper, 0.45), theme.rates[0])
        } else {
            (theme.muted, theme.axis.towards(theme.paper, 0.5), theme.muted)
        };
        if let Some(by_run) = &plan.versus_baseline.by_run {
            body.write(canvas, i, &chance(by_run.better), self.columns.1, Style::end(PLAIN, text));
        }
        if let Some(spread) = self.unit.spread(plan) {
            let ends = (body.scale.px(spread.p5) - 0.5, body.scale.px(spread.p95) + 0.5);
            body.draw_bar(canvas, i, ends, 3.0, bar);
        }
        let mean = self.unit.mean(plan).0;
        body.draw_dot(canvas, i, mean, 5.5, dot);
        if !is_ranked {
            body.draw_dot(canvas, i, mean, 3.7, theme.paper);
        }
    }

    /// The axis of all panels below the last; returns the height of the chart.
    fn draw_axis(&self, canvas: &mut Canvas, bottom: f64) -> f64 {
        let (scale, sides, same_orgs) = (&self.scale, self.sides, self.comparison.same_orgs());
        canvas.line((sides.0, bottom), (sides.1, bottom), canvas.theme.axis, 1.0);
        let made = |count| signed(ticks(scale.from, scale.to, count, same_orgs));
        let chosen = scale.fitting(8, 14.0, TICK, made).unwrap_or_else(|| signed(vec![0.0]));
        let unit = if same_orgs { ORGS.to_string() } else { "percentage points".to_owned() };
        let baseline = TICK.elide(&self.comparison.plans[self.comparison.baseline].label, 300.0);
        let name = format!("{unit} more or fewer than {baseline}");
        frame::number_axis(canvas, scale, &chosen, (&name, sides), (bottom, 18.0))
    }
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
fn describe(panels: &ComparePanels<'_>) -> String {
    let (comparison, unit) = (panels.comparison, panels.unit);
    let baseline = &comparison.plans[comparison.baseline];
    let mut text = format!(
        "Dots and bars: the difference in {ORGS} {FAILED} by the deadline from {}, one panel for each rate of {ACTING}.",
        baseline.label
    );
    for rate in &panels.rates {
        text += &format!(" {}:", capital(&sentences::if_rate(comparison, &rate.label)));
        let others = rate.plans.iter().enumerate().filter(|(i, _)| *i != comparison.baseline);
        for (i, plan) in others {
            let spread = unit.spread(plan).map_or_else(String::new, |s| format!(" ({})", range(unit, &s)));
            let mean = mean_difference((unit.mean(plan).0, None));
            text += &format!(" {}: {mean}{spread};", name(&comparison.plans[i]));
        }
    }
    let hashes: Vec<&str> = comparison.plans.iter().map(|p| p.provenance.sha256.as_str()).collect();
    let (hashes, version) = (hashes.join(", "), &baseline.provenance.version);
    format!("{text} Scenarios sha256 {hashes}, seed {}, cutover {version}.", comparison.seed)
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
