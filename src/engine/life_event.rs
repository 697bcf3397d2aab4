//! What can happen to a connection, and what of it comes first at one instant.

use super::broken_rules::{BrokenRule, unless_broken};
use crate::plan::Cause;

/// What can happen to a connection. At the same instant the first of these comes first.
///
/// ```
/// use cutover::engine::rules::{LifeEvent, comes_first};
///
/// // A refresh uses the token at the very instant at which it would time out.
/// assert!(comes_first((5.0, LifeEvent::Refresh), (5.0, LifeEvent::IdleTimeout)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifeEvent {
    /// It is refreshed, which may fail.
    Refresh,
    /// The org reconnects, as it planned.
    Reconnect,
    /// Because it was put on notice.
    NoticeReconnect,
    /// Because it was disrupted.
    NudgeReconnect,
    /// The time after a notice is over.
    GraceEnd,
    /// A reauthorization is checked at its instant.
    CheckAtOnce,
    /// A brownout of such a reauthorization begins.
    BrownoutBegin,
    /// Its connection was made too long ago.
    Lifetime,
    /// Its token has gone unused for too long.
    IdleTimeout,
}

impl LifeEvent {
    /// The event at which a failure from this cause shows.
    #[inline(always)]
    pub const fn of(cause: Cause) -> Self {
        match cause {
            Cause::Reauthorization | Cause::StaticIp | Cause::TokenRotation => Self::Refresh,
            Cause::IdleTimeout => Self::IdleTimeout,
            Cause::Lifetime => Self::Lifetime,
        }
    }
}

/// Whether the event `a` at one instant comes before `b` at another: the earlier one does, at the same instant by the order of
/// [`LifeEvent`].
#[inline(always)]
pub fn comes_first((a_at, a): (f64, LifeEvent), (b_at, b): (f64, LifeEvent)) -> bool {
    let in_order = unless_broken(BrokenRule::OrderAtOneInstant, a < b, a > b);
    (a_at < b_at) | ((a_at == b_at) & in_order)
}
