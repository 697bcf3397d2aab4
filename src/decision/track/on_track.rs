//! How many more must reconnect, and by when, for the tolerance to be kept.

use super::forecast::Futures;
use super::model::FutureFigure;
use crate::plan::Plan;
use crate::results::track::{OnTrack, StillNeeded};
use crate::stats::count::Group;
use crate::stats::count_quantiles::cdf_of_mixture;
use rayon::prelude::*;

/// The chances that are aimed for.
const CHANCES: [f64; 2] = [0.5, 0.9];

/// Futures behind a chance, and halvings of the rate.
const FUTURES: usize = 200;
const HALVINGS: usize = 30;

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
    let step = (futures.all.len() / FUTURES).max(1);
    let chosen: Vec<usize> = (0..futures.all.len()).step_by(step).collect();
    // As if this share of every segment acted, in each future.
    let acting = |future: usize, uptake: Option<f64>, segment: usize| {
        let future = &futures.all[future];
        uptake.map_or(future.acting[segment], |u| future.outlook.actors[segment].uptake(u))
    };
    let chance = |uptake: f64| {
        let of = |future: &usize| -> Vec<Group> {
            let one = &futures.all[*future];
            let groups = (0..one.acting.len()).flat_map(|place| {
                let view = futures.view(one, place, acting(*future, Some(uptake), place));
                view.groups(FutureFigure::Failed, one.outlook.deadlines[place], &one.allotted[place])
            });
            groups.collect()
        };
        cdf_of_mixture(&chosen.par_iter().map(of).collect::<Vec<_>>(), tolerance)
    };
    let more = |uptake: Option<f64>| {
        let of = |future: &usize| -> f64 {
            let one = &futures.all[*future];
            let by = |place: usize| {
                let view = futures.view(one, place, acting(*future, uptake, place));
                one.allotted[place].rest as f64 * view.reconnects_by(until)
            };
            (0..one.allotted.len()).map(by).sum()
        };
        // Summed in order: the same bytes on any number of threads.
        let each: Vec<f64> = chosen.par_iter().map(of).collect();
        each.iter().sum::<f64>() / chosen.len() as f64
    };
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
    Some(OnTrack { tolerance, until, expected: more(None), needed: needed.to_vec() })
}
