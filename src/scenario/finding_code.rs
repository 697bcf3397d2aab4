//! The codes of findings: every fault and every lint has one, by which people look it up and programs tell it from others.

/// Makes the enum and its texts from one list, so that neither can lack an entry.
macro_rules! codes {
    ($($name:ident => $text:literal,)*) => {
        /// What kind of finding it is.
        #[allow(missing_docs, reason = "each is named as its text")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $($name,)*
        }

        impl FindingCode {
            /// All of them, in the order of their texts.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As reports show it: `unknown-key`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    AnchorCircle => "anchor-circle",
    BadBaseRate => "bad-base-rate",
    BadCell => "bad-cell",
    BadChange => "bad-change",
    BadCsv => "bad-csv",
    BadCurve => "bad-curve",
    BadGuard => "bad-guard",
    BadHistory => "bad-history",
    BadId => "bad-id",
    BadLaw => "bad-law",
    BadObservation => "bad-observation",
    BadOption => "bad-option",
    BadParquet => "bad-parquet",
    BadRow => "bad-row",
    BadRows => "bad-rows",
    BeyondHorizon => "beyond-horizon",
    BothRates => "both-rates",
    BrownoutAtNight => "brownout-at-night",
    BrownoutOrder => "brownout-order",
    CheckpointOrder => "checkpoint-order",
    ClockChange => "clock-change",
    ControlWithoutEffect => "control-without-effect",
    CountryAndZone => "country-and-zone",
    CountsFromOrder => "counts-from-order",
    DamagedFile => "damaged-file",
    DayTwice => "day-twice",
    DeadlineAfterBusiness => "deadline-after-business",
    DeadlineOnDayOff => "deadline-on-day-off",
    DeadlineOrder => "deadline-order",
    DoubleColumn => "double-column",
    DuplicateId => "duplicate-id",
    DuplicateOrgs => "duplicate-orgs",
    EmptyList => "empty-list",
    EmptyText => "empty-text",
    EventBeforeAsOf => "event-before-as-of",
    FixedZone => "fixed-zone",
    FolderInFolder => "folder-in-folder",
    GracePastDeadline => "grace-past-deadline",
    GuardTooLate => "guard-too-late",
    HeartbeatAndInterval => "heartbeat-and-interval",
    HorizonOrder => "horizon-order",
    HoursOverlap => "hours-overlap",
    IdleTimeoutBeforeRefresh => "idle-timeout-before-refresh",
    LocalTime => "local-time",
    MarkerNested => "marker-nested",
    MarkerNotEnded => "marker-not-ended",
    MarkerOpen => "marker-open",
    MarkerStray => "marker-stray",
    MissingColumn => "missing-column",
    MissingKey => "missing-key",
    MoreAfterDeadline => "more-after-deadline",
    NeedsCheck => "needs-check",
    NeedsRecovery => "needs-recovery",
    NeedsReminders => "needs-reminders",
    NeedsUntil => "needs-until",
    NoAges => "no-ages",
    NoControl => "no-control",
    NoHumanHours => "no-human-hours",
    NoInventories => "no-inventories",
    NoInventory => "no-inventory",
    NoOrgs => "no-orgs",
    NoPlan => "no-plan",
    NoScenario => "no-scenario",
    NoShow => "no-show",
    NoSingleInterval => "no-single-interval",
    NotACondition => "not-a-condition",
    NotADate => "not-a-date",
    NotADuration => "not-a-duration",
    NotAFile => "not-a-file",
    NotAFormat => "not-a-format",
    NotALocalTime => "not-a-local-time",
    NotATable => "not-a-table",
    NotATarget => "not-a-target",
    NotATime => "not-a-time",
    NotHours => "not-hours",
    NotShown => "not-shown",
    NotUsed => "not-used",
    NotUtf8 => "not-utf8",
    OptionTwice => "option-twice",
    OrgsAndShares => "orgs-and-shares",
    OutOfRange => "out-of-range",
    Outside => "outside",
    PartsDiffer => "parts-differ",
    PlansLeftOut => "plans-left-out",
    PolicyLateInWeek => "policy-late-in-week",
    ReminderTooLate => "reminder-too-late",
    RepeatAtOnce => "repeat-at-once",
    RowsLeftOut => "rows-left-out",
    ShareSum => "share-sum",
    StepOrder => "step-order",
    StepsBelowAll => "steps-below-all",
    Syntax => "syntax",
    TableWithinLine => "table-within-line",
    TooLarge => "too-large",
    TooMany => "too-many",
    TwoLaws => "two-laws",
    UnknownBaseRate => "unknown-base-rate",
    UnknownChoice => "unknown-choice",
    UnknownControl => "unknown-control",
    UnknownCountry => "unknown-country",
    UnknownId => "unknown-id",
    UnknownKey => "unknown-key",
    UnknownLaw => "unknown-law",
    UnknownLint => "unknown-lint",
    UnknownOption => "unknown-option",
    UnknownRate => "unknown-rate",
    UnknownShow => "unknown-show",
    UnknownZone => "unknown-zone",
    UnquotedPath => "unquoted-path",
    UnreachableAges => "unreachable-ages",
    UnreadableFile => "unreadable-file",
    UntilOrder => "until-order",
    UptakeNeverReached => "uptake-never-reached",
    WaveShares => "wave-shares",
    WavesBelowAll => "waves-below-all",
    WeightsTooLarge => "weights-too-large",
    WhichRate => "which-rate",
    WindowAfterDeadline => "window-after-deadline",
    WindowBeforePolicy => "window-before-policy",
    WindowOffHours => "window-off-hours",
    WindowOrder => "window-order",
    WindowUnder72Hours => "window-under-72-hours",
    WorkingDayAlready => "working-day-already",
    WrongType => "wrong-type",
}

impl std::fmt::Display for FindingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_of_its_own() {
        let texts: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:?}");
        assert!(
            texts.iter().all(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
    }
}
