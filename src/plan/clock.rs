//! Local time becomes UTC here, once. A wall-clock time that a change of daylight saving skips or repeats is an error that
//! names the change and the spellings that work.

use super::wording::date_pattern;
use crate::plan::zone::Tz;
use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone, Utc};

/// A wall-clock time that is not exactly one instant in its zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocalTimeError {
    /// The clocks were put forward over it.
    #[error("{local} does not exist in {zone}: clocks go forward from {before} to {after} then")]
    Skipped {
        /// As written.
        local: String,
        /// The IANA zone.
        zone: Tz,
        /// The last local time before the change, with its offset.
        before: String,
        /// The first local time after it, with its offset.
        after: String,
    },
    /// The clocks were put back over it.
    #[error("{local} exists twice in {zone}: clocks go back then, first it is {first}, then {second}")]
    Repeated {
        /// As written.
        local: String,
        /// The IANA zone.
        zone: Tz,
        /// The earlier reading, as RFC 3339.
        first: String,
        /// The later reading, as RFC 3339.
        second: String,
    },
}

impl LocalTimeError {
    /// What to write instead.
    pub fn remedy(&self) -> String {
        match self {
            Self::Skipped { before, after, .. } => {
                format!("write a time before or after the change, with its offset: \"{before}\" or \"{after}\"")
            }
            Self::Repeated { first, second, .. } => format!("say which one by its offset: \"{first}\" or \"{second}\""),
        }
    }
}

/// The instant at which the clocks of `zone` show `local`.
///
/// # Errors
/// When they never do, or do twice.
pub fn to_utc(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, LocalTimeError> {
    let rfc = |t: DateTime<Tz>| t.format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        chrono::LocalResult::Ambiguous(first, second) => Err(LocalTimeError::Repeated {
            local: local.format("%Y-%m-%d %H:%M").to_string(),
            zone,
            first: rfc(first),
            second: rfc(second),
        }),
        chrono::LocalResult::None => {
            let change = change_over(local, zone);
            Err(LocalTimeError::Skipped {
                local: local.format("%Y-%m-%d %H:%M").to_string(),
                zone,
                before: rfc((change - Duration::minutes(1)).with_timezone(&zone)),
                after: rfc(change.with_timezone(&zone)),
            })
        }
    }
}

/// The instant of the change of offset that skips `local`, by bisection to the second.
fn change_over(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    // No zone is further than 26 hours from another, so the change lies within these two days.
    let (mut low, mut high) = (local.and_utc() - Duration::hours(27), local.and_utc() + Duration::hours(27));
    let reads_before = |t: DateTime<Utc>| t.with_timezone(&zone).naive_local() < local;
    while high - low > Duration::seconds(1) {
        let mid = low + (high - low) / 2;
        let mid = mid - Duration::nanoseconds(i64::from(mid.timestamp_subsec_nanos()));
        let mid = if mid <= low { low + Duration::seconds(1) } else { mid };
        if reads_before(mid) { low = mid } else { high = mid }
    }
    high
}

/// `Fri 1 May 12:00`, in `zone`; with the year when it is not `home_year`.
pub fn show(at: DateTime<Utc>, zone: Tz, home_year: Option<i32>) -> String {
    use chrono::Datelike;
    let local = at.with_timezone(&zone);
    match home_year {
        Some(year) if local.year() == year => local.format(&date_pattern("%a %-d %b %H:%M")).to_string(),
        _ => local.format(&date_pattern("%a %-d %b %Y %H:%M")).to_string(),
    }
}

/// RFC 3339 with the offset of `zone`.
pub fn rfc3339(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The zone's own name for its time at `at` where that is letters (`PDT`), else the offset (`UTC+05:30`).
pub fn abbreviation(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    match local.offset().abbreviation() {
        name if name.chars().all(|c| c.is_ascii_alphabetic()) => name.to_owned(),
        _ => format!("UTC{}", local.offset().fix()),
    }
}

/// The offset from UTC that a zone's clocks have at an instant, with its name where it has one: `-07:00 PDT`.
pub fn offset(at: DateTime<Utc>, zone: Tz) -> String {
    let fixed = at.with_timezone(&zone).offset().fix().to_string();
    match abbreviation(at, zone) {
        name if name.starts_with("UTC") => fixed,
        name => format!("{fixed} {name}"),
    }
}

/// Elapsed hours from `origin` to `at`, as a real number.
pub fn hours_between(origin: DateTime<Utc>, at: DateTime<Utc>) -> f64 {
    let apart = at - origin;
    apart.num_seconds() as f64 / 3600.0 + f64::from(apart.subsec_nanos()) / 3.6e12
}

/// Hours to the nearest microsecond: sums of hours are rounded, and the rules ask which of two instants comes first, so that what
/// coincides in a scenario must coincide here.
pub fn to_microsecond(hours: f64) -> f64 {
    const PER_HOUR: f64 = 3.6e9;
    (hours * PER_HOUR).round() / PER_HOUR
}

/// The instant `hours` after `origin`, to the nearest millisecond.
pub fn after(origin: DateTime<Utc>, hours: f64) -> DateTime<Utc> {
    origin + Duration::milliseconds((hours * 3.6e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn local(month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, month, day).and_then(|d| d.and_hms_opt(hour, minute, 0)).expect("a date")
    }

    /// Changes of 2026 by the IANA database: Los Angeles 8 Mar and 1 Nov (north), Sydney 5 Apr and 4 Oct (south),
    /// Lord Howe the same days by half an hour.
    #[test]
    fn both_edges_of_daylight_saving_are_exact_north_south_and_by_half_an_hour() {
        let ok = |t, zone| to_utc(t, zone).map(|u| u.format("%Y-%m-%dT%H:%MZ").to_string());
        let la = Tz::America__Los_Angeles;
        assert_eq!(ok(local(3, 8, 1, 59), la).as_deref(), Ok("2026-03-08T09:59Z"));
        assert!(matches!(ok(local(3, 8, 2, 0), la), Err(LocalTimeError::Skipped { .. })));
        assert!(matches!(ok(local(3, 8, 2, 59), la), Err(LocalTimeError::Skipped { .. })));
        assert_eq!(ok(local(3, 8, 3, 0), la).as_deref(), Ok("2026-03-08T10:00Z"));
        assert_eq!(ok(local(11, 1, 0, 59), la).as_deref(), Ok("2026-11-01T07:59Z"));
        assert!(matches!(ok(local(11, 1, 1, 0), la), Err(LocalTimeError::Repeated { .. })));
        assert!(matches!(ok(local(11, 1, 1, 59), la), Err(LocalTimeError::Repeated { .. })));
        assert_eq!(ok(local(11, 1, 2, 0), la).as_deref(), Ok("2026-11-01T10:00Z"));
        let sydney = Tz::Australia__Sydney;
        assert!(matches!(ok(local(4, 5, 2, 30), sydney), Err(LocalTimeError::Repeated { .. })));
        assert_eq!(ok(local(4, 5, 3, 0), sydney).as_deref(), Ok("2026-04-04T17:00Z"));
        assert!(matches!(ok(local(10, 4, 2, 30), sydney), Err(LocalTimeError::Skipped { .. })));
        assert_eq!(ok(local(10, 4, 3, 0), sydney).as_deref(), Ok("2026-10-03T16:00Z"));
        let howe = Tz::Australia__Lord_Howe;
        assert_eq!(ok(local(4, 5, 1, 29), howe).as_deref(), Ok("2026-04-04T14:29Z"));
        assert!(matches!(ok(local(4, 5, 1, 45), howe), Err(LocalTimeError::Repeated { .. })));
        assert_eq!(ok(local(4, 5, 2, 0), howe).as_deref(), Ok("2026-04-04T15:30Z"));
        assert!(matches!(ok(local(10, 4, 2, 15), howe), Err(LocalTimeError::Skipped { .. })));
        assert_eq!(ok(local(10, 4, 2, 30), howe).as_deref(), Ok("2026-10-03T15:30Z"));
    }

    #[test]
    fn a_skipped_time_names_the_change_and_spellings_that_work() {
        let error = to_utc(local(3, 8, 2, 30), Tz::America__Los_Angeles).expect_err("skipped");
        assert_eq!(
            error.to_string(),
            "2026-03-08 02:30 does not exist in America/Los_Angeles: clocks go forward from 2026-03-08T01:59:00-08:00 to \
             2026-03-08T03:00:00-07:00 then"
        );
        let error = to_utc(local(11, 1, 1, 30), Tz::America__Los_Angeles).expect_err("repeated");
        assert_eq!(
            error.remedy(),
            "say which one by its offset: \"2026-11-01T01:30:00-07:00\" or \"2026-11-01T01:30:00-08:00\""
        );
    }

    #[test]
    fn an_offset_has_its_name_where_that_is_letters() {
        let at = "2026-05-04T16:00:00Z".parse::<DateTime<Utc>>().expect("a time");
        assert_eq!(offset(at, Tz::America__Los_Angeles), "-07:00 PDT");
        assert_eq!(offset(at, Tz::Asia__Kathmandu), "+05:45");
    }
}
