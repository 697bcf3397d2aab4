//! The simulation: orgs drawn and followed, each through a life of its own, in many repetitions of the plan, all uptake rates in one
//! pass with the same luck. The same seed gives the same result for any number of threads.

mod columns;
pub mod cost;
mod counts;
mod crowd;
mod follow;
mod herd;
mod hour_rows;
mod measure;
mod quick;
mod ranks;
mod recovery;
mod runs;
mod tally;
mod whole;

use crate::engine::exact::Declined;
use crate::engine::exact::outcomes;
use crate::plan::{Family, Plan, Segment};
use crate::stats::estimate::BATCH;
use crate::stats::shock::acting_share;
use crate::stats::stream::Stream;
use crate::stats::{Brackets, Law};
use columns::Columns;
use counts::{Counter, Headline, KindRows};
pub use crowd::MOST_FOLLOWED;
use crowd::{Batch, Crowd};
use follow::{Course, RunDraws};
use herd::{BLOCK, Herd};
use hour_rows::{HourRows, Second};
use quick::QuickBlock;
use ranks::Ranks;
use rayon::prelude::*;
use recovery::RecoveryClock;

use std::sync::Arc;

pub use measure::measures;
pub use runs::{HeadlineByRun, headline_by_run};
pub use tally::Tally;

/// Pieces of work for each thread, so that none waits long for the last.
const PIECES: usize = 8;

/// What is collected by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curves {
    /// Nothing: headline figures alone.
    None,
    /// Means with standard errors.
    Means,
    /// Means, and whole curves of the first runs for percentiles. Costs memory; not needed where exact curves stand beside.
    Percentiles,
}

/// Simulates `runs` repetitions of a family of plans. Where something is not known, runs take the family's possible plans in
/// turn, the same that the exact engine weighs alike. `progress` is told of every batch done.
///
/// # Errors
/// When the unknowns contradict each other however they are drawn.
pub fn simulate(
    family: &Family,
    seed: u64,
    runs: std::ops::Range<u64>,
    curves: Curves,
    progress: &(dyn Fn(u64) + Sync),
) -> crate::Result<Tally> {
    simulate_by(MOST_FOLLOWED, family, seed, runs, curves, progress)
}

/// Whether a segment's orgs are followed one by one; else they are drawn as counts.
pub fn is_followed(segment: &Segment) -> bool {
    is_followed_up_to(MOST_FOLLOWED, segment)
}

/// Known orgs are always followed: each has a life of its own.
fn is_followed_up_to(most: u64, segment: &Segment) -> bool {
    segment.known.is_some() || segment.orgs <= most
}

/// [`simulate`], following the orgs of segments of up to `most_followed` one by one, and drawing larger ones as counts.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_by(
    most_followed: u64,
    family: &Family,
    seed: u64,
    runs: std::ops::Range<u64>,
    curves: Curves,
    progress: &(dyn Fn(u64) + Sync),
) -> crate::Result<Tally> {
    let possible = family.possible_plans(0).map_err(crate::Error::Engine)?;
    let mut known = Vec::new();
    let hours = family.centre().curve_hours();
    let new = |plan| Stage::new(plan, &hours, most_followed, &mut known);
    let stages: Vec<Stage> = possible.plans.iter().map(new).collect();
    // Without curves the hours of a crowd are nobody's business, and solving them takes longer than all else.
    let stages = match with_crowds(stages, if curves == Curves::None { &[] } else { &hours }) {
        Ok(stages) => stages,
        // Of whom the exact engine can't say what becomes of one is followed org by org.
        Err(_) if most_followed < u64::MAX => return simulate_by(u64::MAX, family, seed, runs, curves, progress),
        Err(declined) => return Err(crate::Error::Engine(declined.0)),
    };
    let first = runs.start - runs.start % BATCH;
    let batches: Vec<std::ops::Range<u64>> = (first..runs.end)
        .step_by(BATCH as usize)
        .map(|first| first.max(runs.start)..(first + BATCH).min(runs.end))
        .collect();
    let empty = || Tally::new(family.centre(), curves);
    let piece = batches.len() / (rayon::current_num_threads() * PIECES) + 1;
    let tally = batches
        .par_iter()
        .with_min_len(piece)
        .fold(
            || (empty(), Desk::new(family.centre(), curves)),
            |(mut tally, mut desk), batch| {
                simulate_batch(&stages, seed, batch.clone(), curves, &mut desk, &mut tally);
                progress(batch.end - batch.start);
                (tally, desk)
            },
        )
        .map(|(tally, _)| tally)
        .reduce(empty, |mut left, right| {
            left.merge(&right);
            left
        });
    Ok(tally)
}

/// A possible plan made ready for its runs.
struct Stage<'a> {
    plan: &'a Plan,
    /// The plan's rates, ascending: their places in the plan.
    order: Vec<usize>,
    courses: Vec<Course<'a>>,
    /// By segment, where the shares that act are the same in every run.
    ranks: Vec<Option<Ranks>>,
    recoveries: Vec<Option<RecoveryClock<'a>>>,
    /// By segment, where its orgs are too many to be followed one by one.
    crowds: Vec<Option<Crowd>>,
    most_followed: u64,
}

impl<'a> Stage<'a> {
    fn new(plan: &'a Plan, hours: &[f64], most_followed: u64, known: &mut Vec<(Law, Arc<Brackets>)>) -> Self {
        let uptakes = plan.uptakes();
        let mut order: Vec<usize> = (0..uptakes.len()).collect();
        order.sort_by(|a, b| uptakes[*a].value.total_cmp(&uptakes[*b].value).then(a.cmp(b)));
        let horizon = plan.horizon_hours();
        let ranks = |segment: &Segment| {
            (segment.correlation == 0.0).then(|| {
                let mut ranks = Ranks::default();
                ranks.set(order.iter().map(|rate| segment.uptake(uptakes[*rate].value)));
                ranks
            })
        };
        let ranks = plan.segments().iter().map(ranks).collect();
        let mut first = 0;
        let course = |segment: &'a Segment| {
            let course = Course::new(segment, first, horizon);
            first += segment.orgs;
            course
        };
        let courses = plan.segments().iter().map(course).collect();
        let followed = |segment: &&Segment| is_followed_up_to(most_followed, segment);
        let recovery =
            |s: &'a Segment| Some(s).filter(followed).and_then(|s| RecoveryClock::new(plan, s, hours, known));
        let recoveries = plan.segments().iter().map(recovery).collect();
        let crowds = vec![None; plan.segments().len()];
        Self { plan, courses, order, ranks, recoveries, crowds, most_followed }
    }
}

/// Solves the segments that have more orgs than are followed, by these hours.
fn with_crowds<'a>(mut stages: Vec<Stage<'a>>, hours: &[f64]) -> Result<Vec<Stage<'a>>, Declined> {
    let large: Vec<(usize, usize)> = (stages.iter().enumerate())
        .flat_map(|(s, stage)| stage.plan.segments().iter().enumerate().map(move |(i, segment)| (s, stage, i, segment)))
        .filter(|(_, stage, _, segment)| !is_followed_up_to(stage.most_followed, segment))
        .map(|(s, _, i, _)| (s, i))
        .collect();
    let segments: Vec<(&Plan, &Segment)> =
        large.iter().map(|(s, i)| (stages[*s].plan, &stages[*s].plan.segments()[*i])).collect();
    let outcomes = outcomes(&segments, hours)?;
    for ((stage, segment), outcomes) in large.into_iter().zip(outcomes) {
        stages[stage].crowds[segment] = Some(Crowd::new(&outcomes));
    }
    Ok(stages)
}

/// What a thread counts on.
struct Desk {
    ledger: Ledger,
    /// The same where orgs are drawn as counts: by segment until a batch is done, and by hour.
    batches: Vec<Batch>,
    crowds_by_hour: HourRows<i64>,
    failed: Vec<i64>,
    down: Vec<i64>,
    headlines: Vec<Headline>,
    ranks: Ranks,
}

/// Where orgs that are followed one by one are counted, with room for a block of them.
struct Ledger {
    kinds: KindRows,
    by_hour: HourRows<u32>,
    herd: Herd,
    columns: Columns,
}

impl Desk {
    fn new(plan: &Plan, curves: Curves) -> Self {
        let (rates, segments) = (plan.uptakes().len(), plan.segments().len());
        let hours = if curves == Curves::None { 0 } else { plan.curve_hours().len() };
        Self {
            ledger: Ledger {
                kinds: KindRows::new(rates),
                by_hour: HourRows::new(plan, hours, Second::Recovered),
                herd: Herd::new(),
                columns: Columns::new(),
            },
            batches: vec![Batch::new(rates); segments],
            crowds_by_hour: HourRows::new(plan, hours, Second::Down),
            failed: vec![0; rates * hours],
            down: vec![0; rates * hours],
            headlines: vec![Headline::default(); rates * segments],
            ranks: Ranks::default(),
        }
    }
}

/// Simulates neighbouring runs. Their curves are summed as one batch where that says the same: a full batch, of one plan, none of
/// whose curves are kept, of so few orgs that their counts fit.
fn simulate_batch(
    stages: &[Stage],
    seed: u64,
    batch: std::ops::Range<u64>,
    curves: Curves,
    desk: &mut Desk,
    tally: &mut Tally,
) {
    let fit = stages[0].plan.orgs() <= u64::from(u32::MAX) / BATCH;
    let together = batch.end - batch.start == BATCH && stages.len() == 1 && !tally.keeps(batch.start) && fit;
    let by_hour = curves != Curves::None;
    for run in batch.clone() {
        let stage = &stages[(run % stages.len() as u64) as usize];
        simulate_run(stage, seed, run, by_hour, desk);
        tally.add_run(&stage.order, &desk.headlines);
        if by_hour && !together {
            desk.gather(stage, seed, run);
            tally.add_curves(&stage.order, &desk.failed, &desk.down, 1, tally.keeps(run).then_some(run));
        }
    }
    if by_hour && together {
        desk.gather(&stages[0], seed, batch.start);
        tally.add_curves(&stages[0].order, &desk.failed, &desk.down, BATCH, None);
    }
}

impl Desk {
    /// Puts down the headline figures of a segment.
    fn note_headlines(&mut self, segment: usize, segments: usize) {
        for (rank, headline) in self.ledger.kinds.headlines().enumerate() {
            self.headlines[rank * segments + segment] = headline;
        }
    }

    /// Sums up the curves of the runs since the last time; `first` is one of them, which names the luck of its hours.
    fn gather(&mut self, stage: &Stage, seed: u64, first: u64) {
        self.failed.fill(0);
        self.down.fill(0);
        self.ledger.by_hour.add_to(&mut self.failed, &mut self.down);
        self.ledger.by_hour.clear();
        if stage.crowds.iter().all(Option::is_none) {
            return;
        }
        let mut luck = Stream::new(seed, first, "hours of a crowd");
        for (crowd, batch) in stage.crowds.iter().zip(&mut self.batches) {
            if let Some(crowd) = crowd {
                crowd.spread(batch, &mut luck, &mut self.crowds_by_hour);
            }
        }
        self.crowds_by_hour.add_to(&mut self.failed, &mut self.down);
        self.crowds_by_hour.clear();
    }
}

/// One repetition of a plan: its headline figures, and its failures by the hour added to the desk's.
fn simulate_run(stage: &Stage, seed: u64, run: u64, curves: bool, desk: &mut Desk) {
    let draws = RunDraws::new(seed, run);
    let mut shocks = Stream::new(seed, run, "common shock");
    let mut crowds = Stream::new(seed, run, "crowd");
    let segments = stage.plan.segments();
    let mut first = 0;
    for (index, segment) in segments.iter().enumerate() {
        let shock = shocks.uniform();
        let ranks = match &stage.ranks[index] {
            Some(ranks) => ranks,
            None => {
                desk.ranks.set(acting_shares(stage.plan, segment, shock, &stage.order).into_iter());
                &desk.ranks
            }
        };
        desk.ledger.kinds.clear();
        let orgs = first..first + segment.orgs;
        first = orgs.end;
        if let Some(crowd) = &stage.crowds[index] {
            let shares: Vec<f64> = acting_shares(stage.plan, segment, shock, &stage.order);
            crowd.count(segment.orgs, &shares, &mut crowds, &mut desk.ledger.kinds, &mut desk.batches[index]);
            desk.note_headlines(index, segments.len());
            continue;
        }
        let on =
            Bench { course: &stage.courses[index], draws: &draws, ranks, recovery: stage.recoveries[index].as_ref() };
        if curves {
            on.count_orgs::<true>(segment, orgs, &mut desk.ledger);
        } else {
            on.count_orgs::<false>(segment, orgs, &mut desk.ledger);
        }
        desk.note_headlines(index, segments.len());
    }
}

/// One segment in one run, ready to be counted.
struct Bench<'a> {
    course: &'a Course<'a>,
    draws: &'a RunDraws,
    ranks: &'a Ranks,
    recovery: Option<&'a RecoveryClock<'a>>,
}

impl Bench<'_> {
    fn count_orgs<const CURVES: bool>(&self, segment: &Segment, orgs: std::ops::Range<u64>, ledger: &mut Ledger) {
        let Self { course, draws, ranks, recovery } = *self;
        let Ledger { kinds, by_hour, herd, columns } = ledger;
        (herd.first, herd.orgs) = (orgs.start, 0);
        for first in orgs.clone().step_by(BLOCK) {
            let block = (orgs.end - first).min(BLOCK as u64) as usize;
            if let Some(quick) = course.quick() {
                let quick = QuickBlock { quick, draws, ranks };
                if CURVES {
                    quick.count_late_by_hour(first, block, (kinds, by_hour), recovery, (herd, columns));
                } else {
                    quick.count_late(first, block, kinds, (herd, columns));
                }
            } else {
                course.follow_alone(draws, first, block, herd);
            }
            if herd.orgs >= BLOCK || first + block as u64 == orgs.end {
                course.follow_acting(draws, ranks, herd);
                let (deadline, luck) = (segment.deadline, draws.recovery);
                let mut counter = Counter::<CURVES> { deadline, recovery, luck, kinds, by_hour };
                counter.count(herd, columns);
                herd.orgs = 0;
            }
        }
    }
}

/// The share of a segment that acts in this run, at each of the plan's rates in ascending order: the rate itself, or around it
/// by a common shock `w`, uniform in (0, 1] and the same for all rates, so that a higher rate only adds actors.
fn acting_shares(plan: &Plan, segment: &Segment, w: f64, ascending: &[usize]) -> Vec<f64> {
    let share =
        |rate: usize| acting_share(segment.uptake(plan.uptakes()[rate].value), segment.correlation, w.min(1.0 - 1e-12));
    let mut shares: Vec<f64> = ascending.iter().map(|rate| share(*rate)).collect();
    // Rounding must not undo what the law of the shock promises.
    for i in 1..shares.len() {
        shares[i] = shares[i].max(shares[i - 1]);
    }
    shares
}
