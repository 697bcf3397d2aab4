//! Sobol' indices: what share of an answer's variance each input decides, alone and with all that it does together with
//! others. Estimates come with bootstrap intervals and do not depend on the order of samples.

use super::sequence::{SOBOL_DIMS, sobol_sequence};
use super::stream::Stream;
use rayon::prelude::*;

/// Two independent samples of the inputs' unit cube, row by row: `A` and `B` of Saltelli (2002), from one scrambled Sobol'
/// sequence in twice as many dimensions. An input has two neighbouring ones: their planes are filled most evenly.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseSample {
    /// Points of the first sample.
    pub a: Vec<Vec<f64>>,
    /// Points of the second.
    pub b: Vec<Vec<f64>>,
}

/// Most inputs of a [`BaseSample`].
pub const MOST_INPUTS: usize = SOBOL_DIMS / 2;

impl BaseSample {
    /// So many rows for so many inputs, under `seed`.
    ///
    /// # Panics
    /// With more than [`MOST_INPUTS`] inputs or 65,536 rows.
    pub fn new(rows: usize, inputs: usize, seed: u32) -> Self {
        let points = sobol_sequence(rows, 2 * inputs, seed);
        let half = |first: usize| points.iter().map(|p| p.iter().skip(first).step_by(2).copied().collect()).collect();
        Self { a: half(0), b: half(1) }
    }

    /// `AB_i`: row `row` of the first sample with input `input` from the second.
    pub fn mixed(&self, row: usize, input: usize) -> Vec<f64> {
        let mut point = self.a[row].clone();
        point[input] = self.b[row][input];
        point
    }
}

/// The answers at one row of a [`BaseSample`].
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRow {
    /// At the point of the first sample.
    pub a: f64,
    /// At the point of the second.
    pub b: f64,
    /// At [`BaseSample::mixed`], for each input.
    pub mixed: Vec<f64>,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexInterval {
    /// The estimate.
    pub value: f64,
    /// 2.5th percentile of the bootstrap.
    pub low: f64,
    /// 97.5th percentile of the bootstrap.
    pub high: f64,
}

/// One input's indices: shares of the answer's variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indices {
    /// What the input decides by itself, `Var(E[Y | X_i]) / Var(Y)`: by how much the variance would shrink on average if the
    /// input were known.
    pub first: IndexInterval,
    /// What it decides alone and together with others, `E[Var(Y | all but X_i)] / Var(Y)`: what would be left if all else
    /// were known.
    pub total: IndexInterval,
}

/// Mean and variance of the answer, and each input's indices.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Mean answer.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// One for each input.
    pub inputs: Vec<Indices>,
}

/// Resamples of the bootstrap.
const RESAMPLES: u64 = 1000;

/// The indices of each input; `None` for fewer than two rows, or where the answer never varies.
///
/// With `f₀` the mean and `V` the variance of the answers at `A` and `B` together: first order
/// `mean (f(B) - f₀) (f(AB_i) - f(A)) / V` (Saltelli et al. 2010, table 2b, centred), total
/// `mean (f(A) - f(AB_i))² / 2V` (Jansen 1999; table 2f there). An input that changes no answer gets exactly 0. Intervals are
/// percentiles of a bootstrap over rows (Archer et al. 1997); since rows of a Sobol' sequence are spread more evenly than
/// those of chance, they are rather too wide than too narrow.
pub fn sobol_indices(rows: &[IndexRow], seed: u64) -> Option<Decomposition> {
    if rows.len() < 2 {
        return None;
    }
    // In an order of their own, so that sums and resamples are those of the set, not of its order.
    let mut rows: Vec<&IndexRow> = rows.iter().collect();
    let key = |r: &IndexRow| [r.a, r.b].into_iter().chain(r.mixed.clone()).collect::<Vec<f64>>();
    rows.sort_by(|x, y| {
        let (x, y) = (key(x), key(y));
        let differ = x.iter().zip(&y).map(|(p, q)| p.total_cmp(q)).find(|o| o.is_ne());
        differ.unwrap_or(std::cmp::Ordering::Equal)
    });
    let n = rows.len() as f64;
    let mean = rows.iter().map(|r| r.a + r.b).sum::<f64>() / (2.0 * n);
    let terms = Terms::of(&rows, mean);
    let whole = terms.indices(&vec![1.0; rows.len()])?;
    let resampled: Vec<Vec<[f64; 2]>> = (0..RESAMPLES)
        .into_par_iter()
        .filter_map(|k| terms.indices(&resample(rows.len(), seed, k)).map(|found| found.1))
        .collect();
    let interval = |input: usize, kind: usize| {
        let mut values: Vec<f64> = resampled.iter().map(|r| r[input][kind]).collect();
        values.sort_by(f64::total_cmp);
        let at = |q: f64| values[((q * values.len() as f64) as usize).min(values.len() - 1)];
        IndexInterval { value: whole.1[input][kind], low: at(0.025), high: at(0.975) }
    };
    let inputs = (0..whole.1.len()).map(|i| Indices { first: interval(i, 0), total: interval(i, 1) }).collect();
    Some(Decomposition { mean, variance: whole.0, inputs })
}

/// How often each of `n` rows is drawn in resample `k`.
fn resample(n: usize, seed: u64, k: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, k, "bootstrap");
    let mut weights = vec![0.0; n];
    for _ in 0..n {
        weights[((stream.uniform() * n as f64).ceil() as usize).clamp(1, n) - 1] += 1.0;
    }
    weights
}

/// What the sums over rows are made of, a column for each, so that a resample is a product with its weights.
struct Terms {
    /// `f(A) + f(B)`, less twice a number near the mean.
    sum: Vec<f64>,
    /// The squares of both, less that number.
    squares: Vec<f64>,
    /// For each input the terms of its first and its total index.
    inputs: Vec<[Vec<f64>; 2]>,
    /// Variances up to this are rounding.
    rounding: f64,
}

impl Terms {
    fn of(rows: &[&IndexRow], centre: f64) -> Self {
        let column = |f: &dyn Fn(&IndexRow) -> f64| rows.iter().map(|r| f(r)).collect::<Vec<f64>>();
        let of_input = |i: usize| {
            let change = move |r: &IndexRow| r.mixed[i] - r.a;
            [column(&|r| (r.b - centre) * change(r)), column(&|r| 0.5 * change(r) * change(r))]
        };
        Self {
            sum: column(&|r| r.a + r.b - 2.0 * centre),
            squares: column(&|r| (r.a - centre).powi(2) + (r.b - centre).powi(2)),
            inputs: (0..rows[0].mixed.len()).map(of_input).collect(),
            rounding: 1e-20 * (centre * centre).max(f64::MIN_POSITIVE),
        }
    }

    /// Variance, and first and total index of each input, with these weights; `None` where nothing varies.
    fn indices(&self, weights: &[f64]) -> Option<(f64, Vec<[f64; 2]>)> {
        let n = weights.iter().sum::<f64>();
        let mean = |terms: &[f64]| terms.iter().zip(weights).map(|(t, w)| t * w).sum::<f64>() / n;
        let variance = mean(&self.squares) / 2.0 - (mean(&self.sum) / 2.0).powi(2);
        let of_input = |terms: &[Vec<f64>; 2]| terms.each_ref().map(|t| mean(t) / variance);
        (variance > self.rounding).then(|| (variance, self.inputs.iter().map(of_input).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn rows(sample: &BaseSample, f: impl Fn(&[f64]) -> f64) -> Vec<IndexRow> {
        let inputs = sample.a[0].len();
        let row = |r: usize| IndexRow {
            a: f(&sample.a[r]),
            b: f(&sample.b[r]),
            mixed: (0..inputs).map(|i| f(&sample.mixed(r, i))).collect(),
        };
        (0..sample.a.len()).map(row).collect()
    }

    /// `sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁` on `(-π, π)³` (Ishigami & Homma 1990).
    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    }

    /// `Π (|4 u_i - 2| + a_i) / (1 + a_i)` (Saltelli & Sobol' 1995).
    fn sobol_g(u: &[f64]) -> f64 {
        G.iter().zip(u).map(|(a, u)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
    }

    const G: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];

    /// First and total indices from the variances of the terms: `V₁ = (1 + b π⁴/5)² / 2`, `V₂ = a² / 8`,
    /// `V₁₃ = b² π⁸ (1/18 - 1/50)` with a = 7, b = 0.1.
    fn exact_ishigami() -> Vec<[f64; 2]> {
        let (a, b): (f64, f64) = (7.0, 0.1);
        let v1 = 0.5 * (1.0 + b * PI.powi(4) / 5.0).powi(2);
        let v2 = a * a / 8.0;
        let v13 = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
        let v = v1 + v2 + v13;
        vec![[v1 / v, (v1 + v13) / v], [v2 / v, v2 / v], [0.0, v13 / v]]
    }

    /// `V_i = 1 / (3 (1 + a_i)²)`, `V = Π (1 + V_i) - 1`; total of i: `V_i Π_{j≠i} (1 + V_j)`.
    fn exact_g() -> Vec<[f64; 2]> {
        let own: Vec<f64> = G.iter().map(|a: &f64| 1.0 / (3.0 * (1.0 + a).powi(2))).collect();
        let all: f64 = own.iter().map(|v| 1.0 + v).product();
        own.iter().map(|v| [v / (all - 1.0), v * all / (1.0 + v) / (all - 1.0)]).collect()
    }

    /// Over 40 scramblings the 95 % intervals must hold the exact index: each at least 34 times of 40. Were coverage only 95 %,
    /// `P(Binomial(40, 0.95) < 34)` is 0.0034 (SciPy 1.17.1, `binom.cdf(33, 40, 0.95)`), over 18 indices 0.06 for one change of
    /// the generator, and none in a rerun. With 512 rows single pairs of dimensions fill their planes so unevenly that coverage
    /// falls to 75 %; with 4,096 rows it was above 95 % for all indices of a g function of eight inputs.
    #[test]
    fn intervals_hold_the_exact_indices_of_ishigami_and_of_the_g_function() {
        type Case = (fn(&[f64]) -> f64, Vec<[f64; 2]>);
        let cases: [Case; 2] = [(ishigami, exact_ishigami()), (sobol_g, exact_g())];
        for (f, exact) in cases {
            let mut held = vec![[0; 2]; exact.len()];
            for seed in 0..40 {
                let sample = BaseSample::new(2048, exact.len(), seed);
                let found = sobol_indices(&rows(&sample, f), 1).expect("it varies");
                for (i, indices) in found.inputs.iter().enumerate() {
                    for (kind, interval) in [indices.first, indices.total].iter().enumerate() {
                        held[i][kind] += usize::from((interval.low..=interval.high).contains(&exact[i][kind]));
                    }
                }
            }
            assert!(held.iter().flatten().all(|h| *h >= 34), "{held:?} of 40");
        }
    }

    /// 4,096 rows of a Sobol' sequence come within 0.01 of every exact index; plain sampling would have a standard error of
    /// about 0.02 for the largest.
    #[test]
    fn at_4096_rows_estimates_are_within_a_hundredth() {
        let ishigami = (rows(&BaseSample::new(4096, 3, 0), ishigami), exact_ishigami());
        let g = (rows(&BaseSample::new(4096, 6, 0), sobol_g), exact_g());
        for (rows, exact) in [ishigami, g] {
            let found = sobol_indices(&rows, 1).expect("it varies");
            for (indices, exact) in found.inputs.iter().zip(exact) {
                assert!((indices.first.value - exact[0]).abs() < 0.01, "{indices:?}: {exact:?}");
                assert!((indices.total.value - exact[1]).abs() < 0.01, "{indices:?}: {exact:?}");
            }
        }
    }

    #[test]
    fn the_order_of_samples_changes_nothing_not_even_the_last_digit() {
        let in_order = rows(&BaseSample::new(300, 3, 5), ishigami);
        let shuffled: Vec<IndexRow> = (0..300).map(|i| in_order[i * 7 % 300].clone()).collect();
        assert_ne!(in_order, shuffled);
        assert_eq!(sobol_indices(&in_order, 9), sobol_indices(&shuffled, 9));
    }

    #[test]
    fn an_input_that_changes_nothing_gets_exactly_zero_and_an_answer_that_never_varies_has_no_indices() {
        let sample = BaseSample::new(64, 2, 3);
        let found = sobol_indices(&rows(&sample, |u| u[0]), 1).expect("it varies");
        let zero = IndexInterval { value: 0.0, low: 0.0, high: 0.0 };
        assert_eq!(found.inputs[1], Indices { first: zero, total: zero });
        assert!((found.inputs[0].first.value - 1.0).abs() < 0.05);
        assert_eq!(sobol_indices(&rows(&sample, |_| 0.1), 1), None);
        assert_eq!(sobol_indices(&[], 1), None);
    }
}
