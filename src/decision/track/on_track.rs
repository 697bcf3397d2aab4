//! How many more must reconnect, and by when, for the tolerance to be kept.

use super::forecast::{Future, Futures, When};
use crate::plan::Plan;
use crate::results::track::{OnTrack, StillNeeded};
use crate::stats::count::Group;
use crate::stats::count_quantiles::cdf_of_mixture;
use rayon::prelude::*;

/// The chances that are aimed for.
const CHANCES: [f64; 2] = [0.5, 0.9];

/// Futures behind a chance, halvings of the rate, and rates at which the chance is told.
const FUTURES: usize = 200;
const HALVINGS: usize = 30;
const ODDS: u32 = 100;

/// The last instant at which a reconnect helps: the end of the window, or the last deadline. `None` without a window.
pub(super) fn until(plan: &Plan) -> Option<f64> {
    let deadline = plan.segments().iter().map(|s| s.deadline).fold(0.0, f64::max);
    Some(plan.hours(plan.window()?.closes).min(deadline))
}

/// `None` without a tolerance or a window, once the deadline has passed, and where the window is over.
pub(super) fn on_track(futures: &Futures<'_>, plan: &Plan, now: f64) -> Option<OnTrack> {
    let (tolerance, until) = (plan.tolerance()?, until(plan)?);
    if until <= now {
        return None;
    }
    let chosen = futures.some(FUTURES);
    let chance = |uptake: f64| {
        let of = |future: &&Future| futures.failing_if(future, uptake, When::Deadline);
        cdf_of_mixture(&chosen.par_iter().map(of).collect::<Vec<Vec<Group>>>(), tolerance)
    };
    let more = |uptake: Option<f64>| futures.more_by(&chosen, uptake, until);
    let needed = CHANCES.map(|aim| {
        if chance(0.0) >= aim {
            return StillNeeded { chance: aim, more: Some(0) };
        }
        if chance(1.0) < aim {
            return StillNeeded { chance: aim, more: None };
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if chance(middle) >= aim { high = middle } else { low = middle }
        }
        StillNeeded { chance: aim, more: Some(more(Some(high)).ceil() as u64) }
    });
    let rates = (0..=ODDS).map(|i| f64::from(i) / f64::from(ODDS));
    let odds = rates.map(|rate| [more(Some(rate)), chance(rate)]).collect();
    Some(OnTrack { tolerance, until, expected: more(None), needed: needed.to_vec(), odds })
}
