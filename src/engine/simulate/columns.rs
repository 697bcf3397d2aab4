//! Columns of the orgs of a block that fail, on their way into the counts by hour.

use super::counts::HourRows;
use super::herd::BLOCK;
use super::recovery::RecoveryClock;

/// Columns for a block of orgs.
#[derive(Debug)]
pub(super) struct Columns {
    /// Places of those that fail by the deadline.
    pub(super) early: Box<[u32; BLOCK]>,
    /// Of those that fail: row, when, luck in recovery, and what becomes of it.
    rank: Box<[u32; BLOCK]>,
    at: Box<[f64; BLOCK]>,
    luck: Box<[u64; BLOCK]>,
    hour: Box<[u32; BLOCK]>,
    from: Box<[f64; BLOCK]>,
    to: Box<[f64; BLOCK]>,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self {
            early: Box::new([0; BLOCK]),
            rank: Box::new([0; BLOCK]),
            at: Box::new([0.0; BLOCK]),
            luck: Box::new([0; BLOCK]),
            hour: Box::new([0; BLOCK]),
            from: Box::new([0.0; BLOCK]),
            to: Box::new([0.0; BLOCK]),
        }
    }

    /// Writes down an org in a place, which the next one takes if it does not fail.
    #[inline(always)]
    pub(super) fn note(&mut self, place: usize, rank: u32, at: f64, luck: u64) {
        self.rank[place % BLOCK] = rank;
        self.at[place % BLOCK] = at;
        self.luck[place % BLOCK] = luck;
    }

    /// The rows of those that failed.
    pub(super) fn ranks(&self, failed: usize) -> &[u32] {
        &self.rank[..failed]
    }

    /// Adds those that failed by the horizon to the counts by hour.
    pub(super) fn add_to<const ACTING: usize>(
        &mut self,
        failed: usize,
        horizon: f64,
        recovery: Option<&RecoveryClock>,
        by_hour: &mut HourRows<u32>,
    ) {
        let (at, hours) = (&self.at[..failed], &mut self.hour[..failed]);
        if let Some(recovery) = recovery {
            recovery.hours(at, &self.luck[..failed], hours, (&mut self.from[..failed], &mut self.to[..failed]));
        }
        by_hour.add::<ACTING>(horizon, &self.rank[..failed], at, recovery.map(|_| &*hours));
    }
}
