//! A matrix: rows of cells over one scale of columns, in groups with their names at the left and gaps between. Cells are coloured by
//! their values. It knows nothing of plans and results.

use super::canvas::{Area, Canvas, Style};
use super::frame::{self, LABEL, TICK};
use super::scale::{LabelledTick, Scale};
use super::theme::Ink;

/// From the edge of a column or row to the cell in it.
const APART: f64 = 0.5;

/// A row by its group and its place in it.
pub(super) type CellRow = (usize, usize);

/// Rows of equal height in groups, over one scale of columns. All lengths are in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MatrixBody {
    /// The columns, across.
    pub columns: Scale,
    /// Height of a row.
    pub step: f64,
    /// Where each group begins.
    tops: Vec<f64>,
    /// Where the gap below the last row ends.
    pub end: f64,
}

impl MatrixBody {
    /// Groups of so many rows each, from `top` on, with a gap below each.
    pub(super) fn new(columns: Scale, groups: impl Iterator<Item = usize>, (top, step, gap): (f64, f64, f64)) -> Self {
        let (mut tops, mut end) = (Vec::new(), top);
        for rows in groups {
            tops.push(end);
            end += step * rows as f64 + gap;
        }
        Self { columns, step, tops, end }
    }

    /// Where a row begins.
    pub(super) fn top(&self, (group, row): CellRow) -> f64 {
        self.tops[group] + self.step * row as f64
    }

    /// Where it ends.
    pub(super) fn bottom(&self, row: CellRow) -> f64 {
        self.top(row) + self.step
    }

    /// The pixel of a place among the columns; of one beyond them, that of their end.
    pub(super) fn px(&self, column: f64) -> f64 {
        self.columns.px(column.clamp(self.columns.from, self.columns.to))
    }

    /// What the columns between two places fill of a row, apart from so many pixels above and below.
    pub(super) fn cells(&self, row: CellRow, (from, to): (f64, f64), (above, below): (f64, f64)) -> Area {
        let (top, bottom) = (self.top(row) + above, self.bottom(row) - below);
        Area { left: self.px(from), top, right: self.px(to), bottom }
    }

    /// A group's name with a smaller line below it, each shortened to the room; their baselines lie `drops` below the group's top.
    pub(super) fn draw_group_name(
        &self,
        canvas: &mut Canvas,
        group: usize,
        (name, below): (&str, &str),
        room: f64,
        drops: [f64; 2],
    ) {
        let lines = (self.tops[group] + drops[0], drops[1] - drops[0]);
        frame::two_lines(canvas, (name, LABEL), (below, TICK), room, lines);
    }

    /// A row's name, before its first cell.
    pub(super) fn draw_row_name(&self, canvas: &mut Canvas, row: CellRow, name: &str) {
        let at = (self.columns.from_px - 8.0, self.top(row) + 13.0);
        canvas.text(name, at, Style::end(TICK, canvas.theme.muted));
    }

    /// Draws the cell of a column in the colour of its value, a share of the highest; returns where it lies.
    pub(super) fn draw_cell(&self, canvas: &mut Canvas, row: CellRow, column: f64, share: f64) -> Area {
        let cell = self.cells(row, (column, column + 1.0), (APART, APART));
        let cell = Area { left: cell.left + APART, right: cell.right - APART, ..cell };
        canvas.rect(cell, canvas.theme.window.towards(canvas.theme.rates[0], share));
        cell
    }

    /// An upright mark across a row, which may reach beyond it above and below.
    pub(super) fn draw_mark(
        &self,
        canvas: &mut Canvas,
        row: CellRow,
        at: f64,
        beyond: (f64, f64),
        (ink, width): (Ink, f64),
    ) {
        let area = self.cells(row, (at, at), (-beyond.0, -beyond.1));
        canvas.line((area.left, area.top), (area.left, area.bottom), ink, width);
    }

    /// A level line as wide as the columns.
    pub(super) fn draw_level(&self, canvas: &mut Canvas, y: f64, ink: Ink) {
        canvas.line((self.columns.from_px, y), (self.columns.to_px, y), ink, 1.0);
    }

    /// The labels of columns, below the last row.
    pub(super) fn draw_labels(&self, canvas: &mut Canvas, columns: impl Iterator<Item = LabelledTick>) {
        for (column, label) in columns {
            canvas.text(&label, (self.px(column), self.end + 8.0), Style::middle(TICK, canvas.theme.muted));
        }
    }
}
