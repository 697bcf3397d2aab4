//! Whom to call first: each known org's own risk, and what a reconnect at the first chance would avoid.

use crate::engine::exact::{is_cheap, org_risks};
use crate::plan::{Family, LikeOrgs};
use crate::results::orgs::{OrgPart, OrgRisk, OrgTable};
use crate::results::{Provenance, Texts};
use crate::{Error, Result};
use rayon::prelude::*;

/// The rows of an inventory, as far as this asks.
#[derive(Debug, Clone, Copy)]
pub struct OrgRows<'a> {
    /// Unique ids, row by row.
    pub ids: &'a Texts,
    /// Whom to call.
    pub contacts: Option<&'a Texts>,
    /// What orgs weigh.
    pub weights: Option<&'a [f64]>,
    /// For each segment of the plan, classes of like orgs: as fine as the inventory tells them apart.
    pub classes: &'a [&'a [LikeOrgs]],
    /// For each row, its segment of the plan and its class among the segment's.
    pub places: &'a [(u32, u32)],
}

/// Classes of a segment that are asked about whatever they cost.
const MOST_ASKED: usize = 4096;

/// The risks of all orgs at this uptake, whom to call first.
///
/// # Errors
/// When the unknowns contradict each other however they are drawn.
pub fn orgs(family: &Family, rows: OrgRows<'_>, uptake: f64, provenance: Provenance) -> Result<OrgTable> {
    let plan = family.centre();
    let mut risks: Vec<OrgRisk> = Vec::new();
    // For each segment and class, its place among the risks.
    let mut found: Vec<Vec<Option<u32>>> = Vec::new();
    for (index, classes) in rows.classes.iter().enumerate() {
        let segment = &plan.segments()[index];
        let known = segment.known.as_ref().map_or(&[][..], |known| known.classes());
        // Where an org costs next to nothing each is asked about; of too many others, those that the projection tells apart.
        let each = classes.len() <= MOST_ASKED || known.is_empty() || is_cheap(plan, segment);
        let (asked, longest) = if each { (*classes, f64::INFINITY) } else { (known, segment.interval.support().1) };
        let answers = org_risks(family, index, asked, uptake).map_err(|declined| Error::Engine(declined.0))?;
        let first = risks.len();
        let mut place = first as u32;
        let places: Vec<Option<u32>> = answers.iter().map(|answer| answer.map(|_| (place, place += 1).0)).collect();
        risks.extend(answers.into_iter().flatten());
        let place = |class: &LikeOrgs| if class.age < longest { places[nearest(asked, class)] } else { None };
        found.push(classes.iter().map(place).collect());
    }
    let parts = plan.segments().iter().map(|s| OrgPart {
        segment: s.id.clone(),
        name: s.name.clone(),
        time_zone: s.time_zone,
        deadline: s.deadline,
    });
    let place = |row: usize| {
        let (segment, class) = rows.places[row];
        found[segment as usize][class as usize].map(|risk| (segment, risk))
    };
    let weight = |row: usize| rows.weights.map_or(1.0, |weights| weights[row]);
    let within: Vec<(usize, (u32, u32))> =
        (0..rows.places.len()).filter_map(|row| place(row).map(|place| (row, place))).collect();
    let overdue = (0..rows.places.len()).filter(|row| place(*row).is_none()).map(|row| rows.ids.get(row).to_owned());
    let sum = |of: &dyn Fn(&OrgRisk) -> f64| -> f64 {
        within.iter().map(|(row, (_, risk))| of(&risks[*risk as usize]) * weight(*row)).sum()
    };
    let (at_risk, avoidable) = (sum(&|r| r.failed_by_deadline), sum(&|r| r.avoided_by_reconnect.max(0.0)));
    let order = in_order(&within, &risks, &weight);
    let texts = |texts: &Texts| Texts::of(order.iter().map(|(row, _)| texts.get(*row)));
    Ok(OrgTable {
        provenance,
        uptake,
        parts: parts.collect(),
        org_id: texts(rows.ids),
        contact: rows.contacts.map(texts),
        weight: rows.weights.map(|weights| order.iter().map(|(row, _)| weights[*row]).collect()),
        places: order.iter().map(|(_, place)| *place).collect(),
        overdue: overdue.collect(),
        at_risk,
        avoidable,
        all: order.len(),
        risks,
    })
}

/// Rows by what a call avoids, then by weight, then by when they fail; like ones in the file's order.
fn in_order(
    rows: &[(usize, (u32, u32))],
    risks: &[OrgRisk],
    weight: &(dyn Fn(usize) -> f64 + Sync),
) -> Vec<(usize, (u32, u32))> {
    let time = |risk: &OrgRisk| risk.failure_time.map_or(f64::INFINITY, |time| time.mean);
    // What comparing two risks comes to, once: their ranks by each criterion.
    let rank = |of: &dyn Fn(&OrgRisk) -> f64| -> Vec<u32> {
        let mut values: Vec<f64> = risks.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        risks.iter().map(|risk| values.partition_point(|value| *value < of(risk)) as u32).collect()
    };
    // Ties are not to hang on the last digits.
    let (avoided, time) = (rank(&|risk| -(risk.avoided_by_reconnect * 1e9).round()), rank(&time));
    let mut order = rows.to_vec();
    order.par_sort_unstable_by(|(row, (_, a)), (other, (_, b))| {
        let (a, b) = (*a as usize, *b as usize);
        (avoided[a].cmp(&avoided[b]))
            .then_with(|| weight(*other).total_cmp(&weight(*row)))
            .then_with(|| time[a].cmp(&time[b]))
            .then_with(|| row.cmp(other))
    });
    order
}

/// Place of the class that an org of `class` belongs to, among classes ascending by age that are no finer.
fn nearest(classes: &[LikeOrgs], class: &LikeOrgs) -> usize {
    let apart = |place: usize| (classes[place].age - class.age).abs();
    let after = classes.partition_point(|c| c.age < class.age);
    let near = after.saturating_sub(3)..(after + 4).min(classes.len());
    let like = near.clone().filter(|place| classes[*place].reconnected == class.reconnected);
    like.min_by(|a, b| apart(*a).total_cmp(&apart(*b))).unwrap_or_else(|| after.min(classes.len().saturating_sub(1)))
}
