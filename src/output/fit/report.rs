//! `fit.md`: the finding, the chart, the law to write, how it was found and how far to trust it.

use super::parameter::sureness;
use super::{law, sentences};
use crate::output::report::escape;
use crate::output::words;
use crate::results::fit::HistoryFit;

/// The page as Markdown. The chart is expected in `charts/`, relative to it.
pub fn render(found: &HistoryFit) -> String {
    let finding = sentences::finding(found);
    let mut parts = vec![
        "# Intervals between refreshes".to_owned(),
        format!("**{}.**", escape(&finding)),
        format!("{}.", escape(&sentences::counts(found))),
        format!("![{}](charts/fit.svg)", escape(&finding)),
    ];
    let verdict = sentences::verdict(found);
    if !verdict.is_empty() {
        parts.push(escape(&verdict.join(" ")));
    }
    parts.push(format!("```toml\n[refresh]\ninterval = {}\n```", sentences::advised(found)));
    if let Some(either) = sentences::either(found) {
        parts
            .push(format!("Or, to leave open which of the two holds:\n\n```toml\n[refresh]\ninterval = {either}\n```"));
    }
    if !found.laws.is_empty() {
        parts.push(laws(found));
        parts.push(parameters(found));
    }
    let notes = sentences::notes(found);
    if !notes.is_empty() {
        parts.push("## Notes".to_owned());
        parts.push(notes.iter().map(|note| format!("- {}", escape(note))).collect::<Vec<_>>().join("\n"));
    }
    let (path, sha256) = (escape(&found.source.path), &found.source.sha256);
    parts.push(format!("From {path} (sha256 {sha256}), by cutover {}.", env!("CARGO_PKG_VERSION")));
    parts.join("\n\n") + "\n"
}

fn laws(found: &HistoryFit) -> String {
    let mut lines = vec![
        "## Laws, likeliest first".to_owned(),
        String::new(),
        "| law | AICc | worse by | weight | largest gap |".to_owned(),
        "| --- | ---: | ---: | ---: | ---: |".to_owned(),
    ];
    lines.extend(found.laws.iter().map(|ranked| {
        let (weight, gap) = (words::chance(ranked.weight), 100.0 * ranked.gap.size());
        let text = law::text(&ranked.fit);
        format!("| `{text}` | {:.1} | {:.1} | {weight} | {gap:.1} % |", ranked.aicc, ranked.delta)
    }));
    lines.join("\n")
}

fn parameters(found: &HistoryFit) -> String {
    let best = &found.laws[0].fit;
    let mut lines = vec![
        format!("## Parameters of {}", law::phrase(best.family)),
        String::new(),
        "| parameter | value | standard error | 95 % range |".to_owned(),
        "| --- | ---: | ---: | ---: |".to_owned(),
    ];
    lines.extend(best.parameters.iter().map(|parameter| {
        let [value, se, range] = sureness(parameter);
        format!("| {} | {value} | {se} | {range} |", parameter.name)
    }));
    lines.join("\n")
}
