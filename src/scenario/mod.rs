//! A scenario file becomes a plan: a tree with places, changes from outside it, values read key by key, checks across them.
//! Every fault is found at once and shown where it stands. It knows nothing of engines, output or the command line.

mod anchors;
mod assumptions;
pub mod base_rates;
mod between;
mod build;
mod changes;
mod check;
mod check_hours;
mod check_policies;
mod csv;
pub(crate) mod domain;
mod draft;
pub(crate) mod duration;
mod event_anchors;
pub(crate) mod finding;
mod finding_code;
pub(crate) mod input;
pub(crate) mod instant;
pub(crate) mod inventory;
mod inventory_draft;
mod key_places;
pub(crate) mod keys;
mod laws;
pub(crate) mod lints;
mod loaded;
pub(crate) mod moment;
mod movements;
mod placed;
mod plain;
mod quantity;
mod range;
mod read_base_rate;
mod read_events;
mod read_hours;
mod read_places;
mod read_plan;
mod read_rollout;
mod read_segments;
mod read_words;
mod reader;
pub(crate) mod safe;
mod schema;
mod slips;
pub(crate) mod span;
pub mod starter;
mod times;
pub(crate) mod tree;
mod vary;

#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod place_tests;
#[cfg(test)]
mod tests;

pub use assumptions::Assumption;
pub use between::Between;
pub use csv::cells as csv_cells;
pub use finding::{Finding, Findings, Severity};
pub use finding_code::FindingCode;
pub use inventory::{InventoryFault, InventoryRequest, OrgGroup, ReadOrgs, Roster};
pub use key_places::KeyPlaces;
pub use keys::{fixed_zone, nearest, nearest_zone, slug, unknown_zone};
pub use laws::MOST_VALUES;
pub use lints::LINTS;
pub use loaded::Scenario;
pub use movements::Vary;
pub use read_plan::MOST_RATES;
pub use read_segments::MOST_SEGMENTS;
pub use reader::ReadFile;
pub use schema::{form_and_fits, schema};
pub use vary::Change;

use crate::Error;
use loaded::family;
use quantity::QuantileDraw;
use reader::Reader;
use sha2::{Digest, Sha256};
use span::Span;
use std::path::Path;

/// The file beside a missing one whose name is nearest to it.
pub fn nearest_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = path.file_name()?.to_str()?;
    nearest(name, &known).filter(|near| *near != name).map(|near| path.with_file_name(near).display().to_string())
}

/// Reads the scenario at `path`, with `changes` (`KEY=VALUE`) applied.
///
/// # Errors
/// When the file can't be read, or has faults.
pub fn load(path: &Path, changes: &[String]) -> crate::Result<Scenario> {
    load_with(path, changes, &inventory::no_inventories)
}

/// [`load`], with somebody to read the inventory that the scenario may name.
///
/// # Errors
/// When the file can't be read, or has faults.
pub fn load_with(path: &Path, changes: &[String], orgs: ReadOrgs<'_>) -> crate::Result<Scenario> {
    let bytes = input::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let read = move |file: &Path| input::read_text(&folder.join(file)).map_err(|error| input::told(&error));
    Ok(parse_with(&name, &text, changes, &read, orgs)?)
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Error {
    let at = error.utf8_error().valid_up_to();
    let before = &error.as_bytes()[..at];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let begin = before.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let report = format!(
        "error[not-utf8]: {name} is not UTF-8: line {line}, byte {} is no part of a character\n  = help: save the file as \
         UTF-8\n\n1 fault in {name}",
        at - begin + 1
    );
    Error::BadInput { report, faults: 1 }
}

/// Reads a scenario from its text. `name` is the file as reports name it; `read` reads lists of values beside it.
///
/// # Errors
/// All faults of the text and the changes, with their places.
pub fn parse(name: &str, text: &str, changes: &[String], read: ReadFile<'_>) -> Result<Scenario, Findings> {
    parse_with(name, text, changes, read, &inventory::no_inventories)
}

/// [`parse`], with somebody to read the inventory that the scenario may name.
///
/// # Errors
/// All faults of the text and the changes, with their places.
pub fn parse_with(
    name: &str,
    text: &str,
    changes: &[String],
    read: ReadFile<'_>,
    orgs: ReadOrgs<'_>,
) -> Result<Scenario, Findings> {
    // A byte-order mark is no part of the text; columns are counted after it.
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut findings = Findings::new(name, plain);
    let mut root = tree::read_document(&mut findings);
    let broken = findings.sorted().iter().map(|f| findings.line(&f.span)).collect();
    changes::apply(&mut root, changes, &mut findings);
    let identity = Identity { path: name.to_owned(), changes: changes.to_vec(), hash: fingerprint(text, changes) };
    complete(Tree { root, findings, broken }, read, orgs, identity)
}

/// A scenario as a tree, with what was found on the way.
struct Tree {
    root: tree::Node,
    findings: Findings,
    /// Lines whose syntax is broken.
    broken: std::collections::HashSet<usize>,
}

/// What a scenario is known by.
struct Identity {
    path: String,
    changes: Vec<String>,
    /// Of its text and the changes.
    hash: Sha256,
}

impl Scenario {
    /// This scenario with changes made, as if it had been read with them. An inventory is not read again.
    ///
    /// # Errors
    /// All faults that it then has.
    pub fn changed(&self, changes: &[Change]) -> Result<Self, Findings> {
        let (mut root, mut findings) = (self.root.clone(), self.sources.clone());
        let mut identity = Identity { path: self.path.clone(), changes: self.changes.clone(), hash: self.hash.clone() };
        for change in changes {
            let text = format!("{}{}", changes::OPTION, change.text());
            let source = findings.add_source("command line", &text);
            let span = Span { source, range: changes::OPTION.len()..text.len() };
            if let Err(fault) = change.standing_in(&span).make(&mut root) {
                findings.push(*fault);
            }
            add_change(&mut identity.hash, &change.text());
            identity.changes.push(change.text());
        }
        let folder = Path::new(&self.path).parent().unwrap_or(Path::new("")).to_owned();
        let read = move |file: &Path| input::read_text(&folder.join(file)).map_err(|error| input::told(&error));
        let orgs = |request: &InventoryRequest| match &self.roster {
            Some((asked, roster)) if asked == request => Ok(roster.clone()),
            _ => inventory::no_inventories(request),
        };
        complete(Tree { root, findings, broken: Default::default() }, &read, &orgs, identity)
    }
}

/// Makes the plans of a scenario that stands as a tree.
fn complete(tree: Tree, read: ReadFile<'_>, orgs: ReadOrgs<'_>, identity: Identity) -> Result<Scenario, Findings> {
    let Tree { root, mut findings, broken } = tree;
    let mut reader = Reader::new(&mut findings, read);
    let mut draft = read_plan::read(&mut reader, &root);
    let (unknowns, mut warnings) = (reader.unknowns, reader.warnings);
    for fault in check::check(&draft, &QuantileDraw::CENTRE) {
        findings.push(fault);
    }
    if !broken.is_empty() {
        drop_doubtful(&mut findings, &broken);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let _words = draft.wording.enter();
    let written = draft.segments.clone();
    let roster = match inventory::settle(&mut draft, orgs) {
        Ok(roster) => roster,
        Err(fault) => {
            findings.push(*fault);
            return Err(findings);
        }
    };
    // The zones and ages of known orgs may bring faults of their own.
    let late = if draft.inventory.is_some() { check::check(&draft, &QuantileDraw::CENTRE) } else { Vec::new() };
    if !late.is_empty() {
        late.into_iter().for_each(|fault| findings.push(fault));
        return Err(findings);
    }
    let mut notes = roster.as_ref().map_or_else(Vec::new, |(_, roster)| roster.notes.clone());
    let place = draft.inventory.as_ref().map_or_else(Span::file_start, |inventory| inventory.path.span.clone());
    let told = roster.iter().flat_map(|(_, roster)| roster.warnings.iter());
    let help = "look at those rows first: the figures hold for the others alone";
    warnings.extend(
        told.map(|told| Finding::new(FindingCode::RowsLeftOut, told.clone(), place.clone()).warning().help(help)),
    );
    notes.extend(check::notes(&draft));
    notes.extend(read_base_rate::notes(&draft));
    let assumptions = assumptions::list(&draft, &written, &root);
    let (key_places, allowed) = (KeyPlaces::of(&root), draft.allowed.clone());
    let kept = (draft.clone(), unknowns.iter().map(|u| u.1.clone()).collect());
    let family = match family(draft, unknowns) {
        Ok(family) => family,
        Err(why) => {
            findings.push(Finding::new(FindingCode::NoPlan, why, Span::file_start()));
            return Err(findings);
        }
    };
    let Identity { path, changes, hash } = identity;
    let sha256 = hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Scenario {
        family,
        notes,
        assumptions,
        sha256,
        path,
        changes,
        hash,
        key_places,
        allowed,
        warnings,
        sources: findings,
        roster,
        draft: kept.0,
        unknowns: kept.1,
        root,
    })
}

/// Where the syntax is broken, keys are lost or stand in the wrong table: what is missing, unknown or out of order may be so
/// only for that reason, and is left for the next time. What is wrong with a value by itself stays.
fn drop_doubtful(findings: &mut Findings, broken: &std::collections::HashSet<usize>) {
    const DOUBTFUL: [FindingCode; 14] = [
        FindingCode::MissingKey,
        FindingCode::UnknownKey,
        FindingCode::NoControl,
        FindingCode::ShareSum,
        FindingCode::UnknownId,
        FindingCode::UnknownControl,
        FindingCode::DuplicateId,
        FindingCode::WindowOrder,
        FindingCode::DeadlineOrder,
        FindingCode::HorizonOrder,
        FindingCode::UnreachableAges,
        FindingCode::EmptyList,
        FindingCode::UnknownLaw,
        FindingCode::NoHumanHours,
    ];
    findings.retain(|f, line| {
        let sound = f.span.source != 0 || (!broken.contains(&line) && !f.span.range.is_empty());
        f.code == FindingCode::Syntax || (sound && !DOUBTFUL.contains(&f.code))
    });
}

/// SHA-256 of the text and the changes, each ended by a byte that neither can hold.
fn fingerprint(text: &str, changes: &[String]) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(text);
    changes.iter().for_each(|change| add_change(&mut hash, change));
    hash
}

fn add_change(hash: &mut Sha256, change: &str) {
    hash.update([0xff]);
    hash.update(change);
}

/// The flagship, for tests that need a whole scenario.
#[cfg(test)]
fn tests_text() -> &'static str {
    include_str!("../../scenarios/pkce-may-2026.toml")
}
