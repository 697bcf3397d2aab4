//! Rows on a value axis: where each row lies, the axis that all of them share, names at their left, bars and texts in them. It knows
//! nothing of plans and results.

use super::canvas::{Area, Canvas, Style};
use super::frame::{self, MARGIN, TICK};
use super::scale::{LabelledTick, Scale, labelled, ticks};
use super::text::Font;
use super::theme::Ink;

/// The smaller lines below the names of rows.
const BELOW: Font = Font::regular(12.0);

/// Room between the names and the plot.
const AFTER_NAMES: f64 = 14.0;

/// Rows of equal height over one scale of values. All lengths are in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RowsBody {
    /// The values, across.
    pub scale: Scale,
    /// What the grid lines fill: its left edge is where names end, its lower one where the axis is.
    pub plot: Area,
    /// Where the first row begins.
    pub top: f64,
    /// From one row to the next.
    pub step: f64,
}

impl RowsBody {
    /// So many rows of a height from `top` on, in a plot between two sides that reaches beyond them above and below.
    pub(super) fn new(
        scale: Scale,
        (left, right): (f64, f64),
        (top, step, rows): (f64, f64, usize),
        (above, below): (f64, f64),
    ) -> Self {
        let plot = Area { left, top: top - above, right, bottom: top + step * rows as f64 + below };
        Self { scale, plot, top, step }
    }

    /// The middle of a row.
    pub(super) fn middle(&self, row: usize) -> f64 {
        self.top + self.step * (row as f64 + 0.5)
    }

    /// Grid lines as close as their labels allow, and the name of the axis below; returns the height of the chart.
    pub(super) fn draw_axis(&self, canvas: &mut Canvas, name: &str) -> f64 {
        let made = |count| labelled(ticks(self.scale.from, self.scale.to, count, false));
        for tick in self.scale.fitting(6, 16.0, TICK, made).unwrap_or_default() {
            self.draw_tick(canvas, &tick, 18.0, (canvas.theme.grid, 1.0));
        }
        frame::axis_name(canvas, name, (self.plot.left, self.plot.right), self.plot.bottom + 37.0);
        self.plot.bottom + 48.0
    }

    /// One grid line of a colour and width, with its label `drop` below the plot.
    pub(super) fn draw_tick(&self, canvas: &mut Canvas, (value, label): &LabelledTick, drop: f64, look: (Ink, f64)) {
        self.draw_upright(canvas, *value, look);
        let at = (self.scale.px(*value), self.plot.bottom + drop);
        canvas.text(label, at, Style::middle(TICK, canvas.theme.muted));
    }

    /// A line of a colour and width through all rows.
    pub(super) fn draw_upright(&self, canvas: &mut Canvas, value: f64, (ink, width): (Ink, f64)) {
        let x = self.scale.px(value);
        canvas.line((x, self.plot.top), (x, self.plot.bottom), ink, width);
    }

    /// A row's name, in a font, with a smaller line below it; the name stands in the middle where there is none.
    pub(super) fn draw_name(&self, canvas: &mut Canvas, row: usize, (name, font): (&str, Font), below: &str) {
        let (y, room) = (self.middle(row), self.plot.left - MARGIN - AFTER_NAMES);
        let base = if below.is_empty() { y + 0.36 * font.size } else { y - 3.0 };
        frame::two_lines(canvas, (name, font), (below, BELOW), room, (base, 16.0));
    }

    /// A bar over a row between two pixels, `half` to both sides of the row's middle.
    pub(super) fn draw_bar(&self, canvas: &mut Canvas, row: usize, (left, right): (f64, f64), half: f64, ink: Ink) {
        let y = self.middle(row);
        canvas.rect(Area { left, right, top: y - half, bottom: y + half }, ink);
    }

    /// A dot at a value, in a row.
    pub(super) fn draw_dot(&self, canvas: &mut Canvas, row: usize, value: f64, radius: f64, ink: Ink) {
        canvas.dot((self.scale.px(value), self.middle(row)), radius, ink);
    }

    /// A text at a pixel across, in the middle of a row.
    pub(super) fn write(&self, canvas: &mut Canvas, row: usize, text: &str, x: f64, style: Style) {
        canvas.centred(text, (x, self.middle(row)), style);
    }
}
