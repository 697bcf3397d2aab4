//! The tables of a run, each stated once: outcomes at each rate, parts of the orgs, causes, the timeline, assumptions, whom to call, tripwires.

use crate::output::assumption_names::name;
use crate::output::document::{Cell, Column, Row, Table};
use crate::output::moments::{Kind, MomentShown, moments};
use crate::output::orgs::listed;
use crate::output::sensitivity::{answers, has_effect, range};
use crate::output::sentence::Facts;
use crate::output::words::{self, date_spoken, deadline_full, moment, shown_mean};
use crate::plan::units::{group_count, show_share};
use crate::plan::wording::{ACT, ACTS, DOWN, FAIL, FAILED, ORG, ORGS, PERCENT, capital};
use crate::plan::{Cause, Plan};
use crate::results::orgs::OrgTable;
use crate::results::sensitivity::Sensitivity;
use crate::results::solution::{Tripwire, Tripwires};
use crate::results::{Assumption, Mean};

/// Columns of [`outcomes`] that other places name: to leave them out, or to draw them.
pub(crate) const MEAN: &str = "mean";
/// Those failed as a share of all.
pub(crate) const SHARE: &str = "share";
/// The median.
pub(crate) const MEDIAN: &str = "median";
/// From the 5th to the 95th percentile.
pub(crate) fn range_label() -> String {
    format!("90{PERCENT} range")
}
/// The share as `1 org in 20`.
pub(crate) const IN_WORDS: &str = "in words";
/// Those who fail after the deadline.
pub(crate) const TO_COME: &str = "breaks later";
/// The chance to stay within the tolerance: `chance of 100 or fewer`.
pub(crate) fn within_label(tolerance: u64) -> String {
    format!("chance of {} or fewer", words::compact(tolerance as f64))
}
/// The simulation's mean beside the exact one.
pub(crate) const SIMULATED: &str = "simulated mean";

fn mean(mean: Mean) -> Cell {
    Cell::mean(mean.mean, mean.se)
}

/// A row for each rate of reconnecting.
pub(crate) fn outcomes(facts: &Facts<'_>) -> Table {
    let (plan, orgs) = (facts.plan, facts.orgs());
    let both = facts.projection.is_exact()
        && facts.projection.uptakes.iter().all(|o| o.exact.is_some() && o.simulated.is_some());
    let mut columns = vec![
        Column::text(ACT.to_string()),
        Column::number(MEAN),
        Column::number(MEDIAN).rank(1),
        Column::number(range_label()),
        Column::number(SHARE),
        Column::text(IN_WORDS).rank(3),
        Column::number(DOWN.to_string()),
        Column::number(TO_COME),
    ];
    columns.extend(both.then(|| Column::number(SIMULATED).rank(2)));
    columns.extend(plan.tolerance().map(|n| Column::number(within_label(n))));
    let row = |i: usize| {
        let (best, outcome) = (facts.best(i), facts.outcome(i));
        let failed = &best.failed_by_deadline;
        let known = (!words::is_unknown(plan, i)).then_some(outcome.uptake);
        let share = failed.mean / orgs.max(1) as f64;
        let mut cells = vec![
            Cell::Rate(known, facts.rate(i)),
            Cell::mean(failed.mean, failed.se),
            Cell::Count(failed.percentile(50.0)),
            Cell::Range(failed.percentile(5.0), failed.percentile(95.0)),
            Cell::Share(share),
            Cell::text(words::natural_frequency(share)),
            Cell::mean(best.down_at_deadline.mean, best.down_at_deadline.se),
            mean(best.to_come()),
        ];
        if both {
            let simulated = outcome.simulated.as_ref().map(|measures| &measures.failed_by_deadline);
            cells.push(simulated.map_or(Cell::Empty, |q| {
                Cell::Number(q.mean, format!("{} \u{b1} {}", shown_mean(q.mean, q.se), one_digit(q.se)))
            }));
        }
        cells.extend(best.within_tolerance.map(Cell::Chance));
        cells
    };
    let engine = if facts.projection.is_exact() { "exact" } else { "simulated" };
    let mut key = format!(
        "90{PERCENT} range: 9 of 10 outcomes lie in it. {DOWN:#}: {FAILED} by the deadline, and not yet recovered. {}: not {FAILED} by the deadline, but by {}.",
        capital(TO_COME),
        date_spoken(plan, plan.horizon())
    );
    for (i, outcome) in facts.projection.uptakes.iter().enumerate().filter(|(i, _)| words::is_unknown(plan, *i)) {
        key += &format!(" \u{201c}{}\u{201d} is not a single rate: {}.", facts.rate(i), outcome.label);
    }
    let title = format!("{ORGS:#} {FAILED} by {} ({engine})", deadline_full(plan));
    Table::new("outcomes", title, columns, facts.ascending().into_iter().map(row).collect()).with_key(key)
}

/// How many brownouts disrupt, in a sentence; `None` where there are none.
pub(crate) fn disruptions(facts: &Facts<'_>) -> Option<String> {
    let of = |rate: usize| facts.best(rate).disrupted_by_deadline.as_ref().map(|quantity| quantity.mean);
    let (low, high) = (of(facts.low)?, of(facts.high)?);
    let about = |mean: f64| crate::plan::units::orgs(mean.round() as u64);
    let first =
        format!("{}brownouts disrupt about {} by then, before any failure.", facts.supposing(facts.low), about(low));
    if facts.single() {
        return Some(capital(&first));
    }
    Some(format!("{} {}it is about {}.", capital(&first), facts.supposing(facts.high), about(high)))
}

/// What a guard does, in sentences; `None` without one.
pub(crate) fn guarded(facts: &Facts<'_>) -> Option<String> {
    let guard = facts.best(facts.low).guard.as_ref()?;
    let stopped = (guard.stopped.mean * 100.0).round();
    let about = |mean: f64| crate::plan::units::orgs(mean.round() as u64);
    let first = format!("{}the guard stops the rollout in {stopped} of 100 rollouts.", facts.supposing(facts.low));
    let without = about(guard.unguarded[0].mean);
    let with = about(facts.failed(facts.low));
    let mut said = format!("{} On average {with} {FAIL} then. Without the guard it is {without}.", capital(&first));
    if let Some(alarm) = &guard.false_alarm {
        let needless = (alarm.mean * 100.0).round();
        said += &match guard.spared_by_false_alarm {
            Some(spared) if needless >= 1.0 => format!(
                " In {needless} of 100 it is a false alarm: the tolerance would have held. Such a stop spares only about {}.",
                about(spared.max(0.0))
            ),
            _ => " False alarms are rare: fewer than 1 in 100 rollouts.".to_owned(),
        };
    }
    Some(said)
}

/// What a guard does at each rate; `None` without one.
pub(crate) fn guard(facts: &Facts<'_>) -> Option<Table> {
    let checks = facts.plan.guard()?.checks.len();
    facts.best(facts.low).guard.as_ref()?;
    let columns = vec![
        Column::text(ACT.to_string()),
        Column::number("chance to be stopped"),
        Column::number("most often at"),
        Column::number("false alarm"),
        Column::number(format!("mean {FAILED} with it")),
        Column::number("without it"),
    ];
    let share_of = |share: f64| show_share((share * 1e4).round() / 1e4);
    let row = |i: usize| {
        let guard = facts.best(i).guard.as_ref();
        let (stopped, without) = guard.map_or((0.0, 0.0), |guard| (guard.stopped.mean, guard.unguarded[0].mean));
        let most = guard.and_then(|guard| {
            let best = (0..checks).max_by(|a, b| guard.by_check[*a].mean.total_cmp(&guard.by_check[*b].mean))?;
            (guard.by_check[best].mean > 0.0)
                .then(|| moment(facts.plan, facts.plan.instant(facts.plan.guard()?.checks[best])).into())
        });
        let at = most.flatten().unwrap_or_else(|| "never".to_owned());
        vec![
            Cell::Text(facts.rate(i)),
            Cell::Text(share_of(stopped)),
            Cell::Text(at),
            guard.and_then(|guard| guard.false_alarm.as_ref()).map_or(Cell::Empty, |p| Cell::Text(share_of(p.mean))),
            mean(Mean { mean: facts.failed(i), se: facts.best(i).failed_by_deadline.se }),
            mean(Mean { mean: without, se: guard.and_then(|guard| guard.unguarded[0].se) }),
        ]
    };
    let title = "With the guard, and without it";
    let alarm = match facts.plan.tolerance() {
        Some(_) => " False alarm: it stops a rollout that would have kept within the tolerance.",
        None => "",
    };
    let key = format!("Mean failures by {}, simulated.{alarm}", deadline_full(facts.plan));
    let table = Table::new("guard", title, columns, facts.ascending().into_iter().map(row).collect()).with_key(key);
    Some(if alarm.is_empty() { table.without(&["false alarm"]) } else { table })
}

/// The figures at each checkpoint; `None` where there are none.
pub(crate) fn checkpoints(facts: &Facts<'_>) -> Option<Table> {
    let plan = facts.plan;
    if plan.checkpoints().is_empty() {
        return None;
    }
    let rates = if facts.low == facts.high { vec![facts.low] } else { vec![facts.low, facts.high] };
    let mut columns = vec![Column::text("checkpoint").elastic(), Column::text("when")];
    for rate in &rates {
        let rate = facts.rate(*rate);
        columns.push(Column::number(format!("{FAILED} at {rate}")));
        columns.push(Column::number(format!("{DOWN} at {rate}")));
        columns.push(Column::number(format!("90{PERCENT} range at {rate}")).rank(1));
    }
    let row = |(place, checkpoint): (usize, &crate::plan::Checkpoint)| {
        let mut cells = vec![Cell::Text(checkpoint.name.clone()), Cell::Text(words::clocked(plan, checkpoint.at))];
        for rate in &rates {
            let figures = &facts.best(*rate).checkpoints[place];
            let of = |quantity: &crate::results::Quantity| mean(Mean { mean: quantity.mean, se: quantity.se });
            let [low, high] = [5.0, 95.0].map(|percent| group_count(figures.failed.percentile(percent)));
            cells.extend([of(&figures.failed), of(&figures.down), Cell::Text(format!("{low}-{high}"))]);
        }
        cells
    };
    let rows = plan.checkpoints().iter().enumerate().map(row).collect();
    let key = format!("{FAILED:#}: mean number by then. {DOWN:#}: of those, not recovered by then.");
    Some(Table::new("checkpoints", "At checkpoints", columns, rows).with_key(key))
}

/// A standard error, rounded up to one digit.
fn one_digit(se: Option<f64>) -> String {
    match se {
        Some(se) if se > 0.0 => {
            let unit = 10_f64.powf(se.log10().floor());
            let up = (se / unit - 1e-9).ceil() * unit;
            if up >= 1.0 { group_count(up.round() as u64) } else { format!("{up:.*}", (-up.log10().floor()) as usize) }
        }
        _ => "0".to_owned(),
    }
}

/// Mean failures by the deadline at these rates, a row for each cause.
pub(crate) fn causes(facts: &Facts<'_>, rates: &[usize]) -> Table {
    let at = |rate: &usize| Column::number(format!("at {}", facts.rate(*rate)));
    let columns = std::iter::once(Column::text("cause")).chain(rates.iter().map(at)).collect();
    let row = |cause: Cause| {
        let means = rates.iter().map(|rate| mean(*facts.best(*rate).cause(cause)));
        std::iter::once(Cell::text(cause.words())).chain(means).collect()
    };
    Table::new("causes", "By cause", columns, facts.plan.causes().into_iter().map(row).collect())
        .with_key(format!("Mean failures by {}.", deadline_full(facts.plan)))
}

/// A row for each moment of the plan, in order.
pub(crate) fn timeline(plan: &Plan) -> Table {
    let rows = moments(plan);
    let is_open = rows.iter().any(|row| row.range.is_some());
    let [when, offset, what] = [Column::text("when"), Column::number("offset"), Column::text("what").elastic()];
    // A range of dates has no room beside a name.
    let columns = if is_open { vec![what, when.below(), offset] } else { vec![when, offset, what] };
    let row = |m: MomentShown| {
        let [when, offset, what] = [m.when(plan), m.offset(plan), m.name_and_median(plan)].map(Cell::Text);
        let cells = if is_open { vec![what, when, offset] } else { vec![when, offset, what] };
        if m.kind == Kind::Deadline { Row::Marked(cells) } else { Row::Cells(cells) }
    };
    let open = if is_open { " Of a date that is not known, the 5th to 95th percentile." } else { "" };
    let key = format!("Times are {}. Offsets count from {}.{open}", plan.time_zone(), plan.main_event().name);
    let table = Table::new("timeline", "", columns, Vec::new()).with_key(key);
    Table { rows: rows.into_iter().map(row).collect(), ..table }
}

/// A row for each assumption.
pub(crate) fn assumptions(assumptions: &[Assumption]) -> Table {
    let row = |a: &Assumption| {
        let from = if a.given { "given" } else { "default" };
        vec![Cell::Code(a.key.clone()), Cell::text(&a.words), Cell::text(from)]
    };
    let columns = vec![Column::text("key"), Column::text("assumption").below(), Column::text("from")];
    Table::new("assumptions", "", columns, assumptions.iter().map(row).collect())
}

/// Assumptions that a report lists by how much they matter.
const MOST_MATTERS: usize = 12;

/// How much each assumption matters, for those that do.
pub(crate) fn matters(found: &Sensitivity) -> Table {
    let row = |a: &crate::results::sensitivity::MovedAssumption| {
        let name = capital(&name(&a.key, &found.plan));
        vec![Cell::Text(name), Cell::Text(range(found, a)), Cell::Text(answers(a)), Cell::Code(a.key.clone())]
    };
    let shown = found.assumptions.iter().filter(|a| has_effect(found, a)).take(MOST_MATTERS);
    let columns = vec![
        Column::text("moved alone"),
        Column::text("over"),
        Column::number(format!("mean {FAILED}")),
        Column::text("key"),
    ];
    Table::new("matters", "", columns, shown.map(row).collect())
        .with_key("To move all of them at once, or over other ranges, run cutover sensitivity.")
}

/// The first orgs whom a call helps.
pub(crate) fn calls(plan: &Plan, calls: &OrgTable) -> Table {
    let listed = listed(plan, calls);
    let columns = std::iter::once(ORG.to_string())
        .chain(listed.header.into_iter().map(str::to_owned))
        .map(Column::text)
        .collect();
    let row = |(id, cells): (String, Vec<String>)| std::iter::once(id).chain(cells).map(Cell::Text).collect();
    let key = format!(
        "These figures hold if nobody {ACTS} unasked. Times are on the {ORG}\u{2019}s own clock. All {} {ORGS} are in orgs.csv.",
        listed.all
    );
    Table::new("calls", "", columns, listed.rows.into_iter().map(row).collect()).with_key(key)
}

/// Every few hours of the window, and its last: how many must have reconnected for even odds.
pub(crate) fn tripwires(plan: &Plan, wires: &Tripwires) -> Table {
    const ROWS: usize = 12;
    let step = wires.hours.len().div_ceil(ROWS).max(1);
    let row = |wire: &Tripwire| {
        vec![
            Cell::Text(moment(plan, plan.instant(wire.hour))),
            Cell::Number(wire.reconnected, show_share((wire.reconnected * 1e3).round() / 1e3)),
            Cell::Count(wire.orgs.ceil() as u64),
        ]
    };
    let places = (0..wires.hours.len()).filter(|i| (i + 1) % step == 0 || i + 1 == wires.hours.len());
    let columns =
        vec![Column::text("by"), Column::number(format!("share of all {ORGS}")), Column::number(ORGS.to_string())];
    Table::new("tripwires", "", columns, places.map(|i| row(&wires.hours[i])).collect())
}
