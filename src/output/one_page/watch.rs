//! What to watch: at each checkpoint how many should have reconnected and how many may have failed, at the rate that the plan aims for.

use crate::output::chart::chosen;
use crate::output::document::{Cell, Column, Table};
use crate::output::sentence::Facts;
use crate::output::words::{about, moment};
use crate::plan::units::group_count;
use crate::plan::wording::{ACTED, FAILED, PERCENT};
use crate::results::Checkpoints;

/// Most rows that the page has room for.
const ROWS: usize = 7;

/// Orgs below this many are none.
const NONE: f64 = 0.0005;

/// The rate to hold the plan against, and why it is that one.
pub(super) struct Aim {
    pub(super) rate: usize,
    pub(super) why: String,
}

impl Aim {
    /// The lowest rate that keeps within the tolerance; where none does, or nobody need act, the middle one, or the highest where that is nobody.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let tolerance = facts.plan.tolerance().map(group_count).unwrap_or_default();
        let found = facts.lowest_that_keeps().filter(|rate| facts.outcome(*rate).uptake > 0.0);
        let (rate, what) = match found {
            Some(rate) => (rate, format!("the lowest rate compared that stays within {tolerance}")),
            None if facts.outcome(facts.middle()).uptake > 0.0 => {
                (facts.middle(), "the middle of the rates compared".to_owned())
            }
            None => (facts.high, "the highest rate compared".to_owned()),
        };
        let why = match facts.plan.window() {
            Some(_) if !facts.single() => format!("{} is {what}. ", facts.rate(rate)),
            _ => String::new(),
        };
        Self { rate, why }
    }
}

/// One morning.
struct Morning {
    when: String,
    reconnected: Option<f64>,
    failed: Cell,
    range: Cell,
}

/// A row for each checkpoint; `None` where there is none. Mornings before anything happens are one row.
pub(super) fn table(facts: &Facts<'_>, checkpoints: &Checkpoints, aim: &Aim) -> Option<Table> {
    let hours = &facts.projection.curve_hours;
    let curve = &facts.best(aim.rate).failed_curve;
    let by_rate = checkpoints.reconnected.as_ref().map(|by_rate| &by_rate[aim.rate]);
    let mut mornings = Vec::new();
    let mut idle = 0;
    for (place, hour) in checkpoints.hours.iter().enumerate() {
        let Some(point) = hours.iter().position(|h| h == hour).and_then(|i| curve.get(i)) else { continue };
        let reconnected = by_rate.map(|by| by[place]);
        let is_idle = point.mean < NONE && reconnected.is_none_or(|mean| mean < NONE);
        idle += usize::from(is_idle && idle == mornings.len());
        mornings.push(Morning {
            when: moment(facts.plan, facts.plan.instant(*hour)),
            reconnected,
            failed: Cell::mean(point.mean, point.se),
            range: point.p5.zip(point.p95).map_or(Cell::Empty, |(low, high)| Cell::Range(low, high)),
        });
    }
    if idle > 1 {
        let last = &mut mornings[idle - 1];
        last.when = format!("until {}", last.when);
        mornings.drain(..idle - 1);
    }
    let all = mornings.len();
    let (acts, ranges) = (by_rate.is_some(), mornings.iter().any(|morning| morning.range != Cell::Empty));
    let mut columns = vec![Column::text("when")];
    columns.extend(acts.then(|| Column::number(ACTED.to_string())));
    columns.push(Column::number(format!("{FAILED}, mean")));
    columns.extend(ranges.then(|| Column::number(format!("90{PERCENT} range"))));
    let row = |morning: &Morning| {
        let mut cells = vec![Cell::text(&morning.when)];
        cells.extend(morning.reconnected.map(|mean| Cell::Number(mean, about(mean))));
        cells.push(morning.failed.clone());
        cells.extend(ranges.then(|| morning.range.clone()));
        cells
    };
    let rows: Vec<Vec<Cell>> = chosen(all, ROWS).into_iter().map(|i| row(&mornings[i])).collect();
    let some = if rows.len() < all { format!(" {} of {all} mornings are shown.", rows.len()) } else { String::new() };
    let sign = if acts {
        format!("Fewer {ACTED}, or more {FAILED} than the range")
    } else {
        format!("More {FAILED} than the range")
    };
    let at = facts.on_condition(aim.rate);
    let table = Table::new("watch", format!("What to watch{at}"), columns, rows);
    (all > 0).then(|| table.with_key(format!("{}{sign}: the plan is off course.{some}", aim.why)))
}
