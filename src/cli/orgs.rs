//! `cutover orgs`: each org's own risk from an inventory, whom to call first.

use super::common::{Common, Format, load, output_folder, provenance};
use super::stream;
use crate::decision::orgs;
use crate::output::{document, files, folder, orgs as output, safe};
use crate::plan::units::counted;
use crate::population::inventory::Loaded;
use crate::results::orgs::{OrgPart, OrgTable};
use crate::scenario::slug;
use crate::{Error, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct OrgsArgs {
    /// The scenario file; its `population.inventory` names the orgs
    scenario: PathBuf,
    #[command(flatten)]
    common: Common,
    /// The share of orgs that reconnect by themselves, from 0 to 1 or in percent
    #[arg(long, value_name = "U", default_value = "0", value_parser = super::common::rate)]
    uptake: f64,
    /// Only the first N orgs [on a terminal 20, unless --top says otherwise]
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Only orgs of this segment, by its id; repeatable
    #[arg(long, value_name = "ID")]
    segment: Vec<String>,
    /// Only orgs that fail by the deadline with at least this chance
    #[arg(long, value_name = "P", value_parser = super::common::rate)]
    min_risk: Option<f64>,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn orgs(args: &OrgsArgs) -> Result<ExitCode> {
    let Loaded { scenario, inventory } = load(&args.scenario, &args.common.changes, &args.common)?;
    let Some(inventory) = inventory else {
        return Err(Error::BadUsage(format!(
            "{} names no inventory: the risk of each org needs to know the orgs. Write `inventory = \"orgs.csv\"` in [population], instead \
             of `orgs` and `last_refresh`",
            args.scenario.display()
        )));
    };
    let out = output_folder(&args.scenario, args.out.as_ref());
    super::common::spare_the_inventory(&scenario, &args.scenario, &out)?;
    folder::prepare(&out)?;
    let plan = scenario.family.centre();
    let table = orgs::table(&scenario.family, &inventory, args.uptake, provenance(&scenario))?.ok_or_else(|| {
        let why = "its rows stand for groups of orgs: the risk of each org needs a row an org, with a column `org_id`";
        Error::BadUsage(format!("{} is aggregated; {why}", args.scenario.display()))
    })?;
    check_segments(&args.segment, &table)?;
    let wanted = |table: &OrgTable, row: usize| {
        (args.segment.is_empty() || args.segment.iter().any(|id| is_of(table.part(row), id)))
            && args.min_risk.is_none_or(|least| table.risk(row).failed_by_deadline >= least)
    };
    let table = table.filtered(args.top, wanted);
    let files = files::of_orgs(plan, &table)?;
    folder::write(&out, &files)?;
    match args.common.format {
        Format::Json => stream::print_json(&output::json::text(plan, &table))?,
        Format::Text => {
            let shown = table.filtered(args.top.or(Some(output::ROWS)), |_, _| true);
            stream::print(&document::text(&output::document(plan, &shown), stream::look()))?;
        }
    }
    if !args.common.quiet {
        scenario.warnings.iter().for_each(|told| stream::say(&format!("Warning: {}", told.message)));
        scenario.notes.iter().for_each(|note| stream::say(&format!("Note: {note}")));
        let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).filter(|name| !name.contains('/')).collect();
        stream::say(&format!(
            "Wrote {}: {}, {}; charts/call-first.",
            safe::line(&out.display().to_string()),
            names.join(" and "),
            counted(table.len() as u64, "row", "rows")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a part of the orgs is of this segment: by its own id, or by that of the segment whose orgs live in several zones.
fn is_of(part: &OrgPart, id: &str) -> bool {
    part.segment == id || part.segment == format!("{id}-{}", slug(part.time_zone.name()))
}

fn check_segments(wanted: &[String], table: &OrgTable) -> Result<()> {
    let known: Vec<&str> = table.parts.iter().map(|part| part.segment.as_str()).collect();
    match wanted.iter().find(|id| !table.parts.iter().any(|part| is_of(part, id))) {
        None => Ok(()),
        Some(id) => Err(Error::BadUsage(format!("no segment has the id `{id}`; the orgs are in {}", known.join(", ")))),
    }
}
