//! Every assumption of a scenario in words, given or by default, for the report's table.

use crate::plan::wording::{ACTS, ORG, ORGS, date_pattern};
use crate::plan::zone::Tz;
use chrono::{DateTime, Datelike, Utc};

use super::domain::Domain;
use super::domain::LENGTH;
use super::draft::{Draft, PlaceDraft, ReconnectDraft, SegmentDraft};
use super::inventory::in_words;
use super::keys::KeyId;
use super::quantity::{Number, OpenLaw, QuantileDraw};
use super::read_events::{orgs_in_words, words, zone_in_words};
use super::read_hours::week_in_words;
use super::reader::Placed;
use super::times::Times;
use super::tree::{Node, Value};
use crate::plan::{Calendar, clock, units};
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
        self.law(KeyId::Interval, draft.values.interval.as_ref());
        self.number(KeyId::HeartbeatCoverage, "", draft.values.coverage.as_ref());
    }

    fn events(&mut self, draft: &Draft) {
        for event in &draft.events {
            let prefix = format!("event.{}", event.id.as_deref().unwrap_or_default());
            self.instant(KeyId::EventAt, &prefix, event.at.as_ref());
            for control in &event.controls {
                self.number(KeyId::of_control(control.cause), &prefix, control.number.as_ref());
                if control.cause.is_clock() && control.number.is_some() {
                    let counts =
                        if control.retroactive { "time unused before it counts" } else { "its clock starts with it" };
                    self.add(&KeyId::IdleRetroactive.below(&prefix), format!("{}: {counts}", control.retroactive));
                }
            }
        }
    }

    fn reconnect(&mut self, draft: &Draft) {
        let Some(reconnect) = &draft.reconnect else {
            self.add("reconnect", format!("nobody {ACTS} before failing"));
            return;
        };
        self.instant(KeyId::Opens, "", reconnect.opens.as_ref());
        self.instant(KeyId::Closes, "", reconnect.closes.as_ref());
        self.add(&KeyId::Timing.below(""), timing_in_words(reconnect));
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
            match &segment.share {
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
            self.number(KeyId::UptakeFactor, &prefix, segment.factor.as_ref());
            for (key, words) in &segment.own {
                self.all.push(Assumption { key: key.clone(), words: words.clone(), given: true });
            }
        }
    }
}

fn timing_in_words(reconnect: &ReconnectDraft) -> String {
    match (&reconnect.half_life, reconnect.office_hours) {
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
