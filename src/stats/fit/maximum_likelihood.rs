//! Maximum likelihood: the parameters under which durations are least surprising, with their errors from the curvature.

use super::fitted::{Fit, LawFamily, Measure, NoFit, Parameter, ln_likelihood};
use super::minimise::{Point, curvature, inverse, lowest};
use crate::stats::law::Law;
use crate::stats::survival::Durations;

/// Fewer durations that ended say next to nothing of a law's shape.
pub(crate) const FEWEST: u64 = 8;

/// Two-sided normal quantile of the 95 % intervals.
pub(super) const Z95: f64 = 1.959_963_984_540_054;

/// Fits one kind of law. Durations that ended are above 0; at least [`FEWEST`] did, and not all of the same length.
///
/// # Errors
/// When the likelihood has no greatest point.
pub(crate) fn fit(family: LawFamily, durations: &Durations) -> Result<Fit, NoFit> {
    if family.has_ends() {
        return super::edges::fit(family, durations).ok_or(NoFit::NoMaximum);
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
pub(super) fn refit(near: &Fit, durations: &Durations) -> Option<Law> {
    if near.family.has_ends() {
        return super::edges::fit(near.family, durations).map(|fit| fit.law);
    }
    let smooth = Smooth::new(near.family, durations);
    let (at, _) = lowest(&|at| smooth.loss(at, durations), smooth.start(durations), near.family.size(), 0.1, 1e-4)?;
    smooth.law(at)
}

/// A kind of law with a smooth likelihood, over coordinates that may be any numbers: logarithms, and for the mean of a normal
/// the mean in units of the scale of the data.
pub(super) struct Smooth {
    pub(super) family: LawFamily,
    /// The time at risk for each duration that ended: the exponential law's mean.
    pub(super) scale: f64,
}

impl Smooth {
    pub(super) fn new(family: LawFamily, durations: &Durations) -> Self {
        Self { family, scale: durations.total() / durations.events().max(1) as f64 }
    }

    pub(super) fn law(&self, [a, b]: Point) -> Option<Law> {
        let law = match self.family {
            LawFamily::Exponential => Law::exponential(self.scale * a.exp()),
            LawFamily::Weibull => Law::weibull(self.scale * a.exp(), b.exp()),
            LawFamily::LogNormal => Law::lognormal(self.scale * a.exp(), b.exp()),
            LawFamily::Normal => Law::normal(self.scale * a, self.scale * b.exp(), 0.0, f64::INFINITY),
            LawFamily::Uniform | LawFamily::LogUniform => return None,
        };
        law.ok()
    }

    pub(super) fn loss(&self, at: Point, durations: &Durations) -> f64 {
        self.law(at).map_or(f64::INFINITY, |law| -ln_likelihood(&law, durations))
    }

    /// Coordinates from the moments of the durations that ended.
    pub(super) fn start(&self, durations: &Durations) -> Point {
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
            LawFamily::Exponential => [0.0, 0.0],
            // The logarithm of a Weibull has the standard deviation π / √6 / shape.
            LawFamily::Weibull => [mean_ln + 0.45 * sd_ln, (1.28 / sd_ln).ln()],
            LawFamily::LogNormal => [mean_ln, sd_ln.ln()],
            _ => [mean, sd.ln()],
        }
    }

    pub(super) fn parameters(&self, [a, b]: Point, covariance: [[f64; 2]; 2]) -> Vec<Parameter> {
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
            LawFamily::Exponential => vec![duration("mean", a, errors[0])],
            LawFamily::Weibull => vec![duration("scale", a, errors[0]), number("shape", b, errors[1])],
            LawFamily::LogNormal => vec![duration("median", a, errors[0]), number("sigma", b, errors[1])],
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
