//! How a peer in Rust is timed and tells it: blocks of runs one by one, a line of JSON each. Both crates here read this file.

use std::time::Instant;

/// Timed one by one; the reader reports their median.
pub const BLOCKS: u64 = 5;
/// The first block's seed follows it.
pub const SEED: u64 = 20_260_501;

/// Blocks of an estimate, pooled: they are independent and of one size.
#[derive(Default)]
pub struct Pooled {
    sum: f64,
    variances: f64,
    blocks: f64,
}

impl Pooled {
    pub fn add(&mut self, mean: f64, se: f64) {
        self.sum += mean;
        self.variances += se * se;
        self.blocks += 1.0;
    }

    /// The answer at one uptake rate as JSON.
    pub fn json(&self, uptake: f64) -> String {
        let (mean, se) = (self.sum / self.blocks, self.variances.sqrt() / self.blocks);
        format!(r#"{{"uptake": {uptake}, "mean": {mean}, "se": {se}}}"#)
    }
}

/// So many of the usual runs as the environment asks for: a fraction of them for a quick try.
pub fn runs(usual: u64) -> u64 {
    let effort: f64 = std::env::var("PEERS_EFFORT").ok().and_then(|e| e.parse().ok()).unwrap_or(1.0);
    ((usual as f64 * effort) as u64).max(2)
}

/// Does `work` and says how many nanoseconds each of its `units` took.
pub fn timed<T>(units: u64, work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_nanos() as f64 / units as f64, result)
}

/// Prints what was measured.
pub fn print(package: &str, what: &str, runs: u64, nanoseconds: &[f64], answers: &[String]) {
    let answers = answers.join(", ");
    println!(
        r#"{{"package": "{package}", "what": "{what}", "runs": {runs}, "ns": {nanoseconds:?}, "answers": [{answers}]}}"#
    );
}
