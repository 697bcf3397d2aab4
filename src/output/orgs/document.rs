//! The list of whom to call as a document.

use super::phrases::{expected_at, expected_range};
use super::{figure, finding, overdue, unit};
use crate::output::document::{Block, Cell, Column, Document, Table};
use crate::output::words;
use crate::plan::Plan;
use crate::plan::units::{group_count, group_number, round_to, show_share};
use crate::plan::wording::{ACT, ACTS, ORG, ORGS};
use crate::results::orgs::OrgTable;

/// Rows that a terminal shows unless more are asked for.
pub(crate) const ROWS: usize = 20;

/// The finding, the rows of the table, and what they mean.
pub(crate) fn document(plan: &Plan, table: &OrgTable) -> Document {
    let rows = if table.is_empty() {
        Block::Paragraph(format!("No {ORG} is left by these filters."))
    } else {
        Block::Table(rows(plan, table))
    };
    let notes: Vec<String> = overdue(table).into_iter().collect();
    Document::new("Whom to call", vec![plan.title().to_owned()])
        .with([Block::Finding(format!("{}.", finding(plan, table))), rows])
        .with(Block::notes(&notes))
}

fn rows(plan: &Plan, table: &OrgTable) -> Table {
    let mut columns = vec![
        Column::text(ORG.to_string()),
        Column::text("segment").rank(1),
        Column::number("fails"),
        Column::number("avoided"),
    ];
    columns.extend(table.weights.as_ref().map(|_| Column::number("weight")));
    columns.push(Column::number("expected to fail"));
    let range = |row: usize| {
        let time = table.risk(row).failure_time.as_ref()?;
        expected_range(plan, table.part(row).time_zone, time)
    };
    let ranges = (0..table.len()).any(|row| range(row).is_some());
    columns.extend(ranges.then(|| Column::text("8 of 10 between").rank(3)));
    columns.extend(table.contacts.as_ref().map(|_| Column::text("contact").rank(2)));
    let row = |row: usize| {
        let (risk, part) = (table.risk(row), table.part(row));
        let mut cells = vec![
            Cell::text(table.org_id(row)),
            Cell::text(&part.name),
            Cell::Share(risk.failed_by_deadline),
            Cell::Share(risk.avoided_by_reconnect.max(0.0)),
        ];
        if table.weights.is_some() {
            let weight = table.weight(row);
            cells.push(Cell::Number(weight, group_number(round_to(weight, 2))));
        }
        let time = risk.failure_time.as_ref();
        cells.push(Cell::text(time.map_or_else(|| "never".to_owned(), |t| expected_at(plan, part.time_zone, t))));
        cells.extend(ranges.then(|| range(row).map_or(Cell::Empty, Cell::Text)));
        cells.extend(table.contacts.as_ref().map(|_| table.contact(row).map_or(Cell::Empty, Cell::text)));
        cells
    };
    Table::new("orgs", "", columns, (0..table.len()).map(row).collect()).with_key(legend(plan, table))
}

fn legend(plan: &Plan, table: &OrgTable) -> String {
    let shown = format!("{} of {} {ORGS}.", group_count(table.len() as u64), group_count(table.all as u64));
    let share = table.avoidable / table.at_risk.max(f64::MIN_POSITIVE);
    let (risk, share_shown) = (format!("{} {}", figure(table.at_risk), unit(table)), show_share(share));
    let calls = match table.at_risk > 0.0 {
        true if share > 0.9995 => format!(" Calls can avoid all of the {risk} at risk."),
        true => {
            format!(" Calls can avoid {share_shown} of the {risk} at risk. The rest comes before anybody can {ACT}.")
        }
        false => String::new(),
    };
    format!(
        "{shown} Fails: the chance of failing by {}, {}. Avoided: how much lower it is for one that {ACTS} as soon \
         as the window opens. Times are on the {ORG}\u{2019}s own clock, if it fails.{calls}",
        words::deadline_spoken(plan),
        plan.if_rate(&show_share(table.uptake))
    )
}
