//! Events as vendors roll them out: in waves, for a while, with brownouts, notices and lifetimes. A segment has these beside its
//! [`Controls`](super::Controls) where its scenario uses any of them; both engines then follow them instead. Times are hours since `as_of`.

use super::controls::Cause;
use crate::stats::Law;

/// What is switched on for the orgs of one segment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policies {
    /// In the order of the file, which decides between two at one instant.
    pub events: Vec<Policy>,
    /// Law of the age of a connection at `as_of`, hours: it is at least that of the last refresh. `None` where it decides nothing.
    pub connected: Option<Law>,
}

/// One event, for the orgs of one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// As people call it.
    pub name: String,
    /// When it comes into force, and for whom; ascending by [`Wave::upto`]. Orgs beyond the last have it never.
    pub waves: Vec<Wave>,
    /// From then on it is in force no longer; infinite where it stays.
    pub until: f64,
    /// Whether orgs that it failed work again at `until`.
    pub heals: bool,
    /// Spans before the instant in which the check is applied for a while, ascending and apart.
    pub brownouts: Vec<[f64; 2]>,
    /// Probability that a disruption leads to a reconnect.
    pub nudge: f64,
    /// A check that asks for a reconnect.
    pub reauthorization: Option<PolicyCheck>,
    /// Share of the orgs that call from another address.
    pub mismatch: Option<f64>,
    /// Each refresh replaces the token.
    pub rotation: Option<Rotation>,
    /// Hours without use, and whether time before the event counts.
    pub idle_timeout: Option<PolicyClock>,
    /// Hours from when the connection was made, and whether time before the event counts.
    pub lifetime: Option<PolicyClock>,
}

/// A share of the orgs for whom an event comes into force at the same instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wave {
    /// When.
    pub at: f64,
    /// Orgs whose place in line, 0-1, is below this and not below that of the wave before.
    pub upto: f64,
}

/// A reauthorization: who is not settled may be refused.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyCheck {
    /// Reconnects from here on settle it; those from its instant on always do. Minus infinity: any.
    pub counts_from: f64,
    /// Whether the check comes at the instant itself, and not at refreshes.
    pub at_once: bool,
    /// Whether every refresh is checked anew until a reconnect settles it.
    pub repeat: bool,
    /// Probability to be refused, from each instant on; ascending. Before the first it is 0.
    pub required: Vec<(f64, f64)>,
    /// Hours from a refusal to the failure; `None` where it fails at once.
    pub grace: Option<f64>,
    /// Share of those on notice who act on it.
    pub warned: f64,
}

/// Each refresh replaces the token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation {
    /// Probability that the new token is lost.
    pub lost_token: f64,
    /// Probability that a refresh collides with another one, and fails.
    pub race: f64,
}

/// A clock that fails a connection when it runs out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyClock {
    /// Hours it runs.
    pub after: f64,
    /// Whether time before the event counts.
    pub retroactive: bool,
}

impl PolicyCheck {
    /// The probability to be refused at an instant.
    ///
    /// ```
    /// use cutover::plan::PolicyCheck;
    ///
    /// let required = vec![(24.0, 0.1), (48.0, 1.0)];
    /// let check = PolicyCheck { counts_from: 24.0, at_once: false, repeat: false, required, grace: None, warned: 0.0 };
    /// assert_eq!([23.0, 24.0, 90.0].map(|at| check.required_at(at)), [0.0, 0.1, 1.0]);
    /// ```
    pub fn required_at(&self, at: f64) -> f64 {
        self.required.iter().rev().find(|(from, _)| *from <= at).map_or(0.0, |(_, is)| *is)
    }
}

impl Policy {
    /// When it comes into force for an org with this place in line; infinite where it never does.
    pub fn at(&self, place: f64) -> f64 {
        self.waves.iter().find(|wave| place < wave.upto).map_or(f64::INFINITY, |wave| wave.at)
    }

    /// What may fail an org by it.
    pub fn causes(&self) -> Vec<Cause> {
        let has = |cause: &Cause| match cause {
            Cause::Reauthorization => self.reauthorization.is_some(),
            Cause::StaticIp => self.mismatch.is_some(),
            Cause::TokenRotation => self.rotation.is_some(),
            Cause::IdleTimeout => self.idle_timeout.is_some(),
            Cause::Lifetime => self.lifetime.is_some(),
        };
        Cause::ALL.into_iter().filter(has).collect()
    }
}

impl Policies {
    /// Spans of the place in line whose orgs have every event at the same instants, each with its middle; ascending, together 0-1.
    pub fn places(&self) -> Vec<(f64, f64)> {
        let mut ends: Vec<f64> =
            self.events.iter().flat_map(|event| event.waves.iter().map(|wave| wave.upto)).collect();
        ends.push(1.0);
        ends.retain(|end| *end > 0.0 && *end <= 1.0);
        ends.sort_by(f64::total_cmp);
        ends.dedup_by(|a, b| *a - *b < 1e-12);
        let begins = std::iter::once(0.0).chain(ends.iter().copied());
        ends.iter().zip(begins).map(|(end, begin)| (end - begin, 0.5 * (begin + end))).collect()
    }

    /// Whether anything disrupts without failing.
    pub fn has_brownouts(&self) -> bool {
        self.events.iter().any(|event| !event.brownouts.is_empty())
    }

    /// Whether a connection may be too old.
    pub fn has_lifetimes(&self) -> bool {
        self.events.iter().any(|event| event.lifetime.is_some())
    }
}

/// A guard: somebody looks at the failures of one event, and stops it.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    /// The place of the event among [`Policies::events`].
    pub event: usize,
    /// When somebody looks; ascending.
    pub checks: Vec<f64>,
    /// More failures than this stop it.
    pub limit: GuardLimit,
    /// Hours from the check to the switch.
    pub delay: f64,
    /// Whether it is also taken back, and who failed by it works again.
    pub lifts: bool,
}

/// How many failures stop a rollout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuardLimit {
    /// More than so many orgs.
    Orgs(f64),
    /// More than this share of the orgs whose instant for the event has come.
    Share(f64),
}

/// A further instant at which failures are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// As people call it.
    pub name: String,
    /// When.
    pub at: super::event::Deadline,
    /// How many failed orgs the plan can bear by it.
    pub tolerance: Option<u64>,
}

/// Where waves of these shares end on the line of all orgs: [`Wave::upto`] of each, in their order.
pub fn wave_ends(shares: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    shares.scan(0.0_f64, |upto, share| {
        *upto = (*upto + share).min(1.0);
        // Shares that add up to 1 but for rounding take everybody.
        Some(if *upto > 1.0 - 1e-9 { 1.0 } else { *upto })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_line_are_cut_where_any_wave_ends() {
        let policy = |upto: &[f64]| Policy {
            name: String::new(),
            waves: upto.iter().enumerate().map(|(i, upto)| Wave { at: i as f64, upto: *upto }).collect(),
            until: f64::INFINITY,
            heals: false,
            brownouts: Vec::new(),
            nudge: 0.0,
            reauthorization: None,
            mismatch: Some(0.1),
            rotation: None,
            idle_timeout: None,
            lifetime: None,
        };
        let policies = Policies { events: vec![policy(&[0.1, 0.6]), policy(&[1.0]), policy(&[0.5])], connected: None };
        let shares: Vec<f64> = policies.places().iter().map(|(share, _)| (share * 10.0).round() / 10.0).collect();
        assert_eq!(shares, [0.1, 0.4, 0.1, 0.4]);
        let at: Vec<f64> = policies.places().iter().map(|(_, place)| policies.events[0].at(*place)).collect();
        assert_eq!(at, [0.0, 1.0, 1.0, f64::INFINITY]);
    }
}
