//! Charts as SVG, and as PNG of the same drawing. One file a chart; the layers below them (`canvas`, `text`, `scale`,
//! `time_axis`, `flags`, `frame`) know nothing of plans. No chart computes a result.

pub mod call_first;
mod canvas;
pub mod compare;
mod cumulative;
mod daily;
mod dots;
mod exceedance;
pub mod fit;
mod flags;
mod frame;
pub mod frontier;
mod headline;
mod heatmap;
mod line_labels;
mod local_hours;
mod marks;
mod png;
mod scale;
mod segments;
pub mod solve;
mod text;
mod theme;
mod time_axis;
mod timeline;
pub mod tornado;
mod value_axis;
pub mod waterfall;

#[cfg(test)]
mod tests;

pub use canvas::{Area, PlacedText};
pub(super) use dots::{Grid as DotGrid, outcomes as equally_likely};
pub use png::{missing_letters, rasterise};
pub(super) use scale::Scale;
pub use theme::{Ink, Theme};

use super::folder::File;
use super::sentence::{Facts, Findings};
use super::words;
use crate::Result;
use crate::plan::Plan;
use crate::results::{Projection, Provenance};

/// A finished chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// For file names.
    pub name: &'static str,
    /// The finding.
    pub title: String,
    /// What is drawn, and where it comes from.
    pub description: String,
    /// The drawing.
    pub svg: String,
    /// Where every text lies in it, in pixels of a chart 800 wide.
    pub texts: Vec<PlacedText>,
    /// Height in those pixels.
    pub height: f64,
}

/// Draws one chart of a plan and its results.
pub type Draw = fn(&Plan, &Projection, &Theme) -> Result<Chart>;

/// The charts of every plan, by name.
pub const ALL: [(&str, Draw); 4] = [
    ("headline", headline::draw),
    ("cumulative", cumulative::draw),
    ("daily", daily::draw),
    ("timeline", timeline::draw),
];

/// The names of all charts, also of those that only some plans have.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|chart| chart.0).chain(["exceedance", "segments", "local-hours", "heatmap"]).collect()
}

/// The charts of a plan: [`ALL`], that of chances where there are orgs to count, and those that compare segments where there
/// are such.
pub fn of(plan: &Plan, projection: &Projection) -> Vec<(&'static str, Draw)> {
    let findings = Findings::of(plan, projection);
    let segments = findings.segments.map(|_| ("segments", segments::draw as Draw));
    let local_hours = findings.local_hours.map(|_| ("local-hours", local_hours::draw as Draw));
    let heatmap = findings.heatmap.map(|_| ("heatmap", heatmap::draw as Draw));
    // Of one org there is one chance, and the other charts tell it.
    let exceedance = (plan.orgs() > 1).then_some(("exceedance", exceedance::draw as Draw));
    ALL.into_iter().chain(exceedance).chain(segments).chain(local_hours).chain(heatmap).collect()
}

/// Draws one of them, with what it takes to trace it as metadata that nobody is read aloud: the scenario's hash and the seed.
///
/// # Errors
/// When the backend refuses a shape.
pub fn drawn(draw: Draw, plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let mut chart = draw(plan, projection, theme)?;
    let from = &projection.provenance;
    let words = format!("scenario sha256 {}, seed {}, cutover {}", from.sha256, projection.seed, from.version);
    chart.svg = chart.svg.replacen("</desc>\n", &format!("</desc>\n<metadata>{words}</metadata>\n"), 1);
    Ok(chart)
}

/// What it takes to trace a chart, as the end of its description.
fn traced(from: &Provenance, seed: u64) -> String {
    format!("Scenario sha256 {}, seed {seed}, cutover {}.", from.sha256, from.version)
}

/// A chart in both themes, each as SVG and PNG: in `charts/`, its dark twin in `charts/dark/`.
///
/// # Errors
/// When one of them can't be drawn.
pub fn in_both_themes(name: &str, draw: impl Fn(&Theme) -> Result<Chart> + Sync) -> Result<Vec<File>> {
    let files = |folder: &str, theme: &Theme| -> Result<[File; 2]> {
        let svg = draw(theme)?.svg;
        let png = rasterise(&svg)?;
        Ok([(format!("{folder}/{name}.svg"), svg.into_bytes()), (format!("{folder}/{name}.png"), png)])
    };
    let (light, dark) = rayon::join(|| files("charts", &Theme::LIGHT), || files("charts/dark", &Theme::DARK));
    Ok(light?.into_iter().chain(dark?).collect())
}

/// More rows or lines than this can't be told apart; then [`chosen`] leaves some out.
const MOST: usize = 8;

/// What every chart is drawn from.
struct Scene<'a> {
    plan: &'a Plan,
    projection: &'a Projection,
    theme: &'a Theme,
    findings: Findings,
    facts: Facts<'a>,
}

impl<'a> Scene<'a> {
    fn new(plan: &'a Plan, projection: &'a Projection, theme: &'a Theme) -> Self {
        let (findings, facts) = (Findings::of(plan, projection), Facts::of(plan, projection));
        Self { plan, projection, theme, findings, facts }
    }

    /// The rates to draw, lowest first, each with its colour: the same in every chart.
    fn rates(&self, most: usize) -> Vec<(usize, Ink)> {
        let order = self.facts.ascending();
        let inks = self.theme.rate_inks(order.len());
        chosen(order.len(), most).into_iter().map(|i| (order[i], inks[i])).collect()
    }

    /// The lowest, the middle and the highest rate, each with its colour; each once.
    fn main_rates(&self) -> Vec<(usize, Ink)> {
        let order = self.facts.ascending();
        let inks = self.theme.rate_inks(order.len());
        let mut places = vec![0, (order.len() - 1) / 2, order.len() - 1];
        places.dedup();
        places.into_iter().map(|i| (order[i], inks[i])).collect()
    }

    /// What a subtitle adds when rates are left out, or are not known.
    fn about_rates(&self, drawn: &[(usize, Ink)]) -> String {
        let all = self.projection.uptakes.len();
        let mut words = String::new();
        if drawn.len() < all {
            words += &format!(" {} of {all} rates are shown.", drawn.len());
        }
        if drawn.iter().any(|(i, _)| words::is_unknown(self.plan, *i)) {
            words += " \u{201c}About\u{201d} marks a rate that is not known.";
        }
        words
    }

    /// The chart's description for readers who can't see it, as one line without what no voice can read.
    fn describe(&self, what: &str) -> String {
        text::clean(what)
    }
}

/// Indices of at most `most` of `count` things: the first, the last, and evenly spaced ones between.
fn chosen(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    (0..most).map(|i| (i * (count - 1) + (most - 1) / 2) / (most - 1)).collect()
}
