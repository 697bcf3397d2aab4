//! What was found, in sentences, from the solution alone.

use crate::output::words::{self, chance};
use crate::plan::Plan;
use crate::plan::units::{group_count, show_share};
use crate::plan::wording::{ACT, ACTS, FAIL, ORGS, PERCENT, capital};
use crate::results::Counted;
use crate::results::solution::{Asked, Solution};

/// `with 90 % confidence`.
pub(crate) fn confidence(asked: &Asked) -> String {
    format!("with {} confidence", show_share(asked.confidence))
}

/// What a rate of reconnecting adds to a sentence about another key.
pub(crate) fn at_rate(plan: &Plan, rate: Option<&String>) -> String {
    rate.map_or_else(String::new, |rate| format!(" {}", plan.if_rate(rate)))
}

/// The answer in a sentence: the title of the chart too.
pub(crate) fn finding(solution: &Solution) -> String {
    let (asked, best) = (&solution.asked, &solution.best);
    let at = at_rate(&solution.plan, solution.rate.as_ref());
    if !solution.reachable {
        let most = match (solution.key.as_str(), best.setting.number) {
            ("reconnect.uptake", 1.0) => format!("if everyone {ACTS}"),
            _ => format!("at {}", best.setting.words),
        };
        return format!(
            "No {} is enough{at}: even {most}, {} {}",
            solution.key,
            range(&solution.figure),
            verb(&asked.words)
        );
    }
    if solution.key == "reconnect.uptake" {
        return format!("{} must {ACT} so that {} {}", best.setting.words, asked.words, confidence(asked));
    }
    format!(
        "{} {} that is enough{at} is {}: {} {}",
        capital(solution.least),
        solution.key,
        best.setting.words,
        asked.words,
        confidence(asked)
    )
}

/// The figure at the answer, its neighbour, and what the plan says now.
pub(crate) fn figures(solution: &Solution) -> Vec<String> {
    let (figure, best) = (&solution.figure, &solution.best);
    let mut out = vec![format!(
        "At {}, {} of {} {ORGS} {} (90{PERCENT} range), {} on average. The chance that {} is {}.",
        best.setting.words,
        range(figure),
        group_count(figure.orgs),
        verb(&solution.asked.words),
        words::about(figure.mean),
        solution.asked.words,
        chance(best.chance)
    )];
    if !solution.reachable && solution.key == "reconnect.uptake" {
        out.push(format!("Those who still {FAIL} refresh before they get to it, or {FAIL} whatever they do."));
    }
    if let Some(next) = solution.next.as_ref().filter(|_| solution.reachable) {
        out.push(format!("At the next value, {}, it is {}.", next.setting.words, precise(next.chance)));
    }
    if let Some(now) = &solution.now {
        out.push(format!("The scenario has {}, with a chance of {}.", now.setting.words, chance(now.chance)));
    }
    out
}

/// `43 to 67`, or one number where both are the same.
fn range(figure: &crate::results::solution::SettingRange) -> String {
    match (group_count(figure.p5), group_count(figure.p95)) {
        (low, high) if low == high => low,
        (low, high) => format!("{low} to {high}"),
    }
}

/// `fail by the deadline`, out of the words of a target.
fn verb(words: &str) -> String {
    let all = [Counted::FailedByDeadline, Counted::DownAtDeadline, Counted::FailedByHorizon];
    all.into_iter().map(Counted::does).find(|does| words.ends_with(does)).unwrap_or_default()
}

/// How it was searched.
pub(crate) fn search(solution: &Solution) -> String {
    let [from, to] = &solution.range;
    format!(
        "Searched {} from {} to {} for {}: {}. {} answers.",
        solution.key,
        from.words,
        to.words,
        solution.least,
        solution.why,
        group_count(solution.evaluations as u64)
    )
}

/// What the simulation says; `None` where it was not asked.
pub(crate) fn check(solution: &Solution) -> Option<String> {
    let check = solution.check.as_ref()?;
    let runs = group_count(check.runs);
    let at = format!("{} of {runs} runs meet it at {}", precise(check.chance), solution.best.setting.words);
    let next = match (check.next, &solution.next) {
        (Some(chance), Some(next)) => format!(", {} at {}", precise(chance), next.setting.words),
        _ => String::new(),
    };
    let verdict = if check.holds() { "The simulation agrees" } else { "The simulation does NOT agree" };
    Some(format!(
        "{verdict}: {at}{next}. The largest difference is {:.1} standard errors (limit {:.1}).",
        check.worst_z, check.limit_z
    ))
}

/// A chance with one decimal, so that neighbours can be told apart; never rounded to 0 or 100.
pub(crate) fn precise(chance: f64) -> String {
    let percent = (chance * 1000.0).floor() / 10.0;
    match chance {
        c if c > 0.0 && percent < 0.1 => format!("<0.1{PERCENT}"),
        c if c < 1.0 && percent > 99.9 => format!(">99.9{PERCENT}"),
        _ => format!("{percent:.1}{PERCENT}"),
    }
}
