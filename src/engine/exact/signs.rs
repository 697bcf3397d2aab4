//! First signs of an org: it reconnects before it has failed, or it fails. What is seen while a rollout goes on counts these; with what follows
//! after a reconnect they say how an org fares of which some sign is known, or none.

use super::aim::{Accuracy, TOLERANCE_OF_MANY};
use super::declined::{Declined, refuse};
use super::mass::{Cumulative, Failures};
use super::risk::Risk;
use super::segment;
use super::segment_risk::PartFailures;
use crate::engine::by_action::ByAction;
use crate::plan::{Plan, Segment};

/// One segment's first signs, as probabilities of one org: without a planned reconnect, and of one that acts. Times are hours since `as_of`.
#[derive(Debug)]
pub(crate) struct FirstSigns {
    segment: Segment,
    parts: PartFailures,
    risks: ByAction<Risk>,
    /// First failures before any reconnect.
    failed_first: ByAction<Cumulative>,
    /// Of an org that acts and plans to reconnect by `cut`: its chance, and its failures after that reconnect.
    early: Option<(f64, Risk)>,
}

impl FirstSigns {
    /// Solves a segment. `cut` is the instant up to which reconnects are told from later ones.
    ///
    /// # Errors
    /// [`Declined`] where the exact engine can't follow the segment, where its orgs are known one by one, and where notices or disruptions bring
    /// reconnects that nobody planned: what is seen would not tell them apart.
    pub(crate) fn solve(plan: &Plan, segment: &Segment, cut: f64) -> Result<Self, Declined> {
        refuse(plan, segment)?;
        if segment.known.is_some() {
            return Err(Declined(
                "orgs of an inventory are not tracked one by one: give the plan a law of `last_refresh`".to_owned(),
            ));
        }
        let unplanned = |policies: &crate::plan::Policies| {
            policies
                .events
                .iter()
                .any(|event| event.nudge > 0.0 || event.reauthorization.as_ref().is_some_and(|c| c.warned > 0.0))
        };
        if segment.policies.as_deref().is_some_and(unplanned) {
            let why = "people act on notices (`warned`) or disruptions (`nudge`) here, which what is seen does not tell from planned reconnects";
            return Err(Declined(why.to_owned()));
        }
        let aim = Accuracy { tolerance: TOLERANCE_OF_MANY, most_cells: segment::MOST_CELLS };
        let solved = segment::solve(plan, segment, aim)?;
        let early = segment.timing.as_ref().and_then(|timing| timing.until(cut));
        let early = early.map(|(share, timing)| {
            let mut early = segment.clone();
            early.timing = Some(timing);
            let parts = segment::solve(plan, &early, aim)?.parts;
            Ok((share, Risk::new(&parts.after, parts.lattice)))
        });
        let parts = solved.parts;
        let failed_first = ByAction { without: &parts.without, with: &parts.before };
        let failed_first = failed_first.map(|failures| Cumulative::of(&failures.any(), &parts.lattice));
        Ok(Self { segment: segment.clone(), failed_first, risks: solved.risks, early: early.transpose()?, parts })
    }

    /// Chance to have failed by `at` without having reconnected before.
    pub(crate) fn failed_first(&self, at: f64) -> ByAction<f64> {
        self.failed_first.as_ref().map(|cumulative| cumulative.at(at).clamp(0.0, 1.0))
    }

    /// Chance of an org that acts to have reconnected by `at`, not having failed before.
    pub(crate) fn reconnected(&self, at: f64) -> f64 {
        if self.segment.timing.is_none() { 0.0 } else { self.parts.reconnected_by(at) }
    }

    /// Chance to have failed by `at`, before a reconnect or after it.
    pub(crate) fn failed(&self, at: f64) -> ByAction<f64> {
        self.risks.as_ref().map(|risk| risk.failed_by(at))
    }

    /// Chance of an org that acts to have reconnected by the cut, and to have failed after that by `at`.
    pub(crate) fn failed_after_early(&self, at: f64) -> f64 {
        self.early.as_ref().map_or(0.0, |(share, risk)| share * risk.failed_by(at))
    }

    /// Chance to be down at an instant: failed by it and not recovered.
    pub(crate) fn down(&self, at: f64) -> ByAction<f64> {
        self.risks.as_ref().map(|risk| risk.down_at(&self.segment, at))
    }

    /// Chance of an org that acts to have reconnected by the cut, and to be down at an instant.
    pub(crate) fn down_after_early(&self, at: f64) -> f64 {
        self.early.as_ref().map_or(0.0, |(share, risk)| share * risk.down_at(&self.segment, at))
    }

    /// Chance to have failed within a span, as the first sign, and to be down at an instant. The span's beginning does not belong to it.
    pub(crate) fn down_of_first(&self, span: [f64; 2], at: f64) -> ByAction<f64> {
        let within = |failures: &Failures| {
            let part = failures.between(&self.parts.lattice, span);
            Risk::new(&part, self.parts.lattice.clone()).down_at(&self.segment, at)
        };
        ByAction { without: &self.parts.without, with: &self.parts.before }.map(within)
    }
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
                (signs.reconnected(at) - reconnected).abs() < TOLERANCE_OF_MANY,
                "{hour}: {}",
                signs.reconnected(at)
            );
            // Whoever acts fails first by t if its refresh comes by t and before its reconnect: the integral of 1 - T(x) over 0..t.
            let spared = (t - 1.0).powi(2) / 2.0 / 59.0 + (hour - 60.0).max(0.0);
            assert!((failed.with - (hour - spared).max(0.0) / 1399.0).abs() < TOLERANCE_OF_MANY, "{hour}: {failed:?}");
            // With refreshes 1,400 hours apart nobody who has reconnected fails again before the horizon.
            assert!(signs.failed_after_early(at) < 1e-9);
        }
    }
}
