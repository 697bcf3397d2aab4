//! A plot of counts over the time of a plan: counts upwards with level grid lines, the window, the events and the deadline behind the
//! data, and local times below.

use super::canvas::{Area, Canvas, Style, WIDTH};
use super::flags::{self, Flag, FlagLayout};
use super::frame::{self, HEADROOM, MARGIN, PLAIN, TICK};
use super::marks::{self, Precision};
use super::scale::{LabelledTick, Scale, labelled, ticks};
use super::scene::Scene;
use super::time_axis::Step;
use super::value_axis;
use super::xy_plot::XyPlot;
use crate::output::words;
use crate::plan::Plan;
use crate::plan::units::show_hours;
use crate::plan::wording::{ACT, WINDOW};

/// Counts from zero upwards with their ticks; of one org they are chances.
pub(super) struct CountsUp {
    high: f64,
    ticks: Vec<LabelledTick>,
}

impl CountsUp {
    /// About `count` ticks up to the highest count, which may be zero; in whole orgs where there are a few.
    pub(super) fn new(plan: &Plan, high: f64, count: usize, is_empty: bool) -> Self {
        let made = ticks(0.0, high, count, plan.orgs() > 1 && high > 3.0 || is_empty);
        let ticks = match plan.orgs() {
            1 => made.into_iter().map(|v| (v, words::share(v, 1))).collect(),
            _ => labelled(made),
        };
        Self { high, ticks }
    }

    /// The pixel at which the plot begins, right of the labels.
    pub(super) fn left(&self) -> f64 {
        MARGIN + TICK.widest(self.ticks.iter().map(|tick| &tick.1)) + 8.0
    }
}

/// Where hours since `as_of` and counts lie, and what is drawn around them.
pub(super) struct TimePlot<'a> {
    scene: &'a Scene<'a>,
    flags: Vec<Flag>,
    layout: FlagLayout,
    window_label: Option<(String, f64)>,
    ticks: Vec<LabelledTick>,
    /// Hours across, counts upwards; the upper [`HEADROOM`] of its area is for the window's label.
    pub xy: XyPlot,
}

impl<'a> TimePlot<'a> {
    /// A plot of a height below `top`, with `above` more pixels free over the highest count.
    pub(super) fn new(
        scene: &'a Scene<'a>,
        counts: CountsUp,
        time: Scale,
        precision: Precision,
        (top, height, above): (f64, f64, f64),
    ) -> Self {
        let mut flags = marks::flags_between(scene, &time, precision);
        let sides = marks::window_sides(scene, &time);
        let window_label = sides.and_then(|sides| label_between(&flags, sides));
        if let (Some((x, _)), None, Some(window)) = (sides, &window_label, scene.plan.window()) {
            let when = show_hours((window.closes - window.opens).num_minutes() as f64 / 60.0);
            let name = format!("{WINDOW}");
            flags.push(Flag { x, name, when, ink: scene.theme.window_ink, bold: false });
            flags.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        let layout = flags::lay_out(&flags, MARGIN / 2.0, WIDTH - 4.0);
        let top = top + layout.height() + 4.0;
        let area = Area { left: time.from_px, top, right: time.to_px, bottom: top + height };
        let xy = XyPlot::new(area, (time.from, time.to), (0.0, counts.high), HEADROOM + above);
        Self { scene, flags, layout, window_label, ticks: counts.ticks, xy }
    }

    /// Pixels of all upright lines.
    pub(super) fn stems(&self) -> Vec<f64> {
        self.flags.iter().map(|flag| flag.x).collect()
    }

    /// Draws what lies behind the data: shades, and the grid over them.
    pub(super) fn draw_ground(&self, canvas: &mut Canvas) {
        for ((left, right), ink) in marks::shades(self.scene, &self.xy.across) {
            canvas.rect(Area { left, right, ..self.xy.area }, ink);
        }
        frame::level_grid(canvas, &self.xy.area, &self.xy.up, &self.ticks);
    }

    /// Draws the flags, and the window's label, over the data.
    pub(super) fn draw_labels(&self, canvas: &mut Canvas) {
        let (top, bottom) = (self.xy.area.top, self.xy.area.bottom);
        flags::draw(canvas, &self.flags, &self.layout, top - 4.0, bottom);
        if let Some((text, x)) = &self.window_label {
            canvas.text(text, (*x, top + 15.0), Style::middle(PLAIN, canvas.theme.window_ink));
        }
    }

    /// Draws the times below, none finer than `finest`; returns the height of the chart.
    pub(super) fn draw_times(&self, canvas: &mut Canvas, finest: Step) -> f64 {
        value_axis::draw_times(canvas, self.scene.plan, &self.xy.across, finest, self.xy.area.bottom) + 10.0
    }
}

/// The longest label for the window that stands between its edges without touching a stem, and its middle.
fn label_between(flags: &[Flag], (from, to): (f64, f64)) -> Option<(String, f64)> {
    let mut edges = vec![from];
    edges.extend(flags.iter().map(|f| f.x).filter(|x| *x > from && *x < to));
    edges.push(to);
    let widest = edges.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let (room, middle) = (widest[1] - widest[0] - 12.0, (widest[0] + widest[1]) / 2.0);
    let texts = [format!("customers are asked to {ACT}"), format!("{WINDOW}")];
    texts.into_iter().find(|t| PLAIN.width(t) <= room).map(|t| (t, middle))
}
