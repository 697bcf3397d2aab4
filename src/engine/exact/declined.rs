//! Why the exact engine does not answer.

use crate::plan::units::show_hours;
use crate::plan::{Plan, Segment};

/// Why the exact engine does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Declined(pub String);

/// What is said of a law whose probabilities come out as none.
pub(super) fn unsound(segment: &Segment) -> Declined {
    let law = segment.interval.describe(show_hours);
    Declined(format!("The exact engine can't follow refreshes by this law ({law}{})", whose(segment)))
}

/// `, segment EMEA`; nothing in a plan without segments.
pub(super) fn whose(segment: &Segment) -> String {
    if segment.id == "all" { String::new() } else { format!(", segment {}", segment.name) }
}

/// Hours (a tenth of a second): a law with a standard width below this is as good as one value, and no lattice follows it.
const NARROWEST: f64 = 1.0 / 36_000.0;

/// # Errors
/// [`Declined`] under a guard, and where the interval has a density and all but one value.
pub(super) fn refuse(plan: &Plan, segment: &Segment) -> Result<(), Declined> {
    if plan.guard().is_some() {
        return Err(Declined(
            "The exact engine does not follow a guard, which looks at all failures together".to_owned(),
        ));
    }
    refuse_interval(segment)
}

/// # Errors
/// [`Declined`] where the interval has a density and all but one value.
pub(super) fn refuse_interval(segment: &Segment) -> Result<(), Declined> {
    let interval = &segment.interval;
    if interval.atoms().is_some() || interval.standard_width() >= NARROWEST {
        return Ok(());
    }
    Err(Declined(format!(
        "The exact engine declines an interval so nearly fixed ({}{}). A single value, such as {}, has exact figures",
        interval.describe(show_hours),
        whose(segment),
        show_hours(interval.quantile(0.5))
    )))
}
