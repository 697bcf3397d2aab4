//! The projection: what `run` reports, by one engine or both, with notes and their agreement.

use super::agreement::agreement;
use super::tripwire::tripwires;
use crate::engine::simulate::{Curves, Tally, cost};
use crate::engine::{exact, simulate};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{FAILS, ORG, ORGS, PERCENT, capital};
use crate::plan::{Family, Plan};
use crate::population::synthetic::ages_left_out;
use crate::results::{Agreement, Detail, Measures, Outcome, Projection, Provenance, Weights};
use crate::stats::Moments;
use crate::{Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};

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
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Request {
    /// Which engines.
    pub engine: EngineChoice,
    /// Simulate until the headline's standard error is at most this share of its mean, at every rate, instead of the plan's
    /// number of runs.
    pub until_precise: Option<f64>,
}

/// Runs of the first batch when simulating until precise; each further one doubles what there is.
const FIRST_BATCH: u64 = 256;

/// Where orgs are drawn as counts, by the exact engine's probabilities: lives followed to check those.
const LIVES_TO_CHECK: u64 = 20_000_000;

/// Fewer runs than this say little of percentiles.
const FEWEST_RUNS: u64 = 50;

/// Lives that check means, however few runs they are.
const LIVES_THAT_CHECK: u64 = 20_000;

/// Waits of a person that a simulation may take which nothing else stands beside.
const WAITS_ALONE: f64 = 8.0;

/// Waits of a person beyond which two runs are not begun, where they alone would answer.
const LONGEST_WAITS: f64 = 30.0;

/// Steps beyond which no run is begun: days.
const STEPS_WITHOUT_END: f64 = 1e13;

/// The most runs made to be precise.
pub const MOST_RUNS: u64 = 1 << 20;

/// How far a projection has got, for whoever waits: shares of each part, 0-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Done {
    /// Of what the exact engine solves, which comes first.
    Solved(f64),
    /// Of the simulation.
    Simulated(f64),
    /// What comes after has begun.
    Began(RunPart),
}

/// What a run does after its projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPart {
    /// Other rates and deadlines, single courses, whom to call.
    Detail,
    /// How far each assumption moves the answer.
    Sensitivity,
    /// Warnings about the plan.
    Checks,
}

/// Projects a family of plans. `progress` is told how far it has got.
///
/// # Errors
/// When the one engine asked for can't answer, or unknowns contradict each other however they are drawn.
pub fn project(
    family: &Family,
    provenance: Provenance,
    request: Request,
    progress: &(dyn Fn(Done) + Sync),
) -> Result<Projection> {
    let plan = family.centre();
    let mut notes: Vec<String> = plan.segments().iter().filter_map(|s| ages_left_out(plan, s)).collect();
    let exact = by_exact(family, request.engine, &mut notes, progress)?;
    let leads = exact.as_ref().is_some_and(|measures| !measures.iter().any(Measures::is_coarse));
    let curves = if leads { Curves::Means } else { Curves::Percentiles };
    let affordable = if request.engine == EngineChoice::Exact {
        0
    } else {
        runs_to_make(family, request.engine, leads, &mut notes)?
    };
    let tally = match request.until_precise {
        _ if affordable == 0 => None,
        None => {
            let done = AtomicU64::new(0);
            let told = |runs: u64| {
                let done = done.fetch_add(runs, Ordering::Relaxed) + runs;
                progress(Done::Simulated(done as f64 / affordable as f64));
            };
            Some(simulate::simulate(family, plan.seed(), 0..affordable, curves, &told)?)
        }
        Some(share) => Some(until_precise(family, share, curves, &mut notes, progress)?),
    };
    let runs = tally.as_ref().map_or(0, simulate::Tally::runs);
    let simulated = tally.map_or_else(Vec::new, |tally| {
        if curves == Curves::Percentiles && (tally.curves_kept() as u64) < runs {
            notes.push(format!("Ranges on the hourly curves come from the first {} runs.", tally.curves_kept()));
        }
        simulate::measures(plan, &tally)
    });
    if request.engine == EngineChoice::Exact {
        notes.push("You did not ask for the simulation.".to_owned());
    }
    if !family.is_certain() {
        notes.push(not_known(family, exact.as_deref().unwrap_or(&[]))?);
    }
    let uptakes = outcomes(family, exact, simulated);
    notes.extend(by_weight(plan, &uptakes));
    let curve_hours = plan.curve_hours();
    let agreement = agreement(plan, &uptakes, &curve_hours, runs).map(|counted| {
        Ok::<_, Error>(worse(counted, agreement_of_followed(family, &uptakes, &curve_hours, &mut notes)?))
    });
    let agreement = agreement.transpose()?;
    // What only the exact engine answers is left out where its figures don't lead.
    let tripwires = if leads { tripwires(family) } else { None };
    Ok(Projection {
        warnings: Vec::new(),
        provenance,
        runs,
        seed: plan.seed(),
        uptakes,
        curve_hours,
        agreement,
        tripwires,
        notes,
        detail: Detail::default(),
    })
}

/// How many of the plan's runs the simulation makes: all, where it alone was asked for; beside the exact engine no more than a person
/// waits for, and none where that would be too few to say anything. By what a run costs, which is the refreshes of its orgs.
fn runs_to_make(family: &Family, engine: EngineChoice, exact_answers: bool, notes: &mut Vec<String>) -> Result<u64> {
    let (plan, wanted) = (family.centre(), family.centre().runs());
    let steps = cost::steps_of_run(family, simulate::MOST_FOLLOWED);
    if engine == EngineChoice::Simulate {
        return if steps * wanted as f64 > STEPS_WITHOUT_END {
            Err(Error::Engine(format!(
                "{} runs would take days: {}. Ask for fewer: --runs 10",
                group_count(wanted),
                refreshes(plan, steps)
            )))
        } else {
            Ok(wanted)
        };
    }
    let waits = if exact_answers { 1.0 } else { WAITS_ALONE };
    let affordable = (waits * cost::STEPS_OF_A_WAIT / steps) as u64;
    if !exact_answers && affordable < 2 {
        // Nothing stands beside it: a few runs that take a while are better than no answer.
        if 2.0 * steps > LONGEST_WAITS * cost::STEPS_OF_A_WAIT {
            return Err(Error::Engine(format!(
                "no engine can answer soon: the exact engine declines, and {}. Refreshes as rare as they matter are enough: write a longer \
                 interval, or fewer {ORGS}; `--engine simulate --runs 10` insists",
                refreshes(plan, steps)
            )));
        }
    }
    let affordable = affordable.max(u64::from(!exact_answers) * 2);
    if wanted <= affordable {
        return Ok(wanted);
    }
    let lives = affordable.saturating_mul(plan.orgs());
    if exact_answers && (affordable < 2 || (affordable < FEWEST_RUNS && lives < LIVES_THAT_CHECK)) {
        notes.push(format!(
            "The simulation is left out, because {}. The figures are exact. To simulate all the same, use `--engine simulate`.",
            refreshes(plan, steps)
        ));
        return Ok(0);
    }
    let of = format!("{} of {} runs", group_count(affordable), group_count(wanted));
    let enough = if exact_answers { " That is enough to check the exact figures." } else { "" };
    notes.push(format!(
        "Simulated {of}, because {}.{enough} To make all runs, use `--engine simulate`.",
        refreshes(plan, steps)
    ));
    Ok(affordable)
}

/// What makes a run long, in words.
fn refreshes(plan: &Plan, steps: f64) -> String {
    let each = (steps / plan.orgs().max(1) as f64).round().max(1.0) as u64;
    format!("each of {} takes about {} steps in a run", orgs(plan.orgs()), group_count(each))
}

/// Where segments are drawn as counts the exact engine's probabilities are on both sides. So a sample of their orgs is followed
/// one by one too: the agreement of those runs; `None` where nothing is drawn as counts, or where so few runs say nothing.
fn agreement_of_followed(
    family: &Family,
    outcomes: &[Outcome],
    hours: &[f64],
    notes: &mut Vec<String>,
) -> Result<Option<Agreement>> {
    let plan = family.centre();
    let counted: Vec<_> = plan.segments().iter().filter(|s| !simulate::is_followed(s)).collect();
    if counted.is_empty() {
        return Ok(None);
    }
    let counted = format!("{} are drawn as hourly counts", orgs(counted.iter().map(|s| s.orgs).sum()));
    let alike = family.is_certain() && plan.segments().iter().all(|s| s.correlation == 0.0);
    if !alike || plan.orgs() > LIVES_TO_CHECK {
        notes.push(format!("In the simulation, {counted}, with the exact engine\u{2019}s probabilities."));
        return Ok(None);
    }
    let affordable = (cost::STEPS_OF_A_WAIT / cost::steps_of_run(family, u64::MAX)) as u64;
    let runs = (LIVES_TO_CHECK / plan.orgs()).min(affordable).min(FEWEST_RUNS);
    if runs < 2 {
        notes.push(format!("In the simulation, {counted}, with the exact engine\u{2019}s probabilities."));
        return Ok(None);
    }
    let tally = simulate::simulate_by(u64::MAX, family, plan.seed(), 0..runs, Curves::Means, &|_| ())?;
    let mut followed = outcomes.to_vec();
    for (outcome, simulated) in followed.iter_mut().zip(simulate::measures(plan, &tally)) {
        outcome.simulated = Some(simulated);
    }
    let checked = group_count(runs);
    notes.push(format!("In the simulation, {counted}. To check them, another {checked} runs follow each {ORG}."));
    Ok(agreement(plan, &followed, hours, runs))
}

/// The one that is nearer to its limit.
fn worse(counted: Agreement, followed: Option<Agreement>) -> Agreement {
    let near = |a: &Agreement| a.worst_z / a.limit_z;
    followed.filter(|f| near(f) > near(&counted)).unwrap_or(counted)
}

/// Simulates, doubling the runs, until the headline's standard error is at most `share` of its mean at every rate.
fn until_precise(
    family: &Family,
    share: f64,
    curves: Curves,
    notes: &mut Vec<String>,
    progress: &(dyn Fn(Done) + Sync),
) -> Result<Tally> {
    let plan = family.centre();
    let mut tally = simulate::simulate(family, plan.seed(), 0..FIRST_BATCH, curves, &|_| ())?;
    loop {
        let reached = (0..plan.uptakes().len()).map(|rate| relative_se(tally.headline(rate))).fold(0.0, f64::max);
        if reached <= share || tally.runs() >= MOST_RUNS {
            let (runs, reached) = (group_count(tally.runs()), show_share(reached));
            notes.push(if tally.runs() >= MOST_RUNS {
                format!("The simulation stopped at {runs} runs. The standard error of the headline is {reached} of its mean.")
            } else {
                format!("Simulated {runs} runs. The standard error of the headline is {reached} of its mean.")
            });
            return Ok(tally);
        }
        let so_far = tally.runs();
        // A standard error falls with the root of the number of runs.
        progress(Done::Simulated((share / reached).powi(2)));
        tally.merge(&simulate::simulate(family, plan.seed(), so_far..2 * so_far, curves, &|_| ())?);
    }
}

/// Standard error over mean; 0 where nothing ever failed or nothing varied.
fn relative_se(headline: &Moments) -> f64 {
    match (headline.se(), headline.mean()) {
        (Some(se), Some(mean)) if mean > 0.0 => se / mean,
        _ => 0.0,
    }
}

/// What fails as weight, at the lowest and the highest rate; `None` where orgs carry none.
fn by_weight(plan: &Plan, uptakes: &[Outcome]) -> Option<String> {
    let mut weighed: Vec<(&Outcome, &Weights)> =
        uptakes.iter().filter_map(|outcome| Some((outcome, outcome.exact.as_ref()?.weight.as_ref()?))).collect();
    weighed.sort_by(|a, b| a.0.uptake.total_cmp(&b.0.uptake));
    weighed.dedup_by_key(|(outcome, _)| outcome.uptake.to_bits());
    let whole = |weight: f64| group_count(weight.round().max(0.0) as u64);
    let of = |(outcome, weights): &(&Outcome, &Weights)| {
        let failed = &weights.failed_by_deadline;
        let open = failed.percentiles.filter(|range| whole(range.p5) != whole(range.p95));
        let range = open.map(|range| format!(" (90{PERCENT} range: {} to {})", whole(range.p5), whole(range.p95)));
        let place = uptakes.iter().position(|other| std::ptr::eq(other, *outcome));
        let rate = place.and_then(|i| plan.uptakes().get(i)).map_or(&outcome.label, |uptake| &uptake.name);
        format!("{}{} {}", whole(failed.mean), range.unwrap_or_default(), plan.if_rate(rate))
    };
    let ((_, weights), last) = (weighed.first()?, weighed.last()?);
    let rest = if weighed.len() > 1 { format!(" It is {}.", of(last)) } else { String::new() };
    Some(format!(
        "Of a weight of {} in all, this {FAILS} by the deadline: {}.{rest}",
        whole(weights.all),
        of(&weighed[0])
    ))
}

/// What the reader is told about unknowns.
fn not_known(family: &Family, exact: &[Measures]) -> Result<String> {
    let possible = family.possible_plans(0).map_err(Error::Engine)?;
    let keys: Vec<String> = family.unknowns().iter().map(|u| format!("{} ({})", u.key, u.words)).collect();
    let out = match possible.left_out {
        0 => String::new(),
        n => format!(" {n} draws contradict themselves and are left out."),
    };
    let se = weighed_by_few(exact).unwrap_or_default();
    Ok(format!(
        "Not known: {}. The figures mix {} equally likely plans.{se}{out}",
        keys.join("; "),
        possible.plans.len()
    ))
}

/// The exact engine's answer; where it is not asked or declines, `None` and a note.
fn by_exact(
    family: &Family,
    engine: EngineChoice,
    notes: &mut Vec<String>,
    progress: &(dyn Fn(Done) + Sync),
) -> Result<Option<Vec<Measures>>> {
    if engine == EngineChoice::Simulate {
        notes.push("You did not ask for the exact engine.".to_owned());
        return Ok(None);
    }
    match exact::measures_watched(family, &|share| progress(Done::Solved(share))) {
        Ok(measures) => {
            let bound = measures.iter().filter_map(|m| m.error_bound).fold(0.0, f64::max);
            if bound > exact::TOLERANCE {
                let of_each = if family.unknowns().is_empty() { "" } else { " in each plan" };
                notes.push(format!("Exact means may be off by up to {} of the {ORGS}{of_each}.", show_share(bound)));
            }
            Ok(Some(measures))
        }
        Err(declined) if engine == EngineChoice::Exact => Err(Error::Engine(declined.0)),
        Err(declined) => {
            notes.push(format!("{}.", capital(&declined.0)));
            Ok(None)
        }
    }
}

/// What the reader is told of the error that comes from so many plans and no more.
fn weighed_by_few(exact: &[Measures]) -> Option<String> {
    let splits = exact.iter().filter_map(|m| m.failed_by_deadline.split.as_ref());
    let se = splits.map(|split| split.mean_se).reduce(f64::max).filter(|se| *se >= 0.005)?;
    let se = if se < 1.0 { format!("{se:.2}") } else { format!("{se:.1}") };
    Some(format!(
        " They stand for all others, so the mean by the deadline has a standard error of up to {se} {ORGS}. More runs do not reduce it."
    ))
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
