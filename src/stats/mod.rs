//! Statistics without orgs or events: laws, distributions of counts, estimates, named random streams.
//! This room imports nothing else of the project.

mod beta;
mod binomial;
#[cfg(feature = "tables")]
pub(crate) mod cholesky;
pub mod count;
pub(crate) mod count_quantiles;
mod density;
pub mod estimate;
pub(crate) mod fit;
pub(crate) mod groups;
pub(crate) mod law;
mod mean_survival;
pub(crate) mod quantile_table;
pub(crate) mod sequence;
pub(crate) mod shapley;
pub(crate) mod shock;
pub mod sobol_indices;
pub(crate) mod special;
pub mod stream;
pub(crate) mod survival;
pub(crate) mod weighted;

pub use count::CountDistribution;
pub use estimate::{CountTally, Moments};
pub use law::{Law, LawError};
pub(crate) use mean_survival::MeanSurvival;
pub use quantile_table::QuantileTable;
