//! What is collected by the hour.

/// What is collected by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curves {
    /// Nothing: headline figures alone.
    None,
    /// Means with standard errors.
    Means,
    /// Means, and whole curves of the first runs for percentiles. Costs memory; not needed where exact curves stand beside.
    Percentiles,
}
