//! A difference of two scenarios as text for a terminal of a given width.

use super::{change, sentences, signed};
use crate::output::assumption_names::noun;
use crate::output::terminal::{Look, NARROWEST, elided, plain, table};
use crate::output::words;
use crate::results::plan_diff::PlanDiff;
use textwrap::core::display_width;

/// The difference.
pub fn summary(diff: &PlanDiff, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let decision = sentences::decision(diff);
    let finding: Vec<String> = look.wrapped(&decision[0]).lines().map(|line| look.bold(line)).collect();
    let titles = diff.sides.each_ref().map(|s| plain(s.plan.title()));
    let head = look.dim(&elided(&titles.join(" \u{2192} "), look.width));
    let mut parts = vec![head, finding.join("\n"), look.wrapped(&decision[1..].join(" "))];
    parts.extend((!diff.parts.is_empty()).then(|| changes(diff, look)));
    parts.extend(diff.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

fn changes(diff: &PlanDiff, look: Look) -> String {
    let sampled = diff.sampled.is_some();
    let mut header = vec!["change".to_owned(), "orgs".to_owned()];
    header.extend(sampled.then(|| "\u{b1}".to_owned()));
    header.push("alone".to_owned());
    let blank = || vec![String::new(); header.len() - 1];
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let total = |name: &str, answer: f64| {
        let mut cells = blank();
        cells[0] = words::table_mean(answer, None);
        (name.to_owned(), cells)
    };
    rows.push(total("first scenario", diff.sides[0].answer));
    for part in &diff.parts {
        for (i, changed) in part.changes.iter().enumerate() {
            let mut cells = blank();
            if i == 0 {
                let mut figures = vec![signed(part.contribution, part.se)];
                figures.extend(part.se.filter(|_| sampled).map(|se| format!("{se:.2}")));
                figures.push(part.alone.map_or_else(String::new, |a| signed(a, None)));
                cells = figures;
            }
            let joined = if i == 0 { "" } else { "with " };
            rows.push((format!("{joined}{}", changed.key), cells));
            rows.push((format!("\u{a0}\u{a0}{}", plain(&change(diff, changed))), blank()));
        }
    }
    rows.push(total("second scenario", diff.sides[1].answer));
    let widest =
        |i: usize| rows.iter().map(|r| display_width(&r.1[i])).fold(display_width(&header[i + 1]), usize::max) + 2;
    let room = look.width.saturating_sub((0..header.len() - 1).map(widest).sum::<usize>() + 4);
    let rows =
        rows.into_iter().map(|(name, cells)| std::iter::once(elided(&name, room)).chain(cells).collect()).collect();
    let head = look.bold(&format!("Orgs {}, and what each change adds", noun(diff.counted)));
    let table = table(header, rows, 1, look).replace('\u{a0}', " ");
    let key = look.dim(&textwrap::indent(&textwrap::fill(&key(diff), look.width - 2), "  "));
    format!("{head}\n{table}\n{key}")
}

fn key(diff: &PlanDiff) -> String {
    let orders = match diff.sampled {
        None => "all orders of the changes".to_owned(),
        Some(pairs) => format!("{} sampled orders of the changes, \u{b1} its standard error", 2 * pairs),
    };
    format!("Orgs: what the change adds on average over {orders}. Alone: added to the first scenario by itself.")
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for (name, diff) in samples::all() {
            for width in [80, 100, 120] {
                for line in summary(&diff, Look { width, colour: false }).lines() {
                    assert!(display_width(line) <= width, "{name} at {width}: `{line}`");
                }
            }
        }
    }
}
