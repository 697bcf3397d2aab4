//! Base rates: what share acted in comparable campaigns, over what time, with the source of each (`table`), the curve that
//! each followed (`curve`), and the law that they make of an uptake within a window (`law`). `docs/base-rates.md` derives it.

mod base_rate;
pub mod curve;
pub mod law;
mod named;
pub(crate) mod table;

pub use base_rate::{BaseRate, Judgement, Pressure, RatePoint, Set, Share};
pub use law::{NoLaw, Scaled, most_reached, scaled};
pub use named::Named;
pub use table::{ALL, JUDGEMENT, SETS};

/// Every name that a scenario may use: campaigns, sets, the judgement.
pub fn keys() -> Vec<&'static str> {
    let rows = ALL.iter().map(|row| row.key);
    rows.chain(SETS.iter().map(|set| set.key)).chain([JUDGEMENT.key]).collect()
}

/// The length of a window as the command line gives it, in hours, written as durations in a scenario are.
///
/// # Errors
/// When it is no duration; says what to write instead.
pub fn window_hours(text: &str) -> Result<f64, String> {
    super::duration::parse(text).map_err(|refusal| format!("{}: {}", refusal.message, refusal.help))
}
