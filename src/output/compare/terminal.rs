//! A comparison as text for a terminal of a given width.

use super::phrases::differing;
use super::{Unit, chance, mean_difference, range, sentences, verdict};
use crate::output::terminal::{Look, NARROWEST, WIDE, elided, plain, table};
use crate::output::words;
use crate::output::words::shown_mean;
use crate::plan::units::{group_count, orgs};
use crate::results::comparison::{ComparedRate, Comparison, PlanAtRate};
use textwrap::core::display_width;

/// More rows than this are not read; then the lowest, a middle and the highest rate are shown.
const MOST_ROWS: usize = 40;

/// The comparison.
pub fn summary(comparison: &Comparison, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let decision = sentences::decision(comparison);
    let finding: Vec<String> = look.wrapped(&decision[0]).lines().map(|line| look.bold(line)).collect();
    let mut parts = vec![heading(comparison, look), finding.join("\n"), look.wrapped(&decision[1..].join(" "))];
    parts.push(plans(comparison, look));
    parts.push(rates(comparison, look));
    parts.extend(comparison.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

fn heading(comparison: &Comparison, look: Look) -> String {
    let names: Vec<String> = comparison.plans.iter().map(|p| p.label.clone()).collect();
    let title = textwrap::wrap(&plain(&names.join(" | ")), look.width)
        .iter()
        .map(|l| look.dim(l))
        .collect::<Vec<_>>()
        .join("\n");
    let population = if comparison.same_orgs() { orgs(comparison.plans[0].plan.orgs()) + "; " } else { String::new() };
    let luck = match comparison.runs {
        0 => "exact means".to_owned(),
        n => format!("the same luck in {} simulated runs, seed {}", group_count(n), comparison.seed),
    };
    format!("{title}\n{}", look.dim(&format!("{population}{luck}")))
}

/// Each plan with what differs in it.
fn plans(comparison: &Comparison, look: Look) -> String {
    let mut lines = vec![look.bold("What differs")];
    for (k, compared) in comparison.plans.iter().enumerate() {
        let baseline = if k == comparison.baseline { " (baseline)" } else { "" };
        let title = match plain(compared.plan.title()) {
            title if title == compared.label => String::new(),
            title => format!(": {title}"),
        };
        lines.push(format!("  {}", elided(&format!("{}{baseline}{title}", compared.label), look.width - 2)));
        let text = textwrap::fill(&plain(&differing(comparison, k)), look.width - 4);
        lines.push(look.dim(&textwrap::indent(&text, "    ")));
    }
    lines.join("\n")
}

/// One table of all rates, so that its columns stand in line.
fn rates(comparison: &Comparison, look: Look) -> String {
    let (wide, unit) = (look.width >= WIDE, Unit::of(comparison));
    let rows_each = comparison.plans.len() + 1;
    let shown = if comparison.rates.len() * rows_each > MOST_ROWS && comparison.rates.len() > 3 {
        vec![0, comparison.rates.len() / 2, comparison.rates.len() - 1]
    } else {
        (0..comparison.rates.len()).collect()
    };
    let header = header(comparison, wide);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for rate in shown.iter().map(|i| &comparison.rates[*i]) {
        let mut head = vec![String::new(); header.len()];
        head[0] = format!("at {}", rate.label);
        rows.push(head);
        rows.extend((0..comparison.plans.len()).map(|k| row(comparison, rate, k, unit, wide)));
    }
    let widest = |column: usize| {
        let cells = std::iter::once(&header[column]).chain(rows.iter().map(|r| &r[column]));
        cells.map(|c| display_width(c)).max().unwrap_or(0) + 2
    };
    let room = look.width.saturating_sub((1..header.len()).map(widest).sum::<usize>() + 4).max(12);
    rows.iter_mut().for_each(|row| {
        let indent = if row[1].is_empty() { "" } else { "\u{a0}\u{a0}" };
        row[0] = format!("{indent}{}", elided(&row[0], room - display_width(indent)));
    });
    let head = look.bold(&title(comparison));
    let key = look.dim(&textwrap::indent(&textwrap::fill(&key(comparison, wide, shown.len()), look.width - 2), "  "));
    format!("{head}\n{}\n{key}", table(header, rows, 1, look).replace('\u{a0}', " "))
}

fn title(comparison: &Comparison) -> String {
    let what = if comparison.same_orgs() { "Orgs failed by the deadline" } else { "Share failed by the deadline" };
    format!("{what}, at each rate of reconnecting")
}

fn header(comparison: &Comparison, wide: bool) -> Vec<String> {
    let mut header = vec!["plan", "mean", "differs"];
    let simulated = comparison.runs > 0;
    if wide {
        header.insert(2, "share");
        header.push("\u{b1}");
    }
    if simulated {
        header.extend(["90 % range", "better", "tied", "best"]);
    }
    if wide {
        header.extend(["down", "verdict"]);
    }
    header.into_iter().map(str::to_owned).collect()
}

fn row(comparison: &Comparison, rate: &ComparedRate, k: usize, unit: Unit, wide: bool) -> Vec<String> {
    let (plan, orgs) = (&rate.plans[k], comparison.plans[k].plan.orgs());
    let is_baseline = k == comparison.baseline;
    let share = words::share(plan.failed.mean, orgs);
    let mean = if unit == Unit::Points && !wide { share.clone() } else { shown_mean(plan.failed.mean, plan.failed.se) };
    let mut row = vec![plain(&comparison.plans[k].label), mean];
    if wide {
        row.push(share);
    }
    row.push(if is_baseline { String::new() } else { mean_difference(unit.mean(plan)) });
    if wide {
        row.push(if is_baseline { String::new() } else { error(unit, plan) });
    }
    if let Some(by_run) = &plan.versus_baseline.by_run {
        let cells = match unit.spread(plan) {
            Some(spread) if !is_baseline => [range(unit, &spread), chance(by_run.better), chance(by_run.tied)],
            _ => ["baseline".to_owned(), String::new(), String::new()],
        };
        row.extend(cells);
        row.push(plan.best.map_or_else(String::new, chance));
    }
    if wide {
        row.push(plan.down.map_or_else(String::new, |d| shown_mean(d.mean, d.se)));
        let said = verdict(plan.versus_baseline.verdict);
        row.push(if is_baseline { "baseline".to_owned() } else { said.to_owned() });
    }
    row
}

/// The standard error of the simulated mean difference, in two digits.
fn error(unit: Unit, plan: &PlanAtRate) -> String {
    match unit.spread(plan).and_then(|s| s.se) {
        Some(se) if se > 0.0 => {
            let decimals = (1 - se.log10().floor() as i64).clamp(0, 4) as usize;
            format!("{se:.decimals$}")
        }
        Some(_) => "0".to_owned(),
        None => String::new(),
    }
}

fn key(comparison: &Comparison, wide: bool, shown: usize) -> String {
    let baseline = plain(&comparison.plans[comparison.baseline].label);
    let unit = if comparison.same_orgs() { "orgs" } else { "percentage points" };
    let mut text = format!("Differs: mean, in {unit}, minus that of {baseline}");
    if wide {
        text += "; \u{b1}: the standard error of that over simulated runs";
    }
    if comparison.runs > 0 {
        text += ". 90 % range: 5th to 95th percentile of the difference in one rollout; where it includes zero, nothing is \
                 ranked. Better: chance that fewer fail than in the baseline, ties counting half. Best: chance to fail fewest of all";
    }
    text += ".";
    if shown < comparison.rates.len() {
        text += &format!(" {shown} of {} rates are shown; the files have all.", comparison.rates.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::compare::samples;

    fn text(comparison: &Comparison, width: usize) -> String {
        summary(comparison, Look { width, colour: false })
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for (name, comparison) in samples::all() {
            for width in [80, 100, 120] {
                for line in text(&comparison, width).lines() {
                    assert!(display_width(line) <= width, "{name} at {width}: `{line}`");
                }
            }
        }
    }

    #[test]
    fn a_plan_that_may_lose_is_not_called_the_winner() {
        let close = text(&samples::close(), 120);
        assert!(
            close
                .replace('\n', " ")
                .contains("is best on average at every rate compared, though not surely in one rollout"),
            "{close}"
        );
        assert!(
            close.replace('\n', " ").contains("Tuesday cutover is not ranked before Friday cutover")
                && close.contains("includes zero"),
            "{close}"
        );
        let clear = text(&samples::clear(), 120);
        assert!(clear.contains("fails fewest orgs") && !clear.contains("not ranked before"), "{clear}");
    }

    #[test]
    fn a_plan_beside_itself_shows_no_difference() {
        let same = text(&samples::itself(), 120);
        assert!(same.contains("No difference found between the plans"), "{same}");
        assert!(same.contains("0 to 0") && same.contains("50 %") && same.contains("the same"), "{same}");
    }
}
