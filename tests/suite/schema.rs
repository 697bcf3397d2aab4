//! The JSON Schema and the page of keys: they are what the program would write, and a validator by other hands accepts every
//! scenario that is here, and none with a fault of its keys or values.

use crate::support::root;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cutover::{output, scenario};
use serde_json::json;

/// Faults that a schema can see. What is out of order, or names what is not there, only the reader can tell.
const SEEN: [&str; 11] = [
    "missing-key",
    "unknown-key",
    "wrong-type",
    "unknown-law",
    "two-laws",
    "empty-list",
    "empty-text",
    "no-control",
    "unknown-lint",
    "not-a-duration",
    "bad-id",
];

fn scenarios(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

/// Whether a scenario, as its file stands, has a fault that a schema can see.
fn has_visible_fault(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).expect("text");
    match scenario::parse("plan.toml", &text, &[], &|_| Err("no files".to_owned())) {
        Ok(_) => false,
        Err(findings) => findings.sorted().iter().any(|f| SEEN.contains(&f.code.as_str())),
    }
}

#[test]
fn a_validator_accepts_every_scenario_and_none_with_a_fault_of_its_keys_or_values() {
    let folders =
        ["scenarios", "scenarios/plans", "tests/scenarios", "tests/lints", "tests/reference", "tests/simulation"];
    let good: Vec<PathBuf> = folders.iter().flat_map(|folder| scenarios(folder)).collect();
    // Whether a segment's recovery needs `after`, or it may have a window, depends on the scenario's own: no schema can say so.
    let depend = ["segment_recovery_without_after.toml", "policy_segment_window_without_reconnect.toml"];
    let depends = |path: &PathBuf| depend.iter().any(|name| path.ends_with(name));
    let bad = scenarios("tests/bad_scenarios").into_iter().filter(|p| !depends(p) && has_visible_fault(p));
    let bad: Vec<PathBuf> = bad.collect();
    assert!(good.len() > 60 && bad.len() > 30, "{} good, {} bad", good.len(), bad.len());
    let task = json!({ "schema": scenario::schema(), "good": good, "bad": bad });
    let script = root().join("tests/schema/validate.py");
    let started = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let needed = std::env::var_os("CUTOVER_NEED_VALIDATOR").is_some();
    let Ok(mut python) = started else {
        assert!(!needed, "python3 does not start");
        eprintln!("skipped: there is no python3");
        return;
    };
    let mut input = python.stdin.take().expect("a pipe");
    // A script that lacks its package does not read; its exit code says so.
    let _ = input.write_all(task.to_string().as_bytes());
    drop(input);
    let output = python.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(77) && !needed {
        eprintln!("{said}");
        return;
    }
    assert!(output.status.success(), "{said}");
}

#[test]
fn the_page_of_keys_is_what_the_program_would_write() {
    let page = std::fs::read_to_string(root().join("docs/scenario-keys.md")).expect("the page");
    assert!(
        page == output::scenario_keys::page(),
        "docs/scenario-keys.md is stale: cutover schema --format markdown > docs/scenario-keys.md"
    );
}
