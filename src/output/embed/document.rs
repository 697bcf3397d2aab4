//! A planning document: its markers with what stands between them, and the same document with that made anew. Code is left alone,
//! where CommonMark says that there is code; a byte-order mark and each line's own end are kept. It knows nothing of plans.

use super::markers::{self, Marker, fault};
use super::shows::Show;
use crate::scenario::FindingCode;
use crate::scenario::Findings;
use crate::{Error, Result};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// What stands at the very beginning of some files.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A document and its markers.
#[derive(Debug, Clone)]
pub(crate) struct EmbedDocument {
    mark: bool,
    text: String,
    slots: Vec<MarkerSlot>,
    /// Markers that nobody fills, since they stand in code or within another comment.
    hidden: usize,
    /// What is wrong in it, so far.
    pub findings: Findings,
}

/// A pair of markers.
#[derive(Debug, Clone, PartialEq)]
struct MarkerSlot {
    marker: Marker,
    /// What stands between the two.
    body: Range<usize>,
    /// How lines of their own are laid out; `None` within a line.
    lines: Option<Lines>,
}

/// How the lines between two markers are laid out.
#[derive(Debug, Clone, PartialEq)]
struct Lines {
    /// What every line begins with: the indentation of a list, or the `>` of a quotation.
    prefix: String,
    /// What every line ends with.
    end: &'static str,
}

/// An opening marker whose closing one has not come yet.
struct Opening {
    whole: Range<usize>,
    marker: Option<Marker>,
}

impl EmbedDocument {
    /// Reads a document. What is wrong with its markers stands in [`EmbedDocument::findings`].
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let report = format!(
                "error[not-utf8]: {name} is not UTF-8: byte {} is no part of a character\n  = help: save the file as UTF-8\n\n1 \
                 fault in {name}",
                at + 1
            );
            Error::BadInput { report, faults: 1 }
        })?;
        let mark = text.starts_with(BYTE_ORDER_MARK);
        let text = text.strip_prefix(BYTE_ORDER_MARK).map_or(text.clone(), str::to_owned);
        let findings = Findings::new(name, &text);
        let mut document = Self { mark, text, slots: Vec::new(), hidden: 0, findings };
        document.scan();
        Ok(document)
    }

    /// Its markers, in order.
    pub(crate) fn markers(&self) -> impl Iterator<Item = &Marker> {
        self.slots.iter().map(|slot| &slot.marker)
    }

    /// How many markers are left alone, since they stand in code or within another comment.
    pub(crate) fn hidden(&self) -> usize {
        self.hidden
    }

    /// The document with this text in the place of what stands between its markers, in their order.
    pub(crate) fn with(&self, texts: &[String]) -> Vec<u8> {
        let mut out = if self.mark { BYTE_ORDER_MARK.to_owned() } else { String::new() };
        let mut done = 0;
        for (slot, text) in self.slots.iter().zip(texts) {
            out += &self.text[done..slot.body.start];
            out += &slot.laid_out(text);
            done = slot.body.end;
        }
        out += &self.text[done..];
        out.into_bytes()
    }

    /// The document as it is.
    #[cfg(test)]
    pub(crate) fn as_it_is(&self) -> Vec<u8> {
        let mark = if self.mark { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{}", self.text).into_bytes()
    }

    /// Finds markers outside code.
    fn scan(&mut self) {
        let text = self.text.clone();
        let mut open: Option<Opening> = None;
        let mut seen = 0;
        for Comment { whole, inner } in comments(&text, &code_in(&text)) {
            let Some(inner) = inner else {
                let begins = whole.start;
                if is_ours(&text[begins + BEGIN.len()..]) {
                    let finding = fault(FindingCode::MarkerNotEnded, "this marker has no end", whole);
                    self.findings.push(finding.help("end it with ` -->`, on this line"));
                }
                seen += usize::from(opens(&text[begins + BEGIN.len()..]));
                continue;
            };
            seen += usize::from(opens(&text[inner.clone()]));
            self.comment(&text, whole, inner, &mut open);
        }
        if let Some(opening) = open {
            self.unclosed(opening.whole);
        }
        let all = text.match_indices(BEGIN).filter(|(at, _)| opens(&text[at + BEGIN.len()..])).count();
        self.hidden = all - seen;
    }

    /// What one comment means.
    fn comment(&mut self, text: &str, whole: Range<usize>, inner: Range<usize>, open: &mut Option<Opening>) {
        let said = text[inner.clone()].trim_start();
        let skipped = inner.len() - said.len();
        if let Some(words) = said.strip_prefix("cutover:") {
            if let Some(first) = open.take() {
                let finding =
                    fault(FindingCode::MarkerNested, "a marker within another", whole.clone()).label("this one");
                let first = crate::scenario::tree::Span { source: 0, range: first.whole };
                let help = "close the first with `<!-- /cutover -->` before the next begins";
                self.findings.push(finding.related(first, "is not closed yet").help(help));
            }
            let start = inner.start + skipped + "cutover:".len();
            let marker = markers::read(words, start, whole.clone()).map_err(|faults| {
                faults.into_iter().for_each(|finding| self.findings.push(finding));
            });
            *open = Some(Opening { whole, marker: marker.ok() });
        } else if said.trim_end() == "/cutover" {
            match open.take() {
                Some(Opening { whole: first, marker: Some(marker) }) => self.close(text, &first, &whole, marker),
                Some(_) => {}
                None => {
                    let finding = fault(FindingCode::MarkerStray, "this closes no marker", whole);
                    self.findings
                        .push(finding.help("remove it, or put `<!-- cutover: plan.toml show=... -->` before it"));
                }
            }
        }
    }

    fn close(&mut self, text: &str, first: &Range<usize>, last: &Range<usize>, marker: Marker) {
        let body = first.end..last.start;
        let lines = lines_between(text, first, &body);
        if let (Show::Table(_), None) = (&marker.show.value, &lines) {
            let help = "put the opening marker and `<!-- /cutover -->` on lines of their own";
            self.findings.push(
                fault(FindingCode::TableWithinLine, "a table can't stand within a line", first.clone()).help(help),
            );
        }
        self.slots.push(MarkerSlot { marker, body, lines });
    }

    fn unclosed(&mut self, whole: Range<usize>) {
        let finding = fault(FindingCode::MarkerOpen, "this marker is never closed", whole);
        self.findings.push(finding.help("put `<!-- /cutover -->` after what it is to show"));
    }
}

impl MarkerSlot {
    /// Text as it stands between the markers.
    fn laid_out(&self, text: &str) -> String {
        let Some(Lines { prefix, end }) = &self.lines else {
            return text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        };
        let blank = prefix.trim_end();
        let lines = text.lines().map(|line| format!("{}{end}", format!("{prefix}{line}").trim_end()));
        format!("{end}{blank}{end}{}{blank}{end}{prefix}", lines.collect::<String>())
    }
}

/// How lines are laid out between a marker that stands on a line of its own and a closing one on a later line.
fn lines_between(text: &str, first: &Range<usize>, body: &Range<usize>) -> Option<Lines> {
    let between = &text[body.clone()];
    let rest = &between[..between.find('\n')?];
    let start = text[..first.start].rfind('\n').map_or(0, |i| i + 1);
    let prefix = prefix_of(&text[start..first.start])?;
    rest.trim().is_empty().then_some(Lines { prefix, end: if rest.ends_with('\r') { "\r\n" } else { "\n" } })
}

/// What lines below a marker begin with, where nothing but indentation, `>` and the bullet of a list stands before it.
fn prefix_of(before: &str) -> Option<String> {
    let bullet = before.trim_start_matches([' ', '\t', '>']);
    let quote = &before[..before.len() - bullet.len()];
    let mark = bullet.trim_end();
    let digits = mark.trim_end_matches(['.', ')']);
    let is_number = !digits.is_empty() && digits.len() + 1 == mark.len() && digits.bytes().all(|b| b.is_ascii_digit());
    let is_bullet = mark.is_empty() || matches!(mark, "-" | "*" | "+") || is_number;
    is_bullet.then(|| format!("{quote}{}", " ".repeat(bullet.len())))
}

/// How a comment begins and ends.
const BEGIN: &str = "<!--";
const END: &str = "-->";

/// Where code stands: fenced and indented blocks, and code within lines, in the order of the text.
fn code_in(text: &str) -> Vec<Range<usize>> {
    // As where such documents are read: a table parts its cells before code is looked for, a footnote's lines are no indented code.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let is_code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    let events = Parser::new_ext(text, options).into_offset_iter();
    events.filter(|(event, _)| is_code(event)).map(|(_, range)| range).collect()
}

/// A comment that begins outside code.
struct Comment {
    /// With its marks; of one without an end, its first line.
    whole: Range<usize>,
    /// Without them; `None` of one without an end.
    inner: Option<Range<usize>>,
}

/// Every comment that begins outside code, in order.
fn comments(text: &str, code: &[Range<usize>]) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut code = code.iter().peekable();
    let mut at = 0;
    while let Some(begins) = text[at..].find(BEGIN).map(|i| at + i) {
        while code.next_if(|block| block.end <= begins).is_some() {}
        if let Some(block) = code.peek().filter(|block| block.contains(&begins)) {
            at = block.end;
            continue;
        }
        let inner = begins + BEGIN.len();
        let rest = &text[inner..];
        // `<!-->` and `<!--->` are whole comments.
        let short = [">", "->"].into_iter().find(|end| rest.starts_with(end));
        let ends = short.map(|end| (0, end.len())).or_else(|| rest.find(END).map(|i| (i, END.len())));
        let line = text[begins..].find('\n').map_or(text.len(), |i| begins + i);
        let (whole, inner) = match ends {
            Some((length, mark)) => (begins..inner + length + mark, Some(inner..inner + length)),
            None => (begins..begins + text[begins..line].trim_end().len(), None),
        };
        at = if inner.is_some() { whole.end } else { line };
        found.push(Comment { whole, inner });
    }
    found
}

/// Whether what a comment holds is an opening marker.
fn opens(inner: &str) -> bool {
    inner.trim_start().starts_with("cutover:")
}

fn is_ours(inner: &str) -> bool {
    let said = inner.trim_start();
    said.starts_with("cutover:") || said.starts_with("/cutover")
}
