//! The projection: what `run` reports, by one engine or both, with notes and their agreement.

use super::agreement::agreement;
use crate::engine::simulate::Collect;
use crate::engine::{exact, simulate};
use crate::plan::Family;
use crate::population::synthetic::ages_left_out;
use crate::results::{Measures, Outcome, Projection, Provenance};
use crate::{Error, Result};

/// Which engines are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// The exact engine alone.
    Exact,
    /// Simulation alone.
    Simulate,
    /// Both, and whether they agree.
    #[default]
    Both,
}

/// What to compute; seed and runs are the plan's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// Which engines.
    pub engine: EngineChoice,
}

/// Projects a family of plans. `progress` is told how many runs are done, batch by batch.
///
/// # Errors
/// When the one engine asked for can't answer, or unknowns contradict each other in every draw.
pub fn project(
    family: &Family,
    provenance: Provenance,
    request: Request,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Projection> {
    let plan = family.centre();
    let mut notes: Vec<String> = plan.segments().iter().filter_map(|s| ages_left_out(plan, s)).collect();
    let exact = by_exact(family, request.engine, &mut notes)?;
    let collect = Collect { curve_percentiles: exact.is_none() };
    let runs = if request.engine == EngineChoice::Exact { 0 } else { plan.runs() };
    let simulated = if runs > 0 {
        let tally = simulate::simulate(family, plan.seed(), 0..runs, collect, progress)?;
        if collect.curve_percentiles && (tally.curves_kept() as u64) < runs {
            notes.push(format!("Ranges on the hourly curves are from the first {} runs.", tally.curves_kept()));
        }
        simulate::measures(plan, &tally)
    } else {
        notes.push("The simulation was not asked for.".to_owned());
        Vec::new()
    };
    let uptakes = outcomes(family, exact, simulated);
    let curve_hours = plan.curve_hours();
    let agreement = agreement(plan, &uptakes, &curve_hours, runs);
    Ok(Projection { provenance, runs, seed: plan.seed(), uptakes, curve_hours, agreement, notes })
}

/// The exact engine's answer; where it is not asked or declines, `None` and a note.
fn by_exact(family: &Family, engine: EngineChoice, notes: &mut Vec<String>) -> Result<Option<Vec<Measures>>> {
    if engine == EngineChoice::Simulate {
        notes.push("The exact engine was not asked for.".to_owned());
        return Ok(None);
    }
    match exact::measures(family) {
        Ok(measures) => {
            let bound = measures.iter().filter_map(|m| m.error_bound).fold(0.0, f64::max);
            if bound > exact::TOLERANCE {
                notes.push(format!(
                    "Exact means may be off by up to {:.1e} of the orgs: the plan is hard to resolve.",
                    bound
                ));
            }
            Ok(Some(measures))
        }
        Err(declined) if engine == EngineChoice::Exact => Err(Error::Engine(declined.0)),
        Err(declined) => {
            notes.push(format!("{}.", capitalised(&declined.0)));
            Ok(None)
        }
    }
}

fn outcomes(family: &Family, exact: Option<Vec<Measures>>, simulated: Vec<Measures>) -> Vec<Outcome> {
    let mut exact = exact.into_iter().flatten();
    let mut simulated = simulated.into_iter();
    family
        .centre()
        .uptakes()
        .iter()
        .map(|uptake| Outcome {
            label: uptake.label.clone(),
            uptake: uptake.value,
            echo: uptake.echo.clone(),
            exact: exact.next(),
            simulated: simulated.next(),
        })
        .collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
