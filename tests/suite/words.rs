//! A plan's own words, everywhere: every scenario is run with other words, and no output speaks of orgs that reconnect.

use super::support::{cutover, root, text};
use calamine::{Data, Reader, Xlsx, open_workbook};
use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

const WORDS: [&str; 5] = [
    "words.one=tenant",
    "words.many=tenants",
    "words.act=re-consent",
    "words.acted=re-consented",
    "words.acting=re-consenting",
];

/// The usual words in a text, each with what stands around it. Names of keys, files and columns are no words: they have dots, hyphens,
/// underscores or quotes about them.
fn usual_words(text: &str) -> Vec<String> {
    let usual = Regex::new(r"(?i)\b(orgs?|reconnect(s|ed|ing)?)\b").expect("a pattern");
    let found = usual.find_iter(text).filter(|found| {
        let (before, after) = (&text[..found.start()], &text[found.end()..]);
        let is_key = before.ends_with(['.', '_', '-', '/', '`', '"', '\'', '['])
            || after.starts_with("-local")
            || after.starts_with(['_', '`', '"', '='])
            || after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_lowercase());
        !is_key
    });
    let around = |at: usize, by: i64| {
        let mut at = (at as i64 + by).clamp(0, text.len() as i64) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    found.map(|f| text[around(f.start(), -60)..around(f.end(), 40)].replace('\n', " ")).collect()
}

/// What a reader sees of a file; `None` of one that is a picture, or for programs alone.
fn read(path: &Path) -> Option<String> {
    let whole = || fs::read_to_string(path).expect("text");
    match path.extension()?.to_str()? {
        "md" | "txt" | "svg" => Some(whole()),
        // Its lines are folded.
        "ics" => Some(whole().replace("\r\n ", "")),
        "html" => {
            let unseen = Regex::new(r"(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->").expect("a pattern");
            let labels = Regex::new(r#"<[^>]*?aria-label="([^"]*)"[^>]*>"#).expect("a pattern");
            let tags = Regex::new(r"<[^>]*>").expect("a pattern");
            let page = whole();
            let page = unseen.replace_all(&page, " ");
            Some(tags.replace_all(&labels.replace_all(&page, " $1 "), " ").into_owned())
        }
        "json" => {
            let mut said = Vec::new();
            strings(&serde_json::from_str(&whole()).expect("JSON"), &mut said);
            Some(said.join("\n"))
        }
        "xlsx" => {
            let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
            let sheets = book.worksheets();
            let cells = sheets.iter().flat_map(|(_, range)| range.used_cells());
            let said =
                cells.filter_map(|(_, _, cell)| if let Data::String(said) = cell { Some(said.clone()) } else { None });
            Some(said.collect::<Vec<_>>().join("\n"))
        }
        _ => None,
    }
}

/// The values of a JSON document that are text, but for the changes that were asked for.
fn strings(value: &serde_json::Value, said: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => said.push(text.clone()),
        serde_json::Value::Array(all) => all.iter().for_each(|value| strings(value, said)),
        serde_json::Value::Object(all) => {
            all.iter().filter(|(key, _)| *key != "changes").for_each(|(_, value)| strings(value, said));
        }
        _ => {}
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Runs a command with other words, and collects where it speaks of orgs all the same.
fn spoken(args: &[&str], folder: Option<&Path>) -> Vec<String> {
    let mut args: Vec<&str> = args.to_vec();
    WORDS.iter().for_each(|word| args.extend(["--set", word]));
    args.extend(["--set", "title=A plan"]);
    let out = folder.map(|folder| folder.to_str().expect("a path"));
    out.iter().for_each(|out| args.extend(["--out", out]));
    let output = cutover(&args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    let mut told = usual_words(&(text(&output.stdout) + &text(&output.stderr)));
    let mut written = Vec::new();
    folder.iter().for_each(|folder| files(folder, &mut written));
    for path in written {
        let said = read(&path).unwrap_or_default();
        let name = path.strip_prefix(folder.expect("a folder")).expect("inside").display().to_string();
        told.extend(usual_words(&said).into_iter().map(|around| format!("{name}: {around}")));
    }
    told
}

#[test]
fn the_test_sees_words_and_passes_over_keys() {
    assert_eq!(usual_words("5 orgs failed").len(), 1);
    assert_eq!(usual_words("Reconnecting adds to it. No org.").len(), 2);
    assert!(usual_words("population.orgs, orgs.csv, `orgs`, [reconnect], reconnect.uptake, org_id").is_empty());
}

#[test]
fn no_output_of_any_scenario_speaks_of_orgs_when_it_has_words_of_its_own() {
    let mut scenarios: Vec<PathBuf> = Vec::new();
    files(&root().join("scenarios"), &mut scenarios);
    scenarios.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    assert!(scenarios.len() > 12, "{scenarios:?}");
    let mut told = Vec::new();
    for scenario in &scenarios {
        let out = tempfile::tempdir().expect("a folder");
        let path = scenario.to_str().expect("a path");
        let said = spoken(&["run", path, "--runs", "200"], Some(out.path()));
        told.extend(said.into_iter().map(|around| format!("{}: {around}", scenario.display())));
    }
    assert!(told.is_empty(), "{} times:\n{}", told.len(), told.join("\n"));
}

#[test]
fn nor_does_any_other_question() {
    let flagship = "scenarios/pkce-may-2026.toml";
    let target = "failed_by_deadline <= 100";
    let questions: [&[&str]; 7] = [
        &["compare", flagship, "scenarios/four-regions.toml", "--runs", "200"],
        &["diff", flagship, "scenarios/not-known.toml"],
        &["solve", flagship, "--for", "reconnect.uptake", "--target", target],
        &["solve", flagship, "--for", "event.pkce.at", "--target", target],
        &["frontier", flagship, "--x", "deadline", "--y", "reconnect.uptake", "--target", target],
        &["sensitivity", flagship, "--samples", "64"],
        &["orgs", "scenarios/inventory-example/pkce.toml"],
    ];
    let mut told = Vec::new();
    for question in questions {
        let out = tempfile::tempdir().expect("a folder");
        told.extend(spoken(question, Some(out.path())).into_iter().map(|around| format!("{}: {around}", question[0])));
    }
    told.extend(spoken(&["check", flagship], None));
    assert!(told.is_empty(), "{} times:\n{}", told.len(), told.join("\n"));
}

/// Where a text writes a share or a time as other locales do.
fn not_american(text: &str) -> Vec<String> {
    let other =
        Regex::new(r"\d %|\b\d{1,2}:\d\d\b|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]").expect("a pattern");
    let found = other.find_iter(text).filter(|found| {
        let after = &text[found.end()..];
        // What a source says is quoted. RFC 3339, which programs read, and offsets of zones.
        let is_evidence = after.starts_with(" (1,706,505");
        let is_iso = text[..found.start()].ends_with(['T', '+', '-', '\u{2212}', 'C']) || after.starts_with(':');
        !(is_iso || is_evidence || after.starts_with(" AM") || after.starts_with(" PM"))
    });
    found
        .map(|f| text[f.start().saturating_sub(20)..].chars().take(60).collect::<String>().replace('\n', " "))
        .collect()
}

#[test]
fn an_american_plan_reads_american_shares_and_times_everywhere() {
    let mut told = Vec::new();
    for name in ["pkce-may-2026", "four-regions", "not-known", "inventory-example/pkce"] {
        let out = tempfile::tempdir().expect("a folder");
        let folder = out.path().to_str().expect("a path");
        let path = format!("scenarios/{name}.toml");
        let output = cutover(&[
            "run",
            &path,
            "--runs",
            "200",
            "--set",
            "locale=en-US",
            "--set",
            "title=A plan",
            "--out",
            folder,
        ]);
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        let mut written = Vec::new();
        files(out.path(), &mut written);
        let pages = written.iter().filter(|path| path.extension().is_none_or(|end| end != "json"));
        let pages = pages.filter_map(|path| Some((path.display().to_string(), read(path)?)));
        for (page, said) in pages.chain([("the terminal".to_owned(), text(&output.stdout))]) {
            told.extend(not_american(&said).into_iter().map(|around| format!("{name}: {page}: {around}")));
        }
    }
    assert!(told.is_empty(), "{} times:\n{}", told.len(), told.join("\n"));
}
