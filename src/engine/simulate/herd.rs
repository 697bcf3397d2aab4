//! Orgs followed side by side: one step of all lives is taken before the next. Which way a life goes can't be foreseen, so nothing
//! branches on it: a life that goes on is written behind those that do, one that has ended is not.

use crate::engine::lifecycle::{Connection, Failure, LifeDraws, Rules, either, kinds};
use crate::plan::{Cause, Controls};
use crate::stats::Law;

/// No failure up to the horizon.
pub(super) const NEVER: Failure = Failure { at: f64::INFINITY, cause: Cause::Reauthorization };

/// Orgs that are taken in one go: their columns stay near the processor, and what is done once a block costs little.
pub(super) const BLOCK: usize = 1024;

/// A life that goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    /// The org's place in its herd.
    pub(super) place: u32,
    pub(super) state: Connection,
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
    /// Lives that are being followed.
    pub(super) lives: Box<[Life; ROOM]>,
    /// Those of a list that go on to the next step: places in the herd, or in `lives`.
    pub(super) on: Box<[u32; ROOM]>,
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
}

/// Lives that are followed to their ends, and where the ends are written.
pub(super) struct Lives<'a> {
    /// Number of the segment's first org.
    pub(super) first: u64,
    /// Numbers of the orgs by place, counted from it.
    pub(super) org: &'a [u32; ROOM],
    /// Those that are followed, in front.
    pub(super) lives: &'a mut [Life; ROOM],
    /// Room for the places in `lives` of those that go on.
    pub(super) on: &'a mut [u32; ROOM],
    /// What becomes of the orgs by place: a failure by the horizon, or one at the instant of [`NEVER`].
    pub(super) ends: &'a mut [Failure; ROOM],
}

impl Lives<'_> {
    /// Follows the first `alive` of them.
    #[inline(always)]
    pub(super) fn follow(self, alive: usize, controls: &Controls, interval: &Law, luck: &LifeDraws, horizon: f64) {
        const REAUTHORIZATION: u8 = kinds::REAUTHORIZATION;
        // What is left after a reconnect, as a rule.
        const LATER: u8 = kinds::TOKEN_ROTATION | kinds::IDLE_TIMEOUT;
        let rules = Rules::new(controls);
        match rules.kinds() {
            REAUTHORIZATION => self.follow_by::<REAUTHORIZATION>(alive, rules, interval, luck, horizon),
            kinds if kinds & !LATER == 0 => self.follow_by::<LATER>(alive, rules, interval, luck, horizon),
            _ => self.follow_by::<{ kinds::ALL }>(alive, rules, interval, luck, horizon),
        }
    }

    #[inline(always)]
    fn follow_by<const KINDS: u8>(
        self,
        mut alive: usize,
        rules: Rules,
        interval: &Law,
        luck: &LifeDraws,
        horizon: f64,
    ) {
        let Self { first, org, lives, on, ends } = self;
        let open = KINDS & kinds::REAUTHORIZATION != 0 && rules.passing_is_open();
        let rotates = KINDS & rules.kinds() & kinds::TOKEN_ROTATION != 0;
        for refreshes in 0.. {
            if alive == 0 {
                return;
            }
            let luck = luck.at_refresh(refreshes);
            let mut left = 0;
            for (i, life) in lives[..alive].iter().enumerate() {
                let place = life.place as usize % ROOM;
                let number = first + u64::from(org[place]);
                let next =
                    rules.next::<KINDS>(&life.state, if open { luck.reauthorization.uniform(number) } else { 1.0 });
                let over = next.at > horizon;
                ends[place] = Failure { at: either(next.fails & !over, next.at, NEVER.at), cause: next.cause };
                on[left % ROOM] = i as u32;
                left += usize::from(!(next.fails | over));
            }
            for (i, from) in on[..left].iter().enumerate() {
                let Life { place, state } = lives[*from as usize % ROOM];
                let number = first + u64::from(org[place as usize % ROOM]);
                let kept = if rotates { luck.rotation.uniform(number) } else { 1.0 };
                let state = rules.refreshed(&state, kept, interval.draw(luck.interval, number));
                lives[i] = Life { place, state };
            }
            alive = left;
        }
    }
}
