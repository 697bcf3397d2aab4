//! How the figures of a comparison are written, and what is told of its plans.
use crate::output::document::MINUS;
use crate::output::words;
use crate::plan::units::{group_number, round_to};
use crate::plan::wording::PERCENT;
use crate::results::comparison::{Comparison, PlanAtRate, Spread, Verdict};

/// In what differences are written: orgs where all plans have as many, else hundredths of each plan's own orgs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountUnit {
    /// Orgs.
    Orgs,
    /// Percentage points.
    Points,
}

impl CountUnit {
    /// The unit of a comparison.
    pub(crate) fn of(comparison: &Comparison) -> Self {
        if comparison.same_orgs() { Self::Orgs } else { Self::Points }
    }

    /// The mean difference from the baseline, in this unit, with the error that it is printed by: none where it is exact.
    pub(crate) fn mean(self, plan: &PlanAtRate) -> (f64, Option<f64>) {
        let (difference, scale) = (&plan.versus_baseline, self.scale());
        let mean = if self == Self::Orgs { difference.mean_orgs } else { difference.mean_share * scale };
        // What may be an error of the computation is no difference.
        let mean = if difference.error_bound.is_some_and(|b| difference.mean_share.abs() <= b) { 0.0 } else { mean };
        let se = self.spread(plan).and_then(|s| s.se).filter(|_| difference.error_bound.is_none());
        (mean, se)
    }

    /// The difference from the baseline over runs.
    pub(crate) fn spread(self, plan: &PlanAtRate) -> Option<Spread> {
        let by_run = plan.versus_baseline.by_run.as_ref()?;
        let (spread, scale) = if self == Self::Orgs { (by_run.orgs, 1.0) } else { (by_run.share, self.scale()) };
        let Spread { mean, se, p5, p50, p95 } = spread;
        Some(Spread {
            mean: mean * scale,
            se: se.map(|s| s * scale),
            p5: p5 * scale,
            p50: p50 * scale,
            p95: p95 * scale,
        })
    }

    fn scale(self) -> f64 {
        if self == Self::Orgs { 1.0 } else { 100.0 }
    }

    /// A difference that was counted, with its sign.
    pub(crate) fn counted(self, value: f64) -> String {
        if self == Self::Orgs {
            signed(value, &words::compact(value.abs()))
        } else {
            signed(value, &group_number(round_to(value.abs(), 2)))
        }
    }
}

/// A mean difference with its sign, no more precise than it is known; `0` where it is nothing.
pub(crate) fn mean_difference((value, se): (f64, Option<f64>)) -> String {
    signed(value, &words::table_mean(value.abs(), se))
}

pub(super) fn signed(value: f64, size: &str) -> String {
    let sign = if value < 0.0 { MINUS } else { '+' };
    if size.chars().all(|c| "0.".contains(c)) { "0".to_owned() } else { format!("{sign}{size}") }
}

/// `−31 to +7`.
pub(crate) fn range(unit: CountUnit, spread: &Spread) -> String {
    format!("{} to {}", unit.counted(spread.p5), unit.counted(spread.p95))
}

/// A chance in whole percent, with 0 and 100 only where every run says so.
pub(crate) fn chance(p: f64) -> String {
    match p {
        p if p <= 0.0 => format!("0{PERCENT}"),
        p if p >= 1.0 => format!("100{PERCENT}"),
        p => words::chance(p),
    }
}

/// What may be said of a difference, in a word or three.
pub(crate) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "the same",
        Verdict::NoDifference => "no difference found",
        Verdict::BetterOnAverage => "better on average",
        Verdict::WorseOnAverage => "worse on average",
        Verdict::Better => "better",
        Verdict::Worse => "worse",
    }
}

/// The words of an assumption, without the year that all of the plan falls in.
pub(super) fn without_year(words: &str, comparison: &Comparison) -> String {
    words::without_year(words, &comparison.plans[comparison.baseline].plan)
}

/// What differs in one plan, in a sentence.
pub(super) fn differing(comparison: &Comparison, plan: usize) -> String {
    let parts = comparison.plans[plan].differs.iter().map(|d| match &d.words {
        Some(words) => format!("{} {}", d.key, without_year(words, comparison)),
        None => format!("no {}", d.key),
    });
    let text = parts.collect::<Vec<_>>().join("; ");
    match (text.is_empty(), plan == comparison.baseline) {
        (true, true) => "nothing differs".to_owned(),
        (true, false) => "as the baseline".to_owned(),
        (false, _) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_carry_their_sign_and_no_more_digits_than_are_known() {
        assert_eq!(mean_difference((-12.34, None)), "\u{2212}12.3");
        assert_eq!(mean_difference((12.34, Some(2.0))), "+10");
        assert_eq!(mean_difference((0.0, None)), "0");
        assert_eq!(mean_difference((-0.2, Some(3.0))), "0");
        assert_eq!([-31.0, 0.0, 1234.0].map(|d| CountUnit::Orgs.counted(d)), ["\u{2212}31", "0", "+1,234"]);
        assert_eq!([-3.126, 0.004].map(|d| CountUnit::Points.counted(d)), ["\u{2212}3.13", "0"]);
        assert_eq!([0.0, 0.003, 0.5, 0.999, 1.0].map(chance), ["0 %", "<1 %", "50 %", ">99 %", "100 %"]);
    }
}
