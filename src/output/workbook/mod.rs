//! `report.xlsx`: the figures as tables of a workbook, with native charts, for those who go on calculating. Numbers are numbers in
//! full precision, times are dates of the plan's own zone; the same bytes every time.

mod cells;
mod charts;
mod contents;
mod sheets;
mod what_if;

use crate::plan::Plan;
use crate::results::{Assumption, Projection};
use crate::{Error, Result};
use cells::CellLook;
use contents::{Contents, ORGS_CELL, ORGS_NAME};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

/// The workbook as the bytes of a file.
///
/// # Errors
/// When the library for workbooks refuses.
pub(crate) fn xlsx(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Result<Vec<u8>> {
    let failed = |error: XlsxError| Error::Output { what: "report.xlsx".to_owned(), why: error.to_string() };
    build(&Contents::of(plan, projection, assumptions)).map_err(failed)
}

fn build(contents: &Contents<'_>) -> std::result::Result<Vec<u8>, XlsxError> {
    let look = CellLook::new();
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(short(contents.plan.title()))
        .set_author("cutover")
        .set_comment(format!("Scenario sha256 {}", contents.projection.provenance.sha256))
        // The ages are true then; a clock would give other bytes every time.
        .set_creation_datetime(&ExcelDateTime::from_timestamp(contents.plan.as_of().timestamp())?);
    book.set_properties(&properties);
    type Fill = fn(&Contents<'_>, &CellLook, &mut Worksheet) -> std::result::Result<(), XlsxError>;
    let sheets: [(&str, Fill); 8] = [
        ("Summary", sheets::summary),
        (what_if::NAME, what_if::fill),
        ("Curve", sheets::curve),
        ("Segments", sheets::segments),
        ("Causes", sheets::causes),
        ("Timeline", sheets::timeline),
        ("Assumptions", sheets::assumptions),
        ("Notes", sheets::notes),
    ];
    book.define_name(ORGS_NAME, ORGS_CELL)?;
    for (name, fill) in sheets {
        if name == what_if::NAME && contents.sweep().is_none() {
            continue;
        }
        let sheet = book.add_worksheet().set_name(name)?;
        // A4, one page wide.
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, if name == "Summary" { 1 } else { 0 });
        fill(contents, &look, sheet)?;
    }
    book.save_to_buffer()
}

/// The properties of a workbook hold no more.
fn short(text: &str) -> String {
    cells::text(text).chars().take(200).collect()
}

#[cfg(test)]
mod tests;
