//! `frontier`: the line along which a target is just met in the plane of two keys, and the chance of meeting it over the plane.

use super::condition::Target;
use super::decision_variable::{DecisionVariable, Easier};
use super::solve::{Held, SearchedKey, asked, axis, setting};
use crate::engine::exact::Sweep;
use crate::plan::wording::ACTS;
use crate::plan::{Family, Plan};
use crate::results::Provenance;
use crate::results::solution::{Frontier, Tried};
use crate::scenario::Change;
use crate::{Error, Result};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Values of each key.
pub(crate) const POINTS: i64 = 50;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FrontierRequest {
    /// The key across, and the key upwards.
    pub keys: [String; 2],
    /// What is to be reached.
    pub target: Target,
    /// With what chance.
    pub confidence: f64,
    /// The rate of reconnecting, where it is neither key; `None` for the middle one of the scenario's.
    pub uptake: Option<f64>,
}

/// Answers the question. `progress` is told of the columns done, [`POINTS`] in all.
///
/// # Errors
/// When a key can't be solved for, no value of it makes a valid scenario, or the exact engine does not answer.
pub(crate) fn frontier(
    family: &Family,
    request: &FrontierRequest,
    provenance: Provenance,
    vary: SearchedKey<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Frontier> {
    let plan = family.centre();
    let [across, upwards] = &request.keys;
    if across == upwards {
        return Err(Error::BadUsage(format!("--x and --y are the same key, `{across}`: name two")));
    }
    let variable = |key: &String| -> Result<DecisionVariable> {
        if plan.window().is_none() && key.starts_with("reconnect.") {
            return Err(Error::BadUsage(format!(
                "`{key}`: nobody {ACTS} in this scenario; give it a [reconnect] window first"
            )));
        }
        Ok(DecisionVariable::new(key, request.target.counted, plan).map_err(Error::BadUsage)?.near(plan))
    };
    let variables = [variable(across)?, variable(upwards)?];
    let plane = Plane {
        request,
        vary,
        variables: &variables,
        held: Held::of(plan, &[across, upwards], request.uptake),
        evaluations: AtomicUsize::new(0),
    };
    let [xs, ys] = [variables[0].grid(POINTS), variables[1].grid(POINTS)];
    let mut chances = plane.chances(&xs, &ys, progress)?;
    if chances.iter().flatten().all(Option::is_none) {
        let why = (plane.vary)(&plane.changes(xs[0], ys[0])).err().unwrap_or_default();
        return Err(Error::BadUsage(format!("no values of `{across}` and `{upwards}` make a valid scenario: {why}")));
    }
    let line: Vec<Option<Tried>> =
        xs.par_iter().zip(&chances).map(|(x, column)| plane.least_demanding(*x, &ys, column)).collect::<Result<_>>()?;
    let now = match (variables[0].now(plan), variables[1].now(plan).or_else(|| listed(&variables[1], plan))) {
        (x, Some(y)) => x.or_else(|| listed(&variables[0], plan)).map(|x| (x, y)),
        _ => None,
    };
    let now = match now {
        Some((x, y)) => plane.chance(x, y)?.map(|c| (setting(&variables[0], x), setting(&variables[1], y), c)),
        None => None,
    };
    chances.iter_mut().for_each(|column| column.shrink_to_fit());
    Ok(Frontier {
        provenance,
        plan: plan.clone(),
        asked: asked(&request.target, request.confidence),
        keys: request.keys.clone(),
        axes: variables.each_ref().map(axis),
        least: variables[1].least,
        up_helps: variables[1].easier == Easier::Low,
        rate: plane.held.label(),
        x: xs.iter().map(|x| setting(&variables[0], *x)).collect(),
        y: ys.iter().map(|y| setting(&variables[1], *y)).collect(),
        chances,
        line,
        now,
        evaluations: plane.evaluations.load(Ordering::Relaxed),
        notes: plane.held.note().into_iter().collect(),
    })
}

/// The middle rate that the scenario lists, where the key is the rate: where the plan is taken to stand.
fn listed(variable: &DecisionVariable, plan: &Plan) -> Option<i64> {
    if variable.key != "reconnect.uptake" {
        return None;
    }
    match Held::of(plan, &[], None) {
        Held::Listed { place, .. } => Some((plan.uptakes()[place].value * 1000.0).round() as i64),
        _ => None,
    }
}

struct Plane<'a> {
    request: &'a FrontierRequest,
    vary: SearchedKey<'a>,
    variables: &'a [DecisionVariable; 2],
    held: Held,
    evaluations: AtomicUsize,
}

impl Plane<'_> {
    /// The key that is the rate of reconnecting, which only weighs what is solved.
    fn rate(&self) -> Option<usize> {
        self.variables.iter().position(|variable| variable.key == "reconnect.uptake")
    }

    fn changes(&self, x: i64, y: i64) -> [Change; 2] {
        [self.variables[0].change(x), self.variables[1].change(y)]
    }

    /// Solves the scenario with these changes and asks it; `None` where there is no such scenario.
    fn with<T>(&self, changes: &[Change], ask: impl Fn(&Sweep<'_>, Option<u64>) -> T) -> Result<Option<T>> {
        let Ok(family) = (self.vary)(changes) else { return Ok(None) };
        let sweep = Sweep::new(&family, self.request.target.counted).map_err(|d| Error::Engine(d.0))?;
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        Ok(Some(ask(&sweep, self.request.target.at_most(family.centre().orgs()))))
    }

    fn chance(&self, x: i64, y: i64) -> Result<Option<f64>> {
        let u = self.rate().map_or(0.0, |i| self.variables[i].number([x, y][i]));
        self.with(&self.changes(x, y), |sweep, most| self.held.chance(sweep, u, most))
    }

    /// By column, then row. One solution does for every rate of reconnecting.
    fn chances(&self, xs: &[i64], ys: &[i64], progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Vec<Option<f64>>>> {
        let many = |variable: usize, at: i64, rates: &[i64]| -> Result<Vec<Option<f64>>> {
            let zero = [self.variables[1 - variable].change(0), self.variables[variable].change(at)];
            let asked = self.with(&zero, |sweep, most| {
                let rate = &self.variables[1 - variable];
                rates.iter().map(|r| Some(sweep.chance_at_most(rate.number(*r), most))).collect::<Vec<_>>()
            })?;
            Ok(asked.unwrap_or_else(|| vec![None; rates.len()]))
        };
        let done = |values: Result<Vec<Option<f64>>>| {
            progress(1);
            values
        };
        match self.rate() {
            Some(1) => xs.par_iter().map(|x| done(many(0, *x, ys))).collect(),
            Some(_) => {
                let rows: Vec<Vec<Option<f64>>> =
                    ys.par_iter().map(|y| done(many(1, *y, xs))).collect::<Result<_>>()?;
                Ok((0..xs.len()).map(|x| rows.iter().map(|row| row[x]).collect()).collect())
            }
            None => {
                let column = |x: &i64| done(ys.iter().map(|y| self.chance(*x, *y)).collect());
                xs.par_iter().map(column).collect()
            }
        }
    }

    /// In a column, from the most demanding end on, the last value upwards that meets the target before one does not.
    fn least_demanding(&self, x: i64, ys: &[i64], column: &[Option<f64>]) -> Result<Option<Tried>> {
        let variable = &self.variables[1];
        let mut rows: Vec<(i64, Option<f64>)> = ys.iter().copied().zip(column.iter().copied()).collect();
        if variable.easier == Easier::Low {
            rows.reverse();
        }
        let meets = |chance: Option<f64>| chance.is_some_and(|c| c >= self.request.confidence);
        let Some(first) = rows.iter().position(|row| meets(row.1)) else { return Ok(None) };
        let tried = |(tick, chance): (i64, Option<f64>)| {
            chance.map(|chance| Tried { setting: setting(variable, tick), chance })
        };
        let Some(beyond) = rows[first..].iter().position(|row| !meets(row.1)) else {
            return Ok(tried(rows[rows.len() - 1]));
        };
        let (met, missed) = (rows[first + beyond - 1], rows[first + beyond].0);
        let halve = |ask: &dyn Fn(i64) -> Result<Option<f64>>| {
            let (mut met, mut missed) = (met, missed);
            while (met.0 - missed).abs() > 1 {
                let middle = variable.between(met.0, missed);
                let chance = ask(middle)?;
                if meets(chance) { met = (middle, chance) } else { missed = middle }
            }
            Ok::<_, Error>(tried(met))
        };
        if self.rate() != Some(1) {
            return halve(&|y| self.chance(x, y));
        }
        let found = self.with(&self.changes(x, 0), |sweep, most| {
            halve(&|y| Ok(Some(sweep.chance_at_most(variable.number(y), most))))
        })?;
        found.unwrap_or(Ok(None))
    }
}
