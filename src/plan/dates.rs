//! Dates that are not known: where an instant of a plan lies over all possible plans.

use super::Plan;
use super::date_range::{DateOf, DateRange};
use chrono::{DateTime, Utc};

/// Whether the value of a dotted key is an instant that a plan shows.
pub(crate) fn is_date(key: &str) -> bool {
    let named = matches!(key, "deadline" | "deadline.at" | "horizon" | "reconnect.opens" | "reconnect.closes");
    named || ((key.starts_with("event.") || key.starts_with("milestone.")) && key.ends_with(".at"))
}

/// Every instant of a plan, as [`DateRange`] names it.
fn instants(plan: &Plan) -> Vec<(DateOf, DateTime<Utc>)> {
    let events = plan.events().iter().map(|event| (DateOf::Event(event.id.clone()), event.at));
    let milestones = plan.milestones().iter().map(|m| (DateOf::Milestone(m.name.clone()), m.at));
    let window = plan.window().into_iter().flat_map(|w| [(DateOf::Opens, w.opens), (DateOf::Closes, w.closes)]);
    let ends = plan.deadline_instant().map(|at| (DateOf::Deadline, at)).into_iter();
    events.chain(milestones).chain(window).chain(ends).chain([(DateOf::Horizon, plan.horizon())]).collect()
}

/// The ranges of all instants of `centre` that differ between these possible plans, in the order of [`instants`].
pub(super) fn ranges(centre: &Plan, possible: &[Plan]) -> Vec<DateRange> {
    let all: Vec<Vec<(DateOf, DateTime<Utc>)>> = possible.iter().map(instants).collect();
    let main = centre.main_event().at;
    let of = |(of, middle): (DateOf, DateTime<Utc>)| {
        let found = all.iter().zip(possible).filter_map(|(instants, plan)| {
            let at = instants.iter().find(|instant| instant.0 == of)?.1;
            Some((at, super::clock::hours_between(plan.main_event().at, at)))
        });
        let (mut at, mut from_main_event): (Vec<_>, Vec<_>) = found.unzip();
        at.sort_unstable();
        from_main_event.sort_by(f64::total_cmp);
        let ([low, high], [near, far]) = (ends(&at)?, ends(&from_main_event)?);
        // In the middle stands what every other figure of the middle plan goes by.
        let range = DateRange {
            of,
            at: [low.min(middle), middle, high.max(middle)],
            from_main_event: [near, super::clock::hours_between(main, middle), far],
        };
        let differs = range.is_open() || range.from_main_event[0] != range.from_main_event[2];
        differs.then_some(range)
    };
    instants(centre).into_iter().filter_map(of).collect()
}

/// 5th and 95th percentile of ascending values: the least that so large a share of them does not exceed.
fn ends<T: Copy>(ascending: &[T]) -> Option<[T; 2]> {
    let n = ascending.len();
    (n > 0).then(|| [0.05, 0.95].map(|q| ascending[((q * n as f64).ceil() as usize).clamp(1, n) - 1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use chrono::Duration;

    #[test]
    fn a_date_that_is_not_known_has_its_quantiles_and_those_of_its_distance_from_the_main_event() {
        let plan = Sample::flagship().plan();
        // The deadline comes up to 99 hours later, hour by hour, each as likely.
        let possible: Vec<Plan> = (0..100)
            .map(|late| {
                let later = |at: DateTime<Utc>| at + Duration::hours(late);
                plan.with(|parts| {
                    if let crate::plan::Deadline::Absolute(at) = parts.deadline {
                        parts.deadline = crate::plan::Deadline::Absolute(later(at));
                    }
                })
                .expect("a plan")
            })
            .collect();
        let found = ranges(&possible[50], &possible);
        assert_eq!(found.iter().map(|range| &range.of).collect::<Vec<_>>(), [&DateOf::Deadline]);
        let at = plan.deadline_instant().expect("an instant");
        assert_eq!(found[0].at, [4, 50, 94].map(|hours| at + Duration::hours(hours)));
        // 69 h after the main event at the earliest.
        assert_eq!(found[0].from_main_event, [73.0, 119.0, 163.0]);
        assert!(ranges(&plan, std::slice::from_ref(&plan)).is_empty());
        assert!(["deadline", "deadline.at", "event.pkce.at", "reconnect.opens"].into_iter().all(is_date));
        assert!(!is_date("event.pkce.idle_timeout.after"));
    }
}
