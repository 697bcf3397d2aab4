//! What another date would change: the scenario is read once and varied, never written out and read again.
//!
//! ```sh
//! cargo run --example sweep
//! ```

use cutover::engine::exact;
use cutover::results::Counted;
use cutover::scenario::{self, Change};
use std::path::Path;

fn main() -> cutover::Result<()> {
    let scenario = scenario::load(Path::new("scenarios/pkce-may-2026.toml"), &[])?;
    for day in 4..=9 {
        let deadline = format!("2026-05-{day:02} 09:00");
        let family = scenario
            .vary(&[Change::set("deadline", deadline.as_str()), Change::set("reconnect.uptake", vec![0.5])])
            .map_err(cutover::Error::BadUsage)?;
        let sweep =
            exact::Sweep::new(&family, Counted::FailedByDeadline).map_err(|why| cutover::Error::Engine(why.0))?;
        println!("{deadline}: {:.1} orgs at 50 %, {:.1} at 75 %", sweep.mean(0.5), sweep.mean(0.75));
    }
    Ok(())
}
