//! The commonest of plans, written out: one reauthorization that none may pass, a fixed interval, ages spread evenly. Nothing is
//! drawn but the age and the propensity (and by the hour the luck in recovery), until an org fails before the window or the deadline is over; those few are handed to
//! the general rules. The same orgs get the same luck either way, so that both ways count the same.

use super::columns::Columns;
use super::counts::{HourRows, KindRows, LATE_STRIDE, LATE_TWIN};
use super::follow::RunDraws;
use super::herd::{BLOCK, Herd, NEVER};
use super::ranks::Ranks;
use super::recovery::RecoveryClock;
use crate::engine::lifecycle::Failure;
use crate::plan::{Cause, Segment};
use crate::population::synthetic::SyntheticOrgs;

/// When such an org fails, as a function of its age.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quick {
    /// First refresh of an org with no bits set, and hours for each bit.
    first: f64,
    per_bit: f64,
    interval: f64,
    in_force: f64,
    /// Whether one interval may end before the reauthorization.
    several: bool,
}

impl Quick {
    /// `in_force` is when the only reauthorization comes into force. `None` where a plan is not of this kind.
    pub(super) fn new(segment: &Segment, orgs: &SyntheticOrgs, in_force: f64) -> Option<Self> {
        let interval = segment.interval.atoms().filter(|a| a.len() == 1)?[0].0;
        let (first, per_bit) = orgs.first_refresh_by_bit()?;
        (in_force > 0.0).then_some(Self { first, per_bit, interval, in_force, several: interval < in_force })
    }

    #[inline(always)]
    fn fails_at(&self, bits: u64) -> f64 {
        let first = self.first + bits as i64 as f64 * self.per_bit;
        let mut at = if first < self.in_force { first + self.interval } else { first };
        if self.several {
            while at < self.in_force {
                at += self.interval;
            }
        }
        at
    }
}

/// What a block of such orgs is counted with.
pub(super) struct QuickBlock<'a> {
    pub(super) quick: Quick,
    pub(super) draws: &'a RunDraws,
    pub(super) ranks: &'a Ranks,
    /// Failures after this differ by rank alone; those after the horizon are none.
    pub(super) late: f64,
    pub(super) horizon: f64,
}

impl QuickBlock<'_> {
    /// Counts `orgs` neighbouring orgs from `first` on, the late ones; the others are put into the herd, their lives alone known.
    #[inline(never)]
    pub(super) fn count_late(&self, first: u64, orgs: usize, kinds: &mut KindRows, herd: &mut Herd) {
        let mut ages = self.draws.traits.age_bits_from(first);
        let mut propensities = self.draws.traits.propensity.bits_from(first);
        let (offset, early) = ((first - herd.first) as u32, herd.room());
        let (quick, late, horizon, ranks) = (self.quick, self.late, self.horizon, self.ranks.table());
        let rows = kinds.late(Cause::Reauthorization);
        let mut left = 0;
        for place in 0..orgs {
            let at = quick.fails_at(ages.next().unwrap_or(0));
            let rank = ranks.first_at_or_above(propensities.next().unwrap_or(0));
            rows[rank * LATE_STRIDE] += u32::from((at > late) & (at <= horizon));
            // Without a branch: which orgs are early can't be foreseen.
            early[left % BLOCK] = offset + place as u32;
            left += usize::from(at <= late);
        }
        self.add_to(herd, left);
    }

    /// The same, by the hour too.
    #[inline(never)]
    pub(super) fn count_late_by_hour(
        &self,
        first: u64,
        orgs: usize,
        (kinds, by_hour): (&mut KindRows, &mut HourRows<u32>),
        recovery: Option<&RecoveryClock>,
        (herd, columns): (&mut Herd, &mut Columns),
    ) {
        let mut ages = self.draws.traits.age_bits_from(first);
        let mut propensities = self.draws.traits.propensity.bits_from(first);
        let mut recoveries = self.draws.recovery.bits_from(first);
        let (offset, early) = ((first - herd.first) as u32, herd.room());
        let (rows, ats, lucks) = columns.room();
        let (quick, late, horizon, ranks) = (self.quick, self.late, self.horizon, self.ranks.table());
        let mut fail = 0;
        for place in 0..orgs {
            let at = quick.fails_at(ages.next().unwrap_or(0));
            rows[fail % BLOCK] = ranks.first_at_or_above(propensities.next().unwrap_or(0)) as u32;
            ats[fail % BLOCK] = at;
            lucks[fail % BLOCK] = recoveries.next().unwrap_or(0);
            // Those that are not among the failures so far.
            early[(place - fail) % BLOCK] = offset + place as u32;
            fail += usize::from((at > late) & (at <= horizon));
        }
        self.add_to(herd, orgs - fail);
        let rows = kinds.late(Cause::Reauthorization);
        // In two places by turns: an addition waits for the one before in the same place.
        let (pairs, rest) = columns.ranks(fail).as_chunks::<2>();
        for [one, other] in pairs {
            rows[*one as usize * LATE_STRIDE] += 1;
            rows[*other as usize * LATE_STRIDE + LATE_TWIN] += 1;
        }
        rest.iter().for_each(|rank| rows[*rank as usize * LATE_STRIDE] += 1);
        columns.add_to::<0>(fail, horizon, recovery, by_hour);
    }

    /// Adds so many orgs to the herd, whose numbers are in its room already. What becomes of them is worked out anew: few are, and the
    /// others need not be written down.
    fn add_to(&self, herd: &mut Herd, orgs: usize) {
        let added = herd.orgs..herd.orgs + orgs;
        for (org, alone) in herd.org[added.clone()].iter().zip(&mut herd.alone[added]) {
            let at = self.quick.fails_at(self.draws.traits.age_bits(herd.first + u64::from(*org)));
            // A refresh after the horizon is no failure.
            let at = if at <= self.horizon { at } else { NEVER.at };
            *alone = Failure { at, cause: Cause::Reauthorization };
        }
        herd.orgs += orgs;
    }
}
