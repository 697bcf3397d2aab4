//! A fitted history as a document: the finding, the chart, the law to write, how it was found and how far to trust it.

use super::parameter::sureness;
use super::{law, sentences};
use crate::output::document::{Block, Cell, Column, Document, Figure, Sources, Table};
use crate::plan::units::group_count;
use crate::plan::wording::PERCENT;
use crate::results::Provenance;
use crate::results::fit::HistoryFit;

/// The document.
pub(crate) fn document(found: &HistoryFit) -> Document {
    let finding = sentences::finding(found);
    let about = vec![found.source.path.clone(), format!("{}.", sentences::counts(found))];
    let verdict = sentences::verdict(found);
    let laws = (!found.laws.is_empty()).then(|| [laws(found), parameters(found)].map(Block::Table));
    Document::new("Intervals between refreshes", about)
        .with([Block::Finding(format!("{finding}."))])
        .with((!verdict.is_empty()).then(|| Block::Paragraph(verdict.join(" "))))
        .with([Block::Figure(Figure { name: "fit", finding })])
        .with([copied("For the scenario, below [refresh]", &sentences::advised(found))])
        .with(sentences::either(found).map(|law| copied("Or, to leave open which of the two holds", &law)))
        .with(laws.into_iter().flatten())
        .with(Block::trust(Block::notes(&sentences::notes(found))))
        .with([Block::Sources(sources(found))])
}

fn copied(title: &str, law: &str) -> Block {
    let short = format!("interval = {law}");
    Block::Code { title: title.to_owned(), language: "toml", text: format!("[refresh]\n{short}"), short }
}

fn sources(found: &HistoryFit) -> Sources {
    let from = Provenance {
        path: found.source.path.clone(),
        sha256: found.source.sha256.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        changes: Vec::new(),
    };
    Sources { files: vec![("history".to_owned(), from)], facts: Vec::new() }
}

fn laws(found: &HistoryFit) -> Table {
    let columns = vec![
        Column::text("law").copied(),
        Column::number("AICc").rank(3),
        Column::number("worse by"),
        Column::number("weight"),
        Column::number("largest gap"),
    ];
    let rows = found.laws.iter().map(|ranked| {
        let gap = 100.0 * ranked.gap.size();
        vec![
            Cell::Code(law::text(&ranked.fit)),
            Cell::Number(ranked.aicc, format!("{:.1}", ranked.aicc)),
            Cell::Number(ranked.delta, behind(ranked.delta)),
            Cell::Chance(ranked.weight),
            Cell::Number(gap, format!("{gap:.1}{PERCENT}")),
        ]
    });
    let key = "Worse by: AICc minus that of the best; from 10 on, a law is ruled out beside it. Weight: how likely each is, if one of these \
               holds. Largest gap: between data and law, in percentage points of the share that lasts longer.";
    Table::new("laws", "Laws, likeliest first", columns, rows.collect()).with_key(key)
}

/// A distance in AICc: with a decimal as long as that matters.
fn behind(delta: f64) -> String {
    if delta < 99.95 { format!("{delta:.1}") } else { group_count(delta.round() as u64) }
}

fn parameters(found: &HistoryFit) -> Table {
    let best = &found.laws[0].fit;
    let columns = vec![
        Column::text("parameter"),
        Column::number("value"),
        Column::number("standard error"),
        Column::number(format!("95{PERCENT} range")),
    ];
    let rows = best.parameters.iter().map(|parameter| {
        let figures = sureness(parameter).map(Cell::text);
        std::iter::once(Cell::text(parameter.name)).chain(figures).collect()
    });
    let the_law = law::phrase(best.family).replacen("an ", "the ", 1).replacen("a ", "the ", 1);
    Table::new("parameters", format!("How well {the_law} is known"), columns, rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::document::{assert_fits, text};
    use crate::output::fit::samples::all as samples;
    use crate::output::terminal::Look;
    use crate::results::fit::FitVerdict;

    #[test]
    fn every_verdict_has_its_advice_and_no_line_is_wider_than_the_terminal() {
        for (verdict, found) in samples() {
            assert_eq!(found.verdict(), verdict);
            let document = document(&found);
            assert_fits(&format!("{verdict:?}"), &document);
            let advice = match verdict {
                FitVerdict::Fits | FitVerdict::Close => "interval = { ",
                FitVerdict::Fixed => "interval = \"24h\"",
                _ => "interval = { empirical = \"intervals.csv\" }",
            };
            let text = text(&document, Look { width: 80, colour: false });
            assert!(text.contains(advice), "{text}");
        }
    }
}
