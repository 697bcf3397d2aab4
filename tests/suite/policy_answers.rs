//! Known answers of policies: rollouts whose figures are worked out by hand, in both engines.
//!
//! Ages of the flagship are uniform from 1 to 1,400 hours and its refreshes 1,400 hours apart, so that next refreshes are uniform over 1,399 hours.
//! The exact engine is held to its own bound. Of the simulation each figure is within 4.2 standard errors of the expectation: of the 80 or so figures
//! below, a correct one is beyond that in 1 of 470 runs of all of them (2 `norm.sf(4.2)` of SciPy is 2.7e-5).

use cutover::decision::{EngineChoice, Request, project};
use cutover::results::{Measures, Projection, Provenance};
use cutover::scenario;

const LIMIT_Z: f64 = 4.2;

/// The flagship with other controls of PKCE, which is on at May 1, 12:00; rates of reconnecting and whatever else is written below.
struct Case {
    name: &'static str,
    event: &'static str,
    uptake: [f64; 3],
    rest: &'static str,
}

/// Before PKCE is on, from four days ahead on.
const EARLY: &str = "opens = \"2026-04-27 12:00\"\ncloses = \"2026-05-01 12:00\"\n";

fn flagship(case: &Case) -> String {
    let Case { name, event, uptake, rest } = case;
    format!(
        r#"
title = "{name}"
time_zone = "America/Los_Angeles"
seed = 20260501
runs = 4000
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
[population]
orgs = 2500
as_of = "2026-04-24 12:00"
last_refresh = {{ uniform = ["1h", "1400h"] }}
[refresh]
interval = "1400h"
[[event]]
id = "pkce"
name = "PKCE"
{event}
[reconnect]
{EARLY}uptake = {uptake:?}
{rest}"#
    )
}

const AT: &str = "at = \"2026-05-01 12:00\"\n";

fn projected(text: &str, engine: EngineChoice) -> Projection {
    let scenario = scenario::parse("plan.toml", text, &[], &|_| Err("no files".to_owned()));
    let scenario = scenario.unwrap_or_else(|findings| panic!("{}\n{text}", findings.render(false)));
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    project(&scenario.family, provenance, Request { engine, until_precise: None }, &|_| ()).expect("projected")
}

/// A figure of the measures as a share of the orgs.
type Figure = fn(&Measures) -> f64;

const FAILED: Figure = |m| m.failed_by_deadline.mean;
const DOWN: Figure = |m| m.down_at_deadline.mean;
const LATER: Figure = |m| m.failed_by_horizon.mean;
const DISRUPTED: Figure = |m| m.disrupted_by_deadline.as_ref().map_or(0.0, |disrupted| disrupted.mean);

/// Holds a figure at each rate to a share, in both engines.
fn check(text: &str, orgs: f64, figure: Figure, share: impl Fn(f64) -> f64) {
    let both = projected(text, EngineChoice::Both);
    for outcome in &both.uptakes {
        let p = share(outcome.uptake);
        let exact = outcome.exact.as_ref().unwrap_or_else(|| panic!("the exact engine answers: {text}"));
        let bound = exact.error_bound.expect("a bound");
        let found = figure(exact) / orgs;
        assert!(
            (found - p).abs() <= bound + 1e-12 && bound < 1e-4,
            "exact {found}, by hand {p}, bound {bound}: {text}"
        );
        let simulated = outcome.simulated.as_ref().expect("the simulation ran");
        let se = (p * (1.0 - p) / (orgs * both.runs as f64)).sqrt();
        let apart = (figure(simulated) / orgs - p).abs();
        assert!(apart <= LIMIT_Z * se + 1e-12, "simulated {}, by hand {p}: {text}", figure(simulated) / orgs);
    }
}

fn check_flagship(case: &Case, figure: Figure, share: impl Fn(f64) -> f64) {
    check(&flagship(case), 2500.0, figure, share);
}

const ALL: [f64; 3] = [0.0, 0.5, 1.0];
const NONE: [f64; 3] = [0.0, 0.0, 0.0];

#[test]
fn who_acts_before_the_policy_is_safe_where_that_counts() {
    let early = |event, uptake| Case { name: "early", event, uptake, rest: "" };
    let at_refresh = early("at = \"2026-05-01 12:00\"\nreauthorization = { counts_from = \"always\" }", ALL);
    check_flagship(&at_refresh, FAILED, |u| (1.0 - u) * 69.0 / 1399.0);
    let at_once =
        early("at = \"2026-05-01 12:00\"\nreauthorization = { counts_from = \"always\", bites = \"at-once\" }", ALL);
    check_flagship(&at_once, FAILED, |u| 1.0 - u);
    let some = "at = \"2026-05-01 12:00\"\nreauthorization = { counts_from = \"always\", bites = \"at-once\", required = 0.3 }";
    check_flagship(&early(some, ALL), FAILED, |u| 0.3 * (1.0 - u));
    // By the hour before nobody has failed, and all have at the instant itself.
    let text = flagship(&at_once);
    let curve = projected(&text, EngineChoice::Exact);
    let exact = curve.uptakes[0].exact.as_ref().expect("exact");
    let at = |hour: f64| exact.failed_curve[curve.curve_hours.iter().position(|h| *h == hour).expect("an hour")].mean;
    assert_eq!((at(167.0), at(168.0)), (0.0, 2500.0));
}

#[test]
fn waves_come_each_at_its_instant() {
    let waves = "waves = [{ at = \"2026-05-01 12:00\", share = 0.1 }, { at = \"2026-05-03 12:00\", share = 0.5 }]\nreauthorization = {}";
    let case = Case { name: "waves", event: waves, uptake: NONE, rest: "" };
    check_flagship(&case, FAILED, |_| 0.1 * 69.0 / 1399.0 + 0.5 * 21.0 / 1399.0);
}

#[test]
fn what_is_over_fails_nobody_afterwards_and_may_heal() {
    let until = "at = \"2026-05-01 12:00\"\nuntil = \"2026-05-02 12:00\"\nreauthorization = {}";
    let case = Case { name: "until", event: until, uptake: NONE, rest: "" };
    check_flagship(&case, FAILED, |_| 24.0 / 1399.0);
    check_flagship(&case, LATER, |_| 24.0 / 1399.0);
    check_flagship(&case, DOWN, |_| 24.0 / 1399.0);
    let heals = "at = \"2026-05-01 12:00\"\nuntil = \"2026-05-02 12:00\"\nheals = true\nreauthorization = {}";
    check_flagship(&Case { name: "heals", event: heals, uptake: NONE, rest: "" }, DOWN, |_| 0.0);
}

#[test]
fn a_notice_defers_the_failure_and_some_act_on_it() {
    let grace = "at = \"2026-05-01 12:00\"\nreauthorization = { grace = \"24h\" }";
    check_flagship(&Case { name: "grace", event: grace, uptake: NONE, rest: "" }, FAILED, |_| 45.0 / 1399.0);
    let warned = "at = \"2026-05-01 12:00\"\nreauthorization = { grace = \"24h\", warned = 0.6 }";
    let rest = "[recovery]\nafter = \"12h\"\noffice_hours = false\n";
    check_flagship(&Case { name: "warned", event: warned, uptake: NONE, rest }, FAILED, |_| 0.4 * 45.0 / 1399.0);
}

#[test]
fn brownouts_disrupt_and_the_policy_fails_whom_they_left() {
    let held = format!(
        "{AT}brownouts = [{{ from = \"2026-04-30 12:00\", to = \"2026-04-30 18:00\" }}]\nreauthorization = {{ counts_from = \"always\" }}"
    );
    let case = Case { name: "held", event: held.leak(), uptake: NONE, rest: "" };
    check_flagship(&case, DISRUPTED, |_| 6.0 / 1399.0);
    check_flagship(&case, FAILED, |_| 69.0 / 1399.0);
    // Those held meet PKCE 1,400 hours after, on June 28; all others before.
    check_flagship(&case, LATER, |_| 1.0);
    let one = "{ from = \"2026-04-30 12:00\", to = \"2026-04-30 18:00\" }";
    let check_at_once = "reauthorization = { counts_from = \"always\", bites = \"at-once\", required = 0.5 }";
    let once = format!("{AT}brownouts = [{one}]\n{check_at_once}");
    let case = Case { name: "at once", event: once.leak(), uptake: NONE, rest: "" };
    check_flagship(&case, DISRUPTED, |_| 0.5);
    check_flagship(&case, FAILED, |_| 0.5);
    let other = "{ from = \"2026-05-01 06:00\", to = \"2026-05-01 11:00\" }";
    let twice = format!("{AT}brownouts = [{one}, {other}]\n{check_at_once}");
    check_flagship(&Case { name: "twice", event: twice.leak(), uptake: NONE, rest: "" }, DISRUPTED, |_| 0.75);
}

/// A plan of daily refreshes from the instant at which ages are true; `rest` has its event and more.
fn daily(deadline: &str, rest: &str) -> String {
    format!(
        r#"
title = "Daily"
time_zone = "UTC"
seed = 7
runs = 4000
deadline = "{deadline}"
horizon = "2027-06-30 00:00"
[population]
orgs = 1000
as_of = "2027-03-01 00:00"
last_refresh = {{ uniform = ["0h", "24h"] }}
{rest}"#
    )
}

#[test]
fn races_add_up_refresh_by_refresh() {
    let rest = "[refresh]\ninterval = \"24h\"\n[[event]]\nid = \"rotation\"\nname = \"Rotation\"\nat = \"2027-03-01 00:00\"\ntoken_rotation = { race = 0.02 }\n";
    let rest =
        format!("{rest}[reconnect]\nopens = \"2027-05-01 00:00\"\ncloses = \"2027-05-02 00:00\"\nuptake = [0.0]\n");
    check(&daily("2027-03-11 00:00", &rest), 1000.0, FAILED, |_| 1.0 - 0.98_f64.powi(10));
}

#[test]
fn a_check_that_is_repeated_grows_stricter_step_by_step() {
    for (deadline, share) in [("2027-03-03 00:00", 0.1), ("2027-03-04 00:00", 0.55), ("2027-03-05 00:00", 1.0)] {
        let steps = "{ from = \"2027-03-02 00:00\", is = 0.1 }, { from = \"2027-03-03 00:00\", is = 0.5 }, { from = \"2027-03-04 00:00\", is = 1.0 }";
        let rest = format!(
            "[refresh]\ninterval = \"24h\"\n[[event]]\nid = \"off\"\nname = \"Off\"\nat = \"2027-03-02 00:00\"\nreauthorization = {{ repeat = true, required = [{steps}] }}\n"
        );
        check(&daily(deadline, &rest), 1000.0, FAILED, |_| share);
    }
}

#[test]
fn connections_that_are_too_old_end() {
    let text = |uptake: &str| {
        format!(
            r#"
title = "Lifetime"
time_zone = "UTC"
seed = 7
runs = 4000
deadline = "2027-03-11 00:00"
horizon = "2027-03-12 00:00"
[population]
orgs = 1000
as_of = "2027-03-01 00:00"
last_refresh = {{ uniform = ["0h", "1h"] }}
connected = {{ uniform = ["0d", "90d"] }}
[refresh]
interval = "24h"
[[event]]
id = "off"
name = "Lifetimes"
at = "2027-03-01 00:00"
lifetime = {{ after = "90d", retroactive = true }}
[reconnect]
opens = "2027-03-01 01:00"
closes = "2027-03-01 01:01"
uptake = {uptake}
"#
        )
    };
    // Whose connection was made 80 to 90 days ago; a connection is at least as old as its last refresh, which is within the hour.
    let age = |days: f64| days / 90.0;
    let (orgs, text_of_none) = (1000.0, text("[0.0]"));
    check_loosely(&text_of_none, orgs, 0.0, age(10.0));
    // Who is due within the first hour fails before all others have reconnected: within the hour and the minute of the window.
    check_loosely(&text("[1.0]"), orgs, 1.0, age(1.0 / 24.0));
}

/// As [`check`], where the closed form leaves out what is smaller than 2e-5: a minute of the window, and ages that are raised to that of the last
/// refresh.
fn check_loosely(text: &str, orgs: f64, uptake: f64, p: f64) {
    let both = projected(text, EngineChoice::Both);
    let outcome = both.uptakes.iter().find(|outcome| outcome.uptake == uptake).expect("the rate");
    let exact = outcome.exact.as_ref().expect("the exact engine answers");
    assert!((FAILED(exact) / orgs - p).abs() < 2e-5, "exact {}, by hand {p}", FAILED(exact) / orgs);
    let se = (p * (1.0 - p) / (orgs * both.runs as f64)).sqrt();
    let found = FAILED(outcome.simulated.as_ref().expect("simulated")) / orgs;
    assert!((found - p).abs() <= LIMIT_Z * se + 2e-5, "simulated {found}, by hand {p}");
}

#[test]
fn a_guard_stops_by_the_binomial_of_its_first_check() {
    let text = r#"
title = "Guard"
time_zone = "UTC"
seed = 7
runs = 40000
deadline = "2027-03-20 09:00"
horizon = "2027-03-31 00:00"
[population]
orgs = 2000
as_of = "2027-03-01 00:00"
[[event]]
id = "off"
name = "Off"
waves = [{ at = "2027-03-08 09:00", share = 0.1 }, { at = "2027-03-10 09:00", share = 0.9 }]
reauthorization = { counts_from = "always", bites = "at-once", required = 0.2 }
[guard]
event = "off"
checks = ["2027-03-08 12:00", "2027-03-10 12:00"]
stop = "failed > 40"
"#;
    let found = projected(text, EngineChoice::Simulate);
    let guard = found.uptakes[0].simulated.as_ref().expect("simulated").guard.as_ref().expect("a guard").clone();
    // scipy 1.17.1: binom.sf(40, 2000, 0.02).
    let p = 0.458_1;
    let se = (p * (1.0 - p) / 40_000.0_f64).sqrt();
    assert!((guard.by_check[0].mean - p).abs() <= LIMIT_Z * se + 5e-5, "{}", guard.by_check[0].mean);
}

#[test]
fn a_reminder_at_the_opening_alone_is_its_half_life() {
    let with = |timing: &str| {
        let rest: &'static str = format!("[reconnect.timing]\nhalf_life = \"20h\"\n{timing}").leak();
        let event = "at = \"2026-05-01 12:00\"\nreauthorization = { counts_from = \"always\" }";
        flagship(&Case { name: "reminders", event, uptake: ALL, rest })
    };
    let figures = |text: &str| -> Vec<f64> {
        let found = projected(text, EngineChoice::Exact);
        found.uptakes.iter().map(|outcome| FAILED(outcome.exact.as_ref().expect("exact"))).collect()
    };
    let (plain, reminded) =
        (figures(&with("")), figures(&with("reminders = [{ at = \"2026-04-27 12:00\", weight = 1.0 }]\n")));
    assert!(plain.iter().zip(&reminded).all(|(a, b)| (a - b).abs() < 1e-6), "{plain:?} {reminded:?}");
}
