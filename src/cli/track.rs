//! `cutover track`: what the counts so far say of a rollout under way; prints it, writes its page and a line of the journal.

use super::common::{Common, Format, bad_rows, load_scenario, output_folder, provenance, say_written};
use super::solve::answers_bar;
use super::stream;
use crate::decision::track::track as track_seen;
use crate::output::{document, files, folder, track as output};
use crate::plan::Plan;
use crate::plan::zone::Tz;
use crate::population::inventory::load_at;
use crate::population::seen::{Observations, SeenFrame, instant_of};
use crate::scenario::inventory::{InventoryFault, InventoryRequest};
use crate::scenario::{FindingCode, Scenario};
use crate::{Error, Result};
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where the history of forecasts is kept, in the output folder.
const JOURNAL: &str = "journal.jsonl";

#[derive(Debug, Args)]
#[command(
    after_help = "What was seen is CSV with a header row, or Parquet: at, and one or both of reconnected and failed, each the number \
                        of orgs so far; optionally tickets and segment. A cell that nobody counted stays empty."
)]
pub(super) struct TrackArgs {
    /// The scenario file
    scenario: PathBuf,
    /// What was seen: CSV or Parquet; `-` reads CSV from standard input. Without it, the scenario's inventory as exported at --now:
    /// its columns reconnected_at and failed_at say what was seen
    #[arg(long, value_name = "FILE", required_unless_present = "now")]
    seen: Option<PathBuf>,
    /// The time of the forecast, at or after the last count [default: the last count]
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Takes a count that falls for a correction of earlier ones, and says so
    #[arg(long)]
    allow_corrections: bool,
    /// Prints three lines for a chat instead
    #[arg(long)]
    brief: bool,
    #[command(flatten)]
    common: Common,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn track(args: &TrackArgs) -> Result<ExitCode> {
    let (scenario, seen) = match &args.seen {
        Some(file) => {
            let scenario = load_scenario(&args.scenario, &args.common.changes, &args.common)?;
            let seen = read_seen(file, &SeenFrame::of(scenario.family.centre()), args.allow_corrections)?;
            (scenario, seen)
        }
        None => of_inventory(args)?,
    };
    let plan = scenario.family.centre();
    let now = args.now.as_deref().map(|text| now(text, plan, &seen)).transpose()?;
    let out = output_folder(&args.scenario, args.out.as_ref());
    let bar = answers_bar(1_024, args.common.quiet);
    let report = track_seen(&scenario, &seen, now, provenance(&scenario), &|n| bar.inc(n));
    bar.finish_and_clear();
    let mut report = report?;
    report.notes.extend(scenario.notes.iter().cloned());
    folder::prepare(&out)?;
    let mut files = files::of_track(&report)?;
    files.push((JOURNAL.to_owned(), journal(&out, &output::json::journal_line(&report))?.into_bytes()));
    folder::write(&out, &files)?;
    match (args.brief, args.common.format) {
        (true, _) => stream::print(&output::brief(&report))?,
        (false, Format::Text) => stream::print(&document::text(&output::document(&report), stream::look()))?,
        (false, Format::Json) => stream::print_json(&output::json::text(&report))?,
    }
    say_written(&out, files.len(), "track.md", args.common.quiet);
    Ok(ExitCode::SUCCESS)
}

/// The scenario with its inventory as exported at `--now`, and what that says was seen.
fn of_inventory(args: &TrackArgs) -> Result<(Scenario, Observations)> {
    let text = args.now.as_deref().unwrap_or_default();
    let read_now = |request: &InventoryRequest| {
        let at = instant_of(text, request.zone.unwrap_or(Tz::UTC)).map_err(|(message, help)| InventoryFault {
            code: FindingCode::BadObservation,
            message: format!("--now: {message}"),
            notes: Vec::new(),
            help,
        })?;
        Ok(Some(at))
    };
    let loaded = load_at(&args.scenario, &args.common.changes, bad_rows(&args.common), &read_now)?;
    loaded.scenario.family.centre().wording().speak();
    let plan = loaded.scenario.family.centre();
    let nothing = || {
        Error::BadUsage(
            "nothing was seen: name a file of counts, --seen FILE, or give the scenario an inventory whose columns reconnected_at and failed_at say \
             what has happened since as_of"
                .to_owned(),
        )
    };
    let inventory = loaded.inventory.as_ref().ok_or_else(nothing)?;
    let at = instant_of(text, plan.time_zone())
        .map_err(|(message, help)| Error::BadUsage(format!("--now: {message}; {help}")))?;
    let rows = inventory.seen_since(plan.as_of(), at).ok_or_else(nothing)?;
    let file = loaded.scenario.inventory().map(Path::to_owned).unwrap_or_default();
    let path = args.scenario.parent().unwrap_or(Path::new("")).join(&file);
    let seen = Observations::counted_in(&path, rows)?;
    Ok((loaded.scenario, seen))
}

/// What was seen; from standard input by way of a file, since tables are read from files alone.
pub(super) fn read_seen(path: &Path, frame: &SeenFrame, corrections: bool) -> Result<Observations> {
    if path != Path::new("-") {
        return Observations::read(path, frame, corrections);
    }
    let failed = |error: std::io::Error| Error::BadUsage(format!("standard input can't be read: {error}"));
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).map_err(failed)?;
    let file = std::env::temp_dir().join(format!("cutover-seen-{}.csv", std::process::id()));
    std::fs::write(&file, text).map_err(failed)?;
    let read = Observations::read(&file, frame, corrections);
    // What is left of it is nobody's loss.
    let _ = std::fs::remove_file(&file);
    let name = file.display().to_string();
    match read {
        Ok(seen) => Ok(Observations { path: "standard input".to_owned(), ..seen }),
        Err(Error::BadInput { report, faults }) => {
            Err(Error::BadInput { report: report.replace(&name, "standard input"), faults })
        }
        Err(other) => Err(other),
    }
}

/// The time of a forecast, in hours since `as_of`.
fn now(text: &str, plan: &Plan, seen: &Observations) -> Result<f64> {
    let at = instant_of(text, plan.time_zone())
        .map_err(|(message, help)| Error::BadUsage(format!("--now: {message}; {help}")))?;
    let hours = plan.hours(at);
    match seen.last() {
        Some(last) if hours < last => Err(Error::BadUsage(
            "--now is before the last count: leave later rows out, or use cutover replay".to_owned(),
        )),
        _ if at > plan.horizon() => Err(Error::BadUsage("--now is after the horizon of the plan".to_owned())),
        _ => Ok(hours),
    }
}

/// The journal with this line added; the same inputs add nothing twice.
fn journal(out: &Path, line: &str) -> Result<String> {
    let file = out.join(JOURNAL);
    let before = match std::fs::read_to_string(&file) {
        Ok(before) => before,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => String::new(),
        // It is written whole, so one that can't be read would be lost.
        Err(why) => {
            let file = file.display();
            return Err(Error::BadUsage(format!("{file} can't be read: {why}; move it away, or choose another --out")));
        }
    };
    if before.lines().any(|old| old == line) {
        return Ok(before);
    }
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    Ok(format!("{before}{gap}{line}\n"))
}
