//! Tables in delimited text. Every row of the file is a row of the table, a blank one that is counted, or a bad one that is named.

use super::lines::{CellTexts, Rows, TextRow};
use super::rows::NumberJump;
use super::{BadRow, Cells, FileColumn, FileTable, WantedColumns, fault, header, text};
use crate::plan::units::{counted, group_count};
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;
use rayon::prelude::*;

/// Reads text that is delimited by something.
pub(super) fn read(name: &str, bytes: Vec<u8>, wanted: &WantedColumns<'_>) -> Result<FileTable, InventoryFault> {
    let decoded = text::decode(bytes);
    if let (Some((line, byte)), false) = (decoded.damage, wanted.skip_bad_rows) {
        let message =
            format!("{name} is not UTF-8: line {}, byte {}", group_count(line as u64), group_count(byte as u64));
        return Err(fault(
            FindingCode::NotUtf8,
            message,
            "save the file as UTF-8, or go on without such rows: --skip-bad-rows",
        ));
    }
    let text = decoded.text;
    let Some(header) = header::find(&text, wanted) else {
        let help = "its first row names the columns, each further one is an org";
        return Err(fault(FindingCode::NoOrgs, format!("{name} is empty"), help));
    };
    let places = header::columns(&header.names, name, wanted)?;
    let form = LineForm {
        separator: header.separator,
        header: &header.names,
        places: places.iter().map(|(_, place)| *place).collect(),
        needed: places
            .iter()
            .filter(|(ours, _)| wanted.any_of.iter().any(|set| set.contains(ours)))
            .map(|(_, p)| *p)
            .collect(),
        is_damaged: decoded.damage.is_some(),
    };
    let body = &text[header.end..];
    let pieces: Vec<LinePiece> = pieces_of(body).into_par_iter().map(|piece| form.read(piece)).collect();
    let mut table = FileTable { found: header.names.clone(), ..FileTable::default() };
    let mut texts: Vec<CellTexts> = places.iter().map(|_| CellTexts::default()).collect();
    let mut number = header.number + 1;
    for piece in pieces {
        for (row, at) in piece.jumps {
            table.jumps.push(NumberJump { row: row + table.rows, number: at + number, file: name.to_owned() });
        }
        table.bad.extend(piece.bad.into_iter().map(|bad| BadRow { row: bad.row + table.rows, ..bad }));
        texts.iter_mut().zip(piece.texts).for_each(|(all, more)| all.append(more));
        table.rows += piece.rows;
        table.blank += piece.blank;
        number += piece.rows + piece.blank;
    }
    // One jump where numbers go on as they were.
    table.jumps.dedup_by(|next, before| next.number - before.number == next.row - before.row);
    table.notes = notes(&header, table.blank);
    table.notes.extend(header::near_misses(&header.names, &places, wanted));
    table.columns = (places.iter().zip(texts))
        .map(|((ours, place), texts)| FileColumn {
            ours,
            theirs: header.names[*place].clone(),
            cells: Cells::Text(texts),
        })
        .collect();
    Ok(table)
}

fn notes(header: &header::Header, blank: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if header.above > 0 {
        let above = if header.above == 1 {
            "The row above it is".to_owned()
        } else {
            format!("The {} rows above it are", header.above)
        };
        notes.push(format!("The header stands in row {}. {above} not read.", header.number));
    }
    if blank > 0 {
        notes.push(format!("{} blank and not counted.", counted(blank as u64, "row is", "rows are")));
    }
    notes
}

/// Bytes that one core reads at a time.
const PIECE: usize = 4 << 20;

/// The text in pieces of whole rows. With quotes a row may run over lines, and where one begins is known from the row before alone.
fn pieces_of(text: &str) -> Vec<&str> {
    if text.contains('"') {
        return vec![text];
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > PIECE {
        let Some(end) = rest.as_bytes()[PIECE..].iter().position(|b| *b == b'\n') else { break };
        let (piece, more) = rest.split_at(PIECE + end + 1);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

/// How the rows of a text are read.
struct LineForm<'a> {
    separator: u8,
    header: &'a [String],
    /// The places of the columns that are read.
    places: Vec<usize>,
    /// Those of them that no row lacks.
    needed: Vec<usize>,
    /// Whether the text has characters that were none.
    is_damaged: bool,
}

/// The rows of a piece.
struct LinePiece {
    texts: Vec<CellTexts>,
    rows: usize,
    blank: usize,
    bad: Vec<BadRow>,
    /// A row, and how many rows and blank ones stand before it in the piece.
    jumps: Vec<(usize, usize)>,
}

impl LineForm<'_> {
    fn read(&self, text: &str) -> LinePiece {
        let texts = self.places.iter().map(|_| CellTexts::default()).collect();
        let mut piece = LinePiece { texts, rows: 0, blank: 0, bad: Vec::new(), jumps: vec![(0, 0)] };
        let mut rows = Rows::new(text, self.separator).with_shape(self.header.len(), self.needed.clone());
        let mut blank_before = 0;
        while let Some(row) = rows.next() {
            let why = match row {
                TextRow::Blank => {
                    piece.blank += 1;
                    continue;
                }
                TextRow::Cells(cells) if (0..cells).all(|i| rows.cell(i).is_empty()) => {
                    piece.blank += 1;
                    continue;
                }
                TextRow::Cells(cells) => self.fault_of(&rows, cells),
                TextRow::Unclosed(line) => {
                    Some(format!("a quote opens a cell that is not closed: {}", super::shortened(line.trim())))
                }
            };
            if piece.blank > blank_before {
                blank_before = piece.blank;
                piece.jumps.push((piece.rows, piece.rows + piece.blank));
            }
            match why {
                None => {
                    (self.places.iter().zip(&mut piece.texts)).for_each(|(place, texts)| texts.push(rows.cell(*place)))
                }
                Some(why) => {
                    piece.texts.iter_mut().for_each(|texts| texts.push(""));
                    piece.bad.push(BadRow { row: piece.rows, why });
                }
            }
            piece.rows += 1;
        }
        piece
    }

    /// Why a row can't be one of the table, whatever its cells say.
    fn fault_of(&self, rows: &Rows<'_>, cells: usize) -> Option<String> {
        let width = self.header.len();
        if (width..cells).any(|i| !rows.cell(i).is_empty()) {
            return Some(format!("has {cells} cells, and the header has {width}"));
        }
        if self.is_damaged && self.places.iter().any(|place| rows.cell(*place).contains(char::REPLACEMENT_CHARACTER)) {
            return Some("has a byte that is no part of a character".to_owned());
        }
        let repeats = cells >= width.min(2) && (0..width).all(|i| rows.cell(i) == self.header[i]);
        repeats.then(|| "repeats the header".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::WantedColumn;
    use super::*;

    fn table(text: &str) -> FileTable {
        let column = |ours| WantedColumn { ours, theirs: None };
        let wanted = WantedColumns {
            columns: ["id", "at"].map(column).into(),
            any_of: &[&["id", "at"]],
            not_both: None,
            mapping: |ours, theirs| format!("{ours} = {theirs}"),
            skip_bad_rows: true,
        };
        read("f.csv", text.into(), &wanted).expect("a table")
    }

    #[test]
    fn every_row_is_a_row_a_blank_or_a_bad_one_and_keeps_its_number() {
        let found = table("Titles\n\nid,at,x\na,1,\n\n,,\nb,2,,,\nc,3,4,5\nid,at,x\nd,\"4\n\n e,5\n");
        // Row 1 the title, 3 the header, 5 and 6 blank, 11 blank.
        assert_eq!((found.rows, found.blank), (6, 3));
        let numbers: Vec<String> = (0..found.rows).map(|row| found.number(row)).collect();
        assert_eq!(numbers, ["row 4", "row 7", "row 8", "row 9", "row 10", "row 12"]);
        let bad: Vec<(usize, &str)> = found.bad.iter().map(|bad| (bad.row, bad.why.as_str())).collect();
        assert_eq!(bad[..2], [(2, "has 4 cells, and the header has 3"), (3, "repeats the header")]);
        assert!(bad[2].0 == 4 && bad[2].1.contains("not closed"), "{bad:?}");
        assert_eq!(
            found.notes,
            ["The header stands in row 3. The row above it is not read.", "3 rows are blank and not counted."]
        );
        let Cells::Text(ids) = &found.columns[0].cells else { panic!("text") };
        assert_eq!([0, 1, 5].map(|row| ids.get(row)), ["a", "b", "e"]);
    }

    #[test]
    fn pieces_hold_whole_rows_and_all_of_them() {
        let mut text = String::from("id,at\n");
        (0..400_000).for_each(|i| text += &format!("o{i},2026-04-01T00:00:00Z\r\n"));
        let found = table(&text);
        assert!(pieces_of(&text).len() > 1 && pieces_of(&text).concat() == text);
        assert_eq!((found.rows, found.blank), (400_000, 0));
        assert_eq!((found.number(0), found.number(399_999)), ("row 2".to_owned(), "row 400,001".to_owned()));
        assert_eq!(found.jumps.len(), 1);
    }
}
