//! `cutover fit` as a user runs it: both kinds of history, CSV and Parquet, wrong input, and mangled files.

use crate::support::{cutover, mangled, root, text};
use cutover::decision::fit::fit_history;
use cutover::population::history::{self, HowToRead};
use proptest::prelude::{Strategy, any, prop};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::PathBuf;

const EXAMPLE: &str = "scenarios/fit-example/history.csv";

/// A folder with one file of this name.
fn folder_with(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    (folder, path)
}

fn json_of(args: &[&str]) -> serde_json::Value {
    let out = tempfile::tempdir().expect("a folder");
    let more = ["--format", "json", "--quiet", "--out", out.path().to_str().expect("text")];
    let run = cutover(&[&["fit"], args, &more[..]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(text(&run.stderr), "");
    serde_json::from_slice(&run.stdout).expect("JSON alone")
}

#[test]
fn the_example_is_fitted_by_the_law_that_it_was_drawn_from() {
    let found = json_of(&[EXAMPLE, "--until", "2026-03-30T00:00:00Z"]);
    // 330 refreshes of 40 orgs: all but the first of each end an interval, and the last of each begins one.
    assert_eq!((&found["ended"], &found["still_running"]), (&290.into(), &40.into()));
    assert_eq!((&found["laws"][0]["law"], &found["verdict"]), (&"weibull".into(), &"fits".into()));
    // Drawn with scale 90 h and shape 1.3: the 95 % ranges hold them.
    for (parameter, truth) in found["laws"][0]["parameters"].as_array().expect("two").iter().zip([90.0, 1.3]) {
        let [low, high] = ["p2_5", "p97_5"].map(|key| parameter[key].as_f64().expect("a number"));
        assert!(low < truth && truth < high, "{parameter}");
    }
    assert_eq!(found["history"]["orgs"], 40);
}

#[test]
fn the_law_that_is_printed_can_be_pasted_into_a_scenario() {
    let law = json_of(&[EXAMPLE])["interval"].as_str().expect("text").to_owned();
    let change = format!("refresh.interval={law}");
    let check = cutover(&["check", "scenarios/pkce-may-2026.toml", "--set", &change, "--quiet"]);
    assert!(check.status.success(), "{law}: {}", text(&check.stderr));
}

#[test]
fn the_folder_holds_a_page_the_figures_and_a_chart_with_the_same_bytes_twice() {
    let bytes = |threads: &str| {
        let out = tempfile::tempdir().expect("a folder");
        let run = super::support::command()
            .current_dir(root())
            .env("RAYON_NUM_THREADS", threads)
            .args(["fit", EXAMPLE, "--out"])
            .arg(out.path())
            .output()
            .expect("it starts");
        assert!(run.status.success(), "{}", text(&run.stderr));
        assert!(text(&run.stderr).contains("8 files, fit.md first"));
        let files = ["fit.md", "fit.json", "survival.csv", "intervals.csv", "charts/fit.svg", "charts/dark/fit.png"];
        (text(&run.stdout), files.map(|name| std::fs::read(out.path().join(name)).expect(name)))
    };
    assert!(bytes("1") == bytes("2"));
}

/// The values that stand for the curve are read by a scenario as they are written.
#[test]
fn the_intervals_themselves_can_be_named_by_a_scenario() {
    let out = tempfile::tempdir().expect("a folder");
    let run = cutover(&["fit", EXAMPLE, "--quiet", "--out", out.path().to_str().expect("text")]);
    assert!(run.status.success());
    let scenario = std::fs::read_to_string(root().join("scenarios/pkce-may-2026.toml")).expect("a scenario");
    let path = out.path().join("plan.toml");
    std::fs::write(&path, scenario).expect("written");
    let change = "refresh.interval={ empirical = \"intervals.csv\" }";
    let check = cutover(&["check", path.to_str().expect("text"), "--set", change, "--quiet"]);
    assert!(check.status.success(), "{}", text(&check.stderr));
}

/// The remissions of 21 children on 6-MP; the median is 23 weeks (lifelines 0.30.3).
#[test]
fn intervals_of_a_table_are_read_under_the_names_that_it_has() {
    let rows = "6 1,6 1,6 1,6 0,7 1,9 0,10 1,10 0,11 0,13 1,16 1,17 0,19 0,20 0,22 1,23 1,25 0,32 0,32 0,34 0,35 0";
    let csv = format!("weeks;ended\n{}\n", rows.replace(',', "\n").replace(' ', ";"));
    let (_folder, path) = folder_with("remissions.csv", csv);
    let found = json_of(&[path.to_str().expect("text"), "--column", "interval=weeks", "--column", "observed=ended"]);
    assert_eq!(
        (&found["ended"], &found["still_running"], &found["median_hours"]),
        (&9.into(), &12.into(), &23.0.into())
    );
    let weibull = found["laws"].as_array().expect("laws").iter().find(|l| l["law"] == "weibull").expect("a Weibull");
    assert!((weibull["parameters"][0]["value"].as_f64().expect("a scale") - 33.765).abs() < 1e-3);
    assert!(found["without_fit"]["normal"].as_str().is_some_and(|why| why.contains("below 0")));
}

#[test]
fn parquet_is_read_as_csv_is() {
    use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series, TimeUnit, TimeZone};
    let hours: Vec<f64> = (1..=30).map(|i| f64::from(i * i)).collect();
    let observed: Vec<bool> = (0..30).map(|i| i % 5 != 0).collect();
    let columns: Vec<Column> =
        vec![Series::new("interval".into(), hours).into(), Series::new("observed".into(), observed).into()];
    let parquet = |columns: Vec<Column>| {
        let mut bytes = Vec::new();
        let mut frame = DataFrame::new(columns[0].len(), columns).expect("a frame");
        ParquetWriter::new(&mut bytes).finish(&mut frame).expect("written");
        bytes
    };
    let (_folder, path) = folder_with("history.parquet", parquet(columns));
    let found = json_of(&[path.to_str().expect("text")]);
    assert_eq!((&found["ended"], &found["still_running"]), (&24.into(), &6.into()));

    // Instants of a zone, and whole numbers as names of orgs.
    let millis: Vec<i64> = (0..30_i64).map(|i| 1_777_000_000_000 + i * i * 3_600_000).collect();
    let utc = TimeZone::opt_try_new(Some("UTC")).expect("a zone");
    let times = Series::new("refreshed_at".into(), millis).into_datetime(TimeUnit::Milliseconds, utc);
    let ids: Vec<i64> = (0..30).map(|i| i % 3).collect();
    let (_folder, path) =
        folder_with("history.parquet", parquet(vec![Series::new("org_id".into(), ids).into(), times.into()]));
    let found = json_of(&[path.to_str().expect("text")]);
    assert_eq!(
        (&found["ended"], &found["still_running"], &found["history"]["orgs"]),
        (&27.into(), &2.into(), &3.into())
    );
}

#[test]
fn wrong_input_is_exit_code_2_with_what_to_do() {
    for (csv, said) in [
        ("", "the file is empty"),
        ("\u{feff}\n\n", "the file is empty"),
        ("interval\n", "no row below its header"),
        ("hours\n3\n", "there is no column `interval`"),
        ("interval\n5\n", "only 1 of its intervals ended"),
        ("interval,observed\n5,0\n6,0\n", "none of its 2 intervals ended"),
        ("interval\n5\nsoon\n-2\n", "row 3, column `interval`: `soon`"),
        ("interval,observed\n5,1\n6,1,1\n", "history.csv"),
        ("org_id,refreshed_at\na,2026-05-01T09:00:00Z\na,2026-05-01T09:00:00Z\n", "already, in row 2"),
        ("org_id,refreshed_at\na,2026-05-01T09:00:00Z\n", "holds no interval"),
    ] {
        let (_folder, path) = folder_with("history.csv", csv);
        let run = cutover(&["fit", path.to_str().expect("text"), "--quiet"]);
        let report = text(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{csv:?}: {report}");
        assert!(report.contains(said) && report.contains("history.csv"), "{csv:?}: {report}");
        assert!(report.contains("help:") && !report.contains("panicked"), "{csv:?}: {report}");
    }
    let (_folder, path) = folder_with("history.csv", [0x66, 0xff, 0x0a]);
    assert!(text(&cutover(&["fit", path.to_str().expect("text")]).stderr).contains("UTF-8"));
    let (_folder, path) = folder_with("history.parquet", b"PAR1 and then nothing");
    assert_eq!(cutover(&["fit", path.to_str().expect("text")]).status.code(), Some(2));
    let missing = cutover(&["fit", "nowhere.csv"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("nowhere.csv"));
    for option in [["--column", "length=3"], ["--until", "2026-05-01 09:00"]] {
        let run = cutover(&["fit", EXAMPLE, option[0], option[1]]);
        assert_eq!(run.status.code(), Some(2));
        assert!(text(&run.stderr).contains(option[0]));
    }
}

/// What edits put in: bits of CSV, of histories, and what is neither.
const BITS: [&str; 22] = [
    "",
    ",",
    ";",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "\t",
    "-",
    "0",
    "1e999",
    "nan",
    "inf",
    "36h",
    "true",
    "false",
    "日本",
    "\u{feff}",
    "\0",
    "2026-05-01T09:00:00Z",
    "org_id",
    "interval",
];

const INTERVALS: &str = "interval,observed\n3,true\n5h,1\n8,true\n13,0\n1d,true\n34,true\n55,yes\n89,true\n1.5,true\n2,true\n4,1\n\
                         6,1\n7,1\n9h,1\n11,1\n12,1\n14,1\n16,0\n17,1\n19,1\n";

/// Whatever is done to a history, it is fitted, or refused with words; nothing panics.
#[test]
fn mangled_histories_are_fitted_or_refused_never_a_panic() {
    let example = std::fs::read_to_string(root().join(EXAMPLE)).expect("the example");
    let short: String = example.lines().take(120).map(|line| format!("{line}\n")).collect();
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]));
    let edits = prop::collection::vec((any::<usize>(), 0_usize..8, any::<usize>()), 1..4);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.csv");
    let (mut fitted, mut refused) = (0, 0);
    for _ in 0..400 {
        let edits = edits.new_tree(&mut runner).expect("edits").current();
        for example in [INTERVALS, &short] {
            std::fs::write(&path, mangled(example, &edits, &BITS)).expect("written");
            match history::read(&path, &HowToRead::default()).and_then(|history| fit_history(&history)) {
                Ok(found) => {
                    fitted += 1;
                    assert!(found.laws.iter().all(|law| law.aicc.is_finite() && law.weight.is_finite()));
                    assert!(!found.empirical.is_empty());
                }
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains("history.csv"), "{error}");
                }
            }
        }
    }
    assert!(fitted > 20 && refused > 100, "both happen: {fitted}, {refused}");
}

/// Salesforce shows one org by 15 characters or by 18.
#[test]
fn both_forms_of_a_salesforce_id_are_one_org() {
    let history = |long: bool| {
        let mut csv = String::from("org_id,refreshed_at\n");
        for org in ["001A0000012xYzQ", "001A0000012xYzR"] {
            for day in 1..=12 {
                let id = if long && day % 2 == 0 { format!("{org}IAU") } else { org.to_owned() };
                csv += &format!("{id},2026-03-{day:02}T0{}:00:00Z\n", day % 7);
            }
        }
        let (_folder, path) = folder_with("history.csv", csv);
        text(
            &cutover(&[
                "fit",
                path.to_str().expect("text"),
                "--format",
                "json",
                "--quiet",
                "--out",
                _folder.path().to_str().expect("text"),
            ])
            .stdout,
        )
    };
    let read = |json: String| serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    let (short, mixed) = (read(history(false)), read(history(true)));
    assert_eq!(short["median_hours"], mixed["median_hours"]);
    assert_eq!(short["laws"], mixed["laws"]);
}
