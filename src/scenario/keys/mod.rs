//! The keys that a scenario may have, by the table they stand in; and the nearest of them to a misspelt one. Each stands once, in `tables`, or
//! in `numbers` where it is a number of the plan: the reader, the JSON Schema, the page of keys, sentences, sensitivity and solve go by the same entry.

mod event_tables;
mod holds;
mod key_id;
mod law_names;
mod number_key;
mod numbers;
mod tables;

use crate::plan::zone::Tz;
use chrono::Offset;

pub(crate) use event_tables::*;
pub(crate) use holds::{Entry, Holds, Section};
pub(crate) use key_id::{KeyId, KeyParts};
pub(crate) use law_names::{LAWS, is_law, law_names};
pub(crate) use number_key::{Bound, Easier, Moves, Scope, SearchRange, SearchRule};
pub(crate) use tables::*;

/// Where a key that stands in the wrong table belongs.
const HOMES: [(&str, &Section); 10] = [
    ("at the top of the file, before the first [table]", &ROOT),
    ("in [population]", &POPULATION),
    ("in [refresh]", &REFRESH),
    ("in [refresh], as `heartbeat = { coverage = 1.0 }`", &HEARTBEAT),
    ("in [reconnect]", &RECONNECT),
    ("in [reconnect], as `timing = { half_life = \"10h\" }`", &TIMING),
    ("in [recovery]", &RECOVERY),
    ("in [human_hours]", &HUMAN_HOURS),
    ("in an [[event]]", &EVENT),
    ("in a [[segment]]", &SEGMENT),
];

/// What to do about the unknown `key` of a table that knows `known`.
pub(crate) fn remedy(key: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(key, known) {
        return format!("did you mean `{near}`?");
    }
    if CONTROLS.iter().any(|control| control.has(key)) && key != "after" {
        return format!("`{key}` belongs in an [[event]], inside one of its controls");
    }
    match HOMES.iter().find(|(_, section)| section.has(key)) {
        Some((home, _)) => format!("`{key}` belongs {home}"),
        None => format!("known here: {}", list(known)),
    }
}

/// `a`, `b` and `c`, in code quotes.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The candidate that `word` was most likely meant to be, if any is near enough.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let plain = |w: &str| w.to_lowercase().replace(['-', ' ', '_'], "");
    let word = plain(word);
    let scored = candidates.iter().map(|c| (strsim::damerau_levenshtein(&word, &plain(c)), *c));
    let (distance, best) = scored.min_by_key(|s| s.0)?;
    let length = word.chars().count().max(plain(best).chars().count());
    (distance * 3 <= length && distance < length.max(2)).then_some(best)
}

/// A time zone that `name` was most likely meant to be.
pub fn nearest_zone(name: &str) -> Option<&'static str> {
    const SPOKEN: [(&str, &str); 18] = [
        ("pt", "America/Los_Angeles"),
        ("pst", "America/Los_Angeles"),
        ("pdt", "America/Los_Angeles"),
        ("pacific", "America/Los_Angeles"),
        ("mt", "America/Denver"),
        ("mdt", "America/Denver"),
        ("ct", "America/Chicago"),
        ("cdt", "America/Chicago"),
        ("et", "America/New_York"),
        ("edt", "America/New_York"),
        ("eastern", "America/New_York"),
        ("bst", "Europe/London"),
        ("cest", "Europe/Berlin"),
        ("ist", "Asia/Kolkata"),
        ("jst", "Asia/Tokyo"),
        ("aest", "Australia/Sydney"),
        ("aedt", "Australia/Sydney"),
        ("sfo", "America/Los_Angeles"),
    ];
    let lower = name.trim().to_lowercase().replace(' ', "_");
    if let Some((_, zone)) = SPOKEN.iter().find(|(spoken, _)| *spoken == lower) {
        return Some(zone);
    }
    let names: Vec<&'static str> = crate::plan::zone::all().map(crate::plan::zone::Tz::name).collect();
    let city = |zone: &&&'static str| zone.rsplit('/').next().is_some_and(|c| c.to_lowercase() == lower);
    names.iter().find(city).copied().or_else(|| nearest(name, &names))
}

/// Places whose clocks are so many hours ahead of Greenwich, in winter at least.
const PLACES: [(i32, &str); 24] = [
    (-11, "Pacific/Pago_Pago"),
    (-10, "Pacific/Honolulu"),
    (-9, "America/Anchorage"),
    (-8, "America/Los_Angeles"),
    (-7, "America/Denver"),
    (-6, "America/Chicago"),
    (-5, "America/New_York"),
    (-4, "America/Halifax"),
    (-3, "America/Sao_Paulo"),
    (-2, "America/Noronha"),
    (-1, "Atlantic/Cape_Verde"),
    (0, "Europe/London"),
    (1, "Europe/Berlin"),
    (2, "Europe/Athens"),
    (3, "Europe/Istanbul"),
    (4, "Asia/Dubai"),
    (5, "Asia/Karachi"),
    (6, "Asia/Dhaka"),
    (7, "Asia/Bangkok"),
    (8, "Asia/Singapore"),
    (9, "Asia/Tokyo"),
    (10, "Australia/Sydney"),
    (11, "Pacific/Noumea"),
    (12, "Pacific/Auckland"),
];

/// The whole hours and the minutes of `GMT+5:30`, `UTC-8` or `+02:00`, signed; `None` for what is no offset.
pub(crate) fn offset_of(name: &str) -> Option<(i32, i32)> {
    let plain = name.trim().to_ascii_uppercase().replace(['\u{2212}', '\u{2013}'], "-");
    let plain = plain.trim_start_matches("GMT").trim_start_matches("UTC").trim();
    let digits = plain.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let sign = if plain.starts_with('-') { -1 } else { 1 };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some((sign * hours, sign * minutes))
}

/// What is wrong with `name` as a time zone, to follow the name, with what to write instead.
pub fn unknown_zone(name: &str) -> String {
    if let Some((hours, minutes)) = offset_of(name) {
        let place = match (hours, minutes) {
            (5, 30) => Some("Asia/Kolkata"),
            (9, 30) => Some("Australia/Adelaide"),
            (3, 30) => Some("Asia/Tehran"),
            (-3, -30) => Some("America/St_Johns"),
            (5, 45) => Some("Asia/Kathmandu"),
            (_, 0) => PLACES.iter().find(|(offset, _)| *offset == hours).map(|(_, place)| *place),
            _ => None,
        };
        let place = place.map_or_else(String::new, |place| format!(", such as `{place}`"));
        return format!("is an offset, not a time zone: name a place whose clocks are so{place}");
    }
    if let Some((_, places)) = AMBIGUOUS.iter().find(|(letters, _)| letters.eq_ignore_ascii_case(name.trim())) {
        return format!("may be the time of {}: name the place", list(places));
    }
    match of_windows(name).or_else(|| nearest_zone(name)) {
        Some(near) => format!("is no time zone; did you mean `{near}`?"),
        None => "is no time zone of the IANA database".to_owned(),
    }
}

/// What is to be said of a zone whose clocks stand still all year, or whose name is an offset or an abbreviation; `None` of most.
pub fn fixed_zone(zone: Tz) -> Option<String> {
    let meant = zone.with_daylight_saving();
    let place = meant.map(|meant| format!("; {} is the zone with daylight saving", meant.name())).unwrap_or_default();
    match zone.name() {
        name if zone.is_an_offset() => {
            let (sign, hours) = name["Etc/GMT".len()..].split_at(1);
            let side = if sign == "+" { "behind" } else { "ahead of" };
            Some(format!("{name} is {hours} h {side} Greenwich all year{place}"))
        }
        name if meant.is_some() && !name.starts_with("Etc/") => {
            let winter = chrono::DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default().with_timezone(&zone);
            Some(format!("{name} is an abbreviation, UTC{} in January{place}", winter.offset().fix()))
        }
        _ => None,
    }
}

/// Abbreviations of several zones, with the places that use them.
const AMBIGUOUS: [(&str, &[&str]); 8] = [
    ("ist", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("cst", &["America/Chicago", "Asia/Shanghai", "America/Havana"]),
    ("bst", &["Europe/London", "Asia/Dhaka"]),
    ("ast", &["America/Halifax", "Asia/Riyadh"]),
    ("amt", &["America/Manaus", "Asia/Yerevan"]),
    ("ect", &["America/Guayaquil", "Europe/Paris"]),
    ("gst", &["Asia/Dubai", "Atlantic/South_Georgia"]),
    ("sst", &["Asia/Singapore", "Pacific/Pago_Pago"]),
];

/// Windows' names of zones, as Outlook, SQL Server and .NET write them, with CLDR's default for each. The word between the first and the last is
/// `Standard` all year.
const OF_WINDOWS: [(&str, &str); 42] = [
    ("aus central", "Australia/Darwin"),
    ("aus eastern", "Australia/Sydney"),
    ("afghanistan", "Asia/Kabul"),
    ("alaskan", "America/Anchorage"),
    ("arab", "Asia/Riyadh"),
    ("arabian", "Asia/Dubai"),
    ("argentina", "America/Buenos_Aires"),
    ("atlantic", "America/Halifax"),
    ("bangladesh", "Asia/Dhaka"),
    ("canada central", "America/Regina"),
    ("cen. australia", "Australia/Adelaide"),
    ("central america", "America/Guatemala"),
    ("central europe", "Europe/Budapest"),
    ("central european", "Europe/Warsaw"),
    ("central", "America/Chicago"),
    ("central (mexico)", "America/Mexico_City"),
    ("china", "Asia/Shanghai"),
    ("e. africa", "Africa/Nairobi"),
    ("e. australia", "Australia/Brisbane"),
    ("e. south america", "America/Sao_Paulo"),
    ("eastern", "America/New_York"),
    ("egypt", "Africa/Cairo"),
    ("fle", "Europe/Kiev"),
    ("gmt", "Europe/London"),
    ("gtb", "Europe/Bucharest"),
    ("greenwich", "Atlantic/Reykjavik"),
    ("hawaiian", "Pacific/Honolulu"),
    ("india", "Asia/Kolkata"),
    ("israel", "Asia/Jerusalem"),
    ("korea", "Asia/Seoul"),
    ("mountain", "America/Denver"),
    ("new zealand", "Pacific/Auckland"),
    ("pacific", "America/Los_Angeles"),
    ("romance", "Europe/Paris"),
    ("russian", "Europe/Moscow"),
    ("se asia", "Asia/Bangkok"),
    ("singapore", "Asia/Singapore"),
    ("south africa", "Africa/Johannesburg"),
    ("tokyo", "Asia/Tokyo"),
    ("turkey", "Europe/Istanbul"),
    ("us mountain", "America/Phoenix"),
    ("w. europe", "Europe/Berlin"),
];

/// The zone that a name of Windows stands for.
fn of_windows(name: &str) -> Option<&'static str> {
    let plain = name.trim().to_lowercase();
    let stem = [" standard time", " daylight time", " summer time"].into_iter().find_map(|end| plain.strip_suffix(end));
    // `Central Standard Time (Mexico)`.
    let mexican = plain.strip_suffix(" standard time (mexico)").map(|stem| format!("{stem} (mexico)"));
    let stem = stem.map(str::to_owned).or(mexican)?;
    OF_WINDOWS.iter().find(|(windows, _)| *windows == stem).map(|(_, zone)| *zone)
}

/// An id made from a name: lower case, words joined by hyphens.
pub fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

/// Whether an id can be written in a dotted key.
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_the_one_that_was_meant() {
        for (typed, meant) in [
            ("horizn", Some("horizon")),
            ("time-zone", Some("time_zone")),
            ("timezone", Some("time_zone")),
            ("events", Some("event")),
            ("Titel", Some("title")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(typed, &ROOT.names()), meant, "{typed}");
        }
        assert!(remedy("interval", &ROOT.names()).contains("[refresh]"));
        assert!(remedy("required", &EVENT.names()).contains("controls"));
    }

    #[test]
    fn zones_are_found_by_city_by_spoken_name_and_by_spelling() {
        for (typed, meant) in [
            ("PDT", "America/Los_Angeles"),
            ("los angeles", "America/Los_Angeles"),
            ("America/Los_Angles", "America/Los_Angeles"),
            ("Europe/Londn", "Europe/London"),
            ("Tokyo", "Asia/Tokyo"),
        ] {
            assert_eq!(nearest_zone(typed), Some(meant), "{typed}");
        }
        assert_eq!(nearest_zone("Atlantis/Deep"), None);
    }

    /// `Etc/GMT+8` is eight hours behind Greenwich: its sign is that of POSIX.
    #[test]
    fn an_offset_is_answered_by_a_place_and_never_by_a_zone_of_the_opposite_sign() {
        for (typed, place) in [
            ("GMT+1", "Europe/Berlin"),
            ("UTC-8", "America/Los_Angeles"),
            ("GMT+5:30", "Asia/Kolkata"),
            ("+0900", "Asia/Tokyo"),
            ("UTC\u{2212}3", "America/Sao_Paulo"),
        ] {
            let told = unknown_zone(typed);
            assert!(told.contains(place) && !told.contains("Etc"), "{typed}: {told}");
        }
        assert!(unknown_zone("Europe/Londn").contains("Europe/London"));
    }

    #[test]
    fn an_id_made_from_a_name_can_be_written_in_a_key() {
        assert_eq!(slug("Refresh token rotation, and more!"), "refresh-token-rotation-and-more");
        assert_eq!(slug("日本 Phase 2"), "日本-phase-2");
        assert!(is_id(&slug("日本 Phase 2")) && !is_id("a b") && !is_id(""));
    }
}
