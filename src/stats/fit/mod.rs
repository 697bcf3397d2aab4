//! Laws fitted to durations of which some were cut short, by the greatest likelihood
//! `Σ ended ln f(t) + Σ cut short ln S(t)`, each with how well its parameters are known.

pub(crate) mod adequacy;
mod edges;
mod fitted;
mod maximum_likelihood;
mod minimise;

#[cfg(test)]
mod tests;

pub(crate) use fitted::{Fit, LawFamily, Measure, Parameter, ln_likelihood};
pub(crate) use maximum_likelihood::{FEWEST, fit};
