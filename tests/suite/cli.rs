//! The command as a user runs it: exit codes, streams, files.

use crate::support::{cutover, root, text};
use std::path::{Path, PathBuf};

/// All files below a folder, by relative name.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_owned();
                found.push((name, std::fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

/// What is committed in `output/` is what `run` writes, byte for byte; when it is not, run the README's command and commit.
#[test]
fn the_committed_output_of_the_flagship_is_up_to_date() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().join("pkce-may-2026");
    let run = cutover(&["run", "scenarios/pkce-may-2026.toml", "--out", folder.to_str().expect("text")]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let (fresh, committed) = (files(&folder), files(&root().join("output/pkce-may-2026")));
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&fresh), names(&committed));
    for ((name, fresh), (_, committed)) in fresh.iter().zip(&committed) {
        assert!(fresh == committed, "{} is stale", name.display());
    }
}

/// docs/regions.md and docs/reading-the-report.md show these charts; when they are stale, copy them from what `run` writes.
#[test]
fn the_committed_charts_by_region_are_up_to_date() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let run = cutover(&["run", "scenarios/four-regions.toml", "--engine", "exact", "--out", folder]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    for name in ["charts/heatmap.png", "charts/local-hours.png", "charts/segments.png"] {
        let committed = std::fs::read(root().join("output/four-regions").join(name)).expect("a chart");
        assert!(std::fs::read(out.path().join(name)).expect("a chart") == committed, "{name} is stale");
    }
    let hours = std::fs::read_to_string(out.path().join("local-hours.csv")).expect("a table");
    assert!(
        hours.contains("\njapan,Asia/Tokyo,2026-05-02,4,168.0,1.0,0.0,"),
        "PKCE comes to Tokyo on Saturday at 04:00"
    );
    // Six rates and four segments, by the exact engine alone.
    let segments = std::fs::read_to_string(out.path().join("segments.csv")).expect("a table");
    assert_eq!(segments.lines().count(), 1 + 6 * 4);
}

/// What is said, without what only holds from some day on.
fn without_the_day(said: &str) -> String {
    said.lines().filter(|line| !line.contains("wholly in the past")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_summary_goes_to_standard_output_and_no_progress_is_drawn_without_a_terminal() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let run = cutover(&["run", "scenarios/no-effect.toml", "--runs", "50", "--out", folder]);
    assert_eq!(run.status.code(), Some(0));
    assert!(text(&run.stdout).contains("PKCE, existing tokens not affected"));
    assert!(!text(&run.stdout).contains('\u{1b}'), "no colours into a pipe");
    let said = without_the_day(&text(&run.stderr));
    assert_eq!(said.lines().count(), 2, "where it wrote, and how many warnings there are: {said}");
    assert!(said.contains("about the plan itself: cutover check scenarios/no-effect.toml"), "{said}");
    let quiet = cutover(&["run", "scenarios/no-effect.toml", "--runs", "50", "--out", folder, "--quiet"]);
    assert_eq!(text(&quiet.stderr), "");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_one_thread_and_on_two() {
    let bytes = |threads: &str| {
        let out = tempfile::tempdir().expect("a folder");
        let run = super::support::command()
            .current_dir(root())
            .env("RAYON_NUM_THREADS", threads)
            .args(["run", "scenarios/rotation-races.toml", "--runs", "60", "--out"])
            .arg(out.path())
            .output()
            .expect("it starts");
        assert!(run.status.success(), "{}", text(&run.stderr));
        (text(&run.stdout), files(out.path()))
    };
    assert!(bytes("1") == bytes("2"));
}

#[test]
fn json_has_the_documented_members_and_figures() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let args = ["run", "scenarios/pkce-may-2026.toml", "--runs", "200", "--out", folder, "--format", "json", "--quiet"];
    let found: serde_json::Value = serde_json::from_slice(&cutover(&args).stdout).expect("JSON alone");
    assert_eq!(found["seed"], 20_260_501);
    assert_eq!(found["orgs"], 2500);
    assert_eq!(found["deadline"]["at"], "2026-05-04T09:00:00-07:00");
    let half = &found["uptakes"][2];
    assert_eq!(half["uptake"], 0.5);
    let failed = &half["exact"]["failed_by_deadline"];
    assert!((failed["mean"].as_f64().expect("a mean") - 88.9026).abs() < 1e-3);
    assert_eq!([&failed["p5"], &failed["p50"], &failed["p95"]], [74, 89, 104]);
    assert!(half["simulated"]["failed_by_deadline"]["se"].as_f64().expect("a standard error") > 0.0);
    for member in ["failed_by_deadline", "down_at_deadline", "failed_by_horizon", "within_tolerance", "by_cause"] {
        assert!(!half["exact"][member].is_null() && !half["simulated"][member].is_null(), "{member}");
    }
    let alone = cutover(&[&args[..], &["--engine", "exact"]].concat());
    let alone: serde_json::Value = serde_json::from_slice(&alone.stdout).expect("JSON alone");
    assert!(alone["uptakes"][0]["simulated"].is_null());
    assert!(alone["notes"].as_array().is_some_and(|n| !n.is_empty()), "a note says why");
}

#[test]
fn a_run_until_precise_says_how_precise_it_is() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let args =
        ["run", "scenarios/pkce-may-2026.toml", "--until-precise", "2%", "--out", folder, "--format", "json", "-q"];
    let found: serde_json::Value = serde_json::from_slice(&cutover(&args).stdout).expect("JSON alone");
    for uptake in found["uptakes"].as_array().expect("rates") {
        let failed = &uptake["simulated"]["failed_by_deadline"];
        let share = failed["se"].as_f64().expect("se") / failed["mean"].as_f64().expect("mean");
        assert!(share <= 0.02, "{failed}");
    }
    assert_eq!(found["runs"], 256, "the first batch is enough for 2 %");
    assert!(found["notes"][0].as_str().is_some_and(|n| n.contains("The standard error of the headline is")));
    assert_eq!(cutover(&["run", "scenarios/pkce-may-2026.toml", "--until-precise", "0"]).status.code(), Some(2));
}

#[test]
fn bad_input_and_bad_usage_exit_with_2_and_leave_standard_output_empty() {
    for args in [
        &["run", "scenarios/pkce-may-2026.toml", "--set", "reconnect.uptake=1.5"][..],
        &["check", "tests/bad_scenarios/several_faults_at_once.toml"],
        &["run"],
        &["fly", "scenarios/pkce-may-2026.toml"],
        &["run", "scenarios/pkce-may-2026.toml", "--runs", "0"],
        &["new", "README.md"],
    ] {
        let run = cutover(args);
        assert_eq!(run.status.code(), Some(2), "{args:?}: {}", text(&run.stderr));
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn an_output_folder_that_cannot_be_written_fails_before_the_run() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let folder = file.path().join("below");
    let start = std::time::Instant::now();
    let args = ["run", "scenarios/pkce-may-2026.toml", "--runs", "10000000", "--out", folder.to_str().expect("text")];
    let run = cutover(&args);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("cannot write"), "{}", text(&run.stderr));
    assert!(start.elapsed().as_secs() < 60, "ten million runs take longer");
}

#[test]
fn base_rates_are_listed_and_stand_for_an_uptake() {
    let listed = cutover(&["base-rates", "--window", "59h"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    assert!(text(&listed.stdout).contains("heartbleed-reissue") && text(&listed.stdout).contains("90 % range"));
    let json = cutover(&["base-rates", "--window", "59h", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON alone");
    let median = json["sets"][0]["law"]["p50"].as_f64().expect("a median");
    assert!((median - 0.051).abs() < 0.001, "{median}");
    assert_eq!(cutover(&["base-rates", "--window", "59"]).status.code(), Some(2));

    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let uptake = r#"reconnect.uptake={ base_rate = "advice-only" }"#;
    let args = ["run", "scenarios/pkce-may-2026.toml", "--set", uptake, "--engine", "exact", "--out", folder];
    let run = cutover(&args);
    let said = text(&run.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("like advice-only campaigns: 0.11-29%, median 5.1%"), "{said}");
    let run = cutover(&[&args[..], &["--format", "json", "--quiet"]].concat());
    let run: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON alone");
    assert_eq!(run["uptakes"][0]["uptake"], serde_json::json!({ "base_rate": "advice-only" }));
}

#[test]
fn check_warns_of_an_unwise_plan_and_denies_it_where_asked() {
    let flagship = "scenarios/pkce-may-2026.toml";
    let checked = cutover(&["check", flagship]);
    assert_eq!(checked.status.code(), Some(0));
    assert!(
        text(&checked.stdout).ends_with("5 warnings in scenarios/pkce-may-2026.toml\n"),
        "{}",
        text(&checked.stdout)
    );
    let denied = cutover(&["check", flagship, "--deny"]);
    assert_eq!(denied.status.code(), Some(2));
    assert!(text(&denied.stdout).contains("warning[window-off-hours]"));
    assert_eq!(without_the_day(&text(&denied.stderr)), "error: 5 warnings in scenarios/pkce-may-2026.toml (--deny)\n");
    let json = cutover(&["check", flagship, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON alone");
    assert_eq!((json["valid"].as_bool(), json["warnings"].as_array().map(Vec::len)), (Some(true), Some(5)));
    assert_eq!(json["warnings"][0]["file"], flagship);
    let none = cutover(&["check", "tests/lints/none.toml", "--deny"]);
    assert_eq!(none.status.code(), Some(0), "{}", text(&none.stderr));
}

#[test]
fn a_missing_scenario_is_named() {
    let run = cutover(&["run", "scenarios/nowhere.toml"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("scenarios/nowhere.toml"), "{}", text(&run.stderr));
}

#[test]
fn the_starter_is_valid_and_never_overwrites() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("plan.toml");
    let name = file.to_str().expect("text");
    assert_eq!(cutover(&["new", name]).status.code(), Some(0));
    assert_eq!(cutover(&["check", name]).status.code(), Some(0));
    assert_eq!(cutover(&["new", name]).status.code(), Some(2));
}

const PLANS: [&str; 4] = [
    "scenarios/plans/friday-cutover.toml",
    "scenarios/plans/friday-with-week-long-window.toml",
    "scenarios/plans/may-11-cutover.toml",
    "scenarios/plans/tuesday-cutover.toml",
];

/// What is committed in `output/compare` is what the command of docs/compare.md writes; when it is not, run that and commit.
#[test]
fn the_committed_comparison_is_up_to_date() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let run = cutover(&[&["compare"], &PLANS[..], &["--out", folder]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    let (fresh, committed) = (files(out.path()), files(&root().join("output/compare")));
    assert!(fresh == committed, "output/compare is stale");
}

#[test]
fn a_scenario_compared_with_itself_differs_by_exactly_zero() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let scenario = "scenarios/not-known.toml";
    let args = ["compare", scenario, scenario, "--runs", "300", "--format", "json", "--quiet", "--out", folder];
    let found: serde_json::Value = serde_json::from_slice(&cutover(&args).stdout).expect("JSON alone");
    for plan in found["uptakes"].as_array().expect("rates").iter().flat_map(|r| r["plans"].as_array().expect("plans")) {
        for versus in ["versus_baseline", "versus_lowest_mean"] {
            let difference = &plan[versus];
            assert_eq!((&difference["mean"], &difference["verdict"]), (&0.0.into(), &"same".into()), "{difference}");
            for figure in ["mean", "se", "p5", "p50", "p95"] {
                assert_eq!(
                    (&difference["by_run"]["orgs"][figure], &difference["by_run"]["share"][figure]),
                    (&0.0.into(), &0.0.into())
                );
            }
            assert_eq!(
                (&difference["by_run"]["chance_better"], &difference["by_run"]["chance_tied"]),
                (&0.5.into(), &1.0.into())
            );
        }
        assert_eq!(plan["chance_best"], 0.5);
    }
}

#[test]
fn plans_are_compared_at_the_rates_asked_for_against_the_plan_asked_for_with_the_same_bytes_on_any_threads() {
    let compared = |threads: &str| {
        let out = tempfile::tempdir().expect("a folder");
        let run = super::support::command()
            .current_dir(root())
            .env("RAYON_NUM_THREADS", threads)
            .args(["compare", PLANS[0], PLANS[3], "scenarios/not-known.toml", "--runs", "80", "--format", "json"])
            .args(["--uptake", "40%,0.9", "--baseline", "tuesday-cutover", "--seed", "7", "--out"])
            .arg(out.path())
            .output()
            .expect("it starts");
        assert!(run.status.success(), "{}", text(&run.stderr));
        (text(&run.stdout), files(out.path()))
    };
    let once = compared("1");
    assert!(once == compared("2"));
    let found: serde_json::Value = serde_json::from_str(&once.0).expect("JSON alone");
    assert_eq!(
        (&found["baseline"], &found["seed"], &found["runs"]),
        (&"tuesday-cutover".into(), &7.into(), &80.into())
    );
    let rates: Vec<f64> =
        found["uptakes"].as_array().expect("rates").iter().filter_map(|r| r["uptake"].as_f64()).collect();
    assert_eq!(rates, [0.4, 0.9]);
    assert_eq!(found["uptakes"][0]["plans"][1]["versus_baseline"]["verdict"], "same");
}

#[test]
fn a_comparison_of_one_plan_of_no_common_rate_or_with_an_unknown_baseline_is_bad_usage() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    for (args, why) in [
        (&["compare", PLANS[0]][..], "SCENARIO"),
        (
            &["compare", PLANS[0], "scenarios/not-known.toml", "--set", "reconnect.uptake=[0.3]", "--uptake", "2"],
            "from 0 to 1",
        ),
        (&["compare", PLANS[0], PLANS[1], "--baseline", "sunday"], "--baseline is one of 1 ("),
        (&["compare", PLANS[0], "tests/scenarios/nowhere.toml"], "nowhere.toml"),
    ] {
        let run = cutover(&[args, &["--out", folder]].concat());
        assert_eq!(run.status.code(), Some(2), "{args:?}: {}", text(&run.stderr));
        assert!(run.stdout.is_empty() && text(&run.stderr).contains(why), "{args:?}: {}", text(&run.stderr));
    }
}

#[test]
fn sensitivity_writes_its_page_and_chart_and_says_what_decides_most() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let plan = "scenarios/pkce-may-2026.toml";
    let ask = ["sensitivity", plan, "--samples", "8", "--format", "json", "--quiet", "--out", folder];
    let run = cutover(&[&ask[..], &["--readings", "scenarios/daily-refresh.toml"]].concat());
    assert!(run.status.success() && run.stderr.is_empty(), "{}", text(&run.stderr));
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!((json["assumptions"][0]["key"].as_str(), json["uptake"].as_f64()), (Some("reading"), Some(0.5)));
    // The flagship's closed form at 50 %, to the engine's 0.25 orgs.
    assert!((json["answer"]["mean"].as_f64().expect("a mean") - 88.9).abs() < 0.3);
    let names: Vec<String> = files(out.path()).iter().map(|f| f.0.display().to_string()).collect();
    let charts = [
        "charts/dark/sensitivity.png",
        "charts/dark/sensitivity.svg",
        "charts/sensitivity.png",
        "charts/sensitivity.svg",
    ];
    assert_eq!(names, [&charts[..], &["sensitivity.json", "sensitivity.md"]].concat());
    let wrong = cutover(&["sensitivity", plan, "--vary", "refresh.intervall", "--out", folder]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("did you mean `refresh.interval`?"), "{}", text(&wrong.stderr));
    for range in ["refresh.interval=1", "refresh.interval=60d..24h", "refresh.interval=1h..2h"] {
        assert_eq!(cutover(&["sensitivity", plan, "--vary", range, "--out", folder]).status.code(), Some(2), "{range}");
    }
}

#[test]
fn diff_shares_the_difference_out_among_the_changed_lines() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().to_str().expect("text");
    let [a, b] = ["scenarios/plans/friday-cutover.toml", "scenarios/plans/tuesday-cutover.toml"];
    let run = cutover(&["diff", a, b, "--format", "json", "--quiet", "--out", folder]);
    assert!(run.status.success() && run.stderr.is_empty(), "{}", text(&run.stderr));
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let changes = json["changes"].as_array().expect("changes");
    let sum: f64 = changes.iter().map(|c| c["contribution"].as_f64().expect("a number")).sum();
    assert!((sum - json["difference"].as_f64().expect("a number")).abs() < 1e-9);
    assert_eq!(json["to"]["title"], "Tuesday cutover");
    assert_eq!(files(out.path()).len(), 6);
    let same = cutover(&["diff", a, a, "--out", folder]);
    assert!(same.status.success() && text(&same.stdout).contains("No line that differs"), "{}", text(&same.stdout));
    assert_eq!(cutover(&["diff", a, "--out", folder]).status.code(), Some(2));
}

/// Stopped while it computes: it says that nothing was written, and leaves nothing half done.
#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_says_what_it_has_written_and_leaves_nothing_behind() {
    let out = tempfile::tempdir().expect("a folder");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("cutover"))
        .current_dir(root())
        .args(["run", "scenarios/pkce-may-2026.toml", "--engine", "simulate", "--runs", "5000000", "--out"])
        .arg(out.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    // Hours of work: it is at it by then, and not done.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let stop = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(stop.success() && child.try_wait().expect("its state").is_none_or(|status| !status.success()));
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    assert_eq!((text(&ended.stdout).as_str(), text(&ended.stderr).as_str()), ("", "Stopped. Nothing was written.\n"));
    assert_eq!(files(out.path()), []);
    assert_eq!(std::fs::read_dir(out.path()).expect("a folder").count(), 0);
}

/// A folder that was made for nothing goes again.
#[test]
fn a_run_that_fails_leaves_no_folder_behind() {
    let out = tempfile::tempdir().expect("a folder");
    let deep = out.path().join("a/b");
    // A law that is all but one value, which the exact engine declines; it alone is asked.
    let law = "refresh.interval={ weibull = { scale = \"24h\", shape = 1e9 } }";
    let run = cutover(&[
        "run",
        "scenarios/pkce-may-2026.toml",
        "--engine",
        "exact",
        "--set",
        law,
        "--out",
        deep.to_str().expect("text"),
    ]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    assert_eq!(std::fs::read_dir(out.path()).expect("a folder").count(), 0);
}
