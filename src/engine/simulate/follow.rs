//! Follows the orgs of one segment through a run: each to its first failure, as it fares when it does not act and when it does.
//! What a plan does not use is left out before the first org is drawn, and an outcome that is certain draws nothing.

use super::quick::Quick;
use super::ranks::Ranks;
use crate::engine::lifecycle::{Connection, Failure, LifeDraws, Luck, Rules};
use crate::plan::{Cause, Controls, ReconnectTiming, Segment};
use crate::population::synthetic::{SyntheticOrgs, TraitDraws};
use crate::stats::Law;
use crate::stats::stream::Draws;

/// All luck of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunDraws {
    pub(super) traits: TraitDraws,
    undisturbed: LifeDraws,
    after_reconnect: LifeDraws,
    reconnect: Draws,
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

/// No failure up to the horizon.
pub(super) const NEVER: Failure = Failure { at: f64::INFINITY, cause: Cause::Reauthorization };

/// One segment of a plan, made ready to follow its orgs.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    interval: &'a Law,
    timing: Option<&'a ReconnectTiming>,
    orgs: SyntheticOrgs<'a>,
    controls: Controls,
    horizon: f64,
    opens: f64,
    /// When every planned reconnect has been; infinite where the window reaches beyond the horizon.
    closes_within: f64,
    /// Whether nothing can fail after a reconnect, whenever in the window it is.
    settled: bool,
    reauthorizations_alone: bool,
    quick: Option<Quick>,
}

impl<'a> Course<'a> {
    /// `first` is the number of the segment's first org in the plan.
    pub(super) fn new(segment: &'a Segment, first: u64, horizon: f64) -> Self {
        let controls = segment.controls.effective(horizon, segment.heartbeat_coverage);
        let timing = segment.timing.as_ref();
        let (opens, closes) = timing.map_or((f64::INFINITY, f64::INFINITY), |t| (t.opens(), t.closes()));
        let rules = Rules::new(&controls, &segment.interval);
        let settled = rules.are_settled_from(opens);
        let orgs = SyntheticOrgs::new(segment, first);
        let only = rules.only_certain_reauthorization();
        Self {
            interval: &segment.interval,
            timing,
            horizon,
            opens,
            closes_within: if closes <= horizon { closes } else { f64::INFINITY },
            settled,
            reauthorizations_alone: rules.are_reauthorizations_alone(),
            quick: only.and_then(|in_force| Quick::new(segment, &orgs, in_force)),
            orgs,
            controls,
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules::new(&self.controls, self.interval)
    }

    /// What becomes of an org when it does not act; [`NEVER`] when nothing does.
    #[inline(always)]
    pub(super) fn alone(&self, draws: &RunDraws, org: u64) -> Failure {
        self.unless_reconnected(draws, org).unwrap_or(NEVER)
    }

    /// The plan's short cut, where it is of that kind.
    pub(super) fn quick(&self) -> Option<Quick> {
        self.quick
    }

    pub(super) fn horizon(&self) -> f64 {
        self.horizon
    }

    /// The instant after which no failure makes a difference but by its cause and the share that acts: the window has closed, and
    /// who reconnected is settled. Infinite where reconnected orgs may fail.
    pub(super) fn late(&self) -> f64 {
        if self.timing.is_none() {
            f64::NEG_INFINITY
        } else if self.settled {
            self.closes_within
        } else {
            f64::INFINITY
        }
    }

    /// What becomes of an org when it acts, where that is something else than what becomes of it `alone`; with the rank of the
    /// first share at which it acts.
    #[inline(always)]
    pub(super) fn part(&self, draws: &RunDraws, ranks: &Ranks, org: u64, alone: Failure) -> Option<(usize, Failure)> {
        // A planned reconnect never comes before the window opens; at the opening itself the order of events decides.
        let timing = self.timing.filter(|_| alone.at >= self.opens)?;
        if self.settled && alone.at == NEVER.at {
            return None;
        }
        let rank = ranks.table().first_at_or_above(draws.traits.propensity.bits(org));
        if rank == ranks.len() {
            return None;
        }
        if self.settled && alone.at > self.closes_within {
            return Some((rank, NEVER));
        }
        self.part_in_window(draws, timing, org, alone).map(|acting| (rank, acting))
    }

    fn part_in_window(&self, draws: &RunDraws, timing: &ReconnectTiming, org: u64, alone: Failure) -> Option<Failure> {
        let planned = timing.quantile(draws.reconnect.uniform(org));
        if planned > self.horizon || alone.before_reconnect(planned) {
            return None;
        }
        Some(if self.settled { NEVER } else { self.after_reconnect(draws, planned, org).unwrap_or(NEVER) })
    }

    #[inline(always)]
    fn unless_reconnected(&self, draws: &RunDraws, number: u64) -> Option<Failure> {
        let org = self.orgs.draw(&draws.traits, number);
        let state = Connection {
            last_use: -org.age,
            next_refresh: org.first_refresh,
            stale: false,
            address: org.address,
            kept_in_use: org.kept_in_use,
        };
        self.first_failure(state, &mut draws.undisturbed.of(number))
    }

    fn after_reconnect(&self, draws: &RunDraws, planned: f64, number: u64) -> Option<Failure> {
        let mut luck = draws.after_reconnect.of(number);
        let kept_in_use = self.orgs.is_kept_in_use(&draws.traits, number);
        let state = self.rules().reconnected(planned, kept_in_use, &mut luck);
        self.first_failure(state, &mut luck)
    }

    #[inline(always)]
    fn first_failure(&self, state: Connection, luck: &mut Luck) -> Option<Failure> {
        if self.reauthorizations_alone {
            self.rules().first_failure::<false>(state, self.horizon, luck)
        } else {
            self.rules().first_failure::<true>(state, self.horizon, luck)
        }
    }
}
