//! Samples for tests of how a sensitivity is written.

use crate::plan::MoveKind;
use crate::plan::sample::Sample;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};
use crate::results::sensitivity::{StopAnswer, Together};
use crate::results::{Counted, Provenance};
use crate::stats::sobol_indices::IndexInterval;
use crate::stats::sobol_indices::Indices;

/// Assumptions by key, kind, answers at their stops, first and total index.
pub(in crate::output) fn of(assumptions: &[(&str, MoveKind, &[f64], f64, f64)]) -> Sensitivity {
    let interval = |value: f64| IndexInterval { value, low: value - 0.02, high: value + 0.02 };
    let assumptions = assumptions.iter().map(|(key, kind, stops, first, total)| MovedAssumption {
        key: (*key).to_owned(),
        given: "as it is".to_owned(),
        kind: *kind,
        from: 88.9,
        stops: (stops.iter().enumerate())
            .map(|(i, a)| StopAnswer { words: format!("value number {i}"), answer: Some(*a) })
            .collect(),
        indices: Some(Indices { first: interval(*first), total: interval(*total) }),
    });
    Sensitivity {
        provenance: Provenance {
            path: "plan.toml".to_owned(),
            sha256: "ab".repeat(32),
            version: "0.1.0".to_owned(),
            changes: Vec::new(),
        },
        plan: Sample::flagship().plan(),
        rate: "50 %".to_owned(),
        counted: Counted::FailedByDeadline,
        answer: 88.9,
        has_unknowns: false,
        assumptions: assumptions.collect(),
        together: Some(Together { mean: 97.2, sd: 31.0 }),
        rows: 4096,
        left_out: 0,
        evaluations: 57_344,
        notes: vec!["A note.".to_owned()],
    }
}

pub(in crate::output) fn all() -> Vec<(&'static str, Sensitivity)> {
    let (range, reading) = (MoveKind::Range, MoveKind::Reading);
    let many: Vec<String> = (0..30).map(|i| format!("segment.a-very-long-name-{i}.refresh.interval")).collect();
    let many: Vec<(&str, MoveKind, &[f64], f64, f64)> =
        many.iter().map(|k| (k.as_str(), range, &[80.0, 95.0][..], 0.03, 0.04)).collect();
    let mut without = of(&[("reconnect.uptake", range, &[75.0, 103.0], 0.0, 0.0)]);
    (without.together, without.assumptions[0].indices) = (None, None);
    vec![
        (
            "clear",
            of(&[
                ("reading", reading, &[88.9, 2267.0, 0.0], 0.9, 0.97),
                ("refresh.interval", range, &[44.0, 178.0], 0.05, 0.1),
                ("recovery.after", range, &[88.9, 88.9], 0.0, 0.0),
            ]),
        ),
        (
            "close",
            of(&[
                ("reconnect.uptake", range, &[72.0, 105.0], 0.4, 0.5),
                ("refresh.interval.uniform.max", range, &[70.0, 99.0], 0.38, 0.5),
            ]),
        ),
        ("nothing", of(&[("recovery.after", range, &[88.9, 88.9], 0.0, 0.0)])),
        ("many", of(&many)),
        ("swings", without),
    ]
}
