//! What a comparison of plans found: each plan's headline at the rates they share, and how it differs from the baseline and from the
//! best in the same runs. A difference is always this plan's minus the other's: below zero, fewer orgs fail.

use super::{Mean, Provenance};
use crate::plan::Plan;
use serde::Serialize;

/// Plans side by side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// The plans, in the order they were named.
    pub plans: Vec<ComparedPlan>,
    /// The place of the plan that the others are held against.
    pub baseline: usize,
    /// Seed of all simulated runs.
    pub seed: u64,
    /// Runs that each plan was simulated in; 0 where there are exact figures alone.
    pub runs: u64,
    /// One for each rate that all plans share, ascending.
    pub rates: Vec<ComparedRate>,
    /// By plan, the working hours that the reconnect window holds for an org on average; `None` where they are alike.
    pub window_hours: Option<Vec<f64>>,
    /// What the reader must know.
    pub notes: Vec<String>,
}

impl Comparison {
    /// Whether all plans have the same number of orgs, so that counts of orgs can be compared.
    pub(crate) fn same_orgs(&self) -> bool {
        self.plans.iter().all(|p| p.plan.orgs() == self.plans[0].plan.orgs())
    }
}

/// One of the plans.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ComparedPlan {
    /// What it is called in tables: its title where all titles are short, else its file's name.
    pub label: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The plan, with everything that is not known at its median.
    pub plan: Plan,
    /// In the baseline: every assumption that some plan does not share. In the others: those that differ from the baseline's.
    pub differs: Vec<Differing>,
}

/// An assumption that is not the same in all plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Differing {
    /// Its key in the scenario.
    pub key: String,
    /// Its value in words; `None` where the plan has no such key.
    pub words: Option<String>,
}

/// All plans at one rate of reconnecting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ComparedRate {
    /// For rows and labels.
    pub label: String,
    /// The rate, or the median of its law.
    pub uptake: f64,
    /// As the scenario writes it.
    pub echo: serde_json::Value,
    /// One for each plan, in their order.
    pub plans: Vec<PlanAtRate>,
    /// The plan with the lowest mean share, and after it, ascending, those that it does not beat clearly.
    pub front: Vec<usize>,
}

impl ComparedRate {
    /// The plan with the lowest mean share of failed orgs.
    pub(crate) fn leader(&self) -> usize {
        self.front[0]
    }
}

/// One plan at one rate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlanAtRate {
    /// Failed by the deadline: exact, where the exact engine answered for all plans, else simulated.
    pub failed: Mean,
    /// 5th, 50th and 95th percentile of the failed.
    pub range: [u64; 3],
    /// Down at the deadline; `None` without exact figures.
    pub down: Option<Mean>,
    /// Failed by the horizon; `None` without exact figures.
    pub by_horizon: Option<Mean>,
    /// Chance that at most the plan's tolerance fail; `None` without a tolerance.
    pub within_tolerance: Option<f64>,
    /// Against the baseline.
    pub versus_baseline: Difference,
    /// Against the plan with the lowest mean.
    pub versus_leader: Difference,
    /// Chance that of all plans this one has the smallest share of failed orgs; a tie of `k` counts `1/k` for each. `None` without
    /// simulated runs.
    pub best: Option<f64>,
}

/// How one plan's headline differs from another's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Difference {
    /// What may be said of it.
    pub verdict: Verdict,
    /// Of the means, in orgs; exact where both means are.
    #[serde(rename = "mean")]
    pub mean_orgs: f64,
    /// The same as a share of each plan's own orgs.
    pub mean_share: f64,
    /// For exact means: how far [`Difference::mean_share`] may be off.
    #[serde(rename = "mean_share_error_bound", skip_serializing_if = "Option::is_none")]
    pub error_bound: Option<f64>,
    /// Run by run; `None` without simulated runs.
    pub by_run: Option<ByRun>,
}

/// Differences in the same runs, with the same random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct ByRun {
    /// Chance that a smaller share fails in one rollout; ties count half.
    #[serde(rename = "chance_better")]
    pub better: f64,
    /// Chance that the same share fails.
    #[serde(rename = "chance_tied")]
    pub tied: f64,
    /// In orgs.
    pub orgs: Spread,
    /// As a share of each plan's own orgs.
    pub share: Spread,
}

/// Mean and percentiles over runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard error of the mean; `None` for a single run.
    pub se: Option<f64>,
    /// 5th percentile.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

/// What may be said of a difference, by two intervals: the 90 % interval of one rollout's difference, and the 95 % confidence
/// interval of the mean difference (for exact means, their error bound).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The same number in every run, and the same mean.
    Same,
    /// The interval of the mean difference holds zero: nothing is known of which is better.
    #[serde(rename = "no_difference_found")]
    NoDifference,
    /// Better on average, but one rollout's interval holds zero: no ranking.
    BetterOnAverage,
    /// Worse on average, as [`Verdict::BetterOnAverage`].
    WorseOnAverage,
    /// Both intervals lie below zero.
    Better,
    /// Both intervals lie above zero.
    Worse,
}

impl Verdict {
    /// Whether the two plans are ranked.
    pub(crate) fn is_ranked(self) -> bool {
        matches!(self, Self::Better | Self::Worse)
    }
}
