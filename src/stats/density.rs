//! Logarithms of the densities of those laws that are fitted to data, beside their survival functions in `law`.

use super::law::Law;
use super::special::norm_ln_sf;
use std::f64::consts::PI;

/// `ln φ(z)` of the standard normal.
fn norm_ln_pdf(z: f64) -> f64 {
    -0.5 * z * z - 0.5 * (2.0 * PI).ln()
}

impl Law {
    /// Logarithm of the density at `x`: minus infinity where there is none. `None` for laws that have no density, and for those
    /// that are never fitted (triangular, PERT, beta, a normal that is cut above).
    pub fn ln_pdf(&self, x: f64) -> Option<f64> {
        let (low, high) = self.support();
        let inside = (low..=high).contains(&x);
        let density = match *self {
            Self::Uniform { min, max } => -(max - min).ln(),
            Self::LogUniform { min, max } => -x.ln() - (max / min).ln().ln(),
            Self::Exponential { mean } => -mean.ln() - x / mean,
            // k / λ (x / λ)^(k - 1) exp(-(x / λ)^k)
            Self::Weibull { scale, shape } => {
                let ln_ratio = (x / scale).ln();
                shape.ln() - x.ln() + shape * ln_ratio - (shape * ln_ratio).exp()
            }
            Self::LogNormal { median, sigma } => norm_ln_pdf((x / median).ln() / sigma) - sigma.ln() - x.ln(),
            Self::TruncatedNormal { mean, sd, lower, upper } if upper.is_infinite() => {
                norm_ln_pdf((x - mean) / sd) - sd.ln() - norm_ln_sf((lower - mean) / sd)
            }
            _ => return None,
        };
        Some(if inside && !density.is_nan() { density } else { f64::NEG_INFINITY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_is_the_slope_of_the_survival_function() {
        let laws = [
            Law::uniform(1.0, 1400.0),
            Law::log_uniform(1.0, 1400.0),
            Law::exponential(90.0),
            Law::weibull(90.0, 1.3),
            Law::weibull(90.0, 0.6),
            Law::lognormal(100.0, 2.0),
            Law::normal(6.0, 4.0, 0.0, f64::INFINITY),
            Law::normal(-20.0, 40.0, 0.0, f64::INFINITY),
        ];
        for law in laws.map(|law| law.expect("proper")) {
            for x in [0.1, 0.4, 0.8].map(|q| law.quantile(q)) {
                let h = 1e-4 * x;
                // Central difference: its error is of the order of (h / x)².
                let slope = (law.sf(x - h) - law.sf(x + h)) / (2.0 * h);
                let density = law.ln_pdf(x).expect("a density").exp();
                assert!((density / slope - 1.0).abs() < 1e-6, "{law:?} at {x}: {density} against {slope}");
            }
            assert_eq!(law.ln_pdf(-1.0), Some(f64::NEG_INFINITY));
        }
        assert_eq!(Law::beta(2.0, 3.0).expect("proper").ln_pdf(0.5), None);
        assert_eq!(Law::Fixed(3.0).ln_pdf(3.0), None);
    }
}
