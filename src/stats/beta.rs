//! The incomplete beta function and its inverse, for shapes up to a million: both end, whatever they are asked.

/// `ln Γ(n)` beyond Stirling's `(n - 1/2) ln n - n + ln(2π)/2` (NIST DLMF 5.11.1).
fn stirling_rest(n: f64) -> f64 {
    if n < 10.0 {
        return stirling_rest(n + 1.0) + (n + 0.5) * (1.0 / n).ln_1p() - 1.0;
    }
    let r = 1.0 / (n * n);
    (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r / 1188.0)))) / n
}

/// `k ln(k/m) + m - k` without cancellation near `k = m` (Loader 2000).
fn deviance(k: f64, m: f64) -> f64 {
    let e = (m - k) / k;
    if e.abs() >= 0.1 {
        return k * (k / m).ln() + m - k;
    }
    // k (e - ln(1 + e)) = k (e²/2 - e³/3 + ...)
    let (mut sum, mut power) = (0.0, e * e);
    for i in 2..60 {
        let term = power / f64::from(i);
        sum += if i % 2 == 0 { term } else { -term };
        power *= e;
    }
    k * sum
}

/// `ln(x^a rest^b / B(a, b))`, where `x + rest = 1`.
pub(super) fn ln_weight(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    let n = a + b;
    0.5 * (a * b / (2.0 * std::f64::consts::PI * n)).ln() + stirling_rest(n)
        - stirling_rest(a)
        - stirling_rest(b)
        - deviance(a, n * x)
        - deviance(b, n * rest)
}

/// The continued fraction of NIST DLMF 8.17.22 by Lentz's method; some `5 sqrt(max(a, b))` terms.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const MOST: u32 = 20_000;
    let fix = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / fix(1.0 - (a + b) * x / (a + 1.0)));
    let mut h = d;
    for m in (1..MOST).map(f64::from) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for top in [even, odd] {
            d = 1.0 / fix(1.0 + top * d);
            c = fix(1.0 + top / c);
            h *= d * c;
        }
        if (d * c - 1.0).abs() <= 1e-15 {
            break;
        }
    }
    h
}

/// The regularised incomplete beta function `I_x(a, b)`, where `x + rest = 1`.
pub(super) fn regularised(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if rest <= 0.0 {
        1.0
    } else if x < (a + 1.0) / (a + b + 2.0) {
        (ln_weight(a, b, x, rest).exp() * fraction(a, b, x) / a).min(1.0)
    } else {
        (1.0 - ln_weight(a, b, x, rest).exp() * fraction(b, a, rest) / b).max(0.0)
    }
}

/// A number in 0-1 by its distance from the nearer end, so that it keeps its digits there.
pub(super) enum Half {
    Lower(f64),
    Upper(f64),
}

/// Quantile of the beta.
pub(super) fn quantile(a: f64, b: f64, w: f64) -> Half {
    if w <= regularised(a, b, 0.5, 0.5) { Half::Lower(lower(a, b, w)) } else { Half::Upper(lower(b, a, 1.0 - w)) }
}

/// A quantile of at most one half: Newton's method in `y = ln x` on `ln I`, between bounds that close in; a hundred steps at most.
fn lower(a: f64, b: f64, w: f64) -> f64 {
    let (mut low, mut high, ln_w) = (-700.0_f64, 0.5_f64.ln(), w.ln());
    // Near 0 it is all but x^a / (a B(a, b)) (NIST DLMF 8.17.7).
    let ln_beta = (a + b) * 0.5_f64.ln() - ln_weight(a, b, 0.5, 0.5);
    let mut y = if a < 1.0 { (ln_w + a.ln() + ln_beta) / a } else { (a / (a + b)).min(0.5).ln() };
    for _ in 0..100 {
        if !(low < y && y < high) {
            y = 0.5 * (low + high);
        }
        let (x, rest) = (y.exp(), -y.exp_m1());
        let cdf = regularised(a, b, x, rest);
        if cdf < w {
            low = y
        } else {
            high = y
        }
        let missing = ln_w - cdf.ln();
        let step = missing / ((ln_weight(a, b, x, rest) - rest.ln()).exp() / cdf);
        if missing.abs() <= 1e-14 || step.abs() <= 1e-15 * y.abs() || high - low <= 1e-15 * y.abs() {
            return x;
        }
        y += step;
    }
    high.exp()
}
