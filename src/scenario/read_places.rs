//! From the tree to a draft: where orgs live, which days they have off, and which they work. Hours stand in `read_hours`.

use super::finding_code::FindingCode;
use chrono::{Datelike, NaiveDate};

use super::draft::PlaceDraft;
use super::finding::Finding;
use super::keys;
use super::reader::{Placed, Reader};
use super::tree::{Node, TomlTable};
use crate::plan::holidays::{self, Country};

impl Reader<'_> {
    /// `country`, `holidays`, `working_days` and `human_hours` of the scenario or of a segment, on top of what is inherited.
    pub(super) fn place(&mut self, table: &TomlTable, inherited: PlaceDraft) -> PlaceDraft {
        let mut place = inherited;
        if let Some(node) = table.get("country") {
            place.country = self.country(node);
            // A country brings its own weekend.
            place.hours.weekend_days = None;
        }
        let holidays_before = place.holidays.clone();
        let working_days = self.own_days(table, &mut place);
        if let Some(node) = table.get("human_hours") {
            self.human_hours(node, &mut place.hours);
        }
        self.needless_working_days(&working_days, &place, &holidays_before);
        place
    }

    /// Warns of working days that would be worked anyway: neither a day of the weekend nor a holiday.
    fn needless_working_days(
        &mut self,
        working_days: &[Placed<NaiveDate>],
        place: &PlaceDraft,
        inherited: &[NaiveDate],
    ) {
        let weekend = place.week().weekend_days;
        let is_off = |date: NaiveDate| {
            let is_public = place.country.is_some_and(|c| c.holiday(date).is_some());
            is_public || inherited.contains(&date) || weekend.contains(date.weekday())
        };
        for day in working_days.iter().filter(|day| !is_off(day.value)) {
            let date = day.value.format("%a %-d %b %Y");
            let of = place.country.map_or_else(String::new, |c| format!(" in {} ({})", c.full_name(), c.code()));
            let message = format!("{date} is worked anyway{of}: it is neither a holiday nor a day of the weekend");
            let near = place.country.and_then(|c| nearest_holiday(c, day.value));
            let help = match near {
                Some((near, name)) => {
                    format!("leave it out; if you meant {name}, that is on {}: \"{near}\"", near.format("%a %-d %b %Y"))
                }
                None if place.country.is_some() => "leave it out, or correct the date".to_owned(),
                None => "leave it out, or name the `country` whose holidays it strikes out".to_owned(),
            };
            let finding = Finding::new(FindingCode::WorkingDayAlready, message, day.span.clone()).warning();
            self.warnings.push(finding.label("no day off to strike out").help(help));
        }
    }

    fn country(&mut self, node: &Node) -> Option<&'static Country> {
        let code = self.text(node)?;
        let found = holidays::country(&code);
        if found.is_none() {
            let finding =
                Finding::new(FindingCode::UnknownCountry, format!("unknown country `{code}`"), node.span.clone());
            self.report(finding.help(remedy(&code)));
        }
        found
    }

    /// `holidays` and `working_days`: the nearer to an org, the more they count.
    fn own_days(&mut self, table: &TomlTable, place: &mut PlaceDraft) -> Vec<Placed<NaiveDate>> {
        let holidays = table.get("holidays").map(|node| self.days(node)).unwrap_or_default();
        let working_days = table.get("working_days").map(|node| self.days(node)).unwrap_or_default();
        for day in &working_days {
            if let Some(holiday) = holidays.iter().find(|h| h.value == day.value) {
                let message = format!("{} is a holiday and a working day", day.value);
                let finding = Finding::new(FindingCode::DayTwice, message, day.span.clone()).label("a working day");
                self.report(
                    finding.related(holiday.span.clone(), "a holiday").help("leave it in one of the two lists"),
                );
            }
        }
        let dates = |days: Vec<Placed<NaiveDate>>| days.into_iter().map(|d| d.value).collect::<Vec<_>>();
        let own = working_days.clone();
        let (holidays, working_days) = (dates(holidays), dates(working_days));
        place.holidays.retain(|date| !working_days.contains(date));
        place.working_days.retain(|date| !holidays.contains(date));
        for (all, own) in [(&mut place.holidays, holidays), (&mut place.working_days, working_days)] {
            all.extend(own);
            all.sort_unstable();
            all.dedup();
        }
        own
    }
}

/// The holiday within a week of a date that is nearest to it.
fn nearest_holiday(country: &Country, date: NaiveDate) -> Option<(NaiveDate, &'static str)> {
    let week = chrono::Duration::days(7);
    country.holidays(date - week, date + week).min_by_key(|(day, _)| (*day - date).num_days().abs())
}

/// What to write instead of an unknown code.
fn remedy(typed: &str) -> String {
    let all = holidays::countries();
    let parts = all.iter().filter(|c| c.whole().is_some()).count();
    let known = format!("{} countries and {parts} parts of them are known", all.len() - parts);
    if let Some(near) = nearest(typed) {
        return format!("did you mean \"{}\" ({})? {known}", near.code(), near.full_name());
    }
    let whole = typed.split_once('-').and_then(|(whole, _)| holidays::country(whole));
    let parts: Vec<&str> = whole.map(|whole| parts_of(whole).map(Country::code).collect()).unwrap_or_default();
    match (whole, parts.len()) {
        (Some(whole), 0) => format!("write \"{}\": it has no parts here", whole.code()),
        (Some(_), 1..30) => format!("known parts: {}", keys::list(&parts)),
        _ => format!("write an ISO 3166 code, such as \"GB\" or \"AU-NSW\"; {known}"),
    }
}

fn parts_of(whole: &Country) -> impl Iterator<Item = &'static Country> {
    holidays::countries().iter().filter(move |c| c.whole().is_some_and(|w| w == whole))
}

/// The country or part that was most likely meant: by code in other letters, by another list's code, by name, by spelling.
fn nearest(typed: &str) -> Option<&'static Country> {
    let typed = typed.trim().to_uppercase().replace('_', "-");
    let is = |c: &&Country| c.code().to_uppercase() == typed || c.other_codes().any(|code| code == typed);
    let is_named = |c: &&Country| c.name().to_uppercase() == typed;
    let all = || holidays::countries().iter();
    let wholes = || all().filter(|c| c.whole().is_none());
    if let Some(found) = all().find(is).or_else(|| wholes().find(is_named)).or_else(|| all().find(is_named)) {
        return Some(found);
    }
    if let Some((whole, part)) = typed.split_once('-') {
        let whole = wholes().find(|c| c.code() == whole || c.other_codes().any(|code| code == whole))?;
        let own = |c: &'static Country| c.code().split_once('-').map_or("", |(_, own)| own);
        let by_name = parts_of(whole).find(|c| c.name().to_uppercase() == part);
        let near = keys::nearest(part, &parts_of(whole).map(own).collect::<Vec<_>>());
        return by_name.or_else(|| parts_of(whole).find(|c| near == Some(own(c))));
    }
    let name = keys::nearest(&typed, &wholes().map(Country::name).collect::<Vec<_>>())?;
    wholes().find(|c| c.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_by_other_codes_by_name_and_by_spelling() {
        for (typed, meant) in [
            ("gb", Some("GB")),
            ("UK", Some("GB")),
            ("USA", Some("US")),
            ("Germany", Some("DE")),
            ("Untied Kingdom", Some("GB")),
            ("England", Some("GB-ENG")),
            ("Georgia", Some("GE")),
            ("UK-SCT", Some("GB-SCT")),
            ("AU_NSW", Some("AU-NSW")),
            ("AU-New South Wales", Some("AU-NSW")),
            ("AU-NSX", Some("AU-NSW")),
            ("XX", None),
            ("Atlantis", None),
            ("", None),
            ("日本", None),
        ] {
            assert_eq!(nearest(typed).map(Country::code), meant, "{typed}");
        }
    }
}
