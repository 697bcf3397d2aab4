//! Where something stands in a source of a scenario.

use std::ops::Range;

/// A place in one of the sources: the file, or a change given beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Span {
    /// Index of the source in [`Findings`](super::finding::Findings); 0 is the file.
    pub source: usize,
    /// Bytes in it.
    pub range: Range<usize>,
}

impl Span {
    /// The very start of the file.
    pub fn file_start() -> Self {
        Self { source: 0, range: 0..0 }
    }
}
