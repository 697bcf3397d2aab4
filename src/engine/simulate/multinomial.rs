//! Multinomial sampling of counts: where a segment has more orgs than can be followed one by one, the number with each outcome is drawn.
//! Given who acts it is multinomial, with the probabilities of one org from the exact engine, and drawn as binomials, each given those
//! before (Davis, "The computer generation of multinomial random variates", 1993). So a run costs the same however many orgs there are, and
//! every reported number has the distribution it has when each is followed.
//!
//! At all uptake rates the same orgs act. What would have become of those who reconnect is drawn apart from what does; by the
//! hour, how many are down is drawn for each hour by itself: reports look at one hour, and one rate, at a time.

use super::fast::{HourRows, KINDS, KindRows, kind};
use crate::engine::by_action::{Action, ByAction};
use crate::engine::exact::{PartOutcome, SegmentOutcomes};
use crate::plan::{Cause, Segment};
use crate::stats::stream::Stream;

/// Whether a segment's orgs are followed one by one; else they are drawn as counts.
pub fn is_followed(segment: &Segment) -> bool {
    is_followed_up_to(MOST_FOLLOWED, segment)
}

/// Known orgs are always followed: each has a life of its own.
pub(super) fn is_followed_up_to(most: u64, segment: &Segment) -> bool {
    segment.known.is_some() || segment.policies.is_some() || segment.orgs <= most
}

/// Segments with more orgs than this are drawn as counts: about where the two cost the same.
pub const MOST_FOLLOWED: u64 = 10_000;

/// The parts of a life, in the order of [`SegmentOutcomes`].
const PARTS: usize = 3;

/// A segment's outcomes as conditional probabilities, ready to be drawn one after the other.
#[derive(Debug, Clone)]
pub(super) struct Multinomial {
    parts: [PartOfLife; PARTS],
}

/// One part of a life.
#[derive(Debug, Clone)]
struct PartOfLife {
    /// Place among [`KINDS`], and its chance given that it is none of those before.
    kinds: Vec<(usize, f64)>,
    /// By the deadline, later: hours with the chance that a failure of this half falls into it and none before.
    hours: [Vec<(usize, f64)>; 2],
    /// Chance to be down at each hour of the curve.
    down: Vec<f64>,
}

/// Each probability divided by what is left for it and those after it; `total` is what all share. Those of 0 are left out.
fn conditional(probabilities: impl Iterator<Item = f64>, total: f64) -> Vec<(usize, f64)> {
    let mut left = total;
    let mut chances = Vec::new();
    for (place, p) in probabilities.enumerate().filter(|(_, p)| *p > 0.0) {
        chances.push((place, (p / left).min(1.0)));
        left -= p;
    }
    chances
}

impl PartOfLife {
    /// `share` is that of the orgs which the part is drawn for.
    fn new(outcome: &PartOutcome, share: f64) -> Self {
        let mut kinds = [0.0; KINDS];
        for cause in Cause::ALL {
            for stage in 0..3 {
                kinds[kind(cause, stage)] = outcome.kinds[cause.index()][stage];
            }
        }
        let hours = outcome.failed.each_ref().map(|half| {
            let mut hours = conditional(half.iter().copied(), half.iter().sum());
            // Every failure of the half falls into one of its hours, whatever rounding says.
            hours.iter_mut().last().into_iter().for_each(|last| last.1 = 1.0);
            hours
        });
        Self {
            kinds: conditional(kinds.into_iter(), share),
            hours,
            down: outcome.down.iter().map(|p| (p / share).clamp(0.0, 1.0)).collect(),
        }
    }

    /// Draws how many of `orgs` fail in each way: `add(kind, number)`.
    fn draw(&self, mut orgs: u64, rng: &mut Stream, mut add: impl FnMut(usize, u64)) {
        for (kind, chance) in &self.kinds {
            let number = rng.binomial(orgs, *chance);
            orgs -= number;
            add(*kind, number);
        }
    }
}

/// Whether a kind of failure is by the deadline or later.
const fn half(kind: usize) -> usize {
    (kind >= 8) as usize
}

impl Multinomial {
    pub(super) fn new(outcomes: &SegmentOutcomes) -> Self {
        let failing = |outcome: &PartOutcome| outcome.kinds.iter().flatten().sum::<f64>();
        // Those who act and do not fail before their reconnect: the share that the other two parts are drawn for.
        let reconnecting = (1.0 - failing(&outcomes.before)).max(f64::MIN_POSITIVE);
        Self {
            parts: [
                PartOfLife::new(&outcomes.before, 1.0),
                PartOfLife::new(&outcomes.instead, reconnecting),
                PartOfLife::new(&outcomes.after, reconnecting),
            ],
        }
    }

    /// Draws one run of `orgs` like orgs: `shares` act at the ascending rates. Counts go into `kinds`, and into `batch` for their
    /// hours.
    pub(super) fn count(
        &self,
        orgs: u64,
        shares: &[f64],
        rng: &mut Stream,
        kinds: &mut KindRows,
        batch: &mut RunBatch,
    ) {
        let (mut rest, mut below) = (orgs, 0.0);
        for rank in 0..=shares.len() {
            let acts = shares.get(rank).map_or(1.0, |share| ((share - below) / (1.0 - below)).clamp(0.0, 1.0));
            below = shares.get(rank).copied().unwrap_or(1.0);
            let here = rng.binomial(rest, acts);
            rest -= here;
            if here > 0 {
                self.count_rank(rank, here, rank == shares.len(), rng, kinds, &mut batch.ranks[rank]);
            }
        }
    }

    fn count_rank(
        &self,
        rank: usize,
        orgs: u64,
        never_acts: bool,
        rng: &mut Stream,
        kinds: &mut KindRows,
        tally: &mut RankTally,
    ) {
        let [before, instead, after] = &self.parts;
        tally.orgs[0] += orgs;
        let mut reconnecting = orgs;
        before.draw(orgs, rng, |kind, number| {
            reconnecting -= number;
            kinds.add(rank, ByAction { without: number, with: if never_acts { 0 } else { number } }, kind);
            tally.halves[0][half(kind)] += number;
        });
        tally.orgs[1] += reconnecting;
        instead.draw(reconnecting, rng, |kind, number| {
            kinds.add(rank, ByAction { without: number, with: 0 }, kind);
            tally.halves[1][half(kind)] += number;
        });
        if !never_acts {
            after.draw(reconnecting, rng, |kind, number| {
                kinds.add(rank, ByAction { without: 0, with: number }, kind);
                tally.halves[2][half(kind)] += number;
            });
        }
    }

    /// Spreads the failures of a batch of runs over the hours.
    pub(super) fn spread(&self, batch: &mut RunBatch, rng: &mut Stream, by_hour: &mut HourRows<i64>) {
        let last = batch.ranks.len() - 1;
        for (rank, tally) in batch.ranks.iter_mut().enumerate() {
            for (index, part) in self.parts.iter().enumerate() {
                // Before the reconnect: whether it acts or not; instead of it: without one; after it: with one.
                let tables: &[Action] = match index {
                    0 if rank == last => &[Action::Without],
                    0 => &[Action::Without, Action::With],
                    1 => &[Action::Without],
                    _ => &[Action::With],
                };
                for (hours, number) in part.hours.iter().zip(tally.halves[index]) {
                    let mut left = number;
                    for (hour, chance) in hours.iter().take_while(|_| number > 0) {
                        let here = rng.binomial(left, *chance);
                        left -= here;
                        tables.iter().for_each(|table| by_hour.add_failed(*table, rank, *hour, here as i64));
                    }
                }
                let orgs = if index == 0 { tally.orgs[0] } else { tally.orgs[1] };
                for (hour, chance) in part.down.iter().enumerate().filter(|(_, p)| **p > 0.0 && orgs > 0) {
                    let here = rng.binomial(orgs, *chance) as i64;
                    tables.iter().for_each(|table| by_hour.add_down(*table, rank, hour, here));
                }
            }
            *tally = RankTally::default();
        }
    }
}

/// What a batch of runs adds up to before it is spread over the hours, for one segment.
#[derive(Debug, Clone)]
pub(super) struct RunBatch {
    /// By the rank of the first rate at which orgs act; the last acts at none.
    ranks: Vec<RankTally>,
}

#[derive(Debug, Clone, Copy, Default)]
struct RankTally {
    /// All, and those who do not fail before their reconnect.
    orgs: [u64; 2],
    /// Failures of each part by the deadline, and later.
    halves: [[u64; 2]; PARTS],
}

impl RunBatch {
    pub(super) fn new(rates: usize) -> Self {
        Self { ranks: vec![RankTally::default(); rates + 1] }
    }
}
