//! `diff.md`: the finding first, then the chart, the table of changes, and where it all comes from.

use super::{change, sentences, signed};
use crate::output::report::escape;
use crate::plan::units::group_count;
use crate::results::plan_diff::{PlanDiff, Side};

/// The page as Markdown. The chart is expected in `charts/`, relative to it.
pub fn render(diff: &PlanDiff) -> String {
    let mut parts = vec!["# What the changes do".to_owned()];
    parts.extend(sentences::decision(diff).iter().enumerate().map(|(i, sentence)| match i {
        0 => format!("**{}**", escape(sentence)),
        _ => escape(sentence),
    }));
    parts.push(format!("![{}](charts/diff.svg)", escape(&sentences::finding(diff))));
    if !diff.parts.is_empty() {
        parts.push("## Each change".to_owned());
        parts.push(table(diff));
        parts.push(method(diff));
    }
    if !diff.notes.is_empty() {
        parts.push("## How far to trust this".to_owned());
        parts.push(diff.notes.iter().map(|n| format!("- {}", escape(n))).collect::<Vec<_>>().join("\n"));
    }
    let from = |side: &Side| {
        let changes = &side.provenance.changes;
        let with = if changes.is_empty() { String::new() } else { format!(", with {}", escape(&changes.join("; "))) };
        format!(
            "{} ({}, sha256 {}{with})",
            escape(side.plan.title()),
            escape(&side.provenance.path),
            side.provenance.sha256
        )
    };
    let [first, second] = &diff.sides;
    parts.push(format!("From {} to {}. cutover {}.", from(first), from(second), first.provenance.version));
    parts.join("\n\n") + "\n"
}

fn table(diff: &PlanDiff) -> String {
    let sampled = diff.sampled.is_some();
    let error = if sampled { (" \u{b1} |", " ---: |") } else { ("", "") };
    let mut lines =
        vec![format!("| line | change | orgs |{} alone |", error.0), format!("| --- | --- | ---: |{} ---: |", error.1)];
    for part in &diff.parts {
        let keys: Vec<String> = part.changes.iter().map(|c| format!("`{}`", c.key)).collect();
        let changes: Vec<String> = part.changes.iter().map(|c| escape(&change(diff, c))).collect();
        let se = part.se.filter(|_| sampled).map(|se| format!(" {se:.2} |")).unwrap_or_default();
        lines.push(format!(
            "| {} | {} | {} |{se} {} |",
            keys.join("<br>"),
            changes.join("<br>"),
            signed(part.contribution, part.se),
            part.alone.map_or_else(String::new, |a| signed(a, None))
        ));
    }
    lines.join("\n")
}

fn method(diff: &PlanDiff) -> String {
    let orders = match diff.sampled {
        None => "all orders in which the changes can be made".to_owned(),
        Some(pairs) => format!("{} orders of the changes, drawn in pairs (\u{b1}: standard error)", 2 * pairs),
    };
    format!(
        "Orgs: what a change adds on average over {orders} (its Shapley value); they add up to the difference. Alone: what it adds to the \
         first scenario by itself. {} combinations were evaluated exactly.",
        group_count(diff.evaluations as u64)
    )
}
