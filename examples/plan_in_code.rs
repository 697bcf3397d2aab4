//! A plan made in code, without a file: 1,000 orgs that refresh every 40 days, and a reauthorization that all must pass.
//!
//! ```sh
//! cargo run --example plan_in_code
//! ```

use chrono::{TimeZone, Utc};
use cutover::engine::exact;
use cutover::plan::zone::Tz;
use cutover::plan::{
    Calendar, Cause, Controls, Deadline, Event, Family, Plan, PlanParts, Reauthorization, Segment, Uptake, WorkClock,
};
use cutover::stats::Law;

/// Hours from `as_of` to each instant.
const SWITCHED_ON: f64 = 24.0;
const DEADLINE: f64 = 96.0;
const HORIZON: f64 = 1200.0;

fn main() -> Result<(), String> {
    let as_of = Utc.with_ymd_and_hms(2026, 9, 7, 9, 0, 0).single().expect("a time of UTC");
    let at = |hours: f64| cutover::plan::clock::after(as_of, hours);
    let zone = Tz::UTC;
    let segment = Segment {
        id: "all".to_owned(),
        name: "all".to_owned(),
        orgs: 1000,
        time_zone: zone,
        calendar: Calendar::default(),
        uptake_factor: 1.0,
        own_uptake: None,
        policies: None,
        checkpoints: Vec::new(),
        last_refresh: Law::uniform(0.0, 960.0).expect("a law"),
        known: None,
        interval: Law::Fixed(960.0),
        heartbeat_coverage: 1.0,
        controls: Controls {
            reauthorization: vec![Reauthorization { at: SWITCHED_ON, required: 1.0 }],
            ..Controls::default()
        },
        deadline: DEADLINE,
        timing: None,
        correlation: 0.0,
        recovery: None,
        work_clock: WorkClock::new(as_of, HORIZON, zone, &Calendar::default()),
    };
    let nobody =
        Uptake { value: 0.0, law: None, echo: serde_json::json!(0.0), label: "0 %".to_owned(), name: "0 %".to_owned() };
    let plan = Plan::new(PlanParts {
        title: "A plan made in code".to_owned(),
        time_zone: zone,
        seed: 1,
        runs: 1000,
        as_of,
        deadline: Deadline::Absolute(at(DEADLINE)),
        horizon: at(HORIZON),
        tolerance: None,
        events: vec![Event {
            id: "policy".to_owned(),
            name: "the policy".to_owned(),
            at: at(SWITCHED_ON),
            controls: vec![Cause::Reauthorization],
        }],
        milestones: Vec::new(),
        checkpoints: Vec::new(),
        guard: None,
        window: None,
        uptakes: vec![nobody],
        segments: vec![segment],
        dates: Vec::new(),
        wording: cutover::plan::Wording::default(),
    })?;
    let headline = exact::headline(&Family::certain(plan)).map_err(|why| why.0)?;
    // Refreshes are uniform over 960 hours, so 72 of 960 orgs meet the policy within three days: 75 of 1,000.
    let failed = &headline[0].failed_by_deadline;
    println!(
        "{:.1} of 1,000 orgs fail; 9 of 10 outcomes: {} to {}",
        failed.mean,
        failed.percentile(5.0),
        failed.percentile(95.0)
    );
    assert!((failed.mean - 75.0).abs() < 0.1, "the closed form");
    Ok(())
}
