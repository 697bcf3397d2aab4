//! Why the exact engine does not answer.

use crate::plan::Segment;

/// Why the exact engine does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// What is said of a law whose probabilities come out as none.
pub(super) fn unsound(segment: &Segment) -> Declined {
    let law = segment.interval.describe(crate::plan::units::show_hours);
    Declined(format!("The exact engine can't follow refreshes by this law ({law}{})", whose(segment)))
}

/// `, segment EMEA`; nothing in a plan without segments.
pub(super) fn whose(segment: &Segment) -> String {
    if segment.id == "all" { String::new() } else { format!(", segment {}", segment.name) }
}
