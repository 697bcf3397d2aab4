//! Time axes: ticks at local hours, days, Mondays, months or years of a zone, as fine as their labels have room. It draws
//! nothing.

use super::text::Font;
use crate::plan::wording::date_pattern;
use crate::plan::zone::Tz;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};

/// A tick with one or two lines of label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// When.
    pub at: DateTime<Utc>,
    /// First line: hour, or date.
    pub label: String,
    /// Second line: the date under an hour, the year under a date; empty where it would repeat.
    pub second: String,
}

/// How far ticks are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Hours that divide a day.
    Hours(u32),
    /// Days, counted from Monday so that weeks look alike.
    Days(u32),
    /// Weeks, on Mondays.
    Weeks(u32),
    /// Months, on their first day.
    Months(u32),
}

/// From the finest to the coarsest.
const STEPS: [Step; 17] = [
    Step::Hours(1),
    Step::Hours(2),
    Step::Hours(3),
    Step::Hours(6),
    Step::Hours(12),
    Step::Days(1),
    Step::Days(2),
    Step::Weeks(1),
    Step::Weeks(2),
    Step::Weeks(4),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(60),
    Step::Months(240),
];

/// Least room between two labels, in pixels.
const GAP: f64 = 18.0;

/// The finest ticks from `from` to `to` whose labels fit, none finer than `finest`; `px` gives an instant's pixel.
pub(super) fn ticks(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
    finest: Step,
    font: Font,
    px: impl Fn(DateTime<Utc>) -> f64,
) -> (Step, Vec<Tick>) {
    let start = STEPS.iter().position(|s| *s == finest).unwrap_or(0);
    let made = STEPS[start..].iter().map(|step| (*step, ticks_of(*step, from, to, zone)));
    // At most a tick every 15 pixels: guards against labelling years hour by hour.
    let fitting = made.into_iter().find(|(_, ticks)| ticks.len() < 60 && fits(ticks, font, &px));
    fitting.unwrap_or((STEPS[STEPS.len() - 1], Vec::new()))
}

fn fits(ticks: &[Tick], font: Font, px: &impl Fn(DateTime<Utc>) -> f64) -> bool {
    let apart = |label: fn(&Tick) -> &str| {
        let shown: Vec<&Tick> = ticks.iter().filter(|t| !label(t).is_empty()).collect();
        shown.windows(2).all(|w| {
            let half = (font.width(label(w[0])) + font.width(label(w[1]))) / 2.0;
            px(w[1].at) - px(w[0].at) >= half + GAP
        })
    };
    apart(|t| &t.label) && apart(|t| &t.second)
}

fn ticks_of(step: Step, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    let mut local = floor(step, from.with_timezone(&zone).naive_local());
    // More could not be labelled anyway.
    while ticks.len() < 60 {
        // A local time that a change of the clocks skips has no tick; of one that comes twice the first is taken.
        if let Some(at) = zone.from_local_datetime(&local).earliest().map(|t| t.with_timezone(&Utc)) {
            if at > to {
                break;
            }
            if at >= from {
                ticks.push(tick(step, at, local, ticks.last(), zone));
            }
        }
        local = next(step, local);
    }
    ticks
}

fn tick(step: Step, at: DateTime<Utc>, local: NaiveDateTime, before: Option<&Tick>, zone: Tz) -> Tick {
    let earlier = before.map(|t| t.at.with_timezone(&zone).naive_local());
    let new_day = earlier.is_none_or(|e| e.date() != local.date());
    let new_year = earlier.map_or(local.month() == 1, |e| e.year() != local.year());
    let new_month = earlier.is_none_or(|e| e.month() != local.month());
    let shown = |pattern: &str| local.format(&date_pattern(pattern)).to_string();
    let year = || if new_year { shown("%Y") } else { String::new() };
    let (label, second) = match step {
        Step::Hours(_) if new_day && (earlier.is_none() || local.weekday() == chrono::Weekday::Mon) => {
            (shown("%H:%M"), shown("%a %-d %b"))
        }
        Step::Hours(_) if new_day => (shown("%H:%M"), shown("%a")),
        Step::Hours(_) => (shown("%H:%M"), String::new()),
        Step::Days(_) => (shown("%a"), if new_month { shown("%-d %b") } else { shown("%-d") }),
        Step::Weeks(_) => (shown("%-d %b"), year()),
        Step::Months(n) if n % 12 == 0 => (shown("%Y"), String::new()),
        Step::Months(_) => (shown("%b"), if earlier.is_none() || new_year { shown("%Y") } else { String::new() }),
    };
    Tick { at, label, second }
}

/// The last place of a tick at or before a local time.
fn floor(step: Step, local: NaiveDateTime) -> NaiveDateTime {
    let day = local.date();
    let monday = || day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
    match step {
        Step::Hours(n) => midnight(day) + Duration::hours(i64::from(local.hour() / n * n)),
        Step::Days(_) | Step::Weeks(_) => midnight(monday()),
        Step::Months(n) => {
            let months = (day.year() * 12 + day.month0() as i32).div_euclid(n as i32) * n as i32;
            first_of(months)
        }
    }
}

fn next(step: Step, local: NaiveDateTime) -> NaiveDateTime {
    match step {
        Step::Hours(n) => local + Duration::hours(i64::from(n)),
        Step::Days(n) => local + Duration::days(i64::from(n)),
        Step::Weeks(n) => local + Duration::weeks(i64::from(n)),
        Step::Months(n) => first_of(local.year() * 12 + local.month0() as i32 + n as i32),
    }
}

fn first_of(months: i32) -> NaiveDateTime {
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
    midnight(NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX))
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(0, 0, 0).expect("every day has a midnight on the calendar")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(hours: i64, finest: Step) -> (Step, Vec<String>) {
        let zone = Tz::America__Los_Angeles;
        let from = zone.with_ymd_and_hms(2026, 5, 1, 9, 30, 0).single().expect("a time").with_timezone(&Utc);
        let to = from + Duration::hours(hours);
        let px = |at: DateTime<Utc>| (at - from).num_seconds() as f64 / (to - from).num_seconds() as f64 * 700.0;
        let (step, ticks) = ticks((from, to), zone, finest, Font::regular(13.0), px);
        (step, ticks.into_iter().map(|t| format!("{} {}", t.label, t.second).trim_end().to_owned()).collect())
    }

    #[test]
    fn a_weekend_is_ticked_by_hours_with_its_weekdays() {
        let (step, labels) = labels(80, Step::Hours(1));
        assert_eq!(step, Step::Hours(12));
        assert_eq!(labels[..4], ["12:00 Fri 1 May", "00:00 Sat", "12:00", "00:00 Sun"]);
        assert!(labels.contains(&"00:00 Mon 4 May".to_owned()));
    }

    #[test]
    fn longer_spans_are_ticked_by_days_mondays_months_and_years() {
        assert_eq!(labels(24 * 12, Step::Hours(1)).0, Step::Days(1));
        assert_eq!(labels(24 * 60, Step::Days(1)).0, Step::Weeks(1));
        assert_eq!(labels(24 * 60, Step::Days(1)).1[..2], ["4 May", "11 May"]);
        assert!(matches!(labels(24 * 800, Step::Days(1)).0, Step::Months(_)));
        assert!(matches!(labels(24 * 20_000, Step::Days(1)).0, Step::Months(60 | 240)));
    }

    #[test]
    fn a_change_of_the_clocks_moves_no_tick_off_its_local_hour() {
        let zone = Tz::America__Los_Angeles;
        let from = zone.with_ymd_and_hms(2026, 10, 31, 0, 0, 0).single().expect("a time").with_timezone(&Utc);
        let made = ticks_of(Step::Hours(12), from, from + Duration::hours(60), zone);
        let hours: Vec<u32> = made.iter().map(|t| t.at.with_timezone(&zone).hour()).collect();
        assert_eq!(hours, [0, 12, 0, 12, 0]);
    }
}
