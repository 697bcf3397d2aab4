//! How much of a variance lies between groups, not within them (one-way analysis of variance).

use statrs::function::beta::beta_reg;

/// Variance between groups against that within.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct BetweenGroups {
    /// The part of the variance that lies between groups, 0-1: the intraclass correlation
    /// `(MSB - MSW) / (MSB + (n0 - 1) MSW)` of unlike group sizes (Fisher 1925).
    pub share: f64,
    /// The chance of group means as unlike as these if groups don't differ: `P(F > MSB / MSW)`.
    pub p_value: f64,
}

/// The part between groups, of values each with its group. `None` below two groups, or where no group has two values, or where
/// the values don't vary within groups.
pub(crate) fn between(values: &[(usize, f64)]) -> Option<BetweenGroups> {
    let groups = values.iter().map(|v| v.0 + 1).max()?;
    let (mut counts, mut sums) = (vec![0.0; groups], vec![0.0; groups]);
    for (group, value) in values {
        counts[*group] += 1.0;
        sums[*group] += value;
    }
    let n = values.len() as f64;
    let filled = counts.iter().filter(|c| **c > 0.0).count() as f64;
    if filled < 2.0 || n <= filled {
        return None;
    }
    let grand = sums.iter().sum::<f64>() / n;
    let means: Vec<f64> = sums.iter().zip(&counts).map(|(s, c)| s / c).collect();
    let pairs = means.iter().zip(&counts).filter(|(_, c)| **c > 0.0);
    let between = pairs.map(|(m, c)| c * (m - grand).powi(2)).sum::<f64>() / (filled - 1.0);
    let within = values.iter().map(|(g, v)| (v - means[*g]).powi(2)).sum::<f64>() / (n - filled);
    if within <= 0.0 {
        return None;
    }
    let typical = (n - counts.iter().map(|c| c * c).sum::<f64>() / n) / (filled - 1.0);
    let share = ((between - within) / (between + (typical - 1.0) * within)).clamp(0.0, 1.0);
    let (f, d1, d2) = (between / within, filled - 1.0, n - filled);
    Some(BetweenGroups { share, p_value: beta_reg(0.5 * d2, 0.5 * d1, d2 / (d2 + d1 * f)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `f_oneway([3, 5, 4], [8, 9, 10], [4, 6, 5])` is F = 21, p = 0.001953125, which is `(1 + 21 / 3)^-3`.
    #[test]
    fn groups_that_differ_hold_most_of_the_variance() {
        let values = [(0, 3.0), (0, 5.0), (0, 4.0), (2, 8.0), (2, 9.0), (2, 10.0), (1, 4.0), (1, 6.0), (1, 5.0)];
        let found = between(&values).expect("three groups");
        // MSB 21, MSW 1, three of each: (21 - 1) / (21 + 2).
        assert!((found.share - 20.0 / 23.0).abs() < 1e-12, "{found:?}");
        assert!((found.p_value - 0.001_953_125).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn without_groups_or_spread_there_is_nothing_to_say() {
        assert_eq!(between(&[]), None);
        assert_eq!(between(&[(0, 1.0), (0, 2.0)]), None);
        assert_eq!(between(&[(0, 1.0), (1, 2.0)]), None);
        assert_eq!(between(&[(0, 1.0), (0, 1.0), (1, 2.0)]), None);
    }
}
