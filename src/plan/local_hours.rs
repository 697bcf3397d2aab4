//! A zone's calendar hours (local date and hour) as stretches of elapsed hours. A change of the clocks makes an hour longer,
//! shorter or skips it; it is then still one calendar hour.

use super::{Plan, Segment};
use crate::plan::zone::Tz;
use chrono::{DateTime, Duration, NaiveDateTime, Timelike, Utc};

/// A calendar hour of a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalHour {
    /// What the zone's clocks show when it begins: a date and a full hour.
    pub local: NaiveDateTime,
    /// Elapsed hours since `as_of` at which it begins; 0 for one that had begun before.
    pub from: f64,
    /// Elapsed hours at which it ends.
    pub to: f64,
}

/// How long before the first deadline calendar hours are followed at most.
const MOST_DAYS_BEFORE: f64 = 10.0 * 24.0;

/// How long after the last deadline they are followed.
const DAYS_AFTER: f64 = 2.0 * 24.0;

/// Offsets of zones in use are multiples of a quarter of an hour, so a local hour begins on one.
const STEP_SECONDS: i64 = 15 * 60;

impl Plan {
    /// The calendar hours of a segment's zone from the main event (or ten days before the first deadline, if that is later) to
    /// two days after the last deadline, within `as_of` and the horizon. Ascending, without gaps. Where there is no event, from `as_of`.
    pub fn local_hours(&self, segment: &Segment) -> Vec<LocalHour> {
        let deadlines = || self.segments().iter().map(|s| s.deadline);
        let first = deadlines().fold(f64::INFINITY, f64::min);
        let last = deadlines().fold(0.0, f64::max);
        let main = if self.events().is_empty() { 0.0 } else { self.hours(self.main_event().at) };
        let from = main.min(first).max(first - MOST_DAYS_BEFORE).max(0.0);
        let to = (last + DAYS_AFTER).min(self.horizon_hours());
        self.calendar_hours(segment.time_zone, from, to)
    }

    /// All calendar hours of a zone that meet a stretch of elapsed hours, whole but for what lies outside `as_of` and the horizon.
    fn calendar_hours(&self, zone: Tz, from: f64, to: f64) -> Vec<LocalHour> {
        let begin = of_hour(self.instant(from), zone);
        let mut at = quarter(self.instant(from) - Duration::hours(2));
        let mut hours: Vec<LocalHour> = Vec::new();
        loop {
            let local = of_hour(at, zone);
            let elapsed = self.hours(at).clamp(0.0, self.horizon_hours());
            let same = hours.last().is_some_and(|h| h.local == local);
            if let (false, Some(last)) = (same, hours.last_mut()) {
                last.to = elapsed;
                if elapsed >= to {
                    return hours;
                }
            }
            if !same && (local == begin || !hours.is_empty()) {
                hours.push(LocalHour { local, from: elapsed, to: elapsed });
            }
            at += Duration::seconds(STEP_SECONDS);
        }
    }
}

/// The full hour that a zone's clocks show, or have passed last.
fn of_hour(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    let local = at.with_timezone(&zone).naive_local();
    local
        - Duration::seconds(i64::from(local.num_seconds_from_midnight() % 3600))
        - Duration::nanoseconds(i64::from(local.nanosecond()))
}

fn quarter(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp().div_euclid(STEP_SECONDS) * STEP_SECONDS;
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use chrono::{NaiveDate, TimeZone};

    fn plan() -> Plan {
        Sample::flagship().plan()
    }

    #[test]
    fn hours_follow_each_other_from_the_main_event_to_two_days_after_the_deadline() {
        let plan = plan();
        let hours = plan.local_hours(&plan.segments()[0]);
        assert_eq!((hours[0].from, hours[hours.len() - 1].to), (168.0, 285.0));
        assert_eq!(hours[0].local.to_string(), "2026-05-01 12:00:00");
        assert!(hours.windows(2).all(|w| w[0].to == w[1].from));
        assert!(hours.iter().all(|h| h.to - h.from == 1.0));
    }

    #[test]
    fn an_hour_of_a_zone_with_a_half_hour_offset_begins_between_whole_elapsed_hours() {
        let plan = plan();
        // 168 h is 00:30 in India; its hour began at 00:00.
        let hours = plan.calendar_hours(Tz::Asia__Kolkata, 168.0, 172.0);
        assert_eq!((hours[0].from, hours[0].to), (167.5, 168.5));
        assert_eq!(hours[0].local.to_string(), "2026-05-02 00:00:00");
        assert_eq!(hours.len(), 5);
    }

    /// Clocks of 2026 by the IANA database: London goes forward on 29 March 01:00 and back on 25 October 02:00, Lord Howe back by
    /// half an hour on 5 April 02:00.
    #[test]
    fn a_change_of_the_clocks_skips_an_hour_or_makes_it_longer() {
        let lengths = |zone: Tz, (month, day)| {
            let noon = zone.with_ymd_and_hms(2026, month, day, 0, 0, 0).single().expect("a time").with_timezone(&Utc);
            let mut sample = Sample::flagship();
            sample.horizon = 9000.0;
            let plan = sample.plan();
            let from = plan.hours(noon);
            let shown = |h: &LocalHour| (h.local.hour(), h.to - h.from);
            plan.calendar_hours(zone, from, from + 4.0).iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(lengths(Tz::Europe__London, (10, 25))[..3], [(0, 1.0), (1, 2.0), (2, 1.0)]);
        let sydney = lengths(Tz::Australia__Sydney, (10, 4));
        assert_eq!(sydney[..4], [(0, 1.0), (1, 1.0), (3, 1.0), (4, 1.0)]);
        let howe = lengths(Tz::Australia__Lord_Howe, (10, 4));
        assert_eq!(howe[..4], [(0, 1.0), (1, 1.0), (2, 0.5), (3, 1.0)]);
    }

    #[test]
    fn an_hour_that_had_begun_before_as_of_begins_with_it() {
        let plan = plan();
        let hours = plan.calendar_hours(Tz::Asia__Kolkata, 0.0, 2.0);
        assert_eq!((hours[0].from, hours[0].to), (0.0, 0.5));
        let day = NaiveDate::from_ymd_opt(2026, 4, 25).and_then(|d| d.and_hms_opt(0, 0, 0));
        assert_eq!(Some(hours[0].local), day);
    }
}
