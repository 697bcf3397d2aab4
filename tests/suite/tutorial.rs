//! The pages for planners, run: every command in them is given in one folder, empty at first, and prints what its page says.

use std::path::Path;

/// A fenced block of the page: the words after its fence, and its lines.
struct Block<'a> {
    words: Vec<&'a str>,
    lines: Vec<&'a str>,
}

impl Block<'_> {
    /// The value of `key=value` after the fence.
    fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut within = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), within) {
            (Some(words), false) => blocks.push(Block { words: words.split_whitespace().collect(), lines: Vec::new() }),
            (None, true) => blocks.last_mut().expect("a block").lines.push(line),
            _ => {}
        }
        within ^= line.starts_with("```");
    }
    blocks
}

/// Whether `printed` is `told`, where a line of three dots stands for any lines.
fn is_told(told: &[&str], printed: &[&str]) -> bool {
    match told.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skipped| is_told(rest, &printed[skipped..])),
        Some((line, rest)) => printed.first() == Some(line) && is_told(rest, &printed[1..]),
    }
}

/// Sets the line of a file whose key the block's line has.
fn edit(path: &Path, line: &str) {
    let key = line.split('=').next().expect("a key");
    let text = std::fs::read_to_string(path).expect("text");
    assert_eq!(text.lines().filter(|l| l.starts_with(key)).count(), 1, "`{key}` in {}", path.display());
    let edited = text.lines().map(|l| if l.starts_with(key) { line } else { l });
    std::fs::write(path, edited.map(|l| format!("{l}\n")).collect::<String>()).expect("written");
}

#[test]
fn every_command_of_the_tutorial_prints_what_the_page_says() {
    // In the order of docs/README.md: each goes on with the files of those before it.
    let pages = [
        include_str!("../../docs/quick-start.md"),
        include_str!("../../docs/your-plan.md"),
        include_str!("../../docs/sharing.md"),
        include_str!("../../docs/tracking.md"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let mut given = 0;
    for block in pages.into_iter().flat_map(blocks) {
        if let Some(name) = block.value("edit") {
            edit(&folder.path().join(name), block.lines[0]);
        }
        if let Some(name) = block.value("file") {
            std::fs::write(folder.path().join(name), block.text()).expect("written");
        }
        if let Some(name) = block.value("shows") {
            assert_eq!(std::fs::read_to_string(folder.path().join(name)).expect("text"), block.text());
        }
        if block.words.first() != Some(&"console") {
            continue;
        }
        let command = block.lines[0].strip_prefix("$ cutover ").expect("a command");
        let mut cutover = super::support::command();
        let output = cutover.current_dir(folder.path()).args(command.split_whitespace()).output().expect("it starts");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        // That is so from some day on, and not on the page.
        let printed: Vec<&str> = printed.lines().filter(|line| !line.contains("wholly in the past")).collect();
        assert!(is_told(&block.lines[1..], &printed), "{command} printed\n{}", printed.join("\n"));
        given += 1;
    }
    assert!(given >= 7, "{given} commands");
}

fn page(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

#[test]
fn the_readme_and_the_pages_for_planners_stay_short() {
    let words = |path: &str| page(path).split_whitespace().count();
    assert!(words("README.md") < 1_500, "{} words", words("README.md"));
    let pages = ["quick-start", "your-plan", "reading-the-report", "sharing"];
    let all: usize = pages.iter().map(|name| words(&format!("docs/{name}.md"))).sum();
    assert!(all <= 3_000, "{all} words");
}

/// Every link within the project leads to something, and the table of contents has every page.
#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contents = page("docs/README.md");
    let mut documents = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in std::fs::read_dir(root.join("docs")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        assert!(name == "README.md" || contents.contains(&format!("({name})")), "docs/README.md does not list {name}");
        documents.push(format!("docs/{name}"));
    }
    let link = regex::Regex::new(r#"(?:\]\(|src=")([^)"\s#]+)"#).expect("a pattern");
    for document in documents {
        let text = page(&document);
        let prose: String = text.split("```").step_by(2).collect();
        for found in link.captures_iter(&prose).map(|found| found[1].to_owned()).filter(|to| !to.contains("://")) {
            let folder = root.join(&document).parent().expect("a folder").to_owned();
            assert!(folder.join(&found).exists(), "{document} links to {found}");
        }
    }
}
