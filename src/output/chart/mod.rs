//! Charts as SVG, and as PNG of the same drawing. One file a chart, over bodies that charts share: `rows_body`, `matrix_body`, `xy_plot`
//! and `time_plot`. The layers below (`canvas`, `text`, `scale`, `time_axis`, `flags`, `frame`) know nothing of plans. No chart computes a
//! result.

pub(crate) mod call_first;
mod canvas;
pub(crate) mod compare;
mod cumulative;
mod daily;
mod dots;
mod drawn;
mod exceedance;
pub(crate) mod fit;
mod flags;
mod frame;
pub(crate) mod frontier;
mod guard;
mod headline;
mod heatmap;
mod labelled;
#[cfg(feature = "tables")]
pub(crate) mod learned;
mod line_labels;
mod local_hours;
mod local_segments;
mod marks;
mod matrix_body;
#[cfg(feature = "tables")]
pub(crate) mod on_track;
mod png;
mod rows_body;
mod scale;
mod scene;
#[cfg(feature = "tables")]
pub(crate) mod score;
mod segments;
mod selection;
pub(crate) mod solve;
mod text;
mod theme;
mod time_axis;
mod time_plot;
mod timeline;
mod timeline_bars;
pub(crate) mod tornado;
#[cfg(feature = "tables")]
pub(crate) mod track;
mod value_axis;
pub(crate) mod waterfall;
mod xy_plot;

#[cfg(test)]
mod tests;

pub use canvas::{Area, PlacedText};
pub(super) use dots::{DotGrid, outcomes as equally_likely};
pub use drawn::Chart;
pub use png::{missing_letters, rasterise};
pub(super) use scale::Scale;
pub(super) use selection::chosen;
pub use theme::{Ink, Theme};

use self::scene::Scene;
use super::folder::File;
use super::sentence::ReportFindings;
use crate::Result;
use crate::plan::Plan;
use crate::plan::wording::carried;
use crate::results::Projection;
#[cfg(feature = "tables")]
use crate::results::track::TrackReport;

/// Draws one chart of a plan and its results.
pub type Draw = fn(&Scene<'_>) -> Result<Chart>;

/// The charts of every plan, by name.
pub const ALL: [(&str, Draw); 4] = [
    ("headline", headline::draw),
    ("cumulative", cumulative::draw),
    ("daily", daily::draw),
    ("timeline", timeline::draw),
];

/// Whether a plan with these findings has a chart.
type Has = fn(&Plan, &ReportFindings) -> bool;

/// The charts that only some plans have: that of chances where there are orgs to count, those that compare segments, and that of the guard.
const OF_SOME: [(&str, Draw, Has); 5] = [
    // Of one org there is one chance, and the other charts tell it.
    ("exceedance", exceedance::draw, |plan, _| plan.orgs() > 1),
    ("segments", segments::draw, |_, findings| findings.segments.is_some()),
    ("local-hours", local_hours::draw, |_, findings| findings.local_hours.is_some()),
    ("heatmap", heatmap::draw, |_, findings| findings.heatmap.is_some()),
    ("guard", guard::draw, |_, findings| findings.guard.is_some()),
];

/// The names of all charts, also of those that only some plans have.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|chart| chart.0).chain(OF_SOME.iter().map(|chart| chart.0)).collect()
}

/// The charts of a plan: [`ALL`], and of the others those that it has.
pub fn of(plan: &Plan, projection: &Projection) -> Vec<(&'static str, Draw)> {
    let findings = ReportFindings::of(plan, projection);
    let some = OF_SOME.into_iter().filter(|(_, _, has)| has(plan, &findings));
    ALL.into_iter().chain(some.map(|(name, draw, _)| (name, draw))).collect()
}

/// Draws one of them, with what it takes to trace it as metadata that nobody is read aloud: the scenario's hash and the seed.
///
/// # Errors
/// When the backend refuses a shape.
pub fn drawn(draw: Draw, plan: &Plan, projection: &Projection, theme: &Theme) -> Result<Chart> {
    let mut chart = draw(&Scene::new(plan, projection, theme))?;
    let from = &projection.provenance;
    let words = format!("scenario sha256 {}, seed {}, cutover {}", from.sha256, projection.seed, from.version);
    chart.svg = chart.svg.replacen("</desc>\n", &format!("</desc>\n<metadata>{words}</metadata>\n"), 1);
    Ok(chart)
}

/// The charts of a rollout under way that it has, by name.
#[cfg(feature = "tables")]
pub(crate) fn of_track(report: &TrackReport, theme: &Theme) -> Result<Vec<Chart>> {
    let some = [on_track::draw(report, theme)?, learned::draw(report, theme)?];
    Ok(std::iter::once(track::draw(report, theme)?).chain(some.into_iter().flatten()).collect())
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
    let (light, dark) =
        rayon::join(carried(|| files("charts", &Theme::LIGHT)), carried(|| files("charts/dark", &Theme::DARK)));
    Ok(light?.into_iter().chain(dark?).collect())
}
