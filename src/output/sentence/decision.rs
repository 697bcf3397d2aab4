//! The decision in sentences that a leader reads: what happens, what outreach buys, what it can't, what is still to come.

use super::facts::Facts;
use super::segments::who_is_worst_off;
use crate::output::words::{about, chance, day, deadline_full, difference, natural_frequency, share};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACTING, ORG, ORGS, PERCENT};
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
    let (when, by) = (facts.at_rate(facts.low), deadline_full(facts.plan));
    if n == 1 {
        return format!("{when}, the {ORG} fails by {by} with a chance of {}.", share(failed, 1));
    }
    if failed < 0.0005 {
        return format!("{when}, no {ORG} fails by {by}.");
    }
    if failed > n as f64 - 0.05 {
        return format!("{when}, all {} fail by {by}.", orgs(n));
    }
    format!("{when}, about {} of {} fail by {by}: {}.", about(failed), orgs(n), frequency(failed, n))
}

/// `about 1 org in 28`, `every org`.
fn frequency(failed: f64, n: u64) -> String {
    let text = natural_frequency(failed / n as f64);
    if text.starts_with(|c: char| c.is_ascii_digit()) { format!("about {text}") } else { text }
}

fn what_outreach_buys(facts: &Facts<'_>) -> Option<String> {
    if facts.single() || facts.none_fail() {
        return None;
    }
    let (n, low, high) = (facts.orgs(), facts.failed(facts.low), facts.failed(facts.high));
    let rate = facts.rate(facts.high);
    let saved = low - high;
    if n == 1 {
        return Some(format!("At {rate} {ACTING} the chance is {}.", share(high, 1)));
    }
    if saved.abs() <= low * 0.02 {
        return Some(format!("Outreach changes that little: at {rate} {ACTING} it is still about {}.", about(high)));
    }
    if saved < 0.0 {
        return Some(format!("At {rate} {ACTING} it is more, about {}.", about(high)));
    }
    if high < 0.0005 {
        return Some(format!("At {rate} {ACTING}, all of these are avoided."));
    }
    Some(format!(
        "At {rate} {ACTING} it is about {} ({}). Outreach avoids {}, and cannot avoid the rest.",
        about(high),
        frequency(high, n).trim_start_matches("about "),
        difference(low, high)
    ))
}

fn what_the_tolerance_takes(facts: &Facts<'_>) -> Option<String> {
    let tolerance = group_count(facts.plan.tolerance()?);
    let odds = |i: usize| Some(chance(facts.best(i).within_tolerance?));
    let order = facts.choices();
    if facts.single() {
        return Some(format!("The chance that at most {tolerance} fail is {}.", odds(facts.low)?));
    }
    Some(match facts.lowest_that_keeps() {
        Some(rate) if order.first() == Some(&rate) => {
            format!("Every rate compared keeps within the tolerance of {tolerance} with at least 90{PERCENT} chance.")
        }
        Some(rate) => format!(
            "Of the rates compared, {} is the lowest that keeps within the tolerance of {tolerance} with at least 90{PERCENT} \
             chance ({}).",
            facts.rate(rate),
            odds(rate)?
        ),
        None => {
            let best = facts.likeliest();
            format!(
                "No rate compared keeps within the tolerance of {tolerance} with 90{PERCENT} chance: even at {} the chance is {}.",
                facts.rate(best),
                odds(best)?
            )
        }
    })
}

/// How much of the range is chance and how much is not knowing, at the rate where that matters most; `None` where all is known.
pub(super) fn what_is_not_known(facts: &Facts<'_>) -> Option<String> {
    let rates = 0..facts.projection.uptakes.len();
    let splits = rates.filter_map(|i| facts.best(i).failed_by_deadline.split.as_ref().map(|s| (i, s)));
    let (rate, split) = splits.max_by(|a, b| a.1.not_knowing.total_cmp(&b.1.not_knowing))?;
    let failed = &facts.best(rate).failed_by_deadline;
    let range = |low: u64, high: u64| format!("{} to {}", group_count(low), group_count(high));
    Some(format!(
        "Of the 90{PERCENT} range of {} {ORGS} at {} {ACTING}, chance alone makes {}; {} of the variance is what is not known.",
        range(failed.percentile(5.0), failed.percentile(95.0)),
        facts.rate(rate),
        range(split.chance.quantile(0.05), split.chance.quantile(0.95)),
        show_percent(split.not_knowing)
    ))
}

/// A share to the whole percent.
fn show_percent(share: f64) -> String {
    format!("{:.0}{PERCENT}", share * 100.0)
}

fn what_is_to_come(facts: &Facts<'_>) -> Option<String> {
    let (low, high, n) = (facts.to_come(facts.low), facts.to_come(facts.high), facts.orgs());
    let until = day(facts.plan, facts.plan.horizon());
    if (0..facts.projection.uptakes.len()).all(|i| facts.to_come(i) < 0.0005) {
        return Some(format!("After the deadline nothing more fails by {until}."));
    }
    let amount = |mean: f64| match (n, mean) {
        (1, m) if m < 0.0005 => "no chance".to_owned(),
        (_, m) if m < 0.0005 => "none".to_owned(),
        (1, m) => format!("a chance of {}", share(m, 1)),
        (_, m) => format!("about {}", about(m)),
    };
    if facts.single() {
        return Some(match n {
            1 => format!("From the deadline to {until} it fails with {}.", amount(low)),
            _ => format!("After the deadline, {} more are still to fail by {until}.", amount(low)),
        });
    }
    let more = if n == 1 {
        format!("From the deadline to {until} it fails with")
    } else {
        format!("After the deadline more are still to fail by {until}:")
    };
    Some(format!(
        "{more} {} at {} {ACTING}, {} at {}.",
        amount(low),
        facts.rate(facts.low),
        amount(high),
        facts.rate(facts.high)
    ))
}

/// Whether the two engines agree, and where they don't.
pub(super) fn agreement(projection: &Projection) -> Option<String> {
    let agreement = projection.agreement.as_ref()?;
    let (compared, worst) = (group_count(agreement.compared as u64), agreement.worst_z);
    if agreement.is_too_coarse() {
        return Some(format!(
            "The exact figures may be off by {} of the {ORGS}: too coarse to be checked, so that the simulation's are shown.",
            show_share(agreement.bound)
        ));
    }
    Some(if agreement.holds() {
        format!(
            "Both engines agree: {compared} figures compared, the largest difference is {worst:.1} standard errors (limit {:.1}).",
            agreement.limit_z
        )
    } else {
        format!(
            "The two engines disagree: of {compared} figures compared, the worst is {} with a difference of {worst:.1} \
             standard errors (limit {:.1}). Trust neither figure before this is explained.",
            agreement.worst, agreement.limit_z
        )
    })
}
