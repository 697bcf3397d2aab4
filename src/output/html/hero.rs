//! What the page opens with: one number in natural frequencies, and fifty equally likely outcomes for each rate, as a table whose
//! rows hold their dots, so that it can be read on a phone.

use super::inline::Palette;
use crate::output::chart::{DotGrid, Scale, Theme, equally_likely};
use crate::output::sentence::Facts;
use crate::output::words::{self, about, chance, compact, deadline_spoken, natural_frequency};
use crate::plan::units::{group_count, orgs};
use crate::plan::wording::{FAIL, FAILS, ORG, ORGS};
use minijinja::{Value, context};
use std::fmt::Write;

/// Size of a row of dots, in units of its drawing.
const WIDE: f64 = 400.0;
const HIGH: f64 = 48.0;

/// Room at both ends of a row.
const PAD: f64 = 8.0;

/// A tolerance further from all outcomes than this many times their whole range is not drawn.
const TOLERANCE_WITHIN: f64 = 2.0;

/// The number to remember: at the middle of the rates compared.
pub(super) fn number(facts: &Facts<'_>) -> Value {
    let (n, rate) = (facts.orgs(), facts.middle());
    let failed = &facts.best(rate).failed_by_deadline;
    let share = |count: f64| natural_frequency(count / n as f64);
    let at = facts.if_rate(rate);
    if n == 1 {
        return context! {
            large => words::share(failed.mean, 1),
            what => format!("is the chance that the {ORG} {FAILS} by {}, {at}.", deadline_spoken(facts.plan)),
        };
    }
    let (low, high) = (failed.percentile(5.0), failed.percentile(95.0));
    let frequency = share(failed.mean);
    let large =
        if frequency.starts_with(|c: char| c.is_ascii_digit()) { format!("about {frequency}") } else { frequency };
    let range = if low == high {
        format!("In 9 of 10 outcomes it is {}.", compact(low as f64))
    } else {
        let (less, more) = (share(low as f64), share(high as f64));
        let frequencies = if less == more { String::new() } else { format!(": {less} to {more}") };
        format!("In 9 of 10 outcomes it is {} to {}{frequencies}.", compact(low as f64), compact(high as f64))
    };
    context! {
        large => large,
        what => format!("{FAILS} by {}, {at}: {} of {}.", deadline_spoken(facts.plan), about(failed.mean), orgs(n)),
        range => range,
    }
}

/// A row for each rate, lowest first: its words and its dots.
pub(super) fn rows(facts: &Facts<'_>, palette: &mut Palette) -> Vec<Value> {
    let order = facts.ascending();
    let law = |i: usize| &facts.best(i).failed_by_deadline;
    let all: Vec<Vec<u64>> = order.iter().map(|i| equally_likely(&law(*i).distribution)).collect();
    let axis = SliderAxis::over(&all, facts.plan.tolerance());
    let row = |(place, rate): (usize, &usize)| {
        let ink = palette.ink(|theme: &Theme| theme.rate_inks(order.len())[place]);
        let failed = law(*rate);
        let (low, high) = (failed.percentile(5.0), failed.percentile(95.0));
        context! {
            label => words::row_label(facts.plan, *rate, facts.outcome(*rate)),
            mean => if facts.orgs() == 1 { words::share(failed.mean, 1) } else { about(failed.mean) },
            range => (facts.orgs() > 1).then(|| format!("{} to {}", compact(low as f64), compact(high as f64))),
            within => facts.best(*rate).within_tolerance.map(chance),
            dots => axis.strip(&all[place], &ink),
        }
    };
    order.iter().enumerate().map(row).collect()
}

/// What the dots say, below them; in words where there is nothing to see.
pub(super) fn caption(facts: &Facts<'_>) -> String {
    let tolerance = facts.plan.tolerance().map_or_else(String::new, |t| {
        format!(
            " The red line is the tolerance, {}: dots beyond it are outcomes that the plan can\u{2019}t bear.",
            group_count(t)
        )
    });
    format!("Each dot is 1 chance in 50; further right, more {ORGS} {FAIL}.{tolerance}")
}

/// The axis that all rows share.
struct SliderAxis {
    scale: Scale,
    grid: DotGrid,
    tolerance: Option<u64>,
}

impl SliderAxis {
    fn over(rows: &[Vec<u64>], tolerance: Option<u64>) -> Self {
        let ends = rows.iter().flatten().fold((u64::MAX, 0), |(a, b), n| (a.min(*n), b.max(*n)));
        let (low, high) = (ends.0.min(ends.1) as f64, ends.1 as f64);
        let near = TOLERANCE_WITHIN * (high - low).max(1.0);
        let tolerance = tolerance.filter(|t| (low - near..=high + near).contains(&(*t as f64)));
        let (low, high) = tolerance.map_or((low, high), |t| (low.min(t as f64), high.max(t as f64)));
        let half = if high > low { 0.5 } else { 5.0 };
        let scale = Scale { from: low - half, to: high + half, from_px: PAD, to_px: WIDE - PAD };
        let grid = DotGrid::fitting(rows, scale.px_per_unit(), HIGH - 2.0, tolerance);
        Self { scale, grid, tolerance }
    }

    /// A row of dots as an SVG that only eyes need: its figures stand beside it.
    fn strip(&self, row: &[u64], ink: &str) -> String {
        let mut svg =
            format!("<svg class=\"dots\" viewBox=\"0 0 {WIDE} {HIGH}\" aria-hidden=\"true\" focusable=\"false\">");
        let base = HIGH - 1.0;
        // Writing to a string can't fail.
        let _ = write!(svg, "<path class=\"base\" d=\"M0 {base}H{WIDE}\"/>");
        if let Some(t) = self.tolerance {
            let _ = write!(svg, "<path class=\"limit\" d=\"M{:.1} 0V{HIGH}\"/>", self.scale.px(t as f64 + 0.5));
        }
        let _ = write!(svg, "<g style=\"fill:{ink}\">");
        for (x, up) in self.grid.places(row, &self.scale, HIGH - 2.0, self.tolerance) {
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"{:.2}\"/>",
                base - 0.5 - up,
                self.grid.diameter * 0.46
            );
        }
        svg + "</g></svg>"
    }
}
