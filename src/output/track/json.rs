//! `track --format json`, `track.json`, and a line of the journal.

use crate::output::json::{ScenarioView, indented, line as line_of};
use crate::plan::{Plan, UnknownUnit, clock};
use crate::results::track::{
    Forecast, ForecastCount, Learned, LearnedValue, NumberSummary, PERCENTS, ReadingSummary, StillNeeded, TrackReport,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

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
    posterior: Vec<LearnedView<'a>>,
    seen: SeenView,
    forecast: ForecastView,
    prior_forecast: ForecastView,
    within_tolerance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_track: Option<OnTrackView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guard: Vec<GuardCheckView>,
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
struct GuardCheckView {
    at: String,
    chance: f64,
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
#[derive(Serialize)]
#[serde(untagged)]
enum NumberValue {
    Number(f64),
    Time(String),
}

impl NumberValue {
    fn new(plan: &Plan, unit: UnknownUnit, value: f64) -> Self {
        let at = || clock::after(DateTime::UNIX_EPOCH, value);
        match unit {
            UnknownUnit::Instant => Self::Time(clock::rfc3339(at(), plan.time_zone())),
            UnknownUnit::LocalTime => Self::Time(at().format("%Y-%m-%dT%H:%M:%S").to_string()),
            _ => Self::Number(value),
        }
    }
}

#[derive(Serialize)]
struct LearnedSummaryView {
    mean: NumberValue,
    p5: Option<NumberValue>,
    p50: Option<NumberValue>,
    p95: Option<NumberValue>,
}

impl LearnedSummaryView {
    fn new(plan: &Plan, unit: UnknownUnit, of: &NumberSummary) -> Self {
        let value = |value: f64| NumberValue::new(plan, unit, value);
        let at = |place: usize| of.range.map(|range| value(range[place]));
        Self { mean: value(of.mean), p5: at(0), p50: at(1), p95: at(2) }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum LearnedView<'a> {
    Number { key: &'a str, prior: LearnedSummaryView, posterior: LearnedSummaryView },
    Readings { key: &'a str, readings: &'a [ReadingSummary] },
}

fn learned<'a>(report: &'a TrackReport) -> Vec<LearnedView<'a>> {
    let one = |one: &'a Learned| match &one.value {
        LearnedValue::Number { prior, posterior } => {
            let [prior, posterior] = [prior, posterior].map(|of| LearnedSummaryView::new(&report.plan, one.unit, of));
            LearnedView::Number { key: &one.key, prior, posterior }
        }
        LearnedValue::Readings(readings) => LearnedView::Readings { key: &one.key, readings },
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
        guard: report
            .guard
            .iter()
            .map(|check| GuardCheckView { at: instant(plan, check.at), chance: check.chance })
            .collect(),
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
    let zoned = |at: DateTime<Utc>| clock::rfc3339(at, plan.time_zone());
    let forecast = &report.forecast;
    let line = JournalView {
        now: instant(plan, report.now),
        title: plan.title(),
        as_of: zoned(plan.as_of()),
        time_zone: plan.time_zone().name(),
        begins: zoned(plan.events().iter().map(|event| event.at).min().unwrap_or(plan.as_of())),
        deadline: plan.deadline_instant().map(zoned),
        horizon: zoned(plan.horizon()),
        orgs: plan.orgs(),
        tolerance: plan.tolerance(),
        scenario_sha256: &report.provenance.sha256,
        changes: &report.provenance.changes,
        version: &report.provenance.version,
        observations_sha256: &report.seen_sha256,
        seen: report
            .looks
            .iter()
            .map(|look| JournalLookView {
                at: instant(plan, look.at),
                reconnected: look.reconnected,
                failed: look.failed,
            })
            .collect(),
        fits: report.fits.p,
        within_tolerance: forecast.within_tolerance,
        forecast: JournalForecastView {
            failed_by_deadline: PercentilesView::new(&forecast.failed_by_deadline),
            down_at_deadline: PercentilesView::new(&forecast.down_at_deadline),
            failed_by_horizon: PercentilesView::new(&forecast.failed_by_horizon),
        },
        checkpoints: report
            .checkpoints
            .iter()
            .map(|one| JournalCheckpointView {
                name: &one.name,
                at: &one.at,
                failed: PercentilesView::new(&one.failed),
            })
            .collect(),
        posterior: learned(report),
    };
    line_of(&line)
}

#[derive(Serialize)]
struct JournalView<'a> {
    now: String,
    title: &'a str,
    as_of: String,
    time_zone: &'a str,
    begins: String,
    deadline: Option<String>,
    horizon: String,
    orgs: u64,
    tolerance: Option<u64>,
    scenario_sha256: &'a str,
    changes: &'a [String],
    version: &'a str,
    observations_sha256: &'a str,
    seen: Vec<JournalLookView>,
    fits: f64,
    within_tolerance: Option<f64>,
    forecast: JournalForecastView,
    checkpoints: Vec<JournalCheckpointView<'a>>,
    posterior: Vec<LearnedView<'a>>,
}

#[derive(Serialize)]
struct JournalLookView {
    at: String,
    reconnected: Option<u64>,
    failed: Option<u64>,
}

#[derive(Serialize)]
struct JournalForecastView {
    failed_by_deadline: PercentilesView,
    down_at_deadline: PercentilesView,
    failed_by_horizon: PercentilesView,
}

#[derive(Serialize)]
struct JournalCheckpointView<'a> {
    name: &'a str,
    at: &'a str,
    failed: PercentilesView,
}

/// A count's mean and all the percentiles that a journal keeps.
#[derive(Serialize)]
struct PercentilesView {
    mean: f64,
    p1: Option<u64>,
    p5: Option<u64>,
    p10: Option<u64>,
    p25: Option<u64>,
    p50: Option<u64>,
    p75: Option<u64>,
    p90: Option<u64>,
    p95: Option<u64>,
    p99: Option<u64>,
}

impl PercentilesView {
    fn new(count: &ForecastCount) -> Self {
        let all = count.percentiles.map_or([None; PERCENTS.len()], |all| all.map(Some));
        let [p1, p5, p10, p25, p50, p75, p90, p95, p99] = all;
        Self { mean: count.mean, p1, p5, p10, p25, p50, p75, p90, p95, p99 }
    }
}
