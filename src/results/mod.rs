//! Plain results with provenance: what a run found, for every output to read. No engine, no file, no formula.

pub mod comparison;
pub mod fit;
pub mod orgs;
mod texts;

pub use texts::Texts;
mod detail;
pub mod plan_diff;
pub mod sensitivity;
pub mod solution;

pub use detail::{Cell, Detail, Grid};

use crate::plan::zone::Tz;
use crate::plan::{Cause, LocalHour, Plan};
use crate::stats::CountDistribution;

/// Where results come from, so that a chart in a document can be traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The scenario file as the user named it.
    pub path: String,
    /// SHA-256 of the scenario with all `--set` changes, hexadecimal.
    pub sha256: String,
    /// The product's version.
    pub version: String,
    /// `--set` changes, as typed.
    pub changes: Vec<String>,
}

/// A number or law that a projection rests on, in words, as tables of assumptions show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// The dotted key in the scenario.
    pub key: String,
    /// Its value in words.
    pub words: String,
    /// Whether the scenario gives it; else it is the product's default.
    pub given: bool,
}

/// All that a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Where it comes from.
    pub provenance: Provenance,
    /// Runs that the simulation did; 0 when it was not asked for.
    pub runs: u64,
    /// Seed of the simulation.
    pub seed: u64,
    /// One for each uptake rate, in the scenario's order.
    pub uptakes: Vec<Outcome>,
    /// Hours since `as_of` at which the curves are given, ascending; 0 first, the horizon last.
    pub curve_hours: Vec<f64>,
    /// How well the two engines agree; `None` unless both ran.
    pub agreement: Option<Agreement>,
    /// What the share reconnected so far says; `None` without a tolerance, a window or an exact answer, and where it decides nothing.
    pub tripwires: Option<solution::Tripwires>,
    /// What the reader must know: an engine that declined, ages left out.
    pub notes: Vec<String>,
    /// What is legal in the plan but unwise; empty until it is asked for.
    pub warnings: Vec<Warning>,
    /// Outcomes at other rates and deadlines, and single courses; empty until they are asked for.
    pub detail: Detail,
}

impl Projection {
    /// Whether all figures shown are exact.
    pub fn is_exact(&self) -> bool {
        self.uptakes.iter().all(Outcome::is_exact)
    }
}

/// Something about the plan that is legal but unwise, in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// The code by which a scenario can silence it.
    pub code: String,
    /// What it is, in a sentence without its full stop.
    pub message: String,
    /// Figures that make it matter.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// What one uptake rate leads to, by each engine that ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// For rows and labels.
    pub label: String,
    /// The rate, or the median of its law.
    pub uptake: f64,
    /// As the scenario writes it.
    pub echo: serde_json::Value,
    /// By the exact engine; `None` when it was not asked for or declined.
    pub exact: Option<Measures>,
    /// By simulation; `None` when it was not asked for.
    pub simulated: Option<Measures>,
}

impl Outcome {
    /// Whether the figures to show are the exact ones: simulated ones lead where the exact engine's own bound is too coarse.
    pub fn is_exact(&self) -> bool {
        self.exact.as_ref().is_some_and(|measures| !measures.is_coarse() || self.simulated.is_none())
    }

    /// The figures to show: exact where there are such that are not too coarse, else simulated.
    ///
    /// # Panics
    /// Never in a finished projection: at least one engine has answered.
    pub fn best(&self) -> &Measures {
        let (first, second) =
            if self.is_exact() { (&self.exact, &self.simulated) } else { (&self.simulated, &self.exact) };
        first.as_ref().or(second.as_ref()).expect("a projection holds at least one engine's answer")
    }
}

/// Beyond this share of the orgs the exact engine's own bound says too little: its figures can't be checked, and don't lead.
pub const COARSE: f64 = 1e-3;

/// The reported quantities of one uptake rate, as counts of orgs.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Orgs whose first failure is at or before the deadline.
    pub failed_by_deadline: Quantity,
    /// Of those, the ones not yet recovered at the deadline.
    pub down_at_deadline: Quantity,
    /// Orgs whose first failure is at or before the horizon.
    pub failed_by_horizon: Quantity,
    /// Chance that at most `tolerance` fail by the deadline; `None` without a tolerance.
    pub within_tolerance: Option<f64>,
    /// Failures by the deadline by cause, in the order of [`Cause::ALL`].
    pub by_cause: [Mean; 4],
    /// Failures by the deadline and the horizon by segment, in the scenario's order.
    pub by_segment: Vec<SegmentMeans>,
    /// For each segment, in the scenario's order, the failures in each calendar hour of its own zone: the hours of
    /// [`Plan::local_hours`], ascending without gaps. `None` for simulated figures.
    pub by_local_hour: Option<Vec<Vec<HourMeans>>>,
    /// The same as weight, where orgs carry one; `None` for simulated figures.
    pub weight: Option<Weights>,
    /// Failed so far, at each of [`Projection::curve_hours`].
    pub failed_curve: Vec<CurvePoint>,
    /// Down now, at each of [`Projection::curve_hours`].
    pub down_curve: Vec<CurvePoint>,
    /// For the exact engine: how far any mean may be off, as a share of the orgs.
    pub error_bound: Option<f64>,
}

impl Measures {
    /// Whether the exact engine's own bound says too little.
    pub fn is_coarse(&self) -> bool {
        self.error_bound.is_some_and(|bound| bound.is_nan() || bound > COARSE)
    }

    /// One of the headline figures.
    pub fn counted(&self, counted: Counted) -> &Quantity {
        match counted {
            Counted::FailedByDeadline => &self.failed_by_deadline,
            Counted::DownAtDeadline => &self.down_at_deadline,
            Counted::FailedByHorizon => &self.failed_by_horizon,
        }
    }

    /// The means of [`Measures::by_segment`] added up by time zone, in the order in which the plan's segments name them.
    /// Segments are independent, so squares of standard errors add up.
    pub fn by_time_zone(&self, plan: &Plan) -> Vec<(Tz, SegmentMeans)> {
        let mut zones: Vec<(Tz, SegmentMeans)> = Vec::new();
        for (segment, means) in plan.segments().iter().zip(&self.by_segment) {
            let zone = segment.time_zone;
            match zones.iter_mut().find(|z| z.0 == zone) {
                Some((_, sum)) => sum.add(means),
                None => {
                    let name = zone.name().to_owned();
                    zones.push((zone, SegmentMeans { id: name.clone(), name, ..means.clone() }));
                }
            }
        }
        zones
    }

    /// Mean failures from the deadline to the horizon. A difference is known no better than its worse part.
    pub fn to_come(&self) -> Mean {
        Mean::difference(
            (self.failed_by_horizon.mean, self.failed_by_horizon.se),
            (self.failed_by_deadline.mean, self.failed_by_deadline.se),
        )
    }

    /// Mean failures by the deadline from one cause.
    pub fn cause(&self, cause: Cause) -> &Mean {
        &self.by_cause[cause.index()]
    }
}

/// A headline figure: one of the counts that a target may be set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counted {
    /// Orgs whose first failure is at or before the deadline.
    FailedByDeadline,
    /// Of those, the ones not yet recovered at the deadline.
    DownAtDeadline,
    /// Orgs whose first failure is at or before the horizon.
    FailedByHorizon,
}

impl Counted {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [Self::FailedByDeadline, Self::DownAtDeadline, Self::FailedByHorizon];

    /// The key in JSON and on the command line.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FailedByDeadline => "failed_by_deadline",
            Self::DownAtDeadline => "down_at_deadline",
            Self::FailedByHorizon => "failed_by_horizon",
        }
    }
}

/// A mean, with its standard error when it was simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Mean number of orgs.
    pub mean: f64,
    /// Standard error; `None` for an exact mean.
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
#[derive(Debug, Clone, Copy, PartialEq)]
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Mean.
    pub mean: f64,
    /// 5th percentile, median and 95th percentile; `None` where something is not known or orgs act together.
    pub percentiles: Option<[f64; 3]>,
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

/// One segment's means.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentMeans {
    /// The segment's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of its orgs.
    pub orgs: u64,
    /// Failures by the deadline.
    pub failed_by_deadline: Mean,
    /// Down at the deadline.
    pub down_at_deadline: Mean,
    /// Failures by the horizon.
    pub failed_by_horizon: Mean,
}

/// A calendar hour of a segment's zone, and how many of the segment's orgs fail in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourMeans {
    /// The hour: what the clocks show, and when it begins and ends in elapsed hours.
    pub hour: LocalHour,
    /// Mean number of orgs whose first failure is after its beginning and at or before its end; of a segment's first hour also
    /// those whose failure is at its beginning.
    pub failed: f64,
}

impl SegmentMeans {
    /// Share of the orgs; 0 where there are none.
    pub fn share(&self, of: &Mean) -> f64 {
        if self.orgs == 0 { 0.0 } else { of.mean / self.orgs as f64 }
    }

    fn add(&mut self, other: &Self) {
        self.orgs += other.orgs;
        self.failed_by_deadline.add(other.failed_by_deadline);
        self.down_at_deadline.add(other.down_at_deadline);
        self.failed_by_horizon.add(other.failed_by_horizon);
    }
}

impl Mean {
    fn add(&mut self, other: Self) {
        self.mean += other.mean;
        self.se = self.se.zip(other.se).map(|(a, b)| a.hypot(b));
    }
}

/// A point of a curve: mean and percentiles of a count at an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Mean number of orgs.
    pub mean: f64,
    /// 5th percentile; `None` where it was not computed.
    pub p5: Option<u64>,
    /// Median.
    pub p50: Option<u64>,
    /// 95th percentile.
    pub p95: Option<u64>,
    /// 5th and 95th percentile of chance alone; `None` where everything is known, and for simulated figures.
    pub chance: Option<[u64; 2]>,
    /// Standard error of the mean; `None` for an exact mean.
    pub se: Option<f64>,
}

/// How well exact and simulated means agree, over all reported quantities.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Number of figures compared.
    pub compared: usize,
    /// The largest difference, in standard errors.
    pub worst_z: f64,
    /// Where it is, in words.
    pub worst: String,
    /// The limit that a correct pair passes once in 1,000 runs of the program (Bonferroni over `compared`).
    pub limit_z: f64,
    /// How far exact means may be off by the exact engine's own account, as a share of the orgs.
    pub bound: f64,
}

impl Agreement {
    /// Whether the exact engine's own bound leaves nothing to be checked.
    pub fn is_too_coarse(&self) -> bool {
        self.bound.is_nan() || self.bound > COARSE
    }

    /// Whether no difference is larger than sampling allows.
    pub fn holds(&self) -> bool {
        self.is_too_coarse() || self.worst_z <= self.limit_z
    }
}
