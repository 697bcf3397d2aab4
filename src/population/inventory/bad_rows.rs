//! What is done about rows that can't be read.

/// What to do about rows that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// Refuse the inventory, and name them.
    #[default]
    Refuse,
    /// Go on without them, and say so.
    Skip,
}
