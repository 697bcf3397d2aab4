//! A batch of orgs as columns (structure of arrays): one step is taken for all of them before the next. Nothing branches on how a step
//! ends: an org that goes on is written behind those that do, one whose life has ended is not.

use super::step::{OrgState, StepRules, either, kinds};
use crate::engine::rules::Failure;
use crate::engine::simulate::random_numbers::LifeRng;
use crate::plan::{Cause, Controls};
use crate::stats::Law;

/// No failure up to the horizon.
pub(crate) const NEVER: Failure = Failure { at: f64::INFINITY, cause: Cause::Reauthorization };

/// Orgs that are taken in one go: their columns stay near the processor, and what is done once a block costs little.
pub(crate) const BLOCK: usize = 1024;

/// An org whose life goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActiveOrg {
    /// The org's place in the batch.
    pub(crate) place: u32,
    pub(crate) state: OrgState,
}

/// Most orgs in a batch: those of a block, and fewer than a block that were left over before.
const ROOM: usize = 2 * BLOCK;

/// Orgs that are followed together, by place.
#[derive(Debug)]
pub(crate) struct OrgBatch {
    /// Number of the segment's first org.
    pub(crate) first: u64,
    /// How many there are: the length of all columns.
    pub(crate) orgs: usize,
    /// Numbers of the orgs, counted from the first.
    pub(crate) org: Box<[u32; ROOM]>,
    /// What becomes of each without a reconnect.
    pub(crate) without: Box<[Failure; ROOM]>,
    /// The rank of the first share at which it acts and that changes its outcome; the number of shares where there is none.
    pub(crate) rank: Box<[u32; ROOM]>,
    /// What becomes of it from that rank on, with a reconnect.
    pub(crate) with: Box<[Failure; ROOM]>,
    /// Whether any of those may be a failure.
    pub(crate) with_fail: bool,
    /// Orgs that are being followed.
    pub(crate) active: Box<[ActiveOrg; ROOM]>,
    /// Those of a list that go on to the next step: places in the batch, or in `active`.
    pub(crate) on: Box<[u32; ROOM]>,
}

impl OrgBatch {
    pub(crate) fn new() -> Self {
        let state = OrgState { last_use: 0.0, next_refresh: 0.0, stale: false, address: 0.0, timeout_offset: 0.0 };
        Self {
            first: 0,
            orgs: 0,
            org: Box::new([0; ROOM]),
            without: Box::new([NEVER; ROOM]),
            rank: Box::new([0; ROOM]),
            with: Box::new([NEVER; ROOM]),
            with_fail: false,
            active: Box::new([ActiveOrg { place: 0, state }; ROOM]),
            on: Box::new([0; ROOM]),
        }
    }
}

/// Orgs that are followed to their first failures, and where those are written.
pub(crate) struct ActiveOrgs<'a> {
    /// Number of the segment's first org.
    pub(crate) first: u64,
    /// Numbers of the orgs by place, counted from it.
    pub(crate) org: &'a [u32; ROOM],
    /// Those that are followed, in front.
    pub(crate) active: &'a mut [ActiveOrg; ROOM],
    /// Room for the places in `active` of those that go on.
    pub(crate) on: &'a mut [u32; ROOM],
    /// First failures of the orgs by place: by the horizon, or at the instant of [`NEVER`].
    pub(crate) failures: &'a mut [Failure; ROOM],
}

impl ActiveOrgs<'_> {
    /// Follows the first `number` of them.
    #[inline(always)]
    pub(crate) fn follow(self, number: usize, controls: &Controls, interval: &Law, rng: &LifeRng, horizon: f64) {
        const REAUTHORIZATION: u8 = kinds::REAUTHORIZATION;
        // What is left after a reconnect, as a rule.
        const LATER: u8 = kinds::TOKEN_ROTATION | kinds::IDLE_TIMEOUT;
        let rules = StepRules::new(controls);
        match rules.kinds() {
            REAUTHORIZATION => self.follow_by::<REAUTHORIZATION>(number, rules, interval, rng, horizon),
            kinds if kinds & !LATER == 0 => self.follow_by::<LATER>(number, rules, interval, rng, horizon),
            _ => self.follow_by::<{ kinds::ALL }>(number, rules, interval, rng, horizon),
        }
    }

    #[inline(always)]
    fn follow_by<const KINDS: u8>(
        self,
        mut number: usize,
        rules: StepRules,
        interval: &Law,
        rng: &LifeRng,
        horizon: f64,
    ) {
        let Self { first, org, active, on, failures } = self;
        let open = KINDS & kinds::REAUTHORIZATION != 0 && rules.passing_is_open();
        let rotates = KINDS & rules.kinds() & kinds::TOKEN_ROTATION != 0;
        for refreshes in 0.. {
            if number == 0 {
                return;
            }
            let rng = rng.at_refresh(refreshes);
            let mut left = 0;
            for (i, one) in active[..number].iter().enumerate() {
                let place = one.place as usize % ROOM;
                let org = first + u64::from(org[place]);
                let next = rules.next::<KINDS>(&one.state, if open { rng.reauthorization.uniform(org) } else { 1.0 });
                let over = next.at > horizon;
                failures[place] = Failure { at: either(next.fails & !over, next.at, NEVER.at), cause: next.cause };
                on[left % ROOM] = i as u32;
                left += usize::from(!(next.fails | over));
            }
            for (i, from) in on[..left].iter().enumerate() {
                let ActiveOrg { place, state } = active[*from as usize % ROOM];
                let org = first + u64::from(org[place as usize % ROOM]);
                let kept = if rotates { rng.rotation.uniform(org) } else { 1.0 };
                let state = rules.refreshed(&state, kept, interval.draw(rng.interval, org));
                active[i] = ActiveOrg { place, state };
            }
            number = left;
        }
    }
}
