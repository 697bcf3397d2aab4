//! What a possible plan says of first signs, and of what follows: probabilities of one org, weighed by the share that acts.

use super::series::{SeenGap, Series, Sign};
use crate::engine::by_action::ByAction;
use crate::engine::exact::{Declined, FirstSigns};
use crate::plan::{Plan, Segment};
use crate::stats::cholesky::{cholesky, ln_determinant, solve_lower};
use crate::stats::count::Group;
use crate::stats::shock::acting_share;
use rayon::prelude::*;
use std::sync::Arc;

/// No probability of a gap is taken for less: engines are not surer than that, and what a plan excludes may still be seen.
const LEAST: f64 = 1e-9;

/// Who acts in a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Actor {
    pub(super) orgs: u64,
    factor: f64,
    own: Option<f64>,
    correlation: f64,
}

impl Actor {
    fn of(segment: &Segment) -> Self {
        Self {
            orgs: segment.orgs,
            factor: segment.uptake_factor,
            own: segment.own_uptake,
            correlation: segment.correlation,
        }
    }

    /// The share that acts where the plan's rate is `uptake`, as [`Segment::uptake`].
    pub(super) fn uptake(&self, uptake: f64) -> f64 {
        self.own.unwrap_or_else(|| (uptake * self.factor).min(1.0))
    }
}

/// What a possible plan says of what was seen. Its solution is not kept: thousands of them would not fit.
#[derive(Debug)]
pub(super) struct PlanChances {
    /// By segment.
    pub(super) actors: Vec<Actor>,
    /// By series, then segment of it, then gap: the chance of one org to show its first sign in it.
    gaps: Vec<Vec<Vec<ByAction<f64>>>>,
}

/// A life with the horizon to which it was followed, and the cut between earlier reconnects and later ones.
#[derive(Debug)]
struct SolvedLife {
    segment: Segment,
    horizon: f64,
    cut: f64,
    signs: Arc<FirstSigns>,
}

/// Plans that are solved at one time, and lives that are kept: each may take ten megabytes.
const TOGETHER: usize = 8;
const KEPT: usize = 16;

/// Lives that have been solved; plans share them.
#[derive(Debug, Default)]
pub(super) struct Lives {
    known: Vec<SolvedLife>,
}

impl Lives {
    /// Solves plans side by side, each distinct life once, and makes something of each. `cuts` has, by segment, up to when reconnects are told from
    /// later ones; none before the first.
    ///
    /// # Errors
    /// [`Declined`] where the exact engine can't follow one.
    pub(super) fn solve<T: Send>(
        &mut self,
        plans: impl IntoIterator<Item = Plan>,
        cuts: &[f64],
        progress: &(dyn Fn(u64) + Sync),
        make: impl Fn(&Plan, &[Arc<FirstSigns>]) -> T + Sync,
    ) -> Result<Vec<T>, Declined> {
        let mut plans = plans.into_iter().peekable();
        let mut made = Vec::new();
        while plans.peek().is_some() {
            let some: Vec<Plan> = plans.by_ref().take(TOGETHER).collect();
            progress(some.len() as u64);
            let signs = self.signs(&some, cuts)?;
            made.par_extend(some.par_iter().zip(&signs).map(|(plan, signs)| make(plan, signs)));
        }
        Ok(made)
    }

    /// Each plan's first signs, by segment.
    fn signs(&mut self, plans: &[Plan], cuts: &[f64]) -> Result<Vec<Vec<Arc<FirstSigns>>>, Declined> {
        if self.known.len() > KEPT {
            self.known.clear();
        }
        let mut new: Vec<(usize, usize)> = Vec::new();
        let mut places: Vec<Vec<usize>> = Vec::new();
        for (p, plan) in plans.iter().enumerate() {
            let horizon = plan.horizon_hours();
            let of = plan.segments().iter().enumerate().map(|(s, segment)| {
                let is_this = |known: &SolvedLife| {
                    known.horizon == horizon && known.cut == cuts[s] && known.segment.same_life(segment)
                };
                if let Some(place) = self.known.iter().position(is_this) {
                    return place;
                }
                let twin = new.iter().position(|(q, t)| {
                    plans[*q].horizon_hours() == horizon
                        && plans[*q].segments()[*t].same_life(segment)
                        && cuts[*t] == cuts[s]
                });
                self.known.len()
                    + twin.unwrap_or_else(|| {
                        new.push((p, s));
                        new.len() - 1
                    })
            });
            places.push(of.collect());
        }
        let solve = |(p, s): &(usize, usize)| {
            let (plan, segment) = (&plans[*p], &plans[*p].segments()[*s]);
            let signs = Arc::new(FirstSigns::solve(plan, segment, cuts[*s])?);
            Ok(SolvedLife { segment: segment.clone(), horizon: plan.horizon_hours(), cut: cuts[*s], signs })
        };
        let solved = new.par_iter().map(solve).collect::<Result<Vec<_>, Declined>>()?;
        self.known.extend(solved);
        let of = |places: Vec<usize>| places.into_iter().map(|place| Arc::clone(&self.known[place].signs)).collect();
        Ok(places.into_iter().map(of).collect())
    }
}

/// By segment: up to when reconnects are told from later ones.
pub(super) fn cuts(series: &[Series]) -> Vec<f64> {
    let segments = series.iter().flat_map(|one| &one.segments).max().map_or(0, |last| last + 1);
    let mut cuts = vec![-1.0; segments];
    for one in series {
        for segment in &one.segments {
            cuts[*segment] = one.last[0].unwrap_or(-1.0);
        }
    }
    cuts
}

/// A chance of an org of which a share acts.
pub(super) fn mixed(of: ByAction<f64>, acting: f64) -> f64 {
    of.without + acting * (of.with - of.without)
}

impl PlanChances {
    pub(super) fn new(plan: &Plan, signs: &[Arc<FirstSigns>], series: &[Series]) -> Self {
        let by = |signs: &FirstSigns, sign: Sign, at: f64| match sign {
            Sign::Reconnected => signs.reconnected(at),
            Sign::Failed => signs.failed_first(at),
        };
        let of_segment = |one: &Series, segment: &usize| -> Vec<ByAction<f64>> {
            let signs = &signs[*segment];
            let of_gap = |gap: &SeenGap| {
                let [from, to] = gap.span.map(|at| by(signs, gap.sign, at));
                let from = if gap.span[0] < 0.0 { ByAction::default() } else { from };
                ByAction { without: (to.without - from.without).max(0.0), with: (to.with - from.with).max(0.0) }
            };
            one.gaps.iter().map(of_gap).collect()
        };
        let gaps = series.iter().map(|one| one.segments.iter().map(|s| of_segment(one, s)).collect()).collect();
        Self { actors: plan.segments().iter().map(Actor::of).collect(), gaps }
    }

    /// The shares that act in each segment at a rate, given the quantiles of what befalls each segment as a whole.
    pub(super) fn acting(&self, uptake: f64, shocks: &[f64]) -> Vec<f64> {
        let of = |(actor, shock): (&Actor, &f64)| acting_share(actor.uptake(uptake), actor.correlation, *shock);
        self.actors.iter().zip(shocks).map(of).collect()
    }

    /// By segment of a series, the chances of its gaps; last that of none of them.
    pub(super) fn chances(&self, place: usize, one: &Series, acting: &[f64]) -> Vec<Vec<f64>> {
        let of = |(segment, gaps): (&usize, &Vec<ByAction<f64>>)| {
            let mut chances: Vec<f64> = gaps.iter().map(|gap| mixed(*gap, acting[*segment]).max(LEAST)).collect();
            let rest = f64::max(1.0 - chances.iter().sum::<f64>(), LEAST);
            chances.push(rest);
            chances
        };
        one.segments.iter().zip(&self.gaps[place]).map(of).collect()
    }

    /// The logarithm of the likelihood of what was seen, but for what is the same for every plan.
    pub(super) fn ln_likelihood(&self, series: &[Series], acting: &[f64]) -> f64 {
        let of = |(place, one): (usize, &Series)| {
            if one.gaps.is_empty() {
                return 0.0;
            }
            let chances = self.chances(place, one, acting);
            match &chances[..] {
                [only] => ln_multinomial(one, only),
                _ => ln_normal(one, &self.moments(one, &chances)),
            }
        };
        series.iter().enumerate().map(of).sum()
    }

    /// Means and covariances of the counts in the gaps of a series, segments together.
    pub(super) fn moments(&self, one: &Series, chances: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
        let n = one.gaps.len();
        let (mut mean, mut covariance) = (vec![0.0; n], vec![0.0; n * n]);
        for (segment, p) in one.segments.iter().zip(chances) {
            let orgs = self.actors[*segment].orgs as f64;
            for i in 0..n {
                mean[i] += orgs * p[i];
                for j in 0..n {
                    covariance[i * n + j] += orgs * (if i == j { p[i] } else { 0.0 } - p[i] * p[j]);
                }
            }
        }
        // Counts are whole: as much as rounding adds.
        (0..n).for_each(|i| covariance[i * n + i] += 1.0 / 12.0);
        (mean, covariance)
    }
}

/// The multinomial of one segment, or of segments that are alike.
fn ln_multinomial(one: &Series, chances: &[f64]) -> f64 {
    let rest = one.orgs.saturating_sub(one.counted());
    let counts = one.gaps.iter().map(|gap| gap.count).chain([rest]);
    counts.zip(chances).filter(|(count, _)| *count > 0).map(|(count, p)| count as f64 * p.ln()).sum()
}

/// Of unlike segments together: by the normal with the exact mean and covariance.
fn ln_normal(one: &Series, (mean, covariance): &(Vec<f64>, Vec<f64>)) -> f64 {
    let n = mean.len();
    let Some(lower) = cholesky(covariance, n) else { return f64::NEG_INFINITY };
    let apart: Vec<f64> = one.gaps.iter().zip(mean).map(|(gap, mean)| gap.count as f64 - mean).collect();
    let scaled = solve_lower(&lower, &apart);
    -0.5 * (scaled.iter().map(|x| x * x).sum::<f64>() + ln_determinant(&lower, n))
}

/// Orgs of one segment of which it is known in which gap they showed their first sign, if in any.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Allotted {
    /// By gap of its series.
    pub(super) by_gap: Vec<u64>,
    /// Those of none.
    pub(super) rest: u64,
}

/// Which figure of the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FutureFigure {
    Failed,
    Down,
}

/// What a table tells of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct SignRow {
    failed: ByAction<f64>,
    first: ByAction<f64>,
    reconnected: ByAction<f64>,
    early: ByAction<f64>,
}

/// What it tells of those who are down at an instant.
#[derive(Debug, Clone, PartialEq)]
struct DownRow {
    at: f64,
    down: ByAction<f64>,
    early: ByAction<f64>,
    /// By gap of the series: whose first sign was a failure in it, up to the instant.
    by_gap: Vec<ByAction<f64>>,
}

/// One segment's first signs, read off at the instants that a forecast asks about.
#[derive(Debug)]
pub(super) struct SignTable {
    /// Ascending.
    times: Vec<f64>,
    rows: Vec<SignRow>,
    downs: Vec<DownRow>,
}

impl SignTable {
    /// Of a segment that belongs to a series, at these instants and at the ends of its gaps; who is down at some of them.
    pub(super) fn new(signs: &FirstSigns, series: &Series, times: &[f64], downs: &[f64]) -> Self {
        let ends = series.gaps.iter().map(|gap| gap.span[1]);
        let mut times: Vec<f64> = times.iter().chain(downs).copied().chain(ends).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let row = |at: &f64| SignRow {
            failed: signs.failed(*at),
            first: signs.failed_first(*at),
            reconnected: signs.reconnected(*at),
            early: signs.failed_after_early(*at),
        };
        let down = |at: &f64| DownRow {
            at: *at,
            down: signs.down(*at),
            early: signs.down_after_early(*at),
            by_gap: (series.gaps.iter())
                .map(|gap| match gap.sign == Sign::Failed && gap.span[0] < *at {
                    true => signs.down_of_first([gap.span[0], gap.span[1].min(*at)], *at),
                    false => ByAction::default(),
                })
                .collect(),
        };
        Self { rows: times.iter().map(row).collect(), downs: downs.iter().map(down).collect(), times }
    }

    /// The row of an instant; of one that was not asked about, the last before it.
    fn at(&self, at: f64) -> SignRow {
        let place = self.times.partition_point(|time| *time <= at + 1e-9);
        place.checked_sub(1).map_or(SignRow::default(), |place| self.rows[place])
    }
}

/// What a possible plan says of the future, read off at the instants that are asked about.
#[derive(Debug)]
pub(super) struct PlanOutlook {
    /// By segment.
    pub(super) actors: Vec<Actor>,
    pub(super) deadlines: Vec<f64>,
    pub(super) checkpoints: Vec<Vec<f64>>,
    pub(super) horizon: f64,
    pub(super) tables: Vec<SignTable>,
}

/// Instants that a forecast asks about, beside the plan's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedTimes<'a> {
    /// Hours since `as_of`.
    pub(super) hours: &'a [f64],
    /// Hours after each segment's deadline, before it where negative.
    pub(super) shifts: &'a [f64],
}

impl PlanOutlook {
    /// Of a plan with its first signs, at its own instants and at those asked about.
    pub(super) fn new(plan: &Plan, signs: &[Arc<FirstSigns>], series: &[Series], asked: AskedTimes<'_>) -> Self {
        let segments = plan.segments();
        let of = |(place, segment): (usize, &Segment)| {
            let own = series.iter().find(|one| one.segments.contains(&place)).unwrap_or(&series[0]);
            let downs: Vec<f64> =
                std::iter::once(segment.deadline).chain(segment.checkpoints.iter().copied()).collect();
            let moved = asked.shifts.iter().map(|shift| segment.deadline + shift);
            let times: Vec<f64> = asked.hours.iter().copied().chain(moved).chain([plan.horizon_hours()]).collect();
            SignTable::new(&signs[place], own, &times, &downs)
        };
        Self {
            actors: segments.iter().map(Actor::of).collect(),
            deadlines: segments.iter().map(|segment| segment.deadline).collect(),
            checkpoints: segments.iter().map(|segment| segment.checkpoints.clone()).collect(),
            horizon: plan.horizon_hours(),
            tables: segments.iter().enumerate().map(of).collect(),
        }
    }
}

/// What a segment's orgs are sure to do by an instant, and what they may do.
pub(super) struct SegmentOutlook<'a> {
    pub(super) table: &'a SignTable,
    pub(super) series: &'a Series,
    pub(super) acting: f64,
}

impl SegmentOutlook<'_> {
    fn failed_first(&self, at: Option<f64>) -> f64 {
        at.filter(|at| *at >= 0.0).map_or(0.0, |at| mixed(self.table.at(at).first, self.acting))
    }

    fn reconnected(&self, at: Option<f64>) -> f64 {
        at.map_or(0.0, |at| mixed(self.table.at(at).reconnected, self.acting))
    }

    /// The chance of none of the gaps.
    pub(super) fn none(&self) -> f64 {
        let [reconnected, failed] = self.series.last;
        (1.0 - self.reconnected(reconnected) - self.failed_first(failed)).max(LEAST)
    }

    /// The chance to reconnect later up to an instant, of an org of none of the gaps.
    pub(super) fn reconnects_by(&self, at: f64) -> f64 {
        let before = self.reconnected(self.series.last[0]);
        ((self.reconnected(Some(at)) - before) / self.none()).clamp(0.0, 1.0)
    }

    /// Orgs that count at an instant, as groups alike.
    pub(super) fn groups(&self, figure: FutureFigure, at: f64, orgs: &Allotted) -> Vec<Group> {
        let chance = |p: f64| if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        let mut groups = Vec::with_capacity(orgs.by_gap.len() + 2);
        let row = self.table.at(at);
        let down = self.table.downs.iter().find(|down| (down.at - at).abs() < 1e-9);
        let (mut of_gaps, mut reconnected) = (0.0, 0);
        for (place, (gap, n)) in self.series.gaps.iter().zip(&orgs.by_gap).enumerate() {
            if gap.sign == Sign::Reconnected {
                reconnected += n;
                continue;
            }
            let [from, to] = gap.span;
            if from >= at {
                continue;
            }
            let upto = to.min(at);
            let [before, within, all] = [from, upto, to].map(|at| self.failed_first(Some(at)));
            let counted = match figure {
                FutureFigure::Failed => within - before,
                FutureFigure::Down => down.map_or(0.0, |down| mixed(down.by_gap[place], self.acting)),
            };
            of_gaps += counted;
            groups.push(Group {
                n: *n,
                p: if figure == FutureFigure::Failed && to <= at {
                    1.0
                } else {
                    chance(counted / (all - before).max(LEAST))
                },
            });
        }
        let (all, early) = match figure {
            FutureFigure::Failed => (row.failed, row.early),
            FutureFigure::Down => down.map_or_else(Default::default, |down| (down.down, down.early)),
        };
        let (by, early) = (self.reconnected(self.series.last[0]), mixed(early, self.acting));
        groups.push(Group { n: reconnected, p: if by > LEAST { chance(early / by) } else { 0.0 } });
        let all = mixed(all, self.acting);
        let rest = all - early - of_gaps;
        groups.push(Group { n: orgs.rest, p: chance(rest / self.none()) });
        groups.retain(|group| group.n > 0 && group.p > 0.0);
        groups
    }
}
