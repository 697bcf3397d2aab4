//! What the page's script reads: the grid of outcomes and the moments of the timeline, as compact JSON. The script looks up
//! and writes; it computes no result.

use crate::output::sentence::Facts;
use crate::plan::wording::{ACT, ACTS, FAILS, ORG, ORGS};
use crate::plan::{Deadline, Plan};
#[cfg(feature = "tables")]
use crate::results::track::TrackGrid;
use crate::results::{Grid, GridCell, Projection};
use serde::Serialize;

/// The data as JSON that can stand in a page: it holds no `<`.
///
/// # Panics
/// Never: all keys are strings.
pub(super) fn json(plan: &Plan, projection: &Projection) -> String {
    let grid = projection.detail.grid.as_ref().map(|grid| {
        let facts = Facts::of(plan, projection);
        GridView::new(grid, grid.nearest(facts.outcome(facts.middle()).uptake))
    });
    PageData::new(plan, grid).text()
}

/// The same of a rollout under way: its rates are how many more reconnect, in words.
///
/// # Panics
/// Never: all keys are strings.
#[cfg(feature = "tables")]
pub(super) fn track_json(plan: &Plan, found: Option<&TrackGrid>, rates: Vec<PageRate>) -> String {
    let grid = found.map(|found| GridView::new(&found.grid, found.expected));
    PageData { rates: Some(rates), ..PageData::new(plan, grid) }.text()
}

#[derive(Serialize)]
struct PageData {
    words: PageWords,
    locale: &'static str,
    orgs: u64,
    zone: &'static str,
    year: Option<i32>,
    tolerance: Option<u64>,
    reconnects: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grid: Option<GridView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<PageDeadline>,
    /// In words, where a rate is more than a share of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    rates: Option<Vec<PageRate>>,
}

/// A rate in words: by itself, and as a condition within a sentence.
#[derive(Serialize)]
pub(super) struct PageRate {
    pub(super) label: String,
    pub(super) at: String,
}

impl PageData {
    fn new(plan: &Plan, grid: Option<GridView>) -> Self {
        let words = PageWords {
            one: ORG.to_string(),
            many: ORGS.to_string(),
            act: ACT.to_string(),
            acts: ACTS.to_string(),
            fails: FAILS.to_string(),
            evenly: plan.segments().iter().all(|segment| segment.uptake_factor == 1.0),
        };
        Self {
            words,
            locale: plan.wording().locale.key(),
            orgs: plan.orgs(),
            zone: plan.time_zone().name(),
            year: plan.unsaid_year(),
            tolerance: plan.tolerance(),
            reconnects: plan.window().is_some(),
            deadline: grid.is_some().then(|| PageDeadline::new(plan)),
            grid,
            rates: None,
        }
    }

    /// As JSON that can stand in a page: it holds no `<`.
    fn text(&self) -> String {
        serde_json::to_string(self).expect("keys are strings").replace('<', "\\u003c")
    }
}

/// What the plan calls its customers, what they do, and what happens to them.
#[derive(Serialize)]
struct PageWords {
    one: String,
    many: String,
    act: String,
    acts: String,
    fails: String,
    /// Whether a rate is the share that acts, in every segment.
    evenly: bool,
}

/// The deadline in seconds since 1970: an instant, or what every org's own clock shows, as if that were UTC.
#[derive(Serialize)]
struct PageDeadline {
    at: i64,
    local: bool,
}

impl PageDeadline {
    fn new(plan: &Plan) -> Self {
        match plan.deadline() {
            Deadline::Absolute(at) => Self { at: at.timestamp(), local: false },
            Deadline::OrgLocal(local) => Self { at: local.and_utc().timestamp(), local: true },
        }
    }
}

/// Cells by rate and, within it, deadline. Counts and chances change little from one deadline to the next, so each is written as
/// its difference from the one before: means in units of `unit`, chances in hundredths of a percent, rounded down.
#[derive(Serialize)]
struct GridView {
    unit: f64,
    uptakes: Vec<f64>,
    shifts: Vec<f64>,
    /// Where the page starts.
    rate: usize,
    shift: usize,
    rows: Vec<GridRow>,
}

/// The mean, its three percentiles, and the chance of keeping the tolerance.
type GridRow = (Vec<i64>, Vec<i64>, Vec<i64>, Vec<i64>, Option<Vec<i64>>);

impl GridView {
    fn new(grid: &Grid, start: usize) -> Self {
        let largest = grid.cells.iter().flatten().fold(0.0_f64, |a, c| a.max(c.mean));
        let unit = match largest {
            m if m < 10.0 => 0.001,
            m if m < 1e5 => 0.1,
            _ => 1.0,
        };
        Self {
            unit,
            uptakes: grid.uptakes.clone(),
            shifts: grid.shifts.clone(),
            rate: start,
            shift: grid.own_deadline(),
            rows: grid.cells.iter().map(|row| grid_row(row, unit)).collect(),
        }
    }
}

fn grid_row(row: &[GridCell], unit: f64) -> GridRow {
    let count = |i: usize| differences(row.iter().map(|c| c.percentiles[i] as i64));
    let mean = differences(row.iter().map(|c| (c.mean / unit).round() as i64));
    let within: Option<Vec<f64>> = row.iter().map(|c| c.within_tolerance).collect();
    let within = within.map(|w| differences(w.iter().map(|p| (p * 10_000.0 + 1e-9).floor() as i64)));
    (mean, count(0), count(1), count(2), within)
}

fn differences(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut before = 0;
    values.map(|v| v - std::mem::replace(&mut before, v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;
    use serde_json::{Value, json};

    #[test]
    fn the_grid_can_be_read_back() {
        let sample = samples::flagship();
        let data: Value = serde_json::from_str(&json(&sample.plan, &sample.projection)).expect("JSON");
        let grid = sample.projection.detail.grid.as_ref().expect("a grid");
        let (rate, shift) = (10, grid.own_deadline());
        assert_eq!((&data["grid"]["shift"], &data["grid"]["uptakes"][rate]), (&json!(shift), &json!(0.5)));
        let sum = |member: usize| -> i64 {
            let all = data["grid"]["rows"][rate][member].as_array().expect("a list");
            all[..=shift].iter().map(|d| d.as_i64().expect("a whole number")).sum()
        };
        // At 50 % the flagship's closed form: mean 88.9, percentiles 74, 89 and 104, 89.5 % within 100.
        assert_eq!([sum(0), sum(1), sum(2), sum(3)], [889, 74, 89, 104]);
        assert!((8900..9000).contains(&sum(4)), "{}", sum(4));
    }

    #[test]
    fn no_text_can_end_the_script() {
        let sample = samples::named("hostile-names");
        assert!(!json(&sample.plan, &sample.projection).contains('<'));
    }
}
