//! Questions asked of the engines. [`project()`] asks both for everything a scenario reports, and whether they agree.

pub mod agreement;
pub mod compare;
pub mod condition;
pub mod decision_variable;
pub mod detail;
pub mod diff;
pub mod fit;
pub mod frontier;
pub mod lint;
pub mod orgs;
pub mod project;
#[cfg(feature = "tables")]
pub mod run;
pub mod sensitivity;
pub mod solve;
pub mod tripwire;

pub use detail::detail;
pub use project::{Done, EngineChoice, Request, RunPart, project};
#[cfg(feature = "tables")]
pub use run::run;

#[cfg(test)]
mod random_plans;
#[cfg(test)]
mod uncertainty;
