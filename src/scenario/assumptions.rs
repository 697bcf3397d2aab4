//! Every assumption of a scenario in words, given or by default, for the report's table.

use crate::plan::wording::{ACTS, AN_ACTION, ORG, ORGS, date_pattern};
use crate::plan::zone::Tz;
use chrono::{DateTime, Datelike, Utc};

use super::domain::Domain;
use super::domain::LENGTH;
use super::draft::{
    ControlDraft, CountsFrom, Draft, PlaceDraft, ReconnectDraft, RolloutDraft, SegmentDraft, TimingDraft,
};
use super::inventory::in_words;
use super::keys::KeyId;
use super::quantity::{Number, OpenLaw, QuantileDraw};
use super::read_events::{orgs_in_words, words, zone_in_words};
use super::read_hours::week_in_words;
use super::reader::Placed;
use super::times::Times;
use super::tree::{Node, Value};
use crate::plan::{Calendar, Cause, GuardLimit, clock, units};
pub use crate::results::Assumption;

/// The assumptions of a draft without faults, in the order of the scenario's keys; `root` says which were given, and `segments` are those
/// that it writes, before an inventory has told its orgs apart.
pub(super) fn list(draft: &Draft, segments: &[SegmentDraft], root: &Node) -> Vec<Assumption> {
    let mut list = List { root, zone: draft.zone, all: Vec::new() };
    list.time(draft);
    list.home(draft);
    list.population(draft);
    list.events(draft);
    list.reconnect(draft);
    list.recovery(draft);
    list.checkpoints(draft);
    list.segments(draft, segments);
    list.all
}

struct List<'a> {
    root: &'a Node,
    zone: Option<Tz>,
    all: Vec<Assumption>,
}

impl List<'_> {
    fn add(&mut self, key: &str, words: String) {
        let given = is_given(self.root, key);
        self.all.push(Assumption { key: key.to_owned(), words, given });
    }

    /// A number or a time of a key that stands below `prefix`.
    fn number(&mut self, id: KeyId, prefix: &str, number: Option<&Number>) {
        if let (Some(number), Some(domain)) = (number, self.zone.and_then(|zone| id.facts().domain(zone))) {
            self.add(&id.below(prefix), words(number, domain));
        }
    }

    fn instant(&mut self, id: KeyId, prefix: &str, at: Option<&Placed<Number>>) {
        self.number(id, prefix, at.map(|at| &at.value));
    }

    fn law(&mut self, id: KeyId, law: Option<&OpenLaw>) {
        if let Some(law) = law {
            self.add(&id.below(""), law.describe());
        }
    }

    fn time(&mut self, draft: &Draft) {
        self.add("time_zone", zone_in_words(draft.zone));
        if let Some(deadline) = &draft.deadline {
            if deadline.org_local {
                let at = words(&deadline.at.value, Domain::LocalTime);
                self.add("deadline", format!("{at}, on each {ORG}'s own clock"));
            } else {
                self.instant(KeyId::Deadline, "", Some(&deadline.at));
            }
        }
        self.instant(KeyId::Horizon, "", draft.horizon.as_ref());
        if let Some(tolerance) = draft.tolerance {
            self.add("tolerance", units::orgs(tolerance));
        }
        self.add("seed", draft.seed.to_string());
        self.add("runs", units::group_count(draft.runs));
    }

    /// Where orgs live and when they work, of those in no segment elsewhere.
    fn home(&mut self, draft: &Draft) {
        self.place("", draft, &draft.place, draft.zone);
        if draft.uses_human_hours() || is_given(self.root, "human_hours") {
            self.add("human_hours", week_in_words(&draft.place.week()));
        }
    }

    /// `country`, `holidays` and `working_days` under `prefix`.
    fn place(&mut self, prefix: &str, draft: &Draft, place: &PlaceDraft, zone: Option<Tz>) {
        if let Some(country) = place.country {
            let days = public_holidays(draft, &place.calendar(), zone);
            self.add(&format!("{prefix}country"), format!("{} ({}): {days}", country.full_name(), country.code()));
        }
        for (key, days) in [("holidays", &place.holidays), ("working_days", &place.working_days)] {
            if !days.is_empty() {
                let days: Vec<String> = days.iter().map(ToString::to_string).collect();
                self.add(&format!("{prefix}{key}"), days.join(", "));
            }
        }
    }

    fn population(&mut self, draft: &Draft) {
        match (&draft.inventory, &draft.orgs) {
            (Some(inventory), _) => self.add("population.inventory", in_words(draft, inventory)),
            (None, Some(orgs)) => self.add(&KeyId::Orgs.below(""), orgs_in_words(orgs)),
            (None, None) => {}
        }
        if let (Some(as_of), Some(zone)) = (&draft.as_of, draft.zone) {
            self.add(&KeyId::AsOf.below(""), clock::show(super::domain::instant(as_of.value), zone, None));
        }
        self.law(KeyId::LastRefresh, draft.values.last_refresh.as_ref().filter(|_| draft.inventory.is_none()));
        self.law(KeyId::Connected, draft.values.connected.as_ref());
        self.law(KeyId::Interval, draft.values.interval.as_ref());
        self.number(KeyId::HeartbeatCoverage, "", draft.values.coverage.as_ref());
    }

    fn events(&mut self, draft: &Draft) {
        for event in &draft.events {
            let prefix = format!("event.{}", event.id.as_deref().unwrap_or_default());
            match &event.rollout.waves {
                Some(waves) => self.waves(&prefix, waves),
                None => self.instant(KeyId::EventAt, &prefix, event.at.as_ref()),
            }
            self.rollout(&prefix, &event.rollout);
            for control in &event.controls {
                if let Some(steps) = &control.check.steps {
                    let step = |(from, is): &(Placed<Number>, Number)| {
                        format!("{} from {}", words(is, Domain::Rate), self.time_in_words(from))
                    };
                    let steps: Vec<String> = steps.iter().map(step).collect();
                    self.add(&KeyId::Required.below(&prefix), steps.join("; "));
                } else {
                    self.number(KeyId::of_control(control.cause), &prefix, control.number.as_ref());
                }
                self.check(&prefix, control);
                if control.cause.is_clock() && control.number.is_some() {
                    let counts = match (control.retroactive, control.cause) {
                        (true, Cause::Lifetime) => "time before it counts",
                        (true, _) => "time unused before it counts",
                        (false, _) => "its clock starts with it",
                    };
                    let key = KeyId::retroactive_of(control.cause).below(&prefix);
                    self.add(&key, format!("{}: {counts}", control.retroactive));
                }
            }
        }
    }

    fn time_in_words(&self, at: &Placed<Number>) -> String {
        words(&at.value, Domain::Instant(self.zone.unwrap_or(Tz::UTC)))
    }

    fn waves(&mut self, prefix: &str, waves: &[(Placed<Number>, Placed<f64>)]) {
        const TOLD: usize = 6;
        let mut told: Vec<String> = (waves.iter().take(TOLD))
            .map(|(at, share)| format!("{} at {}", units::show_share(share.value), self.time_in_words(at)))
            .collect();
        if waves.len() > TOLD {
            told.push(format!("and {} more", waves.len() - TOLD));
        }
        let sum: f64 = waves.iter().map(|(_, share)| share.value).sum();
        if sum < 1.0 - 1e-9 {
            told.push(format!("{} never", units::show_share(1.0 - sum)));
        }
        self.add(&format!("{prefix}.waves"), told.join("; "));
    }

    fn rollout(&mut self, prefix: &str, rollout: &RolloutDraft) {
        if let Some(until) = &rollout.until {
            let heals = rollout.heals.as_ref().is_some_and(|heals| heals.value);
            let then = if heals { format!("; {ORGS} that it failed work again then") } else { String::new() };
            let until = self.time_in_words(until);
            self.add(&KeyId::Until.below(prefix), format!("{until}{then}"));
        }
        if !rollout.brownouts.is_empty() {
            let told = |[from, to]: &[Placed<Number>; 2]| {
                format!("{} to {}", self.time_in_words(from), self.time_in_words(to))
            };
            let told: Vec<String> = rollout.brownouts.iter().map(told).collect();
            self.add(&format!("{prefix}.brownouts"), told.join("; "));
        }
        if let Some(nudge) = &rollout.nudge {
            self.number(KeyId::Nudge, prefix, Some(&nudge.value));
        }
    }

    /// What a control says beside its number, where it does.
    fn check(&mut self, prefix: &str, control: &ControlDraft) {
        self.number(KeyId::Race, prefix, control.race.as_ref());
        let check = &control.check;
        let key = |name: &str| format!("{prefix}.reauthorization.{name}");
        match &check.counts_from {
            Some(CountsFrom::Always) => {
                self.add(&key("counts_from"), format!("always: {AN_ACTION} at any time settles it"))
            }
            Some(CountsFrom::At(at)) => {
                let at = self.time_in_words(at);
                self.add(&key("counts_from"), at);
            }
            None => {}
        }
        if check.at_once {
            self.add(&key("bites"), "at once: it is checked at its instant, not at the next refresh".to_owned());
        }
        if check.repeat.as_ref().is_some_and(|repeat| repeat.value) {
            self.add(&key("repeat"), format!("true: every refresh is checked, until the {ORG} {ACTS}"));
        }
        self.number(KeyId::Grace, prefix, check.grace.as_ref());
        self.number(KeyId::Warned, prefix, check.warned.as_ref().map(|warned| &warned.value));
    }

    fn checkpoints(&mut self, draft: &Draft) {
        for checkpoint in &draft.checkpoints {
            let Some(at) = &checkpoint.at else { continue };
            let own = if at.org_local { format!(", on each {ORG}'s own clock") } else { String::new() };
            let domain = if at.org_local { Domain::LocalTime } else { Domain::Instant(self.zone.unwrap_or(Tz::UTC)) };
            let key = format!("checkpoint.{}.at", super::keys::slug(&checkpoint.name));
            self.add(&key, format!("{}{own}", words(&at.at.value, domain)));
        }
        let Some(guard) = &draft.guard else { return };
        let event = draft.events.get(guard.event).map_or("", |event| event.name.as_str());
        let limit = match guard.limit {
            GuardLimit::Orgs(limit) => format!("more than {} have failed by it", units::group_number(limit)),
            GuardLimit::Share(share) => {
                format!("more than {} of those it has reached have failed", units::show_share(share))
            }
        };
        let then = if guard.lifts { "it is stopped and taken back" } else { "it is stopped" };
        self.add("guard", format!("{event}: where {limit} at a check, {then}"));
    }

    fn reconnect(&mut self, draft: &Draft) {
        let Some(reconnect) = &draft.reconnect else {
            self.add("reconnect", format!("nobody {ACTS} before failing"));
            return;
        };
        self.instant(KeyId::Opens, "", reconnect.opens.as_ref());
        self.instant(KeyId::Closes, "", reconnect.closes.as_ref());
        self.add(&KeyId::Timing.below(""), timings_in_words(reconnect));
        let uptakes: Vec<String> = reconnect.uptakes.iter().map(|u| words(&u.number, Domain::Rate)).collect();
        self.add(&KeyId::Uptake.below(""), uptakes.join("; "));
        let correlation = match &reconnect.correlation {
            Some(correlation) if *correlation != Number::Known(0.0) => {
                format!("{} between any two {ORGS} of a segment", words(correlation, Domain::Rate))
            }
            _ => format!("none: each {ORG} acts by itself"),
        };
        self.add(&KeyId::Correlation.below(""), correlation);
    }

    fn recovery(&mut self, draft: &Draft) {
        let Some(recovery) = &draft.values.recovery else {
            self.add("recovery", format!("a failed {ORG} stays down"));
            return;
        };
        self.law(KeyId::RecoveryAfter, recovery.after.as_ref());
        let pace = if recovery.office_hours {
            "the delay passes as fast as people work"
        } else {
            "the delay passes day and night"
        };
        self.add("recovery.office_hours", format!("{}: {pace}", recovery.office_hours));
    }

    fn segments(&mut self, draft: &Draft, segments: &[SegmentDraft]) {
        for segment in segments {
            let prefix = format!("segment.{}", segment.id.as_deref().unwrap_or_default());
            if let (Some(orgs), None) = (&segment.orgs, &draft.inventory) {
                let orgs = units::orgs(orgs.value as u64);
                self.add(&KeyId::SegmentOrgs.below(&prefix), format!("{orgs} ({})", segment.name));
            }
            match &segment.share {
                None if segment.orgs.is_some() => {}
                Some(share) if draft.inventory.is_none() => {
                    let share = units::show_share(share.value);
                    self.add(&KeyId::Share.below(&prefix), format!("{share} of the {ORGS} ({})", segment.name));
                }
                _ => self.add(&format!("{prefix}.name"), segment.name.clone()),
            }
            self.add(&format!("{prefix}.time_zone"), zone_in_words(segment.zone));
            self.place(&format!("{prefix}."), draft, &segment.place, segment.zone);
            let (key, week) = (format!("{prefix}.human_hours"), segment.place.week());
            if week != draft.place.week() && (draft.uses_human_hours() || is_given(self.root, &key)) {
                self.add(&key, week_in_words(&week));
            }
            match &segment.uptake {
                Some(uptake) => self.number(KeyId::OwnUptake, &prefix, Some(&uptake.value)),
                None => self.number(KeyId::UptakeFactor, &prefix, segment.factor.as_ref()),
            }
            for (key, words) in &segment.own {
                self.all.push(Assumption { key: key.clone(), words: words.clone(), given: true });
            }
        }
    }
}

/// When people act; not known, which of several holds.
pub(super) fn timings_in_words(reconnect: &ReconnectDraft) -> String {
    match reconnect.timings() {
        [one] => timing_in_words(one),
        several => format!("not known, one of: {}", several.iter().map(timing_in_words).collect::<Vec<_>>().join("; ")),
    }
}

pub(super) fn timing_in_words(timing: &TimingDraft) -> String {
    if let Some(curve) = &timing.curve {
        return format!("by a curve of {} points", curve.len());
    }
    if !timing.reminders.is_empty() {
        let half_life = timing.half_life.as_ref().map_or_else(String::new, |half_life| words(half_life, LENGTH));
        let pace = if timing.office_hours { ", as people work" } else { "" };
        let steady = if timing.steady > 0.0 { ", and some at any time" } else { "" };
        let count = timing.reminders.len();
        let s = if count == 1 { "" } else { "s" };
        return format!("after {count} reminder{s}, each halving every {half_life}{pace}{steady}");
    }
    match (&timing.half_life, timing.office_hours) {
        (None, false) => "uniform over the window".to_owned(),
        (None, true) => "as people work, by the hour of the local week".to_owned(),
        (Some(half_life), office_hours) => {
            let half_life = words(half_life, LENGTH);
            let pace = if office_hours { ", as people work" } else { "" };
            format!("early rather than late: halves every {half_life}{pace}")
        }
    }
}

/// Most public holidays that an assumption names.
const HOLIDAYS_NAMED: usize = 8;

/// The public holidays that fall on working days of the plan's time, by name.
fn public_holidays(draft: &Draft, calendar: &Calendar, zone: Option<Tz>) -> String {
    let times = Times::new(draft, &QuantileDraw::CENTRE);
    let day = |at: DateTime<Utc>| at.with_timezone(&zone.unwrap_or(Tz::UTC)).date_naive();
    let end = times.closes.iter().chain(&times.horizon).map(|at| day(at.0)).max();
    let (Some(from), Some(to)) = (times.as_of.map(|at| day(at.0)), end) else { return String::new() };
    let weekend = calendar.week().weekend_days;
    let days =
        calendar.holidays().iter().filter(|h| (from..=to).contains(&h.date) && !weekend.contains(h.date.weekday()));
    let named: Vec<String> = days
        .filter_map(|h| h.name.map(|name| format!("{} {name}", h.date.format(&date_pattern("%a %-d %b %Y")))))
        .collect();
    match named.len() {
        0 => "no public holiday falls on a working day".to_owned(),
        n if n > HOLIDAYS_NAMED => format!("{} and {} more", named[..HOLIDAYS_NAMED].join(", "), n - HOLIDAYS_NAMED),
        _ => named.join(", "),
    }
}

/// Whether the tree has the dotted `key`, with elements of lists by id or by the id made from their name.
fn is_given(root: &Node, key: &str) -> bool {
    let mut node = root;
    for part in key.split('.') {
        let next = match &node.value {
            Value::Table(table) => table.get(part),
            Value::Array(items) => items.iter().find(|item| super::changes::id_of(item).as_deref() == Some(part)),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => return false,
        }
    }
    true
}
