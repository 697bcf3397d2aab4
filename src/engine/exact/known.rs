//! Known orgs, exactly: each class of like orgs from its own age. Where the interval has a single value their refreshes fall on known
//! instants ([`schedule`](super::schedule)); else each class is solved on a lattice that all share.

use super::ages::Ages;
use super::aim::Accuracy;
use super::lattice::{Lattice, coarsest};
use super::lattice_segment::{LatticeSegment, OrgType};
use super::mass::{Failures, Mass};
use super::policy_segment::{self, Start};
use super::risk::{FailureAt, Risk};
use super::schedule::{add_reconnects, before_reconnect, first_failures, reconnected_by};
use super::segment::{address_types, after_reconnect, heartbeat_types, solve_ages};
use crate::engine::by_action::ByAction;
use crate::engine::rules::{MATCHING_ADDRESS, Rules};
use crate::plan::{LikeOrgs, Plan, ReconnectTiming, Segment};
use rayon::prelude::*;

/// What becomes of one org of each class.
#[derive(Debug)]
pub(super) struct KnownRisks {
    /// By class.
    pub(super) classes: Vec<ByAction<Risk>>,
    /// By class: has reconnected by each of the hours asked about, if it acts.
    pub(super) reconnected: Vec<Vec<f64>>,
    /// By class: probability of a disruption by the deadline, before a failure.
    pub(super) disrupted: Vec<ByAction<f64>>,
    /// Halving the lattice changed no probability of the classes looked at by more than this; 0 where none is needed.
    pub(super) error_bound: f64,
}

/// Classes that are solved on two lattices, to see how fine it must be.
const PROBES: usize = 8;

/// Steps that all classes together may take: cells for single values, cells squared for laws with a density. About a second.
const MOST_STEPS: f64 = 2e9;

/// Solves classes of known orgs of a segment to within `tolerance` (a probability), or as near as [`MOST_STEPS`] come. Those who act do so
/// by `timing`; `reconnects` are hours at which to say who has reconnected.
pub(super) fn solve(
    plan: &Plan,
    segment: &Segment,
    classes: &[LikeOrgs],
    timing: Option<&ReconnectTiming>,
    reconnects: &[f64],
    tolerance: f64,
) -> KnownRisks {
    if segment.policies.is_some() {
        return by_policies(plan, segment, classes, timing, reconnects, tolerance);
    }
    let solver = KnownSolver::new(plan, segment, timing, reconnects);
    if !solver.needs_lattice() {
        return KnownRisks::of(classes.par_iter().map(|class| solver.solve(class, None)).collect(), 0.0);
    }
    let (mut lattice, mut error_bound) = (coarsest(plan, segment, 1 << 14, tolerance), f64::INFINITY);
    let probes: Vec<&LikeOrgs> = classes.iter().step_by(classes.len().div_ceil(PROBES).max(1)).collect();
    let probe = |lattice: &Lattice| {
        let on_lattice = solver.on_lattice(lattice);
        probes.par_iter().map(|class| solver.solve(class, Some(&on_lattice)).0).collect::<Vec<_>>()
    };
    let mut coarse = probe(&lattice);
    while error_bound > tolerance && solver.steps(&lattice.halved()) * classes.len() as f64 <= MOST_STEPS {
        let fine = probe(&lattice.halved());
        let pairs = coarse.iter().zip(&fine);
        error_bound = pairs.map(|(a, b)| super::segment_risk::largest_change(plan, segment, a, b)).fold(0.0, f64::max);
        (coarse, lattice) = (fine, lattice.halved());
    }
    let on_lattice = solver.on_lattice(&lattice);
    let solved = classes.par_iter().map(|class| solver.solve(class, Some(&on_lattice))).collect();
    KnownRisks::of(solved, error_bound.min(1.0))
}

/// The same under policies: each class on a lattice of its own.
fn by_policies(
    plan: &Plan,
    segment: &Segment,
    classes: &[LikeOrgs],
    timing: Option<&ReconnectTiming>,
    reconnects: &[f64],
    tolerance: f64,
) -> KnownRisks {
    let each = (MOST_STEPS / 8.0 / classes.len().max(1) as f64).sqrt() as usize;
    let aim = Accuracy { tolerance, most_cells: each.clamp(1 << 9, 1 << 13) };
    let solve = |class: &LikeOrgs| {
        policy_segment::solve(plan, segment, Start::Known(class), timing, aim).expect("the segment has policies")
    };
    let solved: Vec<_> = classes.par_iter().map(solve).collect();
    KnownRisks {
        error_bound: solved.iter().map(|one| one.error_bound).fold(0.0, f64::max).min(1.0),
        disrupted: solved.iter().map(|one| one.disrupted).collect(),
        reconnected: solved
            .iter()
            .map(|one| reconnects.iter().map(|hour| one.parts.reconnected_by(*hour)).collect())
            .collect(),
        classes: solved.into_iter().map(|one| one.risks).collect(),
    }
}

impl KnownRisks {
    fn of(solved: Vec<(ByAction<Risk>, Vec<f64>)>, error_bound: f64) -> Self {
        let (classes, reconnected): (Vec<_>, Vec<_>) = solved.into_iter().unzip();
        Self { disrupted: vec![ByAction::default(); classes.len()], classes, reconnected, error_bound }
    }
}

/// Whether a lattice is needed for orgs of a segment who act by `timing`; else they cost next to nothing.
pub(super) fn needs_lattice(plan: &Plan, segment: &Segment, timing: Option<&ReconnectTiming>) -> bool {
    segment.policies.is_some() || KnownSolver::new(plan, segment, timing, &[]).needs_lattice()
}

/// What is alike for all known orgs of a segment, whatever their age.
struct KnownSolver<'a> {
    segment: &'a Segment,
    timing: Option<&'a ReconnectTiming>,
    /// Hours at which to say who has reconnected.
    reconnects: &'a [f64],
    horizon: f64,
    /// The interval, where it has a single value.
    interval: Option<f64>,
    /// Whether nothing fails after a reconnect.
    absorbed: bool,
}

impl<'a> KnownSolver<'a> {
    fn new(plan: &Plan, segment: &'a Segment, timing: Option<&'a ReconnectTiming>, reconnects: &'a [f64]) -> Self {
        let horizon = plan.horizon_hours();
        let controls = segment.controls.effective(horizon, segment.heartbeat_coverage);
        let interval = segment.interval.atoms().filter(|atoms| atoms.len() == 1).map(|atoms| atoms[0].0);
        let absorbed = timing.is_none_or(|timing| controls.after_reconnect(timing.opens()).is_empty());
        Self { segment, timing, reconnects, horizon, interval, absorbed }
    }

    fn needs_lattice(&self) -> bool {
        self.interval.is_none() || !self.absorbed
    }

    /// Steps that a class takes on a lattice.
    fn steps(&self, lattice: &Lattice) -> f64 {
        let cells = lattice.cells as f64;
        if self.segment.interval.atoms().is_some() { cells } else { cells * cells }
    }

    fn on_lattice(&self, lattice: &Lattice) -> LatticeSegment<'a> {
        LatticeSegment::new(lattice.clone(), self.segment, 0.0)
    }

    fn addresses(&self, class: &LikeOrgs) -> Vec<(f64, f64)> {
        if class.reconnected { vec![(MATCHING_ADDRESS, 1.0)] } else { address_types(self.segment) }
    }

    /// One org of a class; and when it has reconnected if it acts.
    fn solve(&self, class: &LikeOrgs, on_lattice: Option<&LatticeSegment<'a>>) -> (ByAction<Risk>, Vec<f64>) {
        match (self.interval, on_lattice) {
            (Some(interval), on_lattice) => self.on_schedule(class, interval, on_lattice),
            (None, Some(on_lattice)) => {
                let addresses = self.addresses(class);
                let parts = solve_ages(self.segment, self.timing, on_lattice, &Ages::single(class.age), &addresses);
                (parts.risks(), self.reconnects.iter().map(|hour| parts.reconnected_by(*hour)).collect())
            }
            (None, None) => unreachable!("without a single interval there is a lattice"),
        }
    }

    fn on_schedule(
        &self,
        class: &LikeOrgs,
        interval: f64,
        on_lattice: Option<&LatticeSegment<'a>>,
    ) -> (ByAction<Risk>, Vec<f64>) {
        let rules = Rules::of(self.segment);
        let [mut without, mut with] = [const { Vec::<FailureAt>::new() }; 2];
        let mut reconnected = vec![0.0; self.reconnects.len()];
        let mut later = on_lattice.map(|on_lattice| Failures::none(&on_lattice.lattice));
        for (kept_in_use, reached) in heartbeat_types(self.segment) {
            let mut reconnecting = on_lattice.map(|on_lattice| Mass::none(&on_lattice.lattice));
            for (address, share) in self.addresses(class) {
                let (orgs, weight) = (OrgType { address, kept_in_use }, reached * share);
                let failures = first_failures(&rules, interval, class.age, orgs, self.horizon);
                let scaled = |f: &FailureAt, p: f64| FailureAt { mass: f.mass * weight * p, ..*f };
                without.extend(failures.iter().map(|f| scaled(f, 1.0)));
                let Some(timing) = self.timing else { continue };
                with.extend(failures.iter().map(|f| scaled(f, before_reconnect(f, timing))));
                for (sum, hour) in reconnected.iter_mut().zip(self.reconnects) {
                    *sum += weight * reconnected_by(&failures, timing, *hour);
                }
                if let (Some(mass), Some(on_lattice)) = (&mut reconnecting, on_lattice) {
                    add_reconnects(mass, &on_lattice.lattice, &failures, timing, weight);
                }
            }
            if let (Some(mass), Some(on_lattice), Some(later)) = (reconnecting, on_lattice, &mut later)
                && mass.total() > 0.0
            {
                later.add_scaled(&after_reconnect(on_lattice, kept_in_use, &mass), 1.0);
            }
        }
        let in_order = |mut failures: Vec<FailureAt>| {
            failures.retain(|f| f.mass > 0.0);
            failures.sort_by(|a, b| a.at.total_cmp(&b.at));
            failures
        };
        let without = in_order(without);
        let with = if self.timing.is_none() { without.clone() } else { in_order(with) };
        let later = later.as_ref().zip(on_lattice).map(|(later, on_lattice)| (later, on_lattice.lattice.clone()));
        let risks = ByAction { without: Risk::at_instants(without, None), with: Risk::at_instants(with, later) };
        (risks, reconnected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;
    use crate::plan::{Controls, IdleTimeout, KnownOrgs, TokenRotation};
    use crate::stats::Law;

    /// The flagship with one org of each age. Hours: PKCE 168, window 169-228, deadline 237, horizon 1596.
    fn plan(ages: &[f64], change: impl FnOnce(&mut Segment)) -> Plan {
        Sample::flagship()
            .with(|s| {
                let known = KnownOrgs::new(ages.iter().map(|age| LikeOrgs::new(*age, false, 1, 1.0)).collect());
                s.orgs = known.orgs();
                s.segment.last_refresh = known.ages().expect("orgs");
                s.segment.known = Some(known.into());
                change(&mut s.segment);
            })
            .plan()
    }

    fn risks(plan: &Plan) -> Vec<ByAction<Risk>> {
        let segment = &plan.segments()[0];
        let classes = segment.known.as_ref().expect("known").classes();
        solve(plan, segment, classes, segment.timing.as_ref(), &[], 1e-6).classes
    }

    /// Ages ascending, so that first refreshes descend: at 238, 237, 200.5, 168 and 167.
    #[test]
    fn five_orgs_of_the_flagship_fare_as_worked_out_by_hand() {
        let plan = plan(&[1162.0, 1163.0, 1199.5, 1232.0, 1233.0], |_| ());
        let by = |at: f64| risks(&plan).iter().map(|r| r.as_ref().map(|r| r.failed_by(at))).collect::<Vec<_>>();
        // Alone: at the deadline counts, at PKCE's instant counts, before it is passed. Acting: the window is over by 228, not yet
        // open by 168, and at 200.5 a share of 31.5 / 59 has reconnected.
        let acts = 1.0 - 31.5 / 59.0;
        let want = [[0.0, 0.0], [1.0, 0.0], [1.0, acts], [1.0, 1.0], [0.0, 0.0]];
        for (got, want) in by(237.0).iter().zip(want) {
            let [without, with] = want;
            assert!((got.without - without).abs() < 1e-12 && (got.with - with).abs() < 1e-12, "{got:?} {want:?}");
        }
        // By the horizon all fail that don't act: the last one at 1567, its second refresh.
        assert!(by(1596.0).iter().all(|failed| failed.without == 1.0));
        assert!(by(1566.9)[4].without == 0.0 && by(1567.0)[4] == ByAction { without: 1.0, with: 0.0 });
    }

    #[test]
    fn an_org_that_reconnected_has_no_mismatch_and_one_that_did_so_after_a_past_reauthorization_is_settled() {
        let plan = plan(&[100.0, 300.0], |segment| {
            segment.interval = Law::Fixed(400.0);
            segment.controls.reauthorization[0].at = -200.0;
            segment.controls.static_ip = vec![crate::plan::StaticIp { at: -200.0, mismatch: 0.25 }];
        });
        let segment = &plan.segments()[0];
        let org = |age, reconnected| LikeOrgs::new(age, reconnected, 1, 1.0);
        let orgs = [org(100.0, false), org(100.0, true), org(300.0, false), org(300.0, true)];
        let solved = solve(&plan, segment, &orgs, None, &[], 1e-6).classes;
        let failed: Vec<f64> = solved.iter().map(|r| r.without.failed_by(1000.0)).collect();
        assert_eq!(failed, [0.25, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn rotation_and_idleness_strike_after_a_reconnect_too() {
        let plan = plan(&[30.0], |segment| {
            segment.interval = Law::Fixed(100.0);
            segment.heartbeat_coverage = 0.5;
            let idle = IdleTimeout { at: 168.0, after: 90.0, retroactive: true };
            let lost = TokenRotation { at: 160.0, lost_token: 0.2 };
            segment.controls = Controls { idle_timeout: vec![idle], token_rotation: vec![lost], ..Controls::default() };
        });
        let [ByAction { without, with }] = &risks(&plan)[..] else { panic!("one org") };
        // Refreshes at 70, 170 (lost with 0.2), 270 (a stale token fails). Without a heartbeat, used at 70, it is idle at 168 as soon as
        // the timeout is in force.
        assert!((without.failed_by(167.9) - 0.0).abs() < 1e-12 && (without.failed_by(168.0) - 0.5).abs() < 1e-12);
        assert!((without.failed_by(270.0) - (0.5 + 0.5 * 0.2)).abs() < 1e-12);
        // It reconnects at r, uniform over 169-228, if the heartbeat reaches it. Then the next refresh is at r + 100, in 269-328; its token is
        // lost there with 0.2 and fails at r + 200, in 369-428. One that reconnects before 170 was not at risk of losing one there.
        assert!((with.failed_by(368.9) - 0.5).abs() < 1e-9, "{}", with.failed_by(368.9));
        assert!((with.failed_by(428.0) - (0.5 + 0.5 * 0.2)).abs() < 1e-9);
        let half = 369.0 + 29.5;
        assert!((with.failed_by(half) - (0.5 + 0.5 * 0.1)).abs() < 1e-3, "{}", with.failed_by(half));
    }

    /// An interval with a density: given that it is longer than the age, it ends evenly up to its longest.
    #[test]
    fn an_unknown_interval_is_drawn_given_the_age() {
        let plan = plan(&[600.0, 1000.0], |segment| {
            segment.interval = Law::uniform(1.0, 1400.0).expect("proper");
            segment.timing = None;
        });
        for (risk, age) in risks(&plan).iter().zip([600.0_f64, 1000.0]) {
            // The first refresh is uniform over 0-w, w = 1400 - age; further ones follow m(t) = 1/w + ∫ m(s)/1399 ds over s up to t - 1
            // and 168: whoever refreshes from 168 on fails. Summed over 168-237 by NumPy 2.4 in steps of 0.05 h.
            let got = risk.without.failed_by(237.0);
            let want = if age == 600.0 { 0.097_246 } else { 0.194_492 };
            assert!((got - want).abs() < 2e-5, "{age}: {got}");
        }
    }
}
