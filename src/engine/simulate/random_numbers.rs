//! All random numbers of one run, by what they decide.

use crate::population::synthetic::TraitRng;
use crate::stats::stream::CounterRng;

/// The generators of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunRng {
    pub(super) traits: TraitRng,
    pub(super) without_reconnect: LifeRng,
    pub(super) after_reconnect: LifeRng,
    pub(super) reconnect: CounterRng,
    pub(super) recovery: CounterRng,
}

impl RunRng {
    pub(super) fn new(seed: u64, run: u64) -> Self {
        Self {
            traits: TraitRng::new(seed, run),
            without_reconnect: LifeRng::without_reconnect(seed, run),
            after_reconnect: LifeRng::after_reconnect(seed, run),
            reconnect: CounterRng::new(seed, run, "reconnect"),
            recovery: CounterRng::new(seed, run, "recovery"),
        }
    }
}

/// The generators of the processes that draw again and again over a life, in one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct LifeRng {
    /// Intervals, by the number of uses of the connection so far: the first that is drawn is the 0th after a reconnect, and the 1st
    /// at the first refresh.
    pub(super) interval: CounterRng,
    /// Passing reauthorizations, by the number of refreshes before.
    pub(super) reauthorization: CounterRng,
    /// Keeping the new token, by the number of refreshes before.
    pub(super) rotation: CounterRng,
    /// Hours since the last refresh, and until the next, when the first control comes into force: where refreshes before are taken in one go.
    pub(super) residual: [CounterRng; 2],
}

impl LifeRng {
    /// Without a proactive reconnect.
    pub(super) fn without_reconnect(seed: u64, run: u64) -> Self {
        Self {
            interval: CounterRng::new(seed, run, "interval"),
            reauthorization: CounterRng::new(seed, run, "reauthorization"),
            rotation: CounterRng::new(seed, run, "rotation"),
            residual: ["hours since the last refresh", "hours until the next refresh"]
                .map(|name| CounterRng::new(seed, run, name)),
        }
    }

    /// From a proactive reconnect on; what came before stays as it was.
    pub(super) fn after_reconnect(seed: u64, run: u64) -> Self {
        Self {
            interval: CounterRng::new(seed, run, "interval after reconnect"),
            reauthorization: CounterRng::new(seed, run, "reauthorization after reconnect"),
            rotation: CounterRng::new(seed, run, "rotation after reconnect"),
            residual: ["hours since the last refresh after reconnect", "hours until the next refresh after reconnect"]
                .map(|name| CounterRng::new(seed, run, name)),
        }
    }

    /// At the `n`th refresh, counted from 0.
    #[inline]
    pub(super) fn at_refresh(&self, n: u64) -> Self {
        Self {
            interval: self.interval.nth(n + 1),
            reauthorization: self.reauthorization.nth(n),
            rotation: self.rotation.nth(n),
            residual: self.residual,
        }
    }
}
