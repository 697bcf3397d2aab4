//! Follows the orgs of one segment through a run: each to its first failure, without a reconnect and with one.
//! What a plan does not use is left out before the first org is drawn, and where every outcome of a kind is certain nothing is drawn.

use super::batch::{ActiveOrg, ActiveOrgs, NEVER, OrgBatch};
use super::fixed_interval::FixedInterval;
use super::memoryless::Memoryless;
use super::ranks::Ranks;
use super::step::{OrgState, StepRules};
use crate::engine::simulate::random_numbers::RunRng;
use crate::engine::simulate::steps::{FIXED_INTERVAL, ONCE, refreshes_in};
use crate::plan::{Controls, ReconnectTiming, Segment};
use crate::population::synthetic::SyntheticOrgs;
use crate::stats::Law;
use std::hint::select_unpredictable;

/// One segment of a plan, made ready to follow its orgs.
#[derive(Debug, Clone)]
pub(crate) struct FollowedSegment<'a> {
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
    /// Whether nothing can fail an org that has reconnected: an absorbing state.
    absorbed: bool,
    fixed_interval: Option<FixedInterval>,
    /// Where refreshes before anything is in force are taken in one go.
    memoryless: Option<Memoryless>,
    /// Hours until which they are.
    skipped_until: f64,
}

impl<'a> FollowedSegment<'a> {
    /// `first` is the number of the segment's first org in the plan.
    pub(crate) fn new(segment: &'a Segment, first: u64, horizon: f64) -> Self {
        let controls = segment.controls.effective(horizon, segment.heartbeat_coverage);
        let timing = segment.timing.as_ref();
        let (opens, closes) = timing.map_or((f64::INFINITY, f64::INFINITY), |t| (t.opens(), t.closes()));
        let rules = StepRules::new(&controls);
        let after_reconnect = controls.after_reconnect(opens);
        let orgs = SyntheticOrgs::new(segment, first);
        let only = rules.only_certain_reauthorization();
        // Where no control can fail an org, nothing comes into force before the horizon either.
        let in_force = controls.first_in_force().min(horizon);
        let memoryless = Memoryless::new(&segment.interval, in_force);
        let mut followed = Self {
            interval: &segment.interval,
            timing,
            horizon,
            opens,
            closes_within: if closes <= horizon { closes } else { f64::INFINITY },
            absorbed: StepRules::new(&after_reconnect).kinds() == 0,
            fixed_interval: None,
            memoryless,
            skipped_until: if memoryless.is_some() { in_force } else { 0.0 },
            orgs,
            controls,
            after_reconnect,
        };
        let late = followed.late().max(segment.deadline);
        followed.fixed_interval =
            only.and_then(|in_force| FixedInterval::new(segment, &followed.orgs, in_force, late, horizon));
        followed
    }

    /// Steps of a life on average, as [`cost`](super::cost) counts them.
    pub(crate) fn steps_of_life(&self) -> f64 {
        if self.fixed_interval.is_some() {
            return FIXED_INTERVAL;
        }
        // A reauthorization that none may pass is the end.
        let last = StepRules::new(&self.controls).only_certain_reauthorization();
        let last = last.map_or(self.horizon, |at| at.clamp(0.0, self.horizon));
        let acting = if self.absorbed || self.timing.is_none() {
            0.0
        } else {
            refreshes_in(self.interval, self.horizon - self.opens.max(self.skipped_until))
        };
        ONCE + refreshes_in(self.interval, last - self.skipped_until) + acting
    }

    /// The fast path for a fixed interval, where the plan is of that kind.
    pub(crate) fn fixed_interval(&self) -> Option<FixedInterval> {
        self.fixed_interval
    }

    /// The instant after which no failure makes a difference but by its cause and the share that acts: the window has closed, and
    /// nothing can fail an org that has reconnected. Infinite where it can.
    fn late(&self) -> f64 {
        if self.timing.is_none() {
            f64::NEG_INFINITY
        } else if self.absorbed {
            self.closes_within
        } else {
            f64::INFINITY
        }
    }

    /// Follows `orgs` neighbouring orgs from `first` on, without a reconnect.
    #[inline(never)]
    pub(crate) fn follow_without(&self, rng: &RunRng, first: u64, orgs: usize, batch: &mut OrgBatch) {
        let offset = (first - batch.first) as u32;
        batch.orgs = orgs;
        for (place, (one, org)) in batch.active[..orgs].iter_mut().zip(&mut *batch.org).enumerate() {
            *org = offset + place as u32;
            let org = self.orgs.draw(&rng.traits, first + place as u64);
            let state = OrgState {
                last_use: -org.age,
                next_refresh: org.first_refresh,
                stale: false,
                address: org.address,
                timeout_offset: org.timeout_offset,
            };
            *one = ActiveOrg { place: place as u32, state };
        }
        if let Some(memoryless) = &self.memoryless {
            let [since, next] = rng.without_reconnect.residual;
            for (place, one) in batch.active[..orgs].iter_mut().enumerate() {
                let org = first + place as u64;
                one.state = memoryless.advanced(&one.state, since.uniform(org), next.uniform(org));
            }
        }
        let OrgBatch { first, org, without, active, on, .. } = batch;
        let orgs_here = ActiveOrgs { first: *first, org, active, on, failures: without };
        orgs_here.follow(orgs, &self.controls, self.interval, &rng.without_reconnect, self.horizon);
    }

    /// Follows the orgs of a batch, whose failures without a reconnect are known, with one: their ranks, and what becomes of them.
    #[inline(never)]
    pub(crate) fn follow_with(&self, rng: &RunRng, ranks: &Ranks, batch: &mut OrgBatch) {
        let OrgBatch { first, orgs, org, without, rank, with, with_fail, active, on } = batch;
        let (first, orgs) = (*first, *orgs);
        let nowhere = ranks.len() as u32;
        let Some(timing) = self.timing else {
            rank[..orgs].fill(nowhere);
            *with_fail = false;
            return;
        };
        let mut left = 0;
        for place in 0..orgs {
            let at = without[place].at;
            let number = first + u64::from(org[place]);
            let acts_at = ranks.first_at_or_above(rng.traits.age_and_propensity(number));
            // A planned reconnect never comes before the window opens; at the opening itself the order of events decides.
            let may = (acts_at < nowhere) & (at >= self.opens) & !(self.absorbed & (at == NEVER.at));
            rank[place] = if may { acts_at } else { nowhere };
            on[left] = place as u32;
            // After the window nothing depends on when in it an org reconnected.
            left += usize::from(may & !(self.absorbed & (at > self.closes_within)));
        }
        let rules = StepRules::new(&self.after_reconnect);
        let mut reconnected = 0;
        let interval = rng.after_reconnect.interval.nth(0);
        for place in &on[..left] {
            let number = first + u64::from(org[*place as usize]);
            let planned = timing.quantile(rng.reconnect.uniform(number));
            let void = (planned > self.horizon) | without[*place as usize].before_reconnect(planned);
            rank[*place as usize] = select_unpredictable(void, nowhere, rank[*place as usize]);
            if !self.absorbed {
                let timeout_offset = self.orgs.timeout_offset(&rng.traits, number);
                let mut state = rules.reconnected(planned, timeout_offset, self.interval.draw(interval, number));
                if let Some(memoryless) = &self.memoryless {
                    let [since, next] = rng.after_reconnect.residual;
                    state = memoryless.advanced(&state, since.uniform(number), next.uniform(number));
                }
                active[reconnected] = ActiveOrg { place: *place, state };
                reconnected += usize::from(!void);
            }
        }
        *with_fail = reconnected > 0;
        if *with_fail {
            with[..orgs].fill(NEVER);
            let orgs_here = ActiveOrgs { first, org, active, on, failures: with };
            orgs_here.follow(reconnected, &self.after_reconnect, self.interval, &rng.after_reconnect, self.horizon);
        }
    }
}
