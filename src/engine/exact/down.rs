//! Who is down still, of orgs whose failures are spread over a while: the survival function of the delay, averaged over when they
//! failed. Within a cell of the lattice the hours that count pass evenly, as far as the lattice follows the working week, so that the
//! average over instants is one over the hours that have counted since.

use super::lattice::TIME_EPSILON;
use crate::engine::rules::recovery_time;
use crate::plan::Segment;
use crate::stats::Law;

/// Failures at an instant, or evenly spread between two. Hours since `as_of`.
pub(super) struct Piece {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) mass: f64,
}

/// Mean of a law's survival function between two points, `∫ sf / (most - least)`.
pub(super) fn mean_sf(law: &Law, least: f64, most: f64) -> f64 {
    let (high, low) = (law.sf(least), law.sf(most));
    let width = most - least;
    if high == low || width <= 0.0 {
        return low;
    }
    // The part of the way to which a single value is not reached.
    let before = |value: f64| ((value - least) / width).clamp(0.0, 1.0);
    match law {
        Law::Fixed(value) => before(*value),
        Law::Empirical(values) => values.iter().map(|value| before(*value)).sum::<f64>() / values.len() as f64,
        law => {
            let middle = law.sf(0.5 * (least + most));
            simpson(law, [least, most], [high, middle, low], 24) / width
        }
    }
}

/// Adaptive Simpson's rule (Kuncir 1962; the error of halves is a fifteenth of what halving changes), to 1e-10 of the width.
fn simpson(law: &Law, [from, to]: [f64; 2], [at_from, at_middle, at_to]: [f64; 3], depth: u32) -> f64 {
    let (middle, width) = (0.5 * (from + to), to - from);
    let whole = width / 6.0 * (at_from + 4.0 * at_middle + at_to);
    // Where next to nothing changes, the rule is good to a hundredth of that.
    if at_from - at_to < 1e-7 {
        return whole;
    }
    let [left, right] = [0.5 * (from + middle), 0.5 * (middle + to)].map(|x| law.sf(x));
    let halves = width / 12.0 * (at_from + 4.0 * left + 2.0 * at_middle + 4.0 * right + at_to);
    if depth == 0 || (halves - whole).abs() <= 15e-10 * width {
        return halves + (halves - whole) / 15.0;
    }
    simpson(law, [from, middle], [at_from, left, at_middle], depth - 1)
        + simpson(law, [middle, to], [at_middle, right, at_to], depth - 1)
}

/// How long recovery takes, ready to be read at many instants.
#[derive(Debug)]
pub(super) struct DownClock {
    delays: RestrictedMean,
    /// Hours that count for recovery, from the start to each instant.
    pub(super) counted: Vec<f64>,
}

impl DownClock {
    /// `None` where failed orgs stay down.
    pub(super) fn new(segment: &Segment, hours: &[f64]) -> Option<Self> {
        let recovery = segment.recovery.as_ref()?;
        let counted: Vec<f64> = hours.iter().map(|at| recovery_time(segment, 0.0, *at)).collect();
        let longest = counted.iter().copied().fold(0.0, f64::max);
        Some(Self { delays: RestrictedMean::new(&recovery.after, longest), counted })
    }

    /// How much of ascending pieces has failed by `at` and is down at it, when `now` hours count until then, and `work` until the
    /// beginning and the end of each piece.
    pub(super) fn down(&self, pieces: &[Piece], work: &[[f64; 2]], at: f64, now: f64) -> f64 {
        let begun = pieces.partition_point(|piece| piece.from <= at + TIME_EPSILON);
        let mut last = (f64::NAN, 0.0);
        // Neighbours share an end.
        let mut mean_until = |then: f64| {
            if last.0 != then {
                last = (then, self.delays.at(now - then));
            }
            last.1
        };
        let down = |(piece, [from, to]): (&Piece, &[f64; 2])| {
            if piece.from == piece.to {
                return piece.mass * self.delays.sf(now - from);
            }
            let (to, part) = if piece.to > at + TIME_EPSILON {
                (now, ((at - piece.from) / (piece.to - piece.from)).max(0.0))
            } else {
                (*to, 1.0)
            };
            let width = to - from;
            let still =
                if width < 1e-12 { self.delays.sf(now - from) } else { (mean_until(*from) - mean_until(to)) / width };
            piece.mass * part * still
        };
        pieces[..begun].iter().zip(work).map(down).sum()
    }
}

/// The restricted mean of a law, `E min(X, x) = ∫ sf` from 0 to `x`, and its survival function.
#[derive(Debug)]
enum RestrictedMean {
    /// Of single values: those, ascending, and the sum of those before each; one longer.
    Atoms { values: Vec<f64>, sums: Vec<f64> },
    /// By straight lines of the survival function (error below 1e-6) between nodes that are dense near 0: node `i` of `n` at
    /// `x_max (i / n)²`.
    Table { sf: Vec<f64>, integral: Vec<f64>, x_max: f64 },
}

impl RestrictedMean {
    const NODES: usize = 1 << 14;

    /// To be read up to `longest`.
    fn new(law: &Law, longest: f64) -> Self {
        let values = match law {
            Law::Fixed(value) => vec![*value],
            Law::Empirical(values) => values.to_vec(),
            law => {
                let x_max = longest.max(1e-9);
                let node = |i: usize| x_max * (i as f64 / Self::NODES as f64).powi(2);
                let sf: Vec<f64> = (0..=Self::NODES).map(|i| law.sf(node(i))).collect();
                let mut integral = vec![0.0];
                for i in 0..Self::NODES {
                    integral.push(integral[i] + 0.5 * (sf[i] + sf[i + 1]) * (node(i + 1) - node(i)));
                }
                return Self::Table { sf, integral, x_max };
            }
        };
        let mut sums = vec![0.0];
        values.iter().for_each(|value| sums.push(sums[sums.len() - 1] + value));
        Self::Atoms { values, sums }
    }

    fn sf(&self, x: f64) -> f64 {
        match self {
            Self::Atoms { values, .. } => {
                (values.len() - values.partition_point(|value| *value <= x)) as f64 / values.len() as f64
            }
            Self::Table { sf, x_max, .. } => {
                let (i, part, _) = Self::place(x, *x_max);
                sf[i] + part * (sf[i + 1] - sf[i])
            }
        }
    }

    /// `E min(X, x)`; 0 below 0.
    fn at(&self, x: f64) -> f64 {
        match self {
            Self::Atoms { values, sums } => {
                let passed = values.partition_point(|value| *value <= x);
                (sums[passed] + (values.len() - passed) as f64 * x.max(0.0)) / values.len() as f64
            }
            Self::Table { sf, integral, x_max } => {
                let (i, part, width) = Self::place(x, *x_max);
                let here = sf[i] + part * (sf[i + 1] - sf[i]);
                integral[i] + 0.5 * (sf[i] + here) * part * width
            }
        }
    }

    /// The node at or before `x`, how far to the next it is, and the width between the two.
    fn place(x: f64, x_max: f64) -> (usize, f64, f64) {
        let n = Self::NODES as f64;
        let r = (x.max(0.0) / x_max).sqrt() * n;
        let i = (r as usize).min(Self::NODES - 1);
        let (begin, end) = (i as f64 * i as f64, (i + 1) as f64 * (i + 1) as f64);
        (i, ((r * r - begin) / (end - begin)).clamp(0.0, 1.0), (end - begin) * x_max / (n * n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_between_two_points_is_the_integral_over_them() {
        let fixed = Law::Fixed(0.1);
        assert!((mean_sf(&fixed, 0.0, 1.0) - 0.1).abs() < 1e-15, "a tenth of the hour is too late");
        assert_eq!((mean_sf(&fixed, 0.0, 0.05), mean_sf(&fixed, 0.2, 0.4)), (1.0, 0.0));
        let listed = Law::empirical(vec![0.5, 1.0, 3.0, 9.0]).expect("proper");
        // Between 0 and 2: a quarter, half and all of the way, twice.
        assert!((mean_sf(&listed, 0.0, 2.0) - (0.25 + 0.5 + 1.0 + 1.0) / 4.0).abs() < 1e-15);
        for (mean, least, most) in [(0.05, 0.0, 1.0), (6.0, 2.0, 3.0), (0.3, 0.0, 40.0)] {
            let law = Law::exponential(mean).expect("proper");
            let want = mean * (f64::exp(-least / mean) - f64::exp(-most / mean)) / (most - least);
            assert!((mean_sf(&law, least, most) - want).abs() < 1e-9, "{mean}: {} {want}", mean_sf(&law, least, most));
        }
    }

    #[test]
    fn restricted_means_are_those_integrals_from_0() {
        let laws = [
            Ok(Law::Fixed(2.5)),
            Law::empirical(vec![0.5, 1.0, 1.0, 30.0]),
            Law::lognormal(6.0, 1.0),
            Law::lognormal(0.05, 0.5),
            Law::weibull(4.0, 0.7),
        ];
        for law in laws.map(|law| law.expect("proper")) {
            let table = RestrictedMean::new(&law, 400.0);
            assert_eq!(table.at(-1.0), 0.0);
            for (least, most) in [(0.0, 0.25), (0.0, 1.0), (2.0, 3.0), (7.0, 7.02), (20.0, 44.0), (399.0, 400.0)] {
                let (mean, want) = ((table.at(most) - table.at(least)) / (most - least), mean_sf(&law, least, most));
                assert!((mean - want).abs() < 2e-6, "{law:?} {least} {most}: {mean} {want}");
                assert!((table.sf(most) - law.sf(most)).abs() < 2e-6);
            }
        }
    }

    #[test]
    fn of_a_piece_that_has_begun_only_what_has_failed_is_down() {
        let clock = DownClock { delays: RestrictedMean::new(&Law::Fixed(0.5), 10.0), counted: Vec::new() };
        let piece = [Piece { from: 1.0, to: 2.0, mass: 0.8 }];
        let down = |at: f64| clock.down(&piece, &[[1.0, 2.0]], at, at);
        // All hours count. By 1.25 a quarter has failed; by 1.75 three quarters, half of an hour ago at most; at 2.25 the last quarter.
        for (at, want) in [(0.9, 0.0), (1.0, 0.0), (1.25, 0.2), (1.75, 0.4), (2.25, 0.2), (2.5, 0.0), (9.0, 0.0)] {
            assert!((down(at) - want).abs() < 1e-12, "{at}: {}", down(at));
        }
    }
}
