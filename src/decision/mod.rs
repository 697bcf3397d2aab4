//! Questions asked of the engines. [`project()`] asks both for everything a scenario reports, and whether they agree.

pub(crate) mod agreement;
#[cfg(feature = "tables")]
pub(crate) mod checkpoints;
pub(crate) mod compare;
pub(crate) mod condition;
pub(crate) mod decision_variable;
pub mod detail;
pub(crate) mod diff;
pub mod fit;
pub(crate) mod frontier;
pub mod lint;
pub(crate) mod orgs;
pub mod project;
#[cfg(feature = "tables")]
pub(crate) mod run;
pub(crate) mod sensitivity;
pub(crate) mod solve;
#[cfg(feature = "tables")]
pub(crate) mod track;
pub(crate) mod tripwire;

pub use detail::detail;
pub use project::{Done, EngineChoice, Request, RunPart, project};
#[cfg(feature = "tables")]
pub use run::run;

#[cfg(test)]
mod random_plans;
#[cfg(test)]
mod random_policies;
#[cfg(test)]
mod uncertainty;
