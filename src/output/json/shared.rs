//! What the JSON of several verbs shares: its text, where a result comes from, the plan's deadline, members with names of their own.

use crate::plan::{Deadline, Plan, clock};
use crate::results::Provenance;
use serde::{Serialize, Serializer};

/// A result as the text of a file.
///
/// # Panics
/// Never: the keys of all results are strings.
pub(crate) fn indented(result: &impl Serialize) -> String {
    serde_json::to_string_pretty(result).expect("keys are strings") + "\n"
}

/// A result on one line, as a journal keeps it; without the line's end.
///
/// # Panics
/// Never: the keys of all results are strings.
#[cfg(feature = "tables")]
pub(crate) fn line(result: &impl Serialize) -> String {
    serde_json::to_string(result).expect("keys are strings")
}

/// Pairs as an object: the first of each is the key.
///
/// # Errors
/// Those of the serializer.
pub(crate) fn as_map<K: Serialize, V: Serialize, S: Serializer>(
    members: &[(K, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
}

/// The scenario that a result comes from.
#[derive(Debug, Serialize)]
pub(crate) struct ScenarioView<'a> {
    title: &'a str,
    #[serde(flatten)]
    provenance: &'a Provenance,
}

impl<'a> ScenarioView<'a> {
    /// Of a plan, and where it comes from.
    pub(crate) fn new(plan: &'a Plan, provenance: &'a Provenance) -> Self {
        Self { title: plan.title(), provenance }
    }
}

/// A plan's deadline, written by the clock that it is read on.
#[derive(Debug, Serialize)]
#[serde(tag = "clock", content = "at", rename_all = "kebab-case")]
pub(crate) enum DeadlineView {
    /// An instant, with its offset.
    Absolute(String),
    /// Each org's local time, without an offset.
    OrgLocal(String),
}

impl DeadlineView {
    /// Of a plan.
    pub(crate) fn new(plan: &Plan) -> Self {
        let at = deadline_at(plan, plan.deadline());
        match plan.deadline() {
            Deadline::Absolute(_) => Self::Absolute(at),
            Deadline::OrgLocal(_) => Self::OrgLocal(at),
        }
    }
}

/// A deadline or checkpoint as the clock that it is read on shows it.
pub(crate) fn deadline_at(plan: &Plan, at: Deadline) -> String {
    match at {
        Deadline::Absolute(at) => clock::rfc3339(at, plan.time_zone()),
        Deadline::OrgLocal(at) => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}
