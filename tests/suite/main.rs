//! The product as its users have it, in one binary: each file asks it for one thing. One, so that the libraries are linked once.

mod support;

mod bad_scenarios;
mod base_rates_doc;
mod claims;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod embed;
#[cfg(feature = "cli")]
mod fit;
#[cfg(feature = "cli")]
mod inventory;
#[cfg(feature = "cli")]
mod limits;
mod lints;
mod mangled_scenarios;
mod places;
mod plain_english;
mod policies;
mod policy_answers;
#[cfg(feature = "cli")]
mod real_files;
mod reference;
mod rooms;
mod scenarios;
mod schema;
mod segments;
mod simulation;
#[cfg(feature = "cli")]
mod solve;
#[cfg(feature = "cli")]
mod track;
#[cfg(feature = "cli")]
mod tutorial;
#[cfg(feature = "cli")]
mod words;
mod zones;
