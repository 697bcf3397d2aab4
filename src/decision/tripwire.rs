//! Tripwires: how many must have reconnected by an hour of the window, so that the plan is still more likely than not to keep
//! within its tolerance.

use crate::engine::exact::Sweep;
use crate::plan::{Family, Plan};
use crate::results::Counted;
use crate::results::solution::{Tripwire, Tripwires};

/// Halvings of the rate: far below what a person or an engine tells apart.
const HALVINGS: usize = 40;

/// The tripwires of a plan with a tolerance and a window. `None` where there is none: nobody reconnects, the window is over by the
/// deadline's beginning, or the chance is on one side of one half whoever reconnects. Also where the exact engine declines.
///
/// By the hour `t` a share `Σ nₛ uₛ Gₛ(t) / n` of the orgs has reconnected, where an org that acts has done so with probability
/// `G(t) = ∫ P(not failed before s) dT(s)` and `T` is the scenario's timing. The rate is the one with a chance of one half.
pub(crate) fn tripwires(family: &Family) -> Option<Tripwires> {
    let plan = family.centre();
    let (tolerance, hours) = (plan.tolerance()?, window_hours(plan)?);
    let sweep = Sweep::with_reconnects(family, Counted::FailedByDeadline, &hours).ok()?;
    let keeps = |uptake: f64| sweep.chance_at_most(uptake, Some(tolerance)) >= 0.5;
    if keeps(0.0) || !keeps(1.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if keeps(middle) { high = middle } else { low = middle }
    }
    let all = plan.orgs() as f64;
    let wire = |(hour, orgs): (f64, f64)| Tripwire { hour, reconnected: orgs / all, orgs };
    let hours = hours.into_iter().zip(sweep.reconnected(high)).map(wire).collect();
    Some(Tripwires { tolerance, uptake: high, hours })
}

/// Each hour after the opening, and the last instant at which a reconnect helps: the close, or the last deadline.
fn window_hours(plan: &Plan) -> Option<Vec<f64>> {
    let window = plan.window()?;
    let opens = plan.hours(window.opens.max(plan.as_of()));
    let last = plan.segments().iter().map(|s| s.deadline).fold(0.0, f64::max);
    let end = plan.hours(window.closes).min(last);
    if end <= opens {
        return None;
    }
    let whole = (1..).map(|i| opens + f64::from(i)).take_while(|h| *h < end - 1e-6);
    Some(whole.chain([end]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use crate::stats::count::Group;
    use crate::stats::count_quantiles::cdf_of_sum;

    /// The flagship by hand. At rate `u` one org fails by the deadline with p = (69 - 38.5 u) / 1399. One that acts reconnects at an
    /// hour uniform over 1-60 after PKCE, if it has not refreshed in the hours since then: of the 1,399 possible ones, `s`.
    #[test]
    fn the_flagships_tripwires_are_those_of_its_closed_form() {
        let wires = tripwires(&Family::certain(Sample::flagship().plan())).expect("there are some");
        let chance = |u: f64| cdf_of_sum(&[Group { n: 2500, p: (69.0 - 38.5 * u) / 1399.0 }], 100);
        assert!((chance(wires.uptake) - 0.5).abs() < 1e-6, "{} has {}", wires.uptake, chance(wires.uptake));
        assert_eq!((wires.hours.len(), wires.hours[0].hour, wires.hours[58].hour), (59, 170.0, 228.0));
        for wire in &wires.hours {
            let t = wire.hour - 168.0;
            // 1/59 of the integral over 1..t of 1 - s / 1399.
            let by = ((t - 1.0) - (t * t - 1.0) / 2.0 / 1399.0) / 59.0;
            assert!((wire.reconnected - wires.uptake * by).abs() < 1e-6, "hour {t}: {}", wire.reconnected);
            assert!((wire.orgs - 2500.0 * wire.reconnected).abs() < 1e-9);
        }
    }

    #[test]
    fn a_plan_that_is_safe_or_lost_whoever_reconnects_has_no_tripwire() {
        let with = |orgs| tripwires(&Family::certain(Sample::flagship().with(|s| s.orgs = orgs).plan()));
        assert_eq!((with(1_000), with(10_000)), (None, None));
        assert_eq!(tripwires(&Family::certain(Sample::flagship().with(|s| s.window = None).plan())), None);
    }
}
