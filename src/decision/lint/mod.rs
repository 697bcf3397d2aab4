//! Lints: what is legal in a plan but unwise, each with the figure that makes it matter. One file a group of lints; the codes
//! stand in `scenario::lints`. Of what is not known the median is taken.

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
use crate::results::{Measures, Warning};
use crate::scenario::tree::Span;
use crate::scenario::{Finding, Findings, Scenario};
use chrono::{DateTime, Utc};

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

/// All lints of a scenario.
pub fn lint(scenario: &Scenario) -> Lints {
    let subject = Subject::new(scenario);
    let mut all = scenario.warnings.clone();
    all.extend(window::lints(&subject));
    all.extend(deadline::lints(&subject));
    all.extend(effect::lints(&subject));
    all.extend(plans_left_out(&subject));
    all.extend(refresh::lints(&subject));
    all.extend(after::lints(&subject));
    all.extend(places::lints(&subject));
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

/// What lints look at: the plan with every unknown at its median, where its keys stand, and what the exact engine says of it.
struct Subject<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    /// Of each uptake rate; empty where the engine declines.
    measures: Vec<Measures>,
}

impl<'a> Subject<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let plan = scenario.family.centre();
        Self { scenario, plan, measures: solved(plan.clone()) }
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

    /// `at 90 % reconnecting`.
    fn at_rate(&self, rate: usize) -> String {
        format!("at {} reconnecting", self.plan.uptakes()[rate].label)
    }
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
