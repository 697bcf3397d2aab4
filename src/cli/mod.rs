//! The command: one file a verb, exit codes, what goes to which stream. No formulas.

mod base_rates;
mod check;
mod common;
mod compare;
mod diff;
mod embed;
mod fit;
mod frontier;
mod interrupt;
mod new;
mod one_rate;
mod orgs;
mod phases;
mod progress;
mod run;
mod schema;
mod score;
mod sensitivity;
mod solve;
mod stream;
mod today;
mod track;

use crate::output::{chart, folder, safe};
use crate::plan::wording::set_this_year;
use crate::plan::zone;
use crate::scenario::nearest_file;
use crate::{Error, Result};
use chrono::Datelike;
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;
use std::sync::LazyLock;

/// How many orgs fail by the deadline when a policy breaks old connections: exactly, by simulation, and in words.
#[derive(Debug, Parser)]
#[command(name = "cutover", version = version(), arg_required_else_help = true, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 3 a --require condition does not hold, 130 stopped."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

/// The version, with that of the time zones' rules.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (time zones {})", env!("CARGO_PKG_VERSION"), zone::version()));
    &VERSION
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Projects a scenario, prints the summary and writes the output folder
    Run(run::RunArgs),
    /// Validates a scenario and says all that is wrong with it at once
    Check(check::CheckArgs),
    /// Holds plans side by side, with the same random numbers
    Compare(compare::CompareArgs),
    /// Shows each org's own risk, from an inventory: whom to call first
    Orgs(orgs::OrgsArgs),
    /// Says what the counts so far mean, once a rollout has begun: what was learned, and where it goes
    Track(track::TrackArgs),
    /// Holds past forecasts against what happened, beside simple ones
    Score(score::ScoreArgs),
    /// Forecasts a past rollout again, count by count, and scores it
    Replay(score::ReplayArgs),
    /// Finds the law of the interval between refreshes in a history of them
    Fit(fit::FitArgs),
    /// Refreshes the charts, tables and figures that a planning document embeds
    Embed(embed::EmbedArgs),
    /// Finds the least demanding value of a key that meets a target: the uptake, a time, any number
    Solve(solve::SolveArgs),
    /// Draws the line along which a target is just met by two keys, and the chance over their plane
    Frontier(frontier::FrontierArgs),
    /// Says which assumption drives the answer: each moved alone, and all at once
    Sensitivity(sensitivity::SensitivityArgs),
    /// Says what each changed line contributes to the change of the answer from one scenario to another
    Diff(diff::DiffArgs),
    /// Shows what share acted in comparable campaigns, over what time, with the source of each
    BaseRates(base_rates::BaseRatesArgs),
    /// Writes a commented starter scenario
    New(new::NewArgs),
    /// Prints a JSON Schema of scenarios, for editors
    Schema(schema::SchemaArgs),
    /// Prints completions for a shell
    Completions {
        /// The shell to complete in
        shell: clap_complete::Shell,
    },
}

/// Runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    interrupt::answer();
    set_this_year(today::today().year());
    let done = match cli.verb {
        Verb::Run(args) => run::run(&args),
        Verb::Check(args) => check::check(&args),
        Verb::Compare(args) => compare::compare(&args),
        Verb::Orgs(args) => orgs::orgs(&args),
        Verb::Track(args) => track::track(&args),
        Verb::Score(args) => score::score(&args),
        Verb::Replay(args) => score::replay(&args),
        Verb::Fit(args) => fit::fit(&args),
        Verb::Embed(args) => embed::embed(&args),
        Verb::Solve(args) => solve::solve(&args),
        Verb::Frontier(args) => frontier::frontier(&args),
        Verb::Sensitivity(args) => sensitivity::sensitivity(&args),
        Verb::Diff(args) => diff::diff(&args),
        Verb::BaseRates(args) => base_rates::base_rates(&args),
        Verb::New(args) => new::new(&args),
        Verb::Schema(args) => schema::schema(&args),
        Verb::Completions { shell } => completions(shell),
    };
    let code = done.unwrap_or_else(|error| {
        folder::forget_empty();
        fail(&error)
    });
    say_which_letters_are_boxes();
    code
}

/// Says once which letters the pictures show as boxes.
fn say_which_letters_are_boxes() {
    let missing: Vec<char> = chart::missing_letters().chars().collect();
    if !missing.is_empty() {
        let shown: String = missing.iter().take(12).collect();
        stream::say(&format!(
            "Note: no font of this machine has {shown}. PNG charts show boxes there; SVG charts and the report don't. Install one, such as Noto."
        ));
    }
}

/// What clap has to say: help that was asked for, else what is wrong with what was typed, which stands in it and therefore has no colours.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let shown = stream::print(&safe::own(&error.render().ansi().to_string()));
        return shown.map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS);
    }
    let mut text = error.render().to_string().trim_end().to_owned();
    text.extend(meant().map(|meant| format!("\n\nhelp: {meant}")));
    stream::say(&text);
    ExitCode::from(2)
}

/// What may be meant by words that were typed: hyphens that a word processor made a dash of, a path with blanks.
fn meant() -> Option<String> {
    const DASHES: [char; 3] = ['\u{2013}', '\u{2014}', '\u{2212}'];
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(word) = words.iter().find(|word| word.starts_with(DASHES)) {
        let bare = word.trim_start_matches(|c| c == '-' || DASHES.contains(&c));
        return Some(format!("`{word}` begins with a dash where two hyphens are meant: --{bare}"));
    }
    let joined = |from: usize| (from + 1..words.len()).rev().map(move |to| (from, to));
    let path = (0..words.len()).flat_map(joined).map(|(from, to)| words[from..=to].join(" "));
    let path = path.into_iter().find(|path| std::path::Path::new(path).is_file())?;
    Some(format!("a path with blanks stands in quotes: \"{path}\""))
}

fn completions(shell: clap_complete::Shell) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "cutover", &mut script);
    stream::print_exact(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints an error where errors go; bad input and bad usage are 2, all else is 1.
fn fail(error: &Error) -> ExitCode {
    let (text, code) = match error {
        Error::BadInput { report, .. } => (report.trim_end().to_owned(), 2),
        Error::Read { path, .. } => {
            let near = nearest_file(path).map(|near| format!("\nhelp: did you mean {near}?"));
            let near = near.or_else(|| meant().map(|meant| format!("\nhelp: {meant}")));
            (format!("error: {error}{}", near.unwrap_or_default()), 2)
        }
        Error::BadUsage(_) => (format!("error: {error}"), 2),
        _ => (format!("error: {error}"), 1),
    };
    stream::say(&text);
    ExitCode::from(code)
}
