//! Columns of the orgs of a block that fail, on their way into the counts by hour.

use super::counts::HourRows;
use super::herd::BLOCK;
use super::recovery::{RecoveryClock, Span};
use crate::stats::stream::Word;

/// Columns for a block of orgs.
#[derive(Debug)]
pub(super) struct Columns {
    /// Places of those that are early.
    pub(super) early: Box<[u32; BLOCK]>,
    /// Of those that fail: row, when, luck in recovery.
    pub(super) rank: Box<[u32; BLOCK]>,
    pub(super) at: Box<[f64; BLOCK]>,
    pub(super) luck: Box<[Word; BLOCK]>,
    /// The hour of the curve by which they have failed, and hours from the failure to the next whole one.
    hour: Box<[u32; BLOCK]>,
    until: Box<[f64; BLOCK]>,
    /// Hours that count for recovery, from the start to the failure; and the hour of the curve by which they work again.
    counted: Box<[f64; BLOCK]>,
    spans: Box<[Span; BLOCK]>,
    back: Box<[u32; BLOCK]>,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self {
            early: Box::new([0; BLOCK]),
            rank: Box::new([0; BLOCK]),
            at: Box::new([0.0; BLOCK]),
            luck: Box::new([Word::default(); BLOCK]),
            hour: Box::new([0; BLOCK]),
            until: Box::new([0.0; BLOCK]),
            counted: Box::new([0.0; BLOCK]),
            spans: Box::new([Span::default(); BLOCK]),
            back: Box::new([0; BLOCK]),
        }
    }

    /// Adds so many orgs, whose rows, failures and luck are written down, to the counts by hour: all but the first `early` of the
    /// places that are.
    pub(super) fn add_to<const ACTING: usize>(
        &mut self,
        orgs: usize,
        early: usize,
        recovery: Option<&RecoveryClock>,
        by_hour: &mut HourRows<u32>,
    ) {
        let (rank, at, luck) = (&self.rank[..orgs], &self.at[..orgs], &self.luck[..orgs]);
        let (hour, until) = (&mut self.hour[..orgs], &mut self.until[..orgs]);
        by_hour.hours_of(at, hour, until);
        self.early[..early].iter().for_each(|place| hour[*place as usize] = by_hour.hours as u32);
        let Some(recovery) = recovery else {
            by_hour.add_failed_orgs::<ACTING>(rank, hour);
            return;
        };
        let (counted, back) = (&mut self.counted[..orgs], &mut self.back[..orgs]);
        recovery.counted_of(at, (hour, until), counted);
        recovery.hours_of((hour, counted), luck, &mut self.spans[..orgs], back);
        by_hour.add_recovering_orgs::<ACTING>(rank, hour, back);
    }
}
