//! A segment under policies, exactly: each kind of its orgs is marched over the lattice without a planned reconnect, and from planned reconnects on; the
//! lattice is halved until the answers stay.

use super::ages::Ages;
use super::aim::Accuracy;
use super::lattice::{Lattice, Slot, TIME_EPSILON, coarsest_cut_at};
use super::lattice_segment::{LatticeSegment, OrgType};
use super::march::{Flows, March, OrgsOfAges, Remaining, Until, World};
#[cfg(feature = "tables")]
use super::mass::Failures;
use super::mass::{Cumulative, Mass};
use super::risk::Risk;
use super::segment_risk::{PartFailures, SegmentRisk, largest_change, most_cells};
use crate::engine::by_action::{Action, ByAction};
use crate::engine::policy_rules::PolicyRules;
use crate::engine::rules::{MATCHING_ADDRESS, Rules};
use crate::plan::{LikeOrgs, Plan, Policies, ReconnectTiming, Segment};
use crate::stats::Law;

/// Even cells in a span of ages or reconnects whose lifetimes are taken together.
const SPAN: f64 = 128.0;
/// Spans that there may be where the interval has single values, so that what comes first is the same for nearly all of a span.
const SPANS: usize = 512;
/// Single ages that are followed one by one where they decide when a life is over.
const SINGLE: usize = 256;

/// Steps (cells squared, or cells where the interval has single values, for each group of orgs) that a halving may take: some seconds. Beyond, the
/// error is told as it is.
const MOST_STEPS: f64 = 3e9;

/// Orgs at `as_of`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start<'a> {
    /// Drawn from the segment's laws.
    Drawn,
    /// Known ones that are alike.
    Known(&'a LikeOrgs),
}

/// What becomes of orgs on one lattice.
struct OnLattice {
    without: Flows,
    before: Flows,
    after: Flows,
    reconnected: Mass,
    disrupted: ByAction<Flows>,
    signs: Option<SignFlows>,
    lattice: Lattice,
    /// See [`MOST_STEPS`].
    steps: f64,
}

#[cfg_attr(not(feature = "tables"), allow(dead_code, reason = "what was seen is read from tables"))]
/// First signs on one lattice, where notices and disruptions bring reconnects that nobody planned.
struct SignFlows {
    /// Reconnects up to then are told from later ones.
    cut: f64,
    /// Failures before any reconnect.
    failed: ByAction<Flows>,
    /// First reconnects, planned or not, of those who have not failed.
    reconnected: ByAction<Mass>,
    /// What befalls those after it who reconnected by the cut.
    early: ByAction<Flows>,
}

#[cfg(feature = "tables")]
/// First signs of a segment's orgs, and what follows an early reconnect. Times are hours since `as_of`.
#[derive(Debug)]
pub(super) struct PolicySigns {
    /// First failures before any reconnect.
    pub(super) failed: ByAction<Failures>,
    /// First reconnects of those who have not failed.
    pub(super) reconnected: ByAction<Cumulative>,
    /// Failures of those who reconnected by the cut.
    pub(super) early: ByAction<Risk>,
}

#[cfg(feature = "tables")]
/// First signs of a segment's orgs, on the lattice that their risks needed. `cut` is the instant up to which reconnects are told from later ones.
pub(super) fn signs(segment: &Segment, cut: f64, lattice: Lattice) -> Option<PolicySigns> {
    let policies = segment.policies.as_deref()?;
    let solved = solve_on(segment, policies, Start::Drawn, (segment.timing.as_ref(), Some(cut)), lattice);
    let SignFlows { failed, reconnected, early, .. } = solved.signs?;
    let lattice = &solved.lattice;
    Some(PolicySigns {
        failed: failed.as_ref().map(Flows::all_failures),
        reconnected: reconnected.as_ref().map(|mass| Cumulative::of(mass, lattice)),
        early: early.as_ref().map(|flows| risk_of(flows, lattice)),
    })
}

/// When those of some flows fail, and which of them an event's end heals.
fn risk_of(flows: &Flows, lattice: &Lattice) -> Risk {
    let (lasting, healing) = flows.failures();
    Risk::healing(&lasting, &healing, lattice.clone())
}

/// Solves a segment's orgs, or known ones of it, who act by `timing`.
pub(super) fn solve(
    plan: &Plan,
    segment: &Segment,
    start: Start<'_>,
    timing: Option<&ReconnectTiming>,
    aim: Accuracy,
) -> Option<SegmentRisk> {
    let policies = segment.policies.as_deref()?;
    let most = most_cells(plan, segment, aim.most_cells);
    let uneven = segment.interval.atoms().is_some_and(|atoms| atoms.len() > 1);
    let further = cuts(segment, policies, start, plan.horizon_hours());
    let mut lattice = coarsest_cut_at(plan, segment, (most / 2).max(1), aim.tolerance, further);
    let mut coarse = solve_on(segment, policies, start, (timing, None), lattice.clone());
    let mut coarse_risks = coarse.risks();
    let mut last_change = 0.0_f64;
    loop {
        lattice = lattice.halved();
        let fine = solve_on(segment, policies, start, (timing, None), lattice.clone());
        let risks = fine.risks();
        let change =
            largest_change(plan, segment, &coarse_risks, &risks).max(fine.disruptions_changed(&coarse, segment));
        let error_bound = if uneven { 2.0 * change.max(0.5 * last_change) } else { change };
        last_change = change;
        let too_many = lattice.evens() * 2 > most || 8.0 * fine.steps > MOST_STEPS;
        if error_bound <= aim.tolerance || !error_bound.is_finite() || too_many {
            return Some(fine.told(segment, risks, error_bound));
        }
        (coarse, coarse_risks) = (fine, risks);
    }
}

impl OnLattice {
    fn risks(&self) -> ByAction<Risk> {
        let mut with = self.before.clone();
        with.add_scaled(&self.after, 1.0);
        ByAction { without: &self.without, with: &with }.map(|flows| risk_of(flows, &self.lattice))
    }

    fn disrupted(&self, segment: &Segment) -> ByAction<f64> {
        self.disrupted.as_ref().map(|flows| flows.disrupted_by(segment.deadline).clamp(0.0, 1.0))
    }

    fn disruptions_changed(&self, other: &Self, segment: &Segment) -> f64 {
        let (a, b) = (self.disrupted(segment), other.disrupted(segment));
        (a.without - b.without).abs().max((a.with - b.with).abs())
    }

    fn told(self, segment: &Segment, risks: ByAction<Risk>, error_bound: f64) -> SegmentRisk {
        let disrupted = self.disrupted(segment);
        let parts = PartFailures {
            without: self.without.all_failures(),
            before: self.before.all_failures(),
            after: self.after.all_failures(),
            reconnected: Cumulative::of(&self.reconnected, &self.lattice),
            lattice: self.lattice,
        };
        SegmentRisk { risks, parts, error_bound, disrupted }
    }
}

/// Instants at which a rule changes for some orgs of the segment, or mass moves from one point to another.
fn cuts(segment: &Segment, policies: &Policies, start: Start<'_>, horizon: f64) -> Vec<f64> {
    let mut at = Vec::new();
    let delay = segment.recovery.as_ref().filter(|recovery| !recovery.office_hours).and_then(|r| r.after.atoms());
    let delays: Vec<f64> =
        delay.filter(|atoms| atoms.len() <= 4).map_or_else(Vec::new, |atoms| atoms.iter().map(|a| a.0).collect());
    for (_, place) in places(policies, start) {
        let rules = PolicyRules::new(policies, place);
        let mut sudden = Vec::new();
        for event in rules.events() {
            at.extend([event.at, event.until, event.counts_from]);
            at.extend(event.brownouts.iter().flatten());
            let Some(check) = &event.policy.reauthorization else { continue };
            at.extend(check.required.iter().map(|step| step.0));
            let begins = event.brownouts.iter().map(|[from, _]| *from);
            sudden.extend(begins.clone().filter(|_| check.at_once));
            if check.at_once {
                sudden.push(event.at);
                at.extend(check.grace.map(|grace| event.at + grace));
            }
            // What is held goes through at once.
            let ends = event.brownouts.iter().map(|[_, to]| *to);
            at.extend(ends.flat_map(|to| check.grace.map(|grace| to + grace)));
        }
        at.extend(sudden.iter().flat_map(|from| delays.iter().map(move |delay| from + delay)));
        at.extend(idle_changes(&rules));
        at.extend(boundaries(&rules, horizon));
        for one in rules.lifetimes() {
            at.extend([one.at, one.until, one.what.after, horizon - one.what.after]);
            at.extend([one.at + one.what.after, one.until - one.what.after]);
            let law = policies.connected.as_ref();
            let ends = law.map_or([0.0; 2], |law| [law.support().0, law.support().1]);
            at.extend(ends.map(|age| one.what.after - age));
            at.extend(boundaries(&rules, horizon).iter().map(|from| from + one.what.after));
        }
    }
    if let Start::Known(class) = start {
        at.extend(
            class
                .connected
                .iter()
                .flat_map(|age| policies.events.iter().filter_map(move |e| e.lifetime.map(|l| l.after - age))),
        );
        if let Law::Fixed(value) = segment.interval {
            let first = value - class.age;
            let times = (horizon / value).min(4096.0) as usize;
            at.extend((0..=times).map(|n| first + n as f64 * value));
        }
    }
    at.retain(|instant| instant.is_finite());
    at
}

/// Instants of last use at which another kind of timeout begins, and those at which tokens time out together.
fn idle_changes(rules: &PolicyRules<'_>) -> Vec<f64> {
    let all = rules.idle_timeouts();
    let mut at = Vec::new();
    for one in all {
        let after = one.what.after;
        at.extend([one.at, one.until, one.at + after, one.at - after, -after, one.until - after]);
        at.extend(all.iter().map(|other| other.at - after));
    }
    at.retain(|instant| instant.is_finite());
    at
}

/// Instants at which it matters for what is to come whether a reconnect came before; from `as_of` on, ascending.
fn boundaries(rules: &PolicyRules<'_>, horizon: f64) -> Vec<f64> {
    let mut at = Vec::new();
    for event in rules.events() {
        at.extend([event.at, event.counts_from]);
        if event.policy.reauthorization.as_ref().is_some_and(|check| check.at_once) {
            at.extend(event.brownouts.iter().map(|[from, _]| *from));
        }
    }
    let lifetimes = rules.lifetimes();
    for one in lifetimes {
        at.extend([one.at, one.until - one.what.after]);
        at.extend(lifetimes.iter().map(|other| other.at - one.what.after));
    }
    at.retain(|instant| *instant > TIME_EPSILON && *instant < horizon - TIME_EPSILON);
    at.sort_by(f64::total_cmp);
    at.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
    at
}

/// The same, cut further where lifetimes of those who reconnect may end on the lattice.
fn boundaries_on(segment: &Segment, rules: &PolicyRules<'_>, lattice: &Lattice) -> Vec<f64> {
    let mut at = boundaries(rules, lattice.end());
    let shortest = rules.lifetimes().iter().map(|one| one.what.after).fold(f64::INFINITY, f64::min);
    let last = lattice.end() - shortest;
    if last > 0.0 {
        let cells = span_of(segment, lattice).min((shortest / 4.0 / lattice.step).floor()).max(1.0) as usize;
        at.extend((1..).map(|i| (i * cells) as f64 * lattice.step).take_while(|from| *from < last));
        // Those who reconnect later live on beyond the lattice.
        at.push(last);
        at.retain(|from| matches!(lattice.slot(*from), Some(Slot::Point(_))));
        at.sort_by(f64::total_cmp);
        at.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
    }
    at
}

/// Even cells in a span of ages or reconnects.
fn span_of(segment: &Segment, lattice: &Lattice) -> f64 {
    if segment.interval.atoms().is_some() { (lattice.evens() / SPANS).max(1) as f64 } else { SPAN }
}

/// Places in line whose orgs fare alike, each with the share of them.
fn places(policies: &Policies, start: Start<'_>) -> Vec<(f64, f64)> {
    match start {
        Start::Known(LikeOrgs { place: Some(place), .. }) => vec![(1.0, *place)],
        _ => policies.places(),
    }
}

/// Values of the address trait, each with the share of orgs.
fn addresses(rules: &PolicyRules<'_>, start: Start<'_>) -> Vec<(f64, f64)> {
    if let Start::Known(class) = start
        && class.reconnected
    {
        return vec![(MATCHING_ADDRESS, 1.0)];
    }
    let mut shares: Vec<f64> = rules.mismatches().iter().map(|one| one.what).filter(|share| *share > 0.0).collect();
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    let mut below = 0.0;
    let mut types: Vec<(f64, f64)> =
        shares.into_iter().map(|share| (share, share - std::mem::replace(&mut below, share))).collect();
    if below < 1.0 {
        types.push((MATCHING_ADDRESS, 1.0 - below));
    }
    types
}

fn solve_on(
    segment: &Segment,
    policies: &Policies,
    start: Start<'_>,
    (timing, cut): (Option<&ReconnectTiming>, Option<f64>),
    lattice: Lattice,
) -> OnLattice {
    let none = || Flows::none(&lattice);
    let mut solved = OnLattice {
        without: none(),
        before: none(),
        after: none(),
        reconnected: Mass::none(&lattice),
        disrupted: ByAction::from_fn(|_| none()),
        signs: cut.map(|cut| SignFlows {
            cut,
            failed: ByAction::from_fn(|_| none()),
            reconnected: ByAction::from_fn(|_| Mass::none(&lattice)),
            early: ByAction::from_fn(|_| none()),
        }),
        lattice: lattice.clone(),
        steps: 0.0,
    };
    let cells = lattice.cells as f64;
    let each = if segment.interval.atoms().is_some() { 64.0 * cells } else { cells * cells };
    let steps = std::cell::Cell::new(0.0);
    for (of_place, place) in places(policies, start) {
        let rules = PolicyRules::new(policies, place);
        let boundaries = boundaries_on(segment, &rules, &lattice);
        let spans = AgeSpans::new(segment, policies, &rules, start, &lattice);
        let afters = rules.idle_timeouts().iter().map(|one| one.what.after).collect();
        let by_rules = Rules::by_policies(&rules);
        let on_lattice = LatticeSegment::by_rules(lattice.clone(), &segment.interval, by_rules, afters, spans.oldest);
        let coverage = if rules.idle_timeouts().is_empty() { 1.0 } else { segment.heartbeat_coverage };
        for (kept_in_use, reached) in [(true, coverage), (false, 1.0 - coverage)].into_iter().filter(|one| one.1 > 0.0)
        {
            let world = |address: f64, until: Until| World {
                segment,
                rules: &rules,
                on_lattice: &on_lattice,
                orgs: OrgType { address, kept_in_use },
                boundaries: &boundaries,
                until,
            };
            let march = |until: Until| -> Flows {
                let mut flows = Flows::none(&lattice);
                for (address, share) in addresses(&rules, start) {
                    let world = world(address, until);
                    let mut march = March::new(&world);
                    march.begin(spans.orgs(), spans.last_reconnect);
                    let (ended, groups) = march.run();
                    steps.set(steps.get() + each * groups as f64);
                    flows.add_scaled(&ended, share);
                }
                flows
            };
            let after = |reconnects: Mass, until: Until| -> Flows {
                if reconnects.total() <= 0.0 {
                    return Flows::none(&lattice);
                }
                let world = world(MATCHING_ADDRESS, until);
                let mut march = March::new(&world);
                march.inflow = reconnects;
                let (ended, groups) = march.run();
                steps.set(steps.get() + each * groups as f64);
                ended
            };
            let weight = of_place * reached;
            let flows = march(Until::End);
            let (before, reconnects) = thinned(&flows, timing, &lattice);
            solved.without.add_scaled(&flows, weight);
            solved.before.add_scaled(&before, weight);
            solved.reconnected.add_scaled(&reconnects, weight);
            solved.after.add_scaled(&after(reconnects, Until::End), weight);
            if rules.events().iter().any(|event| !event.brownouts.is_empty()) {
                let flows = march(Until::Disruption);
                let (before, reconnects) = thinned(&flows, timing, &lattice);
                solved.disrupted.without.add_scaled(&flows, weight);
                solved.disrupted.with.add_scaled(&before, weight);
                solved.disrupted.with.add_scaled(&after(reconnects, Until::Disruption), weight);
            }
            if let Some(signs) = &mut solved.signs {
                let flows = march(Until::Reconnect);
                let (before, planned) = thinned(&flows, timing, &lattice);
                let mut with = before.reconnects();
                with.add_scaled(&planned, 1.0);
                signs.add(ByAction { without: &flows, with: &before }, weight);
                for (action, reconnects) in [(Action::Without, flows.reconnects()), (Action::With, with)] {
                    signs.reconnected.of_mut(action).add_scaled(&reconnects, weight);
                    let early = reconnects.between(&lattice, [-1.0, signs.cut]);
                    signs.early.of_mut(action).add_scaled(&after(early, Until::End), weight);
                }
            }
        }
    }
    solved.steps = steps.get();
    solved
}

impl SignFlows {
    fn add(&mut self, failed: ByAction<&Flows>, weight: f64) {
        self.failed.without.add_scaled(failed.without, weight);
        self.failed.with.add_scaled(failed.with, weight);
    }
}

/// Of those who act: what ends before the planned reconnect, and the planned reconnects of those whose lives have not ended.
fn thinned(flows: &Flows, timing: Option<&ReconnectTiming>, lattice: &Lattice) -> (Flows, Mass) {
    let mut reconnects = Mass::none(lattice);
    let Some(timing) = timing else { return (flows.clone(), reconnects) };
    let mut before = flows.clone();
    let instant = timing.instant().and_then(|at| lattice.slot(at));
    let (mut alive, mut to_come) = (1.0_f64, 1.0_f64);
    for i in 0..=lattice.cells {
        let on_point = if instant == Some(Slot::Point(i)) { to_come } else { 0.0 };
        for flow in before.all.iter_mut().filter(|flow| !flow.late) {
            alive -= flow.mass.points[i];
            flow.mass.points[i] *= to_come;
        }
        reconnects.points[i] = on_point * alive.max(0.0);
        to_come -= on_point;
        for flow in before.all.iter_mut().filter(|flow| flow.late) {
            alive -= flow.mass.points[i];
            flow.mass.points[i] *= to_come;
        }
        if i == lattice.cells {
            break;
        }
        let left = match instant {
            Some(Slot::Cell(cell)) if cell == i => 0.0,
            Some(_) => to_come,
            None if to_come == 0.0 => 0.0,
            None => 1.0 - timing.cdf(lattice.at(i + 1)),
        };
        let any: f64 = flows.all.iter().map(|flow| flow.mass.cells[i]).sum();
        reconnects.cells[i] = (to_come - left) * (alive - 0.5 * any).max(0.0);
        before.all.iter_mut().for_each(|flow| flow.mass.cells[i] *= 0.5 * (to_come + left));
        alive -= any;
        to_come = left;
    }
    (before, reconnects)
}

/// Orgs at `as_of` by spans of their ages.
struct AgeSpans {
    spans: Vec<(Ages, usize, Option<Remaining>)>,
    oldest: f64,
    last_reconnect: f64,
}

impl AgeSpans {
    fn new(
        segment: &Segment,
        policies: &Policies,
        rules: &PolicyRules<'_>,
        start: Start<'_>,
        lattice: &Lattice,
    ) -> Self {
        // Where another number of checks is behind, or another timeout begins.
        let mut cuts: Vec<f64> = rules.checks_at_refresh().iter().map(|event| -rules.events()[*event].at).collect();
        cuts.extend(idle_changes(rules).iter().map(|at| -at));
        let (ages, last_reconnect, known) = match start {
            Start::Known(class) => {
                let reconnected = class.reconnected.then(|| class.reconnected_at.unwrap_or(class.age));
                let last = reconnected.map_or(f64::NEG_INFINITY, |age| -age);
                (None, last, Some(class))
            }
            Start::Drawn => (Some(()), f64::NEG_INFINITY, None),
        };
        let lives = !rules.lifetimes().is_empty();
        let by_age = lives && ages.is_some() && ages_matter(segment, policies, rules, lattice.end());
        let oldest = segment.last_refresh.support().1.min(segment.age_limit());
        let mut ends: Vec<f64> = cuts.iter().copied().filter(|at| *at > 0.0 && at.is_finite()).collect();
        if by_age {
            let width = span_of(segment, lattice) * lattice.step;
            let last = oldest.min(segment.last_refresh.isf(1e-9));
            match segment.last_refresh.atoms() {
                Some(atoms) if atoms.len() <= SINGLE => ends.extend(atoms.iter().map(|atom| atom.0)),
                _ => ends.extend((1..).map(|i| f64::from(i) * width).take_while(|age| *age < last)),
            }
        }
        ends.sort_by(f64::total_cmp);
        ends.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
        let ages = match known {
            Some(class) => Ages::single(class.age),
            None => {
                let further: Vec<f64> = ends.iter().chain(&cuts).copied().collect();
                Ages::cut_at(segment, lattice, &further)
            }
        };
        let reach = ages.oldest();
        let mut spans = Vec::new();
        let begins = std::iter::once(f64::NEG_INFINITY).chain(ends.iter().copied());
        for (from, to) in begins.zip(ends.iter().copied().chain([f64::INFINITY])) {
            // An age at an instant itself has it behind.
            let ages = ages.between(from + TIME_EPSILON, to + TIME_EPSILON);
            let Some(age) = ages.some_age() else { continue };
            let behind = rules.checks_by(-age);
            let connected = known.and_then(|class| class.connected.map(|age| age.max(class.age)));
            let lifetime = lives.then(|| start_clock(rules, policies.connected.as_ref(), connected, &ages, lattice));
            spans.push((ages, behind, lifetime));
        }
        if !by_age && lives && known.is_none() {
            // All have the same: that of connections older than any token.
            let clock = start_clock(rules, policies.connected.as_ref(), None, &ages, lattice);
            spans.iter_mut().for_each(|span| span.2 = Some(clock.clone()));
        }
        Self { spans, oldest: reach, last_reconnect }
    }

    fn orgs(&self) -> Vec<OrgsOfAges> {
        let orgs = |(ages, behind, lifetime): &(Ages, usize, Option<Remaining>)| OrgsOfAges {
            ages: ages.clone(),
            behind: *behind,
            lifetime: lifetime.clone(),
        };
        self.spans.iter().map(orgs).collect()
    }
}

/// Whether the age of a token decides when a connection's life is over.
fn ages_matter(segment: &Segment, policies: &Policies, rules: &PolicyRules<'_>, end: f64) -> bool {
    let oldest = segment.last_refresh.support().1.min(segment.age_limit());
    let youngest_connection = policies.connected.as_ref().map_or(0.0, |law| law.support().0);
    let counts = rules.lifetimes().iter().any(|one| one.what.retroactive || one.at < 0.0);
    let shortest = rules.lifetimes().iter().map(|one| one.what.after).fold(f64::INFINITY, f64::min);
    counts && oldest > youngest_connection && oldest + end > shortest
}

/// The share of orgs of some ages whose life is not over, by the law of when their connections were made.
fn start_clock(
    rules: &PolicyRules<'_>,
    connected: Option<&Law>,
    known: Option<f64>,
    ages: &Ages,
    lattice: &Lattice,
) -> Remaining {
    let of_ages = ages.cdf();
    // Probability that a connection is at most so old.
    let cdf = |age: f64| match known {
        Some(known) => f64::from(u8::from(known <= age)),
        None => connected.map_or(1.0, |law| law.cdf(age)) * of_ages(age),
    };
    // Between these ages the end is a fixed instant, or comes earlier hour by hour.
    let mut ends: Vec<f64> = vec![0.0];
    for one in rules.lifetimes() {
        let after = one.what.after;
        ends.extend([-one.at, after, after - one.until, after - one.at]);
        ends.extend(rules.lifetimes().iter().map(|other| after - other.at));
    }
    ends.retain(|age| age.is_finite() && *age >= 0.0);
    ends.sort_by(f64::total_cmp);
    ends.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
    let due = |age: f64| rules.lifetime_due(-age).0;
    let pieces: Vec<(f64, f64, f64, bool)> = (ends.iter().copied())
        .zip(ends[1..].iter().copied().chain([f64::INFINITY]))
        .map(|(from, to)| {
            let width = if to.is_finite() { to - from } else { 1000.0 };
            let (first, second) = (due(from + 0.25 * width), due(from + 0.75 * width));
            let falls = first.is_finite() && first - second > 0.25 * width;
            let constant = if falls { first + from + 0.25 * width } else { first };
            (from, to, constant, falls)
        })
        .collect();
    // Those whose end has come by an instant, or before it.
    let over = |at: f64, short: f64| -> f64 {
        let below = |age: f64| if age <= 0.0 { 0.0 } else { cdf(age - TIME_EPSILON) };
        let upto = |age: f64| if age.is_finite() { below(age) } else { 1.0 };
        let of = |(from, to, constant, falls): &(f64, f64, f64, bool)| {
            if !constant.is_finite() {
                return 0.0;
            }
            if !falls {
                return if *constant <= at - short + TIME_EPSILON { upto(*to) - below(*from) } else { 0.0 };
            }
            let youngest = (constant - at + short).clamp(*from, *to);
            (upto(*to) - below(youngest)).max(0.0)
        };
        pieces.iter().map(of).sum::<f64>().clamp(0.0, 1.0)
    };
    let after: Vec<f64> = (0..=lattice.cells).map(|i| 1.0 - over(lattice.at(i), 0.0)).collect();
    let before =
        (0..=lattice.cells).map(|i| if i == 0 { 1.0 } else { 1.0 - over(lattice.at(i), 4.0 * TIME_EPSILON) }).collect();
    Remaining { before, after }
}
