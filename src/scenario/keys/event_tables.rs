//! The keys of an `[[event]]`: its instant, waves and brownouts, and the controls that it switches on.

use super::holds::Holds::{Choice, Either, Flag, Id, Number, Own, Plain, Table, Tables, Text, Whole};
use super::holds::{Entry, Section, needed, optional};
use super::key_id::KeyId;
use crate::plan::Cause;
use crate::plan::zone::Tz;
use crate::scenario::domain::Domain;

const INSTANT: Domain = Domain::Instant(Tz::UTC);

/// Of an `[[event]]`.
pub(crate) static EVENT: Section = Section {
    header: "[[event]]",
    about: "Something is switched on: at least one of the five controls, each in force from `at` on. A later control of the same kind \
            replaces the earlier, but every reauthorization must be passed.",
    any_of: &[
        &["id", "name"],
        &["at", "waves"],
        &["token_rotation", "static_ip", "idle_timeout", "reauthorization", "lifetime"],
    ],
    keys: &[
        optional(
            "id",
            Id,
            "(made from `name`)",
            r#""pkce""#,
            "how `--set` and segments name it: letters, digits, - and _",
        ),
        optional("name", Text, "(the id)", r#""PKCE""#, "how people call it"),
        Entry { needed: false, default: "(needed without `waves`)", ..KeyId::EventAt.entry() },
        optional(
            "waves",
            Either(&[Tables(&WAVE), Table(&WAVES)]),
            "(all at `at`)",
            "",
            "in place of `at`: shares of the orgs, each with its instant",
        ),
        KeyId::Until.entry(),
        optional("heals", Flag, "false", "", "whether orgs that it failed work again at `until`"),
        optional(
            "brownouts",
            Tables(&BROWNOUT),
            "(none)",
            "",
            "spans before the instant in which the check is applied for a while",
        ),
        KeyId::Nudge.entry(),
        optional(
            "token_rotation",
            Table(&TOKEN_ROTATION),
            "(off)",
            "{ lost_token = 0.01 }",
            "each refresh replaces the token; a lost one fails at the next refresh",
        ),
        optional(
            "static_ip",
            Table(&STATIC_IP),
            "(off)",
            "{ mismatch = 0.02 }",
            "a refresh from another address than the one connected from fails",
        ),
        optional(
            "idle_timeout",
            Table(&IDLE_TIMEOUT),
            "(off)",
            r#"{ after = "30d" }"#,
            "a token unused for so long stops working",
        ),
        optional(
            "reauthorization",
            Table(&REAUTHORIZATION),
            "(off)",
            "{ required = 1.0 }",
            "a connection made before it must be made anew at its next refresh",
        ),
        optional(
            "lifetime",
            Table(&LIFETIME),
            "(off)",
            r#"{ after = "90d" }"#,
            "a connection lives so long, however often it is refreshed",
        ),
    ],
};

/// One of an event's `waves`.
pub(crate) static WAVE: Section = Section {
    header: "waves = [{ ... }]",
    about: "Each org has one lasting place in line, the same for all events, and belongs to the first wave whose shares add up beyond it. Orgs that \
            no wave takes have the event never.",
    any_of: &[],
    keys: &[
        needed("at", Number(INSTANT), r#""2026-05-08 12:00""#, "when it comes into force for them"),
        needed("share", Plain(Domain::Rate), "0.1", "share of the orgs of each segment"),
    ],
};

/// An event's `waves`, evenly.
pub(crate) static WAVES: Section = Section {
    header: "waves = { ... }",
    about: "Equal waves, evenly spaced.",
    any_of: &[],
    keys: &[
        needed("from", Number(INSTANT), r#""2026-05-01 12:00""#, "the first of them"),
        needed("to", Number(INSTANT), r#""2026-05-08 12:00""#, "the last of them"),
        needed("count", Whole(1, MOST_WAVES), "4", "how many there are"),
    ],
};

/// Waves of an event, and steps and brownouts.
pub(crate) const MOST_WAVES: u64 = 1_000;

/// One of an event's `brownouts`.
pub(crate) static BROWNOUT: Section = Section {
    header: "brownouts = [{ ... }]",
    about: "A warning: the check of the event's reauthorization is applied for some hours. It disrupts, and fails nobody.",
    any_of: &[],
    keys: &[
        needed("from", Number(INSTANT), r#""2026-04-28 12:00""#, "when it begins"),
        needed("to", Number(INSTANT), r#""2026-04-28 18:00""#, "when it ends"),
    ],
};

/// A step of `required`.
pub(crate) static STEP: Section = Section {
    header: "required = [{ ... }]",
    about: "The chance in steps: each holds from its instant on; before the first it is 0.",
    any_of: &[],
    keys: &[
        needed("from", Number(INSTANT), r#""2026-05-01 12:00""#, "from when"),
        needed("is", Number(Domain::Rate), "0.1", "the chance then"),
    ],
};

/// Of `lifetime`.
pub(crate) static LIFETIME: Section = Section {
    header: "lifetime = { ... }",
    about: "",
    any_of: &[],
    keys: &[KeyId::LifetimeAfter.entry(), KeyId::LifetimeRetroactive.entry()],
};

/// Of `token_rotation`.
pub(crate) static TOKEN_ROTATION: Section = Section {
    header: "token_rotation = { ... }",
    about: "",
    any_of: &[],
    keys: &[KeyId::LostToken.entry(), KeyId::Race.entry()],
};

/// Of `static_ip`.
pub(crate) static STATIC_IP: Section =
    Section { header: "static_ip = { ... }", about: "", any_of: &[], keys: &[KeyId::Mismatch.entry()] };

/// Of `idle_timeout`.
pub(crate) static IDLE_TIMEOUT: Section = Section {
    header: "idle_timeout = { ... }",
    about: "",
    any_of: &[],
    keys: &[KeyId::IdleAfter.entry(), KeyId::IdleRetroactive.entry()],
};

/// Of `reauthorization`.
pub(crate) static REAUTHORIZATION: Section = Section {
    header: "reauthorization = { ... }",
    about: "A reconnect settles it. Whoever is not settled is checked: at the first refresh from the instant on, or at the instant itself.",
    any_of: &[],
    keys: &[
        Entry { holds: Either(&[KeyId::Required.entry().holds, Tables(&STEP)]), ..KeyId::Required.entry() },
        optional(
            "counts_from",
            Either(&[Choice(&["always"]), Number(INSTANT)]),
            "(the instant)",
            r#""always""#,
            "from when a reconnect settles it, also before the instant",
        ),
        optional(
            "bites",
            Choice(&["refresh", "at-once"]),
            r#""refresh""#,
            r#""at-once""#,
            "whether the check comes at the next refresh, or at the instant",
        ),
        optional("repeat", Flag, "false", "true", "whether every refresh is checked anew, until a reconnect"),
        KeyId::Grace.entry(),
        KeyId::Warned.entry(),
    ],
};

/// Of a segment's own `reauthorization`.
static OWN_REAUTHORIZATION: Section = Section {
    header: "event.ID.reauthorization = { ... }",
    about: "",
    any_of: &[],
    keys: &[
        Entry { holds: Either(&[KeyId::Required.entry().holds, Tables(&STEP)]), ..KeyId::Required.entry() },
        KeyId::Grace.entry(),
        KeyId::Warned.entry(),
    ],
};

/// The tables of an event's controls, in the order of [`Cause::ALL`].
pub(crate) static CONTROLS: [&Section; 5] = [&REAUTHORIZATION, &STATIC_IP, &TOKEN_ROTATION, &IDLE_TIMEOUT, &LIFETIME];

/// The table of a control.
pub(crate) fn of_control(cause: Cause) -> &'static Section {
    CONTROLS[cause.index()]
}

/// Of a segment's `event.ID`: numbers of its own for the controls that the event switches on.
pub(crate) static OWN_CONTROLS: Section = Section {
    header: "event.ID = { ... }",
    about: "In a segment: numbers of its own for the controls that the event `ID` switches on.",
    any_of: &[],
    keys: &[
        optional(
            "at",
            Either(&[Choice(&["never"]), Number(INSTANT)]),
            "(the event's)",
            r#""never""#,
            "its own instant, or never",
        ),
        KeyId::Nudge.entry(),
        optional(
            "token_rotation",
            Own(&TOKEN_ROTATION),
            "(the event's)",
            "{ lost_token = 0.01 }",
            "its own numbers of this control",
        ),
        optional(
            "static_ip",
            Own(&STATIC_IP),
            "(the event's)",
            "{ mismatch = 0.02 }",
            "its own numbers of this control",
        ),
        optional(
            "idle_timeout",
            Own(&IDLE_TIMEOUT),
            "(the event's)",
            r#"{ after = "30d" }"#,
            "its own numbers of this control",
        ),
        optional(
            "reauthorization",
            Own(&OWN_REAUTHORIZATION),
            "(the event's)",
            "{ required = 0.9 }",
            "its own numbers of this control",
        ),
        optional(
            "lifetime",
            Own(&LIFETIME),
            "(the event's)",
            r#"{ after = "60d" }"#,
            "its own numbers of this control",
        ),
    ],
};
