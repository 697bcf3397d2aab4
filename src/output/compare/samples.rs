//! Comparisons for tests of outputs: plans that are told apart, that are not, one beside itself, many, and unlike ones.

use crate::output::samples::{self, Sketch, flagship_sketch};
use crate::results::comparison::{
    ByRun, ComparedPlan, ComparedRate, Comparison, Difference, Differing, PlanAtRate, Spread, Verdict,
};

/// A plan's name, what differs, and how many orgs more fail on average and in one rollout.
type SampleEntry = (&'static str, &'static str, f64, [f64; 2]);

fn spread(mean: f64, [p5, p95]: [f64; 2], scale: f64) -> Spread {
    let se = Some((p95 - p5) * scale / 329.0);
    Spread { mean: mean * scale, se, p5: p5 * scale, p50: mean.round() * scale, p95: p95 * scale }
}

fn difference(mean: f64, ends: [f64; 2], orgs: u64) -> Difference {
    let share = 1.0 / orgs as f64;
    let verdict = match (mean, ends) {
        (0.0, _) => Verdict::Same,
        (m, [_, p95]) if m < 0.0 && p95 < 0.0 => Verdict::Better,
        (m, [p5, _]) if m > 0.0 && p5 > 0.0 => Verdict::Worse,
        (m, _) if m < 0.0 => Verdict::BetterOnAverage,
        _ => Verdict::WorseOnAverage,
    };
    let better = (0.5 - mean / (ends[1] - ends[0]).max(1.0)).clamp(0.0, 1.0);
    let tied = if mean == 0.0 { 1.0 } else { 0.03 };
    let by_run = ByRun { orgs: spread(mean, ends, 1.0), share: spread(mean, ends, share), better, tied };
    Difference { mean_orgs: mean, mean_share: mean * share, error_bound: Some(1e-9), by_run: Some(by_run), verdict }
}

/// Against a plan that is not the baseline: as wide as the wider of the two.
fn against(this: &SampleEntry, leader: &SampleEntry, orgs: u64) -> Difference {
    let (mean, width) = (this.2 - leader.2, |e: &SampleEntry| e.3[1] - e.3[0]);
    let half = if mean == 0.0 { 0.0 } else { (width(this).max(width(leader)) / 2.0).round() };
    difference(mean, [mean - half, mean + half], orgs)
}

fn comparison(entries: &[SampleEntry], orgs: u64, rates: usize) -> Comparison {
    let sketch = Sketch { segments: vec![("all", orgs, crate::plan::zone::Tz::UTC)], ..flagship_sketch() };
    let sample = samples::sample("compared", &sketch);
    let plans = entries.iter().map(|(name, differs, ..)| ComparedPlan {
        label: (*name).to_owned(),
        provenance: sample.projection.provenance.clone(),
        plan: sample.plan.clone(),
        differs: vec![Differing { key: "event.pkce.at".to_owned(), words: Some((*differs).to_owned()) }],
    });
    let rate = |i: usize| {
        let outcome = &sample.projection.uptakes[i];
        let base = outcome.best().failed_by_deadline.mean;
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|a, b| entries[*a].2.total_cmp(&entries[*b].2));
        let leader = &entries[order[0]];
        let plan = |e: &SampleEntry| PlanAtRate {
            failed: crate::results::Mean { mean: (base + e.2).max(0.0), se: None },
            range: [74, 89, 104],
            down: Some(crate::results::Mean { mean: base * 0.4, se: None }),
            by_horizon: None,
            within_tolerance: Some(0.9),
            versus_baseline: difference(e.2, e.3, orgs),
            versus_leader: against(e, leader, orgs),
            best: Some(0.25),
        };
        let plans: Vec<PlanAtRate> = entries.iter().map(plan).collect();
        let front = order.into_iter().filter(|k| plans[*k].versus_leader.verdict != Verdict::Worse).collect();
        ComparedRate { label: outcome.label.clone(), uptake: outcome.uptake, echo: outcome.echo.clone(), plans, front }
    };
    let rates = (0..rates).map(rate).collect();
    Comparison {
        plans: plans.collect(),
        baseline: 0,
        seed: 20_260_501,
        runs: 10_000,
        rates,
        window_hours: (entries[1].2 != 0.0).then(|| entries.iter().map(|e| 5.0 + e.2.abs()).collect()),
        notes: vec!["A note.".into()],
    }
}

const FRIDAY: SampleEntry = ("Friday cutover", "Fri 1 May 2026 12:00", 0.0, [0.0, 0.0]);

pub(crate) fn close() -> Comparison {
    let week = ("Friday, week-long window", "Fri 8 May 2026 13:00", 7.5, [0.0, 16.0]);
    comparison(&[FRIDAY, ("Tuesday cutover", "Tue 5 May 2026 12:00", -4.2, [-21.0, 13.0]), week], 2500, 6)
}

pub(crate) fn clear() -> Comparison {
    comparison(&[FRIDAY, ("Tuesday cutover", "Tue 5 May 2026 12:00", -44.2, [-61.0, -27.0])], 2500, 2)
}

pub(crate) fn itself() -> Comparison {
    comparison(&[FRIDAY, FRIDAY], 2500, 3)
}

/// Every comparison, by name.
pub(crate) fn all() -> Vec<(&'static str, Comparison)> {
    let names =
        ["daily-refresh", "heartbeat-gap", "a-very-long-name-of-a-scenario-file-that-no-table-has-room-for", "x"];
    let entry = |k: usize| -> SampleEntry {
        let name: &'static str = Box::leak(format!("{} {k}", names[k % 4]).into_boxed_str());
        if k == 0 {
            (name, "always", 0.0, [0.0, 0.0])
        } else {
            (name, "<b>|`x`", 200.0 * k as f64, [-9.0, 400.0 * k as f64])
        }
    };
    let many: Vec<SampleEntry> = (0..10).map(entry).collect();
    let mut unlike = clear();
    let large = samples::named("org-local").plan.clone();
    unlike.plans[1].plan = large;
    vec![
        ("close", close()),
        ("clear", clear()),
        ("itself", itself()),
        ("many", comparison(&many, 2500, 6)),
        ("a-billion", comparison(&many[..3], 1_000_000_000, 2)),
        ("unlike", unlike),
    ]
}
