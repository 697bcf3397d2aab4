//! Hours from a cell of a history.

use super::table::HistoryCell;
use crate::scenario::FindingCode;
use crate::scenario::duration;

/// Hours of a cell that holds a duration.
pub(super) fn hours_of(cell: &HistoryCell) -> Result<f64, duration::Refusal> {
    let refuse = |message: &str, help: &str| Err(duration::Refusal::new(FindingCode::BadCell, message, help));
    let hours = match cell {
        HistoryCell::Number(hours) => *hours,
        HistoryCell::Text(text) => match text.trim().parse::<f64>() {
            Ok(hours) => hours,
            Err(_) => duration::parse(text)?,
        },
        HistoryCell::Empty => {
            return refuse("it is empty", "write hours, or a duration such as 36h; or leave the row out");
        }
        HistoryCell::Truth(_) | HistoryCell::Instant(_) => {
            return refuse("it holds no duration", "write hours, such as 36");
        }
    };
    if !hours.is_finite() {
        return refuse("it is no number of hours", "write hours, such as 36; or leave the row out");
    }
    if hours < 0.0 {
        return refuse("a duration can't be negative", "mend it, or leave the row out");
    }
    if hours > duration::LONGEST_HOURS {
        return refuse("it is longer than a century", "is it in hours? Durations may carry a unit, such as 90m or 5s");
    }
    Ok(hours)
}
