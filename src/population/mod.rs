//! The orgs of a plan: drawn from laws by [`synthetic`]. Knows no engine and no output.

pub mod synthetic;
