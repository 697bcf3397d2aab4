//! Rows of delimited text: where each begins and ends, and its cells. RFC 4180 and common practice: a quote that opens a cell encloses it,
//! a quote inside a cell without one is a letter. A quoted cell that is never closed takes its own row with it, and no other.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Many cells of one column in few pieces of memory.
#[derive(Debug, Default)]
pub(crate) struct CellTexts {
    pieces: Vec<TextPiece>,
}

#[derive(Debug, Default)]
struct TextPiece {
    /// The number of cells in the pieces before.
    first: usize,
    all: String,
    ends: Vec<u32>,
}

/// Bytes of a piece, before its ends would no longer fit.
const LARGEST: usize = 1 << 30;

impl CellTexts {
    /// Adds a cell.
    pub(crate) fn push(&mut self, cell: &str) {
        let full = self.pieces.last().is_none_or(|piece| piece.all.len() + cell.len() > LARGEST);
        if full {
            let first = self.len();
            self.pieces.push(TextPiece { first, ..TextPiece::default() });
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.all.push_str(cell);
            piece.ends.push(piece.all.len() as u32);
        }
    }

    /// Adds the cells of another column below.
    pub(crate) fn append(&mut self, other: Self) {
        for mut piece in other.pieces {
            piece.first = self.len();
            self.pieces.push(piece);
        }
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.first + piece.ends.len())
    }

    /// The cell of a row, without blanks around it; empty where there are not so many rows.
    pub(crate) fn get(&self, row: usize) -> &str {
        let place = self.pieces.partition_point(|piece| piece.first <= row).saturating_sub(1);
        let Some(piece) = self.pieces.get(place) else { return "" };
        let at = row - piece.first;
        let Some(end) = piece.ends.get(at) else { return "" };
        let begin = if at == 0 { 0 } else { piece.ends[at - 1] };
        &piece.all[begin as usize..*end as usize]
    }
}

/// A row of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextRow<'a> {
    /// A line without anything, or of blanks.
    Blank,
    /// Cells, to be asked of [`Rows::cell`].
    Cells(usize),
    /// A line on which a quote opens a cell that ends nowhere, or not where a cell can end.
    Unclosed(&'a str),
}

/// Reads a text row by row.
pub(super) struct Rows<'a> {
    text: &'a str,
    at: usize,
    separator: u8,
    reader: Option<Reader>,
    cells: Vec<&'a str>,
    /// The cells of a row with quotes, one after the other, and where they end.
    unquoted: Vec<u8>,
    ends: Vec<usize>,
    is_quoted: bool,
    /// Number of cells of a row, and those of them that a row of the table must have something in: how rows look that were swallowed.
    shape: (usize, Vec<usize>),
}

impl<'a> Rows<'a> {
    /// The rows of `text` whose cells `separator` divides.
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        let (cells, unquoted, ends) = (Vec::new(), Vec::new(), Vec::new());
        Self { text, at: 0, separator, reader: None, cells, unquoted, ends, is_quoted: false, shape: (0, Vec::new()) }
    }

    /// Tells rows of the table from lines of a quoted cell: they have so many cells, and something in each of `needed`.
    pub(super) fn with_shape(self, cells: usize, needed: Vec<usize>) -> Self {
        Self { shape: (cells, needed), ..self }
    }

    /// The byte at which the next row begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The cell of the last row, without blanks around it.
    pub(super) fn cell(&self, place: usize) -> &str {
        if !self.is_quoted {
            return self.cells.get(place).map_or("", |cell| trimmed(cell));
        }
        let Some(end) = self.ends.get(place) else { return "" };
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        // Cut at separators and quotes, which are ASCII: characters stay whole.
        trimmed(std::str::from_utf8(&self.unquoted[begin..*end]).unwrap_or_default())
    }

    /// The next row; `None` after the last.
    pub(super) fn next(&mut self) -> Option<TextRow<'a>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let (line, length) = first_line(rest);
        if line.trim().is_empty() {
            self.at += length;
            return Some(TextRow::Blank);
        }
        if !line.contains('"') {
            self.at += length;
            self.is_quoted = false;
            self.cells.clear();
            self.cells.extend(line.split(char::from(self.separator)));
            return Some(TextRow::Cells(self.cells.len()));
        }
        let (cells, consumed) = self.quoted(rest.as_bytes());
        let raw = &rest[..consumed];
        let is_long = consumed > length || consumed == rest.len();
        if is_long && (!is_closed(raw, self.separator) || self.swallows_rows(raw)) {
            self.at += length;
            return Some(TextRow::Unclosed(line));
        }
        self.at += consumed;
        self.is_quoted = true;
        Some(TextRow::Cells(cells))
    }

    /// Reads a row with quotes: how many cells it has, and how many bytes it takes.
    fn quoted(&mut self, rest: &[u8]) -> (usize, usize) {
        let separator = self.separator;
        let reader = self.reader.get_or_insert_with(|| ReaderBuilder::new().delimiter(separator).build());
        reader.reset();
        let (mut read, mut written, mut cells) = (0, 0, 0);
        self.unquoted.resize(self.unquoted.len().max(1024), 0);
        self.ends.resize(self.ends.len().max(64), 0);
        loop {
            let (result, bytes_in, bytes_out, ends) =
                reader.read_record(&rest[read..], &mut self.unquoted[written..], &mut self.ends[cells..]);
            (read, written, cells) = (read + bytes_in, written + bytes_out, cells + ends);
            match result {
                // The end of the input is told by an empty one, which the next turn gives.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.unquoted.resize(self.unquoted.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        // Of a line end of two bytes the reader takes the first.
        if rest[..read].ends_with(b"\r") && rest.get(read) == Some(&b'\n') {
            read += 1;
        }
        self.ends.truncate(cells);
        (cells, read)
    }

    /// Whether a stray quote made one cell of rows: a line of `raw` but the first has, where cells are needed, times or numbers written as those
    /// of the first line; or, where that has none before its quote, every line looks like a row of the table.
    fn swallows_rows(&self, raw: &str) -> bool {
        let (cells, needed) = &self.shape;
        if *cells < 2 || needed.is_empty() {
            return false;
        }
        let separator = char::from(self.separator);
        let split = |line: &'_ str| line.split(separator).map(str::to_owned).collect::<Vec<String>>();
        let has_all = |found: &[String]| {
            needed.iter().all(|place| found.get(*place).is_some_and(|cell| cell.chars().any(char::is_alphanumeric)))
        };
        let (first, length) = first_line(raw);
        let first = split(first);
        let telling: Vec<usize> =
            needed.iter().copied().filter(|place| first.get(*place).is_some_and(|cell| is_telling(cell))).collect();
        let mut rest = &raw[length..];
        let (mut is_any, mut all) = (false, true);
        while !rest.is_empty() {
            let (line, length) = first_line(rest);
            rest = &rest[length..];
            if line.trim().is_empty() {
                continue;
            }
            let found = split(line);
            let alike =
                |place: &usize| found.get(*place).is_some_and(|cell| written_as(cell) == written_as(&first[*place]));
            if !telling.is_empty() && has_all(&found) && telling.iter().all(alike) {
                return true;
            }
            is_any = true;
            all &= found.len() == *cells && has_all(&found);
        }
        is_any && all
    }
}

/// Digits in a cell from which on a line that has it written alike is no chance.
const TELLING: usize = 6;

/// Whether a cell is a time or a long number.
fn is_telling(cell: &str) -> bool {
    cell.bytes().filter(u8::is_ascii_digit).count() >= TELLING
}

/// How a cell is written: every digit as 9, every letter as a.
fn written_as(cell: &str) -> String {
    let kind = |c: char| {
        if c.is_ascii_digit() {
            '9'
        } else if c.is_alphabetic() {
            'a'
        } else {
            c
        }
    };
    trimmed(cell).trim_matches('"').chars().map(kind).collect()
}

/// A cell without blanks around it, and without the mark of UTF-8 that stands in the middle of files that were put together.
fn trimmed(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The first line without its end, and its length with it. `\n`, `\r\n` and `\r` end lines.
fn first_line(text: &str) -> (&str, usize) {
    match text.find(['\n', '\r']) {
        None => (text, text.len()),
        Some(end) => {
            let long = text[end..].starts_with("\r\n");
            (&text[..end], end + 1 + usize::from(long))
        }
    }
}

/// Whether every quote that opens a cell is closed; and, where its cell runs over lines, closed where a cell can end. Within a line
/// letters after a closing quote belong to the cell, as most readers have it.
fn is_closed(raw: &str, separator: u8) -> bool {
    let mut bytes = raw.bytes().peekable();
    let (mut begins, mut quoted, mut has_lines) = (true, false, false);
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted => match bytes.peek() {
                Some(b'"') => drop(bytes.next()),
                None | Some(b'\n' | b'\r') => quoted = false,
                Some(next) if *next == separator || !has_lines => quoted = false,
                Some(_) => return false,
            },
            b'"' if begins => (begins, quoted, has_lines) = (false, true, false),
            b'\n' | b'\r' if quoted => has_lines = true,
            _ if quoted => {}
            byte => begins = byte == separator || matches!(byte, b'\n' | b'\r'),
        }
    }
    !quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All rows, with their cells joined by `|`; `-` for a blank one, `!` for one that ends nowhere.
    fn rows(text: &str, separator: u8) -> Vec<String> {
        let mut rows = Rows::new(text, separator).with_shape(3, vec![0, 1]);
        let mut found = Vec::new();
        while let Some(row) = rows.next() {
            found.push(match row {
                TextRow::Blank => "-".to_owned(),
                TextRow::Unclosed(line) => format!("! {line}"),
                TextRow::Cells(cells) => (0..cells).map(|i| rows.cell(i).to_owned()).collect::<Vec<_>>().join("|"),
            });
        }
        found
    }

    #[test]
    fn rows_are_read_as_rfc_4180_has_them_and_stray_quotes_are_letters() {
        for (text, want) in [
            ("a,b\r\nc,d", vec!["a|b", "c|d"]),
            ("a,b\rc,d\r", vec!["a|b", "c|d"]),
            ("a,\"b, \"\"c\"\"\"\nd,e\n", vec!["a|b, \"c\"", "d|e"]),
            ("a,x 5\" pipe\nb,y 5\" pipe\n", vec!["a|x 5\" pipe", "b|y 5\" pipe"]),
            ("a,\"two\nlines\"\n\nb,c\n", vec!["a|two\nlines", "-", "b|c"]),
            ("a,\"two\r\nlines\"\r\nb,\"c\"\r\n", vec!["a|two\r\nlines", "b|c"]),
            ("\"a\",\"b\"\r\n\"c\",\"d\"", vec!["a|b", "c|d"]),
            ("a,\"\"\n\"\",b", vec!["a|", "|b"]),
            ("a,\"b\" c\nd,e", vec!["a|b c", "d|e"]),
            ("d,e\na,\"b\" c", vec!["d|e", "a|b c"]),
            ("\n \n,,\n", vec!["-", "-", "||"]),
            ("a,b\n\u{feff}c, d\n", vec!["a|b", "c|d"]),
            ("", vec![]),
        ] {
            assert_eq!(rows(text, b','), want, "{text:?}");
        }
        assert_eq!(rows("a;\"b;c\";d,e", b';'), ["a|b;c|d,e"]);
    }

    #[test]
    fn a_quote_that_closes_nowhere_takes_its_own_row_alone() {
        let open = rows("a,b,\"c\nd,e,f\ng,h,i\n", b',');
        assert_eq!(open, ["! a,b,\"c", "d|e|f", "g|h|i"]);
        // Closed further down, where no cell can end.
        assert_eq!(rows("a,b,\"c\nd,e,\"f\"\n", b','), ["! a,b,\"c", "d|e|f"]);
        // Closed further down by a stray quote: the lines between are rows.
        assert_eq!(rows("a,b,\"c\nd,e,f\ng,h,5\"\ni,j,k", b','), ["! a,b,\"c", "d|e|f", "g|h|5\"", "i|j|k"]);
        assert_eq!(rows("a,b,\"c", b','), ["! a,b,\"c"]);
        // Rows without their empty last cells, and one before a line that is none.
        let (a, b) = ("2026-04-20T12:05:00Z", "2026-04-21T09:00:00Z");
        let short = format!("A1,{a},\"Jo\nA2,{b}\nA3,{b},5\"\nA4,{b},x");
        assert_eq!(rows(&short, b',')[..2], [format!("! A1,{a},\"Jo"), format!("A2|{b}")]);
        let full = format!("A1,{a},\"Jo\nA2,{b},x\nBo\"\n");
        assert_eq!(rows(&full, b',')[..2], [format!("! A1,{a},\"Jo"), format!("A2|{b}|x")]);
        // An address is none.
        let address = format!("A1,{a},\"Jo\n12 High St, Leeds\nLS1 4AP\"\nA2,{b},x");
        assert_eq!(rows(&address, b',').len(), 2);
    }

    #[test]
    fn cells_are_found_across_pieces() {
        let mut all = CellTexts::default();
        for part in 0..3 {
            let mut texts = CellTexts::default();
            (0..4).for_each(|i| texts.push(&format!("{part}{}", "x".repeat(i))));
            all.append(texts);
        }
        assert_eq!((all.len(), all.get(0), all.get(7), all.get(8), all.get(12)), (12, "0", "1xxx", "2", ""));
    }
}
