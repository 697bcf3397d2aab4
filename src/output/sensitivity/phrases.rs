//! How assumptions that move are written: their ranges, what they decide, whether they have an effect.
use crate::output::words;
use crate::plan::wording::PERCENT;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};
use crate::stats::sobol_indices::IndexInterval;

/// Swings below this share of an org are none: the engine's error.
pub(super) const NOTHING: f64 = 1e-3;

/// Whether an assumption moves the answer, alone or with others.
pub(crate) fn has_effect(found: &Sensitivity, assumption: &MovedAssumption) -> bool {
    let least = NOTHING.max(1e-6 * found.plan.orgs() as f64);
    assumption.swing() > least || assumption.indices.is_some_and(|i| i.total.value > 5e-4)
}

/// A share of the variance in whole percent; between 0 and 1 % as `<1 %`.
pub(crate) fn decides(index: IndexInterval) -> String {
    match index.value {
        v if v < 5e-4 => format!("0{PERCENT}"),
        v if v < 0.01 => format!("<1{PERCENT}"),
        v => format!("{:.0}{PERCENT}", (v * 100.0).min(100.0)),
    }
}

/// Its 95 % interval, in whole percent.
pub(crate) fn interval(index: IndexInterval) -> String {
    let percent = |v: f64| format!("{:.0}", (v.clamp(0.0, 1.0)) * 100.0);
    format!("{}-{}{PERCENT}", percent(index.low), percent(index.high))
}

/// `95 % to 100 %`; of several readings, all of them.
pub(crate) fn range(found: &Sensitivity, assumption: &MovedAssumption) -> String {
    let all: Vec<String> = assumption.stops.iter().map(|s| words::without_year(&s.words, &found.plan)).collect();
    all.join(if assumption.kind == crate::plan::MoveKind::Reading { " | " } else { " to " })
}

/// The lowest and the highest answer.
pub(crate) fn answers(assumption: &MovedAssumption) -> String {
    let [low, high] = assumption.ends().map(|a| words::table_mean(a, None));
    if low == high { low } else { format!("{low} to {high}") }
}
