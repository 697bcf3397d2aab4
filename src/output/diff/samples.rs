//! Samples for tests of how a diff is written.

use crate::plan::sample::Sample;
use crate::results::plan_diff::Side;
use crate::results::plan_diff::{ChangedKey, Part, PlanDiff};
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
