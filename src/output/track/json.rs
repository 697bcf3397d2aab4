//! `track --format json`, `track.json`, and a line of the journal.

use crate::output::json::{ScenarioView, indented};
use crate::plan::{Plan, UnknownUnit, clock};
use crate::results::track::{Forecast, ForecastCount, LearnedValue, NumberSummary, PERCENTS, StillNeeded, TrackReport};
use chrono::DateTime;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The report as the text of a file.
pub(crate) fn text(report: &TrackReport) -> String {
    indented(&view(report))
}

#[derive(Serialize)]
struct CountView {
    mean: f64,
    p5: Option<u64>,
    p50: Option<u64>,
    p95: Option<u64>,
}

impl CountView {
    fn new(count: &ForecastCount) -> Self {
        let range = count.range();
        Self { mean: count.mean, p5: range.map(|r| r[0]), p50: range.map(|r| r[1]), p95: range.map(|r| r[2]) }
    }
}

#[derive(Serialize)]
struct ForecastView {
    failed_by_deadline: CountView,
    down_at_deadline: CountView,
    failed_by_horizon: CountView,
}

impl ForecastView {
    fn new(forecast: &Forecast) -> Self {
        Self {
            failed_by_deadline: CountView::new(&forecast.failed_by_deadline),
            down_at_deadline: CountView::new(&forecast.down_at_deadline),
            failed_by_horizon: CountView::new(&forecast.failed_by_horizon),
        }
    }
}

#[derive(Serialize)]
struct TrackView<'a> {
    now: String,
    fits: FitsView<'a>,
    ess: f64,
    method: &'a str,
    plans: usize,
    posterior: Vec<Value>,
    seen: SeenView,
    forecast: ForecastView,
    prior_forecast: ForecastView,
    within_tolerance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_track: Option<OnTrackView<'a>>,
    checkpoints: Vec<TrackCheckpointView<'a>>,
    segments: Vec<TrackSegmentView<'a>>,
    curve: Vec<TrackPointView>,
    notes: &'a [String],
    scenario: ScenarioView<'a>,
    observations: ObservationsView<'a>,
    version: &'a str,
}

#[derive(Serialize)]
struct FitsView<'a> {
    p: f64,
    worst: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    misfit: Option<&'a str>,
}

#[derive(Serialize)]
struct SeenView {
    reconnected: Option<u64>,
    failed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tickets: Option<u64>,
}

#[derive(Serialize)]
struct OnTrackView<'a> {
    tolerance: u64,
    until: String,
    expected_more: f64,
    needed: &'a [StillNeeded],
}

#[derive(Serialize)]
struct TrackCheckpointView<'a> {
    name: &'a str,
    at: &'a str,
    failed: CountView,
    down: CountView,
}

#[derive(Serialize)]
struct TrackSegmentView<'a> {
    id: &'a str,
    name: &'a str,
    failed_by_deadline: CountView,
}

#[derive(Serialize)]
struct TrackPointView {
    at: String,
    prior: [f64; 3],
    now: [f64; 3],
}

#[derive(Serialize)]
struct ObservationsView<'a> {
    path: &'a str,
    sha256: &'a str,
}

fn instant(plan: &Plan, hours: f64) -> String {
    clock::rfc3339(plan.instant(hours), plan.time_zone())
}

/// A number of an unknown: a time as text.
fn number(plan: &Plan, unit: UnknownUnit, value: f64) -> Value {
    let at = || clock::after(DateTime::UNIX_EPOCH, value);
    match unit {
        UnknownUnit::Instant => Value::from(clock::rfc3339(at(), plan.time_zone())),
        UnknownUnit::LocalTime => Value::from(at().format("%Y-%m-%dT%H:%M:%S").to_string()),
        _ => Value::from(value),
    }
}

fn learned(report: &TrackReport) -> Vec<Value> {
    let summary = |unit: UnknownUnit, of: &NumberSummary| {
        let mut members = Map::new();
        for (name, value) in [("mean", of.mean), ("p5", of.p5), ("p50", of.p50), ("p95", of.p95)] {
            members.insert(name.to_owned(), number(&report.plan, unit, value));
        }
        Value::Object(members)
    };
    let one = |one: &crate::results::track::Learned| match &one.value {
        LearnedValue::Number { prior, posterior } => {
            json!({ "key": one.key, "prior": summary(one.unit, prior), "posterior": summary(one.unit, posterior) })
        }
        LearnedValue::Readings(readings) => {
            let readings: Vec<Value> =
                readings.iter().map(|r| json!({ "law": r.law, "prior": r.prior, "posterior": r.posterior })).collect();
            json!({ "key": one.key, "readings": readings })
        }
    };
    report.learned.iter().map(one).collect()
}

fn view(report: &TrackReport) -> TrackView<'_> {
    let plan = &report.plan;
    let last = report.looks.last();
    TrackView {
        now: instant(plan, report.now),
        fits: FitsView { p: report.fits.p, worst: &report.fits.worst, misfit: report.fits.misfit.as_deref() },
        ess: report.effective.round(),
        method: report.method,
        plans: report.evaluated,
        posterior: learned(report),
        seen: SeenView {
            reconnected: last.and_then(|look| look.reconnected),
            failed: last.and_then(|look| look.failed),
            tickets: last.and_then(|look| look.tickets),
        },
        forecast: ForecastView::new(&report.forecast),
        prior_forecast: ForecastView::new(&report.before),
        within_tolerance: report.forecast.within_tolerance,
        on_track: report.on_track.as_ref().map(|on_track| OnTrackView {
            tolerance: on_track.tolerance,
            until: instant(plan, on_track.until),
            expected_more: on_track.expected,
            needed: &on_track.needed,
        }),
        checkpoints: report
            .checkpoints
            .iter()
            .map(|one| TrackCheckpointView {
                name: &one.name,
                at: &one.at,
                failed: CountView::new(&one.failed),
                down: CountView::new(&one.down),
            })
            .collect(),
        segments: report
            .segments
            .iter()
            .map(|one| TrackSegmentView {
                id: &one.id,
                name: &one.name,
                failed_by_deadline: CountView::new(&one.failed_by_deadline),
            })
            .collect(),
        curve: report
            .curve
            .iter()
            .map(|p| TrackPointView { at: instant(plan, p.hours), prior: p.before, now: p.now })
            .collect(),
        notes: &report.notes,
        scenario: ScenarioView::new(plan, &report.provenance),
        observations: ObservationsView { path: &report.seen_path, sha256: &report.seen_sha256 },
        version: &report.provenance.version,
    }
}

/// A line of the journal: the forecasts as percentiles, and what was learned.
pub(crate) fn journal_line(report: &TrackReport) -> String {
    let plan = &report.plan;
    let count = |count: &ForecastCount| {
        let names = PERCENTS.map(|percent| format!("p{percent}"));
        let percentiles: Map<String, Value> = names
            .into_iter()
            .enumerate()
            .map(|(i, name)| (name, count.percentiles.map_or(Value::Null, |p| Value::from(p[i]))))
            .collect();
        let mut all = Map::new();
        all.insert("mean".to_owned(), Value::from(count.mean));
        all.extend(percentiles);
        Value::Object(all)
    };
    let checkpoints: Vec<Value> = report
        .checkpoints
        .iter()
        .map(|one| json!({ "name": one.name, "at": one.at, "failed": count(&one.failed) }))
        .collect();
    let line = json!({
        "now": instant(plan, report.now),
        "title": plan.title(),
        "as_of": clock::rfc3339(plan.as_of(), plan.time_zone()),
        "time_zone": plan.time_zone().name(),
        "begins": clock::rfc3339(plan.events().iter().map(|event| event.at).min().unwrap_or(plan.as_of()), plan.time_zone()),
        "deadline": plan.deadline_instant().map(|at| clock::rfc3339(at, plan.time_zone())),
        "horizon": clock::rfc3339(plan.horizon(), plan.time_zone()),
        "orgs": plan.orgs(),
        "tolerance": plan.tolerance(),
        "scenario_sha256": report.provenance.sha256,
        "changes": report.provenance.changes,
        "version": report.provenance.version,
        "observations_sha256": report.seen_sha256,
        "seen": report.looks.iter().map(|look| json!({
            "at": instant(plan, look.at), "reconnected": look.reconnected, "failed": look.failed,
        })).collect::<Vec<_>>(),
        "fits": report.fits.p,
        "within_tolerance": report.forecast.within_tolerance,
        "forecast": {
            "failed_by_deadline": count(&report.forecast.failed_by_deadline),
            "down_at_deadline": count(&report.forecast.down_at_deadline),
            "failed_by_horizon": count(&report.forecast.failed_by_horizon),
        },
        "checkpoints": checkpoints,
        "posterior": learned(report),
    });
    line.to_string()
}
