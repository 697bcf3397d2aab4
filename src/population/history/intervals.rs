//! A table of durations: a row an interval, with whether its end was observed.

use super::faults::HistoryFaults;
use super::hours::hours_of;
use super::interval::HistoryFound;
use super::{HistoryCell, HistoryInterval, HistoryTable, HowToRead};

/// The intervals of the columns `interval` and, where there is one, `observed`.
pub(super) fn read(
    table: &HistoryTable,
    how: &HowToRead,
    faults: &mut HistoryFaults<'_>,
) -> (Vec<HistoryInterval>, HistoryFound) {
    let (name, observed_name) = (how.name("interval"), how.name("observed"));
    let cells = table.column(name).unwrap_or_default();
    let observed = table.column(observed_name);
    let (mut intervals, mut running_since_now) = (Vec::new(), 0_usize);
    for (i, cell) in cells.iter().enumerate() {
        if table.is_blank(i) || faults.has(i) {
            continue;
        }
        let number = table.row(i);
        let row = (i, number.as_str());
        let hours = hours_of(cell).map_err(|why| faults.cell(row, name, shown(cell, &why.message), why.help)).ok();
        let ended = match observed {
            None => Some(true),
            Some(observed) => truth(&observed[i]).or_else(|| {
                let message = shown(&observed[i], "it is neither true nor false");
                faults.cell(row, observed_name, message, "write true, or false where the interval was still running");
                None
            }),
        };
        match (hours, ended) {
            (Some(0.0), Some(true)) => {
                faults.cell(row, name, "an interval that ended must be longer than 0", "mend it, or leave the row out");
            }
            (Some(0.0), Some(false)) => running_since_now += 1,
            (Some(hours), Some(ended)) => intervals.push(HistoryInterval { hours, ended, org: 0 }),
            _ => {}
        }
    }
    let mut found = HistoryFound::default();
    if running_since_now > 0 {
        found.notes.push(left_out(running_since_now));
    }
    (intervals, found)
}

/// That intervals without length say nothing.
pub(super) fn left_out(count: usize) -> String {
    match count {
        1 => "1 interval that began just when observation ended says nothing and is left out.".to_owned(),
        n => format!("{n} intervals that began just when observation ended say nothing and are left out."),
    }
}

/// The fault with the cell that has it, unless its words show it already.
fn shown(cell: &HistoryCell, message: &str) -> String {
    match cell.words() {
        Some(words) if !message.contains('`') => format!("`{words}`: {message}"),
        _ => message.to_owned(),
    }
}

fn truth(cell: &HistoryCell) -> Option<bool> {
    match cell {
        HistoryCell::Truth(value) => Some(*value),
        HistoryCell::Number(value) if *value == 1.0 => Some(true),
        HistoryCell::Number(value) if *value == 0.0 => Some(false),
        HistoryCell::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
