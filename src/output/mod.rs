//! Bytes from results: the terminal summary, JSON, charts, the report, curves as tables; and one place that writes files.
//! It takes a plan and its projection, and computes neither.

#[cfg(feature = "charts")]
pub mod chart;
pub mod sentence;
pub mod words;

#[cfg(test)]
mod samples;
