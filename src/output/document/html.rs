//! Blocks and tables as HTML, to stand within a page.

use super::block::{Block, Sources};
use super::cell::Cell;
use super::figure_format::FigureFormat;
use super::table::{Row, Table};
use crate::output::markup::escape_html;

/// What stands above a table of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caption<'a> {
    /// Words for all.
    Shown(&'a str),
    /// Words for those who hear the page: what stands around says it to others.
    Heard(&'a str),
}

/// The table, of a class of the page's style, which may be none. Words stand left, numbers right.
pub fn table(table: &Table, format: &FigureFormat, class_of_table: &str, caption: Caption<'_>) -> String {
    let class = |text: bool| if text { "" } else { " class=\"n\"" };
    let head = table
        .columns
        .iter()
        .map(|c| format!("<th scope=\"col\"{}>{}</th>", class(c.is_text), escape_html(&c.label)))
        .collect::<String>();
    let of_class = if class_of_table.is_empty() { String::new() } else { format!(" class=\"{class_of_table}\"") };
    let caption = match caption {
        Caption::Shown(words) => format!("<caption>{}</caption>", escape_html(words)),
        Caption::Heard(words) => format!("<caption class=\"sr\">{}</caption>", escape_html(words)),
    };
    let mut html = format!("<table{of_class}>\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html += &match row {
            Row::Group(name) => {
                let columns = table.columns.len();
                format!("<tr><th scope=\"rowgroup\" colspan=\"{columns}\">{}</th></tr>\n", escape_html(name))
            }
            Row::Cells(cells) | Row::Marked(cells) => {
                let cells = cells.iter().zip(&table.columns).enumerate().map(|(i, (cell, column))| {
                    let text = escape_html(format.cell(cell).trim_start());
                    let text = if matches!(cell, Cell::Code(_)) { format!("<code>{text}</code>") } else { text };
                    match i {
                        0 => format!("<th scope=\"row\" dir=\"auto\"{}>{text}</th>", class(column.is_text)),
                        _ if column.is_text => format!("<td dir=\"auto\">{text}</td>"),
                        _ => format!("<td class=\"n\">{text}</td>"),
                    }
                });
                let marked = if matches!(row, Row::Marked(_)) { " class=\"marked\"" } else { "" };
                format!("<tr{marked}>{}</tr>\n", cells.collect::<String>())
            }
        };
    }
    html + "</tbody>\n</table>"
}

/// A block, with its drawings by name; `None` of what stands on a terminal alone, and of a figure that is not drawn. The finding is the page's
/// first heading.
pub fn block(block: &Block, format: &FigureFormat, drawing: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let item = |text: &String| format!("<li dir=\"auto\">{}</li>\n", escape_html(text));
    let list = |items: &[String]| format!("<ul>\n{}</ul>", items.iter().map(item).collect::<String>());
    let heading = |text: &str| format!("<h2 dir=\"auto\">{}</h2>", escape_html(text));
    Some(match block {
        Block::OnScreen(_) => return None,
        Block::OnPage(block) => return self::block(block, format, drawing),
        Block::Finding(text) => format!("<h1 dir=\"auto\">{}</h1>", escape_html(text)),
        Block::Paragraph(text) => format!("<p dir=\"auto\">{}</p>", escape_html(text)),
        Block::Aside(text) => format!("<p class=\"note\" dir=\"auto\">{}</p>", escape_html(text)),
        Block::Warning(text) => format!("<p class=\"misfit\" role=\"alert\" dir=\"auto\">{}</p>", escape_html(text)),
        Block::Heading(text) => heading(text),
        Block::Items { title, items } => {
            let one = |(name, said): &(String, String)| {
                format!("<li dir=\"auto\"><strong>{}</strong>: {}</li>\n", escape_html(name), escape_html(said))
            };
            format!("{}\n<ul>\n{}</ul>", heading(title), items.iter().map(one).collect::<String>())
        }
        Block::Table(found) => {
            let title = if found.title.is_empty() { String::new() } else { heading(&found.title) + "\n" };
            let caption = if found.key.is_empty() { Caption::Heard(&found.title) } else { Caption::Shown(&found.key) };
            let label = escape_html(if found.title.is_empty() { &found.key } else { &found.title });
            format!(
                "{title}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">\n{}\n</div>",
                table(found, format, found.name, caption)
            )
        }
        Block::Figure(figure) => return drawing(figure.name),
        Block::Code { title, text, .. } => {
            format!("<p>{}:</p>\n<pre tabindex=\"0\"><code>{}</code></pre>", escape_html(title), escape_html(text))
        }
        Block::Notes(notes) => list(notes),
        Block::List(items) => list(items),
        Block::Sources(sources) => where_from(sources),
    })
}

/// Where a page comes from.
fn where_from(sources: &Sources) -> String {
    let file = |(name, from): &(String, crate::results::Provenance)| {
        let changes = from.changes.iter().map(|change| format!(", changed by <code>{}</code>", escape_html(change)));
        format!(
            "{}: <bdi>{}</bdi>, sha256 <code>{}</code>{}; ",
            escape_html(name),
            escape_html(&from.path),
            escape_html(&from.sha256),
            changes.collect::<String>()
        )
    };
    let facts = sources.facts.iter().map(|(name, fact)| format!("{name} {}; ", escape_html(fact)));
    let version = sources.files.first().map_or(env!("CARGO_PKG_VERSION"), |(_, from)| &from.version);
    format!(
        "<p class=\"trace\">{}{}cutover {}; time zones by the IANA database {}.</p>",
        sources.files.iter().map(file).collect::<String>(),
        facts.collect::<String>(),
        escape_html(version),
        crate::plan::zone::version()
    )
}
