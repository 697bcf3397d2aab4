//! Mixtures: a count is a sum over independent orgs once the plan and the common shocks are given, so its distribution is the
//! mixture of such sums over the outer draws. With everything known and no shocks it is one sum.

use super::declined::Declined;

use super::solved::{Solved, SolvedClass};
use crate::engine::by_action::ByAction;
use crate::plan::{Family, OuterDraw, Plan, PossiblePlans, Segment};
use crate::results::{CurvePoint, Quantity, Split, Weight, Weights};
use crate::stats::CountDistribution;
use crate::stats::count::Group;
use crate::stats::count_quantiles::{cdf_of_mixture, cdf_of_sum, quantiles_of_mixture};
use crate::stats::shock::mean_acting_share;
use crate::stats::weighted::{WeightedGroup, WeightedSum};
use rayon::prelude::*;

/// Probabilities of a quantity, of an org that does not act and of one that does.
pub(super) type Pick<'p> = dyn Fn(&SolvedClass) -> ByAction<f64> + Sync + 'p;

/// A family's plans with each segment's probabilities.
pub(super) struct Mixture<'a> {
    family: &'a Family,
    possible: PossiblePlans,
    /// Distinct solutions; `index` says which one a plan's segment has: by plan, then segment, the centre's last.
    solved: Vec<Solved>,
    index: Vec<Vec<usize>>,
}

/// Which rate of reconnecting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RateOf {
    /// One of the plan's uptakes, by its place.
    Listed(usize),
    /// This one, whatever the plan lists.
    Given(f64),
}

impl RateOf {
    fn uptake(self, plan: &Plan) -> f64 {
        match self {
            Self::Listed(place) => plan.uptakes()[place].value,
            Self::Given(uptake) => uptake,
        }
    }
}

/// One uptake rate within a mixture: the orgs that may fail, as groups alike, for each outer draw.
pub(super) struct Rate<'m, 'a> {
    mixture: &'m Mixture<'a>,
    rate: RateOf,
    /// Shares that act, by outer draw and segment; then those of chance alone.
    shares: Vec<Vec<f64>>,
    chance_shares: Vec<Vec<f64>>,
}

impl<'a> Mixture<'a> {
    /// A family's possible plans, each distinct life of a segment solved once by `solve`, which is told how many there are.
    pub(super) fn new(
        family: &'a Family,
        solve: impl Fn(&Plan, &Segment, usize) -> Result<Solved, Declined> + Sync,
    ) -> Result<Self, Declined> {
        let centre = family.centre();
        let shocked = centre.segments().iter().any(|s| s.correlation > 0.0);
        let strata = if shocked { centre.segments().len() } else { 0 };
        let possible = family.possible_plans(strata).map_err(Declined)?;
        let (distinct, index) = distinct_lives(&possible.plans, centre);
        let solved = distinct.par_iter().map(|(plan, segment)| solve(plan, segment, distinct.len()));
        let solved = solved.collect::<Result<Vec<_>, Declined>>()?;
        Ok(Self { family, possible, solved, index })
    }

    pub(super) fn rate(&self, rate: usize) -> Rate<'_, 'a> {
        let rate = RateOf::Listed(rate);
        let centre = self.family.centre();
        let chance_shares = match (self.family.is_certain(), self.is_shocked()) {
            (true, _) => Vec::new(),
            (false, true) => self.possible.draws.iter().map(|d| self.shares_of(rate, centre, d)).collect(),
            (false, false) => vec![self.shares_of(rate, centre, &OuterDraw { plan: 0, shocks: Vec::new() })],
        };
        Rate { mixture: self, rate, shares: self.shares(rate), chance_shares }
    }

    /// Any rate, without what chance alone makes of it.
    pub(super) fn rate_at(&self, uptake: f64) -> Rate<'_, 'a> {
        let rate = RateOf::Given(uptake);
        Rate { mixture: self, rate, shares: self.shares(rate), chance_shares: Vec::new() }
    }

    /// Whether orgs of some segment act together.
    fn is_shocked(&self) -> bool {
        !self.possible.draws[0].shocks.is_empty()
    }

    /// How far any mean may be off, as a share of the orgs.
    pub(super) fn error_bound(&self) -> Option<f64> {
        self.solved.iter().map(|s| s.error_bound).reduce(f64::max)
    }

    /// Shares that act, by outer draw and segment.
    fn shares(&self, rate: RateOf) -> Vec<Vec<f64>> {
        self.possible.draws.iter().map(|d| self.shares_of(rate, &self.possible.plans[d.plan], d)).collect()
    }

    fn shares_of(&self, rate: RateOf, plan: &Plan, draw: &OuterDraw) -> Vec<f64> {
        let strata = self.possible.draws.len() + self.possible.left_out;
        let uptake = rate.uptake(plan);
        let share = |(i, segment): (usize, &Segment)| match draw.shocks.get(i) {
            Some(w) => {
                let stratum = ((w * strata as f64) as usize).min(strata - 1);
                mean_acting_share(segment.uptake(uptake), segment.correlation, stratum, strata)
            }
            None => segment.uptake(uptake),
        };
        plan.segments().iter().enumerate().map(share).collect()
    }
}

/// How many lives have to be solved.
pub(super) fn number_of_lives(plans: &[Plan], centre: &Plan) -> usize {
    distinct_lives(plans, centre).0.len()
}

/// The segments whose orgs' lives differ, over all plans and the centre, each once; and for each plan, the centre last, which
/// of them its segments are. Plans that differ in uptake alone so cost as much as one.
fn distinct_lives<'a>(plans: &'a [Plan], centre: &'a Plan) -> (Vec<(&'a Plan, &'a Segment)>, Vec<Vec<usize>>) {
    let mut distinct: Vec<(&Plan, &Segment)> = Vec::new();
    let index = plans
        .iter()
        .chain([centre])
        .map(|plan| {
            let find = |segment: &'a Segment| {
                let known = distinct.iter().position(|(of, s)| of.horizon() == plan.horizon() && segment.same_life(s));
                known.unwrap_or_else(|| {
                    distinct.push((plan, segment));
                    distinct.len() - 1
                })
            };
            plan.segments().iter().map(find).collect()
        })
        .collect();
    (distinct, index)
}

impl Rate<'_, '_> {
    /// The groups of orgs alike of an outer draw.
    fn groups(&self, draw: usize, pick: &Pick) -> Vec<Group> {
        let plan = self.mixture.possible.draws[draw].plan;
        self.groups_of(&self.mixture.possible.plans[plan], plan, &self.shares[draw], pick)
    }

    fn chance_groups(&self, draw: usize, pick: &Pick) -> Vec<Group> {
        let centre = self.mixture.index.len() - 1;
        self.groups_of(self.mixture.family.centre(), centre, &self.chance_shares[draw], pick)
    }

    fn groups_of(&self, plan: &Plan, index: usize, shares: &[f64], pick: &Pick) -> Vec<Group> {
        let solved = self.mixture.index[index].iter().map(|i| &self.mixture.solved[*i]);
        plan.segments()
            .iter()
            .zip(solved)
            .zip(shares)
            .flat_map(|((segment, solved), acts)| {
                segment
                    .class_sizes()
                    .zip(&solved.classes)
                    .map(move |(n, class)| Group { n, p: pick(class).mean(*acts) })
            })
            .collect()
    }

    /// Mean of a quantity given each plan, of all segments or of `only` one, and its variance: `Σ n p q` over classes of like orgs, and
    /// `ρ u (1 - u) ((Σ n d)² - Σ n d²)` with `d = p₁ - p₀` for the shock of a segment.
    fn moments_by_plan(&self, pick: &Pick, only: Option<usize>) -> Vec<(f64, f64)> {
        (self.mixture.possible.plans.iter().zip(&self.mixture.index))
            .map(|(plan, index)| {
                let (mut mean, mut variance) = (0.0, 0.0);
                for (i, (segment, solved)) in plan.segments().iter().zip(index).enumerate() {
                    if only.is_some_and(|o| o != i) {
                        continue;
                    }
                    let u = segment.uptake(self.rate.uptake(plan));
                    let (mut shifts, mut squares) = (0.0, 0.0);
                    for (n, class) in segment.class_sizes().zip(&self.mixture.solved[*solved].classes) {
                        let (n, chance) = (n as f64, pick(class));
                        let (p, shift) = (chance.mean(u), chance.with - chance.without);
                        mean += n * p;
                        variance += n * p * (1.0 - p);
                        shifts += n * shift;
                        squares += n * shift * shift;
                    }
                    variance += segment.correlation * u * (1.0 - u) * (shifts * shifts - squares);
                }
                (mean, variance)
            })
            .collect()
    }

    /// Mean over all plans, of all segments or of one.
    pub(super) fn mean(&self, pick: &Pick, segment: Option<usize>) -> f64 {
        let moments = self.moments_by_plan(pick, segment);
        moments.iter().map(|m| m.0).sum::<f64>() / moments.len() as f64
    }

    /// Means over all plans of one segment's curve: of all its values at once.
    pub(super) fn segment_curve(&self, segment: usize, of: &dyn Fn(&SolvedClass) -> &ByAction<Vec<f64>>) -> Vec<f64> {
        let plans = &self.mixture.possible.plans;
        let mut sum: Vec<f64> = Vec::new();
        for (plan, index) in plans.iter().zip(&self.mixture.index) {
            let own = &plan.segments()[segment];
            let u = own.uptake(self.rate.uptake(plan));
            for (n, class) in own.class_sizes().zip(&self.mixture.solved[index[segment]].classes) {
                let (n, curve) = (n as f64, of(class));
                sum.resize(curve.without.len(), 0.0);
                for (sum, (without, with)) in sum.iter_mut().zip(curve.without.iter().zip(&curve.with)) {
                    *sum += n * ((1.0 - u) * without + u * with) / plans.len() as f64;
                }
            }
        }
        sum
    }

    /// Mean number of orgs that have reconnected by each of the hours that were solved for.
    pub(super) fn reconnected(&self) -> Vec<f64> {
        let plans = &self.mixture.possible.plans;
        let mut sum: Vec<f64> = Vec::new();
        for (plan, index) in plans.iter().zip(&self.mixture.index) {
            for (segment, solved) in plan.segments().iter().zip(index) {
                let acts = segment.uptake(self.rate.uptake(plan)) / plans.len() as f64;
                for (n, class) in segment.class_sizes().zip(&self.mixture.solved[*solved].classes) {
                    sum.resize(class.reconnected.len(), 0.0);
                    sum.iter_mut().zip(&class.reconnected).for_each(|(sum, by)| *sum += n as f64 * acts * by);
                }
            }
        }
        sum
    }

    /// The whole distribution of a quantity.
    pub(super) fn distribution(&self, pick: &Pick) -> CountDistribution {
        mixed(self.shares.len(), &|i| self.groups(i, pick))
    }

    /// Chance that a quantity is at most `count`, as [`cdf_of_mixture`] has it.
    pub(super) fn cdf(&self, pick: &Pick, count: u64) -> f64 {
        let parts: Vec<Vec<Group>> = (0..self.shares.len()).map(|i| self.groups(i, pick)).collect();
        cdf_of_mixture(&parts, count)
    }

    /// A quantity with its whole distribution, and what chance alone makes of it.
    pub(super) fn quantity(&self, pick: &Pick) -> Quantity {
        let distribution = self.distribution(pick);
        let split = (!self.chance_shares.is_empty()).then(|| {
            let (not_knowing, mean_se) = self.not_knowing(pick);
            let chance = mixed(self.chance_shares.len(), &|i| self.chance_groups(i, pick));
            Split { chance, not_knowing, mean_se }
        });
        Quantity { mean: self.mean(pick, None), se: None, distribution, split }
    }

    /// Chance that at most `count` orgs are counted: as from the whole distribution, of which it builds no more than it must.
    pub(super) fn chance_at_most(&self, pick: &Pick, count: u64) -> f64 {
        let draws = self.shares.len();
        let sum = (0..draws).map(|i| cdf_of_sum(&self.groups(i, pick), count)).sum::<f64>();
        (sum / draws as f64).min(1.0)
    }

    /// Share of the variance between plans, by the law of total variance; and [`Split::mean_se`].
    fn not_knowing(&self, pick: &Pick) -> (f64, f64) {
        let moments = self.moments_by_plan(pick, None);
        let n = moments.len() as f64;
        let mean = moments.iter().map(|m| m.0).sum::<f64>() / n;
        let between = moments.iter().map(|m| (m.0 - mean) * (m.0 - mean)).sum::<f64>() / n;
        let within = moments.iter().map(|m| m.1).sum::<f64>() / n;
        let share = if between + within > 0.0 { between / (between + within) } else { 0.0 };
        (share, (between / (n - 1.0).max(1.0)).sqrt())
    }

    /// Figures as weight; `None` where orgs carry none.
    pub(super) fn weights(&self) -> Option<Weights> {
        let known = self.mixture.family.centre().segments().iter().filter_map(|segment| segment.known.as_ref());
        known.filter_map(|known| known.weight()).next()?;
        let weigh = |pick: &Pick| {
            let sums: Vec<WeightedSum> = (self.mixture.possible.plans.iter().zip(&self.mixture.index))
                .map(|(plan, index)| self.weighted(plan, index, pick))
                .collect();
            let mean = sums.iter().map(WeightedSum::mean).sum::<f64>() / sums.len() as f64;
            let percentiles = match &sums[..] {
                [only] if !self.mixture.is_shocked() => Some([0.05, 0.5, 0.95].map(|q| only.quantile(q)).into()),
                _ => None,
            };
            Weight { mean, percentiles }
        };
        Some(Weights {
            all: weigh(&|_| ByAction::from_fn(|_| 1.0)).mean,
            failed_by_deadline: weigh(&|class| class.at_deadline),
            down_at_deadline: weigh(&|class| class.down),
            failed_by_horizon: weigh(&|class| class.at_horizon),
        })
    }

    /// The weight of a quantity in one plan. Orgs of segments that are not known one by one weigh 1.
    fn weighted(&self, plan: &Plan, index: &[usize], pick: &Pick) -> WeightedSum {
        let groups = plan.segments().iter().zip(index).flat_map(|(segment, solved)| {
            let u = segment.uptake(self.rate.uptake(plan));
            let known = segment.known.as_ref().map_or(&[][..], |known| known.classes());
            let drawn = segment.known.is_none().then_some([segment.orgs as f64; 4]);
            let weights = known.iter().map(|class| class.weights).chain(drawn);
            weights
                .zip(&self.mixture.solved[*solved].classes)
                .map(move |(weights, class)| WeightedGroup { p: pick(class).mean(u), weights })
        });
        WeightedSum::of(groups)
    }

    /// A point of a curve; `guess` is the point before it, near which its percentiles are looked for.
    pub(super) fn curve_point(&self, pick: &Pick, guess: Option<&CurvePoint>) -> CurvePoint {
        let parts: Vec<Vec<Group>> = (0..self.shares.len()).map(|i| self.groups(i, pick)).collect();
        let near = guess.map(|g| [g.p5, g.p50, g.p95].map(|p| p.unwrap_or(0)));
        let q = quantiles_of_mixture(&parts, &[0.05, 0.5, 0.95], near.as_ref().map(<[u64; 3]>::as_slice));
        let chance = (!self.chance_shares.is_empty()).then(|| {
            let parts: Vec<Vec<Group>> = (0..self.chance_shares.len()).map(|i| self.chance_groups(i, pick)).collect();
            let near = guess.and_then(|g| g.chance);
            let q = quantiles_of_mixture(&parts, &[0.05, 0.95], near.as_ref().map(<[u64; 2]>::as_slice));
            [q[0], q[1]]
        });
        CurvePoint { mean: self.mean(pick, None), p5: Some(q[0]), p50: Some(q[1]), p95: Some(q[2]), chance, se: None }
    }
}

/// The mixture of `count` equally likely sums.
fn mixed(count: usize, groups: &dyn Fn(usize) -> Vec<Group>) -> CountDistribution {
    if count == 1 {
        return CountDistribution::sum_of(&groups(0));
    }
    let weight = 1.0 / count as f64;
    let parts: Vec<(f64, CountDistribution)> =
        (0..count).map(|i| (weight, CountDistribution::sum_of(&groups(i)))).collect();
    CountDistribution::mixture(&parts)
}
