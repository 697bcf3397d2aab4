//! Steps of an org's life, by which costs are counted.

use crate::stats::Law;

/// An org of the commonest of plans, of which next to nothing is drawn.
pub(super) const FIXED_INTERVAL: f64 = 0.3;

/// What is done for an org once: traits, ranks, counting.
pub(super) const ONCE: f64 = 3.0;

/// Refreshes within so many hours, on average and to within a factor of two: `t / E min(I, t)` and up to twice that (Erickson, "The strong
/// law of large numbers when the mean is undefined", 1973). Finite for every law, also where the mean is not.
pub(super) fn refreshes_in(interval: &Law, hours: f64) -> f64 {
    const NODES: u32 = 256;
    if hours.is_nan() || hours <= 0.0 {
        return 0.0;
    }
    let node = |i: u32| interval.isf((f64::from(i) + 0.5) / f64::from(NODES)).min(hours);
    let mean = (0..NODES).map(node).sum::<f64>() / f64::from(NODES);
    hours / mean.max(1e-9)
}
