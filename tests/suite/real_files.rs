//! Files as people have them: the cases of `tests/cases`, made after public reports, each with what is right, and small ones of the same kinds.

use crate::support::{cutover_in, text};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn words<'a>(case: &'a Value, key: &str) -> Vec<&'a str> {
    case[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A copy of a case's folder, so that what is written stays out of the project.
fn copy_of(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(cases().join(name)).expect("a case").flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("copied");
    }
    folder
}

/// What a run of `orgs` answers, and what both streams hold. Without the list of orgs where it failed.
fn listed(folder: &Path, plan: &str, more: &[&str]) -> (Option<Value>, String, Option<i32>) {
    let out = cutover_in(folder, &[&["orgs", plan, "--uptake", "0", "--format", "json"], more].concat());
    let said = text(&out.stderr);
    (serde_json::from_slice(&out.stdout).ok(), said, out.status.code())
}

fn ids(json: &Value) -> Vec<String> {
    let mut ids: Vec<String> = (json["orgs"].as_array().into_iter().flatten())
        .filter_map(|org| org["org_id"].as_str().map(str::to_owned))
        .collect();
    ids.sort();
    ids
}

/// How many orgs fail for certain.
fn failing(json: &Value) -> Vec<String> {
    let mut ids: Vec<String> = (json["orgs"].as_array().into_iter().flatten())
        .filter(|org| org["failed_by_deadline"].as_f64() == Some(1.0))
        .filter_map(|org| org["org_id"].as_str().map(str::to_owned))
        .collect();
    ids.sort();
    ids
}

fn inventory_case(case: &Value) -> Result<(), String> {
    let name = case["name"].as_str().expect("a name");
    let folder = copy_of(name);
    let plan = case["plan"].as_str().expect("a plan");
    let (json, said, code) = listed(folder.path(), plan, &[]);
    let must = |holds: bool, what: String| if holds { Ok(()) } else { Err(format!("{what}\n{said}")) };
    if case["expect"] == "fault" {
        must(code == Some(2), format!("exit code {code:?}"))?;
        for word in words(case, "contains") {
            must(said.contains(word), format!("no `{word}`"))?;
        }
        let any = words(case, "contains_any");
        must(any.is_empty() || any.iter().any(|word| said.contains(word)), format!("none of {any:?}"))?;
    } else {
        let json = json.ok_or_else(|| format!("no answer\n{said}"))?;
        let count = json["orgs"].as_array().map_or(0, Vec::len) as u64;
        must(Some(count) == case["orgs"].as_u64(), format!("{count} orgs"))?;
        let mut wanted: Vec<String> = words(case, "ids").iter().map(|id| (*id).to_owned()).collect();
        wanted.sort();
        must(wanted.is_empty() || wanted == ids(&json), format!("{:?}", ids(&json)))?;
        for word in words(case, "contains") {
            must(said.contains(word), format!("no `{word}`"))?;
        }
        if let Some(failed) = case["failed"].as_u64() {
            must(failing(&json).len() as u64 == failed, format!("{:?} fail", failing(&json)))?;
        }
        let mut who: Vec<String> = words(case, "failing_ids").iter().map(|id| (*id).to_owned()).collect();
        who.sort();
        must(who.is_empty() || who == failing(&json), format!("{:?} fail", failing(&json)))?;
        if let Some(contact) = case["contact_of_A2"].as_str() {
            let orgs = json["orgs"].as_array().expect("a list");
            let found = orgs.iter().find(|org| org["org_id"] == "A2").map(|org| org["contact"].clone());
            must(found == Some(contact.into()), format!("{found:?}"))?;
        }
        for file in ["orgs.csv", "orgs.parquet"] {
            let bytes = fs::read(folder.path().join(format!("output/{}/{file}", plan.trim_end_matches(".toml"))));
            for unwanted in words(case, "no_bytes_in_outputs").iter().filter(|_| file == "orgs.csv") {
                let bytes = bytes.as_ref().expect("written");
                must(!text(bytes).contains(unwanted), format!("{unwanted:?} in {file}"))?;
            }
        }
        if case["check"] == "formula-free" {
            let list = fs::read_to_string(folder.path().join("output/plan/orgs.csv")).expect("written");
            let mut reader = csv_cells(&list);
            let live =
                reader.find(|cell| cell.trim_start().starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err());
            must(live.is_none(), format!("a formula: {live:?}"))?;
        }
    }
    for word in words(case, "not_contains") {
        must(!said.contains(word), format!("`{word}`"))?;
    }
    for byte in words(case, "no_bytes") {
        must(!said.contains(byte), format!("{byte:?}"))?;
    }
    if let Some(orgs) = case["with_skip"]["orgs"].as_u64() {
        let (json, said, _) = listed(folder.path(), plan, &["--skip-bad-rows"]);
        let count = json.map_or(0, |json| json["orgs"].as_array().map_or(0, Vec::len)) as u64;
        must(count == orgs, format!("with --skip-bad-rows {count} orgs\n{said}"))?;
        let left = case["with_skip"]["left_out"].as_u64().unwrap_or(0);
        must(said.contains(&format!("{left} of ")), format!("with --skip-bad-rows not {left} left out:\n{said}"))?;
    }
    Ok(())
}

/// The cells of a file that this program wrote: it puts quotes around none but those that need them.
fn csv_cells(list: &str) -> impl Iterator<Item = String> {
    let cells = list.split(['\n', ',']).map(|cell| cell.trim_matches('"').to_owned());
    cells.collect::<Vec<_>>().into_iter()
}

#[test]
fn inventories_of_public_reports_are_read_as_is_right() {
    let index: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(cases().join("index.json")).expect("an index")).expect("JSON");
    let of_inventories = index.iter().filter(|case| case["kind"] == "inventory");
    let wrong: Vec<String> = of_inventories
        .filter_map(|case| inventory_case(case).err().map(|why| format!("{} {}: {why}", case["name"], case["plan"])))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n----\n"));
}

#[test]
fn a_history_whose_lines_end_as_on_an_old_mac_is_read() {
    let folder = copy_of("04-history-cr-only");
    let out = cutover_in(folder.path(), &["fit", "h.csv", "--until", "2026-03-01T00:00:00Z", "--format", "json"]);
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    assert_eq!((&json["history"]["orgs"], &json["ended"], &json["still_running"]), (&4.into(), &16.into(), &4.into()));
}

#[test]
fn markers_in_code_are_left_alone_and_a_document_of_nothing_else_fails_its_check() {
    let folder = copy_of("24-markdown-code");
    let out = cutover_in(folder.path(), &["embed", "DOC.md", "--runs", "200", "--quiet"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let after = fs::read_to_string(folder.path().join("DOC.md")).expect("a document");
    let before = fs::read_to_string(cases().join("24-markdown-code/DOC.md")).expect("a document");
    assert_eq!(before.matches("old").count() - after.matches("old").count(), 5, "{after}");
    assert_eq!(after.matches("2,500").count() - before.matches("2,500").count(), 5, "{after}");
    let hidden = cutover_in(folder.path(), &["embed", "HIDDEN.md", "--check"]);
    assert_eq!(hidden.status.code(), Some(1));
    assert!(text(&hidden.stderr).contains("HIDDEN.md"), "{}", text(&hidden.stderr));
}

#[test]
fn a_calendar_is_folded_between_letters_and_typographic_quotes_are_told() {
    let folder = copy_of("25-ics-fold-and-typographic-quotes");
    let out = cutover_in(folder.path(), &["run", "plan.toml", "--runs", "200", "--quiet"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let bytes = fs::read(folder.path().join("output/plan/timeline.ics")).expect("written");
    for line in bytes.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 75 && std::str::from_utf8(line).is_ok(), "{}", text(line));
    }
    let index = fs::read_to_string(cases().join("index.json")).expect("an index");
    let index: Vec<Value> = serde_json::from_str(&index).expect("JSON");
    let wanted = index.iter().find_map(|case| case["summary"].as_str()).expect("a summary");
    let unfolded = text(&bytes).replace("\r\n ", "");
    let plain = |text: &str| text.replace("\\\\", "\u{0}").replace('\\', "").replace('\u{0}', "\\");
    let summaries: Vec<String> = unfolded.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).map(plain).collect();
    assert!(summaries.iter().any(|summary| summary == wanted), "{wanted:?} is not in {summaries:?}");
    let quotes = cutover_in(folder.path(), &["check", "plan-quotes.toml"]);
    let said = text(&quotes.stderr);
    assert!(quotes.status.code() == Some(2) && said.contains("typographic quotes"), "{said}");
}

/// The flagship with an inventory of this name, and what stands in `[population]` beside it.
fn plan_of(file: &str, more: &str) -> String {
    format!(
        r#"
title = "Real files"
time_zone = "America/Los_Angeles"
runs = 200
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
[population]
inventory = '{file}'
as_of = "2026-04-24 12:00"
{more}
[[event]]
id = "pkce"
at = "2026-05-01 12:00"
reauthorization = {{}}
[reconnect]
opens = "2026-05-01 13:00"
closes = "2026-05-03 24:00"
uptake = [0.0, 1.0]
"#
    )
}

fn folder_of(plan: &str, files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("plan.toml"), plan).expect("written");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    folder
}

/// The ids that are read, and all that is said.
fn read(plan: &str, files: &[(&str, &[u8])]) -> (Vec<String>, String) {
    let folder = folder_of(plan, files);
    let (json, said, _) = listed(folder.path(), "plan.toml", &[]);
    (json.map_or_else(Vec::new, |json| ids(&json)), said)
}

fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("packed");
    packed.finish().expect("packed")
}

const TWO: &str = "org_id,last_refresh_at\na,2026-03-04T11:00:00Z\nb,2026-03-05T11:00:00Z\n";

#[test]
fn a_stray_quote_in_a_column_that_nobody_reads_swallows_no_row() {
    let mut rows = String::from("org_id,last_refresh_at,note\n");
    for i in 0..500 {
        let note = if i % 100 == 7 { "x 5\" pipe" } else { "ok" };
        rows += &format!("A{i},2026-03-05T12:05:00Z,{note}\n");
    }
    let folder = folder_of(&plan_of("orgs.csv", ""), &[("orgs.csv", rows.as_bytes())]);
    let out = cutover_in(folder.path(), &["run", "plan.toml", "--quiet"]);
    assert!(text(&out.stdout).contains("500 rows read, 500 orgs."), "{}", text(&out.stdout));
}

#[test]
fn parts_in_a_folder_and_packed_files_are_read_and_what_is_no_table_is_told_apart() {
    let more = "org_id,last_refresh_at\nc,2026-03-04T11:00:00Z\n\nd,soon\n";
    let good = more.replace("d,soon\n", "");
    let packed = gzip(TWO);
    let parts: [(&str, &[u8]); 4] = [
        ("parts/part-1.csv", TWO.as_bytes()),
        ("parts/part-2.csv", good.as_bytes()),
        ("parts/_SUCCESS", b""),
        ("orgs.csv.gz", &packed),
    ];
    let (ids, said) = read(&plan_of("parts", ""), &parts);
    assert_eq!(ids, ["a", "b", "c"], "{said}");
    assert_eq!(read(&plan_of("orgs.csv.gz", ""), &parts).0, ["a", "b"]);
    let bad: [(&str, &[u8]); 2] = [("parts/part-1.csv", TWO.as_bytes()), ("parts/part-2.csv", more.as_bytes())];
    let (_, said) = read(&plan_of("parts", ""), &bad);
    assert!(said.contains("row 4 of part-2.csv, column `last_refresh_at`: `soon`"), "{said}");
    for (bytes, told) in [
        (&b"PK\x03\x04..xl/workbook.xml.."[..], "save the sheet as CSV"),
        (b"PK\x03\x04..orgs.csv..", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save the sheet as CSV"),
        (b"\x1f\x8b\x08nothing", "gzip"),
        (b"a,b\n1,2\n", "row 1 is not the header"),
    ] {
        let (ids, said) = read(&plan_of("orgs.csv", ""), &[("orgs.csv", bytes)]);
        assert!(ids.is_empty() && said.contains(told), "{told}: {said}");
    }
}

#[test]
fn several_rows_of_an_org_are_decided_by_time_whatever_their_order() {
    // The first refreshes at 168 h, as PKCE comes; the second at 167 h, an hour before, and then not until the deadline has passed.
    let rows = ["a,2026-03-04T11:00:00Z", "a,2026-03-04T10:00:00Z", "b,2026-03-04T11:00:00Z"];
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let csv: String = "org_id,last_refresh_at\n".to_owned() + &order.map(|i| rows[i]).join("\n");
        let of = |choice: &str| {
            let more = if choice.is_empty() { String::new() } else { format!("duplicates = \"{choice}\"") };
            let folder = folder_of(&plan_of("orgs.csv", &more), &[("orgs.csv", csv.as_bytes())]);
            let (json, said, _) = listed(folder.path(), "plan.toml", &[]);
            (json.map(|json| failing(&json)), said)
        };
        assert!(of("").1.contains("duplicates = \"latest\""), "{}", of("").1);
        assert_eq!(of("latest").0, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(of("earliest").0, Some(vec!["b".to_owned()]));
        assert_eq!(of("any-connection").0, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert!(of("latest").1.contains("1 org stands in several rows"), "{}", of("latest").1);
    }
}

#[test]
fn what_excel_writes_is_read_by_the_remedy_that_the_fault_gives() {
    let csv = b"org_id,Last Used\na,3/4/2026 3:00\nb,3/4/2026 2:00\n";
    let columns = "columns = { last_refresh_at = \"Last Used\" }";
    let (_, said) = read(&plan_of("orgs.csv", columns), &[("orgs.csv", csv)]);
    let remedy = "columns.last_refresh_at = { name = \"Last Used\", zone = \"America/Los_Angeles\", format = \"%m/%d/%Y %H:%M\" }";
    assert!(said.contains(remedy) && said.contains("has no offset"), "{said}");
    let folder = folder_of(&plan_of("orgs.csv", remedy), &[("orgs.csv", csv)]);
    let (json, said, _) = listed(folder.path(), "plan.toml", &[]);
    // 03:00 in Los Angeles is 11:00 UTC: the refresh at which PKCE is met.
    assert_eq!(json.map(|json| failing(&json)), Some(vec!["a".to_owned()]), "{said}");
}

#[test]
fn rows_that_are_left_out_are_held_against_the_rest() {
    let mut csv = String::from("org_id,last_refresh_at,segment\n");
    for i in 0..200 {
        let (at, segment) =
            if i % 4 == 0 { ("2026-03-20T00:00:00Z", "emea") } else { ("2026-04-20T00:00:00Z", "amer") };
        csv += &format!("o{i},{},{segment}\n", if i % 8 == 0 { "soon" } else { at });
    }
    let segments = "[[segment]]\nid = \"emea\"\n[[segment]]\nid = \"amer\"\n";
    let folder = folder_of(&(plan_of("orgs.csv", "") + segments), &[("orgs.csv", csv.as_bytes())]);
    let out = cutover_in(folder.path(), &["run", "plan.toml", "--skip-bad-rows", "--quiet"]);
    let said = text(&out.stdout);
    let one_line = said.replace('\n', " ");
    assert!(one_line.contains("25 of 200 rows of orgs.csv were left out"), "{said}");
    assert!(one_line.contains("By segment: emea 50%") && one_line.contains("12.5% of the rows"), "{said}");
    for (file, figures) in [("report.md", "## Orgs failed by"), ("report.html", "class=\"outcomes\"")] {
        let report = fs::read_to_string(folder.path().join("output/plan").join(file)).expect("written");
        let (warning, table) = (report.find("25 of 200 rows"), report.find(figures));
        assert!(warning.is_some() && warning < table, "the warning stands above the figures: {file}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_at_once_wherever_a_file_is_read() {
    let folder = folder_of(&plan_of("pipe", ""), &[]);
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    for args in
        [&["run", "plan.toml"][..], &["check", "pipe"], &["fit", "pipe"], &["embed", "pipe"], &["solve", "pipe"]]
    {
        let mut command = Command::cargo_bin("cutover").expect("built");
        let command = command.current_dir(folder.path()).args(args).timeout(std::time::Duration::from_secs(20));
        let out = command.output().expect("it ends");
        assert_eq!(out.status.code(), Some(2), "{args:?}: {}", text(&out.stderr));
        assert!(text(&out.stderr).contains("pipe or a device"), "{args:?}: {}", text(&out.stderr));
    }
}

#[test]
fn files_of_a_folder_that_are_not_read_are_named() {
    let folder = folder_of(&plan_of("parts", ""), &[]);
    fs::create_dir(folder.path().join("parts")).expect("made");
    for name in ["a.csv", "_c.csv", ".d.csv"] {
        let row = format!("org_id,last_refresh_at\n{name},2026-04-20T00:00:00Z\n");
        fs::write(folder.path().join("parts").join(name), row).expect("written");
    }
    let said = text(&cutover_in(folder.path(), &["check", "plan.toml"]).stdout).replace('\n', " ");
    assert!(said.contains("was read as 1 part.") && said.contains("2 files in it are not read"), "{said}");
    assert!(said.contains("_c.csv") && said.contains(".d.csv"), "{said}");
}

#[test]
fn weights_that_no_sum_can_hold_are_a_fault() {
    let rows = "org_id,last_refresh_at,weight\na,2026-04-20T00:00:00Z,1e308\nb,2026-04-20T00:00:00Z,1e308\n";
    let folder = folder_of(&plan_of("orgs.csv", ""), &[("orgs.csv", rows.as_bytes())]);
    let out = cutover_in(folder.path(), &["run", "plan.toml"]);
    assert!(
        out.status.code() == Some(2) && text(&out.stderr).contains("the weights add up to"),
        "{}",
        text(&out.stderr)
    );
}
