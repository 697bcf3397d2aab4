//! Blocks as paragraphs and tables of Word.

use super::page::OnePage;
use super::room::{ABOVE, BELOW, BETWEEN_ITEMS, GUTTER, HANGING, PAD, Sizes, columns};
use crate::output::chart::{Ink, Theme};
use crate::output::document::{Block, FigureFormat, Row, Table};
use crate::output::safe;
use docx_rs as word;

/// What a cell or the page holds, one below the other.
pub(super) enum WordPart {
    Words(Box<word::Paragraph>),
    Rows(Box<word::Table>),
}

/// Lays blocks out.
pub(super) struct Sheet<'a> {
    pub(super) format: &'a FigureFormat,
    /// The chart's pixels.
    pub(super) png: &'a [u8],
    /// Width and height of the chart on paper.
    pub(super) chart: (f64, f64),
    pub(super) sizes: Sizes,
}

const INK: Ink = Theme::LIGHT.ink;
pub(super) const MUTED: Ink = Theme::LIGHT.muted;
const WARNING: Ink = Theme::LIGHT.warning;

impl Sheet<'_> {
    /// The plan, above all else.
    pub(super) fn masthead(&self, page: &OnePage) -> Vec<WordPart> {
        let title = word::Paragraph::new().add_run(run(&page.head.title, self.sizes.over, INK).bold());
        let about =
            page.head.about.iter().map(|line| words(line, self.sizes.small, MUTED).line_spacing(spacing(0.0, BELOW)));
        std::iter::once(title.line_spacing(spacing(0.0, 0.0))).chain(about).map(piece).collect()
    }

    pub(super) fn pieces(&self, blocks: &[Block], room: f64, size: f64) -> Vec<WordPart> {
        blocks.iter().flat_map(|block| self.laid_out(block, room, size)).collect()
    }

    fn laid_out(&self, block: &Block, room: f64, size: f64) -> Vec<WordPart> {
        let paragraph = |text: &str, ink| piece(words(text, size, ink).line_spacing(spacing(0.0, BELOW)));
        match block {
            Block::OnPage(block) => self.laid_out(block, room, size),
            Block::Finding(text) => {
                let run = run(text, self.sizes.finding, INK).bold();
                let finding = word::Paragraph::new().style("Heading1").add_run(run);
                vec![piece(finding.line_spacing(spacing(0.0, BELOW)))]
            }
            Block::Paragraph(text) => vec![paragraph(text, INK)],
            Block::Aside(text) => vec![paragraph(text, MUTED)],
            Block::Warning(text) => vec![paragraph(text, WARNING)],
            Block::Heading(text) => vec![heading(text, size)],
            Block::List(items) | Block::Notes(items) => items.iter().map(|item| bullet(item, size)).collect(),
            Block::Table(table) => self.table(table, room, size),
            Block::Figure(_) => vec![piece(self.figure())],
            Block::Items { .. } | Block::Code { .. } | Block::OnScreen(_) | Block::Sources(_) => Vec::new(),
        }
    }

    fn figure(&self) -> word::Paragraph {
        let emu = |points: f64| (points * 12_700.0).round() as u32;
        let picture = word::Pic::new_with_dimensions(self.png.to_vec(), 1, 1)
            // The library's own numbers go on from one file to the next.
            .id("rIdImage1")
            .size(emu(self.chart.0), emu(self.chart.1));
        word::Paragraph::new().line_spacing(spacing(ABOVE, 0.0)).add_run(word::Run::new().add_image(picture))
    }

    fn table(&self, table: &Table, room: f64, size: f64) -> Vec<WordPart> {
        let mut pieces = vec![heading(&table.title, size)];
        if !table.rows.is_empty() {
            pieces.push(WordPart::Rows(Box::new(self.rows(table, room, size))));
        }
        // A table is followed by words, also where it needs none.
        pieces.push(piece(words(&table.key, self.sizes.small, MUTED).line_spacing(spacing(1.0, BELOW))));
        pieces
    }

    fn rows(&self, table: &Table, room: f64, size: f64) -> word::Table {
        let widths: Vec<usize> =
            columns(table, self.format, size, room).into_iter().map(|w| twips(w) as usize).collect();
        let cell = |place: usize, run: word::Run, rule: Ink| {
            let right = !table.columns[place].is_text;
            let align = if right { word::AlignmentType::Right } else { word::AlignmentType::Left };
            let words = word::Paragraph::new().align(align).line_spacing(spacing(PAD, PAD)).add_run(run);
            // Words keep away from the numbers before them.
            let words = match place {
                0 => words,
                _ if right => words,
                _ => words.indent(Some(twips(GUTTER) as i32), None, None, None),
            };
            let border = word::TableCellBorder::new(word::TableCellBorderPosition::Bottom).size(4).color(hex(rule));
            word::TableCell::new()
                .width(widths[place], word::WidthType::Dxa)
                .set_borders(word::TableCellBorders::with_empty().set(border))
                .add_paragraph(words)
        };
        let head = table.columns.iter().enumerate();
        let head =
            head.map(|(i, column)| cell(i, run(&column.label, self.sizes.small, MUTED), Theme::LIGHT.axis)).collect();
        let row = |row: &Row| {
            let (cells, bold) = match row {
                Row::Cells(cells) => (cells.as_slice(), false),
                Row::Marked(cells) => (cells.as_slice(), true),
                Row::Group(_) => (&[][..], false),
            };
            let cells = cells.iter().enumerate().map(|(i, found)| {
                let run = run(self.format.cell(found).trim_start(), size, INK);
                cell(i, if bold { run.bold() } else { run }, Theme::LIGHT.grid)
            });
            word::TableRow::new(cells.collect()).cant_split()
        };
        let rows = std::iter::once(word::TableRow::new(head)).chain(table.rows.iter().map(row)).collect();
        let margins = word::TableCellMargins::new().margin(0, twips(GUTTER * 0.5) as usize, 0, 0);
        bare(rows, widths).margins(margins)
    }

    /// A column of the page as a cell.
    pub(super) fn column(&self, blocks: &[Block], room: f64, beyond: f64) -> word::TableCell {
        let cell = word::TableCell::new().width(twips(room + beyond) as usize, word::WidthType::Dxa);
        // An empty line ends it: LibreOffice takes the last one after a table for a part of the next column.
        let end = piece(words("", 1.0, INK).line_spacing(spacing(0.0, 0.0)));
        self.pieces(blocks, room, self.sizes.column).into_iter().chain([end]).fold(cell, |cell, piece| match piece {
            WordPart::Words(paragraph) => cell.add_paragraph(*paragraph),
            WordPart::Rows(table) => cell.add_table(*table),
        })
    }
}

fn piece(paragraph: word::Paragraph) -> WordPart {
    WordPart::Words(Box::new(paragraph))
}

/// A table without rules, whose columns stay as wide as they are said to be.
pub(super) fn bare(rows: Vec<word::TableRow>, widths: Vec<usize>) -> word::Table {
    let all = widths.iter().sum();
    word::Table::without_borders(rows)
        .width(all, word::WidthType::Dxa)
        .set_grid(widths)
        .layout(word::TableLayoutType::Fixed)
        .margins(word::TableCellMargins::new().margin(0, 0, 0, 0))
}

fn heading(text: &str, size: f64) -> WordPart {
    let heading =
        word::Paragraph::new().style("Heading2").keep_next(true).add_run(run(text, Sizes::heading(size), INK).bold());
    piece(heading.line_spacing(spacing(ABOVE, 1.0)))
}

fn bullet(text: &str, size: f64) -> WordPart {
    let hanging = word::SpecialIndentType::Hanging(twips(HANGING) as i32);
    let tab = word::Tab::new().pos(twips(HANGING) as usize);
    let item = word::Run::new().add_text("\u{2022}").add_tab().add_text(told(text));
    let item = set(item, size, INK);
    piece(
        word::Paragraph::new()
            .indent(Some(twips(HANGING) as i32), Some(hanging), None, None)
            .add_tab(tab)
            .line_spacing(spacing(0.0, BETWEEN_ITEMS))
            .add_run(item),
    )
}

pub(super) fn words(text: &str, size: f64, ink: Ink) -> word::Paragraph {
    word::Paragraph::new().add_run(run(text, size, ink))
}

fn run(text: &str, size: f64, ink: Ink) -> word::Run {
    set(word::Run::new().add_text(told(text)), size, ink)
}

fn set(run: word::Run, size: f64, ink: Ink) -> word::Run {
    run.size(half_points(size)).color(hex(ink)).fonts(fonts())
}

/// Without what no page shows and XML can't hold; a number and its sign stay on one line.
fn told(text: &str) -> String {
    safe::line(text).replace(" %", "\u{a0}%")
}

pub(super) fn fonts() -> word::RunFonts {
    word::RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial")
}

pub(super) fn spacing(before: f64, after: f64) -> word::LineSpacing {
    // 240 is a single line.
    word::LineSpacing::new().line_rule(word::LineSpacingType::Auto).line(240).before(twips(before)).after(twips(after))
}

fn hex(ink: Ink) -> String {
    format!("{:02X}{:02X}{:02X}", ink.rgb.0, ink.rgb.1, ink.rgb.2)
}

/// Twentieths of a point.
pub(super) fn twips(points: f64) -> u32 {
    (points * 20.0).round() as u32
}

pub(super) fn half_points(points: f64) -> usize {
    (points * 2.0).round() as usize
}
