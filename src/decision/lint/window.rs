//! Lints of the reconnect window: when it opens and closes, who works in it, and how many are expected to act.

use super::subject::{Subject, solved, worse};
use super::{words, work};
use crate::plan::units::show_hours;
use crate::plan::wording::{ACT, ACTED, Term, WINDOW, capital, spoken};
use crate::plan::{Cause, Plan, Policy, ReconnectTiming, Segment, StaticIp, Window, WorkClock, clock};
use crate::results::Measures;
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::scenario::base_rates::{law::SHORTEST_HOURS, most_reached};
use chrono::{DateTime, Duration, Utc};

/// How long customers are told that they have, counted from the policy.
const TOLD_HOURS: f64 = 72.0;

/// All lints of the window.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(window) = subject.plan.window() else { return Vec::new() };
    let on = subject.policy().at;
    let lints = [
        off_hours(subject, window),
        under_72_hours(subject, window, on),
        before_policy(subject, window, on),
        after_deadline(subject, window),
        never_reached(subject, window),
    ];
    lints.into_iter().flatten().collect()
}

/// When reconnects begin: nobody reconnects before `as_of`.
fn opens(plan: &Plan, window: &Window) -> DateTime<Utc> {
    window.opens.max(plan.as_of())
}

fn off_hours(subject: &Subject<'_>, window: &Window) -> Option<Finding> {
    let from = opens(subject.plan, window);
    let hours = |s: &Segment| work::office_hours(s, from, window.closes);
    let short: Vec<&Segment> = subject.segments().filter(|s| hours(s) < work::WORKING_DAY).collect();
    let first = short.first()?;
    let length = show_hours(clock::hours_between(from, window.closes));
    let most = short.iter().map(|s| hours(s)).fold(0.0, f64::max);
    let holds = match (most, short.len()) {
        (0.0, _) => words::office_hours(0.0),
        (_, 1) => format!("only {}", words::office_hours(hours(first))),
        _ => format!("fewer than {}", words::office_hours(work::WORKING_DAY)),
    };
    let whose = if subject.has_segments() { format!(" for {}", subject.whose(&short)) } else { String::new() };
    let message = format!("the {WINDOW} of {length} has {holds}{whose}");
    let finding = Finding::new(FindingCode::WindowOffHours, message, subject.place("reconnect.closes")).warning();
    let mut finding = finding.label(subject.show(window.closes));
    finding = finding.related(subject.place("reconnect.opens"), format!("opens {}", subject.show(from)));
    for segment in short.iter().take(4) {
        let worth = hours_in_words(segment, from, window.closes);
        finding = finding.note(if subject.has_segments() {
            let office = words::office_hours(work::office_hours(segment, from, window.closes));
            format!("{}: {office}. {}", segment.name, capital(&worth))
        } else {
            worth
        });
    }
    let outside = outside_office(subject, &short, from, window.closes);
    let of_theirs = if subject.has_segments() { " there" } else { "" };
    finding = finding.note(format!(
        "of those who {ACT}{of_theirs}, the plan expects {} to do so outside office hours",
        words::share(outside)
    ));
    let full = short.iter().filter_map(|s| work::when_passed(s, from, work::WORKING_DAY)).max();
    Some(finding.help(match full {
        Some(at) if no_worse(subject, &with_window(subject.plan, window.opens, at)) => {
            let day = words::office_hours(work::WORKING_DAY);
            format!("close it {} or later, when all have had {day}", spoken(&subject.show(at)))
        }
        // Closing later would let more of them refresh first.
        Some(_) if !window.shape.office_hours => {
            "to count on people only when they work, write `timing = \"office-hours\"`".to_owned()
        }
        Some(_) => "count on fewer to act, and compare lower rates of `uptake` too".to_owned(),
        None => "say in `human_hours` when they work: now no hour of theirs is an office hour".to_owned(),
    }))
}

/// Whether at no rate more would fail, by the deadline or the horizon, than do now; false where there is no answer.
fn no_worse(subject: &Subject<'_>, changed: &[Measures]) -> bool {
    let by: [fn(&Measures) -> f64; 2] = [|m| m.failed_by_deadline.mean, |m| m.failed_by_horizon.mean];
    let pairs = || changed.iter().zip(subject.middle());
    !changed.is_empty() && pairs().all(|(changed, now)| by.iter().all(|figure| !worse(changed, now, figure)))
}

/// `all its hours by weight (4 h at 1 and 27 h at 0.02) are worth 4.5 office hours`.
fn hours_in_words(segment: &Segment, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let by_weight = work::hours_by_weight(segment, from, to);
    let work: f64 = by_weight.iter().map(|(weight, hours)| weight * hours).sum();
    let part = |(weight, hours): &(f64, f64)| format!("{} at {weight}", words::hours(*hours));
    let parts: Vec<String> = by_weight.iter().map(part).collect();
    format!("all its hours by weight ({}) are worth {} office hours", words::list(&parts), words::count(work))
}

/// Share of the segments' planned reconnects that fall outside their office hours.
fn outside_office(subject: &Subject<'_>, segments: &[&Segment], from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    let start = subject.plan.hours(from);
    let outside = |segment: &&Segment| {
        let Some(timing) = &segment.timing else { return 0.0 };
        let steps = work::office_steps(segment, from, to);
        let inside: f64 = steps.iter().map(|(a, b)| timing.cdf(start + b) - timing.cdf(start + a)).sum();
        (1.0 - inside) * segment.orgs as f64
    };
    segments.iter().map(outside).sum::<f64>() / segments.iter().map(|s| s.orgs as f64).sum::<f64>()
}

/// The measures of the plan if its window were another; empty where there is no such plan.
fn with_window(plan: &Plan, opens: DateTime<Utc>, closes: DateTime<Utc>) -> Vec<Measures> {
    let (from, to) = (plan.hours(opens.max(plan.as_of())), plan.hours(closes));
    let Some(window) = plan.window() else { return Vec::new() };
    let timing = |s: &Segment| {
        let clock = WorkClock::new(plan.as_of(), to, s.time_zone, &s.calendar);
        ReconnectTiming::new(from, to, window.shape, &clock)
    };
    let Some(timings) = plan.segments().iter().map(timing).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let changed = plan.with(|parts| {
        parts.segments.iter_mut().zip(timings).for_each(|(segment, timing)| segment.timing = Some(timing));
    });
    changed.map(solved).unwrap_or_default()
}

/// The least difference that a reader would see: half an org.
const SEEN: f64 = 0.5;

/// Three days matter where customers can begin no earlier than the policy, and where the rest of them would change a figure.
fn under_72_hours(subject: &Subject<'_>, window: &Window, on: DateTime<Utc>) -> Option<Finding> {
    let hours = clock::hours_between(on, window.closes);
    let told = clock::after(on, TOLD_HOURS);
    let counts_from_policy = subject.plan.acts(subject.policy(), Cause::Reauthorization);
    if hours <= 0.0 || window.closes >= told || window.opens < on || !counts_from_policy {
        return None;
    }
    let longer = with_window(subject.plan, window.opens, told);
    let figure = |rate: usize| longer.get(rate).zip(subject.middle().get(rate));
    let rates = 0..subject.plan.uptakes().len();
    let moves = |(longer, now): (&Measures, &Measures)| {
        let apart = [
            longer.failed_by_deadline.mean - now.failed_by_deadline.mean,
            longer.failed_by_horizon.mean - now.failed_by_horizon.mean,
        ];
        apart.iter().any(|apart| apart.abs() >= SEEN)
    };
    if !longer.is_empty() && !rates.filter_map(figure).any(moves) {
        return None;
    }
    let (policy, missing) = (&subject.policy().name, TOLD_HOURS - hours);
    let message = format!("the {WINDOW} closes {} after {policy} is on, not 72 hours", show_hours(hours));
    let finding = Finding::new(FindingCode::WindowUnder72Hours, message, subject.place("reconnect.closes")).warning();
    let finding = finding.label(format!("{} short", show_hours(missing)));
    let finding = finding.related(subject.policy_place(), format!("{policy} is on"));
    let rate = subject.telling_rate()?;
    let note = figure(rate).map(|(told, now)| {
        subject.of_the_middle(format!(
            "{} and it closes after 72 hours, {} by the deadline instead of {}. By the horizon it is {} instead of {}",
            subject.if_rate(rate),
            Term::failing(&words::count(told.failed_by_deadline.mean)),
            words::count(now.failed_by_deadline.mean),
            words::count(told.failed_by_horizon.mean),
            words::count(now.failed_by_horizon.mean)
        ))
    });
    let ends = format!("a \"72-hour window\" ends {}", spoken(&subject.show(told)));
    let help = if no_worse(subject, &longer) {
        let told_local = told.with_timezone(&subject.plan.time_zone()).format("%Y-%m-%d %H:%M");
        format!("{ends}. Write `closes = \"{told_local}\"`, or tell customers when yours ends")
    } else {
        format!("{ends}. Tell customers when yours ends")
    };
    Some(note.into_iter().fold(finding, Finding::note).help(help))
}

/// Whether the plan says that who acts from the opening on has settled what comes into force later.
fn early_ones_count(subject: &Subject<'_>, from: DateTime<Utc>, on: DateTime<Utc>) -> bool {
    let [from, on] = [from, on].map(|at| subject.plan.hours(at));
    let counts = |policy: &Policy| {
        policy.reauthorization.as_ref().is_some_and(|check| check.counts_from <= from)
            && policy.waves.first().is_some_and(|wave| (wave.at - on).abs() < 1e-9)
    };
    subject.plan.segments().iter().filter_map(|segment| segment.policies.as_ref()).any(|p| p.events.iter().any(counts))
}

fn before_policy(subject: &Subject<'_>, window: &Window, on: DateTime<Utc>) -> Option<Finding> {
    let from = opens(subject.plan, window);
    if from >= on || !subject.policy().controls.contains(&Cause::Reauthorization) || early_ones_count(subject, from, on)
    {
        return None;
    }
    // A reconnect at the very instant counts.
    let at = subject.plan.hours(on) - 1e-9;
    let early = |s: &Segment| s.timing.as_ref().map_or(0.0, |timing| timing.cdf(at)) * s.orgs as f64;
    let share = subject.plan.segments().iter().map(early).sum::<f64>() / subject.plan.orgs() as f64;
    let policy = &subject.policy().name;
    let message =
        format!("of those who {ACT}, {} do so before {policy} is on, which does not count", words::share(share));
    let finding = Finding::new(FindingCode::WindowBeforePolicy, message, subject.place("reconnect.opens")).warning();
    let finding = finding.label(format!("{} too early", show_hours(clock::hours_between(from, on))));
    let mut finding = finding.related(subject.policy_place(), format!("{policy} is on {}", subject.show(on)));
    let closes = window.closes.max(on + Duration::hours(1));
    let rate = subject.telling_rate()?;
    // A window that closes before the policy is on can't open with it.
    let later = if window.closes > on { with_window(subject.plan, on, closes) } else { Vec::new() };
    if let Some((later, now)) = later.get(rate).zip(subject.middle().get(rate)) {
        finding = finding.note(subject.of_the_middle(format!(
            "{}, {} by the horizon. If the window opened with {policy}, it would be {}",
            subject.if_rate(rate),
            Term::failing(&words::count(now.failed_by_horizon.mean)),
            words::count(later.failed_by_horizon.mean)
        )));
    }
    let other = if_early_ones_count(subject).and_then(|measures| Some(measures.get(rate)?.failed_by_horizon.mean));
    let other = other
        .map_or_else(String::new, |failed| format!(". Then {} by the horizon", Term::failing(&words::count(failed))));
    finding = finding.note(subject.of_the_middle(format!(
        "if {policy} spares whoever has {ACTED} by then, write `counts_from = \"always\"` in its reauthorization{other}"
    )));
    let help = if no_worse(subject, &later) {
        format!("open the window {} or later: who has {ACTED} before then must do it again", spoken(&subject.show(on)))
    } else {
        format!("find out whether those who have {ACTED} before the policy must do it again")
    };
    Some(finding.help(help))
}

/// The measures of the middle plan if reconnects before the policy counted too: its reauthorization as an address that no longer fits,
/// which any reconnect mends and which an org without one meets at its first refresh.
fn if_early_ones_count(subject: &Subject<'_>) -> Option<Vec<Measures>> {
    let at = subject.plan.hours(subject.policy().at);
    if subject.plan.segments().iter().any(|s| !s.controls.static_ip.is_empty()) {
        return None;
    }
    let changed = subject.plan.with(|parts| {
        for controls in parts.segments.iter_mut().map(|s| &mut s.controls) {
            let moved = controls.reauthorization.iter().filter(|c| c.at == at);
            controls.static_ip = moved.map(|c| StaticIp { at, mismatch: c.required }).collect();
            controls.reauthorization.retain(|c| c.at != at);
        }
    });
    Some(solved(changed.ok()?))
}

fn after_deadline(subject: &Subject<'_>, window: &Window) -> Option<Finding> {
    let late = |s: &Segment| s.timing.as_ref().map_or(0.0, |timing| 1.0 - timing.cdf(s.deadline)) * s.orgs as f64;
    let share = subject.plan.segments().iter().map(late).sum::<f64>() / subject.plan.orgs() as f64;
    if share < 1e-9 {
        return None;
    }
    let message = format!("of those who {ACT}, {} do so after the deadline, too late for it", words::share(share));
    let finding = Finding::new(FindingCode::WindowAfterDeadline, message, subject.place("reconnect.closes")).warning();
    let finding = finding.label(subject.show(window.closes)).related(subject.place("deadline"), "the deadline");
    let rate = subject.telling_rate()?;
    // Of deadlines by each org's own clock the first: nobody is too late for it then.
    let first = subject.segments().map(|s| s.deadline).fold(f64::INFINITY, f64::min);
    let deadline = subject.plan.instant(first);
    let is_open_before = deadline > opens(subject.plan, window);
    let earlier = if is_open_before { with_window(subject.plan, window.opens, deadline) } else { Vec::new() };
    let note = earlier.get(rate).zip(subject.middle().get(rate)).map(|(earlier, now)| {
        subject.of_the_middle(format!(
            "{}, {} by the deadline. If the window closed with it, it would be {}",
            subject.if_rate(rate),
            Term::failing(&words::count(now.failed_by_deadline.mean)),
            words::count(earlier.failed_by_deadline.mean)
        ))
    });
    let help = if no_worse(subject, &earlier) {
        "close the window by the deadline, or move the deadline if nothing is lost by then"
    } else {
        "move the deadline if nothing is lost by then"
    };
    Some(note.into_iter().fold(finding, Finding::note).help(help))
}

fn never_reached(subject: &Subject<'_>, window: &Window) -> Option<Finding> {
    let hours = clock::hours_between(opens(subject.plan, window), window.closes);
    if hours < SHORTEST_HOURS {
        return None;
    }
    let (campaign, most) = most_reached(hours);
    let rates = || subject.plan.uptakes().iter().enumerate().filter(|(_, uptake)| uptake.law.is_none());
    // Everybody is a bound that plans compare with; beside rates that were reached it claims nothing.
    let bounded = rates().any(|(_, uptake)| uptake.value <= most);
    let above: Vec<_> = rates().filter(|(_, u)| u.value > most && !(bounded && u.value == 1.0)).collect();
    let (first, _) = above.first()?;
    let labels: Vec<String> = above.iter().map(|(_, uptake)| uptake.label.clone()).collect();
    let message = format!("no comparable campaign has reached {} in {}", words::either(&labels), show_hours(hours));
    let place = subject.scenario.key_places.get(&format!("reconnect.uptake.{}", first + 1));
    let place = place.cloned().unwrap_or_else(|| subject.place("reconnect.uptake"));
    let finding = Finding::new(FindingCode::UptakeNeverReached, message, place).warning();
    let finding = finding.label(format!("above {}", words::share(most)));
    let finding = finding.note(format!(
        "scaled to this window, the most is {}: `{}` ({}). There it was {} within {}",
        words::share(most),
        campaign.key,
        campaign.campaign,
        campaign.acted,
        campaign.within
    ));
    Some(finding.help(
        "compare lower rates too, such as { base_rate = \"advice-only\" }. See `cutover base-rates` for the campaigns",
    ))
}
