//! What a run does, part by part, for the progress bar.

use super::progress::{Phase, Progress};
use crate::decision::{Done, EngineChoice, Request, RunPart};
use crate::engine::simulate::cost;
use crate::engine::{exact, simulate};
use crate::plan::Family;

/// The phases of a run by their places.
const SOLVING: usize = 0;

const SIMULATING: usize = 1;

const DETAIL: usize = 2;

const SENSITIVITY: usize = 3;

const CHECKS: usize = 4;

pub(super) const WRITING: usize = 5;

/// What a run does, and about how long each part takes.
pub(super) fn of_run(family: &Family, request: Request) -> Vec<Phase> {
    let mut phases = of_projection(family, request);
    let solving = phases[SOLVING].seconds;
    let others = [
        ("other rates and deadlines", 0.2 + solving),
        ("moving each assumption", 0.2 + solving / 4.0),
        ("checking the plan", 0.2 + solving / 8.0),
        ("drawing and writing", 1.5),
    ];
    phases.extend(others.map(|(name, seconds)| Phase { name, seconds }));
    phases
}

/// What a projection alone does.
fn of_projection(family: &Family, request: Request) -> Vec<Phase> {
    let asks = |engine| request.engine == engine || request.engine == EngineChoice::Both;
    let solving = if asks(EngineChoice::Exact) { exact::seconds(family) } else { 0.0 };
    let steps = cost::steps_of_run(family, simulate::MOST_FOLLOWED) * family.centre().runs() as f64;
    let most = if request.engine == EngineChoice::Simulate { f64::INFINITY } else { cost::STEPS_OF_A_WAIT };
    let simulating = if asks(EngineChoice::Simulate) { 2.0 * steps.min(most) / cost::STEPS_OF_A_WAIT } else { 0.0 };
    let phase = |name, seconds| Phase { name, seconds };
    vec![phase("solving", solving), phase("simulating", simulating)]
}

/// Tells the bar how far a projection has got.
pub(super) fn told(bar: &Progress, done: Done) {
    let (phase, share) = match done {
        Done::Solved(share) => (SOLVING, share),
        Done::Simulated(share) => (SIMULATING, share),
        Done::Began(RunPart::Detail) => (DETAIL, 0.0),
        Done::Began(RunPart::Sensitivity) => (SENSITIVITY, 0.0),
        Done::Began(RunPart::Checks) => (CHECKS, 0.0),
    };
    bar.begin(phase);
    bar.share(share);
}
