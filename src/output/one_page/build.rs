//! Builds the page from the findings and tables that the report has.

use super::page::{CHART, OnePage};
use super::watch::{self, Aim};
use crate::output::assumption_names::name;
use crate::output::chart::chosen;
use crate::output::document::{Block, Cell, Column, Document, Figure, Row, Table};
use crate::output::moments::{Kind, moments};
use crate::output::paper::Paper;
use crate::output::run::tables;
use crate::output::sensitivity::has_effect;
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::terminal::elided;
use crate::output::words::deadline_full;
use crate::plan::Plan;
use crate::plan::units::{counted, group_count, orgs};
use crate::plan::wording::{ACT, FAILED, ORGS, capital};
use crate::results::{Assumption, Projection};

/// Rates, dates and assumptions that the page has room for, and things that are not known.
const RATES: usize = 5;
const DATES: usize = 8;
const MATTERS: usize = 3;
const UNKNOWNS: usize = 4;

/// Letters of a title, of a cell that holds words, and of a sentence, beyond which it is cut.
const TITLE: usize = 90;
const WORDS: usize = 60;
const SENTENCE: usize = 170;

/// The page.
pub(in crate::output) fn one_page(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> OnePage {
    let findings = ReportFindings::of(plan, projection);
    let facts = Facts::of(plan, projection);
    let aim = Aim::of(&facts);
    let mut about = vec![orgs(plan.orgs()), format!("deadline {}", deadline_full(plan))];
    about.extend(plan.tolerance().map(|n| format!("tolerance {}", group_count(n))));
    let doubt = findings.agreement.clone().filter(|_| projection.agreement.as_ref().is_some_and(|a| !a.holds()));
    let said: Vec<String> = findings.decision.iter().take(2).cloned().collect();
    let head = Document::new(elided(plan.title(), TITLE), vec![about.join(" \u{b7} ")])
        .with([Block::Finding(findings.headline.clone())])
        .with(doubt.map(Block::Warning))
        .with([Block::Paragraph(said.join(" ")), Block::Table(outcomes(&facts, &aim))]);
    let figure = Figure { name: CHART, finding: findings.cumulative.clone() };
    let watch = projection.detail.checkpoints.as_ref().and_then(|found| watch::table(&facts, found, &aim));
    let left = std::iter::once(Block::Figure(figure))
        .chain(watch.map(Block::Table))
        .chain([Block::Table(matters(plan, projection, assumptions))])
        .collect();
    let right = vec![
        Block::Table(dates(plan)),
        Block::Heading("What is not known".to_owned()),
        Block::List(not_known(plan, projection, &findings)),
    ];
    OnePage { paper: Paper::of(plan), head, left, right, foot: foot(projection) }
}

/// The outcomes at five rates at most; the one that the plan aims for stands out.
fn outcomes(facts: &Facts<'_>, aim: &Aim) -> Table {
    let table = tables::outcomes(facts).without(&[tables::MEDIAN, tables::SIMULATED, "share"]);
    let order = facts.ascending();
    let kept = rates(facts, &order, aim);
    let rows = table.rows.into_iter().zip(&order).filter(|(_, rate)| kept.contains(rate));
    let rows = rows.map(|(row, rate)| match row {
        Row::Cells(cells) if *rate == aim.rate && !facts.single() => Row::Marked(cells),
        row => row,
    });
    Table { rows: rows.collect(), key: elided(&table.key, 2 * SENTENCE), ..table }
}

/// The rates that findings are about, then others evenly.
fn rates(facts: &Facts<'_>, order: &[usize], aim: &Aim) -> Vec<usize> {
    let below = order.iter().position(|rate| *rate == aim.rate).and_then(|place| order.get(place.checked_sub(1)?));
    let first = [facts.low, facts.high, aim.rate].into_iter().chain(below.copied()).chain([facts.middle()]);
    let others = chosen(order.len(), RATES).into_iter().map(|place| order[place]);
    let mut kept: Vec<usize> = Vec::new();
    for rate in first.chain(others).chain(order.iter().copied()) {
        if kept.len() < RATES && !kept.contains(&rate) {
            kept.push(rate);
        }
    }
    kept
}

/// The timeline, without distances; of a plan with many moments those that matter most.
fn dates(plan: &Plan) -> Table {
    let table = tables::timeline(plan).without(&["offset"]);
    let main = plan.main_event();
    let weight = |kind: Kind, title: &str| match kind {
        Kind::Deadline => 0,
        Kind::Event if title == main.name => 1,
        Kind::Opens | Kind::Closes => 2,
        Kind::Event => 3,
        Kind::Milestone => 4,
        Kind::Horizon => 5,
    };
    let all = moments(plan);
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| weight(all[*i].kind, &all[*i].name));
    order.truncate(DATES);
    let short = |row: &Row| match row {
        Row::Cells(cells) => Row::Cells(cells.iter().map(short).collect()),
        Row::Marked(cells) => Row::Marked(cells.iter().map(short).collect()),
        Row::Group(words) => Row::Group(words.clone()),
    };
    let kept = table.rows.iter().enumerate().filter(|(i, _)| order.contains(i)).map(|(_, row)| short(row));
    let more = all.len().saturating_sub(DATES);
    let more = if more > 0 { format!(" {more} more in report.md.") } else { String::new() };
    let key = format!("Times are {}.{more}", plan.time_zone());
    Table { title: "Dates".to_owned(), key, rows: kept.collect(), ..table }
}

/// A cell whose words have an end.
fn short(cell: &Cell) -> Cell {
    match cell {
        Cell::Text(words) => Cell::Text(elided(words, WORDS)),
        cell => cell.clone(),
    }
}

/// The assumptions that move the answer most. Where that was not computed, what is not known comes first, then what was not given.
fn matters(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Table {
    if let Some(found) = &projection.detail.sensitivity {
        let table = tables::matters(found).without(&["key"]);
        let moving = found.assumptions.iter().filter(|a| has_effect(found, a)).count().min(MATTERS);
        let rows = table.rows.iter().take(MATTERS).map(|row| match row {
            Row::Cells(cells) | Row::Marked(cells) => Row::Cells(cells.iter().map(short).collect()),
            Row::Group(words) => Row::Group(words.clone()),
        });
        let rows = rows.collect();
        let key = format!("{ORGS:#} {FAILED} by the deadline {}, each moved alone.", plan.if_rate(&found.rate));
        let key = if moving == 0 { "No assumption changes the figures.".to_owned() } else { key };
        return Table { title: title_of(moving), key, rows, ..table };
    }
    let is_open = |a: &Assumption| projection.detail.unknowns.iter().any(|unknown| unknown.key == a.key);
    let mut order: Vec<&Assumption> =
        assumptions.iter().filter(|a| !matches!(a.key.as_str(), "seed" | "runs")).collect();
    order.sort_by_key(|a| if is_open(a) { 0 } else { 1 + u8::from(a.given) });
    let row = |a: &&Assumption| {
        let from = if is_open(a) {
            "not known"
        } else if a.given {
            "given"
        } else {
            "default"
        };
        vec![Cell::Code(elided(&a.key, WORDS)), Cell::text(elided(&a.words, WORDS)), Cell::text(from)]
    };
    let rows: Vec<Vec<Cell>> = order.iter().take(MATTERS).map(row).collect();
    let columns = vec![Column::text("assumption"), Column::text("is"), Column::text("from")];
    Table::new("matters", "Three assumptions", columns, rows)
        .with_key("How much each matters was not computed. To find out, run cutover sensitivity.")
}

fn title_of(moving: usize) -> String {
    match moving {
        0 | 1 => "The assumption that matters most".to_owned(),
        2 => "The two assumptions that matter most".to_owned(),
        _ => "The three assumptions that matter most".to_owned(),
    }
}

/// What the plan leaves open, and what no plan knows.
fn not_known(plan: &Plan, projection: &Projection, findings: &ReportFindings) -> Vec<String> {
    let unknowns = &projection.detail.unknowns;
    let mut said: Vec<String> = unknowns
        .iter()
        .take(if unknowns.len() > UNKNOWNS { UNKNOWNS - 1 } else { UNKNOWNS })
        .map(|unknown| format!("{}: {}.", capital(&name(&unknown.key, plan)), unknown.words))
        .collect();
    if unknowns.len() > said.len() {
        said.push(format!("{} more, in report.md.", unknowns.len() - said.len()));
    }
    said.extend(findings.not_known.clone());
    if unknowns.is_empty() {
        said.push("The plan takes every number as known. Its ranges show luck alone.".to_owned());
    }
    if plan.window().is_some() && plan.uptakes().iter().all(|uptake| uptake.law.is_none()) {
        said.push(format!("How many will {ACT}: the rates are compared, not predicted."));
    }
    let warnings = projection.warnings.len() as u64;
    if let Some(first) = projection.warnings.first() {
        let all = if warnings > 1 {
            format!(" ({} in all)", counted(warnings, "warning", "warnings"))
        } else {
            String::new()
        };
        said.push(format!("Warning about the plan: {}{all}.", elided(&first.message, SENTENCE - 40)));
    }
    said.iter().map(|sentence| elided(sentence, SENTENCE + 20)).collect()
}

/// Where the page comes from.
fn foot(projection: &Projection) -> String {
    let from = &projection.provenance;
    let runs = match projection.runs {
        0 => "computed exactly".to_owned(),
        n => format!("{} simulated runs", group_count(n)),
    };
    let engine = if projection.is_exact() && projection.runs > 0 { "exact figures, checked by " } else { "" };
    let sha = from.sha256.get(..12).unwrap_or(&from.sha256);
    format!(
        "{} \u{b7} scenario sha256 {sha} \u{b7} seed {} \u{b7} {engine}{runs} \u{b7} cutover {}",
        elided(&from.path, WORDS),
        projection.seed,
        from.version
    )
}
