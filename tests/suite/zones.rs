//! Local times against Python's zoneinfo, and the clock of people's work against brute force, minute by minute.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Offset, Timelike, Utc, Weekday, WeekdaySet};
use cutover::plan::clock::{self, LocalTimeError};
use cutover::plan::zone::{self, Tz};
use cutover::plan::{Calendar, WeekWeights, WorkClock, holidays};

/// Made by `zones/make.py`: zone, local time, and its instant; two instants when it is repeated, `skipped` when it is none.
const TIMES: &str = include_str!("../zones/2026.csv");

/// Made by `zones/make.py changes`: zones, their first offset of 2026 in minutes, and every change to the end of 2037.
const CHANGES: &str = include_str!("../zones/changes.csv");

struct Row<'a> {
    zone: &'a str,
    local: NaiveDateTime,
    instants: Vec<DateTime<Utc>>,
}

fn rows() -> impl Iterator<Item = Row<'static>> {
    TIMES.lines().skip(2).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let instants = fields[2..].iter().filter(|f| **f != "skipped").map(|f| {
            NaiveDateTime::parse_from_str(f, "%Y-%m-%dT%H:%MZ").unwrap_or_else(|e| panic!("{line}: {e}")).and_utc()
        });
        let local = NaiveDateTime::parse_from_str(fields[1], "%Y-%m-%d %H:%M").expect("a local time");
        Row { zone: fields[0], local, instants: instants.collect() }
    })
}

/// Our reading, in the form of a row: one instant, two, or none.
fn read(local: NaiveDateTime, zone: Tz) -> Vec<DateTime<Utc>> {
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).expect("RFC 3339").with_timezone(&Utc);
    match clock::to_utc(local, zone) {
        Ok(at) => vec![at],
        Err(LocalTimeError::Skipped { before, after, .. }) => {
            // What it offers instead are the minutes around the change, so that nothing lies between them.
            assert_eq!(instant(&after) - instant(&before), Duration::minutes(1), "{local} in {zone}");
            vec![]
        }
        Err(LocalTimeError::Repeated { first, second, .. }) => vec![instant(&first), instant(&second)],
    }
}

#[test]
fn every_local_time_is_the_instant_that_zoneinfo_says_and_skipped_and_repeated_ones_are_refused() {
    let (mut zones, mut skipped, mut repeated) = (Vec::new(), 0, 0);
    for row in rows() {
        let zone: Tz = row.zone.parse().expect("a zone of the IANA database");
        assert_eq!(read(row.local, zone), row.instants, "{} in {zone}", row.local);
        zones.push(row.zone);
        skipped += usize::from(row.instants.is_empty());
        repeated += usize::from(row.instants.len() == 2);
    }
    zones.dedup();
    assert!(zones.len() >= 65 && skipped >= 100 && repeated >= 100, "{} {skipped} {repeated}", zones.len());
}

/// Every zone that has a name here, and every change of its clocks from 2026 to 2037: the offset just before and at each.
#[test]
fn every_zone_changes_its_clocks_when_python_says_and_at_no_other_time() {
    let minutes = |zone: Tz, at: DateTime<Utc>| at.with_timezone(&zone).offset().fix().local_minus_utc().div_euclid(60);
    let instant = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ").expect("an instant").and_utc();
    let (mut seen, mut changes) = (std::collections::BTreeSet::new(), 0);
    for line in CHANGES.lines().skip(1) {
        let mut fields = line.split(',');
        let names: Vec<&str> = fields.next().expect("names").split(' ').collect();
        let first: i32 = fields.next().and_then(|minutes| minutes.parse().ok()).expect("an offset");
        let found: Vec<(DateTime<Utc>, i32)> = fields
            .map(|change| change.split_once(' ').expect("an instant and an offset"))
            .map(|(at, minutes)| (instant(at), minutes.parse().expect("minutes")))
            .collect();
        for name in names {
            let Ok(zone) = name.parse::<Tz>() else { continue };
            seen.insert(zone.name());
            let mut before = first;
            let mut from = instant("2026-01-01T00:00Z");
            for (at, after) in found.iter().copied().chain([(instant("2038-01-01T00:00Z"), i32::MAX)]) {
                // Nothing changes in between: looked at once a week, and just before the change.
                let mut probe = from;
                while probe < at {
                    assert_eq!(minutes(zone, probe), before, "{name} at {probe}");
                    probe += Duration::days(7);
                }
                assert_eq!(minutes(zone, at - Duration::minutes(1)), before, "{name} before {at}");
                if after != i32::MAX {
                    assert_eq!(minutes(zone, at), after, "{name} at {at}");
                    changes += 1;
                }
                (from, before) = (at, after);
            }
        }
    }
    let missing: Vec<&str> = zone::all().map(Tz::name).filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty() && changes > 3_000, "{missing:?} {changes}");
}

/// A stretch of time, and how people work there, said without the product's own calendar.
struct Case {
    zone: Tz,
    /// Local start and how long.
    from: &'static str,
    hours: u32,
    weekend: &'static [Weekday],
    holidays: &'static [&'static str],
    weights: [[f64; 24]; 2],
    calendar: fn(WeekWeights) -> Calendar,
}

impl Case {
    /// The weight of the minute that begins at `at`.
    fn weight(&self, at: DateTime<Utc>) -> f64 {
        let local = at.with_timezone(&self.zone);
        let day = local.date_naive();
        let off = self.weekend.contains(&day.weekday()) || self.holidays.contains(&day.to_string().as_str());
        self.weights[usize::from(off)][local.hour() as usize]
    }

    fn start(&self) -> DateTime<Utc> {
        let local = NaiveDateTime::parse_from_str(self.from, "%Y-%m-%d %H:%M").expect("a local time");
        clock::to_utc(local, self.zone).expect("once")
    }

    fn clock(&self) -> WorkClock {
        let [weekday, weekend] = self.weights;
        let weekend_days: WeekdaySet = self.weekend.iter().copied().collect();
        let calendar = (self.calendar)(WeekWeights { weekday, weekend, weekend_days });
        WorkClock::new(self.start(), f64::from(self.hours), self.zone, &calendar)
    }
}

fn of_country(week: WeekWeights, code: &str) -> Calendar {
    Calendar::new(week, holidays::country(code), &[], &[])
}

fn with_dates(week: WeekWeights, dates: &[NaiveDate]) -> Calendar {
    Calendar::new(week, None, dates, &[])
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

/// The weights of the model's page.
fn model() -> [[f64; 24]; 2] {
    let weekday = |h| match h {
        9..17 => 1.0,
        7..21 => 0.25,
        _ => 0.02,
    };
    let weekend = |h| if (8..20).contains(&h) { 0.1 } else { 0.02 };
    [std::array::from_fn(weekday), std::array::from_fn(weekend)]
}

/// 08-16 and nothing else, Saturday and Sunday mornings at a third.
fn strict() -> [[f64; 24]; 2] {
    let hours =
        |hours: std::ops::Range<usize>, weight| std::array::from_fn(|h| if hours.contains(&h) { weight } else { 0.0 });
    [hours(8..16, 1.0), hours(6..11, 1.0 / 3.0)]
}

const SAT_SUN: &[Weekday] = &[Weekday::Sat, Weekday::Sun];
const FRI_SAT: &[Weekday] = &[Weekday::Fri, Weekday::Sat];

fn cases() -> Vec<Case> {
    let case = |zone, from, hours, holidays, calendar| Case {
        zone,
        from,
        hours,
        weekend: SAT_SUN,
        holidays,
        weights: model(),
        calendar,
    };
    vec![
        // The clocks go forward on Sunday 8 March, and back on 1 November.
        case(Tz::America__Los_Angeles, "2026-03-06 15:07", 120, &[], |week| of_country(week, "US")),
        case(Tz::America__Los_Angeles, "2026-10-30 15:07", 120, &[], |week| of_country(week, "US")),
        // By half an hour, on Sunday 5 April; Easter Monday is the day after.
        case(Tz::Australia__Lord_Howe, "2026-04-03 20:41", 130, &["2026-04-03", "2026-04-06"], |week| {
            of_country(week, "AU-NSW")
        }),
        // Half-hour zone; forward on 4 October, Labour Day the day after.
        case(Tz::Australia__Adelaide, "2026-10-02 11:13", 110, &["2026-10-05"], |week| of_country(week, "AU-SA")),
        // Back on Sunday 25 October.
        case(Tz::Europe__London, "2026-10-23 09:00", 100, &[], |week| of_country(week, "GB")),
        case(Tz::Europe__London, "2026-04-30 16:59", 130, &["2026-05-04"], |week| of_country(week, "GB")),
        case(Tz::Asia__Kathmandu, "2026-05-01 13:07", 120, &["2026-05-04"], |week| with_dates(week, &[day(5, 4)])),
        Case {
            weekend: &[Weekday::Sun],
            weights: strict(),
            ..case(Tz::Asia__Kolkata, "2026-05-01 01:30", 150, &["2026-05-01", "2026-05-04"], |week| {
                with_dates(week, &[day(5, 1), day(5, 4)])
            })
        },
        // Four days of Eid al-Adha, the last in lieu of a Saturday.
        Case {
            weekend: FRI_SAT,
            weights: strict(),
            ..case(
                Tz::Asia__Riyadh,
                "2026-05-24 15:20",
                200,
                &["2026-05-26", "2026-05-27", "2026-05-28", "2026-05-31"],
                |week| of_country(week, "SA"),
            )
        },
        // A quarter-hour zone, forward from 02:45 on Sunday 27 September.
        Case {
            weights: strict(),
            ..case(Tz::Pacific__Chatham, "2026-09-25 07:45", 90, &[], |week| of_country(week, "NZ-CIT"))
        },
    ]
}

/// Work done by brute force after each minute, from 0 on.
fn by_minutes(case: &Case) -> Vec<f64> {
    let start = case.start();
    let mut done = vec![0.0];
    for minute in 0..i64::from(case.hours * 60) {
        done.push(done[minute as usize] + case.weight(start + Duration::minutes(minute)) / 60.0);
    }
    done
}

/// Rounding of some ten thousand sums of numbers up to 100.
const CLOSE: f64 = 1e-9;

#[test]
fn work_done_until_any_minute_is_the_sum_of_the_minutes() {
    for case in cases() {
        let (clock, done) = (case.clock(), by_minutes(&case));
        assert!(done[done.len() - 1] > 2.0, "{} from {}: something is done", case.zone, case.from);
        for (minute, work) in done.iter().enumerate() {
            let at = minute as f64 / 60.0;
            assert!((clock.work_until(at) - work).abs() < CLOSE, "{} from {}, {at} h", case.zone, case.from);
        }
        for minute in (0..done.len() - 1).step_by(7) {
            let (at, middle) = ((minute as f64 + 0.5) / 60.0, (done[minute] + done[minute + 1]) / 2.0);
            assert!((clock.work_until(at) - middle).abs() < CLOSE, "{} from {}, {at} h", case.zone, case.from);
        }
    }
}

#[test]
fn work_is_done_at_the_minute_by_which_the_minutes_add_up_to_it() {
    for case in cases() {
        let (clock, done) = (case.clock(), by_minutes(&case));
        for from in (0..done.len()).step_by(97) {
            for work in [0.001, 0.02, 0.25, 1.0, 2.0, 7.99, 20.0] {
                let target = done[from] + work;
                let got = clock.when_done(from as f64 / 60.0, work);
                let minute = done.partition_point(|d| *d < target - CLOSE);
                if minute == done.len() {
                    // Rounding decides about work that takes exactly as long as the clock runs.
                    assert!(got == f64::INFINITY || (target - done[minute - 1]).abs() < CLOSE);
                    continue;
                }
                let weight = done[minute] - done[minute - 1];
                let want = (minute as f64 - 1.0 + (target - done[minute - 1]) / weight) / 60.0;
                // What is left to do is rounded to 1e-9 hours; the lightest hour here weighs 0.02.
                assert!(
                    (got - want).abs() < CLOSE / 0.02,
                    "{} from {}: {work} h of work from minute {from} on: {got} is not {want}",
                    case.zone,
                    case.from
                );
            }
        }
    }
}
