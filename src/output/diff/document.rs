//! A difference of two scenarios as a document: the finding first, then the chart, each change, and where it all comes from.

use super::{change, sentences};
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::plan::units::group_count;
use crate::plan::wording::ORGS;
use crate::results::plan_diff::{ChangedKey, Part, PlanDiff};

/// The document.
pub(crate) fn document(diff: &PlanDiff) -> Document {
    let about = diff.sides.each_ref().map(|side| side.plan.title()).join(" \u{2192} ");
    let [first, second] = diff.sides.each_ref().map(|side| side.provenance.clone());
    let sources = Sources {
        files: vec![("first scenario".to_owned(), first), ("second scenario".to_owned(), second)],
        facts: vec![("combinations evaluated exactly", group_count(diff.evaluations as u64))],
    };
    Document::new("What the changes do", vec![about])
        .with(Block::decision(&sentences::decision(diff)))
        .with([Block::Figure(Figure { name: "diff", finding: sentences::finding(diff) })])
        .with((!diff.parts.is_empty()).then(|| Block::Table(changes(diff))))
        .with(Block::trust(Block::notes(&diff.notes)))
        .with([Block::Sources(sources)])
}

fn changes(diff: &PlanDiff) -> Table {
    let sampled = diff.sampled.is_some();
    let mut columns = vec![Column::text("line"), Column::text("change").below(), Column::number(ORGS.to_string())];
    columns.extend(sampled.then(|| Column::number("\u{b1}").rank(1)));
    columns.push(Column::number("alone").rank(2));
    let blank = columns.len() - 3;
    let total = |name: &str, answer: f64| {
        let cells = vec![Cell::text(name), Cell::Empty, Cell::mean(answer, None)];
        cells.into_iter().chain(vec![Cell::Empty; blank]).collect::<Vec<_>>()
    };
    let mut rows = vec![total("first scenario", diff.sides[0].answer)];
    rows.extend(diff.parts.iter().flat_map(|part| lines(diff, part, blank)));
    rows.push(total("second scenario", diff.sides[1].answer));
    let title = format!("{ORGS:#} {}, and what each change adds", diff.counted.heading());
    Table::new("changes", title, columns, rows).with_key(key(diff))
}

/// The lines of a part: the figures stand in the first.
fn lines(diff: &PlanDiff, part: &Part, blank: usize) -> Vec<Vec<Cell>> {
    let figures = || {
        let mut cells = vec![Cell::Signed { value: part.contribution, se: part.se }];
        cells.extend(diff.sampled.map(|_| part.se.map_or(Cell::Empty, Cell::Error)));
        cells.push(part.alone.map_or(Cell::Empty, |value| Cell::Signed { value, se: None }));
        cells
    };
    let line = |(i, changed): (usize, &ChangedKey)| {
        let (name, cells) = match i {
            0 => (Cell::Code(changed.key.clone()), figures()),
            _ => (Cell::text(format!("with {}", changed.key)), vec![Cell::Empty; blank + 1]),
        };
        [name, Cell::text(change(diff, changed))].into_iter().chain(cells).collect()
    };
    part.changes.iter().enumerate().map(line).collect()
}

fn key(diff: &PlanDiff) -> String {
    let orders = match diff.sampled {
        None => "all orders in which the changes can be made".to_owned(),
        Some(pairs) => format!("{} orders of the changes, drawn in pairs (\u{b1}: standard error)", 2 * pairs),
    };
    format!(
        "{ORGS:#}: what the change adds on average over {orders} (its Shapley value); they add up to the difference. Alone: what it adds to \
         the first scenario by itself."
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use crate::output::document::assert_fits;

    #[test]
    fn no_line_is_wider_than_the_terminal_and_every_row_of_the_page_is_whole() {
        for (name, diff) in samples::all() {
            assert_fits(name, &super::document(&diff));
        }
    }
}
