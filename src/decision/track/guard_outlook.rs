//! A guard of a rollout under way: the forecast is of a rollout that nobody stops; beside it stands how likely each later check is to find more
//! failures than the guard bears.

use super::forecast::{Futures, When};
use crate::plan::{GuardLimit, Plan, Segment};
use crate::results::track::{GuardCheckOutlook, SeenLook};

/// Every check after now; empty without a guard.
pub(super) fn outlook(futures: &Futures<'_>, plan: &Plan, now: f64) -> Vec<GuardCheckOutlook> {
    let Some(guard) = plan.guard() else { return Vec::new() };
    let to_come = guard.checks.iter().filter(|check| **check > now && **check <= plan.horizon_hours());
    to_come.map(|check| GuardCheckOutlook { at: *check, chance: chance(futures, plan, *check) }).collect()
}

/// Chance that more have failed by a check than the guard bears.
fn chance(futures: &Futures<'_>, plan: &Plan, check: f64) -> f64 {
    match bears(plan, check) {
        Some(most) => 1.0 - futures.chance_by(most, When::At(check)),
        None => 0.0,
    }
}

/// How many failures the guard bears at a check; `None` where the event has come into force for nobody.
fn bears(plan: &Plan, check: f64) -> Option<u64> {
    let guard = plan.guard()?;
    let limit = match guard.limit {
        GuardLimit::Orgs(limit) => limit,
        GuardLimit::Share(share) => {
            let in_force = |segment: &Segment| {
                let event = segment.policies.as_deref().map(|policies| &policies.events[guard.event]);
                let waves = event.map_or(&[][..], |event| &event.waves);
                let upto = waves.iter().filter(|wave| wave.at <= check).map(|wave| wave.upto).fold(0.0, f64::max);
                segment.orgs as f64 * upto
            };
            let orgs: f64 = plan.segments().iter().map(in_force).sum();
            if orgs <= 0.0 {
                return None;
            }
            share * orgs
        }
    };
    Some((limit + 1e-9).floor().max(0.0) as u64)
}

/// The first check up to now by which more were seen to fail than the guard bears, with how many.
pub(super) fn exceeded(plan: &Plan, looks: &[SeenLook], now: f64) -> Option<(f64, u64)> {
    let guard = plan.guard()?;
    guard.checks.iter().filter(|check| **check <= now).find_map(|check| {
        let counted = looks.iter().rev().filter(|look| look.at <= *check).find_map(|look| look.failed)?;
        bears(plan, *check).filter(|most| counted > *most).map(|_| (*check, counted))
    })
}

/// Whether another event than the guarded one may fail orgs: their failures are counted with its own here.
pub(super) fn counts_others(plan: &Plan) -> bool {
    let Some(guard) = plan.guard() else { return false };
    let other = |segment: &Segment| {
        let events = segment.policies.iter().flat_map(|policies| policies.events.iter().enumerate());
        events.into_iter().any(|(place, event)| place != guard.event && !event.causes().is_empty())
    };
    plan.segments().iter().any(other)
}
