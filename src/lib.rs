//! A simulator for rollout cutovers: a vendor switches on a policy that breaks old connections, and each customer org must
//! reconnect once. How many fail by the deadline, under each rate of reconnecting; when, where, and why?
//!
//! Data flows one way: scenario file -> [`plan`] -> [`population`] -> [`engine`] -> [`results`] -> `output`. Each room may use
//! only those listed above it: `error`, [`stats`], [`plan`], [`scenario`], [`results`], [`population`], [`engine`],
//! [`decision`], `output`, `cli`.

pub mod error;
pub mod plan;
pub mod results;
pub mod scenario;
pub mod stats;

pub use error::{Error, Result};
