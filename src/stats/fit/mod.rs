//! Laws fitted to durations of which some were cut short, by the greatest likelihood
//! `Σ ended ln f(t) + Σ cut short ln S(t)`, each with how well its parameters are known.

pub mod adequacy;
mod edges;
mod minimise;

use super::law::Law;
use super::survival::Durations;
use minimise::{Point, curvature, inverse, lowest};

/// Fewer durations that ended say next to nothing of a law's shape.
pub const FEWEST: u64 = 8;

/// Two-sided normal quantile of the 95 % intervals.
const Z95: f64 = 1.959_963_984_540_054;

/// A kind of law for a duration, by its name in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
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

impl Family {
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
    pub family: Family,
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
pub enum NoFit {
    /// Its likelihood grows without bound as it turns into the exponential law.
    #[error("it turns into the exponential law")]
    TurnsExponential,
    /// Its likelihood has no single greatest point that can be found.
    #[error("its likelihood has no greatest point")]
    NoMaximum,
}

/// Logarithm of the likelihood of a law that has a density; minus infinity where the law rules out a duration.
pub fn ln_likelihood(law: &Law, durations: &Durations) -> f64 {
    let of = |t: &super::survival::Tally| {
        let ended = if t.events > 0 { t.events as f64 * law.ln_pdf(t.time).unwrap_or(f64::NEG_INFINITY) } else { 0.0 };
        let cut = if t.censored > 0 { t.censored as f64 * law.ln_sf(t.time) } else { 0.0 };
        ended + cut
    };
    let sum = durations.tallies().iter().map(of).sum::<f64>();
    if sum.is_nan() { f64::NEG_INFINITY } else { sum }
}

/// Fits one kind of law. Durations that ended are above 0; at least [`FEWEST`] did, and not all of the same length.
///
/// # Errors
/// When the likelihood has no greatest point.
pub fn fit(family: Family, durations: &Durations) -> Result<Fit, NoFit> {
    if family.has_ends() {
        return edges::fit(family, durations).ok_or(NoFit::NoMaximum);
    }
    let smooth = Smooth::new(family, durations);
    let loss = |at: Point| smooth.loss(at, durations);
    let size = family.size();
    let (at, value) = lowest(&loss, smooth.start(durations), size, 0.3, 1e-11 * (1.0 + durations.events() as f64))
        .ok_or(NoFit::NoMaximum)?;
    let law = smooth.law(at).ok_or(NoFit::NoMaximum)?;
    // So far below 0 the normal's upper tail is an exponential law to within a few percent, and nothing tells them apart.
    if matches!(law, Law::TruncatedNormal { mean, sd, .. } if mean < -4.0 * sd) {
        return Err(NoFit::TurnsExponential);
    }
    let covariance = curvature(&loss, at, size).and_then(|m| inverse(m, size)).ok_or(NoFit::NoMaximum)?;
    Ok(Fit { family, law, parameters: smooth.parameters(at, covariance), ln_likelihood: -value, charged: size as u32 })
}

/// The law alone, about as near to the greatest likelihood as a hundredth of a standard error, sought from another fit of its
/// kind: for many fits of like data.
fn refit(near: &Fit, durations: &Durations) -> Option<Law> {
    if near.family.has_ends() {
        return edges::fit(near.family, durations).map(|fit| fit.law);
    }
    let smooth = Smooth::new(near.family, durations);
    let (at, _) = lowest(&|at| smooth.loss(at, durations), smooth.start(durations), near.family.size(), 0.1, 1e-4)?;
    smooth.law(at)
}

/// A kind of law with a smooth likelihood, over coordinates that may be any numbers: logarithms, and for the mean of a normal
/// the mean in units of the scale of the data.
struct Smooth {
    family: Family,
    /// The time at risk for each duration that ended: the exponential law's mean.
    scale: f64,
}

impl Smooth {
    fn new(family: Family, durations: &Durations) -> Self {
        Self { family, scale: durations.total() / durations.events().max(1) as f64 }
    }

    fn law(&self, [a, b]: Point) -> Option<Law> {
        let law = match self.family {
            Family::Exponential => Law::exponential(self.scale * a.exp()),
            Family::Weibull => Law::weibull(self.scale * a.exp(), b.exp()),
            Family::LogNormal => Law::lognormal(self.scale * a.exp(), b.exp()),
            Family::Normal => Law::normal(self.scale * a, self.scale * b.exp(), 0.0, f64::INFINITY),
            Family::Uniform | Family::LogUniform => return None,
        };
        law.ok()
    }

    fn loss(&self, at: Point, durations: &Durations) -> f64 {
        self.law(at).map_or(f64::INFINITY, |law| -ln_likelihood(&law, durations))
    }

    /// Coordinates from the moments of the durations that ended.
    fn start(&self, durations: &Durations) -> Point {
        let ended = || durations.tallies().iter().filter(|t| t.events > 0);
        let n = durations.events() as f64;
        let moments = |of: &dyn Fn(f64) -> f64| {
            let mean = ended().map(|t| t.events as f64 * of(t.time)).sum::<f64>() / n;
            let square = ended().map(|t| t.events as f64 * (of(t.time) - mean).powi(2)).sum::<f64>() / n;
            (mean, square.sqrt().max(1e-9))
        };
        let (mean_ln, sd_ln) = moments(&|t| (t / self.scale).ln());
        let (mean, sd) = moments(&|t| t / self.scale);
        match self.family {
            Family::Exponential => [0.0, 0.0],
            // The logarithm of a Weibull has the standard deviation π / √6 / shape.
            Family::Weibull => [mean_ln + 0.45 * sd_ln, (1.28 / sd_ln).ln()],
            Family::LogNormal => [mean_ln, sd_ln.ln()],
            _ => [mean, sd.ln()],
        }
    }

    fn parameters(&self, [a, b]: Point, covariance: [[f64; 2]; 2]) -> Vec<Parameter> {
        let errors = [0, 1].map(|i| covariance[i][i].max(0.0).sqrt());
        // The error of an exponential of a coordinate, by the delta method; its interval by that of the coordinate.
        let power = |name, measure, scale: f64, at: f64, error: f64| Parameter {
            name,
            measure,
            value: scale * at.exp(),
            se: Some(scale * at.exp() * error),
            interval: [-Z95, Z95].map(|z| scale * (at + z * error).exp()),
        };
        let duration = |name, at, error| power(name, Measure::Duration, self.scale, at, error);
        let number = |name, at, error| power(name, Measure::Number, 1.0, at, error);
        match self.family {
            Family::Exponential => vec![duration("mean", a, errors[0])],
            Family::Weibull => vec![duration("scale", a, errors[0]), number("shape", b, errors[1])],
            Family::LogNormal => vec![duration("median", a, errors[0]), number("sigma", b, errors[1])],
            _ => {
                let mean = Parameter {
                    name: "mean",
                    measure: Measure::Duration,
                    value: self.scale * a,
                    se: Some(self.scale * errors[0]),
                    interval: [-Z95, Z95].map(|z| self.scale * (a + z * errors[0])),
                };
                vec![mean, duration("sd", b, errors[1])]
            }
        }
    }
}

#[cfg(test)]
mod tests;
