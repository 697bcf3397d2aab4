//! The orgs of a plan: drawn from laws by [`synthetic`], or read from a file by `inventory`. Knows no engine and no output.

pub mod example;
#[cfg(feature = "tables")]
pub mod inventory;
pub mod synthetic;
