//! The numbers of a plan, each once.

use super::holds::Holds::{Chance, Choice, Flag, Number, Plain, Rates};
use super::holds::{needed, optional};
use super::number_key::Easier::{self, High, Low};
use super::number_key::Moves::{ByItself, ByItselfUnless, No, OnRequest};
use super::number_key::{Bound, NumberKey, Scope, SearchRange, SearchRule};
use crate::plan::zone::Tz;
use crate::results::Counted;
use crate::scenario::domain::{DELAY, Domain, LENGTH, MOST_ORGS};

const INSTANT: Domain = Domain::Instant(Tz::UTC);

/// Intervals, timeouts and half-lives of less than an hour are left to the person.
const HOUR: SearchRange = SearchRange::FromMinutes(60);

/// Why a later end is the harder one.
const HOLDS_UNTIL_THEN: &str = "the later it is, the more have failed by it: the plan holds until then";

pub(super) const DEADLINE: NumberKey = NumberKey {
    entry: needed("deadline", Number(INSTANT), r#""2026-05-04 09:00""#, "failures at or before it are counted"),
    path: "deadline",
    scope: Scope::Plan,
    name: "the deadline",
    moves: OnRequest,
    search: Some(SearchRule {
        range: SearchRange::Between(Bound::MainEvent, Bound::Horizon),
        easier: High,
        why: HOLDS_UNTIL_THEN,
        reversed: Some((Counted::DownAtDeadline, "business may start sooner")),
    }),
};

pub(super) const HORIZON: NumberKey = NumberKey {
    entry: needed("horizon", Number(INSTANT), r#""2026-06-30 00:00""#, "how far the curve is followed"),
    path: "horizon",
    scope: Scope::Plan,
    name: "the horizon",
    moves: No,
    search: Some(SearchRule {
        range: SearchRange::Between(Bound::LastDeadline, Bound::YearAfterHorizon),
        easier: High,
        why: HOLDS_UNTIL_THEN,
        reversed: None,
    }),
};

pub(super) const ORGS: NumberKey = NumberKey {
    entry: optional(
        "orgs",
        Number(Domain::Count(1, MOST_ORGS)),
        "(needed without `inventory`)",
        "2_500",
        "how many there are",
    ),
    path: "population.orgs",
    scope: Scope::Plan,
    name: "the number of {orgs}",
    moves: OnRequest,
    search: Some(search(SearchRange::Domain, High, "the plan can bear more customers")),
};

pub(super) const AS_OF: NumberKey = NumberKey {
    entry: needed(
        "as_of",
        Plain(INSTANT),
        r#""2026-04-24 12:00""#,
        "when the ages are true; nothing before it is simulated",
    ),
    path: "population.as_of",
    scope: Scope::Plan,
    name: "when the ages are true",
    moves: No,
    search: None,
};

pub(super) const LAST_REFRESH: NumberKey = NumberKey {
    entry: optional(
        "last_refresh",
        Chance(DELAY),
        r#"{ uniform = ["1h", "1400h"] }"#,
        r#"{ uniform = ["1h", "1400h"] }"#,
        "time from an org's last refresh to `as_of`",
    ),
    path: "population.last_refresh",
    scope: Scope::PlanOrSegment,
    name: "how old tokens are",
    moves: ByItself,
    search: None,
};

pub(super) const INTERVAL: NumberKey = NumberKey {
    entry: optional(
        "interval",
        Chance(LENGTH),
        r#""1400h""#,
        r#"{ uniform = ["1h", "1400h"] }"#,
        "time from one refresh to the next, drawn anew after each",
    ),
    path: "refresh.interval",
    scope: Scope::PlanOrSegment,
    name: "the refresh interval",
    moves: ByItself,
    search: Some(search(HOUR, Low, "shorter intervals bring every org to the policy sooner")),
};

pub(super) const HEARTBEAT_COVERAGE: NumberKey = NumberKey {
    entry: optional(
        "coverage",
        Number(Domain::Rate),
        "1.0",
        "0.8",
        "share of the orgs that it reaches; those never go idle",
    ),
    path: "refresh.heartbeat.coverage",
    scope: Scope::PlanOrSegment,
    name: "how many the heartbeat reaches",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, Low, "fewer orgs have to be kept in use")),
};

pub(super) const OPENS: NumberKey = NumberKey {
    entry: needed("opens", Number(INSTANT), r#""2026-05-01 13:00""#, "when the window opens"),
    path: "reconnect.opens",
    scope: Scope::Plan,
    name: "when the window opens",
    moves: ByItself,
    search: Some(search(SearchRange::Between(Bound::AsOf, Bound::Closes), High, "there is more time to prepare")),
};

pub(super) const CLOSES: NumberKey = NumberKey {
    entry: needed("closes", Number(INSTANT), r#""2026-05-03 24:00""#, "when it closes"),
    path: "reconnect.closes",
    scope: Scope::Plan,
    name: "when the window closes",
    moves: ByItself,
    search: Some(search(SearchRange::Between(Bound::Opens, Bound::Horizon), High, "people have more time")),
};

pub(super) const UPTAKE: NumberKey = NumberKey {
    entry: needed("uptake", Rates, "[0.0, 0.5, 1.0]", "the rates of reconnecting to compare"),
    path: "reconnect.uptake",
    scope: Scope::Plan,
    name: "how many {act}",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, Low, "fewer people have to act")),
};

pub(super) const HALF_LIFE: NumberKey = NumberKey {
    entry: needed("half_life", Number(LENGTH), r#""10h""#, "half of those left act within each such time"),
    path: "reconnect.timing.half_life",
    scope: Scope::Plan,
    name: "how soon people {act}",
    moves: ByItself,
    search: Some(search(HOUR, High, "people may take longer to act")),
};

pub(super) const TIMING: NumberKey = NumberKey {
    entry: optional(
        "timing",
        Choice(&["uniform", "office-hours"]),
        r#""uniform""#,
        r#""office-hours""#,
        "when within the window people act",
    ),
    path: "reconnect.timing",
    scope: Scope::Plan,
    name: "how soon people {act}",
    moves: No,
    search: None,
};

pub(super) const CORRELATION: NumberKey = NumberKey {
    entry: optional(
        "correlation",
        Number(Domain::Rate),
        "0.0",
        "0.2",
        "how alike the orgs of a segment act: widens ranges, moves no mean",
    ),
    path: "reconnect.correlation",
    scope: Scope::Plan,
    name: "how much {orgs} act together",
    moves: No,
    search: Some(search(SearchRange::Domain, High, "the more alike orgs act, the harder it is")),
};

pub(super) const RECOVERY_AFTER: NumberKey = NumberKey {
    entry: needed(
        "after",
        Chance(DELAY),
        r#"{ lognormal = { median = "6h", sigma = 1.0 } }"#,
        "time from the failure to the reconnect",
    ),
    path: "recovery.after",
    scope: Scope::PlanOrSegment,
    name: "how long a recovery takes",
    moves: ByItself,
    search: Some(search(SearchRange::FromMinutes(1), High, "admins may take longer")),
};

pub(super) const UPTAKE_FACTOR: NumberKey = NumberKey {
    entry: optional(
        "uptake_factor",
        Number(Domain::Factor),
        "1.0",
        "0.8",
        "its rate of reconnecting is `min(1, uptake * uptake_factor)`",
    ),
    path: "uptake_factor",
    scope: Scope::Segment,
    name: "how much {segment} follows",
    moves: ByItselfUnless(1.0),
    search: Some(search(SearchRange::Domain, Low, "fewer people of the segment have to act")),
};

pub(super) const SHARE: NumberKey = NumberKey {
    entry: optional(
        "share",
        Plain(Domain::Rate),
        "(needed without an inventory)",
        "0.3",
        "part of the orgs; all shares add up to 1",
    ),
    path: "share",
    scope: Scope::Segment,
    name: "the share of {segment}",
    moves: No,
    search: None,
};

pub(super) const EVENT_AT: NumberKey = NumberKey {
    entry: needed("at", Number(INSTANT), r#""2026-05-01 12:00""#, "when it is switched on; may lie before `as_of`"),
    path: "at",
    scope: Scope::Event,
    name: "the date of {event}",
    moves: OnRequest,
    search: Some(SearchRule {
        range: SearchRange::Between(Bound::AsOf, Bound::Horizon),
        easier: Low,
        why: "the policy is on sooner; the later, the fewer have refreshed by the deadline",
        reversed: Some((Counted::FailedByHorizon, "there is more time before the switch-on")),
    }),
};

pub(super) const REQUIRED: NumberKey = NumberKey {
    entry: optional("required", Number(Domain::Rate), "1.0", "0.9", "chance that the first refresh after it fails"),
    path: "reauthorization.required",
    scope: Scope::EventOrSegment,
    name: "how often {event} requires {action}",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, High, BEARS_MORE)),
};

pub(super) const MISMATCH: NumberKey = NumberKey {
    entry: optional(
        "mismatch",
        Number(Domain::Rate),
        "0.0",
        "0.02",
        "share of the orgs that call from another address",
    ),
    path: "static_ip.mismatch",
    scope: Scope::EventOrSegment,
    name: "how many call from another address",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, High, BEARS_MORE)),
};

pub(super) const LOST_TOKEN: NumberKey = NumberKey {
    entry: optional("lost_token", Number(Domain::Rate), "0.0", "0.01", "chance to lose the new token, at each refresh"),
    path: "token_rotation.lost_token",
    scope: Scope::EventOrSegment,
    name: "how often a rotated token is lost",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, High, BEARS_MORE)),
};

pub(super) const IDLE_AFTER: NumberKey = NumberKey {
    entry: needed("after", Number(LENGTH), r#""30d""#, "how long a token may go unused"),
    path: "idle_timeout.after",
    scope: Scope::EventOrSegment,
    name: "the idle timeout",
    moves: ByItself,
    search: Some(search(HOUR, Low, "a shorter timeout is a stricter policy")),
};

pub(super) const IDLE_RETROACTIVE: NumberKey = NumberKey {
    entry: optional("retroactive", Flag, "false", "true", "whether time unused before the switch-on counts"),
    path: "idle_timeout.retroactive",
    scope: Scope::EventOrSegment,
    name: "whether unused time counts from before",
    moves: No,
    search: None,
};

pub(super) const RACE: NumberKey = NumberKey {
    entry: optional(
        "race",
        Number(Domain::Rate),
        "0.0",
        "0.001",
        "chance that a refresh collides with another one and fails, at each refresh",
    ),
    path: "token_rotation.race",
    scope: Scope::EventOrSegment,
    name: "how often two refreshes collide",
    moves: ByItselfUnless(0.0),
    search: Some(search(SearchRange::Domain, High, BEARS_MORE)),
};

pub(super) const LIFETIME_AFTER: NumberKey = NumberKey {
    entry: needed("after", Number(LENGTH), r#""90d""#, "how long a connection lives"),
    path: "lifetime.after",
    scope: Scope::EventOrSegment,
    name: "how long a connection lives",
    moves: ByItself,
    search: Some(search(HOUR, Low, "a shorter life is a stricter policy")),
};

pub(super) const LIFETIME_RETROACTIVE: NumberKey = NumberKey {
    entry: optional("retroactive", Flag, "false", "true", "whether time before the switch-on counts"),
    path: "lifetime.retroactive",
    scope: Scope::EventOrSegment,
    name: "whether a life counts from before",
    moves: No,
    search: None,
};

pub(super) const GRACE: NumberKey = NumberKey {
    entry: optional("grace", Number(DELAY), "(none)", r#""24h""#, "time from a refusal to the failure"),
    path: "reauthorization.grace",
    scope: Scope::EventOrSegment,
    name: "the time that {event} leaves after a refusal",
    moves: ByItself,
    search: Some(search(HOUR, Low, "less time is a stricter policy")),
};

pub(super) const WARNED: NumberKey = NumberKey {
    entry: optional("warned", Number(Domain::Rate), "0.0", "0.6", "share of those refused who act in that time"),
    path: "reauthorization.warned",
    scope: Scope::EventOrSegment,
    name: "how many act on a notice",
    moves: ByItselfUnless(0.0),
    search: Some(search(SearchRange::Domain, Low, "fewer people have to act")),
};

pub(super) const NUDGE: NumberKey = NumberKey {
    entry: optional("nudge", Number(Domain::Rate), "0.0", "0.2", "chance that a disruption leads to a reconnect"),
    path: "nudge",
    scope: Scope::EventOrSegment,
    name: "how many a brownout moves to act",
    moves: ByItselfUnless(0.0),
    search: Some(search(SearchRange::Domain, Low, "fewer people have to act")),
};

pub(super) const UNTIL: NumberKey = NumberKey {
    entry: optional("until", Number(INSTANT), "(it stays)", r#""2026-06-01 00:00""#, "from then on it is off again"),
    path: "until",
    scope: Scope::Event,
    name: "when {event} is switched off again",
    moves: OnRequest,
    search: None,
};

pub(super) const CONNECTED: NumberKey = NumberKey {
    entry: optional(
        "connected",
        Chance(DELAY),
        "(needed where a lifetime counts it)",
        r#"{ uniform = ["0h", "90d"] }"#,
        "age of a connection at `as_of`; at least that of its last refresh",
    ),
    path: "population.connected",
    scope: Scope::PlanOrSegment,
    name: "how old connections are",
    moves: ByItself,
    search: None,
};

pub(super) const OWN_UPTAKE: NumberKey = NumberKey {
    entry: optional(
        "uptake",
        Number(Domain::Rate),
        "(the scenario's)",
        "0.9",
        "a rate of reconnecting of its own, the same at every rate compared",
    ),
    path: "uptake",
    scope: Scope::Segment,
    name: "how many of {segment} {act}",
    moves: ByItself,
    search: Some(search(SearchRange::Domain, Low, "fewer people of the segment have to act")),
};

pub(super) const SEGMENT_ORGS: NumberKey = NumberKey {
    entry: optional(
        "orgs",
        Plain(Domain::Count(0, MOST_ORGS)),
        "(by `share`)",
        "800",
        "how many it holds, in place of `share`; then all segments say so",
    ),
    path: "orgs",
    scope: Scope::Segment,
    name: "the number of {orgs} in {segment}",
    moves: No,
    search: None,
};

const BEARS_MORE: &str = "the plan can bear more";

const fn search(range: SearchRange, easier: Easier, why: &'static str) -> SearchRule {
    SearchRule { range, easier, why, reversed: None }
}
