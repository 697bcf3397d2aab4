//! Statistics without orgs or events: laws, distributions of counts, estimates, named random streams.
//! This room imports nothing else of the project.

mod beta;
mod binomial;
pub mod count;
pub mod count_quantiles;
mod density;
pub mod estimate;
pub mod fit;
pub mod groups;
pub mod law;
pub mod quantile_table;
pub mod sequence;
pub mod shapley;
pub mod shock;
pub mod sobol_indices;
pub mod special;
pub mod stream;
pub mod survival;
pub mod weighted;

pub use count::CountDistribution;
pub use estimate::{CountTally, Moments};
pub use law::{Law, LawError};
pub use quantile_table::QuantileTable;
