//! What ties human hours to the rest of a scenario: a week in which nobody ever works, a window in which nobody does, and
//! years whose public holidays are not known.

use super::finding_code::FindingCode;
use chrono::{DateTime, Datelike, Utc};

use super::draft::{Draft, SegmentDraft};
use super::finding::Finding;
use super::keys;
use super::times::Times;
use super::tree::Span;
use crate::plan::{WorkClock, clock};

/// All faults of the human hours of a draft.
pub(super) fn faults(draft: &Draft, times: &Times) -> Vec<Finding> {
    let segments = draft.segments();
    let mut faults = Vec::new();
    for segment in segments.iter().filter(|s| s.place.week().is_idle()) {
        let span = segment.place.hours.span.clone().unwrap_or_else(Span::file_start);
        let help = "give some hours of the week a weight above 0: people recover and reconnect in them";
        faults.push(Finding::new(FindingCode::NoHumanHours, "nobody ever works in this week", span).help(help));
    }
    // One fault is enough for weeks and windows that nobody works in.
    if faults.is_empty() { idle_window_fault(draft, &segments, times).into_iter().collect() } else { faults }
}

/// A window that reconnects are spread over as people work, and in which nobody of some segment does.
fn idle_window_fault(draft: &Draft, segments: &[SegmentDraft], times: &Times) -> Option<Finding> {
    draft.reconnect.as_ref().filter(|r| r.timings().iter().any(|timing| timing.office_hours))?;
    let ((opens, opens_span), (closes, span)) = (times.opens.clone()?, times.closes.clone()?);
    let opens = opens.max(times.as_of.as_ref()?.0);
    let idle = segments.iter().filter(|s| is_idle(s, opens, closes));
    let names: Vec<&str> = idle.map(|s| s.id.as_deref().unwrap_or_default()).collect();
    let whose = match (draft.segments.is_empty(), &names[..]) {
        (_, []) => return None,
        (true, _) => String::new(),
        (_, [name]) => format!(" of segment `{name}`"),
        (_, names) => format!(" of segments {}", keys::list(names)),
    };
    let message = format!("nobody{whose} works in the reconnect window: all its hours weigh 0");
    let finding = Finding::new(FindingCode::NoHumanHours, message, span).related(opens_span, "opens");
    let finding = finding.help(
        "let it reach into hours with a weight, give its hours one in `human_hours`, or spread reconnects by another `timing`",
    );
    let hours = segments.iter().find(|s| names.contains(&s.id.as_deref().unwrap_or_default()));
    Some(match hours.and_then(|s| s.place.hours.span.clone()) {
        Some(span) => finding.related(span, "the weights"),
        None => finding,
    })
}

/// Whether the hours from `opens` to `closes` weigh nothing. A window that is one instant needs no weight.
fn is_idle(segment: &SegmentDraft, opens: DateTime<Utc>, closes: DateTime<Utc>) -> bool {
    let Some(zone) = segment.zone.filter(|_| opens < closes && segment.place.week().has_idle_hours()) else {
        return false;
    };
    let hours = clock::hours_between(opens, closes);
    WorkClock::new(opens, hours, zone, &segment.place.calendar()).work_until(hours) == 0.0
}

/// Countries whose public holidays are not known in some years of the plan.
pub(super) fn notes(draft: &Draft, times: &Times) -> Vec<String> {
    let (Some((from, _)), Some((horizon, _))) = (&times.as_of, &times.horizon) else { return Vec::new() };
    let to = times.closes.as_ref().map_or(*horizon, |closes| closes.0.max(*horizon));
    let mut notes = Vec::new();
    for segment in draft.segments() {
        let (Some(country), Some(zone)) = (segment.place.country, segment.zone) else { continue };
        let year = |at: &DateTime<Utc>| at.with_timezone(&zone).year();
        let known = country.years();
        if !known.contains(&year(from)) || !known.contains(&year(&to)) {
            let note = format!(
                "{} ({}): public holidays are known for {} to {}. In other years only the dates in `holidays` count.",
                country.full_name(),
                country.code(),
                known.start(),
                known.end()
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
