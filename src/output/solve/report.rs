//! `solve.md`: the answer first, then the chart, the chances around it, and where it all comes from.

use super::sentences;
use super::shown::shown;
use crate::output::report::{escape, provenance};
use crate::results::solution::Solution;

/// The page as Markdown. The chart is expected in `charts/`, relative to it.
pub fn render(solution: &Solution) -> String {
    let finding = sentences::finding(solution);
    let mut parts = vec![format!("# Solved for {}", escape(&solution.key)), format!("**{}.**", escape(&finding))];
    parts.push(escape(&sentences::figures(solution).join(" ")));
    parts.push(format!("![{}](charts/solve.svg)", escape(&finding)));
    parts.push(format!("## Chance that {}", escape(&solution.asked.words)));
    parts.push(table(solution));
    parts.push("## How far to trust this".to_owned());
    parts.push(escape(&sentences::search(solution)));
    parts.extend(sentences::check(solution).map(|text| escape(&text)));
    if !solution.notes.is_empty() {
        parts.push(solution.notes.iter().map(|n| format!("- {}", escape(n))).collect::<Vec<_>>().join("\n"));
    }
    parts.push(provenance(&solution.provenance));
    parts.join("\n\n") + "\n"
}

fn table(solution: &Solution) -> String {
    let mut lines = vec![format!("| {} | chance | |", escape(&solution.key)), "| --- | ---: | --- |".to_owned()];
    for tried in shown(solution) {
        let found = solution.reachable && tried.setting.number == solution.best.setting.number;
        let mark = if found { "the answer" } else { "" };
        let chance = sentences::precise(tried.chance).replace('<', "&lt;");
        lines.push(format!("| {} | {chance} | {mark} |", escape(&tried.setting.words)));
    }
    lines.join("\n")
}
