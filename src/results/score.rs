//! How good past forecasts were, once the truth is known.

use serde::Serialize;

/// A forecast held against the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ScoredForecast {
    /// When it was made, as the journal has it.
    pub now: String,
    /// Which figure: `failed_by_deadline`, `failed_by_horizon`, or a checkpoint's name.
    pub figure: String,
    /// Hours from the forecast to the instant that it is about.
    pub lead_hours: f64,
    /// What happened.
    pub truth: f64,
    /// The forecast's mean.
    pub mean: f64,
    /// Its 5th and 95th percentile.
    pub range: [f64; 2],
    /// Continuous ranked probability score, in orgs: 0 is perfect.
    pub crps: f64,
    /// Interval score of the 90 % range, in orgs: its width, and twenty times what the truth is outside of it.
    pub interval_score: f64,
    /// Whether the 50 % range holds the truth.
    pub within_50: bool,
    /// Whether the 90 % range holds it.
    pub within_90: bool,
    /// Minus the logarithm of the chance given to what happened to the tolerance; `None` without one.
    pub log_score: Option<f64>,
    /// The same CRPS of a straight line through the last two counts.
    pub crps_of_line: f64,
    /// And of a Bass curve fitted to the counts by least squares.
    pub crps_of_bass: f64,
}

/// All forecasts of a journal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Scores {
    /// The journal's file.
    pub journal: String,
    /// The file of what happened.
    pub actuals: String,
    /// Each forecast whose truth is known, in the order of the journal.
    pub forecasts: Vec<ScoredForecast>,
    /// Forecasts whose truth is not known yet.
    pub open: usize,
}

impl Scores {
    /// The mean of a score; `None` without forecasts.
    pub(crate) fn mean(&self, of: impl Fn(&ScoredForecast) -> f64) -> Option<f64> {
        let n = self.forecasts.len();
        (n > 0).then(|| self.forecasts.iter().map(of).sum::<f64>() / n as f64)
    }
}
