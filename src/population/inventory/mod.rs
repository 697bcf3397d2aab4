//! Real orgs from a file, CSV or Parquet: read with polars, every bad row named, like orgs put together for the engines. Files and polars
//! are known here and nowhere else in this room.

mod classes;
mod distinct;
mod faults;
mod guard;
mod table;
mod values;

use crate::plan::{KnownOrgs, LikeOrgs};
use crate::results::Texts;
use crate::scenario::inventory::{InventoryFault, InventoryRequest, OrgGroup, Roster};
use crate::scenario::{self, Scenario};
use chrono_tz::Tz;
use classes::Binning;
use faults::Faults;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use table::Table;
use values::Rows;

/// What to do about rows that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// Refuse the inventory, and name them.
    #[default]
    Refuse,
    /// Go on without them, and say so.
    Skip,
}

/// Classes of like orgs that a projection pays for: beyond, ages are taken together by the minute, or the hour.
const MOST_CLASSES: usize = 4096;

/// Classes told apart where each org is asked about by itself.
const MOST_FINE_CLASSES: usize = 400_000;

/// The orgs of an inventory, row by row. Rows that were left out are not among them.
#[derive(Debug)]
pub struct Inventory {
    rows: Rows,
    /// The groups that rows belong to, in the order of [`Roster::groups`].
    groups: Vec<Group>,
    /// For each row, its class: those of the first group are counted first.
    classes: Vec<u32>,
    notes: Vec<String>,
}

/// The orgs of one segment in one zone.
#[derive(Debug)]
pub struct Group {
    /// Place of the segment among the scenario's; `None` where the inventory names none.
    pub segment: Option<usize>,
    /// Their zone, where the inventory names it.
    pub time_zone: Option<Tz>,
    /// Classes of orgs alike to the minute at least, ascending by age.
    pub classes: Vec<LikeOrgs>,
}

impl Inventory {
    /// Reads the file at `path` as a scenario asks for it.
    ///
    /// # Errors
    /// When it can't be used as it is: names columns and rows, and how to mend them.
    pub fn read(path: &Path, request: &InventoryRequest, bad_rows: BadRows) -> Result<Self, InventoryFault> {
        let read = || {
            let table = Table::open(path, request, bad_rows)?;
            let mut faults = Faults::new(path, table.first_row(), bad_rows);
            let mut rows = values::read(&table, request, &mut faults)?;
            let notes = faults.settle(&mut rows)?;
            Ok((rows, notes))
        };
        let (rows, notes) = guard::guarded(read).unwrap_or_else(|| Err(damaged(path)))?;
        let (groups, classes) = classes::group(&rows, MOST_FINE_CLASSES);
        Ok(Self { rows, groups, classes, notes })
    }

    /// What a plan needs of it.
    pub fn roster(&self) -> Roster {
        let fine: Vec<&[LikeOrgs]> = self.groups.iter().map(|group| &group.classes[..]).collect();
        let binning = Binning::of_classes(&fine, MOST_CLASSES);
        let group = |group: &Group| OrgGroup {
            segment: group.segment,
            time_zone: group.time_zone,
            orgs: Arc::new(KnownOrgs::new(binning.together(&group.classes))),
        };
        let mut notes = self.notes.clone();
        notes.extend(binning.note());
        Roster { groups: self.groups.iter().map(group).collect(), notes }
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
    pub fn groups(&self) -> &[Group] {
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

/// A file whose parts contradict each other.
fn damaged(path: &Path) -> InventoryFault {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    InventoryFault {
        code: "damaged-file",
        message: format!("{name} is damaged: its parts don't fit together"),
        notes: Vec::new(),
        help: "write or copy it again; CSV is easier to mend than Parquet".to_owned(),
    }
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
    let folder = path.parent().unwrap_or(Path::new(""));
    let found = RefCell::new(None);
    let read = |request: &InventoryRequest| {
        let inventory = Inventory::read(&folder.join(&request.path), request, bad_rows)?;
        let roster = inventory.roster();
        *found.borrow_mut() = Some(inventory);
        Ok(roster)
    };
    let scenario = scenario::load_with(path, changes, &read)?;
    Ok(Loaded { scenario, inventory: found.into_inner() })
}
