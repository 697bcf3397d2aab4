//! Rules broken on purpose, for the test that both engines are found out by their own tests when a rule is wrong. Outside of tests nothing is
//! ever broken, and asking costs nothing.

/// A rule that can be broken.
#[cfg_attr(not(test), allow(dead_code, reason = "the names stand at the rules"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BrokenRule {
    OrderAtOneInstant,
    StalenessBeforeAddress,
    AddressBeforeReauthorization,
    ReauthorizationIsMetOnce,
    LaterTimeoutReplaces,
    LaterEntryReplaces,
    RetroactiveTimeout,
    ReconnectClearsStaleness,
    ReconnectClearsMismatch,
    InForceAtItsInstant,
}

/// `right`; `wrong` in a test process that breaks this rule.
#[cfg(not(test))]
#[inline(always)]
pub(super) fn unless_broken<T>(_: BrokenRule, right: T, _wrong: T) -> T {
    right
}

#[cfg(test)]
pub(super) fn unless_broken<T>(rule: BrokenRule, right: T, wrong: T) -> T {
    if tests::broken() == Some(rule) { wrong } else { right }
}

#[cfg(test)]
mod tests {
    use super::super::exact;
    use super::super::simulate::{self, Curves, plain};
    use super::BrokenRule;
    use crate::plan::Cause;
    use crate::plan::sample::Sample;
    use crate::plan::{
        Controls, Family, IdleTimeout, KnownOrgs, LikeOrgs, Plan, Reauthorization, StaticIp, TimingShape, TokenRotation,
    };
    use crate::stats::Law;
    use std::process::Command;
    use std::sync::OnceLock;

    /// Names the rule that this process breaks.
    const VARIABLE: &str = "CUTOVER_BROKEN_RULE";

    const ALL: [BrokenRule; 10] = [
        BrokenRule::OrderAtOneInstant,
        BrokenRule::StalenessBeforeAddress,
        BrokenRule::AddressBeforeReauthorization,
        BrokenRule::ReauthorizationIsMetOnce,
        BrokenRule::LaterTimeoutReplaces,
        BrokenRule::LaterEntryReplaces,
        BrokenRule::RetroactiveTimeout,
        BrokenRule::ReconnectClearsStaleness,
        BrokenRule::ReconnectClearsMismatch,
        BrokenRule::InForceAtItsInstant,
    ];

    pub(super) fn broken() -> Option<BrokenRule> {
        static BROKEN: OnceLock<Option<BrokenRule>> = OnceLock::new();
        *BROKEN.get_or_init(|| {
            let name = std::env::var(VARIABLE).ok()?;
            Some(*ALL.iter().find(|rule| format!("{rule:?}") == name).expect("a rule"))
        })
    }

    /// One org of this age and an interval of 100 h; the horizon is hour 1596, the deadline hour 237. All is certain, so that both engines
    /// must say what happens to it: at which hour it has failed, and from which cause (its place among all), at an uptake of 0 or 1.
    struct Case {
        what: &'static str,
        age: f64,
        controls: Controls,
        reconnects: Option<f64>,
        fails: Option<(f64, usize)>,
    }

    fn cases() -> Vec<Case> {
        let required = |at, required| Reauthorization { at, required };
        let (reauthorization, static_ip, rotation, idle) = (0, 1, 2, 3);
        let none = Controls::default;
        let timeout = |at, after, retroactive| IdleTimeout { at, after, retroactive };
        let case = |what, age, controls, reconnects, fails| Case { what, age, controls, reconnects, fails };
        vec![
            case(
                "a refresh at the very instant of a reauthorization meets it",
                50.0,
                Controls { reauthorization: vec![required(50.0, 1.0)], ..none() },
                None,
                Some((50.0, reauthorization)),
            ),
            case(
                "what is in force at the last refresh is behind the org",
                0.0,
                Controls { reauthorization: vec![required(0.0, 1.0), required(150.0, 1.0)], ..none() },
                None,
                Some((200.0, reauthorization)),
            ),
            case(
                "a reauthorization passed once is passed for good",
                80.0,
                Controls { reauthorization: vec![required(10.0, 0.0), required(160.0, 1.0)], ..none() },
                None,
                Some((220.0, reauthorization)),
            ),
            case(
                "a reauthorization before the last refresh is settled",
                50.0,
                Controls { reauthorization: vec![required(-60.0, 1.0)], ..none() },
                None,
                None,
            ),
            case(
                "a mismatch counts before a reauthorization",
                50.0,
                Controls {
                    reauthorization: vec![required(40.0, 1.0)],
                    static_ip: vec![StaticIp { at: 40.0, mismatch: 1.0 }],
                    ..none()
                },
                None,
                Some((50.0, static_ip)),
            ),
            case(
                "a stale token counts before a mismatch",
                50.0,
                Controls {
                    token_rotation: vec![TokenRotation { at: 40.0, lost_token: 1.0 }],
                    static_ip: vec![StaticIp { at: 60.0, mismatch: 1.0 }],
                    ..none()
                },
                None,
                Some((150.0, rotation)),
            ),
            case(
                "a later share of mismatches replaces the earlier",
                50.0,
                Controls {
                    static_ip: vec![StaticIp { at: 10.0, mismatch: 1.0 }, StaticIp { at: 20.0, mismatch: 0.0 }],
                    ..none()
                },
                None,
                None,
            ),
            case(
                "a refresh comes before a timeout at the same instant",
                50.0,
                Controls { idle_timeout: vec![timeout(0.0, 100.0, true)], ..none() },
                None,
                None,
            ),
            case(
                "a reconnect comes before a timeout at the same instant",
                30.0,
                Controls { idle_timeout: vec![timeout(0.0, 90.0, true), timeout(61.0, 500.0, true)], ..none() },
                Some(60.0),
                None,
            ),
            case(
                "a refresh comes before a reconnect at the same instant",
                50.0,
                Controls { reauthorization: vec![required(40.0, 1.0)], ..none() },
                Some(50.0),
                Some((50.0, reauthorization)),
            ),
            case(
                "unused time before a retroactive timeout counts",
                50.0,
                Controls { idle_timeout: vec![timeout(20.0, 60.0, true)], ..none() },
                None,
                Some((20.0, idle)),
            ),
            case(
                "unused time before another timeout does not count",
                50.0,
                Controls { idle_timeout: vec![timeout(20.0, 60.0, false)], ..none() },
                None,
                Some((110.0, idle)),
            ),
            case(
                "a later timeout replaces the earlier before it strikes",
                90.0,
                Controls { idle_timeout: vec![timeout(15.0, 80.0, false), timeout(92.0, 500.0, true)], ..none() },
                None,
                None,
            ),
            case(
                "a reconnect clears a stale token",
                50.0,
                Controls {
                    token_rotation: vec![
                        TokenRotation { at: 40.0, lost_token: 1.0 },
                        TokenRotation { at: 60.0, lost_token: 0.0 },
                    ],
                    ..none()
                },
                Some(70.0),
                None,
            ),
            case(
                "a reconnect clears a mismatch",
                50.0,
                Controls { static_ip: vec![StaticIp { at: 60.0, mismatch: 1.0 }], ..none() },
                Some(70.0),
                None,
            ),
        ]
    }

    /// The plan of a case: 20 orgs of one kind, known one by one or drawn.
    fn plan(case: &Case, known: bool) -> Plan {
        Sample::flagship()
            .with(|s| {
                let orgs = KnownOrgs::new(vec![LikeOrgs::new(case.age, false, 20, 20.0)]);
                s.orgs = 20;
                s.uptakes = vec![f64::from(u8::from(case.reconnects.is_some()))];
                s.segment.last_refresh = Law::Fixed(case.age);
                s.segment.interval = Law::Fixed(100.0);
                s.segment.heartbeat_coverage = 0.0;
                s.segment.controls = case.controls.clone();
                let at_once = TimingShape { half_life_hours: None, office_hours: false };
                s.window = case.reconnects.map(|at| (at, at, at_once));
                s.segment.known = known.then(|| orgs.into());
            })
            .plan()
    }

    /// Failed by each cause by the deadline, and by each hour of the curve, as a case wants it.
    fn wanted(case: &Case, plan: &Plan) -> (Vec<f64>, Vec<f64>) {
        let by = |hour: f64| case.fails.is_some_and(|(at, _)| at <= hour);
        let causes =
            (0..Cause::COUNT).map(|cause| f64::from(u8::from(case.fails.is_some_and(|f| f.1 == cause && by(237.0)))));
        let curve = plan.curve_hours().into_iter().map(|hour| 20.0 * f64::from(u8::from(by(hour)))).collect();
        (causes.map(|share| 20.0 * share).collect(), curve)
    }

    #[test]
    fn the_exact_engine_follows_every_rule() {
        for case in cases() {
            for known in [false, true] {
                let plan = plan(&case, known);
                let measures = exact::measures(&Family::certain(plan.clone())).expect("it answers").remove(0);
                let (causes, curve) = wanted(&case, &plan);
                for (got, want) in measures.by_cause.iter().zip(&causes) {
                    assert!((got.mean - want).abs() < 1e-9, "{}, known: {known}: {:?}", case.what, measures.by_cause);
                }
                for (hour, (got, want)) in measures.failed_curve.iter().zip(&curve).enumerate() {
                    assert!(
                        (got.mean - want).abs() < 1e-9,
                        "{}, known: {known}: {} at hour {hour}",
                        case.what,
                        got.mean
                    );
                }
            }
        }
    }

    #[test]
    fn the_simulation_follows_every_rule() {
        for case in cases() {
            for known in [false, true] {
                let plan = plan(&case, known);
                let (causes, curve) = wanted(&case, &plan);
                let tally = simulate::simulate(&Family::certain(plan.clone()), 1, 0..2, Curves::Means, &|_| ());
                let fast = simulate::measures(&plan, &tally.expect("nothing contradicts")).remove(0);
                let slow = plain::run(&plan, &plan.curve_hours(), 1, 0, 0);
                assert_eq!(fast.by_cause.map(|cause| cause.mean).to_vec(), causes, "{}, known: {known}", case.what);
                let failed: Vec<f64> = slow.failed.iter().map(|n| *n as f64).collect();
                assert_eq!(slow.by_cause.map(|n| n as f64).to_vec(), causes, "{}, known: {known}, plain", case.what);
                assert_eq!(failed, curve, "{}, known: {known}, plain", case.what);
                let means: Vec<f64> = fast.failed_curve.iter().map(|point| point.mean).collect();
                assert_eq!(means, curve, "{}, known: {known}", case.what);
            }
        }
    }

    /// Runs the two tests above in processes of their own, each with one rule broken: both must fail.
    #[test]
    fn a_broken_rule_is_found_out_in_both_engines() {
        let tests = ["the_exact_engine_follows_every_rule", "the_simulation_follows_every_rule"];
        let this = std::env::current_exe().expect("the tests' own program");
        let run = |test: &str, rule: Option<BrokenRule>| {
            let mut command = Command::new(&this);
            command.args(["--exact", &format!("{}::{test}", module_path!().split_once("::").expect("a path").1)]);
            command.env_remove(VARIABLE).env("RUST_BACKTRACE", "0");
            command.envs(rule.map(|rule| (VARIABLE, format!("{rule:?}"))));
            let output = command.output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains("running 1 test"), "{said}");
            output.status.success()
        };
        for test in tests {
            assert!(run(test, None), "{test}: nothing is broken");
            for rule in ALL {
                assert!(!run(test, Some(rule)), "{test} does not notice a broken rule: {rule:?}");
            }
        }
    }
}
