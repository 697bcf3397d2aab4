//! `cutover new`: writes a commented starter scenario, with an inventory if one is asked for. On a terminal it asks five questions. It overwrites
//! nothing.

use super::stream;
use super::today::today;
use crate::output::moments::checkpoints;
use crate::plan::units::group_count;
use crate::population::example;
use crate::scenario::starter::{Starter, StarterKind, place};
use crate::{Error, Result};
use chrono::{NaiveDate, NaiveDateTime};
use clap::Args;
use std::io::{BufRead, IsTerminal, Write};
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
    /// A plan for this kind of cutover, without questions
    #[arg(long, conflicts_with = "inventory", value_parser = kind_parser())]
    kind: Option<StarterKind>,
    /// A starter that reads real orgs, and a made inventory of N of them beside it, orgs.csv, to be replaced by your own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    inventory: Option<u64>,
    /// Instead of a plan, a table for what is seen of this one once it has begun, with a row for each of its checkpoints: seen.csv
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["kind", "inventory"])]
    seen: Option<PathBuf>,
}

/// What a template of counts is called where nobody names it.
const SEEN: &str = "seen.csv";

/// A row for each checkpoint of a plan; without any, for each morning from its first event to the day after its deadline.
fn seen_template(scenario: &Path) -> Result<String> {
    let loaded = crate::population::inventory::load(scenario, &[], crate::population::inventory::BadRows::Refuse)?;
    let plan = loaded.scenario.family.centre();
    let zone = plan.time_zone();
    let mut times: Vec<chrono::DateTime<chrono::Utc>> = checkpoints(plan).map(|(_, at)| at).collect();
    if times.is_empty() {
        let begin = plan.events().iter().map(|event| event.at).min().unwrap_or(plan.as_of()).max(plan.as_of());
        let last = plan.deadline_instant().unwrap_or(plan.horizon()).min(plan.horizon());
        let day = begin.with_timezone(&zone).date_naive();
        let nine = |i: u64| (day + chrono::Days::new(i)).and_hms_opt(9, 0, 0);
        let at = |i: u64| nine(i).and_then(|local| crate::plan::clock::to_utc(local, zone).ok());
        times = (0..400).filter_map(at).filter(|at| *at > begin).take_while(|at| *at <= last).take(60).collect();
        times.push(last);
    }
    times.sort_unstable();
    times.dedup();
    let rows = times.iter().map(|at| format!("{},,\n", crate::plan::clock::rfc3339(*at, zone)));
    Ok(std::iter::once("at,reconnected,failed\n".to_owned()).chain(rows).collect())
}

pub(super) fn new(args: &NewArgs) -> Result<ExitCode> {
    if let Some(scenario) = &args.seen {
        let text = seen_template(scenario)?;
        if args.file.as_os_str() == "-" {
            stream::print_exact(&text)?;
            return Ok(ExitCode::SUCCESS);
        }
        let named = args.file.as_os_str() != "scenario.toml";
        let file = if named { args.file.clone() } else { PathBuf::from(SEEN) };
        write_new(&file, text.as_bytes())?;
        stream::say(&format!(
            "Wrote {0}: fill in what has been counted. Next: cutover track {1} --seen {0}",
            file.display(),
            scenario.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    if args.file.as_os_str() != "-" && args.file.exists() {
        return Err(exists(&args.file));
    }
    let today = today().date_naive();
    let asks = args.kind.is_none()
        && args.inventory.is_none()
        && std::io::stdin().is_terminal()
        && std::io::stderr().is_terminal();
    let made = match args.kind {
        Some(StarterKind::OauthReconnect) => None,
        Some(kind) => Some(Starter::example(kind, today).text(today)),
        None if asks => Some(answers(&mut std::io::stdin().lock(), today)?.text(today)),
        None => None,
    };
    let starter = if args.inventory.is_some() { WITH_INVENTORY } else { made.as_deref().unwrap_or(STARTER) };
    if args.file.as_os_str() == "-" {
        stream::print_exact(starter)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(orgs) = args.inventory {
        // Neither is written where the other is in the way.
        let beside = args.file.parent().unwrap_or(Path::new("")).join(INVENTORY);
        write_new(&beside, example::inventory(orgs).as_bytes())?;
        stream::say(&format!("Wrote {}: {orgs} made orgs.", beside.display()));
    }
    write_new(&args.file, starter.as_bytes())?;
    let verb = if args.inventory.is_some() { "orgs" } else { "run" };
    stream::say(&format!("Wrote {0}. Next: cutover {verb} {0}", args.file.display()));
    Ok(ExitCode::SUCCESS)
}

/// The kinds by their names.
fn kind_parser() -> impl clap::builder::TypedValueParser<Value = StarterKind> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let named = StarterKind::ALL.map(|kind| PossibleValue::new(kind.key()).help(kind.question()));
    PossibleValuesParser::new(named).map(|key| {
        let found = StarterKind::ALL.into_iter().find(|kind| kind.key() == key);
        found.unwrap_or(StarterKind::OauthReconnect)
    })
}

/// Asks what, how many, when, how often each comes to the check, and where; what is not understood is asked again.
fn answers(input: &mut dyn BufRead, today: NaiveDate) -> Result<Starter> {
    stream::say(
        "Five questions make a plan. Press Enter to take what stands in brackets.\nEverything can be changed in the file.",
    );
    let kinds: Vec<String> =
        StarterKind::ALL.iter().enumerate().map(|(i, kind)| format!("  {}  {}", i + 1, kind.question())).collect();
    let what = format!("1. What happens?\n{}\n[1]", kinds.join("\n"));
    let kind = ask(input, &what, "a number from 1 to 6", |said| match said {
        "" => Some(StarterKind::OauthReconnect),
        said => said.parse::<usize>().ok().and_then(|n| StarterKind::ALL.get(n.checked_sub(1)?).copied()),
    })?;
    let example = Starter::example(kind, today);
    let many = format!("2. How many customers must act? [{}]", group_count(example.customers));
    let customers = ask(input, &many, "a whole number such as 2500", |said| {
        let digits: String = said.chars().filter(|c| !matches!(c, ',' | '_' | ' ')).collect();
        if digits.is_empty() { Some(example.customers) } else { digits.parse().ok().filter(|n| *n > 0) }
    })?;
    let when = format!("3. When does it happen, local time? [{}]", example.at.format("%Y-%m-%d %H:%M"));
    let at = ask(input, &when, "a date and time such as 2027-03-09 10:00", |said| match said {
        "" => Some(example.at),
        said => moment(said),
    })?;
    let often =
        "4. They fail the next time that it is checked. How often is that for each?\nSuch as 1h, 24h or 7d [not known]";
    let interval = ask(input, often, "a duration such as 1h, 24h or 7d", |said| match said {
        "" | "not known" => Some(None),
        said => duration(said).map(Some),
    })?;
    let where_ = "5. Where are they? A country such as US or DE,\nor a time zone such as Europe/Berlin [US]";
    let (zone, country) = ask(input, where_, "a country's code of two letters, or an IANA time zone", |said| {
        place(if said.is_empty() { "US" } else { said })
    })?;
    Ok(Starter { kind, customers, at, interval, zone, country })
}

/// `2027-03-09 10:00`, or the beginning of `2027-03-09`.
fn moment(said: &str) -> Option<NaiveDateTime> {
    let said = said.replace('T', " ");
    let day = || NaiveDate::parse_from_str(&said, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    NaiveDateTime::parse_from_str(&said, "%Y-%m-%d %H:%M").ok().or_else(day)
}

/// A duration as a scenario writes one: a whole number of minutes, hours or days.
fn duration(said: &str) -> Option<String> {
    let said: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    let (number, unit) = said.split_at(said.find(|c: char| !c.is_ascii_digit())?);
    let hours = match unit {
        "m" | "min" => number.parse::<f64>().ok()? / 60.0,
        "h" | "hour" | "hours" => number.parse().ok()?,
        "d" | "day" | "days" => number.parse::<f64>().ok()? * 24.0,
        _ => return None,
    };
    let unit = unit.get(..1)?;
    (hours > 0.0 && hours <= 100_000.0).then(|| format!("{number}{unit}"))
}

/// One question, asked until its answer is understood.
fn ask<T>(input: &mut dyn BufRead, question: &str, wanted: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
    stream::say(&format!("\n{question}"));
    loop {
        let mut line = String::new();
        let got = input.read_line(&mut line).map_err(|source| Error::Read { path: "standard input".into(), source })?;
        if got == 0 {
            return Err(Error::BadUsage("the questions were not answered, so nothing was written".to_owned()));
        }
        match read(line.trim()) {
            Some(answer) => return Ok(answer),
            None => stream::say(&format!("`{}` is not understood: write {wanted}.", line.trim())),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::zone::Tz;

    #[test]
    fn what_is_not_understood_is_asked_again_and_enter_takes_the_default() {
        let today = NaiveDate::from_ymd_opt(2027, 2, 1).expect("a day");
        let said = "9\n3\nmany\n2,500\n\nweekly\n7 days\nAtlantis\nGB\n";
        let starter = answers(&mut said.as_bytes(), today).expect("answered");
        assert_eq!((starter.kind, starter.customers), (StarterKind::Certificate, 2_500));
        assert_eq!((starter.interval.as_deref(), starter.zone), (Some("7d"), Tz::Europe__London));
        assert_eq!(starter.at, Starter::example(StarterKind::Certificate, today).at);
        assert_eq!(starter.country.as_deref(), Some("GB"));
        let half = answers(&mut "3\n".as_bytes(), today).expect_err("the answers end");
        assert!(half.to_string().contains("nothing was written"), "{half}");
    }
}
