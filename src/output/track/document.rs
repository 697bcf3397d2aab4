//! A rollout under way as a document: whether the plan fits at all, the forecast, what was learned, and what it all rests on.

use super::sentences;
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::output::words::{chance, date_spoken, moment};
use crate::plan::units::orgs;
use crate::plan::wording::{DOWN, FAILED, PERCENT, capital};
use crate::results::Provenance;
use crate::results::track::{Forecast, ForecastCount, LearnedValue, TrackReport};

/// The document.
pub(crate) fn document(report: &TrackReport) -> Document {
    let plan = &report.plan;
    let about = vec![
        plan.title().to_owned(),
        format!("{}; as of {}", orgs(plan.orgs()), moment(plan, plan.instant(report.now))),
    ];
    let finding = sentences::finding(report);
    let misfit = sentences::warning(report).map(Block::Warning);
    let learned = learned(report);
    let learned = (!learned.rows.is_empty()).then_some(Block::Table(learned));
    let checkpoints = checkpoints(report).map(Block::Table);
    let segments = segments(report).map(Block::Table);
    Document::new(format!("{}: now", plan.title()), about)
        .with(misfit)
        .with([Block::Finding(format!("{finding}.")), Block::Paragraph(sentences::story(report).join(" "))])
        .with([Block::Table(forecasts(report)), Block::Figure(Figure { name: "track", finding })])
        .with(drawn("on-track", sentences::main_need(report)))
        .with(
            [Block::Paragraph(sentences::lessons(report).join(" "))].into_iter().filter(|_| !report.learned.is_empty()),
        )
        .with(drawn("learned", sentences::main_lesson(report)))
        .with(learned)
        .with(checkpoints)
        .with(guard(report).map(Block::Table))
        .with(segments)
        .with([Block::Aside(trust(report))])
        .with(Block::notes(&report.notes))
        .with([Block::Sources(sources(report))])
}

/// A chart that only some reports have, with its finding.
fn drawn(name: &'static str, finding: Option<String>) -> Option<Block> {
    finding.map(|finding| Block::Figure(Figure { name, finding: finding.trim_end_matches('.').to_owned() }))
}

fn trust(report: &TrackReport) -> String {
    let p = match report.fits.p {
        p if p < 0.001 => "p < 0.001".to_owned(),
        p if p < 0.01 => format!("p = {p:.3}"),
        p => format!("p = {p:.2}"),
    };
    let fit = match &report.fits.misfit {
        None => "The counts so far agree with the plan. That does not prove the plan right.",
        Some(_) => "The counts so far do not agree with the plan.",
    };
    let how = if report.method == "exact multinomial" {
        "exact likelihood"
    } else {
        "normal approximation, segments together"
    };
    format!("{fit} (For statisticians: {p}, {how}, {:.0} effective draws.)", report.effective)
}

fn sources(report: &TrackReport) -> Sources {
    let mut sources = Sources::scenario(&report.provenance);
    let seen = Provenance {
        path: report.seen_path.clone(),
        sha256: report.seen_sha256.clone(),
        version: report.provenance.version.clone(),
        changes: Vec::new(),
    };
    sources.files.push(("what was seen".to_owned(), seen));
    sources
}

fn cells(count: &ForecastCount) -> [Cell; 2] {
    let range = count.range().map_or(Cell::Empty, |[low, _, high]| Cell::Range(low, high));
    [Cell::mean(count.mean, None), range]
}

/// The figures before and now.
fn forecasts(report: &TrackReport) -> Table {
    let range = |when: &str| format!("90{PERCENT} range, {when}");
    let columns = vec![
        Column::text(""),
        Column::number("mean, before"),
        Column::number(range("before")),
        Column::number("mean, now"),
        Column::number(range("now")),
    ];
    let (before, now) = (&report.before, &report.forecast);
    type Pick = fn(&Forecast) -> &ForecastCount;
    let figures: [(String, Pick); 3] = [
        (format!("{FAILED} by the deadline"), |f| &f.failed_by_deadline),
        (format!("{DOWN} at the deadline"), |f| &f.down_at_deadline),
        (format!("{FAILED} by {}", date_spoken(&report.plan, report.plan.horizon())), |f| &f.failed_by_horizon),
    ];
    let row = |(name, of): (String, Pick)| {
        [vec![Cell::Text(name)], cells(of(before)).to_vec(), cells(of(now)).to_vec()].concat()
    };
    Table::new("forecast", "Forecast, before the first count and now", columns, figures.into_iter().map(row).collect())
        .with_key(format!(
            "90{PERCENT} range: 9 of 10 outcomes. Before: with nothing counted, at any rate the plan holds possible."
        ))
}

/// What was learned of each unknown.
fn learned(report: &TrackReport) -> Table {
    let columns = vec![Column::text("unknown").elastic(), Column::text("before"), Column::text("now")];
    let mut rows = Vec::new();
    for one in &report.learned {
        match &one.value {
            LearnedValue::Number { prior, posterior } => rows.push(vec![
                Cell::Text(capital(&sentences::called(report, one))),
                Cell::Text(sentences::spread(report, one.unit, prior)),
                Cell::Text(sentences::spread(report, one.unit, posterior)),
            ]),
            LearnedValue::Readings(readings) => rows.extend(readings.iter().map(|reading| {
                vec![
                    Cell::Text(format!("{}: {}", capital(&sentences::called(report, one)), reading.law)),
                    Cell::Text(chance(reading.prior)),
                    Cell::Text(sentences::likelihood(reading)),
                ]
            })),
        }
    }
    Table::new("learned", "What was learned", columns, rows)
        .with_key("A range holds the true value 9 times in 10. A single percentage is how likely that reading is.")
}

fn checkpoints(report: &TrackReport) -> Option<Table> {
    if report.checkpoints.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("checkpoint").elastic(),
        Column::number(format!("mean {FAILED}")),
        Column::number(format!("90{PERCENT} range")),
        Column::number(format!("{DOWN} then")),
    ];
    let row = |one: &crate::results::track::CheckpointForecast| {
        let [mean, range] = cells(&one.failed);
        vec![Cell::Text(one.name.clone()), mean, range, Cell::mean(one.down.mean, None)]
    };
    Some(Table::new("checkpoints", "At checkpoints", columns, report.checkpoints.iter().map(row).collect()))
}

fn guard(report: &TrackReport) -> Option<Table> {
    if report.guard.is_empty() {
        return None;
    }
    let columns = vec![Column::text("check of the guard"), Column::number("chance to stop the rollout")];
    let row = |check: &crate::results::track::GuardCheckOutlook| {
        vec![Cell::Text(moment(&report.plan, report.plan.instant(check.at))), Cell::Chance(check.chance)]
    };
    let key = "Chance that more have failed by a check than the guard bears.";
    Some(Table::new("guard", "The guard", columns, report.guard.iter().map(row).collect()).with_key(key))
}

fn segments(report: &TrackReport) -> Option<Table> {
    if report.segments.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("segment").elastic(),
        Column::number(format!("mean {FAILED}")),
        Column::number(format!("90{PERCENT} range")),
    ];
    let row = |one: &crate::results::track::SegmentForecast| {
        let [mean, range] = cells(&one.failed_by_deadline);
        vec![Cell::Text(one.name.clone()), mean, range]
    };
    let rows = report.segments.iter().map(row).collect();
    Some(Table::new("segments", "By segment, by its deadline", columns, rows))
}
