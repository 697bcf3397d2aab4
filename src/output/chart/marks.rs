//! What curves over time are drawn against: the reconnect window, events, milestones, the deadline. Shared by the charts
//! with a time axis.

use super::canvas::{Area, Canvas, Style};
use super::flags::{self, Flag, FlagLayout};
use super::frame::{MARGIN, PLAIN};
use super::scale::Scale;
use super::scene::Scene;
use super::theme::Ink;
use crate::output::words::{day, deadline_hours, home_year};
use crate::plan::clock::abbreviation;
use crate::plan::units::show_hours;
use crate::plan::{DateOf, DateRange, Deadline};
use chrono::{DateTime, Datelike, Utc};

/// Room above the data for the window's label.
pub const HEADROOM: f64 = 22.0;

/// Deadlines of segments that are further apart than this many pixels are drawn as a band.
const BAND_FROM: f64 = 1.0;

/// How much of an instant a flag tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// `Mon 09:00`: the axis has the date.
    Hour,
    /// `Mon 4 May 09:00`.
    Full,
}

/// An instant of the plan's zone as a flag tells it.
pub fn told(scene: &Scene<'_>, at: DateTime<Utc>, precision: Precision) -> String {
    let local = at.with_timezone(&scene.plan.time_zone());
    match precision {
        Precision::Hour => local.format("%a %H:%M").to_string(),
        Precision::Full if local.year() == home_year(scene.plan) => local.format("%a %-d %b %H:%M").to_string(),
        Precision::Full => local.format("%a %-d %b %Y %H:%M").to_string(),
    }
}

/// A date that is not known, as a flag tells it: `Fri 1 May to Mon 15 Jun, not known`.
pub fn told_open(scene: &Scene<'_>, range: &DateRange) -> String {
    let days = range.at.map(|at| day(scene.plan, at));
    let [low, _, high] = if days[0] == days[2] { range.at.map(|at| told(scene, at, Precision::Full)) } else { days };
    format!("{low} to {high}, not known")
}

/// The deadline's flag. An org-local one stands at the earliest of its zones, one that is not known where it may first be.
pub fn deadline_flag(scene: &Scene<'_>, scale: &Scale, precision: Precision) -> Flag {
    let open = scene.plan.open_date(&DateOf::Deadline);
    let hour = open.map_or(deadline_hours(scene.plan).0, |range| scene.plan.hours(range.at[0]).max(scale.from));
    let x = scale.px(hour);
    let when = match scene.plan.deadline() {
        _ if open.is_some() => open.map_or_else(String::new, |range| told_open(scene, range)),
        Deadline::Absolute(at) => {
            format!("{} {}", told(scene, at, precision), abbreviation(at, scene.plan.time_zone()))
        }
        Deadline::OrgLocal(local) => {
            let shown = local.format(if precision == Precision::Hour { "%a %H:%M" } else { "%a %-d %b %H:%M" });
            format!("{shown} in each org's zone")
        }
    };
    Flag { x, name: "deadline".to_owned(), when, ink: scene.theme.warning, bold: true }
}

/// A flag at an instant.
pub fn flag(scene: &Scene<'_>, scale: &Scale, item: (&str, DateTime<Utc>), precision: Precision, ink: Ink) -> Flag {
    let (name, at) = (item.0.to_owned(), item.1);
    Flag { x: scale.px(scene.plan.hours(at)), name, when: told(scene, at, precision), ink, bold: false }
}

/// A flag where an instant that is not known may first be.
fn open_flag(scene: &Scene<'_>, scale: &Scale, name: &str, range: &DateRange, ink: Ink) -> Flag {
    let x = scale.px(scene.plan.hours(range.at[0]).max(scale.from));
    Flag { x, name: name.to_owned(), when: told_open(scene, range), ink, bold: false }
}

/// The hours between which an instant lies that is not known, where any of them is in sight.
fn open_hours(scene: &Scene<'_>, scale: &Scale, range: &DateRange) -> Option<(f64, f64)> {
    let [from, _, to] = range.at.map(|at| scene.plan.hours(at));
    (from <= scale.to && to >= scale.from).then(|| (from.max(scale.from), to.min(scale.to)))
}

/// Flags for all that happens between two hours.
pub fn flags_between(scene: &Scene<'_>, scale: &Scale, precision: Precision) -> Vec<Flag> {
    let plan = scene.plan;
    let inside = |hour: f64| (scale.from..=scale.to).contains(&hour);
    let events = plan.events().iter().map(|e| (DateOf::Event(e.id.clone()), &e.name, e.at, scene.theme.ink));
    let milestones =
        plan.milestones().iter().map(|m| (DateOf::Milestone(m.name.clone()), &m.name, m.at, scene.theme.muted));
    let one = |(of, name, at, ink): (DateOf, &String, DateTime<Utc>, Ink)| match plan.open_date(&of) {
        Some(range) => open_hours(scene, scale, range).map(|_| open_flag(scene, scale, name, range, ink)),
        None => inside(plan.hours(at)).then(|| flag(scene, scale, (name, at), precision, ink)),
    };
    let mut flags: Vec<Flag> = events.chain(milestones).filter_map(one).collect();
    let is_in_sight = match plan.open_date(&DateOf::Deadline) {
        Some(range) => open_hours(scene, scale, range).is_some(),
        None => inside(deadline_hours(plan).0),
    };
    if is_in_sight {
        flags.push(deadline_flag(scene, scale, precision));
    }
    flags.sort_by(|a, b| a.x.total_cmp(&b.x));
    flags
}

/// The ground of a chart with a time axis: everything that lies behind the data.
pub struct PlotGround {
    flags: Vec<Flag>,
    layout: FlagLayout,
    window: Option<Area>,
    window_label: Option<(String, f64)>,
    band: Option<(f64, f64)>,
    /// From where to where each date lies that is not known, in pixels.
    open: Vec<(f64, f64)>,
    /// Where lines and bands may be drawn; its upper [`HEADROOM`] is for the window's label.
    pub plot: Area,
}

impl PlotGround {
    /// Lays it out below `top`, with a plot of the given sides and height.
    pub fn new(scene: &Scene<'_>, scale: &Scale, precision: Precision, top: f64, height: f64) -> Self {
        let plan = scene.plan;
        let mut flags = flags_between(scene, scale, precision);
        let span = plan.outermost_window().map(|(ends, _)| ends.map(|at| plan.hours(at)));
        let span = span.map(|[opens, closes]| (opens.max(scale.from), closes.min(scale.to)));
        let window_px = span.filter(|s| s.1 > s.0).map(|s| (scale.px(s.0), scale.px(s.1)));
        let window_label = window_px.and_then(|px| label_between(&flags, px));
        if let (Some(px), None, Some(window)) = (window_px, &window_label, plan.window()) {
            let hours = show_hours((window.closes - window.opens).num_minutes() as f64 / 60.0);
            let name = "reconnect window".to_owned();
            flags.push(Flag { x: px.0, name, when: hours, ink: scene.theme.window_ink, bold: false });
            flags.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        let layout = flags::lay_out(&flags, MARGIN / 2.0, super::canvas::WIDTH - 4.0);
        let plot_top = top + layout.height() + 4.0;
        let plot = Area { left: scale.from_px, top: plot_top, right: scale.to_px, bottom: plot_top + height };
        let window = window_px.map(|(left, right)| Area { left, right, ..plot });
        let (first, last) = deadline_hours(plan);
        let band = (scale.px(first), scale.px(last.min(scale.to)));
        let of = |range: &DateRange| !matches!(range.of, DateOf::Opens | DateOf::Closes | DateOf::Horizon);
        let open = plan.dates().iter().filter(|range| range.is_open() && of(range));
        let open = open.filter_map(|range| open_hours(scene, scale, range)).map(|(a, b)| (scale.px(a), scale.px(b)));
        let (open, band) = (open.collect(), (band.1 - band.0 > BAND_FROM).then_some(band));
        Self { flags, layout, window, window_label, band, open, plot }
    }

    /// Pixels of all upright lines.
    pub fn stems(&self) -> Vec<f64> {
        self.flags.iter().map(|f| f.x).collect()
    }

    /// Draws the shades, which lie behind grid and data.
    pub fn draw_shades(&self, canvas: &mut Canvas, scene: &Scene<'_>) {
        let theme = scene.theme;
        if let Some(window) = self.window {
            canvas.rect(window, theme.window);
        }
        let over = |(left, right): &(f64, f64)| Area { left: *left, right: *right, ..self.plot };
        for span in &self.open {
            canvas.rect(over(span), theme.muted.faded(0.10));
        }
        if let Some(band) = &self.band {
            canvas.rect(over(band), theme.warning.faded(0.13));
        }
    }

    /// Draws stems and labels.
    pub fn draw_labels(&self, canvas: &mut Canvas, scene: &Scene<'_>) {
        let theme = scene.theme;
        flags::draw(canvas, &self.flags, &self.layout, self.plot.top - 4.0, self.plot.bottom);
        if let Some((text, x)) = &self.window_label {
            canvas.text(text, (*x, self.plot.top + 15.0), Style::middle(PLAIN, theme.window_ink));
        }
    }
}

/// The longest label for the window that stands between its edges without touching a stem, and its middle.
fn label_between(flags: &[Flag], (from, to): (f64, f64)) -> Option<(String, f64)> {
    let mut edges = vec![from];
    edges.extend(flags.iter().map(|f| f.x).filter(|x| *x > from && *x < to));
    edges.push(to);
    let widest = edges.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let (room, middle) = (widest[1] - widest[0] - 12.0, (widest[0] + widest[1]) / 2.0);
    let texts = ["customers are asked to reconnect", "reconnect window"];
    texts.into_iter().find(|t| PLAIN.width(t) <= room).map(|t| (t.to_owned(), middle))
}
