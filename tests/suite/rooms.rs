//! The rooms of the house: data flows one way, so each room may import only those listed before it; and no file imports another that, by
//! however many steps, imports it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A room may use those before it.
const ROOMS: [&str; 10] =
    ["error", "stats", "plan", "results", "scenario", "population", "engine", "decision", "output", "cli"];

/// Crates that a room must not know.
const FORBIDDEN: [(&str, &[&str]); 8] = [
    ("stats", &["chrono", "chrono_tz", "toml", "polars", "plotters", "clap"]),
    ("plan", &["toml", "polars", "plotters", "clap", "rand", "std::fs"]),
    ("scenario", &["clap", "polars", "plotters", "rand"]),
    ("results", &["polars", "plotters", "clap", "toml", "rand", "std::fs"]),
    ("population", &["clap", "plotters", "toml"]),
    ("engine", &["clap", "polars", "plotters", "toml", "std::fs", "std::io", "println", "std::time"]),
    ("decision", &["clap", "polars", "plotters", "toml", "std::fs", "println"]),
    ("output", &["clap", "rand"]),
];

/// A module by its path below the crate: `["plan", "clock"]`; the crate itself is empty.
type Module = Vec<String>;

/// The paths that a file's code names.
struct Named {
    module: Module,
    code: String,
    /// Whole paths from the crate on, and whether `pub use` or `use` in a `mod.rs` hands them on.
    paths: Vec<(Module, bool)>,
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn module_of(path: &Path) -> Module {
    let inside = path.strip_prefix(src()).expect("within src").with_extension("");
    let mut parts: Module = inside.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Code without comments.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Code without what is compiled for tests alone, which may use any room: each item below `#[cfg(test)]`, and no more of the file.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]").into_iter().chain(rest.find("#[cfg(all(test")).min() {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let (mut depth, mut end) = (0, item.len());
        for (i, letter) in item.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 1 => {
                    end = i + 1;
                    break;
                }
                '}' => depth -= 1,
                ';' if depth == 0 => {
                    end = i + 1;
                    break;
                }
                _ => {}
            }
        }
        rest = &item[end..];
    }
    kept + rest
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d` and `a::c::e`.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        return vec![tree.split(" as ").next().unwrap_or(tree).to_owned()];
    };
    let (mut parts, mut depth, mut part) = (Vec::new(), 0, String::new());
    for letter in inside.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expanded(&format!("{before}{}", part.trim()))).collect()
}

/// A path from the crate on; `None` for one of another crate.
fn absolute(module: &Module, path: &str, modules: &BTreeSet<Module>) -> Option<Module> {
    let parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
    let supers = parts.iter().take_while(|part| *part == "super").count();
    let base: Module = match parts[0].as_str() {
        "crate" => return Some(parts[1..].to_vec()),
        "self" => module.iter().chain(&parts[1..]).cloned().collect(),
        "super" => module[..module.len().checked_sub(supers)?].iter().chain(&parts[supers..]).cloned().collect(),
        _ => module.iter().chain(&parts).cloned().collect(),
    };
    // A bare name is a module of ours only where there is one.
    let is_ours = matches!(parts[0].as_str(), "self" | "super") || modules.contains(&base[..=module.len()]);
    is_ours.then_some(base)
}

fn paths_of(module: &Module, code: &str, modules: &BTreeSet<Module>) -> Vec<(Module, bool)> {
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let at = statement.rfind("use ").filter(|at| statement[..*at].chars().last().is_none_or(char::is_whitespace));
        if let Some(at) = at {
            let line = statement[..at].rsplit('\n').next().unwrap_or("").trim();
            if line.is_empty() || line.starts_with("pub") {
                let hands_on = line.starts_with("pub");
                let trees = expanded(&statement[at + 4..]);
                paths.extend(trees.iter().filter_map(|tree| Some((absolute(module, tree, modules)?, hands_on))));
            }
        }
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            if code[..at].chars().last().is_some_and(is_part) {
                continue;
            }
            let end = code[at..].find(|c| !is_part(c)).map_or(code.len(), |end| at + end);
            if code[end..].starts_with(['{', '*']) {
                // The beginning of a tree, which is read above.
                continue;
            }
            paths.extend(absolute(module, code[at..end].trim_end_matches(':'), modules).map(|path| (path, false)));
        }
    }
    paths
}

/// Every file but those that are compiled for tests alone.
fn files() -> Vec<Named> {
    let mut paths = Vec::new();
    sources(&src(), &mut paths);
    assert!(paths.len() > 200, "the sources were found");
    let read = |path: &PathBuf| without_comments(&fs::read_to_string(path).expect("a source file"));
    let texts: Vec<(Module, String)> = paths.iter().map(|path| (module_of(path), read(path))).collect();
    let modules: BTreeSet<Module> = texts.iter().map(|(module, _)| module.clone()).collect();
    // Modules that are declared below `#[cfg(test)]`.
    let of_tests = |(module, code): &(Module, String)| -> Vec<Module> {
        let declared = code.split("#[cfg(test)]").skip(1).filter_map(|rest| {
            let name = rest.trim_start().split_once("mod ")?.1.split(';').next()?.trim();
            name.chars().all(|c| c.is_alphanumeric() || c == '_').then(|| name.to_owned())
        });
        declared.map(|name| module.iter().cloned().chain([name]).collect()).collect()
    };
    let tests: BTreeSet<Module> = texts.iter().flat_map(of_tests).collect();
    let named = |(module, code): (Module, String)| {
        let code = without_tests(&code);
        let paths = paths_of(&module, &code, &modules);
        Named { module, code, paths }
    };
    texts.into_iter().filter(|(module, _)| !tests.contains(module) && module != &["main"]).map(named).collect()
}

#[test]
fn imports_point_one_way() {
    let mut faults = Vec::new();
    for file in files() {
        let Some(room) = file.module.first() else { continue };
        let Some(place) = ROOMS.iter().position(|r| r == room) else { continue };
        let uses: BTreeSet<&String> = file.paths.iter().filter_map(|(path, _)| path.first()).collect();
        for later in ROOMS[place + 1..].iter().filter(|later| uses.iter().any(|used| used == *later)) {
            faults.push(format!("{}: `{room}` must not use `{later}`", file.module.join("::")));
        }
        for (_, crates) in FORBIDDEN.iter().filter(|f| f.0 == room) {
            let knows =
                |name: &&&str| file.code.contains(&format!("{name}::")) || file.code.contains(&format!("{name}!"));
            for name in crates.iter().filter(knows) {
                faults.push(format!("{}: `{room}` must not know {name}", file.module.join("::")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The file that a path leads to, through what modules hand on.
fn target(path: &Module, exports: &BTreeMap<Module, BTreeMap<String, Module>>, depth: usize) -> Option<Module> {
    let known = (0..=path.len()).rev().map(|end| path[..end].to_vec()).find(|module| exports.contains_key(module))?;
    let handed_on = path.get(known.len()).and_then(|name| exports[&known].get(name));
    match handed_on {
        Some(on) if depth < 8 && on != path => target(on, exports, depth + 1).or(Some(known)),
        _ => Some(known),
    }
}

/// What each module hands on: names, and the paths that they stand for.
fn exports(files: &[Named]) -> BTreeMap<Module, BTreeMap<String, Module>> {
    let mut exports: BTreeMap<Module, BTreeMap<String, Module>> = BTreeMap::new();
    for file in files {
        let on = exports.entry(file.module.clone()).or_default();
        for (path, _) in file.paths.iter().filter(|(_, hands_on)| *hands_on) {
            on.extend(path.last().map(|name| (name.clone(), path.clone())));
        }
    }
    exports
}

#[test]
fn no_module_defines_what_its_children_import() {
    let files = files();
    let exports = exports(&files);
    let mut faults = BTreeSet::new();
    for file in &files {
        for (path, _) in &file.paths {
            let Some(to) = target(path, &exports, 0) else { continue };
            let is_above = !to.is_empty() && to.len() < file.module.len() && file.module.starts_with(&to);
            // A path that names the module itself, as in `pub(in crate::output)`, imports nothing.
            if is_above && path.len() > to.len() {
                faults.insert(format!("{} imports {}", file.module.join("::"), path.join("::")));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "give these a file of their own:\n{}",
        faults.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let files = files();
    let exports = exports(&files);
    let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for file in &files {
        for (path, hands_on) in &file.paths {
            let Some(to) = target(path, &exports, 0) else { continue };
            // A module that hands on what its own children have uses nothing of it.
            let own = *hands_on && to.starts_with(&file.module);
            if to != file.module && !to.is_empty() && !own {
                uses.entry(file.module.clone()).or_default().insert(to);
            }
        }
    }
    let reach = |from: &Module| {
        let (mut found, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = next.pop() {
            for to in uses.get(&module).into_iter().flatten() {
                if found.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        found
    };
    assert!(uses.len() > 150, "imports were found in {} files", uses.len());
    let in_circles: Vec<String> =
        uses.keys().filter(|module| reach(module).contains(*module)).map(|module| module.join("::")).collect();
    assert!(in_circles.is_empty(), "these import themselves by way of others: {}", in_circles.join(", "));
}

#[test]
fn every_type_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files() {
        for line in file.code.lines() {
            let item =
                line.trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let name = ["struct ", "enum ", "trait ", "type "].into_iter().find_map(|kind| item.strip_prefix(kind));
            let Some(name) = name.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next()) else { continue };
            places.entry(name.to_owned()).or_default().push(file.module.join("::"));
        }
    }
    assert!(places.len() > 300, "{} types were found", places.len());
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "one name stands for several types: {places:?}");
}

#[test]
fn every_file_opens_by_saying_what_it_owns() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    for path in files {
        let text = fs::read_to_string(&path).expect("a source file");
        assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
    }
}
