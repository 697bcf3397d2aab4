//! Findings: what is wrong in a scenario, where, and how to mend it; and how that is shown, with the text under a caret.
//! It knows nothing of what the keys mean.

use super::finding_code::FindingCode;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasher, BuildHasherDefault};

use crate::plan::units::group_count;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::safe;
use super::span::Span;
use crate::Error;

/// Columns that a rendered report keeps to.
const WIDTH: usize = 120;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The scenario can't be run.
    Fault,
    /// It can, but it may not say what its author means.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable short name, such as `unknown-key`.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to say beside the caret; may be empty.
    pub label: String,
    /// What makes it matter: figures, a sentence each.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// Other places that have to do with it, each with its label.
    pub related: Vec<(Span, String)>,
}

impl Finding {
    /// A fault at `span`.
    pub fn new(code: FindingCode, message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        let (notes, related) = (Vec::new(), Vec::new());
        Self { code, severity: Severity::Fault, message, span, label: String::new(), notes, help: None, related }
    }

    /// With this beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With this figure that makes it matter.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With this remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With another place that has to do with it.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// As a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

/// A text that findings point into.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SourceText {
    name: String,
    text: String,
}

/// Everything found in a scenario, with the texts it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    sources: Vec<SourceText>,
    found: Vec<Finding>,
    /// Where findings stand and what they say, hashed: each is told once.
    known: HashSet<u64>,
}

/// Findings that a report shows; of the rest it says how many there are.
pub(crate) const SHOWN: usize = 100;

impl Findings {
    /// Nothing found yet in the file `name`, whose text is source 0.
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            sources: vec![SourceText { name: name.to_owned(), text: text.to_owned() }],
            found: Vec::new(),
            known: HashSet::new(),
        }
    }

    /// Adds a source and returns its index.
    pub fn add_source(&mut self, name: &str, text: &str) -> usize {
        self.sources.push(SourceText { name: name.to_owned(), text: text.to_owned() });
        self.sources.len() - 1
    }

    /// The text of a source.
    pub fn text(&self, source: usize) -> &str {
        self.sources.get(source).map_or("", |s| &s.text)
    }

    /// Adds a finding, once.
    pub fn push(&mut self, finding: Finding) {
        let place = (finding.code, finding.span.source, finding.span.range.start, finding.span.range.end);
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((
            place,
            finding.severity == Severity::Warning,
            &finding.message,
        ));
        if self.known.insert(hash) {
            self.found.push(finding);
        }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// The findings, by place.
    pub fn sorted(&self) -> Vec<&Finding> {
        let mut sorted: Vec<_> = self.found.iter().collect();
        sorted.sort_by_key(|f| (f.span.source, f.span.range.start, f.span.range.end));
        sorted
    }

    /// Keeps the findings for which `keep` holds, given the line that each stands on.
    pub fn retain(&mut self, mut keep: impl FnMut(&Finding, usize) -> bool) {
        let found = std::mem::take(&mut self.found);
        self.found = found.into_iter().filter(|f| keep(f, self.line(&f.span))).collect();
    }

    /// The line (from 0) of a place within its source.
    pub fn line(&self, span: &Span) -> usize {
        let text = self.text(span.source);
        text.as_bytes()[..span.range.start.min(text.len())].iter().filter(|b| **b == b'\n').count()
    }

    /// The whole report, by place, ending with the count of faults.
    pub fn render(&self, coloured: bool) -> String {
        self.render_within(coloured, WIDTH)
    }

    /// [`Findings::render`] for so many columns: the sentences of warnings are wrapped to them. Colours are as [`safe::terminal`] takes them.
    pub fn render_within(&self, coloured: bool, width: usize) -> String {
        let shown = self.harmless().rendered(coloured, width);
        let more = self.found.len().saturating_sub(SHOWN);
        let more = if more > 0 {
            format!("... and {} more: mend these first\n\n", group_count(more as u64))
        } else {
            String::new()
        };
        shown + &more + &self.count_line()
    }

    /// The same findings, every place what it was, without anything that would steer what shows them.
    fn harmless(&self) -> Self {
        let plain = |text: &str| safe::in_place(text).replace('\r', " ");
        let clean = |source: &SourceText| SourceText {
            name: safe::line(&source.name),
            text: safe::in_place(&source.text).into_owned(),
        };
        let found = self.sorted().into_iter().take(SHOWN).cloned().map(|mut finding| {
            finding.message = plain(&finding.message);
            finding.label = safe::line(&finding.label);
            finding.notes.iter_mut().chain(&mut finding.help).for_each(|text| *text = plain(text));
            finding.related.iter_mut().for_each(|(_, label)| *label = safe::line(label));
            finding
        });
        Self { sources: self.sources.iter().map(clean).collect(), found: found.collect(), known: HashSet::new() }
    }

    /// Findings that are [`Findings::harmless`].
    fn rendered(&self, coloured: bool, width: usize) -> String {
        let renderer = if coloured { Renderer::styled() } else { Renderer::plain() }.term_width(width);
        let mut out = String::new();
        for finding in self.sorted() {
            let finding = wrapped(finding, width);
            let rendered = renderer.render(&[self.group(&finding)]);
            for line in rendered.lines() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
            out.push('\n');
        }
        // Whatever escapes are left are the colours.
        safe::own(&out)
    }

    /// Where a place is, as people count: the source's name, the line and the column, both from 1.
    pub fn place(&self, span: &Span) -> (&str, usize, usize) {
        let name = self.sources.get(span.source).map_or("", |s| s.name.as_str());
        let text = self.text(span.source);
        let before = text.get(..span.range.start.min(text.len())).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        (name, self.line(span) + 1, column + 1)
    }

    /// `3 faults in scenarios/x.toml`.
    pub fn count_line(&self) -> String {
        let faults = self.found.iter().filter(|f| f.severity == Severity::Fault).count();
        let warnings = self.found.len() - faults;
        let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let count = match (faults, warnings) {
            (_, 0) => plural(faults, "fault"),
            (0, _) => plural(warnings, "warning"),
            _ => format!("{} and {}", plural(faults, "fault"), plural(warnings, "warning")),
        };
        format!("{count} in {}", self.sources[0].name)
    }

    fn group<'a>(&'a self, finding: &'a Finding) -> Group<'a> {
        let level = if finding.severity == Severity::Fault { Level::ERROR } else { Level::WARNING };
        let group = level.primary_title(finding.message.as_str()).id(finding.code.as_str());
        let mut snippets = vec![self.snippet(&finding.span, &finding.label, AnnotationKind::Primary)];
        let mut sources = vec![finding.span.source];
        for (span, label) in &finding.related {
            let at = sources.iter().position(|s| *s == span.source);
            match at {
                Some(at) => {
                    let snippet = snippets.remove(at);
                    snippets.insert(at, snippet.annotation(self.annotation(span, label, AnnotationKind::Context)));
                }
                None => {
                    snippets.push(self.snippet(span, label, AnnotationKind::Context));
                    sources.push(span.source);
                }
            }
        }
        let notes = finding.notes.iter().map(|note| Level::NOTE.message(note.as_str()));
        let help = finding.help.iter().map(|help| Level::HELP.message(help.as_str()));
        group.elements(snippets).elements(notes).elements(help)
    }

    fn snippet<'a>(
        &'a self,
        span: &Span,
        label: &'a str,
        kind: AnnotationKind,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let source = &self.sources[span.source.min(self.sources.len() - 1)];
        Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(self.annotation(span, label, kind))
    }

    fn annotation<'a>(
        &'a self,
        span: &Span,
        label: &'a str,
        kind: AnnotationKind,
    ) -> annotate_snippets::Annotation<'a> {
        let range = within_first_line(self.text(span.source), span.range.clone());
        kind.span(range).label((!label.is_empty()).then_some(label))
    }
}

/// The columns that stand before a note or a remedy: `   = help: `, for line numbers of up to four digits.
const BEFORE_NOTES: usize = 13;

/// A warning with its sentences wrapped to a width; a fault as it is.
fn wrapped(finding: &Finding, width: usize) -> Finding {
    let mut finding = finding.clone();
    if finding.severity == Severity::Warning {
        // `warning[code]: `
        finding.message = wrap(&finding.message, width.saturating_sub(finding.code.as_str().len() + 11));
        let columns = width.saturating_sub(BEFORE_NOTES);
        finding.notes.iter_mut().chain(&mut finding.help).for_each(|text| *text = wrap(text, columns));
    }
    finding
}

/// A blank that no line breaks at.
const BOUND: char = '\u{a0}';

/// Text whose numbers are bound to what they count: `59 h` stays on one line.
fn bound(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let follows_digit = out.ends_with(|c: char| c.is_ascii_digit());
        out.push(if letter == ' ' && follows_digit { BOUND } else { letter });
    }
    out
}

/// Text broken at blanks into lines of at most so many characters where it can be.
fn wrap(text: &str, columns: usize) -> String {
    let options = textwrap::Options::new(columns.max(20)).break_words(false);
    let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&bound(text), options).replace(BOUND, " ")
}

/// The part of `range` that lies in `text`, on whole characters, cut off at the end of its first line.
fn within_first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let start = (0..=range.start.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let end =
        (range.end.clamp(start, text.len())..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
    let first = text[start..end].find(['\n', '\r']).map_or(end, |i| start + i);
    start..first
}

impl From<Findings> for Error {
    fn from(findings: Findings) -> Self {
        Self::BadInput { report: findings.render(false), faults: findings.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weird_places_in_weird_texts_are_shown_without_panic() {
        for text in ["", "\u{feff}a = 1", "a = \"é\"\r\nb\t= 2\r\n", "日本 = 1\n\n\n", "\t\t\r", "e\u{301}👩‍👩‍👧 = 1"]
        {
            for start in 0..text.len() + 3 {
                for end in 0..text.len() + 3 {
                    let span = Span { source: 0, range: start..end };
                    let mut findings = Findings::new("x.toml", text);
                    findings.push(
                        Finding::new(FindingCode::WrongType, "a message", span.clone())
                            .label("here")
                            .related(span, "and here"),
                    );
                    assert!(findings.render(false).ends_with("1 fault in x.toml"));
                    assert!(findings.render(true).contains("a message"));
                }
            }
        }
    }

    #[test]
    fn nothing_in_a_finding_steers_a_terminal() {
        let bad = "\u{1b}[2J\u{9b}\u{7}\r\u{202e}\u{fdd0}";
        let text = format!("a = \"{bad}\" # {bad}\nb = 2\n");
        let mut findings = Findings::new(&format!("x{bad}.toml"), &text);
        let span = |range| Span { source: 0, range };
        let finding =
            Finding::new(FindingCode::WrongType, format!("message {bad}"), span(4..14)).label(format!("label {bad}"));
        let finding = finding.note(format!("note {bad}")).help(format!("help {bad}\nline"));
        findings.push(finding.clone().related(span(0..1), format!("other {bad}")));
        findings.push(finding.warning());
        for coloured in [false, true] {
            let report = safe::terminal(&findings.render(coloured)).into_owned();
            let rest: String = report
                .split("\u{1b}[")
                .enumerate()
                .map(|(i, part)| {
                    if i == 0 {
                        part
                    } else {
                        part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
                            .strip_prefix('m')
                            .expect("a style")
                    }
                })
                .collect();
            assert!(!rest.chars().any(|c| safe::steers(c) && c != '\n'), "{rest:?}");
            assert!(rest.contains("2 faults") || rest.contains("1 fault and 1 warning"), "{rest}");
            assert_eq!(report.contains('\u{1b}'), coloured);
        }
    }

    #[test]
    fn findings_come_by_place_and_only_once() {
        let mut findings = Findings::new("x.toml", "a = 1\nb = 2\n");
        let at = |range| Span { source: 0, range };
        findings.push(Finding::new(FindingCode::MissingKey, "later", at(6..7)));
        findings.push(Finding::new(FindingCode::BadLaw, "earlier", at(0..1)));
        findings.push(Finding::new(FindingCode::MissingKey, "later", at(6..7)));
        let codes: Vec<_> = findings.sorted().iter().map(|f| f.code).collect();
        assert_eq!(codes, [FindingCode::BadLaw, FindingCode::MissingKey]);
        assert!(findings.render(false).ends_with("2 faults in x.toml"));
    }
}
