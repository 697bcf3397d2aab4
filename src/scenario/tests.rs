//! The full example, every law in every context, unknowns and their families.

use crate::plan::zone::Tz;
use chrono::{NaiveDate, NaiveDateTime};

use super::*;
use crate::plan::{Cause, Deadline, Holiday, Plan, TimingShape, clock};
use crate::stats::Law;

/// The full example, with everything that a scenario may say.
pub(super) const FULL: &str = include_str!("../../tests/scenarios/full.toml");

/// The least that a scenario may say.
pub(super) const LEAST: &str = r#"
title = "Least"
time_zone = "America/Los_Angeles"
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
[population]
orgs = 2_500
as_of = "2026-04-24 12:00"
[[event]]
id = "pkce"
at = "2026-05-01 12:00"
reauthorization = {}
"#;

fn no_files(path: &Path) -> Result<String, String> {
    match path.to_str() {
        Some("delays.csv") => Ok("value\n3h\n5h\n9h\n".to_owned()),
        Some("rates.csv") => Ok("0.25\n0.5\n".to_owned()),
        _ => Err("no such file".to_owned()),
    }
}

pub(super) fn parsed(text: &str, changes: &[&str]) -> Scenario {
    let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
    match parse("plan.toml", text, &changes, &no_files) {
        Ok(scenario) => scenario,
        Err(findings) => panic!("{changes:?}\n{}", findings.render(false)),
    }
}

pub(super) fn report(text: &str, changes: &[&str]) -> String {
    let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
    parse("plan.toml", text, &changes, &no_files).map(|_| ()).expect_err("faults").render(false)
}

fn at(plan: &Plan, month: u32, day: u32, hour: u32) -> chrono::DateTime<chrono::Utc> {
    clock::to_utc(local(month, day, hour), plan.time_zone()).expect("once")
}

fn local(month: u32, day: u32, hour: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, month, day).and_then(|d| d.and_hms_opt(hour, 0, 0)).expect("a time")
}

#[test]
fn the_full_example_becomes_the_plan_that_it_states() {
    let scenario = parsed(FULL, &[]);
    assert!(scenario.family.is_certain());
    assert!(
        scenario.notes.len() == 1
            && scenario.notes[0].contains("50 % of them")
            && scenario.notes[0].starts_with("The token ages of segment EMEA"),
        "{:?}",
        scenario.notes
    );
    let plan = scenario.family.centre();
    assert_eq!(plan.title(), "PKCE enablement, May 2026");
    assert_eq!((plan.seed(), plan.runs(), plan.tolerance()), (20_260_501, 10_000, Some(100)));
    assert_eq!(plan.time_zone(), Tz::America__Los_Angeles);
    assert_eq!(plan.deadline(), Deadline::Absolute(at(plan, 5, 4, 9)));
    assert_eq!((plan.as_of(), plan.horizon()), (at(plan, 4, 24, 12), at(plan, 6, 30, 0)));
    let events: Vec<_> = plan.events().iter().map(|e| (e.id.as_str(), e.at, e.controls.clone())).collect();
    let rtr = vec![Cause::StaticIp, Cause::TokenRotation, Cause::IdleTimeout];
    assert_eq!(events, [("rtr", at(plan, 4, 24, 12), rtr), ("pkce", at(plan, 5, 1, 12), vec![Cause::Reauthorization])]);
    assert_eq!(plan.events()[0].name, "Refresh token rotation and related controls");
    assert_eq!(plan.milestones()[0].name, "Salesforce's deadline");
    let window = plan.window().expect("a window");
    assert_eq!((window.opens, window.closes), (at(plan, 5, 1, 13), at(plan, 5, 4, 0)));
    assert_eq!(window.shape, TimingShape { half_life_hours: None, office_hours: false });
    let uptakes: Vec<_> = plan.uptakes().iter().map(|u| (u.value, u.label.as_str())).collect();
    let rates = [(0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (0.9, "90 %"), (1.0, "100 %")];
    assert_eq!(uptakes, rates);
    assert_eq!(plan.uptakes()[2].echo, serde_json::json!(0.5));
}

#[test]
fn segments_of_the_full_example_hold_their_own_values_and_what_they_inherit() {
    let plan = parsed(FULL, &[]).family.centre().clone();
    let [emea, rest] = plan.segments() else { panic!("two segments") };
    assert_eq!((emea.id.as_str(), emea.name.as_str(), emea.orgs, rest.orgs), ("emea", "EMEA", 750, 1750));
    assert_eq!((emea.time_zone, rest.time_zone), (Tz::Europe__London, Tz::America__Los_Angeles));
    let early_may = Holiday { date: local(5, 4, 0).date(), name: None };
    assert_eq!((emea.calendar.holidays(), rest.calendar.holidays()), (&[early_may][..], &[][..]));
    assert_eq!((emea.uptake_factor, rest.uptake_factor), (0.8, 1.0));
    assert_eq!(emea.interval, Law::Uniform { min: 1.0, max: 700.0 });
    assert_eq!(
        (rest.interval.clone(), rest.last_refresh.clone()),
        (Law::Fixed(1400.0), Law::Uniform { min: 1.0, max: 1400.0 })
    );
    assert_eq!((emea.controls.reauthorization[0].required, rest.controls.reauthorization[0].required), (0.9, 1.0));
    let timeout = rest.controls.idle_timeout[0];
    assert_eq!((timeout.at, timeout.after, timeout.retroactive), (0.0, 720.0, false));
    assert_eq!((rest.controls.reauthorization[0].at, rest.deadline), (168.0, 237.0));
    let timing = rest.timing.as_ref().expect("a window");
    assert_eq!((timing.opens(), timing.closes()), (169.0, 228.0));
    let recovery = rest.recovery.as_ref().expect("given");
    assert_eq!((recovery.after.clone(), recovery.office_hours), (Law::LogNormal { median: 6.0, sigma: 1.0 }, true));
    assert_eq!(rest.heartbeat_coverage, 1.0);
}

/// Shares are of the orgs that a mixture has, not of one of the numbers that it may be.
#[test]
fn where_the_number_of_orgs_is_not_known_the_plan_has_its_mean() {
    for (orgs, mean) in
        [("{one_of=[50, 150]}", 100), ("{one_of=[50, 150], weights=[3, 1]}", 75), ("{uniform=[1, 1001]}", 501)]
    {
        let family = parsed(LEAST, &[&format!("population.orgs={orgs}")]).family;
        assert_eq!(family.centre().orgs(), mean, "{orgs}");
        let plans = family.possible_plans(0).expect("possible").plans;
        let sum: u64 = plans.iter().map(|plan| plan.orgs()).sum();
        assert!((sum as f64 / plans.len() as f64 - mean as f64).abs() < 0.5, "{orgs}: {sum}");
    }
}

#[test]
fn what_a_scenario_leaves_out_has_its_default() {
    let scenario = parsed(LEAST, &[]);
    let plan = scenario.family.centre();
    assert_eq!((plan.seed(), plan.runs(), plan.tolerance(), plan.window()), (1, 10_000, None, None));
    assert_eq!((plan.uptakes()[0].value, plan.uptakes()[0].label.as_str()), (0.0, "0%"));
    let [all] = plan.segments() else { panic!("one segment") };
    assert_eq!((all.id.as_str(), all.orgs, all.time_zone), ("all", 2500, Tz::America__Los_Angeles));
    assert_eq!(
        (all.last_refresh.clone(), all.interval.clone()),
        (Law::Uniform { min: 1.0, max: 1400.0 }, Law::Fixed(1400.0))
    );
    assert_eq!((all.heartbeat_coverage, all.controls.reauthorization[0].required), (1.0, 1.0));
    assert!(all.timing.is_none() && all.recovery.is_none());
    assert_eq!(plan.events()[0].name, "pkce");
    let given = |key: &str| scenario.assumptions.iter().find(|a| a.key == key).map(|a| a.given);
    assert_eq!(given("population.last_refresh"), Some(false));
    assert_eq!(given("population.orgs"), Some(true));
    assert_eq!(given("event.pkce.reauthorization.required"), Some(false));
    assert_eq!(given("event.pkce.at"), Some(true));
}

#[test]
fn every_law_is_read_for_every_kind_of_value() {
    let hours = [
        r#""6h""#,
        r#"{ uniform = ["1h", "9h"] }"#,
        r#"{ log_uniform = ["1h", "9h"] }"#,
        r#"{ triangular = ["1h", "5h", "9h"] }"#,
        r#"{ pert = ["1h", "5h", "9h"] }"#,
        r#"{ normal = { mean = "6h", sd = "2h" } }"#,
        r#"{ lognormal = { median = "6h", sigma = 1.0 } }"#,
        r#"{ exponential = { mean = "90h" } }"#,
        r#"{ weibull = { scale = "90h", shape = 1.3 } }"#,
        r#"{ empirical = ["3h", "5h", "9h"] }"#,
        r#"{ empirical = "delays.csv" }"#,
        r#"{ one_of = ["6h", { uniform = ["1h", "9h"] }], weights = [1, 3] }"#,
        r#"{ lognormal = { median = { uniform = ["4h", "8h"] }, sigma = 1 } }"#,
    ];
    let rates = [
        "0.4",
        "{ uniform = [0.2, 0.8] }",
        "{ log_uniform = [0.2, 0.8] }",
        "{ triangular = [0.2, 0.5, 0.8] }",
        "{ pert = [0.2, 0.5, 0.8] }",
        "{ normal = { mean = 0.5, sd = 0.2 } }",
        "{ beta = [2, 5] }",
        "{ empirical = [0.1, 0.2] }",
        "{ empirical = \"rates.csv\" }",
        "{ one_of = [0.1, { beta = [2, 5] }] }",
        "{ uniform = [0.2, { beta = [9, 2] }] }",
    ];
    let counts = [
        "100",
        "{ uniform = [100, 300] }",
        "{ log_uniform = [100, 300] }",
        "{ triangular = [100, 200, 300] }",
        "{ pert = [100, 200, 300] }",
        "{ normal = { mean = 200, sd = 50 } }",
        "{ empirical = [100, 300] }",
        "{ one_of = [100, 200] }",
    ];
    let times = [
        r#"{ uniform = ["2026-05-01 12:00", "2026-05-02 12:00"] }"#,
        r#"{ triangular = ["2026-05-01 12:00", "2026-05-01 18:00", "2026-05-02 12:00"] }"#,
        r#"{ pert = ["2026-05-01 12:00", "2026-05-01 18:00", "2026-05-02 12:00"] }"#,
        r#"{ normal = { mean = "2026-05-01 12:00", sd = "1h" } }"#,
        r#"{ empirical = ["2026-05-01 12:00", 2026-05-02T12:00:00] }"#,
        r#"{ one_of = ["2026-05-01 12:00", "2026-05-01T12:00:00-07:00"] }"#,
    ];
    let tried = |keys: &[&str], laws: &[&str]| {
        for key in keys {
            for law in laws {
                parsed(FULL, &[&format!("{key}={law}")]);
            }
        }
    };
    tried(&["recovery.after", "population.last_refresh", "segment.emea.recovery.after"], &hours);
    tried(&["refresh.interval", "segment.emea.refresh.interval"], &hours[5..9]);
    tried(&["event.rtr.idle_timeout.after", "reconnect.timing.half_life"], &hours);
    tried(&["reconnect.uptake", "event.pkce.reauthorization.required", "refresh.heartbeat.coverage"], &rates);
    tried(
        &["event.rtr.static_ip.mismatch", "event.rtr.token_rotation.lost_token", "segment.emea.uptake_factor"],
        &rates,
    );
    tried(&["population.orgs"], &counts);
    tried(&["event.pkce.at", "reconnect.opens", "deadline"], &times);
}

#[test]
fn a_law_for_a_number_of_the_plan_is_one_unknown_drawn_by_its_quantile() {
    let scenario = parsed(
        FULL,
        &[
            "event.pkce.reauthorization.required={ uniform = [0.6, 1.0] }",
            "reconnect.uptake=[0.5, { beta = [2, 2] }]",
            r#"event.pkce.at={ uniform = ["2026-05-01 12:00", "2026-05-01 22:00"] }"#,
            r#"recovery.after={ lognormal = { median = { uniform = ["4h", "8h"] }, sigma = 1.0 } }"#,
        ],
    );
    let family = &scenario.family;
    let keys: Vec<&str> = family.unknowns().iter().map(|u| u.key.as_str()).collect();
    let after = "recovery.after.lognormal.median";
    assert_eq!(keys, ["event.pkce.reauthorization.required", "reconnect.uptake.2", "event.pkce.at", after]);
    assert_eq!(family.unknowns()[0].words, "uniform, 60 % to 100 %");
    let centre = family.centre();
    assert!((centre.uptakes()[1].value - 0.5).abs() < 1e-9);
    // scipy.stats.beta(2, 2).ppf([0.05, 0.5, 0.95]) is 0.135, 0.5 and 0.865.
    assert_eq!(centre.uptakes()[1].label, "not known: 14-86 %, median 50 %");
    assert_eq!(centre.uptakes()[1].echo, serde_json::json!({ "beta": [2, 2] }));
    assert_eq!(centre.segments()[1].controls.reauthorization[0].required, 0.8);
    let plan = family.plan_at(&[0.25, 0.5, 0.1, 0.75]).expect("a plan");
    let segment = &plan.segments()[1];
    let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
    assert!(
        close(segment.controls.reauthorization[0].required, 0.7)
            && close(segment.controls.reauthorization[0].at, 169.0)
    );
    let Some(Law::LogNormal { median, .. }) = segment.recovery.as_ref().map(|r| r.after.clone()) else {
        panic!("log-normal")
    };
    assert!(close(median, 7.0));
    assert_eq!(plan.segments()[0].controls.reauthorization[0].required, 0.9, "the segment's own number is known");
}

#[test]
fn it_may_not_be_known_which_law_holds_and_slots_do_not_depend_on_the_choice() {
    let law = r#"refresh.interval={ one_of = ["1400h", { uniform = ["1h", { uniform = ["1000h", "1400h"] }] }], weights = [3, 1] }"#;
    let scenario = parsed(LEAST, &[law]);
    let keys: Vec<&str> = scenario.family.unknowns().iter().map(|u| u.key.as_str()).collect();
    assert_eq!(keys, ["refresh.interval", "refresh.interval.one_of.2.uniform.max"]);
    let interval = |q: &[f64]| scenario.family.plan_at(q).expect("a plan").segments()[0].interval.clone();
    assert_eq!(interval(&[0.74, 0.5]), Law::Fixed(1400.0));
    assert_eq!(interval(&[0.76, 0.5]), Law::Uniform { min: 1.0, max: 1200.0 });
    assert_eq!(
        scenario.family.unknowns()[0].words,
        "one of: 1,400 hours (75%); or uniform, 1 hour to 1,200 hours; max not known (uniform, 1,000 hours to 1,400 hours) (25%)"
    );
    // A number that is drawn from one of several laws takes a single quantile: it chooses, and what is left of it draws.
    let scenario = parsed(FULL, &["reconnect.uptake={ one_of = [0.2, { uniform = [0.4, 0.8] }] }"]);
    let uptake = |q: f64| scenario.family.plan_at(&[q]).expect("a plan").uptakes()[0].value;
    assert_eq!(scenario.family.unknowns().len(), 1);
    assert_eq!(uptake(0.3), 0.2);
    assert!((uptake(0.75) - 0.6).abs() < 1e-9);
    let law = scenario.family.centre().uptakes()[0].law.clone().expect("unknown");
    assert!((law.mean() - 0.4).abs() < 1e-3, "half 0.2, half 0.6 on average: {}", law.mean());
}

#[test]
fn values_that_contradict_each_other_when_drawn_are_refused_by_name() {
    let closes = r#"reconnect.closes={ uniform = ["2026-05-01 12:30", "2026-05-03 12:00"] }"#;
    let scenario = parsed(FULL, &[closes]);
    assert!(scenario.family.plan_at(&[0.5]).is_ok());
    assert_eq!(scenario.family.plan_at(&[0.001]).expect_err("closed").as_str(), "the window closes before it opens");
}

#[test]
fn a_family_realises_thousands_of_plans_a_second() {
    let scenario = parsed(FULL, &["reconnect.uptake={ beta = [2, 5] }"]);
    let start = std::time::Instant::now();
    for i in 1..1000 {
        scenario.family.plan_at(&[f64::from(i) / 1000.0]).expect("a plan");
    }
    // Some 40 microseconds each on a slow machine; a second for a thousand would be a slip of two orders.
    assert!(start.elapsed().as_secs_f64() < 1.0, "{:?}", start.elapsed());
}

#[test]
fn an_org_local_deadline_is_each_zones_own() {
    let deadline = r#"deadline={ at = "2026-05-04 09:00", clock = "org-local" }"#;
    let scenario = parsed(FULL, &[deadline]);
    let plan = scenario.family.centre();
    assert_eq!(plan.deadline(), Deadline::OrgLocal(local(5, 4, 9)));
    // London is eight hours ahead of Los Angeles.
    assert_eq!([plan.segments()[0].deadline, plan.segments()[1].deadline], [229.0, 237.0]);
}

#[test]
fn ages_that_an_interval_cannot_reach_are_noted_with_their_share() {
    let scenario = parsed(LEAST, &["refresh.interval=700h"]);
    assert_eq!(scenario.notes.len(), 1);
    // Uniform on 1-1400 h: (1400 - 700) / 1399 are beyond.
    assert!(scenario.notes[0].contains("50% of them"), "{}", scenario.notes[0]);
    assert!(report(LEAST, &["refresh.interval=1h"]).contains("unreachable-ages"));
}

#[test]
fn a_window_that_outlasts_the_horizon_keeps_its_shape() {
    let plan =
        parsed(FULL, &["reconnect.closes=2026-07-15 00:00", "reconnect.timing=office-hours"]).family.centre().clone();
    let timing = plan.segments()[1].timing.as_ref().expect("a window");
    assert_eq!(timing.closes(), plan.hours(at(&plan, 7, 15, 0)));
    let opens = parsed(FULL, &["reconnect.opens=2026-04-01 12:00"]).family.centre().clone();
    assert_eq!(opens.segments()[1].timing.as_ref().map(super::super::plan::ReconnectTiming::opens), Some(0.0));
}

#[test]
fn the_fingerprint_is_of_the_text_and_the_changes() {
    let [a, b, c] = [parsed(FULL, &[]), parsed(FULL, &["seed=1"]), parsed(LEAST, &[])].map(|s| s.sha256);
    assert!(a.len() == 64 && a != b && b != c && a != c);
    assert_eq!(a, parsed(FULL, &[]).sha256);
}

#[test]
fn assumptions_are_told_in_words() {
    let scenario = parsed(FULL, &[]);
    let told: Vec<String> = scenario.assumptions.iter().map(|a| format!("{}: {}", a.key, a.words)).collect();
    insta::assert_snapshot!(told.join("\n"));
}
