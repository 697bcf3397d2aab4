//! Plans and projections for tests of outputs: the flagship by its closed forms, and others as unlike it as can be.

use crate::plan::zone::Tz;
use crate::plan::{
    Calendar, Cause, Controls, Deadline, Event, Milestone, Plan, PlanParts, Reauthorization, Segment, TimingShape,
    Uptake, Window, WorkClock, clock,
};
use crate::results::{
    Agreement, CurvePoint, Detail, Grid, GridCell, HourMeans, Mean, Measures, Outcome, Projection, Provenance,
    Quantity, SegmentMeans,
};
use crate::stats::count::Group;
use crate::stats::count_quantiles::{cdf_of_mixture, quantiles_of_sum};
use crate::stats::{CountDistribution, Law};
use chrono::{DateTime, NaiveDateTime, Utc};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Probability that an org fails within so many hours of `as_of`, given the rate.
type Failing = fn(rate: f64, hour: f64) -> f64;

/// What a sample is made from.
#[derive(Clone)]
pub(super) struct Sketch {
    pub title: &'static str,
    pub zone: Tz,
    pub as_of: &'static str,
    pub deadline: &'static str,
    pub org_local: bool,
    pub horizon: &'static str,
    pub tolerance: Option<u64>,
    pub events: Vec<(&'static str, &'static str)>,
    pub milestones: Vec<(&'static str, &'static str)>,
    pub window: Option<(&'static str, &'static str)>,
    pub rates: Vec<f64>,
    pub unknown: Vec<usize>,
    pub segments: Vec<(&'static str, u64, Tz)>,
    pub failing: Failing,
    pub simulated_only: bool,
}

const LA: Tz = Tz::America__Los_Angeles;

/// The flagship, hours counted from its `as_of`, a week before PKCE.
fn flagship_failing(rate: f64, hour: f64) -> f64 {
    let t = (hour - 168.0).clamp(0.0, 1399.0);
    let passive = t / 1399.0;
    // Mean of min(t, T) for T uniform over 1-60 h.
    let c = t.min(60.0);
    let exposed = if c <= 1.0 { c } else { 1.0 + ((c * c - 1.0) / 2.0 + c * (60.0 - c) - 59.0) / 59.0 };
    (1.0 - rate) * passive + rate * exposed / 1399.0
}

pub(super) fn flagship_sketch() -> Sketch {
    Sketch {
        title: "PKCE enablement, May 2026",
        zone: LA,
        as_of: "2026-04-24 12:00",
        deadline: "2026-05-04 09:00",
        org_local: false,
        horizon: "2026-06-30 00:00",
        tolerance: Some(100),
        events: vec![("Refresh token rotation and related controls", "2026-04-24 12:00"), ("PKCE", "2026-05-01 12:00")],
        milestones: vec![("Salesforce's deadline", "2026-05-11 00:00")],
        window: Some(("2026-05-01 13:00", "2026-05-04 00:00")),
        rates: vec![0.0, 0.25, 0.5, 0.75, 0.9, 1.0],
        unknown: vec![],
        segments: vec![("all", 2500, LA)],
        failing: flagship_failing,
        simulated_only: false,
    }
}

/// A plan and its projection, with a name for messages.
pub(super) struct ReportSample {
    pub name: &'static str,
    pub plan: Plan,
    pub projection: Projection,
}

pub(super) fn flagship() -> &'static ReportSample {
    named("flagship")
}

/// All samples, made once.
pub(super) fn all() -> &'static [ReportSample] {
    static ALL: OnceLock<Vec<ReportSample>> = OnceLock::new();
    ALL.get_or_init(|| sketches().par_iter().map(|(name, sketch)| sample(name, sketch)).collect())
}

/// The sample of a name.
pub(super) fn named(name: &str) -> &'static ReportSample {
    all().iter().find(|s| s.name == name).expect("a sample of that name")
}

fn sketches() -> Vec<(&'static str, Sketch)> {
    let base = flagship_sketch;
    vec![
        ("flagship", base()),
        ("simulated", Sketch { simulated_only: true, tolerance: None, ..base() }),
        ("one-org", Sketch { segments: vec![("all", 1, LA)], tolerance: None, rates: vec![0.0, 1.0], ..base() }),
        ("org-local", org_local()),
        ("regions", regions()),
        ("many-segments", many_segments()),
        ("everyone-fails", Sketch { failing: |_, hour| (hour / 24.0).min(1.0), ..base() }),
        ("nobody-fails", Sketch { failing: |_, _| 0.0, ..base() }),
        ("twelve-rates", Sketch { rates: (0..12).map(|i| f64::from(i) / 11.0).collect(), ..base() }),
        ("hostile-names", hostile_names()),
        ("six-weeks", Sketch { deadline: "2026-06-12 17:00", tolerance: Some(1200), ..base() }),
        ("crowded", crowded()),
        ("a-billion", Sketch { segments: vec![("all", 1_000_000_000, LA)], tolerance: Some(40_000_000), ..base() }),
        ("nobody-acts", Sketch { rates: vec![0.0], window: None, tolerance: Some(130), ..base() }),
        (
            "wide-spread",
            Sketch { failing: |rate, hour| ((hour - 168.0) / 48.0).clamp(0.0, 1.0) * (1.0 - rate), ..base() },
        ),
        ("at-once", Sketch { failing: |rate, hour| 0.49 + 0.2 * (hour / 1500.0).min(1.0) * (1.0 - rate), ..base() }),
        (
            "years",
            Sketch { horizon: "2031-06-30 00:00", failing: slow, tolerance: Some(5), rates: vec![0.0, 1.0], ..base() },
        ),
        ("unknown-rates", Sketch { rates: vec![0.0, 0.35, 0.8], unknown: vec![1, 2], ..base() }),
        ("far-tolerance", Sketch { tolerance: Some(2_000), rates: vec![0.9, 0.0], ..base() }),
    ]
}

fn slow(rate: f64, hour: f64) -> f64 {
    (1.0 - rate * 0.5) * (1.0 - (-(hour - 168.0).max(0.0) / 12_000.0).exp())
}

fn org_local() -> Sketch {
    let segments = vec![
        ("Asia-Pacific, customers with a dedicated success manager", 250_000, Tz::Australia__Sydney),
        ("Europe, the Middle East and Africa | partners", 300_000, Tz::Europe__London),
        ("North and South America, self-service customers", 400_000, Tz::America__New_York),
        ("Everyone whose time zone is not known to us at all", 50_000, LA),
    ];
    Sketch {
        segments,
        org_local: true,
        tolerance: Some(30_000),
        rates: vec![0.0, 0.35, 0.7, 1.0],
        unknown: vec![1],
        ..flagship_sketch()
    }
}

/// One absolute deadline, which is another local hour in each region.
pub(super) fn regions() -> Sketch {
    let segments = vec![
        ("Americas", 1200, Tz::America__New_York),
        ("EMEA", 800, Tz::Europe__London),
        ("India", 200, Tz::Asia__Kolkata),
        ("Japan", 300, Tz::Asia__Tokyo),
    ];
    Sketch { segments, ..flagship_sketch() }
}

fn many_segments() -> Sketch {
    let zones = [Tz::Pacific__Auckland, LA, Tz::Asia__Kathmandu, Tz::Europe__Berlin, Tz::America__Sao_Paulo];
    let name = |i: usize| -> &'static str { Box::leak(format!("Partner {i}").into_boxed_str()) };
    let segments = (0..14).map(|i| (name(i), [0, 1, 2000, 900, 50][i % 5], zones[i % 5])).collect();
    Sketch { segments, deadline: "2026-06-12 17:00", tolerance: None, rates: vec![0.4], ..flagship_sketch() }
}

fn hostile_names() -> Sketch {
    let title: &'static str = Box::leak(
        format!(
            "{} <script>alert('1')</script> | `rm -rf` \u{1F680}\u{1F469}\u{200D}\u{1F4BB} & more",
            "A very long title of a plan ".repeat(8)
        )
        .into_boxed_str(),
    );
    Sketch {
        title,
        events: vec![
            (
                "<script>alert('rotation')</script> & \u{1F680} everything that was announced in the notice of last month",
                "2026-04-24 12:00",
            ),
            ("PKCE | `reauthorization` *now*\n# for all", "2026-05-01 12:00"),
        ],
        milestones: vec![("東京 の 締め切り \u{1F5FC}", "2026-05-11 00:00")],
        ..flagship_sketch()
    }
}

fn crowded() -> Sketch {
    Sketch {
        events: vec![
            ("Static IP", "2026-05-01 06:00"),
            ("PKCE", "2026-05-01 12:00"),
            ("PKCE for sandboxes", "2026-05-01 12:00"),
            ("Idle timeout", "2026-05-01 18:00"),
            ("Second wave of PKCE", "2026-05-02 12:00"),
        ],
        milestones: vec![
            ("Mail to admins", "2026-05-01 08:00"),
            ("Office hours begin", "2026-05-01 14:00"),
            ("Status call", "2026-05-01 20:00"),
            ("Second mail to admins", "2026-05-02 08:00"),
            ("Go or no go", "2026-05-02 20:00"),
        ],
        ..flagship_sketch()
    }
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time")
}

fn utc(text: &str, zone: Tz) -> DateTime<Utc> {
    clock::to_utc(local(text), zone).expect("one instant")
}

fn plan_of(sketch: &Sketch) -> Plan {
    let at = |text: &str| utc(text, sketch.zone);
    let as_of = at(sketch.as_of);
    let deadline = if sketch.org_local {
        Deadline::OrgLocal(local(sketch.deadline))
    } else {
        Deadline::Absolute(at(sketch.deadline))
    };
    let segment = |(i, (name, orgs, zone)): (usize, &(&str, u64, Tz))| Segment {
        id: if *name == "all" { "all".to_owned() } else { format!("segment-{i}") },
        name: (*name).to_owned(),
        orgs: *orgs,
        time_zone: *zone,
        calendar: Calendar::default(),
        uptake_factor: 1.0,
        own_uptake: None,
        policies: None,
        checkpoints: Vec::new(),
        last_refresh: Law::uniform(1.0, 1400.0).expect("proper"),
        known: None,
        interval: Law::Fixed(1400.0),
        heartbeat_coverage: 1.0,
        controls: Controls {
            reauthorization: (sketch.events.iter())
                .filter(|event| event.0.starts_with("PKCE"))
                .map(|event| Reauthorization { at: clock::hours_between(as_of, at(event.1)), required: 1.0 })
                .collect(),
            ..Controls::default()
        },
        deadline: clock::hours_between(as_of, utc(sketch.deadline, if sketch.org_local { *zone } else { sketch.zone })),
        timing: None,
        correlation: 0.0,
        recovery: None,
        work_clock: WorkClock::new(as_of, clock::hours_between(as_of, at(sketch.horizon)), *zone, &Calendar::default()),
    };
    let uptake = |(i, value): (usize, &f64)| {
        let unknown = sketch.unknown.contains(&i);
        let law = unknown.then(|| Law::pert(value * 0.6, *value, (value * 1.4).min(1.0)).expect("proper"));
        let label = law
            .as_ref()
            .map_or_else(|| crate::plan::units::show_share(*value), |l| l.describe(crate::plan::units::show_share));
        let percent = |law: &Law, q: f64| crate::scenario::base_rates::law::percent(law.quantile(q));
        let name = law.as_ref().map(|law| format!("{}-{} %", percent(law, 0.05), percent(law, 0.95)));
        Uptake {
            value: *value,
            law,
            echo: serde_json::json!(value),
            name: name.unwrap_or_else(|| label.clone()),
            label,
        }
    };
    let mut milestones: Vec<Milestone> =
        sketch.milestones.iter().map(|(name, t)| Milestone { name: (*name).to_owned(), at: at(t) }).collect();
    milestones.sort_by_key(|m| m.at);
    let event = |(i, (name, t)): (usize, &(&str, &str))| Event {
        id: format!("event-{i}"),
        name: (*name).to_owned(),
        at: at(t),
        controls: if name.starts_with("PKCE") { vec![Cause::Reauthorization] } else { vec![Cause::TokenRotation] },
    };
    Plan::new(PlanParts {
        title: sketch.title.to_owned(),
        time_zone: sketch.zone,
        seed: 20_260_501,
        runs: 10_000,
        as_of,
        deadline,
        horizon: at(sketch.horizon),
        tolerance: sketch.tolerance,
        events: sketch.events.iter().enumerate().map(event).collect(),
        milestones,
        checkpoints: Vec::new(),
        guard: None,
        window: sketch.window.map(|(opens, closes)| Window {
            opens: at(opens),
            closes: at(closes),
            shape: TimingShape { half_life_hours: None, office_hours: false },
        }),
        uptakes: sketch.rates.iter().enumerate().map(uptake).collect(),
        segments: sketch.segments.iter().enumerate().map(segment).collect(),
        dates: Vec::new(),
        wording: crate::plan::Wording::default(),
    })
    .expect("a valid plan")
}

pub(super) fn sample(name: &'static str, sketch: &Sketch) -> ReportSample {
    let plan = plan_of(sketch);
    let outcome = |uptake: &Uptake| {
        let exact = measures(&plan, sketch.failing, uptake.value, None);
        let simulated = measures(&plan, sketch.failing, uptake.value, Some(plan.runs()));
        Outcome {
            label: uptake.label.clone(),
            uptake: uptake.value,
            echo: uptake.echo.clone(),
            exact: (!sketch.simulated_only).then_some(exact),
            simulated: Some(simulated),
        }
    };
    let projection = Projection {
        warnings: Vec::new(),
        provenance: Provenance {
            path: "scenarios/pkce.toml".to_owned(),
            sha256: "0f5e".repeat(16),
            version: "0.1.0".to_owned(),
            changes: vec!["deadline=2026-05-04 09:00".to_owned()],
        },
        runs: plan.runs(),
        seed: plan.seed(),
        uptakes: plan.uptakes().iter().map(outcome).collect(),
        tripwires: None,
        curve_hours: plan.curve_hours(),
        agreement: (!sketch.simulated_only).then(|| Agreement {
            compared: 36,
            worst_z: 2.1,
            worst: "down at the deadline at 25 %".to_owned(),
            limit_z: 4.4,
            bound: 1e-6,
        }),
        notes: vec!["Ages that the interval cannot reach are left out: 0.3 % of them.".to_owned()],
        detail: Detail {
            grid: (!sketch.simulated_only).then(|| grid(&plan, sketch.failing)),
            paths: paths(&plan, sketch),
            ..Detail::default()
        },
    };
    ReportSample { name, plan, projection }
}

fn measures(plan: &Plan, failing: Failing, rate: f64, runs: Option<u64>) -> Measures {
    let se = |variance: f64| runs.map(|n| (variance / n as f64).sqrt());
    let groups = |hour: &dyn Fn(&Segment) -> f64| -> Vec<Group> {
        plan.segments().iter().map(|s| Group { n: s.orgs, p: failing(rate, hour(s)) }).collect()
    };
    let quantity = |groups: &[Group]| {
        let distribution = CountDistribution::sum_of(groups);
        let mean = groups.iter().map(|g| g.n as f64 * g.p).sum();
        Quantity { mean, se: se(distribution.variance()), distribution, split: None }
    };
    let failed = quantity(&groups(&|s| s.deadline));
    let horizon = quantity(&groups(&|_| plan.horizon_hours()));
    let curve = |share: f64| -> Vec<CurvePoint> {
        let point = |hour: &f64| {
            let groups: Vec<Group> = groups(&|_| *hour).into_iter().map(|g| Group { p: g.p * share, ..g }).collect();
            let q = quantiles_of_sum(&groups, &[0.05, 0.5, 0.95]);
            let mean = groups.iter().map(|g| g.n as f64 * g.p).sum();
            CurvePoint { mean, p5: Some(q[0]), p50: Some(q[1]), p95: Some(q[2]), chance: None, se: None }
        };
        plan.curve_hours().iter().map(point).collect()
    };
    let mean = |mean: f64| Mean { mean, se: se(mean) };
    let segment = |s: &Segment| SegmentMeans {
        id: s.id.clone(),
        name: s.name.clone(),
        orgs: s.orgs,
        failed_by_deadline: mean(s.orgs as f64 * failing(rate, s.deadline)),
        down_at_deadline: mean(s.orgs as f64 * failing(rate, s.deadline) * 0.4),
        failed_by_horizon: mean(s.orgs as f64 * failing(rate, plan.horizon_hours())),
    };
    let down = groups(&|s| s.deadline).into_iter().map(|g| Group { p: g.p * 0.4, ..g }).collect::<Vec<_>>();
    Measures {
        within_tolerance: plan.tolerance().map(|t| failed.distribution.cdf(t)),
        by_cause: [mean(failed.mean), mean(0.0), mean(0.0), mean(0.0), mean(0.0)],
        by_segment: plan.segments().iter().map(segment).collect(),
        by_local_hour: runs
            .is_none()
            .then(|| plan.segments().iter().map(|s| local_hours(plan, s, failing, rate)).collect()),
        failed_curve: curve(1.0),
        down_curve: curve(0.4),
        failed_by_deadline: failed,
        down_at_deadline: quantity(&down),
        failed_by_horizon: horizon,
        weight: None,
        disrupted_by_deadline: None,
        checkpoints: Vec::new(),
        guard: None,
        error_bound: runs.is_none().then_some(1e-9),
    }
}

fn grid(plan: &Plan, failing: Failing) -> Grid {
    let uptakes: Vec<f64> = (0..=20).map(|i| f64::from(i) / 20.0).collect();
    let shifts: Vec<f64> = (-3..=3).map(|i| f64::from(i) * 12.0).collect();
    let cell = |rate: f64, shift: f64| {
        let group = |s: &Segment| Group { n: s.orgs, p: failing(rate, s.deadline + shift) };
        let groups: Vec<Group> = plan.segments().iter().map(group).collect();
        let q = quantiles_of_sum(&groups, &[0.05, 0.5, 0.95]);
        GridCell {
            mean: groups.iter().map(|g| g.n as f64 * g.p).sum(),
            percentiles: [q[0], q[1], q[2]],
            within_tolerance: plan.tolerance().map(|t| cdf_of_mixture(std::slice::from_ref(&groups), t)),
        }
    };
    let cells = uptakes.par_iter().map(|u| shifts.iter().map(|s| cell(*u, *s)).collect()).collect();
    Grid { uptakes, shifts, cells }
}

/// Two courses a rate, on both sides of the mean.
fn paths(plan: &Plan, sketch: &Sketch) -> Vec<Vec<Vec<u32>>> {
    let path = |rate: f64, off: f64| -> Vec<u32> {
        let failed = |h: &f64| (sketch.failing)(rate, *h) * plan.orgs() as f64;
        plan.curve_hours().iter().map(|h| (failed(h) * off).min(plan.orgs() as f64) as u32).collect()
    };
    sketch.rates.iter().map(|rate| vec![path(*rate, 0.93), path(*rate, 1.06)]).collect()
}

fn local_hours(plan: &Plan, segment: &Segment, failing: Failing, rate: f64) -> Vec<HourMeans> {
    let failed_by = |hour: f64| failing(rate, hour) * segment.orgs as f64;
    let hours = plan.local_hours(segment).into_iter();
    hours.map(|hour| HourMeans { hour, failed: failed_by(hour.to) - failed_by(hour.from) }).collect()
}
