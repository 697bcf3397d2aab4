//! Scores as a document: how often ranges held, and how far forecasts were off beside simple ones.

use crate::output::document::{Block, Cell, Column, Document, Figure, Table};
use crate::output::words::about;
use crate::plan::units::{group_count, show_hours, show_share};
use crate::plan::wording::{ORGS, PERCENT};
use crate::results::score::{ScoredForecast, Scores};

/// Whether the forecasts beat the simple ones.
pub(crate) fn finding(scores: &Scores) -> String {
    let means = scores.mean(|f| f.crps).zip(scores.mean(|f| f.crps_of_line)).zip(scores.mean(|f| f.crps_of_bass));
    let Some(((own, line), bass)) = means else {
        return "No forecast of the journal has come true yet".to_owned();
    };
    let held = scores.forecasts.iter().filter(|f| f.within_90).count();
    let beaten = match (own < line, own < bass) {
        (true, true) => "closer than a straight line and a Bass curve",
        (true, false) => "closer than a straight line, not than a Bass curve",
        (false, true) => "closer than a Bass curve, not than a straight line",
        (false, false) => "no closer than a straight line or a Bass curve",
    };
    format!(
        "{held} of {} ranges of 90{PERCENT} held the truth, and the forecasts were {beaten}",
        scores.forecasts.len()
    )
}

/// The document; `title` says of what.
pub(crate) fn document(scores: &Scores, title: &str) -> Document {
    let finding = finding(scores);
    let about = vec![title.to_owned(), format!("{}; truth: {}", scores.journal, scores.actuals)];
    let table = (!scores.forecasts.is_empty()).then(|| {
        [
            Block::Table(summary(scores)),
            Block::Figure(Figure { name: "score", finding: finding.clone() }),
            Block::Table(each(scores)),
        ]
    });
    let open = (scores.open > 0).then(|| {
        Block::Aside(format!(
            "{} forecasts are not scored: what they are about is not known yet.",
            group_count(scores.open as u64)
        ))
    });
    Document::new("How good the forecasts were", about)
        .with([Block::Finding(format!("{finding}."))])
        .with(table.into_iter().flatten())
        .with(open)
}

/// How long before: in days from three on.
fn ahead(hours: f64) -> String {
    if hours >= 72.0 {
        format!("{} days", group_count((hours / 24.0).round() as u64))
    } else {
        show_hours(hours.round())
    }
}

fn summary(scores: &Scores) -> Table {
    let n = scores.forecasts.len() as f64;
    let share = |of: fn(&ScoredForecast) -> bool| {
        show_share((scores.forecasts.iter().filter(|f| of(f)).count() as f64 / n * 1e3).round() / 1e3)
    };
    let mean = |of: fn(&ScoredForecast) -> f64| scores.mean(of).map_or(Cell::Empty, |value| Cell::mean(value, None));
    let row = |name: &str, cell: Cell| vec![Cell::text(name), cell];
    let mut rows = vec![
        row("CRPS", mean(|f| f.crps)),
        row("CRPS of a straight line", mean(|f| f.crps_of_line)),
        row("CRPS of a Bass curve", mean(|f| f.crps_of_bass)),
        row(&format!("interval score of the 90{PERCENT} range"), mean(|f| f.interval_score)),
        row(&format!("50{PERCENT} ranges that held"), Cell::Text(share(|f| f.within_50))),
        row(&format!("90{PERCENT} ranges that held"), Cell::Text(share(|f| f.within_90))),
    ];
    let logs: Vec<f64> = scores.forecasts.iter().filter_map(|f| f.log_score).collect();
    if !logs.is_empty() {
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        rows.push(row("log score of the tolerance", Cell::Number(mean, format!("{mean:.2}"))));
    }
    let key = format!(
        "CRPS: how far a forecast was off, in {ORGS}, less where it was wide on purpose; 0 is perfect. Averages over all forecasts."
    );
    Table::new("scores", "On average", vec![Column::text(""), Column::number("value")], rows).with_key(key)
}

fn each(scores: &Scores) -> Table {
    let columns = vec![
        Column::text("forecast of"),
        Column::text("made").elastic(),
        Column::text("ahead"),
        Column::number("mean"),
        Column::number(format!("90{PERCENT} range")),
        Column::number("truth"),
        Column::number("CRPS"),
        Column::number("line").rank(2),
        Column::number("Bass").rank(1),
    ];
    let row = |f: &ScoredForecast| {
        let [low, high] = f.range.map(|x| x.round() as u64);
        vec![
            Cell::Text(f.figure.replace('_', " ")),
            Cell::Text(f.now.clone()),
            Cell::Text(ahead(f.lead_hours)),
            Cell::mean(f.mean, None),
            Cell::Range(low, high),
            Cell::Text(about(f.truth)),
            Cell::mean(f.crps, None),
            Cell::mean(f.crps_of_line, None),
            Cell::mean(f.crps_of_bass, None),
        ]
    };
    Table::new("forecasts", "Each forecast", columns, scores.forecasts.iter().map(row).collect())
}
