//! Which of many uptake rates a chart draws.

/// More rows or lines than this can't be told apart; then [`chosen`] leaves some out.
pub(super) const MOST: usize = 8;

/// Indices of at most `most` of `count` things: the first, the last, and evenly spaced ones between.
pub(super) fn chosen(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    (0..most).map(|i| (i * (count - 1) + (most - 1) / 2) / (most - 1)).collect()
}
