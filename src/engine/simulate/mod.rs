//! The simulation: orgs drawn and followed, each through a life of its own, in many repetitions of the plan, all uptake rates in one
//! pass with the same random numbers. The same seed gives the same result for any number of threads.

pub(crate) mod cost;
mod curves;
mod fast;
mod measure;
mod multinomial;
pub mod plain;
mod policies;
mod random_numbers;
mod runs;
mod simulation;
mod steps;
mod tally;

pub use curves::Curves;
pub use measure::measures;
pub use multinomial::{MOST_FOLLOWED, is_followed};
pub use runs::{HeadlineByRun, headline_by_run};
pub use simulation::{simulate, simulate_by};
pub use tally::Tally;
