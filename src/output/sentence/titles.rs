//! Titles that state what a chart shows. At other inputs the finding is another.

use super::facts::Facts;
use crate::output::words::{self, about, chance, date_spoken, day, list, moment, natural_frequency, share};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACT, ACTING, ACTS, FAIL, FAILED, FAILS, ORG, ORGS, PERCENT, Term, capital};

/// Who keeps within the tolerance; without one, what the highest rate avoids.
pub(super) fn headline(facts: &Facts<'_>) -> String {
    if let Some(flat) = nothing_to_compare(facts) {
        return flat;
    }
    match facts.plan.tolerance() {
        Some(tolerance) if facts.best(facts.low).within_tolerance.is_some() => within(facts, tolerance),
        _ => avoided(facts),
    }
}

/// Nobody fails, or everybody.
fn nothing_to_compare(facts: &Facts<'_>) -> Option<String> {
    let by = &facts.by;
    let whatever = if facts.single() { String::new() } else { format!(", whatever share {ACTS}") };
    if facts.none_fail() {
        return Some(format!("No {ORG} {FAILS} by {by}{whatever}"));
    }
    if facts.all_fail() {
        let exactly = facts.failed(facts.high) > facts.orgs() as f64 - 0.5;
        let who = if exactly { "Every" } else { "Nearly every" };
        return Some(format!("{who} {ORG} {FAILS} by {by}{whatever}"));
    }
    None
}

fn within(facts: &Facts<'_>, tolerance: u64) -> String {
    let (by, order) = (&facts.by, facts.choices());
    let limit = limit(tolerance);
    let keeps = |i: usize| facts.keeps_within(i) == Some(true);
    let odds = |i: usize| chance(facts.best(i).within_tolerance.unwrap_or(0.0));
    if facts.single() {
        let verdict = if keeps(facts.low) { "is likely" } else { "is not assured" };
        return format!("Staying within {limit} by {by} {verdict}: the chance is {}", odds(facts.low));
    }
    match order.iter().position(|i| keeps(*i)) {
        Some(0) if order.iter().all(|i| keeps(*i)) => {
            format!("Every rate compared stays within {limit} by {by}: the chance is at least {}", odds(worst(facts)))
                .replace("at least >", ">")
        }
        None => {
            let best = facts.likeliest();
            format!(
                "No rate compared stays within {limit} by {by}: even {}, the chance is {}",
                facts.if_rate(best),
                odds(best)
            )
        }
        Some(first) if first > 0 && order[first..].iter().all(|i| keeps(*i)) => {
            if let Some(least) = facts.least_that_keeps() {
                return format!("At least {} must {ACT} to stay within {limit} by {by}", show_share(least));
            }
            let (least, below) = (order[first], order[first - 1]);
            let but =
                format!("to stay within {limit} by {by}; {}, the chance is {}", facts.if_rate(below), odds(below));
            if facts.if_rate(least).starts_with("at ") {
                format!("It takes a rate of {} {but}", facts.rate(least))
            } else {
                format!("{} must {ACT} {but}", capital(&facts.who(least)))
            }
        }
        Some(_) => {
            let (yes, no): (Vec<usize>, Vec<usize>) = order.iter().partition(|i| keeps(**i));
            let names = |rates: Vec<usize>| list(&rates.iter().map(|i| facts.rate(*i)).collect::<Vec<_>>());
            format!("Staying within {limit} by {by} is likely at {}, not at {}", names(yes), names(no))
        }
    }
}

/// What the guard saves at the lowest rate; `None` without one.
pub(super) fn guard(facts: &Facts<'_>) -> Option<String> {
    let guard = facts.best(facts.low).guard.as_ref()?;
    let (with, without) = (facts.failed(facts.low), guard.unguarded[0].mean);
    let (by, who) = (&facts.by, facts.supposing(facts.low));
    let stops = format!("it stops {} of 100 rollouts", (guard.stopped.mean * 100.0).round());
    if without - with < 0.5 {
        return Some(capital(&format!("{who}the guard spares no {ORG} by {by}: {stops}")));
    }
    Some(capital(&format!(
        "{who}the guard spares {} of {} {ORGS} by {by}: {stops}",
        about(without - with),
        about(without)
    )))
}

/// `100 failed orgs`.
fn limit(tolerance: u64) -> String {
    format!("{} {FAILED} {}", group_count(tolerance), Term::of(tolerance == 1))
}

/// The rate with the least chance to keep within the tolerance.
fn worst(facts: &Facts<'_>) -> usize {
    let p = |i: usize| facts.best(i).within_tolerance.unwrap_or(0.0);
    facts.ascending().into_iter().min_by(|a, b| p(*a).total_cmp(&p(*b))).unwrap_or(facts.low)
}

fn avoided(facts: &Facts<'_>) -> String {
    let (by, n) = (&facts.by, facts.orgs());
    let (low, high) = (facts.failed(facts.low), facts.failed(facts.high));
    if n == 1 {
        let first = format!("The {ORG} {FAILS} by {by} with a chance of {}", share(low, 1));
        let at_high = format!("; {}, {}", facts.if_rate(facts.high), share(high, 1));
        return if facts.single() { first } else { first + &at_high };
    }
    if facts.single() {
        return format!("About {} of {} {FAIL} by {by}: {}", about(low), orgs(n), natural_frequency(low / n as f64));
    }
    if (low - high).abs() <= low * 0.02 {
        return format!("{ACTING:#} hardly changes the failures by {by}: about {} at any rate", some_orgs(low));
    }
    format!("{}, {} by {by} instead of {}", facts.when(facts.high), Term::failing(&about(high)), about(low))
}

fn some_orgs(mean: f64) -> String {
    let text = about(mean);
    Term::counted(&text)
}

/// What reconnecting does to the failures by the deadline, and what it leaves.
pub(super) fn cumulative(facts: &Facts<'_>) -> String {
    let (by, n) = (&facts.by, facts.orgs());
    let (low, high) = (facts.failed(facts.low), facts.failed(facts.high));
    if facts.none_fail() {
        return format!("No {ORG} {FAILS} before the deadline, {by}");
    }
    if facts.all_fail() || facts.single() {
        let half = facts.hour_reached(facts.low, low / 2.0).map(|h| moment(facts.plan, facts.plan.instant(h)));
        let when = half.map_or_else(String::new, |at| format!(": half of them by {at}"));
        return match n {
            1 => format!("By {by}, the {ORG} {FAILS} with a chance of {}", share(low, 1)),
            _ if facts.all_fail() => format!("By {by}, nearly all {} {ORGS} {FAIL}{when}", group_count(n)),
            _ => format!("By {by}, {}{when}", Term::failing(&about(low))),
        };
    }
    let what = match n {
        1 => format!("the risk by {by}"),
        _ => format!("the failures by {by}"),
    };
    let rest = match n {
        1 => format!(", but {} it is still {}", facts.if_rate(facts.high), share(high, 1)),
        _ => format!(", but {} even {}", Term::failing(&about(high)), facts.if_rate(facts.high)),
    };
    match words::shown(high) / words::shown(low) {
        r if r > 1.02 && n == 1 => {
            format!("{ACTING:#} adds to {what}: {} instead of {}", share(high, 1), share(low, 1))
        }
        r if r > 1.02 => format!("{ACTING:#} adds to {what}: {} instead of {}", some_orgs(high), about(low)),
        r if r >= 0.98 => format!("{ACTING:#} hardly changes {what}"),
        _ if high < 0.0005 => format!("{}, no {ORG} {FAILS} by {by}", facts.when(facts.high)),
        r if (0.46..0.54).contains(&r) => format!("{ACTING:#} halves {what}{rest}"),
        r if (0.40..0.46).contains(&r) => format!("{ACTING:#} more than halves {what}{rest}"),
        r => format!("{ACTING:#} avoids {}{PERCENT} of {what}{rest}", ((1.0 - r) * 100.0).floor()),
    }
}

/// The chance of more failures than the tolerance; without one, what is exceeded with 1 chance in 20.
pub(super) fn exceedance(facts: &Facts<'_>) -> String {
    if let Some(flat) = nothing_to_compare(facts) {
        return flat;
    }
    let (by, middle) = (&facts.by, facts.middle());
    // The middle rate says no more than the ends where the picture shows it.
    let mut rates = vec![facts.low, facts.high];
    rates.dedup();
    let odds = |i: &usize| Some((*i, chance(1.0 - facts.best(*i).within_tolerance?)));
    let all: Option<Vec<(usize, String)>> = rates.iter().map(odds).collect();
    match (facts.plan.tolerance(), all) {
        (Some(tolerance), Some(all)) => {
            let told = |(i, odds): &(usize, String)| format!("{odds}{}", facts.on_condition(*i));
            let told: Vec<String> = all.iter().map(told).collect();
            format!("The chance of more than {} by {by} is {}", limit(tolerance), list(&told))
        }
        _ => {
            let most = about(facts.best(middle).failed_by_deadline.percentile(95.0) as f64);
            let most = format!("{most} {FAILED} {}", Term::of(most == "1"));
            let what = format!("more than {most} by {by} has at most 1 chance in 20");
            capital(&format!("{}{what}", facts.supposing(middle)))
        }
    }
}

/// How much is still to come after the deadline: at the lowest rate, or where that has nothing left, at the one with most to come.
pub(super) fn daily(facts: &Facts<'_>) -> String {
    let by = &facts.by;
    if (0..facts.projection.uptakes.len()).all(|i| facts.failed(i) + facts.to_come(i) < 0.0005) {
        return format!("No {ORG} {FAILS} up to {}", date_spoken(facts.plan, facts.plan.horizon()));
    }
    if facts.all_over() {
        let whatever = if facts.single() { String::new() } else { format!(", whatever share {ACTS}") };
        return format!("It is all over by {by}{whatever}");
    }
    let over_at_low = facts.is_over(facts.low);
    let rate = if over_at_low { facts.most_to_come() } else { facts.low };
    let (failed, later) = (facts.failed(rate), facts.to_come(rate));
    let part = (later / (failed + later) * 100.0).clamp(0.0, 100.0);
    let condition = if facts.single() && facts.plan.window().is_none() {
        String::new()
    } else {
        format!(" {}", facts.if_rate(rate))
    };
    let but =
        if over_at_low { format!("; {}, it is all over by then", facts.if_rate(facts.low)) } else { String::new() };
    let percent = if part > 99.0 && failed > 0.0 { "Over 99".to_owned() } else { format!("{}", part.round()) };
    match facts.orgs() {
        1 => format!("{percent}{PERCENT} of the risk comes after {by}{condition}{but}"),
        _ => format!("{percent}{PERCENT} of failures come after {by}: {}{condition}{but}", some_orgs(later)),
    }
}

/// Whether the deadline is the end.
pub(super) fn timeline(facts: &Facts<'_>) -> String {
    let plan = facts.plan;
    let Some(span) = facts.span_of_all() else {
        return format!("No {ORG} {FAILS} up to {}", date_spoken(plan, plan.horizon()));
    };
    let deadline = crate::output::words::deadline_hours(plan).1;
    let last = day(plan, plan.instant(span.last));
    let who = if facts.orgs() == 1 { format!("the risk for the {ORG} lasts") } else { "failures go on".to_owned() };
    if facts.all_over() {
        let last = moment(plan, plan.instant(span.last));
        return if span.last > deadline {
            format!("Nearly all failures come before the deadline, the last few by {last}")
        } else {
            format!("All failures come before the deadline: the last by {last}")
        };
    }
    let by = match facts.by.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => facts.by.clone(),
    };
    if span.open {
        format!("{by} is not the end: {who} beyond {last}, where this projection ends")
    } else if span.last > deadline + 24.0 {
        format!("{by} is not the end: {who} until {last}")
    } else {
        format!("Failures go on until {}, just after the deadline", moment(plan, plan.instant(span.last)))
    }
}
