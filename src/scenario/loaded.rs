//! A scenario that has been read: its valid plans, and what is needed to say where each key stands.

use super::assumptions::Assumption;
use super::build::Clocks;
use super::draft::Draft;
use super::finding::{Finding, Findings};
use super::key_places::KeyPlaces;
use super::quantity::QuantileDraw;
use crate::plan::{Family, Unknown};
use sha2::Sha256;
use std::path::Path;

/// A scenario without faults.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let plan = scenario.family.centre();
/// assert_eq!((plan.orgs(), plan.uptakes().len()), (2500, 6));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Scenario {
    /// Its plan, and the plans it becomes as its unknowns take values.
    pub family: Family,
    /// What its author should know, in sentences.
    pub notes: Vec<String>,
    /// Every assumption in words, given or by default.
    pub assumptions: Vec<Assumption>,
    /// Fingerprint of the file's text and the changes, in hexadecimal.
    pub sha256: String,
    /// The file, as it was named.
    pub path: String,
    /// The changes, as they were given.
    pub changes: Vec<String>,
    /// Where its keys stand.
    pub key_places: KeyPlaces,
    /// Codes of the lints that it silences.
    pub allowed: Vec<super::finding_code::FindingCode>,
    /// What reading it found unwise already.
    pub warnings: Vec<Finding>,
    /// Of its text and the changes, to be gone on with.
    pub(super) hash: Sha256,
    /// The inventory that it names: what was asked for, and read.
    pub(super) roster: Option<super::inventory::Settled>,
    /// Its texts, to show findings in.
    pub(super) sources: Findings,
    /// What it says, to be moved.
    pub(super) draft: Draft,
    /// What it leaves open, by slot.
    pub(super) unknowns: Vec<Unknown>,
    /// Its tree, with the changes made.
    pub(super) root: super::tree::Node,
}

impl Scenario {
    /// The inventory that it names, relative to its folder.
    pub fn inventory(&self) -> Option<&Path> {
        self.roster.as_ref().map(|(request, _)| request.path.as_path())
    }

    /// A report of these findings, in the scenario's texts.
    pub fn report(&self, findings: Vec<Finding>) -> Findings {
        let mut report = self.sources.clone();
        findings.into_iter().for_each(|finding| report.push(finding));
        report
    }
}

/// The family of plans of a draft: its centre, and a plan for each set of quantiles.
pub(super) fn family(draft: Draft, unknowns: Vec<(super::tree::Span, Unknown)>) -> Result<Family, String> {
    let centre = super::build::build(&draft, &QuantileDraw::CENTRE, &Clocks::default())?;
    let mut slots: Vec<usize> = (0..unknowns.len()).collect();
    slots.sort_by(|a, b| {
        let place = |slot: usize| (unknowns[slot].0.source, unknowns[slot].0.range.start);
        place(*a).cmp(&place(*b)).then(a.cmp(b))
    });
    let mut order = vec![0; slots.len()];
    for (place, slot) in slots.iter().enumerate() {
        order[*slot] = place;
    }
    let unknowns = slots.iter().map(|slot| unknowns[*slot].1.clone()).collect();
    let clocks = Clocks::of(&centre);
    let realise = move |quantiles: &[f64]| {
        let draw = QuantileDraw::new(quantiles, &order);
        match super::check::check(&draft, &draw).first() {
            Some(fault) => Err(fault.message.clone()),
            None => super::build::build(&draft, &draw, &clocks),
        }
    };
    Ok(Family::new(centre, unknowns, Box::new(realise)))
}
