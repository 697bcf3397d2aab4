//! A rollout under way: what the counts so far say about what was not known, and about the rest. The likelihood of the counts comes from the
//! exact engine; what is seen is held fixed, and the rest is forecast.

mod fit_check;
mod forecast;
mod guard_outlook;
mod model;
mod on_track;
mod posterior;
pub(crate) mod score;
mod series;
mod what_if;

#[cfg(test)]
mod tests;

use crate::engine::exact::Declined;
use crate::plan::wording::{ACTING, FAILED, ORGS};
use crate::plan::{Deadline, Family, Plan, UnknownUnit, UnknownValues, clock, units};
use crate::population::seen::Observations;
use crate::results::Provenance;
use crate::results::track::{
    Forecast, Learned, LearnedValue, NumberSummary, ReadingSummary, SeenLook, TrackPoint, TrackReport,
};
use crate::scenario::Scenario;
use crate::{Error, Result};
use forecast::{DRAWS, FEWEST, Futures};
use model::{AskedTimes, Lives};
use posterior::{Posterior, UptakePrior, is_uptake, posterior};
use rayon::prelude::*;
use series::Series;

/// Points of the curve.
const POINTS: usize = 240;

/// What is known of a scenario's plan before anything was seen.
pub(crate) struct Before {
    posterior: Posterior,
    forecast: Forecast,
}

/// What is known of a scenario's plan before anything was seen, for forecasts at one time after the other.
///
/// # Errors
/// When the exact engine can't follow the plan.
pub(crate) fn before(scenario: &Scenario, progress: &(dyn Fn(u64) + Sync)) -> Result<Before> {
    let _words = scenario.family.centre().wording().enter();
    let (family, plan) = (&scenario.family, scenario.family.centre());
    let (nothing, mut lives) = (Series::all(&Observations::default(), plan), Lives::default());
    let posterior = posterior(family, &nothing, &mut lives, plan.seed(), progress).map_err(told)?;
    let asked = AskedTimes { hours: &[], shifts: &[] };
    let futures = Futures::new(family, &posterior, &nothing, asked, (&mut lives, progress)).map_err(told)?;
    let forecast = futures.headline(plan.tolerance());
    Ok(Before { posterior, forecast })
}

/// What the counts say of a scenario's plan; `now` is their last instant, or a later one.
///
/// # Errors
/// When the exact engine can't follow the plan.
pub(crate) fn track(
    scenario: &Scenario,
    seen: &Observations,
    now: Option<f64>,
    provenance: Provenance,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<TrackReport> {
    report(scenario, seen, (now, None), provenance, progress)
}

/// The same as far as a journal keeps it: without the curve, and without what would change it.
///
/// # Errors
/// When the exact engine can't follow the plan.
pub(crate) fn forecast_alone(
    scenario: &Scenario,
    seen: &Observations,
    before: &Before,
    provenance: Provenance,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<TrackReport> {
    report(scenario, seen, (None, Some(before)), provenance, progress)
}

fn told(declined: Declined) -> Error {
    Error::Engine(declined.0)
}

fn report(
    scenario: &Scenario,
    seen: &Observations,
    (now, before): (Option<f64>, Option<&Before>),
    provenance: Provenance,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<TrackReport> {
    let _words = scenario.family.centre().wording().enter();
    let (family, plan) = (&scenario.family, scenario.family.centre());
    let (series, seed) = (Series::all(seen, plan), plan.seed());
    let nothing = Series::all(&Observations::default(), plan);
    let mut lives = Lives::default();
    let learned = posterior(family, &series, &mut lives, seed, progress).map_err(told)?;
    let own = match before {
        Some(_) => None,
        None => Some(posterior(family, &nothing, &mut Lives::default(), seed, progress).map_err(told)?),
    };
    let prior = own.as_ref().or(before.map(|before| &before.posterior)).unwrap_or(&learned);
    let now = now.or(seen.last()).unwrap_or(0.0);
    let (hours, shifts) = match before {
        Some(_) => (Vec::new(), Vec::new()),
        None => (curve_hours(plan, &series, now), what_if::shifts(plan, now)),
    };
    let checks = plan.guard().map_or(&[][..], |guard| &guard.checks).iter().copied();
    let asked: Vec<f64> = hours.iter().copied().chain(on_track::until(plan)).chain(checks).collect();
    let asked = AskedTimes { hours: &asked, shifts: &shifts };
    let futures = Futures::new(family, &learned, &series, asked, (&mut lives, progress)).map_err(told)?;
    let (before, curve) = match before {
        Some(before) => (before.forecast.clone(), Vec::new()),
        None => {
            let asked = AskedTimes { hours: &hours, shifts: &[] };
            let lives = (&mut Lives::default(), progress);
            let before = Futures::new(family, prior, &nothing, asked, lives).map_err(told)?;
            (before.headline(plan.tolerance()), curve(&hours, &futures, &before))
        }
    };
    let looks = looks(seen, plan);
    let mut notes = notes(plan, &series, &learned);
    notes.extend(guard_notes(plan, &looks, now));
    notes.extend(seen.notes.iter().cloned());
    Ok(TrackReport {
        provenance,
        plan: plan.clone(),
        seen_sha256: seen.sha256.clone(),
        seen_path: seen.path.clone(),
        now,
        looks,
        method: method(&series),
        effective: learned.effective.min(DRAWS as f64),
        evaluated: learned.evaluated,
        learned: unknowns(family, &learned, prior),
        fits: fit_check::fits(&learned, &series, plan, seed),
        forecast: futures.headline(plan.tolerance()),
        before,
        on_track: (!hours.is_empty()).then(|| on_track::on_track(&futures, plan, now)).flatten(),
        what_if: what_if::grid(&futures, plan, now, shifts),
        guard: guard_outlook::outlook(&futures, plan, now),
        curve,
        checkpoints: futures.checkpoints(plan, |place| checkpoint_at(plan, place)),
        segments: futures.segments(plan),
        notes,
    })
}

fn checkpoint_at(plan: &Plan, place: usize) -> String {
    match plan.checkpoints()[place].at {
        Deadline::Absolute(at) => clock::rfc3339(at, plan.time_zone()),
        // As the plan's own zone reads it.
        Deadline::OrgLocal(local) => {
            clock::rfc3339(clock::to_utc(local, plan.time_zone()).unwrap_or(local.and_utc()), plan.time_zone())
        }
    }
}

/// What a reader must know of a guard.
fn guard_notes(plan: &Plan, looks: &[SeenLook], now: f64) -> Vec<String> {
    if plan.guard().is_none() {
        return Vec::new();
    }
    let mut notes = vec!["The forecast is of a rollout that the guard does not stop.".to_owned()];
    if let Some((at, failed)) = guard_outlook::exceeded(plan, looks, now) {
        notes.push(format!(
            "By {} {} had {FAILED}, more than the guard bears. If the rollout was stopped then, take out of the plan what never came.",
            clock::show(plan.instant(at), plan.time_zone(), plan.unsaid_year()),
            units::orgs(failed)
        ));
    }
    if guard_outlook::counts_others(plan) {
        notes.push(
            "Checks of the guard count the failures of all events here, not of the guarded one alone.".to_owned(),
        );
    }
    notes
}

/// What is said where orgs are known one by one.
fn known_note(plan: &Plan) -> Option<String> {
    let known = plan.segments().iter().any(|segment| segment.known.is_some());
    known.then(|| {
        format!(
            "Which {ORGS} were seen is not looked at: those of the inventory are taken as drawn from its ages, segment by segment."
        )
    })
}

fn method(series: &[Series]) -> &'static str {
    let together = series.iter().any(|one| one.segments.len() > 1 && !one.gaps.is_empty());
    if together { "multivariate normal" } else { "exact multinomial" }
}

fn notes(plan: &Plan, series: &[Series], learned: &Posterior) -> Vec<String> {
    let mut notes = Vec::new();
    if UptakePrior::of(plan) == UptakePrior::Uniform {
        notes.push(format!(
            "The scenario asks about several rates of {ACTING}. Beforehand each rate from 0 to 1 is taken to be as likely as any other."
        ));
    }
    if method(series) == "multivariate normal" {
        notes.push(
            "Counts of all segments together are weighed by a normal approximation with the exact means and covariances. Count each segment by \
             itself to do without."
                .to_owned(),
        );
    }
    notes.extend(known_note(plan));
    let heals = |policies: &crate::plan::Policies| policies.events.iter().any(|event| event.heals);
    if plan.segments().iter().any(|segment| segment.policies.as_deref().is_some_and(heals)) {
        notes.push(
            "Orgs that were seen to fail are not followed to where their event ends and heals them: fewer are still broken after that than told here."
                .to_owned(),
        );
    }
    if learned.effective < FEWEST {
        notes.push(format!(
            "Only {:.0} effective draws bear the result, so no ranges are told. What was seen is far from what the plan expected.",
            learned.effective
        ));
    }
    notes
}

/// Counts of all orgs: of rows of all, or sums where each segment was counted at one instant.
fn looks(seen: &Observations, plan: &Plan) -> Vec<SeenLook> {
    if seen.rows.iter().any(|row| row.segment.is_none()) || plan.segments().len() < 2 {
        let look = |row: &crate::population::seen::SeenRow| SeenLook {
            at: row.at,
            reconnected: row.reconnected,
            failed: row.failed,
            tickets: row.tickets,
        };
        return seen.rows.iter().map(look).collect();
    }
    let mut times: Vec<f64> = seen.rows.iter().map(|row| row.at).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let at = |at: &f64| {
        let rows: Vec<_> = seen.rows.iter().filter(|row| row.at == *at).collect();
        let sum = |of: fn(&crate::population::seen::SeenRow) -> Option<u64>| {
            rows.iter().map(|row| of(row)).sum::<Option<u64>>()
        };
        (rows.len() == plan.segments().len()).then(|| SeenLook {
            at: *at,
            reconnected: sum(|row| row.reconnected),
            failed: sum(|row| row.failed),
            tickets: sum(|row| row.tickets),
        })
    };
    times.iter().filter_map(at).collect()
}

/// The hours of the curve: from the first event to a day after the deadline, or to the horizon where that is nearer.
fn curve_hours(plan: &Plan, series: &[Series], now: f64) -> Vec<f64> {
    let last = plan.segments().iter().map(|s| s.deadline).fold(0.0, f64::max);
    let end = (last.max(now) + 24.0).min(plan.horizon_hours());
    let first = plan.events().iter().map(|event| plan.hours(event.at)).fold(f64::INFINITY, f64::min).clamp(0.0, end);
    let first = series.iter().flat_map(|one| &one.gaps).map(|gap| gap.span[1]).fold(first, f64::min);
    let step = ((end - first) / POINTS as f64).max(1.0);
    (0..).map(|i| first + step * f64::from(i)).take_while(|h| *h < end).chain([end]).collect()
}

/// The forecast before and now at these hours, from shortly before the first that may fail.
fn curve(hours: &[f64], futures: &Futures<'_>, before: &Futures<'_>) -> Vec<TrackPoint> {
    let point = |hours: &f64| TrackPoint { hours: *hours, before: before.point(*hours), now: futures.point(*hours) };
    let mut points: Vec<TrackPoint> = hours.par_iter().map(point).collect();
    let quiet = points.iter().take_while(|point| point.before[2] + point.now[2] < 0.5).count();
    points.drain(..quiet.saturating_sub(1).min(points.len().saturating_sub(2)));
    points
}

/// Every unknown, before and after.
fn unknowns(family: &Family, learned: &Posterior, prior: &Posterior) -> Vec<Learned> {
    let mut all = Vec::new();
    let plan = family.centre();
    if UptakePrior::of(plan) != UptakePrior::Fixed(plan.uptakes().first().map_or(0.0, |u| u.value))
        && plan.window().is_some()
    {
        let value = LearnedValue::Number { prior: rates(prior), posterior: rates(learned) };
        all.push(Learned { key: "reconnect.uptake".to_owned(), value, unit: UnknownUnit::Share });
    }
    for (place, unknown) in family.unknowns().iter().enumerate() {
        if is_uptake(&unknown.key) || unknown.key.starts_with("milestone.") {
            continue;
        }
        let (value, unit) = match &unknown.values {
            UnknownValues::Unsaid => continue,
            UnknownValues::Readings(readings) => {
                (LearnedValue::Readings(weigh_readings(readings, place, learned)), UnknownUnit::Number)
            }
            UnknownValues::Numbers { at, unit } => {
                let before = (0..at.len()).map(|i| (at[i], 1.0)).collect();
                let value = |q: f64| interpolated(at, q);
                let after = learned.draws.iter().map(|draw| (value(draw.quantiles[place]), draw.weight)).collect();
                let (prior, posterior) = (summary(before, f64::INFINITY), summary(after, learned.effective));
                (LearnedValue::Number { prior, posterior }, *unit)
            }
        };
        all.push(Learned { key: unknown.key.clone(), value, unit });
    }
    all
}

fn weigh_readings(readings: &[(String, f64)], place: usize, learned: &Posterior) -> Vec<ReadingSummary> {
    let mut from = 0.0;
    let one = |(law, to): &(String, f64)| {
        let (low, high) = (from, *to);
        from = *to;
        let within = |q: f64| q > low && q <= high;
        let posterior = learned.draws.iter().filter(|draw| within(draw.quantiles[place])).map(|draw| draw.weight).sum();
        ReadingSummary { law: law.clone(), prior: high - low, posterior }
    };
    readings.iter().map(one).collect()
}

/// The value at a quantile, between values at the middles of equal parts.
fn interpolated(at: &[f64], q: f64) -> f64 {
    let place = (q * at.len() as f64 - 0.5).clamp(0.0, at.len() as f64 - 1.0);
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(at.len() - 1);
    at[low] + part * (at[high] - at[low])
}

/// The rate of reconnecting over all draws.
fn rates(posterior: &Posterior) -> NumberSummary {
    if let [only] = &posterior.draws[..] {
        let mean = only.rates.rates.iter().zip(&only.rates.weights).map(|(rate, weight)| rate * weight).sum();
        let [p5, p50, p95] = [0.05, 0.5, 0.95].map(|q| only.rates.quantile(q));
        return NumberSummary { mean, range: Some([p5, p50, p95]) };
    }
    let pairs = |draw: &posterior::PosteriorDraw| {
        let weight = draw.weight;
        draw.rates.rates.iter().zip(&draw.rates.weights).map(|(rate, w)| (*rate, w * weight)).collect::<Vec<_>>()
    };
    summary(posterior.draws.iter().flat_map(pairs).collect(), posterior.effective)
}

/// Mean and percentiles of weighted values, which so many effective draws bear.
fn summary(mut values: Vec<(f64, f64)>, effective: f64) -> NumberSummary {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = values.iter().map(|value| value.1).sum();
    let at = |q: f64| {
        let mut sum = 0.0;
        for (value, weight) in &values {
            sum += weight;
            if sum >= q * all {
                return *value;
            }
        }
        values.last().map_or(0.0, |value| value.0)
    };
    let mean = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / all;
    NumberSummary { mean, range: (effective >= FEWEST).then(|| [0.05, 0.5, 0.95].map(at)) }
}
