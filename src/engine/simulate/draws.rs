//! All random numbers of one run, by what they decide.

use crate::engine::lifecycle::LifeDraws;
use crate::population::synthetic::TraitDraws;
use crate::stats::stream::Draws;

/// All luck of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunDraws {
    pub(super) traits: TraitDraws,
    pub(super) undisturbed: LifeDraws,
    pub(super) after_reconnect: LifeDraws,
    pub(super) reconnect: Draws,
    pub(super) recovery: Draws,
}

impl RunDraws {
    pub(super) fn new(seed: u64, run: u64) -> Self {
        Self {
            traits: TraitDraws::new(seed, run),
            undisturbed: LifeDraws::undisturbed(seed, run),
            after_reconnect: LifeDraws::after_reconnect(seed, run),
            reconnect: Draws::new(seed, run, "reconnect"),
            recovery: Draws::new(seed, run, "recovery"),
        }
    }
}
