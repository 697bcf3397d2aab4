//! `cutover diff`: what each changed line contributes to the change of the answer; prints it, writes its page and chart.

use super::common::{Common, Format, provenance, rate, say_written};
use super::progress::CountedProgress;
use super::{one_rate, stream};
use crate::decision::diff::{DiffRequest, diff as share_out};
use crate::output::{diff as output, document, files, folder};
use crate::results::Counted;
use crate::scenario::Between;
use crate::{Error, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The scenario before
    first: PathBuf,
    /// The scenario after
    second: PathBuf,
    /// The rate of reconnecting to ask at, such as 50% [default: the middle one of those that both have]
    #[arg(long, value_name = "U", value_parser = rate)]
    uptake: Option<f64>,
    /// Which figure is the answer: failed_by_deadline, down_at_deadline or failed_by_horizon
    #[arg(long = "of", value_name = "FIGURE", default_value = "failed_by_deadline", value_parser = one_rate::counted)]
    counted: Counted,
    #[command(flatten)]
    common: Common,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "output/diff")]
    out: PathBuf,
}

pub(super) fn diff(args: &DiffArgs) -> Result<ExitCode> {
    let [first, second] = one_rate::load_both([&args.first, &args.second], &args.common, args.uptake)?;
    folder::prepare(&args.out)?;
    let between = Between::new(&first, &second).map_err(Error::Engine)?;
    let changes = between.changes();
    let bar = CountedProgress::new("combining the changes", 1 << changes.len().min(12), args.common.quiet);
    let request = DiffRequest {
        counted: args.counted,
        changes,
        with: &|chosen| between.family(chosen),
        plans: [&first, &second].map(|s| s.family.centre().clone()),
        provenance: [provenance(&first), provenance(&second)],
    };
    let found = share_out(&request, &|done| bar.inc(done))?;
    bar.finish();
    let files = files::of_diff(&found)?;
    folder::write(&args.out, &files)?;
    match args.common.format {
        Format::Text => stream::print(&document::text(&output::document(&found), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&found))?,
    }
    say_written(&args.out, files.len(), "diff.md", args.common.quiet);
    Ok(ExitCode::SUCCESS)
}
