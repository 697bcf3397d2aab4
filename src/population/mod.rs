//! The orgs of a plan: drawn from laws by [`synthetic`]; and what is on record of orgs' refreshes, read by [`history`]. Knows no
//! engine and no output.

pub mod history;
pub mod synthetic;
