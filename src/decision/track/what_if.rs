//! What would change the forecast from now on: how many more reconnect, and where the deadline lies.

use super::forecast::{Future, Futures, When, mean};
use super::on_track;
use crate::plan::Plan;
use crate::results::track::TrackGrid;
use crate::results::{Grid, GridCell};
use crate::stats::count::Group;
use crate::stats::count_quantiles::{cdf_of_mixture, quantiles_of_mixture};
use rayon::prelude::*;

/// Futures behind a cell, and behind one of what is expected.
const FUTURES: usize = 100;
const FUTURES_AS_EXPECTED: usize = 1_000;

/// Shares that reconnect, from 0 to 1.
const RATES: u32 = 20;

/// Most deadlines, and how far the last may lie behind the plan's own, in hours.
const DEADLINES: f64 = 32.0;
const LATER: f64 = 7.0 * 24.0;

/// How far the deadline may be moved, in hours: whole steps from now to a week after it, itself among them. Empty once it has passed.
pub(super) fn shifts(plan: &Plan, now: f64) -> Vec<f64> {
    let deadlines = || plan.segments().iter().filter(|segment| segment.orgs > 0).map(|segment| segment.deadline);
    let (first, last) = deadlines().fold((f64::INFINITY, 0.0_f64), |(a, b), at| (a.min(at), b.max(at)));
    if first <= now || !first.is_finite() {
        return Vec::new();
    }
    let later = LATER.min(plan.horizon_hours() - last).max(0.0);
    let step = ((first - now + later) / DEADLINES).ceil().max(1.0);
    let [before, after] = [(first - now) / step, later / step].map(|steps| (steps + 1e-9).floor() as i64);
    (-before..=after).map(|place| place as f64 * step).collect()
}

/// The grid over rates of reconnecting, with a row of what is expected, and those deadlines. `None` without deadlines, and where too few draws
/// bear a range.
pub(super) fn grid(futures: &Futures<'_>, plan: &Plan, now: f64, shifts: Vec<f64>) -> Option<TrackGrid> {
    if shifts.is_empty() || !futures.sound {
        return None;
    }
    let [few, many] = [FUTURES, FUTURES_AS_EXPECTED].map(|number| futures.some(number));
    let until = on_track::until(plan).filter(|until| *until > now);
    // Without anybody who may still act there is one row: as it is.
    let rates = (0..=RATES).map(|i| Some(f64::from(i) / f64::from(RATES))).filter(|_| until.is_some());
    let more = |uptake: Option<f64>| {
        until.map_or(0.0, |until| futures.more_by(if uptake.is_some() { &few } else { &many }, uptake, until))
    };
    let mut rows: Vec<(Option<f64>, f64)> = rates.chain([None]).map(|uptake| (uptake, more(uptake))).collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let expected = rows.iter().position(|(uptake, _)| uptake.is_none()).unwrap_or(0);
    let cell = |uptake: Option<f64>, shift: f64| {
        let parts: Vec<Vec<Group>> = match uptake {
            Some(uptake) => few.iter().map(|future| futures.failing_if(future, uptake, When::Moved(shift))).collect(),
            None => many.iter().map(|future| futures.failing(future, When::Moved(shift))).collect(),
        };
        let found = quantiles_of_mixture(&parts, &[0.05, 0.5, 0.95], None);
        GridCell {
            mean: mean(&parts),
            percentiles: [found[0], found[1], found[2]],
            within_tolerance: plan.tolerance().map(|most| cdf_of_mixture(&parts, most)),
        }
    };
    let row = |(uptake, _): &(Option<f64>, f64)| shifts.iter().map(|shift| cell(*uptake, *shift)).collect();
    let cells = rows.par_iter().map(row).collect();
    let middle = |future: &&Future| future.acting.iter().sum::<f64>() / future.acting.len().max(1) as f64;
    let mean_rate = many.iter().map(middle).sum::<f64>() / many.len().max(1) as f64;
    let uptakes = rows.iter().map(|(uptake, _)| uptake.unwrap_or(mean_rate)).collect();
    let more = rows.into_iter().map(|(_, more)| more).collect();
    Some(TrackGrid { more, until, grid: Grid { uptakes, shifts, cells }, expected })
}
