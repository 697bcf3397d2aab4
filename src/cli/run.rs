//! `cutover run`: projects a scenario, prints the summary, writes the output folder.

use super::common::{
    Common, Format, Sampling, chosen_engine, load, output_folder, provenance, refuse_disagreement, say_if_past,
    say_written, share, spare_the_inventory,
};
use super::progress::Progress;
use super::{phases, stream};
use crate::decision::condition::Condition;
use crate::decision::{self, Request};
use crate::output::{self, document, folder, json, safe};
use crate::plan::Plan;
use crate::plan::units::counted;
use crate::results::Projection;
use crate::scenario::{Findings, Scenario, input};
use crate::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
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
    let loaded = load(&args.scenario, &args.sampling.changes(&args.common), &args.common)?;
    let (scenario, plan) = (&loaded.scenario, loaded.scenario.family.centre());
    refuse_unfit(&required, plan)?;
    let out = output_folder(&args.scenario, args.out.as_ref());
    spare_the_inventory(scenario, &args.scenario, &out)?;
    folder::prepare(&out)?;
    let request = Request { engine: chosen_engine(args.sampling.engine), until_precise: args.until_precise };
    let bar = Progress::new(phases::of_run(&scenario.family, request), args.common.quiet);
    let report = decision::run(&loaded, request, provenance(scenario), &|done| phases::told(&bar, done))?;
    bar.begin(phases::WRITING);
    let files = write(&out, scenario, &report)?;
    bar.finish();
    match args.common.format {
        Format::Text => stream::print(&document::text(
            &output::run::document(plan, &report, &scenario.assumptions),
            stream::look(),
        ))?,
        Format::Json => stream::print_json(&json::summary_text(plan, &report))?,
    }
    say_written(&out, files, "report.md", args.common.quiet);
    if !args.common.quiet {
        say_if_past(plan);
        say_how_many_lints(scenario, &report);
    }
    refuse_disagreement(&report)?;
    Ok(held(&required, plan, &report))
}

/// Refuses conditions that can't be held against what the plan reports.
fn refuse_unfit(required: &[Condition], plan: &Plan) -> Result<()> {
    let unfit: Vec<String> = required.iter().filter_map(|condition| condition.fits(plan).err()).collect();
    if unfit.is_empty() { Ok(()) } else { Err(Error::BadUsage(unfit.join("\nerror: "))) }
}

/// Writes the output folder; how many files it has.
fn write(out: &Path, scenario: &Scenario, report: &Projection) -> Result<usize> {
    let calendar_before = input::read_text(&out.join("timeline.ics")).ok();
    let plan = scenario.family.centre();
    let files = output::render_all(plan, report, &scenario.assumptions, calendar_before.as_deref())?;
    // Files of an earlier plan go where there are such; in any other folder nothing is removed.
    let before = if out.join("summary.json").exists() { output::names() } else { Vec::new() };
    folder::replace(out, &files, &before)?;
    Ok(files.len())
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
