//! `cutover fit`: the law of the interval between refreshes, from a history of refreshes or of intervals.

use super::common::{Format, output_folder, say_written};
use super::stream;
use crate::Result;
use crate::decision::fit::fit_history;
use crate::output::{document, files, fit as output, folder};
use crate::population::history::{self, HowToRead};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
#[command(
    after_help = "A history is CSV with a header row, or Parquet, or a folder of such parts: either a row an interval, `interval` (hours, or 36h) and \
                        optionally `observed` (false where it still ran), or a row a refresh, `org_id` and `refreshed_at` \
                        (RFC 3339)."
)]
pub(super) struct FitArgs {
    /// The history: CSV or Parquet
    history: PathBuf,
    /// What the file calls a column, repeatable: interval, observed, org_id or refreshed_at
    #[arg(long = "column", value_name = "OURS=THEIRS")]
    columns: Vec<String>,
    /// When observation of the refreshes ended, with an offset [default: the last refresh in the file]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The zone of times that carry no offset
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// How times are written where that is not RFC 3339, in the letters of strftime; or "epoch seconds", "epoch milliseconds"
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// Leaves out rows that can't be read, and says so
    #[arg(long)]
    skip_bad_rows: bool,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Prints no messages
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn fit(args: &FitArgs) -> Result<ExitCode> {
    let how = HowToRead::from_options(&args.columns, args.until.as_deref())?;
    let how = how.with_times(args.zone.as_deref(), args.time_format.as_deref())?;
    let how = HowToRead { skip_bad_rows: args.skip_bad_rows, ..how };
    let found = fit_history(&history::read(&args.history, &how)?)?;
    let out = output_folder(&args.history, args.out.as_ref());
    folder::prepare(&out)?;
    let files = files::of_fit(&found)?;
    folder::write(&out, &files)?;
    match args.format {
        Format::Text => stream::print(&document::text(&output::document(&found), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&found))?,
    }
    say_written(&out, files.len(), "fit.md", args.quiet);
    Ok(ExitCode::SUCCESS)
}
