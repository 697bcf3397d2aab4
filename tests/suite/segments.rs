//! Results by segment and by local hour: parts add up to the whole, and to closed forms.

use cutover::engine::exact;
use cutover::results::Measures;
use cutover::scenario::{self, Scenario};

/// The flagship in two halves of unlike zones, 1,000 and 3,000 orgs, with the deadline at Monday 09:00 of each.
const TWO_ZONES: &str = r#"
title     = "Two zones"
time_zone = "America/Los_Angeles"
deadline  = { at = "2026-05-04 09:00", clock = "org-local" }
horizon   = "2026-06-30 00:00"

[population]
orgs  = 4_000
as_of = "2026-04-24 12:00"

[[event]]
id              = "pkce"
name            = "PKCE"
at              = "2026-05-01 12:00"
reauthorization = { required = 1.0 }

[reconnect]
opens  = "2026-05-01 13:00"
closes = "2026-05-03 24:00"
uptake = [0.0, 0.5, 1.0]
timing = "office-hours"

[recovery]
after        = { lognormal = { median = "6h", sigma = 1.0 } }
office_hours = true

[[segment]]
id        = "india"
name      = "India"
share     = 0.25
time_zone = "Asia/Kolkata"

[[segment]]
id    = "home"
name  = "Home"
share = 0.75
"#;

fn read(text: &str, changes: &[&str]) -> Scenario {
    let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
    scenario::parse("two-zones.toml", text, &changes, &|_| Err("no files".to_owned()))
        .unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn exactly(scenario: &Scenario) -> Vec<Measures> {
    exact::measures(&scenario.family).expect("the exact engine answers")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(1.0)
}

/// Hours after PKCE of each segment's Monday 09:00: 56.5 in India (from half past midnight on Saturday), 69 at home.
/// One of 1,399 first refreshes falls in each hour while nobody reconnects.
#[test]
fn while_nobody_reconnects_every_local_hour_sees_as_many_failures() {
    let scenario = read(TWO_ZONES, &[]);
    let measures = &exactly(&scenario)[0];
    for (segment, (orgs, hours)) in [(1000.0, 56.5), (3000.0, 69.0)].into_iter().enumerate() {
        assert!(close(measures.by_segment[segment].failed_by_deadline.mean, orgs * hours / 1399.0));
        let local = &measures.by_local_hour.as_ref().expect("exact figures have them")[segment];
        let whole: Vec<f64> = local.iter().filter(|h| h.hour.from >= 168.0).map(|h| h.failed).collect();
        assert!(whole.len() > 100 && whole.iter().all(|failed| close(*failed, orgs / 1399.0)), "{whole:?}");
    }
    // PKCE comes at half past midnight in India: half of that hour's refreshes are not yet affected.
    let first = measures.by_local_hour.as_ref().expect("exact figures have them")[0][0];
    assert_eq!(first.hour.local.to_string(), "2026-05-02 00:00:00");
    assert!(close(first.failed, 0.5 * 1000.0 / 1399.0), "{first:?}");
}

#[test]
fn segments_add_up_to_the_whole() {
    for measures in exactly(&read(TWO_ZONES, &[])) {
        let sum = |of: fn(&cutover::results::SegmentMeans) -> f64| measures.by_segment.iter().map(of).sum::<f64>();
        assert!(close(sum(|s| s.failed_by_deadline.mean), measures.failed_by_deadline.mean));
        assert!(close(sum(|s| s.down_at_deadline.mean), measures.down_at_deadline.mean));
        assert!(close(sum(|s| s.failed_by_horizon.mean), measures.failed_by_horizon.mean));
        assert_eq!(measures.by_segment.iter().map(|s| s.orgs).sum::<u64>(), 4000);
    }
}

/// Before PKCE nothing fails, so the local hours to the deadline hold all failures by it; over all segments the hours to any instant
/// make the curve.
#[test]
fn local_hours_add_up_to_the_failures_between() {
    for (name, changes) in [
        ("known", &[][..]),
        (
            "with what is not known",
            &[
                "reconnect.uptake=[{ uniform = [0.2, 0.6] }]",
                "event.pkce.reauthorization.required={ one_of = [0.8, 0.5] }",
            ],
        ),
    ] {
        let scenario = read(TWO_ZONES, changes);
        let plan = scenario.family.centre();
        for measures in exactly(&scenario) {
            let hours = measures.by_local_hour.as_ref().expect("exact figures have them");
            for ((segment, means), hours) in plan.segments().iter().zip(&measures.by_segment).zip(hours) {
                let by_deadline: f64 = hours.iter().filter(|h| h.hour.to <= segment.deadline).map(|h| h.failed).sum();
                assert!(close(by_deadline, means.failed_by_deadline.mean), "{name}, {}: {by_deadline}", segment.id);
            }
            let home: f64 = hours[1].iter().filter(|h| h.hour.to <= 250.0).map(|h| h.failed).sum();
            // India's hours begin at half past: the one around hour 250 counts by half.
            let india: f64 = hours[0].iter().map(|h| h.failed * (250.0 - h.hour.from).clamp(0.0, 1.0)).sum();
            assert!((home + india - measures.failed_curve[250].mean).abs() < 1e-3, "{name}");
        }
    }
}

#[test]
fn a_segments_factor_and_weights_of_its_own_reach_its_local_hours_alone() {
    let (plain, eager) =
        (exactly(&read(TWO_ZONES, &[])), exactly(&read(TWO_ZONES, &["segment.india.uptake_factor=2"])));
    let hours = |measures: &[Measures], segment: usize| {
        measures[1].by_local_hour.as_ref().expect("exact figures have them")[segment]
            .iter()
            .map(|h| h.failed)
            .sum::<f64>()
    };
    assert!(close(hours(&plain, 1), hours(&eager, 1)));
    let all =
        plain[2].by_local_hour.as_ref().expect("exact figures have them")[0].iter().map(|h| h.failed).sum::<f64>();
    assert!(close(hours(&eager, 0), all), "twice one half is all");
}
