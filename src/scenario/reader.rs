//! Reading values off the tree: what every key needs, whatever it means. A value that is not what it should be becomes a
//! finding and is absent from then on, so that it causes no others.

use super::finding_code::FindingCode;
use crate::plan::zone::Tz;
use chrono::NaiveDate;

use super::domain::Domain;
use super::duration::Refusal;
use super::event_anchors::Anchors;
use super::finding::{Finding, Findings};
pub(super) use super::placed::Placed;
use super::quantity::UptakeWindow;
use super::quantity::{Number, OpenLaw};
use super::tree::{Node, Span, TomlTable, Value};
use super::{keys, moment};
use crate::plan::{Unknown, UnknownValues};

/// Reads a file beside the scenario; says why where it can't.
pub type ReadFile<'a> = &'a dyn Fn(&std::path::Path) -> Result<String, String>;

/// What reading a scenario goes by, and what it has found so far.
pub(super) struct Reader<'a> {
    /// Faults so far.
    pub findings: &'a mut Findings,
    /// The scenario's zone; `None` while it is not known.
    pub zone: Option<Tz>,
    /// Reads lists of values.
    pub read_file: ReadFile<'a>,
    /// What is legal but unwise, so far.
    pub warnings: Vec<Finding>,
    /// The unknowns by slot, with their places.
    pub unknowns: Vec<(Span, Unknown)>,
    /// The window that a base rate is scaled to, while an uptake is read.
    pub uptake_window: UptakeWindow,
    /// The events that times may hang on.
    pub anchors: Anchors,
}

impl<'a> Reader<'a> {
    /// A reader that has read nothing yet.
    pub(super) fn new(findings: &'a mut Findings, read_file: ReadFile<'a>) -> Self {
        Self {
            findings,
            zone: None,
            read_file,
            warnings: Vec::new(),
            unknowns: Vec::new(),
            uptake_window: UptakeWindow::Elsewhere,
            anchors: Anchors::default(),
        }
    }
}

impl Reader<'_> {
    /// Notes a fault.
    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes why a text or value was refused.
    pub(super) fn refuse(&mut self, refusal: Refusal, span: &Span) {
        self.report(Finding::new(refusal.code, refusal.message, span.clone()).help(refusal.help));
    }

    /// A value of the wrong type.
    pub(super) fn wrong_type(&mut self, node: &Node, what: &str, help: impl Into<String>) {
        let message = format!("this must be {what}, not {}", node.value.kind());
        self.report(Finding::new(FindingCode::WrongType, message, node.span.clone()).help(help));
    }

    /// Reports the keys of `table` that are none of its section's.
    pub(super) fn only(&mut self, table: &TomlTable, section: &keys::Section) {
        self.only_named(table, &section.names());
    }

    /// Reports the keys of `table` that are none of `known`.
    pub(super) fn only_named(&mut self, table: &TomlTable, known: &[&str]) {
        for (key, _) in table.entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let finding =
                Finding::new(FindingCode::UnknownKey, format!("unknown key `{}`", key.name), key.span.clone());
            self.report(finding.help(keys::remedy(&key.name, known)));
        }
    }

    /// The value of a key that must be there; `example` is a line that mends its absence.
    pub(super) fn needed<'t>(
        &mut self,
        table: &'t TomlTable,
        header: &Span,
        key: &str,
        example: &str,
    ) -> Option<&'t Node> {
        let found = table.get(key);
        // A near miss is reported as an unknown key already.
        let near = |k: &str| keys::nearest(k, &[key]).is_some();
        if found.is_none() && !table.entries.iter().any(|(k, _)| near(&k.name)) {
            let finding = Finding::new(FindingCode::MissingKey, format!("`{key}` is missing"), header.clone());
            self.report(finding.help(format!("add {example}")));
        }
        found
    }

    /// A table.
    pub(super) fn table<'t>(&mut self, node: &'t Node, example: &str) -> Option<&'t TomlTable> {
        let table = node.table();
        if table.is_none() {
            self.wrong_type(node, "a table", format!("write {example}"));
        }
        table
    }

    /// The tables of `[[name]]`.
    pub(super) fn tables<'t>(&mut self, node: &'t Node, name: &str) -> Vec<(&'t TomlTable, &'t Span)> {
        let help = format!("write [[{name}]] above its keys");
        match &node.value {
            Value::Array(items) => {
                let mut tables = Vec::new();
                for item in items {
                    match item.table() {
                        Some(table) => tables.push((table, &item.span)),
                        None => self.wrong_type(item, "a table", help.clone()),
                    }
                }
                tables
            }
            Value::Table(table) => {
                let finding =
                    Finding::new(FindingCode::WrongType, format!("`{name}` is a list of tables"), node.span.clone());
                self.report(finding.help(format!("write [[{name}]], with two brackets on each side")));
                vec![(table, &node.span)]
            }
            _ => {
                self.wrong_type(node, "a list of tables", help);
                Vec::new()
            }
        }
    }

    /// Text that is not empty.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match node.text() {
            Some(text) if text.trim().is_empty() => {
                let finding = Finding::new(FindingCode::EmptyText, "this text is empty", node.span.clone());
                self.report(finding.help("write a few words"));
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                self.wrong_type(node, "text", "put it in quotes");
                None
            }
        }
    }

    /// True or false.
    pub(super) fn flag(&mut self, node: &Node) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        self.wrong_type(node, "true or false", "write `true` or `false`, without quotes");
        None
    }

    /// A whole number between `low` and `high`.
    pub(super) fn whole(&mut self, node: &Node, low: u64, high: u64) -> Option<u64> {
        let number = match &node.value {
            Value::Integer(n) => u64::try_from(*n).ok(),
            Value::Huge(digits) => digits.parse().ok(),
            // 1e6 is how some write a million.
            Value::Float(x) if x.fract() == 0.0 && (0.0..=9e15).contains(x) => Some(*x as u64),
            Value::Float(x) if x.is_finite() => {
                let spelt = self.findings.text(node.span.source).get(node.span.range.clone()).unwrap_or_default();
                let help = super::slips::grouped(spelt).map_or_else(
                    || "write it without a decimal point".to_owned(),
                    |grouped| format!("if the point groups digits, write {grouped}; else write a whole number"),
                );
                let message = format!("this must be a whole number, not {x}");
                self.report(Finding::new(FindingCode::WrongType, message, node.span.clone()).help(help));
                return None;
            }
            Value::Float(_) => None,
            other => {
                let digits = if let Value::String(text) = other {
                    text.replace([',', '.', ' ', '\''], "")
                } else {
                    String::new()
                };
                let help = match digits.parse::<u64>() {
                    Ok(number) => format!("write {}, without quotes", grouped(number).replace(',', "_")),
                    Err(_) => "write digits without quotes, such as 10_000".to_owned(),
                };
                self.wrong_type(node, "a whole number", help);
                return None;
            }
        };
        if let Some(number) = number.filter(|n| (low..=high).contains(n)) {
            return Some(number);
        }
        let range = format!("between {} and {}", grouped(low), grouped(high));
        let finding = Finding::new(FindingCode::OutOfRange, format!("this must be {range}"), node.span.clone());
        self.report(finding.help(format!("write a whole number {range}")));
        None
    }

    /// A time zone of the IANA database.
    pub(super) fn time_zone(&mut self, node: &Node) -> Option<Tz> {
        let name = self.text(node)?;
        if let Ok(zone) = name.parse::<Tz>() {
            if let Some(told) = keys::fixed_zone(zone) {
                let finding = Finding::new(FindingCode::FixedZone, told, node.span.clone()).warning();
                self.warnings.push(finding.help("write the place instead, unless clocks that stand still are meant"));
            }
            return Some(zone);
        }
        let help = match (keys::offset_of(&name), keys::nearest_zone(&name)) {
            (Some(_), _) => format!("it {}", keys::unknown_zone(&name)),
            (None, Some(near)) => format!("did you mean \"{near}\"?"),
            (None, None) => {
                "write a name of the IANA database, such as \"America/Los_Angeles\" or \"Europe/London\"".to_owned()
            }
        };
        self.report(
            Finding::new(FindingCode::UnknownZone, format!("unknown time zone `{name}`"), node.span.clone()).help(help),
        );
        None
    }

    /// A list of days, with their places.
    pub(super) fn days(&mut self, node: &Node) -> Vec<Placed<NaiveDate>> {
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "a list of dates", "write [\"2026-05-04\"]");
            return Vec::new();
        };
        let mut days = Vec::new();
        for item in items {
            let day = match &item.value {
                Value::String(text) => moment::parse_day(text),
                Value::Datetime(at) => moment::parse_day(at),
                _ => {
                    self.wrong_type(item, "a date", "write \"YYYY-MM-DD\", such as \"2026-05-04\"");
                    continue;
                }
            };
            match day {
                Ok(day) => days.push(Placed { value: day, span: item.span.clone() }),
                Err(refusal) => self.refuse(refusal, &item.span),
            }
        }
        days
    }

    /// An instant that may not be known. Absent, too, while the scenario's zone is.
    pub(super) fn instant(&mut self, node: &Node, key: &str) -> Option<Placed<Number>> {
        let zone = self.zone.unwrap_or(Tz::UTC);
        let value = self.number(node, Domain::Instant(zone), key)?;
        self.zone.map(|_| Placed { value, span: node.span.clone() })
    }

    /// A slot for an unknown; its words are set once its law has been read.
    pub(super) fn open_slot(&mut self, span: &Span, key: &str) -> usize {
        self.unknowns
            .push((span.clone(), Unknown { key: key.to_owned(), words: String::new(), values: UnknownValues::Unsaid }));
        self.unknowns.len() - 1
    }

    /// Says what the unknown of `slot` is drawn from.
    pub(super) fn fill_slot(&mut self, slot: usize, law: &OpenLaw) {
        self.unknowns[slot].1.words = law.describe();
        self.unknowns[slot].1.values = law.values();
    }

    /// Says which of several readings the unknown of `slot` may be: in words, with their cumulative weights.
    pub(super) fn fill_slot_with(&mut self, slot: usize, words: String, readings: Vec<String>, cumulative: &[f64]) {
        self.unknowns[slot].1.words = words;
        let readings = readings.into_iter().zip(cumulative.iter().copied());
        self.unknowns[slot].1.values = UnknownValues::Readings(readings.collect());
    }
}

fn grouped(n: u64) -> String {
    if n == u64::MAX { "2^64 - 1".to_owned() } else { crate::plan::units::group_count(n) }
}
