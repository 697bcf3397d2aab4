//! One part of a document with its places filled: the edits of its XML, and the pictures that it refers to.

use super::places::{DocxText, MarkedControl, MarkedParagraph, Place};
use super::xml;
use crate::output::chart::rasterise;
use crate::output::embed::shown::{Shown, without_turns};
use std::ops::Range;

/// A picture of a part: the id of its relationship, and its bytes as PNG.
pub(super) struct PartPicture {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) png: Vec<u8>,
}

/// What a part becomes.
pub(super) struct FilledPart {
    pub(super) xml: String,
    pub(super) pictures: Vec<PartPicture>,
}

/// Fills a part's places with what each shows, in their order. `first` is the number of the first among all places of the document.
///
/// # Errors
/// When a chart can't be drawn.
pub(super) fn filled(xml: &str, places: &[Place], shown: &[Shown], first: usize) -> crate::Result<FilledPart> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut pictures = Vec::new();
    let mut shown = shown.iter().zip(first..);
    for place in places {
        match place {
            Place::Paragraph(paragraph) => {
                let own: Vec<(&Shown, usize)> = shown.by_ref().take(paragraph.marks.len()).collect();
                match own[..] {
                    [(Shown::Table(_) | Shown::Chart(_), number)] => {
                        let block = block(own[0].0, number, &paragraph.properties, &mut pictures)?;
                        edits.push((paragraph.range.clone(), block));
                    }
                    _ => edits.extend(texts(paragraph, &own)),
                }
            }
            Place::Control(control) => {
                let Some((one, number)) = shown.next() else { continue };
                edits.extend(control.placeholder.clone().map(|range| (range, String::new())));
                match one {
                    Shown::Text(text) => edits.extend(control_text(control, text)),
                    _ => edits.push((control.inner.clone(), block(one, number, "", &mut pictures)?)),
                }
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut made = String::with_capacity(xml.len() + 4096);
    let mut done = 0;
    for (range, text) in edits {
        made += &xml[done..range.start];
        made += &text;
        done = range.end;
    }
    made += &xml[done..];
    Ok(FilledPart { xml: made, pictures })
}

/// A table or a chart as paragraphs of its own.
fn block(shown: &Shown, number: usize, properties: &str, pictures: &mut Vec<PartPicture>) -> crate::Result<String> {
    Ok(match shown {
        Shown::Text(text) => xml::paragraph(properties, &without_turns(text)),
        Shown::Table(table) => xml::table(table),
        Shown::Chart(chart) => {
            let (id, name) = (format!("rIdCutover{number}"), format!("cutover-{number}.png"));
            let block = xml::picture(properties, &id, number, &chart.title, chart.height / 800.0);
            pictures.push(PartPicture { id, name, png: rasterise(&chart.svg)? });
            block
        }
    })
}

/// The pieces of a paragraph with its places filled: a text stands in the piece where its place begins, and looks as that does.
fn texts(paragraph: &MarkedParagraph, shown: &[(&Shown, usize)]) -> Vec<(Range<usize>, String)> {
    let mut at = 0;
    let mut edits = Vec::new();
    for piece in &paragraph.pieces {
        let (from, to) = (at, at + piece.text.len());
        at = to;
        let mut made = String::new();
        let mut done = from;
        for ((mark, _), (one, _)) in paragraph.marks.iter().zip(shown) {
            if mark.end <= from || mark.start >= to {
                continue;
            }
            made += &piece.text[done - from..mark.start.max(from) - from];
            if mark.start >= from
                && let Shown::Text(text) = one
            {
                made += &without_turns(text);
            }
            done = mark.end.min(to);
        }
        made += &piece.text[done - from..];
        if made != piece.text {
            edits.push((piece.range.clone(), xml::piece(&piece.name, &made)));
        }
    }
    edits
}

/// The pieces of a control: all of its text in the first.
fn control_text(control: &MarkedControl, text: &str) -> Vec<(Range<usize>, String)> {
    let text = without_turns(text);
    let Some((first, rest)) = control.pieces.split_first() else {
        let made = if control.is_block { xml::paragraph("", &text) } else { xml::run(&text) };
        return vec![(control.inner.clone(), made)];
    };
    let emptied = |piece: &DocxText| (piece.range.clone(), xml::piece(&piece.name, ""));
    std::iter::once((first.range.clone(), xml::piece(&first.name, &text))).chain(rest.iter().map(emptied)).collect()
}
