//! The lowest point of a smooth function of one or two numbers, and how it curves there. It knows nothing of laws.

/// A point with two coordinates; a function of one number leaves the second as it is.
pub(super) type Point = [f64; 2];

/// Steps after which the search gives up.
const MOST_STEPS: usize = 600;

/// The lowest point that a simplex finds from `start`, by the method of Nelder & Mead (1965) with its usual coefficients, in the
/// first `free` coordinates. The function may be infinite where it is not defined, but not at the start. It ends when the
/// simplex's values differ by less than `tolerance`; begun again there, so that a simplex that has collapsed too early recovers.
///
/// `None` where it finds no end.
pub(super) fn lowest(
    of: &impl Fn(Point) -> f64,
    start: Point,
    free: usize,
    size: f64,
    tolerance: f64,
) -> Option<(Point, f64)> {
    let (mut best, mut size) = ((start, of(start)), size);
    for _ in 0..6 {
        let found = simplex(of, best, free, size, tolerance)?;
        let gained = best.1 - found.1;
        best = found;
        if gained < 10.0 * tolerance {
            return best.1.is_finite().then_some(best);
        }
        size *= 0.2;
    }
    best.1.is_finite().then_some(best)
}

fn simplex(
    of: &impl Fn(Point) -> f64,
    start: (Point, f64),
    free: usize,
    size: f64,
    tolerance: f64,
) -> Option<(Point, f64)> {
    let corner = |i: usize| {
        let mut at = start.0;
        at[i] += size;
        (at, of(at))
    };
    let mut corners: Vec<(Point, f64)> = std::iter::once(start).chain((0..free).map(corner)).collect();
    for _ in 0..MOST_STEPS {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (low, high) = (corners[0], corners[free]);
        if high.1 - low.1 < tolerance {
            return Some(low);
        }
        let centre = |i: usize| corners[..free].iter().map(|c| c.0[i]).sum::<f64>() / free as f64;
        let centre = [centre(0), centre(1)];
        let along = |share: f64| {
            let at = [0, 1].map(|i| centre[i] + share * (high.0[i] - centre[i]));
            (at, of(at))
        };
        let reflected = along(-1.0);
        let better = if reflected.1 < low.1 {
            let further = along(-2.0);
            Some(if further.1 < reflected.1 { further } else { reflected })
        } else if reflected.1 < corners[free - 1].1 {
            Some(reflected)
        } else {
            let nearer = if reflected.1 < high.1 { along(-0.5) } else { along(0.5) };
            (nearer.1 < reflected.1.min(high.1)).then_some(nearer)
        };
        match better {
            Some(point) => corners[free] = point,
            None => {
                for c in &mut corners[1..] {
                    let at = [0, 1].map(|i| 0.5 * (c.0[i] + low.0[i]));
                    *c = (at, of(at));
                }
            }
        }
    }
    None
}

/// The matrix of second derivatives at a lowest point, by central differences over steps that raise the function by about
/// [`RISE`]. `None` where the point is at an edge or the function is flat.
pub(super) fn curvature(of: &impl Fn(Point) -> f64, at: Point, free: usize) -> Option<[[f64; 2]; 2]> {
    let base = of(at);
    let step = |i: usize| {
        let rise = |h: f64| {
            let (mut up, mut down) = (at, at);
            up[i] += h;
            down[i] -= h;
            (of(up) + of(down)) / 2.0 - base
        };
        let mut h = 1e-7;
        while h < 10.0 && rise(h) < RISE {
            h *= 2.0;
        }
        (h < 10.0 && rise(h).is_finite()).then_some(h)
    };
    let mut matrix = [[0.0; 2]; 2];
    let steps: Vec<f64> = (0..free).map(step).collect::<Option<_>>()?;
    for i in 0..free {
        for j in 0..=i {
            let shifted = |a: f64, b: f64| {
                let mut point = at;
                point[i] += a * steps[i];
                point[j] += b * steps[j];
                of(point)
            };
            let second = if i == j {
                (shifted(1.0, 0.0) + shifted(-1.0, 0.0) - 2.0 * base) / (steps[i] * steps[i])
            } else {
                (shifted(1.0, 1.0) + shifted(-1.0, -1.0) - shifted(1.0, -1.0) - shifted(-1.0, 1.0))
                    / (4.0 * steps[i] * steps[j])
            };
            (matrix[i][j], matrix[j][i]) = (second, second);
        }
    }
    Some(matrix)
}

/// Steps of [`curvature`] raise the function by this to four times this: far above rounding, and a small part of a standard error.
const RISE: f64 = 5e-4;

/// The inverse of the matrix, in its first `free` rows and columns; `None` unless it is positive definite.
pub(super) fn inverse(m: [[f64; 2]; 2], free: usize) -> Option<[[f64; 2]; 2]> {
    if free == 1 {
        return (m[0][0] > 0.0).then(|| [[1.0 / m[0][0], 0.0], [0.0, 0.0]]);
    }
    let det = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    (m[0][0] > 0.0 && det > 0.0).then(|| [[m[1][1] / det, -m[0][1] / det], [-m[1][0] / det, m[0][0] / det]])
}

/// The point between `inside` and `outside` at which `holds` ceases to hold, by halving.
pub(super) fn edge(mut inside: f64, mut outside: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            break;
        }
        if holds(middle) { inside = middle } else { outside = middle }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_followed_to_its_lowest_point() {
        let valley = |p: Point| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2);
        let (at, value) = lowest(&valley, [-1.2, 1.0], 2, 0.5, 1e-14).expect("found");
        assert!((at[0] - 1.0).abs() < 1e-6 && (at[1] - 1.0).abs() < 1e-6 && value < 1e-12, "{at:?}");
        // Its second derivatives there are 802, -400 and 200; steps are finite, so not to the last digit.
        let matrix = curvature(&valley, [1.0, 1.0], 2).expect("curved");
        for (got, want) in [(matrix[0][0], 802.0), (matrix[0][1], -400.0), (matrix[1][1], 200.0)] {
            assert!((got / want - 1.0).abs() < 1e-4, "{got} is not {want}");
        }
        let inverse = inverse(matrix, 2).expect("positive");
        assert!((inverse[0][0] / 0.5 - 1.0).abs() < 0.01, "200 / (802 200 - 400²) is 1/2: {inverse:?}");
    }

    #[test]
    fn what_has_no_lowest_point_is_not_found() {
        assert_eq!(curvature(&|_| 1.0, [0.0, 0.0], 1), None);
        assert_eq!(inverse([[-1.0, 0.0], [0.0, 1.0]], 2), None);
        let (at, _) = lowest(&|p: Point| (p[0] - 3.0).powi(2), [0.0, 7.0], 1, 1.0, 1e-14).expect("found");
        assert!((at[0] - 3.0).abs() < 1e-6 && at[1] == 7.0);
        assert!((edge(0.0, 8.0, |x| x * x < 2.0) - 2_f64.sqrt()).abs() < 1e-12);
    }
}
