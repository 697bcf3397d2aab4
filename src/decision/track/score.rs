//! Past forecasts held against what happened, beside two baselines made of the same counts: a straight line and a Bass curve.

use crate::plan::zone::Tz;
use crate::population::seen::{Observations, SeenFrame};
use crate::results::score::{ScoredForecast, Scores};
use crate::results::track::PERCENTS;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A line of the journal, as far as it is scored.
#[derive(Debug, Deserialize)]
struct JournalLine {
    now: DateTime<Utc>,
    title: String,
    as_of: DateTime<Utc>,
    time_zone: String,
    begins: DateTime<Utc>,
    deadline: Option<DateTime<Utc>>,
    horizon: DateTime<Utc>,
    orgs: u64,
    tolerance: Option<u64>,
    seen: Vec<JournalLook>,
    within_tolerance: Option<f64>,
    forecast: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    #[serde(default)]
    checkpoints: Vec<JournalCheckpoint>,
    #[serde(skip)]
    written: String,
}

#[derive(Debug, Deserialize)]
struct JournalLook {
    at: DateTime<Utc>,
    reconnected: Option<u64>,
    failed: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct JournalCheckpoint {
    name: String,
    at: DateTime<Utc>,
    failed: BTreeMap<String, Option<f64>>,
}

/// What happened: failures by ascending instants.
struct Truth(Vec<(DateTime<Utc>, f64)>);

impl Truth {
    /// Failures by an instant, straight between counts; `None` before the first and after the last.
    fn at(&self, at: DateTime<Utc>) -> Option<f64> {
        let after = self.0.iter().position(|(t, _)| *t >= at)?;
        let (to, high) = self.0[after];
        if to == at {
            return Some(high);
        }
        let (from, low) = *self.0.get(after.checked_sub(1)?)?;
        Some(low + (high - low) * hours(from, at) / hours(from, to))
    }
}

fn hours(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).num_milliseconds() as f64 / 3.6e6
}

/// The title of the plan that a journal is about, and what counts of it are read by.
///
/// # Errors
/// When its first line can't be read, or there is none.
pub(crate) fn journal_frame(name: &str, journal: &str) -> Result<(String, SeenFrame)> {
    let first = journal.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line: JournalLine = serde_json::from_str(first).map_err(|why| bad_line(name, 1, &why))?;
    let zone = line.time_zone.parse().unwrap_or(Tz::UTC);
    Ok((line.title, SeenFrame { as_of: line.as_of, horizon: None, zone, orgs: line.orgs, segments: Vec::new() }))
}

fn bad_line(name: &str, line: usize, why: &serde_json::Error) -> Error {
    let report = format!(
        "error[bad-journal]: {name}, line {line}: {why}\n  = help: take a journal.jsonl that cutover track wrote, unchanged\n\n1 fault in {name}"
    );
    Error::BadInput { report, faults: 1 }
}

/// Scores every forecast of a journal whose truth is known. `instant` gives the instants of the observations.
///
/// # Errors
/// When a line of the journal can't be read.
pub(crate) fn score(
    (name, journal): (&str, &str),
    actuals: &Observations,
    instant: &dyn Fn(f64) -> DateTime<Utc>,
) -> Result<Scores> {
    let rows = actuals.rows.iter().filter(|row| row.segment.is_none());
    let truth = Truth(rows.filter_map(|row| Some((instant(row.at), row.failed? as f64))).collect());
    let mut scores = Scores { journal: name.to_owned(), actuals: actuals.path.clone(), forecasts: Vec::new(), open: 0 };
    for (number, text) in journal.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: JournalLine = serde_json::from_str(text).map_err(|why| bad_line(name, number + 1, &why))?;
        let written = serde_json::from_str::<serde_json::Value>(text).ok();
        let written = written.and_then(|value| value["now"].as_str().map(str::to_owned)).unwrap_or_default();
        let line = JournalLine { written, ..line };
        let figures = [("failed_by_deadline", line.deadline), ("failed_by_horizon", Some(line.horizon))];
        for (figure, at) in figures {
            let of = line.forecast.get(figure);
            scores.add(&line, (figure, at), of, &truth);
        }
        for checkpoint in &line.checkpoints {
            scores.add(&line, (&checkpoint.name, Some(checkpoint.at)), Some(&checkpoint.failed), &truth);
        }
    }
    Ok(scores)
}

impl Scores {
    fn add(
        &mut self,
        line: &JournalLine,
        (figure, at): (&str, Option<DateTime<Utc>>),
        of: Option<&BTreeMap<String, Option<f64>>>,
        truth: &Truth,
    ) {
        let Some((at, of)) = at.zip(of).filter(|(at, _)| *at > line.now) else { return };
        let percentiles: Option<Vec<f64>> = PERCENTS.iter().map(|p| *of.get(&format!("p{p}"))?).collect();
        let (Some(percentiles), Some(happened), Some(Some(mean))) = (percentiles, truth.at(at), of.get("mean")) else {
            self.open += 1;
            return;
        };
        let (lead, orgs) = (hours(line.begins, at), line.orgs as f64);
        let counts = |from: DateTime<Utc>, of: fn(&JournalLook) -> Option<u64>| -> Vec<(f64, f64)> {
            line.seen.iter().filter_map(|look| Some((hours(from, look.at), of(look)? as f64))).collect()
        };
        let failed = counts(line.begins, |look| look.failed);
        // Before anybody has failed the baselines go on with those who have acted, and take all others to fail.
        let [of_line, of_bass] = match failed.iter().any(|(_, n)| *n > 0.0) {
            true => [straight(&failed, lead), bass(&failed, orgs, lead)],
            false => {
                let (acted, lead) = (counts(line.as_of, |look| look.reconnected), hours(line.as_of, at));
                [orgs - straight(&acted, lead), orgs - bass(&acted, orgs, lead)]
            }
        };
        let (low, high) = (percentiles[1], percentiles[7]);
        let log_score =
            line.tolerance.zip(line.within_tolerance).filter(|_| figure == "failed_by_deadline").map(|(most, p)| {
                let given = if happened <= most as f64 { p } else { 1.0 - p };
                // A chance is never said to be nothing: one in ten thousand at least.
                -given.max(1e-4).ln()
            });
        self.forecasts.push(ScoredForecast {
            now: line.written.clone(),
            figure: figure.to_owned(),
            lead_hours: hours(line.now, at),
            truth: happened,
            mean: *mean,
            range: [low, high],
            crps: crps(&percentiles, happened),
            interval_score: high - low + 20.0 * ((low - happened).max(0.0) + (happened - high).max(0.0)),
            within_50: (percentiles[3]..=percentiles[5]).contains(&happened),
            within_90: (low..=high).contains(&happened),
            log_score,
            crps_of_line: (of_line.clamp(0.0, orgs) - happened).abs(),
            crps_of_bass: (of_bass.clamp(0.0, orgs) - happened).abs(),
        });
    }
}

/// The continuous ranked probability score (Gneiting & Raftery 2007), `∫ (F(x) - 1{x >= truth})² dx`, of the cdf that is straight between the percentiles,
/// with nothing beyond the outermost.
pub(super) fn crps(percentiles: &[f64], truth: f64) -> f64 {
    let outside = (percentiles[0] - truth).max(0.0) + (truth - percentiles[percentiles.len() - 1]).max(0.0);
    // The integral of a square of what is straight from `a` to `b`.
    let square = |width: f64, a: f64, b: f64| width * (a * a + a * b + b * b) / 3.0;
    let piece = |i: usize| {
        let ([from, to], [low, high]) = ([percentiles[i], percentiles[i + 1]], [i, i + 1].map(|i| PERCENTS[i] / 100.0));
        let width = to - from;
        if width <= 0.0 {
            return 0.0;
        }
        let part = ((truth - from) / width).clamp(0.0, 1.0);
        let middle = low + part * (high - low);
        square(part * width, low, middle) + square((1.0 - part) * width, middle - 1.0, high - 1.0)
    };
    outside + (0..percentiles.len() - 1).map(piece).sum::<f64>()
}

/// The straight line through the last two counts, hours after the beginning; before a second one from none at the beginning.
fn straight(looks: &[(f64, f64)], at: f64) -> f64 {
    let Some((to, high)) = looks.last() else { return 0.0 };
    let (from, low) = if looks.len() < 2 { (0.0, 0.0) } else { looks[looks.len() - 2] };
    if *to <= from { *high } else { high + (high - low) / (to - from) * (at - to) }
}

/// The Bass curve `m (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t)` (Bass 1969) of least squares: over a grid of `p` and `q` that is narrowed, `m` by its own
/// least squares, at most the orgs there are.
fn bass(looks: &[(f64, f64)], orgs: f64, at: f64) -> f64 {
    let Some((last, most)) = looks.last().copied().filter(|(last, _)| *last > 0.0) else { return 0.0 };
    let shape = |p: f64, q: f64, t: f64| {
        let e = (-(p + q) * t.max(0.0)).exp();
        (1.0 - e) / (1.0 + q / p * e)
    };
    let fit = |p: f64, q: f64| {
        let shapes: Vec<f64> = looks.iter().map(|(t, _)| shape(p, q, *t)).collect();
        let square: f64 = shapes.iter().map(|g| g * g).sum();
        let cross: f64 = shapes.iter().zip(looks).map(|(g, (_, n))| g * n).sum();
        let m = if square > 0.0 { (cross / square).clamp(most.min(orgs), orgs) } else { orgs };
        let error: f64 = shapes.iter().zip(looks).map(|(g, (_, n))| (m * g - n).powi(2)).sum();
        (error, m)
    };
    let (mut centre, mut width) = ((1.0 / last).ln(), 6.0);
    let mut best = (f64::INFINITY, 1.0 / last, 0.0, orgs);
    let mut of_q = (1.0 / last).ln();
    for _ in 0..6 {
        let steps = || (-10..=10).map(f64::from);
        for i in steps() {
            for j in steps() {
                let (p, q) = ((centre + i / 10.0 * width).exp(), (of_q + j / 10.0 * width).exp());
                let (error, m) = fit(p, q);
                if error < best.0 {
                    best = (error, p, q, m);
                }
            }
        }
        (centre, of_q, width) = (best.1.ln(), best.2.max(1e-12).ln(), width / 3.0);
    }
    best.3 * shape(best.1, best.2, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certain_forecast_scores_its_distance_and_a_wide_one_what_the_formula_says() {
        assert!((crps(&[7.0; 9], 10.0) - 3.0).abs() < 1e-12);
        // Even from 0 to 100, the truth in the middle: 2 (50^3 - 1) / 3 / 100^2 between the 1st and the 99th percentile.
        assert!((crps(&PERCENTS, 50.0) - 2.0 * (125_000.0 - 1.0) / 30_000.0).abs() < 1e-9);
        // A normal's CRPS at its own mean is sigma (sqrt(2) - 1) / sqrt(pi) = 0.2337 sigma; nine percentiles with straight lines between them tell it to
        // within a twentieth. scipy 1.17.1: norm.ppf of the levels.
        let z = [-2.326_35, -1.644_85, -1.281_55, -0.674_49, 0.0, 0.674_49, 1.281_55, 1.644_85, 2.326_35];
        let of = z.map(|z| 100.0 + 10.0 * z);
        assert!((crps(&of, 100.0) / 2.337 - 1.0).abs() < 0.05, "{}", crps(&of, 100.0));
    }

    #[test]
    fn the_baselines_go_on_as_their_counts_do() {
        assert!((straight(&[(10.0, 20.0), (20.0, 40.0)], 50.0) - 100.0).abs() < 1e-9);
        assert!((straight(&[(10.0, 20.0)], 50.0) - 100.0).abs() < 1e-9);
        let curve = |t: f64| {
            let (p, q, m): (f64, f64, f64) = (0.01, 0.05, 800.0);
            let e = (-(p + q) * t).exp();
            m * (1.0 - e) / (1.0 + q / p * e)
        };
        let looks: Vec<(f64, f64)> = [5.0, 15.0, 30.0, 50.0, 70.0].map(|t| (t, curve(t))).to_vec();
        assert!((bass(&looks, 2_500.0, 120.0) - curve(120.0)).abs() < 15.0, "{}", bass(&looks, 2_500.0, 120.0));
    }
}
