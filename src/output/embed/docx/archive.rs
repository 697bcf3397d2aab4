//! The file: an archive of parts. Those with places are written anew, and pictures are added; every other part is copied as it is.

use super::parts::{FilledPart, filled};
use super::places::{Place, places};
use crate::output::embed::markers::{self, Marker, fault};
use crate::output::embed::shown::Shown;
use crate::scenario::{FindingCode, Findings};
use crate::{Error, Result};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The relationship of a picture.
const IMAGE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image";

/// A part with places.
#[derive(Debug, Clone)]
struct MarkedPart {
    name: String,
    xml: String,
    places: Vec<Place>,
}

/// A document of Word with marked places.
#[derive(Debug, Clone)]
pub(crate) struct DocxTemplate {
    name: String,
    bytes: Vec<u8>,
    parts: Vec<MarkedPart>,
    markers: Vec<Marker>,
    /// By marker: whether it may be more than text.
    alone: Vec<bool>,
    /// What is wrong in it, so far: each place stands in a line of its own.
    pub(crate) findings: Findings,
}

impl DocxTemplate {
    /// Reads a document. What is wrong with its places stands in [`DocxTemplate::findings`].
    ///
    /// # Errors
    /// When it is no such document.
    pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let refused = |why: String| {
            let help = "open it in Word or LibreOffice and save it as .docx";
            let report = format!(
                "error[unreadable-file]: {name} is no Word document: {why}\n  = help: {help}\n\n1 fault in {name}"
            );
            Error::BadInput { report, faults: 1 }
        };
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).map_err(|error| refused(error.to_string()))?;
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(|error| refused(error.to_string()))?;
            let part = file.name().to_owned();
            let holds_text = |stem: &str| part.strip_prefix("word/").is_some_and(|rest| rest.starts_with(stem));
            let is_text = ["document", "header", "footer", "footnotes"].into_iter().any(holds_text);
            if !is_text || !part.ends_with(".xml") {
                continue;
            }
            let mut xml = String::new();
            file.read_to_string(&mut xml).map_err(|error| refused(format!("{part}: {error}")))?;
            let places = places(&xml).map_err(|why| refused(format!("{part}: {why}")))?;
            if !places.is_empty() {
                parts.push(MarkedPart { name: part, xml, places });
            }
        }
        if archive.index_for_name("word/document.xml").is_none() {
            return Err(refused("it has no part word/document.xml".to_owned()));
        }
        // The text itself first, then what stands above and below every page.
        parts.sort_by_key(|part| (part.name != "word/document.xml", part.name.clone()));
        Ok(Self::of(name, bytes, parts))
    }

    fn of(name: &str, bytes: Vec<u8>, parts: Vec<MarkedPart>) -> Self {
        let words: Vec<(String, bool)> = parts.iter().flat_map(|part| &part.places).flat_map(words_of).collect();
        let text: String = words.iter().map(|(words, _)| format!("{{{{cutover{words}}}}}\n")).collect();
        let mut findings = Findings::new(name, &text);
        let (mut markers, mut alone, mut at) = (Vec::new(), Vec::new(), 0);
        for (words, is_alone) in words {
            let start = at + "{{cutover".len();
            let whole = at..start + words.len() + "}}".len();
            at = whole.end + 1;
            match markers::read(&words, start, whole) {
                Ok(marker) => markers.push(marker),
                Err(faults) => faults.into_iter().for_each(|finding| findings.push(finding)),
            }
            alone.push(is_alone);
        }
        Self { name: name.to_owned(), bytes, parts, markers, alone, findings }
    }

    /// Its places, in order.
    pub(crate) fn markers(&self) -> impl Iterator<Item = &Marker> {
        self.markers.iter()
    }

    /// Says where something is to stand that has no room within a line.
    pub(crate) fn check(&mut self, place: usize, shown: &Shown) {
        if matches!(shown, Shown::Text(_)) || self.alone.get(place).copied().unwrap_or(true) {
            return;
        }
        let what = if matches!(shown, Shown::Table(_)) { "a table" } else { "a chart" };
        let message = format!("{what} can't stand within a line");
        let finding = fault(FindingCode::TableWithinLine, message, self.markers[place].show.range.clone());
        self.findings.push(finding.help("give it a paragraph of its own"));
    }

    /// The document with its places filled, in their order.
    ///
    /// # Errors
    /// When a chart can't be drawn, or the archive can't be written.
    pub(crate) fn with(&self, shown: &[Shown]) -> Result<Vec<u8>> {
        let failed = |error: zip::result::ZipError| Error::Output { what: self.name.clone(), why: error.to_string() };
        let mut made: Vec<(String, FilledPart)> = Vec::new();
        let mut at = 0;
        for part in &self.parts {
            let count = part.places.iter().map(|place| words_of(place).len()).sum::<usize>();
            let own = shown.get(at..at + count).unwrap_or_default();
            made.push((part.name.clone(), filled(&part.xml, &part.places, own, at + 1)?));
            at += count;
        }
        let mut archive = ZipArchive::new(Cursor::new(&self.bytes)).map_err(failed)?;
        let mut others = self.other_parts(&mut archive, &made).map_err(failed)?;
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(failed)?;
            let name = file.name().to_owned();
            let anew = made.iter().find(|(part, _)| *part == name).map(|(_, part)| part.xml.clone().into_bytes());
            let other = others.iter().position(|(part, _)| *part == name).map(|place| others.swap_remove(place).1);
            match anew.or(other) {
                None => out.raw_copy_file(file).map_err(failed)?,
                Some(bytes) => write(&mut out, &name, options, &bytes).map_err(failed)?,
            }
        }
        others.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, bytes) in others {
            write(&mut out, &name, options, &bytes).map_err(failed)?;
        }
        Ok(out.finish().map_err(failed)?.into_inner())
    }

    /// Pictures, and the parts that say where they are: relationships of each part that has some, and the types of files.
    fn other_parts(
        &self,
        archive: &mut ZipArchive<Cursor<&Vec<u8>>>,
        made: &[(String, FilledPart)],
    ) -> zip::result::ZipResult<Vec<(String, Vec<u8>)>> {
        let mut others = Vec::new();
        for (part, filled) in made.iter().filter(|(_, filled)| !filled.pictures.is_empty()) {
            let name = part.replacen("word/", "word/_rels/", 1) + ".rels";
            let mut rels = text(archive, &name)?.unwrap_or_else(|| {
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships \
                 xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>"
                    .to_owned()
            });
            for picture in &filled.pictures {
                let one =
                    format!("<Relationship Id=\"{}\" Type=\"{IMAGE}\" Target=\"media/{}\"/>", picture.id, picture.name);
                if !rels.contains(&format!("Id=\"{}\"", picture.id)) {
                    rels = rels.replacen("</Relationships>", &format!("{one}</Relationships>"), 1);
                    // One without any is written short.
                    rels = rels.replacen("relationships\"/>", &format!("relationships\">{one}</Relationships>"), 1);
                }
                others.push((format!("word/media/{}", picture.name), picture.png.clone()));
            }
            others.push((name, rels.into_bytes()));
        }
        if others.is_empty() {
            return Ok(others);
        }
        let types = "[Content_Types].xml";
        if let Some(found) = text(archive, types)?.filter(|found| !found.to_lowercase().contains("extension=\"png\"")) {
            let png = "<Default Extension=\"png\" ContentType=\"image/png\"/></Types>";
            others.push((types.to_owned(), found.replacen("</Types>", png, 1).into_bytes()));
        }
        Ok(others)
    }
}

/// The words of the markers of a place, each with whether it may be more than text.
fn words_of(place: &Place) -> Vec<(String, bool)> {
    match place {
        Place::Control(control) => vec![(control.words.clone(), control.is_block)],
        Place::Paragraph(paragraph) => {
            paragraph.marks.iter().map(|(_, words)| (words.clone(), paragraph.is_alone)).collect()
        }
    }
}

fn text(archive: &mut ZipArchive<Cursor<&Vec<u8>>>, name: &str) -> zip::result::ZipResult<Option<String>> {
    if archive.index_for_name(name).is_none() {
        return Ok(None);
    }
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text)?;
    Ok(Some(text))
}

fn write(
    out: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    options: SimpleFileOptions,
    bytes: &[u8],
) -> zip::result::ZipResult<()> {
    out.start_file(name, options)?;
    Ok(out.write_all(bytes)?)
}
