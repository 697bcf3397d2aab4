//! Quantile dots: fifty equally likely outcomes a row, binned so that dots stack, on one grid for all rows. It draws
//! nothing and knows nothing of plans.

use super::scale::{Scale, round_step};
use crate::stats::CountDistribution;

/// Dots in a row: each is one chance in so many.
pub(super) const DOTS: u64 = 50;

/// Smallest and largest diameter of a dot, in pixels.
const DIAMETERS: (f64, f64) = (4.0, 8.0);

/// Outcomes that are equally likely: quantiles at the middles of equal slices.
pub(crate) fn outcomes(distribution: &CountDistribution) -> Vec<u64> {
    (0..DOTS).map(|i| distribution.quantile((i as f64 + 0.5) / DOTS as f64)).collect()
}

/// Dots of one value range, standing at one place of the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stack {
    /// The place on the axis: the middle of the counts in the bin.
    pub middle: f64,
    /// How many dots.
    pub dots: usize,
}

/// How dots are binned and how large they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DotGrid {
    /// Counts in a bin.
    pub bin: u64,
    /// A count at which a bin begins.
    pub origin: u64,
    /// Diameter and pitch of the dots, in pixels.
    pub diameter: f64,
}

impl DotGrid {
    /// The largest dots that stack within `height` pixels in every row. A bin begins right after `boundary`, so that no stack
    /// holds dots from both sides of it.
    pub(crate) fn fitting(rows: &[Vec<u64>], px_per_count: f64, height: f64, boundary: Option<u64>) -> Self {
        let (smallest, largest) = DIAMETERS;
        let sizes = (0..=16).map(|i| largest - (largest - smallest) * f64::from(i) / 16.0);
        let grids = sizes.map(|diameter| {
            // Columns a little wider than dots, so that they read as columns.
            let bin = bin_width(diameter * 1.2 / px_per_count);
            Self { bin, origin: boundary.map_or(0, |b| (b + 1) % bin), diameter }
        });
        let mut last = Self { bin: 1, origin: 0, diameter: smallest };
        for grid in grids {
            let tallest = rows.iter().flat_map(|r| grid.stacks(r)).map(|s| s.dots).max().unwrap_or(0);
            if tallest as f64 * grid.diameter <= height {
                return grid;
            }
            last = grid;
        }
        last
    }

    /// Where the middles of a row's dots lie: pixels of the scale, and pixels above the base line. A stack taller than `height`
    /// stands in several columns, side by side, all on its side of the boundary.
    pub(crate) fn places(&self, row: &[u64], scale: &Scale, height: f64, boundary: Option<u64>) -> Vec<(f64, f64)> {
        let pitch = self.diameter;
        let most = (height / pitch).floor().max(1.0) as usize;
        let mut places = Vec::with_capacity(row.len());
        for stack in self.stacks(row) {
            let columns = stack.dots.div_ceil(most);
            let wide = pitch * (columns - 1) as f64;
            let mut left = scale.px(stack.middle) - wide / 2.0;
            if let Some(boundary) = boundary {
                let (edge, half) = (scale.px(boundary as f64 + 0.5), pitch / 2.0 + 1.0);
                let below = stack.middle <= boundary as f64;
                left = if below { left.min(edge - half - wide) } else { left.max(edge + half) };
            }
            for dot in 0..stack.dots {
                let (column, level) = (dot % columns, dot / columns);
                places.push((left + pitch * column as f64, pitch * (level as f64 + 0.5)));
            }
        }
        places
    }

    /// The stacks of a row of ascending outcomes.
    pub(crate) fn stacks(&self, row: &[u64]) -> Vec<Stack> {
        let mut stacks: Vec<(i64, usize)> = Vec::new();
        for count in row {
            let bin = (*count as i64 - self.origin as i64).div_euclid(self.bin as i64);
            match stacks.last_mut() {
                Some(last) if last.0 == bin => last.1 += 1,
                _ => stacks.push((bin, 1)),
            }
        }
        let middle = |bin: i64| self.origin as f64 + bin as f64 * self.bin as f64 + (self.bin - 1) as f64 / 2.0;
        stacks.into_iter().map(|(bin, dots)| Stack { middle: middle(bin), dots }).collect()
    }
}

/// A round number of counts, at least `least`.
fn bin_width(least: f64) -> u64 {
    if least <= 1.0 {
        1
    } else if least <= 3.0 {
        least.ceil() as u64
    } else {
        four_or_round(least)
    }
}

/// 4 and 40 are bins that people read well, too.
fn four_or_round(least: f64) -> u64 {
    let round = round_step(least);
    let four = round * 0.8;
    (if (four.log10() - 4_f64.log10()).fract().abs() < 1e-9 && four >= least { four } else { round }).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_outcomes_stand_for_the_whole_distribution() {
        let dots = outcomes(&CountDistribution::binomial(2500, 69.0 / 1399.0));
        assert_eq!(dots.len(), 50);
        // By scipy 1.17.1, binom.cdf(100, 2500, 69/1399) is 0.0154: one dot of fifty, at 0.01, is at most 100.
        assert_eq!(dots.iter().filter(|d| **d <= 100).count(), 1);
    }

    #[test]
    fn no_stack_holds_dots_from_both_sides_of_the_tolerance() {
        let rows: Vec<Vec<u64>> =
            [0.02, 0.04, 0.05].iter().map(|p| outcomes(&CountDistribution::binomial(2500, *p))).collect();
        for tolerance in 60..120 {
            let grid = DotGrid::fitting(&rows, 4.0, 60.0, Some(tolerance));
            for row in &rows {
                let left: usize =
                    grid.stacks(row).iter().filter(|s| s.middle < tolerance as f64 + 0.5).map(|s| s.dots).sum();
                assert_eq!(left, row.iter().filter(|c| **c <= tolerance).count());
            }
        }
    }

    #[test]
    fn bins_are_round() {
        assert_eq!(
            [0.4, 1.5, 2.4, 3.4, 4.5, 6.0, 33.0, 41.0, 180_000.0].map(bin_width),
            [1, 2, 3, 4, 5, 10, 40, 50, 200_000]
        );
    }
}
