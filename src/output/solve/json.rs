//! `solve.json` and `solve --format json`: the documented members first, then all that led to them.

use crate::output::json::{ScenarioView, indented};
use crate::results::solution::{Asked, Check, Setting, SettingRange, Solution, Tried};
use serde::Serialize;

/// The solution as the text of a file.
pub(crate) fn text(solution: &Solution) -> String {
    let best = &solution.best;
    indented(&SolutionView {
        key: &solution.key,
        asked: &solution.asked,
        value: solution.reachable.then_some(&best.setting),
        chance: best.chance,
        reachable: solution.reachable,
        best,
        next: solution.next.as_ref(),
        now: solution.now.as_ref(),
        figure: solution.figure,
        direction: solution.least,
        why: solution.why,
        range: &solution.range,
        uptake: solution.rate.as_deref(),
        monotone: solution.monotone,
        tried: &solution.tried,
        evaluations: solution.evaluations,
        simulated: solution.check.as_ref().map(|check| CheckView { agrees: check.holds(), check }),
        scenario: ScenarioView::new(&solution.plan, &solution.provenance),
        notes: &solution.notes,
        version: &solution.provenance.version,
    })
}

#[derive(Serialize)]
struct SolutionView<'a> {
    #[serde(rename = "for")]
    key: &'a str,
    #[serde(flatten)]
    asked: &'a Asked,
    value: Option<&'a Setting>,
    chance: f64,
    reachable: bool,
    best: &'a Tried,
    next: Option<&'a Tried>,
    now: Option<&'a Tried>,
    figure: SettingRange,
    direction: &'a str,
    why: &'a str,
    range: &'a [Setting; 2],
    uptake: Option<&'a str>,
    monotone: bool,
    tried: &'a [Tried],
    evaluations: usize,
    simulated: Option<CheckView<'a>>,
    scenario: ScenarioView<'a>,
    notes: &'a [String],
    version: &'a str,
}

#[derive(Serialize)]
struct CheckView<'a> {
    agrees: bool,
    #[serde(flatten)]
    check: &'a Check,
}
