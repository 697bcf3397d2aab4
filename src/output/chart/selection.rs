//! Which of many things a chart draws, and what its subtitle says of those that it leaves out.

/// More rows or lines than this can't be told apart; then [`chosen`] leaves some out.
pub(super) const MOST: usize = 8;

/// Indices of at most `most` of `count` things: the first, the last, and evenly spaced ones between.
pub(in crate::output) fn chosen(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    (0..most).map(|i| (i * (count - 1) + (most - 1) / 2) / (most - 1)).collect()
}

/// What a subtitle adds where not all are drawn: ` 8 of 12 rates are shown.` for the noun `rates`; it may have none.
pub(super) fn some_shown(shown: usize, all: usize, noun: &str) -> String {
    let of = format!("{shown} of {all} {noun}");
    if shown < all { format!(" {} are shown.", of.trim_end()) } else { String::new() }
}

/// What a subtitle adds where only the first of an order are drawn: ` The 6 of 9 segments with the most failures.`
pub(super) fn first_shown(shown: usize, all: usize, which: &str) -> String {
    if shown < all { format!(" The {shown} of {all} {which}.") } else { String::new() }
}
