//! `solve`: the least demanding value of one key that meets a target with the confidence asked for, by the exact engine, and
//! checked by simulation. It is handed a way to vary the scenario and knows nothing of its file.

use super::condition::Target;
use super::decision_variable::{DecisionVariable, Easier, Unit};
use crate::engine::exact::Sweep;
use crate::engine::simulate::{self, Curves};
use crate::plan::wording::{ACTING, ACTS};
use crate::plan::{Family, Plan, middle_uptake};
use crate::results::solution::{Asked, Axis, Check, Setting, SettingRange, Solution, Tried};
use crate::results::{Provenance, Quantity};
use crate::scenario::Change;
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The scenario with changes (`KEY=VALUE`), or why there is no such plan.
pub(crate) type SearchedKey<'a> = &'a (dyn Fn(&[Change]) -> std::result::Result<Family, String> + Sync);

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SolveRequest {
    /// The key to solve for.
    pub key: String,
    /// What is to be reached.
    pub target: Target,
    /// With what chance.
    pub confidence: f64,
    /// The rate of reconnecting, where another key is solved for; `None` for the middle one of the scenario's.
    pub uptake: Option<f64>,
    /// Whether to check by simulation.
    pub check: bool,
    /// What stays where it is while an event moves: of [`HELD`](super::decision_variable::HELD), or keys.
    pub hold: Vec<String>,
}

/// Values looked at first, from one end of the range to the other.
const SCANNED: i64 = 17;
/// Of a rate of reconnecting, which costs next to nothing.
const SCANNED_RATES: i64 = 41;
/// Chances that differ by less are alike: the engine's own error moves them so far.
const ALIKE: f64 = 2e-3;
/// Two figures are compared; a correct pair is further apart once in 1,000 times: `norm.isf(0.001 / 4)` of SciPy.
const LIMIT_Z: f64 = 3.481;
/// Lives of orgs followed to check one value.
const LIVES: u64 = 50_000_000;
/// Lives of orgs followed to try one value of a plan that the exact engine does not solve, and values of it looked at first.
const LIVES_A_VALUE: u64 = 10_000_000;
const SCANNED_BY_SIMULATION: i64 = 9;
/// Parts into which the stretch is cut where the chance turns.
const FILLED: i64 = 16;
/// Chances up to this are none: what is left of them is rounding.
const HOPELESS: f64 = 1e-12;

/// Refinements around the best value where none meets the target.
const CLIMBS: usize = 12;

/// Answers the question.
///
/// # Errors
/// When the key can't be solved for, the scenario can't be varied, or an engine does not answer.
pub(crate) fn solve(
    family: &Family,
    request: &SolveRequest,
    provenance: Provenance,
    vary: SearchedKey<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Solution> {
    let plan = family.centre();
    let variable = DecisionVariable::new(&request.key, request.target.counted, plan).map_err(Error::BadUsage)?;
    let is_event = variable.key.starts_with("event.") && variable.key.ends_with(".at");
    if !request.hold.is_empty() && !is_event {
        return Err(Error::BadUsage(format!(
            "--hold is for times of events: nothing moves along with `{}`",
            variable.key
        )));
    }
    // A time that is a law can't be moved by a change of its own.
    let open = family.unknowns().iter().map(|unknown| unknown.key.clone());
    let held: Vec<String> = request.hold.iter().cloned().chain(open).collect();
    let variable = variable.moving_along(plan, &held);
    if variable.range.0 > variable.range.1 {
        return Err(Error::BadUsage(format!("`{}` has no room between the other times of the plan", variable.key)));
    }
    let mut search = Search::new(plan, &variable, request, vary, progress)?;
    // Only the rate that is asked about is simulated, where it is a number.
    if let Held::Listed { place, .. } = search.rate
        && !family.unknowns().iter().any(|unknown| unknown.key.starts_with("reconnect.uptake"))
    {
        search.only_rate = (search.is_simulated && plan.window().is_some()).then(|| plan.uptakes()[place].value);
    }
    let points = match search.is_simulated {
        true => SCANNED_BY_SIMULATION,
        false if search.is_rate() => SCANNED_RATES,
        false => SCANNED,
    };
    search.scan(&variable.grid(points))?;
    let found = search.find()?;
    if !search.is_simulated {
        search.fill_in(found.tick)?;
    }
    let mut notes = found.notes;
    let best = search.tried(found.tick);
    let rate = search.rate.clone();
    let figure = search.figure(&variable.changes(found.tick))?;
    if let Some(what) = variable.along_in_words() {
        let then = variable.changes(found.tick)[1..].iter().map(Change::text).collect::<Vec<_>>().join(", ");
        notes.push(format!("It takes {what} along: {then}. To keep the deadline, use `--hold deadline`."));
    }
    let next = found.next.map(|tick| search.tried(tick));
    let check = match request.check && !search.is_simulated {
        false => None,
        true => Some(search.check(found.tick, found.next.filter(|_| found.reachable))?),
    };
    let now = variable.now(plan).and_then(|tick| Some((tick, search.chance(tick).ok()??)));
    if !search.invalid.is_empty() {
        notes.push(format!(
            "{} of the values tried make no valid plan and are left out: {}.",
            search.invalid.len(),
            search.invalid[0]
        ));
    }
    notes.extend(rate.note());
    notes.extend(search.is_simulated.then(|| search.how_sure(found.tick)).transpose()?);
    Ok(Solution {
        provenance,
        plan: plan.clone(),
        asked: asked(&request.target, request.confidence),
        key: variable.key.clone(),
        axis: axis(&variable),
        least: variable.least,
        why: variable.why,
        rate: rate.label(),
        range: [setting(&variable, variable.range.0), setting(&variable, variable.range.1)],
        now: now.map(|(tick, chance)| Tried { setting: setting(&variable, tick), chance }),
        best,
        reachable: found.reachable,
        figure,
        next,
        monotone: found.monotone,
        tried: search.all(),
        evaluations: search.evaluations,
        check,
        notes,
    })
}

/// The target in a result.
pub(super) fn asked(target: &Target, confidence: f64) -> Asked {
    Asked { target: target.text.clone(), words: target.words(), confidence }
}

pub(super) fn setting(variable: &DecisionVariable, tick: i64) -> Setting {
    Setting {
        number: variable.number(tick),
        json: variable.json(tick),
        words: variable.words(tick),
        plain: variable.plain(tick),
    }
}

pub(super) fn axis(variable: &DecisionVariable) -> Axis {
    match variable.unit {
        Unit::Rate | Unit::FailedShare => Axis::Share,
        Unit::Factor | Unit::Orgs | Unit::Failures => Axis::Number,
        Unit::Length => Axis::Hours,
        Unit::Instant(_) | Unit::LocalTime => Axis::Time,
    }
}

/// The rate of reconnecting at which another key is solved for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    /// The key is the rate itself.
    Solved,
    /// This one, as it was asked for.
    Given(f64),
    /// One that the scenario lists.
    Listed {
        place: usize,
        label: String,
        /// How many there are to choose from.
        of: usize,
    },
}

impl Held {
    /// The rate for a key: as asked, or the middle one of the scenario's.
    pub(super) fn of(plan: &Plan, keys: &[&str], asked: Option<f64>) -> Self {
        if keys.contains(&"reconnect.uptake") {
            return Self::Solved;
        }
        if let Some(uptake) = asked {
            return Self::Given(uptake);
        }
        let uptakes = plan.uptakes();
        let place = middle_uptake(uptakes).unwrap_or(0);
        Self::Listed { place, label: uptakes[place].name.clone(), of: uptakes.len() }
    }

    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Solved => None,
            Self::Given(uptake) => Some(crate::plan::units::show_share(*uptake)),
            Self::Listed { label, .. } => Some(label.clone()),
        }
    }

    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Listed { label, of, .. } if *of > 1 => Some(format!(
                "This takes {label}, the middle of the scenario\u{2019}s {of} rates of {ACTING}. To take another, use --uptake."
            )),
            _ => None,
        }
    }

    /// The chance at this rate; `u` where the rate itself is what varies.
    pub(super) fn chance(&self, sweep: &Sweep<'_>, u: f64, most: Option<u64>) -> f64 {
        match self {
            Self::Solved => sweep.chance_at_most(u, most),
            Self::Given(uptake) => sweep.chance_at_most(*uptake, most),
            Self::Listed { place, .. } => sweep.chance_at_listed(*place, most),
        }
    }
}

/// A plan's runs, as many as follow no more lives than these.
fn runs_within(plan: &Plan, lives: u64) -> u64 {
    plan.runs().min(lives / plan.orgs().max(1)).max(100)
}

struct BestFound {
    tick: i64,
    next: Option<i64>,
    reachable: bool,
    monotone: bool,
    notes: Vec<String>,
}

struct Search<'a> {
    variable: &'a DecisionVariable,
    request: &'a SolveRequest,
    vary: SearchedKey<'a>,
    progress: &'a (dyn Fn(u64) + Sync),
    rate: Held,
    /// Whether the plan has a guard, which the exact engine does not follow: each chance is then that of simulated runs, all with the same luck.
    is_simulated: bool,
    /// The one rate that is then simulated; `None` for all that the scenario lists, or for the one that is asked for.
    only_rate: Option<f64>,
    chances: BTreeMap<i64, Option<f64>>,
    invalid: Vec<String>,
    evaluations: usize,
}

impl<'a> Search<'a> {
    fn new(
        plan: &Plan,
        variable: &'a DecisionVariable,
        request: &'a SolveRequest,
        vary: SearchedKey<'a>,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> Result<Self> {
        if plan.window().is_none() && request.key.starts_with("reconnect.") {
            return Err(Error::BadUsage(format!(
                "`{}`: nobody {ACTS} in this scenario; give it a [reconnect] window first",
                request.key
            )));
        }
        let rate = Held::of(plan, &[&request.key], request.uptake);
        let (chances, invalid) = (BTreeMap::new(), Vec::new());
        let is_simulated = plan.guard().is_some();
        Ok(Self {
            variable,
            request,
            vary,
            progress,
            rate,
            is_simulated,
            only_rate: None,
            chances,
            invalid,
            evaluations: 0,
        })
    }

    fn is_rate(&self) -> bool {
        self.rate == Held::Solved
    }

    /// The figure that the target is about, by simulation: each value with the same luck.
    fn simulated(&self, changes: &[Change], lives: u64) -> Result<(Family, Quantity)> {
        let mut changes = changes.to_vec();
        let only = if let Held::Given(uptake) = self.rate { Some(uptake) } else { self.only_rate };
        if let Some(uptake) = only {
            changes.push(Change::set("reconnect.uptake", vec![uptake]));
        }
        let family = self.family(&changes)?;
        let plan = family.centre();
        let runs = runs_within(plan, lives);
        let tally = simulate::simulate(&family, plan.seed(), 0..runs, Curves::None, &|_| ())?;
        let place = if let (Held::Listed { place, .. }, None) = (&self.rate, only) { *place } else { 0 };
        let quantity = simulate::measures(plan, &tally)[place].counted(self.request.target.counted).clone();
        Ok((family, quantity))
    }

    /// How sure simulated chances are, in a sentence.
    fn how_sure(&self, tick: i64) -> Result<String> {
        let runs = runs_within(self.family(&self.variable.changes(tick))?.centre(), LIVES_A_VALUE);
        let chance = self.tried(tick).chance;
        let points = (100.0 * (chance * (1.0 - chance) / runs as f64).sqrt()).max(0.1);
        Ok(format!(
            "The exact engine does not follow a guard: these chances come from {} simulated runs each, and are sure to about {points:.1} \
             percentage points.",
            crate::plan::units::group_count(runs)
        ))
    }

    /// The chances at many ticks, side by side. A plan's own solution does for every rate of reconnecting.
    fn scan(&mut self, ticks: &[i64]) -> Result<()> {
        let new: Vec<i64> = ticks.iter().copied().filter(|t| !self.chances.contains_key(t)).collect();
        if self.is_rate() && !self.is_simulated {
            let family = (self.vary)(&[self.variable.change(0)]).map_err(Error::BadUsage)?;
            let sweep = Sweep::new(&family, self.request.target.counted).map_err(|d| Error::Engine(d.0))?;
            let most = self.request.target.at_most(family.centre().orgs());
            let chance = |tick: &i64| (*tick, Some(sweep.chance_at_most(self.variable.number(*tick), most)));
            // All that the search may come to ask for, at the price of one solution.
            let all: Vec<(i64, Option<f64>)> = new.par_iter().map(chance).collect();
            self.evaluations += all.len();
            self.chances.extend(all);
            return Ok(());
        }
        let all: Vec<(i64, Result<Answer>)> = new.par_iter().map(|tick| (*tick, self.ask(*tick))).collect();
        for (tick, answer) in all {
            self.keep(tick, answer?);
        }
        if self.chances.values().all(Option::is_none) {
            let why = self.invalid.first().cloned().unwrap_or_default();
            return Err(Error::BadUsage(format!("no value of `{}` makes a valid scenario: {why}", self.variable.key)));
        }
        Ok(())
    }

    fn ask(&self, tick: i64) -> Result<Answer> {
        let family = match (self.vary)(&self.variable.changes(tick)) {
            Ok(family) => family,
            Err(why) => return Ok(Answer::Invalid(why)),
        };
        let most = self.request.target.at_most(family.centre().orgs());
        if self.is_simulated {
            let (_, quantity) = self.simulated(&self.variable.changes(tick), LIVES_A_VALUE)?;
            (self.progress)(1);
            return Ok(Answer::Chance(most.map_or(0.0, |most| quantity.distribution.cdf(most))));
        }
        let sweep = Sweep::new(&family, self.request.target.counted).map_err(|d| Error::Engine(d.0))?;
        (self.progress)(1);
        Ok(Answer::Chance(self.rate.chance(&sweep, self.variable.number(tick), most)))
    }

    fn keep(&mut self, tick: i64, answer: Answer) {
        let chance = match answer {
            Answer::Chance(chance) => {
                self.evaluations += 1;
                Some(chance)
            }
            Answer::Invalid(why) => {
                self.invalid.push(why);
                None
            }
        };
        self.chances.insert(tick, chance);
    }

    /// The chance at a tick; `None` where the scenario would not be valid.
    fn chance(&mut self, tick: i64) -> Result<Option<f64>> {
        if !self.chances.contains_key(&tick) {
            if self.is_rate() && !self.is_simulated {
                self.scan(&[tick])?;
            } else {
                let answer = self.ask(tick)?;
                self.keep(tick, answer);
            }
        }
        Ok(self.chances[&tick])
    }

    fn meets(&mut self, tick: i64) -> Result<bool> {
        let confidence = self.request.confidence;
        Ok(self.chance(tick)?.is_some_and(|chance| chance >= confidence))
    }

    /// From the most demanding end on, the last value that meets the target before one does not.
    fn find(&mut self) -> Result<BestFound> {
        let mut ticks: Vec<i64> = self.chances.keys().copied().collect();
        if self.variable.easier == Easier::Low {
            ticks.reverse();
        }
        let valid: Vec<f64> = ticks.iter().filter_map(|t| self.chances[t]).collect();
        let monotone = valid.windows(2).all(|w| w[1] <= w[0] + ALIKE);
        let mut notes = Vec::new();
        if !monotone {
            notes.push(format!(
                "With `{}` the chance goes both up and down. The value given is the last that works, coming from the stricter side.",
                self.variable.key
            ));
        }
        let Some(first) = self.first_that_meets(&ticks)? else {
            let best = self.climb()?;
            if self.meets(best)? {
                notes.push("Only a narrow range of values works.".to_owned());
            }
            let reachable = self.meets(best)?;
            return Ok(BestFound { tick: best, next: None, reachable, monotone, notes });
        };
        let beyond = ticks[first..].iter().position(|t| self.chances[t].is_none_or(|c| c < self.request.confidence));
        let Some(beyond) = beyond else {
            let tick = ticks[ticks.len() - 1];
            notes.push(format!("Every value works, down to the end of the range: {}.", self.variable.words(tick)));
            return Ok(BestFound { tick, next: None, reachable: true, monotone, notes });
        };
        let (mut met, mut missed) = (ticks[first + beyond - 1], ticks[first + beyond]);
        while (met - missed).abs() > 1 {
            let middle = self.variable.between(met, missed);
            if self.meets(middle)? { met = middle } else { missed = middle }
        }
        let next = self.chance(missed)?.map(|_| missed);
        Ok(BestFound { tick: met, next, reachable: true, monotone, notes })
    }

    fn first_that_meets(&mut self, ticks: &[i64]) -> Result<Option<usize>> {
        for (i, tick) in ticks.iter().enumerate() {
            if self.meets(*tick)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// The value with the best chance: from the best so far, halving the way to its neighbours.
    fn climb(&mut self) -> Result<i64> {
        for _ in 0..CLIMBS {
            let best = self.best();
            let below = self.chances.range(..best).next_back().map(|c| *c.0);
            let above = self.chances.range(best + 1..).next().map(|c| *c.0);
            let near: Vec<i64> = [below, above].into_iter().flatten().filter(|t| (t - best).abs() > 1).collect();
            if near.is_empty() {
                break;
            }
            for tick in near {
                let middle = self.variable.between(best, tick);
                self.chance(middle)?;
            }
        }
        Ok(self.best())
    }

    /// Of several alike the least demanding; the most demanding where none has any chance, since then the chances tell nothing.
    fn best(&self) -> i64 {
        let known = || self.chances.iter().filter_map(|(tick, chance)| chance.map(|c| (*tick, c)));
        let hopeless = known().all(|(_, chance)| chance <= HOPELESS);
        let easy = |tick: i64| if (self.variable.easier == Easier::Low) != hopeless { -tick } else { tick };
        let known = known().map(|(tick, chance)| (tick, if hopeless { 0.0 } else { chance }));
        known.max_by(|a, b| a.1.total_cmp(&b.1).then(easy(a.0).cmp(&easy(b.0)))).map_or(self.variable.range.0, |b| b.0)
    }

    /// Further values where the chance turns, so that a chart shows how.
    fn fill_in(&mut self, at: i64) -> Result<()> {
        let decided = |chance: &Option<f64>| chance.is_none_or(|c| !(0.005..=0.995).contains(&c));
        let below = self.chances.range(..at).rev().find(|c| decided(c.1)).map_or(self.variable.range.0, |c| *c.0);
        let above = self.chances.range(at + 1..).find(|c| decided(c.1)).map_or(self.variable.range.1, |c| *c.0);
        let coarse = if self.variable.is_time() && above - below > 60 * FILLED { 60 } else { 1 };
        let tick = |i: i64| (below + (above - below) * i / FILLED).div_euclid(coarse) * coarse;
        let mut ticks: Vec<i64> = (1..FILLED).map(tick).filter(|t| below < *t && *t < above).collect();
        ticks.dedup();
        self.scan(&ticks)
    }

    fn tried(&self, tick: i64) -> Tried {
        let chance = self.chances.get(&tick).copied().flatten().unwrap_or(0.0);
        Tried { setting: setting(self.variable, tick), chance }
    }

    fn all(&self) -> Vec<Tried> {
        self.chances.iter().filter(|c| c.1.is_some()).map(|(tick, _)| self.tried(*tick)).collect()
    }

    fn family(&self, changes: &[Change]) -> Result<Family> {
        (self.vary)(changes).map_err(Error::BadUsage)
    }

    /// The figure that the target is about, with these changes.
    fn figure(&self, changes: &[Change]) -> Result<SettingRange> {
        if self.is_simulated {
            let (family, quantity) = self.simulated(changes, LIVES)?;
            return Ok(SettingRange::of(&quantity, family.centre().orgs()));
        }
        let family = self.family(changes)?;
        let sweep = Sweep::new(&family, self.request.target.counted).map_err(|d| Error::Engine(d.0))?;
        let quantity = match self.rate {
            Held::Solved => sweep.listed(0),
            Held::Given(uptake) => sweep.quantity(uptake),
            Held::Listed { place, .. } => sweep.listed(place),
        };
        Ok(SettingRange::of(&quantity, family.centre().orgs()))
    }

    /// The chances at a value and the next, by simulation.
    fn check(&self, tick: i64, next: Option<i64>) -> Result<Check> {
        let (mut chances, mut worst_z, mut runs, mut seed) = (Vec::new(), 0.0_f64, 0, 0);
        for tick in [Some(tick), next].into_iter().flatten() {
            let mut changes = self.variable.changes(tick);
            if let Held::Given(uptake) = self.rate {
                changes.push(Change::set("reconnect.uptake", vec![uptake]));
            }
            let family = self.family(&changes)?;
            let plan = family.centre();
            let followed = plan.segments().iter().filter(|s| simulate::is_followed(s)).map(|s| s.orgs).sum::<u64>();
            (runs, seed) = (plan.runs().min(LIVES / followed.max(1)).max(100), plan.seed());
            let tally = simulate::simulate(&family, seed, 0..runs, Curves::None, &|_| ())?;
            let place = if let Held::Listed { place, .. } = self.rate { place } else { 0 };
            let counted = self.request.target.counted;
            let most = self.request.target.at_most(plan.orgs());
            let measures = &simulate::measures(plan, &tally)[place];
            let simulated = most.map_or(0.0, |most| measures.counted(counted).distribution.cdf(most));
            let exact = self.tried(tick).chance;
            // Where a chance is all but certain, one run more or less is no sign.
            let se = (exact * (1.0 - exact) / runs as f64).sqrt().max(1.0 / runs as f64);
            worst_z = worst_z.max((simulated - exact).abs() / se);
            chances.push(simulated);
        }
        Ok(Check { runs, seed, chance: chances[0], next: chances.get(1).copied(), worst_z, limit_z: LIMIT_Z })
    }
}

enum Answer {
    Chance(f64),
    Invalid(String),
}
