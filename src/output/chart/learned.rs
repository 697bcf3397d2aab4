//! What was learned: each unknown of the plan before the first count and now, a row for a number, and one for each reading.

use super::Chart;
use super::canvas::{Canvas, Style, WIDTH};
use super::drawn::traced;
use super::frame::{self, LABEL, MARGIN, PLAIN, TICK};
use super::rows_body::RowsBody;
use super::scale::Scale;
use super::selection::some_shown;
use super::theme::Theme;
use crate::Result;
use crate::output::track::{called, likelihood, main_lesson, spread};
use crate::output::words::chance;
use crate::plan::wording::{PERCENT, capital};
use crate::results::track::{Learned, LearnedValue, TrackReport};

const ROW: f64 = 46.0;
/// Rows that a page has room for.
const MOST_ROWS: usize = 14;
/// Room of the names, and of the figures.
const NAMES: f64 = 270.0;
const FIGURES: f64 = 190.0;

/// A row: its ends are shares of the plot's width.
struct LearnedRow {
    name: String,
    below: String,
    before: [f64; 2],
    now: [f64; 2],
    /// The median, of a number.
    middle: Option<f64>,
    /// In words: before, now.
    words: [String; 2],
}

/// Draws the chart; `None` where nothing is unknown.
///
/// # Errors
/// When the backend refuses a shape.
pub(crate) fn draw(report: &TrackReport, theme: &Theme) -> Result<Option<Chart>> {
    let Some(title) = main_lesson(report) else { return Ok(None) };
    let title = title.trim_end_matches('.').to_owned();
    let rows: Vec<LearnedRow> = report.learned.iter().flat_map(|one| rows_of(report, one)).collect();
    let shown = &rows[..rows.len().min(MOST_ROWS)];
    let subtitle = format!(
        "Grey: before the first count. Blue: now. Each number has a scale of its own: the bar holds it 9 times in 10, the dot is the middle. Of \
         one reading among several, the bar is how likely it is, from 0 to 100{PERCENT}.{}",
        some_shown(shown.len(), rows.len(), "")
    );
    let (mut canvas, top) = frame::header(theme, &title, &subtitle);
    let sides = (MARGIN + NAMES, WIDTH - MARGIN - FIGURES);
    let body = RowsBody::new(
        Scale { from: 0.0, to: 1.0, from_px: sides.0, to_px: sides.1 },
        sides,
        (top, ROW, shown.len()),
        (0.0, 0.0),
    );
    for (place, row) in shown.iter().enumerate() {
        draw_row(&mut canvas, &body, place, row);
    }
    let told = rows.iter().map(|row| format!(" {}: {} before, {} now.", row.name, row.words[0], row.words[1]));
    let description =
        format!("{subtitle}{} {}", told.collect::<String>(), traced(&report.provenance, report.plan.seed()));
    Ok(Some(Chart::of(canvas, "learned", &title, &description, body.plot.bottom + 14.0)?))
}

fn rows_of(report: &TrackReport, one: &Learned) -> Vec<LearnedRow> {
    let name = capital(&called(report, one));
    match &one.value {
        LearnedValue::Number { prior, posterior } => {
            let ends = |of: &crate::results::track::NumberSummary| of.range.unwrap_or([of.mean; 3]);
            let (before, now) = (ends(prior), ends(posterior));
            let (low, high) = (before[0].min(now[0]), before[2].max(now[2]));
            let at = |value: f64| if high > low { (value - low) / (high - low) } else { 0.5 };
            vec![LearnedRow {
                name,
                below: String::new(),
                before: [at(before[0]), at(before[2])],
                now: [at(now[0]), at(now[2])],
                middle: Some(at(now[1])),
                words: [prior, posterior].map(|of| spread(report, one.unit, of)),
            }]
        }
        LearnedValue::Readings(readings) => readings
            .iter()
            .map(|reading| LearnedRow {
                name: reading.law.clone(),
                below: name.clone(),
                before: [0.0, reading.prior],
                now: [0.0, reading.posterior],
                middle: None,
                words: [chance(reading.prior), likelihood(reading)],
            })
            .collect(),
    }
}

fn draw_row(canvas: &mut Canvas, body: &RowsBody, place: usize, row: &LearnedRow) {
    let theme = canvas.theme.clone();
    body.draw_name(canvas, place, (&row.name, PLAIN), &row.below);
    let y = body.middle(place);
    canvas.line((body.plot.left, y), (body.plot.right, y), theme.grid, 1.0);
    let px = |[from, to]: [f64; 2]| {
        let (from, to) = (body.scale.px(from), body.scale.px(to));
        // What has no width is still seen.
        if to - from < 2.0 { (0.5 * (from + to) - 1.0, 0.5 * (from + to) + 1.0) } else { (from, to) }
    };
    body.draw_bar(canvas, place, px(row.before), 10.0, theme.muted.faded(0.28));
    body.draw_bar(canvas, place, px(row.now), 5.0, theme.rates[1]);
    if let Some(middle) = row.middle {
        body.draw_dot(canvas, place, middle, 5.5, theme.paper);
        body.draw_dot(canvas, place, middle, 4.0, theme.ink);
    }
    let (x, room) = (body.plot.right + 14.0, FIGURES - 14.0);
    canvas.text(&LABEL.elide(&row.words[1], room), (x, y - 2.0), Style::start(LABEL, theme.ink));
    let before = format!("before: {}", row.words[0]);
    canvas.text(&TICK.elide(&before, room), (x, y + 14.0), Style::start(TICK, theme.muted));
}
