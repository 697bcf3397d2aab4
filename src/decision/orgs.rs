//! Whom to call first: each known org's own risk, and what a reconnect at the first chance would avoid.

use crate::engine::exact::{is_cheap, org_risks};
use crate::plan::{Family, LikeOrgs};
#[cfg(feature = "tables")]
use crate::population::inventory::Inventory;
use crate::results::orgs::{OrgPart, OrgRisk, OrgTable};
use crate::results::{Provenance, Texts};
use crate::{Error, Result};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

/// The rows of an inventory, as far as this asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrgRows<'a> {
    /// Unique ids, row by row.
    pub ids: &'a Arc<Texts>,
    /// Whom to call.
    pub contacts: Option<&'a Arc<Texts>>,
    /// What orgs weigh, not below 0.
    pub weights: Option<&'a [f64]>,
    /// For each segment of the plan, classes of like orgs: as fine as the inventory tells them apart.
    pub groups: &'a [&'a [LikeOrgs]],
    /// For each row, the place of its class among those of all segments, one segment after the other.
    pub classes: &'a [u32],
}

/// Each org's risk at a rate of reconnecting; `None` where the inventory's rows stand for groups.
///
/// # Errors
/// When the exact engine declines.
#[cfg(feature = "tables")]
pub(crate) fn table(
    family: &Family,
    inventory: &Inventory,
    uptake: f64,
    provenance: Provenance,
) -> Result<Option<OrgTable>> {
    let Some(ids) = inventory.org_ids() else { return Ok(None) };
    let groups: Vec<&[LikeOrgs]> = inventory.groups().iter().map(|group| &group.classes[..]).collect();
    let rows = OrgRows {
        ids,
        contacts: inventory.contacts(),
        weights: inventory.weights(),
        groups: &groups,
        classes: inventory.classes(),
    };
    orgs(family, rows, uptake, provenance).map(Some)
}

/// Classes of a segment that are asked about whatever they cost.
const MOST_ASKED: usize = 4096;

/// The risks of all orgs at this uptake, whom to call first.
///
/// # Errors
/// When the unknowns contradict each other however they are drawn.
pub(crate) fn orgs(family: &Family, rows: OrgRows<'_>, uptake: f64, provenance: Provenance) -> Result<OrgTable> {
    let plan = family.centre();
    let mut found = OrgsFound::default();
    for (index, classes) in rows.groups.iter().enumerate() {
        let segment = &plan.segments()[index];
        let known = segment.known.as_ref().map_or(&[][..], |known| known.classes());
        // Where an org costs next to nothing each is asked about; of too many others, those that the projection tells apart.
        let each = classes.len() <= MOST_ASKED || known.is_empty() || is_cheap(plan, segment);
        let (asked, longest) = (if each { *classes } else { known }, segment.age_limit());
        let answers = org_risks(family, index, asked, uptake).map_err(|declined| Error::Engine(declined.0))?;
        let places = found.add(index, answers);
        if each {
            found.of_class.extend(places);
            continue;
        }
        let has_details = asked.iter().any(LikeOrgs::has_details);
        let place =
            |class: &LikeOrgs| if class.age < longest { places[nearest(asked, has_details, class)] } else { None };
        found.of_class.extend(classes.iter().map(place));
    }
    let parts = plan.segments().iter().map(|s| OrgPart {
        segment: s.id.clone(),
        name: s.name.clone(),
        time_zone: s.time_zone,
        deadline: s.deadline,
    });
    let is_overdue = |row: &usize| found.of_class[rows.classes[*row] as usize].is_none();
    let overdue = (0..rows.classes.len()).filter(is_overdue).map(|row| rows.ids.get(row).to_owned());
    let order = in_order(&rows, &found);
    let mut table = OrgTable {
        provenance,
        uptake,
        parts: parts.collect(),
        overdue: overdue.collect(),
        ids: Arc::clone(rows.ids),
        contacts: rows.contacts.cloned(),
        all: order.len(),
        weights: rows.weights.map(|_| order.par_iter().map(Alike::weight).collect()),
        places: order.par_iter().map(|org| org.risk).collect(),
        order: order.into_par_iter().map(|org| org.row).collect(),
        avoided: OnceLock::new(),
        at_risk: 0.0,
        avoidable: 0.0,
        risks: found.risks,
        part_of: found.part_of,
    };
    table.at_risk = sum(&table, |risk| risk.failed_by_deadline);
    table.avoidable = sum(&table, |risk| risk.avoided_by_reconnect.max(0.0));
    Ok(table)
}

/// Distinct risks, and whose they are.
#[derive(Debug, Default)]
struct OrgsFound {
    risks: Vec<OrgRisk>,
    /// For each risk, its segment of the plan.
    part_of: Vec<u32>,
    /// For each class, its risk; `None` for orgs older than any interval.
    of_class: Vec<Option<u32>>,
}

impl OrgsFound {
    /// Takes a segment's answers, and returns each one's place among the risks.
    fn add(&mut self, segment: usize, answers: Vec<Option<OrgRisk>>) -> Vec<Option<u32>> {
        let mut next = self.risks.len() as u32;
        let places = answers.iter().map(|answer| answer.map(|_| (next, next += 1).0)).collect();
        self.risks.extend(answers.into_iter().flatten());
        self.part_of.resize(self.risks.len(), segment as u32);
        places
    }
}

/// A sum over all rows, each times its weight, in an order that does not hang on the number of cores.
fn sum(table: &OrgTable, of: impl Fn(&OrgRisk) -> f64 + Sync) -> f64 {
    const AT_A_TIME: usize = 65_536;
    let part = |first: usize| -> f64 {
        (first..table.len().min(first + AT_A_TIME)).map(|row| of(table.risk(row)) * table.weight(row)).sum()
    };
    let parts: Vec<f64> = (0..table.len().div_ceil(AT_A_TIME)).into_par_iter().map(|i| part(i * AT_A_TIME)).collect();
    parts.iter().sum()
}

/// Rows that one core sorts by itself.
const ON_ONE_CORE: usize = 65_536;

/// A row among those that a call helps alike: the heavier first, then those that fail first, then in the file's order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    weight: Reverse<u64>,
    time: u32,
    row: u32,
    risk: u32,
}

impl Alike {
    fn weight(&self) -> f64 {
        f64::from_bits(self.weight.0)
    }
}

/// Rows by what a call avoids, then as [`Alike`] has them.
fn in_order(rows: &OrgRows<'_>, found: &OrgsFound) -> Vec<Alike> {
    let time = |risk: &OrgRisk| risk.failure_time.map_or(f64::INFINITY, |time| time.mean);
    // What comparing two risks comes to, once: their ranks by each criterion.
    let rank = |of: &dyn Fn(&OrgRisk) -> f64| -> Vec<u32> {
        let mut values: Vec<f64> = found.risks.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        found.risks.iter().map(|risk| values.partition_point(|value| *value < of(risk)) as u32).collect()
    };
    // Ties are not to hang on the last digits.
    let (avoided, time) = (rank(&|risk| -(risk.avoided_by_reconnect * 1e9).round()), rank(&time));
    // Numbers from 0 on are in the order of their bits; a zero with a sign loses it.
    let weight = |row: usize| rows.weights.map_or(0, |weights| (weights[row] + 0.0).to_bits());
    let within = || (0..rows.classes.len()).filter_map(|row| Some((row, found.of_class[rows.classes[row] as usize]?)));
    // Counted, then put among their like, whose order alone is left to find.
    let mut sizes = vec![0; avoided.iter().max().map_or(0, |most| *most as usize + 1)];
    within().for_each(|(_, risk)| sizes[avoided[risk as usize] as usize] += 1);
    let mut next: Vec<usize> = sizes.iter().scan(0, |end, size| Some((*end, *end += size).0)).collect();
    let mut order = vec![Alike::default(); sizes.iter().sum()];
    for (row, risk) in within() {
        let next = &mut next[avoided[risk as usize] as usize];
        order[*next] = Alike { weight: Reverse(weight(row)), time: time[risk as usize], row: row as u32, risk };
        *next += 1;
    }
    let mut groups: Vec<&mut [Alike]> = Vec::with_capacity(sizes.len());
    let mut rest = &mut order[..];
    for size in sizes {
        let (group, others) = rest.split_at_mut(size);
        groups.push(group);
        rest = others;
    }
    let sort = |group: &mut [Alike]| match group.len() {
        0..ON_ONE_CORE => group.sort_unstable(),
        _ => group.par_sort_unstable(),
    };
    groups.into_par_iter().for_each(sort);
    order
}

/// Place of the class that an org of `class` belongs to, among classes ascending by age that are no finer. `has_details`: whether any of them
/// has what only policies look at.
fn nearest(classes: &[LikeOrgs], has_details: bool, class: &LikeOrgs) -> usize {
    let apart = |place: usize| (classes[place].age - class.age).abs();
    let after = classes.partition_point(|c| c.age < class.age);
    // What policies look at beside the age may be far apart where the ages are near.
    if has_details {
        let between = |a: Option<f64>, b: Option<f64>| a.zip(b).map_or(0.0, |(a, b)| (a - b).abs());
        let is_like = |c: &LikeOrgs| {
            c.reconnected == class.reconnected
                && c.place == class.place
                && c.reconnected_at.is_some() == class.reconnected_at.is_some()
                && c.connected.is_some() == class.connected.is_some()
        };
        let off = |place: usize| {
            let c = &classes[place];
            apart(place) + between(c.reconnected_at, class.reconnected_at) + between(c.connected, class.connected)
        };
        let like = (0..classes.len()).filter(|place| is_like(&classes[*place]));
        return like.min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or_else(|| after.min(classes.len() - 1));
    }
    let near = after.saturating_sub(3)..(after + 4).min(classes.len());
    let like = near.clone().filter(|place| classes[*place].reconnected == class.reconnected);
    like.min_by(|a, b| apart(*a).total_cmp(&apart(*b))).unwrap_or_else(|| after.min(classes.len().saturating_sub(1)))
}
