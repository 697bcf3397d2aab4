//! The moments of a plan in their order: what is switched on, the window, the deadline, milestones, the end. Every timeline that
//! is text, cells or calendar entries reads them here.

use super::words::{deadline_hours, moment};
use crate::plan::clock::{hours_between, to_utc};
use crate::plan::units::{show_hours, show_offset, show_share};
use crate::plan::wording::{ORG, WINDOW};
use crate::plan::{Checkpoint, DateOf, DateRange, Deadline, Event, Milestone, Plan, Policies, Policy};
use chrono::{DateTime, Utc};

/// What a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something is switched on.
    Event,
    /// A date to be seen.
    Milestone,
    /// The reconnect window opens.
    Opens,
    /// It closes.
    Closes,
    /// The deadline.
    Deadline,
    /// The projection ends.
    Horizon,
}

impl Kind {
    /// In a word or two.
    pub fn words(self) -> String {
        match self {
            Self::Event => "event".to_owned(),
            Self::Milestone => "milestone".to_owned(),
            Self::Opens | Self::Closes => format!("{WINDOW}"),
            Self::Deadline => "deadline".to_owned(),
            Self::Horizon => "end of the projection".to_owned(),
        }
    }
}

/// A moment of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct MomentShown {
    /// When; where that is not known, the median.
    pub at: DateTime<Utc>,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it lies, if that or its distance from the main event is not known.
    pub range: Option<DateRange>,
}

impl MomentShown {
    /// When, in the plan's zone: `Mon 4 May 09:00`; where it is not known, from the 5th to the 95th percentile: `Fri 1 May 12:00 to Mon 15 Jun
    /// 12:00`.
    pub fn when(&self, plan: &Plan) -> String {
        match self.open_range() {
            Some(range) => format!("{} to {}", moment(plan, range.at[0]), moment(plan, range.at[2])),
            None => moment(plan, self.at),
        }
    }

    /// The range of its instant, where that is not known.
    pub fn open_range(&self) -> Option<&DateRange> {
        self.range.as_ref().filter(|range| range.is_open())
    }

    /// What it is called; where its date is not known, with the median.
    pub fn name_and_median(&self, plan: &Plan) -> String {
        match self.open_range() {
            Some(range) => format!("{} (date not known; median {})", self.name, moment(plan, range.at[1])),
            None => self.name.clone(),
        }
    }

    /// How long after the main event, or before it: `+2 d 21 h`; where that is not known, from the 5th to the 95th percentile.
    pub fn offset(&self, plan: &Plan) -> String {
        match &self.range {
            Some(DateRange { from_main_event: [low, _, high], .. }) if low != high => {
                format!("{} to {}", show_offset(*low), show_offset(*high))
            }
            _ => show_offset(self.hours_from_main_event(plan)),
        }
    }

    /// Hours from the main event.
    pub fn hours_from_main_event(&self, plan: &Plan) -> f64 {
        hours_between(plan.main_event().at, self.at)
    }
}

/// All moments, in order. An org-local deadline stands where the plan's own zone reads it.
pub fn moments(plan: &Plan) -> Vec<MomentShown> {
    let range = |of: &DateOf| plan.dates().iter().find(|range| range.of == *of).cloned();
    let of = |kind, date: DateOf, at, name: &str| MomentShown { at, name: name.to_owned(), kind, range: range(&date) };
    let first_wave = |name: &str| match policies_told(plan).and_then(|all| all.events.iter().find(|e| e.name == name)) {
        Some(policy) if policy.waves.len() > 1 => wave_name(policy, 0),
        _ => name.to_owned(),
    };
    let event = |e: &Event| of(Kind::Event, DateOf::Event(e.id.clone()), e.at, &first_wave(&e.name));
    let mut all: Vec<MomentShown> = plan.events().iter().map(event).collect();
    let milestone = |m: &Milestone| of(Kind::Milestone, DateOf::Milestone(m.name.clone()), m.at, &m.name);
    all.extend(plan.milestones().iter().map(milestone));
    if let Some(window) = plan.window() {
        let is_open = |of: &DateOf| plan.open_date(of).is_some();
        let closes = if is_open(&DateOf::Opens) || is_open(&DateOf::Closes) {
            format!("the {WINDOW} closes")
        } else {
            format!("the {WINDOW} closes, after {}", show_hours(hours_between(window.opens, window.closes)))
        };
        all.push(of(Kind::Opens, DateOf::Opens, window.opens, &format!("the {WINDOW} opens")));
        all.push(of(Kind::Closes, DateOf::Closes, window.closes, &closes));
    }
    all.extend(of_policies(plan));
    let local = matches!(plan.deadline(), Deadline::OrgLocal(_));
    // A local time that the plan's own zone skips stands where its first zone reads it.
    let at = plan.deadline_instant().unwrap_or_else(|| plan.instant(deadline_hours(plan).0));
    let name = if local { format!("DEADLINE, in each {ORG}'s own time zone") } else { "DEADLINE".to_owned() };
    all.push(of(Kind::Deadline, DateOf::Deadline, at, &name));
    all.push(of(Kind::Horizon, DateOf::Horizon, plan.horizon(), "the projection ends"));
    all.sort_by_key(|m| m.at);
    all
}

/// Most waves of an event that a timeline names.
const WAVES: usize = 12;

/// The policies that are told where segments' differ: of those with most waves, the first segment's as the file says.
pub(super) fn policies_told(plan: &Plan) -> Option<&Policies> {
    let waves = |policies: &&Policies| policies.events.iter().map(|event| event.waves.len()).sum::<usize>();
    // Of equals, `max_by_key` takes the last.
    plan.segments().iter().rev().filter_map(|segment| segment.policies.as_deref()).max_by_key(waves)
}

/// The name of a wave of several: `PKCE, wave 2 (30%)`.
fn wave_name(policy: &Policy, place: usize) -> String {
    let before = if place == 0 { 0.0 } else { policy.waves[place - 1].upto };
    let share = show_share(((policy.waves[place].upto - before) * 1e4).round() / 1e4);
    format!("{}, wave {} ({share})", policy.name, place + 1)
}

/// The checkpoints with their instants; one in each org's own zone stands where the plan's zone reads it.
pub(crate) fn checkpoints(plan: &Plan) -> impl Iterator<Item = (&Checkpoint, DateTime<Utc>)> {
    plan.checkpoints().iter().map(|checkpoint| match checkpoint.at {
        Deadline::Absolute(at) => (checkpoint, at),
        Deadline::OrgLocal(local) => (checkpoint, to_utc(local, plan.time_zone()).unwrap_or(local.and_utc())),
    })
}

/// Later waves, ends, brownouts and checkpoints.
fn of_policies(plan: &Plan) -> Vec<MomentShown> {
    let shown = |hours: f64, name: String, kind: Kind| MomentShown { at: plan.instant(hours), name, kind, range: None };
    let mut all = Vec::new();
    for policy in policies_told(plan).iter().flat_map(|policies| &policies.events) {
        let waves = policy.waves.iter().enumerate().skip(1).take(WAVES);
        all.extend(waves.map(|(i, wave)| shown(wave.at, wave_name(policy, i), Kind::Event)));
        if policy.until.is_finite() {
            all.push(shown(policy.until, format!("{} is switched off again", policy.name), Kind::Event));
        }
        all.extend(policy.brownouts.iter().map(|[from, to]| {
            let length = show_hours(to - from);
            shown(*from, format!("{}: brownout of {length}", policy.name), Kind::Milestone)
        }));
    }
    all.extend(checkpoints(plan).map(|(checkpoint, at)| {
        let local = matches!(checkpoint.at, Deadline::OrgLocal(_));
        let whose = if local { format!(", in each {ORG}'s own time zone") } else { String::new() };
        MomentShown { at, name: format!("checkpoint: {}{whose}", checkpoint.name), kind: Kind::Milestone, range: None }
    }));
    all
}
