//! A simulator for rollout cutovers: a vendor switches on a policy that breaks old connections, and each customer org must
//! reconnect once. How many fail by the deadline, under each rate of reconnecting; when, where, and why?
//!
//! Data flows one way: scenario file -> [`plan`] -> [`population`] -> [`engine`] -> [`results`] -> `output`. Each room may use
//! only those listed before it: [`error`], [`stats`], [`plan`], [`results`], [`scenario`], [`population`], [`engine`],
//! [`decision`], [`output`], `cli`.

// What only the command uses is not used by the library alone.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

#[cfg(feature = "cli")]
pub mod cli;
pub mod decision;
pub mod engine;
pub mod error;
pub mod output;
pub mod plan;
pub mod population;
pub mod results;
pub mod scenario;
pub mod stats;

pub use error::{Error, Result};

/// Compiles and runs the examples of the README and of the page on the library.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/library.md")]
pub struct Examples;
