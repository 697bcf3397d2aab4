//! The findings in words: titles of charts, the decision, the agreement of the engines. Computed here once, from results
//! alone, so that every output says the same. It knows nothing of formats.

mod decision;
mod facts;
mod segments;
mod titles;

pub use facts::{Facts, FailureSpan, curve_at};
pub use segments::{compared_at, working_part};

use crate::plan::Plan;
use crate::results::Projection;

/// What a run found, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFindings {
    /// What a leader needs to know, in a few sentences.
    pub decision: Vec<String>,
    /// How much of the range is not knowing, the last sentence of the decision; `None` where all is known.
    pub not_known: Option<String>,
    /// Title of the chart of outcomes by the deadline.
    pub headline: String,
    /// Title of the curve up to the deadline.
    pub cumulative: String,
    /// Title of the chances of more than any number.
    pub exceedance: String,
    /// Title of the failures by day.
    pub daily: String,
    /// Title of the timeline.
    pub timeline: String,
    /// Title of the chart by segment; `None` with fewer than two.
    pub segments: Option<String>,
    /// Title of the chart by local hour; `None` with fewer than two segments, or without exact figures.
    pub local_hours: Option<String>,
    /// Title of the map of zones and hours; `None` with fewer than two zones, or without exact figures.
    pub heatmap: Option<String>,
    /// Title of the chart of the guard; `None` without one.
    pub guard: Option<String>,
    /// Whether the two engines agree; `None` unless both ran.
    pub agreement: Option<String>,
    /// What that rests on; `None` unless figures were compared.
    pub agreement_details: Option<String>,
}

impl ReportFindings {
    /// The findings of a projection.
    pub fn of(plan: &Plan, projection: &Projection) -> Self {
        let _words = plan.wording().enter();
        let facts = Facts::of(plan, projection);
        Self {
            decision: decision::sentences(&facts),
            not_known: decision::what_is_not_known(&facts),
            headline: titles::headline(&facts),
            cumulative: titles::cumulative(&facts),
            exceedance: titles::exceedance(&facts),
            daily: titles::daily(&facts),
            timeline: titles::timeline(&facts),
            segments: segments::by_segment(&facts),
            local_hours: segments::by_local_hour(&facts),
            heatmap: segments::busiest_hour(&facts),
            guard: titles::guard(&facts),
            agreement: decision::agreement(projection),
            agreement_details: decision::agreement_details(projection),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{Sketch, flagship_sketch, named, regions, sample};
    use crate::plan::zone::Tz;

    fn of(name: &str) -> ReportFindings {
        ReportFindings::of(&named(name).plan, &named(name).projection)
    }

    /// Expected figures: 2500 * 69 / 1399 = 123.3 and 2500 * 30.5 / 1399 = 54.5; 1399 / 69 = 20.3 and 1399 / 30.5 = 45.9.
    #[test]
    fn the_flagship_decision_says_what_outreach_buys_and_what_is_still_to_come() {
        let decision = of("flagship").decision.join(" ");
        for words in [
            "If nobody reconnects, about 123 of 2,500 orgs (1 in 20) fail by Monday 4 May 09:00 PDT.",
            "If everyone reconnects, 55 still fail: they refresh before they reconnect. Outreach prevents at most 68 by Monday.",
            "To stay within 100 with 90 % confidence, 75 % must reconnect (of the rates compared).",
            "Monday is not the end: another 2,377 fail by 30 June if nobody reconnects. If everyone reconnects, none fails",
        ] {
            assert!(decision.contains(words), "`{words}` is missing from: {decision}");
        }
    }

    #[test]
    fn titles_change_with_the_results() {
        let headline = |name| of(name).headline;
        assert_eq!(
            headline("flagship"),
            "75 % must reconnect to stay within 100 failed orgs by Monday 09:00; if 50 % reconnect, the chance is 89 %"
        );
        assert_eq!(headline("simulated"), "If everyone reconnects, 55 orgs fail by Monday 09:00 instead of 123");
        assert_eq!(headline("everyone-fails"), "Every org fails by Monday 09:00, whatever share reconnects");
        assert_eq!(headline("nobody-fails"), "No org fails by Monday 09:00, whatever share reconnects");
        assert_eq!(
            headline("nobody-acts"),
            "Staying within 130 failed orgs by Monday 09:00 is not assured: the chance is 75 %"
        );
        assert_eq!(
            headline("at-once"),
            "No rate compared stays within 100 failed orgs by Monday 09:00: even if everyone reconnects, the chance is <1 %"
        );
        assert!(headline("org-local").contains("Monday 09:00 local time"));
        assert!(headline("unknown-rates").contains("-9") && !headline("unknown-rates").contains("about"));
        assert!(headline("six-weeks").contains("by Fri 12 Jun 17:00"), "beyond a week the date is told");
    }

    #[test]
    fn what_comes_after_the_deadline_is_told_or_said_to_be_over() {
        assert_eq!(of("flagship").daily, "95 % of failures come after Monday 09:00: 2,377 orgs if nobody reconnects");
        assert_eq!(of("flagship").timeline, "Monday 09:00 is not the end: failures go on until Sun 28 Jun");
        assert_eq!(of("wide-spread").daily, "It is all over by Monday 09:00, whatever share reconnects");
        assert_eq!(of("wide-spread").timeline, "All failures come before the deadline: the last by Sun 3 May 12:00");
        assert_eq!(of("nobody-fails").timeline, "No org fails up to 30 June");
    }

    #[test]
    fn rates_that_all_keep_within_the_tolerance_are_said_to() {
        let all = sample("all", &crate::output::samples::Sketch { tolerance: Some(400), ..flagship_sketch() });
        let headline = ReportFindings::of(&all.plan, &all.projection).headline;
        assert_eq!(headline, "Every rate compared stays within 400 failed orgs by Monday 09:00: the chance is >99 %");
    }

    /// New York's Monday 09:00 is 66 h after PKCE, at hour 234; Sydney's is 52 h after it.
    #[test]
    fn a_segment_that_stands_out_is_named_and_so_is_the_one_with_most_failures() {
        let of = |failing| {
            let segments = vec![("Sydney", 4000, Tz::Australia__Sydney), ("New York", 1000, Tz::America__New_York)];
            let all = sample("two", &Sketch { segments, org_local: true, failing, ..flagship_sketch() });
            ReportFindings::of(&all.plan, &all.projection)
        };
        let uneven = of(|rate, hour| (1.0 - rate) * if hour > 230.0 { 0.1 } else { 0.04 });
        let decision = uneven.decision.join(" ");
        assert!(
            decision.contains(
                "If 50 % reconnect, New York is worst off. There, 5 % of orgs fail by the deadline, against 2 % in Sydney. \
                 The most failures are in Sydney: about 80 of 130."
            ),
            "{decision}"
        );
        assert_eq!(
            uneven.segments.as_deref(),
            Some(
                "If 50 % reconnect, New York is worst off: 5 % of its orgs fail by Monday 09:00 local time, against 2 % in Sydney"
            )
        );
        // What stands out only where all reconnect is told of there.
        let at_last = of(|rate, hour| if rate == 1.0 && hour > 230.0 { 0.03 } else { 0.04 - 0.02 * rate });
        let decision = at_last.decision.join(" ");
        assert!(decision.contains("If everyone reconnects, New York is worst off. There, 3 % of orgs"), "{decision}");
        let even = of(|rate, _| (1.0 - rate) * 0.04);
        assert!(!even.decision.join(" ").contains("worst off"));
        assert_eq!(
            even.segments.as_deref(),
            Some(
                "No segment is much worse off than the others: 2 % of orgs fail by Monday 09:00 local time if 50 % \
                 reconnect"
            )
        );
    }

    /// Failures spread evenly from PKCE to the deadline: of 69 hours 5 are working hours in New York (Friday from 15:00,
    /// Monday to 12:00), and 8 in London, India and Japan, whose Monday has passed.
    #[test]
    fn failures_outside_working_hours_are_counted_in_each_segments_own() {
        let findings = of("regions");
        let title = findings.local_hours.expect("a title");
        assert!(
            title.starts_with("If 50 % reconnect, 92 % of failures by Monday 09:00 come outside working hours"),
            "{title}"
        );
        let evenly = sample("evenly", &Sketch { rates: vec![0.0], window: None, ..regions() });
        // (1200 * 5 + 1300 * 8) / (2500 * 69) = 9.5 %; the half hour in which PKCE comes to India is spread over its hour.
        let title = ReportFindings::of(&evenly.plan, &evenly.projection).local_hours;
        assert_eq!(title.as_deref(), Some("90 % of failures by Monday 09:00 come outside working hours"));
        assert_eq!(of("flagship").local_hours, None);
        assert_eq!(of("flagship").segments, None);
    }

    #[test]
    fn the_chance_of_more_than_the_tolerance_is_told_at_both_ends() {
        assert_eq!(
            of("flagship").exceedance,
            "The chance of more than 100 failed orgs by Monday 09:00 is 98 % if nobody reconnects and <1 % if everyone reconnects"
        );
        // SciPy 1.17.1: binom.ppf(0.95, 2500, 0.035561) = 104.
        assert_eq!(
            of("simulated").exceedance,
            "If 50 % reconnect, more than 104 failed orgs by Monday 09:00 has at most 1 chance in 20"
        );
        assert_eq!(of("everyone-fails").exceedance, of("everyone-fails").headline);
    }

    /// Failures spread evenly over 1,200 orgs of the largest segment: from PKCE on, every full hour has as many.
    #[test]
    fn the_busiest_hour_is_that_of_the_largest_segment() {
        let title = of("regions").heatmap.expect("a title");
        assert!(title.starts_with("If 50 % reconnect, the busiest hour is Fri 15:00 in Americas"), "{title}");
        assert_eq!(of("flagship").heatmap, None);
    }

    #[test]
    fn engines_that_disagree_are_said_to_and_where() {
        let mut projection = named("flagship").projection.clone();
        projection.agreement.as_mut().expect("both ran").worst_z = 9.3;
        let text = ReportFindings::of(&named("flagship").plan, &projection).agreement.expect("both ran");
        assert!(
            text.contains("disagree") && text.contains("down at the deadline at 25 %") && text.contains("9.3"),
            "{text}"
        );
    }
}
