//! Intervals as a history gives them, and the columns that they are read from.

/// An interval of a history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryInterval {
    /// How long it lasted, or has lasted so far, in hours: above 0.
    pub hours: f64,
    /// Whether its end was observed.
    pub ended: bool,
    /// Which org it is of, from 0; 0 throughout where the history names none.
    pub org: usize,
}

/// Names that columns have here, with what each holds.
pub const COLUMNS: [(&str, &str); 4] = [
    ("interval", "hours, or a duration such as 36h"),
    ("observed", "false where the interval was still running"),
    ("org_id", "which org refreshed"),
    ("refreshed_at", "when, as RFC 3339"),
];

/// What is found beside the intervals.
#[derive(Default)]
pub(super) struct HistoryFound {
    pub(super) refreshes: Option<(u64, String)>,
    pub(super) notes: Vec<String>,
}
