//! The keys that a scenario may have, by the table they stand in; and the nearest of them to a misspelt one. Each stands once in
//! `tables`: the reader, the JSON Schema and the page of keys go by the same entry.

mod holds;
mod tables;

pub use holds::{Entry, Holds, Section};
pub use tables::*;

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
pub fn remedy(key: &str, known: &[&str]) -> String {
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
pub fn list(words: &[&str]) -> String {
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
    let names: Vec<&'static str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    let city = |zone: &&&'static str| zone.rsplit('/').next().is_some_and(|c| c.to_lowercase() == lower);
    names.iter().find(city).copied().or_else(|| nearest(name, &names))
}

/// An id made from a name: lower case, words joined by hyphens.
pub fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

/// Whether an id can be written in a dotted key.
pub fn is_id(id: &str) -> bool {
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

    #[test]
    fn an_id_made_from_a_name_can_be_written_in_a_key() {
        assert_eq!(slug("Refresh token rotation, and more!"), "refresh-token-rotation-and-more");
        assert_eq!(slug("日本 Phase 2"), "日本-phase-2");
        assert!(is_id(&slug("日本 Phase 2")) && !is_id("a b") && !is_id(""));
    }
}
