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
    /// Hours that count for recovery, from the start to the failure.
    counted: Box<[f64; BLOCK]>,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self {
            early: Box::new([0; BLOCK]),
            rank: Box::new([0; BLOCK]),
            at: Box::new([0.0; BLOCK]),
            luck: Box::new([0; BLOCK]),
            hour: Box::new([0; BLOCK]),
            counted: Box::new([0.0; BLOCK]),
        }
    }

    /// Where those that fail are written down: row, when, luck in recovery.
    #[inline(always)]
    pub(super) fn room(&mut self) -> (&mut [u32; BLOCK], &mut [f64; BLOCK], &mut [u64; BLOCK]) {
        (&mut self.rank, &mut self.at, &mut self.luck)
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
            recovery.hours(at, &self.luck[..failed], hours, &mut self.counted[..failed]);
        }
        by_hour.add::<ACTING>(horizon, &self.rank[..failed], at, recovery.map(|_| &*hours));
    }
}
