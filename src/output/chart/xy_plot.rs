//! A plot of one number upwards over another across: where points lie, lines and areas through them, and grids of shares. It knows
//! nothing of plans and results.

use super::canvas::{Area, Canvas};
use super::frame::{self, MARGIN, TICK};
use super::scale::{LabelledTick, Scale};
use super::theme::Ink;
use crate::plan::units::show_share;

/// The pixel at which a plot of shares begins, right of their labels.
pub(super) fn left_of_shares() -> f64 {
    MARGIN + TICK.width("100 %") + 8.0
}

/// Where numbers lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct XyPlot {
    /// What the grid lines fill, in pixels.
    pub area: Area,
    /// The numbers across.
    pub across: Scale,
    /// The numbers upwards; the highest may lie below the area's upper edge.
    pub up: Scale,
}

impl XyPlot {
    /// Numbers from one to another across and upwards, with `above` pixels free over the highest.
    pub(super) fn new(area: Area, across: (f64, f64), up: (f64, f64), above: f64) -> Self {
        let across = Scale::within(across, (area.left, area.right), 0.0);
        let up = Scale { from: up.0, to: up.1, from_px: area.bottom, to_px: area.top + above };
        Self { area, across, up }
    }

    /// Shares upwards, their grid drawn, between two sides and of a height below `top`, with `above` pixels free over the highest.
    pub(super) fn of_shares(
        canvas: &mut Canvas,
        (left, right): (f64, f64),
        (top, height, above): (f64, f64, f64),
        across: (f64, f64),
    ) -> Self {
        let area = Area { left, top, right, bottom: top + height };
        let plot = Self::new(area, across, (0.0, 1.0), above);
        let shares = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, show_share(share)));
        frame::level_grid(canvas, &plot.area, &plot.up, &shares);
        plot
    }

    /// The pixels of a point.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.across.px(x), self.up.px(y))
    }

    /// Draws a line through points.
    pub(super) fn draw_line(
        &self,
        canvas: &mut Canvas,
        points: impl Iterator<Item = (f64, f64)>,
        ink: Ink,
        width: f64,
    ) {
        canvas.path(points.map(|(x, y)| self.at(x, y)).collect(), ink, width);
    }

    /// Fills from the lower to the upper of two numbers at each x; a single x has no area.
    pub(super) fn draw_band(&self, canvas: &mut Canvas, edges: impl Iterator<Item = (f64, (f64, f64))>, ink: Ink) {
        let edges: Vec<(f64, (f64, f64))> = edges.collect();
        if edges.len() > 1 {
            let low = edges.iter().map(|(x, ends)| self.at(*x, ends.0));
            let high = edges.iter().rev().map(|(x, ends)| self.at(*x, ends.1));
            canvas.fill(low.chain(high).collect(), ink);
        }
    }

    /// Fills what lies between the bottom and a path of pixels that leads from the left to the right edge.
    pub(super) fn fill_below(&self, canvas: &mut Canvas, path: &[(f64, f64)], ink: Ink) {
        let corners = [(self.area.right, self.area.bottom), (self.area.left, self.area.bottom)];
        canvas.fill(path.iter().copied().chain(corners).collect(), ink);
    }

    /// Draws a dashed line at a number that must not be passed or is asked for; returns its pixel.
    pub(super) fn draw_limit(&self, canvas: &mut Canvas, limit: f64) -> f64 {
        let y = self.up.px(limit);
        canvas.dashed((self.area.left, y), (self.area.right, y), canvas.theme.warning, 1.5);
        y
    }

    /// Draws numbers below, and what they count; returns the height of the chart.
    pub(super) fn draw_numbers(&self, canvas: &mut Canvas, ticks: &[LabelledTick], name: &str) -> f64 {
        let sides = (self.area.left, self.area.right);
        frame::number_axis(canvas, &self.across, ticks, (name, sides), (self.area.bottom, 19.0))
    }
}
