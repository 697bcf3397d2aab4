//! Quantiles for outer draws: a Latin hypercube in the order of a low-discrepancy sequence.

/// `draws` points in the unit cube of `dims` dimensions: in each dimension every midpoint `(k + 1/2) / draws` occurs once, so
/// that each alone is stratified; and any first part of the points is spread evenly, so that runs that take them in turn
/// weigh them alike.
///
/// The order is that of Roberts' additive recurrence `frac(i φ_d^-j)`, with `φ_d` the root of `x^(d+1) = x + 1`
/// (M. Roberts 2018, "The unreasonable effectiveness of quasirandom sequences"); its values are replaced by their ranks.
pub fn latin_sequence(draws: usize, dims: usize) -> Vec<Vec<f64>> {
    let mut phi = 2.0_f64;
    for _ in 0..64 {
        phi = (1.0 + phi).powf(1.0 / (dims as f64 + 1.0));
    }
    let mut points = vec![Vec::with_capacity(dims); draws];
    for dim in 1..=dims {
        let alpha = phi.powi(-(dim as i32));
        let value = |i: usize| (0.5 + alpha * i as f64).fract();
        let mut order: Vec<usize> = (0..draws).collect();
        order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
        for (rank, i) in order.into_iter().enumerate() {
            points[i].push((rank as f64 + 0.5) / draws as f64);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stratum_of_every_dimension_is_drawn_once() {
        let points = latin_sequence(256, 5);
        for dim in 0..5 {
            let mut seen: Vec<f64> = points.iter().map(|p| p[dim]).collect();
            seen.sort_by(f64::total_cmp);
            assert!(seen.iter().enumerate().all(|(k, v)| (v - (k as f64 + 0.5) / 256.0).abs() < 1e-12));
        }
    }

    #[test]
    fn products_and_first_parts_have_nearly_the_right_means() {
        let points = latin_sequence(256, 3);
        let mean = |n: usize, f: &dyn Fn(&[f64]) -> f64| points[..n].iter().map(|p| f(p)).sum::<f64>() / n as f64;
        // E[xy] = 1/4; plain sampling would have a standard error of 0.014.
        assert!((mean(256, &|p| p[0] * p[1]) - 0.25).abs() < 0.005);
        assert!((mean(256, &|p| p[1] * p[2]) - 0.25).abs() < 0.005);
        // The first sixteen: plain sampling 0.07.
        assert!((mean(16, &|p| p[0]) - 0.5).abs() < 0.04);
    }
}
