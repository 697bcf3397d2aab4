//! Lints of where orgs live.

use super::subject::Subject;
use super::words;
use crate::plan::Segment;
use crate::plan::country_zones::zones_of;
use crate::plan::units::show_hours;
use crate::plan::wording::date_pattern;
use crate::plan::zone::Tz;
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use chrono::{DateTime, Offset, Utc};

/// All lints of places: one a segment whose country keeps another time.
pub(super) fn lints(subject: &Subject<'_>) -> Vec<Finding> {
    subject.segments().filter_map(|segment| country_and_zone(subject, segment)).collect()
}

fn offset_hours(zone: Tz, at: DateTime<Utc>) -> f64 {
    f64::from(at.with_timezone(&zone).offset().fix().local_minus_utc()) / 3600.0
}

fn country_and_zone(subject: &Subject<'_>, segment: &Segment) -> Option<Finding> {
    let country = segment.calendar.country()?;
    let zones = zones_of(country);
    let at = subject.policy().at;
    let ends = [subject.plan.as_of(), at, subject.plan.horizon()];
    let fits = |zone: &Tz| ends.iter().all(|at| offset_hours(*zone, *at) == offset_hours(segment.time_zone, *at));
    if zones.is_empty() || zones.iter().any(fits) {
        return None;
    }
    // The nearest of the country's zones is the least that the segment is off by.
    let apart = |zone: &Tz| offset_hours(segment.time_zone, at) - offset_hours(*zone, at);
    let near = zones.iter().min_by(|a, b| apart(a).abs().total_cmp(&apart(b).abs()))?;
    let (name, off) = (country.full_name(), apart(near));
    let message = format!("no place in {name} ({}) is on the time of {}", country.code(), segment.time_zone);
    let finding = Finding::new(FindingCode::CountryAndZone, message, subject.place_of(segment, "time_zone")).warning();
    let direction = if off > 0.0 { "ahead of" } else { "behind" };
    let finding = finding.label(format!("{} {direction} {near}", show_hours(off.abs())));
    let mut finding = finding.related(subject.place_of(segment, "country"), name);
    let local = |zone: Tz| at.with_timezone(&zone).format(&date_pattern("%a %H:%M")).to_string();
    finding = finding.note(format!(
        "when {} is switched on, it is {} in {} and {} in {near}. Working hours of {} are {} off",
        subject.policy().name,
        local(segment.time_zone),
        segment.time_zone,
        local(*near),
        subject.whose(&[segment]),
        words::hours(off.abs())
    ));
    Some(finding.help(format!("write time_zone = \"{near}\" if they live there, or correct the country")))
}
