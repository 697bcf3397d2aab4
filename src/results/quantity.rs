//! A count as it is reported: its mean, its distribution, what it weighs.

use super::percentiles::Percentiles;
use crate::stats::CountDistribution;
use serde::Serialize;

/// A mean, with its standard error when it was simulated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// Mean number of orgs.
    pub mean: f64,
    /// Standard error; `None` for an exact mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
}

impl Mean {
    /// What one mean has more than another that is part of it, each with its standard error: never below 0, and known no better than the
    /// worse of the two.
    pub fn difference(all: (f64, Option<f64>), part: (f64, Option<f64>)) -> Self {
        let se = match (all.1, part.1) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        Self { mean: (all.0 - part.0).max(0.0), se }
    }
}

/// A count with its whole distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Mean number of orgs.
    pub mean: f64,
    /// Standard error of the mean; `None` for an exact mean.
    pub se: Option<f64>,
    /// The distribution: exact, or of the simulated runs. Where something is not known, the full mixture.
    pub distribution: CountDistribution,
    /// What chance alone makes of it; `None` where everything is known, and for simulated figures.
    pub split: Option<Split>,
}

/// Figures of a rate as weight (revenue, users) instead of a number of orgs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weights {
    /// What all orgs weigh.
    pub all: f64,
    /// Of those that fail by the deadline.
    pub failed_by_deadline: Weight,
    /// Of those that are down at it.
    pub down_at_deadline: Weight,
    /// Of those that fail by the horizon.
    pub failed_by_horizon: Weight,
}

/// A weight with its range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weight {
    /// Mean.
    pub mean: f64,
    /// Its range; `None` where something is not known or orgs act together.
    #[serde(flatten)]
    pub percentiles: Option<Percentiles<f64>>,
}

/// Chance and not knowing, told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The distribution if everything that is not known had its median value: chance alone.
    pub chance: CountDistribution,
    /// Share of the full mixture's variance that comes from not knowing: `Var(E[N | plan]) / Var(N)`, 0-1.
    pub not_knowing: f64,
    /// Standard error of the mean that comes from weighing `n` possible plans and no more, in orgs, at most: `sd(E[N | plan]) / sqrt(n - 1)`.
    /// A Latin hypercube of `n` is never worse than `n - 1` independent draws (Owen, "Monte Carlo variance of scrambled net quadrature",
    /// SIAM Journal on Numerical Analysis 34, 1997).
    pub mean_se: f64,
}

impl Quantity {
    /// The smallest count whose cumulative chance reaches `percent` / 100.
    pub fn percentile(&self, percent: f64) -> u64 {
        self.distribution.quantile(percent / 100.0)
    }
}

impl Mean {
    pub(super) fn add(&mut self, other: Self) {
        self.mean += other.mean;
        self.se = self.se.zip(other.se).map(|(a, b)| a.hypot(b));
    }
}
