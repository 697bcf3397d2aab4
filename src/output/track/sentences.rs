//! The sentences of a rollout under way.

use crate::output::assumption_names::name;
use crate::output::words::{about, chance, day, deadline_full, moment};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACT, ACTED, ACTS, FAIL, FAILED, ORGS, PERCENT, Term, capital};
use crate::plan::{UnknownUnit, clock};
use crate::results::track::{
    ForecastCount, Learned, LearnedValue, NumberSummary, OnTrack, ReadingSummary, TrackReport,
};
use chrono::DateTime;

/// A reading less likely than this is ruled out.
const RULED_OUT: f64 = 0.001;

/// `91 to 118`; where too few draws bear a range, none.
pub(super) fn range(count: &ForecastCount) -> Option<String> {
    count.range().map(|[low, _, high]| {
        let [low, high] = [low, high].map(group_count);
        if low == high { low } else { format!("{low} to {high}") }
    })
}

fn now(report: &TrackReport) -> String {
    moment(&report.plan, report.plan.instant(report.now))
}

/// Why not to rely on the forecast; `None` where the plan fits what was seen.
pub(crate) fn warning(report: &TrackReport) -> Option<String> {
    let misfit = report.fits.misfit.as_ref()?;
    Some(format!("The plan does not fit what was seen, so don't rely on this forecast. {misfit}"))
}

/// The decision in sentences: a warning where the plan does not fit, what is to be expected, and what it takes.
pub(crate) fn told(report: &TrackReport) -> Vec<String> {
    warning(report).into_iter().chain([finding(report) + "."]).chain(story(report)).collect()
}

/// The finding as the title of a chart that may stand alone: with the warning.
pub(crate) fn title(report: &TrackReport) -> String {
    match report.fits.misfit {
        Some(_) => format!("The plan does not fit what was seen. It would say: {}", uncapital(&finding(report))),
        None => finding(report),
    }
}

fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// What is to be expected by the deadline.
pub(crate) fn finding(report: &TrackReport) -> String {
    let count = &report.forecast.failed_by_deadline;
    let by = deadline_full(&report.plan);
    let number = about(count.mean);
    let who = format!("{} of {} {}", number, orgs(report.plan.orgs()), Term::fail(number == "1"));
    match range(count) {
        Some(range) => format!("About {who} by {by} (90{PERCENT} range {range})"),
        None => format!("About {who} by {by}"),
    }
}

/// What was seen, what was forecast before, and whether the tolerance will be kept.
pub(super) fn story(report: &TrackReport) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(seen(report));
    let before = &report.before.failed_by_deadline;
    let first = format!("Before the first count, the forecast was about {}", about(before.mean));
    all.push(range(before).map_or_else(|| format!("{first}."), |range| format!("{first} ({range}).")));
    if let Some((tolerance, p)) = report.plan.tolerance().zip(report.forecast.within_tolerance) {
        all.push(format!("The chance that {} or fewer {FAIL} is {}.", group_count(tolerance), chance(p)));
    }
    all.extend(report.on_track.iter().flat_map(|on_track| needed(report, on_track)));
    all
}

/// `By Saturday: 260 orgs reconnected, 35 failed.`
fn seen(report: &TrackReport) -> Option<String> {
    let by = moment(&report.plan, report.plan.instant(report.looks.last()?.at));
    counted(report).map(|counted| format!("By {by}: {counted}"))
}

/// `260 orgs reconnected, 35 failed.`
fn counted(report: &TrackReport) -> Option<String> {
    let look = report.looks.last()?;
    let reconnected = look.reconnected.map(|n| format!("{} {ACTED}", orgs(n)));
    let failed = look.failed.map(|n| match look.reconnected {
        Some(_) => format!("{} {FAILED}", group_count(n)),
        None => format!("{} {FAILED}", orgs(n)),
    });
    let both: Vec<String> = [reconnected, failed].into_iter().flatten().collect();
    let tickets = look.tickets.zip(look.failed).filter(|(_, failed)| *failed > 0);
    let tickets = tickets
        .map(|(tickets, failed)| format!(" That is {:.1} contacts for each failure.", tickets as f64 / failed as f64));
    (!both.is_empty()).then(|| format!("{}.{}", both.join(", "), tickets.unwrap_or_default()))
}

/// The end of a day for a midnight, else the moment: a reader takes 12 AM on Monday for Monday.
fn by(report: &TrackReport, hours: f64) -> String {
    let plan = &report.plan;
    let at = plan.instant(hours);
    let is_midnight = at.with_timezone(&plan.time_zone()).time() == chrono::NaiveTime::MIN;
    if is_midnight { format!("the end of {}", day(plan, at - chrono::Duration::minutes(1))) } else { moment(plan, at) }
}

/// Whether as many are expected as it takes for even odds, and for nine in ten.
fn verdict(on_track: &OnTrack) -> &'static str {
    let enough = |aim: usize| {
        on_track.needed.get(aim).is_some_and(|needed| needed.more.is_some_and(|more| on_track.expected >= more as f64))
    };
    match (enough(0), enough(1)) {
        (_, true) => "On track",
        (true, false) => "Likely on track, but not safely",
        _ => "Not on track",
    }
}

/// Whether the rollout is on track, and how many more must act.
fn needed(report: &TrackReport, on_track: &OnTrack) -> Vec<String> {
    let (until, limit) = (by(report, on_track.until), group_count(on_track.tolerance));
    let expected = about(on_track.expected);
    let verdict = verdict(on_track);
    let mut all = vec![format!("{verdict}: about {expected} more are expected to {ACT} by {until}.")];
    all.extend(on_track.needed.iter().map(|needed| {
        let aim = format!("For a {} chance to stay within {limit}", show_share(needed.chance));
        match needed.more {
            Some(0) => format!("{aim}, nobody more must {ACT}."),
            Some(more) => format!("{aim}, {} more must {ACT}.", group_count(more)),
            None => format!("{aim}, it is too late, even if everyone {ACTS} from now on."),
        }
    }));
    all
}

/// Whether the rollout is on track, as a title: what is expected, and what it takes.
pub(crate) fn main_need(report: &TrackReport) -> Option<String> {
    let on_track = report.on_track.as_ref()?;
    let verdict = verdict(on_track);
    let takes = match on_track.needed.first()?.more {
        None => "it is too late for even odds".to_owned(),
        Some(0) => format!("nobody more must {ACT} for even odds"),
        Some(more) => format!("{} more must {ACT} for even odds", group_count(more)),
    };
    Some(format!("{verdict}: about {} are expected, and {takes}", about(on_track.expected)))
}

/// A number of an unknown in its unit.
pub(super) fn value(report: &TrackReport, unit: UnknownUnit, value: f64) -> String {
    match unit {
        UnknownUnit::Share => show_share((value * 1e3).round() / 1e3),
        UnknownUnit::Hours if value >= 72.0 => {
            format!("{} days", crate::plan::units::group_number((value / 2.4).round() / 10.0))
        }
        UnknownUnit::Hours => crate::plan::units::show_hours((value * 10.0).round() / 10.0),
        UnknownUnit::Instant => moment(&report.plan, clock::after(DateTime::UNIX_EPOCH, value)),
        UnknownUnit::LocalTime => clock::after(DateTime::UNIX_EPOCH, value).format("%Y-%m-%d %H:%M").to_string(),
        UnknownUnit::Number => crate::plan::units::group_number(crate::plan::units::round_to(value, 3)),
    }
}

/// `23% to 29%`; where too few draws bear a range, the mean.
pub(crate) fn spread(report: &TrackReport, unit: UnknownUnit, of: &NumberSummary) -> String {
    let Some([low, _, high]) = of.range else { return format!("about {}", value(report, unit, of.mean)) };
    let [low, high] = [low, high].map(|x| value(report, unit, x));
    if low == high { low } else { format!("{low} to {high}") }
}

/// How likely a reading is: `ruled out (<0.1%)` where it all but can't be.
pub(crate) fn likelihood(reading: &ReadingSummary) -> String {
    if reading.posterior < RULED_OUT { format!("ruled out (<0.1{PERCENT})") } else { chance(reading.posterior) }
}

/// What an unknown is called within a sentence.
pub(crate) fn called(report: &TrackReport, one: &Learned) -> String {
    match one.key.as_str() {
        "reconnect.uptake" => format!("the share of {ORGS} that {ACT}"),
        key => name(key, &report.plan),
    }
}

/// What was learned of an unknown, in a sentence.
fn learned(report: &TrackReport, one: &Learned) -> Option<String> {
    match &one.value {
        LearnedValue::Number { posterior, .. } => {
            let (name, around) = (capital(&called(report, one)), spread(report, one.unit, posterior));
            if one.key == "reconnect.uptake" {
                let middle = posterior.range.map_or(posterior.mean, |range| range[1]);
                let share = value(report, one.unit, middle);
                return Some(format!("About {share} of {ORGS} {ACT} in all, or would ({around})."));
            }
            Some(match posterior.range {
                Some([_, middle, _]) => format!("{name} is {} ({around}).", value(report, one.unit, middle)),
                None => format!("{name} is {around}."),
            })
        }
        LearnedValue::Readings(readings) => {
            let best = readings.iter().max_by(|a, b| a.posterior.total_cmp(&b.posterior))?;
            let gone: Vec<&str> = readings.iter().filter(|r| r.posterior < RULED_OUT).map(|r| r.law.as_str()).collect();
            let gone = if gone.is_empty() { String::new() } else { format!(" Ruled out: {}.", gone.join("; ")) };
            Some(format!(
                "{}: {} has a probability of {}.{gone}",
                capital(&called(report, one)),
                best.law,
                chance(best.posterior)
            ))
        }
    }
}

/// Of which unknown most was learned, in a sentence; `None` where nothing was unknown.
pub(crate) fn main_lesson(report: &TrackReport) -> Option<String> {
    let gain = |one: &Learned| match &one.value {
        LearnedValue::Number { prior, posterior } => {
            let width = |of: &NumberSummary| of.range.map_or(0.0, |[low, _, high]| high - low);
            if width(prior) > 0.0 { 1.0 - width(posterior) / width(prior) } else { 0.0 }
        }
        LearnedValue::Readings(readings) => readings.iter().map(|r| (r.posterior - r.prior).abs()).fold(0.0, f64::max),
    };
    // Of equals, the first.
    let most = report.learned.iter().rev().max_by(|a, b| gain(a).total_cmp(&gain(b)))?;
    learned(report, most)
}

/// What was learned, a sentence each.
pub(super) fn lessons(report: &TrackReport) -> Vec<String> {
    report.learned.iter().filter_map(|one| learned(report, one)).collect()
}

/// Three lines for a chat: where it stands, where it goes, what it takes.
pub(crate) fn brief(report: &TrackReport) -> String {
    let counted = counted(report).unwrap_or_default();
    let by = report.looks.last().filter(|look| look.at < report.now);
    let by = by.map_or_else(String::new, |look| format!("by {} ", moment(&report.plan, report.plan.instant(look.at))));
    let first = format!("{}, {}: {by}{counted}", report.plan.title(), now(report));
    let second = match &report.fits.misfit {
        Some(misfit) => format!("The plan does not fit. {misfit}"),
        None => format!("{}.", finding(report)),
    };
    let third = match (&report.on_track, report.forecast.within_tolerance, report.plan.tolerance()) {
        (Some(_), ..) => main_need(report).map(|need| need + ".").unwrap_or_default(),
        (None, Some(p), Some(tolerance)) => {
            format!("The chance that {} or fewer {FAIL} is {}.", group_count(tolerance), chance(p))
        }
        _ => lessons(report).into_iter().next().unwrap_or_default(),
    };
    [first, second, third].into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n") + "\n"
}
