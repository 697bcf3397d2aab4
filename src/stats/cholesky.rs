//! The Cholesky decomposition of small symmetric matrices, for normal laws of several numbers.

/// The lower triangle `L` of `L Lᵀ`, row by row; `None` where the matrix, of `n` rows, is not positive definite.
pub(crate) fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
            let rest = matrix[i * n + j] - sum;
            lower[i * n + j] = match i == j {
                true if rest > 0.0 => rest.sqrt(),
                true => return None,
                false => rest / lower[j * n + j],
            };
        }
    }
    Some(lower)
}

/// `L⁻¹ x`, of a lower triangle.
pub(crate) fn solve_lower(lower: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut y = Vec::with_capacity(n);
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| lower[i * n + k] * y[k]).sum();
        y.push((x[i] - sum) / lower[i * n + i]);
    }
    y
}

/// `L x`.
pub(crate) fn times_lower(lower: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len();
    (0..n).map(|i| (0..=i).map(|k| lower[i * n + k] * x[k]).sum()).collect()
}

/// The logarithm of the determinant of `L Lᵀ`.
pub(crate) fn ln_determinant(lower: &[f64], n: usize) -> f64 {
    (0..n).map(|i| 2.0 * lower[i * n + i].ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_made_again_from_its_triangle_and_its_inverse_undoes_it() {
        // numpy 2.3.4: linalg.cholesky([[4, 2], [2, 3]]) is [[2, 0], [1, sqrt(2)]]; its determinant is 8.
        let lower = cholesky(&[4.0, 2.0, 2.0, 3.0], 2).expect("it is positive definite");
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(&lower, &[2.0, 0.0, 1.0, 2.0_f64.sqrt()]));
        assert!((ln_determinant(&lower, 2) - 8.0_f64.ln()).abs() < 1e-12);
        assert!(close(&times_lower(&lower, &solve_lower(&lower, &[3.0, 5.0])), &[3.0, 5.0]));
        assert_eq!(cholesky(&[1.0, 2.0, 2.0, 1.0], 2), None);
    }
}
