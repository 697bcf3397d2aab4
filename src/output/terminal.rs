//! What text on a terminal is made of: a width, colours, tables without frames, and nothing that could write elsewhere.

use super::safe;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use textwrap::core::display_width;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to colour with ANSI sequences.
    pub colour: bool,
}

/// Narrower than this nothing can be laid out.
pub(super) const NARROWEST: usize = 60;

/// No frames: space between columns, and a line under the header.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('\u{2500}'));

impl Look {
    pub(super) fn bold(self, text: &str) -> String {
        if self.colour { safe::styled("1", text) } else { text.to_owned() }
    }

    pub(super) fn warning(self, text: &str) -> String {
        if self.colour { safe::styled("31", text) } else { text.to_owned() }
    }

    pub(super) fn dim(self, text: &str) -> String {
        if self.colour { safe::styled("2", text) } else { text.to_owned() }
    }

    /// Wrapped to its width.
    pub(super) fn wrapped(self, text: &str) -> String {
        filled(&plain(text), self.width)
    }
}

/// Wrapped to a width, but never between a number and its percent sign, nor at a hyphen: that may stand in a range.
pub(super) fn filled(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&text.replace(" %", "\u{a0}%"), options).replace('\u{a0}', " ")
}

/// Text without line breaks and control characters, so that no title can write elsewhere on the terminal.
pub(super) fn plain(text: &str) -> String {
    safe::line(text)
}

pub(super) fn elided(text: &str, width: usize) -> String {
    let text = plain(text);
    if display_width(&text) <= width {
        return text;
    }
    let mut short = String::new();
    for c in text.chars() {
        if display_width(&short) + 2 > width {
            break;
        }
        short.push(c);
    }
    short + "\u{2026}"
}

/// A table without frames, indented by two; columns of words stand left, the others right. Those that are `whole` are never broken.
pub(super) fn table(header: Vec<String>, rows: Vec<Vec<String>>, words: &[bool], whole: &[bool], look: Look) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width - 1).unwrap_or(u16::MAX));
    table.set_header(header);
    table.add_rows(rows);
    for (column, _) in table.column_iter_mut().zip(words).filter(|(_, words)| !**words) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (column, _) in table.column_iter_mut().zip(whole).filter(|(_, whole)| **whole) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    let lines: Vec<String> = table.lines().map(|l| format!(" {}", l.trim_end())).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_write_elsewhere_on_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
