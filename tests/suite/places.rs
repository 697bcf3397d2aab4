//! Public holidays against the laws that make them, and a whole scenario with places and weeks of its own.

use chrono::{Datelike, Duration, NaiveDate};
use cutover::decision::{Request, project};
use cutover::plan::holidays::{Country, countries, country};
use cutover::results::Provenance;
use cutover::scenario;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn known(code: &str) -> &'static Country {
    country(code).unwrap_or_else(|| panic!("{code} is not known"))
}

/// Each with the law or the notice that makes it a holiday.
#[test]
fn holidays_stand_on_the_days_that_the_law_says() {
    for (code, date, name) in [
        // United Kingdom, Banking and Financial Dealings Act 1971 and the yearly proclamation: the early May bank holiday
        // is the first Monday in May, the spring one its last; Boxing Day 2026 is a Saturday, so Monday 28 is its substitute.
        ("GB", "2026-05-04", "May Day"),
        ("GB", "2026-05-25", "Spring Bank Holiday"),
        ("GB", "2026-12-28", "Boxing Day (observed)"),
        ("GB-ENG", "2026-04-06", "Easter Monday"),
        ("GB-ENG", "2026-08-31", "Late Summer Bank Holiday"),
        ("GB-SCT", "2026-08-03", "Summer Bank Holiday"),
        ("GB-SCT", "2026-11-30", "Saint Andrew's Day"),
        ("GB-NIR", "2026-03-17", "Saint Patrick's Day"),
        // Japan, Act on National Holidays (1948): articles 2 and 3. 3 May 2026 is a Sunday, so that the next day that is
        // no holiday, Wednesday 6, is one; and 22 September is, as it lies between two.
        ("JP", "2026-05-04", "Greenery Day"),
        ("JP", "2026-05-05", "Children's Day"),
        ("JP", "2026-05-06", "Substitute Holiday"),
        ("JP", "2026-09-22", "National Holiday"),
        // United States, 5 U.S.C. 6103: 4 July 2026 is a Saturday, so that Friday 3 is observed.
        ("US", "2026-07-03", "Independence Day (observed)"),
        ("US", "2026-05-25", "Memorial Day"),
        ("US", "2026-06-19", "Juneteenth National Independence Day"),
        ("US", "2026-11-26", "Thanksgiving Day"),
        // Germany: 3 October by the Unification Treaty, all others by the law of each Land.
        ("DE", "2026-05-01", "Labor Day"),
        ("DE", "2026-10-03", "German Unity Day"),
        ("DE-BY", "2026-01-06", "Epiphany"),
        ("DE-SN", "2026-10-31", "Reformation Day"),
        // France, Code du travail L3133-1.
        ("FR", "2026-05-01", "Labor Day"),
        ("FR", "2026-05-08", "Victory Day"),
        ("FR", "2026-05-14", "Ascension Day"),
        ("FR", "2026-07-14", "National Day"),
        // India: the three national holidays.
        ("IN", "2026-01-26", "Republic Day"),
        ("IN", "2026-08-15", "Independence Day"),
        ("IN", "2026-10-02", "Mahatma Gandhi's Jayanti"),
        // Australia, New South Wales: Public Holidays Act 2010, and the additional day for Saturday 25 April 2026.
        ("AU-NSW", "2026-04-27", "ANZAC Day (observed)"),
        ("AU-NSW", "2026-06-08", "King's Birthday"),
        // China, the State Council's notice for 2026: 1 to 5 May off.
        ("CN", "2026-05-01", "Labor Day"),
        ("CN", "2026-05-04", "Labor Day"),
        // Hong Kong, General Holidays Ordinance (cap. 149).
        ("HK", "2026-04-03", "Good Friday"),
        ("HK", "2026-04-07", "The day following Easter Monday"),
        // Ireland, Organisation of Working Time Act 1997: the first Monday in May.
        ("IE", "2026-05-04", "May Bank Holiday"),
        // Brazil, Lei 662/1949; Netherlands, King's Day; Mexico, Ley Federal del Trabajo 74.
        ("BR", "2026-04-21", "Tiradentes' Day"),
        ("NL", "2026-04-27", "King's Day"),
        ("MX", "2026-05-01", "Labor Day"),
    ] {
        let found = known(code).holiday(day(date));
        assert!(found.is_some_and(|n| n.starts_with(name)), "{code} {date}: {found:?}, not {name}");
    }
}

#[test]
fn days_that_are_no_holidays_are_none() {
    for (code, date) in [
        ("GB", "2026-05-01"),
        ("US", "2026-05-01"),
        ("US", "2026-05-04"),
        ("JP", "2026-05-01"),
        ("DE", "2026-05-04"),
        ("FR", "2026-05-04"),
        ("IN", "2026-05-04"),
        ("GB-SCT", "2026-04-06"),
        ("DE", "2026-01-06"),
        ("DE-BY", "2026-10-31"),
        ("AU-VIC", "2026-04-27"),
        // Half days and days that only the state's own offices have.
        ("DE", "2026-12-24"),
        ("GB", "2026-12-24"),
    ] {
        assert_eq!(known(code).holiday(day(date)), None, "{code} {date}");
    }
}

/// Easter Sunday by the Gregorian computus in the form of Meeus, Jones and Butcher.
fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, (n / 31) as u32, (n % 31 + 1) as u32).expect("a date")
}

#[test]
fn feasts_that_move_with_easter_move_with_it_in_every_year() {
    assert_eq!(easter(2026), day("2026-04-05"));
    for year in 2025..=2032 {
        let after = |days| easter(year) + Duration::days(days);
        for code in ["GB", "DE", "AU", "NZ", "BR", "CA", "ZA", "SE", "CH-ZH", "HK"] {
            assert!(known(code).holiday(after(-2)).is_some(), "Good Friday {year} in {code}");
        }
        for code in ["GB-ENG", "DE", "FR", "IT", "AU", "NL", "PL", "IE", "CH-ZH"] {
            assert!(known(code).holiday(after(1)).is_some(), "Easter Monday {year} in {code}");
        }
        for code in ["DE", "FR", "NL", "BE", "CH", "AT", "NO", "SE"] {
            assert!(known(code).holiday(after(39)).is_some(), "Ascension Day {year} in {code}");
        }
    }
}

/// A slip in making the data would show in years that no one looks at: every year has its holidays.
#[test]
fn every_country_that_knows_a_year_has_holidays_in_it() {
    for country in countries() {
        let days = country.all_holidays();
        for year in country.years().filter(|_| !days.is_empty()) {
            let in_year = days.iter().filter(|d| d.0.year() == year).count();
            assert!((2..60).contains(&in_year), "{} {year}: {in_year}", country.code());
        }
        assert!((1..=2).contains(&country.weekend().len()), "{}", country.code());
    }
}

/// At a false-alarm rate of one in 1,000, with a fixed seed.
#[test]
fn both_engines_agree_on_a_scenario_with_places_and_hours_that_weigh_nothing() {
    let scenario = scenario::load("tests/scenarios/places.toml".as_ref(), &[]).unwrap_or_else(|e| panic!("{e}"));
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    let projection = project(&scenario.family, provenance, Request::default(), &|_| ()).expect("it runs");
    let agreement = projection.agreement.expect("both engines answer");
    assert!(agreement.holds(), "{} by {:.1} (limit {:.1})", agreement.worst, agreement.worst_z, agreement.limit_z);
}
