//! What is put into a document, as its XML.

use crate::output::document::{FigureFormat, Row, Table};

/// English Metric Units of the width of a chart: 6.3 inches.
const WIDE: f64 = 5_760_720.0;

/// Text as XML has it, without what XML can't hold.
pub(super) fn escaped(text: &str) -> String {
    let held: String = text.chars().filter(|c| !c.is_control()).collect();
    held.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A piece of text by the name that the document has for it; blanks at its ends stay. Lines are broken within it.
pub(super) fn piece(name: &str, text: &str) -> String {
    let prefix = name.strip_suffix('t').unwrap_or("w:");
    let line = |line: &str| format!("<{name} xml:space=\"preserve\">{}</{name}>", escaped(line));
    text.split('\n').map(line).collect::<Vec<_>>().join(&format!("<{prefix}br/>"))
}

/// A run of text.
pub(super) fn run(text: &str) -> String {
    format!("<w:r>{}</w:r>", piece("w:t", text))
}

/// A paragraph of text.
pub(super) fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p>{properties}{}</w:p>", run(text))
}

/// A table with lines, and what its columns mean below it.
pub(super) fn table(table: &Table) -> String {
    let format = FigureFormat::default();
    let cell = |text: &str, is_text: bool, bold: bool| {
        let side = if is_text { "left" } else { "right" };
        let weight = if bold { "<w:rPr><w:b/></w:rPr>" } else { "" };
        format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr><w:p><w:pPr><w:jc w:val=\"{side}\"/></w:pPr><w:r>{weight}{}</w:r></w:p></w:tc>",
            piece("w:t", text.trim_start())
        )
    };
    let row = |cells: String, head: bool| {
        let head = if head { "<w:trPr><w:tblHeader/></w:trPr>" } else { "" };
        format!("<w:tr>{head}{cells}</w:tr>")
    };
    let head = table.columns.iter().map(|column| cell(&column.label, column.is_text, true)).collect();
    let rows = table.rows.iter().map(|of| match of {
        Row::Cells(cells) | Row::Marked(cells) => {
            let bold = matches!(of, Row::Marked(_));
            let shown =
                cells.iter().zip(&table.columns).map(|(one, column)| cell(&format.cell(one), column.is_text, bold));
            row(shown.collect(), false)
        }
        Row::Group(name) => {
            let blank = table.columns.iter().skip(1).map(|column| cell("", column.is_text, false)).collect::<String>();
            row(cell(name, true, true) + &blank, false)
        }
    });
    let line = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"BFBFBF\"/>");
    let lines: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(line).concat();
    let grid: String = table.columns.iter().map(|_| "<w:gridCol/>").collect();
    let key = if table.key.is_empty() { "<w:p/>".to_owned() } else { paragraph("", &table.key) };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/><w:tblBorders>{lines}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{}{}</w:tbl>{key}",
        row(head, true),
        rows.collect::<String>()
    )
}

/// A paragraph with a picture: its relationship, its number among the places, what it shows, and its height as a part of its width.
pub(super) fn picture(properties: &str, relationship: &str, number: usize, about: &str, height: f64) -> String {
    let (wide, high) = (WIDE.round(), (WIDE * height).round());
    let (about, id) = (escaped(about), 9_000 + number);
    format!(
        "<w:p>{properties}<w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" distT=\"0\" \
         distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{wide}\" cy=\"{high}\"/><wp:docPr id=\"{id}\" name=\"cutover {number}\" descr=\"{about}\"/>\
         <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><a:graphicData \
         uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
         <pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"cutover {number}\" descr=\"{about}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:embed=\"{relationship}\"/><a:stretch><a:fillRect/></a:stretch>\
         </pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{wide}\" cy=\"{high}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/>\
         </a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
}
