//! From the tree to a draft: segments, with what they set themselves and what they inherit.

use super::domain::{Domain, MOST_ORGS};
use super::draft::{
    CheckDraft, ControlDraft, Draft, EventDraft, OwnInstant, PlaceDraft, ReconnectDraft, RecoveryDraft, SegmentDraft,
    Values,
};
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys::{self, KeyId};
use super::quantity::Number;
use super::read_events::{example_of, id_place, words, words_of};
use super::reader::{Placed, Reader};
use super::tree::{Span, TomlTable};
use crate::plan::Cause;
use crate::plan::units::group_count;
use crate::plan::zone::Tz;

/// Segments that a plan may have.
pub const MOST_SEGMENTS: usize = 1_000;

impl Reader<'_> {
    /// `[[segment]]`, each with what it inherits from `draft`.
    pub(super) fn segments(&mut self, root: &TomlTable, draft: &Draft) -> Vec<SegmentDraft> {
        let Some(node) = root.get("segment") else { return Vec::new() };
        let tables = self.tables(node, "segment");
        if tables.len() > MOST_SEGMENTS {
            let (found, most) = (group_count(tables.len() as u64), group_count(MOST_SEGMENTS as u64));
            let message = format!("{found} segments: there may be up to {most}");
            let finding = Finding::new(FindingCode::TooMany, message, tables[MOST_SEGMENTS].1.clone());
            let help =
                "put orgs that fare alike into one segment; what each org risks says `cutover orgs`, from an inventory";
            self.report(finding.help(help));
            return Vec::new();
        }
        let segments: Vec<_> = tables.iter().map(|(table, span)| self.segment(table, span, draft)).collect();
        let ids = segments.iter().zip(&tables).map(|(s, (table, span))| (s.id.as_deref(), id_place(table, span)));
        self.unique(ids.collect(), "segment");
        segments
    }

    fn segment(&mut self, table: &TomlTable, header: &Span, draft: &Draft) -> SegmentDraft {
        self.only(table, &keys::SEGMENT);
        let (id, name) = self.identity(table, header, "segment");
        let prefix = format!("segment.{}", id.as_deref().unwrap_or("?"));
        // An inventory says itself which orgs are whose.
        let orgs = table.get("orgs").and_then(|node| {
            let count = self.plain(node, Domain::Count(0, MOST_ORGS));
            count.map(|value| Placed { value, span: node.span.clone() })
        });
        if let (Some(orgs), Some(_)) = (&orgs, &draft.inventory) {
            let finding =
                Finding::new(FindingCode::NotUsed, "`orgs` is not used: there is an inventory", orgs.span.clone());
            self.warnings.push(finding.warning().help("leave `orgs` out"));
        }
        let share = match draft.inventory {
            Some(_) => table.get("share"),
            None if orgs.is_some() || table.get("orgs").is_some() => {
                if let Some(key) = table.key("share") {
                    let message = "a segment says `orgs` or `share`, not both";
                    let finding = Finding::new(FindingCode::OrgsAndShares, message, key.span.clone());
                    self.report(finding.help("leave one of them out"));
                }
                None
            }
            None => self.needed(table, header, "share", "`share = 0.3`: the part of all orgs that it holds"),
        };
        let share = share
            .and_then(|node| self.plain(node, Domain::Rate).map(|value| Placed { value, span: node.span.clone() }));
        let zone = match table.get("time_zone") {
            None => draft.zone,
            Some(node) => self.time_zone(node),
        };
        let factor = match table.get("uptake_factor") {
            None => Some(Number::Known(1.0)),
            Some(node) => self.number_of(node, KeyId::UptakeFactor, &prefix),
        };
        let uptake = table.get("uptake").and_then(|node| self.placed_number(node, KeyId::OwnUptake, &prefix));
        if let (Some(uptake), Some(key)) = (&uptake, table.key("uptake_factor")) {
            let message = "a segment has a rate of its own, or a factor of the scenario's: not both";
            let finding = Finding::new(FindingCode::BothRates, message, key.span.clone());
            self.report(finding.related(uptake.span.clone(), "its own rate").help("leave one of them out"));
        }
        let mut own = Vec::new();
        let values = self.own_values(table, &draft.values, &prefix, &mut own);
        let reconnect = self.own_reconnect(table, draft.reconnect.as_ref(), &prefix, &mut own);
        let mut instants: Vec<Option<OwnInstant>> = vec![None; draft.events.len()];
        let mut nudges: Vec<_> = draft.events.iter().map(|event| event.rollout.nudge.clone()).collect();
        let controls = self.own_controls(table, &draft.events, &prefix, (&mut instants, &mut nudges), &mut own);
        // A segment elsewhere has neither the holidays nor the country of the scenario; its week is the scenario's.
        let inherited = match (table.get("time_zone"), table.get("country")) {
            (None, None) => draft.place.clone(),
            _ => PlaceDraft { hours: draft.place.hours.clone(), ..PlaceDraft::default() },
        };
        let place = self.place(table, inherited);
        SegmentDraft {
            id,
            name,
            known: None,
            share,
            orgs,
            uptake,
            reconnect,
            instants,
            nudges,
            zone,
            place,
            factor,
            values,
            controls,
            own,
        }
    }

    fn own_values(
        &mut self,
        table: &TomlTable,
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
                values.last_refresh = self.law_of(node, KeyId::LastRefresh, prefix);
                let law = values.last_refresh.as_ref();
                own.extend(law.map(|law| (KeyId::LastRefresh.below(prefix), law.describe())));
            }
            if let Some(node) = table.get("connected") {
                values.connected = self.law_of(node, KeyId::Connected, prefix);
                let law = values.connected.as_ref();
                own.extend(law.map(|law| (KeyId::Connected.below(prefix), law.describe())));
            }
        }
        if let Some(node) = table.get("refresh")
            && let Some(table) = self.table(node, "`refresh.interval = ...`")
        {
            self.only(table, &keys::REFRESH);
            if let Some(node) = table.get("interval") {
                values.interval = self.law_of(node, KeyId::Interval, prefix);
                own.extend(values.interval.as_ref().map(|law| (KeyId::Interval.below(prefix), law.describe())));
            }
            if let Some(coverage) = table.get("heartbeat").and_then(|node| self.heartbeat(node, prefix)) {
                values.coverage = coverage;
                let key = KeyId::HeartbeatCoverage.below(prefix);
                own.extend(values.coverage.as_ref().map(|number| (key, words_of(number, KeyId::HeartbeatCoverage))));
            }
        }
        self.own_recovery(table, &mut values, prefix, own);
        values
    }

    /// Reports the keys of a segment's `population` other than `last_refresh`.
    fn only_ages(&mut self, table: &TomlTable) {
        let (ours, others): (Vec<_>, Vec<_>) = table
            .entries
            .iter()
            .cloned()
            .partition(|(k, _)| keys::SEGMENT_POPULATION.has(&k.name) || !keys::POPULATION.has(&k.name));
        self.only(&TomlTable { entries: ours }, &keys::SEGMENT_POPULATION);
        for (key, _) in others {
            let message = format!("a segment has no `{}` of its own", key.name);
            let help = "it may have its own `last_refresh`; how many orgs it holds is its `share` of all";
            self.report(Finding::new(FindingCode::UnknownKey, message, key.span).help(help));
        }
    }

    fn own_recovery(&mut self, table: &TomlTable, values: &mut Values, prefix: &str, own: &mut Vec<(String, String)>) {
        let Some(node) = table.get("recovery") else { return };
        let Some(table) = self.table(node, "`recovery.after = ...`") else { return };
        let needs_after = values.recovery.is_none();
        let inherited = values.recovery.clone().unwrap_or(RecoveryDraft { after: None, office_hours: false });
        let recovery = self.recovery_table(table, &node.span, inherited, prefix, needs_after);
        if table.get("after").is_some() {
            own.extend(recovery.after.as_ref().map(|law| (KeyId::RecoveryAfter.below(prefix), law.describe())));
        }
        if table.get("office_hours").is_some() {
            own.push((format!("{prefix}.recovery.office_hours"), recovery.office_hours.to_string()));
        }
        values.recovery = Some(recovery);
    }

    fn own_controls(
        &mut self,
        table: &TomlTable,
        events: &[EventDraft],
        prefix: &str,
        (instants, nudges): (&mut [Option<OwnInstant>], &mut [Option<Placed<Number>>]),
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
            let prefix = format!("{prefix}.event.{}", id.name);
            if let Some(node) = table.get("at") {
                let key = KeyId::EventAt.below(&prefix);
                let (instant, words) = match node.text() {
                    Some("never") => (Some(OwnInstant::Never), Some("never".to_owned())),
                    Some(word) if keys::nearest(word, &["never"]).is_some() => {
                        let message = format!("`{word}` is no time");
                        let finding = Finding::new(FindingCode::NotATime, message, node.span.clone());
                        self.report(finding.help("did you mean \"never\"?"));
                        (None, None)
                    }
                    _ => {
                        let instant = self.instant(node, &key);
                        let zone = self.zone.unwrap_or(Tz::UTC);
                        let words = instant.as_ref().map(|at| words(&at.value, Domain::Instant(zone)));
                        (instant.map(OwnInstant::At), words)
                    }
                };
                instants[at] = instant;
                own.extend(words.map(|words| (key, words)));
            }
            if let Some(node) = table.get("nudge") {
                nudges[at] = self.placed_number(node, KeyId::Nudge, &prefix);
                let words = nudges[at].as_ref().map(|nudge| words_of(&nudge.value, KeyId::Nudge));
                own.extend(words.map(|words| (KeyId::Nudge.below(&prefix), words)));
            }
            self.own_numbers(table, &mut controls[at], &prefix, &id.name, own);
        }
        controls
    }

    /// An id that nothing has.
    pub(super) fn unknown_id(&mut self, id: &str, span: &Span, what: &str, known: &[&str]) {
        let help = match keys::nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known ids: {}", keys::list(known)),
        };
        self.report(
            Finding::new(FindingCode::UnknownId, format!("no {what} has the id `{id}`"), span.clone()).help(help),
        );
    }

    /// A segment's own numbers of one event's controls.
    fn own_numbers(
        &mut self,
        table: &TomlTable,
        controls: &mut [ControlDraft],
        prefix: &str,
        id: &str,
        own: &mut Vec<(String, String)>,
    ) {
        for (key, node) in table.entries.iter().filter(|(key, _)| !matches!(key.name.as_str(), "at" | "nudge")) {
            let Some(control) = controls.iter_mut().find(|c| c.cause.key() == key.name) else {
                let mut switched: Vec<&str> = controls.iter().map(|c| c.cause.key()).collect();
                if keys::EVENT.has(&key.name) && !keys::OWN_CONTROLS.has(&key.name) {
                    let message = format!("a segment has no `{}` of its own", key.name);
                    let finding = Finding::new(FindingCode::UnknownKey, message, key.span.clone());
                    self.report(finding.help("it may have its own `at`, `nudge`, and numbers of the event's controls"));
                    continue;
                }
                switched.extend(["at", "nudge"]);
                let message = format!("event `{id}` has no control `{}`", key.name);
                let finding = Finding::new(FindingCode::UnknownControl, message, key.span.clone());
                self.report(finding.help(match keys::nearest(&key.name, &switched) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", keys::list(&switched)),
                }));
                continue;
            };
            let id = KeyId::of_control(control.cause);
            let Some(table) = self.table(node, &example_of(control.cause)) else { continue };
            self.only(table, keys::of_control(control.cause));
            if let Some(node) = table.get(id.facts().entry.name) {
                if control.cause == Cause::Reauthorization {
                    (control.number, control.check.steps) = self.required(node, prefix);
                } else {
                    control.number = self.number_of(node, id, prefix);
                }
                own.extend(control.number.as_ref().map(|number| (id.below(prefix), words_of(number, id))));
            }
            if let Some(node) = table.get("retroactive").filter(|_| control.cause.is_clock()) {
                control.retroactive = self.flag(node).unwrap_or(control.retroactive);
                let key = KeyId::retroactive_of(control.cause).below(prefix);
                own.push((key, control.retroactive.to_string()));
            }
            if let Some(node) = table.get("race").filter(|_| control.cause == Cause::TokenRotation) {
                control.race = self.number_of(node, KeyId::Race, prefix);
                let words = control.race.as_ref().map(|race| words_of(race, KeyId::Race));
                own.extend(words.map(|words| (KeyId::Race.below(prefix), words)));
            }
            if control.cause == Cause::Reauthorization {
                self.own_check(table, &mut control.check, prefix, own);
            }
        }
    }

    /// A segment's own numbers of a check: how it counts and when it bites are the event's.
    fn own_check(&mut self, table: &TomlTable, check: &mut CheckDraft, prefix: &str, own: &mut Vec<(String, String)>) {
        for name in ["counts_from", "bites", "repeat"] {
            if let Some(key) = table.key(name) {
                let message = format!("a segment has no `{name}` of its own");
                let help = "it may have its own `required`, `grace` and `warned`";
                self.report(Finding::new(FindingCode::UnknownKey, message, key.span.clone()).help(help));
            }
        }
        *check = self.check(table, prefix, check.clone());
        if table.get("grace").is_some() {
            let words = check.grace.as_ref().map(|grace| words_of(grace, KeyId::Grace));
            own.extend(words.map(|words| (KeyId::Grace.below(prefix), words)));
        }
        if table.get("warned").is_some() {
            let words = check.warned.as_ref().map(|warned| words_of(&warned.value, KeyId::Warned));
            own.extend(words.map(|words| (KeyId::Warned.below(prefix), words)));
        }
    }

    /// A segment's own window, on top of the scenario's.
    fn own_reconnect(
        &mut self,
        table: &TomlTable,
        inherited: Option<&ReconnectDraft>,
        prefix: &str,
        own: &mut Vec<(String, String)>,
    ) -> Option<ReconnectDraft> {
        let node = table.get("reconnect")?;
        let table = self.table(node, "`reconnect.opens = \"2026-05-01 14:00\"`")?;
        self.only(table, &keys::SEGMENT_RECONNECT);
        let Some(inherited) = inherited else {
            let message = "a segment has a window of its own only where the scenario has one";
            let finding = Finding::new(FindingCode::MissingKey, message, node.span.clone());
            self.report(finding.help("add [reconnect] with `opens`, `closes` and `uptake`"));
            return None;
        };
        let zone = self.zone.unwrap_or(Tz::UTC);
        let mut reconnect = inherited.clone();
        for (id, at) in [(KeyId::Opens, &mut reconnect.opens), (KeyId::Closes, &mut reconnect.closes)] {
            if let Some(node) = table.get(id.facts().entry.name) {
                *at = self.instant(node, &id.below(prefix));
                let words = at.as_ref().map(|at| words(&at.value, Domain::Instant(zone)));
                own.extend(words.map(|words| (id.below(prefix), words)));
            }
        }
        if let Some(node) = table.get("timing") {
            let key = KeyId::Timing.below(prefix);
            self.timing(node, &key, &mut reconnect);
            own.push((key, super::assumptions::timings_in_words(&reconnect)));
        }
        if let Some(node) = table.get("correlation") {
            reconnect.correlation = self.number_of(node, KeyId::Correlation, prefix);
            let words = reconnect.correlation.as_ref().map(|number| words_of(number, KeyId::Correlation));
            own.extend(words.map(|words| (KeyId::Correlation.below(prefix), words)));
        }
        Some(reconnect)
    }
}
