//! How a difference is written: its parts, their changes, signed figures.
use crate::output::assumption_names;
use crate::output::document::FigureFormat;
use crate::output::words::without_year;
use crate::plan::wording::WINDOW;
use crate::results::plan_diff::{ChangedKey, Part, PlanDiff};

/// What a part is called in a sentence: `the deadline with the horizon`.
pub(crate) fn name(diff: &PlanDiff, part: &Part) -> String {
    if part.changes.len() > 1
        && part.changes.iter().all(|c| ["reconnect.opens", "reconnect.closes"].contains(&c.key.as_str()))
    {
        return format!("the {WINDOW}");
    }
    let plan = |c: &ChangedKey| if c.to.is_some() { &diff.sides[1].plan } else { &diff.sides[0].plan };
    let names: Vec<String> = part.changes.iter().map(|c| assumption_names::name(&c.key, plan(c))).collect();
    names.join(" with ")
}

/// `1400 h to 700 h`, `added: ...`, `removed (was ...)`.
pub(crate) fn change(diff: &PlanDiff, changed: &ChangedKey) -> String {
    let said = |words: &Option<String>| words.as_ref().map(|w| without_year(w, &diff.sides[0].plan));
    match (said(&changed.from), said(&changed.to)) {
        (Some(from), Some(to)) => format!("{from} \u{2192} {to}"),
        (None, Some(to)) => format!("added: {to}"),
        (Some(from), None) => format!("removed; it was {from}"),
        (None, None) => "changed".to_owned(),
    }
}

/// A contribution in orgs, with its sign, no more precise than it is known.
pub(crate) fn signed(value: f64, se: Option<f64>) -> String {
    FigureFormat::default().signed(value, se)
}
