//! `cutover new`: writes a commented starter scenario, with an inventory if one is asked for. It overwrites nothing.

use super::stream;
use crate::population::example;
use crate::{Error, Result};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The starter is the flagship: a whole plan that runs, with every choice explained.
const STARTER: &str = include_str!("../../scenarios/pkce-may-2026.toml");

/// The same with real orgs.
const WITH_INVENTORY: &str = include_str!("../../scenarios/inventory-example/pkce.toml");

/// What that one calls its inventory.
const INVENTORY: &str = "orgs.csv";

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Where to write it; `-` for standard output
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
    /// A starter that reads real orgs, and a made inventory of N of them beside it, orgs.csv, to be replaced by your own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    inventory: Option<u64>,
}

pub(super) fn new(args: &NewArgs) -> Result<ExitCode> {
    let starter = if args.inventory.is_some() { WITH_INVENTORY } else { STARTER };
    if args.file.as_os_str() == "-" {
        stream::print_exact(starter)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(orgs) = args.inventory {
        let beside = args.file.parent().unwrap_or(Path::new("")).join(INVENTORY);
        // Neither is written where the other is in the way.
        if args.file.exists() {
            return Err(exists(&args.file));
        }
        write_new(&beside, example::inventory(orgs).as_bytes())?;
        stream::say(&format!("Wrote {}: {orgs} made orgs.", beside.display()));
    }
    write_new(&args.file, starter.as_bytes())?;
    let verb = if args.inventory.is_some() { "orgs" } else { "run" };
    stream::say(&format!("Wrote {0}. Next: cutover {verb} {0}", args.file.display()));
    Ok(ExitCode::SUCCESS)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let fault = |source| Error::Write { path: path.to_owned(), source };
    let mut file = std::fs::File::create_new(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => fault(error),
    })?;
    file.write_all(bytes).map_err(fault)
}

fn exists(path: &Path) -> Error {
    Error::BadUsage(format!("{} exists already; name another file, or `-` to print the starter", path.display()))
}
