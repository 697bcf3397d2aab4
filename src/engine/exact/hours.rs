//! Failures by the calendar hours of each segment's zone, from the curves that are solved anyway.

use super::mixture::Rate;
use crate::plan::{LocalHour, Plan, Segment};
use crate::results::HourMeans;

/// Hours (4 milliseconds) by which the first hour begins early: less than any two instants of a plan are apart.
const JUST_BEFORE: f64 = 1e-6;

/// The calendar hours of each segment. They are the centre's for every possible plan: instants that are not known would move them.
pub(super) fn calendar(centre: &Plan) -> Vec<Vec<LocalHour>> {
    centre.segments().iter().map(|segment| centre.local_hours(segment)).collect()
}

/// Where the calendar hours of a segment's zone begin, and where the last one ends.
pub(super) fn edges(centre: &Plan, calendar: &[Vec<LocalHour>], segment: &Segment) -> Vec<f64> {
    let of_zone = centre.segments().iter().zip(calendar).find(|(s, _)| s.time_zone == segment.time_zone);
    let hours = of_zone.map_or(&[][..], |(_, hours)| hours);
    let end = hours.last().map(|h| h.to);
    let mut edges: Vec<f64> = hours.iter().map(|h| h.from).chain(end).collect();
    if let Some(first) = edges.first_mut() {
        // So that what fails at once, when the main event comes into force, falls within its hour.
        *first -= JUST_BEFORE;
    }
    edges
}

/// For each segment, the failures in each of its calendar hours.
pub(super) fn by_local_hour(calendar: &[Vec<LocalHour>], rate: &Rate) -> Vec<Vec<HourMeans>> {
    let failures = |(segment, hours): (usize, &Vec<LocalHour>)| {
        let failed_by = rate.segment_curve(segment, &|solved| &solved.local_curve);
        let within = failed_by.windows(2).map(|w| (w[1] - w[0]).max(0.0));
        hours.iter().zip(within).map(|(hour, failed)| HourMeans { hour: *hour, failed }).collect()
    };
    calendar.iter().enumerate().map(failures).collect()
}
