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
    for file in ["track.md", "track.json", "charts/track.svg", "charts/dark/track.png", "journal.jsonl"] {
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
