//! The simulation: orgs drawn and followed, each through a life of its own, in many repetitions of the plan, all uptake rates in one
//! pass with the same luck. The same seed gives the same result for any number of threads.

mod columns;
pub mod cost;
mod counts;
mod crowd;
mod curves;
mod draws;
mod follow;
mod herd;
mod hour_rows;
mod measure;
mod quick;
mod ranks;
mod recovery;
mod runs;
mod simulation;
mod steps;
mod tally;
mod whole;

pub use crowd::{MOST_FOLLOWED, is_followed};
pub use curves::Curves;
pub use measure::measures;
pub use runs::{HeadlineByRun, headline_by_run};
pub use simulation::{simulate, simulate_by};
pub use tally::Tally;
