//! Which of the values tried a person reads.

use crate::results::solution::Solution;

/// At most so many of the values tried, the ends, the answer and its neighbour among them: what a person reads.
pub(super) fn shown(solution: &Solution) -> Vec<&crate::results::solution::Tried> {
    const MOST: usize = 11;
    let kept = |number: f64| {
        let best = number == solution.best.setting.number;
        best || solution.next.as_ref().is_some_and(|n| n.setting.number == number)
    };
    let last = solution.tried.len().saturating_sub(1);
    let places = (0..MOST).map(|i| i * last / (MOST - 1)).collect::<Vec<_>>();
    let tried = solution.tried.iter().enumerate();
    tried.filter(|(i, t)| places.contains(i) || kept(t.setting.number)).map(|(_, t)| t).collect()
}
