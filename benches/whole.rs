//! What a user waits for: a whole `run` with all its files, the drawing of charts, the reading of an inventory, and the start of the program.

use cutover::decision::{Request, project};
use cutover::output;
use cutover::population::example::inventory;
use cutover::population::inventory::{BadRows, load};
use cutover::results::{Projection, Provenance};
use cutover::scenario::{self, Scenario};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use std::path::Path;
use std::process::Command;

fn main() {
    divan::main();
}

fn flagship() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    scenario::load(&path, &[]).expect("valid")
}

fn projection(scenario: &Scenario) -> Projection {
    let provenance = Provenance {
        path: scenario.path.clone(),
        sha256: scenario.sha256.clone(),
        version: String::new(),
        changes: Vec::new(),
    };
    project(&scenario.family, provenance, Request::default(), &|_| ()).expect("projected")
}

/// Both engines, 10,000 runs, and their comparison.
#[divan::bench(sample_count = 10)]
fn both_engines(bencher: Bencher<'_, '_>) {
    let scenario = flagship();
    bencher.bench_local(|| projection(black_box(&scenario)));
}

/// Every chart as SVG and PNG.
#[divan::bench(sample_count = 20)]
fn charts(bencher: Bencher<'_, '_>) {
    let scenario = flagship();
    let projection = projection(&scenario);
    let plan = scenario.family.centre();
    bencher.bench_local(|| output::chart_files(plan, black_box(&projection), &output::chart::Theme::LIGHT));
}

/// Every file of the output folder, charts among them.
#[divan::bench(sample_count = 20)]
fn all_files(bencher: Bencher<'_, '_>) {
    let scenario = flagship();
    let projection = projection(&scenario);
    let plan = scenario.family.centre();
    bencher.bench_local(|| output::render_all(plan, black_box(&projection), &scenario.assumptions, None));
}

/// An inventory as CSV: rows read and checked, and like orgs put together.
#[divan::bench(sample_count = 5, args = [10_000, 500_000])]
fn inventory_read(bencher: Bencher<'_, '_>, orgs: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/inventory-example");
    let scenario = folder.path().join("scenario.toml");
    std::fs::copy(example.join("pkce.toml"), &scenario).expect("copied");
    std::fs::write(folder.path().join("orgs.csv"), inventory(orgs)).expect("written");
    let bencher = bencher.counter(ItemsCount::new(orgs));
    bencher.bench_local(|| load(black_box(&scenario), &[], BadRows::Refuse).expect("read"));
}

/// The program itself, from its start to its end.
#[divan::bench(sample_count = 10)]
fn the_command_run(bencher: Bencher<'_, '_>) {
    let out = tempfile::tempdir().expect("a folder");
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pkce-may-2026.toml");
    bencher.bench_local(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
        command.arg("run").arg(&scenario).arg("--quiet").arg("--out").arg(out.path()).output().expect("it runs")
    });
}

#[divan::bench]
fn the_command_version(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Command::new(env!("CARGO_BIN_EXE_cutover")).arg("--version").output().expect("it runs"));
}
