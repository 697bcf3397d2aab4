//! `cutover check`: validates a scenario; all faults at once.

use super::{Common, Format, stream};
use crate::Result;
use crate::plan::units::{group_count, orgs};
use crate::scenario;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The scenario file
    scenario: PathBuf,
    #[command(flatten)]
    common: Common,
}

pub(super) fn check(args: &CheckArgs) -> Result<ExitCode> {
    let scenario = scenario::load(&args.scenario, &args.common.changes)?;
    let plan = scenario.family.centre();
    match args.common.format {
        Format::Json => {
            let unknowns: Vec<&str> = scenario.family.unknowns().iter().map(|u| u.key.as_str()).collect();
            let found = serde_json::json!({
                "scenario": { "title": plan.title(), "path": scenario.path, "sha256": scenario.sha256 },
                "valid": true, "orgs": plan.orgs(), "unknowns": unknowns, "notes": scenario.notes,
            });
            stream::print(&format!("{found:#}\n"))?;
        }
        Format::Text => {
            let mut text = format!("{} is valid: {}.\n", scenario.path, plan.title());
            text += &format!(
                "{}, {} events, {} uptake rates, {} runs.\n",
                orgs(plan.orgs()),
                plan.events().len(),
                plan.uptakes().len(),
                group_count(plan.runs())
            );
            for unknown in scenario.family.unknowns() {
                text += &format!("Not known: {} ({}).\n", unknown.key, unknown.words);
            }
            for note in &scenario.notes {
                text += &format!("Note: {note}\n");
            }
            stream::print(&text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
