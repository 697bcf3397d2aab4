//! Instants as exports write them: one grammar for inventories, histories and observations. RFC 3339 and its looser relatives carry their
//! offset; what carries none is read only where somebody has said in which zone, and how it is written.

use crate::plan::clock;
use crate::plan::zone::Tz;
use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// What counts the instants of a column that holds numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// How a column writes its instants, beyond what it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstantForm {
    /// The zone of times that carry no offset.
    pub zone: Option<Tz>,
    /// How they are written, in the letters of `strftime`; else as RFC 3339 has them.
    pub format: Option<String>,
    /// Set where the column holds numbers.
    pub epoch: Option<Ground>,
}

/// The names of [`InstantForm::epoch`], as a scenario writes them for a format.
pub(crate) const EPOCHS: [(&str, Ground); 2] =
    [("epoch seconds", Ground::Seconds), ("epoch milliseconds", Ground::Milliseconds)];

impl InstantForm {
    /// From the words of a scenario or an option.
    ///
    /// # Errors
    /// When the format is none, or has no time that a zone could be of: what is wrong, and what to write.
    pub fn new(zone: Option<Tz>, format: Option<&str>) -> Result<Self, (String, String)> {
        let Some(format) = format else { return Ok(Self { zone, ..Self::default() }) };
        let plain = format.trim().to_lowercase().replace(['-', '_'], " ");
        if let Some((_, epoch)) = EPOCHS.iter().find(|(name, _)| *name == plain) {
            return Ok(Self { zone, epoch: Some(*epoch), format: None });
        }
        if StrftimeItems::new(format).any(|item| matches!(item, Item::Error)) || !format.contains('%') {
            let help = "write it in the letters of strftime, such as \"%m/%d/%Y %H:%M\", or \"epoch seconds\"";
            return Err((format!("`{format}` is no format of a time"), help.to_owned()));
        }
        if let Some(fault) = misread(format) {
            return Err(fault);
        }
        Ok(Self { zone, format: Some(format.to_owned()), epoch: None })
    }
}

/// Why times written by a format would be read as others than they are: what is wrong, and what to write.
fn misread(format: &str) -> Option<(String, String)> {
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    let has_number = |wanted: Numeric| items.iter().any(|item| matches!(item, Item::Numeric(n, _) if *n == wanted));
    let has_fixed =
        |wanted: &[Fixed]| items.iter().any(|item| matches!(item, Item::Fixed(fixed) if wanted.contains(fixed)));
    let halves = has_fixed(&[Fixed::LowerAmPm, Fixed::UpperAmPm]);
    let (twelve, whole) = (has_number(Numeric::Hour12), has_number(Numeric::Hour));
    if has_fixed(&[Fixed::TimezoneName]) {
        let help =
            "write the column's times with an offset, such as -0500 (`%z`), or leave the names out and say `zone`"
                .to_owned();
        return Some((format!("`{format}` has `%Z`, and the name of a zone such as PST tells no offset"), help));
    }
    if twelve && !halves && !whole {
        let help = "add `%p` where the cells say AM or PM, or write `%H` for hours from 0 to 23".to_owned();
        return Some((format!("`{format}` has hours of 12 without AM or PM"), help));
    }
    if halves && !twelve && !whole {
        let help = "add the hour: `%I` beside `%p`, or `%H` for hours from 0 to 23".to_owned();
        return Some((format!("`{format}` has AM or PM, and no time of day"), help));
    }
    None
}

impl InstantForm {
    /// Whether what is written as the format says is a date alone, which means the beginning of that day.
    pub fn is_date_alone(&self) -> bool {
        let has_time = |item: Item<'_>| {
            matches!(item, Item::Numeric(Numeric::Hour | Numeric::Hour12 | Numeric::Timestamp, _))
                || matches!(item, Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339))
        };
        self.format.as_deref().is_some_and(|format| !StrftimeItems::new(format).any(has_time))
    }

    /// Whether what is written as the format says carries no offset, and no zone is given.
    pub fn needs_a_zone(&self) -> bool {
        let carries = |item: Item<'_>| match item {
            Item::Fixed(fixed) => !matches!(
                fixed,
                Fixed::ShortMonthName
                    | Fixed::LongMonthName
                    | Fixed::ShortWeekdayName
                    | Fixed::LongWeekdayName
                    | Fixed::LowerAmPm
                    | Fixed::UpperAmPm
                    | Fixed::Nanosecond
                    | Fixed::Nanosecond3
                    | Fixed::Nanosecond6
                    | Fixed::Nanosecond9
            ),
            Item::Numeric(Numeric::Timestamp, _) => true,
            _ => false,
        };
        self.zone.is_none() && self.format.as_deref().is_some_and(|format| !StrftimeItems::new(format).any(carries))
    }
}

/// Reads an instant.
///
/// # Errors
/// Says what is wrong, to follow the cell: "has no offset".
pub(crate) fn parse_instant(text: &str, form: &InstantForm) -> Result<DateTime<Utc>, String> {
    if let Some(ground) = form.epoch {
        return epoch(text, ground);
    }
    if let Some(format) = &form.format
        && let Some(read) = formatted(text, format)
    {
        return match read {
            Written::Fixed(at) => Ok(at),
            Written::Local(local) => in_zone(local, form.zone),
        };
    }
    match loose(text) {
        Some(Written::Fixed(at)) => Ok(at),
        Some(Written::Local(local)) => in_zone(local, form.zone),
        None => Err(refusal(text, form)),
    }
}

/// A local time in the zone of a column.
///
/// # Errors
/// Where the zone's clocks skip or repeat it.
pub(crate) fn as_local(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, String> {
    clock::to_utc(local, zone).map_err(|error| match error {
        clock::LocalTimeError::Skipped { .. } => format!("does not exist in {zone}: clocks go forward over it"),
        clock::LocalTimeError::Repeated { .. } => format!("exists twice in {zone}: clocks go back then"),
    })
}

/// What is told of dates without a time of day.
pub(crate) const DATE_ALONE: &str =
    "the format has no time of day, so each instant is the beginning of its day: it may be up to a day off.";

/// What a fault says of a time that carries no offset where none is known.
pub(crate) const NO_OFFSET: &str = "has no offset";

fn in_zone(local: NaiveDateTime, zone: Option<Tz>) -> Result<DateTime<Utc>, String> {
    zone.map_or_else(|| Err(NO_OFFSET.to_owned()), |zone| as_local(local, zone))
}

fn refusal(text: &str, form: &InstantForm) -> String {
    if let Some(format) = &form.format {
        return format!("is not written as `{format}` says");
    }
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let begins_with_a_digit = text.starts_with(|c: char| c.is_ascii_digit());
    match () {
        () if is_number => "is a number, not a time such as 2026-04-23T18:04:05Z".to_owned(),
        () if NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() => "has no time of day".to_owned(),
        // As spreadsheets write it: a time of some zone.
        () if begins_with_a_digit && text.contains(':') && !is_like_rfc3339(text) => NO_OFFSET.to_owned(),
        () => "is no instant such as 2026-04-23T18:04:05Z".to_owned(),
    }
}

/// How a time of a spreadsheet may be written, from one of its cells: month before day, unless the numbers say otherwise. `None` for the order
/// of RFC 3339, which needs no format.
pub(crate) fn guess_format(cell: &str) -> Option<String> {
    let (date, time) = cell.trim().split_once([' ', 'T'])?;
    let divider = date.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = date.split(divider).collect();
    let [first, second, third] = parts[..] else { return None };
    if first.len() == 4 {
        return (divider != '-').then(|| format!("%Y{divider}%m{divider}%d {}", time_format(time)));
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let day_first = number(first) > 12 || divider == '.' && number(second) <= 12;
    let (first, second) = if day_first { ("%d", "%m") } else { ("%m", "%d") };
    let year = if third.len() == 4 { "%Y" } else { "%y" };
    Some(format!("{first}{divider}{second}{divider}{year} {}", time_format(time)))
}

fn time_format(time: &str) -> &'static str {
    let twelve = time.to_ascii_lowercase().ends_with('m');
    match (time.matches(':').count(), twelve) {
        (0 | 1, false) => "%H:%M",
        (0 | 1, true) => "%I:%M %p",
        (_, false) => "%H:%M:%S",
        (_, true) => "%I:%M:%S %p",
    }
}

fn is_like_rfc3339(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-')
}

fn epoch(text: &str, ground: Ground) -> Result<DateTime<Utc>, String> {
    let wrong =
        || format!("is no number of {} since 1970", if ground == Ground::Seconds { "seconds" } else { "milliseconds" });
    let number: f64 = text.parse().map_err(|_| wrong())?;
    let micros = number * if ground == Ground::Seconds { 1e6 } else { 1e3 };
    if !micros.is_finite() || micros.abs() > 9e18 {
        return Err(wrong());
    }
    DateTime::from_timestamp_micros(micros.round() as i64).ok_or_else(wrong)
}

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Fixed(DateTime<Utc>),
    Local(NaiveDateTime),
}

/// As a format says; a format without a time of day means the beginning of the day, which is told.
fn formatted(text: &str, format: &str) -> Option<Written> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    if let Ok(at) = parsed.to_datetime() {
        return Some(Written::Fixed(at.to_utc()));
    }
    let date = parsed.to_naive_date().ok()?;
    let time = parsed.to_naive_time().or_else(|_| {
        // `%H` alone is the whole hour.
        let hour =
            Parsed::hour_div_12(&parsed).zip(Parsed::hour_mod_12(&parsed)).map_or(0, |(half, hour)| half * 12 + hour);
        NaiveTime::from_hms_opt(hour, 0, 0).ok_or(())
    });
    Some(Written::Local(date.and_time(time.ok()?)))
}

/// `YYYY-MM-DD`, `T` or a blank, `HH:MM[:SS[.fraction]]`, and perhaps an offset: `Z`, `UTC`, `GMT`, `+hh`, `+hhmm` or `+hh:mm`, after a blank or not,
/// with a zone in brackets after it or not.
fn loose(text: &str) -> Option<Written> {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || !bytes.is_ascii() || bytes[4] != b'-' || bytes[7] != b'-' || bytes[13] != b':' {
        return None;
    }
    let two = |at: usize| -> Option<u32> {
        let pair = bytes.get(at..at + 2)?;
        pair.iter().all(u8::is_ascii_digit).then(|| u32::from(pair[0] - b'0') * 10 + u32::from(pair[1] - b'0'))
    };
    if !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let year = two(0)? * 100 + two(2)?;
    let day = NaiveDate::from_ymd_opt(year as i32, two(5)?, two(8)?)?;
    let (hour, minute) = (two(11)?, two(14)?);
    let mut at = 16;
    let (mut second, mut nanosecond) = (0, 0);
    if bytes.get(at) == Some(&b':') {
        second = two(at + 1)?;
        at += 3;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            // To the nanosecond; what is finer is cut.
            let digit = |i: usize| if i < digits { u32::from(bytes[at + 1 + i] - b'0') } else { 0 };
            nanosecond = (0..9).fold(0, |all, i| all * 10 + digit(i));
            at += 1 + digits;
        }
    }
    let local = match (hour, minute, second) {
        (24, 0, 0) if nanosecond == 0 => day.succ_opt()?.and_hms_opt(0, 0, 0)?,
        // A leap second is the first of the next minute.
        (_, _, 60) => day.and_hms_nano_opt(hour, minute, 59, nanosecond)? + Duration::seconds(1),
        _ => day.and_hms_nano_opt(hour, minute, second, nanosecond)?,
    };
    let rest = text[at..].trim();
    if rest.is_empty() {
        return Some(Written::Local(local));
    }
    let east = offset(rest)?;
    Some(Written::Fixed((local - Duration::seconds(i64::from(east))).and_utc()))
}

/// Seconds east of Greenwich.
fn offset(text: &str) -> Option<i32> {
    // Java writes `Z[UTC]` and `+02:00[Europe/Berlin]`; the offset says it all.
    let text =
        text.split_once('[').map_or(text, |(offset, zone)| if zone.ends_with(']') { offset } else { text }).trim();
    // Go writes `+0000 UTC`.
    let text = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(rest) if matches!(offset_digits(rest.trim()), Some(0)) => rest.trim(),
        Some(_) => return None,
        None => text,
    };
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) { Some(0) } else { offset_digits(text) }
}

fn offset_digits(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    let (hours, minutes) = match digits.len() {
        2 => (number(digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        5 if digits.as_bytes()[2] == b':' => (number(&digits[..2])?, number(&digits[3..])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        parse_instant(text, &InstantForm::default()).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn instants_are_read_as_exports_write_them() {
        for text in [
            "2026-04-23T18:04:05Z",
            "2026-04-23T18:04:05z",
            "2026-04-23t18:04:05Z",
            "2026-04-23T20:04:05+02:00",
            "2026-04-23T18:04:05.000+0000",
            "2026-04-23 18:04:05Z",
            "2026-04-23 18:04:05 Z",
            "2026-04-23 18:04:05+00",
            "2026-04-23 20:04:05+0200",
            "2026-04-23 18:04:05 UTC",
            "2026-04-23 18:04:05 GMT",
            "2026-04-23 18:04:05 +0000 UTC",
            "2026-04-23 14:04:05.000000 -04:00",
            "2026-04-23T20:04:05+02:00[Europe/Berlin]",
            "2026-04-23T18:04:05Z[UTC]",
        ] {
            assert_eq!(read(text).as_deref(), Ok("2026-04-23T18:04:05Z"), "{text}");
        }
        for (text, want) in [
            ("2026-04-23T18:04Z", "2026-04-23T18:04:00Z"),
            ("2026-04-23T18:04:05.123456789Z", "2026-04-23T18:04:05.123456789Z"),
            ("2026-04-23T18:04:05,5Z", "2026-04-23T18:04:05.500Z"),
            ("2026-04-23T24:00:00Z", "2026-04-24T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_says_why() {
        for (text, why) in [
            ("2026-04-23", "has no time of day"),
            ("2026-04-23T18:04:05", "has no offset"),
            ("2026-04-23 18:04", "has no offset"),
            ("4/23/2026 18:04", "has no offset"),
            ("23.04.2026 18:04:05", "has no offset"),
            ("1776967445", "is a number"),
            ("46135.7528", "is a number"),
            ("2026-02-30T18:04:05Z", "is no instant"),
            ("2026-04-23T25:04:05Z", "is no instant"),
            ("2026-04-23T18:04:05+25:00", "is no instant"),
            ("2026-04-23T18:04:05 PST", "is no instant"),
            ("yesterday", "is no instant"),
            ("２０２６-04-23T18:04:05Z", "is no instant"),
        ] {
            assert!(read(text).expect_err(text).starts_with(why), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn the_format_of_a_spreadsheet_is_guessed_from_a_cell() {
        for (cell, want) in [
            ("4/23/2026 14:04", Some("%m/%d/%Y %H:%M")),
            ("23/04/2026 14:04:05", Some("%d/%m/%Y %H:%M:%S")),
            ("23.04.26 2:04 PM", Some("%d.%m.%y %I:%M %p")),
            ("2026/04/23 14:04", Some("%Y/%m/%d %H:%M")),
            ("2026-04-23 14:04", None),
        ] {
            assert_eq!(guess_format(cell).as_deref(), want, "{cell}");
        }
    }

    #[test]
    fn local_times_are_read_where_the_zone_and_the_format_are_given() {
        let form = |zone: &str, format: Option<&str>| {
            InstantForm::new(Some(zone.parse().expect("a zone")), format).expect("a form")
        };
        let read = |text: &str, form: &InstantForm| parse_instant(text, form).map(|at| at.to_rfc3339());
        let excel = form("America/New_York", Some("%m/%d/%Y %H:%M"));
        assert_eq!(read("4/23/2026 14:04", &excel).as_deref(), Ok("2026-04-23T18:04:00+00:00"));
        assert_eq!(read("2026-04-23T18:04:00Z", &excel).as_deref(), Ok("2026-04-23T18:04:00+00:00"));
        assert!(read("3/8/2026 2:30", &excel).is_err_and(|why| why.contains("does not exist")));
        assert!(read("11/1/2026 1:30", &excel).is_err_and(|why| why.contains("exists twice")));
        assert!(read("23/4/2026 14:04", &excel).is_err_and(|why| why.contains("%m/%d/%Y")));
        let noon = form("Europe/Berlin", Some("%d.%m.%Y %I:%M %p"));
        assert_eq!(read("23.04.2026 08:04 PM", &noon).as_deref(), Ok("2026-04-23T18:04:00+00:00"));
        assert_eq!(read("2026-04-23 20:04", &form("Europe/Berlin", None)).as_deref(), Ok("2026-04-23T18:04:00+00:00"));
        assert_eq!(read("04/23/2026", &form("UTC", Some("%m/%d/%Y"))).as_deref(), Ok("2026-04-23T00:00:00+00:00"));
        let seconds = form("UTC", Some("epoch_seconds"));
        assert_eq!(read("1776967445.5", &seconds).as_deref(), Ok("2026-04-23T18:04:05.500+00:00"));
        assert_eq!(
            read("1776967445000", &form("UTC", Some("epoch milliseconds"))).as_deref(),
            Ok("2026-04-23T18:04:05+00:00")
        );
        assert!(read("soon", &seconds).is_err() && read("1e300", &seconds).is_err());
        assert!(InstantForm::new(None, Some("month/day")).is_err() && InstantForm::new(None, Some("%Q")).is_err());
    }

    /// Each was read as another time than the cell tells.
    #[test]
    fn formats_that_would_misread_times_are_refused() {
        for (format, why) in
            [("%m/%d/%Y %I:%M", "without AM or PM"), ("%Y-%m-%d %p", "no time of day"), ("%Y-%m-%d %H:%M %Z", "`%Z`")]
        {
            let refused = InstantForm::new(Some(Tz::America__New_York), Some(format)).expect_err(format);
            assert!(refused.0.contains(why), "{format}: {}", refused.0);
        }
        for format in ["%m/%d/%Y %I:%M %p", "%Y-%m-%d %H", "%s", "%+", "%Y-%m-%d %T", "epoch seconds", "%d.%m.%y %R"] {
            let form = InstantForm::new(Some(Tz::UTC), Some(format)).unwrap_or_else(|why| panic!("{format}: {why:?}"));
            assert!(!form.is_date_alone(), "{format}");
        }
        assert!(InstantForm::new(Some(Tz::UTC), Some("%Y-%m-%d")).is_ok_and(|form| form.is_date_alone()));
    }
}
