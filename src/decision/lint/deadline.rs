//! Lints of the deadline and the switch-on against the working week of each segment.

use super::subject::{Subject, solved, worse};
use super::{words, work};
use crate::engine::exact::to_the_deadline;
use crate::plan::units::show_hours;
use crate::plan::wording::{DOWN, ORG, Term, date_pattern, spoken};
use crate::plan::{Deadline, Plan, ReconnectTiming, Segment, WorkClock};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// All lints of the deadline and of the hour of the switch-on.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    let lints = [after_business(subject), on_day_off(subject), late_in_week(subject)];
    lints.into_iter().flatten().collect()
}

/// A segment's deadline, and the local date that the plan means by it.
fn deadline_of(subject: &Subject<'_>, segment: &Segment) -> (DateTime<Utc>, NaiveDate) {
    let at = subject.plan.instant(segment.deadline);
    let date = match subject.plan.deadline() {
        Deadline::Absolute(at) => at.with_timezone(&subject.plan.time_zone()).date_naive(),
        Deadline::OrgLocal(local) => local.date(),
    };
    (at, date)
}

/// Office hours of the deadline's day that are gone by then: in a zone further east it may be the next day already.
fn business_gone(subject: &Subject<'_>, segment: &Segment) -> f64 {
    let (at, date) = deadline_of(subject, segment);
    work::office_hours(segment, work::midnight(segment, date), at)
}

fn after_business(subject: &Subject<'_>) -> Option<Finding> {
    let gone = |s: &Segment| business_gone(subject, s);
    let mut late: Vec<&Segment> = subject.segments().filter(|s| gone(s) > 0.0).collect();
    late.sort_by(|a, b| gone(b).total_cmp(&gone(a)));
    let most = gone(late.first()?);
    let whose = if subject.has_segments() { format!(" for {}", subject.whose(&late)) } else { String::new() };
    let message = format!("business starts before the deadline{whose}");
    let finding = Finding::new(FindingCode::DeadlineAfterBusiness, message, subject.place("deadline")).warning();
    let up_to = if late.len() > 1 { "up to " } else { "" };
    let mut finding = finding.label(format!("{up_to}{} gone by then", words::office_hours(most)));
    if subject.has_segments() {
        let local = |s: &&Segment| {
            let at = deadline_of(subject, s).0.with_timezone(&s.time_zone);
            format!(
                "{} for {} (after {})",
                spoken(&at.format(&date_pattern("%a %-d %b %H:%M")).to_string()),
                s.name,
                words::office_hours(gone(s))
            )
        };
        for late in late.iter().take(4) {
            finding = finding.note(format!("the deadline is {}", local(late)));
        }
    }
    let rate = subject.lowest_rate();
    if let Some(failing) = fail_in_business(subject, &late, rate) {
        finding = finding.note(subject.of_the_middle(format!(
            "{}, {} between the start of business and the deadline, while people work",
            subject.if_rate(rate),
            Term::failing(&words::count(failing))
        )));
    }
    let nine = deadline_of(subject, late[0]).1;
    let is_local = matches!(subject.plan.deadline(), Deadline::OrgLocal(_));
    Some(finding.help(if is_local || !subject.has_segments() {
        format!("set the deadline to the start of business, such as \"{nine} 09:00\"")
    } else {
        format!("give each {ORG} its own: deadline = {{ at = \"{nine} 09:00\", clock = \"org-local\" }}")
    }))
}

/// Mean number of the segments' orgs that fail between the start of business on the deadline's day and the deadline.
fn fail_in_business(subject: &Subject<'_>, late: &[&Segment], rate: usize) -> Option<f64> {
    let start = |s: &Segment| {
        let (at, date) = deadline_of(subject, s);
        let midnight = work::midnight(s, date);
        let first = work::office_steps(s, midnight, at).first().map_or(0.0, |step| step.0);
        subject.plan.hours(midnight).max(-first) + first
    };
    let starts: Vec<f64> = subject.plan.segments().iter().map(|s| start(s).clamp(0.0, s.deadline)).collect();
    let short = to_the_deadline(subject.plan)?;
    let earlier =
        short.with(|parts| parts.segments.iter_mut().zip(&starts).for_each(|(s, at)| s.deadline = *at)).ok()?;
    let before = solved(earlier);
    let (before, by) = (before.get(rate)?, subject.middle().get(rate)?);
    let is_late = |id: &str| late.iter().any(|s| s.id == id);
    let sum = |means: &[crate::results::SegmentMeans]| {
        means.iter().filter(|m| is_late(&m.id)).map(|m| m.failed_by_deadline.mean).sum::<f64>()
    };
    Some((sum(&by.by_segment) - sum(&before.by_segment)).max(0.0))
}

fn on_day_off(subject: &Subject<'_>) -> Option<Finding> {
    let off: Vec<&Segment> = subject.segments().filter(|s| s.calendar.is_day_off(deadline_of(subject, s).1)).collect();
    let first = off.first()?;
    let date = deadline_of(subject, first).1;
    let message =
        format!("the deadline, {}, is a day off for {}", date.format(&date_pattern("%a %-d %b")), subject.whose(&off));
    let finding = Finding::new(FindingCode::DeadlineOnDayOff, message, subject.place("deadline")).warning();
    let mut finding = finding.label(off.iter().find_map(|s| holiday(s, date)).unwrap_or("a day off"));
    for segment in off.iter().take(4) {
        let name = if subject.has_segments() { format!("{}: ", segment.name) } else { String::new() };
        let why = holiday(segment, date).map_or_else(
            || {
                if segment.calendar.holiday(date).is_some() {
                    "a holiday".to_owned()
                } else {
                    "their weekend".to_owned()
                }
            },
            str::to_owned,
        );
        let next = work::next_office_hour(segment, work::midnight(segment, date));
        let next = next.map_or_else(String::new, |at| {
            format!(
                ". The next office hour is {}",
                spoken(&at.with_timezone(&segment.time_zone).format(&date_pattern("%a %-d %b %H:%M")).to_string())
            )
        });
        finding = finding.note(format!("{name}{why}{next}"));
    }
    let rate = subject.lowest_rate();
    if let Some(measures) = subject.measures.get(rate) {
        let down = measures.by_segment.iter().filter(|m| off.iter().any(|s| s.id == m.id));
        let down: f64 = down.map(|m| m.down_at_deadline.mean).sum();
        finding = finding.note(format!(
            "{}, {} of them are {DOWN} then, with nobody at work to notice",
            subject.if_rate(rate),
            words::count(down)
        ));
    }
    Some(
        finding
            .help("look at their next working day too, in a plan with that deadline. If they do work then, add the date to `working_days`"),
    )
}

/// Whether three days earlier, with everything that belongs to it, no more would fail by the deadline.
fn earlier_is_no_worse(subject: &Subject<'_>) -> bool {
    let Some(moved) = moved_along(subject, -72.0).map(solved) else { return false };
    let pairs = moved.iter().zip(subject.middle());
    !moved.is_empty() && pairs.clone().all(|(moved, now)| !worse(moved, now, |m| m.failed_by_deadline.mean))
}

/// The middle plan with its policy, its window and its deadline moved by some hours; `None` where that makes no plan.
fn moved_along(subject: &Subject<'_>, by: f64) -> Option<Plan> {
    let (plan, at) = (subject.plan, subject.plan.hours(subject.policy().at));
    let timing = |s: &Segment| {
        let Some(window) = plan.window().filter(|_| s.timing.is_some()) else { return Some(None) };
        let [opens, closes] = [window.opens, window.closes].map(|instant| plan.hours(instant) + by);
        let clock = WorkClock::new(plan.as_of(), closes.max(1.0), s.time_zone, &s.calendar);
        (closes >= 0.0).then(|| ReconnectTiming::new(opens.max(0.0), closes, window.shape, &clock)).flatten().map(Some)
    };
    let timings: Vec<_> = plan.segments().iter().map(timing).collect::<Option<_>>()?;
    let moved = plan.with(|parts| {
        for (segment, timing) in parts.segments.iter_mut().zip(timings) {
            let controls = &mut segment.controls;
            let ats = (controls.reauthorization.iter_mut().map(|c| &mut c.at))
                .chain(controls.static_ip.iter_mut().map(|c| &mut c.at))
                .chain(controls.token_rotation.iter_mut().map(|c| &mut c.at))
                .chain(controls.idle_timeout.iter_mut().map(|c| &mut c.at));
            ats.filter(|control| **control == at).for_each(|control| *control += by);
            controls.reauthorization.sort_by(|a, b| a.at.total_cmp(&b.at));
            controls.static_ip.sort_by(|a, b| a.at.total_cmp(&b.at));
            controls.token_rotation.sort_by(|a, b| a.at.total_cmp(&b.at));
            controls.idle_timeout.sort_by(|a, b| a.at.total_cmp(&b.at));
            segment.deadline += by;
            segment.timing = timing;
        }
    });
    moved.ok()
}

/// The name of a segment's holiday on a date.
fn holiday(segment: &Segment, date: NaiveDate) -> Option<&'static str> {
    segment.calendar.holiday(date).and_then(|holiday| holiday.name)
}

/// Office hours from an instant to the next day off.
fn left_before_days_off(segment: &Segment, at: DateTime<Utc>) -> f64 {
    let mut end = work::date(segment, at);
    // A week without a day off has no end to hurry for.
    for _ in 0..8 {
        if segment.calendar.is_day_off(end) {
            return work::office_hours(segment, at, work::midnight(segment, end));
        }
        end += Duration::days(1);
    }
    f64::INFINITY
}

fn late_in_week(subject: &Subject<'_>) -> Option<Finding> {
    let policy = subject.policy();
    let none_left = |s: &&Segment| left_before_days_off(s, policy.at) == 0.0;
    let late: Vec<&Segment> = subject.segments().filter(none_left).collect();
    late.first()?;
    let message = format!(
        "{} is switched on with no office hours left before days off for {}",
        policy.name,
        subject.whose(&late)
    );
    let finding = Finding::new(FindingCode::PolicyLateInWeek, message, subject.policy_place()).warning();
    let mut finding = finding.label(subject.show(policy.at));
    for segment in late.iter().take(4) {
        let name = if subject.has_segments() { format!("{}: ", segment.name) } else { String::new() };
        let local = policy.at.with_timezone(&segment.time_zone).format(&date_pattern("%a %-d %b %H:%M")).to_string();
        let local = spoken(&local);
        let next = work::next_office_hour(segment, policy.at).map_or_else(String::new, |at| {
            let wait = show_hours(subject.plan.hours(at) - subject.plan.hours(policy.at));
            format!(
                ". Their next office hour is {wait} later, {}",
                spoken(&at.with_timezone(&segment.time_zone).format(&date_pattern("%a %-d %b %H:%M")).to_string())
            )
        });
        finding = finding.note(format!("{name}it is {local} local time{next}"));
    }
    let earliest = late.iter().filter_map(|s| work::next_office_hour(s, policy.at)).max();
    let Some(back) = earliest else {
        return Some(finding.help("say in `human_hours` when they work: now no hour of theirs is an office hour"));
    };
    let back = format!("the last of them are back at work {}", spoken(&subject.show(back)));
    Some(finding.help(if earlier_is_no_worse(subject) {
        let moved = if subject.plan.window().is_some() { "the window and the deadline" } else { "the deadline" };
        format!("switch it on earlier in the week, and move {moved} with it. As it is, {back}")
    } else {
        format!("have somebody on call: {back}")
    }))
}
