//! `cutover run`: projects a scenario, prints the summary, writes the output folder.

use super::progress::{Phase, Progress};
use super::{Common, Engine, Format, Sampling, load, one_rate, orgs, output_folder, stream};
use crate::decision::condition::Condition;
use crate::decision::lint::{Lints, lint_projected};
use crate::decision::sensitivity::{Reading, SensitivityRequest, sensitivity};
use crate::decision::{Done, EngineChoice, Request, detail, project};
use crate::engine::simulate::cost;
use crate::engine::{exact, simulate};
use crate::output::{self, folder, json, safe, terminal};
use crate::plan::units::counted;
use crate::plan::{Family, Plan};
use crate::population::inventory::Loaded;
use crate::results::sensitivity::Sensitivity;
use crate::results::{Counted, Projection, Provenance};
use crate::scenario::{Findings, Scenario, input};
use crate::stats::sobol_indices::MOST_INPUTS;
use crate::{Error, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The scenario file
    scenario: PathBuf,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    sampling: Sampling,
    /// Simulates until the headline's standard error is this share of its mean, such as 1%, whatever `runs` says
    #[arg(long, value_name = "SHARE", value_parser = share)]
    until_precise: Option<f64>,
    /// Exits with 3 where this does not hold, such as "failed_by_deadline.p95 <= 50 at uptake 0.5"; repeatable
    #[arg(long, value_name = "CONDITION")]
    require: Vec<String>,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &RunArgs) -> Result<ExitCode> {
    let required = conditions(&args.require)?;
    let changes = args.sampling.changes(&args.common);
    let loaded = load(&args.scenario, &changes, &args.common)?;
    let Loaded { scenario, inventory } = &loaded;
    let unfit: Vec<String> = required.iter().filter_map(|c| c.fits(scenario.family.centre()).err()).collect();
    if !unfit.is_empty() {
        return Err(Error::BadUsage(unfit.join("\nerror: ")));
    }
    let out = output_folder(&args.scenario, args.out.as_ref());
    super::spare_the_inventory(scenario, &args.scenario, &out)?;
    folder::prepare(&out)?;
    let request = Request { engine: chosen_engine(args.sampling.engine), until_precise: args.until_precise };
    let plan = scenario.family.centre();
    let bar = Progress::new(phases(&scenario.family, request), args.common.quiet);
    let mut projection = project(&scenario.family, provenance(scenario), request, &|done| told(&bar, done))?;
    bar.begin(DETAIL);
    // What only the exact engine answers is left out where its figures don't lead.
    let answered = if projection.is_exact() { request.engine } else { EngineChoice::Simulate };
    projection.detail = detail(&scenario.family, answered)?;
    projection.notes.splice(0..0, scenario.notes.iter().cloned());
    if let Some(inventory) = inventory {
        projection.detail.calls = orgs::table(&scenario.family, inventory, 0.0, provenance(scenario))?;
    }
    bar.begin(SENSITIVITY);
    if answered != EngineChoice::Simulate {
        projection.detail.sensitivity =
            moved_alone(&one_rate::at_the_middle(&args.scenario, &changes, &loaded)?, provenance(scenario))?;
    }
    bar.begin(CHECKS);
    // Figures of lints are the exact engine's: without it only what was found in reading is told.
    projection.warnings = match request.engine {
        EngineChoice::Simulate => Lints::of_reading(scenario).warnings(),
        _ => lint_projected(scenario, &projection.uptakes).warnings(),
    };
    bar.begin(WRITING);
    let before = input::read_text(&out.join("timeline.ics")).ok();
    let files = output::render_all(plan, &projection, &scenario.assumptions, before.as_deref())?;
    // Files of an earlier plan go where there are such; in any other folder nothing is removed.
    let before = if out.join("summary.json").exists() { output::names() } else { Vec::new() };
    folder::replace(&out, &files, &before)?;
    bar.finish();
    match args.common.format {
        Format::Text => stream::print(&terminal::summary(plan, &projection, stream::look()))?,
        Format::Json => stream::print_json(&json::summary_text(plan, &projection))?,
    }
    if !args.common.quiet {
        stream::say(&format!(
            "Wrote {}: {} files, report.md first.",
            safe::line(&out.display().to_string()),
            files.len()
        ));
        super::say_if_past(plan);
        say_how_many_lints(scenario, &projection);
    }
    refuse_disagreement(&projection)?;
    Ok(held(&required, plan, &projection))
}

/// The phases of a run by their places.
const SOLVING: usize = 0;
const SIMULATING: usize = 1;
const DETAIL: usize = 2;
const SENSITIVITY: usize = 3;
const CHECKS: usize = 4;
const WRITING: usize = 5;

/// What a run does, and about how long each part takes.
fn phases(family: &Family, request: Request) -> Vec<Phase> {
    let mut phases = projection_phases(family, request);
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
pub(super) fn projection_phases(family: &Family, request: Request) -> Vec<Phase> {
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
    };
    bar.begin(phase);
    bar.share(share);
}

/// Assumptions times segments up to which moving each alone takes a fraction of a second: more are left to `cutover sensitivity`.
const MOST_MOVES: usize = 400;

/// How far each assumption moves the answer alone; `None` where there is none that moves, or too much to do.
fn moved_alone(scenario: &Scenario, provenance: Provenance) -> Result<Option<Sensitivity>> {
    let movements = scenario.movements(&[]).map_err(Error::BadUsage)?;
    let seed = scenario.family.centre().seed();
    let assumptions = movements.assumptions().len();
    let moves = assumptions * scenario.family.centre().segments().len();
    if moves == 0 || moves > MOST_MOVES || assumptions > MOST_INPUTS {
        return Ok(None);
    }
    let request = SensitivityRequest {
        counted: Counted::FailedByDeadline,
        rows: 0,
        has_unknowns: !scenario.family.is_certain(),
        seed,
        provenance,
    };
    match sensitivity(&[Reading { name: String::new(), movements }], &request, &|_| ()) {
        // The exact engine declines: the run has said so.
        Err(Error::Engine(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// Refuses results whose two engines do not agree.
pub(super) fn refuse_disagreement(projection: &Projection) -> Result<()> {
    match &projection.agreement {
        Some(agreement) if !agreement.holds() => Err(Error::Engine(format!(
            "the two engines do not agree: {} differs by {:.1} standard errors, and {:.1} is the most that chance explains. \
             One of them is wrong; please report this scenario.",
            agreement.worst, agreement.worst_z, agreement.limit_z
        ))),
        _ => Ok(()),
    }
}

/// The conditions of `--require`, all faults of all of them at once.
fn conditions(typed: &[String]) -> Result<Vec<Condition>> {
    let read: Vec<_> = typed.iter().map(|text| Condition::parse(text)).collect();
    let faults: Vec<&Findings> = read.iter().filter_map(|c| c.as_ref().err()).collect();
    if !faults.is_empty() {
        let report = faults.iter().map(|f| f.render(false)).collect::<Vec<_>>().join("\n\n");
        return Err(Error::BadInput { report, faults: faults.iter().map(|f| f.len()).sum() });
    }
    Ok(read.into_iter().flatten().collect())
}

/// Exit code 3 where a condition does not hold, with a line why for each rate.
fn held(required: &[Condition], plan: &Plan, projection: &Projection) -> ExitCode {
    let broken: Vec<String> = required.iter().flat_map(|c| c.broken(plan, projection)).collect();
    broken.iter().for_each(|line| stream::say(line));
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) }
}

/// Says how many warnings there are about the plan, and where they stand.
fn say_how_many_lints(scenario: &Scenario, projection: &Projection) {
    let found = projection.warnings.len() as u64;
    if found > 0 {
        let warnings = counted(found, "warning", "warnings");
        stream::say(&format!("{warnings} about the plan itself: cutover check {}", safe::line(&scenario.path)));
    }
}

/// The engines that the command line asks for.
pub(super) fn chosen_engine(engine: Engine) -> EngineChoice {
    match engine {
        Engine::Exact => EngineChoice::Exact,
        Engine::Simulate => EngineChoice::Simulate,
        Engine::Both => EngineChoice::Both,
    }
}

/// Where a scenario's results come from.
pub(super) fn provenance(scenario: &Scenario) -> Provenance {
    Provenance {
        path: scenario.path.clone(),
        sha256: scenario.sha256.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        changes: scenario.changes.clone(),
    }
}

/// A share above 0 and below 1, as `1%` or `0.01`.
fn share(text: &str) -> std::result::Result<f64, String> {
    let (number, scale) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |n| (n.trim_end(), 0.01));
    match number.parse::<f64>().map(|n| n * scale) {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("write a share above 0 and below 1, such as 1% or 0.01".to_owned()),
    }
}
