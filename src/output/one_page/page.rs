//! What stands on the one page, and where.

use crate::output::document::{Block, Document};
use crate::output::paper::Paper;

/// The page.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::output) struct OnePage {
    /// What it is printed on.
    pub(super) paper: Paper,
    /// Over its whole width: the plan, the finding, the headline figures.
    pub(super) head: Document,
    /// The wide column below.
    pub(super) left: Vec<Block>,
    /// The narrow column beside it.
    pub(super) right: Vec<Block>,
    /// Where it comes from, in a line.
    pub(super) foot: String,
}

/// The chart that the page shows.
pub(super) const CHART: &str = "cumulative";
