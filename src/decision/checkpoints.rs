//! Checkpoints: the mornings between `as_of` and the deadline at which somebody holds the plan against what happens, and how many should
//! have reconnected by then.

use super::EngineChoice;
use crate::engine::exact::Sweep;
use crate::plan::clock::to_utc;
use crate::plan::{Calendar, Family, Plan};
use crate::results::{Checkpoints, Counted};

/// The local hour at which people look.
const MORNING: u32 = 9;

/// Hours that differ by less are one.
const SAME: f64 = 1e-6;

/// The checkpoints of a family's centre; what has reconnected by then over all possible plans.
pub(super) fn checkpoints(family: &Family, engine: EngineChoice) -> Checkpoints {
    let plan = family.centre();
    let hours = mornings(plan);
    let asked = engine != EngineChoice::Simulate && plan.window().is_some() && !hours.is_empty();
    // Where the engine declines, the projection's notes say why.
    let sweep = asked.then(|| Sweep::with_reconnects(family, Counted::FailedByDeadline, &hours).ok()).flatten();
    let reconnected =
        sweep.map(|sweep| (0..plan.uptakes().len()).map(|place| sweep.reconnected_at_listed(place)).collect());
    Checkpoints { hours, reconnected }
}

/// Nine in the morning by the plan's clock, each working day and each day of the reconnect window, after `as_of` and up to the last deadline.
/// Where the hours since `as_of` are not whole by then, the last whole one before.
fn mornings(plan: &Plan) -> Vec<f64> {
    let (zone, calendar) = (plan.time_zone(), calendar(plan));
    let end = plan.segments().iter().filter(|s| s.orgs > 0).map(|s| s.deadline).fold(0.0, f64::max);
    let day = |hour| plan.instant(hour).with_timezone(&zone).date_naive();
    let open = plan.outermost_window().map(|([from, to], _)| (plan.hours(from), plan.hours(to)));
    let days = day(0.0).iter_days().take_while(|date| *date <= day(end));
    let at = |date: chrono::NaiveDate| {
        let hour = plan.hours(to_utc(date.and_hms_opt(MORNING, 0, 0)?, zone).ok()?);
        let in_window = open.is_some_and(|(from, to)| (from..=to).contains(&hour));
        let whole = (hour + SAME).floor();
        let looked_at = in_window || !calendar.is_day_off(date);
        (looked_at && whole >= 1.0 && hour <= end + SAME).then_some(whole)
    };
    days.filter_map(at).collect()
}

/// The calendar of most orgs of the plan's own zone; where none lives there, of most orgs.
fn calendar(plan: &Plan) -> &Calendar {
    let most = |home: bool| {
        let lives = |s: &&crate::plan::Segment| s.orgs > 0 && (!home || s.time_zone == plan.time_zone());
        plan.segments().iter().rev().filter(lives).max_by_key(|s| s.orgs)
    };
    &most(true).or_else(|| most(false)).expect("a plan has orgs").calendar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    /// The flagship is true on Friday at noon: 21 h later it is nine on Saturday. Its window is open from Friday 13:00, hour 169, to Sunday
    /// 24:00, hour 228; the deadline is at hour 237.
    #[test]
    fn people_look_each_working_morning_and_on_days_of_the_window() {
        let found = checkpoints(&Family::certain(Sample::flagship().plan()), EngineChoice::Exact);
        assert_eq!(found.hours, [69.0, 93.0, 117.0, 141.0, 165.0, 189.0, 213.0, 237.0]);
        let without = Sample::flagship().with(|s| s.window = None).plan();
        let found = checkpoints(&Family::certain(without), EngineChoice::Exact);
        assert_eq!((found.hours, found.reconnected), (vec![69.0, 93.0, 117.0, 141.0, 165.0, 237.0], None));
    }

    /// At rate `u` an org that acts reconnects at an hour uniform over 1-60 after PKCE, if none of the `s` hours since then was its
    /// refresh, of 1,399 possible ones: `n u ∫ (1 - s / 1399) ds / 59` from 1 to `t`.
    #[test]
    fn as_many_should_have_reconnected_as_the_closed_form_says() {
        let plan = Sample::flagship().plan();
        let found = checkpoints(&Family::certain(plan.clone()), EngineChoice::Exact);
        let by_rate = found.reconnected.expect("the exact engine answers");
        for (uptake, row) in plan.uptakes().iter().zip(&by_rate) {
            for (hour, reconnected) in found.hours.iter().zip(row) {
                let t = (hour - 168.0).clamp(1.0, 60.0);
                let want = 2500.0 * uptake.value * ((t - 1.0) - (t * t - 1.0) / 2.0 / 1399.0) / 59.0;
                assert!((reconnected - want).abs() < 0.05, "{reconnected} and {want} at {hour} and {}", uptake.value);
            }
        }
    }
}
