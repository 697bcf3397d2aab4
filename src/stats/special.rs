//! Special functions that statrs lacks: the normal tail and its inverse in logarithms, far beyond where `f64` underflows.

use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::{PI, SQRT_2};

/// Beyond this many standard deviations the tail is taken from its asymptotic series (relative error below 1e-12 there).
const FAR_TAIL: f64 = 25.0;

/// Standard normal survival function `P(Z > z)`.
pub(crate) fn norm_sf(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// Inverse of [`norm_sf`]: the `z` with `P(Z > z) = s`, for `s` in 0-1.
pub(crate) fn norm_isf(s: f64) -> f64 {
    SQRT_2 * erfc_inv(2.0 * s)
}

/// Logarithm of [`norm_sf`], finite for every finite `z`.
///
/// Far out by `ln φ(z) - ln z + ln(1 - 1/z² + 3/z⁴ - 15/z⁶)` (Abramowitz & Stegun 26.2.12).
pub(crate) fn norm_ln_sf(z: f64) -> f64 {
    if z < FAR_TAIL {
        return norm_sf(z).ln();
    }
    let r = 1.0 / (z * z);
    let series = 1.0 - r * (1.0 - 3.0 * r * (1.0 - 5.0 * r * (1.0 - 7.0 * r)));
    -0.5 * z * z - z.ln() - 0.5 * (2.0 * PI).ln() + series.ln()
}

/// Inverse of [`norm_ln_sf`]: the `z` with `ln P(Z > z) = ln_s`.
///
/// Far out by Newton's method from `z = sqrt(-2 ln_s)`; the hazard there is close to `z`, so four steps reach `f64` precision.
pub(crate) fn norm_isf_ln(ln_s: f64) -> f64 {
    if ln_s > norm_ln_sf(FAR_TAIL) {
        return norm_isf(ln_s.exp());
    }
    let mut z = (-2.0 * ln_s).sqrt();
    for _ in 0..4 {
        let hazard = (-0.5 * z * z - 0.5 * (2.0 * PI).ln() - norm_ln_sf(z)).exp();
        z += (norm_ln_sf(z) - ln_s) / hazard;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::LN_2;

    /// Reference values from mpmath 1.3 at 50 digits: log(erfc(z/sqrt(2))/2).
    #[test]
    fn the_log_tail_matches_reference_values_near_and_far() {
        for (z, want) in [
            (0.0, -LN_2),
            (2.0, -3.783_184_333_682_032),
            (10.0, -53.231_285_150_512_47),
            (30.0, -454.321_243_956_343_2),
            (100.0, -5_005.524_208_694_205),
        ] {
            let got = norm_ln_sf(z);
            assert!((got - want).abs() <= 1e-9 * want.abs(), "z {z}: {got} is not {want}");
        }
    }

    #[test]
    fn the_inverse_undoes_the_log_tail() {
        for z in [-3.0, 0.5, 8.0, 24.9, 25.1, 60.0, 400.0] {
            let back = norm_isf_ln(norm_ln_sf(z));
            assert!((back - z).abs() < 1e-7 * z.abs().max(1.0), "{z} came back as {back}");
        }
    }
}
