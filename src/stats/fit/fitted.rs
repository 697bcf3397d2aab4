//! A law fitted to durations.

use crate::stats::law::Law;
use crate::stats::survival::Durations;

/// A kind of law for a duration, by its name in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LawFamily {
    /// Constant hazard.
    Exponential,
    /// Hazard a power of the age.
    Weibull,
    /// Normal logarithm.
    LogNormal,
    /// Normal, cut to what is above 0.
    Normal,
    /// Constant density between two ends.
    Uniform,
    /// Constant density of the logarithm between two ends.
    LogUniform,
}

impl LawFamily {
    /// All of them.
    ///
    /// The triangular law and the PERT are left out: their densities have a kink at every possible mode and vanish at their ends,
    /// so that standard errors and Akaike's criterion have no footing there. They are for what experts say, not for data.
    pub const ALL: [Self; 6] =
        [Self::Exponential, Self::Weibull, Self::LogNormal, Self::Normal, Self::Uniform, Self::LogUniform];

    /// Its name in a scenario.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Weibull => "weibull",
            Self::LogNormal => "lognormal",
            Self::Normal => "normal",
            Self::Uniform => "uniform",
            Self::LogUniform => "log_uniform",
        }
    }

    /// Whether its ends are parameters: then the greatest likelihood puts them at the shortest and the longest duration seen.
    pub const fn has_ends(self) -> bool {
        matches!(self, Self::Uniform | Self::LogUniform)
    }

    /// Number of its parameters.
    pub const fn size(self) -> usize {
        if matches!(self, Self::Exponential) { 1 } else { 2 }
    }
}

/// What a parameter is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The unit of the durations.
    Duration,
    /// A number without a unit.
    Number,
}

/// A fitted parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name in a scenario; an end of a range has `min` or `max`.
    pub name: &'static str,
    /// What it is measured in.
    pub measure: Measure,
    /// Where the likelihood is greatest.
    pub value: f64,
    /// Its standard error from the observed information; `None` for an end that sits on the data, whose error is not normal.
    pub se: Option<f64>,
    /// A 95 % confidence interval.
    pub interval: [f64; 2],
}

/// A law fitted to durations.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Its kind.
    pub family: LawFamily,
    /// The law of the greatest likelihood.
    pub law: Law,
    /// Its parameters in the order in which a scenario writes them.
    pub parameters: Vec<Parameter>,
    /// Logarithm of the likelihood, densities in the unit of the durations.
    pub ln_likelihood: f64,
    /// How many parameters Akaike's criterion charges it for.
    ///
    /// An end that sits on the shortest or longest duration counts twice: by sitting there it gains an exponential amount of
    /// `ln L` with mean 1 over the true end, where a smooth parameter gains half a chi-squared, with mean 1/2.
    pub charged: u32,
}

impl Fit {
    /// Akaike's criterion `2 k - 2 ln L` (1974), with `k` parameters charged: less is better; only differences mean something.
    pub fn aic(&self) -> f64 {
        2.0 * f64::from(self.charged) - 2.0 * self.ln_likelihood
    }

    /// The criterion corrected for few data, `AIC + 2 k (k + 1) / (n - k - 1)` (Hurvich & Tsai 1989), with `n` the number of
    /// durations that ended: those that were cut short say less each.
    pub fn aicc(&self, events: u64) -> f64 {
        let k = f64::from(self.charged);
        self.aic() + 2.0 * k * (k + 1.0) / (events as f64 - k - 1.0)
    }
}

/// Why a kind of law has no fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoFit {
    /// Its likelihood grows without bound as it turns into the exponential law.
    #[error("it turns into the exponential law")]
    TurnsExponential,
    /// Its likelihood has no single greatest point that can be found.
    #[error("its likelihood has no greatest point")]
    NoMaximum,
}

/// Logarithm of the likelihood of a law that has a density; minus infinity where the law rules out a duration.
pub(crate) fn ln_likelihood(law: &Law, durations: &Durations) -> f64 {
    let of = |t: &crate::stats::survival::DurationTally| {
        let ended = if t.events > 0 { t.events as f64 * law.ln_pdf(t.time).unwrap_or(f64::NEG_INFINITY) } else { 0.0 };
        let cut = if t.censored > 0 { t.censored as f64 * law.ln_sf(t.time) } else { 0.0 };
        ended + cut
    };
    let sum = durations.tallies().iter().map(of).sum::<f64>();
    if sum.is_nan() { f64::NEG_INFINITY } else { sum }
}
