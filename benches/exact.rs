//! What the exact engine costs, on one core, and how little it matters at which minute something is switched on.
//!
//! `cargo bench --no-default-features --bench exact`

use cutover::engine::exact::{self, Sweep};
use cutover::plan::Family;
use cutover::results::Counted;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// The flagship's event at noon, and at an odd second.
const NOON: &str = "event.pkce.at=2026-05-01 12:00:00";
const ODD: &str = "event.pkce.at=2026-05-01 12:13:07";

const UNIFORM: &str = "refresh.interval={ uniform = [\"1h\", \"1400h\"] }";

fn load(name: &str, changes: &[&str]) -> Family {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    cutover::scenario::load(&path, &changes).expect("a valid scenario").family
}

/// The least of five timings, milliseconds.
fn least(work: impl Fn()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..5).map(time).fold(f64::INFINITY, f64::min)
}

fn measures(family: &Family) -> f64 {
    least(|| drop(black_box(exact::measures(black_box(family)))))
}

fn headline(family: &Family) -> f64 {
    least(|| drop(black_box(exact::headline(black_box(family)))))
}

fn mean_by_the_deadline(family: &Family) -> f64 {
    least(|| drop(black_box(Sweep::new(black_box(family), Counted::FailedByDeadline).map(|sweep| sweep.mean(0.5)))))
}

fn table() {
    let all_rates: Vec<String> = (0..=100).map(|percent| format!("{}", f64::from(percent) / 100.0)).collect();
    let all_rates = format!("reconnect.uptake=[{}]", all_rates.join(", "));
    let flagship = load("pkce-may-2026", &[]);
    println!("milliseconds, the least of five, one core");
    let row = |what: &str, time: f64| println!("{what:60} {time:10.2}");
    row("flagship, 101 rates, hourly curves, all percentiles", measures(&load("pkce-may-2026", &[&all_rates])));
    row("flagship, 6 rates, the same", measures(&flagship));
    row("flagship, 6 rates, headline", headline(&flagship));
    row("flagship, mean by the deadline", mean_by_the_deadline(&flagship));
    row("four regions, interval uniform, 12:13:07", measures(&load("four-regions", &[UNIFORM, ODD])));
    row("not known: 256 possible plans, 12:13:07, headline", headline(&load("not-known", &[ODD])));
    let minutes = "refresh.interval={ uniform = [\"1m\", \"2h\"] }";
    row("refreshes of a minute to two hours", headline(&load("pkce-may-2026", &[minutes, ODD])));
    let narrow = "refresh.interval={ normal = { mean = \"100h\", sd = \"1m\" } }";
    row("refreshes within minutes of 100 hours", headline(&load("pkce-may-2026", &[narrow])));
    println!("\n12:13:07 beside noon");
    for name in ["pkce-may-2026", "interval-unknown", "interval-log-uniform", "not-known"] {
        let [noon, odd] = [NOON, ODD].map(|at| headline(&load(name, &[at])));
        println!("{name:60} {noon:10.2} {odd:10.2} ratio {:.2}", odd / noon);
    }
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    pool.install(table);
}
