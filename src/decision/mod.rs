//! Questions asked of the engines. [`project`] asks both for everything a scenario reports, and whether they agree.

pub mod agreement;
pub mod compare;
pub mod detail;
pub mod lint;
pub mod project;

pub use detail::detail;
pub use project::{EngineChoice, Request, project};

#[cfg(test)]
mod random_plans;
#[cfg(test)]
mod uncertainty;
