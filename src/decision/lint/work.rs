//! Office hours of a segment between two instants: what several lints count by.

use crate::plan::{Segment, WorkClock, clock};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// An hour in which at least half of an office hour's work gets done is an office hour.
const OFFICE_FROM: f64 = 0.5;

/// Office hours of a working day.
pub(super) const WORKING_DAY: f64 = 8.0;

/// The hours between two instants by their weight, heaviest first.
pub(super) fn hours_by_weight(segment: &Segment, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(f64, f64)> {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    for (start, end, weight) in steps(segment, from, to) {
        match sums.iter_mut().find(|s| s.0 == weight) {
            Some(sum) => sum.1 += end - start,
            None => sums.push((weight, end - start)),
        }
    }
    sums.sort_by(|a, b| b.0.total_cmp(&a.0));
    sums
}

/// Office hours between two instants.
pub(super) fn office_hours(segment: &Segment, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    office_steps(segment, from, to).iter().map(|(start, end)| end - start).sum()
}

/// Beginnings and ends of the office hours between two instants, in hours after the first.
pub(super) fn office_steps(segment: &Segment, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(f64, f64)> {
    let steps = steps(segment, from, to);
    steps.into_iter().filter(|s| s.2 >= OFFICE_FROM).map(|(start, end, _)| (start, end)).collect()
}

/// When `hours` office hours have passed since `from`; `None` when that takes more than a month.
pub(super) fn when_passed(segment: &Segment, from: DateTime<Utc>, hours: f64) -> Option<DateTime<Utc>> {
    let mut left = hours;
    for (start, end) in office_steps(segment, from, from + Duration::days(31)) {
        if end - start >= left {
            return Some(clock::after(from, start + left));
        }
        left -= end - start;
    }
    None
}

/// The first office hour that begins after, or holds, an instant.
pub(super) fn next_office_hour(segment: &Segment, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    office_steps(segment, from, from + Duration::days(31)).first().map(|(start, _)| clock::after(from, *start))
}

/// The instant at which a local date begins for a segment.
pub(super) fn midnight(segment: &Segment, date: NaiveDate) -> DateTime<Utc> {
    let local = date.and_time(chrono::NaiveTime::MIN);
    // Where clocks go forward at midnight the day begins an hour later.
    let begins = clock::to_utc(local, segment.time_zone);
    begins.or_else(|_| clock::to_utc(local + Duration::hours(1), segment.time_zone)).unwrap_or_else(|_| local.and_utc())
}

/// The local date of an instant.
pub(super) fn date(segment: &Segment, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&segment.time_zone).date_naive()
}

fn steps(segment: &Segment, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(f64, f64, f64)> {
    let hours = clock::hours_between(from, to);
    if hours <= 0.0 {
        return Vec::new();
    }
    WorkClock::new(from, hours, segment.time_zone, &segment.calendar).steps().collect()
}
