//! A plot of counts over the time of a plan: counts upwards with level grid lines, the window, the events and the deadline behind the
//! data, and local times below.

use super::canvas::Canvas;
use super::frame::{self, MARGIN, TICK};
use super::marks::{HEADROOM, PlotGround, Precision};
use super::scale::{LabelledTick, Scale, labelled, ticks};
use super::scene::Scene;
use super::time_axis::Step;
use super::value_axis;
use super::xy_plot::XyPlot;
use crate::output::words;
use crate::plan::Plan;

/// Counts from zero upwards with their ticks; of one org they are chances.
pub struct CountsUp {
    high: f64,
    ticks: Vec<LabelledTick>,
}

impl CountsUp {
    /// About `count` ticks up to the highest count, which may be zero; in whole orgs where there are a few.
    pub fn new(plan: &Plan, high: f64, count: usize, is_empty: bool) -> Self {
        let made = ticks(0.0, high, count, plan.orgs() > 1 && high > 3.0 || is_empty);
        let ticks = match plan.orgs() {
            1 => made.into_iter().map(|v| (v, words::share(v, 1))).collect(),
            _ => labelled(made),
        };
        Self { high, ticks }
    }

    /// The pixel at which the plot begins, right of the labels.
    pub fn left(&self) -> f64 {
        MARGIN + self.ticks.iter().map(|t| TICK.width(&t.1)).fold(0.0, f64::max) + 8.0
    }
}

/// Where hours since `as_of` and counts lie, and what is drawn around them.
pub struct TimePlot<'a> {
    scene: &'a Scene<'a>,
    /// What lies behind the data, and the labels that stand over it.
    pub ground: PlotGround,
    ticks: Vec<LabelledTick>,
    /// Hours across, counts upwards.
    pub xy: XyPlot,
}

impl<'a> TimePlot<'a> {
    /// A plot of a height below `top`, with `above` more pixels free over the highest count.
    pub fn new(
        scene: &'a Scene<'a>,
        counts: CountsUp,
        time: Scale,
        precision: Precision,
        (top, height, above): (f64, f64, f64),
    ) -> Self {
        let ground = PlotGround::new(scene, &time, precision, top, height);
        let xy = XyPlot::new(ground.plot, (time.from, time.to), (0.0, counts.high), HEADROOM + above);
        Self { scene, ground, ticks: counts.ticks, xy }
    }

    /// Draws what lies behind the data.
    pub fn draw_ground(&self, canvas: &mut Canvas) {
        self.ground.draw_shades(canvas, self.scene);
        frame::level_grid(canvas, &self.xy.area, &self.xy.up, &self.ticks);
    }

    /// Draws the times below, none finer than `finest`; returns the height of the chart.
    pub fn draw_times(&self, canvas: &mut Canvas, finest: Step) -> f64 {
        value_axis::draw_times(canvas, self.scene.plan, &self.xy.across, finest, self.xy.area.bottom) + 10.0
    }
}
