//! A fitted history as text for a terminal of a given width.

use super::parameter::sureness;
use super::{law, sentences};
use crate::output::terminal::{Look, NARROWEST, elided, table};
use crate::output::words;
use crate::plan::units::group_count;
use crate::results::fit::HistoryFit;

/// The summary.
pub fn summary(found: &HistoryFit, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let finding: Vec<String> =
        (look.wrapped(&format!("{}.", sentences::finding(found))).lines()).map(|line| look.bold(line)).collect();
    let path = elided(&found.source.path, look.width);
    let mut parts = vec![format!("{path}\n{}", look.dim(&look.wrapped(&sentences::counts(found)))), finding.join("\n")];
    let verdict = sentences::verdict(found);
    if !verdict.is_empty() {
        parts.push(look.wrapped(&verdict.join(" ")));
    }
    parts.push(format!(
        "{}\n  interval = {}",
        look.bold("For the scenario, below [refresh]"),
        sentences::advised(found)
    ));
    if let Some(either) = sentences::either(found) {
        parts.push(format!("{}\n  interval = {either}", look.bold("Or, to leave open which of the two holds")));
    }
    if !found.laws.is_empty() {
        parts.push(laws(found, look));
        parts.push(parameters(found, look));
    }
    parts.extend(sentences::notes(found).iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

fn laws(found: &HistoryFit, look: Look) -> String {
    let header = ["law", "worse by", "weight", "largest gap"].map(str::to_owned).to_vec();
    let rows = found.laws.iter().map(|ranked| {
        let text = law::text(&ranked.fit);
        let gap = format!("{:.1} %", 100.0 * ranked.gap.size());
        vec![text, behind(ranked.delta), words::chance(ranked.weight), gap]
    });
    let key = "Worse by: AICc minus that of the best; from 10 on a law is out of the question beside it. Weight: how likely each is, if \
               one of these holds. Largest gap: between data and law, in percentage points of the share that lasts longer.";
    let head = look.bold("Laws, likeliest first");
    format!("{head}\n{}\n{}", table(header, rows.collect(), 1, look), hint(key, look))
}

/// A distance in AICc: with a decimal as long as that matters.
fn behind(delta: f64) -> String {
    if delta < 99.95 { format!("{delta:.1}") } else { group_count(delta.round() as u64) }
}

fn parameters(found: &HistoryFit, look: Look) -> String {
    let best = &found.laws[0].fit;
    let header = ["parameter", "value", "standard error", "95 % range"].map(str::to_owned).to_vec();
    let rows = best.parameters.iter().map(|parameter| {
        let [value, se, range] = sureness(parameter);
        vec![parameter.name.to_owned(), value, se, range]
    });
    let head = look.bold(&format!(
        "How well {} is known",
        law::phrase(best.family).replacen("an ", "the ", 1).replacen("a ", "the ", 1)
    ));
    format!("{head}\n{}", table(header, rows.collect(), 1, look))
}

fn hint(text: &str, look: Look) -> String {
    look.dim(&textwrap::indent(&textwrap::fill(text, look.width - 2), "  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fit::samples::all as samples;
    use crate::results::fit::Verdict;
    use textwrap::core::display_width;

    #[test]
    fn every_verdict_has_its_advice_and_no_line_is_wider_than_the_terminal() {
        for (verdict, found) in samples() {
            assert_eq!(found.verdict(), verdict);
            for width in [60, 80, 120] {
                let text = summary(&found, Look { width, colour: false });
                // A law is to be copied: it stays on one line, however narrow the terminal.
                for line in text.lines().filter(|line| !line.contains("interval = ")) {
                    assert!(display_width(line) <= width, "{verdict:?} at {width}: `{line}`");
                }
                let advice = match verdict {
                    Verdict::Fits | Verdict::Close => "interval = { ",
                    Verdict::Fixed => "interval = \"24h\"",
                    _ => "interval = { empirical = \"intervals.csv\" }",
                };
                assert!(text.contains(advice), "{text}");
            }
        }
    }
}
