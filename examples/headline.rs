//! How many orgs fail by the deadline, for each rate of reconnecting that a scenario lists: exactly, in milliseconds.
//!
//! ```sh
//! cargo run --example headline -- scenarios/pkce-may-2026.toml
//! ```

use cutover::engine::exact;
use cutover::population::inventory::{BadRows, load};
use std::path::PathBuf;

fn main() -> cutover::Result<()> {
    let path = std::env::args().nth(1).map_or_else(|| PathBuf::from("scenarios/pkce-may-2026.toml"), PathBuf::from);
    let scenario = load(&path, &[], BadRows::Refuse)?.scenario;
    let headline = exact::headline(&scenario.family).map_err(|why| cutover::Error::Engine(why.0))?;
    for (uptake, headline) in scenario.family.centre().uptakes().iter().zip(&headline) {
        let failed = &headline.failed_by_deadline;
        let [low, high] = [5.0, 95.0].map(|percent| failed.percentile(percent));
        println!("{:>8}  {:8.1}  {low} to {high}", uptake.label, failed.mean);
    }
    Ok(())
}
