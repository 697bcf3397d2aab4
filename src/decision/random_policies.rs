//! Both engines on plans drawn at random over all policies: waves, ends, brownouts, notices, lifetimes and whatever else an event may say. They must agree on
//! every reported mean, hour by hour, at a false-alarm rate of one in 1,000 for each test of the file. Seeds are fixed.

use super::random_plans::{all_agree, draw_plans, share, whole_or_quarter, with_known_orgs};
use crate::engine::exact;
use crate::plan::*;
use crate::stats::Law;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const PLANS: usize = 100;

fn waves() -> impl Strategy<Value = Vec<Wave>> {
    let at = || whole_or_quarter(-40, 300);
    prop_oneof![
        3 => at().prop_map(|at| vec![Wave { at, upto: 1.0 }]),
        2 => (prop::collection::vec((at(), 0.1..0.5_f64), 1..4)).prop_map(|waves| {
            let mut upto = 0.0_f64;
            waves.into_iter().map(|(at, share)| {
                upto = (upto + share).min(1.0);
                Wave { at, upto }
            }).collect()
        }),
        1 => Just(Vec::new()),
    ]
}

fn check() -> impl Strategy<Value = PolicyCheck> {
    (
        prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), whole_or_quarter(-20, 200)],
        any::<bool>(),
        any::<bool>(),
        prop_oneof![
            share().prop_map(|required| vec![(f64::NEG_INFINITY, required)]),
            (whole_or_quarter(0, 150), 1.0..90.0_f64, share(), share())
                .prop_map(|(from, later, first, second)| { vec![(from, first), (from + later.round(), second)] }),
        ],
        prop::option::of(prop::sample::select(vec![0.5, 6.0, 24.0, 100.0])),
        share(),
    )
        .prop_map(|(counts_from, at_once, repeat, required, grace, warned)| PolicyCheck {
            counts_from,
            at_once,
            repeat: repeat && !at_once,
            required,
            grace,
            warned,
        })
}

fn clock() -> impl Strategy<Value = PolicyClock> {
    (whole_or_quarter(20, 400), any::<bool>()).prop_map(|(after, retroactive)| PolicyClock { after, retroactive })
}

fn policy() -> impl Strategy<Value = Policy> {
    let brownouts = prop::collection::vec((1.0..60.0_f64, 1.0..30.0_f64), 0..3).prop_map(|spans| {
        let mut at = 0.0;
        spans
            .into_iter()
            .map(|(wait, length)| {
                let from = at + wait.round();
                at = from + length.round();
                [from, at]
            })
            .collect::<Vec<[f64; 2]>>()
    });
    let rotation = (share(), prop_oneof![Just(0.0), 0.0..0.1]);
    (
        (waves(), prop::option::of(whole_or_quarter(60, 380)), any::<bool>(), brownouts, share()),
        prop::option::weighted(0.8, check()),
        prop::option::weighted(0.2, share()),
        prop::option::weighted(0.3, rotation.prop_map(|(lost_token, race)| Rotation { lost_token, race })),
        prop::option::weighted(0.3, clock()),
        prop::option::weighted(0.3, clock()),
    )
        .prop_map(
            |((waves, until, heals, brownouts, nudge), reauthorization, mismatch, rotation, idle_timeout, lifetime)| {
                Policy {
                    name: String::new(),
                    heals: heals && until.is_some(),
                    until: until.unwrap_or(f64::INFINITY),
                    brownouts: if reauthorization.is_some() {
                        brownouts.into_iter().filter(|[_, to]| until.is_none_or(|until| *to <= until)).collect()
                    } else {
                        Vec::new()
                    },
                    waves,
                    nudge,
                    reauthorization,
                    mismatch,
                    rotation,
                    idle_timeout,
                    lifetime,
                }
            },
        )
}

fn policies() -> impl Strategy<Value = Policies> {
    let connected = prop_oneof![
        (0.0..100.0, 120.0..900.0).prop_map(|(a, b)| Law::uniform(a, b).expect("proper")),
        (20.0..300.0).prop_map(|m| Law::exponential(m).expect("proper")),
        prop::collection::vec(0_u32..200, 1..5)
            .prop_map(|v| Law::empirical(v.into_iter().map(f64::from).collect()).expect("proper")),
    ];
    (prop::collection::vec(policy(), 1..4), connected)
        .prop_map(|(events, connected)| Policies { events, connected: Some(connected) })
}

/// Plans whose segments are rolled out by policies drawn one after the other.
fn with_policies(seed: u8, number: usize, change: impl Fn(Plan) -> Option<Plan>) -> Vec<Plan> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let runner = std::cell::RefCell::new(TestRunner::new_with_rng(Config::default(), rng));
    draw_plans(seed, number, |plan| {
        let plan = change(plan)?;
        plan.with(|parts| {
            for segment in &mut parts.segments {
                let drawn = policies().new_tree(&mut runner.borrow_mut()).expect("policies").current();
                segment.policies = Some(drawn.into());
                // Addresses and heartbeats are drawn where some control asks for them.
                segment.controls = Controls {
                    static_ip: vec![StaticIp { at: 0.0, mismatch: 1.0 }],
                    idle_timeout: vec![IdleTimeout { at: 0.0, after: 1.0, retroactive: false }],
                    ..Controls::default()
                };
                segment.checkpoints = vec![100.0];
            }
            let at = clock::after(parts.as_of, 100.0);
            parts.checkpoints =
                vec![Checkpoint { name: "then".to_owned(), at: Deadline::Absolute(at), tolerance: None }];
        })
        .ok()
    })
}

#[test]
fn both_engines_agree_on_random_policies() {
    all_agree(&with_policies(21, PLANS, Some));
}

/// More of them, with other seeds: for changes of the rules.
#[test]
#[ignore = "takes minutes: cargo test --lib three_hundred -- --ignored"]
fn both_engines_agree_on_three_hundred_random_policies() {
    all_agree(&with_policies(24, 300, Some));
}

#[test]
fn both_engines_agree_on_random_policies_of_known_orgs() {
    all_agree(&with_policies(22, 16, |plan| {
        let plan = with_known_orgs(&plan)?;
        plan.with(|parts| parts.segments.truncate(1)).ok()
    }));
}

/// The same controls said as policies: one wave for all, nothing more.
fn as_policies(controls: &Controls) -> Policies {
    let policy = |at: f64| Policy {
        name: String::new(),
        waves: vec![Wave { at, upto: 1.0 }],
        until: f64::INFINITY,
        heals: false,
        brownouts: Vec::new(),
        nudge: 0.0,
        reauthorization: None,
        mismatch: None,
        rotation: None,
        idle_timeout: None,
        lifetime: None,
    };
    let check = |required: f64| PolicyCheck {
        counts_from: f64::INFINITY,
        at_once: false,
        repeat: false,
        required: vec![(f64::NEG_INFINITY, required)],
        grace: None,
        warned: 0.0,
    };
    let mut events = Vec::new();
    for one in &controls.reauthorization {
        events.push(Policy { reauthorization: Some(check(one.required)), ..policy(one.at) });
    }
    events.extend(controls.static_ip.iter().map(|one| Policy { mismatch: Some(one.mismatch), ..policy(one.at) }));
    for one in &controls.token_rotation {
        let rotation = Rotation { lost_token: one.lost_token, race: 0.0 };
        events.push(Policy { rotation: Some(rotation), ..policy(one.at) });
    }
    for one in &controls.idle_timeout {
        let clock = PolicyClock { after: one.after, retroactive: one.retroactive };
        events.push(Policy { idle_timeout: Some(clock), ..policy(one.at) });
    }
    Policies { events, connected: None }
}

/// Each engine's two ways to the same plan: no figure is off by more than both bounds claim.
#[test]
fn an_event_said_as_a_policy_has_the_same_exact_figures() {
    for (number, plan) in draw_plans(23, 60, Some).into_iter().enumerate() {
        let said = plan
            .with(|parts| {
                for segment in &mut parts.segments {
                    segment.policies = Some(as_policies(&segment.controls).into());
                }
            })
            .expect("the same plan");
        let [plain, policies] = [plan, said].map(|plan| exact::measures(&Family::certain(plan)).expect("it answers"));
        for (a, b) in plain.iter().zip(&policies) {
            let bound = a.error_bound.unwrap_or(0.0) + b.error_bound.unwrap_or(0.0) + 1e-9;
            let orgs: f64 = a.by_segment.iter().map(|segment| segment.orgs as f64).sum();
            let off = |x: f64, y: f64| (x - y).abs() / orgs;
            let curves = a.failed_curve.iter().zip(&b.failed_curve).chain(a.down_curve.iter().zip(&b.down_curve));
            let worst = curves.map(|(x, y)| off(x.mean, y.mean)).fold(0.0, f64::max);
            let causes = a.by_cause.iter().zip(&b.by_cause).map(|(x, y)| off(x.mean, y.mean)).fold(0.0, f64::max);
            assert!(worst.max(causes) <= 2.0 * bound, "plan {number}: {worst} {causes}, bound {bound}");
        }
    }
}
