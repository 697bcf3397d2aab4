//! Where orgs live and when they work: countries, holidays, working days and human hours, of the scenario and of segments.

use super::finding_code::FindingCode;
use chrono::{NaiveDate, Weekday, WeekdaySet};

use super::tests::{LEAST, parsed, report};
use crate::plan::week::{EDGE_OF_DAY, NIGHT, OFFICE, WEEKEND_DAY};
use crate::plan::{Segment, WeekWeights};

const PLACES: &str = include_str!("../../tests/scenarios/places.toml");

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

fn segments(text: &str, changes: &[&str]) -> Vec<Segment> {
    parsed(text, changes).family.centre().segments().to_vec()
}

fn segment(changes: &[&str], id: &str) -> Segment {
    segments(PLACES, changes).into_iter().find(|s| s.id == id).expect("the segment")
}

/// The names of the holidays on these days of May; `-` for a date that has none, nothing for a day that is no holiday.
fn holidays(segment: &Segment, days: &[u32]) -> Vec<String> {
    let holidays = days.iter().filter_map(|d| segment.calendar.holiday(day(5, *d)));
    holidays.map(|h| h.name.unwrap_or("-").to_owned()).collect()
}

#[test]
fn a_segment_has_its_countrys_holidays_with_the_dates_that_it_adds_and_without_those_it_works_on() {
    assert_eq!(holidays(&segment(&[], "uk"), &[1, 4, 25]), ["May Day", "Spring Bank Holiday"]);
    let japan = segment(&[], "japan");
    assert_eq!(holidays(&japan, &[4, 5, 6, 7, 8]), ["Greenery Day", "Children's Day", "-", "-"]);
    assert_eq!((japan.calendar.weight(day(5, 6), 10), japan.calendar.weight(day(5, 7), 10)), (OFFICE, WEEKEND_DAY));
    assert_eq!(japan.calendar.country().map(|c| c.name()), Some("Japan"));
}

#[test]
fn a_segment_elsewhere_has_nothing_of_the_scenarios_place_but_its_week() {
    let home = segment(&[], "home");
    assert_eq!(home.calendar.country().map(|c| c.code()), Some("US-NY"));
    assert_eq!(home.calendar.holiday(day(7, 3)).and_then(|h| h.name), Some("Independence Day (observed)"));
    assert!(holidays(&home, &[25]).is_empty(), "worked");
    let changes = ["holidays=[\"2026-05-08\"]", "human_hours.weekday={ otherwise = 0.5 }"];
    let nepal = segment(&changes, "nepal");
    assert_eq!((nepal.calendar.country(), holidays(&nepal, &[1, 8, 25])), (None, vec!["-".to_owned()]));
    assert_eq!(nepal.calendar.weight(day(5, 5), 3), 0.5);
    assert_eq!(holidays(&segment(&changes, "home"), &[8, 25]), ["-"]);
}

#[test]
fn of_a_date_off_in_the_scenario_and_worked_in_a_segment_the_segments_word_holds() {
    let home = segment(&["holidays=[\"2026-05-25\", \"2026-05-26\"]"], "home");
    assert_eq!(holidays(&home, &[25, 26]), ["-"]);
    let home = segment(&["working_days=[\"2026-05-26\"]", "segment.home.holidays=[\"2026-05-26\"]"], "home");
    assert_eq!(home.calendar.weight(day(5, 26), 10), WEEKEND_DAY);
}

#[test]
fn without_segments_all_orgs_have_the_scenarios_country() {
    let [all] = &segments(LEAST, &["country=GB", "working_days=[\"2026-05-04\"]"])[..] else { panic!("one segment") };
    assert_eq!(holidays(all, &[4, 25]), ["Spring Bank Holiday"]);
    assert!(segments(LEAST, &[])[0].calendar.holidays().is_empty());
}

#[test]
fn a_weekend_is_that_of_the_nearest_word_a_list_of_days_before_a_country() {
    let weekend = |changes: &[&str], id: &str| segment(changes, id).calendar.week().weekend_days;
    let of = |days: &[Weekday]| days.iter().copied().collect::<WeekdaySet>();
    let (fri_sat, sat_sun) = (of(&[Weekday::Fri, Weekday::Sat]), of(&[Weekday::Sat, Weekday::Sun]));
    assert_eq!([weekend(&[], "uk"), weekend(&[], "gulf")], [sat_sun, fri_sat]);
    assert_eq!(weekend(&[], "nepal"), of(&[Weekday::Sat]));
    let sunday = of(&[Weekday::Sun]);
    assert_eq!(weekend(&["human_hours.weekend_days=[\"sunday\"]"], "home"), sunday);
    assert_eq!(weekend(&["human_hours.weekend_days=[\"Sun\"]"], "gulf"), fri_sat);
    assert_eq!(weekend(&["segment.gulf.human_hours.weekend_days=[\"Sun\"]"], "gulf"), sunday);
    assert_eq!(weekend(&["country=SA", "segment.nepal.human_hours={}"], "nepal"), sat_sun);
    assert_eq!(weekend(&["country=SA"], "home"), fri_sat);
}

#[test]
fn each_key_of_human_hours_is_replaced_by_itself_and_hours_in_no_range_weigh_otherwise() {
    assert_eq!(*segment(&[], "uk").calendar.week(), WeekWeights::default());
    let gulf = segment(&[], "gulf");
    // Thursday 30 April is a working day there, Friday is not.
    assert_eq!([7, 8, 15, 16].map(|h| gulf.calendar.weight(day(4, 30), h)), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(gulf.calendar.weight(day(5, 1), 10), 0.0);
    let nepal = segment(&[], "nepal");
    assert_eq!((nepal.calendar.weight(day(5, 3), 10), nepal.calendar.weight(day(5, 2), 10)), (OFFICE, WEEKEND_DAY));
    let [all] = &segments(LEAST, &["human_hours.weekday={ \"10-12\" = 0.5 }"])[..] else { panic!("one segment") };
    assert_eq!([9, 10, 11, 12].map(|h| all.calendar.weight(day(5, 5), h)), [NIGHT, 0.5, 0.5, NIGHT]);
    assert_eq!(all.calendar.weight(day(5, 2), 10), WEEKEND_DAY);
    assert_eq!(segments(LEAST, &[])[0].calendar.weight(day(5, 5), 8), EDGE_OF_DAY);
}

#[test]
fn lives_differ_where_working_hours_do_and_not_where_only_names_do() {
    let uk = segment(&[], "uk");
    let dates = r#"segment.uk={ share = 0.2, time_zone = "Europe/London", holidays = ["2026-05-04"] }"#;
    let dated = segment(&[dates], "uk");
    assert!(!uk.same_life(&dated), "the other holidays are missing");
    assert!(uk.same_life(&segment(&["segment.uk.country=GB-WLS"], "uk")), "Wales has England's holidays");
    assert!(!uk.same_life(&segment(&["segment.uk.human_hours.weekday={ otherwise = 1.0 }"], "uk")));
}

#[test]
fn a_window_drawn_into_hours_without_weight_is_refused_by_name() {
    // Saudi Arabia works from Sunday on, so that a window within Friday and Saturday there has nobody.
    let closes = r#"reconnect.closes={ uniform = ["2026-05-01 18:00", "2026-05-05 24:00"] }"#;
    let scenario = parsed(PLACES, &[closes]);
    assert!(scenario.family.plan_at(&[0.9]).is_ok());
    let refused = scenario.family.plan_at(&[0.01]).expect_err("nobody works");
    assert_eq!(refused, "nobody of segment `gulf` works in the reconnect window: all its hours weigh 0");
    // At one instant, or spread without regard to hours, it needs no weight.
    assert!(parsed(PLACES, &["reconnect.closes=2026-05-01 13:00"]).family.is_certain());
    assert!(parsed(PLACES, &["reconnect.closes=2026-05-01 18:00", "reconnect.timing=uniform"]).family.is_certain());
}

#[test]
fn years_without_known_holidays_are_noted() {
    let notes = |changes: &[&str]| parsed(LEAST, changes).notes;
    assert!(notes(&["country=GB"]).is_empty() && notes(&["horizon=2033-02-01 00:00"]).is_empty());
    let told = notes(&["horizon=2033-02-01 00:00", "country=GB"]);
    let want = "United Kingdom (GB): public holidays are known for 2025 to 2032. In other years only the dates in \
                `holidays` count.";
    assert_eq!(told, [want]);
    // Sri Lanka announces its holidays year by year.
    assert!(notes(&["horizon=2027-02-01 00:00", "country=LK"])[0].contains("known for 2025 to 2026"));
    assert!(notes(&["horizon=2026-12-31 00:00", "country=LK"]).is_empty());
}

#[test]
fn where_orgs_live_and_when_they_work_is_told_in_words() {
    let scenario = parsed(PLACES, &[]);
    let told = scenario
        .assumptions
        .iter()
        .filter(|a| ["country", "holidays", "days", "human_hours", "time_zone"].iter().any(|key| a.key.ends_with(key)));
    let told: Vec<String> =
        told.map(|a| format!("{}{}: {}", a.key, if a.given { "" } else { " (by default)" }, a.words)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn human_hours_are_no_assumption_where_nobody_works_by_them() {
    let told = |changes: &[&str]| parsed(LEAST, changes).assumptions.iter().any(|a| a.key == "human_hours");
    assert!(!told(&[]));
    assert!(told(&["human_hours.weekend_days=[\"Fri\"]"]));
    assert!(told(&["recovery={ after = \"6h\", office_hours = true }"]));
}

#[test]
fn a_week_or_a_day_that_makes_no_sense_is_a_fault() {
    for (change, code) in [
        ("human_hours={ weekday = { otherwise = 0 }, weekend = { otherwise = 0 } }", FindingCode::NoHumanHours),
        ("human_hours.weekday={ \"09-17\" = 1.5 }", FindingCode::OutOfRange),
        ("human_hours.weekday={ \"09-17\" = nan }", FindingCode::OutOfRange),
        ("human_hours.weekday={ \"09-17\" = 1, \"16-20\" = 0.5 }", FindingCode::HoursOverlap),
        ("human_hours.weekday={ \"22-06\" = 1 }", FindingCode::NotHours),
        ("human_hours.weekends={}", FindingCode::UnknownKey),
        ("weekend_days=[\"Sat\"]", FindingCode::UnknownKey),
        ("human_hours.weekend_days=\"Sat\"", FindingCode::WrongType),
        ("country=UK", FindingCode::UnknownCountry),
    ] {
        assert!(report(LEAST, &[change]).contains(code.as_str()), "{change}");
    }
}
