//! Texts of strangers in files that others open: what a spreadsheet would run is defused.

use std::borrow::Cow;

/// Whether a program that opens or edits a cell would take its text for a formula.
pub fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text as a cell of a spreadsheet: one that would be run as a formula gets an apostrophe before it, which says that it is text.
pub fn spreadsheet_cell(text: &str) -> Cow<'_, str> {
    if looks_like_a_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused_and_all_else_stays() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Acme = Co", "Acme = Co"),
            ("", ""),
        ] {
            assert_eq!(spreadsheet_cell(text), cell);
        }
    }
}
