//! What a rollout under way tells of its plan: what was learned, the forecast from now on, whether the plan still fits.

use super::{Grid, Provenance};
use crate::plan::Plan;
use serde::Serialize;

/// The percentiles of a forecast, as the journal keeps them.
pub(crate) const PERCENTS: [f64; 9] = [1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0];

/// A count that is to come: its mean and [`PERCENTS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ForecastCount {
    /// Mean number of orgs.
    pub mean: f64,
    /// At [`PERCENTS`]; `None` where too few draws bear the weight.
    pub percentiles: Option<[u64; 9]>,
}

impl ForecastCount {
    /// The 5th, 50th and 95th percentile.
    pub(crate) fn range(&self) -> Option<[u64; 3]> {
        self.percentiles.map(|p| [p[1], p[4], p[7]])
    }
}

/// The headline figures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Forecast {
    /// Failed by the deadline.
    pub failed_by_deadline: ForecastCount,
    /// Down at it.
    pub down_at_deadline: ForecastCount,
    /// Failed by the horizon.
    pub failed_by_horizon: ForecastCount,
    /// Chance to stay within the tolerance; `None` without one.
    pub within_tolerance: Option<f64>,
}

/// Mean and range of an unknown number, in the scenario's own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumberSummary {
    pub mean: f64,
    /// The 5th, 50th and 95th percentile; `None` where too few draws bear the weight.
    pub range: Option<[f64; 3]>,
}

/// One of several readings: its words, and how likely it was and is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReadingSummary {
    pub law: String,
    pub prior: f64,
    pub posterior: f64,
}

/// What was learned of an unknown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LearnedValue {
    /// A number, before and after.
    Number { prior: NumberSummary, posterior: NumberSummary },
    /// Which of several holds.
    Readings(Vec<ReadingSummary>),
}

/// An unknown of the plan, before and after.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    /// The dotted key in the scenario.
    pub key: String,
    /// What it is.
    pub value: LearnedValue,
    /// How its numbers are shown.
    pub unit: crate::plan::UnknownUnit,
}

/// Whether what was seen is what the plan may bring.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fits {
    /// The smaller of two p-values: of all looks, and of the newest gap alone.
    pub p: f64,
    /// Which count is furthest from what the plan expects, and when.
    pub worst: String,
    /// What is off, in a sentence; `None` where the plan fits.
    pub misfit: Option<String>,
}

/// How many more must reconnect for the tolerance to be kept with some chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct StillNeeded {
    /// The chance aimed for.
    pub chance: f64,
    /// How many more must reconnect; `None` where no rate reaches the chance.
    pub more: Option<u64>,
}

/// Whether the tolerance will be kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OnTrack {
    /// The tolerance.
    pub tolerance: u64,
    /// Until when reconnects are counted, in hours since `as_of`.
    pub until: f64,
    /// How many more are expected to reconnect by then.
    pub expected: f64,
    /// For even odds, and for nine in ten.
    pub needed: Vec<StillNeeded>,
    /// Over how many more reconnect by `until`, ascending, on average: the chance to keep the tolerance.
    pub odds: Vec<[f64; 2]>,
}

/// The failures by a deadline from now on, over how many more reconnect and how far the deadline is moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrackGrid {
    /// By row of the grid: how many more reconnect by `until`, on average.
    pub more: Vec<f64>,
    /// Until when reconnects are counted, in hours since `as_of`; `None` where nobody reconnects any more.
    pub until: Option<f64>,
    /// Its rows are rates of reconnecting, its columns are deadlines, from now on.
    pub grid: Grid,
    /// The row of what is expected; its rate is the mean of those that are possible.
    pub expected: usize,
}

/// A point of the curve of failures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrackPoint {
    /// Hours since `as_of`.
    pub hours: f64,
    /// As it was forecast before anything was seen: 5th percentile, mean, 95th.
    pub before: [f64; 3],
    /// As it is forecast now.
    pub now: [f64; 3],
}

/// Counts of all orgs at a look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SeenLook {
    /// Hours since `as_of`.
    pub at: f64,
    /// Reconnected so far.
    pub reconnected: Option<u64>,
    /// Failed so far.
    pub failed: Option<u64>,
    /// Contacts so far.
    pub tickets: Option<u64>,
}

/// A check of a guard that is still to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GuardCheckOutlook {
    /// Hours since `as_of`.
    pub at: f64,
    /// Chance that more have failed by it than the guard bears.
    pub chance: f64,
}

/// A checkpoint's forecast.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CheckpointForecast {
    /// Its name.
    pub name: String,
    /// When, as the plan shows it.
    pub at: String,
    /// Failed by it.
    pub failed: ForecastCount,
    /// Down at it.
    pub down: ForecastCount,
}

/// A segment's forecast.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SegmentForecast {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Failed by its deadline.
    pub failed_by_deadline: ForecastCount,
}

/// What a rollout under way tells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrackReport {
    /// Where the scenario comes from.
    pub provenance: Provenance,
    /// The plan, with what is not known at its median.
    pub plan: Plan,
    /// The hash of the observations, and their file.
    pub seen_sha256: String,
    /// Their file as it was named.
    pub seen_path: String,
    /// Now, in hours since `as_of`.
    pub now: f64,
    /// The looks, ascending: counts of all orgs, where every segment was counted then.
    pub looks: Vec<SeenLook>,
    /// How the likelihood was computed.
    pub method: &'static str,
    /// The effective number of draws.
    pub effective: f64,
    /// How many plans were looked at.
    pub evaluated: usize,
    /// Each unknown, before and after.
    pub learned: Vec<Learned>,
    /// Whether the plan still fits.
    pub fits: Fits,
    /// From now on.
    pub forecast: Forecast,
    /// Before anything was seen.
    pub before: Forecast,
    /// Whether the tolerance will be kept; `None` without a tolerance or a window, or once the deadline has passed.
    pub on_track: Option<OnTrack>,
    /// What would change it; `None` once the deadline has passed, and where too few draws bear the weight.
    pub what_if: Option<TrackGrid>,
    /// The checks of the guard after now; empty without one.
    pub guard: Vec<GuardCheckOutlook>,
    /// Hour by hour to a day after the deadline.
    pub curve: Vec<TrackPoint>,
    /// The checkpoints.
    pub checkpoints: Vec<CheckpointForecast>,
    /// The segments, where there are several.
    pub segments: Vec<SegmentForecast>,
    /// What a reader should know.
    pub notes: Vec<String>,
}
