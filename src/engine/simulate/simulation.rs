//! Batches of runs, spread over threads; and one run of a prepared plan.

use super::curves::Curves;
use super::fast::{
    BLOCK, BlockColumns, Counter, FixedIntervalBlock, FollowedSegment, HeadlineCounts, HourRows, KindRows, OrgBatch,
    Ranks, RecoveryClock, Second,
};
use super::multinomial::{MOST_FOLLOWED, Multinomial, RunBatch, is_followed_up_to};
use super::policies::{PolicyPlan, PolicyState};
use super::random_numbers::RunRng;
use super::tally::Tally;
use crate::engine::exact::{Declined, outcomes};
use crate::plan::{Family, Plan, Segment};
use crate::stats::estimate::BATCH;
use crate::stats::shock::acting_share;
use crate::stats::stream::Stream;
use crate::stats::{Law, QuantileTable};
use rayon::prelude::*;

use std::sync::Arc;

/// Pieces of work for each thread, so that none waits long for the last.
pub(super) const PIECES: usize = 8;

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
    let new = |plan| PreparedPlan::new(plan, &hours, most_followed, &mut known);
    let prepared: Vec<PreparedPlan> = possible.plans.iter().map(new).collect();
    // Without curves nobody asks for the hours of large segments, and solving them takes longer than all else.
    let prepared = match with_multinomials(prepared, if curves == Curves::None { &[] } else { &hours }) {
        Ok(prepared) => prepared,
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
            || (empty(), ThreadState::new(family.centre(), curves)),
            |(mut tally, mut state), batch| {
                simulate_batch(&prepared, seed, batch.clone(), curves, &mut state, &mut tally);
                progress(batch.end - batch.start);
                (tally, state)
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
pub(super) struct PreparedPlan<'a> {
    plan: &'a Plan,
    /// The plan's rates, ascending: their places in the plan.
    pub(super) order: Vec<usize>,
    followed: Vec<FollowedSegment<'a>>,
    /// By segment, where the shares that act are the same in every run.
    ranks: Vec<Option<Ranks>>,
    recoveries: Vec<Option<RecoveryClock<'a>>>,
    /// By segment, where its orgs are too many to be followed one by one.
    multinomials: Vec<Option<Multinomial>>,
    most_followed: u64,
    /// Of a plan with policies: its orgs are followed by them alone.
    policies: Option<PolicyPlan<'a>>,
}

impl<'a> PreparedPlan<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        hours: &[f64],
        most_followed: u64,
        known: &mut Vec<(Law, Arc<QuantileTable>)>,
    ) -> Self {
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
        let followed = |segment: &'a Segment| {
            let followed = FollowedSegment::new(segment, first, horizon);
            first += segment.orgs;
            followed
        };
        let followed = plan.segments().iter().map(followed).collect();
        let is_followed = |segment: &&Segment| is_followed_up_to(most_followed, segment);
        let recovery =
            |s: &'a Segment| Some(s).filter(is_followed).and_then(|s| RecoveryClock::new(plan, s, hours, known));
        let recoveries = plan.segments().iter().map(recovery).collect();
        let multinomials = vec![None; plan.segments().len()];
        let policies = PolicyPlan::new(plan, hours);
        Self { plan, followed, order, ranks, recoveries, multinomials, most_followed, policies }
    }
}

/// Solves the segments that have more orgs than are followed, by these hours.
pub(super) fn with_multinomials<'a>(
    mut prepared: Vec<PreparedPlan<'a>>,
    hours: &[f64],
) -> Result<Vec<PreparedPlan<'a>>, Declined> {
    let large: Vec<(usize, usize)> = (prepared.iter().enumerate())
        .flat_map(|(s, prepared_plan)| {
            prepared_plan.plan.segments().iter().enumerate().map(move |(i, segment)| (s, prepared_plan, i, segment))
        })
        .filter(|(_, prepared_plan, _, segment)| !is_followed_up_to(prepared_plan.most_followed, segment))
        .map(|(s, _, i, _)| (s, i))
        .collect();
    let segments: Vec<(&Plan, &Segment)> =
        large.iter().map(|(s, i)| (prepared[*s].plan, &prepared[*s].plan.segments()[*i])).collect();
    let outcomes = outcomes(&segments, hours)?;
    for ((prepared_plan, segment), outcomes) in large.into_iter().zip(outcomes) {
        prepared[prepared_plan].multinomials[segment] = Some(Multinomial::new(&outcomes));
    }
    Ok(prepared)
}

/// What a thread counts on.
pub(super) struct ThreadState {
    accumulator: Accumulator,
    /// The same where orgs are drawn as counts: by segment until a batch is done, and by hour.
    batches: Vec<RunBatch>,
    counts_by_hour: HourRows<i64>,
    failed: Vec<i64>,
    down: Vec<i64>,
    pub(super) headlines: Vec<HeadlineCounts>,
    ranks: Ranks,
    policies: PolicyState,
}

/// Where orgs that are followed one by one are counted, with room for a block of them.
pub(super) struct Accumulator {
    kinds: KindRows,
    by_hour: HourRows<u32>,
    batch: OrgBatch,
    columns: BlockColumns,
}

impl ThreadState {
    pub(super) fn new(plan: &Plan, curves: Curves) -> Self {
        let (rates, segments) = (plan.uptakes().len(), plan.segments().len());
        let hours = if curves == Curves::None { 0 } else { plan.curve_hours().len() };
        Self {
            accumulator: Accumulator {
                kinds: KindRows::new(rates),
                by_hour: HourRows::new(plan, hours, Second::Recovered),
                batch: OrgBatch::new(),
                columns: BlockColumns::new(),
            },
            batches: vec![RunBatch::new(rates); segments],
            counts_by_hour: HourRows::new(plan, hours, Second::Down),
            failed: vec![0; rates * hours],
            down: vec![0; rates * hours],
            headlines: vec![HeadlineCounts::default(); rates * segments],
            ranks: Ranks::default(),
            policies: PolicyState::default(),
        }
    }
}

/// Simulates neighbouring runs. Their curves are summed as one batch where that says the same: a full batch, of one plan, none of
/// whose curves are kept, of so few orgs that their counts fit.
pub(super) fn simulate_batch(
    prepared: &[PreparedPlan],
    seed: u64,
    batch: std::ops::Range<u64>,
    curves: Curves,
    state: &mut ThreadState,
    tally: &mut Tally,
) {
    let fit = prepared[0].plan.orgs() <= u64::from(u32::MAX) / BATCH;
    let together = batch.end - batch.start == BATCH && prepared.len() == 1 && !tally.keeps(batch.start) && fit;
    let by_hour = curves != Curves::None;
    for run in batch.clone() {
        let prepared_plan = &prepared[(run % prepared.len() as u64) as usize];
        simulate_run(prepared_plan, seed, run, by_hour, state);
        tally.add_run(&prepared_plan.order, &state.headlines);
        if prepared_plan.policies.is_some() {
            tally.add_policies(&prepared_plan.order, &state.policies, prepared_plan.plan.tolerance());
        }
        if by_hour && !together {
            state.gather(prepared_plan, seed, run);
            tally.add_curves(&prepared_plan.order, &state.failed, &state.down, 1, tally.keeps(run).then_some(run));
        }
    }
    if by_hour && together {
        state.gather(&prepared[0], seed, batch.start);
        tally.add_curves(&prepared[0].order, &state.failed, &state.down, BATCH, None);
    }
}

impl ThreadState {
    /// Notes the headline figures of a segment.
    fn note_headlines(&mut self, segment: usize, segments: usize) {
        for (rank, headline) in self.accumulator.kinds.headlines().enumerate() {
            self.headlines[rank * segments + segment] = headline;
        }
    }

    /// Sums up the curves of the runs since the last time; `first` is one of them, which names the random numbers of its hours.
    fn gather(&mut self, prepared_plan: &PreparedPlan, seed: u64, first: u64) {
        self.failed.fill(0);
        self.down.fill(0);
        self.accumulator.by_hour.add_to(&mut self.failed, &mut self.down);
        self.accumulator.by_hour.clear();
        if prepared_plan.policies.is_some() {
            self.policies.add_curves_to(&mut self.failed, &mut self.down, prepared_plan.order.len());
            return;
        }
        if prepared_plan.multinomials.iter().all(Option::is_none) {
            return;
        }
        let mut rng = Stream::new(seed, first, "hours of a crowd");
        for (multinomial, batch) in prepared_plan.multinomials.iter().zip(&mut self.batches) {
            if let Some(multinomial) = multinomial {
                multinomial.spread(batch, &mut rng, &mut self.counts_by_hour);
            }
        }
        self.counts_by_hour.add_to(&mut self.failed, &mut self.down);
        self.counts_by_hour.clear();
    }
}

/// One repetition of a plan: its headline figures, and its failures by the hour added to the state's.
pub(super) fn simulate_run(prepared_plan: &PreparedPlan, seed: u64, run: u64, curves: bool, state: &mut ThreadState) {
    let rng = RunRng::new(seed, run);
    let mut shocks = Stream::new(seed, run, "common shock");
    let mut rng_of_counts = Stream::new(seed, run, "crowd");
    let segments = prepared_plan.plan.segments();
    if let Some(policies) = &prepared_plan.policies {
        let of = |(index, segment): (usize, &Segment)| {
            let shock = shocks.uniform();
            prepared_plan.ranks[index].clone().unwrap_or_else(|| {
                let mut ranks = Ranks::default();
                ranks.set(acting_shares(prepared_plan.plan, segment, shock, &prepared_plan.order).into_iter());
                ranks
            })
        };
        let ranks: Vec<Ranks> = segments.iter().enumerate().map(of).collect();
        policies.run(seed, run, &ranks, curves, &mut state.policies);
        for (headline, counts) in state.headlines.iter_mut().zip(&state.policies.counts) {
            *headline = counts.headline;
        }
        return;
    }
    let mut first = 0;
    for (index, segment) in segments.iter().enumerate() {
        let shock = shocks.uniform();
        let ranks = match &prepared_plan.ranks[index] {
            Some(ranks) => ranks,
            None => {
                state.ranks.set(acting_shares(prepared_plan.plan, segment, shock, &prepared_plan.order).into_iter());
                &state.ranks
            }
        };
        state.accumulator.kinds.clear();
        let orgs = first..first + segment.orgs;
        first = orgs.end;
        if let Some(multinomial) = &prepared_plan.multinomials[index] {
            let shares: Vec<f64> = acting_shares(prepared_plan.plan, segment, shock, &prepared_plan.order);
            multinomial.count(
                segment.orgs,
                &shares,
                &mut rng_of_counts,
                &mut state.accumulator.kinds,
                &mut state.batches[index],
            );
            state.note_headlines(index, segments.len());
            continue;
        }
        let on = PreparedSegment {
            followed: &prepared_plan.followed[index],
            rng: &rng,
            ranks,
            recovery: prepared_plan.recoveries[index].as_ref(),
        };
        if curves {
            on.count_orgs::<true>(segment, orgs, &mut state.accumulator);
        } else {
            on.count_orgs::<false>(segment, orgs, &mut state.accumulator);
        }
        state.note_headlines(index, segments.len());
    }
}

/// One segment in one run, ready to be counted.
pub(super) struct PreparedSegment<'a> {
    followed: &'a FollowedSegment<'a>,
    rng: &'a RunRng,
    ranks: &'a Ranks,
    recovery: Option<&'a RecoveryClock<'a>>,
}

impl PreparedSegment<'_> {
    fn count_orgs<const CURVES: bool>(
        &self,
        segment: &Segment,
        orgs: std::ops::Range<u64>,
        accumulator: &mut Accumulator,
    ) {
        let Self { followed, rng, ranks, recovery } = *self;
        let Accumulator { kinds, by_hour, batch, columns } = accumulator;
        (batch.first, batch.orgs) = (orgs.start, 0);
        for first in orgs.clone().step_by(BLOCK) {
            let block = (orgs.end - first).min(BLOCK as u64) as usize;
            if let Some(fixed_interval) = followed.fixed_interval() {
                let fixed_interval = FixedIntervalBlock { fixed_interval, rng, ranks };
                if CURVES {
                    fixed_interval.count_late_by_hour(first, block, (kinds, by_hour), recovery, (batch, columns));
                } else {
                    fixed_interval.count_late(first, block, kinds, (batch, columns));
                }
            } else {
                followed.follow_without(rng, first, block, batch);
            }
            if batch.orgs >= BLOCK || first + block as u64 == orgs.end {
                followed.follow_with(rng, ranks, batch);
                let (deadline, recovery_rng) = (segment.deadline, rng.recovery);
                let mut counter = Counter::<CURVES> { deadline, recovery, recovery_rng, kinds, by_hour };
                counter.count(batch, columns);
                batch.orgs = 0;
            }
        }
    }
}

/// The share of a segment that acts in this run, at each of the plan's rates in ascending order: the rate itself, or around it
/// by a common shock `w`, uniform in (0, 1] and the same for all rates, so that a higher rate only adds actors.
pub(super) fn acting_shares(plan: &Plan, segment: &Segment, w: f64, ascending: &[usize]) -> Vec<f64> {
    let share =
        |rate: usize| acting_share(segment.uptake(plan.uptakes()[rate].value), segment.correlation, w.min(1.0 - 1e-12));
    let mut shares: Vec<f64> = ascending.iter().map(|rate| share(*rate)).collect();
    // Rounding must not undo what the law of the shock promises.
    for i in 1..shares.len() {
        shares[i] = shares[i].max(shares[i - 1]);
    }
    shares
}
