//! What a rollout switches on, and the causes of failure that come of it.

use crate::stats::Law;

/// Why an org's connection failed. The order is that of the rules; results list causes in it.
///
/// ```
/// use cutover::plan::Cause;
///
/// assert_eq!(Cause::ALL.map(Cause::key), ["reauthorization", "static_ip", "token_rotation", "idle_timeout", "lifetime"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A reauthorization (PKCE) required a reconnect at a refresh.
    Reauthorization,
    /// The static-IP rule met calls from another address at a refresh.
    StaticIp,
    /// The token held was stale: the one that replaced it had been lost.
    TokenRotation,
    /// The token went unused for longer than the timeout allows.
    IdleTimeout,
    /// The connection was made longer ago than it may live.
    Lifetime,
}

impl Cause {
    /// All causes, in their fixed order.
    pub const ALL: [Self; 5] =
        [Self::Reauthorization, Self::StaticIp, Self::TokenRotation, Self::IdleTimeout, Self::Lifetime];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Its place in [`Cause::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reauthorization => "reauthorization",
            Self::StaticIp => "static_ip",
            Self::TokenRotation => "token_rotation",
            Self::IdleTimeout => "idle_timeout",
            Self::Lifetime => "lifetime",
        }
    }

    /// In words, within a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reauthorization => "reauthorization required",
            Self::StaticIp => "static IP mismatch",
            Self::TokenRotation => "lost rotated token",
            Self::IdleTimeout => "idle timeout",
            Self::Lifetime => "lifetime over",
        }
    }

    /// Whether its control is a clock, which may count time from before the switch-on.
    pub const fn is_clock(self) -> bool {
        match self {
            Self::IdleTimeout | Self::Lifetime => true,
            Self::Reauthorization | Self::StaticIp | Self::TokenRotation => false,
        }
    }
}

/// From `at` (hours since `as_of`) on, a new token is lost with this probability at each refresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenRotation {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Probability per refresh.
    pub lost_token: f64,
}

/// From `at` on, a refresh from another address than the one connected from fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaticIp {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Share of the orgs whose address differs.
    pub mismatch: f64,
}

/// From `at` on, a token unused for `after` hours stops working.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IdleTimeout {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Hours without use.
    pub after: f64,
    /// Whether time unused before `at` counts.
    pub retroactive: bool,
}

/// From `at` on, a connection established before needs to be re-established at its next refresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reauthorization {
    /// Hours since `as_of`; may be negative.
    pub at: f64,
    /// Probability that the refresh fails.
    pub required: f64,
}

/// Everything that is switched on, by kind, each ascending by `at`. A later entry replaces the earlier of its kind, except
/// reauthorizations: each must be passed.
///
/// ```
/// use cutover::plan::{Controls, Reauthorization};
///
/// let controls = Controls { reauthorization: vec![Reauthorization { at: 168.0, required: 1.0 }], ..Controls::default() };
/// assert_eq!(controls.first_in_force(), 168.0);
/// // Who reconnects after it has it behind.
/// assert!(controls.after_reconnect(169.0).is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Controls {
    /// Token rotation.
    pub token_rotation: Vec<TokenRotation>,
    /// Static IP.
    pub static_ip: Vec<StaticIp>,
    /// Idle timeout.
    pub idle_timeout: Vec<IdleTimeout>,
    /// Reauthorizations.
    pub reauthorization: Vec<Reauthorization>,
}

impl Controls {
    /// Adds the control of a cause from `at` (hours) on, with its number; `retroactive` is for clocks. They stay ascending by `at`, those of one
    /// instant in the order in which they were added.
    pub fn switch_on(&mut self, cause: Cause, at: f64, number: f64, retroactive: bool) {
        match cause {
            Cause::TokenRotation => {
                self.token_rotation.push(TokenRotation { at, lost_token: number });
                self.token_rotation.sort_by(|a, b| a.at.total_cmp(&b.at));
            }
            Cause::StaticIp => {
                self.static_ip.push(StaticIp { at, mismatch: number });
                self.static_ip.sort_by(|a, b| a.at.total_cmp(&b.at));
            }
            Cause::IdleTimeout => {
                self.idle_timeout.push(IdleTimeout { at, after: number, retroactive });
                self.idle_timeout.sort_by(|a, b| a.at.total_cmp(&b.at));
            }
            Cause::Reauthorization => {
                self.reauthorization.push(Reauthorization { at, required: number });
                self.reauthorization.sort_by(|a, b| a.at.total_cmp(&b.at));
            }
            // Only plans with policies have lifetimes, which follow those instead.
            Cause::Lifetime => {}
        }
    }

    /// Whether the control of a cause that is switched on at `at` can change how any org fares: its number, or one that it replaces, is not
    /// nought. A timeout does where the heartbeat does not reach all, and an interval may be longer.
    pub fn acts(&self, cause: Cause, at: f64, coverage: f64, interval: &Law) -> bool {
        fn any<C>(all: &[C], at: f64, since: impl Fn(&C) -> f64, hits: impl Fn(&C) -> bool) -> bool {
            all.iter().any(|c| since(c) == at) && all.iter().any(|c| since(c) <= at && hits(c))
        }
        match cause {
            Cause::Reauthorization => self.reauthorization.iter().any(|c| c.at == at && c.required > 0.0),
            Cause::StaticIp => any(&self.static_ip, at, |c| c.at, |c| c.mismatch > 0.0),
            Cause::TokenRotation => any(&self.token_rotation, at, |c| c.at, |c| c.lost_token > 0.0),
            Cause::IdleTimeout => {
                coverage < 1.0 && any(&self.idle_timeout, at, |c| c.at, |c| interval.sf(c.after) > 0.0)
            }
            Cause::Lifetime => true,
        }
    }

    /// Those that can change an org's life before `until` (hours): the others are as good as not there. `coverage` is the share
    /// that the heartbeat keeps in use.
    pub fn effective(&self, until: f64, coverage: f64) -> Self {
        let mut effective = self.clone();
        if self.token_rotation.iter().all(|e| e.lost_token == 0.0 || e.at > until) {
            effective.token_rotation.clear();
        }
        if self.static_ip.iter().all(|e| e.mismatch == 0.0 || e.at > until) {
            effective.static_ip.clear();
        }
        if coverage >= 1.0 || self.idle_timeout.iter().all(|e| e.at > until) {
            effective.idle_timeout.clear();
        }
        effective.reauthorization.retain(|e| e.required > 0.0 && e.at <= until);
        effective
    }

    /// Whether nothing is switched on, so that no org can fail.
    pub const fn is_empty(&self) -> bool {
        let Self { token_rotation, static_ip, idle_timeout, reauthorization } = self;
        token_rotation.is_empty() && static_ip.is_empty() && idle_timeout.is_empty() && reauthorization.is_empty()
    }

    /// Hours: the first of them comes into force; without end where there is none.
    pub fn first_in_force(&self) -> f64 {
        let reauthorizations = self.reauthorization.iter().map(|e| e.at);
        let others = self.static_ip.iter().map(|e| e.at).chain(self.token_rotation.iter().map(|e| e.at));
        let idle = self.idle_timeout.iter().map(|e| e.at);
        reauthorizations.chain(others).chain(idle).fold(f64::INFINITY, f64::min)
    }

    /// Those that can still meet an org that reconnects at `opens` or later: its address matches then, and the reauthorizations before
    /// are behind it.
    pub fn after_reconnect(&self, opens: f64) -> Self {
        let mut left = self.clone();
        left.static_ip.clear();
        left.reauthorization.retain(|e| e.at > opens);
        left
    }
}
