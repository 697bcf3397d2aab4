//! Histories of both kinds, and what is said of tables that are none.

use super::*;

fn table(columns: &[(&str, &[&str])]) -> HistoryTable {
    let cell = |text: &&str| if text.is_empty() { HistoryCell::Empty } else { HistoryCell::Text((*text).to_owned()) };
    let columns = columns.iter().map(|(name, cells)| ((*name).to_owned(), cells.iter().map(cell).collect()));
    HistoryTable { columns: columns.collect(), first_row: 2, ..HistoryTable::default() }
}

fn read_table(table: &HistoryTable, options: &[&str], until: Option<&str>) -> Result<History> {
    let options: Vec<String> = options.iter().map(|o| (*o).to_owned()).collect();
    from_table("history.csv", "", table, &HowToRead::from_options(&options, until)?)
}

fn lengths(history: &History) -> Vec<(f64, bool)> {
    history.intervals.iter().map(|i| (i.hours, i.ended)).collect()
}

fn refused(table: &HistoryTable, options: &[&str], until: Option<&str>) -> String {
    read_table(table, options, until).expect_err("it has faults").to_string()
}

#[test]
fn intervals_are_hours_or_durations_and_may_still_run() {
    let table =
        table(&[("interval", &["36", "1d 12h", "90m", "0", ""]), ("observed", &["true", "0", "YES", "false", ""])]);
    let history = read_table(&table, &[], None).expect("a history");
    assert_eq!(lengths(&history), [(36.0, true), (36.0, false), (1.5, true)]);
    assert!(history.source.notes[0].starts_with("1 interval that began just"));
    assert_eq!(history.source.refreshes, None);
}

#[test]
fn without_a_column_of_observed_all_have_ended() {
    let history = read_table(&table(&[("Hours", &["3", "5"])]), &["interval=Hours"], None).expect("a history");
    assert_eq!(lengths(&history), [(3.0, true), (5.0, true)]);
}

#[test]
fn refreshes_make_intervals_and_the_last_one_still_runs() {
    let table = table(&[
        ("org_id", &["a", "b", "a", "a", "c"]),
        (
            "refreshed_at",
            &[
                "2026-05-01T00:00:00Z",
                "2026-05-01T06:00:00Z",
                "2026-05-02T12:00:00+02:00",
                "2026-05-01T10:00:00Z",
                "2026-05-03T00:00:00Z",
            ],
        ),
    ]);
    let history = read_table(&table, &[], None).expect("a history");
    assert_eq!(lengths(&history), [(10.0, true), (24.0, true), (14.0, false), (42.0, false)]);
    assert_eq!(history.source.refreshes, Some((3, "2026-05-03T00:00:00Z".to_owned())));
    let longer = read_table(&table, &[], Some("2026-05-04T00:00:00Z")).expect("a history");
    assert_eq!(lengths(&longer)[2..], [(38.0, false), (66.0, false), (24.0, false)]);
    let shorter = read_table(&table, &[], Some("2026-05-02T00:00:00Z")).expect("a history");
    assert_eq!(lengths(&shorter), [(10.0, true), (14.0, false), (18.0, false)]);
    assert!(
        shorter.source.notes[0].starts_with("2 refreshes after 2026-05-02T00:00:00Z"),
        "{:?}",
        shorter.source.notes
    );
}

#[test]
fn the_first_ten_faults_are_shown_with_row_and_column_and_all_are_counted() {
    let bad: Vec<&str> = std::iter::repeat_n("soon", 14).collect();
    let report = refused(&table(&[("interval", &bad)]), &[], None);
    assert_eq!(report.matches("error[bad-cell]").count(), 10);
    assert!(report.contains("history.csv, row 2, column `interval`: `soon` is no duration"), "{report}");
    assert!(report.contains("... and 4 more") && report.ends_with("14 faults in history.csv"), "{report}");
}

#[test]
fn every_bad_cell_is_told_what_it_should_be() {
    for (interval, observed, said) in [
        ("-3", "true", "negative"),
        ("-3h", "true", "negative"),
        ("nan", "true", "no number of hours"),
        ("inf", "true", "no number of hours"),
        ("1e9", "true", "century"),
        ("0", "true", "longer than 0"),
        ("", "true", "is empty"),
        ("3,5", "true", "no duration"),
        ("3", "maybe", "neither true nor false"),
        ("3", "", "neither true nor false"),
    ] {
        let report = refused(&table(&[("interval", &[interval]), ("observed", &[observed])]), &[], None);
        assert!(report.contains(said) && report.contains("help"), "{interval}, {observed}: {report}");
    }
    for (org, at, said) in [
        ("a", "2026-05-01 09:00", "no offset"),
        ("a", "yesterday", "no date and time"),
        ("a", "", "is empty"),
        ("", "2026-05-01T09:00:00Z", "is empty"),
        ("a", "2026-13-01T09:00:00Z", "no day"),
    ] {
        let report = refused(&table(&[("org_id", &[org]), ("refreshed_at", &[at])]), &[], None);
        assert!(report.contains(said), "{org}, {at}: {report}");
    }
    let twice = &["2026-05-01T09:00:00Z", "2026-05-01T11:00:00+02:00"];
    let report = refused(&table(&[("org_id", &["a", "a"]), ("refreshed_at", twice)]), &[], None);
    assert!(report.contains("row 3") && report.contains("already, in row 2"), "{report}");
}

#[test]
fn columns_that_are_missing_are_named_with_those_that_are_there() {
    let one = |name| table(&[(name, &["3"])]);
    assert!(refused(&one("intervals"), &[], None).contains("the file has `intervals`"));
    assert!(refused(&one("org_id"), &[], None).contains("no column `refreshed_at`"));
    assert!(refused(&one("Hours"), &["interval=Huors"], None).contains("did you mean `Hours`?"));
    let both = table(&[("interval", &["3"]), ("org_id", &["a"]), ("refreshed_at", &["2026-05-01T09:00:00Z"])]);
    assert!(refused(&both, &[], None).contains("say which to read"));
    assert_eq!(lengths(&read_table(&both, &["interval=interval"], None).expect("intervals")), [(3.0, true)]);
    assert!(refused(&table(&[("interval", &[])]), &[], None).contains("no row below its header"));
    assert!(refused(&table(&[("interval", &["", ""])]), &[], None).contains("no row below its header"));
}

#[test]
fn options_that_say_nothing_are_refused() {
    let option = |text: &str| HowToRead::from_options(&[text.to_owned()], None).expect_err(text).to_string();
    assert!(option("interval").contains("interval=Hours"));
    assert!(option("length=Hours").contains("org_id"));
    assert!(option("interval=").contains("which column"));
    let until = |text: &str| HowToRead::from_options(&[], Some(text)).expect_err(text).to_string();
    assert!(until("2026-05-01 09:00").contains("2026-05-01 09:00Z") && until("noon").contains("noon"));
}
