//! The three percentiles that results give beside a mean.

use serde::Serialize;

/// 5th percentile, median and 95th percentile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Percentiles<T> {
    /// 5th percentile.
    pub p5: T,
    /// Median.
    pub p50: T,
    /// 95th percentile.
    pub p95: T,
}

impl<T> From<[T; 3]> for Percentiles<T> {
    fn from([p5, p50, p95]: [T; 3]) -> Self {
        Self { p5, p50, p95 }
    }
}
