//! Cells of a sheet: text that never becomes a formula, numbers with the look they need, local times as dates; and tables of them.
//! It knows nothing of plans.

use crate::output::safe::looks_like_a_formula;
use crate::plan::wording::{Locale, PERCENT, locale};
use crate::plan::zone::Tz;
use chrono::{DateTime, NaiveDate, Utc};
use rust_xlsxwriter::{
    Format, FormatAlign, FormatBorder, Formula, Table, TableColumn, TableStyle, Worksheet, XlsxError,
};

/// Longest text of a cell, well below what a workbook can hold.
const LONGEST: usize = 8_000;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SheetCell {
    /// Nothing.
    Empty,
    /// Text, whatever it begins with.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A mean number of orgs; shown with one decimal, or none where that is not known.
    Mean {
        /// Its value in full.
        value: f64,
        /// Whether the decimal is shown.
        fine: bool,
    },
    /// A share of the orgs, shown as a percentage.
    Share(f64),
    /// A rate of reconnecting, shown as a percentage.
    Rate(f64),
    /// A chance, shown as a percentage; near 0 and 1 as what it is surely below or above.
    Chance(f64),
    /// A number of hours.
    Hours(f64),
    /// A local time: what the clocks of a zone show, as a date.
    Local(DateTime<Utc>, Tz),
    /// A formula of the program's own, and the cell that it comes to: without what a user wrote, which might be one too.
    Formula(String, Box<SheetCell>),
    /// A share that the reader may type over.
    Input(f64),
}

impl SheetCell {
    /// Its number; `None` of text.
    fn number(&self) -> Option<f64> {
        match self {
            Self::Empty | Self::Text(_) => None,
            Self::Count(n) => Some(*n as f64),
            Self::Mean { value, .. } => Some(*value),
            Self::Share(x) | Self::Rate(x) | Self::Chance(x) | Self::Hours(x) | Self::Input(x) => Some(*x),
            Self::Local(at, zone) => Some(serial(*at, *zone)),
            Self::Formula(_, result) => result.number(),
        }
    }
}

/// Days since 30 December 1899 at which the clocks of a zone show what they do at an instant.
pub(super) fn serial(at: DateTime<Utc>, zone: Tz) -> f64 {
    let local = at.with_timezone(&zone).naive_local();
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|day| day.and_hms_opt(0, 0, 0)).unwrap_or_default();
    (local - epoch).num_seconds() as f64 / 86_400.0
}

/// Text that a sheet can hold: no control characters, and not without end.
pub(super) fn text(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= LONGEST { plain } else { plain.chars().take(LONGEST - 1).chain(['\u{2026}']).collect() }
}

/// Formats, made once.
pub(super) struct CellLook {
    plain: Format,
    quoted: Format,
    wrapped: Format,
    count: Format,
    mean: Format,
    share: Format,
    whole_rate: Format,
    rate: Format,
    chance: Format,
    hours: Format,
    local: Format,
    input: Format,
    title: Format,
    head: Format,
    head_of_numbers: Format,
}

impl CellLook {
    /// The formats of a workbook.
    pub(super) fn new() -> Self {
        let numbers = |form: &str| Format::new().set_num_format(form);
        let plain = Format::new().set_align(FormatAlign::Top);
        let american = locale() == Locale::EnUs;
        let pattern = if american { "ddd, mmm d, yyyy, h:mm AM/PM" } else { "ddd d mmm yyyy hh:mm" };
        let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            quoted: plain.clone().set_quote_prefix(),
            wrapped: plain.clone().set_text_wrap(),
            plain,
            count: numbers("#,##0"),
            mean: numbers("#,##0.0"),
            share: numbers("0.00%"),
            whole_rate: numbers("0%"),
            rate: numbers("0.0%"),
            chance: numbers(&format!("[>0.99]\">99{PERCENT}\";[<0.01]\"<1{PERCENT}\";0.0%")),
            hours: numbers("#,##0.00"),
            local: numbers(pattern).set_align(FormatAlign::Left),
            input: numbers("0.0%").set_background_color("#FFF4C2").set_border(FormatBorder::Thin),
            title: Format::new().set_bold().set_font_size(14),
            head: head.clone(),
            head_of_numbers: head.set_align(FormatAlign::Right),
        }
    }

    /// Writes a cell.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        cell: &SheetCell,
    ) -> Result<(), XlsxError> {
        match cell {
            SheetCell::Empty => Ok(()),
            SheetCell::Text(words) => {
                let words = text(words);
                // Were the text typed anew, its quote would keep it text.
                let format = if looks_like_a_formula(&words) { &self.quoted } else { &self.plain };
                sheet.write_string_with_format(row, column, words, format).map(|_| ())
            }
            SheetCell::Formula(formula, result) => {
                let formula = Formula::new(formula).set_result(result.number().unwrap_or_default().to_string());
                sheet.write_formula_with_format(row, column, formula, self.format(result)).map(|_| ())
            }
            number => {
                let value = number.number().unwrap_or_default();
                sheet.write_number_with_format(row, column, value, self.format(number)).map(|_| ())
            }
        }
    }

    /// The look of a cell.
    fn format(&self, cell: &SheetCell) -> &Format {
        match cell {
            SheetCell::Empty | SheetCell::Text(_) => &self.plain,
            SheetCell::Mean { fine: true, .. } => &self.mean,
            SheetCell::Count(_) | SheetCell::Mean { .. } => &self.count,
            SheetCell::Share(_) => &self.share,
            SheetCell::Rate(rate) if (rate * 100.0 - (rate * 100.0).round()).abs() < 1e-9 => &self.whole_rate,
            SheetCell::Rate(_) => &self.rate,
            SheetCell::Chance(_) => &self.chance,
            SheetCell::Hours(hours) if hours.fract() == 0.0 => &self.count,
            SheetCell::Hours(_) => &self.hours,
            SheetCell::Local(..) => &self.local,
            SheetCell::Input(_) => &self.input,
            SheetCell::Formula(_, result) => self.format(result),
        }
    }

    /// Writes a line of its own above the tables.
    pub(super) fn title(&self, sheet: &mut Worksheet, row: u32, words: &str) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text(words), &self.title).map(|_| ())
    }

    /// Writes a paragraph across columns, 0 to `last`.
    pub(super) fn paragraph(&self, sheet: &mut Worksheet, row: u32, last: u16, words: &str) -> Result<(), XlsxError> {
        let words = text(words);
        // A line of ten columns holds about this many letters.
        let lines = words.chars().count().div_ceil(130).max(1);
        sheet.set_row_height(row, 15.0 * lines as f64)?;
        sheet.merge_range(row, 0, row, last, &words, &self.wrapped).map(|_| ())
    }

    /// Writes a table below a row: its header, then its rows. Without rows there is none.
    pub(super) fn table(
        &self,
        sheet: &mut Worksheet,
        at: u32,
        name: &str,
        header: &[String],
        rows: &[Vec<SheetCell>],
    ) -> Result<(), XlsxError> {
        if rows.is_empty() {
            return Ok(());
        }
        for (i, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                self.write(sheet, at + 1 + i as u32, column as u16, cell)?;
            }
        }
        let head = |column: usize| match rows[0].get(column) {
            Some(SheetCell::Text(_) | SheetCell::Local(..)) | None => &self.head,
            Some(_) => &self.head_of_numbers,
        };
        let names = unlike(header).into_iter().enumerate();
        let columns = names.map(|(i, name)| TableColumn::new().set_header(name).set_header_format(head(i)));
        let columns: Vec<TableColumn> = columns.collect();
        sheet.set_row_height(at, 45)?;
        let table = Table::new().set_name(name).set_columns(&columns).set_style(TableStyle::Light1);
        sheet.add_table(at, 0, at + rows.len() as u32, header.len() as u16 - 1, &table)?;
        Ok(())
    }
}

/// Names of columns, no two alike whatever their case: a workbook refuses those.
fn unlike(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in header.iter().map(|name| text(name)) {
        let is_taken = |candidate: &str| names.iter().any(|n| n.to_lowercase() == candidate.to_lowercase());
        let again = (2..).map(|n| format!("{name} ({n})"));
        let free = std::iter::once(name.clone()).chain(again).find(|candidate| !is_taken(candidate));
        names.extend(free);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_the_date_that_clocks_show() {
        let at = "2026-05-04T16:00:00Z".parse::<DateTime<Utc>>().expect("a time");
        // Excel and LibreOffice number 4 May 2026 46146; 09:00 is 3/8 of a day.
        assert_eq!(serial(at, Tz::America__Los_Angeles), 46_146.375);
    }

    #[test]
    fn columns_never_share_a_name() {
        let names = ["50 %", "50 %", "A", "a", "50 % (2)"].map(str::to_owned);
        assert_eq!(unlike(&names), ["50 %", "50 % (2)", "A", "a (2)", "50 % (2) (2)"]);
    }
}
