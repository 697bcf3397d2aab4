//! Lints of controls that can change no figure, for what the scenario leaves to its defaults.

use super::subject::Subject;
use crate::plan::units::show_hours;
use crate::plan::wording::FAILS;
use crate::plan::{Cause, Event, Plan};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::scenario::keys::KeyId;

/// A finding for each control without effect. What the file itself sets to nought is no news to its author.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    let possible = subject.scenario.family.possible_plans(0).map(|possible| possible.plans).unwrap_or_default();
    let acts_in = |plan: &Plan, id: &str, cause: Cause| plan.events().iter().any(|e| e.id == id && plan.acts(e, cause));
    let acts = |event: &Event, cause: Cause| {
        acts_in(subject.plan, &event.id, cause) || possible.iter().any(|plan| acts_in(plan, &event.id, cause))
    };
    let mut found = Vec::new();
    for event in subject.plan.events().iter().filter(|e| e.at <= subject.plan.horizon()) {
        for cause in event.controls.iter().filter(|cause| !acts(event, **cause)) {
            found.extend(if *cause == Cause::IdleTimeout {
                idle(subject, event)
            } else {
                by_default(subject, event, *cause)
            });
        }
    }
    found
}

fn by_default(subject: &Subject<'_>, event: &Event, cause: Cause) -> Option<Finding> {
    let (id, event_key) = (KeyId::of_control(cause), format!("event.{}", event.id));
    if id.facts().default_number() != Some(0.0) || subject.writes(&id.below(&event_key)) {
        return None;
    }
    let (control, number) = (format!("{event_key}.{}", cause.key()), id.facts().entry.name);
    let example = format!("{} = {{ {number} = {} }}", cause.key(), id.facts().entry.example);
    let message = format!("{} changes nothing: `{number}` of its `{}` is 0 by default", event.name, cause.key());
    let finding = Finding::new(FindingCode::ControlWithoutEffect, message, subject.place(&control)).warning();
    let finding = finding.label(format!("nobody {FAILS} by {}", cause.words()));
    Some(finding.help(format!("write the share that it hits, such as `{example}`, or make it a [[milestone]]")))
}

fn idle(subject: &Subject<'_>, event: &Event) -> Option<Finding> {
    // What the file itself says of the heartbeat, its author has weighed.
    if subject.writes("refresh.heartbeat") {
        return None;
    }
    let place = subject.place(&format!("event.{}.idle_timeout", event.id));
    let spared = subject.plan.segments().iter().all(|s| s.heartbeat_coverage >= 1.0);
    if spared {
        let message = format!(
            "the idle timeout of {} changes nothing: by default a heartbeat keeps every token in use",
            event.name
        );
        let finding =
            Finding::new(FindingCode::ControlWithoutEffect, message, place).warning().label("no token goes unused");
        let finding = finding.note("the file names no heartbeat, so `refresh.heartbeat.coverage` is 1");
        return Some(finding.help(
            "if nothing uses the tokens between refreshes, write `heartbeat = { coverage = 0.0 }` under [refresh]",
        ));
    }
    let at = subject.plan.hours(event.at);
    let timeouts = subject.plan.segments().iter().flat_map(|s| &s.controls.idle_timeout);
    let after = timeouts.filter(|t| t.at == at).map(|t| t.after).fold(f64::INFINITY, f64::min);
    let message = format!(
        "the idle timeout of {} changes nothing: every token is refreshed within {}",
        event.name,
        show_hours(after)
    );
    let finding = Finding::new(FindingCode::ControlWithoutEffect, message, place).warning();
    let finding = finding.related(subject.place("refresh.interval"), "no longer than the timeout");
    Some(finding.help("remove the timeout, or add the longer refresh intervals that it is about"))
}
