//! Which assumption drives the answer: each moved alone over its range, and all moved at once. Whole scenarios may be readings
//! of which one holds; the reading is then an assumption like any other.

mod cube;
mod reading;
#[cfg(test)]
mod tests;

pub(crate) use cube::READING;
pub(crate) use reading::Reading;

use crate::engine::exact::SolvedSegments;
use crate::plan::MoveKind;
use crate::results::sensitivity::{MovedAssumption, Sensitivity, StopAnswer, Together};
use crate::results::{Counted, Provenance};
use crate::stats::sobol_indices::{BaseSample, Decomposition, IndexRow, MOST_INPUTS, sobol_indices};
use crate::{Error, Result};
use cube::Cube;
use rayon::prelude::*;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SensitivityRequest {
    /// The figure that is the answer.
    pub counted: Counted,
    /// Rows of the base sample; 0 for swings alone.
    pub rows: usize,
    /// Whether something is not known about the scenario: its answer is then that at the medians.
    pub has_unknowns: bool,
    /// Seed of the scrambling and the bootstrap.
    pub seed: u64,
    /// Where the scenario comes from.
    pub provenance: Provenance,
}

/// Rows of the base sample unless another number is asked for.
pub(crate) const ROWS: usize = 4096;

/// Moves every assumption of the readings, the first of which is the scenario in question. `progress` is told how many rows are
/// done, one by one.
///
/// # Errors
/// When nothing can be moved, when there are more assumptions than the sequence has dimensions, or when the scenario's own plan
/// contradicts itself.
pub(crate) fn sensitivity(
    readings: &[Reading],
    request: &SensitivityRequest,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Sensitivity> {
    let cube = Cube::new(readings);
    if cube.axes.is_empty() {
        return Err(Error::BadUsage("the scenario has no assumption that could be moved".to_owned()));
    }
    if cube.axes.len() > MOST_INPUTS {
        let message = format!("{} assumptions are more than the {MOST_INPUTS} that can be moved", cube.axes.len());
        return Err(Error::BadUsage(message));
    }
    let plan = cube.given_plan(0).map_err(Error::Engine)?;
    let mut assumptions = swings(&cube, request.counted)?;
    let sample = BaseSample::new(request.rows, cube.axes.len(), request.seed as u32);
    let rows: Vec<Option<IndexRow>> = (0..request.rows)
        .into_par_iter()
        .map(|row| {
            let answers = answers_of_row(&cube, request.counted, &sample, row);
            progress(1);
            answers
        })
        .collect();
    let valid: Vec<IndexRow> = rows.into_iter().flatten().collect();
    let found = sobol_indices(&valid, request.seed);
    if let Some(found) = &found {
        assumptions.iter_mut().zip(&found.inputs).for_each(|(a, indices)| a.indices = Some(*indices));
    }
    let left_out = request.rows - valid.len();
    let notes = notes(&assumptions, request, left_out, found.as_ref());
    let answer = assumptions_answer(&cube, request.counted)?;
    assumptions.sort_by(|a, b| b.swing().total_cmp(&a.swing()).then_with(|| a.key.cmp(&b.key)));
    Ok(Sensitivity {
        provenance: request.provenance.clone(),
        rate: plan.uptakes()[0].name.clone(),
        has_unknowns: request.has_unknowns,
        plan,
        counted: request.counted,
        answer,
        evaluations: request.rows * (cube.axes.len() + 2)
            + assumptions.iter().map(|a| a.stops.len() + 1).sum::<usize>(),
        together: found.map(|f| Together { mean: f.mean, sd: f.variance.sqrt() }),
        assumptions,
        rows: request.rows,
        left_out,
        notes,
    })
}

fn assumptions_answer(cube: &Cube, counted: Counted) -> Result<f64> {
    let plan = cube.given_plan(0).map_err(Error::Engine)?;
    SolvedSegments::new(counted).mean(&plan).map_err(|declined| Error::Engine(declined.0))
}

/// The answers at one row; `None` where values contradict each other. Points that differ in who acts alone share their lives.
fn answers_of_row(cube: &Cube, counted: Counted, sample: &BaseSample, row: usize) -> Option<IndexRow> {
    let mut lives = SolvedSegments::new(counted);
    let mut at = |point: &[f64]| cube.plan_at(point).ok().and_then(|plan| lives.mean(&plan).ok());
    let a = at(&sample.a[row])?;
    let mixed: Option<Vec<f64>> = (0..cube.axes.len()).map(|axis| at(&sample.mixed(row, axis))).collect();
    Some(IndexRow { a, mixed: mixed?, b: at(&sample.b[row])? })
}

/// Each assumption moved alone, in the order of the cube's axes.
fn swings(cube: &Cube, counted: Counted) -> Result<Vec<MovedAssumption>> {
    let mut lives = SolvedSegments::new(counted);
    let mut moved = Vec::with_capacity(cube.axes.len());
    for (place, axis) in cube.axes.iter().enumerate() {
        let plan = cube.given_plan(axis.home).map_err(Error::Engine)?;
        let from = lives.mean(&plan).map_err(|declined| Error::Engine(declined.0))?;
        let mut stops = Vec::with_capacity(axis.movable.stops.len());
        for stop in &axis.movable.stops {
            let plan = cube.moved_alone(place, stop.at);
            stops.push(StopAnswer {
                words: stop.words.clone(),
                answer: plan.ok().and_then(|plan| lives.mean(&plan).ok()),
            });
        }
        let given = match axis.home {
            0 => axis.movable.given.clone(),
            home => format!("{} (in {})", axis.movable.given, cube.readings[home].name),
        };
        let (key, kind) = (axis.movable.key.clone(), axis.movable.kind);
        moved.push(MovedAssumption { key, given, kind, from, stops, indices: None });
    }
    Ok(moved)
}

fn notes(
    assumptions: &[MovedAssumption],
    request: &SensitivityRequest,
    left_out: usize,
    found: Option<&Decomposition>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let contradicted: Vec<&str> =
        assumptions.iter().filter(|a| a.stops.iter().any(|s| s.answer.is_none())).map(|a| a.key.as_str()).collect();
    if !contradicted.is_empty() {
        let keys = contradicted.join(", ");
        notes.push(format!(
            "At one end of its range, this contradicts the rest of the plan and is left out there: {keys}."
        ));
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} of {} rows held values that contradict each other, and were left out. Among the others, assumptions are not quite \
             independent.",
            request.rows
        ));
    }
    if request.rows > 0 && found.is_none() {
        notes.push("Nothing that was moved changes the answer, so there is no variance to explain.".to_owned());
    }
    if assumptions.iter().any(|a| a.kind == MoveKind::Reading && a.key == cube::READING) {
        notes.push(
            "All scenarios named are taken as equally likely. An assumption that only some of them have moves in those."
                .to_owned(),
        );
    }
    notes
}
