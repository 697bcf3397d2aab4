//! A sensitivity analysis as text for a terminal of a given width.

use super::{answers, decides, has_effect, range, sentences};
use crate::output::assumption_names::noun;
use crate::output::terminal::{Look, NARROWEST, WIDE, elided, plain, table};
use crate::output::words;
use crate::plan::units::group_count;
use crate::results::sensitivity::{MovedAssumption, Sensitivity};
use textwrap::core::display_width;

/// The analysis.
pub fn summary(found: &Sensitivity, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let decision = sentences::decision(found);
    let finding: Vec<String> = look.wrapped(&decision[0]).lines().map(|line| look.bold(line)).collect();
    let head = format!("{}\n{}", look.dim(&elided(&plain(found.plan.title()), look.width)), look.dim(&method(found)));
    let mut parts = vec![head, finding.join("\n"), look.wrapped(&decision[1..].join(" "))];
    if found.assumptions.iter().any(|a| has_effect(found, a)) {
        parts.push(assumptions(found, look));
    }
    parts.extend(found.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

fn method(found: &Sensitivity) -> String {
    match found.rows {
        0 => "each assumption moved alone, by the exact engine".to_owned(),
        rows => format!(
            "{} rows, {} plans by the exact engine",
            group_count(rows as u64),
            group_count(found.evaluations as u64)
        ),
    }
}

fn assumptions(found: &Sensitivity, look: Look) -> String {
    let wide = look.width >= WIDE;
    let variance = found.together.is_some();
    let mut header = vec!["assumption".to_owned()];
    header.extend(wide.then(|| "moved over".to_owned()));
    header.extend(["orgs", "swing"].map(str::to_owned));
    header.extend(variance.then(|| ["alone", "in all"].map(str::to_owned)).into_iter().flatten());
    let figures = |moved: &MovedAssumption| {
        let mut cells = vec![answers(moved), words::table_mean(moved.swing(), None)];
        if let (true, Some(indices)) = (variance, moved.indices) {
            cells.extend([decides(indices.first), decides(indices.total)]);
        }
        cells
    };
    let shown: Vec<&MovedAssumption> = found.assumptions.iter().filter(|a| has_effect(found, a)).collect();
    let widest = |i: usize| {
        let head = display_width(&header[header.len() - if variance { 4 } else { 2 } + i]);
        shown.iter().map(|m| display_width(&figures(m)[i])).fold(head, usize::max) + 2
    };
    let count = if variance { 4 } else { 2 };
    let room = look.width.saturating_sub((0..count).map(widest).sum::<usize>() + 4);
    let key_room =
        if wide { shown.iter().map(|m| display_width(&m.key)).max().unwrap_or(0).min(room / 2) } else { room };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for moved in &shown {
        let over = plain(&range(found, moved));
        let mut row = vec![elided(&moved.key, key_room)];
        row.extend(wide.then(|| elided(&over, room.saturating_sub(key_room + 3))));
        row.extend(figures(moved));
        rows.push(row);
        if !wide {
            let mut below = vec![String::new(); header.len()];
            below[0] = format!("\u{a0}\u{a0}{}", elided(&over, room.saturating_sub(2)));
            rows.push(below);
        }
    }
    let head = look.bold(&format!("Orgs {}, each assumption moved alone", noun(found.counted)));
    let table = table(header, rows, if wide { 2 } else { 1 }, look).replace('\u{a0}', " ");
    let key = look.dim(&textwrap::indent(&textwrap::fill(&key(found), look.width - 2), "  "));
    format!("{head}\n{table}\n{key}")
}

fn key(found: &Sensitivity) -> String {
    let mut text = "Orgs: lowest to highest mean. Swing: how far apart they are.".to_owned();
    if found.together.is_some() {
        text += " Alone: share of the variance that it decides by itself when all move at once; in all: with what it does together \
                 with others.";
    }
    let idle: Vec<String> = found.assumptions.iter().filter(|a| !has_effect(found, a)).map(|a| a.key.clone()).collect();
    if !idle.is_empty() {
        text += &format!(" Without effect: {}.", words::list(&idle));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for (name, found) in samples::all() {
            for width in [80, 100, 120] {
                for line in summary(&found, Look { width, colour: false }).lines() {
                    assert!(display_width(line) <= width, "{name} at {width}: `{line}`");
                }
            }
        }
    }
}
