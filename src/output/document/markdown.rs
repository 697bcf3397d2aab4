//! A document as a page of Markdown.

use super::block::{Block, Document, Sources};
use super::cell::Cell;
use super::figure_format::FigureFormat;
use super::table::{Row, Table};
use crate::output::markup::escape;

/// The page. Its charts are expected in `charts/`, relative to it.
pub fn page(document: &Document) -> String {
    let mut parts = vec![format!("# {}", escape(&document.title))];
    let mut about: Vec<String> = document.about.iter().map(|line| escape(line)).collect();
    about.retain(|line| *line != parts[0][2..]);
    if !about.is_empty() {
        parts.push(about.join("  \n"));
    }
    parts.extend(document.blocks.iter().filter_map(|block| shown(block, &document.format)));
    parts.join("\n\n") + "\n"
}

fn shown(block: &Block, format: &FigureFormat) -> Option<String> {
    Some(match block {
        Block::OnScreen(_) => return None,
        Block::OnPage(block) => return shown(block, format),
        Block::Finding(text) => format!("**{}**", escape(text)),
        Block::Paragraph(text) | Block::Aside(text) => escape(text),
        Block::Warning(text) => format!("> {}", escape(text)),
        Block::Heading(text) => format!("## {}", escape(text)),
        Block::Items { title, items } => {
            let items = items.iter().map(|(name, said)| format!("- **{}**: {}", escape(name), escape(said)));
            format!("## {}\n\n{}", escape(title), items.collect::<Vec<_>>().join("\n"))
        }
        Block::Table(found) => {
            let title = (!found.title.is_empty()).then(|| format!("## {}\n\n", escape(&found.title)));
            format!("{}{}", title.unwrap_or_default(), table(found, format).trim_end())
        }
        Block::Figure(figure) => format!("![{}](charts/{}.svg)", escape(&figure.finding), figure.name),
        Block::Code { title, language, text, .. } => {
            let fence = fence(text);
            format!("{}:\n\n{fence}{language}\n{text}\n{fence}", escape(title))
        }
        Block::Notes(notes) => notes.iter().map(|note| format!("- {}", escape(note))).collect::<Vec<_>>().join("\n"),
        Block::List(items) => items.iter().map(|item| format!("- {}", escape(item))).collect::<Vec<_>>().join("\n"),
        Block::Sources(sources) => where_from(sources),
    })
}

/// A table, and what its columns mean below it.
pub fn table(table: &Table, format: &FigureFormat) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(table.columns.iter().map(|column| escape(&column.label)).collect());
    let rule = table.columns.iter().map(|column| if column.is_text { "---" } else { "---:" }.to_owned());
    text += &line(rule.collect());
    for row in &table.rows {
        text += &line(match row {
            Row::Cells(cells) | Row::Marked(cells) => cells.iter().map(|cell| cell_text(cell, format)).collect(),
            Row::Group(name) => {
                let blank = vec![String::new(); table.columns.len() - 1];
                std::iter::once(format!("**{}**", escape(name))).chain(blank).collect()
            }
        });
    }
    if !table.key.is_empty() {
        text += &format!("\n{}\n", escape(&table.key));
    }
    text
}

fn cell_text(cell: &Cell, format: &FigureFormat) -> String {
    let text = format.cell(cell);
    match cell {
        Cell::Code(_) if !text.is_empty() && !text.contains('`') => format!("`{}`", text.replace('|', "\\|")),
        _ => escape(text.trim_start()),
    }
}

/// Where the page comes from, as its last section.
fn where_from(sources: &Sources) -> String {
    let mut lines =
        vec!["## Where this comes from".to_owned(), String::new(), "| | |".to_owned(), "| --- | --- |".to_owned()];
    let several = sources.files.len() > 1;
    for (name, from) in &sources.files {
        let of = if several { format!(" of {}", escape(name)) } else { String::new() };
        lines.push(format!("| {} | {} |", escape(name), escape(&from.path)));
        lines.push(format!("| sha256{of} | {} |", escape(&from.sha256)));
        lines.extend(from.changes.iter().map(|change| format!("| changed by `--set`{of} | {} |", escape(change))));
    }
    lines.extend(sources.facts.iter().map(|(name, fact)| format!("| {name} | {} |", escape(fact))));
    let version = sources.files.first().map_or(env!("CARGO_PKG_VERSION"), |(_, from)| &from.version);
    lines.push(format!("| cutover | {} |", escape(version)));
    lines.push(format!("| time zones | IANA database {} |", crate::plan::zone::version()));
    lines.join("\n")
}

/// A fence longer than any run of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_stands_in_it() {
        assert_eq!(fence("a ``` b"), "````");
    }
}
