//! What no engine can follow, and what would take for ever: each is an answer or a fault, and soon.

use serde_json::Value;
use std::process::Output;
use std::time::Duration;

/// The flagship to 30 May, with these changes.
fn run(verb: &str, changes: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = include_str!("../../scenarios/pkce-may-2026.toml");
    std::fs::write(folder.path().join("plan.toml"), plan).expect("written");
    let mut command = super::support::command();
    let command = command.current_dir(folder.path()).args([verb, "plan.toml", "--format", "json", "--quiet"]);
    for change in ["horizon=2026-05-30T00:00", "runs=500"].iter().chain(changes) {
        command.args(["--set", change]);
    }
    command.timeout(Duration::from_secs(120)).output().expect("it ends")
}

fn answer(changes: &[&str]) -> Value {
    let out = run("run", changes);
    serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
}

fn notes(json: &Value) -> String {
    json["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

fn fault(changes: &[&str]) -> String {
    let out = run("check", changes);
    assert_eq!(out.status.code(), Some(2), "{changes:?}");
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn laws_whose_parameters_make_no_sense_are_faults() {
    for law in [
        "event.pkce.reauthorization.required={ beta = [1e10, 1e10] }",
        "event.pkce.reauthorization.required={ beta = [1e300, 1e300] }",
        "refresh.interval={ weibull = { scale = \"24h\", shape = 0.001 } }",
        "refresh.interval={ lognormal = { median = \"24h\", sigma = 50 } }",
    ] {
        assert!(fault(&[law]).contains("this is no law"), "{law}: {}", fault(&[law]));
    }
}

#[test]
fn more_than_there_may_be_is_a_fault_with_the_limit() {
    let rates: Vec<String> = (0..201).map(|i| format!("{}", f64::from(i) / 200.0)).collect();
    assert!(
        fault(&[&format!("reconnect.uptake=[{}]", rates.join(", "))]).contains("201 rates: there may be up to 200")
    );
    let values: Vec<String> = (1..=10_001).map(|i| format!("\"{i}h\"")).collect();
    let list = format!("refresh.interval={{ empirical = [{}] }}", values.join(", "));
    assert!(fault(&[&list]).contains("10,001 values: a list may hold up to 10,000"));
}

/// An interval that has outlived what its logarithm can hold ends at once: everybody refreshes, and fails, by the deadline.
#[test]
fn ages_far_beyond_a_law_refresh_at_once_in_both_engines() {
    let json = answer(&["refresh.interval={ weibull = { scale = \"24h\", shape = 200 } }"]);
    for engine in ["exact", "simulated"] {
        let measures = &json["uptakes"][0][engine];
        if measures.is_null() {
            continue;
        }
        let mean = measures["failed_by_deadline"]["mean"].as_f64().expect("a number");
        assert!((mean - 2500.0).abs() < 1.0, "{engine}: {mean}");
    }
    assert!(!json["uptakes"][0]["simulated"].is_null(), "{}", notes(&json));
}

#[test]
fn a_law_within_minutes_of_one_value_has_exact_figures_that_the_simulation_has_too() {
    for law in ["{ normal = { mean = \"100h\", sd = \"1m\" } }", "{ lognormal = { median = \"24h\", sigma = 0.001 } }"]
    {
        let json = answer(&[&format!("refresh.interval={law}")]);
        assert!(!json["uptakes"][0]["exact"].is_null(), "{law}: {}", notes(&json));
        assert_eq!(json["agreement"]["holds"], true, "{law}: {}", json["agreement"]);
    }
}

#[test]
fn ages_that_a_number_can_hardly_hold_are_cut_and_both_engines_agree() {
    let ages = "population.last_refresh={ weibull = { scale = \"24h\", shape = 0.05 } }";
    let json = answer(&[ages, "refresh.interval={ exponential = { mean = \"400h\" } }"]);
    assert!(notes(&json).contains("above a million hours"), "{}", notes(&json));
    assert!(!notes(&json).contains("can't reach them"), "{}", notes(&json));
    assert_eq!(json["agreement"]["holds"], true);
}

/// Refreshes every minute: ten thousand in a life, and one step each would never end.
#[test]
fn refreshes_by_the_minute_are_answered() {
    let json = answer(&["refresh.interval=1m", "population.last_refresh={ uniform = [\"0m\", \"1m\"] }"]);
    assert_eq!(json["uptakes"][0]["exact"]["failed_by_deadline"]["mean"].as_f64(), Some(2500.0));
    assert_eq!(json["agreement"]["holds"], true);
    let many = answer(&["refresh.interval={ uniform = [\"1m\", \"2h\"] }", "runs=10_000"]);
    assert!(many["runs"].as_u64().is_some_and(|runs| runs < 10_000), "{}", notes(&many));
    assert!(notes(&many).contains("of 10,000 runs"), "{}", notes(&many));
}

/// Escape sequences, carriage returns, bells and turned-around text in titles, names, files and options: none reaches a terminal.
#[test]
fn nothing_that_a_file_or_an_option_says_steers_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = "T\\u001b[2J\\u001b]8;;http://e\\u001b\\\\\\r\\u0007\\u009b31m\\u202e";
    let plan = include_str!("../../scenarios/pkce-may-2026.toml");
    let plan = plan
        .replace("title     = \"", &format!("title     = \"{bad} "))
        .replace("name            = \"PKCE\"", &format!("name = \"{bad}\""));
    let name = "plan\u{1b}[2J.toml";
    std::fs::write(folder.path().join(name), plan).expect("written");
    let option = "--se\u{1b}[2Jed";
    for args in [
        &["check", name][..],
        &["run", name, "--runs", "50"],
        &["run", name, "--runs", "50", "--format", "json"],
        &["solve", name, "--no-check"],
        &["check", "no\u{1b}[2Jfile.toml"],
        &["check", name, "--set", "time_zone=x\u{9b}31m"],
        &["run", name, option],
    ] {
        let mut command = super::support::command();
        let out = command.current_dir(folder.path()).env("CLICOLOR_FORCE", "1").args(args).output().expect("it starts");
        for stream in [&out.stdout, &out.stderr] {
            let text = String::from_utf8_lossy(stream).into_owned();
            let steers = |c: char| cutover::output::safe::steers(c) && c != '\n';
            // The program's own colours are `ESC [ digits m`.
            let rest = text.split("\u{1b}[").enumerate().map(|(i, part)| match i {
                0 => part,
                _ => {
                    let style = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
                    style.strip_prefix('m').unwrap_or_else(|| panic!("{args:?}: no style: {part:?}"))
                }
            });
            assert!(!rest.collect::<String>().chars().any(steers), "{args:?}: {text:?}");
        }
    }
}

#[test]
fn embed_writes_nothing_outside_the_documents_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("doc");
    std::fs::create_dir_all(home.join("in")).expect("made");
    std::fs::create_dir(folder.path().join("elsewhere")).expect("made");
    std::fs::write(home.join("plan.toml"), include_str!("../../scenarios/pkce-may-2026.toml")).expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../elsewhere", home.join("link")).expect("linked");
    for assets in ["../escaped", "in/../../escaped", "/tmp", "link"] {
        let marker = format!("<!-- cutover: plan.toml show=headline-chart assets={assets} -->\n<!-- /cutover -->\n");
        std::fs::write(home.join("DOC.md"), &marker).expect("written");
        let mut command = super::support::command();
        let out = command.current_dir(&home).args(["embed", "DOC.md", "--runs", "50"]).output().expect("it starts");
        assert_eq!(out.status.code(), Some(2), "{assets}: {}", String::from_utf8_lossy(&out.stderr));
        assert!(!folder.path().join("escaped").exists());
        assert_eq!(std::fs::read_dir(folder.path().join("elsewhere")).expect("a folder").count(), 0, "{assets}");
        assert_eq!(std::fs::read_to_string(home.join("DOC.md")).expect("text"), marker);
    }
}

/// Refreshes by the millisecond, nearly at one: neither engine can follow them, and that is said at once.
#[test]
fn what_no_engine_can_follow_soon_is_refused_with_a_remedy() {
    let interval = "refresh.interval={ weibull = { scale = \"0.001s\", shape = 1e9 } }";
    let out = run("run", &[interval, "population.last_refresh=0s"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(1) && said.contains("no engine can answer soon"), "{said}");
}
