//! Lints of events as vendors roll them out: waves, brownouts, notices, steps, and a guard.

use super::subject::{Subject, solved};
use super::{words, work};
use crate::plan::units::{show_hours, show_share};
use crate::plan::wording::{FAIL, FAILED, ORG, ORGS, Term};
use crate::plan::{Event, Plan, Policies, Policy, Segment};
use crate::results::Measures;
use crate::scenario::{Finding, FindingCode};
use std::sync::Arc;

/// A guard that spares a smaller share of the failures spares nothing that anybody sees.
const SPARED: f64 = 0.01;

/// All lints of policies.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, event) in subject.plan.events().iter().enumerate() {
        found.extend(waves_below_all(subject, event, index));
        found.extend(brownouts_at_night(subject, event, index));
        found.extend(grace_past_deadline(subject, event, index));
        found.extend(steps_below_all(subject, event, index));
    }
    found.extend(guard_too_late(subject));
    found
}

/// The segments with orgs for whom an event is a policy, each with it.
fn with_policy<'a>(subject: &Subject<'a>, index: usize) -> impl Iterator<Item = (&'a Segment, &'a Policy)> + use<'a> {
    subject.segments().filter_map(move |segment| Some((segment, segment.policies.as_ref()?.events.get(index)?)))
}

fn waves_below_all(subject: &Subject<'_>, event: &Event, index: usize) -> Option<Finding> {
    let last = |policy: &Policy| policy.waves.last().map_or(1.0, |wave| wave.upto);
    let (_, policy) = with_policy(subject, index).find(|(_, policy)| last(policy) < 1.0)?;
    let (many, upto) = (policy.waves.len(), last(policy));
    let outside: f64 =
        with_policy(subject, index).map(|(segment, policy)| (1.0 - last(policy)) * segment.orgs as f64).sum();
    let rounded = |share: f64| show_share((share * 1e4).round() / 1e4);
    let waves = if many == 1 { "the wave".to_owned() } else { format!("the {many} waves") };
    let message =
        format!("{waves} of {} add up to {}: about {} never have it", event.name, rounded(upto), words::orgs(outside));
    let place = subject.place(&format!("event.{}.waves", event.id));
    let finding = Finding::new(FindingCode::WavesBelowAll, message, place).warning();
    Some(finding.help("let the shares add up to 1, unless the others are spared on purpose"))
}

fn brownouts_at_night(subject: &Subject<'_>, event: &Event, index: usize) -> Vec<Finding> {
    let Some((_, policy)) = with_policy(subject, index).find(|(_, policy)| !policy.brownouts.is_empty()) else {
        return Vec::new();
    };
    let one = |(number, [from, to]): (usize, &[f64; 2])| {
        let (from, to) = (subject.plan.instant(*from), subject.plan.instant(*to));
        let away: Vec<&Segment> =
            subject.segments().filter(|segment| work::office_hours(segment, from, to) <= 0.0).collect();
        let share = subject.share(&away);
        if share <= 0.5 {
            return None;
        }
        let which =
            if policy.brownouts.len() == 1 { "the brownout".to_owned() } else { format!("brownout {}", number + 1) };
        let whose = if share < 1.0 { format!("{} of the {ORGS}", words::share(share)) } else { format!("all {ORGS}") };
        let message = format!("{which} of {} falls outside the office hours of {whose}", event.name);
        let place = subject.place(&format!("event.{}.brownouts.{}", event.id, number + 1));
        let finding = Finding::new(FindingCode::BrownoutAtNight, message, place).warning();
        let finding = finding.label(format!("{} to {}", subject.show(from), subject.show(to)));
        let finding = finding.note("whoever could act on it is not at work, and what it disrupts may recover unseen");
        Some(finding.help("move it into the working hours of those it is meant to warn"))
    };
    policy.brownouts.iter().enumerate().filter_map(one).collect()
}

fn grace_past_deadline(subject: &Subject<'_>, event: &Event, index: usize) -> Option<Finding> {
    let mut spared = Vec::new();
    for (segment, policy) in with_policy(subject, index) {
        let Some(check) = &policy.reauthorization else { continue };
        let first = policy.waves.first().map_or(f64::INFINITY, |wave| wave.at);
        let way = segment.deadline - first;
        match check.grace {
            Some(grace) if grace > way && way > 0.0 => spared.push((segment, grace, way)),
            _ => return None,
        }
    }
    let (segment, grace, way) = *spared.first()?;
    let message = format!(
        "nobody whom {} puts on notice fails by the deadline: the grace is {}, the way to it {}",
        event.name,
        show_hours(grace),
        show_hours(way)
    );
    let place = subject.place_of(segment, &format!("event.{}.reauthorization.grace", event.id));
    let mut finding = Finding::new(FindingCode::GracePastDeadline, message, place).warning();
    finding = finding.related(subject.place("deadline"), format!("{} after {}", show_hours(way), event.name));
    let rate = subject.lowest_rate();
    if let Some(measures) = subject.measures.get(rate) {
        let by = measures.failed_by_deadline.mean;
        let later = measures.failed_by_horizon.mean - by;
        finding = finding.note(format!(
            "{}, {} by the deadline, and {} after it",
            subject.if_rate(rate),
            Term::failing(&words::count(by)),
            words::count(later)
        ));
    }
    Some(finding.help("add a [[checkpoint]] after the grace, or move the deadline there"))
}

fn steps_below_all(subject: &Subject<'_>, event: &Event, index: usize) -> Option<Finding> {
    let steps = |policy: &Policy| policy.reauthorization.as_ref().filter(|check| check.required.len() > 1).cloned();
    let check = with_policy(subject, index).find_map(|(_, policy)| steps(policy))?;
    let last = check.required.last()?.1;
    if last >= 1.0 {
        return None;
    }
    let message = format!(
        "the {} steps of {} end at {}: the check never refuses everybody",
        check.required.len(),
        event.name,
        show_share((last * 1e4).round() / 1e4)
    );
    let place = subject.place(&format!("event.{}.reauthorization.required", event.id));
    let finding = Finding::new(FindingCode::StepsBelowAll, message, place).warning();
    let finding = if check.repeat {
        finding
    } else {
        finding.note(format!("each {ORG} is checked once, so whoever passes stays in use to the horizon"))
    };
    Some(finding.help("add the step at which everybody is refused, unless there is none"))
}

/// The plan without its guard; with a stop, as if the guard had halted it at its first check.
fn unguarded(plan: &Plan, stopped: bool) -> Option<Vec<Measures>> {
    let guard = plan.guard()?.clone();
    let stop = guard.checks.first()? + guard.delay;
    let halt = |policies: &mut Arc<Policies>| {
        let Some(event) = Arc::make_mut(policies).events.get_mut(guard.event) else { return };
        event.waves.retain(|wave| wave.at <= stop);
        event.brownouts.retain(|span| span[0] <= stop);
    };
    let changed = plan.with(|parts| {
        parts.guard = None;
        if stopped {
            parts.segments.iter_mut().filter_map(|segment| segment.policies.as_mut()).for_each(halt);
        }
    });
    changed.ok().map(solved)
}

/// A guard that halts the rollout at its first check, and would still spare nobody. One that lifts at least heals.
fn guard_too_late(subject: &Subject<'_>) -> Option<Finding> {
    let guard = subject.plan.guard().filter(|guard| !guard.lifts)?;
    let rate = subject.lowest_rate();
    let failed = |stopped: bool| Some(unguarded(subject.plan, stopped)?.get(rate)?.failed_by_horizon.mean);
    let (without, with) = (failed(false)?, failed(true)?);
    if without < 0.5 || without - with > SPARED * without {
        return None;
    }
    let first = subject.plan.instant(*guard.checks.first()?);
    let message = format!(
        "the guard looks too late: even stopped at its first check, {} of {} {FAIL}",
        words::count(with),
        words::orgs(without)
    );
    let finding = Finding::new(FindingCode::GuardTooLate, message, subject.place("guard.checks")).warning();
    let mut finding = finding.label(format!("first {}", subject.show(first)));
    let waves = with_policy(subject, guard.event).flat_map(|(_, policy)| &policy.waves);
    let last = waves.map(|wave| wave.at).filter(|at| at.is_finite()).fold(0.0, f64::max);
    if last <= subject.plan.hours(first) + guard.delay {
        let last = subject.show(subject.plan.instant(last));
        finding = finding.note(format!("the last wave comes {last}, before it can be stopped"));
    }
    let supposing = subject.if_rate(rate);
    finding = finding.note(subject.of_the_middle(format!("these are the {ORGS} {FAILED} by the horizon {supposing}")));
    Some(finding.help("look between two waves, or write `then = \"lift\"`"))
}
