//! `cutover embed` as a planner uses it: what a document shows after it, what stays as it was, exit codes, and faults.

use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

/// A folder with the flagship as `plan.toml`, few runs, and a document.
struct Desk {
    folder: TempDir,
}

const CLOSE: &str = "<!-- /cutover -->";

impl Desk {
    fn with(document: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = include_str!("../../scenarios/pkce-may-2026.toml");
        let plan = plan.lines().map(|l| if l.starts_with("runs ") { "runs = 200" } else { l }).collect::<Vec<_>>();
        std::fs::write(folder.path().join("plan.toml"), plan.join("\n")).expect("written");
        let desk = Self { folder };
        std::fs::write(desk.path("PLAN.md"), document).expect("written");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn document(&self) -> String {
        String::from_utf8(std::fs::read(self.path("PLAN.md")).expect("a document")).expect("text")
    }

    fn embed(&self, args: &[&str]) -> Output {
        let mut command = super::support::command();
        command.current_dir(self.folder.path()).arg("embed").args(args).output().expect("it starts")
    }

    /// Embeds and gives the document, which must have been refreshed.
    fn refreshed(&self) -> String {
        let done = self.embed(&["PLAN.md"]);
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
        self.document()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("listed");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn figure(options: &str) -> String {
    format!("<!-- cutover: plan.toml {options} -->{CLOSE}")
}

/// What stands between the markers of the only figure.
fn shown(document: &str) -> &str {
    document.split(" -->").nth(1).and_then(|rest| rest.split("<!--").next()).expect("a figure")
}

/// Figures of the flagship's closed form: 2,500 orgs, at one half 3.5561 %, 88.9 of them.
#[test]
fn figures_tables_sentences_and_charts_stand_where_the_markers_say() {
    let figures = [
        ("show=failed_by_deadline.mean uptake=0.5", "89"),
        ("show=failed_by_deadline.mean uptake=50% format=table", "88.9"),
        ("show=failed_by_deadline.p5 uptake=0.5", "74"),
        ("show=failed_by_deadline.p95 uptake=0.5", "104"),
        ("show=failed_by_deadline.range uptake=0", "106 to 141"),
        ("show=failed_by_deadline.share uptake=0.5", "3.56%"),
        ("show=failed_by_deadline.frequency uptake=0.5", "1 org in 28"),
        ("show=to_come uptake=0", "2,377"),
        ("show=within_tolerance uptake=0.5", "89%"),
        ("show=by_cause.reauthorization uptake=0.5", "89"),
        ("show=orgs", "2,500"),
        ("show=orgs format=full", "2500"),
        ("show=deadline", "Mon, May 4, 9:00 AM PDT"),
        ("show=tolerance set=\"tolerance=80\"", "80"),
        ("show=orgs set=\"population.orgs=4_000\"", "4,000"),
        ("show=title", "PKCE enablement, May 2026"),
    ];
    let lines: Vec<String> = figures.iter().map(|(options, _)| format!("x {} y", figure(options))).collect();
    let blocks = ["headline-chart", "headline-table", "timeline-table", "causes-table", "assumptions-table", "summary"];
    let blocks = blocks.map(|show| format!("<!-- cutover: plan.toml show={show} -->\n{CLOSE}\n"));
    let desk = Desk::with(&format!("{}\n\n{}", lines.join("\n"), blocks.join("\n")));
    let document = desk.refreshed();
    for ((options, want), line) in figures.iter().zip(document.lines()) {
        assert_eq!(line, format!("x <!-- cutover: plan.toml {options} -->{want}{CLOSE} y"));
    }
    for words in [
        "![At least 51% must reconnect to stay within 100 failed orgs by Monday 9 AM]\
         (PLAN.md.assets/plan-headline.svg)",
        "| 50% | 88.9 | 74 to 104 | 3.56% | 69.8 | 1,188 | 89% |",
        "| Fri, May 1, 12:00 PM | 0 h | PKCE |",
        "| reauthorization required | 123.3 |",
        "| `event.pkce.reauthorization.required` |",
        "If nobody reconnects, about 123 of 2,500 orgs (1 in 20) fail by Monday, May 4, 9 AM PDT.",
    ] {
        assert!(document.contains(words), "`{words}` is missing from\n{document}");
    }
    let chart = std::fs::read_to_string(desk.path("PLAN.md.assets/plan-headline.svg")).expect("a chart");
    assert!(chart.starts_with("<svg"), "{}", &chart[..80]);
}

#[test]
fn embedding_twice_changes_nothing_and_check_says_what_is_stale() {
    let desk = Desk::with(&format!(
        "# Plan\n\nAbout {} orgs.\n\n{}\n",
        figure("show=failed_by_deadline.mean uptake=0.5"),
        figure("show=daily-chart")
    ));
    let before = desk.document();
    let check = desk.embed(&["PLAN.md", "--check"]);
    assert_eq!(check.status.code(), Some(1));
    let diff = printed(&check);
    assert!(diff.starts_with("--- PLAN.md\n+++ PLAN.md\n@@ "), "{diff}");
    assert!(diff.contains("\n-About <!--") && diff.contains("-->89<!-- /cutover --> orgs."), "{diff}");
    assert!(
        said(&check).contains("PLAN.md is stale; charts that differ: PLAN.md.assets/plan-daily.svg."),
        "{}",
        said(&check)
    );
    assert_eq!((desk.document(), desk.names()), (before, vec!["PLAN.md".to_owned(), "plan.toml".to_owned()]));

    let once = desk.refreshed();
    let modified = || std::fs::metadata(desk.path("PLAN.md")).and_then(|m| m.modified()).expect("a time");
    let written = modified();
    assert_eq!(desk.refreshed(), once);
    assert_eq!(modified(), written, "what is up to date is not written again");
    let check = desk.embed(&["PLAN.md", "--check"]);
    assert_eq!((check.status.code(), printed(&check)), (Some(0), String::new()));
    assert_eq!(desk.names(), ["PLAN.md", "PLAN.md.assets", "plan.toml"], "nothing is left beside it");

    // A chart that somebody has changed is stale too, though no word of the document is.
    std::fs::write(desk.path("PLAN.md.assets/plan-daily.svg"), "<svg/>").expect("written");
    let check = desk.embed(&["PLAN.md", "--check", "--format", "json", "--quiet"]);
    assert_eq!((check.status.code(), said(&check)), (Some(1), String::new()));
    let json: serde_json::Value = serde_json::from_slice(&check.stdout).expect("JSON alone");
    let found = &json["documents"][0];
    assert_eq!((&found["markers"], &found["stale"], &found["diff"]), (&2.into(), &true.into(), &"".into()));
}

#[test]
fn no_other_byte_of_a_document_is_touched() {
    let marker = "<!-- cutover: plan.toml show=orgs -->";
    let before = format!(
        "\u{feff}# Plan  \r\n\r\ntrailing\t \r\n{marker}\r\n{CLOSE}\r\n\r\n```\r\n{marker}\r\n```\r\n`{marker}`\r\nUnix\nno end {marker}old{CLOSE}"
    );
    let desk = Desk::with(&before);
    let block = format!("{marker}\r\n\r\n2,500\r\n\r\n{CLOSE}\r\n");
    let want = before.replace(&format!("{marker}\r\n{CLOSE}\r\n"), &block).replace("old", "2,500");
    assert_eq!(desk.refreshed(), want);
    assert_eq!(desk.refreshed(), want);
}

#[test]
fn a_document_without_markers_is_left_as_it_is() {
    let desk = Desk::with("# Nothing here\n");
    let done = desk.embed(&["PLAN.md"]);
    assert_eq!(done.status.code(), Some(0));
    assert!(said(&done).contains("PLAN.md has no markers"), "{}", said(&done));
    assert_eq!(desk.document(), "# Nothing here\n");
}

#[test]
fn faults_of_all_documents_come_at_once_and_nothing_is_written() {
    let desk = Desk::with(&format!(
        "{}\n{}\n{}\n<!-- cutover: plan.toml show=orgs -->\n",
        figure("show=orgs"),
        figure("show=headline-cart"),
        "<!-- cutover: missing.toml show=orgs --><!-- /cutover -->"
    ));
    std::fs::write(desk.path("bad.toml"), "title = 1\n").expect("written");
    std::fs::write(desk.path("OTHER.md"), "<!-- cutover: bad.toml show=orgs --><!-- /cutover -->\n").expect("written");
    let before = desk.document();
    let done = desk.embed(&["PLAN.md", "OTHER.md"]);
    assert_eq!(done.status.code(), Some(2));
    let report = said(&done);
    for words in [
        "unknown-show",
        "--> PLAN.md:2:30",
        "did you mean `headline-chart`?",
        "--> PLAN.md:3:15",
        "cannot read this scenario",
        "marker-open",
        "3 faults in PLAN.md",
        "--> OTHER.md:1:15",
        "this scenario has ",
        "in bad.toml",
    ] {
        assert!(report.contains(words), "`{words}` is missing from\n{report}");
    }
    assert_eq!(desk.document(), before);
    assert_eq!(desk.embed(&["nowhere.md"]).status.code(), Some(2));
    assert_eq!(desk.embed(&[]).status.code(), Some(2));
}

#[test]
fn what_a_scenario_does_not_have_is_refused_at_the_word_that_asks_for_it() {
    let desk = Desk::with("");
    for (options, code, help) in [
        ("show=failed_by_deadline.mean", "which-rate", "uptake=0"),
        ("show=failed_by_deadline.mean uptake=0.6", "unknown-rate", "reconnect.uptake=[0.6]"),
        ("show=failed_by_deadline.mean uptake=0.5 segment=al", "unknown-id", "did you mean `all`?"),
        ("show=failed_by_deadline.p5 uptake=0.5 segment=all", "not-shown", "leave `segment` out"),
        ("show=segments-chart", "not-shown", "its charts are `headline`"),
        ("show=summary segment=all", "bad-option", "leave `segment` out"),
    ] {
        std::fs::write(desk.path("PLAN.md"), figure(options)).expect("written");
        let done = desk.embed(&["PLAN.md", "--runs", "20"]);
        assert_eq!(done.status.code(), Some(2), "{options}");
        let report = said(&done);
        assert!(report.contains(&format!("error[{code}]")) && report.contains(help), "{options}: {report}");
    }
}

#[test]
fn rates_segments_and_folders_can_be_chosen() {
    let desk = Desk::with("");
    std::fs::create_dir(desk.path("plans")).expect("made");
    let regions = include_str!("../../scenarios/four-regions.toml");
    std::fs::write(desk.path("plans/four regions.toml"), regions).expect("written");
    let document = "<!-- cutover: 'plans/four regions.toml' show=failed_by_deadline.share uptake=0 segment=india -->x<!-- /cutover -->\n\n\
                    <!-- cutover: 'plans/four regions.toml' show=headline-chart uptake=0,1 assets='pictures (1)' format=png -->\n\
                    <!-- /cutover -->\n\n<!-- cutover: 'plans/four regions.toml' show=segments-table -->\n<!-- /cutover -->\n";
    std::fs::create_dir(desk.path("docs")).expect("made");
    std::fs::rename(desk.path("plans"), desk.path("docs/plans")).expect("moved");
    std::fs::write(desk.path("docs/PLAN.md"), document).expect("written");
    let done = desk.embed(&["docs/PLAN.md", "--runs", "50", "--quiet"]);
    assert_eq!((done.status.code(), said(&done)), (Some(0), String::new()));
    let document = std::fs::read_to_string(desk.path("docs/PLAN.md")).expect("text");
    // The deadline is each org's own Monday 09:00, in India 12 1/2 hours before the Pacific's: 56.5 of 1,399 hours.
    assert_eq!(shown(&document), "4.04%");
    let link = document.split("](").nth(1).and_then(|rest| rest.split(')').next()).expect("a link");
    assert!(link.starts_with("pictures%20%281%29/plans-four-regions-headline-"), "{link}");
    let pictures = std::fs::read_dir(desk.path("docs/pictures (1)")).expect("the folder");
    let names: Vec<String> = pictures.map(|e| e.expect("one").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.len(), 1);
    let bytes = std::fs::read(desk.path("docs/pictures (1)").join(&names[0])).expect("a chart");
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(document.contains("| India | Asia/Kolkata | 200 |"), "{document}");
}

#[test]
fn no_title_breaks_a_document() {
    for title in [
        "<script>alert('1')</script> & \"quotes\" | `code` [link](x) <!-- /cutover -->".to_owned(),
        format!("\u{202e}\u{5d0}\u{5d1}\u{5d2} \u{1F469}\u{200D}\u{1F4BB} {}", "five hundred characters ".repeat(21)),
    ] {
        let marker = "<!-- cutover: plan.toml show=title -->";
        let desk = Desk::with(&format!(
            "a {marker}{CLOSE} b\n\n| {marker}{CLOSE} | c |\n\n{}\n",
            figure("show=timeline-chart")
        ));
        let plan = std::fs::read_to_string(desk.path("plan.toml")).expect("text");
        let titled = format!("title = {}", toml_text(&title));
        let plan: Vec<&str> = plan.lines().map(|l| if l.starts_with("title ") { &*titled } else { l }).collect();
        std::fs::write(desk.path("plan.toml"), plan.join("\n")).expect("written");
        let once = desk.refreshed();
        assert_eq!(desk.refreshed(), once);
        assert_eq!(once.matches(CLOSE).count(), 3, "{once}");
        assert!(!once.contains("<script>") && !once.contains('\u{202e}'), "{once}");
        assert_eq!(once.lines().count(), 5);
    }
}

fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay_what_they_were() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(&figure("show=orgs"));
    std::fs::rename(desk.path("PLAN.md"), desk.path("real.md")).expect("moved");
    std::fs::set_permissions(desk.path("real.md"), std::fs::Permissions::from_mode(0o640)).expect("set");
    std::os::unix::fs::symlink("real.md", desk.path("PLAN.md")).expect("linked");
    assert!(desk.refreshed().contains("2,500"));
    let link = std::fs::symlink_metadata(desk.path("PLAN.md")).expect("there");
    assert!(link.file_type().is_symlink());
    let mode = std::fs::metadata(desk.path("real.md")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_scenario_is_projected_once_however_many_markers_and_documents_use_it() {
    let other = figure("show=seed").replace("plan.toml", "./plan.toml");
    let desk = Desk::with(&format!("{}{other}", figure("show=orgs")));
    std::fs::write(desk.path("OTHER.md"), figure("show=runs")).expect("written");
    let projections = |args: &[&str]| -> (u64, usize) {
        let done = desk.embed(&[args, &["--format", "json", "--quiet"]].concat());
        let json: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON alone");
        (json["projections"].as_u64().expect("a number"), json["documents"].as_array().expect("a list").len())
    };
    assert_eq!(projections(&["PLAN.md", "./PLAN.md", "OTHER.md"]), (1, 2), "a document named twice is one");
    std::fs::write(desk.path("OTHER.md"), figure("show=runs set=runs=30")).expect("written");
    assert_eq!(projections(&["PLAN.md", "OTHER.md"]), (2, 2), "with a change it is another");
}

/// With `seen` a marker tells of the rollout under way; without it, before it began.
#[test]
fn what_was_seen_of_a_rollout_is_shown_where_a_marker_names_it() {
    let marker = |options: &str| format!("<!-- cutover: plan.toml seen=seen.csv {options} -->");
    let block = |options: &str| format!("{}\n{CLOSE}\n\n", marker(options));
    let inline = |options: &str| format!("x {}{CLOSE} y\n\n", marker(options));
    let document: String = [
        block("show=track-chart"),
        block("show=on-track-chart format=png"),
        block("show=learned-chart"),
        block("show=forecast-table"),
        block("show=learned-table"),
        block("show=brief"),
        block("show=summary"),
        inline("show=decision"),
        inline("show=seen.failed"),
        inline("show=failed_by_deadline.range"),
        inline("show=needed.even_odds"),
        inline("show=within_tolerance"),
        inline("show=track-title"),
        inline("show=source"),
    ]
    .concat();
    let desk = Desk::with(&document);
    std::fs::write(desk.path("seen.csv"), "at,reconnected,failed\n2026-05-01 18:00,70,12\n2026-05-02 09:00,260,35\n")
        .expect("written");
    let done = desk.refreshed();
    assert!(done.contains("-->35<!--") && done.contains("| unknown |"), "{done}");
    assert!(done.contains("more must reconnect") && done.contains("260 orgs reconnected, 35 failed."), "{done}");
    let charts = std::fs::read_dir(desk.path("PLAN.md.assets")).expect("charts").count();
    assert_eq!(charts, 3);
    assert_eq!(desk.embed(&["PLAN.md", "--check"]).status.code(), Some(0));
    // Later counts make it stale; counts that no plan brings stand with a warning.
    std::fs::write(desk.path("seen.csv"), "at,reconnected,failed\n2026-05-02 09:00,260,90\n").expect("written");
    assert_eq!(desk.embed(&["PLAN.md", "--check"]).status.code(), Some(1));
    let misfit = desk.refreshed();
    assert!(misfit.contains("(the plan does not fit what was seen)") && misfit.contains("The plan does not fit"));
    for (options, words) in [
        ("show=track-chart", "this is told of a rollout under way"),
        ("show=causes-table seen=seen.csv", "this is not told of a rollout under way"),
        ("show=failed_by_deadline.mean seen=none.csv", "this file of what was seen has 1 fault"),
        ("show=failed_by_deadline.mean seen=seen.csv uptake=0.5", "the rate is what was learned from it"),
        ("show=by_cause.reauthorization seen=seen.csv", "causes are not told of a rollout under way"),
    ] {
        let desk = Desk::with(&format!("<!-- cutover: plan.toml {options} -->\n{CLOSE}\n"));
        std::fs::write(desk.path("seen.csv"), "at,failed\n2026-05-02 09:00,35\n").expect("written");
        let refused = desk.embed(&["PLAN.md"]);
        assert_eq!(refused.status.code(), Some(2), "{options}");
        assert!(said(&refused).contains(words), "{options}: {}", said(&refused));
    }
}

/// A document of Word with this body, and a part that nobody looks at.
fn docx(body: &str) -> Vec<u8> {
    use std::io::Write;
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let parts = [
        (
            "[Content_Types].xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Types \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
                .to_owned(),
        ),
        (
            "_rels/.rels",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
             </Relationships>"
                .to_owned(),
        ),
        (
            "word/document.xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"{words}\"><w:body>{body}<w:sectPr/></w:body>\
                 </w:document>"
            ),
        ),
        ("docProps/other.bin", "left alone".to_owned()),
    ];
    for (name, text) in parts {
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(text.as_bytes()).expect("written");
    }
    out.finish().expect("an archive").into_inner()
}

fn part(path: &std::path::Path, name: &str) -> Option<Vec<u8>> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).expect("a file")).expect("an archive");
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.read_to_end(&mut bytes).expect("read");
    Some(bytes)
}

fn run_of(text: &str) -> String {
    format!("<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>")
}

#[test]
fn a_template_of_word_is_filled_beside_and_everything_else_stays() {
    let body = [
        format!(
            "<w:p>{}{}</w:p>",
            run_of("About {{cutover plan.toml show=failed_by_"),
            run_of("deadline.mean uptake=0}} fail, {{cutover plan.toml show=orgs}} &amp; more")
        ),
        format!("<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{}</w:p>", run_of("{{cutover plan.toml show=headline-chart}}")),
        format!("<w:p>{}</w:p>", run_of("{{cutover plan.toml show=headline-table}}")),
        "<w:sdt><w:sdtPr><w:tag w:val=\"cutover plan.toml show=decision\"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>click \
         here</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            .to_owned(),
    ]
    .concat();
    let desk = Desk::with("");
    let template = docx(&body);
    std::fs::write(desk.path("memo.docx"), &template).expect("written");
    assert_eq!(desk.embed(&["memo.docx", "--check"]).status.code(), Some(1), "it is not filled yet");
    let done = desk.embed(&["memo.docx"]);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    assert!(said(&done).contains("Filled memo.docx: 5 markers; wrote memo.filled.docx."), "{}", said(&done));
    assert_eq!(std::fs::read(desk.path("memo.docx")).expect("the template"), template);
    let filled = desk.path("memo.filled.docx");
    let xml = String::from_utf8(part(&filled, "word/document.xml").expect("a part")).expect("text");
    for words in [
        "<w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">About 123</w:t>",
        "<w:t xml:space=\"preserve\"> fail, 2,500 &amp; more</w:t>",
        "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:drawing>",
        "<w:tbl>",
        "must reconnect to stay within 100",
    ] {
        assert!(xml.contains(words), "`{words}` is missing from {xml}");
    }
    assert!(!xml.contains("{{cutover") && !xml.contains("showingPlcHdr") && !xml.contains("click"));
    assert!(part(&filled, "word/media/cutover-3.png").expect("a picture").starts_with(b"\x89PNG"));
    let rels = String::from_utf8(part(&filled, "word/_rels/document.xml.rels").expect("relationships")).expect("text");
    assert!(rels.contains("Target=\"media/cutover-3.png\"") && xml.contains("r:embed=\"rIdCutover3\""));
    let types = String::from_utf8(part(&filled, "[Content_Types].xml").expect("types")).expect("text");
    assert!(types.contains("Extension=\"png\""));
    assert_eq!(part(&filled, "docProps/other.bin").expect("a part"), b"left alone");
    assert_eq!(desk.embed(&["memo.docx", "--check"]).status.code(), Some(0), "the same bytes again");
    // What is wrong is said, and nothing is written.
    for (body, words) in [
        (
            format!("<w:p>{}</w:p>", run_of("See {{cutover plan.toml show=headline-chart}} here")),
            "a chart can't stand within a line",
        ),
        (format!("<w:p>{}</w:p>", run_of("{{cutover plan.toml show=nothing}}")), "is nothing that can be shown"),
        (format!("<w:p>{}</w:p>", run_of("{{cutover show=orgs}}")), "this marker names no scenario"),
    ] {
        std::fs::write(desk.path("bad.docx"), docx(&body)).expect("written");
        let refused = desk.embed(&["bad.docx"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).contains(words), "{words}: {}", said(&refused));
        assert!(!desk.path("bad.filled.docx").exists());
    }
    std::fs::write(desk.path("no.docx"), "not an archive").expect("written");
    assert!(said(&desk.embed(&["no.docx"])).contains("no.docx is no Word document"));
    std::fs::write(desk.path("plain.docx"), docx("<w:p/>")).expect("written");
    assert!(said(&desk.embed(&["plain.docx"])).contains("plain.docx has no markers"));
    assert!(!desk.path("plain.filled.docx").exists());
}
