//! A table as HTML, to stand within a page.

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
