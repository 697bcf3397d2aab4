//! Markers: `<!-- cutover: plan.toml show=headline-chart uptake=0.5 -->`, and what each of their words says. It knows nothing of
//! where in a document they stand, and opens no scenario.

use super::shows::{EmbedForm, Show};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::scenario::keys::{list, nearest};
use crate::scenario::tree::Span;
use std::ops::Range;

/// The options of a marker.
const OPTIONS: [&str; 7] = ["show", "seen", "uptake", "segment", "set", "format", "assets"];

/// A value with its place in the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MarkerPlace<T> {
    /// The value.
    pub value: T,
    /// Its bytes.
    pub range: Range<usize>,
}

/// What a marker says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Marker {
    /// The scenario's path, as written: relative to the document.
    pub scenario: MarkerPlace<String>,
    /// What to show.
    pub show: MarkerPlace<Show>,
    /// The path of what was seen of the rollout, relative to the document; `None` before it began.
    pub seen: Option<MarkerPlace<String>>,
    /// Rates of reconnecting, as shares; empty for all that the scenario compares.
    pub uptakes: Vec<MarkerPlace<f64>>,
    /// The id of a segment.
    pub segment: Option<MarkerPlace<String>>,
    /// Changes of the scenario, `KEY=VALUE`.
    pub changes: Vec<String>,
    /// How it is written; `None` for the usual form.
    pub form: Option<EmbedForm>,
    /// The folder of charts, relative to the document; `None` for the document's own.
    pub assets: Option<String>,
}

impl Marker {
    /// Why what it asks for can't be shown.
    pub(super) fn refuse(&self, why: impl Into<String>) -> Finding {
        fault(FindingCode::NotShown, why, self.show.range.clone())
    }
}

/// A fault at some bytes of the document.
pub(super) fn fault(code: FindingCode, message: impl Into<String>, range: Range<usize>) -> Finding {
    Finding::new(code, message, Span { source: 0, range })
}

/// Reads the words of a marker: those of `text` from `start` on, after `cutover:`.
///
/// # Errors
/// All that is wrong with them.
pub(super) fn read(text: &str, start: usize, whole: Range<usize>) -> Result<Marker, Vec<Finding>> {
    let all = words(text, start);
    let mut reading = MarkerReading::default();
    // Words before the first option that end as a scenario does are one path.
    let loose = all.iter().take_while(|word| !word.value.contains('='));
    let loose =
        loose.collect::<Vec<_>>().iter().rposition(|word| word.value.ends_with(".toml")).map_or(0, |last| last + 1);
    if loose > 1 {
        let (first, last) = (&all[0], &all[loose - 1]);
        let path = &text[first.range.start - start..last.range.end - start];
        let finding =
            fault(FindingCode::UnquotedPath, "a path with blanks stands in quotes", first.range.start..last.range.end);
        reading.faults.push(finding.help(format!("write \"{path}\"")));
        all[loose..].iter().for_each(|word| reading.option(word));
        return reading.finish(whole);
    }
    let mut words = all.into_iter();
    match words.next() {
        Some(path) if !is_option(&path.value) => {
            reading.scenario = Some(MarkerPlace { value: unquoted(&path.value).to_owned(), range: path.range });
        }
        first => {
            let help =
                "write its path, relative to this document, first: `<!-- cutover: plan.toml show=headline-chart -->`";
            reading
                .faults
                .push(fault(FindingCode::NoScenario, "this marker names no scenario", whole.clone()).help(help));
            first.into_iter().for_each(|word| reading.option(&word));
        }
    }
    words.for_each(|word| reading.option(&word));
    reading.finish(whole)
}

fn is_option(word: &str) -> bool {
    word.split_once('=').is_some_and(|(key, _)| OPTIONS.contains(&key))
}

/// Words between blanks; a blank within quotes is none.
fn words(text: &str, start: usize) -> Vec<MarkerPlace<String>> {
    let mut found: Vec<MarkerPlace<String>> = Vec::new();
    let (mut word, mut from, mut quote) = (String::new(), 0, None);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && quote.is_none() {
            if !word.is_empty() {
                found.push(MarkerPlace { value: std::mem::take(&mut word), range: start + from..start + at });
            }
            continue;
        }
        if word.is_empty() {
            from = at;
        }
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') && (word.is_empty() || word.ends_with('=')) => quote = Some(c),
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        found.push(MarkerPlace { value: word, range: start + from..start + text.len() });
    }
    found
}

fn unquoted(word: &str) -> &str {
    let inner = |quote: char| word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(word)
}

/// What has been read so far.
#[derive(Default)]
struct MarkerReading {
    scenario: Option<MarkerPlace<String>>,
    show: Option<MarkerPlace<Show>>,
    seen: Option<MarkerPlace<String>>,
    said: Vec<String>,
    uptakes: Vec<MarkerPlace<f64>>,
    segment: Option<MarkerPlace<String>>,
    changes: Vec<String>,
    form: Option<MarkerPlace<EmbedForm>>,
    assets: Option<String>,
    faults: Vec<Finding>,
}

impl MarkerReading {
    fn option(&mut self, word: &MarkerPlace<String>) {
        let Some((key, value)) = word.value.split_once('=') else {
            let help = format!("options are written `key=value`: {}", list(&OPTIONS));
            self.faults.push(
                fault(FindingCode::UnknownOption, format!("`{}` is no option", word.value), word.range.clone())
                    .help(help),
            );
            return;
        };
        let place = word.range.start + key.len() + 1..word.range.end;
        let value = unquoted(value);
        if !OPTIONS.contains(&key) {
            let help = match nearest(key, &OPTIONS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("options are {}", list(&OPTIONS)),
            };
            let range = word.range.start..word.range.start + key.len();
            self.faults.push(fault(FindingCode::UnknownOption, format!("unknown option `{key}`"), range).help(help));
            return;
        }
        if key != "set" && self.said.iter().any(|said| said == key) {
            let message = format!("`{key}` is said twice");
            self.faults.push(fault(FindingCode::OptionTwice, message, word.range.clone()).help("leave one of the two"));
            return;
        }
        self.said.push(key.to_owned());
        match key {
            "show" => self.show(value, place),
            "uptake" => self.uptakes(value, place),
            "seen" => self.seen = Some(MarkerPlace { value: value.to_owned(), range: place }),
            "segment" => self.segment = Some(MarkerPlace { value: value.to_owned(), range: place }),
            "set" => self.set(value, place),
            "format" => self.form(value, place),
            _ => self.assets(value, place),
        }
    }

    fn show(&mut self, value: &str, range: Range<usize>) {
        let Some(show) = Show::find(value) else {
            let names = Show::names();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let help = match nearest(value, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "docs/embed.md lists what can be shown, such as `headline-chart`, `headline-table`, `summary` or \
                         `failed_by_deadline.mean`"
                        .to_owned()
                }
            };
            self.faults.push(
                fault(FindingCode::UnknownShow, format!("`{value}` is nothing that can be shown"), range).help(help),
            );
            return;
        };
        self.show = Some(MarkerPlace { value: show, range });
    }

    fn uptakes(&mut self, value: &str, range: Range<usize>) {
        for part in value.split(',') {
            let trimmed = part.trim();
            let (number, scale) = trimmed.strip_suffix('%').map_or((trimmed, 1.0), |n| (n.trim_end(), 100.0));
            match number.parse::<f64>().map(|n| n / scale) {
                Ok(rate) if (0.0..=1.0).contains(&rate) => {
                    self.uptakes.push(MarkerPlace { value: rate, range: range.clone() });
                }
                _ => {
                    let message = format!("`{trimmed}` is no rate of reconnecting");
                    let help = "write rates from 0 to 1, such as uptake=0.5, uptake=50% or uptake=0,0.5,1";
                    self.faults.push(fault(FindingCode::BadOption, message, range.clone()).help(help));
                }
            }
        }
    }

    fn set(&mut self, value: &str, range: Range<usize>) {
        if value.contains('=') {
            self.changes.push(value.to_owned());
            return;
        }
        let help = "write set=\"KEY=VALUE\", such as set=\"population.orgs=4000\"";
        self.faults.push(fault(FindingCode::BadOption, "this change has no `=`", range).help(help));
    }

    fn form(&mut self, value: &str, range: Range<usize>) {
        match EmbedForm::ALL.iter().find(|(name, _)| *name == value) {
            Some((_, form)) => self.form = Some(MarkerPlace { value: *form, range }),
            None => {
                let names = EmbedForm::ALL.map(|form| form.0);
                let help = match nearest(value, &names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "figures are written `about`, `table` or `full`, charts `svg` or `png`".to_owned(),
                };
                self.faults.push(fault(FindingCode::BadOption, format!("unknown format `{value}`"), range).help(help));
            }
        }
    }

    fn assets(&mut self, value: &str, range: Range<usize>) {
        let folder = value.trim_end_matches('/');
        let is_inside = folder.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !is_inside || folder.contains(['\\', ':']) || folder.chars().any(char::is_control) {
            let message = format!("`{value}` is no folder below the document's own");
            let help = "write a path from the document's folder with `/` between its parts, such as assets=images: nothing is written outside it";
            self.faults.push(fault(FindingCode::BadOption, message, range).help(help));
            return;
        }
        self.assets = Some(folder.to_owned());
    }

    fn finish(mut self, whole: Range<usize>) -> Result<Marker, Vec<Finding>> {
        let mended = self.faults.iter().any(|f| f.help.as_deref() == Some("did you mean `show`?"));
        if self.show.is_none() && !self.said.iter().any(|said| said == "show") && !mended {
            let help = "say what to show, such as show=headline-chart, show=summary or show=failed_by_deadline.mean";
            self.faults.push(fault(FindingCode::NoShow, "this marker does not say what to show", whole).help(help));
        }
        if let (Some(form), Some(show)) = (&self.form, &self.show) {
            let fitting = show.value.forms();
            if !EmbedForm::ALL.iter().any(|(name, known)| *known == form.value && fitting.contains(name)) {
                let help = match fitting {
                    [] => "leave `format` out: sentences and tables have one form".to_owned(),
                    names => format!("write one of {}", list(names)),
                };
                let message = "what is shown has no such format";
                self.faults.push(fault(FindingCode::BadOption, message, form.range.clone()).help(help));
            }
        }
        match (&self.seen, &self.show, self.uptakes.first()) {
            (None, Some(MarkerPlace { value: Show::Seen(_), range }), _) => {
                let message = "this is told of a rollout under way";
                let help = "name the file of what was seen: seen=seen.csv";
                self.faults.push(fault(FindingCode::NotShown, message, range.clone()).help(help));
            }
            (Some(_), _, Some(uptake)) => {
                let message = "with `seen`, the rate is what was learned from it";
                let help = "leave `uptake` out";
                self.faults.push(fault(FindingCode::BadOption, message, uptake.range.clone()).help(help));
            }
            _ => {}
        }
        match (self.faults.is_empty(), self.scenario, self.show) {
            (true, Some(scenario), Some(show)) => Ok(Marker {
                scenario,
                show,
                seen: self.seen,
                uptakes: self.uptakes,
                segment: self.segment,
                changes: self.changes,
                form: self.form.map(|form| form.value),
                assets: self.assets,
            }),
            _ => Err(self.faults),
        }
    }
}
