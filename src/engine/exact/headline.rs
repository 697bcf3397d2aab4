//! The headline figures alone, for questions that ask the engine again and again: no curves, no causes, no segments. A [`Sweep`]
//! solves a plan once and is then asked about any rate of reconnecting, since a rate only weighs what is solved.

use super::declined::Declined;
use super::mixture::{Mixture, Rate};
use super::solved::{SolvedClass, Wanted, aim, solve};
use crate::engine::by_action::ByAction;
use crate::plan::{Family, Plan, clock};
use crate::results::{Counted, Quantity};
use rayon::prelude::*;

/// The headline figures of one uptake rate, each with its whole distribution.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let headlines = cutover::engine::exact::headline(&scenario.family)?;
/// assert_eq!(headlines[0].failed_by_deadline.percentile(50.0), 123);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// Orgs whose first failure is at or before the deadline.
    pub failed_by_deadline: Quantity,
    /// Of those, the ones not yet recovered at the deadline.
    pub down_at_deadline: Quantity,
    /// Orgs whose first failure is at or before the horizon.
    pub failed_by_horizon: Quantity,
    /// How far any mean may be off, as a share of the orgs.
    pub error_bound: f64,
}

impl Headline {
    /// One of its figures.
    pub fn counted(&self, counted: Counted) -> &Quantity {
        match counted {
            Counted::FailedByDeadline => &self.failed_by_deadline,
            Counted::DownAtDeadline => &self.down_at_deadline,
            Counted::FailedByHorizon => &self.failed_by_horizon,
        }
    }
}

/// The headline of every uptake rate, in the plan's order: the same numbers as [`super::measures`], at a small part of the cost.
///
/// # Errors
/// As for [`super::measures`].
pub fn headline(family: &Family) -> Result<Vec<Headline>, Declined> {
    let centre = family.centre();
    let mixture = Mixture::new(family, |plan, segment, distinct| {
        solve(plan, segment, Wanted::default(), aim(segment, centre, distinct))
    })?;
    let error_bound = mixture.error_bound().unwrap_or(0.0);
    let at = |rate: usize| {
        let rate = mixture.rate(rate);
        let quantity = |counted| rate.quantity(&|s| pick(s, counted));
        Headline {
            failed_by_deadline: quantity(Counted::FailedByDeadline),
            down_at_deadline: quantity(Counted::DownAtDeadline),
            failed_by_horizon: quantity(Counted::FailedByHorizon),
            error_bound,
        }
    };
    Ok((0..centre.uptakes().len()).into_par_iter().map(at).collect())
}

/// A family of plans solved for one headline figure, to be asked about any rate of reconnecting. A figure of the deadline is
/// solved no further than that.
///
/// ```
/// use cutover::engine::exact::Sweep;
/// use cutover::results::Counted;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let sweep = Sweep::new(&scenario.family, Counted::FailedByDeadline)?;
/// // The flagship's closed form: 69 of 1,399 hours, and 38.5 of them are spared who acts.
/// assert!((sweep.mean(0.5) - 2500.0 * (69.0 - 38.5 * 0.5) / 1399.0).abs() < 0.03);
/// # Ok(())
/// # }
/// ```
pub struct Sweep<'a> {
    mixture: Mixture<'a>,
    counted: Counted,
}

impl<'a> Sweep<'a> {
    /// Solves the family.
    ///
    /// # Errors
    /// As for [`super::measures`].
    pub fn new(family: &'a Family, counted: Counted) -> Result<Self, Declined> {
        Self::with_reconnects(family, counted, &[])
    }

    /// Solves the family, to be asked about those who have reconnected by these hours too.
    ///
    /// # Errors
    /// As for [`super::measures`].
    pub fn with_reconnects(family: &'a Family, counted: Counted, hours: &[f64]) -> Result<Self, Declined> {
        let centre = family.centre();
        let mixture = Mixture::new(family, |plan, segment, distinct| {
            let near = (counted != Counted::FailedByHorizon).then(|| to_the_deadline(plan)).flatten();
            let wanted = Wanted { reconnects: hours, ..Wanted::default() };
            solve(near.as_ref().unwrap_or(plan), segment, wanted, aim(segment, centre, distinct))
        })?;
        Ok(Self { mixture, counted })
    }

    /// Mean number of orgs at a rate from 0 to 1, whatever rates the plan lists.
    pub fn mean(&self, uptake: f64) -> f64 {
        self.at(uptake).mean(&|s| pick(s, self.counted), None)
    }

    /// Chance that at most `count` orgs are counted at a rate; `None` stands for less than none, which never happens.
    pub fn chance_at_most(&self, uptake: f64, count: Option<u64>) -> f64 {
        count.map_or(0.0, |count| self.at(uptake).chance_at_most(&|s| pick(s, self.counted), count))
    }

    /// The figure with its whole distribution at a rate, without what chance alone makes of it.
    pub fn quantity(&self, uptake: f64) -> Quantity {
        self.at(uptake).quantity(&|s| pick(s, self.counted))
    }

    /// The same at one of the rates that the plan lists, which may be a law.
    pub fn listed(&self, place: usize) -> Quantity {
        self.mixture.rate(place).quantity(&|s| pick(s, self.counted))
    }

    /// Chance that at most `count` orgs are counted at one of the rates that the plan lists.
    pub fn chance_at_listed(&self, place: usize, count: Option<u64>) -> f64 {
        count.map_or(0.0, |count| self.mixture.rate(place).chance_at_most(&|s| pick(s, self.counted), count))
    }

    /// Mean number of orgs that have reconnected by each of the hours it was solved with, at a rate.
    pub fn reconnected(&self, uptake: f64) -> Vec<f64> {
        self.mixture.rate_at(uptake).reconnected()
    }

    /// The same at one of the rates that the plan lists, which may be a law.
    pub fn reconnected_at_listed(&self, place: usize) -> Vec<f64> {
        self.mixture.rate(place).reconnected()
    }

    /// How far any mean may be off, as a share of the orgs.
    pub fn error_bound(&self) -> f64 {
        self.mixture.error_bound().unwrap_or(0.0)
    }

    fn at(&self, uptake: f64) -> Rate<'_, 'a> {
        self.mixture.rate_at(uptake)
    }
}

/// The means of one plan by itself, everything about it known: a headline figure at each of its uptake rates.
///
/// # Errors
/// As for [`super::measures`].
pub fn means_of(plan: &Plan, counted: Counted) -> Result<Vec<f64>, Declined> {
    let family = Family::certain(plan.clone());
    let sweep = Sweep::new(&family, counted)?;
    Ok(plan.uptakes().iter().map(|uptake| sweep.mean(uptake.value)).collect())
}

/// The plan, followed no further than the last deadline of its segments.
pub fn to_the_deadline(plan: &Plan) -> Option<Plan> {
    let last = plan.segments().iter().map(|s| s.deadline).fold(0.0, f64::max);
    let horizon = clock::after(plan.as_of(), last.max(1.0)).min(plan.horizon());
    plan.with(|parts| parts.horizon = horizon).ok()
}

fn pick(solved: &SolvedClass, counted: Counted) -> ByAction<f64> {
    match counted {
        Counted::FailedByDeadline => solved.at_deadline,
        Counted::DownAtDeadline => solved.down,
        Counted::FailedByHorizon => solved.at_horizon,
    }
}

#[cfg(test)]
mod tests {
    use super::super::aim::TOLERANCE;
    use super::super::aim::TOLERANCE_OF_MANY;
    use super::super::measures::measures;
    use super::*;
    use std::path::Path;

    fn scenarios() -> Vec<(String, Family)> {
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut paths: Vec<_> =
            std::fs::read_dir(scenarios).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        paths.sort();
        let load = |path: &Path| crate::scenario::load(path, &[]).expect("valid").family;
        paths.iter().map(|p| (p.display().to_string(), load(p))).collect()
    }

    #[test]
    fn the_headline_is_that_of_all_measures_to_the_last_digit() {
        for (name, family) in scenarios() {
            let (short, long) = (headline(&family).expect("it answers"), measures(&family).expect("it answers"));
            for (short, long) in short.iter().zip(&long) {
                for counted in Counted::ALL {
                    assert_eq!(short.counted(counted), long.counted(counted), "{name}");
                }
                assert_eq!(Some(short.error_bound), long.error_bound, "{name}");
            }
        }
    }

    /// A sweep that ends at the deadline has a lattice of its own, which may be off by its own bound.
    #[test]
    fn a_sweep_says_at_every_rate_what_the_measures_say() {
        for (name, family) in scenarios() {
            let (plan, long) = (family.centre(), measures(&family).expect("it answers"));
            let bound = if family.is_certain() { TOLERANCE } else { TOLERANCE_OF_MANY };
            for counted in Counted::ALL {
                let sweep = Sweep::new(&family, counted).expect("it answers");
                for (place, (uptake, long)) in plan.uptakes().iter().zip(&long).enumerate() {
                    let quantity = long.counted(counted);
                    let rate = uptake.value;
                    let within = |mean: f64| (mean - quantity.mean).abs() <= 2.0 * bound * plan.orgs() as f64 + 1e-9;
                    assert!(within(sweep.listed(place).mean), "{name}, {rate}: {counted:?}");
                    if uptake.law.is_some() {
                        continue;
                    }
                    assert!(within(sweep.mean(rate)), "{name}, {rate}: {counted:?}");
                    for percent in [5.0, 50.0, 95.0] {
                        let count = quantity.percentile(percent);
                        let short = sweep.chance_at_most(rate, Some(count));
                        // The steepest a cdf rises is by one org: 2 bounds of the orgs, times the largest weight of a count.
                        let steepest = quantity.distribution.points().map(|p| p.1).fold(0.0, f64::max);
                        let slack = 2.0 * bound * plan.orgs() as f64 * steepest + 1e-9;
                        let want = quantity.distribution.cdf(count);
                        assert!((short - want).abs() <= slack, "{name}, {rate}: {counted:?} {short} {want}");
                        let whole = sweep.quantity(rate).distribution.cdf(count);
                        assert!((short - whole).abs() < 1e-12, "{name}, {rate}: {counted:?} {short} {whole}");
                    }
                }
            }
        }
    }

    /// The closed forms of the flagship: 69 / 1399 of the orgs fail if nobody acts, and those left by 28 June.
    #[test]
    fn the_means_of_one_plan_are_the_closed_forms() {
        let plan = crate::plan::sample::Sample::flagship().plan();
        let by_deadline = means_of(&plan, Counted::FailedByDeadline).expect("it answers");
        let by_horizon = means_of(&plan, Counted::FailedByHorizon).expect("it answers");
        for (i, u) in [0.0, 0.5, 1.0].into_iter().enumerate() {
            assert!((by_deadline[i] - 2500.0 * (69.0 - 38.5 * u) / 1399.0).abs() < 1e-6, "{u}: {}", by_deadline[i]);
            // 1,427 of 1,428 hours from PKCE to the horizon are more than any interval leaves.
            assert!((by_horizon[i] - 2500.0 * (1.0 - u + u * 30.5 / 1399.0)).abs() < 1e-6, "{u}: {}", by_horizon[i]);
        }
    }
}
