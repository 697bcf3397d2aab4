//! Each known org's own risk, worst first: whom to call. Plain columns, since there may be millions.

use super::{Provenance, Texts};
use crate::plan::zone::Tz;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// One org's own probabilities. Where something is not known they are means over the possible plans in which its age can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrgRisk {
    /// To have failed by its deadline.
    pub failed_by_deadline: f64,
    /// To have failed by its deadline and be down at it still.
    pub down_at_deadline: f64,
    /// To have failed by the horizon.
    pub failed_by_horizon: f64,
    /// How much lower `failed_by_deadline` is when it reconnects at the opening of the window, or at `as_of` if that is later. Below zero
    /// where such a reconnect does harm.
    pub avoided_by_reconnect: f64,
    /// When it fails if it does by the horizon; `None` where it can't. To the hour where something is not known.
    pub failure_time: Option<FailureTime>,
}

/// When an org fails, given that it does, in hours since `as_of`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailureTime {
    /// The expected time.
    pub mean: f64,
    /// The time by which one in ten such failures has happened.
    pub p10: f64,
    /// The time by which nine in ten have.
    pub p90: f64,
}

/// A part of the orgs that share a segment and a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgPart {
    /// The segment's id.
    pub segment: String,
    /// Its name.
    pub name: String,
    /// Where they live.
    pub time_zone: Tz,
    /// Their deadline, hours since `as_of`.
    pub deadline: f64,
}

/// The risks of known orgs: whom to call first stands first. Rows are sorted by [`OrgRisk::avoided_by_reconnect`], then weight, then by
/// when they fail. What is known of the orgs stays as the inventory has it, and is shared.
#[derive(Debug, Clone, PartialEq)]
pub struct OrgTable {
    /// Where it comes from.
    pub provenance: Provenance,
    /// The share of orgs that act.
    pub uptake: f64,
    /// Parts of the orgs.
    pub parts: Vec<OrgPart>,
    /// Distinct risks; rows name their place.
    pub risks: Vec<OrgRisk>,
    /// For each distinct risk, whose it is: a place in [`OrgTable::parts`].
    pub part_of: Vec<u32>,
    /// The ids of all orgs, in the inventory's order.
    pub ids: Arc<Texts>,
    /// Whom to call, in the inventory's order, where it is known.
    pub contacts: Option<Arc<Texts>>,
    /// For each row, the org's place in the inventory.
    pub order: Vec<u32>,
    /// For each row, a place in [`OrgTable::risks`].
    pub places: Vec<u32>,
    /// For each row, what its org weighs, where it is known.
    pub weights: Option<Vec<f64>>,
    /// Orgs whose last refresh is longer ago than any interval lasts: there is no risk to tell.
    pub overdue: Vec<String>,
    /// Failures that all orgs, filtered or not, come to: the sum of their probabilities, each times its weight.
    pub at_risk: f64,
    /// Failures that a call would avoid, of all orgs whom a call helps, each times its weight.
    pub avoidable: f64,
    /// Rows before any filter.
    pub all: usize,
    /// What [`OrgTable::avoided_by_calls`] answers, once it has been asked.
    pub avoided: OnceLock<Vec<f64>>,
}

impl OrgTable {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The id of a row's org.
    pub fn org_id(&self, row: usize) -> &str {
        self.ids.get(self.order[row] as usize)
    }

    /// Whom to call about a row's org, where the inventory says it.
    pub fn contact(&self, row: usize) -> Option<&str> {
        self.contacts.as_ref().map(|contacts| contacts.get(self.order[row] as usize))
    }

    /// A row's risk.
    pub fn risk(&self, row: usize) -> &OrgRisk {
        &self.risks[self.places[row] as usize]
    }

    /// A row's part of the orgs.
    pub fn part(&self, row: usize) -> &OrgPart {
        &self.parts[self.part_of[self.places[row] as usize] as usize]
    }

    /// What a row's org weighs; 1 where nothing else is known.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// Failures avoided by calling the first `calls` rows, each times its weight: one more than calls, 0 first.
    pub fn avoided_by_calls(&self) -> &[f64] {
        self.avoided.get_or_init(|| {
            let each = |row| self.risk(row).avoided_by_reconnect.max(0.0) * self.weight(row);
            let each: Vec<f64> = (0..self.len()).into_par_iter().with_min_len(4096).map(each).collect();
            let mut sum = 0.0;
            std::iter::once(0.0).chain(each.into_iter().map(|avoided| (sum += avoided, sum).1)).collect()
        })
    }

    /// The rows for which `keep` holds, at most `top` of them.
    #[must_use]
    pub fn filtered(&self, top: Option<usize>, keep: impl Fn(&Self, usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|row| keep(self, *row)).take(top.unwrap_or(usize::MAX)).collect();
        let of = |column: &[u32]| rows.iter().map(|row| column[*row]).collect();
        Self {
            provenance: self.provenance.clone(),
            parts: self.parts.clone(),
            risks: self.risks.clone(),
            part_of: self.part_of.clone(),
            ids: Arc::clone(&self.ids),
            contacts: self.contacts.clone(),
            order: of(&self.order),
            places: of(&self.places),
            weights: self.weights.as_ref().map(|weights| rows.iter().map(|row| weights[*row]).collect()),
            overdue: self.overdue.clone(),
            avoided: OnceLock::new(),
            ..*self
        }
    }
}
