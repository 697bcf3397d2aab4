//! The rooms of the house: data flows one way, so each room may import only those listed before it.

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

/// The room of a source file: its first folder or, at the top, its stem.
fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(src()).expect("within src");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without comments and without the unit tests at the end of a file, which may use any room.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    let tests_begin = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..tests_begin].lines().map(|l| l.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_one_way() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    assert!(files.len() > 30, "the sources were found");
    let mut faults = Vec::new();
    for path in files {
        let room = room_of(&path);
        let Some(place) = ROOMS.iter().position(|r| *r == room) else { continue };
        let code = code_of(&path);
        for later in &ROOMS[place + 1..] {
            if code.contains(&format!("crate::{later}::")) || code.contains(&format!("crate::{{{later}")) {
                faults.push(format!("{}: `{room}` must not use `{later}`", path.display()));
            }
        }
        for (_, crates) in FORBIDDEN.iter().filter(|f| f.0 == room) {
            for name in crates.iter().filter(|c| code.contains(&format!("{c}::")) || code.contains(&format!("{c}!"))) {
                faults.push(format!("{}: `{room}` must not know {name}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
