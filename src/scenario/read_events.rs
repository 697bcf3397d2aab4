//! From the tree to a draft: events with their controls, and milestones.

use super::finding_code::FindingCode;
use std::collections::HashMap;

use crate::plan::zone::Tz;

use super::domain::Domain;
use super::draft::{CheckDraft, ControlDraft, EventDraft};
use super::finding::Finding;
use super::keys::{self, KeyId};
use super::quantity::{DerivedFrom, Number, QuantileDraw};
use super::reader::{Placed, Reader};
use super::tree::{Node, Span, TomlTable};
use crate::plan::{Cause, units};

/// A control as an example writes it: `` `static_ip = { mismatch = 0.02 }` ``.
pub(super) fn example_of(control: Cause) -> String {
    let entry = keys::EVENT.keys.iter().find(|entry| entry.name == control.key());
    format!("`{} = {}`", control.key(), entry.map_or("{}", |entry| entry.example))
}

impl Reader<'_> {
    /// `[[event]]`.
    pub(super) fn events(&mut self, root: &TomlTable) -> Vec<EventDraft> {
        let example = "at least one event:\n[[event]]\nid = \"pkce\"\nat = \"2026-05-01 12:00\"\nreauthorization = { required = 1.0 }";
        let Some(node) = self.needed(root, &Span::file_start(), "event", example) else { return Vec::new() };
        let tables = self.tables(node, "event");
        if tables.is_empty() && matches!(&node.value, super::tree::Value::Array(items) if items.is_empty()) {
            let finding =
                Finding::new(FindingCode::EmptyList, "a scenario needs at least one event", node.span.clone());
            self.report(finding.help(format!("add {example}")));
        }
        let events: Vec<_> = tables.iter().map(|(table, span)| self.event(table, span)).collect();
        let ids = events.iter().zip(&tables).map(|(e, (table, span))| (e.id.as_deref(), id_place(table, span)));
        self.unique(ids.collect(), "event");
        events
    }

    fn event(&mut self, table: &TomlTable, header: &Span) -> EventDraft {
        self.only(table, &keys::EVENT);
        let (id, name) = self.identity(table, header, "event");
        let prefix = format!("event.{}", id.as_deref().unwrap_or("?"));
        let at = match (table.get("at"), table.key("waves")) {
            (Some(_), Some(waves)) => {
                let message = "this event has both `at` and `waves`";
                let finding = Finding::new(FindingCode::WaveShares, message, waves.span.clone());
                self.report(finding.help("leave `at` out: the waves have instants of their own"));
                None
            }
            (None, Some(_)) => table.get("waves"),
            _ => self.needed(table, header, "at", "`at = \"2026-05-01 12:00\"`"),
        };
        let at = match id.as_deref().and_then(|id| self.anchor_of(id)) {
            Some(place) => at.and_then(|_| self.event_instant(place, None)),
            None if table.get("waves").is_some() => None,
            None => at.and_then(|node| self.instant(node, &KeyId::EventAt.below(&prefix))),
        };
        let rollout = self.rollout(table, &prefix);
        let mut controls = Vec::new();
        for cause in Cause::ALL {
            if let Some(node) = table.get(cause.key()) {
                controls.push(self.control(node, cause, &prefix));
            }
        }
        // A misspelt control is reported as an unknown key already.
        let misspelt = table.entries.iter().any(|(k, v)| v.table().is_some() && !keys::EVENT.has(&k.name));
        if controls.is_empty() && !misspelt {
            let finding = Finding::new(FindingCode::NoControl, "this event switches nothing on", header.clone());
            self.report(finding.help(
                "add `reauthorization`, `static_ip`, `token_rotation`, `idle_timeout` or `lifetime`; a mere date is a [[milestone]]",
            ));
        }
        EventDraft { id, name, at, rollout, controls }
    }

    fn control(&mut self, node: &Node, cause: Cause, prefix: &str) -> ControlDraft {
        let (id, example) = (KeyId::of_control(cause), example_of(cause));
        let number = id.facts();
        let (race, check) = (None, CheckDraft::default());
        let absent = ControlDraft { cause, number: None, retroactive: false, race, check };
        let Some(table) = self.table(node, &example) else { return absent };
        self.only(table, keys::of_control(cause));
        let mut check = CheckDraft::default();
        let number = match (table.get(number.entry.name), number.default_number()) {
            (Some(node), _) if cause == Cause::Reauthorization => {
                let (number, steps) = self.required(node, prefix);
                check.steps = steps;
                number
            }
            (Some(node), _) => self.number_of(node, id, prefix),
            (None, Some(default)) => Some(Number::Known(default)),
            (None, None) => self.needed(table, &node.span, number.entry.name, &example).and(None),
        };
        let retroactive = table.get("retroactive").filter(|_| cause.is_clock());
        let retroactive = retroactive.and_then(|n| self.flag(n)).unwrap_or(false);
        let mut race = None;
        if cause == Cause::TokenRotation {
            race = table.get("race").and_then(|node| self.number_of(node, KeyId::Race, prefix));
        }
        if cause == Cause::Reauthorization {
            check = self.check(table, prefix, check);
        }
        ControlDraft { number, retroactive, race, check, ..absent }
    }

    /// Id and name of an event or a segment; either may stand for the other.
    pub(super) fn identity(&mut self, table: &TomlTable, header: &Span, what: &str) -> (Option<String>, String) {
        let id = table.get("id").map(|node| (self.text(node), node));
        let name = table.get("name").map(|node| self.text(node));
        let near =
            |key: &str| table.entries.iter().any(|(k, _)| k.name != key && keys::nearest(&k.name, &[key]).is_some());
        let id = match (id, &name) {
            (Some((Some(id), node)), _) if !keys::is_id(&id) => {
                let message = format!("`{id}` can't be an id");
                let finding = Finding::new(FindingCode::BadId, message, node.span.clone());
                self.report(
                    finding.help(format!("use letters, digits, - and _, such as \"{}\"", suggested(&id, what))),
                );
                None
            }
            (Some((id, _)), _) => id,
            (None, Some(Some(name))) if !keys::slug(name).is_empty() => Some(keys::slug(name)),
            (None, Some(None)) => None,
            (None, _) => {
                if !near("id") && !near("name") {
                    let finding =
                        Finding::new(FindingCode::MissingKey, format!("this {what} has no id"), header.clone());
                    self.report(finding.help(format!("add `id = \"{}\"`", suggested("", what))));
                }
                None
            }
        };
        let name = name.flatten().or_else(|| id.clone()).unwrap_or_default();
        (id, name)
    }

    /// Reports ids that are used twice.
    pub(super) fn unique(&mut self, ids: Vec<(Option<&str>, Span)>, what: &str) {
        let mut known: HashMap<&str, &Span> = HashMap::new();
        for (id, span) in &ids {
            let Some(id) = id else { continue };
            let first = *known.entry(*id).or_insert(span);
            if first != span {
                let message = format!("two {what}s have the id `{id}`");
                let finding = Finding::new(FindingCode::DuplicateId, message, span.clone()).label("second");
                self.report(finding.related(first.clone(), "first").help("give one of them another `id`"));
            }
        }
    }

    /// `[[milestone]]`.
    pub(super) fn milestones(&mut self, root: &TomlTable) -> Vec<(String, Option<Placed<Number>>)> {
        let Some(node) = root.get("milestone") else { return Vec::new() };
        let mut milestones = Vec::new();
        for (table, header) in self.tables(node, "milestone") {
            self.only(table, &keys::MILESTONE);
            let name = self.needed(table, header, "name", "`name = \"...\"`").and_then(|node| self.text(node));
            let name = name.unwrap_or_default();
            let at = self.needed(table, header, "at", "`at = \"2026-05-11 00:00\"`");
            let id = table.get("id").and_then(|node| self.text(node)).unwrap_or_else(|| keys::slug(&name));
            milestones.push((name, at.and_then(|node| self.instant(node, &format!("milestone.{id}.at")))));
        }
        milestones
    }
}

/// A number in words: its value, or that it is not known and its law.
pub(super) fn words(number: &Number, domain: Domain) -> String {
    match number {
        Number::Known(value) => domain.show(*value),
        Number::Drawn { law, .. } => format!("not known: {}", law.describe()),
        Number::Moved { range, .. } => domain.show(range.given),
        Number::Derived(derived) => {
            let at = derived.value(&QuantileDraw::CENTRE).map_or_else(|e| e.why, |value| domain.show(value));
            match &derived.from {
                DerivedFrom::Event { text, .. } => format!("{at} ({text})"),
                DerivedFrom::Between(..) => at,
            }
        }
    }
}

/// The number of a key in words; a time is told in `words` with its zone.
pub(super) fn words_of(number: &Number, id: KeyId) -> String {
    words(number, id.facts().domain(Tz::UTC).unwrap_or(Domain::Shape))
}

/// How many orgs, in words.
pub(super) fn orgs_in_words(number: &Number) -> String {
    match number {
        Number::Known(orgs) => units::orgs(orgs.round() as u64),
        other => words(other, Domain::Count(0, u64::MAX)),
    }
}

/// Where the id of an event or a segment stands.
pub(super) fn id_place(table: &TomlTable, header: &Span) -> Span {
    table.get("id").or_else(|| table.get("name")).map_or_else(|| header.clone(), |node| node.span.clone())
}

fn suggested(id: &str, what: &str) -> String {
    match (keys::slug(id), what) {
        (slug, _) if !slug.is_empty() => slug,
        (_, "event") => "pkce".to_owned(),
        _ => "emea".to_owned(),
    }
}

/// Where orgs of a segment live, in words.
pub(super) fn zone_in_words(zone: Option<Tz>) -> String {
    zone.map_or_else(String::new, |z| z.name().to_owned())
}
