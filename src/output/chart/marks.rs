//! What curves over time are drawn against: the reconnect window, events, milestones, the deadline. Shared by the charts
//! with a time axis.

use super::flags::Flag;
use super::scale::Scale;
use super::scene::Scene;
use super::theme::Ink;
use crate::output::moments::{checkpoints, policies_told};
use crate::output::words::{day, deadline_hours};
use crate::plan::clock::abbreviation;
use crate::plan::wording::{ORG, date_pattern};
use crate::plan::{Checkpoint, DateOf, DateRange, Deadline};
use chrono::{DateTime, Datelike, Utc};

/// Deadlines of segments that are further apart than this many pixels are drawn as a band.
const BAND_FROM: f64 = 1.0;

/// How much of an instant a flag tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// `Mon 09:00`: the axis has the date.
    Hour,
    /// `Mon 4 May 09:00`.
    Full,
}

/// An instant of the plan's zone as a flag tells it.
pub(super) fn told(scene: &Scene<'_>, at: DateTime<Utc>, precision: Precision) -> String {
    let local = at.with_timezone(&scene.plan.time_zone());
    match precision {
        Precision::Hour => local.format(&date_pattern("%a %H:%M")).to_string(),
        Precision::Full if Some(local.year()) == scene.plan.unsaid_year() => {
            local.format(&date_pattern("%a %-d %b %H:%M")).to_string()
        }
        Precision::Full => local.format(&date_pattern("%a %-d %b %Y %H:%M")).to_string(),
    }
}

/// A date that is not known, as a flag tells it: `Fri 1 May to Mon 15 Jun, not known`.
pub(super) fn told_open(scene: &Scene<'_>, range: &DateRange) -> String {
    let days = range.at.map(|at| day(scene.plan, at));
    let [low, _, high] = if days[0] == days[2] { range.at.map(|at| told(scene, at, Precision::Full)) } else { days };
    format!("{low} to {high}, not known")
}

/// The deadline's flag. An org-local one stands at the earliest of its zones, one that is not known where it may first be.
pub(super) fn deadline_flag(scene: &Scene<'_>, scale: &Scale, precision: Precision) -> Flag {
    let open = scene.plan.open_date(&DateOf::Deadline);
    let hour = open.map_or(deadline_hours(scene.plan).0, |range| scene.plan.hours(range.at[0]).max(scale.from));
    let x = scale.px(hour);
    let when = match scene.plan.deadline() {
        _ if open.is_some() => open.map_or_else(String::new, |range| told_open(scene, range)),
        Deadline::Absolute(at) => {
            format!("{} {}", told(scene, at, precision), abbreviation(at, scene.plan.time_zone()))
        }
        Deadline::OrgLocal(local) => {
            let shown = if precision == Precision::Hour { "%a %H:%M" } else { "%a %-d %b %H:%M" };
            let shown = local.format(&date_pattern(shown)).to_string();
            format!("{shown} in each {ORG}'s zone")
        }
    };
    Flag { x, name: "deadline".to_owned(), when, ink: scene.theme.warning, bold: true }
}

/// A flag at an instant.
pub(super) fn flag(
    scene: &Scene<'_>,
    scale: &Scale,
    item: (&str, DateTime<Utc>),
    precision: Precision,
    ink: Ink,
) -> Flag {
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

/// A date that has a flag: which one it is, its name, its instant, and the colour of the flag.
pub(super) type FlaggedDate<'a> = (DateOf, &'a str, DateTime<Utc>, Ink);

/// The events and the milestones.
pub(super) fn flagged_dates<'a>(scene: &Scene<'a>) -> impl Iterator<Item = FlaggedDate<'a>> {
    let (ink, muted) = (scene.theme.ink, scene.theme.muted);
    let events = scene.plan.events().iter();
    let milestones = scene.plan.milestones().iter();
    events
        .map(move |e| (DateOf::Event(e.id.clone()), e.name.as_str(), e.at, ink))
        .chain(milestones.map(move |m| (DateOf::Milestone(m.name.clone()), m.name.as_str(), m.at, muted)))
}

/// Flags for all that happens between two hours.
pub(super) fn flags_between(scene: &Scene<'_>, scale: &Scale, precision: Precision) -> Vec<Flag> {
    let plan = scene.plan;
    let inside = |hour: f64| (scale.from..=scale.to).contains(&hour);
    let one = |(of, name, at, ink): FlaggedDate<'_>| match plan.open_date(&of) {
        Some(range) => open_hours(scene, scale, range).map(|_| open_flag(scene, scale, name, range, ink)),
        None => inside(plan.hours(at)).then(|| flag(scene, scale, (name, at), precision, ink)),
    };
    let mut flags: Vec<Flag> = flagged_dates(scene).filter_map(one).collect();
    let is_in_sight = match plan.open_date(&DateOf::Deadline) {
        Some(range) => open_hours(scene, scale, range).is_some(),
        None => inside(deadline_hours(plan).0),
    };
    if is_in_sight {
        flags.push(deadline_flag(scene, scale, precision));
    }
    let looks = checkpoints(plan).filter(|(_, at)| inside(plan.hours(*at)));
    let look = |(checkpoint, at): (&Checkpoint, _)| (format!("checkpoint: {}", checkpoint.name), at);
    flags.extend(looks.map(look).map(|(name, at)| flag(scene, scale, (&name, at), precision, scene.theme.muted)));
    flags.sort_by(|a, b| a.x.total_cmp(&b.x));
    flags
}

/// From where to where customers are asked to reconnect, in pixels, where any of it is in sight.
pub(super) fn window_sides(scene: &Scene<'_>, scale: &Scale) -> Option<(f64, f64)> {
    let [opens, closes] = scene.plan.outermost_window()?.0.map(|at| scene.plan.hours(at));
    let (from, to) = (opens.max(scale.from), closes.min(scale.to));
    (to > from).then(|| (scale.px(from), scale.px(to)))
}

/// What is shaded behind the data, from where to where in pixels: the window, dates that are not known, brownouts, the deadlines of all zones.
pub(super) fn shades(scene: &Scene<'_>, scale: &Scale) -> Vec<((f64, f64), Ink)> {
    let (plan, theme) = (scene.plan, scene.theme);
    let of = |range: &&DateRange| !matches!(range.of, DateOf::Opens | DateOf::Closes | DateOf::Horizon);
    let open = plan.dates().iter().filter(|range| range.is_open()).filter(of);
    let open = open.filter_map(|range| open_hours(scene, scale, range)).map(|(a, b)| (scale.px(a), scale.px(b)));
    let (first, last) = deadline_hours(plan);
    let band = (scale.px(first), scale.px(last.min(scale.to)));
    let window = window_sides(scene, scale).map(|sides| (sides, theme.window));
    let band = (band.1 - band.0 > BAND_FROM).then_some((band, theme.warning.faded(0.13)));
    let brownouts = policies_told(plan).into_iter().flat_map(|policies| &policies.events).flat_map(|e| &e.brownouts);
    let brownouts = brownouts.filter(|[from, to]| *from < scale.to && *to > scale.from);
    let brownouts = brownouts.map(|[from, to]| (scale.px(from.max(scale.from)), scale.px(to.min(scale.to))));
    let brownouts = brownouts.map(|sides| (sides, theme.warning.faded(0.13)));
    let open = open.map(|sides| (sides, theme.muted.faded(0.10)));
    window.into_iter().chain(open).chain(brownouts).chain(band).collect()
}
