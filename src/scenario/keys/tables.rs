//! Every key of a scenario: a line here is what the reader accepts, the schema validates and the page of keys explains. Those that are numbers of
//! the plan stand in `numbers`, with what else is said of them.

use crate::plan::zone::Tz;

use super::event_tables::{
    BROWNOUT, EVENT, IDLE_TIMEOUT, LIFETIME, OWN_CONTROLS, REAUTHORIZATION, STATIC_IP, STEP, TOKEN_ROTATION, WAVE,
    WAVES,
};
use super::holds::Holds::{
    ByEvent, Choice, Country, Curve, Dates, Either, Flag, Hours, Id, Lints, List, Moments, Number, Own, Path, Plain,
    Table, Tables, Text, Weekdays, Whole, Zone,
};
use super::holds::{Entry, Section, needed, optional};
use super::key_id::KeyId;
use crate::scenario::domain::{DELAY, Domain, LENGTH, MOST_ORGS, MOST_RUNS};
use crate::scenario::inventory::DUPLICATES;

const INSTANT: Domain = Domain::Instant(Tz::UTC);

/// Keys outside any table, and the tables themselves.
pub(crate) static ROOT: Section = Section {
    header: "",
    about: "The keys at the top of the file stand before the first `[table]`.",
    any_of: &[],
    keys: &[
        needed("title", Text, r#""PKCE enablement, May 2026""#, "names the plan in every output"),
        needed("time_zone", Zone, r#""America/Los_Angeles""#, "the zone of every wall-clock time without an offset"),
        optional(
            "seed",
            Whole(0, u64::MAX),
            "1",
            "20260501",
            "where the simulation's draws begin; the same seed gives the same bytes",
        ),
        optional("runs", Whole(1, MOST_RUNS), "10_000", "10_000", "simulated repetitions"),
        Entry { holds: Either(&[Number(INSTANT), Table(&DEADLINE)]), ..KeyId::Deadline.entry() },
        KeyId::Horizon.entry(),
        optional(
            "tolerance",
            Whole(0, MOST_ORGS),
            "(none)",
            "100",
            "how many failed orgs by the deadline the plan can bear",
        ),
        optional(
            "locale",
            Choice(&["iso", "en-US", "en-GB"]),
            "(by `country`, else by `time_zone`)",
            r#""en-US""#,
            "how numbers and times are written: `4.9 %` and `Mon 4 May 09:00`, `4.9%` and `Mon, May 4, 9:00 AM`, or `4.9%` and `Mon 4 May 09:00`",
        ),
        optional("words", Table(&WORDS), "(orgs reconnect)", "", "what customers are called, and what they must do"),
        optional("allow", Lints, "[]", r#"["window-off-hours"]"#, "lint codes to suppress"),
        optional(
            "country",
            Country,
            "(none)",
            r#""US-CA""#,
            "its public holidays are days off, and its weekend is the weekend",
        ),
        optional("holidays", Dates, "[]", r#"["2026-05-04"]"#, "further days off"),
        optional("working_days", Dates, "[]", r#"["2026-05-04"]"#, "days that are worked all the same"),
        optional("human_hours", Table(&HUMAN_HOURS), "(the usual week)", "", "when people work"),
        needed("population", Table(&POPULATION), "", "the orgs"),
        optional("refresh", Table(&REFRESH), "(every 1,400 h)", "", "how connections refresh"),
        needed("event", Tables(&EVENT), "", "what is switched on, and when"),
        optional("milestone", Tables(&MILESTONE), "(none)", "", "dates to be seen on timelines"),
        optional("checkpoint", Tables(&CHECKPOINT), "(none)", "", "further instants at which failures are counted"),
        optional("guard", Table(&GUARD), "(nobody looks)", "", "who looks at the failures, and stops the rollout"),
        optional("reconnect", Table(&RECONNECT), "(nobody reconnects)", "", "who reconnects before failing, and when"),
        optional("recovery", Table(&RECOVERY), "(a failed org stays down)", "", "how long a failed org stays down"),
        optional(
            "segment",
            Tables(&SEGMENT),
            "(one segment: all orgs)",
            "",
            "parts of the orgs with values of their own",
        ),
    ],
};

/// Of a `deadline` that is a table.
pub(crate) static DEADLINE: Section = Section {
    header: "deadline = { ... }",
    about: "A deadline that each org reads on its own clock is a table.",
    any_of: &[],
    keys: &[
        needed("at", Number(INSTANT), r#""2026-05-04 09:00""#, "when"),
        optional(
            "clock",
            Choice(&["absolute", "org-local"]),
            r#""absolute""#,
            r#""org-local""#,
            "one instant for all, or this local time in each org's own zone",
        ),
    ],
};

/// Of `[words]`.
pub(crate) static WORDS: Section = Section {
    header: "[words]",
    about: "The words of every sentence, table and chart, where the customers are no orgs or do something else than reconnect. `one` and \
            `many` go together, and `act`, `acted` and `acting`.",
    any_of: &[],
    keys: &[
        optional("one", Text, "(org)", r#""workspace""#, "one customer"),
        optional("many", Text, "(orgs)", r#""workspaces""#, "several"),
        optional("act", Text, "(reconnect)", r#""re-authorize""#, "what each must do"),
        optional("acted", Text, "(reconnected)", r#""re-authorized""#, "what it has done then"),
        optional("acting", Text, "(reconnecting)", r#""re-authorizing""#, "what it does meanwhile"),
        optional("action", Text, "(as `acting`)", r#""a re-authorization""#, "one time of it, with its article"),
        optional("failed", Text, "(failed)", r#""locked out""#, "what those are who did not, after \"are\""),
        optional(
            "down",
            Text,
            "(still broken)",
            r#""still locked out""#,
            "what those are who have not recovered, after \"are\"",
        ),
    ],
};

/// Of `columns`.
pub(crate) static COLUMNS: Section = Section {
    header: "columns = { ... }",
    about: "The columns of an inventory by the names that the file has for them, so that an export needs no editing.",
    any_of: &[],
    keys: &[
        optional("org_id", Text, "(org_id)", r#""AccountId""#, "unique, one row an org"),
        optional("orgs", Text, "(orgs)", r#""n""#, "how many like orgs a row stands for, instead of `org_id`"),
        optional(
            "last_refresh_at",
            Either(&[Text, Table(&COLUMN)]),
            "(last_refresh_at)",
            r#""LastUsedDate""#,
            "when the connection last refreshed, at or before `as_of`",
        ),
        optional("time_zone", Text, "(time_zone)", r#""TimeZoneSidKey""#, "a zone of the IANA database"),
        optional("segment", Text, "(segment)", r#""Region""#, "the id of a `[[segment]]`"),
        optional("weight", Text, "(weight)", r#""ARR""#, "what the org weighs: revenue, users"),
        optional(
            "reconnected_at",
            Either(&[Text, Table(&COLUMN)]),
            "(reconnected_at)",
            r#""ReconnectedDate""#,
            "when it was reconnected",
        ),
        optional(
            "failed_at",
            Either(&[Text, Table(&COLUMN)]),
            "(failed_at)",
            r#""FailedDate""#,
            "when it failed, after `as_of`; read by `cutover track`",
        ),
        optional(
            "connected_at",
            Either(&[Text, Table(&COLUMN)]),
            "(connected_at)",
            r#""CreatedDate""#,
            "when the connection was made; read where the plan has policies",
        ),
        optional(
            "place",
            Text,
            "(place)",
            r#""rollout_rank""#,
            "its place in line, 0-1, or its wave, `wave 2`, where an event comes in waves",
        ),
        optional("exempt", Text, "(exempt)", r#""is_exempt""#, "true where no event ever comes into force for it"),
        optional("contact", Text, "(contact)", r#""Owner""#, "whom to call"),
    ],
};

/// Of a column of instants.
pub(crate) static COLUMN: Section = Section {
    header: "columns.last_refresh_at = { ... }",
    about: "A column of times that carry no offset, as spreadsheets write them, needs a zone; one that is not RFC 3339 needs a format.",
    any_of: &[],
    keys: &[
        optional("name", Text, "(as it is called)", r#""Last Used""#, "what the file calls it"),
        optional(
            "zone",
            Zone,
            "(each time has its offset)",
            r#""America/New_York""#,
            "the zone of times without an offset",
        ),
        optional(
            "format",
            Text,
            "(RFC 3339)",
            r#""%m/%d/%Y %H:%M""#,
            "how times are written, in the letters of strftime; or \"epoch seconds\", or \"epoch milliseconds\"",
        ),
    ],
};

/// Of `[population]`.
pub(crate) static POPULATION: Section = Section {
    header: "[population]",
    about: "The orgs, each one a connection, and how long ago they refreshed.",
    any_of: &[&["orgs", "inventory"]],
    keys: &[
        KeyId::Orgs.entry(),
        optional(
            "inventory",
            Path,
            "(none)",
            r#""orgs.csv""#,
            "real orgs, CSV or Parquet, instead of `orgs` and `last_refresh`",
        ),
        optional("columns", Table(&COLUMNS), "(as they are called)", "", "what the inventory calls its columns"),
        optional(
            "duplicates",
            Choice(&DUPLICATES),
            "(a fault)",
            r#""latest""#,
            "which row of an org counts where it has several, by their time",
        ),
        KeyId::AsOf.entry(),
        KeyId::LastRefresh.entry(),
        KeyId::Connected.entry(),
    ],
};

/// Of a segment's `population`.
pub(crate) static SEGMENT_POPULATION: Section = Section {
    header: "population = { ... }",
    about: "",
    any_of: &[],
    keys: &[KeyId::LastRefresh.entry(), KeyId::Connected.entry()],
};

/// Of `[refresh]`.
pub(crate) static REFRESH: Section = Section {
    header: "[refresh]",
    about: "A refresh is where a new policy can break a connection.",
    any_of: &[],
    keys: &[
        KeyId::Interval.entry(),
        optional(
            "heartbeat",
            Table(&HEARTBEAT),
            "{ coverage = 1.0 }",
            "{ coverage = 0.8 }",
            "keeps tokens in use; it refreshes none",
        ),
    ],
};

/// Of `heartbeat`.
pub(crate) static HEARTBEAT: Section =
    Section { header: "heartbeat = { ... }", about: "", any_of: &[], keys: &[KeyId::HeartbeatCoverage.entry()] };

/// Of a `[[checkpoint]]`.
pub(crate) static CHECKPOINT: Section = Section {
    header: "[[checkpoint]]",
    about: "A further instant at which failures are counted, beside the deadline.",
    any_of: &[],
    keys: &[
        optional("id", Text, "(made from `name`)", r#""first-week""#, "how `--set` names it"),
        needed("name", Text, r#""After a week""#, "how people call it"),
        needed("at", Number(INSTANT), r#""2026-05-08 09:00""#, "when; from `as_of` to the horizon"),
        optional(
            "clock",
            Choice(&["absolute", "org-local"]),
            r#""absolute""#,
            r#""org-local""#,
            "whether `at` is one instant, or a local time on each org's own clock",
        ),
        optional("tolerance", Whole(0, MOST_ORGS), "(none)", "50", "how many failed orgs by it the plan can bear"),
    ],
};

/// Of `[guard]`.
pub(crate) static GUARD: Section = Section {
    header: "[guard]",
    about: "Somebody looks at the failures of an event, and stops it.",
    any_of: &[],
    keys: &[
        needed("event", Text, r#""pkce""#, "the id of the event that is watched and stopped"),
        needed(
            "checks",
            Either(&[Moments, Table(&CHECKS)]),
            r#"["2026-05-02 09:00"]"#,
            "when somebody looks: a list of times, or evenly",
        ),
        needed(
            "stop",
            Text,
            r#""failed > 20""#,
            "what stops it: more failures, or a larger share such as `failed > 1 %`",
        ),
        optional("delay", Number(DELAY), r#""0h""#, r#""4h""#, "time from the check to the switch"),
        optional(
            "then",
            Choice(&["halt", "lift"]),
            r#""halt""#,
            r#""lift""#,
            "`halt`: later waves never come; `lift`: it is also taken back",
        ),
    ],
};

/// Of a guard's `checks`, evenly.
pub(crate) static CHECKS: Section = Section {
    header: "checks = { ... }",
    about: "",
    any_of: &[],
    keys: &[
        needed("from", Number(INSTANT), r#""2026-05-02 09:00""#, "the first of them"),
        needed("to", Number(INSTANT), r#""2026-05-04 09:00""#, "none is later"),
        needed("every", Plain(LENGTH), r#""24h""#, "from one to the next"),
    ],
};

/// Of a `[[milestone]]`.
pub(crate) static MILESTONE: Section = Section {
    header: "[[milestone]]",
    about: "A date to be seen on timelines; it changes no number.",
    any_of: &[],
    keys: &[
        optional("id", Text, "(made from `name`)", r#""salesforce""#, "how `--set` names it"),
        needed("name", Text, r#""Salesforce's deadline""#, "how people call it"),
        needed("at", Number(INSTANT), r#""2026-05-11 00:00""#, "when"),
    ],
};

/// Of `[reconnect]`.
pub(crate) static RECONNECT: Section = Section {
    header: "[reconnect]",
    about: "A share of the orgs reconnects within a window, without waiting for a failure.",
    any_of: &[],
    keys: &[
        KeyId::Opens.entry(),
        KeyId::Closes.entry(),
        KeyId::Uptake.entry(),
        Entry {
            holds: Either(&[KeyId::Timing.entry().holds, Table(&TIMING), Table(&TIMING_READINGS)]),
            ..KeyId::Timing.entry()
        },
        KeyId::Correlation.entry(),
    ],
};

/// Of a `timing` that is a table.
pub(crate) static TIMING: Section = Section {
    header: "timing = { ... }",
    about: "",
    any_of: &[&["half_life", "curve"]],
    keys: &[
        Entry { needed: false, default: "(needed without `curve`)", ..KeyId::HalfLife.entry() },
        optional("office_hours", Flag, "false", "true", "whether they act when they are at work"),
        optional("reminders", Tables(&REMINDER), "(none)", "", "each makes a spike that halves every `half_life`"),
        optional(
            "steady",
            Plain(Domain::Factor),
            "0.0",
            "0.5",
            "weight of acting evenly over the window, beside the reminders",
        ),
        optional(
            "curve",
            Either(&[Curve, Path]),
            "(none)",
            r#"[["2026-05-01 13:00", 0.0], ["2026-05-03 24:00", 1.0]]"#,
            "the share that has acted by each time, or a CSV file with the columns `at` and `share`",
        ),
    ],
};

/// Of a `timing` of which it is not known which of several holds.
pub(crate) static TIMING_READINGS: Section = Section {
    header: "timing = { one_of = [...] }",
    about: "It is not known when people act: one of several timings holds, for all of them.",
    any_of: &[],
    keys: &[
        needed(
            "one_of",
            List(&[KeyId::Timing.entry().holds, Table(&TIMING)]),
            r#"["office-hours", { half_life = "10h" }]"#,
            "the timings, of which one holds",
        ),
        optional(
            "weights",
            List(&[Plain(Domain::Factor)]),
            "(all alike)",
            "[3, 1]",
            "how likely each is, in the same order",
        ),
    ],
};

/// One of a timing's `reminders`.
pub(crate) static REMINDER: Section = Section {
    header: "reminders = [{ ... }]",
    about: "",
    any_of: &[],
    keys: &[
        needed("at", Number(INSTANT), r#""2026-05-02 09:00""#, "when it goes out; before the window closes"),
        optional("weight", Number(Domain::Factor), "1.0", "2.0", "how much it moves, beside the others"),
    ],
};

/// Of `[recovery]`.
pub(crate) static RECOVERY: Section = Section {
    header: "[recovery]",
    about: "The admin of a failed org notices, and reconnects.",
    any_of: &[],
    keys: &[
        KeyId::RecoveryAfter.entry(),
        optional("office_hours", Flag, "false", "true", "whether that time runs only as fast as people work"),
    ],
};

/// Of `[human_hours]`.
pub(crate) static HUMAN_HOURS: Section = Section {
    header: "[human_hours]",
    about: "The weights of the hours of a local week, and the days of its weekend. Holidays count as days of the weekend.",
    any_of: &[],
    keys: &[
        optional(
            "weekday",
            Hours,
            r#"{ "09-17" = 1.0, "07-09" = 0.25, "17-21" = 0.25, otherwise = 0.02 }"#,
            r#"{ "08-18" = 1.0 }"#,
            "weights from 0 to 1 of whole hours; `otherwise` (0.02) holds for the rest",
        ),
        optional(
            "weekend",
            Hours,
            r#"{ "08-20" = 0.1, otherwise = 0.02 }"#,
            "{ otherwise = 0.0 }",
            "the same for the weekend and holidays",
        ),
        optional(
            "weekend_days",
            Weekdays,
            "(the country's, else Sat and Sun)",
            r#"["Fri", "Sat"]"#,
            "the days of the weekend",
        ),
    ],
};

/// Of a `[[segment]]`.
pub(crate) static SEGMENT: Section = Section {
    header: "[[segment]]",
    about: "A part of the orgs. What it does not say itself it takes from the scenario; a segment with a `time_zone` or `country` of its \
            own has none of the scenario's holidays.",
    any_of: &[&["id", "name"]],
    keys: &[
        optional("id", Id, "(made from `name`)", r#""emea""#, "how `--set` names it"),
        optional("name", Text, "(the id)", r#""EMEA""#, "how people call it"),
        KeyId::Share.entry(),
        optional("time_zone", Zone, "(the scenario's)", r#""Europe/London""#, "where it lives"),
        optional(
            "country",
            Country,
            "(the scenario's)",
            r#""GB-ENG""#,
            "its public holidays are days off, and its weekend is the weekend",
        ),
        optional("holidays", Dates, "[]", r#"["2026-05-04"]"#, "further days off"),
        optional("working_days", Dates, "[]", r#"["2026-05-04"]"#, "days that are worked all the same"),
        optional("human_hours", Table(&HUMAN_HOURS), "(the scenario's)", "", "when its people work"),
        KeyId::SegmentOrgs.entry(),
        KeyId::UptakeFactor.entry(),
        KeyId::OwnUptake.entry(),
        optional(
            "reconnect",
            Own(&SEGMENT_RECONNECT),
            "(the scenario's)",
            r#"{ opens = "2026-05-01 14:00" }"#,
            "a window of its own",
        ),
        optional(
            "population",
            Own(&SEGMENT_POPULATION),
            "(the scenario's)",
            r#"{ last_refresh = { uniform = ["1h", "700h"] } }"#,
            "its own `last_refresh`",
        ),
        optional(
            "refresh",
            Own(&REFRESH),
            "(the scenario's)",
            r#"{ interval = "700h" }"#,
            "its own values of `[refresh]`",
        ),
        optional(
            "recovery",
            Own(&RECOVERY),
            "(the scenario's)",
            r#"{ after = "12h" }"#,
            "its own values of `[recovery]`",
        ),
        optional(
            "event",
            ByEvent(&OWN_CONTROLS),
            "(the events' numbers)",
            "{ pkce = { reauthorization = { required = 0.9 } } }",
            "its own numbers of an event's controls, by the event's id",
        ),
    ],
};

/// Of a segment's `reconnect`.
pub(crate) static SEGMENT_RECONNECT: Section = Section {
    header: "reconnect = { ... }",
    about: "",
    any_of: &[],
    keys: &[
        Entry { needed: false, ..KeyId::Opens.entry() },
        Entry { needed: false, ..KeyId::Closes.entry() },
        Entry {
            holds: Either(&[KeyId::Timing.entry().holds, Table(&TIMING), Table(&TIMING_READINGS)]),
            ..KeyId::Timing.entry()
        },
        KeyId::Correlation.entry(),
    ],
};

/// Every table of keys, in the order in which a page explains them.
pub(crate) static SECTIONS: [&Section; 30] = [
    &ROOT,
    &DEADLINE,
    &WORDS,
    &POPULATION,
    &COLUMNS,
    &COLUMN,
    &REFRESH,
    &HEARTBEAT,
    &EVENT,
    &WAVE,
    &WAVES,
    &BROWNOUT,
    &REAUTHORIZATION,
    &STEP,
    &STATIC_IP,
    &TOKEN_ROTATION,
    &IDLE_TIMEOUT,
    &LIFETIME,
    &MILESTONE,
    &CHECKPOINT,
    &GUARD,
    &CHECKS,
    &RECONNECT,
    &TIMING,
    &TIMING_READINGS,
    &REMINDER,
    &RECOVERY,
    &HUMAN_HOURS,
    &SEGMENT,
    &OWN_CONTROLS,
];
