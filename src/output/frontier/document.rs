//! A frontier as a document: the finding first, then the chart, the line, and where it all comes from.

use super::sentences::{finding, goal, search, standing};
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::output::solve::sentences::precise;
use crate::plan::units::orgs;
use crate::results::solution::{Frontier, Setting, Tried};

/// Columns of the line that a person reads.
const MOST: usize = 11;

/// The document.
pub(crate) fn document(frontier: &Frontier) -> Document {
    let [across, upwards] = &frontier.keys;
    let about = vec![frontier.plan.title().to_owned(), orgs(frontier.plan.orgs())];
    let said = format!("{} {}", goal(frontier), standing(frontier).unwrap_or_default());
    let trust = std::iter::once(Block::Aside(search(frontier))).chain(Block::notes(&frontier.notes));
    Document::new(format!("{upwards} against {across}"), about)
        .with([Block::Finding(format!("{}.", finding(frontier))), Block::Paragraph(said.trim_end().to_owned())])
        .with([Block::Figure(Figure { name: "frontier", finding: finding(frontier) }), Block::Table(line(frontier))])
        .with(Block::trust(trust))
        .with([Block::Sources(Sources::scenario(&frontier.provenance))])
}

fn line(frontier: &Frontier) -> Table {
    let [across, upwards] = &frontier.keys;
    let value = Column::number(format!("{} {upwards}", frontier.least));
    let row = |(x, found): (&Setting, Option<&Tried>)| {
        let of = |tried: &Tried| [Cell::text(&tried.setting.words), Cell::Number(tried.chance, precise(tried.chance))];
        let cells = found.map_or_else(|| [Cell::text("none is enough"), Cell::Empty], of);
        std::iter::once(Cell::text(&x.words)).chain(cells).collect()
    };
    let columns = vec![Column::text(across), value, Column::number("chance")];
    Table::new("line", "", columns, shown(frontier).into_iter().map(row).collect())
}

/// Some columns, evenly spaced, the first and the last among them.
fn shown(frontier: &Frontier) -> Vec<(&Setting, Option<&Tried>)> {
    let last = frontier.x.len().saturating_sub(1);
    let mut places: Vec<usize> = (0..MOST).map(|i| i * last / (MOST - 1)).collect();
    places.dedup();
    places.into_iter().map(|i| (&frontier.x[i], frontier.line[i].as_ref())).collect()
}
