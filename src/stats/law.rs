//! Laws: the probability distributions that a scenario may name, with their cdf, survival function and inverses.
//! Values are plain numbers (hours, shares or counts; the caller knows which). Names of functions are SciPy's.

use super::beta::{Half, quantile, regularised};
use super::special::{norm_isf, norm_isf_ln, norm_ln_sf, norm_sf};
use super::stream::CounterRng;
use std::sync::Arc;

/// A probability distribution on the real line. Fields are named as their constructors document them.
///
/// Made by the checked constructors, so holding one proves it is proper.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cutover::stats::Law;
///
/// let law = Law::lognormal(2.0, 1.0)?;
/// assert!((law.cdf(2.0) - 0.5).abs() < 1e-12);
/// assert!((law.quantile(0.5) - 2.0).abs() < 1e-9);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the fields are the constructors' parameters, documented there")]
pub enum Law {
    /// One value with certainty.
    Fixed(f64),
    /// Constant density between `min` and `max`.
    Uniform { min: f64, max: f64 },
    /// Constant density of the logarithm between `min` and `max`.
    LogUniform { min: f64, max: f64 },
    /// Density rising in a straight line to `mode` and falling to `max`.
    Triangular { min: f64, mode: f64, max: f64 },
    /// Beta on `min`..`max` with the given shapes; `{ beta }` has 0..1, `{ pert }` shapes from its mode.
    ScaledBeta { min: f64, max: f64, a: f64, b: f64 },
    /// Normal with the given mean and standard deviation, cut to `lower`..`upper`.
    TruncatedNormal { mean: f64, sd: f64, lower: f64, upper: f64 },
    /// Normal logarithm: `ln X ~ N(ln median, sigma²)`.
    LogNormal { median: f64, sigma: f64 },
    /// Constant hazard `1 / mean`.
    Exponential { mean: f64 },
    /// `sf(x) = exp(-(x / scale)^shape)`.
    Weibull { scale: f64, shape: f64 },
    /// Equal weight on each of the listed values, sorted ascending (repeats allowed).
    Empirical(Arc<[f64]>),
}

/// Why the parameters given are no law. The text says what they must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LawError(pub String);

fn refuse<T>(why: &str) -> Result<T, LawError> {
    Err(LawError(why.to_owned()))
}

/// Shapes of a beta that make sense: with 10⁶ and 10⁶ it is 50 %, give or take 0.04 points; below 10⁻³ it is 0 or 1.
const BETA_SHAPES: std::ops::RangeInclusive<f64> = 1e-3..=1e6;

/// Shapes of a Weibull law whose quantiles a number can hold.
const WEIBULL_SHAPES: std::ops::RangeInclusive<f64> = 0.01..=1e9;

/// The largest `sigma` of a log-normal law.
const WIDEST_SIGMA: f64 = 20.0;

impl Law {
    /// Uniform on `min..max`; a single value when they are equal.
    ///
    /// # Errors
    /// When `min > max`.
    pub fn uniform(min: f64, max: f64) -> Result<Self, LawError> {
        if min > max {
            return refuse("the first number must not be above the second");
        }
        Ok(if min == max { Self::Fixed(min) } else { Self::Uniform { min, max } })
    }

    /// Log-uniform on `min..max`.
    ///
    /// # Errors
    /// When `min` is not above 0 or is above `max`.
    pub fn log_uniform(min: f64, max: f64) -> Result<Self, LawError> {
        if min <= 0.0 {
            return refuse("the first number must be above 0, since its logarithm is taken");
        }
        if min > max {
            return refuse("the first number must not be above the second");
        }
        Ok(if min == max { Self::Fixed(min) } else { Self::LogUniform { min, max } })
    }

    /// Triangular with the given corners.
    ///
    /// # Errors
    /// When they do not ascend.
    pub fn triangular(min: f64, mode: f64, max: f64) -> Result<Self, LawError> {
        if !(min <= mode && mode <= max) {
            return refuse("the three numbers must ascend: [min, mode, max]");
        }
        Ok(if min == max { Self::Fixed(min) } else { Self::Triangular { min, mode, max } })
    }

    /// PERT: a beta on `min..max` with shapes `1 + 4 (mode - min) / (max - min)` and `1 + 4 (max - mode) / (max - min)`,
    /// so that its mean is `(min + 4 mode + max) / 6` (Malcolm et al. 1959).
    ///
    /// # Errors
    /// When the three do not ascend.
    pub fn pert(min: f64, mode: f64, max: f64) -> Result<Self, LawError> {
        if !(min <= mode && mode <= max) {
            return refuse("the three numbers must ascend: [min, mode, max]");
        }
        if min == max {
            return Ok(Self::Fixed(min));
        }
        let width = max - min;
        Ok(Self::ScaledBeta { min, max, a: 1.0 + 4.0 * (mode - min) / width, b: 1.0 + 4.0 * (max - mode) / width })
    }

    /// Beta on 0-1 with shapes `a` and `b`.
    ///
    /// # Errors
    /// When a shape is not above 0.
    pub fn beta(a: f64, b: f64) -> Result<Self, LawError> {
        if a <= 0.0 || b <= 0.0 {
            return refuse("both shapes must be above 0");
        }
        if !(BETA_SHAPES.contains(&a) && BETA_SHAPES.contains(&b)) {
            return refuse(
                "both shapes must lie between 0.001 and 1,000,000: beyond, the law is a single value, or 0 or 1; write that",
            );
        }
        Ok(Self::ScaledBeta { min: 0.0, max: 1.0, a, b })
    }

    /// Normal cut to `lower..upper` (either may be infinite).
    ///
    /// # Errors
    /// When `sd` is negative, or less than one part in 10⁹ of the normal lies within the bounds.
    pub fn normal(mean: f64, sd: f64, lower: f64, upper: f64) -> Result<Self, LawError> {
        if !(sd >= 0.0 && mean.is_finite()) {
            return refuse("sd must not be below 0");
        }
        if sd == 0.0 {
            return Ok(Self::Fixed(mean));
        }
        if norm_sf((lower - mean) / sd) - norm_sf((upper - mean) / sd) < 1e-9 {
            return refuse("next to nothing of this normal lies within the values that make sense here");
        }
        Ok(Self::TruncatedNormal { mean, sd, lower, upper })
    }

    /// Log-normal by its median and the standard deviation of the logarithm.
    ///
    /// # Errors
    /// When the median is not above 0, or sigma is negative.
    pub fn lognormal(median: f64, sigma: f64) -> Result<Self, LawError> {
        if median.is_nan() || median <= 0.0 {
            return refuse("median must be above 0");
        }
        if sigma.is_nan() || sigma < 0.0 {
            return refuse("sigma must not be below 0");
        }
        if sigma > WIDEST_SIGMA {
            return refuse("sigma must be at most 20: each 1 is a factor of 2.7");
        }
        Ok(if sigma == 0.0 { Self::Fixed(median) } else { Self::LogNormal { median, sigma } })
    }

    /// Exponential by its mean.
    ///
    /// # Errors
    /// When the mean is not above 0.
    pub fn exponential(mean: f64) -> Result<Self, LawError> {
        if mean.is_nan() || mean <= 0.0 {
            return refuse("mean must be above 0");
        }
        Ok(Self::Exponential { mean })
    }

    /// Weibull by scale and shape.
    ///
    /// # Errors
    /// When either is not above 0.
    pub fn weibull(scale: f64, shape: f64) -> Result<Self, LawError> {
        if !(scale > 0.0 && shape > 0.0) {
            return refuse("scale and shape must be above 0");
        }
        if !WEIBULL_SHAPES.contains(&shape) {
            return refuse("shape must lie between 0.01 and 1e9");
        }
        Ok(Self::Weibull { scale, shape })
    }

    /// Equal weight on each value; order does not matter.
    ///
    /// # Errors
    /// When there is no value.
    pub fn empirical(mut values: Vec<f64>) -> Result<Self, LawError> {
        if values.is_empty() {
            return refuse("at least one value is needed");
        }
        values.sort_by(f64::total_cmp);
        let (first, last) = (values[0], values[values.len() - 1]);
        Ok(if first == last { Self::Fixed(first) } else { Self::Empirical(values.into()) })
    }

    /// The smallest closed interval that holds all of the law; the upper end may be infinite.
    pub fn support(&self) -> (f64, f64) {
        match *self {
            Self::Fixed(v) => (v, v),
            Self::Uniform { min, max }
            | Self::LogUniform { min, max }
            | Self::Triangular { min, max, .. }
            | Self::ScaledBeta { min, max, .. } => (min, max),
            Self::TruncatedNormal { lower, upper, .. } => (lower, upper),
            Self::LogNormal { .. } | Self::Exponential { .. } | Self::Weibull { .. } => (0.0, f64::INFINITY),
            Self::Empirical(ref values) => (values[0], values[values.len() - 1]),
        }
    }

    /// The law's single values with their probabilities, ascending and merged, when it has no density; else `None`.
    pub fn atoms(&self) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Fixed(v) => Some(vec![(*v, 1.0)]),
            Self::Empirical(values) => {
                let each = 1.0 / values.len() as f64;
                let mut atoms: Vec<(f64, f64)> = Vec::new();
                for &v in values.iter() {
                    match atoms.last_mut() {
                        Some(last) if last.0 == v => last.1 += each,
                        _ => atoms.push((v, each)),
                    }
                }
                Some(atoms)
            }
            _ => None,
        }
    }

    /// Cumulative distribution function `P(X <= x)`.
    pub fn cdf(&self, x: f64) -> f64 {
        match *self {
            Self::LogNormal { median, sigma } if x > 0.0 => norm_sf(-(x / median).ln() / sigma),
            Self::Exponential { mean } if x > 0.0 => -(-x / mean).exp_m1(),
            Self::Weibull { scale, shape } if x > 0.0 => -(-(x / scale).powf(shape)).exp_m1(),
            Self::ScaledBeta { min, max, a, b } if x > min && x < max => {
                regularised(a, b, (x - min) / (max - min), (max - x) / (max - min))
            }
            _ => 1.0 - self.sf(x),
        }
    }

    /// Survival function `P(X > x)`.
    pub fn sf(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low {
            return 1.0;
        }
        if x >= high {
            return 0.0;
        }
        match *self {
            Self::Fixed(_) => 1.0,
            Self::Uniform { min, max } => (max - x) / (max - min),
            Self::LogUniform { min, max } => (max / x).ln() / (max / min).ln(),
            Self::Triangular { min, mode, max } if x < mode => {
                1.0 - (x - min) * (x - min) / ((max - min) * (mode - min))
            }
            Self::Triangular { min, mode, max } => (max - x) * (max - x) / ((max - min) * (max - mode)),
            Self::ScaledBeta { min, max, a, b } => regularised(b, a, (max - x) / (max - min), (x - min) / (max - min)),
            Self::TruncatedNormal { mean, sd, lower, upper } => {
                let tail = |at: f64| norm_sf((at - mean) / sd);
                ((tail(x) - tail(upper)) / (tail(lower) - tail(upper))).clamp(0.0, 1.0)
            }
            Self::LogNormal { median, sigma } => norm_sf((x / median).ln() / sigma),
            Self::Exponential { mean } => (-x / mean).exp(),
            Self::Weibull { scale, shape } => (-(x / scale).powf(shape)).exp(),
            Self::Empirical(ref values) => {
                (values.len() - values.partition_point(|v| *v <= x)) as f64 / values.len() as f64
            }
        }
    }

    /// Logarithm of [`Law::sf`]. Finite wherever the law can reach, also where `sf` itself underflows.
    pub fn ln_sf(&self, x: f64) -> f64 {
        match *self {
            Self::LogNormal { median, sigma } if x > 0.0 => norm_ln_sf((x / median).ln() / sigma),
            Self::Exponential { mean } if x > 0.0 => -x / mean,
            Self::Weibull { scale, shape } if x > 0.0 => -(x / scale).powf(shape),
            Self::TruncatedNormal { mean, sd, lower, upper } if x > lower && upper.is_infinite() => {
                norm_ln_sf((x - mean) / sd) - norm_ln_sf((lower - mean) / sd)
            }
            _ => self.sf(x).ln(),
        }
    }

    /// Inverse survival function: the smallest `x` with `P(X > x) < s`, for `s` above 0 up to 1. For laws with a density this
    /// is the usual inverse; for lists it makes `isf(U)` a draw from the list.
    pub fn isf(&self, s: f64) -> f64 {
        let s = s.clamp(0.0, 1.0);
        match *self {
            Self::Fixed(v) => v,
            Self::Uniform { min, max } => max - s * (max - min),
            Self::LogUniform { min, max } => max * (min / max).powf(s),
            Self::Triangular { min, mode, max } => {
                let above = (max - mode) / (max - min);
                if s <= above {
                    max - (s * (max - min) * (max - mode)).sqrt()
                } else {
                    min + ((1.0 - s) * (max - min) * (mode - min)).sqrt()
                }
            }
            Self::ScaledBeta { min, max, a, b } => {
                if s <= 0.0 {
                    max
                } else if s >= 1.0 {
                    min
                } else {
                    match quantile(b, a, s) {
                        Half::Lower(rest) => max - (max - min) * rest,
                        Half::Upper(part) => min + (max - min) * part,
                    }
                }
            }
            Self::TruncatedNormal { mean, sd, lower, upper } => {
                let tail = |at: f64| norm_sf((at - mean) / sd);
                let at = tail(upper) + s * (tail(lower) - tail(upper));
                (mean + sd * norm_isf(at)).clamp(lower, upper)
            }
            Self::LogNormal { median, sigma } => median * (sigma * norm_isf(s)).exp(),
            Self::Exponential { mean } => -mean * s.ln(),
            Self::Weibull { scale, shape } => scale * (-s.ln()).powf(1.0 / shape),
            Self::Empirical(ref values) => {
                let n = values.len();
                // sf steps from (n - i) / n to (n - i - 1) / n at values[i]: the first i with (n - i - 1) / n < s.
                let at_or_above = (s * n as f64).ceil() as usize;
                values[n - at_or_above.clamp(1, n)]
            }
        }
    }

    /// Inverse of [`Law::ln_sf`]: the `x` with `ln P(X > x) = ln_s`, for `ln_s <= 0`.
    pub fn isf_ln(&self, ln_s: f64) -> f64 {
        match *self {
            Self::LogNormal { median, sigma } => median * (sigma * norm_isf_ln(ln_s)).exp(),
            Self::Exponential { mean } => -mean * ln_s,
            Self::Weibull { scale, shape } => scale * (-ln_s).powf(1.0 / shape),
            Self::TruncatedNormal { mean, sd, lower, upper } if upper.is_infinite() => {
                mean + sd * norm_isf_ln(ln_s + norm_ln_sf((lower - mean) / sd))
            }
            _ => self.isf(ln_s.exp()),
        }
    }

    /// An org's draw from the law: by the ziggurat of rand_distr for the normal and exponential families (Marsaglia & Tsang 2000), else
    /// by [`Law::isf`].
    #[inline(always)]
    pub fn draw(&self, rng: CounterRng, org: u64) -> f64 {
        match *self {
            Self::Fixed(v) => v,
            Self::Uniform { min, max } => max - rng.uniform(org) * (max - min),
            Self::LogNormal { median, sigma } => median * (sigma * rng.standard_normal(org)).exp(),
            Self::Exponential { mean } => mean * rng.standard_exponential(org),
            Self::Weibull { scale, shape } => scale * rng.standard_exponential(org).powf(1.0 / shape),
            _ => self.isf(rng.uniform(org)),
        }
    }

    /// Quantile function: the value that `P(X <= x)` reaches `q` at, for `q` in 0-1.
    pub fn quantile(&self, q: f64) -> f64 {
        self.isf(1.0 - q)
    }

    /// A draw of `X` given `X > age`, from a uniform `u` in (0, 1]: `isf(u * sf(age))`, in logarithms where that underflows.
    ///
    /// The caller has made sure that `age` is below the upper end of [`Law::support`].
    #[inline]
    pub fn draw_beyond(&self, age: f64, u: f64) -> f64 {
        let drawn = match *self {
            Self::Fixed(v) => return v,
            Self::Uniform { min, max } => max - u * (max - if age > min { age } else { min }),
            // Memoryless, and exact however old.
            Self::Exponential { mean } => age - mean * u.ln(),
            _ => {
                let s = self.sf(age);
                if s > 1e-280 {
                    self.isf(u * s)
                } else {
                    // Beyond what even its logarithm can hold, what has lasted so long ends at once.
                    let ln_s = self.ln_sf(age);
                    if ln_s.is_finite() { self.isf_ln(ln_s + u.ln()) } else { age }
                }
            }
        };
        // Rounding may land on the age itself; an interval that has not ended is longer.
        if drawn > age { drawn } else { age }
    }

    /// Half the distance between the quantiles at 16 and 84 %: the standard deviation of a normal, and finite for every law.
    pub fn standard_width(&self) -> f64 {
        0.5 * (self.isf(0.16) - self.isf(0.84))
    }

    /// The mean; for the triangular `(min + mode + max) / 3`, for the others the textbook's.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Fixed(v) => v,
            Self::Uniform { min, max } => 0.5 * (min + max),
            Self::LogUniform { min, max } => (max - min) / (max / min).ln(),
            Self::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Self::ScaledBeta { min, max, a, b } => min + (max - min) * a / (a + b),
            Self::TruncatedNormal { mean, sd, lower, upper } => {
                let (a, b) = ((lower - mean) / sd, (upper - mean) / sd);
                let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
                mean + sd * (density(a) - density(b)) / (norm_sf(a) - norm_sf(b))
            }
            Self::LogNormal { median, sigma } => median * (0.5 * sigma * sigma).exp(),
            Self::Exponential { mean } => mean,
            Self::Weibull { scale, shape } => scale * statrs::function::gamma::gamma(1.0 + 1.0 / shape),
            Self::Empirical(ref values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// The law in words, each number written by `show`.
    pub fn describe(&self, show: impl Fn(f64) -> String) -> String {
        match *self {
            Self::Fixed(v) => show(v),
            Self::Uniform { min, max } => format!("uniform, {} to {}", show(min), show(max)),
            Self::LogUniform { min, max } => format!("log-uniform, {} to {}", show(min), show(max)),
            Self::Triangular { min, mode, max } => {
                format!("triangular, {} to {}, most often {}", show(min), show(max), show(mode))
            }
            Self::ScaledBeta { min: 0.0, max: 1.0, a, b } => format!("beta with shapes {a} and {b}"),
            Self::ScaledBeta { min, max, a, .. } => {
                let mode = min + (a - 1.0) / 4.0 * (max - min);
                format!("PERT, {} to {}, most often {}", show(min), show(max), show(mode))
            }
            Self::TruncatedNormal { mean, sd, .. } => format!("normal, mean {}, sd {}", show(mean), show(sd)),
            Self::LogNormal { median, sigma } => format!("log-normal, median {}, sigma {sigma}", show(median)),
            Self::Exponential { mean } => format!("exponential, mean {}", show(mean)),
            Self::Weibull { scale, shape } => format!("Weibull, scale {}, shape {shape}", show(scale)),
            Self::Empirical(ref values) => {
                format!("{} listed values, {} to {}", values.len(), show(values[0]), show(values[values.len() - 1]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    fn every_law() -> Vec<Law> {
        [
            Law::uniform(1.0, 1400.0),
            Law::log_uniform(1.0, 1400.0),
            Law::triangular(2.0, 5.0, 30.0),
            Law::pert(0.2, 0.35, 0.55),
            Law::beta(2.0, 5.0),
            Law::normal(6.0, 4.0, 0.0, f64::INFINITY),
            Law::normal(0.5, 0.3, 0.0, 1.0),
            Law::lognormal(6.0, 1.0),
            Law::lognormal(100.0, 2.0),
            Law::exponential(90.0),
            Law::weibull(90.0, 1.3),
            Law::weibull(90.0, 0.6),
        ]
        .map(|law| law.expect("proper"))
        .to_vec()
    }

    #[test]
    fn every_continuous_law_keeps_its_invariants() {
        for law in every_law() {
            let mut last = -1.0;
            for i in 1..200 {
                let q = f64::from(i) / 200.0;
                let x = law.quantile(q);
                assert!((law.cdf(x) - q).abs() < 1e-9, "{law:?}: cdf(quantile({q})) = {}", law.cdf(x));
                assert!((law.cdf(x) + law.sf(x) - 1.0).abs() < 1e-12, "{law:?}: cdf and sf do not add up at {x}");
                assert!((law.ln_sf(x) - law.sf(x).ln()).abs() < 1e-9, "{law:?}: ln_sf at {x}");
                assert!((law.isf_ln(law.ln_sf(x)) - x).abs() < 1e-6 * x.max(1.0), "{law:?}: isf_ln at {x}");
                assert!(x > last, "{law:?}: quantiles must ascend");
                last = x;
            }
        }
    }

    #[test]
    fn the_mean_is_the_integral_of_the_survival_function() {
        for law in every_law() {
            // Mean as the mean of quantiles: midpoint rule in q, coarse in the tails of the heavy ones.
            let n = 200_000;
            let numeric: f64 =
                (0..n).map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n);
            let tolerance = if matches!(law, Law::LogNormal { sigma, .. } if sigma > 1.5) { 0.01 } else { 1e-3 };
            assert!((numeric / law.mean() - 1.0).abs() < tolerance, "{law:?}: {numeric} against {}", law.mean());
        }
    }

    /// Reference values from SciPy 1.17.1: lognorm.sf(50, 1, scale=6), weibull_min.sf(120, 1.3, scale=90),
    /// beta.sf(0.4, 2, 5), truncnorm.sf with mean 6, sd 4, cut at 0.
    #[test]
    fn survival_functions_match_reference_values() {
        for (law, x, want) in [
            (Law::lognormal(6.0, 1.0), 50.0, 0.016_991_913_455_8),
            (Law::weibull(90.0, 1.3), 120.0, 0.233_746_564_069),
            (Law::beta(2.0, 5.0), 0.4, 0.233_28),
            (Law::normal(6.0, 4.0, 0.0, f64::INFINITY), 8.0, 0.330_625_717_585),
        ] {
            let got = law.expect("proper").sf(x);
            assert!((got - want).abs() < 1e-8, "{got} is not {want}");
        }
    }

    #[test]
    fn a_draw_beyond_an_age_is_beyond_it_however_old() {
        for law in every_law() {
            let oldest = law.support().1.min(1e6) * 0.999;
            for age in [0.0, law.quantile(0.3), oldest] {
                for u in [1e-9, 0.2, 0.7, 1.0] {
                    let drawn = law.draw_beyond(age, u);
                    assert!(drawn >= age && drawn.is_finite(), "{law:?}: {drawn} for age {age}, u {u}");
                }
            }
        }
    }

    /// Kolmogorov-Smirnov with n = 20,000: sqrt(n) D above 1.95 comes once in 1,000; twelve laws, a fixed key.
    #[test]
    fn samples_follow_their_law() {
        let n = 20_000_u32;
        for law in every_law() {
            let rng = CounterRng::new(3, 0, "sample");
            let mut drawn: Vec<f64> = (0..u64::from(n)).map(|org| law.draw(rng, org)).collect();
            drawn.sort_by(f64::total_cmp);
            let gap = |i: usize, x: f64| (law.cdf(x) - (i as f64 + 0.5) / f64::from(n)).abs();
            let d = drawn.iter().enumerate().map(|(i, x)| gap(i, *x)).fold(0.0, f64::max) + 0.5 / f64::from(n);
            assert!(d * f64::from(n).sqrt() < 1.95, "{law:?}: {}", d * f64::from(n).sqrt());
        }
    }

    #[test]
    fn an_empirical_law_draws_each_value_as_often_as_it_is_listed() {
        let law = Law::empirical(vec![9.0, 3.0, 5.0, 3.0]).expect("proper");
        let n = 1000;
        let drawn: Vec<f64> = (1..=n).map(|i| law.isf(f64::from(i) / f64::from(n))).collect();
        let share = |v: f64| drawn.iter().filter(|d| **d == v).count();
        assert_eq!((share(3.0), share(5.0), share(9.0)), (500, 250, 250));
        assert_eq!(law.atoms().expect("a list"), vec![(3.0, 0.5), (5.0, 0.25), (9.0, 0.25)]);
        assert_eq!(law.draw_beyond(3.0, 1.0), 5.0, "given more than 3, the next value is 5");
        assert_eq!(law.sf(3.0), 0.5);
    }

    #[test]
    fn improper_parameters_are_refused_with_a_reason() {
        assert!(Law::uniform(2.0, 1.0).is_err());
        assert!(Law::log_uniform(0.0, 1.0).is_err());
        assert!(Law::normal(-100.0, 1.0, 0.0, f64::INFINITY).is_err());
        assert!(Law::empirical(vec![]).is_err());
        assert!(Law::weibull(1.0, 0.0).is_err());
    }
}
