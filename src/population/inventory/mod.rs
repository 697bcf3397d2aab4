//! Real orgs from a file, CSV or Parquet: read with polars, every bad row named, like orgs put together for the engines. Files and polars
//! are known here and nowhere else in this room.

mod bad_rows;
mod classes;
mod distinct;
mod duplicates;
mod faults;
mod group;
mod left_out;
mod rows;
mod since;
mod values;

use crate::plan::units::{self, counted};
use crate::plan::{KnownOrgs, LikeOrgs};
use crate::population::seen::SeenRow;
use crate::population::table::{self, FileTable, WantedColumn, WantedColumns, damaged, guarded};
use crate::results::Texts;
use crate::scenario::FindingCode;
use crate::scenario::inventory::{COLUMNS, InventoryFault, InventoryRequest, OrgGroup, Roster};
use crate::scenario::{self, Scenario, fixed_zone};
pub use bad_rows::BadRows;
use chrono::{DateTime, Utc};
use classes::Binning;
use faults::InventoryFaults;
pub use group::OrgGroupRows;
use rows::InventoryRows;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Above this share of the rows, leaving rows out is a warning and no mere note.
const SHARE_TO_WARN_OF: f64 = 0.01;

/// Classes of like orgs that a projection pays for: beyond, ages are taken together by the minute, or the hour.
const MOST_CLASSES: usize = 4096;

/// Classes told apart where each org is asked about by itself.
const MOST_FINE_CLASSES: usize = 400_000;

/// The orgs of an inventory, row by row. Rows that were left out are not among them.
#[derive(Debug)]
pub struct Inventory {
    rows: InventoryRows,
    /// The groups that rows belong to, in the order of [`Roster::groups`].
    groups: Vec<OrgGroupRows>,
    /// For each row, its class: those of the first group are counted first.
    classes: Vec<u32>,
    notes: Vec<String>,
    warnings: Vec<String>,
}

impl Inventory {
    /// Reads the file at `path` as a scenario asks for it.
    ///
    /// # Errors
    /// When it can't be used as it is: names columns and rows, and how to mend them.
    pub fn read(path: &Path, request: &InventoryRequest, bad_rows: BadRows) -> Result<Self, InventoryFault> {
        Self::read_at(path, request, bad_rows, None)
    }

    /// The same of a file that was exported at `now`, after `as_of`: what has befallen its orgs since is kept apart.
    ///
    /// # Errors
    /// As [`Inventory::read`].
    fn read_at(
        path: &Path,
        request: &InventoryRequest,
        bad_rows: BadRows,
        now: Option<DateTime<Utc>>,
    ) -> Result<Self, InventoryFault> {
        let read =
            || {
                let mut table = FileTable::read(path, &wanted(request, bad_rows))?;
                let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                if table.rows == 0 {
                    let help = "list one org a row";
                    return Err(table::fault(FindingCode::NoOrgs, format!("{file} has no row below its header"), help));
                }
                let mut notes = std::mem::take(&mut table.notes);
                let mut faults = InventoryFaults::new(&file, &table, bad_rows);
                let mut rows = values::read(&table, request, now, &mut faults)?;
                let mut leave = faults.settle(request)?;
                let mut warnings = Vec::new();
                if !leave.is_empty() {
                    let told = left_out::compared(&rows, &leave, &faults, request);
                    let is_much = leave.len() as f64 > SHARE_TO_WARN_OF * table.rows as f64;
                    (if is_much { &mut warnings } else { &mut notes }).push(told);
                }
                let (again, told) = duplicates::settle(&rows, &leave, request.duplicates);
                notes.extend(told);
                leave.extend(again);
                leave.sort_unstable();
                rows.leave_out(&leave);
                notes.extend(unused_segments(&table, request));
                notes.extend(unused_details(&table, request));
                let failed = table.get("failed_at").filter(|_| now.is_none());
                notes.extend(failed.map(|column| {
                    format!("The column `{}` is not used: it is for cutover track --now.", column.theirs)
                }));
                notes.extend(
                    rows.zones.iter().filter_map(|zone| fixed_zone(*zone)).map(|told| format!("Time zones: {told}.")),
                );
                if let Some(column) = table.get("weight").filter(|_| rows.weight.is_none()) {
                    notes.push(format!("The column `{}` is empty and not used.", column.theirs));
                }
                let orgs = rows.orgs.as_ref().map_or(rows.len() as u64, |orgs| orgs.iter().sum());
                let read = counted(table.rows as u64, "row", "rows");
                notes.insert(0, format!("{file}: {read} read, {}.", units::orgs(orgs)));
                Ok((rows, notes, warnings))
            };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let (rows, notes, warnings) = guarded(read).unwrap_or_else(|| Err(damaged(&name)))?;
        let (groups, classes) = classes::group(&rows, MOST_FINE_CLASSES);
        Ok(Self { rows, groups, classes, notes, warnings })
    }

    /// What a plan needs of it.
    pub fn roster(&self) -> Roster {
        let fine: Vec<&[LikeOrgs]> = self.groups.iter().map(|group| &group.classes[..]).collect();
        let binning = Binning::of_classes(&fine, MOST_CLASSES);
        let group = |group: &OrgGroupRows| OrgGroup {
            segment: group.segment,
            time_zone: group.time_zone,
            exempt: group.exempt,
            orgs: Arc::new(KnownOrgs::new(binning.together(&group.classes))),
        };
        let mut notes = self.notes.clone();
        notes.extend(binning.note());
        Roster { groups: self.groups.iter().map(group).collect(), notes, warnings: self.warnings.clone() }
    }

    /// What has befallen its orgs since `as_of`, as counts by group at up to so many instants; `None` where that was not asked.
    pub(crate) fn seen_since(&self, as_of: DateTime<Utc>, now: DateTime<Utc>) -> Option<Vec<SeenRow>> {
        since::counts(self.rows.since.as_ref()?, &self.group_of_rows(), self.rows.orgs.as_deref(), [as_of, now])
    }

    /// By row, the place of its group.
    fn group_of_rows(&self) -> Vec<usize> {
        let ends = self.groups.iter().scan(0, |end, group| {
            *end += group.classes.len();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        self.classes.iter().map(|class| ends.partition_point(|end| *end <= *class as usize)).collect()
    }

    /// Number of rows: one an org, or one a group of like orgs.
    pub fn rows(&self) -> usize {
        self.classes.len()
    }

    /// The ids, row by row; `None` where rows stand for groups of orgs.
    pub fn org_ids(&self) -> Option<&Arc<Texts>> {
        self.rows.org_id.as_ref()
    }

    /// Whom to call, row by row, where the inventory says.
    pub fn contacts(&self) -> Option<&Arc<Texts>> {
        self.rows.contact.as_ref()
    }

    /// Weights, row by row, where the inventory says.
    pub fn weights(&self) -> Option<&[f64]> {
        self.rows.weight.as_deref()
    }

    /// The groups of orgs, in the order of the plan's segments.
    pub fn groups(&self) -> &[OrgGroupRows] {
        &self.groups
    }

    /// For each row, the place of its class among those of all groups, one group after the other.
    pub fn classes(&self) -> &[u32] {
        &self.classes
    }
}

/// Reads inventories beside a scenario, each once, for plans that are asked for again and again with other values.
#[derive(Debug)]
pub struct Rosters {
    folder: PathBuf,
    bad_rows: BadRows,
    read: Mutex<Vec<(InventoryRequest, Roster)>>,
}

impl Rosters {
    /// Of the scenario at `path`.
    pub fn beside(path: &Path, bad_rows: BadRows) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, bad_rows, read: Mutex::new(Vec::new()) }
    }

    /// What a plan needs of an inventory.
    ///
    /// # Errors
    /// When it can't be used as it is.
    pub fn read(&self, request: &InventoryRequest) -> Result<Roster, InventoryFault> {
        // A reader that failed left nothing behind that could be half done.
        let mut read = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, roster)) = read.iter().find(|(asked, _)| asked == request) {
            return Ok(roster.clone());
        }
        let roster = Inventory::read(&self.folder.join(&request.path), request, self.bad_rows)?.roster();
        read.push((request.clone(), roster.clone()));
        Ok(roster)
    }
}

/// What an inventory is asked for.
fn wanted(request: &InventoryRequest, bad_rows: BadRows) -> WantedColumns<'static> {
    let theirs = |ours| request.form_of(ours).and_then(|form| form.name.clone());
    WantedColumns {
        columns: COLUMNS.map(|ours| WantedColumn { ours, theirs: theirs(ours) }).into(),
        any_of: &[&["org_id", "last_refresh_at"], &["orgs", "last_refresh_at"]],
        not_both: Some(("org_id", "orgs")),
        mapping: |ours, theirs| {
            format!("`columns = {{ {ours} = {} }}` in [population]", serde_json::Value::from(theirs))
        },
        skip_bad_rows: bad_rows == BadRows::Skip,
    }
}

/// That a column of segments is not looked at where the scenario has none.
fn unused_segments(table: &FileTable, request: &InventoryRequest) -> Option<String> {
    let column = table.get("segment").filter(|_| request.segments.is_empty())?;
    Some(format!("The column `{}` is not used: the scenario has no segments.", column.theirs))
}

/// That columns which only some policies look at are not looked at.
fn unused_details(table: &FileTable, request: &InventoryRequest) -> Vec<String> {
    let unused = |ours: &'static str, is_used: bool, why: &str| {
        let column = table.get(ours).filter(|_| !is_used)?;
        Some(format!("The column `{}` is not used: {why}.", column.theirs))
    };
    let connected = unused("connected_at", request.connections, "no event of the plan asks when connections were made");
    let place = unused("place", !request.wave_ends.is_empty(), "no event of the plan comes in waves");
    connected.into_iter().chain(place).collect()
}

/// A scenario with the inventory that it names, if it names one.
#[derive(Debug)]
pub struct Loaded {
    /// The scenario; the orgs of its inventory are known to its plans.
    pub scenario: Scenario,
    /// The inventory.
    pub inventory: Option<Inventory>,
}

/// Reads the scenario at `path` with `changes` applied, and the inventory that it names, relative to it.
///
/// # Errors
/// When one of them can't be read, or has faults.
pub fn load(path: &Path, changes: &[String], bad_rows: BadRows) -> crate::Result<Loaded> {
    load_at(path, changes, bad_rows, &|_| Ok(None))
}

/// When an inventory was exported, by what a scenario asks of it; `None` for its `as_of`.
type ExportedAt<'a> = &'a dyn Fn(&InventoryRequest) -> Result<Option<DateTime<Utc>>, InventoryFault>;

/// The same where the inventory was exported later than `as_of`: when, by what the scenario asks of it.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_at(
    path: &Path,
    changes: &[String],
    bad_rows: BadRows,
    now: ExportedAt<'_>,
) -> crate::Result<Loaded> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let found = RefCell::new(None);
    let read = |request: &InventoryRequest| {
        let inventory = Inventory::read_at(&folder.join(&request.path), request, bad_rows, now(request)?)?;
        let roster = inventory.roster();
        *found.borrow_mut() = Some(inventory);
        Ok(roster)
    };
    let scenario = scenario::load_with(path, changes, &read)?;
    Ok(Loaded { scenario, inventory: found.into_inner() })
}
