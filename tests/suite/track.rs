//! `track`, `score` and `replay` as a user runs them.

use crate::support::{cutover, text};
use std::path::Path;

const FLAGSHIP: &str = "scenarios/pkce-may-2026.toml";
const SEEN: &str = "at,reconnected,failed\n2026-05-01T18:00:00-07:00,70,12\n2026-05-02 09:00,260,35\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("text").to_owned()
    }

    fn with(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.path().join(name), text).expect("written");
        self.path(name)
    }

    fn lines(&self, name: &str) -> usize {
        std::fs::read_to_string(self.0.path().join(name)).expect("a file").lines().count()
    }
}

fn tracked(folder: &Folder, seen: &str, more: &[&str]) -> std::process::Output {
    let (seen, out) = (folder.with("seen.csv", seen), folder.path("out"));
    cutover(&[&["track", FLAGSHIP, "--seen", &seen, "--out", &out, "--quiet"], more].concat())
}

#[test]
fn counts_are_read_and_told_in_every_form_and_the_journal_keeps_each_once() {
    let folder = Folder::new();
    let json: serde_json::Value =
        serde_json::from_slice(&tracked(&folder, SEEN, &["--format", "json"]).stdout).expect("JSON");
    assert_eq!((&json["seen"]["reconnected"], &json["seen"]["failed"]), (&260.into(), &35.into()));
    assert_eq!(json["now"], "2026-05-02T09:00:00-07:00");
    for key in ["mean", "p5", "p50", "p95"] {
        assert!(json["forecast"]["failed_by_deadline"][key].is_number(), "{key}");
        assert!(json["posterior"][0]["posterior"][key].is_number(), "{key}");
    }
    assert!(json["ess"].as_f64().expect("a number") >= 400.0 && json["fits"]["p"].as_f64().expect("a number") > 0.01);
    for file in [
        "track.md",
        "track.html",
        "track.json",
        "charts/track.svg",
        "charts/dark/track.png",
        "charts/learned.svg",
        "charts/dark/on-track.png",
        "journal.jsonl",
    ] {
        assert!(Path::new(&folder.path("out")).join(file).exists(), "{file}");
    }
    let brief = tracked(&folder, SEEN, &["--brief"]);
    assert_eq!(text(&brief.stdout).lines().count(), 3, "{}", text(&brief.stdout));
    assert_eq!(folder.lines("out/journal.jsonl"), 1, "the same inputs add nothing twice");
    let later = format!("{SEEN}2026-05-03 09:00,610,68\n");
    assert!(tracked(&folder, &later, &[]).status.success());
    assert_eq!(folder.lines("out/journal.jsonl"), 2);
}

/// Every fault of a file is told at once, each with its row, and nothing is written.
#[test]
fn bad_counts_are_told_with_row_column_and_remedy_and_nothing_is_written() {
    let bad = "at,reconnected,failed,segment\n2026-05-01T18:00:00-07:00,70,12,\n2026-05-01T17:00:00-07:00,60,10,\n\
               2026-04-01 09:00,1,1,\n2026-07-20 09:00,200,5,emea\n2026-05-04 09:00,x,-3,\nyesterday,1,,\n2026-05-05 09:00,2400,400,\n";
    let folder = Folder::new();
    let run = tracked(&folder, bad, &[]);
    assert_eq!(run.status.code(), Some(2));
    let told = text(&run.stderr);
    for words in [
        "row 4, column `at`: this is not after the plan's as_of",
        "row 5, column `at`: this is after the horizon",
        "row 5, column `segment`: no segment is called `emea`",
        "row 6, column `reconnected`: `x` is no number of orgs",
        "row 6, column `failed`: `-3` is no number of orgs",
        "row 7, column `at`: `yesterday` is no date and time",
        "row 3, column `at`: this is no later than row 2",
        "row 3, column `reconnected`: 60 is less than 70 in row 2",
        "row 8, column `failed`: 2800 orgs have reconnected or failed, and there are 2500",
    ] {
        assert!(told.contains(words), "`{words}` is missing from {told}");
    }
    assert!(!Path::new(&folder.path("out")).exists());
    for (text_of, words) in [
        ("at,failed\n", "it has no row below its header"),
        ("at,failed\n2026-05-02 09:00,\n", "nothing was counted in any row"),
        ("when,count\n1,2\n", "the columns are at, and one or both of reconnected and failed"),
        ("", "empty"),
    ] {
        let run = tracked(&folder, text_of, &[]);
        assert_eq!(run.status.code(), Some(2), "{text_of:?}");
        assert!(text(&run.stderr).contains(words), "{text_of:?}: {}", text(&run.stderr));
    }
}

#[test]
fn a_count_that_falls_is_a_correction_where_that_is_allowed() {
    let falls = "at,reconnected,failed\n2026-05-01 18:00,70,20\n2026-05-02 09:00,260,15\n2026-05-02 18:00,300,40\n";
    let folder = Folder::new();
    assert_eq!(tracked(&folder, falls, &[]).status.code(), Some(2));
    let run = tracked(&folder, falls, &["--allow-corrections"]);
    assert!(run.status.success());
    assert!(text(&run.stdout).contains("Later counts are lower, so earlier ones are left out: row 2."));
}

#[test]
fn a_template_of_counts_can_be_filled_in_row_by_row() {
    let folder = Folder::new();
    let file = folder.path("counts.csv");
    assert!(cutover(&["new", &file, "--seen", FLAGSHIP]).status.success());
    let template = std::fs::read_to_string(&file).expect("a file");
    assert!(template.starts_with("at,reconnected,failed\n") && template.contains("2026-05-02T09:00:00-07:00,,\n"));
    let filled = template.replace("2026-05-02T09:00:00-07:00,,", "2026-05-02T09:00:00-07:00,260,35");
    let run = tracked(&folder, &filled, &[]);
    assert!(text(&run.stdout).contains("rows have no count yet."), "{}", text(&run.stderr));
}

#[test]
fn a_past_rollout_is_replayed_and_scored_and_so_is_its_journal() {
    let folder = Folder::new();
    let all = format!("{SEEN}2026-05-03 09:00,610,68\n2026-05-04 09:00,870,99\n2026-05-05 09:00,870,130\n");
    let (all, out) = (folder.with("all.csv", &all), folder.path("out"));
    let run = cutover(&["replay", FLAGSHIP, "--seen", &all, "--out", &out, "--quiet", "--format", "json"]);
    let replayed: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let forecasts = replayed["forecasts"].as_array().expect("forecasts");
    assert_eq!((forecasts.len(), &forecasts[0]["truth"]), (3, &99.0.into()));
    assert!(tracked(&folder, SEEN, &[]).status.success());
    let journal = folder.path("out/journal.jsonl");
    let scored = cutover(&["score", &journal, "--actuals", &all, "--quiet", "--format", "json"]);
    let scored: serde_json::Value = serde_json::from_slice(&scored.stdout).expect("JSON");
    // The forecast of the journal is that of the replay's second count.
    assert_eq!(scored["forecasts"][0]["crps"], forecasts[1]["crps"]);
    let broken = folder.with("broken.jsonl", "{}\n");
    let run = cutover(&["score", &broken, "--actuals", &all]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("take a journal.jsonl that cutover track wrote"));
}

/// The data of the page's sliders: they begin where the forecast stands, and more reconnects mean fewer failures.
#[test]
fn the_pages_sliders_begin_at_the_forecast() {
    let folder = Folder::new();
    let json: serde_json::Value =
        serde_json::from_slice(&tracked(&folder, SEEN, &["--format", "json"]).stdout).expect("JSON");
    let page = std::fs::read_to_string(folder.path("out/track.html")).expect("a page");
    let data = page.split_once("id=\"data\">").expect("data").1.split_once("</script>").expect("its end").0;
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    let sum = |row: &serde_json::Value, part: usize, upto: u64| -> i64 {
        row[part].as_array().expect("a list")[..=upto as usize].iter().map(|d| d.as_i64().expect("whole")).sum()
    };
    let (rate, shift) =
        (data["grid"]["rate"].as_u64().expect("a row"), data["grid"]["shift"].as_u64().expect("a column"));
    let rows = data["grid"]["rows"].as_array().expect("rows");
    let means: Vec<i64> = rows.iter().map(|row| sum(row, 0, shift)).collect();
    assert!(means.is_sorted_by(|a, b| a >= b), "{means:?}");
    let unit = data["grid"]["unit"].as_f64().expect("a unit");
    let mean = json["forecast"]["failed_by_deadline"]["mean"].as_f64().expect("a mean");
    let shown = means[rate as usize] as f64 * unit;
    assert!((shown - mean).abs() < 0.01 * mean, "{shown} and {mean}");
    assert!(data["rates"][rate as usize]["label"].as_str().expect("words").ends_with("as expected"));
    assert!(page.matches("<script").count() == 2 && !page.contains("http://www.w3.org/1999"));
}

/// Orgs of an inventory are tracked as drawn from their ages; what has happened since may stand in the inventory itself.
#[test]
fn an_inventory_is_tracked_by_counts_or_by_its_own_columns() {
    let folder = Folder::new();
    // 1,400 orgs whose next refresh is even over the 1,400 hours from 1 May, 12:00 Pacific, on.
    let as_of = "2026-05-01T19:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    let hours = |h: i64| (as_of + chrono::Duration::hours(h)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut csv = "org_id,last_refresh_at,reconnected_at,failed_at\n".to_owned();
    for org in 0..1400_i64 {
        // The next refresh comes in org + 1/2 hours; every fifth has reconnected by hour 21.
        let age =
            (as_of - chrono::Duration::hours(1399 - org) - chrono::Duration::minutes(30)).format("%Y-%m-%dT%H:%M:%SZ");
        // Evenly over the first 21 hours.
        let minutes = chrono::Duration::minutes(1 + org * 11 % 1259);
        let reconnected = if org % 5 == 0 && org >= 20 {
            (as_of + minutes).format("%Y-%m-%dT%H:%M:%SZ").to_string()
        } else {
            String::new()
        };
        // Somebody writes it down half an hour later.
        let failed = if org < 21 { hours(org + 1) } else { String::new() };
        csv += &format!("{org},{age},{reconnected},{failed}\n");
    }
    folder.with("orgs.csv", &csv);
    let plan = r#"
title = "Known orgs"
time_zone = "America/Los_Angeles"
seed = 5
deadline = "2026-05-04 09:00"
horizon = "2026-06-20 00:00"
tolerance = 60
[population]
as_of = "2026-05-01 12:00"
inventory = "orgs.csv"
[[event]]
id = "pkce"
name = "PKCE"
at = "2026-05-01 12:00"
reauthorization = {}
[reconnect]
opens = "2026-05-01 12:00"
closes = "2026-05-03 24:00"
uptake = { uniform = [0.0, 1.0] }
"#;
    let plan = folder.with("plan.toml", plan);
    let run = |more: &[&str]| {
        cutover(&[&["track", &plan, "--out", &folder.path("out"), "--quiet", "--format", "json"], more].concat())
    };
    let of_inventory = run(&["--now", "2026-05-02 09:00"]);
    assert!(of_inventory.status.success(), "{}", text(&of_inventory.stderr));
    let json: serde_json::Value = serde_json::from_slice(&of_inventory.stdout).expect("JSON");
    // The 21st reconnected before it would have failed.
    assert_eq!((&json["seen"]["reconnected"], &json["seen"]["failed"]), (&276.into(), &20.into()));
    // 48 more hours until the deadline: of 1,379 orgs without failure, one an hour, less those that reconnect first.
    let mean = json["forecast"]["failed_by_deadline"]["mean"].as_f64().expect("a mean");
    assert!((45.0..=69.0).contains(&mean), "{mean}");
    assert!(json["fits"]["p"].as_f64().expect("a number") > 0.01, "{}", json["fits"]);
    // Without the two columns nothing was seen, and counts say it.
    let bare: String =
        csv.lines().map(|line| line.splitn(3, ',').take(2).collect::<Vec<_>>().join(",") + "\n").collect();
    folder.with("orgs.csv", &bare);
    let seen = folder.with("seen.csv", "at,reconnected,failed\n2026-05-02 09:00,276,20\n");
    let by_counts = run(&["--seen", &seen]);
    let counted: serde_json::Value = serde_json::from_slice(&by_counts.stdout).expect("JSON");
    let other = counted["forecast"]["failed_by_deadline"]["mean"].as_f64().expect("a mean");
    assert!((other - mean).abs() < 2.0, "{other} and {mean}");
    let nothing = run(&["--now", "2026-05-02 09:00"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(text(&nothing.stderr).contains("nothing was seen"), "{}", text(&nothing.stderr));
    // Later than --now, or before as_of, is a fault of the row.
    folder.with("orgs.csv", &csv.replacen("2026-05-01T20:00:00Z", "2026-05-09T20:00:00Z", 1));
    let late = run(&["--now", "2026-05-02 09:00"]);
    assert!(text(&late.stderr).contains("is after --now"), "{}", text(&late.stderr));
}
