//! `compare.md`: the decision first, then the chart, a table for each rate, what differs, and where it all comes from.

use super::phrases::differing;
use super::{Unit, chance, mean_difference, range, sentences, verdict};
use crate::output::report::escape;
use crate::output::words;
use crate::plan::units::group_count;
use crate::results::Mean;
use crate::results::comparison::{ComparedRate, Comparison, PlanAtRate};

/// The page as Markdown. The chart is expected in `charts/`, relative to it.
pub fn render(comparison: &Comparison) -> String {
    let decision = sentences::decision(comparison);
    let mut parts = vec!["# Plans compared".to_owned()];
    parts.extend(decision.iter().enumerate().map(|(i, sentence)| match i {
        0 => format!("**{}**", escape(sentence)),
        _ => escape(sentence),
    }));
    parts.push(format!("![{}](charts/compare.svg)", escape(&sentences::finding(comparison))));
    parts.push(differences(comparison));
    parts.push("## At each rate of reconnecting".to_owned());
    parts.push(escape(&key(comparison)));
    for rate in &comparison.rates {
        parts.push(format!("### At {} reconnecting", escape(&rate.label)));
        parts.push(table(comparison, rate));
    }
    if !comparison.notes.is_empty() {
        parts.push("## How far to trust this".to_owned());
        parts.push(comparison.notes.iter().map(|n| format!("- {}", escape(n))).collect::<Vec<_>>().join("\n"));
    }
    parts.push(provenance(comparison));
    parts.join("\n\n") + "\n"
}

fn differences(comparison: &Comparison) -> String {
    let mut lines = vec!["## What differs".to_owned(), String::new()];
    for (k, compared) in comparison.plans.iter().enumerate() {
        let baseline = if k == comparison.baseline { " (baseline)" } else { "" };
        let title = compared.plan.title();
        let title = if title == compared.label { String::new() } else { format!(", {}", escape(title)) };
        let text = escape(&differing(comparison, k));
        lines.push(format!("- **{}**{baseline}{title}: {text}", escape(&compared.label)));
    }
    lines.join("\n")
}

fn key(comparison: &Comparison) -> String {
    let unit = if comparison.same_orgs() { "orgs" } else { "percentage points" };
    let mut text = format!(
        "Orgs failed by each plan's own deadline. Differs: the mean, in {unit}, minus that of {}.",
        comparison.plans[comparison.baseline].label
    );
    if comparison.runs > 0 {
        text += " In one rollout: the 5th to the 95th percentile of the difference, all plans with the same luck. Better: the \
                 chance that fewer fail than in the baseline, ties counting half. Best: the chance to fail fewest of all. A plan is \
                 called better or worse only where the range of one rollout leaves out zero; where just the means differ it is so \
                 on average.";
    }
    text
}

fn table(comparison: &Comparison, rate: &ComparedRate) -> String {
    let mut lines = vec![
        "| plan | mean | share | differs | in one rollout | better | tied | best | down | to come | verdict |"
            .to_owned(),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |".to_owned(),
    ];
    lines.extend(rate.plans.iter().enumerate().map(|(k, plan)| row(comparison, k, plan)));
    lines.join("\n")
}

fn row(comparison: &Comparison, k: usize, plan: &PlanAtRate) -> String {
    let (unit, baseline, compared) = (Unit::of(comparison), k == comparison.baseline, &comparison.plans[k]);
    let mut cells = vec![
        escape(&compared.label),
        words::plain_mean(&plan.failed),
        words::share(plan.failed.mean, compared.plan.orgs()),
        if baseline { String::new() } else { mean_difference(unit.mean(plan)) },
    ];
    cells.extend(match (unit.spread(plan), &plan.versus_baseline.by_run) {
        (Some(spread), Some(runs)) if !baseline => [range(unit, &spread), chance(runs.better), chance(runs.tied)],
        _ => [const { String::new() }; 3],
    });
    cells.push(plan.best.map_or_else(String::new, chance));
    cells.push(plan.down.as_ref().map_or_else(String::new, words::plain_mean));
    let to_come = plan.by_horizon.map(|h| Mean::difference((h.mean, h.se), (plan.failed.mean, plan.failed.se)));
    cells.push(to_come.as_ref().map_or_else(String::new, words::plain_mean));
    cells.push(if baseline { "baseline".to_owned() } else { verdict(plan.versus_baseline.verdict).to_owned() });
    // Figures may begin with a bare `<`; the label is escaped already.
    format!("| {} |", cells.join(" | ").replace('<', "&lt;"))
}

fn provenance(comparison: &Comparison) -> String {
    let mut lines = vec!["## Where this comes from".to_owned(), String::new()];
    lines.extend(["| plan | scenario | sha256 |".to_owned(), "| --- | --- | --- |".to_owned()]);
    for compared in &comparison.plans {
        let from = &compared.provenance;
        let changes =
            if from.changes.is_empty() { String::new() } else { format!(", changed: {}", from.changes.join(", ")) };
        let path = escape(&format!("{}{changes}", from.path));
        lines.push(format!("| {} | {path} | {} |", escape(&compared.label), escape(&from.sha256)));
    }
    let runs = group_count(comparison.runs);
    let version = escape(&comparison.plans[comparison.baseline].provenance.version);
    format!("{}\n\nSeed {}, {runs} simulated runs of each plan, cutover {version}.", lines.join("\n"), comparison.seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::compare::samples;

    #[test]
    fn the_page_begins_with_the_decision_and_every_table_row_has_as_many_cells() {
        for (name, comparison) in samples::all() {
            let text = render(&comparison);
            let decision = text.find("**").expect("the decision");
            assert!(decision < text.find("charts/compare.svg").expect("the chart"), "{name}");
            assert!(!text.contains("<b>"), "{name}: {text}");
            let columns = |line: &str| line.replace("\\|", "").matches('|').count();
            let mut lines = text.lines().peekable();
            while let Some(line) = lines.next() {
                if let Some(next) = lines.peek().filter(|n| line.starts_with('|') && n.starts_with('|')) {
                    assert_eq!(columns(line), columns(next), "{name}: {line}\n{next}");
                }
            }
        }
    }
}
