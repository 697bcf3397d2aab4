//! Lints of what lies outside the plan's own weekend: failures after the deadline, events before `as_of`, what the horizon cuts
//! off, and changes of the clocks.

use super::subject::Subject;
use super::words;
use crate::plan::units::{show_hours, show_offset};
use crate::plan::wording::{ACTED, ACTS, FAIL, FAILED, FAILS, ORGS, date_pattern};
use crate::plan::zone::Tz;
use crate::plan::{Cause, Deadline, Event, Plan, Segment, clock};
use crate::scenario::FindingCode;
use crate::scenario::{Finding, slug};
use chrono::{DateTime, Duration, Offset, Utc};

/// All lints of what comes before and after.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    let mut lints: Vec<Finding> = more_after_deadline(subject).into_iter().collect();
    lints.extend(clock_change(subject));
    for event in subject.plan.events() {
        lints.extend(before_as_of(subject, event));
    }
    lints.extend(beyond_horizon(subject));
    lints
}

fn more_after_deadline(subject: &Subject<'_>) -> Option<Finding> {
    let rate = subject.telling_rate()?;
    let measures = subject.measures.get(rate)?;
    let (by, all) = (measures.failed_by_deadline.mean, measures.failed_by_horizon.mean);
    let after = all - by;
    if after <= by || after < 0.5 {
        return None;
    }
    let message = format!(
        "most failures come after the deadline: {} {}, against {} before it",
        words::count(after),
        subject.if_rate(rate),
        words::count(by)
    );
    let finding = Finding::new(FindingCode::MoreAfterDeadline, message, subject.place("horizon")).warning();
    let finding = finding.label(format!("{} {FAILED} by then", words::orgs(all)));
    let mut finding = finding.related(subject.place("deadline"), format!("{} {FAILED} by then", words::orgs(by)));
    let lowest = subject.lowest_rate();
    if let Some(lowest_measures) = subject.measures.get(lowest).filter(|_| lowest != rate) {
        finding = finding.note(format!(
            "{}, it is {} after the deadline, against {} before it",
            subject.if_rate(lowest),
            words::count(lowest_measures.failed_by_horizon.mean - lowest_measures.failed_by_deadline.mean),
            words::count(lowest_measures.failed_by_deadline.mean)
        ));
    }
    Some(finding.help(match subject.plan.window() {
        Some(_) => format!(
            "plan outreach beyond the window: whoever has not {ACTED} by then {FAILS} at a later refresh, after days or weeks"
        ),
        None => format!("add [reconnect] to see what outreach would change: in this plan nobody {ACTS}"),
    }))
}

/// The changes of a zone's offset between two instants: when, and by how many hours.
fn changes(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(DateTime<Utc>, f64)> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).offset().fix().local_minus_utc();
    let (mut changes, mut at) = (Vec::new(), from);
    while at < to {
        let next = (at + Duration::days(1)).min(to);
        if offset(at) != offset(next) {
            let (mut low, mut high) = (at, next);
            while high - low > Duration::seconds(1) {
                let mid = low + (high - low) / 2;
                if offset(mid) == offset(low) { low = mid } else { high = mid }
            }
            changes.push((high, f64::from(offset(high) - offset(low)) / 3600.0));
        }
        at = next;
    }
    changes
}

/// The last local time that the plan names in a zone, but for its horizon: what a change of the clocks comes before is touched by it.
fn last_local_time(plan: &Plan, zone: Tz) -> DateTime<Utc> {
    let own = (zone == plan.time_zone()).then(|| {
        let named = plan.events().iter().map(|e| e.at).chain(plan.milestones().iter().map(|m| m.at));
        named.chain(plan.window().map(|w| w.closes)).chain(plan.deadline_instant())
    });
    let local = matches!(plan.deadline(), Deadline::OrgLocal(_));
    let deadlines = plan.segments().iter().filter(|s| local && s.time_zone == zone).map(|s| plan.instant(s.deadline));
    own.into_iter().flatten().chain(deadlines).fold(plan.as_of(), DateTime::max)
}

fn clock_change(subject: &Subject<'_>) -> Option<Finding> {
    let plan = subject.plan;
    let changed = |zone: Tz| changes(zone, plan.as_of(), last_local_time(plan, zone).min(plan.horizon()));
    let segments: Vec<&Segment> = plan.segments().iter().filter(|s| !changed(s.time_zone).is_empty()).collect();
    let zones = segments.iter().map(|s| s.time_zone).chain([plan.time_zone()]);
    let mut found: Vec<(Tz, DateTime<Utc>, f64)> = Vec::new();
    for zone in zones {
        for (at, by) in changed(zone) {
            if !found.iter().any(|f| f.0 == zone && f.1 == at) {
                found.push((zone, at, by));
            }
        }
    }
    found.sort_by_key(|f| f.1);
    let first = found.first()?;
    let turned = |by: f64| format!("{} {}", if by > 0.0 { "forward" } else { "back" }, show_hours(by.abs()));
    let message = format!("clocks go {} in {} on {}, during the plan", turned(first.2), first.0, local_day(first));
    let place = segments.iter().find(|s| s.time_zone == first.0);
    let place = place.map_or_else(|| subject.place("time_zone"), |s| subject.place_of(s, "time_zone"));
    let finding = Finding::new(FindingCode::ClockChange, message, place).warning();
    let policy = subject.policy();
    let from_policy = clock::hours_between(policy.at, first.1);
    let mut finding = finding.label(format!(
        "{} {} {}",
        show_offset(from_policy.abs()).trim_start_matches('+'),
        if from_policy < 0.0 { "before" } else { "after" },
        policy.name
    ));
    for (zone, at, by) in found.iter().take(4) {
        let deadline = plan.segments().iter().filter(|s| s.time_zone == *zone).map(|s| s.deadline).fold(0.0, f64::max);
        let when = if plan.hours(*at) <= deadline { "before the deadline" } else { "after the deadline" };
        finding = finding.note(format!("{zone}: {} on {}, {when}", turned(*by), local_day(&(*zone, *at, *by))));
    }
    if !segments.is_empty() {
        finding = finding.note(format!(
            "{} of the {ORGS} live by these clocks. A duration counts elapsed hours, so a daily refresh then comes at another local hour",
            words::share(subject.share(&segments))
        ));
    }
    let example = plan.deadline_instant().map(|at| clock::rfc3339(at, plan.time_zone()));
    let example = example.map_or_else(String::new, |text| format!(". An offset leaves no doubt: \"{text}\""));
    Some(finding.help(format!("check each local time of the plan after the change{example}")))
}

fn local_day(change: &(Tz, DateTime<Utc>, f64)) -> String {
    change.1.with_timezone(&change.0).format(&date_pattern("%a %-d %b %Y")).to_string()
}

fn before_as_of(subject: &Subject<'_>, event: &Event) -> Option<Finding> {
    let plan = subject.plan;
    if event.at >= plan.as_of() {
        return None;
    }
    let elapsed = -plan.hours(event.at);
    let message = format!(
        "{} begins {} before `as_of`, and nothing before `as_of` is simulated",
        event.name,
        show_hours(elapsed)
    );
    let place = subject.place(&format!("event.{}.at", event.id));
    let finding = Finding::new(FindingCode::EventBeforeAsOf, message, place).warning().label(subject.show(event.at));
    let mut finding = finding.related(subject.place("population.as_of"), subject.show(plan.as_of()));
    for cause in &event.controls {
        finding = left_out(subject, event, *cause, elapsed).into_iter().fold(finding, Finding::note);
    }
    Some(finding.help("set `as_of` no later than the first event, and give the token ages of that time"))
}

/// What is not simulated of a past event's control; `None` where that is nothing.
fn left_out(subject: &Subject<'_>, event: &Event, cause: Cause, elapsed: f64) -> Option<String> {
    let at = subject.plan.hours(event.at);
    let refreshed = words::share(weighted(subject, |s| reached(s, elapsed)));
    let mean = |of: &dyn Fn(&Segment) -> Option<f64>| weighted(subject, |s| of(s).unwrap_or(0.0));
    match cause {
        Cause::Reauthorization => Some(format!(
            "its failures so far are left out: {refreshed} of the {ORGS} last refreshed since, and count as having passed it"
        )),
        Cause::IdleTimeout => {
            let out = weighted(subject, |s| idle_at_once(subject, s, event));
            (out > 0.0).then(|| {
                format!(
                    "for {} of the {ORGS} the idle time is over by `as_of`, so they {FAIL} at once",
                    words::share(out)
                )
            })
        }
        Cause::StaticIp => {
            let mismatch = mean(&|s| s.controls.static_ip.iter().find(|c| c.at == at).map(|c| c.mismatch));
            (mismatch > 0.0).then(|| {
                format!(
                    "{} of the {ORGS} call from another address. All of these count as connected, though {refreshed} of them have refreshed since",
                    words::share(mismatch)
                )
            })
        }
        // It says itself whether time before it counts.
        Cause::Lifetime => None,
        Cause::TokenRotation => {
            let lost = mean(&|s| s.controls.token_rotation.iter().find(|c| c.at == at).map(|c| c.lost_token));
            (lost > 0.0).then(|| {
                format!(
                    "no token counts as lost yet, though {refreshed} of the {ORGS} have refreshed under it, and {} of those lost theirs",
                    words::share(lost)
                )
            })
        }
    }
}

/// The mean over all orgs of what holds for each segment's.
fn weighted(subject: &Subject<'_>, of: impl Fn(&Segment) -> f64) -> f64 {
    subject.plan.segments().iter().map(|s| of(s) * s.orgs as f64).sum::<f64>() / subject.plan.orgs() as f64
}

/// Share of a segment's ages up to `hours`, among those that its interval can reach.
fn reached(segment: &Segment, hours: f64) -> f64 {
    let longest = segment.interval.support().1;
    let all = segment.last_refresh.cdf(longest);
    if all > 0.0 { segment.last_refresh.cdf(hours.min(longest)) / all } else { 0.0 }
}

/// Share of a segment's orgs whose idle clock, by a past event, has run out by `as_of`.
fn idle_at_once(subject: &Subject<'_>, segment: &Segment, event: &Event) -> f64 {
    let at = subject.plan.hours(event.at);
    let Some(timeout) = segment.controls.idle_timeout.iter().find(|t| t.at == at) else { return 0.0 };
    let clock_can_run = timeout.retroactive || -at >= timeout.after;
    if clock_can_run { (1.0 - segment.heartbeat_coverage) * (1.0 - reached(segment, timeout.after)) } else { 0.0 }
}

fn beyond_horizon(subject: &Subject<'_>) -> Vec<Finding> {
    let horizon = subject.plan.horizon();
    let events = subject.plan.events().iter().map(|e| (format!("event.{}.at", e.id), &e.name, e.at, "changes nothing"));
    let milestones = subject
        .plan
        .milestones()
        .iter()
        .map(|m| (format!("milestone.{}.at", slug(&m.name)), &m.name, m.at, "is on no chart"));
    let beyond = events.chain(milestones).filter(|(_, _, at, _)| *at > horizon);
    beyond
        .map(|(key, name, at, so)| {
            let late = clock::hours_between(horizon, at);
            let message =
                format!("{name} is {} after the horizon, so it {so}", show_offset(late).trim_start_matches('+'));
            let finding = Finding::new(FindingCode::BeyondHorizon, message, subject.place(&key))
                .warning()
                .label(subject.show(at));
            let finding =
                finding.related(subject.place("horizon"), format!("the projection ends {}", subject.show(horizon)));
            finding.help("move the horizon past it, or remove it")
        })
        .collect()
}
