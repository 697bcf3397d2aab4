//! Lints of how tokens are kept: the idle timeout against the intervals, the heartbeat against the intervals.

use super::subject::{Subject, solved};
use super::words;
use crate::engine::exact::to_the_deadline;
use crate::plan::units::show_hours;
use crate::plan::wording::{FAILS, ORGS, Term};
use crate::plan::{Cause, IdleTimeout, Segment};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::stats::Law;

/// A heartbeat "maintains active connections" daily.
const DAILY_HOURS: f64 = 24.0;

/// An interval of so many hours contradicts a daily heartbeat.
const WEEK_HOURS: f64 = 168.0;

/// All lints of refreshes.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    [idle_before_refresh(subject), heartbeat_and_interval(subject)].into_iter().flatten().collect()
}

/// The timeout that is shortest for a segment.
fn shortest(segment: &Segment) -> Option<&IdleTimeout> {
    segment.controls.idle_timeout.iter().min_by(|a, b| a.after.total_cmp(&b.after))
}

fn idle_before_refresh(subject: &Subject<'_>) -> Option<Finding> {
    let is_at_risk =
        |s: &&Segment| s.heartbeat_coverage < 1.0 && shortest(s).is_some_and(|t| s.interval.sf(t.after) > 0.0);
    let segments: Vec<&Segment> = subject.segments().filter(is_at_risk).collect();
    let first = segments.first()?;
    let timeout = shortest(first)?;
    let unreached: f64 = segments.iter().map(|s| (1.0 - s.heartbeat_coverage) * s.orgs as f64).sum();
    let message = format!(
        "tokens go idle after {}, but {} of refresh intervals are longer",
        show_hours(timeout.after),
        words::share(first.interval.sf(timeout.after))
    );
    let event = subject
        .plan
        .events()
        .iter()
        .find(|e| subject.plan.hours(e.at) == timeout.at && e.controls.contains(&Cause::IdleTimeout))?;
    let place = subject.place(&format!("event.{}.idle_timeout.after", event.id));
    let finding = Finding::new(FindingCode::IdleTimeoutBeforeRefresh, message, place).warning();
    let finding = finding.label("shorter than some intervals");
    let finding = finding.related(subject.place_of(first, "refresh.interval"), first.interval.describe(show_hours));
    let mut finding = finding.note(format!(
        "no heartbeat reaches {} of the {ORGS} ({}), so their tokens can go idle before the next refresh",
        words::share(unreached / subject.plan.orgs() as f64),
        words::count(unreached)
    ));
    let rate = subject.lowest_rate();
    if let Some(idle) = idle_by_horizon(subject, rate) {
        let note = format!(
            "{}, {} by idle timeout, up to the horizon",
            subject.if_rate(rate),
            Term::failing(&words::count(idle))
        );
        finding = finding.note(subject.of_the_middle(note));
    }
    let to = match subject.scenario.key_places.get("refresh.heartbeat.coverage") {
        Some(_) => "if the heartbeat reaches them, raise `heartbeat.coverage`",
        None => "if a heartbeat reaches them, add `heartbeat = { coverage = 1.0 }`",
    };
    // More frequent refreshes would meet every other control sooner.
    Some(finding.help(format!("{to}; if not, ask for a longer timeout")))
}

/// Mean number of orgs whose first failure by the horizon is an idle timeout.
fn idle_by_horizon(subject: &Subject<'_>, rate: usize) -> Option<f64> {
    let horizon = subject.plan.horizon_hours();
    let longer = subject.plan.with(|parts| parts.segments.iter_mut().for_each(|s| s.deadline = horizon)).ok()?;
    solved(longer).get(rate).map(|m| m.cause(Cause::IdleTimeout).mean)
}

fn heartbeat_and_interval(subject: &Subject<'_>) -> Option<Finding> {
    // A heartbeat that the plan never mentions says nothing.
    if !subject.writes("refresh.heartbeat") {
        return None;
    }
    let is_torn = |s: &Segment| s.heartbeat_coverage > 0.0 && s.interval.quantile(0.5) >= WEEK_HOURS;
    let torn: Vec<&Segment> = subject.segments().filter(|s| is_torn(s)).collect();
    let first = torn.first()?;
    let daily = to_the_deadline(subject.plan)?.with(|parts| {
        for segment in parts.segments.iter_mut().filter(|s| is_torn(s)) {
            segment.interval = Law::Fixed(DAILY_HOURS);
            segment.last_refresh = Law::Uniform { min: 0.0, max: DAILY_HOURS };
        }
    });
    let daily = solved(daily.ok()?);
    let rates = [Some(subject.lowest_rate()), subject.telling_rate()];
    let mut figures: Vec<(usize, f64, f64)> = Vec::new();
    for rate in rates.into_iter().flatten() {
        let (now, daily) =
            (subject.middle().get(rate)?.failed_by_deadline.mean, daily.get(rate)?.failed_by_deadline.mean);
        if !figures.iter().any(|f| f.0 == rate) {
            figures.push((rate, now, daily));
        }
    }
    // Where nothing hangs on it, it is no contradiction.
    figures.iter().find(|f| (f.1 - f.2).abs() >= 1.0)?;
    let message = format!(
        "the heartbeat uses tokens every day, yet they go {} without a refresh",
        show_hours(first.interval.quantile(0.5))
    );
    let finding =
        Finding::new(FindingCode::HeartbeatAndInterval, message, subject.place_of(first, "refresh.interval")).warning();
    let finding = finding.label(first.interval.describe(show_hours));
    let finding = finding.related(subject.place_of(first, "refresh.heartbeat"), "used every day");
    let figure = |(rate, now, daily): &(usize, f64, f64)| {
        format!("{} instead of {} {}", words::count(*daily), words::count(*now), subject.if_rate(*rate))
    };
    let figures: Vec<String> = figures.iter().map(figure).collect();
    let note = format!(
        "if it also refreshed them each day, the number that {FAILS} by the deadline would be {}",
        figures.join(". It would be ")
    );
    let finding = finding.note(subject.of_the_middle(note));
    let help = "ask the vendor whether the heartbeat refreshes tokens. If it does, write `interval = \"24h\"` and ages up to a day";
    Some(finding.help(help))
}
