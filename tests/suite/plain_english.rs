//! Plain English: how hard the sentences of every scenario are to read, by the Flesch-Kincaid grade.

use super::support::{cutover, root, text};
use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The highest grade that the sentences of a scenario may have together: that of pupils of 14 years.
const MOST: f64 = 9.0;

/// The most words of a sentence.
const LONGEST: usize = 40;

/// Numbers that a sentence of the summary may hold, but for dates, what stands in parentheses, and the confidence that is asked for.
const NUMBERS: usize = 2;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// A date with its time of day, as the locales write it.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) \b (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\ )? (?:\d{1,2}\ )? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (?:\ \d{1,2}\b)?
        (?:,?\ \d{4})? (?:,?\ \d{1,2}(?::\d\d)?(?:\ [AP]M)?)? (?:\ [A-Z]{3,4}\b)?
        | \b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\ \d{1,2}(?::\d\d)?(?:\ [AP]M)?",
    )
});

/// The words of a sentence as somebody reads it aloud: a date, code and a number with its unit are one word each.
fn words(sentence: &str) -> Vec<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"`[^`]*`|\{[^}]*\}"));
    static UNIT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d) (%|h|min|d|M|bn)(\W|$)"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w'’%.,:<>-]*\w[\w'’%-]*"));
    let plain = DATE.replace_all(sentence, "Monday");
    let plain = CODE.replace_all(&plain, "it");
    let plain = UNIT.replace_all(&plain, "$1$3");
    WORD.find_iter(&plain).map(|word| word.as_str().to_lowercase()).collect()
}

/// Syllables by groups of vowels, without a silent `e`.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.chars().filter(char::is_ascii_alphabetic).collect();
    let is_vowel = |c: &char| "aeiouy".contains(*c);
    let groups =
        letters.iter().enumerate().filter(|(i, c)| is_vowel(c) && (*i == 0 || !is_vowel(&letters[i - 1]))).count();
    let word: String = letters.iter().collect();
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded");
    groups.saturating_sub(usize::from(silent && groups > 1)).max(1)
}

/// Kincaid, Fishburne, Rogers and Chissom, 1975: `0.39 words / sentences + 11.8 syllables / words - 15.59`.
fn grade<'a>(sentences: impl IntoIterator<Item = &'a String>) -> f64 {
    let (mut count, mut said, mut spoken) = (0.0, 0.0, 0.0);
    for words in sentences.into_iter().map(|sentence| words(sentence)) {
        count += 1.0;
        said += words.len() as f64;
        spoken += words.iter().map(|word| syllables(word)).sum::<usize>() as f64;
    }
    0.39 * said / count + 11.8 * spoken / said - 15.59
}

/// The sentences of a page of Markdown: paragraphs, lists and titles of charts, without tables, code and headings.
fn sentences(page: &str) -> Vec<String> {
    static CHART: LazyLock<Regex> = LazyLock::new(|| pattern(r"^!\[(.*)\]\("));
    static LINT: LazyLock<Regex> = LazyLock::new(|| pattern(r" \([a-z0-9-]+\)$"));
    static END: LazyLock<Regex> = LazyLock::new(|| pattern(r"[.?!]\s+|[.?!:]?$"));
    let mut found = Vec::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        if is_code || line.starts_with(['|', '#', '`']) || line.trim().is_empty() {
            continue;
        }
        let line = CHART.captures(line).map_or(line, |chart| chart.get(1).map_or("", |title| title.as_str()));
        let line = line.trim_start_matches(['-', '>', ' ']).replace("**", "").replace('\\', "");
        let line = LINT.replace(&line, "");
        let mut from = 0;
        for end in END.find_iter(&line) {
            let sentence = line[from..end.start()].trim();
            from = end.end();
            if sentence.split_whitespace().count() > 2 {
                found.push(sentence.to_owned());
            }
        }
    }
    found
}

fn scenarios() -> Vec<PathBuf> {
    let folders = ["scenarios", "scenarios/plans", "scenarios/inventory-example"];
    let files = folders.iter().flat_map(|folder| fs::read_dir(root().join(folder)).expect("a folder"));
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    paths
}

fn report(scenario: &Path) -> String {
    let out = tempfile::tempdir().expect("a folder");
    let (path, folder) = (scenario.to_str().expect("a path"), out.path().to_str().expect("a path"));
    let output = cutover(&["run", path, "--runs", "200", "--quiet", "--out", folder]);
    assert!(output.status.success(), "{path}: {}", text(&output.stderr));
    fs::read_to_string(out.path().join("report.md")).expect("a report")
}

#[test]
fn the_measure_is_that_of_its_authors() {
    // Counted by hand: 11 words of 14 syllables in two sentences.
    let text = ["The cat sat on the mat".to_owned(), "It was very happy there".to_owned()];
    let spoken: usize = text.iter().flat_map(|sentence| words(sentence)).map(|word| syllables(&word)).sum();
    assert_eq!(spoken, 13);
    assert!((grade(&text) - (0.39 * 11.0 / 2.0 + 11.8 * 13.0 / 11.0 - 15.59)).abs() < 1e-12);
    assert_eq!(
        words("by Monday, May 4, 9 AM PDT: 75 % of `orgs.csv`"),
        ["by", "monday", "75%", "of", "it"].map(|w| if w == "75%" { "75" } else { w })
    );
    assert_eq!(sentences("| a | b |\n\n**One is so.** Two are not. 3.5 is a number.\n").len(), 3);
}

#[test]
fn every_report_is_plain_english() {
    let mut all: Vec<String> = Vec::new();
    for scenario in scenarios() {
        let found = sentences(&report(&scenario));
        let grade = grade(&found);
        assert!(found.len() > 10 && grade <= MOST, "{}: grade {grade:.1}", scenario.display());
        all.extend(found);
    }
    all.sort();
    all.dedup();
    let mut graded: Vec<(f64, &String)> = all.iter().map(|sentence| (grade([sentence]), sentence)).collect();
    graded.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{} sentences, grade {:.2}; the ten worst:", all.len(), grade(&all));
    graded.iter().take(10).for_each(|(grade, sentence)| println!("{grade:5.1} {sentence}"));
    let long: Vec<&String> = all.iter().filter(|sentence| words(sentence).len() > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} words: {long:#?}");
}

#[test]
fn a_sentence_of_the_summary_holds_two_numbers_at_most() {
    let aside = pattern(r"\([^)]*\)|90 ?% confidence");
    let number = pattern(r"[<>]?\d[\d.,]*(?:-\d[\d.,]*)?");
    for scenario in scenarios() {
        let page = report(&scenario);
        // The finding in bold, and the paragraph below it.
        let summary: String =
            page.lines().skip_while(|line| !line.starts_with("**")).take(3).collect::<Vec<_>>().join("\n");
        for sentence in sentences(&summary) {
            let plain = DATE.replace_all(&sentence, "");
            let plain = aside.replace_all(&plain, "");
            let count = number.find_iter(&plain).count();
            assert!(count <= NUMBERS, "{}: {count} numbers in: {sentence}", scenario.display());
        }
    }
}
