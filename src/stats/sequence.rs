//! Points spread evenly in the unit cube: a Latin hypercube in the order of a low-discrepancy sequence, for outer draws; and
//! scrambled Sobol' points, for averages over many dimensions.

/// `draws` points in the unit cube of `dims` dimensions: in each dimension every midpoint `(k + 1/2) / draws` occurs once, so
/// that each alone is stratified; and any first part of the points is spread evenly, so that runs that take them in turn
/// weigh them alike.
///
/// The order is that of Roberts' additive recurrence `frac(i φ_d^-j)`, with `φ_d` the root of `x^(d+1) = x + 1`
/// (M. Roberts 2018, "The unreasonable effectiveness of quasirandom sequences"); its values are replaced by their ranks.
pub(crate) fn latin_sequence(draws: usize, dims: usize) -> Vec<Vec<f64>> {
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

/// Most dimensions of [`sobol_sequence`].
pub(crate) const SOBOL_DIMS: usize = 256;

/// Most points of [`sobol_sequence`].
pub(crate) const SOBOL_POINTS: usize = 1 << 16;

/// The first `points` of a Sobol' sequence in the open unit cube of `dims` dimensions, with Owen's nested scrambling under `seed`
/// (Owen 1995; hashed after Burley 2020). Every point is uniform by itself; the first `2^k` are a net. Another seed gives
/// another scrambling, independent of it.
///
/// # Panics
/// With more than [`SOBOL_DIMS`] dimensions or [`SOBOL_POINTS`] points.
pub(crate) fn sobol_sequence(points: usize, dims: usize, seed: u32) -> Vec<Vec<f64>> {
    assert!(dims <= SOBOL_DIMS && points <= SOBOL_POINTS, "the sequence is known so far only");
    // 24 bits; half of the last one keeps clear of 0.
    const HALF: f64 = 0.5 / 16_777_216.0;
    let value = |point: usize, dim: usize| f64::from(sobol_burley::sample(point as u32, dim as u32, seed)) + HALF;
    (0..points).map(|point| (0..dims).map(|dim| value(point, dim)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrambled_sobol_points_are_a_net_in_each_dimension_and_in_the_first_plane() {
        for seed in 0..4 {
            let points = sobol_sequence(256, 24, seed);
            assert_eq!(points, sobol_sequence(256, 24, seed));
            for dim in 0..24 {
                let mut cells: Vec<usize> = points.iter().map(|p| (p[dim] * 256.0) as usize).collect();
                cells.sort_unstable();
                assert_eq!(cells, (0..256).collect::<Vec<_>>(), "dimension {dim}");
            }
            // A (0, 8, 2)-net: one point in each of 16 by 16 squares.
            let mut squares: Vec<usize> =
                points.iter().map(|p| (p[0] * 16.0) as usize * 16 + (p[1] * 16.0) as usize).collect();
            squares.sort_unstable();
            assert_eq!(squares, (0..256).collect::<Vec<_>>(), "seed {seed}");
        }
        assert_ne!(sobol_sequence(4, 2, 0), sobol_sequence(4, 2, 1));
    }

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
