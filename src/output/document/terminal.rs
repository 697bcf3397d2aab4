//! A document as text for a terminal of a given width.

use super::block::{Block, Document};
use super::figure_format::FigureFormat;
use super::table::{Row, Table};
use crate::output::terminal::{Look, NARROWEST, elided, filled, plain, table as rows_beside};
use textwrap::core::display_width;

/// The narrowest that a column of names is made.
const NAMES: usize = 12;

/// Tables with more lines than this are not read; then the first, a middle and the last of their groups are shown.
const MOST_LINES: usize = 40;

/// Columns of this rank or a higher one are good to have: they go before words have to stand below.
const EXTRA: u8 = 3;

/// The document: what it is about, then its blocks, with an empty line between.
pub fn text(document: &Document, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let about: Vec<String> =
        document.about.iter().flat_map(|line| wrapped_lines(line, look)).map(|line| look.dim(&line)).collect();
    let mut parts: Vec<String> = if about.is_empty() { Vec::new() } else { vec![about.join("\n")] };
    parts.extend(document.blocks.iter().flat_map(|block| shown(block, &document.format, look)));
    parts.join("\n\n") + "\n"
}

fn wrapped_lines(text: &str, look: Look) -> Vec<String> {
    look.wrapped(text).lines().map(str::to_owned).collect()
}

fn shown(block: &Block, format: &FigureFormat, look: Look) -> Vec<String> {
    match block {
        Block::Finding(text) => {
            let lines: Vec<String> = wrapped_lines(text, look).iter().map(|line| look.bold(line)).collect();
            vec![lines.join("\n")]
        }
        Block::Paragraph(text) => vec![look.wrapped(text)],
        Block::Aside(text) => vec![look.dim(&look.wrapped(text))],
        Block::Warning(text) => vec![look.warning(&look.wrapped(text))],
        Block::Items { title, items } => {
            let mut lines = vec![look.bold(title)];
            for (name, said) in items {
                lines.push(format!("  {}", elided(name, look.width - 2)));
                lines.push(look.dim(&indented(&plain(said), 4, look)));
            }
            vec![lines.join("\n")]
        }
        Block::Table(table) => vec![laid_out(table, format, look)],
        // What is copied stays on its line, however narrow the terminal.
        Block::Code { title, short, .. } => vec![format!("{}\n{}", look.bold(title), textwrap::indent(short, "  "))],
        Block::Notes(notes) => notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))).collect(),
        Block::OnScreen(block) => shown(block, format, look),
        Block::Heading(_) | Block::Figure(_) | Block::List(_) | Block::Sources(_) | Block::OnPage(_) => Vec::new(),
    }
}

fn indented(text: &str, by: usize, look: Look) -> String {
    textwrap::indent(&filled(text, look.width - by), &" ".repeat(by))
}

/// A table in the room that there is: columns that are good to have go first, then words stand below where they may, then columns of
/// the highest rank go; names get what is left.
pub fn laid_out(table: &Table, format: &FigureFormat, look: Look) -> String {
    let (mut table, left_out) = shortened(table);
    let mut below = None;
    while width(&table, format, below) > look.width {
        let last = table.columns.iter().map(|column| column.rank).max().unwrap_or(0);
        let place = table.columns.iter().position(|column| column.goes_below).filter(|_| below.is_none());
        match place {
            Some(place) if last < EXTRA => below = Some(place),
            _ if last > 0 => {
                table = table.only(|column| column.rank < last);
                below = below.and_then(|_| table.columns.iter().position(|column| column.goes_below));
            }
            _ => break,
        }
    }
    let title = wrapped_lines(&table.title, look).iter().map(|line| look.bold(line)).collect::<Vec<_>>().join("\n");
    let key = [table.key.as_str(), &left_out].join(" ");
    let key = (!key.trim().is_empty()).then(|| look.dim(&indented(&plain(key.trim()), 2, look)));
    let title = (!title.is_empty()).then_some(title);
    title.into_iter().chain([body(&table, below, format, look)]).chain(key).collect::<Vec<_>>().join("\n")
}

/// The table without most of its groups, where it has more lines than are read; and words that say so.
fn shortened(table: &Table) -> (Table, String) {
    let starts: Vec<usize> = (0..table.rows.len()).filter(|i| matches!(table.rows[*i], Row::Group(_))).collect();
    if table.rows.len() <= MOST_LINES || starts.len() <= 3 {
        return (table.clone(), String::new());
    }
    let group = |place: usize| {
        let end = starts.get(place + 1).copied().unwrap_or(table.rows.len());
        table.rows[starts[place]..end].iter().cloned()
    };
    let rows = [0, starts.len() / 2, starts.len() - 1].into_iter().flat_map(group).collect();
    (Table { rows, ..table.clone() }, format!("3 of {} groups of rows are shown; the files have all.", starts.len()))
}

/// Header and rows.
fn body(table: &Table, below: Option<usize>, format: &FigureFormat, look: Look) -> String {
    let elastic = elastic(table);
    let beside: Vec<usize> = (0..table.columns.len()).filter(|i| Some(*i) != below).collect();
    let rest: usize = beside.iter().filter(|i| Some(**i) != elastic).map(|i| widest(table, format, *i) + 2).sum();
    let room = look.width.saturating_sub(rest + 4).max(NAMES);
    let wraps = |i: usize| table.columns.get(i).is_some_and(|column| column.is_wrapped);
    let cut = |i: usize, text: String| {
        // Spaces in front are an indent, which stays.
        let words = text.trim_start_matches(' ');
        let indent = text.len() - words.len();
        let words = match i {
            _ if Some(i) == elastic => elided(words, room.saturating_sub(indent)),
            _ if wraps(i) => plain(words).replace(" %", "\u{a0}%"),
            _ => plain(words),
        };
        "\u{a0}".repeat(indent) + &words
    };
    let header = beside.iter().map(|i| cut(*i, table.columns[*i].label.clone())).collect();
    let only_first =
        |text: String| std::iter::once(text).chain(vec![String::new(); beside.len() - 1]).collect::<Vec<_>>();
    let (mut rows, mut marked) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let Some(cells) = row.cells() else {
            let Row::Group(name) = row else { continue };
            rows.push(only_first(cut(elastic.unwrap_or(0), name.clone())));
            continue;
        };
        if matches!(row, Row::Marked(_)) {
            marked.push(rows.len());
        }
        rows.push(beside.iter().map(|i| cut(*i, format.cell(&cells[*i]))).collect());
        let words = below.map(|place| plain(&format.cell(&cells[place]))).filter(|words| !words.is_empty());
        rows.extend(words.map(|words| only_first(format!("\u{a0}\u{a0}{}", elided(&words, room.max(2) - 2)))));
    }
    let words: Vec<bool> = beside.iter().map(|i| table.columns[*i].is_text).collect();
    let number = rows.len();
    let whole: Vec<bool> = beside.iter().map(|i| elastic.is_none() && table.columns[*i].is_copied).collect();
    let text = rows_beside(header, rows, &words, &whole, look).replace('\u{a0}', " ");
    // A header and its line stand above. Where a cell had to be broken, lines are no rows.
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() != number + 2 {
        return text;
    }
    let line = |(i, line): (usize, &&str)| match i.checked_sub(2) {
        Some(row) if marked.contains(&row) => look.warning(line),
        _ => (*line).to_owned(),
    };
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The column whose words are cut; `None` where words go on in the next line instead.
fn elastic(table: &Table) -> Option<usize> {
    let first = || table.columns.iter().position(|column| column.is_elastic).unwrap_or(0);
    (!table.columns.iter().any(|column| column.is_wrapped)).then(first)
}

/// Columns of the terminal that a table takes, with what may be cut at a length that still reads.
fn width(table: &Table, format: &FigureFormat, below: Option<usize>) -> usize {
    let elastic = elastic(table);
    let beside = (0..table.columns.len()).filter(|i| Some(*i) != below);
    let of = |i: usize| {
        let column = &table.columns[i];
        let least = match i {
            _ if column.is_wrapped => NAMES,
            _ if Some(i) == elastic && !column.is_copied => 2 * NAMES,
            _ => usize::MAX,
        };
        widest(table, format, i).min(least) + 2
    };
    beside.map(of).sum::<usize>() + 1
}

fn widest(table: &Table, format: &FigureFormat, column: usize) -> usize {
    let cells =
        table.rows.iter().filter_map(Row::cells).map(|cells| display_width(&plain(&format.cell(&cells[column]))));
    cells.chain([display_width(&plain(&table.columns[column].label))]).max().unwrap_or(0)
}
