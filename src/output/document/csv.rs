//! A table as CSV: full values, one column a number.

use super::cell::Cell;
use super::table::{Row, Table};
use crate::plan::clock::rfc3339;

/// The table, with a header; a range takes two columns, and the name of a group stands in a column of its own.
pub fn table(table: &Table) -> String {
    let grouped = table.rows.iter().any(|row| matches!(row, Row::Group(_)));
    let (labels, ranges) = table.spread_labels();
    let mut lines: Vec<Vec<String>> = vec![grouped.then(|| "group".to_owned()).into_iter().chain(labels).collect()];
    let mut group = String::new();
    for row in &table.rows {
        match row {
            Row::Group(name) => group.clone_from(name),
            Row::Cells(cells) | Row::Marked(cells) => {
                let mut line: Vec<String> = if grouped { vec![group.clone()] } else { Vec::new() };
                for (cell, is_range) in cells.iter().zip(&ranges) {
                    let values = values(cell);
                    let blank = if *is_range && values.len() < 2 { vec![String::new()] } else { Vec::new() };
                    line.extend(values.into_iter().chain(blank));
                }
                lines.push(line);
            }
        }
    }
    let line = |cells: &Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
    lines.iter().map(line).collect()
}

fn values(cell: &Cell) -> Vec<String> {
    match cell {
        Cell::Empty => vec![String::new()],
        Cell::Text(words) | Cell::Code(words) => vec![words.trim_start().to_owned()],
        Cell::Rate(rate, words) => vec![rate.map_or_else(|| words.clone(), |rate| rate.to_string())],
        Cell::Count(count) => vec![count.to_string()],
        Cell::Mean { value, .. } | Cell::Signed { value, .. } | Cell::Number(value, _) => vec![value.to_string()],
        Cell::Error(value) | Cell::Share(value) | Cell::Chance(value) | Cell::Hours(value) => vec![value.to_string()],
        Cell::Local(at, zone) => vec![rfc3339(*at, *zone)],
        Cell::Range(low, high) => vec![low.to_string(), high.to_string()],
    }
}

/// A cell as RFC 4180 has it.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
