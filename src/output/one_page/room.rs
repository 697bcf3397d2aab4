//! How much room text takes on paper, in points, set in Arial or a font of its widths. An estimate on the safe side: what opens the page
//! breaks its lines itself.

use crate::output::document::{Block, Cell, Column, Document, FigureFormat, Row, Table};

/// Height of a line, of its letters' size.
const LINE: f64 = 1.17;

/// Room at the right of a cell, and above and below its words.
pub(super) const GUTTER: f64 = 7.0;
pub(super) const PAD: f64 = 1.1;

/// How wide a text is.
fn width(text: &str, size: f64, bold: bool) -> f64 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '-'
        | '\u{a0}' => 0.31,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.89,
        c if c.is_ascii_uppercase() => 0.7,
        c if c.is_ascii() => 0.55,
        // Letters of most other scripts are no wider than this; those of East Asia are.
        c if (c as u32) < 0x1100 => 0.62,
        _ => 1.0,
    };
    text.chars().map(of).sum::<f64>() * size * if bold { 1.08 } else { 1.0 }
}

/// How many lines a text takes.
fn lines(text: &str, size: f64, bold: bool, room: f64) -> f64 {
    // Lines end between words.
    (width(text, size, bold) / (room * 0.93)).ceil().max(1.0)
}

/// Widths of a table's columns: numbers have what they need; words share the rest, by what they need.
pub(super) fn columns(table: &Table, format: &FigureFormat, size: f64, room: f64) -> Vec<f64> {
    let cell =
        |cells: &[Cell], place: usize, bold| cells.get(place).map_or(0.0, |c| width(&format.cell(c), size, bold));
    let natural = |(place, column): (usize, &Column)| {
        let rows = table.rows.iter().map(|row| match row {
            Row::Cells(cells) => cell(cells, place, false),
            Row::Marked(cells) => cell(cells, place, true),
            Row::Group(_) => 0.0,
        });
        let gutters = if column.is_text && place > 0 { 2.0 } else { 1.0 };
        rows.fold(width(&column.label, size, false), f64::max) + gutters * GUTTER
    };
    let needs: Vec<f64> = table.columns.iter().enumerate().map(natural).collect();
    let of_words = |is_text: bool| -> f64 {
        needs.iter().zip(&table.columns).filter(|(_, c)| c.is_text == is_text).map(|(need, _)| need).sum()
    };
    let (words, numbers) = (of_words(true), of_words(false));
    if words + numbers <= room || words == 0.0 {
        // What is left goes to all alike.
        return needs.iter().map(|need| need * room / (words + numbers)).collect();
    }
    let left = (room - numbers).max(room * 0.35);
    let scale = room / (left + numbers).max(room);
    // What takes little of it keeps that: a date is not broken.
    let fair = 1.2 * left / table.columns.iter().filter(|c| c.is_text).count() as f64;
    let small: f64 = needs.iter().zip(&table.columns).filter(|(n, c)| c.is_text && **n <= fair).map(|(n, _)| n).sum();
    let large = (words - small).max(1.0);
    let of = |(need, column): (&f64, &Column)| match column.is_text {
        true if *need > fair => need / large * (left - small),
        _ => *need,
    };
    needs.iter().zip(&table.columns).map(of).map(|wide| wide * scale).collect()
}

/// How high a table is, without its title and key.
fn table_height(table: &Table, format: &FigureFormat, size: f64, room: f64) -> f64 {
    if table.rows.is_empty() {
        return 0.0;
    }
    let widths = columns(table, format, size, room);
    let row = |row: &Row| {
        let (cells, bold) = match row {
            Row::Cells(cells) => (cells.as_slice(), false),
            Row::Marked(cells) => (cells.as_slice(), true),
            Row::Group(_) => (&[][..], true),
        };
        let lines = cells.iter().zip(&widths).map(|(c, w)| lines(&format.cell(c), size, bold, w - GUTTER * 0.6));
        lines.fold(1.0, f64::max) * size * LINE + 2.0 * PAD + 0.5
    };
    let head = table.columns.iter().zip(&widths).map(|(c, w)| lines(&c.label, size, false, w - GUTTER * 0.6));
    head.fold(1.0, f64::max) * size * LINE + 2.0 * PAD + table.rows.iter().map(row).sum::<f64>()
}

/// Room above a heading or the chart, below sentences, and below an item of a list.
pub(super) const ABOVE: f64 = 8.0;
pub(super) const BELOW: f64 = 3.0;
pub(super) const BETWEEN_ITEMS: f64 = 2.5;

/// How far an item of a list is set in.
pub(super) const HANGING: f64 = 9.0;

/// Sizes of letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Of the finding.
    pub(super) finding: f64,
    /// Of what stands over the whole width.
    pub(super) over: f64,
    /// Of the columns below.
    pub(super) column: f64,
    /// Of small print.
    pub(super) small: f64,
}

impl Sizes {
    /// From the largest to the smallest that is easy to read.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..=6).map(|step| {
            let scale = 1.2 - 0.04 * f64::from(step);
            // Programs know halves of a point.
            let of = |size: f64| (size * scale * 2.0).floor() / 2.0;
            Self { finding: of(15.0), over: of(9.5), column: of(8.5), small: of(7.5) }
        })
    }

    /// Of a heading above letters of a size.
    pub(super) const fn heading(size: f64) -> f64 {
        size + 1.0
    }

    /// How high lines of text are.
    pub(super) fn text(text: &str, size: f64, bold: bool, room: f64) -> f64 {
        lines(text, size, bold, room) * size * LINE
    }

    /// How high the plan's title and what is said of it are.
    pub(super) fn masthead(&self, head: &Document, room: f64) -> f64 {
        let about = head.about.iter().map(|line| Self::text(line, self.small, false, room) + BELOW);
        Self::text(&head.title, self.over, true, room) + about.sum::<f64>()
    }

    /// How high blocks are, the chart aside.
    pub(super) fn height(&self, blocks: &[Block], format: &FigureFormat, size: f64, room: f64) -> f64 {
        let heading = |words: &str| Self::text(words, Self::heading(size), true, room) + ABOVE + 1.0;
        let of = |block: &Block| match block {
            Block::Finding(words) => Self::text(words, self.finding, true, room) + BELOW,
            Block::Paragraph(words) | Block::Warning(words) | Block::Aside(words) => {
                Self::text(words, size, false, room) + BELOW
            }
            Block::Heading(words) => heading(words),
            Block::List(items) | Block::Notes(items) => {
                items.iter().map(|item| Self::text(item, size, false, room - HANGING) + BETWEEN_ITEMS).sum()
            }
            Block::Table(table) => {
                let key = Self::text(&table.key, self.small, false, room) + 1.0 + BELOW;
                heading(&table.title) + table_height(table, format, size, room) + key
            }
            Block::Figure(_) => ABOVE,
            _ => 0.0,
        };
        blocks.iter().map(of).sum()
    }
}
