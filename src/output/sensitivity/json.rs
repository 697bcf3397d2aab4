//! `sensitivity.json` and `sensitivity --format json`: all figures in full precision.

use crate::output::json::{DeadlineView, ScenarioView, indented};
use crate::plan::MoveKind;
use crate::results::sensitivity::{MovedAssumption, Sensitivity, StopAnswer, Together};
use crate::stats::sobol_indices::IndexInterval;
use serde::Serialize;

/// The analysis as the text of a file. Shares of the variance are `alone` (first order) and `in_all` (total).
pub(crate) fn text(found: &Sensitivity) -> String {
    indented(&SensitivityView {
        scenario: ScenarioView::new(&found.plan, &found.provenance),
        orgs: found.plan.orgs(),
        deadline: DeadlineView::new(&found.plan),
        uptake: &found.plan.uptakes()[0].echo,
        answer: AnswerView { counted: found.counted.key(), mean: found.answer },
        all_moving: found.together,
        assumptions: found.assumptions.iter().map(MovedView::new).collect(),
        rows: found.rows,
        rows_left_out: found.left_out,
        evaluations: found.evaluations,
        notes: &found.notes,
        version: &found.provenance.version,
    })
}

#[derive(Serialize)]
struct SensitivityView<'a> {
    scenario: ScenarioView<'a>,
    orgs: u64,
    deadline: DeadlineView,
    uptake: &'a serde_json::Value,
    answer: AnswerView,
    all_moving: Option<Together>,
    assumptions: Vec<MovedView<'a>>,
    rows: usize,
    rows_left_out: usize,
    evaluations: usize,
    notes: &'a [String],
    version: &'a str,
}

#[derive(Serialize)]
struct AnswerView {
    counted: &'static str,
    mean: f64,
}

#[derive(Serialize)]
struct MovedView<'a> {
    key: &'a str,
    given: &'a str,
    moves_over: MoveKind,
    stops: &'a [StopAnswer],
    from: f64,
    low: f64,
    high: f64,
    swing: f64,
    alone: Option<IndexView>,
    in_all: Option<IndexView>,
}

impl<'a> MovedView<'a> {
    fn new(moved: &'a MovedAssumption) -> Self {
        let [low, high] = moved.ends();
        Self {
            key: &moved.key,
            given: &moved.given,
            moves_over: moved.kind,
            stops: &moved.stops,
            from: moved.from,
            low,
            high,
            swing: moved.swing(),
            alone: moved.indices.map(|indices| IndexView::new(indices.first)),
            in_all: moved.indices.map(|indices| IndexView::new(indices.total)),
        }
    }
}

#[derive(Serialize)]
struct IndexView {
    share: f64,
    p2_5: f64,
    p97_5: f64,
}

impl IndexView {
    fn new(of: IndexInterval) -> Self {
        Self { share: of.value, p2_5: of.low, p97_5: of.high }
    }
}
