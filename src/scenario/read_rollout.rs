//! From the tree to a draft: how an event is rolled out, what its check says beside `required`, checkpoints, and the guard.

use super::domain::{Domain, LENGTH, MOST_ORGS};
use super::draft::{CheckDraft, CheckpointDraft, ChecksDraft, CountsFrom, EventDraft, GuardDraft, RolloutDraft};
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys::{self, KeyId};
use super::placed::Placed;
use super::quantity::{Derived, DerivedFrom, Number};
use super::reader::Reader;
use super::tree::{Node, Span, TomlTable, Value};
use crate::plan::GuardLimit;
use crate::plan::units::group_count;

/// `required` in steps.
type Steps = Vec<(Placed<Number>, Number)>;

impl Reader<'_> {
    /// Everything of an event that says how it is rolled out.
    pub(super) fn rollout(&mut self, table: &TomlTable, prefix: &str) -> RolloutDraft {
        let mut even = None;
        let waves = table.get("waves").and_then(|node| self.waves(node, prefix, &mut even));
        let until = table.get("until").and_then(|node| self.instant(node, &KeyId::Until.below(prefix)));
        let heals = table.get("heals").and_then(|node| self.placed_flag(node));
        let brownouts = table.get("brownouts").map_or_else(Vec::new, |node| self.brownouts(node, prefix));
        let nudge = table.get("nudge").and_then(|node| self.placed_number(node, KeyId::Nudge, prefix));
        RolloutDraft { waves, even, until, heals, brownouts, nudge }
    }

    fn placed_flag(&mut self, node: &Node) -> Option<Placed<bool>> {
        self.flag(node).map(|value| Placed { value, span: node.span.clone() })
    }

    pub(super) fn placed_number(&mut self, node: &Node, id: KeyId, prefix: &str) -> Option<Placed<Number>> {
        self.number_of(node, id, prefix).map(|value| Placed { value, span: node.span.clone() })
    }

    fn waves(
        &mut self,
        node: &Node,
        prefix: &str,
        even: &mut Option<(Placed<Number>, Placed<Number>)>,
    ) -> Option<Vec<(Placed<Number>, Placed<f64>)>> {
        if let Value::Table(table) = &node.value {
            return self.even_waves(table, node, prefix, even);
        }
        if !self.is_list_of_tables(node, "waves = [{ at = \"2026-05-08 12:00\", share = 0.1 }]") {
            return None;
        }
        let tables = self.tables(node, "waves");
        if self.is_empty_list(node, "waves = [{ at = \"2026-05-08 12:00\", share = 0.1 }]") || self.too_many(node) {
            return None;
        }
        let mut waves = Vec::new();
        for (i, (table, header)) in tables.into_iter().enumerate() {
            self.only(table, &keys::WAVE);
            let at = self.needed(table, header, "at", "`at = \"2026-05-08 12:00\"`");
            // The first wave's instant is the event's: others may hang on it.
            let at = match (i, self.anchor_of(prefix.trim_start_matches("event."))) {
                (0, Some(place)) => at.and_then(|_| self.event_instant(place, None)),
                _ => at.and_then(|node| self.instant(node, &format!("{prefix}.waves.{}.at", i + 1))),
            };
            let share = self.needed(table, header, "share", "`share = 0.1`: the part of the orgs in it");
            let share = share
                .and_then(|node| self.plain(node, Domain::Rate).map(|value| Placed { value, span: node.span.clone() }));
            waves.extend(at.zip(share));
        }
        Some(waves)
    }

    fn even_waves(
        &mut self,
        table: &TomlTable,
        node: &Node,
        prefix: &str,
        even: &mut Option<(Placed<Number>, Placed<Number>)>,
    ) -> Option<Vec<(Placed<Number>, Placed<f64>)>> {
        self.only(table, &keys::WAVES);
        let from = self.needed(table, &node.span, "from", "`from = \"2026-05-01 12:00\"`: the first wave");
        let from = match self.anchor_of(prefix.trim_start_matches("event.")) {
            Some(place) => from.and_then(|_| self.event_instant(place, None)),
            None => from.and_then(|node| self.instant(node, &format!("{prefix}.waves.from"))),
        };
        let to = self.needed(table, &node.span, "to", "`to = \"2026-05-08 12:00\"`: the last wave");
        let to = to.and_then(|node| self.instant(node, &format!("{prefix}.waves.to")));
        let count = self.needed(table, &node.span, "count", "`count = 4`: how many waves");
        let count = count.and_then(|node| self.whole(node, 1, keys::MOST_WAVES));
        let (from, to, count) = (from?, to?, count?);
        *even = Some((from.clone(), to.clone()));
        let share = Placed { value: 1.0 / count as f64, span: node.span.clone() };
        let wave = |i: u64| {
            let part = if count > 1 { i as f64 / (count - 1) as f64 } else { 0.0 };
            let value = match (&from.value, &to.value) {
                (first, _) if i == 0 => first.clone(),
                (Number::Known(from), Number::Known(to)) => Number::Known(from + part * (to - from)),
                (from, to) => {
                    let from = DerivedFrom::Between(from.clone(), to.clone(), part);
                    Number::Derived(Box::new(Derived { span: node.span.clone(), from }))
                }
            };
            (Placed { value, span: node.span.clone() }, share.clone())
        };
        Some((0..count).map(wave).collect())
    }

    /// Reports what is no list of tables within the line.
    pub(super) fn is_list_of_tables(&mut self, node: &Node, example: &str) -> bool {
        let fits = match &node.value {
            Value::Array(items) => items.iter().all(|item| item.table().is_some()),
            _ => false,
        };
        if !fits {
            let help = match &node.value {
                Value::Table(_) => format!("put it in brackets: {example}"),
                _ => format!("write {example}"),
            };
            self.wrong_type(node, "a list of tables", help);
        }
        fits
    }

    /// Reports a list that holds nothing.
    fn is_empty_list(&mut self, node: &Node, example: &str) -> bool {
        let empty = matches!(&node.value, Value::Array(items) if items.is_empty());
        if empty {
            let finding = Finding::new(FindingCode::EmptyList, "this list is empty", node.span.clone());
            self.report(finding.help(format!("write {example}, or leave it out")));
        }
        empty
    }

    /// Reports a list that is too long.
    fn too_many(&mut self, node: &Node) -> bool {
        let Value::Array(items) = &node.value else { return false };
        let most = keys::MOST_WAVES as usize;
        if items.len() > most {
            let (found, most) = (group_count(items.len() as u64), group_count(most as u64));
            let message = format!("{found} entries: there may be up to {most}");
            self.report(
                Finding::new(FindingCode::TooMany, message, node.span.clone()).help("take fewer and larger ones"),
            );
        }
        items.len() > most
    }

    fn brownouts(&mut self, node: &Node, prefix: &str) -> Vec<[Placed<Number>; 2]> {
        let example = "brownouts = [{ from = \"2026-04-28 12:00\", to = \"2026-04-28 18:00\" }]";
        if !self.is_list_of_tables(node, example) {
            return Vec::new();
        }
        let tables = self.tables(node, "brownouts");
        if self.too_many(node) {
            return Vec::new();
        }
        let mut brownouts = Vec::new();
        for (i, (table, header)) in tables.into_iter().enumerate() {
            self.only(table, &keys::BROWNOUT);
            let mut end = |key: &str, example: &str| {
                let node = self.needed(table, header, key, example)?;
                self.instant(node, &format!("{prefix}.brownouts.{}.{key}", i + 1))
            };
            let from = end("from", "`from = \"2026-04-28 12:00\"`: when it begins");
            let to = end("to", "`to = \"2026-04-28 18:00\"`: when it ends");
            brownouts.extend(from.zip(to).map(|(from, to)| [from, to]));
        }
        brownouts
    }

    /// What a reauthorization says beside `required`, on top of what is inherited.
    pub(super) fn check(&mut self, table: &TomlTable, prefix: &str, inherited: CheckDraft) -> CheckDraft {
        let mut check = inherited;
        if let Some(node) = table.get("counts_from") {
            check.counts_from = match node.text() {
                Some("always") => Some(CountsFrom::Always),
                Some(word) if keys::nearest(word, &["always"]).is_some() => {
                    let message = format!("unknown `counts_from`: {word}");
                    let finding = Finding::new(FindingCode::UnknownChoice, message, node.span.clone());
                    self.report(finding.help("did you mean \"always\"?"));
                    None
                }
                _ => self.instant(node, &format!("{prefix}.reauthorization.counts_from")).map(CountsFrom::At),
            };
        }
        if let Some(node) = table.get("bites") {
            check.at_once = self.choice(node, "bites", &["refresh", "at-once"]) == Some("at-once");
        }
        if let Some(node) = table.get("repeat") {
            check.repeat = self.placed_flag(node);
        }
        if let Some(node) = table.get("grace") {
            check.grace = self.number_of(node, KeyId::Grace, prefix);
        }
        if let Some(node) = table.get("warned") {
            check.warned = self.placed_number(node, KeyId::Warned, prefix);
        }
        check
    }

    /// `required`: a number, or steps.
    pub(super) fn required(&mut self, node: &Node, prefix: &str) -> (Option<Number>, Option<Steps>) {
        let example = "required = [{ from = \"2026-05-01 12:00\", is = 0.5 }]";
        let is_step = node.table().is_some_and(|table| table.get("from").is_some() && table.get("is").is_some());
        if !matches!(node.value, Value::Array(_)) && !is_step {
            return (self.number_of(node, KeyId::Required, prefix), None);
        }
        if !self.is_list_of_tables(node, example) {
            return (None, None);
        }
        let tables = self.tables(node, "required");
        if self.is_empty_list(node, example) || self.too_many(node) {
            return (None, None);
        }
        let mut steps = Vec::new();
        for (i, (table, header)) in tables.into_iter().enumerate() {
            self.only(table, &keys::STEP);
            let key = format!("{}.{}", KeyId::Required.below(prefix), i + 1);
            let from = self.needed(table, header, "from", "`from = \"2026-05-01 12:00\"`: from when");
            let from = from.and_then(|node| self.instant(node, &format!("{key}.from")));
            let is = self.needed(table, header, "is", "`is = 0.5`: the chance then");
            let is = is.and_then(|node| self.number(node, Domain::Rate, &format!("{key}.is")));
            steps.extend(from.zip(is));
        }
        (steps.last().map(|step| step.1.clone()), Some(steps))
    }

    /// One of a few words.
    pub(super) fn choice(&mut self, node: &Node, what: &str, words: &[&'static str]) -> Option<&'static str> {
        let found = node.text().and_then(|text| words.iter().find(|word| **word == text).copied());
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        if node.text().is_none() {
            self.wrong_type(node, &quoted.join(" or "), format!("write {what} = {}", quoted[0]));
        } else if found.is_none() {
            let message = format!("unknown `{what}`: {}", node.text().unwrap_or_default());
            let help = match node.text().and_then(|text| keys::nearest(text, words)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write {}", quoted.join(" or ")),
            };
            self.report(Finding::new(FindingCode::UnknownChoice, message, node.span.clone()).help(help));
        }
        found
    }

    /// `[[checkpoint]]`.
    pub(super) fn checkpoints(&mut self, root: &TomlTable) -> Vec<CheckpointDraft> {
        let Some(node) = root.get("checkpoint") else { return Vec::new() };
        let (mut checkpoints, mut ids) = (Vec::new(), Vec::new());
        for (table, header) in self.tables(node, "checkpoint") {
            self.only(table, &keys::CHECKPOINT);
            let name = self.needed(table, header, "name", "`name = \"After a week\"`").and_then(|node| self.text(node));
            let name = name.unwrap_or_default();
            let id = table.get("id").and_then(|node| self.text(node)).unwrap_or_else(|| keys::slug(&name));
            let at = self.clocked_time(table, header, &format!("checkpoint.{id}.at"));
            let tolerance = table.get("tolerance").and_then(|node| self.whole(node, 0, MOST_ORGS));
            ids.push((id, super::read_events::id_place(table, header)));
            checkpoints.push(CheckpointDraft { name, at, tolerance });
        }
        self.unique(ids.iter().map(|(id, span)| (Some(id.as_str()), span.clone())).collect(), "checkpoint");
        checkpoints
    }

    /// `[guard]`.
    pub(super) fn guard(&mut self, root: &TomlTable, events: &[EventDraft]) -> Option<GuardDraft> {
        let node = root.get("guard")?;
        let table = self.table(node, "[guard]")?;
        self.only(table, &keys::GUARD);
        let event = self.needed(table, &node.span, "event", "`event = \"pkce\"`: which event is watched");
        let event = event.and_then(|node| self.event_of(node, events));
        let checks = self.needed(table, &node.span, "checks", "`checks = [\"2026-05-02 09:00\"]`: when somebody looks");
        let checks = checks.and_then(|node| self.guard_checks(node));
        let stop = self.needed(table, &node.span, "stop", "`stop = \"failed > 20\"`: what stops it");
        let limit = stop.and_then(|node| self.guard_limit(node));
        let delay = table.get("delay").and_then(|node| self.number(node, super::domain::DELAY, "guard.delay"));
        let lifts = table.get("then").and_then(|node| self.choice(node, "then", &["halt", "lift"])) == Some("lift");
        Some(GuardDraft { event: event?, checks: checks?, limit: limit?, delay, lifts })
    }

    fn event_of(&mut self, node: &Node, events: &[EventDraft]) -> Option<usize> {
        let id = self.text(node)?;
        let place = events.iter().position(|event| event.id.as_deref() == Some(&id));
        if place.is_none() {
            let known: Vec<&str> = events.iter().filter_map(|event| event.id.as_deref()).collect();
            self.unknown_id(&id, &node.span, "event", &known);
        }
        place
    }

    fn guard_checks(&mut self, node: &Node) -> Option<ChecksDraft> {
        let key = "guard.checks";
        if let Value::Table(table) = &node.value {
            self.only(table, &keys::CHECKS);
            let from = self.needed(table, &node.span, "from", "`from = \"2026-05-02 09:00\"`: the first look");
            let from = from.and_then(|node| self.instant(node, &format!("{key}.from")));
            let to = self.needed(table, &node.span, "to", "`to = \"2026-05-04 09:00\"`: no look is later");
            let to = to.and_then(|node| self.instant(node, &format!("{key}.to")));
            let every = self.needed(table, &node.span, "every", "`every = \"24h\"`: from one look to the next");
            let every = every.and_then(|node| self.plain(node, LENGTH));
            return Some(ChecksDraft::Every(from?, to?, every?));
        }
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "a list of times", "write checks = [\"2026-05-02 09:00\"]");
            return None;
        };
        if self.is_empty_list(node, "checks = [\"2026-05-02 09:00\"]") || self.too_many(node) {
            return None;
        }
        let checks: Vec<_> =
            items.iter().enumerate().map(|(i, item)| self.instant(item, &format!("{key}.{}", i + 1))).collect();
        checks.into_iter().collect::<Option<Vec<_>>>().map(ChecksDraft::Listed)
    }

    /// `failed > 20` or `failed > 1 %`.
    fn guard_limit(&mut self, node: &Node) -> Option<GuardLimit> {
        let text = self.text(node)?;
        let number = text.trim().strip_prefix("failed").map(str::trim_start).and_then(|rest| rest.strip_prefix('>'));
        let read = number.map(str::trim).and_then(|number| match number.strip_suffix('%') {
            Some(percent) => {
                let percent: f64 = percent.trim().parse().ok()?;
                (0.0..=100.0).contains(&percent).then_some(GuardLimit::Share(percent / 100.0))
            }
            None => {
                let orgs: f64 = number.replace(['_', ','], "").parse().ok()?;
                (orgs >= 0.0 && orgs.is_finite()).then_some(GuardLimit::Orgs(orgs))
            }
        });
        if read.is_none() {
            let message = format!("`{text}` does not say what stops the rollout");
            let finding = Finding::new(FindingCode::BadGuard, message, node.span.clone());
            self.report(
                finding.help("write \"failed > 20\" for orgs, or \"failed > 1 %\" for a share of those in force"),
            );
        }
        read
    }

    /// `at` and `clock` of a table.
    pub(super) fn clocked_time(
        &mut self,
        table: &TomlTable,
        header: &Span,
        key: &str,
    ) -> Option<super::draft::DeadlineDraft> {
        let clock = match table.get("clock").map(|node| (node, node.text())) {
            None | Some((_, Some("absolute"))) => Some(false),
            Some((_, Some("org-local"))) => Some(true),
            Some((node, text)) => {
                let message = format!("unknown clock `{}`", text.unwrap_or(node.value.kind()));
                let finding = Finding::new(FindingCode::UnknownChoice, message, node.span.clone());
                self.report(finding.help("write \"absolute\" (one instant) or \"org-local\" (each org's own clock)"));
                None
            }
        };
        let at = self.needed(table, header, "at", "`at = \"2026-05-04 09:00\"`")?;
        let at = match clock? {
            false => self.instant(at, key),
            true => {
                let value = self.number(at, Domain::LocalTime, key);
                value.map(|value| Placed { value, span: at.span.clone() })
            }
        };
        at.map(|at| super::draft::DeadlineDraft { at, org_local: clock == Some(true) })
    }
}
