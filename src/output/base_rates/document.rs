//! Base rates as a document: the figures first, then what each is with its caveat and source, the sets, and for a window the law that each
//! makes of it.

use crate::output::document::{Block, Cell, Column, Document, Table};
use crate::plan::units::show_hours;
use crate::plan::wording::{ORGS, PERCENT};
use crate::scenario::base_rates::law::percent;
use crate::scenario::base_rates::{self, ALL, BaseRate, JUDGEMENT, Named, SETS, Set, scaled};

/// The document; with a window (in hours) the laws.
pub(crate) fn document(window: Option<f64>) -> Document {
    let blocks = [Block::Table(figures()), sources(), sets()];
    let hint = "For the law of the share that acts within a window: cutover base-rates --window 59h. In a scenario: \
                uptake = { base_rate = \"advice-only\" }.";
    let last = window.map_or_else(|| vec![Block::Aside(hint.to_owned())], laws);
    Document::new("Base rates", Vec::new()).with(blocks).with(last)
}

fn figures() -> Table {
    let columns = vec![
        // A name is to be copied.
        Column::text("name").copied(),
        Column::text("acted").wrapped(),
        Column::text("within").wrapped(),
        Column::text("pressure").wrapped(),
    ];
    let row = |row: &BaseRate| {
        let words = [row.acted, row.within, row.pressure.words()].map(Cell::text);
        std::iter::once(Cell::Code(row.key.to_owned())).chain(words).collect()
    };
    Table::new("base-rates", "What share acted in comparable campaigns", columns, ALL.iter().map(row).collect())
}

fn sources() -> Block {
    let said = |row: &BaseRate| format!("{}. {} {}.", capital(row.campaign), row.caveat, row.source);
    Block::Items {
        title: "What, with its caveat and source".to_owned(),
        items: ALL.iter().map(|row| (row.key.to_owned(), said(row))).collect(),
    }
}

fn sets() -> Block {
    let set = |set: &'static Set| (set.key.to_owned(), capital(&Named::Set(set).words()));
    let judgement = (JUDGEMENT.key.to_owned(), capital(&Named::Judgement(&JUDGEMENT).words()));
    Block::Items { title: "Taken together".to_owned(), items: SETS.iter().map(set).chain([judgement]).collect() }
}

/// The laws of a window, and why some names make none.
fn laws(hours: f64) -> Vec<Block> {
    let (mut rows, mut reasons) = (Vec::new(), Vec::new());
    for named in base_rates::keys().into_iter().filter_map(Named::find) {
        match scaled(named, hours) {
            Ok(law) => {
                let share = |share: f64| Cell::Number(share, format!("{}{PERCENT}", percent(share)));
                let [low, median, high] = law.percentiles();
                rows.push(vec![
                    Cell::Code(named.key().to_owned()),
                    share(law.mean),
                    share(median),
                    Cell::text(format!("{}-{}{PERCENT}", percent(low), percent(high))),
                    Cell::Number(law.precision, format!("{:.0} answers", law.precision)),
                ]);
            }
            Err(why) => reasons.push(format!("{}.", capital(&why.message.replace('`', "")))),
        }
    }
    // A window that is too short has one reason for all names.
    reasons.dedup();
    let table = (!rows.is_empty()).then(|| Block::Table(table_of_laws(hours, rows)));
    table.into_iter().chain(reasons.into_iter().map(Block::Paragraph)).collect()
}

fn table_of_laws(hours: f64, rows: Vec<Vec<Cell>>) -> Table {
    let mut columns = vec![Column::text("name").copied()];
    columns.extend(["mean", "median"].map(Column::number));
    columns.push(Column::number(format!("90{PERCENT} range")));
    columns.push(Column::number("as vague as").rank(1));
    let window = show_hours(hours);
    let (row, share) = base_rates::most_reached(hours);
    let key = format!(
        "90{PERCENT} range: 5th to 95th percentile. As vague as if so many {ORGS} had been asked. Within {window} no campaign had reached more \
         than {}{PERCENT} by the same scaling ({}: {} in {}). None allows for a weekend, on which administrators do much less. docs/base-rates.md \
         derives them.",
        percent(share),
        row.key,
        row.acted,
        row.within
    );
    let title = format!("What each says of the share that acts within {window}");
    Table::new("base-rate-laws", title, columns, rows).with_key(key)
}

fn capital(text: &str) -> String {
    let keeps = base_rates::keys().iter().any(|key| text.starts_with(key));
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !keeps => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::document::{assert_fits, text};
    use crate::output::terminal::Look;

    fn shown(window: Option<f64>, width: usize) -> String {
        text(&document(window), Look { width, colour: false })
    }

    #[test]
    fn everything_is_shown_at_any_width_and_no_line_is_wider() {
        for window in [None, Some(59.0), Some(0.5), Some(336.0)] {
            assert_fits("base rates", &document(window));
            for width in [60, 80, 100, 120] {
                let text = shown(window, width);
                let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
                for row in ALL {
                    let last = |words: &'static str| words.split_whitespace().next_back().expect("a word");
                    let words = [row.key, last(row.within), last(row.caveat), last(row.source)];
                    assert!(words.iter().all(|word| flat.contains(word)), "{} at {width}: {text}", row.key);
                    // In both tables, to be copied.
                    let tables = if row.is_timed() && window.is_some_and(|hours| hours >= 1.0) { 2 } else { 1 };
                    let is_whole = |line: &&str| line.trim_start().starts_with(&format!("{}  ", row.key));
                    assert_eq!(text.lines().filter(is_whole).count(), tables, "{} at {width}: {text}", row.key);
                }
            }
        }
    }

    #[test]
    fn a_window_adds_the_law_of_each_name_or_why_it_has_none() {
        let text = shown(Some(59.0), 80);
        let row = text.lines().rfind(|line| line.trim_start().starts_with("advice-only")).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells, ["advice-only", "8.6", "%", "5.1", "%", "0.11-29", "%", "7", "answers"]);
        assert!(text.contains("facebook-protect makes no law") && text.contains("more than 56 %"));
        let text = shown(Some(0.0), 80);
        assert!(text.contains("The reconnect window has no length") && !text.contains("answers"));
        assert!(shown(Some(336.0), 80).contains("weekend-judgement is about 60 hours"));
    }
}
