//! A solution as a document: the answer first, then the chart, the chances around it, and where it all comes from.

use super::sentences;
use super::shown::shown;
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::plan::units::orgs;
use crate::results::solution::{Check, Solution, Tried};

/// The document.
pub(crate) fn document(solution: &Solution) -> Document {
    let finding = sentences::finding(solution);
    let about = vec![solution.plan.title().to_owned(), orgs(solution.plan.orgs())];
    let check = sentences::check(solution).map(|text| match &solution.check {
        Some(check) if Check::holds(check) => Block::Aside(text),
        _ => Block::Warning(text),
    });
    let trust = std::iter::once(Block::Aside(sentences::search(solution))).chain(check);
    Document::new(format!("Solved for {}", solution.key), about)
        .with([Block::Finding(format!("{finding}.")), Block::Paragraph(sentences::figures(solution).join(" "))])
        .with([Block::Figure(Figure { name: "solve", finding }), Block::Table(chances(solution))])
        .with(Block::trust(trust.chain(Block::notes(&solution.notes))))
        .with([Block::Sources(Sources::scenario(&solution.provenance))])
}

fn chances(solution: &Solution) -> Table {
    let row = |tried: &Tried| {
        let found = solution.reachable && tried.setting.number == solution.best.setting.number;
        let mark = if found { Cell::text("the answer") } else { Cell::Empty };
        vec![Cell::text(&tried.setting.words), Cell::Number(tried.chance, sentences::precise(tried.chance)), mark]
    };
    let columns = vec![Column::text(&solution.key), Column::number("chance"), Column::text("")];
    let rows = shown(solution).into_iter().map(row).collect();
    Table::new("chances", format!("Chance that {}", solution.asked.words), columns, rows)
}
