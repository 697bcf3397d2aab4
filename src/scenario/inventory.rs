//! The inventory that a scenario names: what it asks of whoever reads it, and how the orgs that come back become segments. It opens no
//! file and knows no format.

use super::finding_code::FindingCode;
pub(crate) use super::inventory_draft::{ColumnForm, Duplicates, InventoryDraft};
use crate::plan::wording::ORGS;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::plan::zone::Tz;
use chrono::{DateTime, Utc};

use super::domain::DELAY;
use super::domain::{Domain, MOST_ORGS, instant};
use super::draft::{Draft, OwnInstant, PlaceDraft, SegmentDraft};
use super::finding::Finding;
use super::instant::InstantForm;
use super::keys;
use super::quantity::{Form, Number, OpenLaw};
use super::reader::{Placed, Reader};
use super::tree::{Node, TomlTable};
use crate::plan::{KnownOrgs, units, wave_ends};
use crate::stats::Law;

/// The columns that an inventory may have, in the order of the documentation.
pub(crate) const COLUMNS: [&str; 12] = [
    "org_id",
    "orgs",
    "last_refresh_at",
    "time_zone",
    "segment",
    "weight",
    "reconnected_at",
    "failed_at",
    "connected_at",
    "place",
    "exempt",
    "contact",
];

/// Those of them that hold instants.
pub(crate) const INSTANT_COLUMNS: [&str; 4] = ["last_refresh_at", "reconnected_at", "failed_at", "connected_at"];

/// The words of [`Duplicates`] in a scenario.
pub(crate) const DUPLICATES: [&str; 3] = ["latest", "earliest", "any-connection"];

/// What a scenario asks of its inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct InventoryRequest {
    /// Where the file is, relative to the scenario.
    pub path: PathBuf,
    /// Columns that the file calls or writes otherwise: one of `COLUMNS`, and how the file has it.
    pub columns: Vec<(&'static str, ColumnForm)>,
    /// What several rows of one org mean.
    pub duplicates: Duplicates,
    /// The scenario's zone, for examples of how to mend a file.
    pub zone: Option<Tz>,
    /// When the ages are true; nothing in the file may be later.
    pub as_of: DateTime<Utc>,
    /// The ids of the scenario's segments.
    pub segments: Vec<String>,
    /// Whether the plan looks at when connections were made and reconnected. Where it does not, orgs that differ in nothing else are alike.
    pub connections: bool,
    /// Where the plan's waves end on the line of all orgs, ascending, above 0; empty where it has no waves and asks for no place.
    pub wave_ends: Vec<f64>,
    /// How many waves may be named by their number, `wave 2`; 0 where several events come in waves, and a number would tell too little.
    pub waves: usize,
}

impl InventoryRequest {
    /// The file's name for a column.
    pub fn name_of<'a>(&'a self, column: &'a str) -> &'a str {
        self.form_of(column).and_then(|form| form.name.as_deref()).unwrap_or(column)
    }

    /// How the file has a column, where the scenario says so.
    pub fn form_of(&self, column: &str) -> Option<&ColumnForm> {
        self.columns.iter().find(|(ours, _)| *ours == column).map(|(_, form)| form)
    }
}

/// The known orgs of one segment in one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgGroup {
    /// Place among [`InventoryRequest::segments`]; `None` where the inventory names none.
    pub segment: Option<usize>,
    /// Their own zone; `None` where the inventory names none.
    pub time_zone: Option<Tz>,
    /// Whether no event ever comes into force for them.
    pub exempt: bool,
    /// The orgs; at least one.
    pub orgs: Arc<KnownOrgs>,
}

/// What an inventory holds, as far as a plan needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// By segment in the scenario's order, orgs of none last; then by the zone's name; then those that are exempt last. Each once; at
    /// least one.
    pub groups: Vec<OrgGroup>,
    /// What the reader of a report should know: how many rows there were, say.
    pub notes: Vec<String>,
    /// What the reader must know before the figures: that many rows were left out, say.
    pub warnings: Vec<String>,
}

/// Why an inventory can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryFault {
    /// A stable short name for the finding.
    pub code: FindingCode,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Which rows, a line each.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: String,
}

/// Reads the inventory that a scenario names.
pub type ReadOrgs<'a> = &'a dyn Fn(&InventoryRequest) -> Result<Roster, InventoryFault>;

/// For callers that can't read inventories.
///
/// # Errors
/// Always.
pub(crate) fn no_inventories(_: &InventoryRequest) -> Result<Roster, InventoryFault> {
    Err(InventoryFault {
        code: FindingCode::NoInventories,
        message: "inventories can't be read here".to_owned(),
        notes: Vec::new(),
        help: "load the scenario by `population::inventory::load`, which the feature `tables` brings".to_owned(),
    })
}

impl Reader<'_> {
    /// `population.inventory`, with the names of its columns.
    pub(super) fn inventory(&mut self, population: &TomlTable) -> Option<InventoryDraft> {
        let columns = population.get("columns").map_or_else(Vec::new, |node| self.columns(node));
        let duplicates = population.get("duplicates").and_then(|node| self.duplicates(node));
        let Some(node) = population.get("inventory") else {
            for (name, what) in [("columns", "name columns of"), ("duplicates", "choose rows of")] {
                if let Some(key) = population.key(name) {
                    let message = format!("there is no inventory to {what}");
                    let finding = Finding::new(FindingCode::NoInventory, message, key.span.clone());
                    self.report(finding.help(format!("add `inventory = \"orgs.csv\"`, or leave `{name}` out")));
                }
            }
            return None;
        };
        for other in ["orgs", "last_refresh"] {
            if let Some(key) = population.key(other) {
                let finding = Finding::new(
                    FindingCode::NotUsed,
                    format!("`{other}` is not used: there is an inventory"),
                    key.span.clone(),
                );
                self.warnings.push(
                    finding.warning().related(node.span.clone(), "it tells both").help(format!("leave `{other}` out")),
                );
            }
        }
        let path = self.text(node)?;
        Some(InventoryDraft { path: Placed { value: path, span: node.span.clone() }, columns, duplicates })
    }

    /// A choice among [`DUPLICATES`]; what any connection means is settled once the plan is read.
    fn duplicates(&mut self, node: &Node) -> Option<Placed<Duplicates>> {
        let value = match node.text() {
            Some("latest") => Duplicates::Latest,
            Some("earliest") => Duplicates::Earliest,
            Some("any-connection") => Duplicates::AnyConnection { event: 0, interval: 0 },
            other => {
                let message = format!("unknown choice `{}`", other.unwrap_or(node.value.kind()));
                let help = "write \"latest\" (the row used last counts), \"earliest\" (the one used longest ago) or \"any-connection\" (the \
                            one that meets the first event first)";
                self.report(Finding::new(FindingCode::UnknownChoice, message, node.span.clone()).help(help));
                return None;
            }
        };
        Some(Placed { value, span: node.span.clone() })
    }

    fn columns(&mut self, node: &Node) -> Vec<(&'static str, Placed<ColumnForm>)> {
        let Some(table) = self.table(node, "`columns = { last_refresh_at = \"LastUsedDate\" }`") else {
            return Vec::new();
        };
        self.only(table, &keys::COLUMNS);
        let named = |column: &'static str| table.get(column).map(|node| (column, node));
        let named: Vec<(&'static str, &Node)> = COLUMNS.into_iter().filter_map(named).collect();
        let read = |(column, node): (&'static str, &Node)| {
            self.column(node, column).map(|value| (column, Placed { value, span: node.span.clone() }))
        };
        named.into_iter().filter_map(read).collect()
    }

    /// The name of a column; for one of instants also a table with a name, a zone and a format.
    fn column(&mut self, node: &Node, ours: &str) -> Option<ColumnForm> {
        let has_instants = INSTANT_COLUMNS.contains(&ours);
        let Some(table) = node.table().filter(|_| has_instants) else {
            return self.text(node).map(|name| ColumnForm { name: Some(name), instants: InstantForm::default() });
        };
        self.only(table, &keys::COLUMN);
        let name = table.get("name").and_then(|node| self.text(node));
        let zone = table.get("zone").and_then(|node| self.time_zone(node));
        let format = table.get("format").and_then(|node| self.text(node).map(|text| (text, &node.span)));
        let instants = match InstantForm::new(zone, format.as_ref().map(|(text, _)| text.as_str())) {
            Ok(form) => form,
            Err((message, help)) => {
                let span = format.map_or_else(|| node.span.clone(), |(_, span)| span.clone());
                self.report(Finding::new(FindingCode::NotAFormat, message, span).help(help));
                return None;
            }
        };
        if instants.needs_a_zone() {
            let message = "this format has no offset, so that it needs a zone";
            let help = format!("add `zone = \"{}\"`", self.zone.map_or("America/New_York", |zone| zone.name()));
            self.report(Finding::new(FindingCode::MissingKey, message, node.span.clone()).help(help));
            return None;
        }
        Some(ColumnForm { name, instants })
    }
}

/// What was asked of an inventory, and read.
pub(crate) type Settled = (InventoryRequest, Roster);

/// Has the inventory of a draft read and its orgs become the draft's segments. Gives what was asked for and read, if there is one.
///
/// # Errors
/// When it can't be used, with its place in the scenario.
pub(crate) fn settle(draft: &mut Draft, read: ReadOrgs<'_>) -> Result<Option<Settled>, Box<Finding>> {
    let (Some(inventory), Some(as_of)) = (draft.inventory.clone(), draft.as_of.clone()) else { return Ok(None) };
    let request = InventoryRequest {
        path: Path::new(&inventory.path.value).to_owned(),
        columns: inventory.columns.iter().map(|(ours, theirs)| (*ours, theirs.value.clone())).collect(),
        as_of: instant(as_of.value),
        segments: draft.segments.iter().map(|s| s.id.clone().unwrap_or_default()).collect(),
        duplicates: duplicates(draft, &inventory, as_of.value)?,
        zone: draft.zone,
        connections: draft.uses_policies(),
        wave_ends: ends_of_waves(draft),
        waves: waves_of_the_only_rollout(draft),
    };
    let span = inventory.path.span.clone();
    let mut roster = read(&request).map_err(|fault| {
        let finding = Finding::new(fault.code, fault.message, span.clone()).help(fault.help);
        Box::new(fault.notes.into_iter().fold(finding, Finding::note))
    })?;
    let orgs: u64 = roster.groups.iter().map(|group| group.orgs.orgs()).sum();
    if orgs > MOST_ORGS {
        let message = format!("the inventory holds {}, more than {}", units::orgs(orgs), units::group_count(MOST_ORGS));
        return Err(Box::new(
            Finding::new(FindingCode::OutOfRange, message, span).help("project a part of them at a time"),
        ));
    }
    if draft.orgs.is_some() {
        roster.notes.push(format!("population.orgs is not used: the inventory says how many {ORGS} there are."));
    }
    draft.orgs = Some(Number::Known(orgs as f64));
    draft.segments = roster.groups.iter().map(|group| segment_of(draft, group, &roster.groups, &inventory)).collect();
    Ok(Some((request, roster)))
}

/// Where the waves of all events end on the line of all orgs, ascending, each once.
fn ends_of_waves(draft: &Draft) -> Vec<f64> {
    let mut ends = Vec::new();
    for waves in draft.events.iter().filter_map(|event| event.rollout.waves.as_ref()) {
        ends.extend(wave_ends(waves.iter().map(|(_, share)| share.value)));
    }
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

/// How many waves the only event has that comes in waves; 0 where several do, or a wave is of nobody.
fn waves_of_the_only_rollout(draft: &Draft) -> usize {
    let mut rollouts = draft.events.iter().filter_map(|event| event.rollout.waves.as_ref());
    match (rollouts.next(), rollouts.next()) {
        (Some(waves), None) if waves.iter().all(|(_, share)| share.value > 0.0) => waves.len(),
        _ => 0,
    }
}

/// What several rows of one org mean in this plan.
fn duplicates(draft: &Draft, inventory: &InventoryDraft, as_of: f64) -> Result<Duplicates, Box<Finding>> {
    let Some(Placed { value, span }) = &inventory.duplicates else { return Ok(Duplicates::Refuse) };
    let Duplicates::AnyConnection { .. } = value else { return Ok(*value) };
    let interval = draft.values.interval.as_ref().and_then(|law| match law.form {
        Form::Known(Law::Fixed(hours)) => Some(hours),
        _ => None,
    });
    let own = draft.segments.iter().any(|segment| segment.values.interval != draft.values.interval);
    let known = |number: &Number| if let Number::Known(hours) = number { Some(*hours) } else { None };
    let first =
        draft.events.iter().filter_map(|event| event.at.as_ref().and_then(|at| known(&at.value))).reduce(f64::min);
    match (interval.filter(|_| !own), first) {
        (Some(interval), Some(event)) => {
            let micros = |hours: f64| (hours * 3.6e9).round() as i64;
            Ok(Duplicates::AnyConnection { event: micros(event - as_of), interval: micros(interval) })
        }
        _ => {
            let message =
                "which connection is the first to meet an event is only known where all refresh at one interval";
            let help = "write \"latest\" or \"earliest\", or set `refresh.interval` to a single value for all segments";
            Err(Box::new(Finding::new(FindingCode::NoSingleInterval, message, span.clone()).help(help)))
        }
    }
}

/// The segment of a group: the scenario's, or one for orgs in none; in its own zone where it has one.
fn segment_of(draft: &Draft, group: &OrgGroup, all: &[OrgGroup], inventory: &InventoryDraft) -> SegmentDraft {
    let mut segment = match group.segment {
        Some(place) => draft.segments[place].clone(),
        None if draft.segments.is_empty() => draft.all(),
        None => SegmentDraft { id: Some("no-segment".to_owned()), name: "In no segment".to_owned(), ..draft.all() },
    };
    let alone = all.iter().all(|other| other.segment != group.segment || other.time_zone == group.time_zone);
    let zone = group.time_zone.or(segment.zone);
    if let (Some(zone), false) = (zone, alone) {
        segment.id = segment.id.map(|id| format!("{id}-{}", keys::slug(zone.name())));
        let whole = group.segment.is_none() && draft.segments.is_empty();
        segment.name = if whole { zone.name().to_owned() } else { format!("{}, {}", segment.name, zone.name()) };
    }
    if group.exempt {
        segment.id = Some(segment.id.map_or_else(|| "exempt".to_owned(), |id| format!("{id}-exempt")));
        segment.name = format!("{}, exempt", segment.name);
        segment.instants = vec![Some(OwnInstant::Never); draft.events.len()];
    }
    // Orgs of no segment who live elsewhere have neither the holidays nor the country of the scenario.
    if group.segment.is_none() && zone != draft.zone {
        segment.place = PlaceDraft { hours: draft.place.hours.clone(), ..PlaceDraft::default() };
    }
    segment.zone = zone;
    let ages = group.orgs.ages().map(|law| OpenLaw {
        span: inventory.path.span.clone(),
        domain: DELAY,
        form: Form::Known(law),
    });
    segment.values.last_refresh = ages;
    segment.known = Some(Arc::clone(&group.orgs));
    segment
}

/// What is known of the orgs, for the table of assumptions.
pub(crate) fn in_words(draft: &Draft, inventory: &InventoryDraft) -> String {
    let known = || draft.segments.iter().filter_map(|segment| segment.known.as_ref());
    let ages = known().flat_map(|known| known.classes().first().into_iter().chain(known.classes().last()));
    let (youngest, oldest) = ages.fold((f64::INFINITY, 0.0_f64), |(low, high), c| (low.min(c.age), high.max(c.age)));
    let orgs = known().map(|known| known.orgs()).sum();
    let show = |hours| Domain::show(DELAY, hours);
    format!("{}: {}, refreshed {} to {} before", inventory.path.value, units::orgs(orgs), show(youngest), show(oldest))
}
