//! What was seen, as counts of first signs in gaps of time.

use crate::plan::Plan;
use crate::population::seen::{Observations, SeenRow};

/// What an org shows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It reconnects, not having failed.
    Reconnected,
    /// It fails, not having reconnected.
    Failed,
}

/// So many orgs showed their first sign in a gap; its beginning does not belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SeenGap {
    pub(super) sign: Sign,
    pub(super) span: [f64; 2],
    pub(super) count: u64,
}

/// Counts of one segment, or of several together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// Places of the segments that are counted.
    pub(super) segments: Vec<usize>,
    /// How many orgs they have.
    pub(super) orgs: u64,
    /// The gaps: of reconnects and then of failures, each ascending.
    pub(super) gaps: Vec<SeenGap>,
    /// When reconnects were last counted, and failures.
    pub(super) last: [Option<f64>; 2],
}

impl Series {
    /// Every segment of a plan in one series: those that are counted together, or each by itself; one that nobody counted has no gaps.
    pub(super) fn all(seen: &Observations, plan: &Plan) -> Vec<Self> {
        let of = |segments: Vec<usize>, rows: Vec<&SeenRow>| {
            let orgs = segments.iter().map(|s| plan.segments()[*s].orgs).sum();
            let (reconnected, last_reconnected) = gaps(&rows, Sign::Reconnected, |row| row.reconnected);
            let (failed, last_failed) = gaps(&rows, Sign::Failed, |row| row.failed);
            let gaps = reconnected.into_iter().chain(failed).collect();
            Self { segments, orgs, gaps, last: [last_reconnected, last_failed] }
        };
        let places = 0..plan.segments().len();
        if seen.rows.iter().any(|row| row.segment.is_none()) {
            return vec![of(places.collect(), seen.rows.iter().collect())];
        }
        places
            .map(|place| of(vec![place], seen.rows.iter().filter(|row| row.segment == Some(place)).collect()))
            .collect()
    }

    /// How many have shown a sign.
    pub(super) fn counted(&self) -> u64 {
        self.gaps.iter().map(|gap| gap.count).sum()
    }
}

/// Where nobody counted in between, gaps are one.
fn gaps(rows: &[&SeenRow], sign: Sign, of: impl Fn(&SeenRow) -> Option<u64>) -> (Vec<SeenGap>, Option<f64>) {
    let (mut gaps, mut from, mut before) = (Vec::new(), None, 0);
    for row in rows {
        let Some(count) = of(row) else { continue };
        // What happens at `as_of` itself belongs to the first gap.
        gaps.push(SeenGap { sign, span: [from.unwrap_or(-1.0), row.at], count: count.saturating_sub(before) });
        (from, before) = (Some(row.at), count);
    }
    (gaps, from)
}
