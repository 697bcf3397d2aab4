//! Common shocks: orgs that act together. The share that acts is itself drawn, from a beta distribution around the rate.
//!
//! The number of actors among `n` orgs is then beta-binomial: each alone still acts with probability `u`, and any two of them
//! act alike with correlation `rho`, whatever `u` and `n` are. That is why it is the beta and not, say, a shared normal factor,
//! whose correlation changes with `u`.

use statrs::function::beta::{beta_reg, ln_beta};

/// Logarithm of a share below which there is nobody, about the least that an `f64` can hold.
const LEAST_LN: f64 = -700.0;

/// The share that acts: the quantile at `w` of the beta with mean `u` and shapes `u (1 - rho) / rho`, `(1 - u) (1 - rho) / rho`.
///
/// For the same `w` it never falls with `u`. At `rho` 0 it is `u`, at `rho` 1 all act or none.
pub(crate) fn acting_share(u: f64, rho: f64, w: f64) -> f64 {
    if rho <= 0.0 || u <= 0.0 || u >= 1.0 {
        return u;
    }
    let (a, b) = shapes(u, rho);
    // Where both shapes are next to nothing the law is all but two points, and its quantile function can't be inverted.
    if a.min(b) < 1e-3 {
        return f64::from(u8::from(w > 1.0 - u));
    }
    match quantile(a, b, w) {
        ShockHalf::Lower(x) => x,
        ShockHalf::Upper(rest) => 1.0 - rest,
    }
}

/// Mean of [`acting_share`] over the `stratum`th of `strata` equal parts of `w`: by
/// `E[X; X <= x] = u I_x(a + 1, b)`. Over all strata these average to `u` exactly.
pub(crate) fn mean_acting_share(u: f64, rho: f64, stratum: usize, strata: usize) -> f64 {
    if rho <= 0.0 || u <= 0.0 || u >= 1.0 {
        return u;
    }
    let (a, b) = shapes(u, rho);
    let edge = |k: usize| k as f64 / strata as f64;
    if a.min(b) < 1e-3 {
        return ((edge(stratum + 1) - (1.0 - u).max(edge(stratum))) * strata as f64).clamp(0.0, 1.0);
    }
    let below = |k: usize| match k {
        0 => 0.0,
        k if k == strata => 1.0,
        k => match quantile(a, b, edge(k)) {
            ShockHalf::Lower(x) => beta_reg(a + 1.0, b, x),
            ShockHalf::Upper(rest) => 1.0 - beta_reg(b, a + 1.0, rest),
        },
    };
    (u * strata as f64 * (below(stratum + 1) - below(stratum))).clamp(0.0, 1.0)
}

fn shapes(u: f64, rho: f64) -> (f64, f64) {
    let sum = (1.0 - rho) / rho;
    (u * sum, (1.0 - u) * sum)
}

/// A number in 0-1 by its distance from the nearer end, so that it keeps its digits there.
enum ShockHalf {
    /// The number, at most one half.
    Lower(f64),
    /// One less the number, at most one half.
    Upper(f64),
}

/// Quantile of the beta. Shapes below 1 crowd it at the ends, far below the smallest distance from 1 that an `f64` can hold.
fn quantile(a: f64, b: f64, w: f64) -> ShockHalf {
    if w <= beta_reg(a, b, 0.5) {
        ShockHalf::Lower(lower_quantile(a, b, w))
    } else {
        ShockHalf::Upper(lower_quantile(b, a, 1.0 - w))
    }
}

/// A quantile known to be at most one half: where `ln I_x(a, b)` is `ln w`, by Newton's method in `y = ln x` between bounds that close in.
/// Where `x` is small `I_x(a, b)` is all but `x^a / (a B(a, b))` (NIST DLMF 8.17.7), a straight line in these logarithms.
fn lower_quantile(a: f64, b: f64, w: f64) -> f64 {
    let (mut low, mut high) = (LEAST_LN, 0.5_f64.ln());
    let (ln_w, ln_beta) = (w.ln(), ln_beta(a, b));
    let mut y = (ln_w + a.ln() + ln_beta) / a;
    for _ in 0..60 {
        if !(low < y && y < high) {
            y = 0.5 * (low + high);
        }
        let x = y.exp();
        let cdf = beta_reg(a, b, x);
        if cdf < w {
            low = y
        } else {
            high = y
        }
        let missing = ln_w - cdf.ln();
        // The density times x, which is the slope of the distribution function in y.
        let slope = (a * y + (b - 1.0) * (-x).ln_1p() - ln_beta).exp() / cdf;
        let step = missing / slope;
        if missing.abs() <= 1e-14 || step.abs() <= 1e-15 * y.abs() {
            return x;
        }
        y += step;
    }
    high.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_rise_with_the_rate_and_with_the_shock() {
        for rho in [0.01, 0.2, 0.6, 0.95] {
            for w in [0.001, 0.1, 0.5, 0.9, 0.999] {
                let mut last = 0.0;
                for i in 0..=20 {
                    let share = acting_share(f64::from(i) / 20.0, rho, w);
                    assert!(share >= last - 1e-9 && share <= 1.0, "rho {rho}, w {w}, rate {i}: {share} after {last}");
                    last = share;
                }
            }
        }
    }

    /// By bisection of its logarithm.
    fn plain_quantile(a: f64, b: f64, w: f64) -> f64 {
        let (mut low, mut high) = (LEAST_LN, 0.5_f64.ln());
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if beta_reg(a, b, middle.exp()) < w { low = middle } else { high = middle }
        }
        high.exp()
    }

    #[test]
    fn quantiles_are_those_of_bisection() {
        for a in [0.001, 0.02, 0.3, 1.0, 1.7, 9.0, 150.0] {
            for b in [0.001, 0.05, 0.9, 1.0, 4.0, 33.0, 300.0] {
                let most = beta_reg(a, b, 0.5);
                for part in [1e-300, 1e-16, 1e-9, 1e-3, 0.2, 0.5, 0.9, 0.999_999, 1.0 - 1e-15] {
                    let (w, want) = (most * part, plain_quantile(a, b, most * part));
                    let found = lower_quantile(a, b, w);
                    // Where the distribution function hardly rises any share is as good as another.
                    let [share, weight] = [(found / want - 1.0).abs(), (beta_reg(a, b, found) / w - 1.0).abs()];
                    assert!(share < 1e-11 || weight < 1e-12, "shapes {a} and {b}, w {w}: {found}, by bisection {want}");
                }
            }
        }
    }

    /// SciPy 1.17.1, `stats.beta.ppf(w, u * s, (1 - u) * s)` with `s = (1 - rho) / rho`.
    #[test]
    fn shares_are_those_of_the_reference() {
        let reference = [
            ([0.5, 0.3, 0.1], 0.12124143149825727),
            ([0.5, 0.3, 0.9], 0.8787585685017428),
            ([0.75, 0.05, 0.4], 0.73319399680366),
            ([0.25, 0.9, 0.8], 0.9378089546123486),
            ([0.9, 0.01, 0.001], 0.785885265471933),
            ([0.1, 0.6, 0.99], 0.9802503493281423),
        ];
        for ([u, rho, w], want) in reference {
            let share = acting_share(u, rho, w);
            assert!((share - want).abs() < 1e-11, "{u} {rho} {w}: {share}");
        }
    }

    /// Moments of the beta-binomial: mean `u`, variance of the share `rho u (1 - u)`.
    #[test]
    fn strata_keep_the_mean_exactly_and_the_variance_nearly() {
        for rho in [0.05, 0.2, 0.5, 0.9] {
            for u in [0.05, 0.5, 0.8] {
                let shares: Vec<f64> = (0..256).map(|k| mean_acting_share(u, rho, k, 256)).collect();
                let mean = shares.iter().sum::<f64>() / 256.0;
                let variance = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 256.0;
                assert!((mean - u).abs() < 1e-9, "rho {rho}, u {u}: {mean}");
                assert!((variance / (rho * u * (1.0 - u)) - 1.0).abs() < 0.01, "rho {rho}, u {u}: {variance}");
            }
        }
    }
}
