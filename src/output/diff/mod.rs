//! Bytes from a difference of two scenarios: the terminal's text, JSON, the Markdown page; its chart is among the charts.

pub mod json;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

use super::assumption_names;
use super::words;
use crate::results::plan_diff::{ChangedKey, Part, PlanDiff};

/// A true minus.
const MINUS: char = '\u{2212}';

/// Every file of the folder: `diff.md`, `diff.json`, and the chart as SVG and PNG, light and dark. Names are relative to it.
///
/// # Errors
/// When one of them can't be made.
#[cfg(feature = "charts")]
pub fn files(diff: &PlanDiff) -> crate::Result<Vec<super::folder::File>> {
    let mut files = vec![
        ("diff.md".to_owned(), report::render(diff).into_bytes()),
        ("diff.json".to_owned(), json::text(diff).into_bytes()),
    ];
    files.extend(super::chart::in_both_themes("diff", |theme| super::chart::waterfall::draw(diff, theme))?);
    Ok(files)
}

/// What a part is called in a sentence: `the deadline with the horizon`.
pub fn name(diff: &PlanDiff, part: &Part) -> String {
    if part.changes.len() > 1
        && part.changes.iter().all(|c| ["reconnect.opens", "reconnect.closes"].contains(&c.key.as_str()))
    {
        return "the reconnect window".to_owned();
    }
    let plan = |c: &ChangedKey| if c.to.is_some() { &diff.sides[1].plan } else { &diff.sides[0].plan };
    let names: Vec<String> = part.changes.iter().map(|c| assumption_names::name(&c.key, plan(c))).collect();
    names.join(" with ")
}

/// `1400 h to 700 h`, `added: ...`, `removed (was ...)`.
pub fn change(diff: &PlanDiff, changed: &ChangedKey) -> String {
    let year = format!(" {}", words::home_year(&diff.sides[0].plan));
    let said = |words: &Option<String>| words.as_ref().map(|w| w.replace(&year, ""));
    match (said(&changed.from), said(&changed.to)) {
        (Some(from), Some(to)) => format!("{from} \u{2192} {to}"),
        (None, Some(to)) => format!("added: {to}"),
        (Some(from), None) => format!("removed; it was {from}"),
        (None, None) => "changed".to_owned(),
    }
}

/// A contribution in orgs, with its sign, no more precise than it is known.
pub fn signed(value: f64, se: Option<f64>) -> String {
    let size = words::table_mean(value.abs(), se.filter(|se| *se > 0.0));
    // Below the engine's error there is nothing.
    if value.abs() < 1e-3 || size.chars().all(|c| "0.".contains(c)) {
        return "0".to_owned();
    }
    format!("{}{size}", if value < 0.0 { MINUS } else { '+' })
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::plan::sample::Sample;
    use crate::results::plan_diff::Side;
    use crate::results::{Counted, Provenance};

    /// Two flagships and what the keys contribute; `&`-joined keys are one part.
    pub(in crate::output) fn of(answer: f64, parts: &[(&str, f64)], se: Option<f64>) -> PlanDiff {
        let provenance = Provenance {
            path: "plan.toml".to_owned(),
            sha256: "ab".repeat(32),
            version: "0.1.0".to_owned(),
            changes: Vec::new(),
        };
        let side = |answer: f64| Side {
            provenance: provenance.clone(),
            plan: Sample::flagship().plan(),
            rate: "50 %".to_owned(),
            answer,
        };
        let key = |key: &str| ChangedKey { key: key.to_owned(), from: Some("before".to_owned()), to: None };
        let part = |(keys, contribution): &(&str, f64)| Part {
            changes: keys.split('&').map(key).collect(),
            contribution: *contribution,
            se,
            alone: Some(contribution * 0.9),
        };
        PlanDiff {
            sides: [side(answer), side(answer + parts.iter().map(|p| p.1).sum::<f64>())],
            counted: Counted::FailedByDeadline,
            parts: parts.iter().map(part).collect(),
            sampled: se.map(|_| 64),
            evaluations: 16,
            notes: vec!["A note.".to_owned()],
        }
    }

    pub(in crate::output) fn all() -> Vec<(&'static str, PlanDiff)> {
        let many: Vec<String> = (0..30).map(|i| format!("segment.a-very-long-name-{i}.refresh.interval")).collect();
        let many: Vec<(&str, f64)> = many.iter().enumerate().map(|(i, k)| (k.as_str(), 30.0 - i as f64)).collect();
        vec![
            (
                "mixed",
                of(88.9, &[("refresh.interval", 120.0), ("deadline&horizon", -31.5), ("reconnect.uptake", -8.0)], None),
            ),
            ("one", of(88.9, &[("reconnect.uptake", -20.0)], None)),
            ("none", of(88.9, &[], None)),
            ("without-effect", of(88.9, &[("recovery.after", 0.0)], None)),
            ("many", of(88.9, &many, Some(0.4))),
        ]
    }
}
