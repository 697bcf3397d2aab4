//! Bytes from a sensitivity analysis: the terminal's text, JSON, the Markdown page; its chart is among the charts.

pub mod json;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

use super::assumption_names;
use super::words;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};
use crate::stats::sobol_indices::Interval;

/// Every file of the folder: `sensitivity.md`, `sensitivity.json`, and the chart as SVG and PNG, light and dark. Names are relative to it.
///
/// # Errors
/// When one of them can't be made.
#[cfg(feature = "charts")]
pub fn files(found: &Sensitivity) -> crate::Result<Vec<super::folder::File>> {
    let mut files = vec![
        ("sensitivity.md".to_owned(), report::render(found).into_bytes()),
        ("sensitivity.json".to_owned(), json::text(found).into_bytes()),
    ];
    files.extend(super::chart::in_both_themes("sensitivity", |theme| super::chart::tornado::draw(found, theme))?);
    Ok(files)
}

/// Swings below this share of an org are none: the engine's error.
const NOTHING: f64 = 1e-3;

/// Whether an assumption moves the answer, alone or with others.
pub fn has_effect(found: &Sensitivity, assumption: &MovedAssumption) -> bool {
    let least = NOTHING.max(1e-6 * found.plan.orgs() as f64);
    assumption.swing() > least || assumption.indices.is_some_and(|i| i.total.value > 5e-4)
}

/// A share of the variance in whole percent; between 0 and 1 % as `<1 %`.
pub fn decides(index: Interval) -> String {
    match index.value {
        v if v < 5e-4 => "0 %".to_owned(),
        v if v < 0.01 => "<1 %".to_owned(),
        v => format!("{:.0} %", (v * 100.0).min(100.0)),
    }
}

/// Its 95 % interval, in whole percent.
pub fn interval(index: Interval) -> String {
    let percent = |v: f64| format!("{:.0}", (v.clamp(0.0, 1.0)) * 100.0);
    format!("{}-{} %", percent(index.low), percent(index.high))
}

/// `95 % to 100 %`; of several readings, all of them.
pub fn range(found: &Sensitivity, assumption: &MovedAssumption) -> String {
    let year = format!(" {}", words::home_year(&found.plan));
    let all: Vec<String> = assumption.stops.iter().map(|s| s.words.replace(&year, "")).collect();
    all.join(if assumption.kind == crate::plan::MoveKind::Reading { " | " } else { " to " })
}

/// The lowest and the highest answer.
pub fn answers(assumption: &MovedAssumption) -> String {
    let [low, high] = assumption.ends().map(|a| words::table_mean(a, None));
    if low == high { low } else { format!("{low} to {high}") }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::plan::MoveKind;
    use crate::plan::sample::Sample;
    use crate::results::sensitivity::{StopAnswer, Together};
    use crate::results::{Counted, Provenance};
    use crate::stats::sobol_indices::Indices;

    /// Assumptions by key, kind, answers at their stops, first and total index.
    pub(in crate::output) fn of(assumptions: &[(&str, MoveKind, &[f64], f64, f64)]) -> Sensitivity {
        let interval = |value: f64| Interval { value, low: value - 0.02, high: value + 0.02 };
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
}
