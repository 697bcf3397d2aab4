//! `cutover new`: writes a commented starter scenario. It overwrites nothing.

use super::stream;
use crate::{Error, Result};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// The starter is the flagship: a whole plan that runs, with every choice explained.
const STARTER: &str = include_str!("../../scenarios/pkce-may-2026.toml");

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Where to write it; `-` for standard output
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
}

pub(super) fn new(args: &NewArgs) -> Result<ExitCode> {
    if args.file.as_os_str() == "-" {
        stream::print(STARTER)?;
        return Ok(ExitCode::SUCCESS);
    }
    let fault = |source| Error::Write { path: args.file.clone(), source };
    let mut file = std::fs::File::create_new(&args.file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::BadUsage(format!(
            "{} exists already; name another file, or `-` to print the starter",
            args.file.display()
        )),
        _ => fault(error),
    })?;
    file.write_all(STARTER.as_bytes()).map_err(fault)?;
    stream::say(&format!("Wrote {0}. Next: cutover run {0}", args.file.display()));
    Ok(ExitCode::SUCCESS)
}
