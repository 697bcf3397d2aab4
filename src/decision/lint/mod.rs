//! Lints: what is legal in a plan but unwise, each with the figure that makes it matter. One file a group of lints; the codes
//! stand in `scenario::lints`. Figures are those of the run: of what is not known, the mixture. What is asked of a changed plan is
//! asked of the middle plan alone, beside the middle plan's own figure, and says so.

mod after;
mod deadline;
mod effect;
mod placed;
mod places;
mod policies;
mod refresh;
mod subject;
mod window;
mod words;
mod work;

pub use placed::PlacedWarning;

use crate::engine::exact;
use crate::plan::units::show_share;
use crate::results::{Measures, Outcome, Warning};
use crate::scenario::FindingCode;
use crate::scenario::{Finding, Findings, Scenario};
use std::cell::OnceCell;
use subject::Subject;

/// What was found.
#[derive(Debug)]
pub struct Lints {
    /// The warnings, with the texts that they point into.
    pub found: Findings,
    /// Codes of those that the scenario silences.
    pub silenced: Vec<FindingCode>,
}

impl Lints {
    /// Those alone that were found when the scenario was read: they have no figures.
    pub fn of_reading(scenario: &Scenario) -> Self {
        Self::sorted_out(scenario, scenario.warnings.clone())
    }

    fn sorted_out(scenario: &Scenario, all: Vec<Finding>) -> Self {
        let (silenced, kept): (Vec<Finding>, Vec<Finding>) =
            all.into_iter().partition(|finding| scenario.allowed.contains(&finding.code));
        let mut silenced: Vec<FindingCode> = silenced.iter().map(|finding| finding.code).collect();
        silenced.sort_unstable();
        silenced.dedup();
        Self { found: scenario.report(kept), silenced }
    }

    /// What was found, for reports.
    pub fn warnings(&self) -> Vec<Warning> {
        let words = |finding: &Finding| Warning {
            code: finding.code.to_string(),
            message: finding.message.clone(),
            notes: finding.notes.clone(),
            help: finding.help.iter().cloned().collect(),
        };
        self.found.sorted().into_iter().map(words).collect()
    }

    /// What was found, each with its place, as programs read it; in the order of their places.
    pub fn placed(&self) -> Vec<PlacedWarning<'_>> {
        self.found.sorted().into_iter().map(|finding| PlacedWarning::new(&self.found, finding)).collect()
    }
}

/// All lints of a scenario. Where the exact engine declines, those that need no figure.
pub fn lint(scenario: &Scenario) -> Lints {
    lint_with(scenario, exact::measures_without_curves(&scenario.family).unwrap_or_default())
}

/// All lints of a scenario whose outcomes are at hand already.
pub fn lint_projected(scenario: &Scenario, uptakes: &[Outcome]) -> Lints {
    lint_with(scenario, uptakes.iter().filter_map(|outcome| outcome.exact.clone()).collect())
}

fn lint_with(scenario: &Scenario, measures: Vec<Measures>) -> Lints {
    let _words = scenario.family.centre().wording().enter();
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
    all.extend(policies::lints(&subject));
    if subject.has_open_dates() {
        let note = "this takes dates that are not known at their medians";
        all.iter_mut()
            .filter(|finding| reads_dates(finding.code))
            .for_each(|finding| finding.notes.push(note.to_owned()));
    }
    Lints::sorted_out(scenario, all)
}

/// Whether a lint speaks of the plan's dates.
const fn reads_dates(code: FindingCode) -> bool {
    matches!(
        code,
        FindingCode::WindowOffHours
            | FindingCode::WindowUnder72Hours
            | FindingCode::WindowBeforePolicy
            | FindingCode::WindowAfterDeadline
            | FindingCode::DeadlineAfterBusiness
            | FindingCode::DeadlineOnDayOff
            | FindingCode::PolicyLateInWeek
            | FindingCode::ClockChange
            | FindingCode::BrownoutAtNight
            | FindingCode::GracePastDeadline
            | FindingCode::GuardTooLate
    )
}

/// That possible plans contradict themselves: a window that closes before it opens, say.
fn plans_left_out(subject: &Subject<'_>) -> Option<Finding> {
    let family = &subject.scenario.family;
    let possible = family.possible_plans(0).ok().filter(|possible| possible.left_out > 0)?;
    let all = possible.plans.len() + possible.left_out;
    let share = show_share(possible.left_out as f64 / all as f64);
    let message =
        format!("{} of {all} possible plans ({share}) contradict themselves, and are left out", possible.left_out);
    let mut places = family.unknowns().iter().map(|unknown| subject.place(&unknown.key));
    let finding = Finding::new(FindingCode::PlansLeftOut, message, places.next()?).warning().label("not known");
    let finding = places.fold(finding, |finding, place| finding.related(place, "not known"));
    let help =
        "choose values so that every draw makes a plan, or write a scenario for each case and use `cutover compare`";
    Some(finding.help(help))
}
