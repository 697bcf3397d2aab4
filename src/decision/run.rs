//! A run: all that a report of one scenario holds, complete when it is made. The verbs `run` and `embed` both ask for it.

use super::checkpoints::checkpoints;
use super::lint::{Lints, lint_projected};
use super::project::{Done, EngineChoice, Request, RunPart, project};
use super::sensitivity::{Reading, SensitivityRequest, sensitivity};
use super::{detail, orgs};
use crate::plan::middle_uptake;
use crate::population::inventory::Loaded;
use crate::results::sensitivity::Sensitivity;
use crate::results::{Counted, Projection, Provenance};
use crate::scenario::Scenario;
use crate::stats::sobol_indices::MOST_INPUTS;
use crate::{Error, Result};

/// Assumptions times segments up to which moving each alone takes a fraction of a second: more are left to the sensitivity analysis.
const MOST_MOVES: usize = 400;

/// Projects a scenario with everything that its report shows: other rates and deadlines, whom to call, how far each assumption moves the
/// answer, warnings and notes. `progress` is told how far it has got.
///
/// # Errors
/// When the one engine asked for can't answer, or unknowns contradict each other however they are drawn.
pub fn run(
    loaded: &Loaded,
    request: Request,
    provenance: Provenance,
    progress: &(dyn Fn(Done) + Sync),
) -> Result<Projection> {
    let _words = loaded.scenario.family.centre().wording().enter();
    let Loaded { scenario, inventory } = loaded;
    let family = &scenario.family;
    let mut projection = project(family, provenance.clone(), request, progress)?;
    projection.notes.splice(0..0, scenario.notes.iter().cloned());
    progress(Done::Began(RunPart::Detail));
    // What only the exact engine answers is left out where its figures don't lead.
    let answered = if projection.is_exact() { request.engine } else { EngineChoice::Simulate };
    projection.detail = detail(family, answered)?;
    projection.detail.checkpoints = Some(checkpoints(family, answered));
    projection.detail.unknowns = family.unknowns().to_vec();
    if let Some(inventory) = inventory {
        projection.detail.calls = orgs::table(family, inventory, 0.0, provenance.clone())?;
    }
    progress(Done::Began(RunPart::Sensitivity));
    let asked = answered != EngineChoice::Simulate;
    // On whatever thread it runs.
    let moves = || {
        let _words = family.centre().wording().enter();
        if asked { moved_alone(scenario, provenance.clone()) } else { Ok(None) }
    };
    // Figures of lints are the exact engine's: without it only what was found in reading is told.
    let lints = || match request.engine {
        EngineChoice::Simulate => Lints::of_reading(scenario).warnings(),
        _ => lint_projected(scenario, &projection.uptakes).warnings(),
    };
    let (moved, warnings) = rayon::join(moves, lints);
    progress(Done::Began(RunPart::Checks));
    (projection.detail.sensitivity, projection.warnings) = (moved?, warnings);
    Ok(projection)
}

/// How far each assumption moves the answer alone, at the middle one of the rates; `None` where there is none that moves, or too much to do.
fn moved_alone(scenario: &Scenario, provenance: Provenance) -> Result<Option<Sensitivity>> {
    let plan = scenario.family.centre();
    let movements = scenario.movements_at(middle_uptake(plan.uptakes()), &[]).map_err(Error::BadUsage)?;
    let assumptions = movements.assumptions().len();
    let moves = assumptions * plan.segments().len();
    if moves == 0 || moves > MOST_MOVES || assumptions > MOST_INPUTS {
        return Ok(None);
    }
    let request = SensitivityRequest {
        counted: Counted::FailedByDeadline,
        rows: 0,
        has_unknowns: !scenario.family.is_certain(),
        seed: plan.seed(),
        provenance,
    };
    match sensitivity(&[Reading { name: String::new(), movements }], &request, &|_| ()) {
        // The exact engine declines: the run has said so.
        Err(Error::Engine(_)) => Ok(None),
        found => found.map(Some),
    }
}
