//! Wall-clock times as a scenario writes them: `"2026-05-04 09:00"`, the same with an offset, or TOML's own. It reads the
//! text; which instant a local time is, `plan::clock` alone decides.

use super::finding_code::FindingCode;
use chrono::{DateTime, Datelike, Days, Duration, FixedOffset, NaiveDate, NaiveDateTime, Utc, Weekday};

use super::duration::Refusal;

/// A time as written: one instant, or the reading of a clock on some wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It carries an offset.
    Fixed(DateTime<Utc>),
    /// It does not.
    Local(NaiveDateTime),
}

/// Years that a scenario may speak of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2200;

const FORM: &str = "write \"YYYY-MM-DD HH:MM\", such as \"2026-05-04 09:00\"";

fn refuse<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(FindingCode::NotATime, message, help))
}

/// Reads a time from text.
///
/// # Errors
/// When it is none, with what to write instead.
pub(crate) fn parse(text: &str) -> Result<Moment, Refusal> {
    let (weekday, trimmed) = split_weekday(text.trim());
    let Some((date, rest)) = split_date(trimmed) else {
        return refuse(format!("`{text}` is no date and time"), remedy(trimmed));
    };
    let day = date_of(date)?;
    check_weekday(weekday, day)?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if rest.is_empty() {
        return date_alone(date);
    }
    let (time, offset) = split_offset(rest);
    let Some((hour, minute, second)) = time_of(time.trim()) else {
        return refuse(format!("`{rest}` is no time of day"), remedy(trimmed));
    };
    let local = match (hour, minute, second) {
        (24, 0, 0) => day.succ_opt().and_then(|d| d.and_hms_opt(0, 0, 0)),
        _ => day.and_hms_opt(hour, minute, second),
    };
    let Some(local) = local else {
        return refuse(
            format!("`{rest}` is no time of day"),
            "hours go from 00 to 23 (24:00 is the end of the day), minutes to 59",
        );
    };
    let Some(offset) = offset else { return Ok(Moment::Local(local)) };
    match offset_of(offset) {
        Some(offset) => fixed(local, offset),
        None => refuse(
            format!("`{offset}` is no offset"),
            "write the offset as \"Z\" or as in \"2026-05-04T09:00:00-07:00\"",
        ),
    }
}

/// Reads a time that TOML has read already, from TOML's spelling of it.
///
/// # Errors
/// When it is only a date or only a time of day.
pub(crate) fn from_toml(spelt: &str) -> Result<Moment, Refusal> {
    match split_date(spelt) {
        Some(_) => parse(spelt),
        None => refuse(format!("`{spelt}` has no date"), FORM),
    }
}

/// Reads a day, as holidays are written.
///
/// # Errors
/// When it is none.
pub(crate) fn parse_day(text: &str) -> Result<NaiveDate, Refusal> {
    let (weekday, trimmed) = split_weekday(text.trim());
    match split_date(trimmed) {
        Some((date, "")) => {
            let day = date_of(date)?;
            check_weekday(weekday, day).map(|()| day)
        }
        _ => Err(Refusal::new(
            FindingCode::NotADate,
            format!("`{text}` is no date"),
            "write \"YYYY-MM-DD\", such as \"2026-05-04\"",
        )),
    }
}

/// Splits off a weekday that stands before a date: `Tue 2027-03-10`, `Monday, 2026-05-04`.
pub(crate) fn split_weekday(text: &str) -> (Option<Weekday>, &str) {
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    match text[..letters].parse::<Weekday>() {
        Ok(day) if letters > 0 => (Some(day), text[letters..].trim_start_matches(['.', ',', ' '])),
        _ => (None, text),
    }
}

/// Refuses a weekday that is not that of the date.
pub(crate) fn check_weekday(said: Option<Weekday>, date: NaiveDate) -> Result<(), Refusal> {
    let Some(said) = said.filter(|said| *said != date.weekday()) else { return Ok(()) };
    let name = |day: Weekday| {
        NaiveDate::from_isoywd_opt(2026, 1, day).map_or_else(String::new, |d| d.format("%A").to_string())
    };
    let after = u64::from(said.days_since(date.weekday()));
    let near = [date.checked_sub_days(Days::new(7 - after)), date.checked_add_days(Days::new(after))];
    let near: Vec<String> = near.into_iter().flatten().map(|d| d.to_string()).collect();
    Err(Refusal::new(
        FindingCode::NotATime,
        format!("{date} is a {}, not a {}", name(date.weekday()), name(said)),
        format!("mend the day or the weekday: the {}s next to it are {}", name(said), near.join(" and ")),
    ))
}

fn date_alone<T>(date: &str) -> Result<T, Refusal> {
    refuse(
        format!("`{date}` has no time of day"),
        format!("add it: \"{date} 09:00\", or \"{date} 24:00\" for the end of the day"),
    )
}

fn fixed(local: NaiveDateTime, offset: FixedOffset) -> Result<Moment, Refusal> {
    Ok(Moment::Fixed((local - Duration::seconds(i64::from(offset.local_minus_utc()))).and_utc()))
}

/// `YYYY-MM-DD` and what follows.
fn split_date(text: &str) -> Option<(&str, &str)> {
    let date = text.get(..10)?;
    let shape = date.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    let rest = &text[10..];
    (shape && (rest.is_empty() || rest.starts_with(['T', 't', ' ']))).then_some((date, rest))
}

fn date_of(date: &str) -> Result<NaiveDate, Refusal> {
    let number = |r: std::ops::Range<usize>| date[r].parse::<u32>().unwrap_or(0);
    let year = i32::try_from(number(0..4)).unwrap_or(0);
    let Some(day) = NaiveDate::from_ymd_opt(year, number(5..7), number(8..10)) else {
        return refuse(format!("there is no day {date} in the calendar"), "mend the month or the day: \"YYYY-MM-DD\"");
    };
    if !YEARS.contains(&year) {
        let help = format!("years go from {} to {}", YEARS.start(), YEARS.end());
        return Err(Refusal::new(FindingCode::OutOfRange, format!("the year {year} is out of range"), help));
    }
    Ok(day)
}

/// Splits `09:00-07:00` before its offset.
fn split_offset(rest: &str) -> (&str, Option<&str>) {
    match rest.find(['Z', 'z', '+', '-', '−']) {
        Some(at) => (&rest[..at], Some(&rest[at..])),
        None => (rest, None),
    }
}

fn offset_of(text: &str) -> Option<FixedOffset> {
    if matches!(text, "Z" | "z") {
        return FixedOffset::east_opt(0);
    }
    let sign = if text.starts_with('+') { 1 } else { -1 };
    let (hours, minutes) = text.trim_start_matches(['+', '-', '−']).split_once(':')?;
    let two =
        |t: &str| (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<i32>().ok()).flatten();
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours <= 23 && minutes <= 59).then(|| FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))).flatten()
}

/// Hour, minute and second of `HH:MM[:SS[.fraction]]`; a fraction of a second is dropped.
fn time_of(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(':');
    let two =
        |t: &str| (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u32>().ok()).flatten();
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let second = match parts.next() {
        None => 0,
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            two(whole)?
        }
    };
    parts.next().is_none().then_some((hour, minute, second))
}

/// What to write instead: the same with its parts padded, where that reads; else the form.
fn remedy(text: &str) -> String {
    padded(text).map_or_else(|| FORM.to_owned(), |padded| format!("write \"{padded}\""))
}

/// The time that a loose spelling means, spelt as it should be: `2026-5-4 9:00` is `2026-05-04 09:00`.
pub(crate) fn padded(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    if let [year, month, day, hour, minute] = parts[..]
        && year.len() == 4
        && !text.contains(|c: char| c.is_ascii_alphabetic() && c != 'T')
    {
        let padded = format!("{year}-{month:0>2}-{day:0>2} {hour:0>2}:{minute:0>2}");
        return (padded != text && parse(&padded).is_ok()).then_some(padded);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(Moment::Local(t)) => t.format("%Y-%m-%d %H:%M:%S").to_string(),
            Ok(Moment::Fixed(t)) => t.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Err(refusal) => refusal.help,
        }
    }

    #[test]
    fn times_are_read_in_all_their_spellings() {
        for (text, want) in [
            ("2026-05-04 09:00", "2026-05-04 09:00:00"),
            ("2026-05-04T09:00", "2026-05-04 09:00:00"),
            ("2026-05-04 09:00:30", "2026-05-04 09:00:30"),
            ("2026-05-03 24:00", "2026-05-04 00:00:00"),
            ("2026-12-31 24:00", "2027-01-01 00:00:00"),
            ("2026-05-04T09:00:00-07:00", "2026-05-04T16:00:00Z"),
            ("2026-05-04 09:00Z", "2026-05-04T09:00:00Z"),
            ("2026-05-04T09:00:00.250+05:45", "2026-05-04T03:15:00Z"),
        ] {
            assert_eq!(shown(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_what_to_write_instead() {
        for (text, help) in [
            ("2026-05-04", "\"2026-05-04 09:00\""),
            ("2026-5-4 9:00", "write \"2026-05-04 09:00\""),
            ("2026-05-04 9:00", "write \"2026-05-04 09:00\""),
            ("2026/05/04 09:00", "write \"2026-05-04 09:00\""),
            ("2026-02-30 09:00", "mend the month"),
            ("2026-05-04 25:00", "hours go from 00 to 23"),
            ("2026-05-04 24:01", "hours go from 00 to 23"),
            ("2026-05-04 09:00 PST", "YYYY-MM-DD"),
            ("2026-05-04T09:00:00-7", "offset"),
            ("1026-05-04 09:00", "years go from"),
            ("Monday", "YYYY-MM-DD"),
            ("", "YYYY-MM-DD"),
            ("日本日本日本日本", "YYYY-MM-DD"),
        ] {
            assert!(shown(text).contains(help), "{text}: {}", shown(text));
        }
    }

    #[test]
    fn tomls_own_times_are_times_and_its_dates_are_not() {
        let toml = from_toml;
        assert_eq!(toml("2026-05-04T09:00:00"), parse("2026-05-04 09:00"));
        assert_eq!(toml("2026-05-04T09:00:00-07:00"), parse("2026-05-04T09:00:00-07:00"));
        assert!(toml("2026-05-04").is_err());
        assert!(toml("09:00:00").is_err());
        assert!(parse_day("2026-05-04").is_ok());
        assert!(parse_day("2026-05-04 09:00").is_err());
    }
}
