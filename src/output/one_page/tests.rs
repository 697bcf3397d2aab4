//! The page's file, unpacked and read by other hands.

use super::*;
use crate::output::document::{Block, Cell, FigureFormat, Row, Table};
use crate::output::samples::{self, ReportSample};
use crate::results::{Assumption, Checkpoints, Warning};
use resvg::usvg::roxmltree::Document as Xml;
use std::io::{Cursor, Read};

fn assumptions() -> Vec<Assumption> {
    let one = |key: &str, words: &str, given| Assumption { key: key.to_owned(), words: words.to_owned(), given };
    vec![
        one("refresh.interval", "1,400 h", true),
        one("seed", "1", false),
        one("event.pkce.reauthorization.required", "100 %", false),
        one("reconnect.timing", "uniform", true),
    ]
}

/// The sample with checkpoints each morning before its deadline, and nobody ever reconnecting.
fn page(sample: &ReportSample) -> page::OnePage {
    let mut projection = sample.projection.clone();
    let hours: Vec<f64> = projection.curve_hours.iter().copied().filter(|h| h % 24.0 == 21.0 && *h <= 237.0).collect();
    let reconnected = sample.plan.window().map(|_| vec![vec![0.0; hours.len()]; projection.uptakes.len()]);
    projection.detail.checkpoints = Some(Checkpoints { hours, reconnected });
    one_page(&sample.plan, &projection, &assumptions())
}

fn file(sample: &ReportSample) -> Vec<u8> {
    docx(&page(sample), &sample.plan, &sample.projection).expect("made")
}

fn part(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut packed = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut part = Vec::new();
    packed.by_name(name).expect("the part").read_to_end(&mut part).expect("whole");
    part
}

/// Rows of every table of the file that holds no other, as words.
fn tables(xml: &Xml<'_>) -> Vec<Vec<Vec<String>>> {
    let all = |node: resvg::usvg::roxmltree::Node<'_, '_>, name: &'static str| {
        let found = node.descendants().filter(move |n| n.tag_name().name() == name);
        found.map(|n| n.id()).collect::<Vec<_>>()
    };
    let node = |id| xml.get_node(id).expect("it is there");
    let words = |id| -> String {
        node(id).descendants().filter(|n| n.tag_name().name() == "t").filter_map(|n| n.text()).collect()
    };
    let rows = |table| -> Vec<Vec<String>> {
        all(node(table), "tr").into_iter().map(|row| all(node(row), "tc").into_iter().map(words).collect()).collect()
    };
    all(xml.root(), "tbl").into_iter().filter(|table| all(node(*table), "tbl").len() == 1).map(rows).collect()
}

#[test]
fn the_file_has_the_finding_the_table_and_words_for_the_chart() {
    let sample = samples::flagship();
    let bytes = file(sample);
    let text = String::from_utf8(part(&bytes, "word/document.xml")).expect("text");
    let xml = Xml::parse(&text).expect("XML");
    assert!(text.contains(
        "75\u{a0}% must reconnect to stay within 100 failed orgs by Monday 09:00; if 50\u{a0}% reconnect, the chance is 89\u{a0}%"
    ));
    let tables = tables(&xml);
    let outcomes = &tables[0];
    assert_eq!(
        outcomes[0],
        ["reconnect", "mean", "90\u{a0}% range", "in words", "still broken", "breaks later", "chance of 100 or fewer"]
    );
    // Of six rates five: those of the finding, the ends, and what is left.
    let rates: Vec<&str> = outcomes[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(rates, ["0\u{a0}%", "25\u{a0}%", "50\u{a0}%", "75\u{a0}%", "100\u{a0}%"]);
    assert_eq!(outcomes[3][1..4], ["88.9", "74 to 104", "1 org in 28"]);
    let picture = xml.descendants().find(|n| n.tag_name().name() == "docPr").expect("a picture");
    let alt = picture.attribute("descr").expect("it has words");
    assert!(alt.starts_with("Reconnecting more than halves the failures by Monday 09:00"), "{alt}");
    assert_eq!(&part(&bytes, "word/media/rIdImage1.png")[..4], b"\x89PNG");
    let dates = &tables.last().expect("the dates");
    assert!(dates.iter().any(|row| row[..] == ["Mon 4 May 09:00", "DEADLINE"]), "{dates:?}");
}

#[test]
fn a_file_is_the_same_bytes_twice_and_bears_no_time() {
    let sample = samples::named("regions");
    let bytes = file(sample);
    assert_eq!(bytes, file(sample));
    // In another thread, which has made no file yet.
    assert_eq!(bytes, std::thread::spawn(|| file(samples::named("regions"))).join().expect("made"));
    let mut packed = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip file");
    for i in 0..packed.len() {
        let stamp = packed.by_index(i).expect("a part").last_modified();
        assert!(stamp.is_none_or(|at| at == zip::DateTime::default()), "{stamp:?}");
    }
}

/// Names of a file may hold anything: what no document may hold is not in it, and nothing of it is markup.
#[test]
fn every_plan_has_a_page_of_sound_xml_and_few_rows() {
    for sample in samples::all() {
        let bytes = file(sample);
        let text = String::from_utf8(part(&bytes, "word/document.xml")).expect("text");
        let xml = Xml::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        let rows: Vec<usize> = tables(&xml).iter().map(Vec::len).collect();
        assert!(rows[0] <= 6 && rows.iter().all(|rows| *rows <= 9), "{}: {rows:?}", sample.name);
    }
}

fn table<'a>(blocks: &'a [Block], name: &str) -> &'a Table {
    let tables = blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    tables.into_iter().find(|table| table.name == name).expect("the table")
}

fn words(table: &Table) -> Vec<Vec<String>> {
    let written = |cells: &[Cell]| cells.iter().map(|cell| FigureFormat::default().cell(cell)).collect();
    table.rows.iter().filter_map(Row::cells).map(written).collect()
}

/// Of the closed form at 75 %, 45 h after PKCE, when those who act reconnect evenly over 1-60 h: `2500 (0.25 · 45 + 0.75 c) / 1399`, where
/// `c = 1 + ((45² - 1) / 2 + 45 · 15 - 59) / 59`.
#[test]
fn mornings_before_anything_happens_are_one_row_and_others_have_the_curves_figures() {
    let found = page(samples::flagship());
    let watch = table(&found.left, "watch");
    assert_eq!(watch.title, "What to watch if 75 % reconnect");
    assert!(watch.key.starts_with("75 % is the lowest rate compared that stays within 100."), "{}", watch.key);
    let rows = words(watch);
    assert_eq!(rows[0][..3], ["until Fri 1 May 09:00", "0", "0"]);
    let sunday = rows.iter().find(|row| row[0] == "Sun 3 May 09:00").expect("a row");
    let last = rows.last().expect("a row");
    assert_eq!((last[0].as_str(), last[2].as_str()), ("Mon 4 May 09:00", "71.7"));
    let c = 1.0 + ((45.0 * 45.0 - 1.0) / 2.0 + 45.0 * 15.0 - 59.0) / 59.0;
    let want = 2500.0 * (0.25 * 45.0 + 0.75 * c) / 1399.0;
    assert_eq!(sunday[2], format!("{want:.1}"));
}

#[test]
fn what_matters_is_computed_or_chosen_by_a_rule_that_is_told() {
    let found = page(samples::flagship());
    let matters = table(&found.left, "matters");
    // The key by default, then those given in their order; a seed is no assumption about the world.
    let keys: Vec<String> = words(matters).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(keys, ["event.pkce.reauthorization.required", "refresh.interval", "reconnect.timing"]);
    assert!(matters.key.contains("was not computed"), "{}", matters.key);
    let sample = samples::flagship();
    let mut projection = sample.projection.clone();
    projection.detail.sensitivity = Some(crate::output::sensitivity::samples::all().remove(0).1);
    projection.detail.unknowns = vec![crate::plan::Unknown {
        key: "refresh.interval".to_owned(),
        words: "x".to_owned(),
        values: Default::default(),
    }];
    projection.warnings = vec![Warning {
        code: "a-code".to_owned(),
        message: "the deadline is a day off".to_owned(),
        notes: vec![],
        help: vec![],
    }];
    let found = one_page(&sample.plan, &projection, &assumptions());
    let matters = table(&found.left, "matters");
    assert!(matters.rows.len() <= 3 && matters.title.contains("matter"), "{matters:?}");
    let Some(Block::List(said)) = found.right.last() else { panic!("what is not known") };
    assert_eq!(said[0], "The refresh interval: x.");
    assert!(said.iter().any(|s| s == "Warning about the plan: the deadline is a day off."), "{said:?}");
}
