//! The workbook, opened again by another library and compared with the results; what it must not hold stands in its parts.

use super::contents::MOST_CELLS;
use super::*;
use crate::output::moments::moments;
use crate::output::samples::{self, ReportSample};
use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use regex::Regex;
use std::io::Cursor;

fn assumptions() -> Vec<Assumption> {
    let one = |key: &str, words: &str| Assumption { key: key.to_owned(), words: words.to_owned(), given: true };
    vec![
        one("=HYPERLINK(\"x\")", "+1 would be a formula"),
        one("-2", "@SUM(A1)"),
        one("\tkey", "\r=1+1"),
        one("refresh.interval", "1,400 h"),
    ]
}

fn bytes(sample: &ReportSample) -> Vec<u8> {
    xlsx(&sample.plan, &sample.projection, &assumptions()).expect("a workbook")
}

fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(bytes)).expect("it opens")
}

fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Range<Data> {
    book.worksheet_range(name).expect("the sheet")
}

fn number(cell: Option<&Data>) -> f64 {
    match cell {
        Some(Data::Float(x)) => *x,
        Some(Data::Int(n)) => *n as f64,
        Some(Data::DateTime(at)) => at.as_f64(),
        other => panic!("no number: {other:?}"),
    }
}

#[test]
fn the_same_results_make_the_same_bytes() {
    let sample = samples::named("one-org");
    assert!(bytes(sample) == bytes(sample));
}

#[test]
fn plans_unlike_each_other_make_workbooks_whose_formulas_are_the_programs_own() {
    let own = Regex::new(
        r"^(?:[A-Z]{1,2}\d+/(?:orgs_in_all|[A-Z]{1,2}\d+)|\$B\$5/orgs_in_all|(?:ROUND|INDEX|MIN|MATCH|[A-Z$\d:(),+*/\-])+)$",
    );
    let own = own.expect("a pattern");
    for name in ["one-org", "simulated", "org-local", "nobody-acts", "unknown-rates"] {
        let sample = samples::named(name);
        let mut book = open(bytes(sample));
        let mut want = vec!["Summary", "What if", "Curve", "Segments", "Causes", "Timeline", "Assumptions", "Notes"];
        if sample.projection.detail.grid.as_ref().is_none_or(|grid| grid.uptakes.len() < 2) {
            want.remove(1);
        }
        assert_eq!(book.sheet_names(), want, "{}", sample.name);
        for name in book.sheet_names() {
            assert!(sheet(&mut book, &name).get_size().0 > 2, "{} of {}", name, sample.name);
            let formulas = book.worksheet_formula(&name).expect("formulas");
            for (row, column, formula) in formulas.used_cells().filter(|cell| !cell.2.is_empty()) {
                assert!(own.is_match(formula), "{formula} in row {row}, column {column} of {name} of {}", sample.name);
            }
        }
    }
}

#[test]
fn the_outcomes_are_those_of_the_results_in_full() {
    let sample = samples::flagship();
    let summary = sheet(&mut open(bytes(sample)), "Summary");
    for (i, outcome) in sample.projection.uptakes.iter().enumerate() {
        let row = 5 + i as u32;
        let at = |column| number(summary.get_value((row, column)));
        let failed = &outcome.best().failed_by_deadline;
        assert_eq!((at(0), at(1)), (outcome.uptake, failed.mean));
        assert_eq!([at(3), at(2), at(4)], [5.0, 50.0, 95.0].map(|p| failed.percentile(p) as f64));
        assert_eq!(at(5), failed.mean / 2500.0);
        assert_eq!(at(8), outcome.best().within_tolerance.expect("there is a tolerance"));
    }
}

#[test]
fn the_curve_has_an_hour_a_row_in_local_time_across_a_change_of_the_clocks() {
    let sample = samples::flagship();
    let curve = sheet(&mut open(bytes(sample)), "Curve");
    let hours = &sample.projection.curve_hours;
    assert_eq!(curve.end().map(|e| e.0), Some(3 + hours.len() as u32));
    for (i, hour) in hours.iter().enumerate() {
        let row = 4 + i as u32;
        // Pacific Daylight Time all through: 25 569 is 1 January 1970.
        let local = (sample.plan.instant(*hour).timestamp() - 7 * 3600) as f64 / 86_400.0 + 25_569.0;
        assert!((number(curve.get_value((row, 0))) - local).abs() < 1e-9, "hour {hour}");
        assert!(matches!(curve.get_value((row, 0)), Some(Data::DateTime(_))), "a date, not a number");
        let best = sample.projection.uptakes[2].best();
        assert_eq!(number(curve.get_value((row, 3 + 2 * 4))), best.failed_curve[i].mean);
    }
    assert_eq!(curve.get_value((4, 1)), Some(&Data::String("-07:00 PDT".to_owned())));
}

#[test]
fn years_of_hours_and_a_hundred_rates_stay_within_bounds() {
    let sample = samples::named("years");
    let curve = sheet(&mut open(bytes(sample)), "Curve");
    let (rows, columns) = curve.get_size();
    assert!(rows * columns < MOST_CELLS + 5 * columns, "{rows} x {columns}");
    let last = number(curve.get_value((rows as u32 - 1, 2)));
    assert_eq!(last, sample.plan.horizon_hours(), "the horizon is never left out");
}

#[test]
fn no_text_becomes_a_formula_or_breaks_the_file() {
    let sample = samples::named("hostile-names");
    let mut book = open(bytes(sample));
    let table = sheet(&mut book, "Assumptions");
    let said = |row, column| table.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!((said(3, 0).as_str(), said(3, 1).as_str()), ("=HYPERLINK(\"x\")", "+1 would be a formula"));
    assert_eq!((said(4, 0).as_str(), said(4, 1).as_str()), ("-2", "@SUM(A1)"));
    assert_eq!((said(5, 0).as_str(), said(5, 1).as_str()), (" key", " =1+1"));
    let timeline = sheet(&mut book, "Timeline");
    let names: Vec<String> = (4..timeline.end().expect("rows").0 + 1)
        .filter_map(|row| timeline.get_value((row, 3)).map(ToString::to_string))
        .collect();
    let want: Vec<String> = moments(&sample.plan).into_iter().map(|m| cells::text(&m.name)).collect();
    assert_eq!(names, want);
    for title in [
        format!("{} \u{5d0}\u{5d1}\u{5d2} \u{202e}\u{1F469}\u{200D}\u{1F4BB}", "five hundred characters ".repeat(21)),
        "=cmd|' /C calc'!A0".to_owned(),
        "Summary!A1".to_owned(),
        "<script>alert(\"1\")</script> & 'quotes' \u{0}\u{b}".to_owned(),
    ] {
        let plan = sample.plan.with(|parts| parts.title.clone_from(&title)).expect("a plan");
        let book = xlsx(&plan, &sample.projection, &[]).expect("a workbook");
        let summary = sheet(&mut open(book), "Summary");
        assert_eq!(summary.get_value((0, 0)), Some(&Data::String(cells::text(&title))), "{title}");
    }
}

/// At the rate of the report the figures are those of the sweep, and so of the report.
#[test]
fn a_rate_that_is_typed_has_the_figures_of_the_exact_sweep() {
    let sample = samples::flagship();
    let mut book = open(bytes(sample));
    let what_if = sheet(&mut book, "What if");
    let at = |row| number(what_if.get_value((row, 1)));
    assert_eq!(at(3), 0.5);
    let failed = &sample.projection.uptakes[2].best().failed_by_deadline;
    let grid = sample.projection.detail.grid.as_ref().expect("a grid");
    let cell = grid.cells[grid.nearest(0.5)][grid.own_deadline()];
    assert_eq!(at(4), cell.mean);
    assert!((at(4) - failed.mean).abs() < 1e-9 && (at(9) - failed.mean / 2500.0).abs() < 1e-9);
    assert_eq!([at(5), at(6), at(7)], cell.percentiles.map(|n| n as f64));
    // The row of 50 % is the 11th of 21.
    assert_eq!((at(10), at(11)), (11.0, 0.0));
    assert_eq!(number(what_if.get_value((15 + 10, 0))), 0.5);
    assert_eq!(number(what_if.get_value((15 + 10, 1))), cell.mean);
    let formulas = book.worksheet_formula("What if").expect("formulas");
    assert_eq!(formulas.get_value((10, 1)).map(String::as_str), Some("MIN(MATCH($B$4,$A$16:$A$36,1),20)"));
    let summary = book.worksheet_formula("Summary").expect("formulas");
    assert_eq!(summary.get_value((5, 5)).map(String::as_str), Some("B6/orgs_in_all"));
}

#[test]
fn tables_and_charts_are_native() {
    let mut book = open(bytes(samples::named("regions")));
    book.load_tables().expect("tables");
    let names: Vec<String> = book.table_names().into_iter().cloned().collect();
    for name in ["Outcomes", "Curve", "Segments", "Causes", "Timeline", "Assumptions", "Notes"] {
        assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
    }
    let segments = book.table_by_name("Segments").expect("a table");
    assert_eq!(segments.columns()[..2], ["Segment".to_owned(), "Time zone".to_owned()]);
    assert_eq!(segments.data().get_size().0, 4 * 6, "four regions at six rates");
}
