//! Follows the orgs of one segment through a run: each to its first failure, as it fares when it does not act and when it does.
//! What a plan does not use is left out before the first org is drawn, and where every outcome of a kind is certain nothing is drawn.

use super::draws::RunDraws;
use super::herd::{Herd, Life, Lives, NEVER};
use super::quick::Quick;
use super::ranks::Ranks;
use super::steps::{ONCE, QUICK, refreshes_in};
use crate::engine::lifecycle::{Connection, Rules, Skip};
use crate::plan::{Controls, ReconnectTiming, Segment};
use crate::population::synthetic::SyntheticOrgs;
use crate::stats::Law;
use std::hint::select_unpredictable;

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
    /// Where refreshes before anything is in force are taken in one go.
    skip: Option<Skip>,
    /// Hours until which they are.
    skipped: f64,
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
        // Where no control can fail an org, nothing comes into force before the horizon either.
        let in_force = controls.first_in_force().min(horizon);
        let skip = Skip::new(&segment.interval, in_force);
        let mut course = Self {
            interval: &segment.interval,
            timing,
            horizon,
            opens,
            closes_within: if closes <= horizon { closes } else { f64::INFINITY },
            settled: Rules::new(&after_reconnect).kinds() == 0,
            quick: None,
            skip,
            skipped: if skip.is_some() { in_force } else { 0.0 },
            orgs,
            controls,
            after_reconnect,
        };
        let late = course.late().max(segment.deadline);
        course.quick = only.and_then(|in_force| Quick::new(segment, &course.orgs, in_force, late, horizon));
        course
    }

    /// Steps of a life on average, as [`cost`](super::cost) counts them.
    pub(super) fn steps_of_life(&self) -> f64 {
        if self.quick.is_some() {
            return QUICK;
        }
        // A reauthorization that none may pass is the end.
        let last = Rules::new(&self.controls).only_certain_reauthorization();
        let last = last.map_or(self.horizon, |at| at.clamp(0.0, self.horizon));
        let acting = if self.settled || self.timing.is_none() {
            0.0
        } else {
            refreshes_in(self.interval, self.horizon - self.opens.max(self.skipped))
        };
        ONCE + refreshes_in(self.interval, last - self.skipped) + acting
    }

    /// The plan's short cut, where it is of that kind.
    pub(super) fn quick(&self) -> Option<Quick> {
        self.quick
    }

    /// The instant after which no failure makes a difference but by its cause and the share that acts: the window has closed, and
    /// who reconnected is settled. Infinite where reconnected orgs may fail.
    fn late(&self) -> f64 {
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
        if let Some(skip) = &self.skip {
            let [since, next] = draws.undisturbed.skip;
            for (place, life) in herd.lives[..orgs].iter_mut().enumerate() {
                let org = first + place as u64;
                life.state = skip.taken(&life.state, since.uniform(org), next.uniform(org));
            }
        }
        let Herd { first, org, alone, lives, on, .. } = herd;
        let lives = Lives { first: *first, org, lives, on, ends: alone };
        lives.follow(orgs, &self.controls, self.interval, &draws.undisturbed, self.horizon);
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
        let mut left = 0;
        for place in 0..orgs {
            let at = alone[place].at;
            let number = first + u64::from(org[place]);
            let acts_at = ranks.first_at_or_above(draws.traits.age_and_propensity(number));
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
            rank[*place as usize] = select_unpredictable(void, nowhere, rank[*place as usize]);
            if !self.settled {
                let reprieve = self.orgs.reprieve(&draws.traits, number);
                let mut state = rules.reconnected(planned, reprieve, self.interval.draw(interval, number));
                if let Some(skip) = &self.skip {
                    let [since, next] = draws.after_reconnect.skip;
                    state = skip.taken(&state, since.uniform(number), next.uniform(number));
                }
                lives[reconnected] = Life { place: *place, state };
                reconnected += usize::from(!void);
            }
        }
        *acting_fail = reconnected > 0;
        if *acting_fail {
            acting[..orgs].fill(NEVER);
            let lives = Lives { first, org, lives, on, ends: acting };
            lives.follow(reconnected, &self.after_reconnect, self.interval, &draws.after_reconnect, self.horizon);
        }
    }
}
