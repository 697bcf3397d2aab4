//! Mixtures: a count is a sum over independent orgs once the plan and the common shocks are given, so its distribution is the
//! mixture of such sums over the outer draws. With everything known and no shocks it is one sum.

use super::Solved;
use crate::plan::{Family, OuterDraw, PossiblePlans};
use crate::results::{CurvePoint, Quantity, Split};
use crate::stats::CountDistribution;
use crate::stats::count::{Group, cdf_of_mixture, quantiles_of_mixture};
use crate::stats::shock::mean_acting_share;

/// Probabilities of a quantity, of an org that does not act and of one that does.
pub(super) type Pick<'p> = dyn Fn(&Solved) -> [f64; 2] + Sync + 'p;

/// A family's plans with each segment's probabilities.
pub(super) struct Mixture<'a> {
    family: &'a Family,
    possible: &'a PossiblePlans,
    /// Distinct solutions; `index` says which one a plan's segment has: by plan, then segment, the centre's last.
    solved: &'a [Solved],
    index: &'a [Vec<usize>],
    /// Whether any segment's orgs share a shock.
    shocked: bool,
}

/// Which share intends to reconnect.
#[derive(Clone, Copy)]
enum Uptake {
    /// The one at this place among the plan's uptakes, as each possible plan has it.
    Listed(usize),
    /// This one, whichever the plan.
    Given(f64),
}

impl Uptake {
    fn of(self, plan: &crate::plan::Plan) -> f64 {
        match self {
            Self::Listed(rate) => plan.uptakes()[rate].value,
            Self::Given(uptake) => uptake,
        }
    }
}

/// One uptake rate within a mixture: the orgs that may fail, as groups alike, for each outer draw.
pub(super) struct Rate<'m, 'a> {
    mixture: &'m Mixture<'a>,
    uptake: Uptake,
    /// Shares that act, by outer draw and segment; then those of chance alone.
    shares: Vec<Vec<f64>>,
    chance_shares: Vec<Vec<f64>>,
}

impl<'a> Mixture<'a> {
    pub(super) fn new(
        family: &'a Family,
        possible: &'a PossiblePlans,
        solved: &'a [Solved],
        index: &'a [Vec<usize>],
        shocked: bool,
    ) -> Self {
        Self { family, possible, solved, index, shocked }
    }

    /// One of the plan's own rates.
    pub(super) fn rate(&self, rate: usize) -> Rate<'_, 'a> {
        self.weighed(Uptake::Listed(rate))
    }

    /// Any rate.
    pub(super) fn rate_of(&self, uptake: f64) -> Rate<'_, 'a> {
        self.weighed(Uptake::Given(uptake))
    }

    fn weighed(&self, of: Uptake) -> Rate<'_, 'a> {
        let strata = self.possible.draws.len() + self.possible.left_out;
        let shares_of = |plan: &crate::plan::Plan, draw: &OuterDraw| -> Vec<f64> {
            let uptake = of.of(plan);
            plan.segments()
                .iter()
                .enumerate()
                .map(|(i, segment)| match draw.shocks.get(i) {
                    Some(w) => {
                        let stratum = ((w * strata as f64) as usize).min(strata - 1);
                        mean_acting_share(segment.uptake(uptake), segment.correlation, stratum, strata)
                    }
                    None => segment.uptake(uptake),
                })
                .collect()
        };
        let shares = self.possible.draws.iter().map(|d| shares_of(&self.possible.plans[d.plan], d)).collect();
        let centre = self.family.centre();
        let chance_shares = match (self.family.is_certain(), self.shocked) {
            (true, _) => Vec::new(),
            (false, true) => self.possible.draws.iter().map(|d| shares_of(centre, d)).collect(),
            (false, false) => vec![shares_of(centre, &OuterDraw { plan: 0, shocks: Vec::new() })],
        };
        Rate { mixture: self, uptake: of, shares, chance_shares }
    }
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

    fn groups_of(&self, plan: &crate::plan::Plan, index: usize, shares: &[f64], pick: &Pick) -> Vec<Group> {
        let solved = self.mixture.index[index].iter().map(|i| &self.mixture.solved[*i]);
        plan.segments()
            .iter()
            .zip(solved)
            .zip(shares)
            .map(|((segment, solved), acts)| {
                let [alone, acting] = pick(solved);
                Group { n: segment.orgs, p: (1.0 - acts) * alone + acts * acting }
            })
            .collect()
    }

    /// Mean of a quantity given each plan, of all segments or of `only` one, and its variance: `Σ n p q`, and `n (n - 1) ρ u (1 - u) (p₁ - p₀)²` for the shock.
    fn moments_by_plan(&self, pick: &Pick, only: Option<usize>) -> Vec<(f64, f64)> {
        (self.mixture.possible.plans.iter().zip(self.mixture.index))
            .map(|(plan, index)| {
                let (mut mean, mut variance) = (0.0, 0.0);
                for (i, (segment, solved)) in plan.segments().iter().zip(index).enumerate() {
                    if only.is_some_and(|o| o != i) {
                        continue;
                    }
                    let (n, u) = (segment.orgs as f64, segment.uptake(self.uptake.of(plan)));
                    let [alone, acting] = pick(&self.mixture.solved[*solved]);
                    let p = (1.0 - u) * alone + u * acting;
                    mean += n * p;
                    variance += n * p * (1.0 - p)
                        + n * (n - 1.0) * segment.correlation * u * (1.0 - u) * (acting - alone) * (acting - alone);
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
    pub(super) fn segment_curve(&self, segment: usize, of: &dyn Fn(&Solved) -> &[Vec<f64>; 2]) -> Vec<f64> {
        let plans = &self.mixture.possible.plans;
        let mut sum: Vec<f64> = Vec::new();
        for (plan, index) in plans.iter().zip(self.mixture.index) {
            let (own, [alone, acting]) = (&plan.segments()[segment], of(&self.mixture.solved[index[segment]]));
            let (n, u) = (own.orgs as f64, own.uptake(self.uptake.of(plan)));
            sum.resize(alone.len(), 0.0);
            for (sum, (p0, p1)) in sum.iter_mut().zip(alone.iter().zip(acting)) {
                *sum += n * ((1.0 - u) * p0 + u * p1) / plans.len() as f64;
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
        let split = (!self.chance_shares.is_empty()).then(|| Split {
            chance: mixed(self.chance_shares.len(), &|i| self.chance_groups(i, pick)),
            not_knowing: self.not_knowing(pick),
        });
        Quantity { mean: self.mean(pick, None), se: None, distribution, split }
    }

    /// Share of the variance between plans, by the law of total variance.
    fn not_knowing(&self, pick: &Pick) -> f64 {
        let moments = self.moments_by_plan(pick, None);
        let n = moments.len() as f64;
        let mean = moments.iter().map(|m| m.0).sum::<f64>() / n;
        let between = moments.iter().map(|m| (m.0 - mean) * (m.0 - mean)).sum::<f64>() / n;
        let within = moments.iter().map(|m| m.1).sum::<f64>() / n;
        if between + within > 0.0 { between / (between + within) } else { 0.0 }
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
