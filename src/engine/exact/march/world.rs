//! What is alike for all orgs of a march, and its orgs at `as_of`.

use crate::engine::exact::ages::Ages;
use crate::engine::exact::lattice::{Slot, TIME_EPSILON};
use crate::engine::exact::lattice_segment::{LatticeSegment, OrgType};
use crate::engine::policy_rules::PolicyRules;
use crate::engine::rules::recovery_time;
use crate::plan::Segment;

/// What is alike for all orgs of a march.
pub(in crate::engine::exact) struct World<'g, 'a> {
    pub(in crate::engine::exact) segment: &'a Segment,
    pub(in crate::engine::exact) rules: &'g PolicyRules<'g>,
    pub(in crate::engine::exact) on_lattice: &'g LatticeSegment<'g>,
    pub(in crate::engine::exact) orgs: OrgType,
    /// Instants at which it matters whether a reconnect came before, ascending; each is a point.
    pub(in crate::engine::exact) boundaries: &'g [f64],
    /// Up to what orgs are followed.
    pub(in crate::engine::exact) until: Until,
}

impl World<'_, '_> {
    /// Whether a first disruption ends an org's life, to be counted.
    pub(super) fn is_until_disruption(&self) -> bool {
        self.until == Until::Disruption
    }

    /// The probability that who begins to reconnect at one instant has not by another.
    pub(in crate::engine::exact) fn waits(&self, begun: f64, at: f64) -> f64 {
        let Some(recovery) = &self.segment.recovery else { return 1.0 };
        if at < begun { 1.0 } else { recovery.after.sf(recovery_time(self.segment, begun, at)) }
    }

    /// The same just before it: of a law of single values.
    pub(in crate::engine::exact) fn waits_before(&self, begun: f64, at: f64) -> f64 {
        let Some(recovery) = &self.segment.recovery else { return 1.0 };
        let passed = recovery_time(self.segment, begun, at);
        let short = if recovery.after.atoms().is_some() { TIME_EPSILON } else { 0.0 };
        if at < begun { 1.0 } else { recovery.after.sf((passed - short).max(-1.0)) }
    }
}

/// Up to what orgs are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::exact) enum Until {
    /// To the end.
    End,
    /// To their first disruption.
    Disruption,
    /// To their first reconnect.
    Reconnect,
}

/// Orgs at `as_of` of one span of ages.
pub(in crate::engine::exact) struct OrgsOfAges {
    pub(in crate::engine::exact) ages: Ages,
    /// Checks at refreshes that had come into force by their last use.
    pub(in crate::engine::exact) behind: usize,
    /// The share of them whose lifetime is not over, at each point: before what strikes there, and after.
    pub(in crate::engine::exact) lifetime: Option<Remaining>,
}

/// Something that ends or moves all of a group alike: the share that is left at each point.
#[derive(Debug, Clone)]
pub(in crate::engine::exact) struct Remaining {
    /// Just before each point; length: cells + 1.
    pub(in crate::engine::exact) before: Vec<f64>,
    /// Once it has been passed.
    pub(in crate::engine::exact) after: Vec<f64>,
}

impl Remaining {
    /// Of the mass at the end of a slot, what is left of that at its beginning.
    pub(super) fn ratio(&self, slot: Slot) -> f64 {
        let (from, to) = match slot {
            Slot::Point(i) => (self.before[i], self.after[i]),
            Slot::Cell(i) => (self.after[i], self.before[i + 1]),
        };
        if from > 0.0 { (to / from).clamp(0.0, 1.0) } else { 1.0 }
    }
}
