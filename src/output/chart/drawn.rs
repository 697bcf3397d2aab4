//! A chart that has been drawn: its SVG, its finding, and what it takes to trace it.

use super::canvas::{Canvas, PlacedText};
use super::text::clean;
use crate::Result;
use crate::results::Provenance;

/// A finished chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// For file names.
    pub name: &'static str,
    /// The finding.
    pub title: String,
    /// What is drawn, and where it comes from.
    pub description: String,
    /// The drawing.
    pub svg: String,
    /// Where every text lies in it, in pixels of a chart 800 wide.
    pub texts: Vec<PlacedText>,
    /// Height in those pixels.
    pub height: f64,
}

impl Chart {
    /// What has been drawn on a canvas, down to `height` in pixels, as a chart. Its description becomes one line without what no voice
    /// can read.
    ///
    /// # Errors
    /// When the backend refuses a shape.
    pub(super) fn of(canvas: Canvas, name: &'static str, title: &str, description: &str, height: f64) -> Result<Self> {
        let (title, description) = (title.to_owned(), clean(description));
        let (svg, texts) = canvas.finish(height, &title, &description)?;
        Ok(Self { name, title, description, svg, texts, height })
    }
}

/// What it takes to trace a chart, as the end of its description.
pub(super) fn traced(from: &Provenance, seed: u64) -> String {
    format!("Scenario sha256 {}, seed {seed}, cutover {}.", from.sha256, from.version)
}
