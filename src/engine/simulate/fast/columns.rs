//! Columns of the orgs of a block, on their way into the counts by hour.

use super::batch::BLOCK;
use super::hour_rows::HourRows;
use super::recovery::{DelaySpan, RecoveryClock};
use crate::stats::stream::Word;

/// Columns for a block of orgs.
#[derive(Debug)]
pub(crate) struct BlockColumns {
    /// Places in the block of some of its orgs, in front.
    pub(crate) places: Box<[u32; BLOCK]>,
    /// The row in which each is counted.
    pub(crate) rank: Box<[u32; BLOCK]>,
    /// When each fails, in hours.
    pub(crate) at: Box<[f64; BLOCK]>,
    /// Random words: of age and propensity first, of recovery once those are known.
    pub(crate) words: Box<[Word; BLOCK]>,
    /// The hour of the curve by which each has failed.
    hour: Box<[u32; BLOCK]>,
    /// Hours from the failure to the next whole one.
    until: Box<[f64; BLOCK]>,
    /// Hours that count for recovery, from the start to the failure.
    counted: Box<[f64; BLOCK]>,
    /// Between which instants each works again.
    spans: Box<[DelaySpan; BLOCK]>,
    /// The hour of the curve by which each works again.
    back: Box<[u32; BLOCK]>,
}

impl BlockColumns {
    pub(crate) fn new() -> Self {
        Self {
            places: Box::new([0; BLOCK]),
            rank: Box::new([0; BLOCK]),
            at: Box::new([0.0; BLOCK]),
            words: Box::new([Word::default(); BLOCK]),
            hour: Box::new([0; BLOCK]),
            until: Box::new([0.0; BLOCK]),
            counted: Box::new([0.0; BLOCK]),
            spans: Box::new([DelaySpan::default(); BLOCK]),
            back: Box::new([0; BLOCK]),
        }
    }

    /// Adds the first `orgs` of the columns, whose rows, failures and words of recovery are written down, to the counts by hour, except
    /// those in the first `left_out` of [`BlockColumns::places`].
    pub(crate) fn add_to<const WITH: usize>(
        &mut self,
        orgs: usize,
        left_out: usize,
        recovery: Option<&RecoveryClock>,
        by_hour: &mut HourRows<u32>,
    ) {
        let (rank, at, words) = (&self.rank[..orgs], &self.at[..orgs], &self.words[..orgs]);
        let (hour, until) = (&mut self.hour[..orgs], &mut self.until[..orgs]);
        by_hour.hours_of(at, hour, until);
        self.places[..left_out].iter().for_each(|place| hour[*place as usize] = by_hour.hours as u32);
        let Some(recovery) = recovery else {
            by_hour.add_failed_orgs::<WITH>(rank, hour);
            return;
        };
        let (counted, back) = (&mut self.counted[..orgs], &mut self.back[..orgs]);
        recovery.counted_of(at, (hour, until), counted);
        recovery.hours_of((hour, counted), words, &mut self.spans[..orgs], back);
        by_hour.add_recovering_orgs::<WITH>(rank, hour, back);
    }
}
