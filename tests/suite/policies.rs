//! What must hold of policies whatever their numbers: rollouts said in two ways that mean the same have the same figures, and what can only
//! help never makes failures more.

use cutover::decision::{EngineChoice, Request, project};
use cutover::results::{Measures, Projection, Provenance};
use cutover::scenario;

/// A plan of a thousand orgs; `event` stands in its event, `rest` below everything.
fn plan(event: &str, rest: &str) -> String {
    format!(
        r#"
title = "Properties"
time_zone = "America/New_York"
runs = 400
deadline = "2027-03-22 09:00"
horizon = "2027-05-01 00:00"
[population]
orgs = 1000
as_of = "2027-03-01 09:00"
last_refresh = {{ uniform = ["0h", "300h"] }}
[refresh]
interval = {{ uniform = ["200h", "300h"] }}
[[event]]
id = "off"
name = "Switch-off"
{event}
[reconnect]
opens = "2027-03-02 09:00"
closes = "2027-03-20 09:00"
uptake = [0.0, 0.4, 1.0]
timing = {{ half_life = "60h" }}
[recovery]
after = {{ lognormal = {{ median = "20h", sigma = 1.0 }} }}
{rest}"#
    )
}

fn projected(text: &str, engine: EngineChoice) -> Projection {
    let scenario = scenario::parse("plan.toml", text, &[], &|_| Err("no files".to_owned()));
    let scenario = scenario.unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    let request = Request { engine, until_precise: None };
    project(&scenario.family, provenance, request, &|_| ()).expect("projected")
}

/// The exact figures at each rate.
fn exact(event: &str) -> Vec<Measures> {
    let answered = projected(&plan(event, ""), EngineChoice::Exact);
    answered.uptakes.into_iter().map(|uptake| uptake.exact.expect("the exact engine answers")).collect()
}

/// Failures by the deadline and by the horizon, and disruptions; and how far each may be off.
fn figures(measures: &Measures) -> ([f64; 3], f64) {
    let disrupted = measures.disrupted_by_deadline.as_ref().map_or(0.0, |disrupted| disrupted.mean);
    let means = [measures.failed_by_deadline.mean, measures.failed_by_horizon.mean, disrupted];
    (means, 1e-9 + 1000.0 * measures.error_bound.expect("a bound"))
}

fn assert_equal(one: &str, other: &str) {
    for (a, b) in exact(one).iter().zip(&exact(other)) {
        let ((a, off_a), (b, off_b)) = (figures(a), figures(b));
        let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart <= off_a + off_b && off_a + off_b < 0.5, "{a:?} and {b:?}, {off_a}, {off_b}: {one}\n{other}");
    }
}

/// That the failures of `better` are at most those of `worse` at every rate, and fewer by an org at one of them.
fn assert_better(better: &str, worse: &str) {
    let mut helps = false;
    for (a, b) in exact(better).iter().zip(&exact(worse)) {
        let (([a, a_later, _], off_a), ([b, b_later, _], off_b)) = (figures(a), figures(b));
        let off = off_a + off_b;
        assert!(a <= b + off && a_later <= b_later + off, "{a} > {b} or {a_later} > {b_later}: {better}\n{worse}");
        helps |= a + 1.0 < b;
    }
    assert!(helps, "no rate is better off: {better}\n{worse}");
}

const AT: &str = "at = \"2027-03-09 10:00\"\n";

#[test]
fn acting_early_where_it_counts_never_makes_failures_more() {
    for more in ["", ", bites = \"at-once\"", ", required = 0.7", ", required = 0.5, repeat = true", ", grace = \"3d\""]
    {
        let grace = if more.contains("grace") { ", warned = 0.3" } else { "" };
        let with = |from: &str| {
            let keys = format!("{from}{more}{grace}");
            format!("{AT}reauthorization = {{ {} }}", keys.trim_start_matches(", "))
        };
        assert_better(&with(", counts_from = \"always\""), &with(""));
    }
}

#[test]
fn a_single_wave_is_the_event_itself() {
    let check = "reauthorization = { required = 0.8, counts_from = \"2027-03-05 00:00\" }";
    let wave = "waves = [{ at = \"2027-03-09 10:00\", share = 1.0 }]\n";
    assert_equal(&format!("{AT}{check}"), &format!("{wave}{check}"));
    let same = "waves = [{ at = \"2027-03-09 10:00\", share = 0.3 }, { at = \"2027-03-09 10:00\", share = 0.7 }]\n";
    assert_equal(&format!("{AT}{check}"), &format!("{same}{check}"));
}

#[test]
fn an_end_after_the_horizon_is_none() {
    let check = "reauthorization = { counts_from = \"always\", bites = \"at-once\" }";
    assert_equal(&format!("{AT}{check}"), &format!("{AT}until = \"2027-05-02 00:00\"\n{check}"));
}

#[test]
fn steps_that_refuse_nobody_are_no_event() {
    let none = "reauthorization = { required = [{ from = \"2027-03-09 10:00\", is = 0.0 }, { from = \"2027-03-16 10:00\", is = 0.0 }] }";
    let found = exact(&format!("{AT}{none}"));
    assert!(found.iter().all(|measures| figures(measures).0 == [0.0; 3]));
    let same = "reauthorization = { required = [{ from = \"2027-03-09 10:00\", is = 0.6 }] }";
    assert_equal(
        &format!("{AT}{same}"),
        &format!("{AT}reauthorization = {{ required = 0.6, counts_from = \"2027-03-09 10:00\" }}"),
    );
}

#[test]
fn more_who_act_on_a_notice_or_a_nudge_never_fail_more() {
    let warned = |share: &str| format!("{AT}reauthorization = {{ grace = \"5d\", warned = {share} }}");
    assert_better(&warned("0.4"), &warned("0.0"));
    assert_better(&warned("0.9"), &warned("0.4"));
    let nudged = |share: &str| {
        let brownouts = "brownouts = [{ from = \"2027-03-05 10:00\", to = \"2027-03-06 10:00\" }]";
        format!("{AT}{brownouts}\nnudge = {share}\nreauthorization = {{ counts_from = \"always\" }}")
    };
    assert_better(&nudged("0.5"), &nudged("0.0"));
    assert_better(&nudged("1.0"), &nudged("0.5"));
}

/// A guard that nothing sets off leaves every figure what it is without one, to the last digit.
#[test]
fn a_guard_that_never_stops_changes_no_figure() {
    let event = format!("{AT}reauthorization = {{ counts_from = \"always\" }}");
    let guard = "[guard]\nevent = \"off\"\nchecks = [\"2027-03-12 12:00\"]\nstop = \"failed > 1000\"\n";
    let simulated = |rest: &str| projected(&plan(&event, rest), EngineChoice::Simulate).uptakes;
    for (with, without) in simulated(guard).into_iter().zip(simulated("")) {
        let (with, without) = (with.simulated.expect("simulated"), without.simulated.expect("simulated"));
        let guard = with.guard.as_ref().expect("a guard");
        assert!(guard.by_check.iter().all(|check| check.mean == 0.0), "{guard:?}");
        assert_eq!(Measures { guard: None, ..with }, without);
    }
}
