//! From the tree to a draft: `human_hours`, the weights of the hours of a week; and those weights in words.

use super::finding_code::FindingCode;
use std::ops::Range;

use chrono::{Weekday, WeekdaySet};

use super::domain::Domain;
use super::draft::HoursDraft;
use super::duration::Refusal;
use super::finding::Finding;
use super::keys;
use super::reader::Reader;
use super::tree::{Key, Node, Value};
use crate::plan::{WeekWeights, week};

/// How a day is written.
const DAY: &str = "{ \"09-17\" = 1.0, \"07-09\" = 0.25, \"17-21\" = 0.25, otherwise = 0.02 }";
/// How days of a weekend are written.
const WEEKEND: &str = "write a list such as [\"Sat\", \"Sun\"]";

impl Reader<'_> {
    /// `human_hours`: each of its keys replaces what is inherited.
    pub(super) fn human_hours(&mut self, node: &Node, hours: &mut HoursDraft) {
        let Some(table) = self.table(node, "`human_hours = { weekend_days = [\"Fri\", \"Sat\"] }`") else { return };
        self.only(table, &keys::HUMAN_HOURS);
        hours.span = Some(node.span.clone());
        if let Some(node) = table.get("weekday") {
            hours.weekday = self.hours_of_day(node).or(hours.weekday);
        }
        if let Some(node) = table.get("weekend") {
            hours.weekend = self.hours_of_day(node).or(hours.weekend);
        }
        if let Some(node) = table.get("weekend_days") {
            hours.weekend_days = self.weekend_days(node).or(hours.weekend_days);
        }
    }

    /// The weights of a day's hours; absent when any of them is faulty.
    fn hours_of_day(&mut self, node: &Node) -> Option<[f64; 24]> {
        let table = self.table(node, DAY)?;
        let mut sound = true;
        let mut otherwise = week::NIGHT;
        let mut ranges: Vec<(&Key, Range<u32>, f64)> = Vec::new();
        for (key, node) in &table.entries {
            let weight = self.plain(node, Domain::Rate);
            sound &= weight.is_some();
            if key.name == "otherwise" {
                otherwise = weight.unwrap_or(otherwise);
                continue;
            }
            let hours = parse_hours(&key.name).map_err(|refusal| self.refuse(refusal, &key.span)).ok();
            sound &= hours.is_some();
            let Some(hours) = hours else { continue };
            let clash = ranges.iter().find(|r| r.1.start < hours.end && hours.start < r.1.end);
            if let Some((first, ..)) = clash {
                sound = false;
                let message = format!("the hours `{}` and `{}` overlap", first.name, key.name);
                let finding = Finding::new(FindingCode::HoursOverlap, message, key.span.clone());
                self.report(finding.related(first.span.clone(), "first").help("let each hour stand in one range"));
            }
            ranges.push((key, hours, weight.unwrap_or(otherwise)));
        }
        let weight = |hour| ranges.iter().find(|r| r.1.contains(&hour)).map_or(otherwise, |r| r.2);
        sound.then(|| std::array::from_fn(|hour| weight(hour as u32)))
    }

    fn weekend_days(&mut self, node: &Node) -> Option<WeekdaySet> {
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "a list of weekdays", WEEKEND);
            return None;
        };
        let mut days = WeekdaySet::EMPTY;
        for item in items {
            let text = self.text(item)?;
            let Ok(day) = text.trim().parse::<Weekday>() else {
                const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
                let message = format!("`{text}` is no day of the week");
                let finding = Finding::new(FindingCode::UnknownChoice, message, item.span.clone());
                self.report(match keys::nearest(text.get(..3).unwrap_or(&text), &NAMES) {
                    Some(near) => finding.help(format!("did you mean \"{near}\"?")),
                    None => finding.help(format!("{WEEKEND}: days are {}", keys::list(&NAMES))),
                });
                return None;
            };
            days.insert(day);
        }
        Some(days)
    }
}

/// Reads hours of a day, `09-17`.
///
/// # Errors
/// When they are none, with what to write instead.
fn parse_hours(text: &str) -> Result<Range<u32>, Refusal> {
    let refuse =
        |message: &str, help: String| Err(Refusal::new(FindingCode::NotHours, format!("`{text}` {message}"), help));
    let Some((from, to)) = loose_hours(text) else {
        if keys::nearest(text, &["otherwise"]).is_some() {
            return refuse("are no hours of a day", "did you mean `otherwise`?".to_owned());
        }
        let help = "write whole hours, such as \"09-17\", or `otherwise` for those in no range";
        return refuse("are no hours of a day", help.to_owned());
    };
    let spelt = format!("{from:02}-{to:02}");
    if to > 24 || from > 23 {
        return refuse("are no hours of a day", "hours go from 00 to 24, as in \"17-24\"".to_owned());
    }
    if to < from {
        let morning = if to == 0 { String::new() } else { format!(" and \"00-{to:02}\"") };
        return refuse("end before they begin", format!("across midnight write \"{from:02}-24\"{morning}"));
    }
    if to == from {
        return refuse("are no hours at all", format!("for one hour write \"{from:02}-{:02}\"", from + 1));
    }
    if spelt != text {
        return refuse("are not spelt as hours are", format!("write \"{spelt}\""));
    }
    Ok(from..to)
}

/// The hours that a loose spelling means: `9-17` and `09:00 - 17:00` are 9 to 17.
fn loose_hours(text: &str) -> Option<(u32, u32)> {
    let hour = |part: &str| {
        let part = part.trim();
        let digits = part.strip_suffix(":00").unwrap_or(part);
        (digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
    };
    let (from, to) = text.split_once(['-', '–'])?;
    Some((hour(from)?, hour(to)?))
}

/// A week in words: `Mon to Fri 1 at 09-17, 0.25 at 07-09 and 17-21, else 0.02; Sat, Sun and holidays 0.1 at 08-20, else 0.02`.
pub(super) fn week_in_words(week: &WeekWeights) -> String {
    let weekdays = WeekdaySet::ALL.difference(week.weekend_days);
    let days = week.weekend_days.iter(Weekday::Mon).map(|day| day.to_string());
    let off: Vec<String> = days.chain(["holidays".to_owned()]).collect();
    let off = format!("{} {}", joined(&off), day_in_words(&week.weekend));
    if weekdays.is_empty() {
        return off;
    }
    format!("{} {}; {off}", days_in_words(weekdays), day_in_words(&week.weekday))
}

/// `Mon to Fri`, `Sun to Thu`, `Fri and Sun`.
fn days_in_words(days: WeekdaySet) -> String {
    // From a day after one that is none of them, so that a run across Sunday stays one.
    let start = days.iter(Weekday::Mon).find(|day| !days.contains(day.pred())).unwrap_or(Weekday::Mon);
    let list: Vec<Weekday> = days.iter(start).collect();
    let run = list.windows(2).all(|pair| pair[0].succ() == pair[1]);
    match &list[..] {
        [first, _, .., last] if run && list.len() > 2 => format!("{first} to {last}"),
        list => joined(&list.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }
}

/// `1 at 09-17, 0.25 at 07-09 and 17-21, else 0.02`: the heaviest first, the one of the most hours last.
fn day_in_words(hours: &[f64; 24]) -> String {
    let mut weights = hours.to_vec();
    weights.sort_by(|a, b| b.total_cmp(a));
    weights.dedup();
    let count = |weight: f64| hours.iter().filter(|w| **w == weight).count();
    let Some(otherwise) = weights.iter().copied().max_by(|a, b| count(*a).cmp(&count(*b)).then(b.total_cmp(a))) else {
        return String::new();
    };
    if weights.len() == 1 {
        return format!("{otherwise} at all hours");
    }
    let others = weights.iter().filter(|w| **w != otherwise);
    let told: Vec<String> = others.map(|w| format!("{w} at {}", joined(&ranges_of(hours, *w)))).collect();
    format!("{}, else {otherwise}", told.join(", "))
}

/// The ranges of hours that weigh so much.
fn ranges_of(hours: &[f64; 24], weight: f64) -> Vec<String> {
    let mut ranges = Vec::new();
    let mut from = 0;
    for run in hours.chunk_by(|a, b| a == b) {
        if run[0] == weight {
            ranges.push(format!("{from:02}-{:02}", from + run.len()));
        }
        from += run.len();
    }
    ranges
}

fn joined(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_whole_and_in_order() {
        for (text, want) in [("09-17", Ok(9..17)), ("00-24", Ok(0..24)), ("23-24", Ok(23..24))] {
            assert_eq!(parse_hours(text).map_err(|r| r.help), want, "{text}");
        }
        for (text, help) in [
            ("9-17", "write \"09-17\""),
            ("09:00-17:00", "write \"09-17\""),
            ("22-06", "write \"22-24\" and \"00-06\""),
            ("22-00", "write \"22-24\""),
            ("09-09", "\"09-10\""),
            ("17-25", "00 to 24"),
            ("24-24", "00 to 24"),
            ("09:30-17:00", "whole hours"),
            ("otherwize", "did you mean `otherwise`"),
            ("", "whole hours"),
            ("-", "whole hours"),
            ("日-本", "whole hours"),
        ] {
            let refusal = parse_hours(text).expect_err(text);
            assert!(refusal.help.contains(help), "{text}: {}", refusal.help);
        }
    }

    #[test]
    fn a_week_is_told_in_words() {
        let week = WeekWeights::default();
        let told =
            "Mon to Fri 1 at 09-17, 0.25 at 07-09 and 17-21, else 0.02; Sat, Sun and holidays 0.1 at 08-20, else 0.02";
        assert_eq!(week_in_words(&week), told);
        let gulf = WeekWeights {
            weekday: [0.5; 24],
            weekend_days: WeekdaySet::from_array([Weekday::Fri, Weekday::Sat]),
            ..week.clone()
        };
        assert_eq!(week_in_words(&gulf), "Sun to Thu 0.5 at all hours; Fri, Sat and holidays 0.1 at 08-20, else 0.02");
        let split = WeekdaySet::from_array([Weekday::Fri, Weekday::Sun]);
        assert_eq!(days_in_words(split), "Fri and Sun");
        let never = WeekWeights { weekend_days: WeekdaySet::EMPTY, ..week };
        assert!(week_in_words(&never).starts_with("Mon to Sun 1 at 09-17"));
        assert!(week_in_words(&never).contains("holidays 0.1 at 08-20"));
    }
}
