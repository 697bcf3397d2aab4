//! A comparison as a document: the decision first, then the chart, what differs, the figures at each rate, and where it all comes from.

use super::phrases::differing;
use super::{CountUnit, chance, mean_difference, range, sentences, verdict};
use crate::output::document::{Block, Cell, Column, Document, Figure, Row, Sources, Table};
use crate::output::run::tables::TO_COME;
use crate::plan::units::{group_count, orgs};
use crate::plan::wording::{ACTS, DOWN, FAILED, ORGS, PERCENT, capital};
use crate::results::Mean;
use crate::results::comparison::{ComparedRate, Comparison};

/// The document.
pub(crate) fn document(comparison: &Comparison) -> Document {
    let names: Vec<&str> = comparison.plans.iter().map(|p| p.label.as_str()).collect();
    let population = if comparison.same_orgs() { orgs(comparison.plans[0].plan.orgs()) + "; " } else { String::new() };
    let shared = match comparison.runs {
        0 => "exact means".to_owned(),
        n => format!("the same random numbers in {} simulated runs, seed {}", group_count(n), comparison.seed),
    };
    let files = comparison.plans.iter().map(|p| (p.label.clone(), p.provenance.clone())).collect();
    let facts =
        vec![("seed", comparison.seed.to_string()), ("simulated runs of each plan", group_count(comparison.runs))];
    Document::new("Plans compared", vec![names.join(" | "), format!("{population}{shared}")])
        .with(Block::decision(&sentences::decision(comparison)))
        .with([Block::Figure(Figure { name: "compare", finding: sentences::finding(comparison) })])
        .with([differences(comparison), Block::Table(rates(comparison))])
        .with(Block::trust(Block::notes(&comparison.notes)))
        .with([Block::Sources(Sources { files, facts })])
}

/// Each plan with what differs in it.
fn differences(comparison: &Comparison) -> Block {
    let item = |(k, compared): (usize, &crate::results::comparison::ComparedPlan)| {
        let baseline = if k == comparison.baseline { " (baseline)" } else { "" };
        let title = match compared.plan.title() {
            title if title == compared.label => String::new(),
            title => format!(": {title}"),
        };
        (format!("{}{baseline}{title}", compared.label), differing(comparison, k))
    };
    Block::Items { title: "What differs".to_owned(), items: comparison.plans.iter().enumerate().map(item).collect() }
}

/// One table of all rates, so that its columns stand in line.
fn rates(comparison: &Comparison) -> Table {
    let unit = CountUnit::of(comparison);
    // Where plans differ in how many orgs they have, shares are what is compared.
    let (of_mean, of_share) = if unit == CountUnit::Points { (3, 0) } else { (0, 3) };
    let mut columns = vec![
        Column::text("plan"),
        Column::number("mean").rank(of_mean),
        Column::number("share").rank(of_share),
        Column::number("differs"),
        Column::number("\u{b1}").rank(4),
    ];
    if comparison.runs > 0 {
        columns.push(Column::number(format!("90{PERCENT} range")));
        columns.extend(["better", "tied", "best"].map(Column::number));
    }
    columns.extend([
        Column::number(DOWN.to_string()).rank(2),
        Column::number(TO_COME).rank(5),
        Column::text("verdict").rank(1),
    ]);
    let mut rows = Vec::new();
    for rate in &comparison.rates {
        rows.push(Row::Group(capital(&sentences::if_rate(comparison, &rate.label))));
        rows.extend((0..comparison.plans.len()).map(|k| Row::Cells(row(comparison, rate, k, unit))));
    }
    let what = if comparison.same_orgs() {
        format!("{ORGS:#} {FAILED} by the deadline")
    } else {
        format!("Share {FAILED} by the deadline")
    };
    let title = format!("{what}, by the share that {ACTS}");
    Table { rows, ..Table::new("rates", title, columns, Vec::new()) }.with_key(key(comparison))
}

fn row(comparison: &Comparison, rate: &ComparedRate, k: usize, unit: CountUnit) -> Vec<Cell> {
    let (plan, orgs) = (&rate.plans[k], comparison.plans[k].plan.orgs());
    let is_baseline = k == comparison.baseline;
    let unless_baseline = |cell: Cell| if is_baseline { Cell::Empty } else { cell };
    let (difference, se) = unit.mean(plan);
    let mut cells = vec![
        Cell::text(format!("  {}", comparison.plans[k].label)),
        Cell::mean(plan.failed.mean, plan.failed.se),
        Cell::Share(if orgs == 0 { 0.0 } else { plan.failed.mean / orgs as f64 }),
        unless_baseline(Cell::Number(difference, mean_difference((difference, se)))),
        unless_baseline(unit.spread(plan).and_then(|spread| spread.se).map_or(Cell::Empty, Cell::Error)),
    ];
    if comparison.runs > 0 {
        let (spread, by_run) = (unit.spread(plan), plan.versus_baseline.by_run.as_ref());
        let of_chance = |p: f64| Cell::Number(p, chance(p));
        cells.extend(match (spread, by_run) {
            (Some(spread), Some(runs)) if !is_baseline => {
                [Cell::text(range(unit, &spread)), of_chance(runs.better), of_chance(runs.tied)]
            }
            _ => [Cell::text("baseline"), Cell::Empty, Cell::Empty],
        });
        cells.push(plan.best.map_or(Cell::Empty, of_chance));
    }
    let mean = |mean: Mean| Cell::mean(mean.mean, mean.se);
    let to_come = plan.by_horizon.map(|h| Mean::difference((h.mean, h.se), (plan.failed.mean, plan.failed.se)));
    cells.extend([plan.down.map_or(Cell::Empty, mean), to_come.map_or(Cell::Empty, mean)]);
    cells.push(Cell::text(if is_baseline { "baseline" } else { verdict(plan.versus_baseline.verdict) }));
    cells
}

fn key(comparison: &Comparison) -> String {
    let unit = if comparison.same_orgs() { ORGS.to_string() } else { "percentage points".to_owned() };
    let baseline = &comparison.plans[comparison.baseline].label;
    let mut text = format!(
        "{FAILED:#} by each plan\u{2019}s own deadline. Differs: its mean minus that of {baseline}, in {unit}."
    );
    if comparison.runs > 0 {
        text += &format!(
            " 90{PERCENT} range: 5th to 95th percentile of the difference in one rollout. Where it includes zero, it is too close to call. \
                 Better: the chance of fewer failures than in the baseline; a tie counts half. Best: the chance of the fewest of all."
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::compare::samples;
    use crate::output::document::{assert_fits, page, text};
    use crate::output::terminal::Look;

    fn shown(comparison: &Comparison) -> String {
        text(&document(comparison), Look { width: 120, colour: false })
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_the_page_begins_with_the_decision() {
        for (name, comparison) in samples::all() {
            let document = document(&comparison);
            assert_fits(name, &document);
            let page = page(&document);
            let decision = page.find("**").expect("the decision");
            assert!(decision < page.find("charts/compare.svg").expect("the chart"), "{name}");
            assert!(!page.contains("<b>"), "{name}: {page}");
        }
    }

    #[test]
    fn a_plan_that_may_lose_is_not_called_the_winner() {
        let close = shown(&samples::close());
        assert!(
            close
                .replace('\n', " ")
                .contains("is best on average at every rate compared, but not surely in one rollout"),
            "{close}"
        );
        assert!(
            close
                .replace('\n', " ")
                .contains("Against Friday cutover Tuesday cutover is too close to call: better in 62 of 100 rollouts"),
            "{close}"
        );
        let clear = shown(&samples::clear());
        assert!(clear.contains("has the fewest failures") && !clear.contains("too close to call:"), "{clear}");
    }

    #[test]
    fn a_plan_beside_itself_shows_no_difference() {
        let same = shown(&samples::itself());
        assert!(same.contains("No difference found between the plans"), "{same}");
        assert!(same.contains("0 to 0") && same.contains("50 %") && same.contains("the same"), "{same}");
    }
}
