//! The posterior predictive: what was seen is held fixed, and the rest is to come.

use super::model::{Allotted, AskedTimes, FutureFigure, Lives, PlanChances, PlanOutlook, SegmentOutlook, cuts};
use super::posterior::Posterior;
use super::series::Series;
use crate::engine::exact::{Declined, FirstSigns};
use crate::plan::{Family, Plan, Segment};
use crate::results::track::{CheckpointForecast, Forecast, ForecastCount, PERCENTS, SegmentForecast};
use crate::stats::count::Group;
use crate::stats::count_quantiles::{cdf_of_mixture, quantiles_of_mixture};
use crate::stats::stream::Stream;
use rayon::prelude::*;
use std::sync::Arc;

/// Draws behind a figure, and behind a point of a curve.
pub(super) const DRAWS: usize = 2_000;
const DRAWS_OF_A_POINT: usize = 250;
/// Below this effective number of draws no percentile is told.
pub(super) const FEWEST: f64 = 400.0;

/// When a figure is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum When {
    /// Each segment's own deadline.
    Deadline,
    /// Each segment's checkpoint of this place.
    Checkpoint(usize),
    /// The horizon of the plan drawn.
    Horizon,
    /// So many hours after `as_of`.
    At(f64),
    /// So many hours after each segment's own deadline.
    Moved(f64),
}

impl When {
    fn of(self, outlook: &PlanOutlook, segment: usize) -> f64 {
        let deadline = outlook.deadlines[segment];
        match self {
            Self::Deadline => deadline,
            Self::Checkpoint(place) => outlook.checkpoints[segment].get(place).copied().unwrap_or(deadline),
            Self::Horizon => outlook.horizon,
            Self::At(hours) => hours,
            Self::Moved(shift) => (deadline + shift).min(outlook.horizon),
        }
    }
}

/// One future: a possible plan, the shares that act, and which orgs have shown which sign.
pub(super) struct Future {
    pub(super) outlook: Arc<PlanOutlook>,
    pub(super) acting: Vec<f64>,
    /// By segment.
    pub(super) allotted: Vec<Allotted>,
}

/// Futures alike in weight.
pub(super) struct Futures<'a> {
    pub(super) series: &'a [Series],
    pub(super) all: Vec<Future>,
    /// Whether percentiles may be told.
    pub(super) sound: bool,
}

impl<'a> Futures<'a> {
    /// Futures of a family's plans as the posterior has them, which can be asked about their own instants and others.
    ///
    /// # Errors
    /// [`Declined`] where the exact engine can't follow a plan.
    pub(super) fn new(
        family: &Family,
        posterior: &Posterior,
        series: &'a [Series],
        asked: AskedTimes<'_>,
        (lives, progress): (&mut Lives, &(dyn Fn(u64) + Sync)),
    ) -> Result<Self, Declined> {
        let seed = family.centre().seed();
        let sampled = posterior.sampled(DRAWS, seed);
        // Draws follow each other in order, so equal ones are neighbours.
        let mut drawn: Vec<usize> = sampled.iter().map(|(place, _)| *place).collect();
        drawn.dedup();
        let plan = |place: &usize| family.plan_at(&posterior.draws[*place].quantiles).ok();
        let plans = drawn.iter().map(|place| plan(place).unwrap_or_else(|| family.centre().clone()));
        let make = |plan: &Plan, signs: &[Arc<FirstSigns>]| Arc::new(PlanOutlook::new(plan, signs, series, asked));
        let outlooks = lives.solve(plans, &cuts(series), progress, make)?;
        let one = |(number, (place, rate)): (usize, &(usize, f64))| {
            let draw = &posterior.draws[*place];
            let acting = draw.chances.acting(*rate, &draw.shocks);
            let mut stream = Stream::new(seed, number as u64, "track: segments");
            let allotted = allot(&draw.chances, series, &acting, &mut stream);
            let outlook = drawn.binary_search(place).map(|at| Arc::clone(&outlooks[at]));
            outlook.ok().map(|outlook| Future { outlook, acting, allotted })
        };
        let all = sampled.par_iter().enumerate().filter_map(one).collect();
        Ok(Self { series, all, sound: posterior.effective >= FEWEST })
    }

    fn series_of(&self, segment: usize) -> &Series {
        self.series.iter().find(|one| one.segments.contains(&segment)).unwrap_or(&self.series[0])
    }

    /// A segment of a future, as if this share of it acted.
    fn view<'f>(&'f self, future: &'f Future, segment: usize, acting: f64) -> SegmentOutlook<'f> {
        SegmentOutlook { table: &future.outlook.tables[segment], series: self.series_of(segment), acting }
    }

    /// So many of the futures, evenly.
    pub(super) fn some(&self, number: usize) -> Vec<&Future> {
        let step = (self.all.len() / number.max(1)).max(1);
        self.all.iter().step_by(step).collect()
    }

    /// Orgs that fail by an instant in a future, as groups alike.
    pub(super) fn failing(&self, future: &Future, when: When) -> Vec<Group> {
        let of = |place: usize| self.groups(future, place, future.acting[place], (FutureFigure::Failed, when));
        (0..future.acting.len()).flat_map(of).collect()
    }

    /// The same if this share of every segment acts.
    pub(super) fn failing_if(&self, future: &Future, uptake: f64, when: When) -> Vec<Group> {
        let acting = |place: usize| future.outlook.actors[place].uptake(uptake);
        let of = |place: usize| self.groups(future, place, acting(place), (FutureFigure::Failed, when));
        (0..future.acting.len()).flat_map(of).collect()
    }

    fn groups(&self, future: &Future, segment: usize, acting: f64, (figure, when): (FutureFigure, When)) -> Vec<Group> {
        let at = when.of(&future.outlook, segment);
        self.view(future, segment, acting).groups(figure, at, &future.allotted[segment])
    }

    /// How many more reconnect by an instant, on average over some futures: if this share of every segment acts, or as each future has it.
    pub(super) fn more_by(&self, chosen: &[&Future], uptake: Option<f64>, until: f64) -> f64 {
        let of = |future: &&Future| -> f64 {
            let by = |place: usize| {
                let own = future.acting[place];
                let acting = uptake.map_or(own, |uptake| future.outlook.actors[place].uptake(uptake));
                future.allotted[place].rest as f64 * self.view(future, place, acting).reconnects_by(until)
            };
            (0..future.acting.len()).map(by).sum()
        };
        // Summed in order: the same bytes on any number of threads.
        let each: Vec<f64> = chosen.par_iter().map(of).collect();
        each.iter().sum::<f64>() / chosen.len().max(1) as f64
    }

    /// The orgs that count in each of some futures, as groups alike; of one segment, or of all.
    fn parts(&self, figure: FutureFigure, when: When, only: Option<usize>, number: usize) -> Vec<Vec<Group>> {
        let chosen = self.some(number);
        let of = |future: &&Future| {
            let segments = (0..future.acting.len()).filter(|place| only.is_none_or(|only| only == *place));
            segments
                .flat_map(|place| self.groups(future, place, future.acting[place], (figure, when)))
                .collect::<Vec<Group>>()
        };
        chosen.par_iter().map(of).collect()
    }

    pub(super) fn count(&self, figure: FutureFigure, when: When, only: Option<usize>) -> ForecastCount {
        let parts = self.parts(figure, when, only, DRAWS);
        ForecastCount { mean: mean(&parts), percentiles: self.sound.then(|| percentiles(&parts)) }
    }

    /// 5th percentile, mean and 95th percentile of the failures by an hour; the mean alone where no percentile may be told.
    pub(super) fn point(&self, hours: f64) -> [f64; 3] {
        let parts = self.parts(FutureFigure::Failed, When::At(hours), None, DRAWS_OF_A_POINT);
        if !self.sound {
            return [mean(&parts); 3];
        }
        let quantiles = quantiles_of_mixture(&parts, &[0.05, 0.95], None);
        [quantiles[0] as f64, mean(&parts), quantiles[1] as f64]
    }

    /// Chance that at most so many fail by then.
    pub(super) fn chance_by(&self, most: u64, when: When) -> f64 {
        cdf_of_mixture(&self.parts(FutureFigure::Failed, when, None, DRAWS), most)
    }

    pub(super) fn headline(&self, tolerance: Option<u64>) -> Forecast {
        Forecast {
            failed_by_deadline: self.count(FutureFigure::Failed, When::Deadline, None),
            down_at_deadline: self.count(FutureFigure::Down, When::Deadline, None),
            failed_by_horizon: self.count(FutureFigure::Failed, When::Horizon, None),
            within_tolerance: tolerance.map(|most| self.chance_by(most, When::Deadline)),
        }
    }

    pub(super) fn checkpoints(&self, plan: &Plan, shown: impl Fn(usize) -> String) -> Vec<CheckpointForecast> {
        let one = |(place, checkpoint): (usize, &crate::plan::Checkpoint)| CheckpointForecast {
            name: checkpoint.name.clone(),
            at: shown(place),
            failed: self.count(FutureFigure::Failed, When::Checkpoint(place), None),
            down: self.count(FutureFigure::Down, When::Checkpoint(place), None),
        };
        plan.checkpoints().iter().enumerate().map(one).collect()
    }

    pub(super) fn segments(&self, plan: &Plan) -> Vec<SegmentForecast> {
        if plan.segments().len() < 2 {
            return Vec::new();
        }
        let one = |(place, segment): (usize, &Segment)| SegmentForecast {
            id: segment.id.clone(),
            name: segment.name.clone(),
            failed_by_deadline: self.count(FutureFigure::Failed, When::Deadline, Some(place)),
        };
        plan.segments().iter().enumerate().map(one).collect()
    }
}

pub(super) fn mean(parts: &[Vec<Group>]) -> f64 {
    let of = |groups: &Vec<Group>| groups.iter().map(|group| group.n as f64 * group.p).sum::<f64>();
    parts.iter().map(of).sum::<f64>() / parts.len().max(1) as f64
}

fn percentiles(parts: &[Vec<Group>]) -> [u64; 9] {
    let found = quantiles_of_mixture(parts, &PERCENTS.map(|percent| percent / 100.0), None);
    std::array::from_fn(|i| found[i])
}

/// Which segments' orgs showed the signs: as they are where each is counted by itself, else drawn by how likely each is.
fn allot(chances: &PlanChances, series: &[Series], acting: &[f64], stream: &mut Stream) -> Vec<Allotted> {
    let whole = |actor: &super::model::Actor| Allotted { by_gap: Vec::new(), rest: actor.orgs };
    let mut all: Vec<Allotted> = chances.actors.iter().map(whole).collect();
    for (place, one) in series.iter().enumerate() {
        let chances = chances.chances(place, one, acting);
        for (g, gap) in one.gaps.iter().enumerate() {
            let mut left = gap.count;
            for (i, segment) in one.segments.iter().enumerate() {
                let weight = |i: usize| all[one.segments[i]].rest as f64 * chances[i][g];
                let (own, rest): (f64, f64) = (weight(i), (i..one.segments.len()).map(weight).sum());
                let room = all[*segment].rest;
                let n = if i + 1 == one.segments.len() {
                    left
                } else {
                    stream.binomial(left, if rest > 0.0 { own / rest } else { 0.0 })
                };
                let n = n.min(room);
                all[*segment].by_gap.push(n);
                all[*segment].rest -= n;
                left -= n;
            }
            // What found no room in its segment is of another.
            for segment in &one.segments {
                let n = left.min(all[*segment].rest);
                if let Some(last) = all[*segment].by_gap.last_mut() {
                    *last += n;
                }
                all[*segment].rest -= n;
                left -= n;
            }
        }
    }
    all
}
