//! The command: one file a verb, exit codes, what goes to which stream. No formulas.

mod base_rates;
mod check;
mod compare;
mod diff;
mod embed;
mod fit;
mod frontier;
mod interrupt;
mod new;
mod one_rate;
mod orgs;
mod progress;
mod run;
mod schema;
mod sensitivity;
mod solve;
mod stream;
mod vary;

use crate::output::{chart, safe};
use crate::plan::{Plan, clock, zone};
use crate::population::inventory::{self, BadRows, Loaded};
use crate::scenario::{Scenario, nearest_file};
use crate::{Error, Result};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
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
    /// Holds plans side by side, with the same luck
    Compare(compare::CompareArgs),
    /// Shows each org's own risk, from an inventory: whom to call first
    Orgs(orgs::OrgsArgs),
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

/// Options of every verb that reads a scenario.
#[derive(Debug, Args)]
struct Common {
    /// Changes a key of the scenario: dotted, events and segments by id, repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    changes: Vec<String>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Goes on without the rows of an inventory that can't be read, and says so
    #[arg(long)]
    skip_bad_rows: bool,
    /// Prints no progress and no messages
    #[arg(long, short)]
    quiet: bool,
}

/// Format of what goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Options of verbs that simulate.
#[derive(Debug, Args)]
struct Sampling {
    /// Seed of the simulation, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Simulated repetitions, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    runs: Option<u64>,
    /// Which engine answers
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Engine {
    /// Computed, without sampling
    Exact,
    /// Drawn org by org
    Simulate,
    /// Both, and whether they agree
    #[default]
    Both,
}

impl Sampling {
    /// The scenario's changes with those of these options: they are changes of its keys too.
    fn changes(&self, common: &Common) -> Vec<String> {
        let own = [("seed", self.seed), ("runs", self.runs)];
        let own = own.iter().filter_map(|(key, value)| value.map(|v| format!("{key}={v}")));
        common.changes.iter().cloned().chain(own).collect()
    }
}

/// Says that a plan is over, which may be a slip of the year. It goes to standard error alone: no result depends on a clock.
fn say_if_past(plan: &Plan) {
    if plan.horizon() < chrono::Utc::now() {
        let ended = clock::show(plan.horizon(), plan.time_zone(), None);
        stream::say(&format!("Note: this plan is wholly in the past: its horizon is {ended}. Is the year meant?"));
    }
}

/// Reads a scenario, and the inventory that it may name.
fn load(path: &std::path::Path, changes: &[String], common: &Common) -> Result<Loaded> {
    inventory::load(path, changes, bad_rows(common))
}

/// The scenario alone; the orgs of its inventory are known to its plans.
fn load_scenario(path: &std::path::Path, changes: &[String], common: &Common) -> Result<Scenario> {
    load(path, changes, common).map(|loaded| loaded.scenario)
}

fn bad_rows(common: &Common) -> BadRows {
    if common.skip_bad_rows { BadRows::Skip } else { BadRows::Refuse }
}

/// Runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    interrupt::answer();
    let done = match cli.verb {
        Verb::Run(args) => run::run(&args),
        Verb::Check(args) => check::check(&args),
        Verb::Compare(args) => compare::compare(&args),
        Verb::Orgs(args) => orgs::orgs(&args),
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
    let code = done.unwrap_or_else(|error| fail(&error));
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

/// Refuses to write the list of orgs over the inventory that it is made from.
fn spare_the_inventory(scenario: &Scenario, path: &std::path::Path, out: &std::path::Path) -> Result<()> {
    let folder = path.parent().unwrap_or(std::path::Path::new(""));
    let Some(inventory) = scenario.inventory().and_then(|file| folder.join(file).canonicalize().ok()) else {
        return Ok(());
    };
    let is_same = |name: &&&str| out.join(name).canonicalize().is_ok_and(|file| file == inventory);
    match ["orgs.csv", "orgs.parquet"].iter().find(is_same) {
        Some(name) => Err(Error::BadUsage(format!(
            "{} is the inventory, and would be written over: choose another --out",
            out.join(name).display()
        ))),
        None => Ok(()),
    }
}

/// The output folder of a scenario: as asked, or `output/<file stem>`.
fn output_folder(scenario: &std::path::Path, asked: Option<&PathBuf>) -> PathBuf {
    asked.cloned().unwrap_or_else(|| {
        let stem = scenario.file_stem().map_or_else(|| "scenario".into(), std::ffi::OsStr::to_os_string);
        PathBuf::from("output").join(stem)
    })
}
