//! The chance of one org to be counted, for questions that ask about plan after plan: each life is solved once, however many
//! plans share it.

use super::aim::{Accuracy, TOLERANCE_OF_MANY};
use super::declined::{Declined, refuse};
use super::risk::Risk;
use super::{headline, known, segment};
use crate::engine::by_action::ByAction;
use crate::plan::{Plan, Segment};
use crate::results::Counted;

/// Segments that have been solved, for one headline figure. Plans that differ in numbers of orgs or in who acts share them.
#[derive(Debug)]
pub struct SolvedSegments {
    counted: Counted,
    known: Vec<SolvedSegment>,
}

#[derive(Debug)]
struct SolvedSegment {
    segment: Segment,
    horizon: f64,
    /// Chance of an org that does not act, and of one that does.
    chances: ByAction<f64>,
}

impl SolvedSegments {
    /// Nothing solved yet.
    pub fn new(counted: Counted) -> Self {
        Self { counted, known: Vec::new() }
    }

    /// How many lives have been solved.
    pub fn solved(&self) -> usize {
        self.known.len()
    }

    /// Mean number of orgs counted in a plan, everything about it known, at its first rate of reconnecting. Off by at most one
    /// in ten thousand of the orgs, where the lattice reaches that.
    ///
    /// # Errors
    /// [`Declined`] where the exact engine can't follow a segment's refreshes.
    pub fn mean(&mut self, plan: &Plan) -> Result<f64, Declined> {
        let uptake = plan.uptakes()[0].value;
        let near = (self.counted != Counted::FailedByHorizon).then(|| headline::to_the_deadline(plan)).flatten();
        let plan = near.as_ref().unwrap_or(plan);
        let of =
            |segment: &Segment| Ok(segment.orgs as f64 * self.chances(plan, segment)?.mean(segment.uptake(uptake)));
        plan.segments().iter().map(of).sum()
    }

    fn chances(&mut self, plan: &Plan, segment: &Segment) -> Result<ByAction<f64>, Declined> {
        let mut segment = segment.clone();
        if self.counted != Counted::DownAtDeadline && segment.policies.is_none() {
            // How orgs come back changes nothing of what has failed, unless people act on notices and disruptions as fast.
            segment.recovery = None;
        }
        let horizon = plan.horizon_hours();
        let is_this = |solved: &&SolvedSegment| solved.horizon == horizon && solved.segment.same_life(&segment);
        if let Some(solved) = self.known.iter().rev().find(is_this) {
            return Ok(solved.chances);
        }
        let chance = |risk: &Risk| match self.counted {
            Counted::FailedByDeadline => risk.failed_by(segment.deadline),
            Counted::DownAtDeadline => risk.down_at(&segment, segment.deadline),
            Counted::FailedByHorizon => risk.failed_by(horizon),
        };
        let chances = match &segment.known {
            None => {
                let aim = Accuracy { tolerance: TOLERANCE_OF_MANY, most_cells: segment::MOST_CELLS };
                segment::solve(plan, &segment, aim)?.risks.as_ref().map(chance)
            }
            Some(orgs) => {
                refuse(plan, &segment)?;
                let timing = segment.timing.as_ref();
                let solved = known::solve(plan, &segment, orgs.classes(), timing, &[], TOLERANCE_OF_MANY).classes;
                // Of an org picked at random.
                ByAction::from_fn(|action| {
                    let each = segment.class_sizes().zip(&solved);
                    let sum: f64 = each.map(|(n, risks)| n as f64 * chance(risks.of(action))).sum();
                    sum / segment.orgs.max(1) as f64
                })
            }
        };
        if !(chances.without.is_finite() && chances.with.is_finite()) {
            return Err(super::declined::unsound(&segment));
        }
        self.known.push(SolvedSegment { segment, horizon, chances });
        Ok(chances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::exact::means_of;
    use crate::plan::sample::Sample;
    use crate::stats::Law;

    #[test]
    fn it_says_what_the_headline_says_and_solves_a_life_once() {
        for counted in Counted::ALL {
            let mut lives = SolvedSegments::new(counted);
            for uptake in [0.0, 0.3, 1.0] {
                for interval in [Law::Fixed(1400.0), Law::uniform(1.0, 1400.0).expect("proper")] {
                    let plan =
                        Sample::flagship().with(|s| s.uptakes = vec![uptake]).with(|s| s.segment.interval = interval);
                    let plan = plan.plan();
                    let want = means_of(&plan, counted).expect("it answers")[0];
                    let got = lives.mean(&plan).expect("it answers");
                    assert!(
                        (got - want).abs() <= 2.0 * TOLERANCE_OF_MANY * 2500.0,
                        "{counted:?} {uptake}: {got}, not {want}"
                    );
                }
            }
            assert_eq!(lives.solved(), 2);
        }
    }
}
