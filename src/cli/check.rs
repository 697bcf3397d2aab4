//! `cutover check`: validates a scenario, all faults at once; then lints the plan.

use super::common::{Common, Format, load_scenario};
use super::stream;
use crate::decision::lint::{Lints, PlacedWarning, lint};
use crate::output::{json, safe};
use crate::plan::units::{counted, orgs};
use crate::scenario::{FindingCode, Scenario};
use crate::{Error, Result};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The scenario file
    scenario: PathBuf,
    #[command(flatten)]
    common: Common,
    /// Exits with 2 when there are warnings
    #[arg(long)]
    deny: bool,
}

pub(super) fn check(args: &CheckArgs) -> Result<ExitCode> {
    let scenario = load_scenario(&args.scenario, &args.common.changes, &args.common)?;
    if !args.common.quiet {
        super::common::say_if_past(scenario.family.centre());
    }
    let lints = lint(&scenario);
    match args.common.format {
        Format::Json => stream::print_json(&json::indented(&CheckedView::new(&scenario, &lints)))?,
        Format::Text => stream::print(&text(&scenario, &lints))?,
    }
    if args.deny && !lints.found.is_empty() {
        return Err(Error::BadInput { report: format!("error: {} (--deny)", lints.found.count_line()), faults: 0 });
    }
    Ok(ExitCode::SUCCESS)
}

fn text(scenario: &Scenario, lints: &Lints) -> String {
    let plan = scenario.family.centre();
    let mut text = format!("{} is valid: {}.\n", safe::line(&scenario.path), safe::line(plan.title()));
    text += &format!(
        "{}, {}, {}, {}.\n",
        orgs(plan.orgs()),
        counted(plan.events().len() as u64, "event", "events"),
        counted(plan.uptakes().len() as u64, "uptake rate", "uptake rates"),
        counted(plan.runs(), "run", "runs")
    );
    for unknown in scenario.family.unknowns() {
        text += &format!("Not known: {} ({}).\n", unknown.key, unknown.words);
    }
    for note in &scenario.notes {
        text += &format!("Note: {note}\n");
    }
    if !lints.silenced.is_empty() {
        let silenced: Vec<&str> = lints.silenced.iter().map(|code| code.as_str()).collect();
        text += &format!("Silenced by `allow`: {}.\n", silenced.join(", "));
    }
    if !lints.found.is_empty() {
        let look = stream::look();
        text += &format!("\n{}\n", lints.found.render_within(look.colour, look.width));
    }
    text
}

#[derive(Serialize)]
struct CheckedView<'a> {
    scenario: CheckedScenario<'a>,
    valid: bool,
    orgs: u64,
    unknowns: Vec<&'a str>,
    notes: &'a [String],
    warnings: Vec<PlacedWarning<'a>>,
    silenced: &'a [FindingCode],
}

#[derive(Serialize)]
struct CheckedScenario<'a> {
    title: &'a str,
    path: &'a str,
    sha256: &'a str,
}

impl<'a> CheckedView<'a> {
    fn new(scenario: &'a Scenario, lints: &'a Lints) -> Self {
        let plan = scenario.family.centre();
        Self {
            scenario: CheckedScenario { title: plan.title(), path: &scenario.path, sha256: &scenario.sha256 },
            valid: true,
            orgs: plan.orgs(),
            unknowns: scenario.family.unknowns().iter().map(|unknown| unknown.key.as_str()).collect(),
            notes: &scenario.notes,
            warnings: lints.placed(),
            silenced: &lints.silenced,
        }
    }
}
