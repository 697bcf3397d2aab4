//! What a marker shows, before a document lays it out.

use super::markers::Marker;
use super::shows::EmbedForm;
use crate::output::chart::{Chart, rasterise};
use crate::output::document::{FigureFormat, Table, markdown};
use crate::output::markup::escape;
use crate::scenario::Finding;
use crate::scenario::keys::slug;
use sha2::{Digest, Sha256};

/// What a marker shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    /// Text, in lines.
    Text(String),
    /// A table.
    Table(Box<Table>),
    /// A chart.
    Chart(Box<Chart>),
}

/// What stands in a document of Markdown, and the file beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// Text in Markdown.
    pub text: String,
    /// A chart: its path relative to the document's folder, with `/` between parts, and its bytes.
    pub file: Option<(String, Vec<u8>)>,
}

impl Shown {
    /// As Markdown. `document` is the document's file name, after which the folder of its charts is named.
    ///
    /// # Errors
    /// When a chart can't be drawn.
    pub(crate) fn in_markdown(self, marker: &Marker, document: &str) -> Result<Rendered, Box<Finding>> {
        let whole = |text: String| Ok(Rendered { text, file: None });
        match self {
            Self::Text(text) => {
                whole(text.lines().map(|line| escape(&without_turns(line))).collect::<Vec<_>>().join("\\\n"))
            }
            Self::Table(table) => whole(markdown(&table, &FigureFormat::default())),
            Self::Chart(chart) => beside(marker, *chart, document),
        }
    }
}

/// Without characters that would turn what follows around.
pub(super) fn without_turns(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).collect()
}

/// A chart as a file beside the document, and the image that shows it.
fn beside(marker: &Marker, chart: Chart, document: &str) -> Result<Rendered, Box<Finding>> {
    let name = chart.name;
    let form = marker.form.unwrap_or(EmbedForm::Svg);
    let bytes = match form {
        EmbedForm::Png => rasterise(&chart.svg).map_err(|error| Box::new(marker.refuse(error.to_string())))?,
        _ => chart.svg.into_bytes(),
    };
    let folder = marker.assets.clone().unwrap_or_else(|| format!("{document}.assets"));
    let ending = if form == EmbedForm::Png { "png" } else { "svg" };
    let path = format!("{folder}/{}-{name}{}.{ending}", stem(marker), fingerprint(marker));
    let text = format!("![{}]({})", escape(&without_turns(&chart.title)), linked(&path));
    Ok(Rendered { text, file: Some((path, bytes)) })
}

/// The scenario's path as part of a file's name: `scenarios/pkce.toml` is `scenarios-pkce`.
fn stem(marker: &Marker) -> String {
    let path = &marker.scenario.value;
    slug(path.strip_suffix(".toml").unwrap_or(path))
}

/// What tells a chart from others of the same scenario: nothing, where nothing is changed and all rates are drawn.
fn fingerprint(marker: &Marker) -> String {
    let rates = marker.uptakes.iter().map(|u| u.value.to_string());
    let seen = marker.seen.iter().map(|seen| seen.value.clone());
    let said: Vec<String> = marker.changes.iter().cloned().chain(rates).chain(seen).collect();
    if said.is_empty() {
        return String::new();
    }
    let hash = Sha256::digest(said.join("\u{0}"));
    format!("-{}", hash.iter().take(3).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A path as a link.
fn linked(path: &str) -> String {
    let mut link = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => link.push(byte as char),
            other => link += &format!("%{other:02X}"),
        }
    }
    link
}
