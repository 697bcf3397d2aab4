//! Public holidays by country and part of a country, with the weekend each keeps: `data/holidays.txt`, compiled in and read
//! when first asked for. It knows nothing of segments.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, Weekday, WeekdaySet};

/// Made by `data/make_holidays.py`; its head says how to read it.
const DATA: &str = include_str!("../../data/holidays.txt");
/// The years that the data covers.
const YEARS: RangeInclusive<i32> = 2025..=2032;
/// Why reading the data can't fail.
const SOUND: &str = "holidays.txt is sound: a test reads all of it";

/// A country, or a part of one that has holidays of its own.
#[derive(Debug)]
pub struct Country {
    code: &'static str,
    name: &'static str,
    weekend: WeekdaySet,
    other_codes: &'static str,
    /// Of a part: the place of its country among all.
    whole: Option<usize>,
    /// Its lines of the data.
    lines: &'static str,
    days: OnceLock<Days>,
}

/// Days that are not as the weekday says, each list ascending.
#[derive(Debug, Clone, Default)]
struct Days {
    off: Vec<(NaiveDate, &'static str)>,
    worked: Vec<NaiveDate>,
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

/// The country of an ISO 3166 code, such as `GB`, or the part of one, such as `AU-NSW`.
pub fn country(code: &str) -> Option<&'static Country> {
    let all = countries();
    all.binary_search_by(|c| c.code.cmp(code)).ok().map(|i| &all[i])
}

/// All countries, each followed by its parts, ascending by code.
pub fn countries() -> &'static [Country] {
    static COUNTRIES: OnceLock<Vec<Country>> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        let mut all: Vec<Country> = Vec::new();
        let mut whole = 0;
        for block in DATA.split("\n@").skip(1) {
            let (head, lines) = block.split_once('\n').unwrap_or((block, ""));
            let mut fields = head.trim_end().split('\t');
            let mut field = || fields.next().unwrap_or_default();
            let (code, name, weekend, other_codes) = (field(), field(), field(), field());
            let is_part = code.contains('-');
            if !is_part {
                whole = all.len();
            }
            let weekend = weekend.split(' ').map(|day| day.parse::<Weekday>().expect(SOUND)).collect();
            let whole = is_part.then_some(whole);
            all.push(Country { code, name, weekend, other_codes, whole, lines, days: OnceLock::new() });
        }
        all
    })
}

impl Country {
    /// ISO 3166-1, with a part's own code after a hyphen.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its name alone: of `AU-NSW`, New South Wales.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its name, a part's with that of its country.
    pub fn full_name(&self) -> String {
        self.whole().map_or_else(|| self.name.to_owned(), |whole| format!("{}, {}", self.name, whole.name))
    }

    /// Codes of other lists, such as `GBR` and `UK`.
    pub fn other_codes(&self) -> impl Iterator<Item = &'static str> {
        self.other_codes.split(' ').filter(|code| !code.is_empty())
    }

    /// Of a part, its country.
    pub fn whole(&self) -> Option<&'static Self> {
        self.whole.map(|i| &countries()[i])
    }

    /// The days of its weekend.
    pub fn weekend(&self) -> WeekdaySet {
        self.weekend
    }

    /// Public holidays from `from` to `to`, both included, ascending, each date once. Half days are none.
    pub fn holidays(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (NaiveDate, &'static str)> {
        let off = &self.days().off;
        let (start, end) = (off.partition_point(|d| d.0 < from), off.partition_point(|d| d.0 <= to));
        off[start..end.max(start)].iter().copied()
    }

    /// The name of the holiday on a date.
    pub fn holiday(&self, date: NaiveDate) -> Option<&'static str> {
        self.holidays(date, date).next().map(|d| d.1)
    }

    /// All holidays known, ascending.
    pub fn all_holidays(&self) -> &[(NaiveDate, &'static str)] {
        &self.days().off
    }

    /// Days of the weekend that are worked, to make up for another, ascending.
    pub fn worked_weekends(&self) -> &[NaiveDate] {
        &self.days().worked
    }

    /// The years whose holidays are known: all that the data covers, but for countries that announce theirs year by year.
    pub fn years(&self) -> RangeInclusive<i32> {
        match &self.days().off[..] {
            [first, .., last] => first.0.year()..=last.0.year(),
            _ => YEARS,
        }
    }

    fn days(&self) -> &Days {
        self.days.get_or_init(|| {
            let mut days = self.whole().map_or_else(Days::default, |whole| whole.days().clone());
            for line in self.lines.lines() {
                let (name, dates) = line.split_once('\t').expect(SOUND);
                for date in dates.split(' ').flat_map(dates_of) {
                    match name {
                        "-" => days.off.retain(|d| d.0 != date),
                        "=" => days.worked.push(date),
                        name => match days.off.iter_mut().find(|d| d.0 == date) {
                            Some(day) => day.1 = name,
                            None => days.off.push((date, name)),
                        },
                    }
                }
            }
            days.off.sort_unstable();
            days.worked.sort_unstable();
            days
        })
    }
}

/// `MMDD`, in every year, or `YYMMDD`.
fn dates_of(text: &str) -> impl Iterator<Item = NaiveDate> {
    let (year, day) = text.split_at(text.len() - 4);
    let number = |text: &str| text.parse::<u32>().expect(SOUND);
    let (month, day) = (number(&day[..2]), number(&day[2..]));
    let years = if year.is_empty() { YEARS } else { 2000 + number(year) as i32..=2000 + number(year) as i32 };
    years.map(move |year| NaiveDate::from_ymd_opt(year, month, day).expect(SOUND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    #[test]
    fn all_of_the_data_is_read_and_every_code_is_found() {
        let all = countries();
        assert_eq!(all.iter().filter(|c| c.whole.is_none()).count(), 247);
        assert!(all.len() > 800);
        for (place, country) in all.iter().enumerate() {
            assert!(super::country(country.code).is_some_and(|c| std::ptr::eq(c, &all[place])), "{}", country.code);
            assert!(!country.name.is_empty() && !country.weekend.is_empty(), "{}", country.code);
            assert!(country.whole().is_none_or(|w| country.code.starts_with(w.code) && w.whole.is_none()));
            let days = country.all_holidays();
            assert!(days.is_sorted_by(|a, b| a.0 < b.0), "{}: a date twice", country.code);
            assert!(days.iter().all(|d| YEARS.contains(&d.0.year()) && !d.1.is_empty()), "{}", country.code);
        }
    }

    #[test]
    fn a_part_has_its_countrys_holidays_and_its_own_but_for_those_it_has_not() {
        let (whole, part) = (country("AU").expect("known"), country("AU-NSW").expect("known"));
        assert_eq!(part.full_name(), "New South Wales, Australia");
        assert_eq!(
            (whole.holiday(day(2026, 4, 3)), part.holiday(day(2026, 4, 3))),
            (Some("Good Friday"), Some("Good Friday"))
        );
        // ANZAC Day 2026 is a Saturday; New South Wales has the Monday as well.
        assert_eq!(
            (whole.holiday(day(2026, 4, 27)), part.holiday(day(2026, 4, 27))),
            (None, Some("ANZAC Day (observed)"))
        );
        // In 2025 Australia Day, a Sunday, was moved to the Monday there.
        assert_eq!((whole.holiday(day(2025, 1, 26)), part.holiday(day(2025, 1, 26))), (Some("Australia Day"), None));
    }

    #[test]
    fn weekends_are_each_countrys_own() {
        let weekend = |code| country(code).expect("known").weekend().to_string();
        assert_eq!(weekend("GB"), "[Sat, Sun]");
        // Saturday and Sunday since 2022.
        assert_eq!(weekend("AE"), "[Sat, Sun]");
        for code in ["SA", "IL", "EG", "MY-03"] {
            assert_eq!(weekend(code), "[Fri, Sat]", "{code}");
        }
    }

    #[test]
    fn years_not_announced_yet_are_not_known() {
        assert_eq!(country("GB").map(Country::years), Some(2025..=2032));
        assert_eq!(country("LK").map(Country::years), Some(2025..=2026));
        // No public holidays are observed under martial law: that is known, not missing.
        let ukraine = country("UA").expect("known");
        assert!(ukraine.all_holidays().is_empty() && ukraine.years() == (2025..=2032));
    }
}
