//! `cutover frontier`: the line along which a target is just met in the plane of two keys; prints it, writes its page beside the
//! report.

use super::common::{Common, Format, output_folder, provenance, say_written};
use super::solve::{TargetArguments, answers_bar};
use super::stream;
use crate::Result;
use crate::decision::frontier::{FrontierRequest, POINTS, frontier as frontier_of};
use crate::output::{document, files, folder, frontier as output};
use crate::scenario::Change;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct FrontierArgs {
    /// The scenario file
    scenario: PathBuf,
    /// The key across
    #[arg(long, value_name = "KEY", default_value = "deadline")]
    x: String,
    /// The key upwards, whose least demanding value is the line
    #[arg(long, value_name = "KEY", default_value = "reconnect.uptake")]
    y: String,
    #[command(flatten)]
    aim: TargetArguments,
    #[command(flatten)]
    common: Common,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn frontier(args: &FrontierArgs) -> Result<ExitCode> {
    let typed = args.aim.typed()?;
    let scenario = super::common::load_scenario(&args.scenario, &args.common.changes, &args.common)?;
    let target = TargetArguments::target(typed, &scenario)?;
    let out = output_folder(&args.scenario, args.out.as_ref());
    folder::prepare(&out)?;
    let request = FrontierRequest {
        keys: [args.x.clone(), args.y.clone()],
        target,
        confidence: args.aim.confidence,
        uptake: args.aim.uptake,
    };
    let bar = answers_bar(POINTS as u64, args.common.quiet);
    let vary = |changes: &[Change]| scenario.vary(changes);
    let found = frontier_of(&scenario.family, &request, provenance(&scenario), &vary, &|n| bar.inc(n));
    bar.finish_and_clear();
    let mut found = found?;
    found.notes.extend(scenario.notes.iter().cloned());
    let files = files::of_frontier(&found)?;
    folder::write(&out, &files)?;
    match args.common.format {
        Format::Text => stream::print(&document::text(&output::document(&found), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&found))?,
    }
    say_written(&out, files.len(), "frontier.md", args.common.quiet);
    Ok(ExitCode::SUCCESS)
}
