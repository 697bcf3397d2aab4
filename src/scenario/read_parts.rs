//! From the tree to a draft: events with their controls, milestones, and segments with what they set themselves.

use chrono_tz::Tz;

use super::draft::{ControlDraft, Draft, EventDraft, RecoveryDraft, SegmentDraft, Values};
use super::finding::Finding;
use super::keys;
use super::quantity::{Domain, Number};
use super::read_plan::{DELAY, LENGTH};
use super::reader::{Placed, Reader};
use super::tree::{Node, Span, Table};
use crate::plan::{Cause, units};

/// The number of a control: its key, what it means, its default, and an example of the control.
fn number_of(cause: Cause) -> (&'static str, Domain, Option<f64>, &'static str) {
    match cause {
        Cause::Reauthorization => ("required", Domain::Rate, Some(1.0), "`reauthorization = { required = 1.0 }`"),
        Cause::StaticIp => ("mismatch", Domain::Rate, Some(0.0), "`static_ip = { mismatch = 0.0 }`"),
        Cause::TokenRotation => ("lost_token", Domain::Rate, Some(0.0), "`token_rotation = { lost_token = 0.0 }`"),
        Cause::IdleTimeout => ("after", LENGTH, None, "`idle_timeout = { after = \"30d\", retroactive = false }`"),
    }
}

/// The keys of a control.
fn keys_of(cause: Cause) -> &'static [&'static str] {
    match cause {
        Cause::Reauthorization => &["required"],
        Cause::StaticIp => &["mismatch"],
        Cause::TokenRotation => &["lost_token"],
        Cause::IdleTimeout => &["after", "retroactive"],
    }
}

impl Reader<'_> {
    /// `[[event]]`.
    pub fn events(&mut self, root: &Table) -> Vec<EventDraft> {
        let example = "at least one event:\n[[event]]\nid = \"pkce\"\nat = \"2026-05-01 12:00\"\nreauthorization = { required = 1.0 }";
        let Some(node) = self.needed(root, &Span::file_start(), "event", example) else { return Vec::new() };
        let tables = self.tables(node, "event");
        if tables.is_empty() && matches!(&node.value, super::tree::Value::Array(items) if items.is_empty()) {
            let finding = Finding::new("empty-list", "a scenario needs at least one event", node.span.clone());
            self.report(finding.help(format!("add {example}")));
        }
        let events: Vec<_> = tables.iter().map(|(table, span)| self.event(table, span)).collect();
        let ids = events.iter().zip(&tables).map(|(e, (table, span))| (e.id.as_deref(), id_place(table, span)));
        self.unique(ids.collect(), "event");
        events
    }

    fn event(&mut self, table: &Table, header: &Span) -> EventDraft {
        self.only(table, keys::EVENT);
        let (id, name) = self.identity(table, header, "event");
        let key = |rest: &str| format!("event.{}.{rest}", id.as_deref().unwrap_or("?"));
        let at = self.needed(table, header, "at", "`at = \"2026-05-01 12:00\"`");
        let at = at.and_then(|node| self.instant(node, &key("at")));
        let mut controls = Vec::new();
        for cause in Cause::ALL {
            if let Some(node) = table.get(cause.key()) {
                controls.push(self.control(node, cause, &key(cause.key())));
            }
        }
        // A misspelt control is reported as an unknown key already.
        let misspelt =
            table.entries.iter().any(|(k, v)| v.table().is_some() && !keys::EVENT.contains(&k.name.as_str()));
        if controls.is_empty() && !misspelt {
            let finding = Finding::new("no-control", "this event switches nothing on", header.clone());
            self.report(finding.help(
                "add `reauthorization`, `static_ip`, `token_rotation` or `idle_timeout`; a mere date is a [[milestone]]",
            ));
        }
        EventDraft { id, name, at, controls }
    }

    fn control(&mut self, node: &Node, cause: Cause, key: &str) -> ControlDraft {
        let (number_key, domain, default, example) = number_of(cause);
        let absent = ControlDraft { cause, number: None, retroactive: false };
        let Some(table) = self.table(node, example) else { return absent };
        self.only(table, keys_of(cause));
        let number = match (table.get(number_key), default) {
            (Some(node), _) => self.number(node, domain, &format!("{key}.{number_key}")),
            (None, Some(default)) => Some(Number::Known(default)),
            (None, None) => self.needed(table, &node.span, number_key, example).and(None),
        };
        let retroactive = table.get("retroactive").filter(|_| cause == Cause::IdleTimeout);
        ControlDraft { number, retroactive: retroactive.and_then(|n| self.flag(n)).unwrap_or(false), ..absent }
    }

    /// Id and name of an event or a segment; either may stand for the other.
    fn identity(&mut self, table: &Table, header: &Span, what: &str) -> (Option<String>, String) {
        let id = table.get("id").map(|node| (self.text(node), node));
        let name = table.get("name").map(|node| self.text(node));
        let near =
            |key: &str| table.entries.iter().any(|(k, _)| k.name != key && keys::nearest(&k.name, &[key]).is_some());
        let id = match (id, &name) {
            (Some((Some(id), node)), _) if !keys::is_id(&id) => {
                let message = format!("`{id}` can't be an id");
                let finding = Finding::new("bad-id", message, node.span.clone());
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
                    let finding = Finding::new("missing-key", format!("this {what} has no id"), header.clone());
                    self.report(finding.help(format!("add `id = \"{}\"`", suggested("", what))));
                }
                None
            }
        };
        let name = name.flatten().or_else(|| id.clone()).unwrap_or_default();
        (id, name)
    }

    /// Reports ids that are used twice.
    fn unique(&mut self, ids: Vec<(Option<&str>, Span)>, what: &str) {
        for (i, (id, span)) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            if let Some((_, first)) = ids[..i].iter().find(|(other, _)| *other == Some(*id)) {
                let message = format!("two {what}s have the id `{id}`");
                let finding = Finding::new("duplicate-id", message, span.clone()).label("second");
                self.report(finding.related(first.clone(), "first").help("give one of them another `id`"));
            }
        }
    }

    /// `[[milestone]]`.
    pub fn milestones(&mut self, root: &Table) -> Vec<(String, Option<Placed<Number>>)> {
        let Some(node) = root.get("milestone") else { return Vec::new() };
        let mut milestones = Vec::new();
        for (table, header) in self.tables(node, "milestone") {
            self.only(table, keys::MILESTONE);
            let name = self.needed(table, header, "name", "`name = \"...\"`").and_then(|node| self.text(node));
            let name = name.unwrap_or_default();
            let at = self.needed(table, header, "at", "`at = \"2026-05-11 00:00\"`");
            let id = table.get("id").and_then(|node| self.text(node)).unwrap_or_else(|| keys::slug(&name));
            milestones.push((name, at.and_then(|node| self.instant(node, &format!("milestone.{id}.at")))));
        }
        milestones
    }

    /// `[[segment]]`, each with what it inherits from `draft`.
    pub fn segments(&mut self, root: &Table, draft: &Draft) -> Vec<SegmentDraft> {
        let Some(node) = root.get("segment") else { return Vec::new() };
        let tables = self.tables(node, "segment");
        let segments: Vec<_> = tables.iter().map(|(table, span)| self.segment(table, span, draft)).collect();
        let ids = segments.iter().zip(&tables).map(|(s, (table, span))| (s.id.as_deref(), id_place(table, span)));
        self.unique(ids.collect(), "segment");
        segments
    }

    fn segment(&mut self, table: &Table, header: &Span, draft: &Draft) -> SegmentDraft {
        self.only(table, keys::SEGMENT);
        let (id, name) = self.identity(table, header, "segment");
        let prefix = format!("segment.{}", id.as_deref().unwrap_or("?"));
        let share = self.needed(table, header, "share", "`share = 0.3`: the part of all orgs that it holds");
        let share = share
            .and_then(|node| self.plain(node, Domain::Rate).map(|value| Placed { value, span: node.span.clone() }));
        let zone = match table.get("time_zone") {
            None => draft.zone,
            Some(node) => self.time_zone(node),
        };
        let factor = match table.get("uptake_factor") {
            None => Some(Number::Known(1.0)),
            Some(node) => self.number(node, Domain::Factor, &format!("{prefix}.uptake_factor")),
        };
        let mut own = Vec::new();
        let values = self.own_values(table, &draft.values, &prefix, &mut own);
        let controls = self.own_controls(table, &draft.events, &prefix, &mut own);
        let holidays = table.get("holidays").map(|node| self.days(node)).unwrap_or_default();
        SegmentDraft { id, name, share, zone, holidays, factor, values, controls, own }
    }

    fn own_values(
        &mut self,
        table: &Table,
        inherited: &Values,
        prefix: &str,
        own: &mut Vec<(String, String)>,
    ) -> Values {
        let mut values = inherited.clone();
        if let Some(node) = table.get("population")
            && let Some(table) = self.table(node, "`population.last_refresh = ...`")
        {
            self.only_ages(table);
            if let Some(node) = table.get("last_refresh") {
                let key = format!("{prefix}.population.last_refresh");
                values.last_refresh = self.law(node, DELAY, &key);
                own.extend(values.last_refresh.as_ref().map(|law| (key, law.describe())));
            }
        }
        if let Some(node) = table.get("refresh")
            && let Some(table) = self.table(node, "`refresh.interval = ...`")
        {
            self.only(table, keys::REFRESH);
            if let Some(node) = table.get("interval") {
                let key = format!("{prefix}.refresh.interval");
                values.interval = self.law(node, LENGTH, &key);
                own.extend(values.interval.as_ref().map(|law| (key, law.describe())));
            }
            let key = format!("{prefix}.refresh.heartbeat.coverage");
            if let Some(coverage) = table.get("heartbeat").and_then(|node| self.heartbeat(node, &key)) {
                values.coverage = coverage;
                own.extend(values.coverage.as_ref().map(|number| (key, words(number, Domain::Rate))));
            }
        }
        self.own_recovery(table, &mut values, prefix, own);
        values
    }

    /// Reports the keys of a segment's `population` other than `last_refresh`.
    fn only_ages(&mut self, table: &Table) {
        let (ours, others): (Vec<_>, Vec<_>) = table
            .entries
            .iter()
            .cloned()
            .partition(|(k, _)| k.name == "last_refresh" || !keys::POPULATION.contains(&k.name.as_str()));
        self.only(&Table { entries: ours }, &["last_refresh"]);
        for (key, _) in others {
            let message = format!("a segment has no `{}` of its own", key.name);
            let help = "it may have its own `last_refresh`; how many orgs it holds is its `share` of all";
            self.report(Finding::new("unknown-key", message, key.span).help(help));
        }
    }

    fn own_recovery(&mut self, table: &Table, values: &mut Values, prefix: &str, own: &mut Vec<(String, String)>) {
        let Some(node) = table.get("recovery") else { return };
        let Some(table) = self.table(node, "`recovery.after = ...`") else { return };
        let key = format!("{prefix}.recovery.after");
        let needs_after = values.recovery.is_none();
        let inherited = values.recovery.clone().unwrap_or(RecoveryDraft { after: None, office_hours: false });
        let recovery = self.recovery_table(table, &node.span, inherited, &key, needs_after);
        if table.get("after").is_some() {
            own.extend(recovery.after.as_ref().map(|law| (key, law.describe())));
        }
        if table.get("office_hours").is_some() {
            own.push((format!("{prefix}.recovery.office_hours"), recovery.office_hours.to_string()));
        }
        values.recovery = Some(recovery);
    }

    fn own_controls(
        &mut self,
        table: &Table,
        events: &[EventDraft],
        prefix: &str,
        own: &mut Vec<(String, String)>,
    ) -> Vec<Vec<ControlDraft>> {
        let mut controls: Vec<Vec<ControlDraft>> = events.iter().map(|e| e.controls.clone()).collect();
        let Some(node) = table.get("event") else { return controls };
        let Some(table) = self.table(node, "`event.pkce.reauthorization.required = 0.9`") else { return controls };
        for (id, node) in &table.entries {
            let Some(at) = events.iter().position(|e| e.id.as_deref() == Some(&id.name)) else {
                // While an event's own id is faulty, this one may be it.
                if events.iter().all(|e| e.id.is_some()) && !events.is_empty() {
                    let known: Vec<&str> = events.iter().filter_map(|e| e.id.as_deref()).collect();
                    self.unknown_id(&id.name, &id.span, "event", &known);
                }
                continue;
            };
            let example = format!("`event.{}.reauthorization.required = 0.9`", id.name);
            let Some(table) = self.table(node, &example) else { continue };
            self.own_numbers(table, &mut controls[at], &format!("{prefix}.event.{}", id.name), &id.name, own);
        }
        controls
    }

    /// An id that nothing has.
    fn unknown_id(&mut self, id: &str, span: &Span, what: &str, known: &[&str]) {
        let help = match keys::nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known ids: {}", keys::list(known)),
        };
        self.report(Finding::new("unknown-id", format!("no {what} has the id `{id}`"), span.clone()).help(help));
    }

    /// A segment's own numbers of one event's controls.
    fn own_numbers(
        &mut self,
        table: &Table,
        controls: &mut [ControlDraft],
        prefix: &str,
        id: &str,
        own: &mut Vec<(String, String)>,
    ) {
        for (key, node) in &table.entries {
            let Some(control) = controls.iter_mut().find(|c| c.cause.key() == key.name) else {
                let switched: Vec<&str> = controls.iter().map(|c| c.cause.key()).collect();
                let message = format!("event `{id}` has no control `{}`", key.name);
                let finding = Finding::new("unknown-control", message, key.span.clone());
                self.report(finding.help(match keys::nearest(&key.name, &switched) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it switches on {}", keys::list(&switched)),
                }));
                continue;
            };
            let (number_key, domain, _, example) = number_of(control.cause);
            let Some(table) = self.table(node, example) else { continue };
            self.only(table, keys_of(control.cause));
            let prefix = format!("{prefix}.{}", key.name);
            if let Some(node) = table.get(number_key) {
                let key = format!("{prefix}.{number_key}");
                control.number = self.number(node, domain, &key);
                own.extend(control.number.as_ref().map(|number| (key, words(number, domain))));
            }
            if let Some(node) = table.get("retroactive").filter(|_| control.cause == Cause::IdleTimeout) {
                control.retroactive = self.flag(node).unwrap_or(control.retroactive);
                own.push((format!("{prefix}.retroactive"), control.retroactive.to_string()));
            }
        }
    }
}

/// A number in words: its value, or that it is not known and its law.
pub fn words(number: &Number, domain: Domain) -> String {
    match number {
        Number::Known(value) => domain.show(*value),
        Number::Drawn { law, .. } => format!("not known: {}", law.describe()),
    }
}

/// How many orgs, in words.
pub fn orgs_in_words(number: &Number) -> String {
    match number {
        Number::Known(orgs) => units::orgs(orgs.round() as u64),
        other => words(other, Domain::Count(0, u64::MAX)),
    }
}

fn id_place(table: &Table, header: &Span) -> Span {
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
pub fn zone_in_words(zone: Option<Tz>) -> String {
    zone.map_or_else(String::new, |z| z.name().to_owned())
}
