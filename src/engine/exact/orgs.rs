//! The risk of each known org by itself, and what a reconnect at the first chance would avoid.

use super::aim::{TOLERANCE, TOLERANCE_OF_MANY};
use super::declined::Declined;
use super::known::{self, KnownRisks};
use super::risk::{Risk, time_of_curve};
use crate::engine::by_action::ByAction;
use crate::plan::{Family, LikeOrgs, Plan, ReconnectTiming, Segment, TimingShape};
use crate::results::orgs::{FailureTime, OrgRisk};
use rayon::prelude::*;

/// The risks of orgs of the family's segment at place `segment`, in their order, when a share `uptake` of all orgs acts. Their numbers don't
/// matter, and they need not be those that the plan knows of.
///
/// # Errors
/// [`Declined`] when the unknowns contradict each other however they are drawn.
pub fn org_risks(
    family: &Family,
    segment: usize,
    orgs: &[LikeOrgs],
    uptake: f64,
) -> Result<Vec<Option<OrgRisk>>, Declined> {
    let possible = family.possible_plans(0).map_err(Declined)?;
    let tolerance = if possible.plans.len() > 4 { TOLERANCE_OF_MANY } else { TOLERANCE };
    let hours = if family.is_certain() { Vec::new() } else { family.centre().curve_hours() };
    let mut sums = vec![RiskSum::default(); orgs.len()];
    for plan in &possible.plans {
        let own = &plan.segments()[segment];
        let longest = own.age_limit();
        let within: Vec<usize> = (0..orgs.len()).filter(|place| orgs[*place].age < longest).collect();
        let reached: Vec<LikeOrgs> = within.iter().map(|place| orgs[*place]).collect();
        let found = of_plan(plan, own, &reached, own.uptake(uptake), (tolerance, &hours));
        within.iter().zip(found).for_each(|(place, one)| sums[*place].add(&one));
    }
    Ok(sums.iter().map(|sum| sum.mean(&hours)).collect())
}

/// Whether the risk of an org costs next to nothing, so that each may be asked about by itself.
pub fn is_cheap(plan: &Plan, segment: &Segment) -> bool {
    let first_chance = first_chance(plan, segment);
    !known::needs_lattice(plan, segment, segment.timing.as_ref())
        && !known::needs_lattice(plan, segment, Some(&first_chance))
}

/// All reconnect as soon as they may.
fn first_chance(plan: &Plan, segment: &Segment) -> ReconnectTiming {
    let opens = plan.window().map_or(0.0, |window| plan.hours(window.opens).max(0.0));
    let at_once = TimingShape { half_life_hours: None, office_hours: false };
    ReconnectTiming::new(opens, opens, at_once, &segment.work_clock).expect("an instant is always a law")
}

fn of_plan(
    plan: &Plan,
    segment: &Segment,
    orgs: &[LikeOrgs],
    acts: f64,
    (tolerance, hours): (f64, &[f64]),
) -> Vec<(OrgRisk, Vec<f64>)> {
    let horizon = plan.horizon_hours();
    let KnownRisks { classes, .. } = known::solve(plan, segment, orgs, segment.timing.as_ref(), &[], tolerance);
    let called = known::solve(plan, segment, orgs, Some(&first_chance(plan, segment)), &[], tolerance).classes;
    let read = |(risks, called): (&ByAction<Risk>, &ByAction<Risk>)| {
        let mixed = |of: &dyn Fn(&Risk) -> f64| risks.as_ref().map(of).mean(acts);
        let failed_by_deadline = mixed(&|risk| risk.failed_by(segment.deadline));
        let failure_time = Risk::failure_time(&[(1.0 - acts, &risks.without), (acts, &risks.with)], horizon);
        let risk = OrgRisk {
            failed_by_deadline,
            down_at_deadline: mixed(&|risk| risk.down_at(segment, segment.deadline)),
            failed_by_horizon: mixed(&|risk| risk.failed_by(horizon)),
            avoided_by_reconnect: failed_by_deadline - called.with.failed_by(segment.deadline),
            failure_time,
        };
        (risk, hours.iter().map(|hour| mixed(&|risk| risk.failed_by(*hour))).collect())
    };
    classes.par_iter().zip(&called).map(read).collect()
}

/// The risks of one org, added up over the possible plans.
#[derive(Debug, Clone, Default)]
struct RiskSum {
    plans: f64,
    figures: [f64; 4],
    /// Of the only plan.
    failure_time: Option<FailureTime>,
    /// Failed by each hour, where there are many plans.
    curve: Vec<f64>,
}

impl RiskSum {
    fn add(&mut self, (risk, curve): &(OrgRisk, Vec<f64>)) {
        self.plans += 1.0;
        let figures =
            [risk.failed_by_deadline, risk.down_at_deadline, risk.failed_by_horizon, risk.avoided_by_reconnect];
        self.figures.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
        self.failure_time = risk.failure_time;
        self.curve.resize(curve.len(), 0.0);
        self.curve.iter_mut().zip(curve).for_each(|(sum, failed)| *sum += failed);
    }

    /// `None` where no plan reaches the org's age.
    fn mean(&self, hours: &[f64]) -> Option<OrgRisk> {
        let [failed_by_deadline, down_at_deadline, failed_by_horizon, avoided_by_reconnect] =
            self.figures.map(|sum| sum / self.plans);
        let failure_time = if hours.is_empty() { self.failure_time } else { time_of_curve(hours, &self.curve) };
        (self.plans > 0.0).then_some(OrgRisk {
            failed_by_deadline,
            down_at_deadline,
            failed_by_horizon,
            avoided_by_reconnect,
            failure_time,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    fn org(age: f64) -> LikeOrgs {
        LikeOrgs::new(age, false, 1, 1.0)
    }

    fn close(got: f64, want: f64) -> bool {
        (got - want).abs() < 1e-12
    }

    /// The flagship's first refreshes at 168 (PKCE), 168.5 (before the window), 200 and 300 hours; the window is 169-228, the deadline 237.
    #[test]
    fn calling_an_org_helps_if_it_refreshes_after_the_window_opens() {
        let family = Family::certain(Sample::flagship().plan());
        let orgs = [1232.0, 1231.5, 1200.0, 1100.0].map(org);
        let at = |uptake| -> Vec<OrgRisk> {
            let risks = org_risks(&family, 0, &orgs, uptake).expect("all is known");
            risks.into_iter().map(|risk| risk.expect("within reach")).collect()
        };
        let figures = |risks: &[OrgRisk]| -> Vec<[f64; 3]> {
            risks.iter().map(|r| [r.failed_by_deadline, r.failed_by_horizon, r.avoided_by_reconnect]).collect()
        };
        assert_eq!(figures(&at(0.0)), [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]);
        // At one half: by 200 a share of 31/59 of those who act has reconnected.
        let half = at(0.5);
        assert!(close(half[2].failed_by_deadline, 0.5 + 0.5 * (1.0 - 31.0 / 59.0)));
        assert!(close(half[2].avoided_by_reconnect, half[2].failed_by_deadline));
        assert!(close(half[3].failed_by_horizon, 0.5));
        let time = half[2].failure_time.expect("it may fail");
        assert!(close(time.mean, 200.0) && time.p10 == 200.0 && time.p90 == 200.0);
    }

    #[test]
    fn an_org_too_old_for_its_interval_has_no_risk_to_tell() {
        let family = Family::certain(Sample::flagship().plan());
        assert_eq!(org_risks(&family, 0, &[org(1400.0)], 0.0), Ok(vec![None]));
    }
}
