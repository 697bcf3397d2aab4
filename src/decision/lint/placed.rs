//! A warning with its place, as programs read it.

use crate::scenario::{Finding, FindingCode, Findings};
use serde::Serialize;

/// A warning, and where it stands.
#[derive(Debug, Serialize)]
pub struct PlacedWarning<'a> {
    /// The code by which a scenario can silence it.
    pub code: FindingCode,
    /// What it is, in a sentence without its full stop.
    pub message: &'a str,
    /// Figures that make it matter.
    pub notes: &'a [String],
    /// What to do.
    pub help: Option<&'a str>,
    /// The file that it points into.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl<'a> PlacedWarning<'a> {
    /// Of a finding among others.
    pub fn new(found: &'a Findings, finding: &'a Finding) -> Self {
        let (file, line, column) = found.place(&finding.span);
        Self {
            code: finding.code,
            message: &finding.message,
            notes: &finding.notes,
            help: finding.help.as_deref(),
            file,
            line,
            column,
        }
    }
}
