//! First signs of an org: it reconnects before it has failed, or it fails. What is seen while a rollout goes on counts these; with what follows
//! after a reconnect they say how an org fares of which some sign is known, or none.

use super::aim::{Accuracy, TOLERANCE_OF_MANY};
use super::declined::{Declined, refuse_interval};
use super::lattice::Lattice;
use super::mass::{Cumulative, Failures};
use super::risk::Risk;
use super::segment_risk::PartFailures;
use super::{policy_segment, segment};
use crate::engine::by_action::ByAction;
use crate::plan::{KnownOrgs, Plan, Policies, Policy, Segment};
use crate::stats::Law;

/// Ages that stand for those of all known orgs of a segment.
const MOST_AGES: u64 = 4096;

/// One segment's first signs, as probabilities of one org: without a planned reconnect, and of one that acts. Times are hours since `as_of`.
#[derive(Debug)]
pub(crate) struct FirstSigns {
    segment: Segment,
    risks: ByAction<Risk>,
    lattice: Lattice,
    /// First failures before any reconnect.
    first: ByAction<Failures>,
    failed_first: ByAction<Cumulative>,
    /// First reconnects of those who have not failed.
    reconnected: Reconnects,
    early: Early,
}

/// First reconnects.
#[derive(Debug)]
enum Reconnects {
    /// All are planned.
    Planned(Box<PartFailures>),
    /// Some come from notices and disruptions.
    Any(Box<ByAction<Cumulative>>),
}

/// Those who have reconnected by an instant, and what befalls them after it.
#[derive(Debug)]
enum Early {
    Nobody,
    /// The share of those who act that plans to, and one org of it.
    Planned(f64, Box<Risk>),
    /// Whoever reconnects, as a part of all.
    Any(Box<ByAction<Risk>>),
}

impl FirstSigns {
    /// Solves a segment. `cut` is the instant up to which reconnects are told from later ones. Known orgs are taken as drawn from their own ages.
    ///
    /// # Errors
    /// [`Declined`] where the exact engine can't follow the segment, and where more is known of single orgs than their age.
    pub(crate) fn solve(plan: &Plan, segment: &Segment, cut: f64) -> Result<Self, Declined> {
        refuse_interval(segment)?;
        // What a guard would do is no part of what befalls an org that nobody has stopped the rollout for.
        let unguarded = plan.guard().map(|_| plan.with(|parts| parts.guard = None)).transpose();
        let unguarded = unguarded.map_err(|why| Declined(why.to_string()))?;
        let plan = unguarded.as_ref().unwrap_or(plan);
        let drawn = segment.known.as_deref().map(|orgs| as_drawn(segment, orgs)).transpose()?;
        let segment = drawn.as_ref().unwrap_or(segment);
        let aim = Accuracy { tolerance: TOLERANCE_OF_MANY, most_cells: segment::MOST_CELLS };
        let solved = segment::solve(plan, segment, aim)?;
        let lattice = solved.parts.lattice.clone();
        if segment.policies.as_deref().is_some_and(brings_reconnects)
            && let Some(signs) = policy_segment::signs(segment, cut, lattice.clone())
        {
            let failed_first = signs.failed.as_ref().map(|failures| Cumulative::of(&failures.any(), &lattice));
            return Ok(Self {
                segment: segment.clone(),
                risks: solved.risks,
                lattice,
                first: signs.failed,
                failed_first,
                reconnected: Reconnects::Any(Box::new(signs.reconnected)),
                early: Early::Any(Box::new(signs.early)),
            });
        }
        let early = segment.timing.as_ref().and_then(|timing| timing.until(cut));
        let early = early.map(|(share, timing)| {
            let mut early = segment.clone();
            early.timing = Some(timing);
            let parts = segment::solve(plan, &early, aim)?.parts;
            Ok(Early::Planned(share, Box::new(Risk::new(&parts.after, parts.lattice))))
        });
        let parts = solved.parts;
        let first = ByAction { without: parts.without.clone(), with: parts.before.clone() };
        let failed_first = first.as_ref().map(|failures| Cumulative::of(&failures.any(), &lattice));
        Ok(Self {
            segment: segment.clone(),
            risks: solved.risks,
            lattice,
            first,
            failed_first,
            reconnected: Reconnects::Planned(Box::new(parts)),
            early: early.transpose()?.unwrap_or(Early::Nobody),
        })
    }

    /// Chance to have failed by `at` without having reconnected before.
    pub(crate) fn failed_first(&self, at: f64) -> ByAction<f64> {
        self.failed_first.as_ref().map(|cumulative| cumulative.at(at).clamp(0.0, 1.0))
    }

    /// Chance to have reconnected by `at`, not having failed before.
    pub(crate) fn reconnected(&self, at: f64) -> ByAction<f64> {
        match &self.reconnected {
            Reconnects::Planned(_) if self.segment.timing.is_none() => ByAction::default(),
            Reconnects::Planned(parts) => ByAction { without: 0.0, with: parts.reconnected_by(at) },
            Reconnects::Any(all) => ByAction::as_ref(all).map(|cumulative| cumulative.at(at).clamp(0.0, 1.0)),
        }
    }

    /// Chance to have failed by `at`, before a reconnect or after it.
    pub(crate) fn failed(&self, at: f64) -> ByAction<f64> {
        self.risks.as_ref().map(|risk| risk.failed_by(at))
    }

    /// Chance to have reconnected by the cut, and to have failed after that by `at`.
    pub(crate) fn failed_after_early(&self, at: f64) -> ByAction<f64> {
        self.of_early(|risk| risk.failed_by(at))
    }

    /// Chance to be down at an instant: failed by it and not recovered.
    pub(crate) fn down(&self, at: f64) -> ByAction<f64> {
        self.risks.as_ref().map(|risk| risk.down_at(&self.segment, at))
    }

    /// Chance to have reconnected by the cut, and to be down at an instant.
    pub(crate) fn down_after_early(&self, at: f64) -> ByAction<f64> {
        self.of_early(|risk| risk.down_at(&self.segment, at))
    }

    fn of_early(&self, of: impl Fn(&Risk) -> f64) -> ByAction<f64> {
        match &self.early {
            Early::Nobody => ByAction::default(),
            Early::Planned(share, risk) => ByAction { without: 0.0, with: share * of(risk) },
            Early::Any(risks) => ByAction::as_ref(risks).map(of),
        }
    }

    /// Chance to have failed within a span, as the first sign, and to be down at an instant. The span's beginning does not belong to it.
    pub(crate) fn down_of_first(&self, span: [f64; 2], at: f64) -> ByAction<f64> {
        let within = |failures: &Failures| {
            let part = failures.between(&self.lattice, span);
            Risk::new(&part, self.lattice.clone()).down_at(&self.segment, at)
        };
        self.first.as_ref().map(within)
    }
}

/// Whether people reconnect on notices or after disruptions.
fn brings_reconnects(policies: &Policies) -> bool {
    let brings = |event: &Policy| event.nudge > 0.0 || event.reauthorization.as_ref().is_some_and(|c| c.warned > 0.0);
    policies.events.iter().any(brings)
}

/// A segment whose orgs are drawn from the ages of known ones.
fn as_drawn(segment: &Segment, orgs: &KnownOrgs) -> Result<Segment, Declined> {
    let mismatched = segment.controls.static_ip.iter().any(|rule| rule.mismatch > 0.0);
    let policies = segment.policies.as_deref();
    let of_policies =
        |event: &Policy| event.mismatch.is_some_and(|share| share > 0.0) || event.reauthorization.is_some();
    let counts = mismatched || policies.is_some_and(|policies| policies.events.iter().any(of_policies));
    let classes = || segment.class_sizes().zip(orgs.classes()).filter(|(n, _)| *n > 0);
    if classes().any(|(_, class)| (class.reconnected && counts) || (class.has_details() && policies.is_some())) {
        return Err(Declined(
            "orgs of this inventory are unlike in more than their last refresh (`reconnected_at`, `connected_at` or `place`), so they can't be tracked \
             together: track the plan with a law of `last_refresh`"
                .to_owned(),
        ));
    }
    let all: u64 = classes().map(|(n, _)| n).sum();
    let each = all.div_ceil(MOST_AGES).max(1);
    // Every so many of all orgs, by age.
    let mut ages: Vec<f64> = Vec::new();
    let mut upto = 0;
    for (n, class) in classes() {
        let taken = |count: u64| (count + each / 2) / each;
        let times = taken(upto + n) - taken(upto);
        ages.extend(std::iter::repeat_n(class.age, times as usize));
        upto += n;
    }
    let last_refresh = Law::empirical(ages).map_err(|why| Declined(why.to_string()))?;
    Ok(Segment { known: None, last_refresh, ..segment.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    /// The flagship by hand: PKCE comes 168 hours after the ages are true, next refreshes are uniform over 1,399 hours, the window is the hours 1 to 60
    /// after PKCE. An org that acts at hour `s` has not failed before with 1 - s / 1399.
    #[test]
    fn first_signs_of_the_flagship_are_those_of_its_closed_form() {
        let plan = Sample::flagship().plan();
        let signs = FirstSigns::solve(&plan, &plan.segments()[0], 168.0 + 21.0).expect("it answers");
        for hour in [0.0, 6.0, 21.0, 60.0, 69.0] {
            let at = 168.0 + hour;
            let failed = signs.failed_first(at);
            assert!((failed.without - hour / 1399.0).abs() < TOLERANCE_OF_MANY, "{hour}: {failed:?}");
            let t = hour.clamp(1.0, 60.0);
            let reconnected = ((t - 1.0) - (t * t - 1.0) / 2.0 / 1399.0) / 59.0;
            assert!(
                (signs.reconnected(at).with - reconnected).abs() < TOLERANCE_OF_MANY,
                "{hour}: {}",
                signs.reconnected(at).with
            );
            // Whoever acts fails first by t if its refresh comes by t and before its reconnect: the integral of 1 - T(x) over 0..t.
            let spared = (t - 1.0).powi(2) / 2.0 / 59.0 + (hour - 60.0).max(0.0);
            assert!((failed.with - (hour - spared).max(0.0) / 1399.0).abs() < TOLERANCE_OF_MANY, "{hour}: {failed:?}");
            // With refreshes 1,400 hours apart nobody who has reconnected fails again before the horizon.
            assert!(signs.failed_after_early(at).with < 1e-9);
        }
    }
}
