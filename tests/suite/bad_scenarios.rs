//! Scenarios with faults, each with the report that a planner gets. The first lines of a file may say how it is run:
//! `#: --set KEY=VALUE` adds a change, `#: crlf` and `#: bom` give the text other line ends or a byte-order mark.

use std::path::{Path, PathBuf};

use cutover::scenario;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of bad scenarios")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

fn read_beside(file: &Path) -> Result<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_scenarios");
    // The machine's own words for a missing file differ between systems.
    std::fs::read_to_string(folder.join(file)).map_err(|_| "no such file".to_owned())
}

#[test]
fn every_bad_scenario_is_told_what_is_wrong_where_and_how_to_mend_it() {
    let files = files();
    assert!(files.len() >= 45, "{} files", files.len());
    for path in files {
        let name = path.file_name().and_then(|n| n.to_str()).expect("a name in ASCII");
        let mut text = std::fs::read_to_string(&path).expect("a file").replace("\r\n", "\n");
        let directives: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("#: ")).collect();
        let changes: Vec<String> =
            directives.iter().filter_map(|d| d.strip_prefix("--set ")).map(str::to_owned).collect();
        let (crlf, bom) = (directives.contains(&"crlf"), directives.contains(&"bom"));
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if bom {
            text.insert(0, '\u{feff}');
        }
        let findings = match scenario::parse(name, &text, &changes, &read_beside) {
            Ok(_) => panic!("{name} has no fault"),
            Err(findings) => findings,
        };
        for finding in findings.sorted() {
            assert!(finding.help.is_some(), "{name}: no remedy for {}", finding.message);
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.trim_end_matches(".toml"), findings.render(false));
        });
    }
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_an_error_that_names_it() {
    let missing = scenario::load(Path::new("no/such/plan.toml"), &[]).expect_err("missing");
    assert!(missing.to_string().starts_with("cannot read no/such/plan.toml"), "{missing}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, b"title = \"ok\"\nname = \"\xff\"\n").expect("written");
    let error = scenario::load(&path, &[]).expect_err("not UTF-8");
    assert!(error.to_string().contains("is not UTF-8: line 2, byte 9"), "{error}");
}

#[test]
fn a_list_of_values_is_read_from_beside_the_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = include_str!("../scenarios/full.toml");
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, text).expect("written");
    std::fs::write(folder.path().join("delays.csv"), "org,value\na,3h\nb,9h\n").expect("written");
    let change = ["recovery.after={ empirical = \"delays.csv\" }".to_owned()];
    let scenario = scenario::load(&path, &change).expect("a scenario");
    let recovery = scenario.family.centre().segments()[0].recovery.clone().expect("given");
    assert_eq!((recovery.after.quantile(0.2), recovery.after.quantile(0.8)), (3.0, 9.0));
    assert_eq!(scenario.changes, change);
}
