//! How figures are written. Builders of documents hand over values; what a reader sees of them is decided here.

use super::cell::Cell;
use crate::output::words;
use crate::plan::clock::show;
use crate::plan::units::{group_count, show_hours, show_share};

/// A true minus.
pub const MINUS: char = '\u{2212}';

/// The way in which a document writes its figures.
///
/// ```
/// use cutover::output::document::{Cell, FigureFormat};
///
/// let format = FigureFormat::default();
/// assert_eq!(format.cell(&Cell::Range(106, 141)), "106 to 141");
/// // No more precise than its standard error allows.
/// assert_eq!(format.cell(&Cell::mean(123.34, Some(2.0))), "120");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureFormat {}

impl FigureFormat {
    /// A cell as a reader sees it.
    pub fn cell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(words) | Cell::Code(words) | Cell::Number(_, words) | Cell::Rate(_, words) => words.clone(),
            Cell::Count(count) => self.count(*count),
            Cell::Mean { value, se } => words::shown_mean(*value, *se),
            Cell::Signed { value, se } => self.signed(*value, *se),
            Cell::Error(se) => self.error(*se),
            Cell::Range(low, high) => self.range(*low, *high),
            Cell::Share(share) => show_share(*share),
            Cell::Chance(chance) => words::chance(*chance),
            Cell::Hours(hours) => show_hours(*hours),
            Cell::Local(at, zone) => show(*at, *zone, None),
        }
    }

    /// A count; with four digits and a unit where a table has no room for all.
    pub fn count(&self, count: u64) -> String {
        if count as f64 >= words::LONG { words::four_digits(count as f64) } else { group_count(count) }
    }

    /// `106 to 141`; the unit of long numbers stands once.
    pub fn range(&self, low: u64, high: u64) -> String {
        let (a, b) = (self.count(low), self.count(high));
        match (a.split_once(' '), b.split_once(' ')) {
            (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {b}"),
            _ => format!("{a} to {b}"),
        }
    }

    /// A mean with its sign, no more precise than it is known; `0` where it is nothing.
    pub fn signed(&self, value: f64, se: Option<f64>) -> String {
        let size = words::table_mean(value.abs(), se.filter(|se| *se > 0.0));
        // Below what the engine can tell there is nothing.
        if value.abs() < 1e-3 || size.chars().all(|c| "0.".contains(c)) {
            return "0".to_owned();
        }
        format!("{}{size}", if value < 0.0 { MINUS } else { '+' })
    }

    /// A standard error, in two digits.
    pub fn error(&self, se: f64) -> String {
        if se <= 0.0 {
            return "0".to_owned();
        }
        let decimals = (1 - se.log10().floor() as i64).clamp(0, 4) as usize;
        format!("{se:.decimals$}")
    }
}
