//! Lints: what is legal in a plan but unwise, each with the figure that makes it matter. One file a group of lints; the codes
//! stand in `scenario::lints`. Figures are those of the run: of what is not known, the mixture. What is asked of a changed plan is
//! asked of the middle plan alone, beside the middle plan's own figure, and says so.

mod after;
mod deadline;
mod effect;
mod places;
mod refresh;
mod window;
mod words;
mod work;

use crate::engine::exact;
use crate::engine::exact::to_the_deadline;
use crate::plan::units::show_share;
use crate::plan::{Event, Family, Plan, Segment, clock};
use crate::results::{Measures, Outcome, Warning};
use crate::scenario::tree::Span;
use crate::scenario::{Finding, Findings, Scenario};
use chrono::{DateTime, Utc};
use std::cell::OnceCell;

/// What was found.
#[derive(Debug)]
pub struct Lints {
    /// The warnings, with the texts that they point into.
    pub found: Findings,
    /// Codes of those that the scenario silences.
    pub silenced: Vec<&'static str>,
}

impl Lints {
    /// Those alone that were found when the scenario was read: they have no figures.
    pub fn of_reading(scenario: &Scenario) -> Self {
        Self::sorted_out(scenario, scenario.warnings.clone())
    }

    fn sorted_out(scenario: &Scenario, all: Vec<Finding>) -> Self {
        let (silenced, kept): (Vec<Finding>, Vec<Finding>) =
            all.into_iter().partition(|finding| scenario.allowed.contains(&finding.code));
        let mut silenced: Vec<&'static str> = silenced.iter().map(|finding| finding.code).collect();
        silenced.sort_unstable();
        silenced.dedup();
        Self { found: scenario.report(kept), silenced }
    }

    /// What was found, for reports.
    pub fn warnings(&self) -> Vec<Warning> {
        let words = |finding: &Finding| Warning {
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            notes: finding.notes.clone(),
            help: finding.help.iter().cloned().collect(),
        };
        self.found.sorted().into_iter().map(words).collect()
    }
}

/// All lints of a scenario. Where the exact engine declines, those that need no figure.
pub fn lint(scenario: &Scenario) -> Lints {
    lint_with(scenario, exact::measures(&scenario.family).unwrap_or_default())
}

/// All lints of a scenario whose outcomes are at hand already.
pub fn lint_projected(scenario: &Scenario, uptakes: &[Outcome]) -> Lints {
    lint_with(scenario, uptakes.iter().filter_map(|outcome| outcome.exact.clone()).collect())
}

fn lint_with(scenario: &Scenario, measures: Vec<Measures>) -> Lints {
    // A figure that may be off by more than it says is none.
    let sound = if measures.iter().any(Measures::is_coarse) { Vec::new() } else { measures };
    let subject = Subject { scenario, plan: scenario.family.centre(), measures: sound, middle: OnceCell::new() };
    let mut all = scenario.warnings.clone();
    all.extend(window::lints(&subject));
    all.extend(deadline::lints(&subject));
    all.extend(effect::lints(&subject));
    all.extend(plans_left_out(&subject));
    all.extend(refresh::lints(&subject));
    all.extend(after::lints(&subject));
    all.extend(places::lints(&subject));
    if subject.has_open_dates() {
        let reads_dates = |finding: &&mut Finding| {
            let code = finding.code;
            code.starts_with("window-")
                || code.starts_with("deadline-")
                || matches!(code, "policy-late-in-week" | "clock-change")
        };
        let note = "dates that are not known are taken at their medians here";
        all.iter_mut().filter(reads_dates).for_each(|finding| finding.notes.push(note.to_owned()));
    }
    Lints::sorted_out(scenario, all)
}

/// That possible plans contradict themselves: a window that closes before it opens, say.
fn plans_left_out(subject: &Subject<'_>) -> Option<Finding> {
    let family = &subject.scenario.family;
    let possible = family.possible_plans(0).ok().filter(|possible| possible.left_out > 0)?;
    let all = possible.plans.len() + possible.left_out;
    let share = show_share(possible.left_out as f64 / all as f64);
    let message =
        format!("{} of {all} possible plans contradict themselves and are left out ({share})", possible.left_out);
    let mut places = family.unknowns().iter().map(|unknown| subject.place(&unknown.key));
    let finding = Finding::new("plans-left-out", message, places.next()?).warning().label("not known");
    let finding = places.fold(finding, |finding, place| finding.related(place, "not known"));
    let help = "figures are of the others: choose values so that every draw of them makes a plan, or make a scenario of each case and hold \
                them side by side with `cutover compare`";
    Some(finding.help(help))
}

/// What lints look at: the plan with every unknown at its median, where its keys stand, and what the exact engine says.
struct Subject<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    /// Of each uptake rate, over all possible plans; empty where the engine declines.
    measures: Vec<Measures>,
    /// Of the middle plan, once somebody asks.
    middle: OnceCell<Vec<Measures>>,
}

impl<'a> Subject<'a> {
    /// The middle plan's own measures: what a changed plan is held against.
    fn middle(&self) -> &[Measures] {
        if self.scenario.family.is_certain() || self.measures.is_empty() {
            return &self.measures;
        }
        self.middle.get_or_init(|| solved(self.plan.clone()))
    }

    /// A note that holds for the middle plan, which it then says.
    fn of_the_middle(&self, note: String) -> String {
        if self.scenario.family.is_certain() {
            note
        } else {
            format!("{note}; all with what is not known at its median")
        }
    }

    /// The segments that have orgs.
    fn segments(&self) -> impl Iterator<Item = &'a Segment> + Clone + use<'a> {
        self.plan.segments().iter().filter(|segment| segment.orgs > 0)
    }

    /// Whether an instant of the plan is not known.
    fn has_open_dates(&self) -> bool {
        self.plan.dates().iter().any(crate::plan::DateRange::is_open)
    }

    /// Whether the file writes a key, for all orgs or for a segment.
    fn writes(&self, key: &str) -> bool {
        let places = &self.scenario.key_places;
        let own = |s: &Segment| places.get(&format!("segment.{}.{key}", s.id)).is_some();
        places.get(key).is_some() || self.plan.segments().iter().any(own)
    }

    /// Where a key stands, or the table that it would stand in.
    fn place(&self, key: &str) -> Span {
        self.scenario.key_places.nearest(key)
    }

    /// Where a segment says `key`; where it inherits it, where the scenario does.
    fn place_of(&self, segment: &Segment, key: &str) -> Span {
        let own = self.scenario.key_places.get(&format!("segment.{}.{key}", segment.id));
        own.cloned().unwrap_or_else(|| self.place(key))
    }

    /// The event that reconnects are about: the first reauthorization that can change a number, else the plan's main event.
    fn policy(&self) -> &'a Event {
        let cause = crate::plan::Cause::Reauthorization;
        let reauthorizes = |event: &&Event| event.controls.contains(&cause) && self.plan.acts(event, cause);
        self.plan.events().iter().find(reauthorizes).unwrap_or_else(|| self.plan.main_event())
    }

    /// Where its instant stands.
    fn policy_place(&self) -> Span {
        self.place(&format!("event.{}.at", self.policy().id))
    }

    /// An instant in the plan's zone.
    fn show(&self, at: DateTime<Utc>) -> String {
        use chrono::Datelike;
        let zone = self.plan.time_zone();
        clock::show(at, zone, Some(self.plan.as_of().with_timezone(&zone).year()))
    }

    /// Share of all orgs that these segments hold.
    fn share(&self, segments: &[&Segment]) -> f64 {
        segments.iter().map(|s| s.orgs).sum::<u64>() as f64 / self.plan.orgs() as f64
    }

    /// `EMEA and APAC (55 % of the orgs)`; of a plan without segments, `the orgs`.
    fn whose(&self, segments: &[&Segment]) -> String {
        if !self.has_segments() {
            return "the orgs".to_owned();
        }
        let names: Vec<String> = segments.iter().map(|s| s.name.clone()).collect();
        format!("{} ({} of the orgs)", words::list(&names), words::share(self.share(segments)))
    }

    /// Whether the scenario names segments.
    fn has_segments(&self) -> bool {
        self.plan.segments().len() > 1 || self.plan.segments().iter().any(|s| s.id != "all")
    }

    /// The highest rate that leaves somebody out, else the highest: its index.
    fn telling_rate(&self) -> Option<usize> {
        let rates = || self.plan.uptakes().iter().enumerate().map(|(i, uptake)| (i, uptake.value));
        let highest = |rates: &mut dyn Iterator<Item = (usize, f64)>| rates.max_by(|a, b| a.1.total_cmp(&b.1));
        highest(&mut rates().filter(|r| r.1 < 1.0)).or_else(|| highest(&mut rates())).map(|r| r.0)
    }

    /// The lowest rate: its index.
    fn lowest_rate(&self) -> usize {
        let rates = self.plan.uptakes().iter().enumerate();
        rates.min_by(|a, b| a.1.value.total_cmp(&b.1.value)).map_or(0, |r| r.0)
    }

    /// `at 90 % reconnecting`; of a rate that is a law its range: no single rate makes its figures.
    fn at_rate(&self, rate: usize) -> String {
        format!("at {} reconnecting", self.plan.uptakes()[rate].name)
    }
}

/// Whether a figure of a changed plan is worse than now, by more than both engines' bounds explain.
fn worse(changed: &Measures, now: &Measures, of: impl Fn(&Measures) -> f64) -> bool {
    let orgs = now.by_segment.iter().map(|segment| segment.orgs).sum::<u64>() as f64;
    let bound = |measures: &Measures| measures.error_bound.unwrap_or(0.0);
    of(changed) > of(now) + (bound(changed) + bound(now)).max(1e-9) * orgs
}

/// What the exact engine says of a plan, at each uptake rate; empty where it declines.
fn solved(plan: Plan) -> Vec<Measures> {
    exact::measures(&Family::certain(plan)).unwrap_or_default()
}

impl Lints {
    /// The warnings as programs read them, in the order of their places.
    pub fn to_json(&self) -> serde_json::Value {
        let warning = |finding: &Finding| {
            let (file, line, column) = self.found.place(&finding.span);
            serde_json::json!({
                "code": finding.code, "message": finding.message, "notes": finding.notes, "help": finding.help,
                "file": file, "line": line, "column": column,
            })
        };
        self.found.sorted().into_iter().map(warning).collect()
    }
}
