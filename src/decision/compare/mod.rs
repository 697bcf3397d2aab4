//! Plans side by side, with the same random numbers: every plan is simulated with the same seed and the same run numbers, so that an org has the
//! same age, propensity and so on in each, and their headlines can be held against each other run by run.

mod contender;
mod differences;
mod shared;

#[cfg(test)]
mod tests;

pub(crate) use contender::Contender;

use super::project::EngineChoice;
use crate::engine::exact;
use crate::engine::simulate::{self, cost};
use crate::plan::Plan;
use crate::plan::units::{group_count, orgs};
use crate::plan::wording::{FAILS, ORGS};
use crate::results::comparison::{ComparedPlan, ComparedRate, Comparison, PlanAtRate};
use crate::results::{Mean, Measures};
use crate::stats::{CountTally, Moments};
use crate::{Error, Result};
use differences::{HeadlineDifference, chance_best, difference, front};

/// Fewer runs than this say little.
const FEWEST_RUNS: u64 = 50;

/// How plans are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CompareRequest {
    /// Which engines.
    pub engine: EngineChoice,
    /// The place of the plan that the others are held against.
    pub baseline: usize,
    /// Seed of all runs.
    pub seed: u64,
    /// Runs of each plan.
    pub runs: u64,
}

/// What the engines say of one plan.
struct PlanAnswer {
    exact: Option<Vec<Measures>>,
    runs: Option<simulate::HeadlineByRun>,
}

/// Compares plans at the rates they share. `progress` is told how many runs are done, of all plans together.
///
/// # Errors
/// When they share no rate, the one engine asked for can't answer, or unknowns contradict each other.
pub(crate) fn compare(
    contenders: &[Contender],
    request: CompareRequest,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Comparison> {
    if contenders.len() < 2 || request.baseline >= contenders.len() {
        return Err(Error::BadUsage(
            "a comparison needs two scenarios or more, and one of them as the baseline".into(),
        ));
    }
    let plans: Vec<&Plan> = contenders.iter().map(|c| c.family.centre()).collect();
    let shared = shared::shared_rates(contenders, &plans)?;
    let mut notes = Vec::new();
    let runs = affordable_runs(&plans, request, &mut notes);
    let labels = shared::labels(contenders);
    let answers = answers(contenders, &labels, CompareRequest { runs, ..request }, &mut notes, progress)?;
    note_what_is_not_alike(&plans, contenders, &mut notes);
    let window_hours = shared::unlike_windows(&plans);
    let rates = shared.iter().map(|places| at_rate(&plans, &answers, places, request.baseline)).collect();
    let differs = shared::differing(contenders, request.baseline);
    let compared = contenders.iter().zip(labels).zip(differs).map(|((c, label), differs)| ComparedPlan {
        label,
        provenance: c.provenance.clone(),
        plan: c.family.centre().clone(),
        differs,
    });
    Ok(Comparison {
        plans: compared.collect(),
        baseline: request.baseline,
        seed: request.seed,
        runs,
        rates,
        window_hours,
        notes,
    })
}

/// As many runs as are asked for, as long as no plan takes more than a person waits for; the same for all plans.
fn affordable_runs(plans: &[&Plan], request: CompareRequest, notes: &mut Vec<String>) -> u64 {
    let largest = plans.iter().map(|p| p.orgs()).max().unwrap_or(1);
    let dearest = plans.iter().map(|plan| cost::steps_of(plan, u64::MAX)).fold(1.0, f64::max);
    let affordable = (cost::STEPS_OF_A_WAIT / dearest) as u64;
    match request.engine {
        EngineChoice::Exact => {
            notes.push("You did not ask for the simulation, so only means are compared, not single rollouts.".into());
            0
        }
        EngineChoice::Both if affordable < FEWEST_RUNS => {
            notes.push(format!(
                "The simulation is left out: it would follow each of {}. The means are exact. To simulate all the same, use `--engine simulate`.",
                orgs(largest)
            ));
            0
        }
        EngineChoice::Both if affordable < request.runs => {
            let (made, wanted) = (group_count(affordable), group_count(request.runs));
            notes.push(format!("Simulated {made} of {wanted} runs. To make all runs, use `--engine simulate`."));
            affordable
        }
        _ => request.runs,
    }
}

fn answers(
    contenders: &[Contender],
    labels: &[String],
    request: CompareRequest,
    notes: &mut Vec<String>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<PlanAnswer>> {
    let mut answers = Vec::with_capacity(contenders.len());
    for (contender, label) in contenders.iter().zip(labels) {
        let exact = match request.engine {
            EngineChoice::Simulate => None,
            engine => match exact::measures_without_curves(contender.family) {
                Ok(measures) => Some(measures),
                Err(declined) if engine == EngineChoice::Exact || request.runs == 0 => {
                    return Err(Error::Engine(declined.0));
                }
                Err(declined) => {
                    notes.push(format!("{label}: {}. All means are simulated.", declined.0));
                    None
                }
            },
        };
        let simulate = || simulate::headline_by_run(contender.family, request.seed, 0..request.runs, progress);
        let runs = (request.runs > 0).then(simulate).transpose()?;
        answers.push(PlanAnswer { exact, runs });
    }
    // Means of one kind only are compared.
    if answers.iter().any(|a| a.exact.is_none()) {
        answers.iter_mut().for_each(|a| a.exact = None);
    }
    Ok(answers)
}

/// What the reader must know before holding these plans against each other.
fn note_what_is_not_alike(plans: &[&Plan], contenders: &[Contender], notes: &mut Vec<String>) {
    if plans.iter().any(|p| p.orgs() != plans[0].orgs()) {
        notes
            .push(format!("The plans differ in their number of {ORGS}, so they are ranked by the share that {FAILS}."));
    }
    if plans.iter().any(|p| p.as_of() != plans[0].as_of()) {
        notes.push("The plans differ in `population.as_of`: the same ages hold at different times.".to_owned());
    }
    let unknowns = |c: &Contender| c.family.unknowns().iter().map(|u| u.key.clone()).collect::<Vec<_>>();
    if contenders.iter().any(|c| unknowns(c) != unknowns(&contenders[0])) {
        notes.push(
            "The plans leave different things open. What is not known is drawn for each plan by itself, from shared random numbers."
                .to_owned(),
        );
    }
}

fn at_rate(plans: &[&Plan], answers: &[PlanAnswer], places: &[usize], baseline: usize) -> ComparedRate {
    let counts: Vec<Option<Vec<u64>>> =
        answers.iter().zip(places).map(|(a, place)| a.runs.as_ref().map(|r| r.at(*place).collect())).collect();
    let exact = |k: usize| answers[k].exact.as_ref().map(|m| &m[places[k]]);
    let failed: Vec<Mean> = (0..plans.len()).map(|k| mean(exact(k), counts[k].as_deref())).collect();
    let headlines: Vec<HeadlineDifference> = (0..plans.len())
        .map(|k| HeadlineDifference {
            orgs: plans[k].orgs(),
            mean: failed[k].mean,
            error_bound: exact(k).and_then(|m| m.error_bound),
            runs: counts[k].as_deref(),
        })
        .collect();
    let (front, best) = (front(&headlines), chance_best(&headlines));
    let of = |k: usize| {
        let (range, within_tolerance) = spread_of(plans[k], exact(k), counts[k].as_deref());
        let part = |pick: &dyn Fn(&Measures) -> f64| exact(k).map(|m| Mean { mean: pick(m), se: None });
        PlanAtRate {
            failed: failed[k],
            range,
            down: part(&|m| m.down_at_deadline.mean),
            by_horizon: part(&|m| m.failed_by_horizon.mean),
            within_tolerance,
            versus_baseline: difference(&headlines[k], &headlines[baseline]),
            versus_leader: difference(&headlines[k], &headlines[front[0]]),
            best: best.as_ref().map(|b| b[k]),
        }
    };
    let rate = &plans[0].uptakes()[places[0]];
    let alike = plans.iter().zip(places).all(|(plan, place)| plan.uptakes()[*place].law == rate.law);
    let of_law = rate.label.split(':').next().unwrap_or_default();
    let label = match (&rate.law, alike) {
        (None, _) => rate.label.clone(),
        (Some(_), true) => rate.name.clone(),
        (Some(_), false) => format!("{of_law}, in each plan's window"),
    };
    let plans = (0..plans.len()).map(of).collect();
    ComparedRate { label, uptake: rate.value, echo: rate.echo.clone(), plans, front }
}

/// The exact mean; else that of the runs.
fn mean(exact: Option<&Measures>, runs: Option<&[u64]>) -> Mean {
    if let Some(measures) = exact {
        return Mean { mean: measures.failed_by_deadline.mean, se: None };
    }
    let mut moments = Moments::default();
    runs.unwrap_or(&[]).iter().for_each(|count| moments.add(*count));
    Mean { mean: moments.mean().unwrap_or(f64::NAN), se: moments.se() }
}

/// 5th, 50th and 95th percentile, and the chance to keep within the tolerance; exact where they can be.
fn spread_of(plan: &Plan, exact: Option<&Measures>, runs: Option<&[u64]>) -> ([u64; 3], Option<f64>) {
    if let Some(measures) = exact {
        return ([5.0, 50.0, 95.0].map(|p| measures.failed_by_deadline.percentile(p)), measures.within_tolerance);
    }
    let mut tally = CountTally::default();
    runs.unwrap_or(&[]).iter().for_each(|count| tally.add(*count));
    let of = tally.distribution();
    let within = plan.tolerance().and_then(|t| of.as_ref().map(|d| d.cdf(t)));
    ([0.05, 0.5, 0.95].map(|q| of.as_ref().map_or(0, |d| d.quantile(q))), within)
}
