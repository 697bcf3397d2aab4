//! The numbers of a plan as an enum: whoever decides something about each of them matches on it, and does not compile before it has an answer.

use super::holds::Entry;
use super::number_key::NumberKey;
use super::numbers;
use crate::plan::Cause;

/// Which number a dotted key is about, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named as the end of its path")]
pub(crate) enum KeyId {
    Deadline,
    Horizon,
    Orgs,
    AsOf,
    LastRefresh,
    Interval,
    HeartbeatCoverage,
    Opens,
    Closes,
    Uptake,
    HalfLife,
    Timing,
    Correlation,
    RecoveryAfter,
    UptakeFactor,
    Share,
    EventAt,
    Required,
    Mismatch,
    LostToken,
    Race,
    IdleAfter,
    IdleRetroactive,
    LifetimeAfter,
    LifetimeRetroactive,
    Grace,
    Warned,
    Nudge,
    Until,
    Connected,
    OwnUptake,
    SegmentOrgs,
}

/// A dotted key taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyParts<'k> {
    /// What it is about.
    pub id: KeyId,
    /// The id of the segment that has it as its own.
    pub segment: Option<&'k str>,
    /// The id of the event that it belongs to.
    pub event: Option<&'k str>,
    /// What follows below it: `uniform.max`; empty of the key itself.
    pub rest: &'k str,
}

impl KeyId {
    /// All of them; of two that begin alike the longer first.
    pub(crate) const ALL: [Self; 32] = [
        Self::Deadline,
        Self::Horizon,
        Self::Orgs,
        Self::AsOf,
        Self::LastRefresh,
        Self::Interval,
        Self::HeartbeatCoverage,
        Self::Opens,
        Self::Closes,
        Self::Uptake,
        Self::HalfLife,
        Self::Timing,
        Self::Correlation,
        Self::RecoveryAfter,
        Self::UptakeFactor,
        Self::Share,
        Self::EventAt,
        Self::Required,
        Self::Mismatch,
        Self::LostToken,
        Self::Race,
        Self::IdleAfter,
        Self::IdleRetroactive,
        Self::LifetimeAfter,
        Self::LifetimeRetroactive,
        Self::Grace,
        Self::Warned,
        Self::Nudge,
        Self::Until,
        Self::Connected,
        Self::OwnUptake,
        Self::SegmentOrgs,
    ];

    /// All that is said of it.
    pub(crate) const fn facts(self) -> NumberKey {
        match self {
            Self::Deadline => numbers::DEADLINE,
            Self::Horizon => numbers::HORIZON,
            Self::Orgs => numbers::ORGS,
            Self::AsOf => numbers::AS_OF,
            Self::LastRefresh => numbers::LAST_REFRESH,
            Self::Interval => numbers::INTERVAL,
            Self::HeartbeatCoverage => numbers::HEARTBEAT_COVERAGE,
            Self::Opens => numbers::OPENS,
            Self::Closes => numbers::CLOSES,
            Self::Uptake => numbers::UPTAKE,
            Self::HalfLife => numbers::HALF_LIFE,
            Self::Timing => numbers::TIMING,
            Self::Correlation => numbers::CORRELATION,
            Self::RecoveryAfter => numbers::RECOVERY_AFTER,
            Self::UptakeFactor => numbers::UPTAKE_FACTOR,
            Self::Share => numbers::SHARE,
            Self::EventAt => numbers::EVENT_AT,
            Self::Required => numbers::REQUIRED,
            Self::Mismatch => numbers::MISMATCH,
            Self::LostToken => numbers::LOST_TOKEN,
            Self::IdleAfter => numbers::IDLE_AFTER,
            Self::IdleRetroactive => numbers::IDLE_RETROACTIVE,
            Self::Race => numbers::RACE,
            Self::LifetimeAfter => numbers::LIFETIME_AFTER,
            Self::LifetimeRetroactive => numbers::LIFETIME_RETROACTIVE,
            Self::Grace => numbers::GRACE,
            Self::Warned => numbers::WARNED,
            Self::Nudge => numbers::NUDGE,
            Self::Until => numbers::UNTIL,
            Self::Connected => numbers::CONNECTED,
            Self::OwnUptake => numbers::OWN_UPTAKE,
            Self::SegmentOrgs => numbers::SEGMENT_ORGS,
        }
    }

    /// Its line in the tables of keys.
    pub(super) const fn entry(self) -> Entry {
        self.facts().entry
    }

    /// The number of a control.
    pub(crate) const fn of_control(control: Cause) -> Self {
        match control {
            Cause::Reauthorization => Self::Required,
            Cause::StaticIp => Self::Mismatch,
            Cause::TokenRotation => Self::LostToken,
            Cause::IdleTimeout => Self::IdleAfter,
            Cause::Lifetime => Self::LifetimeAfter,
        }
    }

    /// Whether the clock of a control counts time from before it; of clocks.
    pub(crate) const fn retroactive_of(control: Cause) -> Self {
        if matches!(control, Cause::Lifetime) { Self::LifetimeRetroactive } else { Self::IdleRetroactive }
    }

    /// Its path below a segment or an event, if it stands in one: `segment.emea` and `refresh.interval`.
    pub(crate) fn below(self, prefix: &str) -> String {
        let path = self.facts().path;
        if prefix.is_empty() { path.to_owned() } else { format!("{prefix}.{path}") }
    }
}

impl<'k> KeyParts<'k> {
    /// Takes a dotted key apart; `None` of one that is not among [`KeyId::ALL`].
    pub(crate) fn of(key: &'k str) -> Option<Self> {
        let below = |key: &'k str, list: &str| key.strip_prefix(list)?.split_once('.');
        let (segment, key) = below(key, "segment.").map_or((None, key), |(id, rest)| (Some(id), rest));
        let (event, key) = below(key, "event.").map_or((None, key), |(id, rest)| (Some(id), rest));
        KeyId::ALL.into_iter().filter(|id| id.facts().scope.is_of_event() == event.is_some()).find_map(|id| {
            let rest = key.strip_prefix(id.facts().path)?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix('.')? };
            Some(Self { id, segment, event, rest })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_path_alone_in_a_segment_and_with_what_follows() {
        for id in KeyId::ALL {
            let event = id.facts().scope.is_of_event().then_some("pkce");
            let path = id.below(event.map_or("", |_| "event.pkce"));
            assert_eq!(KeyParts::of(&path), Some(KeyParts { id, segment: None, event, rest: "" }));
            let own = format!("segment.emea.{path}.uniform.max");
            let want = KeyParts { id, segment: Some("emea"), event, rest: "uniform.max" };
            assert_eq!(KeyParts::of(&own), Some(want), "{own}");
        }
        assert_eq!(KeyParts::of("refresh.intervals"), None);
        assert_eq!(KeyParts::of("title"), None);
    }
}
