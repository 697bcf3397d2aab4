//! The orgs of a plan: drawn from laws by `synthetic`, or read from a file by `inventory`; and what is on record of orgs' refreshes,
//! read by [`history`]. Knows no engine and no output.

pub mod example;
pub mod history;
#[cfg(feature = "tables")]
pub mod inventory;
pub(crate) mod salesforce;
#[cfg(feature = "tables")]
pub(crate) mod seen;
pub(crate) mod synthetic;
#[cfg(feature = "tables")]
pub(crate) mod table;
