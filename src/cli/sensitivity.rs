//! `cutover sensitivity`: which assumption drives the answer; prints it, writes its page and chart beside the report.

use super::common::{Common, Format, output_folder, provenance, rate, say_written};
use super::progress::CountedProgress;
use super::{one_rate, stream};
use crate::decision::sensitivity::{ROWS, Reading, SensitivityRequest, sensitivity as analyse};
use crate::output::{document, files, folder, sensitivity as output};
use crate::results::Counted;
use crate::scenario::{Scenario, Vary};
use crate::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SensitivityArgs {
    /// The scenario file
    scenario: PathBuf,
    /// The rate of reconnecting to ask at, such as 50% [default: the middle one of the scenario's]
    #[arg(long, value_name = "U", value_parser = rate)]
    uptake: Option<f64>,
    /// Other scenarios that may hold instead, each a reading as likely as the next
    #[arg(long, value_name = "FILE", num_args = 1..)]
    readings: Vec<PathBuf>,
    /// Moves a number that stays by itself, or over another range, such as event.pkce.at or refresh.interval=24h..60d
    #[arg(long, value_name = "KEY[=A..B]", value_parser = vary)]
    vary: Vec<Vary>,
    /// Which figure is the answer: failed_by_deadline, down_at_deadline or failed_by_horizon
    #[arg(long = "of", value_name = "FIGURE", default_value = "failed_by_deadline", value_parser = one_rate::counted)]
    counted: Counted,
    /// Rows of the sample in which all assumptions move at once, up to 65,536; 0 moves each alone only
    #[arg(long, value_name = "N", default_value_t = ROWS as u32, value_parser = clap::value_parser!(u32).range(0..=65_536))]
    samples: u32,
    /// Seed of the sample, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    common: Common,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn sensitivity(args: &SensitivityArgs) -> Result<ExitCode> {
    let paths: Vec<&Path> = std::iter::once(&args.scenario).chain(&args.readings).map(PathBuf::as_path).collect();
    let load = |path: &&Path| one_rate::load(path, &args.common, args.uptake);
    let scenarios: Vec<Scenario> = paths.iter().map(load).collect::<Result<_>>()?;
    scenarios[0].family.centre().wording().speak();
    let readings = readings(&scenarios, &paths, &args.vary)?;
    let out = output_folder(&args.scenario, args.out.as_ref());
    folder::prepare(&out)?;
    let seed = args.seed.unwrap_or_else(|| scenarios[0].family.centre().seed());
    let (counted, rows) = (args.counted, args.samples as usize);
    let request = SensitivityRequest {
        counted,
        rows,
        has_unknowns: !scenarios[0].family.is_certain(),
        seed,
        provenance: provenance(&scenarios[0]),
    };
    let bar = CountedProgress::new("moving the assumptions", u64::from(args.samples), args.common.quiet);
    let found = analyse(&readings, &request, &|rows| bar.inc(rows))?;
    bar.finish();
    let files = files::of_sensitivity(&found)?;
    folder::write(&out, &files)?;
    match args.common.format {
        Format::Text => stream::print(&document::text(&output::document(&found), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&found))?,
    }
    say_written(&out, files.len(), "sensitivity.md", args.common.quiet);
    Ok(ExitCode::SUCCESS)
}

/// Each scenario as a reading. A key that is to be varied must be one of some scenario.
fn readings(scenarios: &[Scenario], paths: &[&Path], vary: &[Vary]) -> Result<Vec<Reading>> {
    let of = |(i, (scenario, path)): (usize, (&Scenario, &&Path))| {
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        // Readings need not have all that the first is asked to vary.
        let own = |v: &&Vary| scenario.movements(&[(*v).clone()]).is_ok();
        let wanted: Vec<Vary> = if i == 0 { vary.to_vec() } else { vary.iter().filter(own).cloned().collect() };
        let movements = scenario.movements(&wanted).map_err(Error::BadUsage)?;
        Ok(Reading { name, movements })
    };
    scenarios.iter().zip(paths).enumerate().map(of).collect()
}

/// `KEY` or `KEY=A..B`.
fn vary(text: &str) -> std::result::Result<Vary, String> {
    let (key, range) = match text.split_once('=') {
        Some((key, range)) => (key, Some(range.trim().to_owned())),
        None => (text, None),
    };
    match (key.trim(), &range) {
        ("", _) => Err("write KEY or KEY=A..B, such as refresh.interval=24h..60d".to_owned()),
        (_, Some(range)) if !range.contains("..") => {
            Err("write the range as A..B, such as refresh.interval=24h..60d".to_owned())
        }
        (key, _) => Ok(Vary { key: key.to_owned(), range }),
    }
}
