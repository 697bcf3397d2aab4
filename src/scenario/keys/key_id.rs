//! The keys of a plan that stand for one thing each: what a sentence calls them, and what may be searched for or moved, is decided by this
//! enum, so that a new one does not compile before everybody has an answer.

/// What a dotted key is about, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named as the end of its path")]
pub enum KeyId {
    Reading,
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
    IdleAfter,
    IdleRetroactive,
}

/// A dotted key taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyParts<'k> {
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
    pub const ALL: [Self; 23] = [
        Self::Reading,
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
        Self::IdleAfter,
        Self::IdleRetroactive,
    ];

    /// Its path, below the segment and the event that it stands in.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Deadline => "deadline",
            Self::Horizon => "horizon",
            Self::Orgs => "population.orgs",
            Self::AsOf => "population.as_of",
            Self::LastRefresh => "population.last_refresh",
            Self::Interval => "refresh.interval",
            Self::HeartbeatCoverage => "refresh.heartbeat.coverage",
            Self::Opens => "reconnect.opens",
            Self::Closes => "reconnect.closes",
            Self::Uptake => "reconnect.uptake",
            Self::HalfLife => "reconnect.timing.half_life",
            Self::Timing => "reconnect.timing",
            Self::Correlation => "reconnect.correlation",
            Self::RecoveryAfter => "recovery.after",
            Self::UptakeFactor => "uptake_factor",
            Self::Share => "share",
            Self::EventAt => "at",
            Self::Required => "reauthorization.required",
            Self::Mismatch => "static_ip.mismatch",
            Self::LostToken => "token_rotation.lost_token",
            Self::IdleAfter => "idle_timeout.after",
            Self::IdleRetroactive => "idle_timeout.retroactive",
        }
    }

    /// Whether it stands in an event.
    const fn is_of_event(self) -> bool {
        match self {
            Self::EventAt
            | Self::Required
            | Self::Mismatch
            | Self::LostToken
            | Self::IdleAfter
            | Self::IdleRetroactive => true,
            Self::Reading
            | Self::Deadline
            | Self::Horizon
            | Self::Orgs
            | Self::AsOf
            | Self::LastRefresh
            | Self::Interval
            | Self::HeartbeatCoverage
            | Self::Opens
            | Self::Closes
            | Self::Uptake
            | Self::HalfLife
            | Self::Timing
            | Self::Correlation
            | Self::RecoveryAfter
            | Self::UptakeFactor
            | Self::Share => false,
        }
    }
}

impl<'k> KeyParts<'k> {
    /// Takes a dotted key apart; `None` of one that is not among [`KeyId::ALL`].
    pub fn of(key: &'k str) -> Option<Self> {
        let below = |key: &'k str, list: &str| key.strip_prefix(list)?.split_once('.');
        let (segment, key) = below(key, "segment.").map_or((None, key), |(id, rest)| (Some(id), rest));
        let (event, key) = below(key, "event.").map_or((None, key), |(id, rest)| (Some(id), rest));
        KeyId::ALL.into_iter().filter(|id| id.is_of_event() == event.is_some()).find_map(|id| {
            let rest = key.strip_prefix(id.path())?;
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
            let path = if id.is_of_event() { format!("event.pkce.{}", id.path()) } else { id.path().to_owned() };
            let event = id.is_of_event().then_some("pkce");
            assert_eq!(KeyParts::of(&path), Some(KeyParts { id, segment: None, event, rest: "" }));
            let own = format!("segment.emea.{path}.uniform.max");
            let want = KeyParts { id, segment: Some("emea"), event, rest: "uniform.max" };
            assert_eq!(KeyParts::of(&own), Some(want), "{own}");
        }
        assert_eq!(KeyParts::of("refresh.intervals"), None);
        assert_eq!(KeyParts::of("title"), None);
    }
}
