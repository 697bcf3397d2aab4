//! A comparison in sentences: which plan fails fewest orgs, whether it may be ranked, and what one rollout may still do.

use super::CountUnit;
use crate::output::words::{self, about};
use crate::plan::units::{orgs, show_share};
use crate::plan::wording::{ACT, DOWN, FAIL, capital};
use crate::results::comparison::{ComparedRate, Comparison, Verdict};

/// More plans than this are not told one by one.
const MOST_TOLD: usize = 4;

/// How the plans stand at one rate.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    /// The plan with the lowest mean, and those not told apart from it.
    leaders: Vec<usize>,
    /// Whether every other plan is clearly worse.
    ranked: bool,
}

impl Standing {
    fn of(rate: &ComparedRate) -> Self {
        let like = |v: Verdict| matches!(v, Verdict::Same | Verdict::NoDifference);
        let plans = rate.plans.iter().enumerate();
        let leaders: Vec<usize> =
            plans.filter(|(k, p)| *k == rate.leader() || like(p.versus_leader.verdict)).map(|(k, _)| k).collect();
        let ranked =
            rate.plans.iter().enumerate().all(|(k, p)| leaders.contains(&k) || p.versus_leader.verdict.is_ranked());
        Self { leaders, ranked }
    }
}

/// The finding: the title of the chart and the first sentence of every text.
pub(crate) fn finding(comparison: &Comparison) -> String {
    let groups = groups(comparison);
    // Two findings are all that a title holds: the last, which outreach aims for, and the first.
    let told: Vec<String> = match &groups[..] {
        [first, .., last] => [last, first].iter().map(|g| told(comparison, g)).collect(),
        all => all.iter().map(|g| told(comparison, g)).collect(),
    };
    sentence_case(&told.join("; "))
}

/// Neighbouring rates at which the plans stand alike: the first and the last of them, and how.
fn groups(comparison: &Comparison) -> Vec<(usize, usize, Standing)> {
    let mut groups: Vec<(usize, usize, Standing)> = Vec::new();
    for (i, rate) in comparison.rates.iter().enumerate() {
        let standing = Standing::of(rate);
        match groups.last_mut() {
            Some(last) if last.2 == standing => last.1 = i,
            _ => groups.push((i, i, standing)),
        }
    }
    groups
}

fn told(comparison: &Comparison, (first, last, standing): &(usize, usize, Standing)) -> String {
    let label = |i: usize| &comparison.rates[i].label;
    let end = comparison.rates.len() - 1;
    let at = match (*first, *last) {
        (0, l) if l == end && end > 0 => "at every rate compared".to_owned(),
        (f, l) if f == l => if_rate(comparison, label(f)),
        (f, l) if l == end => format!("if {} or more {ACT}", label(f)),
        (0, l) => format!("if up to {} {ACT}", label(l)),
        (f, l) => format!("if {} to {} {ACT}", label(f), label(l)),
    };
    let names = words::list(&names(comparison, &standing.leaders));
    let (has, are) = if standing.leaders.len() == 1 { ("has", "is") } else { ("have", "are") };
    if standing.leaders.len() == comparison.plans.len() {
        format!("no difference found between the plans {at}")
    } else if standing.ranked {
        format!("{names} {has} the fewest failures {at}")
    } else {
        format!("{names} {are} best on average {at}, but not surely in one rollout")
    }
}

/// What a rate supposes of all plans.
pub(crate) fn if_rate(comparison: &Comparison, rate: &str) -> String {
    // Where it is not the share of a plan's own customers that act, no plan says more than the rate.
    let all = comparison.plans.iter().map(|plan| plan.plan.if_rate(rate));
    all.max_by_key(|said| said.starts_with("at ")).unwrap_or_default()
}

fn names(comparison: &Comparison, plans: &[usize]) -> Vec<String> {
    plans.iter().map(|k| comparison.plans[*k].label.clone()).collect()
}

fn sentence_case(text: &str) -> String {
    // A plan's name stays as it is.
    text.strip_prefix("no difference").map_or_else(|| text.to_owned(), |rest| format!("No difference{rest}"))
}

/// The sentences, most important first.
pub(crate) fn decision(comparison: &Comparison) -> Vec<String> {
    let mut sentences = vec![format!("{}.", finding(comparison))];
    // The highest rate at which there is something to tell; outreach aims there.
    let differing = |rate: &&ComparedRate| Standing::of(rate).leaders.len() < comparison.plans.len();
    let Some(rate) = comparison.rates.iter().rev().find(differing) else {
        sentences.push(means(comparison, &comparison.rates[comparison.rates.len() - 1]));
        sentences.extend(same_rates(comparison));
        return sentences;
    };
    sentences.push(means(comparison, rate));
    sentences.extend(one_rollout(comparison, rate));
    sentences.extend(still_down(comparison, rate));
    sentences.extend(same_rates(comparison));
    sentences
}

/// The working hours of the windows, ascending, where they are not alike: `5 in Friday cutover, 22 in Tuesday cutover`.
pub(crate) fn window_hours(comparison: &Comparison) -> Option<String> {
    let hours = comparison.window_hours.as_ref()?;
    let mut order: Vec<usize> = (0..hours.len()).collect();
    order.sort_by(|a, b| hours[*a].total_cmp(&hours[*b]).then(a.cmp(b)));
    if order.len() > MOST_TOLD {
        order = vec![order[0], order[order.len() - 1]];
    }
    let each: Vec<String> =
        order.iter().map(|k| format!("{:.0} in {}", hours[*k], comparison.plans[*k].label)).collect();
    Some(words::list(&each))
}

/// That a rate is taken to be reached in every plan, where that is not plain.
fn same_rates(comparison: &Comparison) -> Option<String> {
    Some(format!(
        "Caution: these figures assume the same share acts in every plan, but the windows differ in working hours: {}. If fewer hours \
         bring fewer people, compare that plan at a lower rate.",
        window_hours(comparison)?
    ))
}

fn ascending(rate: &ComparedRate, of: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rate.plans.len()).collect();
    order.sort_by(|a, b| of(*a).total_cmp(&of(*b)).then(a.cmp(b)));
    order
}

/// What each plan comes to on average; of many, the ends.
fn means(comparison: &Comparison, rate: &ComparedRate) -> String {
    let share = |k: usize| rate.plans[k].failed.mean / comparison.plans[k].plan.orgs() as f64;
    let mut order = ascending(rate, share);
    if order.len() > MOST_TOLD {
        order = vec![order[0], order[1], order[order.len() - 1]];
    }
    let amount = |k: usize| match CountUnit::of(comparison) {
        CountUnit::Orgs => about(rate.plans[k].failed.mean),
        CountUnit::Points => show_share(share(k)),
    };
    let each: Vec<String> =
        order.iter().map(|k| format!("{} with {}", amount(*k), comparison.plans[*k].label)).collect();
    let of =
        if comparison.same_orgs() { format!(" of {}", orgs(comparison.plans[0].plan.orgs())) } else { String::new() };
    let when = capital(&if_rate(comparison, &rate.label));
    format!("{when}, this many{of} {FAIL} by the deadline: {}.", words::list(&each))
}

/// Which plans the leader is ranked before; and why not before the next, and how likely it is the better one all the same.
fn one_rollout(comparison: &Comparison, rate: &ComparedRate) -> Option<String> {
    let rival = *rate.front.iter().find(|k| {
        matches!(rate.plans[**k].versus_leader.verdict, Verdict::WorseOnAverage | Verdict::BetterOnAverage)
    })?;
    let Some(by_run) = rate.plans[rival].versus_leader.by_run else {
        return Some("The plans are not ranked: single rollouts were not simulated.".to_owned());
    };
    let [leader, next] = [rate.leader(), rival].map(|k| comparison.plans[k].label.as_str());
    let beaten: Vec<usize> =
        (0..rate.plans.len()).filter(|k| rate.plans[*k].versus_leader.verdict == Verdict::Worse).collect();
    let beats = match beaten.len() {
        0 => String::new(),
        n if n > MOST_TOLD => format!("{leader} beats {n} others. "),
        _ => format!("{leader} beats {}. ", words::list(&names(comparison, &beaten))),
    };
    let who = if beats.is_empty() { leader } else { "it" };
    let close = format!("Against {next} {who} is too close to call");
    Some(format!("{beats}{close}: better in {} rollouts.", out_of_100(1.0 - by_run.better)))
}

/// A chance as rollouts out of 100, ties counted half: `94 of 100`; never all of them or none.
fn out_of_100(chance: f64) -> String {
    match (chance * 100.0).round() {
        n if n < 1.0 => "less than 1 of 100".to_owned(),
        n if n > 99.0 => "more than 99 of 100".to_owned(),
        n => format!("{n} of 100"),
    }
}

/// Which plan leaves fewest orgs down, where that is another than the one that fails fewest.
fn still_down(comparison: &Comparison, rate: &ComparedRate) -> Option<String> {
    let down: Vec<f64> = rate.plans.iter().map(|p| p.down.map(|d| d.mean)).collect::<Option<_>>()?;
    let share = |k: usize| down[k] / comparison.plans[k].plan.orgs() as f64;
    let (least, leader) = (ascending(rate, share)[0], rate.leader());
    if !comparison.same_orgs() || down[leader] - down[least] < 0.5 {
        return None;
    }
    Some(format!(
        "{} has the fewest {DOWN} at the deadline: {}, against {} with {}.",
        comparison.plans[least].label,
        about(down[least]),
        about(down[leader]),
        comparison.plans[leader].label
    ))
}
