//! The few numbers that findings turn on: the lowest and the highest rate, who keeps within the tolerance, and when
//! connections keep failing.

use crate::output::words::{self, LIKELY};
use crate::plan::wording::{ACTS, capital};
use crate::plan::{Plan, aimed_for};
use crate::results::{CurvePoint, Measures, Outcome, Projection};

/// From when to when connections fail, in hours since `as_of`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailureSpan {
    /// Beginning of the hour of the first failures.
    pub first: f64,
    /// End of the hour of the last ones.
    pub last: f64,
    /// Whether failures go on at the horizon.
    pub open: bool,
}

/// Failures that come before this share of them all, or after all but this share, are not worth a mark.
const NEGLIGIBLE: f64 = 1e-4;

/// Failures after the deadline that are no more than this share of them all: they are over by it.
const OVER: f64 = 0.005;

/// See the module.
pub struct Facts<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What a run found.
    pub projection: &'a Projection,
    /// Index of the lowest rate.
    pub low: usize,
    /// Index of the highest rate.
    pub high: usize,
    /// Index of the middle rate, the lower one of two.
    mid: usize,
    /// Indices of the rates in the order of rows.
    rows: Vec<usize>,
    /// The deadline for titles.
    pub by: String,
}

impl<'a> Facts<'a> {
    /// Gathers them.
    pub fn of(plan: &'a Plan, projection: &'a Projection) -> Self {
        let mut order: Vec<usize> = (0..projection.uptakes.len()).collect();
        order.sort_by(|a, b| projection.uptakes[*a].uptake.total_cmp(&projection.uptakes[*b].uptake));
        let (laws, known): (Vec<usize>, Vec<usize>) = order.iter().copied().partition(|i| words::is_unknown(plan, *i));
        let main = aimed_for(plan.uptakes());
        let at = |place: usize| main.get(place).copied().unwrap_or(0);
        let last = main.len().saturating_sub(1);
        let (low, mid, high) = (at(0), at(last / 2), at(last));
        let rows = rows(projection, known.clone(), &laws);
        Self { plan, projection, low, high, mid, rows, by: words::deadline_short(plan) }
    }

    /// Number of orgs.
    pub fn orgs(&self) -> u64 {
        self.plan.orgs()
    }

    /// Whether only one rate is compared.
    pub fn single(&self) -> bool {
        self.projection.uptakes.len() == 1
    }

    /// The outcome at an index.
    pub fn outcome(&self, index: usize) -> &'a Outcome {
        &self.projection.uptakes[index]
    }

    /// Its figures.
    pub fn best(&self, index: usize) -> &'a Measures {
        self.outcome(index).best()
    }

    /// Mean failures by the deadline.
    pub fn failed(&self, index: usize) -> f64 {
        self.best(index).failed_by_deadline.mean
    }

    /// Mean failures from the deadline to the horizon.
    pub fn to_come(&self, index: usize) -> f64 {
        self.best(index).to_come().mean
    }

    /// The rate in a sentence.
    pub fn rate(&self, index: usize) -> String {
        words::rate(self.plan, index, self.outcome(index))
    }

    /// Who must act for a rate: `75 %`, `everyone`.
    pub fn who(&self, index: usize) -> String {
        let is_everyone = self.if_rate(index) == format!("if everyone {ACTS}");
        if is_everyone { "everyone".to_owned() } else { self.rate(index) }
    }

    /// `if 50 % reconnect`, `if nobody reconnects`.
    pub fn if_rate(&self, index: usize) -> String {
        self.plan.if_rate(&self.rate(index))
    }

    /// The same at the beginning of a sentence.
    pub fn when(&self, index: usize) -> String {
        capital(&self.if_rate(index))
    }

    /// `If 50 % reconnect, ` before what then holds; nothing where nobody can act.
    pub fn supposing(&self, index: usize) -> String {
        if self.plan.window().is_some() { format!("{}, ", self.when(index)) } else { String::new() }
    }

    /// ` if 50 % reconnect` behind what then holds; nothing where nobody can act.
    pub fn on_condition(&self, index: usize) -> String {
        if self.plan.window().is_some() { format!(" {}", self.if_rate(index)) } else { String::new() }
    }

    /// Indices of the rates in the order of rows: the known ones ascending, laws where their failures put them.
    pub fn ascending(&self) -> Vec<usize> {
        self.rows.clone()
    }

    /// The rates that somebody can aim for, ascending: the known ones, or all where there are fewer than two.
    pub fn choices(&self) -> Vec<usize> {
        let known: Vec<usize> = self.rows.iter().copied().filter(|i| !words::is_unknown(self.plan, *i)).collect();
        if known.len() < 2 { self.rows.clone() } else { known }
    }

    /// Index of the middle rate, the lower one of two.
    pub fn middle(&self) -> usize {
        self.mid
    }

    /// Whether a rate keeps within the tolerance with [`LIKELY`] chance; `None` without a tolerance.
    pub fn keeps_within(&self, index: usize) -> Option<bool> {
        self.best(index).within_tolerance.map(|p| p >= LIKELY)
    }

    /// The lowest rate from which on all rates keep within the tolerance; `None` where none does, and without a tolerance.
    pub fn lowest_that_keeps(&self) -> Option<usize> {
        let order = self.choices();
        let below = order.iter().rposition(|i| self.keeps_within(*i) != Some(true));
        order.get(below.map_or(0, |last| last + 1)).copied()
    }

    /// The lowest whole percent from which on every rate keeps within the tolerance, by the exact engine's grid; `None` where there is no
    /// such grid, where it is coarser, and where it does not fall between the rates compared.
    pub fn least_that_keeps(&self) -> Option<f64> {
        let grid = self.projection.detail.grid.as_ref().filter(|grid| grid.uptakes.len() > 100)?;
        let own = grid.own_deadline();
        let keeps = |row: &usize| grid.cells[*row][own].within_tolerance.is_some_and(|p| p >= LIKELY);
        let below = (0..grid.uptakes.len()).rev().find(|row| !keeps(row));
        let least = *grid.uptakes.get(below.map_or(0, |last| last + 1))?;
        let order = self.choices();
        let place = order.iter().position(|i| Some(*i) == self.lowest_that_keeps())?;
        let lower = place.checked_sub(1).map_or(-1.0, |before| self.outcome(order[before]).uptake);
        (lower < least && least <= self.outcome(order[place]).uptake).then_some(least)
    }

    /// The rate with the best chance to keep within the tolerance; of several alike the lowest, and the highest where none has any.
    pub fn likeliest(&self) -> usize {
        let p = |i: usize| self.best(i).within_tolerance.unwrap_or(0.0);
        let best = self.ascending().into_iter().rev().max_by(|a, b| p(*a).total_cmp(&p(*b))).unwrap_or(self.high);
        if p(best) < 0.005 { self.high } else { best }
    }

    /// Whether the failures at a rate are over by the deadline.
    pub fn is_over(&self, index: usize) -> bool {
        let later = self.to_come(index);
        later < 0.0005 || later <= OVER * (self.failed(index) + later)
    }

    /// Whether they are at every rate.
    pub fn all_over(&self) -> bool {
        (0..self.projection.uptakes.len()).all(|i| self.is_over(i))
    }

    /// The rate with most failures still to come.
    pub fn most_to_come(&self) -> usize {
        let order = self.ascending();
        order.into_iter().rev().max_by(|a, b| self.to_come(*a).total_cmp(&self.to_come(*b))).unwrap_or(self.low)
    }

    /// Whether nobody fails by the deadline at any rate.
    pub fn none_fail(&self) -> bool {
        (0..self.projection.uptakes.len()).all(|i| self.failed(i) < 0.0005)
    }

    /// Whether as good as everyone fails by the deadline at every rate.
    pub fn all_fail(&self) -> bool {
        let enough = self.orgs() as f64 * 0.999;
        (0..self.projection.uptakes.len()).all(|i| self.failed(i) >= enough)
    }

    /// When connections fail at a rate; `None` when none does.
    pub fn span(&self, index: usize) -> Option<FailureSpan> {
        let (hours, curve) = (&self.projection.curve_hours, &self.best(index).failed_curve);
        let total = curve.last().map_or(0.0, |p| p.mean);
        if total < 0.0005 {
            return None;
        }
        let first = curve.iter().position(|p| p.mean > total * NEGLIGIBLE)?;
        let last = curve.iter().position(|p| p.mean >= total * (1.0 - NEGLIGIBLE))?;
        Some(FailureSpan {
            first: hours[first.saturating_sub(1)],
            last: hours[last],
            // Within the last hours of a curve that has not levelled off.
            open: last + 3 >= curve.len() && last > 0 && curve[last].mean > curve[last - 1].mean,
        })
    }

    /// When connections fail at any rate, from the first to the last; `None` when none does.
    pub fn span_of_all(&self) -> Option<FailureSpan> {
        (0..self.projection.uptakes.len()).filter_map(|i| self.span(i)).reduce(|a, b| FailureSpan {
            first: a.first.min(b.first),
            last: a.last.max(b.last),
            open: a.open || b.open,
        })
    }

    /// The hour at which the mean curve first reaches `count`.
    pub fn hour_reached(&self, index: usize, count: f64) -> Option<f64> {
        let reached = self.best(index).failed_curve.iter().position(|p| p.mean >= count)?;
        self.projection.curve_hours.get(reached).copied()
    }
}

/// Known rates as they come, each law before the first of them with fewer failures: then no figure rises without a reason.
fn rows(projection: &Projection, known: Vec<usize>, laws: &[usize]) -> Vec<usize> {
    let failed = |i: usize| projection.uptakes[i].best().failed_by_deadline.mean;
    let falls = known.first().zip(known.last()).is_none_or(|(first, last)| failed(*first) >= failed(*last));
    let mut rows = known;
    for law in laws {
        let comes_after =
            |other: &usize| if falls { failed(*other) < failed(*law) } else { failed(*other) > failed(*law) };
        let place = rows.iter().position(comes_after).unwrap_or(rows.len());
        rows.insert(place, *law);
    }
    rows
}

/// Mean of a curve at an hour, between its points by a straight line.
pub fn curve_at(hours: &[f64], curve: &[CurvePoint], hour: f64) -> f64 {
    let after = hours.partition_point(|h| *h <= hour);
    match (after.checked_sub(1), hours.get(after)) {
        (None, _) => 0.0,
        (Some(last), None) => curve.get(last).map_or(0.0, |p| p.mean),
        (Some(before), Some(next)) => {
            let share = (hour - hours[before]) / (next - hours[before]);
            curve[before].mean + (curve[after].mean - curve[before].mean) * share
        }
    }
}
