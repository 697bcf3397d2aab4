//! A sensitivity analysis in sentences: what decides most, what comes next, and what need not be found out.

use super::{decides, has_effect};
use crate::output::assumption_names::name;
use crate::output::words::{about, list};
use crate::plan::MoveKind;
use crate::plan::units::{group_count, orgs};
use crate::plan::wording::{ORGS, PERCENT, capital};
use crate::results::sensitivity::{MovedAssumption, Sensitivity};

/// The finding: the title of the chart and the first sentence of every text.
pub(crate) fn finding(found: &Sensitivity) -> String {
    let Some(top) = top(found) else {
        return format!("Nothing that was moved changes how many {ORGS} {}", found.counted.does());
    };
    let [low, high] = top.ends().map(about);
    let who = capital(&name(&top.key, &found.plan));
    let what = if decides_most(top) { "matters more than all else together" } else { "matters most" };
    format!("{who} {what}: it takes the answer from {low} to {high} {ORGS}")
}

/// The assumption to tell first: one that decides more than half by itself, else the one with the largest swing.
fn top(found: &Sensitivity) -> Option<&MovedAssumption> {
    let moving = || found.assumptions.iter().filter(|a| has_effect(found, a));
    moving().find(|a| decides_most(a)).or_else(|| moving().next())
}

/// Whether it surely decides more than half of the variance by itself: more than all else together.
fn decides_most(assumption: &MovedAssumption) -> bool {
    assumption.indices.is_some_and(|i| i.first.low > 0.5)
}

/// The sentences, most important first.
pub(crate) fn decision(found: &Sensitivity) -> Vec<String> {
    let mut sentences = vec![format!("{}.{}", finding(found), advice(found))];
    sentences.push(answer(found));
    sentences.extend(next(found));
    sentences.extend(together(found));
    sentences.extend(without_effect(found));
    sentences
}

fn advice(found: &Sensitivity) -> &'static str {
    match top(found) {
        Some(top) if top.key.starts_with("reconnect.") => " Work on that first.",
        Some(top) if top.kind == MoveKind::Reading || decides_most(top) => " Find that out first.",
        _ => "",
    }
}

fn answer(found: &Sensitivity) -> String {
    let when = match found.plan.window() {
        Some(_) => format!(" {}", found.plan.if_rate(&found.rate)),
        None => String::new(),
    };
    let of = orgs(found.plan.orgs());
    let basis = if found.has_unknowns { "With what you don\u{2019}t know at its median" } else { "As the plan stands" };
    let stands = format!("{basis}, {} of {of} {}{when}.", about(found.answer), found.counted.does());
    match &found.together {
        Some(together) => format!(
            "{stands} With all {} assumptions moving at once, the mean is {}. The standard deviation is {}.",
            found.assumptions.len(),
            about(together.mean),
            about(together.sd)
        ),
        None => stands,
    }
}

/// What comes after the top.
fn next(found: &Sensitivity) -> Option<String> {
    let first = top(found)?.key.as_str();
    let others = found.assumptions.iter().filter(|a| a.key != first && has_effect(found, a));
    let told: Vec<String> = others.take(2).map(|a| name(&a.key, &found.plan)).collect();
    let comes = if told.len() == 1 { "comes" } else { "come" };
    (!told.is_empty()).then(|| format!("Next {comes} {}.", list(&told)))
}

/// What assumptions decide only in concert.
fn together(found: &Sensitivity) -> Option<String> {
    let alone: f64 = found.assumptions.iter().map(|a| a.indices.map(|i| i.first.value)).sum::<Option<f64>>()?;
    let rest = (1.0 - alone).clamp(0.0, 1.0);
    let most = found
        .assumptions
        .iter()
        .filter_map(|a| a.indices.map(|i| (a, i.total)))
        .max_by(|a, b| a.1.value.total_cmp(&b.1.value))?;
    (rest >= 0.1).then(|| {
        format!(
            "{:.0}{PERCENT} of the variance comes from assumptions acting together. With its share of that, {} has a part in {}.",
            rest * 100.0,
            name(&most.0.key, &found.plan),
            decides(most.1)
        )
    })
}

fn without_effect(found: &Sensitivity) -> Option<String> {
    let idle = found.assumptions.iter().filter(|a| !has_effect(found, a)).count();
    let all = found.assumptions.len();
    (idle > 0 && idle < all).then(|| {
        format!(
            "{} of {} assumptions change nothing here. There is no need to find them out more exactly.",
            group_count(idle as u64),
            all
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn only_what_surely_decides_more_than_half_is_said_to_decide_more_than_all_else() {
        let all = samples::all();
        let of = |name: &str| decision(&all.iter().find(|s| s.0 == name).expect("a sample").1).join(" ");
        let clear = of("clear");
        assert!(
            clear.starts_with(
                "Which scenario holds matters more than all else together: it takes the answer from 0 to 2,267 orgs"
            ),
            "{clear}"
        );
        assert!(
            clear.contains("Find that out first.") && clear.contains("1 of 3 assumptions change nothing"),
            "{clear}"
        );
        let close = of("close");
        assert!(
            close.starts_with("How many reconnect matters most: it takes the answer from 72 to 105 orgs"),
            "{close}"
        );
        assert!(close.contains("Next comes the refresh interval (max)."), "{close}");
        assert!(close.contains("22 % of the variance comes from assumptions acting together"), "{close}");
        assert!(of("nothing").starts_with("Nothing that was moved changes how many orgs fail by the deadline"));
        assert!(!of("swings").contains("variance"));
    }
}
