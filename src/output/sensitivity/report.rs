//! `sensitivity.md`: the finding first, then the chart, the table, and where it all comes from.

use super::{answers, decides, has_effect, interval, range, sentences};
use crate::output::assumption_names::noun;
use crate::output::report::escape;
use crate::output::words;
use crate::plan::units::group_count;
use crate::results::sensitivity::Sensitivity;

/// The page as Markdown. The chart is expected in `charts/`, relative to it.
pub fn render(found: &Sensitivity) -> String {
    let mut parts = vec!["# Which assumption drives the answer".to_owned()];
    parts.extend(sentences::decision(found).iter().enumerate().map(|(i, sentence)| match i {
        0 => format!("**{}**", escape(sentence)),
        _ => escape(sentence),
    }));
    parts.push(format!("![{}](charts/sensitivity.svg)", escape(&sentences::finding(found))));
    parts.push(format!("## Orgs {}, each assumption moved", noun(found.counted)));
    parts.push(table(found));
    parts.push(
        "Moved alone: the lowest and the highest mean as that assumption goes over its range. Decides alone: by how much the variance \
         would shrink on average if it were known; in all: what would be left if all else were known (95 % intervals)."
            .to_owned(),
    );
    if !found.notes.is_empty() {
        parts.push("## How far to trust this".to_owned());
        parts.push(found.notes.iter().map(|n| format!("- {}", escape(n))).collect::<Vec<_>>().join("\n"));
    }
    let from = &found.provenance;
    parts.push(format!(
        "{}: {}, sha256 {}{}. {} rows, {} plans evaluated exactly, seed {}, cutover {}.",
        escape(found.plan.title()),
        escape(&from.path),
        from.sha256,
        if from.changes.is_empty() { String::new() } else { format!(", with {}", escape(&from.changes.join("; "))) },
        group_count(found.rows as u64),
        group_count(found.evaluations as u64),
        found.plan.seed(),
        from.version
    ));
    parts.join("\n\n") + "\n"
}

fn table(found: &Sensitivity) -> String {
    let mut lines = vec![
        "| assumption | scenario | moved over | moved alone | swing | decides alone | in all |".to_owned(),
        "| --- | --- | --- | ---: | ---: | ---: | ---: |".to_owned(),
    ];
    let year = format!(" {}", words::home_year(&found.plan));
    for moved in found.assumptions.iter().filter(|a| has_effect(found, a)) {
        let share = |index: Option<_>| index.map_or_else(String::new, |i| format!("{} ({})", decides(i), interval(i)));
        lines.push(format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            moved.key,
            escape(&moved.given.replace(&year, "")),
            escape(&range(found, moved)),
            answers(moved),
            words::table_mean(moved.swing(), None),
            share(moved.indices.map(|i| i.first)),
            share(moved.indices.map(|i| i.total))
        ));
    }
    let idle: Vec<String> =
        found.assumptions.iter().filter(|a| !has_effect(found, a)).map(|a| format!("`{}`", a.key)).collect();
    let rest = if idle.is_empty() { String::new() } else { format!("\n\nWithout effect: {}.", words::list(&idle)) };
    lines.join("\n") + &rest
}
