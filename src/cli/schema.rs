//! `cutover schema`: the JSON Schema of a scenario, for editors; or the page on every key.

use super::stream;
use crate::{Result, output, scenario};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    format: SchemaFormat,
    /// Prints no messages; there are none
    #[arg(long, short)]
    quiet: bool,
}

/// Format of what goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum SchemaFormat {
    /// A JSON Schema (2020-12)
    #[default]
    Json,
    /// The page on every key
    Markdown,
}

pub(super) fn schema(args: &SchemaArgs) -> Result<ExitCode> {
    match args.format {
        SchemaFormat::Json => stream::print_json(&format!("{:#}\n", scenario::schema()))?,
        SchemaFormat::Markdown => stream::print(&output::scenario_keys::page())?,
    }
    Ok(ExitCode::SUCCESS)
}
