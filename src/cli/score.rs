//! `cutover score`: past forecasts held against what happened. `cutover replay`: the forecasts as they would have been at each count of a past rollout,
//! scored.

use super::common::{Common, Format, load_scenario, output_folder, provenance, say_written};
use super::solve::answers_bar;
use super::stream;
use super::track::read_seen;
use crate::decision::track::score::{journal_frame, score as score_journal};
use crate::decision::track::{before, forecast_alone};
use crate::output::{document, files, folder, json, score as output, track};
use crate::plan::clock;
use crate::population::seen::{Observations, SeenFrame};
use crate::results::score::Scores;
use crate::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// The journal that `track` keeps in its output folder: journal.jsonl
    journal: PathBuf,
    /// What happened: CSV or Parquet as for `track --seen`, with counts of all orgs together
    #[arg(long, value_name = "FILE")]
    actuals: PathBuf,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Prints no messages
    #[arg(long, short)]
    quiet: bool,
    /// Where to write [default: the folder of the journal]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn score(args: &ScoreArgs) -> Result<ExitCode> {
    let name = args.journal.display().to_string();
    let journal = std::fs::read_to_string(&args.journal).map_err(|why| {
        Error::BadUsage(format!("{name} can't be read: {why}; give the journal.jsonl of an output folder"))
    })?;
    let (title, frame) = journal_frame(&name, &journal)?;
    let actuals = read_seen(&args.actuals, &frame, true)?;
    let scores = score_journal((&name, &journal), &actuals, &|hours| clock::after(frame.as_of, hours))?;
    let beside = args.journal.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let out = args.out.clone().unwrap_or_else(|| beside.to_path_buf());
    say(&scores, &title, Vec::new(), ("score", &out), (args.format, args.quiet))
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The scenario file, as it was planned
    scenario: PathBuf,
    /// What was seen, to the end: CSV or Parquet as for `track --seen`
    #[arg(long, value_name = "FILE")]
    seen: PathBuf,
    /// Takes a count that falls for a correction of earlier ones, and says so
    #[arg(long)]
    allow_corrections: bool,
    #[command(flatten)]
    common: Common,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn replay(args: &ReplayArgs) -> Result<ExitCode> {
    let scenario = load_scenario(&args.scenario, &args.common.changes, &args.common)?;
    let plan = scenario.family.centre();
    let seen = read_seen(&args.seen, &SeenFrame::of(plan), args.allow_corrections)?;
    let lines = forecasts(&scenario, &seen, &args.common)?;
    let scores = score_journal(("replay.jsonl", &lines), &seen, &|hours| plan.instant(hours))?;
    let more = vec![("replay.jsonl".to_owned(), lines.into_bytes())];
    say(
        &scores,
        plan.title(),
        more,
        ("replay", &output_folder(&args.scenario, args.out.as_ref())),
        (args.common.format, args.common.quiet),
    )
}

/// The line of the journal at each instant of the counts.
fn forecasts(scenario: &crate::scenario::Scenario, seen: &Observations, common: &Common) -> Result<String> {
    let mut times: Vec<f64> = seen.rows.iter().map(|row| row.at).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let bar = answers_bar(1_024 * times.len() as u64, common.quiet);
    let before = before(scenario, &|n| bar.inc(n))?;
    let mut lines = String::new();
    for at in times {
        let report = forecast_alone(scenario, &seen.until(at), &before, provenance(scenario), &|n| bar.inc(n))?;
        lines += &track::json::journal_line(&report);
        lines.push('\n');
    }
    bar.finish_and_clear();
    Ok(lines)
}

fn say(
    scores: &Scores,
    title: &str,
    more: Vec<(String, Vec<u8>)>,
    (name, out): (&'static str, &Path),
    (format, quiet): (Format, bool),
) -> Result<ExitCode> {
    folder::prepare(out)?;
    let files: Vec<_> = files::of_scores(scores, title, name)?.into_iter().chain(more).collect();
    folder::write(out, &files)?;
    match format {
        Format::Text => stream::print(&document::text(&output::document(scores, title), stream::look()))?,
        Format::Json => stream::print_json(&json::indented(scores))?,
    }
    say_written(out, files.len(), &format!("{name}.md"), quiet);
    Ok(ExitCode::SUCCESS)
}
