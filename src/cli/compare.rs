//! `cutover compare`: plans side by side with the same random numbers; prints the comparison, writes its folder.

use super::common::{Common, Format, Sampling, chosen_engine, provenance, rate, say_written};
use super::progress::CountedProgress;
use super::stream;
use crate::decision::compare::{CompareRequest, Contender, compare as compare_plans};
use crate::output::{compare as output, document, files, folder};
use crate::scenario::{Change, Scenario};
use crate::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The scenario files, two or more; seed and runs are those of the first
    #[arg(required = true, num_args = 2.., value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// The plan that the others are held against: its place, from 1, or its file's name [default: 1]
    #[arg(long, value_name = "PLAN")]
    baseline: Option<String>,
    /// Rates of reconnecting to compare at, such as 0,50%,1, instead of those that the scenarios share
    #[arg(long, value_name = "U", value_delimiter = ',', value_parser = rate)]
    uptake: Vec<f64>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    sampling: Sampling,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "output/compare")]
    out: PathBuf,
}

pub(super) fn compare(args: &CompareArgs) -> Result<ExitCode> {
    let baseline = place_of_baseline(args)?;
    let changes = args.sampling.changes(&args.common);
    let scenarios: Vec<Scenario> =
        args.scenarios.iter().map(|path| load(path, &args.common, &changes, &args.uptake)).collect::<Result<_>>()?;
    folder::prepare(&args.out)?;
    let contenders: Vec<Contender> = scenarios.iter().map(contender).collect();
    let first = scenarios[0].family.centre();
    first.wording().speak();
    let engine = chosen_engine(args.sampling.engine);
    let request = CompareRequest { engine, baseline, seed: first.seed(), runs: first.runs() };
    let bar = CountedProgress::new("comparing", request.runs * scenarios.len() as u64, args.common.quiet);
    let mut comparison = compare_plans(&contenders, request, &|runs| bar.inc(runs))?;
    bar.finish();
    for (scenario, plan) in scenarios.iter().zip(&comparison.plans) {
        comparison.notes.extend(scenario.notes.iter().map(|note| format!("{}: {note}", plan.label)));
    }
    let files = files::of_comparison(&comparison)?;
    folder::write(&args.out, &files)?;
    match args.common.format {
        Format::Text => stream::print(&document::text(&output::document(&comparison), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&comparison))?,
    }
    say_written(&args.out, files.len(), "compare.md", args.common.quiet);
    Ok(ExitCode::SUCCESS)
}

fn contender(scenario: &Scenario) -> Contender<'_> {
    Contender { family: &scenario.family, provenance: provenance(scenario), assumptions: &scenario.assumptions }
}

/// Loads a scenario, with the rates asked for where it has somebody who reconnects.
fn load(path: &Path, common: &Common, changes: &[String], uptake: &[f64]) -> Result<Scenario> {
    let scenario = super::common::load_scenario(path, changes, common)?;
    if uptake.is_empty() || scenario.family.centre().window().is_none() {
        return Ok(scenario);
    }
    Ok(scenario.changed(&[Change::set("reconnect.uptake", uptake.to_vec())])?)
}

/// The place of the plan that `--baseline` names: by number, by path, or by the file's name with or without its ending.
fn place_of_baseline(args: &CompareArgs) -> Result<usize> {
    let Some(wanted) = &args.baseline else { return Ok(0) };
    let is_named = |path: &PathBuf| {
        let parts = [Some(path.as_os_str()), path.file_name(), path.file_stem()];
        parts.into_iter().flatten().any(|part| part.to_str() == Some(wanted))
    };
    if let Some(place) = args.scenarios.iter().position(is_named) {
        return Ok(place);
    }
    let number = wanted.parse::<usize>().ok().filter(|n| (1..=args.scenarios.len()).contains(n));
    number.map(|n| n - 1).ok_or_else(|| {
        let names: Vec<String> =
            args.scenarios.iter().enumerate().map(|(i, p)| format!("{} ({})", i + 1, p.display())).collect();
        Error::BadUsage(format!("no scenario is `{wanted}`; --baseline is one of {}", names.join(", ")))
    })
}
