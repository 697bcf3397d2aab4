//! One segment, exactly: its types of orgs are solved on a lattice, without and with a proactive reconnect; the lattice
//! is refined until halving it changes no answer by more than the tolerance.

use super::ages::{Ages, first_refreshes};
use super::aim::Accuracy;
use super::declined::{Declined, refuse};
use super::lattice::{Lattice, Slot, coarsest};
use super::lattice_segment::{LatticeSegment, OrgType};
use super::mass::{Cumulative, Failures, Mass};
use super::policy_segment::{self, Start};
use super::renewal::Renewal;
pub(super) use super::segment_risk::MOST_CELLS;
use super::segment_risk::{PartFailures, SegmentRisk, largest_change, most_cells};
use crate::engine::by_action::ByAction;
use crate::engine::rules::{LifeEvent, MATCHING_ADDRESS, address_after_reconnect, comes_first};
use crate::plan::{Cause, Plan, ReconnectTiming, Segment};

/// Solves a segment to within the aimed-for tolerance (a probability), or as near as the largest lattice comes.
///
/// What is left out is how mass lies within a cell, whose effect falls with the square of the step: the change from one lattice to the next
/// with half the step bounds what is left. Where jumps of single values fall between points it falls unevenly, and only with the step.
///
/// # Errors
/// [`Declined`] where the interval is all but one value.
pub(super) fn solve(plan: &Plan, segment: &Segment, aim: Accuracy) -> Result<SegmentRisk, Declined> {
    refuse(plan, segment)?;
    if let Some(solved) = policy_segment::solve(plan, segment, Start::Drawn, segment.timing.as_ref(), aim) {
        return Ok(solved);
    }
    let most = most_cells(plan, segment, aim.most_cells);
    let mut lattice = coarsest(plan, segment, (most / 2).max(1), aim.tolerance);
    let uneven = segment.interval.atoms().is_some_and(|atoms| atoms.len() > 1);
    let mut coarse = solve_on(segment, lattice.clone()).risks();
    let mut last_change = 0.0_f64;
    loop {
        lattice = lattice.halved();
        let parts = solve_on(segment, lattice.clone());
        let fine = parts.risks();
        let change = largest_change(plan, segment, &coarse, &fine);
        // One small change may be chance where they are uneven.
        let error_bound = if uneven { 2.0 * change.max(0.5 * last_change) } else { change };
        last_change = change;
        if error_bound <= aim.tolerance || !error_bound.is_finite() || lattice.evens() * 2 > most {
            return Ok(SegmentRisk { risks: fine, parts, error_bound, disrupted: ByAction::default() });
        }
        coarse = fine;
    }
}

/// Solves a segment on one lattice.
fn solve_on(segment: &Segment, lattice: Lattice) -> PartFailures {
    let ages = Ages::new(segment, &lattice);
    let on_lattice = LatticeSegment::new(lattice, segment, ages.oldest());
    solve_ages(segment, segment.timing.as_ref(), &on_lattice, &ages, &address_types(segment))
}

/// Solves orgs of these ages and values of the address trait, each with its share, who reconnect by this timing where they act.
pub(super) fn solve_ages(
    segment: &Segment,
    timing: Option<&ReconnectTiming>,
    on_lattice: &LatticeSegment,
    ages: &Ages,
    addresses: &[(f64, f64)],
) -> PartFailures {
    let lattice = on_lattice.lattice.clone();
    let [mut without, mut before, mut after] = [(); 3].map(|()| Failures::none(&lattice));
    let mut reconnected = Mass::none(&lattice);
    for (kept_in_use, reached) in heartbeat_types(segment) {
        let mut reconnecting = Mass::none(&lattice);
        for (address, share) in addresses {
            let orgs = OrgType { address: *address, kept_in_use };
            let weight = reached * share;
            let mut timeouts = Failures::none(&lattice);
            let first = first_refreshes(on_lattice, ages, orgs, &mut timeouts);
            let failures = Renewal::new(on_lattice, orgs, timeouts).run(Some(&first), None);
            without.add_scaled(&failures, weight);
            if let Some(timing) = timing {
                let (until, reconnects) = until_reconnect(&failures, timing, &lattice);
                before.add_scaled(&until, weight);
                reconnecting.add_scaled(&reconnects, weight);
            }
        }
        if reconnecting.total() > 0.0 {
            reconnected.add_scaled(&reconnecting, 1.0);
            after.add_scaled(&after_reconnect(on_lattice, kept_in_use, &reconnecting), 1.0);
        }
    }
    if timing.is_none() {
        before = without.clone();
    }
    PartFailures { without, before, after, reconnected: Cumulative::of(&reconnected, &lattice), lattice }
}

/// What fails of those who reconnect at these times.
pub(super) fn after_reconnect(on_lattice: &LatticeSegment, kept_in_use: bool, reconnecting: &Mass) -> Failures {
    let orgs = OrgType { address: address_after_reconnect(), kept_in_use };
    Renewal::new(on_lattice, orgs, Failures::none(&on_lattice.lattice)).run(None, Some(reconnecting))
}

/// Whether the heartbeat reaches an org, with the share of each; one type where nothing goes idle.
pub(super) fn heartbeat_types(segment: &Segment) -> Vec<(bool, f64)> {
    let coverage = segment.heartbeat_coverage;
    if segment.controls.idle_timeout.is_empty() {
        return vec![(true, 1.0)];
    }
    [(true, coverage), (false, 1.0 - coverage)].into_iter().filter(|c| c.1 > 0.0).collect()
}

/// Values of the address trait, each with the share of orgs: an org is mismatched wherever the share in force is at least its `address`.
pub(super) fn address_types(segment: &Segment) -> Vec<(f64, f64)> {
    let mut shares: Vec<f64> = segment.controls.static_ip.iter().map(|e| e.mismatch).filter(|m| *m > 0.0).collect();
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let mut below = 0.0;
    let mut types: Vec<(f64, f64)> = shares
        .into_iter()
        .map(|share| {
            let of_share = (share, share - below);
            below = share;
            of_share
        })
        .collect();
    if below < 1.0 {
        types.push((MATCHING_ADDRESS, 1.0 - below));
    }
    types
}

/// For an org that acts: its failures before its planned reconnect, and when it reconnects if it has not failed.
///
/// On a point the order of events decides; within a cell failures and reconnects are independent and even, so their probabilities multiply
/// with the means over the cell.
fn until_reconnect(failures: &Failures, timing: &ReconnectTiming, lattice: &Lattice) -> (Failures, Mass) {
    let mut before = failures.clone();
    let mut reconnects = Mass::none(lattice);
    let any = failures.any();
    let comes_after_reconnect = Cause::ALL.map(|cause| {
        let [reconnect, failure] = [LifeEvent::Reconnect, LifeEvent::of(cause)].map(|event| (0.0, event));
        comes_first(reconnect, failure)
    });
    let instant = timing.instant().and_then(|at| lattice.slot(at));
    let mut alive = 1.0;
    // Probability that the planned reconnect is still to come, after each slot.
    let mut to_come = 1.0;
    for i in 0..=lattice.cells {
        let on_point = if instant == Some(Slot::Point(i)) { to_come } else { 0.0 };
        let mut after = 0.0;
        for (f, comes_after) in before.by_cause.iter_mut().zip(comes_after_reconnect) {
            let Some(f) = f else { continue };
            after += if comes_after { f.points[i] } else { 0.0 };
            f.points[i] *= if comes_after { to_come - on_point } else { to_come };
        }
        alive -= any.points[i] - after;
        reconnects.points[i] = on_point * alive;
        alive -= after;
        to_come -= on_point;
        if i == lattice.cells {
            break;
        }
        let left = if on_point > 0.0 || to_come == 0.0 {
            0.0
        } else {
            match instant {
                Some(Slot::Cell(c)) => {
                    if c == i {
                        0.0
                    } else {
                        to_come
                    }
                }
                Some(Slot::Point(_)) => to_come,
                None => 1.0 - timing.cdf(lattice.at(i + 1)),
            }
        };
        reconnects.cells[i] = (to_come - left) * (alive - 0.5 * any.cells[i]);
        for f in before.by_cause.iter_mut().flatten() {
            f.cells[i] *= 0.5 * (to_come + left);
        }
        alive -= any.cells[i];
        to_come = left;
    }
    (before, reconnects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use crate::stats::Law;

    /// Laws with jumps, steep and narrow ones, at whole hours and at odd seconds: at four times the resolution no answer is off by more than the
    /// bound claimed.
    #[test]
    fn at_four_times_the_resolution_no_answer_is_off_by_more_than_the_bound_claimed() {
        let laws = [
            Ok(Law::Fixed(1400.0)),
            Ok(Law::Fixed(97.25)),
            Law::empirical(vec![5.0, 24.0, 31.5, 700.0]),
            Law::uniform(1.0, 1400.0),
            Law::log_uniform(1.0, 1400.0),
            Law::lognormal(48.0, 2.0),
            Law::weibull(90.0, 0.7),
            Law::normal(150.0, 12.0, 0.0, f64::INFINITY),
            Law::exponential(30.0),
            Law::normal(30.0, 0.05, 0.0, f64::INFINITY),
            Law::pert(100.0, 100.0 + 1.0 / 60.0, 100.0 + 2.0 / 60.0),
            Law::weibull(24.0, 200.0),
        ];
        for (law, later) in laws.into_iter().flat_map(|law| [0.0, 793.0 / 3600.0].map(|later| (law.clone(), later))) {
            let law = law.expect("proper");
            let plan = Sample::flagship()
                .with(|s| {
                    s.segment.interval = law.clone();
                    s.segment.last_refresh = Law::uniform(0.0, law.support().1.min(500.0)).expect("proper");
                    s.segment.heartbeat_coverage = 0.5;
                    s.segment.controls.idle_timeout =
                        vec![crate::plan::IdleTimeout { at: 24.0 + later, after: 300.0, retroactive: true }];
                    s.segment.controls.reauthorization[0].at += later;
                    s.segment.controls.token_rotation = vec![crate::plan::TokenRotation { at: 0.0, lost_token: 0.1 }];
                })
                .plan();
            let segment = &plan.segments()[0];
            let aim = Accuracy { tolerance: super::super::aim::TOLERANCE, most_cells: MOST_CELLS };
            let SegmentRisk { risks, error_bound, parts, .. } = solve(&plan, segment, aim).expect("it answers");
            // Laws of a few minutes would take more cells than there may be.
            let reached = if law.standard_width() < 0.2 { 1e-4 } else { super::super::aim::TOLERANCE };
            assert!(error_bound <= reached, "{law:?}: {error_bound}");
            let finer = solve_on(segment, parts.lattice.halved().halved()).risks();
            let moved = largest_change(&plan, segment, &risks, &finer);
            assert!(moved <= error_bound + 1e-12, "{law:?} moved by {moved}, claimed {error_bound}");
        }
    }

    /// Ages are uniform over 1-98 h, the first refresh is `I - A`, PKCE at hour 168 refuses whoever is refreshed from then on. All are by hour 168
    /// plus the interval; up to hour 237 those are whose second refresh is at 168 or later, or whose third is at 237 or before. With `m` for the
    /// mean of the interval both are linear in the ages, so that its width matters by less than its square.
    #[test]
    fn an_interval_within_seconds_or_minutes_of_its_mean_has_the_figures_of_its_mean() {
        for hours in [1.0 / 3600.0, 10.0 / 3600.0, 1.0 / 60.0, 10.0 / 60.0] {
            let laws = [
                Law::uniform(100.0 - hours, 100.0 + hours),
                Law::log_uniform(100.0 - hours, 100.0 + hours),
                Law::triangular(100.0 - hours, 100.0, 100.0 + hours),
                Law::pert(100.0 - hours, 100.0, 100.0 + hours),
                Law::normal(100.0, 0.2 * hours, 0.0, f64::INFINITY),
                Law::lognormal(100.0, 0.002 * hours),
                Law::weibull(100.0, 500.0 / hours),
            ];
            for law in laws.map(|law| law.expect("proper")) {
                let plan = Sample::flagship()
                    .with(|s| {
                        s.segment.interval = law.clone();
                        s.segment.last_refresh = Law::uniform(1.0, 98.0).expect("proper");
                    })
                    .plan();
                let segment = &plan.segments()[0];
                let aim = Accuracy { tolerance: super::super::aim::TOLERANCE, most_cells: MOST_CELLS };
                let SegmentRisk { risks, error_bound, .. } = solve(&plan, segment, aim).expect("it answers");
                let m = law.mean();
                let want = ((2.0 * m - 168.0 - 1.0) + (98.0 - (3.0 * m - 237.0))) / 97.0;
                let got = risks.without.failed_by(237.0);
                assert!(error_bound <= 1e-4, "{law:?}: {error_bound}");
                assert!(
                    (got - want).abs() <= error_bound + 1e-9,
                    "{law:?}: {got}, by hand {want}, bound {error_bound}"
                );
            }
        }
    }
}
