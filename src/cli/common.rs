//! What several verbs share: their options, how scenarios are loaded, where results come from and what is said of them.

use super::stream;
use crate::decision::EngineChoice;
use crate::output::safe;
use crate::plan::{Plan, clock};
use crate::population::inventory::{self, BadRows, Loaded};
use crate::results::{Projection, Provenance};
use crate::scenario::Scenario;
use crate::{Error, Result};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Options of every verb that reads a scenario.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Changes a key of the scenario: dotted, events and segments by id, repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) changes: Vec<String>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Goes on without the rows of an inventory that can't be read, and says so
    #[arg(long)]
    pub(super) skip_bad_rows: bool,
    /// Prints no progress and no messages
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Format of what goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// Options of verbs that simulate.
#[derive(Debug, Args)]
pub(super) struct Sampling {
    /// Seed of the simulation, instead of the scenario's
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Simulated repetitions, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(super) runs: Option<u64>,
    /// Which engine answers
    #[arg(long, value_enum, default_value_t)]
    pub(super) engine: Engine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Engine {
    /// Computed, without sampling
    Exact,
    /// Drawn org by org
    Simulate,
    /// Both, and whether they agree
    #[default]
    Both,
}

impl Sampling {
    /// The scenario's changes with those of these options: they are changes of its keys too.
    pub(super) fn changes(&self, common: &Common) -> Vec<String> {
        let own = [("seed", self.seed), ("runs", self.runs)];
        let own = own.iter().filter_map(|(key, value)| value.map(|v| format!("{key}={v}")));
        common.changes.iter().cloned().chain(own).collect()
    }
}

/// Says that a plan is over, which may be a slip of the year. It goes to standard error alone: no result depends on a clock.
pub(super) fn say_if_past(plan: &Plan) {
    if plan.horizon() < chrono::Utc::now() {
        let ended = clock::show(plan.horizon(), plan.time_zone(), None);
        stream::say(&format!("Note: this plan is wholly in the past: its horizon is {ended}. Is the year meant?"));
    }
}

/// Reads a scenario, and the inventory that it may name; its words are those of what is said from now on.
pub(super) fn load(path: &Path, changes: &[String], common: &Common) -> Result<Loaded> {
    let loaded = inventory::load(path, changes, bad_rows(common))?;
    loaded.scenario.family.centre().wording().speak();
    Ok(loaded)
}

/// The scenario alone; the orgs of its inventory are known to its plans.
pub(super) fn load_scenario(path: &Path, changes: &[String], common: &Common) -> Result<Scenario> {
    load(path, changes, common).map(|loaded| loaded.scenario)
}

pub(super) fn bad_rows(common: &Common) -> BadRows {
    if common.skip_bad_rows { BadRows::Skip } else { BadRows::Refuse }
}

/// Refuses to write the list of orgs over the inventory that it is made from.
pub(super) fn spare_the_inventory(scenario: &Scenario, path: &Path, out: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let Some(inventory) = scenario.inventory().and_then(|file| folder.join(file).canonicalize().ok()) else {
        return Ok(());
    };
    let is_same = |name: &&&str| out.join(name).canonicalize().is_ok_and(|file| file == inventory);
    match ["orgs.csv", "orgs.parquet"].iter().find(is_same) {
        Some(name) => Err(Error::BadUsage(format!(
            "{} is the inventory, and would be written over: choose another --out",
            out.join(name).display()
        ))),
        None => Ok(()),
    }
}

/// The output folder of a scenario: as asked, or `output/<file stem>`.
pub(super) fn output_folder(scenario: &Path, asked: Option<&PathBuf>) -> PathBuf {
    asked.cloned().unwrap_or_else(|| {
        let stem = scenario.file_stem().map_or_else(|| "scenario".into(), std::ffi::OsStr::to_os_string);
        PathBuf::from("output").join(stem)
    })
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

/// A number, or a percentage as a share of 1: `0.5` or `50%`.
fn share_of_one(text: &str) -> Option<f64> {
    let (number, scale) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |n| (n.trim_end(), 100.0));
    number.parse::<f64>().ok().map(|number| number / scale)
}

/// A rate from 0 to 1, as `0.5` or `50%`.
pub(super) fn rate(text: &str) -> std::result::Result<f64, String> {
    let rate = share_of_one(text).filter(|rate| (0.0..=1.0).contains(rate));
    rate.ok_or_else(|| "write rates from 0 to 1, such as 0,0.5,1 or 0%,50%,100%".to_owned())
}

/// A share above 0 and below 1, as `1%` or `0.01`.
pub(super) fn share(text: &str) -> std::result::Result<f64, String> {
    let share = share_of_one(text).filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "write a share above 0 and below 1, such as 1% or 0.01".to_owned())
}

/// Says what has been written, unless that is not wanted.
pub(super) fn say_written(out: &Path, files: usize, first: &str, quiet: bool) {
    if !quiet {
        let out = safe::line(&out.display().to_string());
        stream::say(&format!("Wrote {out}: {files} files, {first} first."));
    }
}
