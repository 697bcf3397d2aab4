//! Statistics without orgs or events: laws, distributions of counts, estimates, named random streams.
//! This room imports nothing else of the project.

pub mod brackets;
pub mod count;
pub mod estimate;
pub mod law;
pub mod sequence;
pub mod shapley;
pub mod shock;
pub mod sobol_indices;
pub mod special;
pub mod stream;

pub use brackets::Brackets;
pub use count::CountDistribution;
pub use estimate::{CountTally, Moments};
pub use law::{Law, LawError};
