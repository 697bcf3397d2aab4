//! `cutover solve`: the least demanding value of a key that meets a target; prints it, writes its page beside the report.

use super::common::{Common, Format, output_folder, provenance, say_written};
use super::stream;
use crate::decision::condition::Target;
use crate::decision::solve::{SolveRequest, solve as solve_for};
use crate::output::{document, files, folder, solve as output};
use crate::scenario::Change;
use crate::scenario::Scenario;
use crate::{Error, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct SolveArgs {
    /// The scenario file
    scenario: PathBuf,
    /// The key to solve for, such as reconnect.uptake, reconnect.closes, deadline or event.ID.at
    #[arg(long = "for", value_name = "KEY", default_value = "reconnect.uptake")]
    key: String,
    #[command(flatten)]
    aim: TargetArguments,
    #[command(flatten)]
    common: Common,
    /// Seed of the simulation that checks the answer, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Runs of that simulation, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    runs: Option<u64>,
    /// What stays where it is when an event moves: else the deadline and the reconnect window move along; repeatable
    #[arg(long, value_name = "WHAT", value_parser = clap::builder::PossibleValuesParser::new(crate::decision::decision_variable::HELD))]
    hold: Vec<String>,
    /// Leaves the check by simulation out
    #[arg(long)]
    no_check: bool,
    /// Where to write [default: output/<file stem>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What is to be reached.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// What is to be reached, such as "failed_by_deadline <= 25" or "down_at_deadline < 1%" [default: the scenario's tolerance]
    #[arg(long, value_name = "CONDITION")]
    target: Option<String>,
    /// With what chance, above 0 and below 1
    #[arg(long, value_name = "CHANCE", default_value = "0.9", value_parser = chance)]
    pub(super) confidence: f64,
    /// The rate of reconnecting, where another key is solved for [default: the middle one of the scenario's]
    #[arg(long, value_name = "U", value_parser = super::common::rate)]
    pub(super) uptake: Option<f64>,
}

impl TargetArguments {
    /// The target, before the scenario is read.
    pub(super) fn typed(&self) -> Result<Option<Target>> {
        Ok(self.target.as_deref().map(Target::parse).transpose()?)
    }

    /// The target that was typed, or that of the scenario's tolerance.
    pub(super) fn target(typed: Option<Target>, scenario: &Scenario) -> Result<Target> {
        let tolerance = scenario.family.centre().tolerance();
        typed.or_else(|| tolerance.map(Target::of_tolerance)).ok_or_else(|| {
            Error::BadUsage(
                "there is nothing to reach: write --target \"failed_by_deadline <= 25\", or give the scenario a `tolerance`"
                    .to_owned(),
            )
        })
    }
}

pub(super) fn solve(args: &SolveArgs) -> Result<ExitCode> {
    let typed = args.aim.typed()?;
    let own = [("seed", args.seed), ("runs", args.runs)];
    let own = own.iter().filter_map(|(key, value)| value.map(|v| format!("{key}={v}")));
    let changes: Vec<String> = args.common.changes.iter().cloned().chain(own).collect();
    let scenario = super::common::load_scenario(&args.scenario, &changes, &args.common)?;
    let target = TargetArguments::target(typed, &scenario)?;
    let out = output_folder(&args.scenario, args.out.as_ref());
    folder::prepare(&out)?;
    let request = SolveRequest {
        key: args.key.clone(),
        target,
        confidence: args.aim.confidence,
        uptake: args.aim.uptake,
        check: !args.no_check,
        hold: args.hold.clone(),
    };
    let bar = answers_bar(60, args.common.quiet);
    let vary = |changes: &[Change]| scenario.vary(changes);
    let solution = solve_for(&scenario.family, &request, provenance(&scenario), &vary, &|n| bar.inc(n));
    bar.finish_and_clear();
    let mut solution = solution?;
    solution.notes.extend(scenario.notes.iter().cloned());
    let files = files::of_solution(&solution)?;
    folder::write(&out, &files)?;
    match args.common.format {
        Format::Text => stream::print(&document::text(&output::document(&solution), stream::look()))?,
        Format::Json => stream::print_json(&output::json::text(&solution))?,
    }
    say_written(&out, files.len(), "solve.md", args.common.quiet);
    match &solution.check {
        Some(check) if !check.holds() => Err(Error::Engine(format!(
            "the two engines do not agree: {:.1} standard errors, and {:.1} is the most that chance explains. One of them is wrong; \
             please report this scenario.",
            check.worst_z, check.limit_z
        ))),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A bar of answers on standard error, from the first second on; none where nobody watches.
pub(super) fn answers_bar(answers: u64, hidden: bool) -> ProgressBar {
    if hidden || !stream::is_watched() {
        return ProgressBar::with_draw_target(Some(answers), ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of about {human_len} answers");
    let bar = ProgressBar::with_draw_target(Some(answers), ProgressDrawTarget::hidden());
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let later = bar.clone();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(1));
        if !later.is_finished() {
            later.set_draw_target(ProgressDrawTarget::stderr());
        }
    });
    bar
}

/// A chance above 0 and below 1, as `0.9` or `90%`.
fn chance(text: &str) -> std::result::Result<f64, String> {
    match super::common::rate(text) {
        Ok(chance) if chance > 0.0 && chance < 1.0 => Ok(chance),
        _ => Err("write a chance above 0 and below 1, such as 0.9 or 90%".to_owned()),
    }
}
