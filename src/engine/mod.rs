//! Two ways to the same numbers: `exact` computes, `simulate` draws. Both read the rules in `lifecycle`.
//! The engines take valid plans and never validate again; they print nothing and read no file.

pub mod exact;
pub mod lifecycle;
pub mod simulate;

#[cfg(test)]
mod known_answers;
