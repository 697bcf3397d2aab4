//! From the tree to a draft: the keys outside segments and events.

use super::assumptions::timing_in_words;
use super::domain::{DELAY, LENGTH};
use super::domain::{Domain, MOST_ORGS, MOST_RUNS};
use super::draft::{
    DeadlineDraft, Draft, PlaceDraft, ReconnectDraft, RecoveryDraft, TimingDraft, TimingReadings, UptakeDraft, Values,
};
use super::event_anchors::Anchors;
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::inventory::InventoryDraft;
use super::keys::{self, KeyId};
use super::quantity::UptakeWindow;
use super::quantity::{Form, Number, OpenLaw, QuantileDraw};
use super::reader::{Placed, Reader};
use super::tree::{Node, Span, TomlTable, Value};
use crate::plan::units::group_count;
use crate::stats::Law;

/// Default of `population.last_refresh`, hours.
const LAST_REFRESH: (f64, f64) = (1.0, 1400.0);
/// Default of `refresh.interval`, hours.
const INTERVAL: f64 = 1400.0;
/// Rates that may be compared.
pub const MOST_RATES: usize = 200;
/// Default of `runs`.
const DEFAULT_RUNS: u64 = 10_000;

/// Reads a scenario.
pub(super) fn read(reader: &mut Reader<'_>, root: &Node) -> Draft {
    let empty = TomlTable::default();
    let table = root.table().unwrap_or(&empty);
    let top = Span::file_start();
    reader.only(table, &keys::ROOT);
    // What is not known is told in the plan's own words.
    let wording = reader.wording(table);
    let _words = wording.enter();
    reader.anchors = Anchors::of(table);
    let title = reader.needed(table, &top, "title", "`title = \"...\"`").and_then(|node| reader.text(node));
    let zone = reader.needed(table, &top, "time_zone", "`time_zone = \"America/Los_Angeles\"`");
    reader.zone = zone.and_then(|node| reader.time_zone(node));
    let deadline = reader
        .needed(table, &top, "deadline", "`deadline = \"2026-05-04 09:00\"`")
        .and_then(|node| reader.deadline(node));
    let horizon = reader
        .needed(table, &top, "horizon", "`horizon = \"2026-06-30 00:00\"`: how far the curve is followed")
        .and_then(|node| reader.instant(node, "horizon"));
    let whole =
        |reader: &mut Reader<'_>, key: &str, low, high| table.get(key).and_then(|node| reader.whole(node, low, high));
    let (seed, runs) = (whole(reader, "seed", 0, u64::MAX), whole(reader, "runs", 1, MOST_RUNS));
    let tolerance = whole(reader, "tolerance", 0, MOST_ORGS);
    let allowed = reader.allowed(table);
    let (orgs, inventory, as_of, last_refresh, connected) = reader.population(table);
    let (interval, coverage) = reader.refresh(table);
    let recovery = reader.recovery(table);
    let place = reader.place(table, PlaceDraft::default());
    let values = Values { last_refresh, connected, interval, coverage, recovery };
    let events = reader.events(table);
    let milestones = reader.milestones(table);
    let checkpoints = reader.checkpoints(table);
    let guard = reader.guard(table, &events);
    let reconnect = reader.reconnect(table, as_of.as_ref());
    let mut draft = Draft {
        title,
        wording,
        zone: reader.zone,
        seed: seed.unwrap_or(1),
        runs: runs.unwrap_or(DEFAULT_RUNS),
        deadline,
        horizon,
        tolerance,
        allowed,
        orgs,
        inventory,
        as_of,
        place,
        values,
        events,
        milestones,
        checkpoints,
        guard,
        reconnect,
        segments: Vec::new(),
    };
    draft.segments = reader.segments(table, &draft);
    if draft.orgs.is_none() && draft.inventory.is_none() {
        let orgs: Option<Vec<f64>> = draft.segments.iter().map(|s| s.orgs.as_ref().map(|orgs| orgs.value)).collect();
        draft.orgs = orgs.filter(|orgs| !orgs.is_empty()).map(|orgs| Number::Known(orgs.iter().sum()));
    }
    draft
}

/// `orgs`, `inventory`, `as_of`, `last_refresh` and `connected` of `[population]`.
type PopulationDraft = (Option<Number>, Option<InventoryDraft>, Option<Placed<f64>>, Option<OpenLaw>, Option<OpenLaw>);

impl Reader<'_> {
    fn deadline(&mut self, node: &Node) -> Option<DeadlineDraft> {
        if let Value::Array(items) = &node.value {
            let help = match items.as_slice() {
                [one] => {
                    let it = one.text().map_or_else(|| "it".to_owned(), |text| format!("\"{text}\""));
                    format!("write {it} without the brackets")
                }
                _ => "keep the one that decides; show the others as [[milestone]]s, give each org its own clock by clock = \"org-local\", or make a \
                      scenario of each and hold them side by side: cutover compare"
                    .to_owned(),
            };
            let finding =
                Finding::new(FindingCode::WrongType, "a plan has one deadline, not a list of them", node.span.clone());
            self.report(finding.help(help));
            return None;
        }
        let law = |table: &TomlTable| table.entries.iter().any(|(k, _)| keys::is_law(&k.name));
        let Some(table) = node.table().filter(|t| !law(t)) else {
            return self.instant(node, "deadline").map(|at| DeadlineDraft { at, org_local: false });
        };
        self.only(table, &keys::DEADLINE);
        self.clocked_time(table, &node.span, "deadline.at")
    }

    fn population(&mut self, root: &TomlTable) -> PopulationDraft {
        let example = "a table:\n[population]\norgs = 2_500\nas_of = \"2026-04-24 12:00\"";
        let node = self.needed(root, &Span::file_start(), "population", example);
        let Some((header, table)) = node.and_then(|n| self.table(n, "[population]").map(|t| (&n.span, t))) else {
            return (None, None, None, None, None);
        };
        self.only(table, &keys::POPULATION);
        let inventory = self.inventory(table);
        // Segments may say how many they hold.
        let by_segments = || match root.get("segment").map(|node| &node.value) {
            Some(Value::Array(items)) => items.iter().any(|s| s.table().is_some_and(|t| t.get("orgs").is_some())),
            _ => false,
        };
        let orgs = match (table.get("orgs"), table.get("inventory")) {
            (None, Some(_)) => None,
            (None, None) if by_segments() => None,
            _ => self
                .needed(table, header, "orgs", "`orgs = 2_500`: how many there are")
                .and_then(|node| self.number_of(node, KeyId::Orgs, "")),
        };
        let as_of = self.needed(table, header, "as_of", "`as_of = \"2026-04-24 12:00\"`: when the ages are true");
        let as_of = as_of.and_then(|node| self.known_instant(node));
        let ages = match table.get("last_refresh") {
            None => Some(default_law(Law::Uniform { min: LAST_REFRESH.0, max: LAST_REFRESH.1 }, DELAY)),
            Some(node) => self.law_of(node, KeyId::LastRefresh, ""),
        };
        let connected = table.get("connected").and_then(|node| self.law_of(node, KeyId::Connected, ""));
        (orgs, inventory, as_of, ages, connected)
    }

    /// An instant that no law may give: hours are counted from it.
    fn known_instant(&mut self, node: &Node) -> Option<Placed<f64>> {
        let value = self.plain(node, Domain::Instant(self.zone.unwrap_or(crate::plan::zone::Tz::UTC)))?;
        self.zone.map(|_| Placed { value, span: node.span.clone() })
    }

    fn refresh(&mut self, root: &TomlTable) -> (Option<OpenLaw>, Option<Number>) {
        let default = default_law(Law::Fixed(INTERVAL), LENGTH);
        let Some(node) = root.get("refresh") else { return (Some(default), Some(Number::Known(1.0))) };
        let Some(table) = self.table(node, "[refresh]") else { return (None, None) };
        self.only(table, &keys::REFRESH);
        let interval = match table.get("interval") {
            None => Some(default),
            Some(node) => self.law_of(node, KeyId::Interval, ""),
        };
        let coverage = match table.get("heartbeat") {
            None => Some(Number::Known(1.0)),
            Some(node) => self.heartbeat(node, "").unwrap_or(Some(Number::Known(1.0))),
        };
        (interval, coverage)
    }

    /// The coverage of a heartbeat; the outer `None` when it says nothing of it.
    pub(super) fn heartbeat(&mut self, node: &Node, prefix: &str) -> Option<Option<Number>> {
        let Some(table) = self.table(node, "`heartbeat = { coverage = 1.0 }`") else { return Some(None) };
        self.only(table, &keys::HEARTBEAT);
        table.get("coverage").map(|node| self.number_of(node, KeyId::HeartbeatCoverage, prefix))
    }

    fn recovery(&mut self, root: &TomlTable) -> Option<RecoveryDraft> {
        let node = root.get("recovery")?;
        let absent = RecoveryDraft { after: None, office_hours: false };
        let Some(table) = self.table(node, "[recovery]") else { return Some(absent) };
        Some(self.recovery_table(table, &node.span, absent, "", true))
    }

    /// `[recovery]`, starting from what is inherited.
    pub(super) fn recovery_table(
        &mut self,
        table: &TomlTable,
        header: &Span,
        inherited: RecoveryDraft,
        prefix: &str,
        needs_after: bool,
    ) -> RecoveryDraft {
        self.only(table, &keys::RECOVERY);
        let example = "`after = { lognormal = { median = \"6h\", sigma = 1.0 } }`: how long an org stays down";
        let after = match (table.get("after"), needs_after) {
            (None, true) => self.needed(table, header, "after", example).and(None),
            (None, false) => inherited.after,
            (Some(node), _) => self.law_of(node, KeyId::RecoveryAfter, prefix),
        };
        let office_hours = table.get("office_hours").and_then(|node| self.flag(node));
        RecoveryDraft { after, office_hours: office_hours.unwrap_or(inherited.office_hours) }
    }

    fn reconnect(&mut self, root: &TomlTable, as_of: Option<&Placed<f64>>) -> Option<ReconnectDraft> {
        let node = root.get("reconnect")?;
        let table = self.table(node, "[reconnect]")?;
        self.only(table, &keys::RECONNECT);
        let opens = self.needed(table, &node.span, "opens", "`opens = \"2026-05-01 13:00\"`");
        let opens = opens.and_then(|node| self.instant(node, &KeyId::Opens.below("")));
        let closes = self.needed(table, &node.span, "closes", "`closes = \"2026-05-03 24:00\"`");
        let closes = closes.and_then(|node| self.instant(node, &KeyId::Closes.below("")));
        let uptake = self.needed(table, &node.span, "uptake", "`uptake = [0.0, 0.5, 1.0]`: the rates to compare");
        self.uptake_window = UptakeWindow::read(opens.as_ref(), closes.as_ref(), as_of);
        let uptakes = uptake.map(|node| self.uptakes(node)).unwrap_or_default();
        self.uptake_window = UptakeWindow::Elsewhere;
        let mut found = ReconnectDraft { opens, closes, uptakes, ..ReconnectDraft::default() };
        if let Some(node) = table.get("timing") {
            self.timing(node, &KeyId::Timing.below(""), &mut found);
        }
        let correlation = table.get("correlation");
        found.correlation = correlation.and_then(|node| self.number_of(node, KeyId::Correlation, ""));
        Some(found)
    }

    fn uptakes(&mut self, node: &Node) -> Vec<UptakeDraft> {
        let items = match &node.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if items.is_empty() {
            let finding = Finding::new(FindingCode::EmptyList, "no rate to compare", node.span.clone());
            self.report(finding.help("write at least one, such as `uptake = [0.0, 0.5, 1.0]`"));
        }
        if items.len() > MOST_RATES {
            let message = format!("{} rates: there may be up to {MOST_RATES}", group_count(items.len() as u64));
            let finding = Finding::new(FindingCode::TooMany, message, node.span.clone());
            self.report(finding.help("the report has a row for each; 101 rates are every percent from 0 to 100"));
            return Vec::new();
        }
        let mut uptakes = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let key = KeyId::Uptake.below("");
            let key = if items.len() == 1 { key } else { format!("{key}.{}", i + 1) };
            if let Some(number) = self.number(item, Domain::Rate, &key) {
                uptakes.push(UptakeDraft { number, echo: item.echo() });
            }
        }
        uptakes
    }

    /// `reconnect.timing`, or a segment's own, by its dotted key.
    pub(super) fn timing(&mut self, node: &Node, key: &str, into: &mut ReconnectDraft) {
        let readings = match &node.value {
            Value::Table(table) => table.get("one_of").map(|list| (table, list)),
            _ => None,
        };
        (into.timing, into.readings) = match readings {
            None => (self.one_timing(node, key), None),
            Some((table, list)) => match self.timing_readings(node, table, list, key) {
                Some(readings) => {
                    let at_median = QuantileDraw::CENTRE.reading(readings.slot, &readings.cumulative);
                    (readings.timings[at_median].clone(), Some(readings))
                }
                None => (TimingDraft::default(), None),
            },
        };
    }

    /// Timings of which one holds.
    fn timing_readings(&mut self, node: &Node, table: &TomlTable, list: &Node, key: &str) -> Option<TimingReadings> {
        const EXAMPLE: &str =
            "write it as in { one_of = [\"office-hours\", { half_life = \"10h\" }], weights = [3, 1] }";
        self.only(table, &keys::TIMING_READINGS);
        let slot = self.open_slot(&node.span, key);
        let Value::Array(items) = &list.value else {
            self.wrong_type(list, "a list of timings", EXAMPLE);
            return None;
        };
        if items.is_empty() {
            let finding = Finding::new(FindingCode::EmptyList, "this list is empty", list.span.clone());
            self.report(finding.help(EXAMPLE));
            return None;
        }
        let one = |(place, item): (usize, &Node)| self.one_timing(item, &format!("{key}.one_of.{}", place + 1));
        let timings: Vec<TimingDraft> = items.iter().enumerate().map(one).collect();
        let cumulative = self.weights(table.get("weights"), items.len())?;
        let words: Vec<String> = timings.iter().map(timing_in_words).collect();
        self.fill_slot_with(slot, format!("one of: {}", words.join("; ")), words, &cumulative);
        Some(TimingReadings { slot, cumulative, timings })
    }

    /// One timing, by its dotted key.
    fn one_timing(&mut self, node: &Node, key: &str) -> TimingDraft {
        const CHOICES: &str = "write \"uniform\", \"office-hours\", or { half_life = \"10h\", office_hours = true }";
        let office_hours = |office_hours| TimingDraft { office_hours, ..TimingDraft::default() };
        match &node.value {
            Value::String(text) if text == "uniform" => office_hours(false),
            Value::String(text) if text == "office-hours" => office_hours(true),
            Value::String(text) => {
                let help = match keys::nearest(text, &["uniform", "office-hours"]) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => CHOICES.to_owned(),
                };
                let message = format!("unknown timing `{text}`");
                self.report(Finding::new(FindingCode::UnknownChoice, message, node.span.clone()).help(help));
                TimingDraft::default()
            }
            Value::Table(table) => self.timing_table(table, &node.span, key),
            _ => {
                self.wrong_type(node, "\"uniform\", \"office-hours\" or a table", CHOICES);
                TimingDraft::default()
            }
        }
    }

    fn timing_table(&mut self, table: &TomlTable, header: &Span, key: &str) -> TimingDraft {
        self.only(table, &keys::TIMING);
        let office_hours = table.get("office_hours").and_then(|node| self.flag(node)).unwrap_or(false);
        if let Some(node) = table.get("curve") {
            for other in ["office_hours", "half_life", "reminders", "steady"] {
                if let Some(key) = table.key(other) {
                    let message = format!("`{other}` does not go with a curve");
                    let finding = Finding::new(FindingCode::BadCurve, message, key.span.clone());
                    self.report(finding.related(node.span.clone(), "the curve").help("leave one of them out"));
                }
            }
            return TimingDraft { curve: self.curve(node, key), ..TimingDraft::default() };
        }
        let example = match table.get("reminders") {
            Some(_) => "`half_life = \"18h\"`: what each reminder moves halves in that time",
            None => "`half_life = \"10h\"`; for office hours alone write timing = \"office-hours\"",
        };
        let half_life = self.needed(table, header, "half_life", example);
        let half_life = half_life.and_then(|node| self.number(node, LENGTH, &format!("{key}.half_life")));
        let reminders = table.get("reminders").map_or_else(Vec::new, |node| self.reminders(node, key));
        let steady = table.get("steady");
        if let (Some(node), None) = (steady, table.get("reminders")) {
            let finding =
                Finding::new(FindingCode::NeedsReminders, "`steady` stands beside reminders", node.span.clone());
            self.report(finding.help("add `reminders = [{ at = \"2026-05-02 09:00\" }]`, or leave `steady` out"));
        }
        let steady = steady.and_then(|node| self.plain(node, Domain::Factor)).unwrap_or(0.0);
        TimingDraft { half_life, office_hours, reminders, steady, curve: None }
    }

    fn reminders(&mut self, node: &Node, of: &str) -> Vec<(Placed<Number>, Number)> {
        let mut reminders = Vec::new();
        if !self.is_list_of_tables(node, "reminders = [{ at = \"2026-05-02 09:00\" }]") {
            return reminders;
        }
        for (i, (table, header)) in self.tables(node, "reminders").into_iter().enumerate() {
            self.only(table, &keys::REMINDER);
            let key = format!("{of}.reminders.{}", i + 1);
            let at = self.needed(table, header, "at", "`at = \"2026-05-02 09:00\"`: when it goes out");
            let at = at.and_then(|node| self.instant(node, &format!("{key}.at")));
            let weight = table
                .get("weight")
                .map_or(Some(Number::Known(1.0)), |node| self.number(node, Domain::Factor, &format!("{key}.weight")));
            reminders.extend(at.zip(weight));
        }
        reminders
    }

    /// Times, each with its share or count: a list of pairs, or a CSV file.
    fn curve(&mut self, node: &Node, key: &str) -> Option<Vec<(Placed<Number>, f64)>> {
        const EXAMPLE: &str = "write it as in [[\"2026-05-01 13:00\", 0.0], [\"2026-05-03 24:00\", 1.0]]";
        let bad =
            |message: String, span: &Span| Finding::new(FindingCode::BadCurve, message, span.clone()).help(EXAMPLE);
        let items = match &node.value {
            Value::Array(items) => items.clone(),
            Value::String(path) => self.curve_of_file(path, node)?,
            _ => {
                self.wrong_type(node, "a list of pairs or the name of a CSV file", EXAMPLE);
                return None;
            }
        };
        if items.is_empty() {
            self.report(bad("this curve is empty".to_owned(), &node.span));
            return None;
        }
        let mut points = Some(Vec::new());
        for (i, item) in items.iter().enumerate() {
            let pair = if let Value::Array(pair) = &item.value { &pair[..] } else { &[] };
            let [at, share] = pair else {
                self.report(bad("a point of the curve is a time and a share".to_owned(), &item.span));
                points = None;
                continue;
            };
            let at = self.instant(at, &format!("{key}.curve.{}", i + 1));
            let share = match share.value {
                Value::Integer(n) if n >= 0 => Some(n as f64),
                Value::Float(x) if x.is_finite() && x >= 0.0 => Some(x),
                _ => {
                    self.report(bad("a share or count is a number from 0 on".to_owned(), &share.span));
                    None
                }
            };
            // All points are read, so that all faults are told.
            points = points.zip(at.zip(share)).map(|(mut points, point)| {
                points.push(point);
                points
            });
        }
        points
    }

    /// The pairs of a CSV file with the columns `at` and `share`, as if they stood in the scenario.
    fn curve_of_file(&mut self, path: &str, node: &Node) -> Option<Vec<Node>> {
        let fault = |message: String| {
            let finding = Finding::new(FindingCode::BadCurve, format!("{path}: {message}"), node.span.clone());
            finding.help("name a CSV file with the columns `at` and `share`, by its path from the scenario's folder")
        };
        let text = match (self.read_file)(std::path::Path::new(path)) {
            Ok(text) => text,
            Err(why) => {
                self.report(fault(why));
                return None;
            }
        };
        let mut rows = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
        let header = rows.next().map_or_else(Vec::new, super::csv::cells);
        let place = |name: &str| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
        let (Some(at), Some(share)) = (place("at"), place("share")) else {
            self.report(fault("it has no columns `at` and `share`".to_owned()));
            return None;
        };
        let span = || node.span.clone();
        let mut points = Vec::new();
        for (row, line) in rows.enumerate() {
            let cells = super::csv::cells(line);
            let number = cells.get(share).and_then(|cell| cell.trim().parse::<f64>().ok());
            let (Some(at), Some(number)) = (cells.get(at), number) else {
                self.report(fault(format!("row {} has no time and number", row + 2)));
                return None;
            };
            let at = Node { span: span(), value: Value::String(at.trim().to_owned()) };
            let share = Node { span: span(), value: Value::Float(number) };
            points.push(Node { span: span(), value: Value::Array(vec![at, share]) });
        }
        Some(points)
    }
}

/// A law that the scenario does not write.
fn default_law(law: Law, domain: Domain) -> OpenLaw {
    OpenLaw { span: Span::file_start(), domain, form: Form::Known(law) }
}
