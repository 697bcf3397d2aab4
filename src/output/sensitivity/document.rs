//! A sensitivity analysis as a document: the finding first, then the chart, the assumptions by how much they move, and where it all comes
//! from.

use super::{answers, decides, has_effect, interval, range, sentences};
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::output::words;
use crate::plan::units::group_count;
use crate::plan::wording::{ORGS, PERCENT};
use crate::results::sensitivity::{MovedAssumption, Sensitivity};

/// The document.
pub(crate) fn document(found: &Sensitivity) -> Document {
    let about = vec![found.plan.title().to_owned(), method(found)];
    let mut sources = Sources::scenario(&found.provenance);
    sources.facts = vec![
        ("rows", group_count(found.rows as u64)),
        ("plans evaluated exactly", group_count(found.evaluations as u64)),
        ("seed", found.plan.seed().to_string()),
    ];
    Document::new("Which assumption drives the answer", about)
        .with(Block::decision(&sentences::decision(found)))
        .with([Block::Figure(Figure { name: "sensitivity", finding: sentences::finding(found) })])
        .with(found.assumptions.iter().any(|a| has_effect(found, a)).then(|| Block::Table(assumptions(found))))
        .with(Block::trust(Block::notes(&found.notes)))
        .with([Block::Sources(sources)])
}

fn method(found: &Sensitivity) -> String {
    match found.rows {
        0 => "each assumption moved alone, by the exact engine".to_owned(),
        rows => format!(
            "{} rows, {} plans by the exact engine",
            group_count(rows as u64),
            group_count(found.evaluations as u64)
        ),
    }
}

fn assumptions(found: &Sensitivity) -> Table {
    let variance = found.together.is_some();
    let mut columns = vec![
        Column::text("assumption"),
        Column::text("moved over").below(),
        Column::text("scenario").rank(4),
        Column::number(ORGS.to_string()),
        Column::number("swing"),
    ];
    if variance {
        columns.extend([Column::number("alone"), Column::number(format!("95{PERCENT} range")).rank(3)]);
        columns.extend([Column::number("in all"), Column::number(format!("95{PERCENT} range")).rank(3)]);
    }
    let row = |moved: &MovedAssumption| {
        let mut cells = vec![
            Cell::Code(moved.key.clone()),
            Cell::text(range(found, moved)),
            Cell::text(words::without_year(&moved.given, &found.plan)),
            Cell::text(answers(moved)),
            Cell::mean(moved.swing(), None),
        ];
        let index =
            |of: Option<_>| of.map_or([const { Cell::Empty }; 2], |i| [decides(i), interval(i)].map(Cell::text));
        if variance {
            cells.extend(index(moved.indices.map(|i| i.first)));
            cells.extend(index(moved.indices.map(|i| i.total)));
        }
        cells
    };
    let rows = found.assumptions.iter().filter(|a| has_effect(found, a)).map(row).collect();
    let title = format!("{ORGS:#} {}, each assumption moved alone", found.counted.heading());
    Table::new("assumptions", title, columns, rows).with_key(key(found))
}

fn key(found: &Sensitivity) -> String {
    let mut text = format!(
        "{ORGS:#}: lowest to highest mean as the assumption goes over its range. Swing: the difference of the two."
    );
    if found.together.is_some() {
        text += " Alone: share of the variance that would go if it were known. In all: share that would be left if all else were known.";
    }
    let idle: Vec<String> = found.assumptions.iter().filter(|a| !has_effect(found, a)).map(|a| a.key.clone()).collect();
    if !idle.is_empty() {
        text += &format!(" Without effect: {}.", words::list(&idle));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use crate::output::document::assert_fits;

    #[test]
    fn no_line_is_wider_than_the_terminal_and_every_row_of_the_page_is_whole() {
        for (name, found) in samples::all() {
            assert_fits(name, &super::document(&found));
        }
    }
}
