//! A difference of two scenarios in sentences: how far the answer moved, and which lines moved it.

use super::{name, signed};
use crate::output::words::{about, list};
use crate::plan::units::orgs;
use crate::plan::wording::ORGS;
use crate::results::plan_diff::{Part, PlanDiff};

/// Contributions below this part of all that moved are not told.
const SMALL: f64 = 0.02;

/// The finding: the title of the chart and the first sentence of every text.
pub(crate) fn finding(diff: &PlanDiff) -> String {
    let [before, after] = diff.sides.each_ref().map(|s| about(s.answer));
    let moves = told(diff);
    let Some(first) = moves.first() else {
        let what = if diff.parts.is_empty() { "No line that differs" } else { "None of the changed lines" };
        return format!("{what} changes how many {ORGS} {}", diff.counted.does());
    };
    let does = if first.contribution < 0.0 { "removes" } else { "adds" };
    let (who, by) = (name(diff, first), about(first.contribution.abs()));
    format!("From {before} to {after} {ORGS} that {}: {who} {does} {by}", diff.counted.does())
}

/// The parts that are worth telling, largest first.
fn told(diff: &PlanDiff) -> Vec<&Part> {
    let all: f64 = diff.parts.iter().map(|p| p.contribution.abs()).sum();
    diff.parts.iter().filter(|p| p.contribution.abs() > (SMALL * all).max(1e-3)).collect()
}

/// The sentences, most important first.
pub(crate) fn decision(diff: &PlanDiff) -> Vec<String> {
    let mut sentences = vec![format!("{}.", finding(diff))];
    let [before, after] = &diff.sides;
    let does = diff.counted.does();
    for (place, side) in [("first", before), ("second", after)] {
        sentences.push(format!(
            "In the {place} scenario, {} of {} {does} {}.",
            about(side.answer),
            orgs(side.plan.orgs()),
            side.plan.if_rate(&side.rate)
        ));
    }
    sentences.push(format!("The difference is {}.", signed(diff.difference(), None)));
    let others: Vec<String> = told(diff)
        .iter()
        .skip(1)
        .take(3)
        .map(|p| format!("{} ({})", name(diff, p), signed(p.contribution, p.se)))
        .collect();
    if !others.is_empty() {
        sentences.push(format!("Next {} {}.", if others.len() == 1 { "comes" } else { "come" }, list(&others)));
    }
    let opposed = told(diff).iter().any(|p| p.contribution > 0.0) && told(diff).iter().any(|p| p.contribution < 0.0);
    if opposed {
        sentences.push("Some changes work against each other.".to_owned());
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn the_largest_contribution_is_the_finding_and_nothing_is_made_of_nothing() {
        let all = samples::all();
        let of = |name: &str| decision(&all.iter().find(|s| s.0 == name).expect("a sample").1).join(" ");
        let mixed = of("mixed");
        assert!(
            mixed.starts_with("From 89 to 169 orgs that fail by the deadline: the refresh interval adds 120."),
            "{mixed}"
        );
        assert!(
            mixed.contains("the deadline with the horizon (\u{2212}31.5)") && mixed.contains("against each other"),
            "{mixed}"
        );
        assert!(of("one").contains("how many reconnect removes 20"));
        assert!(of("none").starts_with("No line that differs changes how many orgs fail"));
        assert!(of("without-effect").starts_with("None of the changed lines changes"));
    }
}
