//! Documents and their markers, without any scenario: what is found, what is refused, and what bytes come back.

use super::shows::{EmbedForm, Show};
use super::*;
use crate::output::{chart, samples};
use crate::scenario::FindingCode;
use crate::scenario::Findings;

fn read(text: &str) -> EmbedDocument {
    EmbedDocument::read("plan.md", text.as_bytes().to_vec()).expect("UTF-8")
}

/// The document with `text` between every pair of markers.
fn filled(text: &str, with: &str) -> String {
    let document = read(text);
    assert!(document.findings.is_empty(), "{}", document.findings.render(false));
    let texts = vec![with.to_owned(); document.markers().count()];
    String::from_utf8(document.with(&texts)).expect("UTF-8")
}

fn codes(findings: &Findings) -> Vec<FindingCode> {
    findings.sorted().iter().map(|f| f.code).collect()
}

const OPEN: &str = "<!-- cutover: p.toml show=orgs -->";
const CLOSE: &str = "<!-- /cutover -->";

#[test]
fn a_figure_stands_within_its_line_and_a_block_on_lines_of_its_own() {
    assert_eq!(filled(&format!("about {OPEN}89{CLOSE} orgs"), "90"), format!("about {OPEN}90{CLOSE} orgs"));
    let block = format!("a\n{OPEN}\nold\n{CLOSE}\nb\n");
    assert_eq!(filled(&block, "one\ntwo"), format!("a\n{OPEN}\n\none\ntwo\n\n{CLOSE}\nb\n"));
    assert_eq!(filled(&format!("{OPEN}{CLOSE}{OPEN}{CLOSE}"), "1"), format!("{OPEN}1{CLOSE}{OPEN}1{CLOSE}"));
}

#[test]
fn filling_twice_is_filling_once_and_no_other_byte_moves() {
    for text in [
        format!("\u{feff}# Plan  \r\n\r\n{OPEN}\r\n{CLOSE}\r\n trailing blanks  \r\nno end: {OPEN}x{CLOSE}"),
        format!("- {OPEN}\n  old\n  {CLOSE}\n\n> {OPEN}\n> {CLOSE}\n\n10. {OPEN}\n    {CLOSE}"),
        format!("\t{OPEN}\n\t{CLOSE}\t\n\n\n"),
        format!("mixed\r\nends\n{OPEN}\r\n{CLOSE}\n{OPEN}\n{CLOSE}\r\n\u{0}\u{1F680}\n"),
    ] {
        let once = filled(&text, "one\ntwo");
        assert_eq!(filled(&once, "one\ntwo"), once);
        let outside = |text: &str| -> Vec<String> {
            let parts = text.split(CLOSE).map(|part| part.split(OPEN).next().unwrap_or_default().to_owned());
            parts.collect()
        };
        assert_eq!(outside(&once), outside(&text), "{text:?}");
        assert_eq!(read(&text).as_it_is(), text.as_bytes());
    }
}

#[test]
fn lines_keep_the_ends_and_the_margin_of_their_marker() {
    let crlf = filled(&format!("{OPEN}\r\n{CLOSE}\r\n"), "one\ntwo");
    assert_eq!(crlf, format!("{OPEN}\r\n\r\none\r\ntwo\r\n\r\n{CLOSE}\r\n"));
    assert_eq!(filled(&format!("> {OPEN}\n> {CLOSE}"), "x"), format!("> {OPEN}\n>\n> x\n>\n> {CLOSE}"));
    assert_eq!(filled(&format!("1. {OPEN}\n   {CLOSE}"), "x"), format!("1. {OPEN}\n\n   x\n\n   {CLOSE}"));
}

#[test]
fn markers_within_code_are_left_alone() {
    for text in [
        format!("```md\n{OPEN}\n{CLOSE}\n```\n"),
        format!("~~~~\n{OPEN}\n~~~\n{CLOSE}\n~~~~\n"),
        format!("- ```\n  {OPEN}\n  ```\n"),
        format!("> ```\n> {OPEN}\n> ```\n"),
        format!("write `{OPEN}` and ``{CLOSE} ` ``\n"),
        format!("```\nnever closed\n{OPEN}\n"),
        format!("<!-- an old note: {OPEN}\n"),
        format!("    {OPEN}{CLOSE}"),
        format!("> ```\n> code\n\n> ```\n> {OPEN}\n"),
    ] {
        let document = read(&text);
        assert!(document.findings.is_empty(), "{text}: {}", document.findings.render(false));
        assert_eq!(document.markers().count(), 0, "{text}");
    }
    // A backtick that nothing closes is text, and so are backticks after the info of a fence.
    for text in
        [format!("a ` b {OPEN}{CLOSE}"), format!("``` `x` {OPEN}{CLOSE}"), format!("> ```\n> code\n\n{OPEN}{CLOSE}")]
    {
        assert_eq!(read(&text).markers().count(), 1, "{text}");
    }
}

#[test]
fn faults_of_markers_come_all_at_once_and_each_at_its_place() {
    let text = format!(
        "{OPEN}\n<!-- cutover: p.toml shwo=summary -->\n<!-- cutover: p.toml show=headlin-chart uptake=5 -->\n{CLOSE}\n{CLOSE}\n\
         <!-- cutover: show=orgs -->{CLOSE}\n<!-- cutover: p.toml -->{CLOSE}\n\
         <!-- cutover: p.toml show=headline-table -->{CLOSE}\n<!-- cutover: p.toml show=orgs format=svg -->{CLOSE}\n{OPEN}\n"
    );
    let document = read(&text);
    assert_eq!(
        codes(&document.findings),
        [
            FindingCode::MarkerNested,
            FindingCode::UnknownOption,
            FindingCode::MarkerNested,
            FindingCode::UnknownShow,
            FindingCode::BadOption,
            FindingCode::MarkerStray,
            FindingCode::NoScenario,
            FindingCode::NoShow,
            FindingCode::TableWithinLine,
            FindingCode::BadOption,
            FindingCode::MarkerOpen,
        ]
    );
    let report = document.findings.render(false);
    assert!(report.contains("did you mean `headline-chart`?") && report.contains("did you mean `show`?"), "{report}");
    assert!(report.contains("--> plan.md:3:27"), "{report}");
    for finding in document.findings.sorted() {
        assert!(finding.help.is_some(), "{}", finding.message);
    }
}

#[test]
fn the_words_of_a_marker_are_read_with_their_quotes() {
    let document = read(
        "<!-- cutover: \"my plans/p.toml\" show=failed_by_deadline.mean uptake=0,50% segment=emea \
         set=\"event.pkce.at=2026-05-05 12:00\"\n set='title=\"A B\"' format=full assets=images/ -->x<!-- /cutover -->",
    );
    assert!(document.findings.is_empty(), "{}", document.findings.render(false));
    let marker = document.markers().next().expect("a marker");
    assert_eq!(marker.scenario.value, "my plans/p.toml");
    assert_eq!(marker.uptakes.iter().map(|u| u.value).collect::<Vec<_>>(), [0.0, 0.5]);
    assert_eq!(marker.segment.as_ref().map(|s| s.value.as_str()), Some("emea"));
    assert_eq!(marker.changes, ["event.pkce.at=2026-05-05 12:00", "title=\"A B\""]);
    assert_eq!((marker.form, marker.assets.as_deref()), (Some(EmbedForm::Full), Some("images")));
}

#[test]
fn no_document_makes_the_reader_panic() {
    let parts = [
        OPEN,
        CLOSE,
        "<!--",
        "-->",
        "<!-- cutover:",
        "`",
        "```",
        "~~~",
        "\n",
        "\r\n",
        ">",
        "- ",
        "é",
        "\u{1F680}",
        "\"",
        " ",
    ];
    // Every sequence of four of them.
    for i in 0..parts.len().pow(4) {
        let text: String = (0..4).map(|n| parts[i / parts.len().pow(n) % parts.len()]).collect();
        let document = read(&text);
        assert_eq!(document.as_it_is(), text.as_bytes());
        let texts = vec!["x".to_owned(); document.markers().count()];
        document.with(&texts);
        document.findings.render(false);
    }
}

/// A chart that is missing from the names can't be asked for.
#[test]
fn every_chart_that_a_plan_has_can_be_named() {
    let names = chart::names();
    for sample in samples::all() {
        for (name, _) in chart::of(&sample.plan, &sample.projection) {
            assert!(names.contains(&name), "{name} of {}", sample.name);
            assert!(Show::find(&format!("{name}-chart")).is_some() && Show::find(&format!("{name}-title")).is_some());
        }
    }
}

/// What the page lists and what the program knows.
#[test]
fn the_page_on_documents_lists_everything_that_can_be_shown() {
    let page = include_str!("../../../docs/embed.md");
    for name in Show::names() {
        let (stem, aspect) = name.split_once('.').unwrap_or((&name, ""));
        let quantity = matches!(stem, "down_at_deadline" | "failed_by_horizon");
        let listed = page.contains(&format!("`{name}`"))
            || page.contains(&format!("`.{aspect}`")) && page.contains(&format!("`{stem}."))
            || quantity && page.contains(&format!("`{stem}.…`"))
            || name.ends_with("-title") && page.contains("`headline-title` and so on for each chart");
        assert!(listed, "docs/embed.md does not list {name}");
    }
}
