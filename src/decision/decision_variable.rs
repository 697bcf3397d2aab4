//! The keys of a scenario that can be solved for: what their values are, between which bounds they are looked for, and which
//! direction asks less of whoever has to carry it out.

use crate::plan::wording::WINDOW;
use crate::plan::zone::Tz;
use crate::plan::{Deadline, GuardLimit, Plan, clock, units};
use crate::results::Counted;
use crate::scenario::Change;
use crate::scenario::domain::{Domain, MOST_ORGS};
pub(crate) use crate::scenario::keys::Easier;
use crate::scenario::keys::{Bound, KeyId, KeyParts, Scope, SearchRange, SearchRule};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// In what a key is counted. A tick is the least by which its values differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    /// Thousandths of 1, from 0 to 1.
    Rate,
    /// Thousandths of 1.
    Factor,
    /// Minutes.
    Length,
    /// Orgs.
    Orgs,
    /// What a guard bears: orgs.
    Failures,
    /// What a guard bears: thousandths of the orgs.
    FailedShare,
    /// Minutes since the epoch, shown in the zone.
    Instant(Tz),
    /// Minutes since the epoch on the clock of each org.
    LocalTime,
}

/// A key that may be turned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DecisionVariable {
    /// As it was named.
    pub key: String,
    /// How it is set; not always by the same name.
    set_key: String,
    /// In what it is counted.
    pub unit: Unit,
    /// The least demanding direction.
    pub easier: Easier,
    /// What the least demanding value is called: `the smallest`, `the latest`.
    pub least: &'static str,
    /// Why that direction.
    pub why: &'static str,
    /// The ticks between which it is looked for.
    pub range: (i64, i64),
    as_of: DateTime<Utc>,
    year: Option<i32>,
    /// Times that move along with an event.
    along: Vec<Along>,
}

/// A time that moves along with an event: its key, and how far it lies from the event on the clock of the plan's zone, in minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Along {
    key: &'static str,
    minutes: i64,
    /// Whether it is a time on each org's own clock.
    local: bool,
}

/// How many failures a guard bears, which is written as a condition.
const GUARD_STOP: &str = "guard.stop";

/// What may be held while an event moves.
pub(crate) const HELD: [&str; 2] = ["deadline", "window"];

/// Longest duration that is looked for, in minutes: a year.
const LONGEST: i64 = 366 * 24 * 60;
/// Largest factor, in thousandths.
const LARGEST_FACTOR: i64 = 10_000;
/// How many times the plan's orgs, at most.
const MORE_ORGS: u64 = 20;

impl DecisionVariable {
    /// The variable of a key, for a target on `counted`.
    ///
    /// # Errors
    /// Says which keys there are, where this is none.
    pub(crate) fn new(key: &str, counted: Counted, plan: &Plan) -> Result<Self, String> {
        if key == GUARD_STOP {
            return Self::of_guard(plan);
        }
        let parts = KeyParts::of(key).filter(|parts| parts.rest.is_empty() || key == "deadline.at");
        let (id, search) = parts.and_then(search_of).ok_or_else(|| refusal(key))?;
        let unit = unit_of(id, plan).ok_or_else(|| refusal(key))?;
        let (easier, why) = match search.reversed {
            Some((reversed, why)) if reversed == counted => (search.easier.other(), why),
            _ => (search.easier, search.why),
        };
        let range = range_of(search.range, unit, plan);
        let set_key = if key == "deadline" && unit == Unit::LocalTime { "deadline.at" } else { key };
        let year = plan.unsaid_year();
        let timed = matches!(unit, Unit::Instant(_) | Unit::LocalTime);
        let least = match (timed, easier) {
            (true, Easier::Low) => "the earliest",
            (true, Easier::High) => "the latest",
            (false, Easier::Low) => "the smallest",
            (false, Easier::High) => "the largest",
        };
        if range.0 > range.1 {
            return Err(format!("`{key}` has no room between the other times of the plan"));
        }
        Ok(Self {
            key: key.to_owned(),
            set_key: set_key.to_owned(),
            unit,
            easier,
            least,
            why,
            range,
            as_of: plan.as_of(),
            year,
            along: Vec::new(),
        })
    }

    /// How many failures a guard bears.
    fn of_guard(plan: &Plan) -> Result<Self, String> {
        let guard = plan.guard().ok_or_else(|| format!("`{GUARD_STOP}`: this scenario has no [guard]"))?;
        let (unit, most) = match guard.limit {
            GuardLimit::Orgs(_) => (Unit::Failures, i64::try_from(plan.orgs()).unwrap_or(i64::MAX)),
            GuardLimit::Share(_) => (Unit::FailedShare, 1000),
        };
        Ok(Self {
            key: GUARD_STOP.to_owned(),
            set_key: GUARD_STOP.to_owned(),
            unit,
            easier: Easier::High,
            least: "the largest",
            why: "fewer rollouts are stopped without need",
            range: (0, most),
            as_of: plan.as_of(),
            year: plan.unsaid_year(),
            along: Vec::new(),
        })
    }

    /// With the deadline and the window moving along with an event, so that both keep their day and hour relative to it; `held` names
    /// what stays: [`HELD`], or keys.
    pub(crate) fn moving_along(mut self, plan: &Plan, held: &[String]) -> Self {
        let (Some(now), Unit::Instant(zone)) = (self.now(plan), self.unit) else { return self };
        if !self.key.starts_with("event.") {
            return self;
        }
        let stays = |group: &str, key: &str| held.iter().any(|h| h == group || h == key);
        let wall = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        let from = wall(instant(now));
        let mut add = |group: &str, key: &'static str, there: chrono::NaiveDateTime, local: bool| {
            if !stays(group, key) {
                self.along.push(Along { key, minutes: (there - from).num_minutes(), local });
            }
        };
        match plan.deadline() {
            Deadline::Absolute(at) => add("deadline", "deadline", wall(at), false),
            Deadline::OrgLocal(local) => add("deadline", "deadline.at", local, true),
        }
        if let Some(window) = plan.window() {
            add("window", "reconnect.opens", wall(window.opens), false);
            add("window", "reconnect.closes", wall(window.closes), false);
        }
        let (first, last) = (plan.as_of().timestamp().div_euclid(60), plan.horizon().timestamp().div_euclid(60));
        for along in self.along.iter().filter(|along| along.key.starts_with("deadline")) {
            // The deadline stays between `as_of` and the horizon; by an hour more or less where clocks change, and then left out.
            self.range.1 = self.range.1.min(last - along.minutes);
            self.range.0 = self.range.0.max(first - along.minutes.min(0));
        }
        if !self.along.is_empty() {
            self.why = "the policy is on sooner, and what moves with it comes sooner, too";
        }
        self
    }

    /// The changes that set a tick: of the key, and of what moves along with it.
    pub(crate) fn changes(&self, tick: i64) -> Vec<Change> {
        let mut changes = vec![self.change(tick)];
        let Unit::Instant(zone) = self.unit else { return changes };
        let local = instant(tick).with_timezone(&zone).naive_local();
        for along in &self.along {
            let there = local + chrono::Duration::minutes(along.minutes);
            let written = if along.local {
                there.format("%Y-%m-%d %H:%M").to_string()
            } else {
                // A local time that the clocks skip or repeat: as many elapsed minutes away.
                let at = clock::to_utc(there, zone).unwrap_or_else(|_| instant(tick + along.minutes));
                clock::rfc3339(at, zone)
            };
            changes.push(Change::set(along.key, written));
        }
        changes
    }

    /// What moves along, in words: `the deadline and the reconnect window`.
    pub(crate) fn along_in_words(&self) -> Option<String> {
        let has = |part: &str| self.along.iter().any(|a| a.key.starts_with(part));
        match (has("deadline"), has("reconnect")) {
            (true, true) => Some(format!("the deadline and the {WINDOW}")),
            (true, false) => Some("the deadline".to_owned()),
            (false, true) => Some(format!("the {WINDOW}")),
            (false, false) => None,
        }
    }

    /// The change that sets a tick.
    pub(crate) fn change(&self, tick: i64) -> Change {
        let value = self.json(tick);
        let is_list = self.unit == Unit::Rate && self.key == "reconnect.uptake";
        Change::set(&self.set_key, if is_list { Value::from(vec![value]) } else { value })
    }

    /// The value of a tick as a scenario writes it.
    pub(crate) fn plain(&self, tick: i64) -> String {
        match self.unit {
            Unit::Rate | Unit::Factor => format!("{:?}", tick as f64 / 1000.0),
            Unit::Length if tick % 60 == 0 => format!("{}h", tick / 60),
            Unit::Length => format!("{}m", tick),
            Unit::Orgs => tick.to_string(),
            Unit::Failures => format!("failed > {tick}"),
            Unit::FailedShare => format!("failed > {}%", tick as f64 / 10.0),
            Unit::Instant(zone) => clock::rfc3339(instant(tick), zone),
            Unit::LocalTime => instant(tick).format("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// The value in JSON: a number where it is one, else as a scenario writes it.
    pub(crate) fn json(&self, tick: i64) -> Value {
        match self.unit {
            Unit::Rate | Unit::Factor => Value::from(tick as f64 / 1000.0),
            Unit::Orgs => Value::from(tick),
            _ => Value::from(self.plain(tick)),
        }
    }

    /// The value in words: `50.5 %`, `Mon 4 May 09:00`.
    pub(crate) fn words(&self, tick: i64) -> String {
        match self.unit {
            Unit::Rate => units::show_share(tick as f64 / 1000.0),
            Unit::Factor => format!("{}", tick as f64 / 1000.0),
            Unit::Length => units::show_hours(tick as f64 / 60.0),
            Unit::Orgs => units::group_count(tick.max(0) as u64),
            Unit::Failures => format!("more than {}", units::group_count(tick.max(0) as u64)),
            Unit::FailedShare => format!("more than {}", units::show_share(tick as f64 / 1000.0)),
            Unit::Instant(zone) => clock::show(instant(tick), zone, self.year),
            Unit::LocalTime => format!("{} local time", clock::show(instant(tick), Tz::UTC, self.year)),
        }
    }

    /// The value as a number for an axis: a share, a factor, orgs, hours, or hours since `as_of`.
    pub(crate) fn number(&self, tick: i64) -> f64 {
        match self.unit {
            Unit::Rate | Unit::Factor | Unit::FailedShare => tick as f64 / 1000.0,
            Unit::Length => tick as f64 / 60.0,
            Unit::Orgs | Unit::Failures => tick as f64,
            Unit::Instant(_) | Unit::LocalTime => clock::hours_between(self.as_of, instant(tick)),
        }
    }

    /// Whether its values are points in time.
    pub(crate) fn is_time(&self) -> bool {
        matches!(self.unit, Unit::Instant(_) | Unit::LocalTime)
    }

    /// Its value in a plan, where that is one number: what the plan says now.
    pub(crate) fn now(&self, plan: &Plan) -> Option<i64> {
        let at = |t: DateTime<Utc>| t.timestamp().div_euclid(60);
        match self.key.as_str() {
            "population.orgs" => i64::try_from(plan.orgs()).ok(),
            "deadline" | "deadline.at" => Some(match plan.deadline() {
                Deadline::Absolute(t) => at(t),
                Deadline::OrgLocal(local) => at(local.and_utc()),
            }),
            "horizon" => Some(at(plan.horizon())),
            GUARD_STOP => plan.guard().map(|guard| match guard.limit {
                GuardLimit::Orgs(most) => most.floor() as i64,
                GuardLimit::Share(most) => (most * 1000.0).floor() as i64,
            }),
            "reconnect.opens" => plan.window().map(|w| at(w.opens)),
            "reconnect.closes" => plan.window().map(|w| at(w.closes)),
            key => {
                let id = key.strip_prefix("event.")?.strip_suffix(".at")?;
                plan.events().iter().find(|e| e.id == id).map(|e| at(e.at))
            }
        }
    }

    /// The same variable over a shorter range, where its range reaches far beyond what the plan says now: for charts.
    pub(crate) fn near(mut self, plan: &Plan) -> Self {
        if let Some(now) = self.now(plan).filter(|now| (self.range.0..=self.range.1).contains(now)) {
            // Twice as far beyond it as it is from the beginning.
            self.range.1 = self.range.1.min(now + 2 * (now - self.range.0).max(24 * 60));
        }
        self
    }

    /// Evenly spaced ticks over the range, both ends among them; times on whole hours where there is room, since those are quick.
    pub(crate) fn grid(&self, points: i64) -> Vec<i64> {
        let (low, high) = self.range;
        let coarse = match self.unit {
            Unit::Instant(_) | Unit::LocalTime | Unit::Length if high - low >= 60 * points => 60,
            Unit::Instant(_) | Unit::LocalTime | Unit::Length if high - low >= 15 * points => 15,
            _ => 1,
        };
        let at = |i: i64| {
            // Durations and numbers of orgs span decades: their steps grow.
            if matches!(self.unit, Unit::Length | Unit::Orgs) && low > 0 {
                let share = i as f64 / (points - 1) as f64;
                return (low as f64 * (high as f64 / low as f64).powf(share)).round() as i64;
            }
            low + (high - low) * i / (points - 1)
        };
        let rounded = |tick: i64| ((tick + coarse / 2).div_euclid(coarse) * coarse).clamp(low, high);
        let mut ticks: Vec<i64> = (0..points).map(|i| rounded(at(i))).chain([low, high]).collect();
        ticks.sort_unstable();
        ticks.dedup();
        ticks
    }

    /// A tick between two others, near their middle: on a whole hour or a quarter where one lies between.
    pub(crate) fn between(&self, a: i64, b: i64) -> i64 {
        let (low, high) = (a.min(b), a.max(b));
        let middle = low + (high - low) / 2;
        let timed = matches!(self.unit, Unit::Instant(_) | Unit::LocalTime | Unit::Length);
        let steps: &[i64] = if timed { &[60, 15, 5] } else { &[] };
        let rounded = steps.iter().map(|step| (middle + step / 2).div_euclid(*step) * step);
        rounded.into_iter().find(|tick| low < *tick && *tick < high).unwrap_or(middle)
    }
}

fn instant(tick: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(tick * 60, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

/// How a key is searched for, where it stands where it may.
fn search_of(parts: KeyParts<'_>) -> Option<(KeyId, SearchRule)> {
    let facts = parts.id.facts();
    Some((parts.id, facts.search.filter(|_| facts.scope.allows(parts.segment.is_some()))?))
}

/// In what a key is counted; `None` of what is no number.
fn unit_of(id: KeyId, plan: &Plan) -> Option<Unit> {
    Some(match id.facts().domain(plan.time_zone())? {
        Domain::Instant(_) if id == KeyId::Deadline && matches!(plan.deadline(), Deadline::OrgLocal(_)) => {
            Unit::LocalTime
        }
        Domain::Instant(zone) => Unit::Instant(zone),
        Domain::LocalTime => Unit::LocalTime,
        Domain::Rate => Unit::Rate,
        Domain::Factor | Domain::Shape => Unit::Factor,
        Domain::Hours { .. } => Unit::Length,
        Domain::Count(..) => Unit::Orgs,
    })
}

/// The ticks between which a key is looked for. Times are looked for where the scenario stays valid.
fn range_of(range: SearchRange, unit: Unit, plan: &Plan) -> (i64, i64) {
    match range {
        SearchRange::FromMinutes(least) => (least, LONGEST),
        SearchRange::Domain => match unit {
            Unit::Orgs => (1, plan.orgs().saturating_mul(MORE_ORGS).clamp(1_000, MOST_ORGS) as i64),
            Unit::Factor => (0, LARGEST_FACTOR),
            _ => (0, 1000),
        },
        SearchRange::Between(from, to) => {
            let (from, to) = (up(bound(from, plan)), down(bound(to, plan)));
            // A local time is between these in every zone.
            if unit == Unit::LocalTime { (from + 14 * 60, to - 14 * 60) } else { (from, to) }
        }
    }
}

fn bound(bound: Bound, plan: &Plan) -> DateTime<Utc> {
    let (as_of, horizon) = (plan.as_of(), plan.horizon());
    match bound {
        Bound::AsOf => as_of,
        Bound::Opens => plan.window().map_or(as_of, |w| w.opens.max(as_of)),
        Bound::Closes => plan.window().map_or(horizon, |w| w.closes),
        Bound::MainEvent => plan.main_event().at.max(as_of),
        Bound::LastDeadline => plan.instant(plan.segments().iter().map(|s| s.deadline).fold(0.0, f64::max)),
        Bound::Horizon => horizon,
        Bound::YearAfterHorizon => clock::after(horizon, 24.0 * 366.0),
    }
}

/// Minutes since 1970, rounded up.
fn up(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(60) + i64::from(at.timestamp().rem_euclid(60) > 0)
}

/// Minutes since 1970, rounded down.
fn down(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(60)
}

fn refusal(key: &str) -> String {
    let searched = |id: &KeyId| id.facts().search.is_some();
    let known: Vec<String> = KeyId::ALL.into_iter().filter(searched).map(pattern).collect();
    let plain = known.iter().map(String::as_str).filter(|known| !known.contains("ID"));
    let plain: Vec<&str> = plain.chain([GUARD_STOP]).collect();
    match crate::scenario::nearest(key, &plain) {
        Some(near) => format!("`{key}` can't be solved for; did you mean `{near}`?"),
        None => format!(
            "`{key}` can't be solved for; these can: {}, {GUARD_STOP}; and a segment's own values",
            known.join(", ")
        ),
    }
}

/// A key with `ID` for that of an event or a segment.
fn pattern(id: KeyId) -> String {
    match id.facts().scope {
        Scope::Plan | Scope::PlanOrSegment => id.below(""),
        Scope::Segment => id.below("segment.ID"),
        Scope::Event | Scope::EventOrSegment => id.below("event.ID"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    fn variable(key: &str) -> DecisionVariable {
        DecisionVariable::new(key, Counted::FailedByDeadline, &Sample::flagship().plan()).expect("a variable")
    }

    #[test]
    fn the_deadline_and_the_window_move_along_with_an_event_unless_they_are_held() {
        let sample = crate::plan::sample::Sample::flagship();
        let plan = sample.plan();
        let id = plan.main_event().id.clone();
        let variable = |held: &[&str]| {
            let held: Vec<String> = held.iter().map(|h| (*h).to_owned()).collect();
            let key = format!("event.{id}.at");
            DecisionVariable::new(&key, Counted::FailedByDeadline, &plan)
                .expect("a variable")
                .moving_along(&plan, &held)
        };
        let now = variable(&[]).now(&plan).expect("known");
        let week = 7 * 24 * 60;
        let moved = variable(&[]).changes(now + week);
        let moved: Vec<String> = moved.iter().map(Change::text).collect();
        let keys: Vec<&str> = moved.iter().filter_map(|change| change.split_once('=')).map(|c| c.0).collect();
        assert_eq!(keys[1..], ["deadline", "reconnect.opens", "reconnect.closes"]);
        assert!(moved[1].starts_with("deadline=\"2026-05-11T09:00:00"), "{moved:?}");
        assert_eq!(variable(&["deadline"]).changes(now + week).len(), 3);
        assert_eq!(variable(&["deadline", "window"]).changes(now + week).len(), 1);
        assert_eq!(variable(&[]).along_in_words().as_deref(), Some("the deadline and the reconnect window"));
    }

    #[test]
    fn values_are_written_as_a_scenario_writes_them() {
        assert_eq!(variable("reconnect.uptake").change(505).text(), "reconnect.uptake=[0.505]");
        let deadline = variable("deadline");
        let now = deadline.now(&Sample::flagship().plan()).expect("a time");
        // 237 hours after Friday 24 April 12:00 in Los Angeles.
        assert_eq!(deadline.change(now).text(), "deadline=\"2026-05-04T09:00:00-07:00\"");
        assert_eq!((deadline.words(now).as_str(), deadline.number(now)), ("Mon 4 May 09:00", 237.0));
        assert_eq!([90, 120].map(|t| variable("refresh.interval").plain(t)), ["90m", "2h"]);
        assert_eq!(variable("segment.emea.uptake_factor").change(800).text(), "segment.emea.uptake_factor=0.8");
    }

    #[test]
    fn directions_follow_from_what_a_key_asks_of_people() {
        let least = |key: &str| variable(key).least;
        assert_eq!(
            ["reconnect.uptake", "reconnect.closes", "deadline", "event.pkce.at", "population.orgs"].map(least),
            ["the smallest", "the latest", "the latest", "the earliest", "the largest"]
        );
        let down =
            DecisionVariable::new("deadline", Counted::DownAtDeadline, &Sample::flagship().plan()).expect("a variable");
        assert_eq!(down.least, "the earliest");
        let refused = DecisionVariable::new("reconect.uptake", Counted::DownAtDeadline, &Sample::flagship().plan());
        assert!(refused.expect_err("no key").contains("did you mean `reconnect.uptake`"));
    }

    #[test]
    fn grids_hold_both_ends_and_midpoints_lie_between() {
        for key in ["reconnect.uptake", "deadline", "refresh.interval", "population.orgs"] {
            let variable = variable(key);
            let grid = variable.grid(17);
            assert_eq!((grid[0], grid[grid.len() - 1]), variable.range, "{key}");
            assert!(grid.windows(2).all(|w| w[0] < w[1]) && grid.len() >= 15, "{key}");
            for w in grid.windows(2).filter(|w| w[1] - w[0] > 1) {
                let middle = variable.between(w[1], w[0]);
                assert!(w[0] < middle && middle < w[1], "{key}: {middle} between {w:?}");
            }
        }
    }
}
