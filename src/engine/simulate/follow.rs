//! Follows the orgs of one segment through a run: each to its first failure, as it fares when it does not act and when it does.
//! What a plan does not use is left out before the first org is drawn, and an outcome that is certain draws nothing.
//!
//! Orgs are followed side by side, a block at a time, and one step of all lives is taken before the next: which way a life goes can't
//! be foreseen, so nothing branches on it. A life that goes on is written behind those that do, one that has ended is not.

use super::quick::Quick;
use super::ranks::Ranks;
use crate::engine::lifecycle::{Connection, Failure, LifeDraws, Rules, either};
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

/// Orgs that are taken in one go: their columns stay in the nearest cache.
pub(super) const BLOCK: usize = 256;

/// A life that goes on.
#[derive(Debug, Clone, Copy)]
struct Life {
    /// The org's place in its block.
    place: u32,
    state: Connection,
}

/// Most orgs in a herd: those of a block, and fewer than a block that were left over before.
const ROOM: usize = 2 * BLOCK;

/// Orgs that are followed side by side, by place.
#[derive(Debug)]
pub(super) struct Herd {
    /// Number of the segment's first org.
    pub(super) first: u64,
    /// How many there are: the length of all columns.
    pub(super) orgs: usize,
    /// Numbers of the orgs, counted from the first.
    pub(super) org: Box<[u32; ROOM]>,
    /// What becomes of each when it does not act.
    pub(super) alone: Box<[Failure; ROOM]>,
    /// The rank of the first share at which it acts and fares otherwise; the number of shares where there is none.
    pub(super) rank: Box<[u32; ROOM]>,
    /// What becomes of it from that rank on.
    pub(super) acting: Box<[Failure; ROOM]>,
    /// Whether any of them may fail.
    pub(super) acting_fail: bool,
    lives: Box<[Life; ROOM]>,
    /// Which of a list go on to the next step.
    on: Box<[u32; ROOM]>,
}

impl Herd {
    pub(super) fn new() -> Self {
        let state = Connection { last_use: 0.0, next_refresh: 0.0, stale: false, address: 0.0, reprieve: 0.0 };
        Self {
            first: 0,
            orgs: 0,
            org: Box::new([0; ROOM]),
            alone: Box::new([NEVER; ROOM]),
            rank: Box::new([0; ROOM]),
            acting: Box::new([NEVER; ROOM]),
            acting_fail: false,
            lives: Box::new([Life { place: 0, state }; ROOM]),
            on: Box::new([0; ROOM]),
        }
    }

    /// Room for a block of orgs more: their numbers, and what becomes of them when they do not act.
    pub(super) fn room(&mut self) -> (&mut [u32; BLOCK], &mut [Failure; BLOCK]) {
        let room = "a block more than there are";
        (
            self.org[self.orgs..].first_chunk_mut().expect(room),
            self.alone[self.orgs..].first_chunk_mut().expect(room),
        )
    }
}

/// One segment of a plan, made ready to follow its orgs.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    interval: &'a Law,
    timing: Option<&'a ReconnectTiming>,
    orgs: SyntheticOrgs<'a>,
    controls: Controls,
    /// What is left of them after a reconnect, whenever in the window it is.
    after_reconnect: Controls,
    horizon: f64,
    opens: f64,
    /// When every planned reconnect has been; infinite where the window reaches beyond the horizon.
    closes_within: f64,
    /// Whether nothing can fail after a reconnect.
    settled: bool,
    quick: Option<Quick>,
}

impl<'a> Course<'a> {
    /// `first` is the number of the segment's first org in the plan.
    pub(super) fn new(segment: &'a Segment, first: u64, horizon: f64) -> Self {
        let controls = segment.controls.effective(horizon, segment.heartbeat_coverage);
        let timing = segment.timing.as_ref();
        let (opens, closes) = timing.map_or((f64::INFINITY, f64::INFINITY), |t| (t.opens(), t.closes()));
        let rules = Rules::new(&controls);
        let after_reconnect = controls.after_reconnect(opens);
        let orgs = SyntheticOrgs::new(segment, first);
        let only = rules.only_certain_reauthorization();
        Self {
            interval: &segment.interval,
            timing,
            horizon,
            opens,
            closes_within: if closes <= horizon { closes } else { f64::INFINITY },
            settled: Rules::new(&after_reconnect).are_none(),
            quick: only.and_then(|in_force| Quick::new(segment, &orgs, in_force)),
            orgs,
            controls,
            after_reconnect,
        }
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

    /// Follows `orgs` neighbouring orgs from `first` on, as they fare when they do not act.
    #[inline(never)]
    pub(super) fn follow_alone(&self, draws: &RunDraws, first: u64, orgs: usize, herd: &mut Herd) {
        let offset = (first - herd.first) as u32;
        herd.orgs = orgs;
        for (place, (life, org)) in herd.lives[..orgs].iter_mut().zip(&mut *herd.org).enumerate() {
            *org = offset + place as u32;
            let org = self.orgs.draw(&draws.traits, first + place as u64);
            let state = Connection {
                last_use: -org.age,
                next_refresh: org.first_refresh,
                stale: false,
                address: org.address,
                reprieve: org.reprieve,
            };
            *life = Life { place: place as u32, state };
        }
        let Herd { first, org, alone, lives, on, .. } = herd;
        self.follow(&self.controls, &draws.undisturbed, *first, orgs, (lives, on), org, alone);
    }

    /// Follows the orgs of a herd, whose lives alone are known, as they fare when they act: their ranks, and what becomes of them.
    #[inline(never)]
    pub(super) fn follow_acting(&self, draws: &RunDraws, ranks: &Ranks, herd: &mut Herd) {
        let Herd { first, orgs, org, alone, rank, acting, acting_fail, lives, on } = herd;
        let (first, orgs) = (*first, *orgs);
        let nowhere = ranks.len() as u32;
        let Some(timing) = self.timing else {
            rank[..orgs].fill(nowhere);
            *acting_fail = false;
            return;
        };
        let table = ranks.table();
        let mut left = 0;
        for place in 0..orgs {
            let at = alone[place].at;
            let acts_at = table.first_at_or_above(draws.traits.propensity.bits(first + u64::from(org[place]))) as u32;
            // A planned reconnect never comes before the window opens; at the opening itself the order of events decides.
            let may = (acts_at < nowhere) & (at >= self.opens) & !(self.settled & (at == NEVER.at));
            rank[place] = if may { acts_at } else { nowhere };
            on[left] = place as u32;
            // After the window nothing depends on when in it an org reconnected.
            left += usize::from(may & !(self.settled & (at > self.closes_within)));
        }
        let rules = Rules::new(&self.after_reconnect);
        let mut reconnected = 0;
        let interval = draws.after_reconnect.interval.nth(0);
        for place in &on[..left] {
            let number = first + u64::from(org[*place as usize]);
            let planned = timing.quantile(draws.reconnect.uniform(number));
            let void = (planned > self.horizon) | alone[*place as usize].before_reconnect(planned);
            rank[*place as usize] = if void { nowhere } else { rank[*place as usize] };
            if !self.settled {
                let reprieve = self.orgs.reprieve(&draws.traits, number);
                let state = rules.reconnected(planned, reprieve, self.interval.draw(interval, number));
                lives[reconnected] = Life { place: *place, state };
                reconnected += usize::from(!void);
            }
        }
        *acting_fail = reconnected > 0;
        if *acting_fail {
            acting[..orgs].fill(NEVER);
            self.follow(&self.after_reconnect, &draws.after_reconnect, first, reconnected, (lives, on), org, acting);
        }
    }

    #[inline(always)]
    fn follow(
        &self,
        controls: &Controls,
        draws: &LifeDraws,
        first: u64,
        alive: usize,
        room: (&mut [Life; ROOM], &mut [u32; ROOM]),
        org: &[u32; ROOM],
        ends: &mut [Failure; ROOM],
    ) {
        if Rules::new(controls).are_reauthorizations_alone() {
            self.follow_by::<false>(controls, draws, first, alive, room, org, ends);
        } else {
            self.follow_by::<true>(controls, draws, first, alive, room, org, ends);
        }
    }

    /// Follows lives to their ends: a failure by the horizon, or [`NEVER`].
    #[inline(always)]
    fn follow_by<const ALL: bool>(
        &self,
        controls: &Controls,
        draws: &LifeDraws,
        first: u64,
        mut alive: usize,
        (lives, on): (&mut [Life; ROOM], &mut [u32; ROOM]),
        org: &[u32; ROOM],
        ends: &mut [Failure; ROOM],
    ) {
        let rules = Rules::new(controls);
        let (open, rotates) = (rules.passing_is_open(), !controls.token_rotation.is_empty());
        for refreshes in 0.. {
            if alive == 0 {
                return;
            }
            let luck = draws.at_refresh(refreshes);
            let mut left = 0;
            for (i, life) in lives[..alive].iter().enumerate() {
                let place = life.place as usize % ROOM;
                let number = first + u64::from(org[place]);
                let next =
                    rules.next::<ALL>(&life.state, if open { luck.reauthorization.uniform(number) } else { 1.0 });
                let over = next.at > self.horizon;
                ends[place] = Failure { at: either(next.fails & !over, next.at, NEVER.at), cause: next.cause };
                on[left % ROOM] = i as u32;
                left += usize::from(!(next.fails | over));
            }
            for (i, from) in on[..left].iter().enumerate() {
                let Life { place, state } = lives[*from as usize % ROOM];
                let number = first + u64::from(org[place as usize % ROOM]);
                let kept = if ALL && rotates { luck.rotation.uniform(number) } else { 1.0 };
                let state = rules.refreshed(&state, kept, self.interval.draw(luck.interval, number));
                lives[i] = Life { place, state };
            }
            alive = left;
        }
    }
}
