//! What a run costs, from the plan alone: steps of lives, one of which takes about 10 ns on one core.

use super::fast::FollowedSegment;
use super::multinomial::is_followed_up_to;
use crate::plan::{Family, Plan};

/// Steps that take 2 seconds on one core.
pub(crate) const STEPS_OF_A_WAIT: f64 = 2e8;

/// What is done for a segment once in a run: a block begun and counted.
const ONCE_A_SEGMENT: f64 = 150.0;

/// Steps that one takes where orgs are followed by policies.
const STEP_OF_POLICIES: f64 = 5.0;

/// Possible plans that are looked at: they differ little in what they cost.
const LOOKED_AT: usize = 16;

/// Steps of one run on average over a family's plans, where segments of up to `most_followed` orgs are followed org by org.
pub(crate) fn steps_of_run(family: &Family, most_followed: u64) -> f64 {
    let possible = family.possible_plans(0).map(|possible| possible.plans).unwrap_or_default();
    let every = (possible.len() / LOOKED_AT).max(1);
    let looked_at: Vec<&Plan> = possible.iter().step_by(every).collect();
    let looked_at = if looked_at.is_empty() { vec![family.centre()] } else { looked_at };
    let steps = looked_at.iter().map(|plan| steps_of(plan, most_followed)).sum::<f64>();
    (steps / looked_at.len() as f64).max(1.0)
}

/// The same of one plan.
pub(crate) fn steps_of(plan: &Plan, most_followed: u64) -> f64 {
    let (horizon, mut first) = (plan.horizon_hours(), 0);
    let steps = plan.segments().iter().map(|segment| {
        let orgs = FollowedSegment::new(segment, first, horizon);
        first += segment.orgs;
        let followed = is_followed_up_to(most_followed, segment);
        // Without columns of orgs side by side a step takes longer.
        let each = if segment.policies.is_some() {
            STEP_OF_POLICIES * (1.0 + orgs.steps_of_life())
        } else {
            orgs.steps_of_life()
        };
        ONCE_A_SEGMENT + if followed { segment.orgs as f64 * each } else { 0.0 }
    });
    steps.sum::<f64>().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::steps::refreshes_in;

    use crate::stats::Law;

    #[test]
    fn refreshes_are_told_to_within_a_factor_of_two() {
        // Every hour; uniform on 0-2 h, mean 1 h; exponential with mean 10 h: 1,000 h hold 1,000, 1,000 and 100.
        let uniform = Law::uniform(0.0, 2.0).expect("proper");
        for (law, want) in [(Law::Fixed(1.0), 1000.0), (uniform, 1000.0), (Law::Exponential { mean: 10.0 }, 100.0)] {
            let found = refreshes_in(&law, 1000.0);
            assert!(want / 2.0 <= found && found <= 2.0 * want, "{law:?}: {found}");
        }
        assert_eq!(refreshes_in(&Law::Fixed(1.0), -1.0), 0.0);
        let heavy = Law::weibull(1.0, 0.05).expect("proper");
        assert!(refreshes_in(&heavy, 1000.0).is_finite());
    }
}
