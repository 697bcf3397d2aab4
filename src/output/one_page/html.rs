//! The page as a part of `report.html`: hidden, until the address asks for it. Its chart is the report's own, which the script moves here.

use super::page::{CHART, OnePage};
use crate::output::document::{Block, Caption, FigureFormat, Table, html as table_html};
use crate::output::markup::escape_html;

/// The block.
pub(in crate::output) fn html(page: &OnePage) -> String {
    let head = &page.head;
    let column = |class: &str, blocks: &[Block]| {
        let blocks: String = blocks.iter().map(|block| shown(block, &head.format)).collect();
        format!("<div class=\"{class}\">\n{blocks}</div>\n")
    };
    let about: String =
        head.about.iter().map(|line| format!("<p class=\"facts\">{}</p>\n", escape_html(line))).collect();
    format!(
        "<div id=\"one-page\" hidden>\n<p class=\"plan\" dir=\"auto\">{}</p>\n{about}{}{}{}<p class=\"trace\">{}</p>\n</div>",
        escape_html(&head.title),
        column("over", &head.blocks),
        column("left", &page.left),
        column("right", &page.right),
        escape_html(&page.foot)
    )
}

fn shown(block: &Block, format: &FigureFormat) -> String {
    match block {
        Block::OnScreen(_) | Block::Items { .. } | Block::Code { .. } | Block::Sources(_) => String::new(),
        Block::OnPage(block) => shown(block, format),
        Block::Finding(text) => format!("<h1 dir=\"auto\">{}</h1>\n", sentence(text)),
        Block::Heading(text) => format!("<h2>{}</h2>\n", escape_html(text)),
        Block::Paragraph(text) => format!("<p dir=\"auto\">{}</p>\n", sentence(text)),
        Block::Aside(text) => format!("<p class=\"note\" dir=\"auto\">{}</p>\n", sentence(text)),
        Block::Warning(text) => format!("<p class=\"warning\" dir=\"auto\">{}</p>\n", sentence(text)),
        Block::Figure(figure) => {
            format!("<figure data-chart=\"{CHART}\" aria-label=\"{}\"></figure>\n", escape_html(&figure.finding))
        }
        Block::Notes(items) | Block::List(items) => {
            let items: String = items.iter().map(|i| format!("<li dir=\"auto\">{}</li>\n", sentence(i))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Table(found) => table(found, format),
    }
}

fn table(found: &Table, format: &FigureFormat) -> String {
    let title = format!("<h2>{}</h2>\n", sentence(&found.title));
    let key = format!("<p class=\"note\" dir=\"auto\">{}</p>\n", sentence(&found.key));
    let body = if found.rows.is_empty() {
        String::new()
    } else {
        table_html(found, format, found.name, Caption::Heard(&found.title))
    };
    format!("{title}{body}\n{key}")
}

/// Escaped, with a number and its sign on one line.
fn sentence(text: &str) -> String {
    escape_html(&text.replace(" %", "\u{a0}%"))
}
