//! `frontier.json` and `solve --frontier --format json`.

use crate::output::json::{ScenarioView, indented};
use crate::results::solution::{Asked, Frontier, Setting};
use serde::Serialize;

/// The frontier as the text of a JSON file; `chances` by column, then row.
pub(crate) fn text(frontier: &Frontier) -> String {
    let [x, y] = &frontier.keys;
    let line = frontier.x.iter().zip(&frontier.line).map(|(x, found)| {
        let (y, chance) = found.as_ref().map(|tried| (&tried.setting, tried.chance)).unzip();
        PointView { x, y, chance }
    });
    indented(&FrontierView {
        x,
        y,
        asked: &frontier.asked,
        direction: frontier.least,
        uptake: frontier.rate.as_deref(),
        line: line.collect(),
        now: frontier.now.as_ref().map(|(x, y, chance)| PointView { x, y: Some(y), chance: Some(*chance) }),
        x_values: &frontier.x,
        y_values: &frontier.y,
        chances: &frontier.chances,
        evaluations: frontier.evaluations,
        scenario: ScenarioView::new(&frontier.plan, &frontier.provenance),
        notes: &frontier.notes,
        version: &frontier.provenance.version,
    })
}

#[derive(Serialize)]
struct FrontierView<'a> {
    x: &'a str,
    y: &'a str,
    #[serde(flatten)]
    asked: &'a Asked,
    direction: &'a str,
    uptake: Option<&'a str>,
    line: Vec<PointView<'a>>,
    now: Option<PointView<'a>>,
    x_values: &'a [Setting],
    y_values: &'a [Setting],
    chances: &'a [Vec<Option<f64>>],
    evaluations: usize,
    scenario: ScenarioView<'a>,
    notes: &'a [String],
    version: &'a str,
}

/// A point of the plane; without `y` where no value upwards meets the target.
#[derive(Serialize)]
struct PointView<'a> {
    x: &'a Setting,
    y: Option<&'a Setting>,
    chance: Option<f64>,
}
