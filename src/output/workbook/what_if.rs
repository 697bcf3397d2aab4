//! The sheet in which a reader types a rate: its figures lie between two neighbours of the exact sweep, which stands below.

use super::cells::{CellLook, SheetCell};
use super::charts;
use super::contents::{Contents, ORGS_NAME};
use crate::output::document::range_labels;
use crate::output::run::tables::{MEAN, MEDIAN, SHARE, range_label, within_label};
use crate::plan::wording::{ACTS, FAILED, ORGS, capital};
use crate::results::GridCell;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, DataValidationRule, Worksheet, XlsxError};

/// The sheet.
pub(super) const NAME: &str = "What if";

/// Row of the rate that is typed; the figures stand below it, the mean first.
const TYPED: u32 = 3;
const FIGURES: u32 = 4;

/// Rows of the two steps of the interpolation.
const BELOW: u32 = 10;
const PART: u32 = 11;

/// Row of the header of the sweep.
const SWEEP: u32 = 14;

/// A column of the sweep: what it is called, its number in a row, and the look of a figure of it.
struct SweepColumn {
    name: String,
    of: fn(&GridCell) -> f64,
    look: fn(f64) -> SheetCell,
}

/// The columns of the sweep after the rate.
fn measures(c: &Contents<'_>) -> Vec<SweepColumn> {
    let [low, high] = range_labels(&range_label());
    let count = |n: f64| SheetCell::Count(n.round().max(0.0) as u64);
    let mean = |value: f64| SheetCell::Mean { value, fine: value < 9_999.5 };
    let one = |name: String, of, look| SweepColumn { name, of, look };
    let mut all = vec![
        one(MEAN.to_owned(), (|cell| cell.mean) as fn(&GridCell) -> f64, mean as fn(f64) -> SheetCell),
        one(low, |cell| cell.percentiles[0] as f64, count),
        one(MEDIAN.to_owned(), |cell| cell.percentiles[1] as f64, count),
        one(high, |cell| cell.percentiles[2] as f64, count),
    ];
    let chance = |cell: &GridCell| cell.within_tolerance.unwrap_or_default();
    all.extend(c.plan.tolerance().map(|n| one(within_label(n), chance, SheetCell::Chance)));
    all
}

/// The rate to type, its figures, and the sweep that they come from.
pub(super) fn fill(c: &Contents<'_>, look: &CellLook, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let Some(sweep) = c.sweep() else { return Ok(()) };
    let measures = measures(c);
    let rows = sweep.len() as u32;
    let (first, last) = (SWEEP + 2, SWEEP + 1 + rows);
    let column = |letter: char| format!("${letter}${first}:${letter}${last}");
    let typed = c.facts.outcome(c.facts.middle()).uptake;
    // As the formulas do.
    let below = sweep.partition_point(|(rate, _)| *rate <= typed).clamp(1, sweep.len() - 1);
    let part = (typed - sweep[below - 1].0) / (sweep[below].0 - sweep[below - 1].0);
    let between = |of: fn(&GridCell) -> f64| {
        let [low, high] = [below - 1, below].map(|place| of(&sweep[place].1));
        low + (high - low) * part
    };
    look.title(sheet, 0, &format!("What if another share {ACTS}?"))?;
    let about = format!(
        "Type a share into the yellow cell. The figures are of {ORGS} {FAILED} by {}. Between two shares of the exact sweep below they follow a \
         straight line.",
        c.facts.by
    );
    look.paragraph(sheet, 1, 7, &about)?;
    let mut write = |row: u32, column: u16, cell: SheetCell| look.write(sheet, row, column, &cell);
    write(TYPED, 0, SheetCell::Text(format!("share that {ACTS}")))?;
    write(TYPED, 1, SheetCell::Input(typed))?;
    for (row, (measure, letter)) in (FIGURES..).zip(measures.iter().zip('B'..)) {
        let values = column(letter);
        let line = format!("INDEX({values},$B$11)+(INDEX({values},$B$11+1)-INDEX({values},$B$11))*$B$12");
        let figure = (measure.look)(between(measure.of));
        let formula =
            if matches!(figure, SheetCell::Count(_)) { format!("=ROUND({line},0)") } else { format!("={line}") };
        write(row, 0, SheetCell::Text(measure.name.clone()))?;
        write(row, 1, SheetCell::Formula(formula, Box::new(figure)))?;
    }
    let share = FIGURES + measures.len() as u32;
    let mean = between(|cell| cell.mean) / c.plan.orgs().max(1) as f64;
    write(share, 0, SheetCell::Text(SHARE.to_owned()))?;
    write(share, 1, SheetCell::Formula(format!("=$B${}/{ORGS_NAME}", FIGURES + 1), Box::new(SheetCell::Share(mean))))?;
    write(BELOW, 0, SheetCell::Text("row of the sweep below it".to_owned()))?;
    let at = format!("=MIN(MATCH($B$4,{},1),{})", column('A'), rows - 1);
    write(BELOW, 1, SheetCell::Formula(at, Box::new(SheetCell::Count(below as u64))))?;
    write(PART, 0, SheetCell::Text("part of the way to the next".to_owned()))?;
    let rates = column('A');
    let way = format!("=($B$4-INDEX({rates},$B$11))/(INDEX({rates},$B$11+1)-INDEX({rates},$B$11))");
    write(PART, 1, SheetCell::Formula(way, Box::new(SheetCell::Rate(part))))?;
    let rule = DataValidation::new()
        .allow_decimal_number(DataValidationRule::Between(0.0, 1.0))
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("A share")?
        .set_error_message("Type a share from 0% to 100%.")?;
    sheet.add_data_validation(TYPED, 1, TYPED, 1, &rule)?;
    let header: Vec<String> = std::iter::once(format!("share that {ACTS}"))
        .chain(measures.iter().map(|measure| measure.name.clone()))
        .collect();
    let row = |(rate, cell): &(f64, GridCell)| {
        let figures = measures.iter().map(|measure| (measure.look)((measure.of)(cell)));
        std::iter::once(SheetCell::Rate(*rate)).chain(figures).collect()
    };
    look.table(sheet, SWEEP, "Sweep", &header, &sweep.iter().map(row).collect::<Vec<_>>())?;
    sheet.set_column_width(0, 28)?;
    (1..=measures.len() as u16).try_for_each(|column| sheet.set_column_width(column, 12).map(|_| ()))?;
    let alt = format!("{} by the share that {ACTS}", capital(&format!("{ORGS} {FAILED}")));
    charts::sweep(sheet, (NAME, TYPED), (SWEEP, rows), &alt)
}
