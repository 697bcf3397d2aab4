//! The time zones in use in each country: `data/zones.txt`, compiled in. It knows nothing of holidays or segments.

use crate::plan::zone::Tz;

use super::holidays::Country;

/// Made by `data/make_zones.py`; its head says where from.
const DATA: &str = include_str!("../../data/zones.txt");

/// The zones of a country, or of the country that it is a part of; none where they are not known.
pub(crate) fn zones_of(country: &Country) -> Vec<Tz> {
    let code = country.whole().map_or(country.code(), Country::code);
    let line = DATA.lines().find(|line| line.split(' ').next() == Some(code));
    line.into_iter().flat_map(|line| line.split(' ').skip(1)).filter_map(|zone| zone.parse().ok()).collect()
}

/// The country that a zone is in, by ISO 3166-1; `None` of a zone that is no country's.
pub(crate) fn country_of(zone: Tz) -> Option<&'static str> {
    let lines = DATA.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ')).find_map(|mut words| {
        let code = words.next()?;
        words.any(|name| name == zone.name()).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::super::holidays::{countries, country};
    use super::*;

    #[test]
    fn every_zone_of_the_data_is_known_and_nearly_every_country_has_one() {
        for line in DATA.lines().filter(|line| !line.starts_with('#')) {
            for zone in line.split(' ').skip(1) {
                assert!(zone.parse::<Tz>().is_ok(), "{zone}");
            }
        }
        let without: Vec<&str> = countries().iter().filter(|c| zones_of(c).is_empty()).map(Country::code).collect();
        assert!(without.len() <= 5, "{without:?}");
    }

    #[test]
    fn a_part_of_a_country_has_the_zones_of_the_whole() {
        let zones = |code| country(code).map(zones_of).unwrap_or_default();
        assert_eq!(zones("JP"), [Tz::Asia__Tokyo]);
        assert_eq!(zones("GB-ENG"), [Tz::Europe__London]);
        assert!(zones("US-CA").contains(&Tz::America__Los_Angeles));
    }
}
