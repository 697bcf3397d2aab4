//! Each lint has a plan that triggers it, with the warning that a planner gets, and a near twin that doesn't.

use crate::support::root;
use cutover::decision::lint::lint;
use cutover::scenario::{self, LINTS, Scenario};
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/lints")).expect("the folder of linted plans");
    let files = entries.map(|e| e.expect("an entry").path());
    let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> Scenario {
    let name = path.file_name().and_then(|n| n.to_str()).expect("a name in ASCII");
    let text = std::fs::read_to_string(path).expect("a file");
    let none = |_: &Path| Err("no files here".to_owned());
    scenario::parse(name, &text, &[], &none).unwrap_or_else(|faults| panic!("{}", faults.render(false)))
}

fn codes(scenario: &Scenario) -> Vec<&'static str> {
    lint(scenario).found.sorted().iter().map(|finding| finding.code.as_str()).collect()
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|n| n.to_str()).expect("a name in ASCII")
}

#[test]
fn every_lint_is_told_with_a_figure_and_a_remedy_and_a_near_twin_is_spared() {
    let (fine, warned): (Vec<_>, Vec<_>) = files().into_iter().partition(|path| stem(path).ends_with(".fine"));
    let lints = || LINTS.iter().map(|lint| lint.0.as_str());
    for code in lints() {
        for (set, suffix) in [(&warned, ""), (&fine, ".fine")] {
            let name = format!("{code}{suffix}");
            assert!(set.iter().any(|path| stem(path) == name), "no {name}.toml");
        }
    }
    for path in &warned {
        let scenario = read(path);
        let lints = lint(&scenario);
        for finding in lints.found.sorted() {
            assert!(finding.help.is_some() && LINTS.iter().any(|l| l.0 == finding.code), "{}", finding.message);
            let digits = [&finding.message, &finding.label].into_iter().chain(&finding.notes);
            assert!(digits.flat_map(|t| t.chars()).any(|c| c.is_ascii_digit()), "no figure: {}", finding.message);
        }
        if LINTS.iter().any(|lint| lint.0.as_str() == stem(path)) {
            assert_eq!(codes(&scenario), [stem(path)]);
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("lint_{}", stem(path)), lints.found.render(false));
        });
    }
    for path in &fine {
        assert_eq!(codes(&read(path)), [""; 0], "{}", path.display());
    }
}

#[test]
fn a_lint_that_the_scenario_allows_is_silenced_and_no_other() {
    let path = root().join("scenarios/pkce-may-2026.toml");
    let all = codes(&scenario::load(&path, &[]).unwrap_or_else(|e| panic!("{e}")));
    for code in &all {
        let change = format!("allow=[\"{code}\"]");
        let scenario = scenario::load(&path, &[change]).unwrap_or_else(|e| panic!("{e}"));
        let left: Vec<_> = all.iter().filter(|c| *c != code).copied().collect();
        assert_eq!(codes(&scenario), left);
        assert_eq!(lint(&scenario).silenced.iter().map(|code| code.as_str()).collect::<Vec<_>>(), [*code]);
    }
}

#[test]
fn the_flagship_is_warned_at_the_width_of_a_narrow_and_of_a_wide_terminal() {
    let lints = lint(&read(&root().join("scenarios/pkce-may-2026.toml")));
    for width in [80, 120] {
        let text = lints.found.render_within(false, width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("lint_flagship_{width}"), text);
        });
    }
}

#[test]
fn warnings_are_listed_for_programs_with_their_places() {
    let lints = lint(&read(&root().join("tests/lints/window-under-72-hours.toml")));
    let json = serde_json::to_value(lints.placed()).expect("JSON");
    assert_eq!(
        (&json[0]["code"], &json[0]["line"], &json[0]["column"]),
        (&"window-under-72-hours".into(), &22.into(), &10.into())
    );
    assert!(json[0]["notes"][0].as_str().is_some_and(|note| note.contains("orgs fail by the deadline")), "{json}");
}

/// The page has one section for each lint, in the order of the list, and every shipped scenario can be linted.
#[test]
fn the_page_of_lints_lists_exactly_those_that_there_are() {
    let page = std::fs::read_to_string(root().join("docs/lints.md")).expect("the page");
    let sections: Vec<&str> = page.lines().filter_map(|l| l.strip_prefix("## `")?.strip_suffix('`')).collect();
    assert_eq!(sections, LINTS.iter().map(|lint| lint.0.as_str()).collect::<Vec<_>>());
    for (code, words) in LINTS {
        let section = page.split(&format!("## `{code}`")).nth(1).expect("a section");
        let first = section.trim_start().split("\n\n").next().unwrap_or_default().replace('\n', " ");
        assert!(first.to_lowercase().contains(words), "the section of {code} does not say: {words}");
    }
}

/// Whatever a plan is, linting it comes to an end; those of the reference are as odd as plans get.
#[test]
fn every_plan_of_the_tests_and_every_shipped_one_can_be_linted() {
    for folder in ["scenarios", "tests/scenarios", "tests/reference"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let Ok(scenario) = scenario::load(&path, &[]) else { continue };
            let lints = lint(&scenario);
            let report = lints.found.render(false);
            assert!(!report.contains("NaN") && !report.contains("inf "), "{report}");
        }
    }
}

/// The flagship with changes, as it is checked.
fn changed(changes: &[&str]) -> Scenario {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    scenario::load(&root().join("scenarios/pkce-may-2026.toml"), &changes).unwrap_or_else(|error| panic!("{error}"))
}

fn told(changes: &[&str]) -> String {
    lint(&changed(changes)).found.render(false).replace("\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_remedy_makes_the_figures_worse_however_few_orgs_there_are() {
    let few = told(&["population.orgs=10"]);
    assert!(few.contains("window-off-hours") && !few.contains("let it close"), "{few}");
}

#[test]
fn a_window_that_opens_after_the_deadline_is_warned_of() {
    let late = told(&["reconnect.opens=2026-05-04T10:00", "reconnect.closes=2026-05-07T10:00"]);
    assert!(late.contains("of those who reconnect, 100% do so after the deadline"), "{late}");
}

#[test]
fn a_window_that_closes_before_the_policy_is_not_said_to_open_with_it() {
    let early = told(&["reconnect.opens=2026-04-25T00:00", "reconnect.closes=2026-05-01T10:00"]);
    assert!(early.contains("window-before-policy") && !early.contains("if the window opened with"), "{early}");
}

/// A date that is not known is told as such, also where each org reads it by its own clock.
#[test]
fn an_unknown_deadline_of_local_clocks_is_no_known_date() {
    let deadline = "deadline={ at = { one_of = [\"2026-05-04 09:00\", \"2026-05-11 09:00\"] }, clock = \"org-local\" }";
    let scenario = changed(&[deadline]);
    let plan = scenario.family.centre();
    assert_eq!(cutover::output::words::deadline_short(plan), "the deadline");
    let moments = cutover::output::moments::moments(plan);
    let deadline = moments.iter().find(|m| m.kind == cutover::output::moments::Kind::Deadline).expect("a deadline");
    assert_eq!(deadline.when(plan), "Mon 4 May 09:00 to Mon 11 May 09:00");
}
