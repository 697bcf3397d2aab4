//! Orgs under policies, one by one by the [rules](crate::engine::policy_rules): without a planned reconnect and, where it changes anything, with one. An org
//! is counted at all rates in one go: as it fares without below the first rate at which it acts, as it fares with from there on.

use super::fast::{HeadlineCounts, Ranks};
use super::random_numbers::RunRng;
use crate::engine::org_life::{Chances, LifeOutcome, OrgAtStart, follow};
use crate::engine::policy_rules::{GuardStop, PolicyFailure, PolicyRules};
use crate::plan::{GuardLimit, Plan, Policies, Segment};
use crate::population::synthetic::SyntheticOrgs;
use crate::stats::Law;
use crate::stats::stream::CounterRng;

/// Numbers of one segment, or of all, at one rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PolicyCounts {
    pub(super) headline: HeadlineCounts,
    pub(super) disrupted: u64,
    /// By checkpoint: failed by it, down at it.
    pub(super) checkpoints: Vec<[u64; 2]>,
}

/// The generators of one run that policies alone need.
#[derive(Debug, Clone, Copy)]
struct PolicyRng {
    place: CounterRng,
    connected: CounterRng,
    interval: CounterRng,
    look: CounterRng,
    race: CounterRng,
    lose: CounterRng,
    heed: CounterRng,
    nudge: CounterRng,
    delay: CounterRng,
}

impl PolicyRng {
    fn new(seed: u64, run: u64) -> Self {
        let named = |name| CounterRng::new(seed, run, name);
        Self {
            place: named("place in line"),
            connected: named("connected"),
            interval: named("interval"),
            look: named("check"),
            race: named("race"),
            lose: named("rotation"),
            heed: named("notice"),
            nudge: named("nudge"),
            delay: named("delay of a reconnect"),
        }
    }
}

/// One org's draws, in the order in which its life asks for them.
struct OrgChances<'a> {
    rng: &'a PolicyRng,
    segment: &'a Segment,
    org: u64,
    intervals: u64,
    looks: u64,
    races: u64,
    losses: u64,
    heeds: u64,
    nudges: u64,
    delays: u64,
}

fn next(count: &mut u64) -> u64 {
    *count += 1;
    *count
}

impl Chances for OrgChances<'_> {
    fn interval(&mut self) -> f64 {
        // One that is always the same needs no luck.
        if let Law::Fixed(interval) = self.segment.interval {
            return interval;
        }
        self.segment.interval.draw(self.rng.interval.nth(next(&mut self.intervals)), self.org)
    }

    fn look(&mut self) -> f64 {
        self.rng.look.nth(next(&mut self.looks)).uniform(self.org)
    }

    fn race(&mut self) -> f64 {
        self.rng.race.nth(next(&mut self.races)).uniform(self.org)
    }

    fn lose(&mut self) -> f64 {
        self.rng.lose.nth(next(&mut self.losses)).uniform(self.org)
    }

    fn heed(&mut self) -> f64 {
        self.rng.heed.nth(next(&mut self.heeds)).uniform(self.org)
    }

    fn nudge(&mut self) -> f64 {
        self.rng.nudge.nth(next(&mut self.nudges)).uniform(self.org)
    }

    fn reconnect_after(&mut self, begun: f64) -> f64 {
        let Some(recovery) = &self.segment.recovery else { return f64::INFINITY };
        let delay = recovery.after.isf(self.rng.delay.nth(next(&mut self.delays)).uniform(self.org));
        if recovery.office_hours { self.segment.work_clock.when_done(begun, delay) } else { begun + delay }
    }
}

/// A segment's rules, by place in line.
#[derive(Debug)]
struct RulesByPlace<'a> {
    /// Ascending ends of the spans, and the rules of each.
    rules: Vec<(f64, PolicyRules<'a>)>,
}

impl<'a> RulesByPlace<'a> {
    fn new(policies: &'a Policies, stop: Option<GuardStop>) -> Self {
        let mut end = 0.0;
        let rules = policies.places().into_iter().map(|(share, middle)| {
            end += share;
            (end, PolicyRules::stopped(policies, middle, stop))
        });
        Self { rules: rules.collect() }
    }

    fn of(&self, place: f64) -> &PolicyRules<'a> {
        let index = self.rules.partition_point(|(end, _)| *end <= place).min(self.rules.len() - 1);
        &self.rules[index].1
    }
}

/// A plan with policies, ready to be simulated.
#[derive(Debug)]
pub(super) struct PolicyPlan<'a> {
    plan: &'a Plan,
    places: Vec<RulesByPlace<'a>>,
    orgs: Vec<SyntheticOrgs<'a>>,
    /// For each check of the guard, the rules of a rollout that is stopped after it.
    stopped: Vec<Vec<RulesByPlace<'a>>>,
    hours: usize,
    /// The last hour of the curve, which may lie before or after the plan's own horizon.
    last: f64,
}

/// What a plan's runs are counted on.
#[derive(Debug, Default)]
pub(super) struct PolicyState {
    /// By rate ascending, then segment.
    pub(super) counts: Vec<PolicyCounts>,
    /// The same without the guard; empty where there is none.
    pub(super) unguarded: Vec<PolicyCounts>,
    /// By rate ascending: the check at which it was stopped.
    pub(super) stopped_at: Vec<Option<usize>>,
    /// By rate ascending and hour, newly failed and newly back, summed over runs.
    pub(super) failed: Vec<i64>,
    pub(super) back: Vec<i64>,
}

impl PolicyState {
    /// Adds the curves of the runs since the last time, by rank of the rate and hour, and begins anew.
    pub(super) fn add_curves_to(&mut self, failed: &mut [i64], down: &mut [i64], rates: usize) {
        let hours = failed.len() / rates.max(1);
        let (newly, back) = (self.failed.chunks_exact(hours + 1), self.back.chunks_exact(hours + 1));
        for (rate, (newly, back)) in newly.zip(back).enumerate() {
            let (mut so_far, mut recovered) = (0, 0);
            for hour in 0..hours {
                so_far += newly[hour];
                recovered += back[hour];
                failed[rate * hours + hour] += so_far;
                down[rate * hours + hour] += so_far - recovered;
            }
        }
        self.failed.fill(0);
        self.back.fill(0);
    }
}

/// An org's outcome with what is counted of it.
#[derive(Debug, Clone, Copy)]
struct CountedOrg {
    failure: Option<PolicyFailure>,
    disrupted_at: f64,
    back_at: f64,
}

/// Newly failed and newly back, by rate and hour.
type ByHour<'s> = (&'s mut [i64], &'s mut [i64]);

/// A guard's checks and its event; failures by it that are seen at each, by rate; and orgs for whom it is in force.
type Looks<'s> = (&'s [f64], usize, &'s mut Vec<u64>, &'s mut Vec<u64>);

/// Counts by rank of the rate: what is written in a row holds for all rates from there on.
struct RateRows<'s> {
    counts: &'s mut [PolicyCounts],
    segments: usize,
    segment: usize,
    by_hour: Option<ByHour<'s>>,
    hours: usize,
    last: f64,
}

impl RateRows<'_> {
    /// Adds one org to the rates in a range of ranks.
    fn add(&mut self, ranks: std::ops::Range<usize>, counted: &CountedOrg, segment: &Segment) {
        let deadline = segment.deadline;
        let hour = |at: f64| if at > self.last { self.hours } else { (at.ceil() as usize).min(self.hours - 1) };
        for rank in ranks {
            let counts = &mut self.counts[rank * self.segments + self.segment];
            counts.disrupted += u64::from(counted.disrupted_at <= deadline);
            let Some(failure) = &counted.failure else { continue };
            let headline = &mut counts.headline;
            headline.by_horizon += 1;
            if failure.at <= deadline {
                headline.failed += 1;
                headline.down += u64::from(counted.back_at > deadline);
                headline.causes[failure.cause.index()] += 1;
            }
            for (sums, at) in counts.checkpoints.iter_mut().zip(&segment.checkpoints) {
                sums[0] += u64::from(failure.at <= *at);
                sums[1] += u64::from(failure.at <= *at && counted.back_at > *at);
            }
            if let Some((failed, back)) = &mut self.by_hour {
                failed[rank * (self.hours + 1) + hour(failure.at)] += 1;
                back[rank * (self.hours + 1) + hour(counted.back_at)] += 1;
            }
        }
    }
}

impl<'a> PolicyPlan<'a> {
    /// `None` for a plan without policies.
    pub(super) fn new(plan: &'a Plan, hours: &[f64]) -> Option<Self> {
        let policies: Vec<&'a Policies> =
            plan.segments().iter().map(|segment| segment.policies.as_deref()).collect::<Option<_>>()?;
        let mut first = 0;
        let orgs = plan.segments().iter().map(|segment| {
            let orgs = SyntheticOrgs::new(segment, first);
            first += segment.orgs;
            orgs
        });
        let orgs = orgs.collect();
        let of = |stop: Option<GuardStop>| {
            policies.iter().map(|policies| RulesByPlace::new(policies, stop)).collect::<Vec<_>>()
        };
        let stopped = plan.guard().map_or_else(Vec::new, |guard| {
            let stop = |check: &f64| GuardStop { event: guard.event, at: check + guard.delay, lifts: guard.lifts };
            guard.checks.iter().map(|check| of(Some(stop(check)))).collect()
        });
        let last = hours.last().copied().unwrap_or(0.0);
        Some(Self { plan, places: of(None), orgs, stopped, hours: hours.len(), last })
    }

    /// Simulates one run: headline counts into the state, by rank of the rate, which `ranks` says of each segment's orgs.
    pub(super) fn run(&self, seed: u64, run: u64, ranks: &[Ranks], curves: bool, state: &mut PolicyState) {
        let rates = self.plan.uptakes().len();
        let segments = self.plan.segments().len();
        let empty = PolicyCounts { checkpoints: vec![[0; 2]; self.plan.checkpoints().len()], ..Default::default() };
        let width = rates * (self.hours + 1);
        if curves {
            state.failed.resize(width, 0);
            state.back.resize(width, 0);
        }
        state.counts.clear();
        state.counts.resize(rates * segments, empty.clone());
        let by_hour = curves.then_some((&mut state.failed[..], &mut state.back[..]));
        let Some(guard) = self.plan.guard() else {
            self.count(&self.places, (seed, run), ranks, 0..rates, (&mut state.counts, by_hour), None);
            return;
        };
        // Without the guard first, which says what somebody sees at each check.
        let checks = guard.checks.len();
        let mut seen = vec![0_u64; rates * checks];
        let mut in_force = vec![0_u64; checks];
        let looks = (&guard.checks[..], guard.event, &mut seen, &mut in_force);
        let mut hours_of_all = (vec![0; width], vec![0; width]);
        let by_hour_of_all = curves.then_some((&mut hours_of_all.0[..], &mut hours_of_all.1[..]));
        self.count(&self.places, (seed, run), ranks, 0..rates, (&mut state.counts, by_hour_of_all), Some(looks));
        state.unguarded.clone_from(&state.counts);
        state.stopped_at.clear();
        for rate in 0..rates {
            let seen = &seen[rate * checks..(rate + 1) * checks];
            let stops = |check: usize| match guard.limit {
                GuardLimit::Orgs(limit) => seen[check] as f64 > limit,
                GuardLimit::Share(limit) => in_force[check] > 0 && seen[check] as f64 > limit * in_force[check] as f64,
            };
            state.stopped_at.push((0..checks).find(|check| stops(*check)));
        }
        let (failed, back) = (&mut state.failed, &mut state.back);
        for rate in 0..rates {
            let row = rate * (self.hours + 1)..(rate + 1) * (self.hours + 1);
            let Some(check) = state.stopped_at[rate] else {
                if curves {
                    let add = |into: &mut [i64], from: &[i64]| into.iter_mut().zip(from).for_each(|(a, b)| *a += b);
                    add(&mut failed[row.clone()], &hours_of_all.0[row.clone()]);
                    add(&mut back[row.clone()], &hours_of_all.1[row]);
                }
                continue;
            };
            state.counts[rate * segments..(rate + 1) * segments].fill(empty.clone());
            let by_hour = curves.then_some((&mut failed[..], &mut back[..]));
            self.count(&self.stopped[check], (seed, run), ranks, rate..rate + 1, (&mut state.counts, by_hour), None);
        }
    }

    /// Follows all orgs by these rules, and counts them at a range of rates.
    fn count(
        &self,
        places: &[RulesByPlace<'a>],
        (seed, run): (u64, u64),
        ranks: &[Ranks],
        rates: std::ops::Range<usize>,
        (counts, mut by_hour): (&mut [PolicyCounts], Option<ByHour<'_>>),
        mut looks: Option<Looks<'_>>,
    ) {
        let (rng, own) = (RunRng::new(seed, run), PolicyRng::new(seed, run));
        let (horizon, segments) = (self.plan.horizon_hours(), self.plan.segments().len());
        let mut first = 0;
        for (index, segment) in self.plan.segments().iter().enumerate() {
            let by_hour = by_hour.as_mut().map(|(failed, back)| (&mut **failed, &mut **back));
            let mut rows = RateRows {
                counts: &mut *counts,
                segments,
                segment: index,
                by_hour,
                hours: self.hours,
                last: self.last,
            };
            let one = SegmentRun {
                segment,
                places: &places[index],
                orgs: &self.orgs[index],
                first,
                horizon,
                rng: &rng,
                own: &own,
            };
            for org in first..first + segment.orgs {
                let (rules, start) = one.start(org);
                let rank = ranks[index].first_at_or_above(rng.traits.age_and_propensity(org)) as usize;
                let without = one.follow(org, rules, &start, f64::INFINITY);
                let acts = (rank < rates.end).then(|| one.planned(org)).flatten();
                let changes =
                    |planned: &f64| *planned <= horizon && without.failure.is_none_or(|failure| failure.at >= *planned);
                let with = acts.filter(changes).map(|planned| one.follow(org, rules, &start, planned));
                let from = rank.clamp(rates.start, rates.end);
                let with = with.as_ref().unwrap_or(&without);
                rows.add(rates.start..from, &without, segment);
                rows.add(from..rates.end, with, segment);
                if let Some((checks, event, seen, in_force)) = &mut looks {
                    let at = rules.events()[*event].at;
                    let by = checks.partition_point(|check| *check < at);
                    in_force[by..].iter_mut().for_each(|orgs| *orgs += 1);
                    let mut note = |ranks: std::ops::Range<usize>, counted: &CountedOrg| {
                        let Some(failure) = counted.failure.filter(|failure| failure.event == Some(*event)) else {
                            return;
                        };
                        let by = checks.partition_point(|check| *check < failure.at);
                        for rank in ranks {
                            seen[rank * checks.len() + by..(rank + 1) * checks.len()].iter_mut().for_each(|n| *n += 1);
                        }
                    };
                    note(rates.start..from, &without);
                    note(from..rates.end, with);
                }
            }
            first += segment.orgs;
        }
    }
}

/// One segment in one run.
struct SegmentRun<'s, 'a> {
    segment: &'a Segment,
    places: &'s RulesByPlace<'a>,
    orgs: &'s SyntheticOrgs<'a>,
    first: u64,
    horizon: f64,
    rng: &'s RunRng,
    own: &'s PolicyRng,
}

impl<'s, 'a> SegmentRun<'s, 'a> {
    /// An org at `as_of`, with its rules.
    fn start(&self, org: u64) -> (&'s PolicyRules<'a>, OrgAtStart) {
        let drawn = self.orgs.draw(&self.rng.traits, org);
        let known = self.segment.known.as_ref().map(|known| known.class_of(org - self.first));
        let place = known.and_then(|class| class.place);
        // Uniform on 0-1, 1 left out.
        let place = place.unwrap_or_else(|| 1.0 - self.own.place.uniform(org));
        let law = self.segment.policies.as_ref().and_then(|policies| policies.connected.as_ref());
        let age = match known.and_then(|class| class.connected) {
            Some(age) => age,
            None => law.map_or(0.0, |law| law.isf(self.own.connected.uniform(org))),
        };
        let reconnected =
            known.filter(|class| class.reconnected).map(|class| class.reconnected_at.unwrap_or(class.age));
        let start = OrgAtStart {
            last_use: -drawn.age,
            next_refresh: drawn.first_refresh,
            address: drawn.address,
            kept_in_use: drawn.timeout_offset > 0.0,
            connected: -(age.max(drawn.age)),
            last_reconnect: reconnected.map_or(f64::NEG_INFINITY, |age| -age),
        };
        (self.places.of(place), start)
    }

    /// When an org that acts plans to reconnect.
    fn planned(&self, org: u64) -> Option<f64> {
        self.segment.timing.as_ref().map(|timing| timing.quantile(self.rng.reconnect.uniform(org)))
    }

    fn follow(&self, org: u64, rules: &PolicyRules<'_>, start: &OrgAtStart, planned: f64) -> CountedOrg {
        let mut chances = OrgChances {
            rng: self.own,
            segment: self.segment,
            org,
            intervals: 0,
            looks: 0,
            races: 0,
            losses: 0,
            heeds: 0,
            nudges: 0,
            delays: 0,
        };
        let LifeOutcome { failure, disrupted_at } = follow(rules, start, planned, self.horizon, &mut chances);
        let back_at = failure.map_or(f64::INFINITY, |failure| {
            let recovered = match &self.segment.recovery {
                None => f64::INFINITY,
                Some(recovery) => {
                    let delay = recovery.after.isf(self.rng.recovery.uniform(org));
                    match recovery.office_hours {
                        true => self.segment.work_clock.when_done(failure.at, delay),
                        false => failure.at + delay,
                    }
                }
            };
            recovered.min(rules.heals_at(&failure).max(failure.at))
        });
        CountedOrg { failure, disrupted_at, back_at }
    }
}
