//! `cutover base-rates`: what share acted in comparable campaigns, and the law that each makes of a window.

use super::common::Format;
use super::stream;
use crate::output::{base_rates as output, document};
use crate::scenario::base_rates::window_hours;
use crate::{Error, Result};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct BaseRatesArgs {
    /// Length of a reconnect window, such as 59h: shows the law of the share that acts within it
    #[arg(long, value_name = "DURATION")]
    window: Option<String>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn base_rates(args: &BaseRatesArgs) -> Result<ExitCode> {
    let window = args.window.as_deref().map(window_hours).transpose();
    let window = window.map_err(|why| Error::BadUsage(format!("--window: {why}")))?;
    match args.format {
        Format::Text => stream::print(&document::text(&output::document(window), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(window))?,
    }
    Ok(ExitCode::SUCCESS)
}
