//! The decision in sentences that a leader reads: what happens, what outreach buys, what it can't, what is still to come.

use super::facts::Facts;
use super::segments::who_is_worst_off;
use crate::output::assumption_names::name;
use crate::output::words::{
    about, chance, date_spoken, deadline_day, deadline_spoken, difference, is_unknown, natural_frequency, share,
};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACT, FAIL, FAILS, ORG, ORGS, PERCENT, Term, capital};
use crate::plan::{Cause, MoveKind};
use crate::results::Projection;

/// The sentences, most important first.
pub(super) fn sentences(facts: &Facts<'_>) -> Vec<String> {
    [
        Some(what_happens(facts)),
        what_outreach_buys(facts),
        what_the_tolerance_takes(facts),
        who_is_worst_off(facts),
        what_is_to_come(facts),
        what_is_not_known(facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn what_happens(facts: &Facts<'_>) -> String {
    let (n, failed) = (facts.orgs(), facts.failed(facts.low));
    let (when, by) = (facts.when(facts.low), deadline_spoken(facts.plan));
    if n == 1 {
        return format!("{when}, the {ORG} {FAILS} by {by} with a chance of {}.", share(failed, 1));
    }
    if failed < 0.0005 {
        return format!("{when}, no {ORG} {FAILS} by {by}.");
    }
    if failed > n as f64 - 0.05 {
        return format!("{when}, all {} {FAIL} by {by}.", orgs(n));
    }
    format!("{when}, about {} of {} ({}) {FAIL} by {by}.", about(failed), orgs(n), one_in(failed / n as f64))
}

/// `1 in 28`; `nearly every org`.
fn one_in(share: f64) -> String {
    natural_frequency(share).replace(&format!(" {ORGS} in "), " in ").replace(&format!(" {ORG} in "), " in ")
}

fn what_outreach_buys(facts: &Facts<'_>) -> Option<String> {
    if facts.single() || facts.none_fail() {
        return None;
    }
    let (n, low, high) = (facts.orgs(), facts.failed(facts.low), facts.failed(facts.high));
    let when = facts.when(facts.high);
    let saved = low - high;
    if n == 1 {
        return Some(format!("{when}, the chance is {}.", share(high, 1)));
    }
    if saved.abs() <= low * 0.02 {
        return Some(format!("Outreach changes that little. {when}, it is still about {}.", about(high)));
    }
    if saved < 0.0 {
        return Some(format!("{when}, it is more: about {}.", about(high)));
    }
    if high < 0.0005 {
        return Some(format!("{when}, none {FAILS}."));
    }
    let why = if too_late(facts) { format!(": they refresh before they {ACT}") } else { String::new() };
    let still = about(high);
    let fail = Term::fail(still == "1");
    let saves = if facts.outcome(facts.high).uptake == 1.0 { "Outreach prevents at most" } else { "That prevents" };
    let by = deadline_day(facts.plan);
    Some(format!("{when}, {still} still {fail}{why}. {saves} {} by {by}.", difference(low, high)))
}

/// Whether those who fail although all act do so because their refresh comes first: every act counts, and nothing hits who has acted.
fn too_late(facts: &Facts<'_>) -> bool {
    let (plan, best) = (facts.plan, facts.best(facts.high));
    let all_act = facts.outcome(facts.high).uptake == 1.0 && plan.segments().iter().all(|s| s.uptake_factor == 1.0);
    let early = |at: f64| plan.window().is_none_or(|window| plan.hours(window.opens) < at);
    let must = || plan.segments().iter().flat_map(|s| &s.controls.reauthorization);
    let at_refresh = [Cause::Reauthorization, Cause::StaticIp].map(|cause| best.cause(cause).mean).iter().sum::<f64>();
    all_act && !must().any(|control| early(control.at)) && at_refresh >= 0.99 * best.failed_by_deadline.mean
}

fn what_the_tolerance_takes(facts: &Facts<'_>) -> Option<String> {
    let tolerance = group_count(facts.plan.tolerance()?);
    let odds = |i: usize| Some(chance(facts.best(i).within_tolerance?));
    let order = facts.choices();
    if facts.single() {
        return Some(format!("The chance that {tolerance} or fewer {FAIL} is {}.", odds(facts.low)?));
    }
    Some(match facts.lowest_that_keeps() {
        Some(rate) if order.first() == Some(&rate) => {
            format!("Every rate compared stays within {tolerance} with 90{PERCENT} confidence.")
        }
        Some(rate) => {
            let (who, among) = match facts.least_that_keeps() {
                Some(least) => (format!("at least {}", show_share(least)), ""),
                None => (facts.who(rate), " (of the rates compared)"),
            };
            format!("To stay within {tolerance} with 90{PERCENT} confidence, {who} must {ACT}{among}.")
        }
        None => {
            let best = facts.likeliest();
            format!(
                "No rate compared stays within {tolerance} with 90{PERCENT} confidence. {}, the chance is {}.",
                capital(&format!("even {}", facts.if_rate(best))),
                odds(best)?
            )
        }
    })
}

/// From here on a range is said to come as good as wholly of one thing.
const NEARLY_ALL: f64 = 0.9;

/// How much of the range is luck and how much is not knowing, at the rate where that matters most; `None` where all is known.
pub(super) fn what_is_not_known(facts: &Facts<'_>) -> Option<String> {
    let rates = 0..facts.projection.uptakes.len();
    let splits = rates.filter_map(|i| facts.best(i).failed_by_deadline.split.as_ref().map(|s| (i, s)));
    let (rate, split) = splits.max_by(|a, b| a.1.not_knowing.total_cmp(&b.1.not_knowing))?;
    let failed = &facts.best(rate).failed_by_deadline;
    let (low, high) = (group_count(failed.percentile(5.0)), group_count(failed.percentile(95.0)));
    // A rate that is itself a range would make four numbers of one sentence.
    let range = if facts.rate(rate).contains('-') {
        format!("It can be anything from {low} to {high} (90{PERCENT} range, {}).", facts.if_rate(rate))
    } else {
        format!("{}, it can be anything from {low} to {high} (90{PERCENT} range).", facts.when(rate))
    };
    let unknown = format!("what you don\u{2019}t know{}", most_unknown(facts, rate));
    Some(match split.not_knowing {
        part if part >= NEARLY_ALL => {
            format!("{range} Nearly all of this range comes from {unknown}, not from luck. Find that out first.")
        }
        part if part >= 0.5 => format!("{range} Most of this range comes from {unknown}, the rest from luck."),
        part if part >= 1.0 - NEARLY_ALL => {
            format!("{range} Most of this range is luck, the rest comes from {unknown}.")
        }
        _ => format!("{range} Nearly all of this range is luck."),
    })
}

/// ` (the refresh interval)`: of what the plan does not know, what moves the answer most; nothing where nobody has asked.
fn most_unknown(facts: &Facts<'_>, rate: usize) -> String {
    let Some(found) = &facts.projection.detail.sensitivity else { return String::new() };
    // A rate that is not known has no part in the range of one that is given.
    let has_part = |key: &str| !key.starts_with("reconnect.uptake") || is_unknown(facts.plan, rate);
    let moved = found.assumptions.iter().find(|a| a.kind != MoveKind::Range && has_part(&a.key));
    moved.map_or_else(String::new, |a| format!(" ({})", name(&a.key, facts.plan)))
}

fn what_is_to_come(facts: &Facts<'_>) -> Option<String> {
    let (low, high, n) = (facts.to_come(facts.low), facts.to_come(facts.high), facts.orgs());
    let until = date_spoken(facts.plan, facts.plan.horizon());
    let day = deadline_day(facts.plan);
    if (0..facts.projection.uptakes.len()).all(|i| facts.to_come(i) < 0.0005) {
        return Some(format!("Nothing more {FAILS} after the deadline, up to {until}."));
    }
    let amount = |mean: f64| match (n, mean) {
        (1, m) if m < 0.0005 => "there is no further risk".to_owned(),
        (_, m) if m < 0.0005 => format!("none {FAILS} after the deadline"),
        (1, m) => format!("the {ORG} {FAILS} after it with a chance of {}", share(m, 1)),
        (_, m) => {
            let number = about(m);
            format!("another {number} {} by {until}", Term::fail(number == "1"))
        }
    };
    let more = format!("{} is not the end: {}", capital(&day), amount(low));
    Some(if low < 0.0005 {
        format!("{}, {}. {}, {}.", facts.when(facts.low), amount(low), facts.when(facts.high), amount(high))
    } else if facts.single() {
        format!("{more}.")
    } else {
        format!("{more} {}. {}, {}.", facts.if_rate(facts.low), facts.when(facts.high), amount(high))
    })
}

/// Whether the two engines agree, and where they don't.
pub(super) fn agreement(projection: &Projection) -> Option<String> {
    let agreement = projection.agreement.as_ref()?;
    if agreement.is_too_coarse() {
        return Some(format!(
            "The exact figures are too coarse to be checked, so the simulation\u{2019}s are shown. They may be off by {} of the {ORGS}.",
            show_share(agreement.bound)
        ));
    }
    Some(if agreement.holds() {
        "Double-checked: two independent calculations agree.".to_owned()
    } else {
        format!(
            "The two calculations disagree: trust neither before this is explained. The worst is {}, by {:.1} standard errors.",
            agreement.worst, agreement.worst_z
        )
    })
}

/// What the agreement rests on; `None` unless both engines gave figures that can be compared.
pub(super) fn agreement_details(projection: &Projection) -> Option<String> {
    let agreement = projection.agreement.as_ref().filter(|agreement| !agreement.is_too_coarse())?;
    Some(format!(
        "{} figures of the exact engine and of the simulation were compared. The largest difference is {:.1} standard errors. Among so \
         many, up to {:.1} is chance.",
        group_count(agreement.compared as u64),
        agreement.worst_z,
        agreement.limit_z
    ))
}
