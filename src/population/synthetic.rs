//! Orgs drawn from a segment's laws: age at `as_of`, first interval given that age, lasting traits, propensity to act.

use crate::plan::{Plan, Segment};
use crate::stats::Law;
use crate::stats::stream::OrgStream;

/// One org as it stands at `as_of` (hour 0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Org {
    /// Hours since its last refresh.
    pub age: f64,
    /// When it refreshes first, in hours since `as_of`: its interval, given that it is longer than the age, less the age.
    pub first_refresh: f64,
    /// Uniform in (0, 1]: its calls come from another address where this is at most the share of mismatches.
    pub address: f64,
    /// Whether the heartbeat reaches it.
    pub kept_in_use: bool,
    /// Uniform in (0, 1]: it acts at uptake `u` when this is at most `u`.
    pub propensity: f64,
}

/// Draws the orgs of one segment. Each trait has a stream of its own, keyed by the org's key.
#[derive(Debug, Clone)]
pub struct SyntheticOrgs<'a> {
    segment: &'a Segment,
    ages: Law,
    /// Survival of the ages at the longest interval: ages at or beyond it are left out.
    age_sf_at_limit: f64,
}

impl<'a> SyntheticOrgs<'a> {
    /// For a segment of a valid plan: some of its ages can be reached by its interval.
    pub fn new(segment: &'a Segment) -> Self {
        let longest = segment.interval.support().1;
        let ages = reachable(&segment.last_refresh, longest);
        Self { segment, age_sf_at_limit: ages.sf(longest), ages }
    }

    /// The org with this key.
    pub fn draw(&self, key: u64) -> Org {
        let segment = self.segment;
        let uniform = |name| OrgStream::named(key, name).uniform();
        let age = match self.ages {
            Law::Fixed(age) => age,
            _ => {
                let limit = self.age_sf_at_limit;
                self.ages.isf(limit + uniform("age") * (1.0 - limit))
            }
        };
        let first_interval = match segment.interval {
            Law::Fixed(interval) => interval,
            _ => segment.interval.draw_beyond(age, uniform("first interval")),
        };
        // A trait that decides nothing need not be drawn: the streams are independent.
        let address = if segment.controls.static_ip.is_empty() { 1.0 } else { uniform("address") };
        let coverage = segment.heartbeat_coverage;
        let kept_in_use =
            coverage >= 1.0 || segment.controls.idle_timeout.is_empty() || uniform("heartbeat") <= coverage;
        Org { age, first_refresh: first_interval - age, address, kept_in_use, propensity: uniform("propensity") }
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
pub fn ages_left_out(plan: &Plan, segment: &Segment) -> Option<String> {
    let out = 1.0 - Plan::reachable_ages(segment);
    (out > 1e-12).then(|| {
        let whose = if plan.segments().len() > 1 { format!(" of segment {}", segment.name) } else { String::new() };
        format!(
            "{} of the ages{whose} are left out: no interval is longer than {}, so no connection can be that old.",
            crate::plan::units::show_share(out),
            crate::plan::units::show_hours(segment.interval.support().1)
        )
    })
}
