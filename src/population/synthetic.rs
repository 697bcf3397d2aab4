//! Orgs drawn from a segment's laws: age at `as_of`, first interval given that age, lasting traits, propensity to act. Of known orgs
//! the age is not drawn.

use crate::plan::OLDEST;
use crate::plan::clock::to_microsecond;
use crate::plan::{KnownOrgs, Plan, Segment};
use crate::stats::Law;
use crate::stats::stream::{CounterRng, Word};
use std::sync::Arc;

/// One org as it stands at `as_of` (hour 0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Org {
    /// Hours since its last refresh.
    pub age: f64,
    /// When it refreshes first, in hours since `as_of`: its interval, given that it is longer than the age, less the age.
    pub first_refresh: f64,
    /// Uniform in (0, 1]: its calls come from another address where this is at most the share of mismatches. [`MATCHING_ADDRESS`] where
    /// they can't.
    pub address: f64,
    /// Hours by which its idle timeouts are put off: without end where the heartbeat reaches it, else 0.
    pub timeout_offset: f64,
}

/// An address trait above every share of mismatches: calls come from the address connected from.
pub const MATCHING_ADDRESS: f64 = 2.0;

/// The generators of the traits that orgs have at `as_of`, in one run. Each trait is a process of its own, except that the two which
/// every org needs, its age and its propensity to act, share a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TraitRng {
    age_and_propensity: CounterRng,
    first_interval: CounterRng,
    address: CounterRng,
    heartbeat: CounterRng,
}

impl TraitRng {
    /// Under a seed, in one run.
    pub(crate) fn new(seed: u64, run: u64) -> Self {
        let named = |name| CounterRng::new(seed, run, name);
        Self {
            age_and_propensity: named("age"),
            first_interval: named("first interval"),
            address: named("address"),
            heartbeat: named("heartbeat"),
        }
    }

    /// An org's random word: its age is made of the first number, its propensity to act is the second: uniform in (0, 1], it acts
    /// at uptake `u` when its propensity is at most `u`.
    #[inline(always)]
    pub(crate) fn age_and_propensity(&self, org: u64) -> Word {
        self.age_and_propensity.word(org)
    }

    /// The same of neighbouring orgs from `first` on.
    #[inline(always)]
    pub(crate) fn fill_ages_and_propensities(&self, first: u64, words: &mut [Word]) {
        self.age_and_propensity.fill(first, words);
    }
}

/// Draws the orgs of one segment.
#[derive(Debug, Clone)]
pub(crate) struct SyntheticOrgs<'a> {
    interval: &'a Law,
    ages: AgeSampler,
    coverage: f64,
    /// Traits that decide nothing need not be drawn: the processes are independent.
    addresses_matter: bool,
    heartbeat_matters: bool,
}

/// How ages are drawn from a uniform.
#[derive(Debug, Clone)]
enum AgeSampler {
    Fixed(f64),
    /// `oldest - u span`.
    Uniform {
        oldest: f64,
        span: f64,
    },
    /// The inverse survival function at `limit + u (1 - limit)`: ages at or beyond the longest interval are left out.
    Other {
        law: Law,
        limit: f64,
    },
    /// Known: those of the orgs from the plan's `first` on.
    Known {
        orgs: Arc<KnownOrgs>,
        first: u64,
    },
}

impl AgeSampler {
    fn new(segment: &Segment, first: u64) -> Self {
        if let Some(known) = &segment.known {
            return Self::Known { orgs: Arc::clone(known), first };
        }
        let longest = segment.age_limit();
        let law = reachable(&segment.last_refresh, longest);
        let limit = law.sf(longest);
        match law {
            Law::Fixed(age) => Self::Fixed(age),
            Law::Uniform { min, max } => {
                Self::Uniform { oldest: max - limit * (max - min), span: (1.0 - limit) * (max - min) }
            }
            law => Self::Other { law, limit },
        }
    }

    #[inline(always)]
    fn draw(&self, rng: CounterRng, org: u64) -> f64 {
        match self {
            Self::Fixed(age) => *age,
            Self::Uniform { oldest, span } => oldest - rng.uniform(org) * span,
            Self::Other { law, limit } => law.isf(limit + rng.uniform(org) * (1.0 - limit)),
            Self::Known { orgs, first } => orgs.class_of(org - first).age,
        }
    }
}

impl<'a> SyntheticOrgs<'a> {
    /// For a segment of a valid plan, whose first org has the number `first` of the plan: some of its ages can be reached by its interval.
    pub(crate) fn new(segment: &'a Segment, first: u64) -> Self {
        let coverage = segment.heartbeat_coverage;
        Self {
            interval: &segment.interval,
            ages: AgeSampler::new(segment, first),
            coverage,
            addresses_matter: segment.controls.static_ip.iter().any(|e| e.mismatch > 0.0),
            heartbeat_matters: coverage < 1.0 && !segment.controls.idle_timeout.is_empty(),
        }
    }

    /// The org with this number, counted through all segments of the plan.
    #[inline(always)]
    pub(crate) fn draw(&self, rng: &TraitRng, org: u64) -> Org {
        let age = self.ages.draw(rng.age_and_propensity, org);
        let first_interval = match self.interval {
            Law::Fixed(interval) => *interval,
            law => law.draw_beyond(age, rng.first_interval.uniform(org)),
        };
        let address = match self.addresses_matter && !self.has_reconnected(org) {
            true => rng.address.uniform(org),
            false => MATCHING_ADDRESS,
        };
        let timeout_offset = self.timeout_offset(rng, org);
        Org { age, first_refresh: self.first_refresh(age, first_interval), address, timeout_offset }
    }

    #[inline(always)]
    fn first_refresh(&self, age: f64, first_interval: f64) -> f64 {
        if matches!(self.ages, AgeSampler::Known { .. }) {
            to_microsecond(first_interval - age)
        } else {
            first_interval - age
        }
    }

    /// Whether it is known to have reconnected.
    #[inline(always)]
    fn has_reconnected(&self, org: u64) -> bool {
        matches!(&self.ages, AgeSampler::Known { orgs, first } if orgs.class_of(org - first).reconnected)
    }

    /// Where the first refresh is a straight line in the random bits of the age: its value at 0, and its slope.
    pub(crate) fn first_refresh_by_bit(&self) -> Option<(f64, f64)> {
        match (self.interval, &self.ages) {
            (Law::Fixed(interval), AgeSampler::Uniform { oldest, span }) => {
                let slope = span / (1_u64 << Word::BITS) as f64;
                Some((interval - oldest + slope, slope))
            }
            _ => None,
        }
    }

    /// Hours by which the idle timeouts of an org are put off: without end where the heartbeat reaches it, else 0.
    #[inline(always)]
    pub(crate) fn timeout_offset(&self, rng: &TraitRng, org: u64) -> f64 {
        if !self.heartbeat_matters {
            return f64::INFINITY;
        }
        if rng.heartbeat.uniform(org) <= self.coverage { f64::INFINITY } else { 0.0 }
    }
}

/// The ages below `longest`, for a law of single values; other laws as they are, to be cut by their survival function.
fn reachable(ages: &Law, longest: f64) -> Law {
    match ages {
        Law::Empirical(values) => Law::empirical(values.iter().copied().filter(|v| *v < longest).collect())
            .expect("a valid plan has an age that its interval can reach"),
        _ => ages.clone(),
    }
}

/// What the reader is told when a segment's interval can't reach all of its ages; `None` when it can.
pub(crate) fn ages_left_out(plan: &Plan, segment: &Segment) -> Option<String> {
    let out = 1.0 - Plan::reachable_ages(segment);
    (out > 1e-12).then(|| {
        let whose = if plan.segments().len() > 1 { format!(" of segment {}", segment.name) } else { String::new() };
        let share = crate::plan::units::show_share(out);
        if segment.interval.support().1 > OLDEST {
            return format!("{share} of the token ages{whose} are above a million hours (114 years), and are left out.");
        }
        format!(
            "{share} of the token ages{whose} are left out: no interval is longer than {}, so no connection is that old.",
            crate::plan::units::show_hours(segment.age_limit())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use crate::plan::{IdleTimeout, StaticIp};

    /// As the model's page has it: the age by its inverse survival function, given that the interval can reach it; the first interval given
    /// that it is longer; each trait by its own uniform.
    #[test]
    fn orgs_are_drawn_by_the_inverse_of_their_laws() {
        let laws = [
            (Law::uniform(1.0, 1400.0), Ok(Law::Fixed(1400.0))),
            (Law::uniform(1.0, 1400.0), Law::uniform(20.0, 900.0)),
            (Law::lognormal(40.0, 1.0), Law::weibull(90.0, 0.7)),
            (Law::empirical(vec![3.0, 50.0, 80.0, 500.0]), Ok(Law::Fixed(100.0))),
            (Ok(Law::Fixed(12.0)), Law::exponential(30.0)),
        ];
        for (ages, interval) in laws {
            let (ages, interval) = (ages.expect("proper"), interval.expect("proper"));
            let plan = Sample::flagship()
                .with(|s| {
                    (s.segment.last_refresh, s.segment.interval) = (ages.clone(), interval.clone());
                    s.segment.heartbeat_coverage = 0.4;
                    s.segment.controls.static_ip = vec![StaticIp { at: 1.0, mismatch: 0.3 }];
                    s.segment.controls.idle_timeout = vec![IdleTimeout { at: 1.0, after: 700.0, retroactive: true }];
                })
                .plan();
            let (orgs, rng) = (SyntheticOrgs::new(&plan.segments()[0], 0), TraitRng::new(3, 1));
            let longest = interval.support().1;
            let reached = match &ages {
                Law::Empirical(values) => {
                    Law::empirical(values.iter().copied().filter(|v| *v < longest).collect()).expect("some")
                }
                law => law.clone(),
            };
            let beyond = reached.sf(longest);
            for org in 0..2000 {
                let uniform = |name| CounterRng::new(3, 1, name).uniform(org);
                let age = reached.isf(beyond + uniform("age") * (1.0 - beyond));
                let first = interval.draw_beyond(age, uniform("first interval"));
                let drawn = orgs.draw(&rng, org);
                assert!((drawn.age - age).abs() < 1e-9, "{ages:?}: {} is not {age}", drawn.age);
                let off = (drawn.first_refresh - (first - age)).abs();
                assert!(off < 1e-6, "{interval:?}: {} is not {}", drawn.first_refresh, first - age);
                assert_eq!(drawn.address, uniform("address"));
                assert_eq!(drawn.timeout_offset > 0.0, uniform("heartbeat") <= 0.4);
            }
        }
    }
}
