//! Draws every shipped scenario as a reader gets it, to be looked at after a change: reports, charts, tables, and the summary of the
//! terminal at two widths.
//!
//! ```sh
//! cargo run --example gallery -- target/gallery
//! ```

use cutover::decision::lint::lint_projected;
use cutover::decision::{EngineChoice, Request, detail, project};
use cutover::output::terminal::Look;
use cutover::output::{document, folder, render_all, run};
use cutover::population::inventory::{BadRows, load};
use cutover::results::Provenance;
use std::path::{Path, PathBuf};

/// Few enough to be quick, enough for a course or two.
const RUNS: &str = "runs=200";

fn main() -> cutover::Result<()> {
    let out = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    for path in scenarios(Path::new("scenarios")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        draw(&path, &out.join(&name))?;
        println!("{}", out.join(name).display());
    }
    Ok(())
}

/// Every scenario below a folder.
fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.extend(folders.iter().flat_map(|folder| scenarios(folder)));
    files.sort();
    files
}

fn draw(path: &Path, out: &Path) -> cutover::Result<()> {
    let scenario = load(path, &[RUNS.to_owned()], BadRows::Refuse)?.scenario;
    let provenance = Provenance {
        path: path.display().to_string(),
        sha256: scenario.sha256.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        changes: scenario.changes.clone(),
    };
    let mut projection = project(&scenario.family, provenance, Request::default(), &|_| ())?;
    projection.detail = detail(&scenario.family, EngineChoice::Both)?;
    projection.warnings = lint_projected(&scenario, &projection.uptakes).warnings();
    let plan = scenario.family.centre();
    let mut files = render_all(plan, &projection, &scenario.assumptions, None)?;
    for width in [80, 120] {
        let document = run::document(plan, &projection, &scenario.assumptions);
        let text = document::text(&document, Look { width, colour: false });
        files.push((format!("terminal-{width}.txt"), text.into_bytes()));
    }
    folder::write(out, &files)
}
