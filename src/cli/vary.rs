//! Scenarios varied in memory: the file is read once, and every change to it is one more text to parse.

use super::common::Common;
use crate::plan::Family;
use crate::population::inventory::Rosters;
use crate::scenario::{self, InventoryRequest, Scenario, input};
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// A scenario's text with the changes of the command line, to be varied by more.
pub(super) struct Varied {
    name: String,
    text: String,
    folder: PathBuf,
    changes: Vec<String>,
    rosters: Rosters,
}

impl Varied {
    /// Reads the file.
    pub(super) fn read(path: &Path, changes: &[String], common: &Common) -> Result<Self> {
        let text = input::read_text(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let rosters = Rosters::beside(path, super::common::bad_rows(common));
        Ok(Self { name: path.display().to_string(), text, folder, changes: changes.to_vec(), rosters })
    }

    /// The plans of the scenario with these changes more; else the first thing that is wrong with them.
    pub(super) fn with(&self, more: &[String]) -> std::result::Result<Family, String> {
        self.scenario(more).map(|scenario| scenario.family)
    }

    fn scenario(&self, more: &[String]) -> std::result::Result<Scenario, String> {
        let changes: Vec<String> = self.changes.iter().chain(more).cloned().collect();
        let read = |file: &Path| input::read_text(&self.folder.join(file)).map_err(|error| input::told(&error));
        let orgs = |request: &InventoryRequest| self.rosters.read(request);
        scenario::parse_with(&self.name, &self.text, &changes, &read, &orgs).map_err(|findings| {
            let first = findings.sorted().first().map(|f| f.message.clone());
            first.unwrap_or_else(|| "it has a fault".to_owned())
        })
    }
}
