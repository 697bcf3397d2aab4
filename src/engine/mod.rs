//! Two ways to the same numbers: `exact` computes, `simulate` draws. Both read the `rules`.
//! The engines take valid plans and never validate again; they print nothing and read no file.

mod broken_rules;
pub(crate) mod by_action;
pub mod exact;
mod life_event;
pub mod org_life;
pub mod policy_rules;
pub mod rules;
pub mod simulate;

#[cfg(test)]
mod known_answers;
