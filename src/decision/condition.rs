//! Conditions as a planner types them, for `--target` and `--require`: `failed_by_deadline.p95 <= 50 at uptake 0.5`. It reads
//! them, with every fault shown where it stands, and holds results against them.

use crate::plan::Plan;
use crate::plan::units::{group_count, group_number, round_to, show_share};
use crate::plan::wording::ORGS;
use crate::results::{Counted, Measures, Projection};
use crate::scenario::FindingCode;
use crate::scenario::tree::Span;
use crate::scenario::{Finding, Findings, nearest};
use std::ops::Range;

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ConditionFigure {
    /// A number of orgs, by one statistic of its distribution.
    Orgs(Counted, Statistic),
    /// The chance that at most the scenario's tolerance fail by the deadline.
    WithinTolerance,
}

/// A number that a distribution is summed up by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Statistic {
    /// Its mean: what a condition means that names none.
    Mean,
    /// The percentile of so many percent, above 0 and below 100.
    Percentile(f64),
}

/// How a figure is held against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

/// A limit: a number of orgs or a chance, or a share of the orgs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    /// As it is written.
    Number(f64),
    /// Written with a percent sign; 0-1.
    Share(f64),
}

/// A condition that results can be held against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// As it was typed, without needless blanks.
    pub text: String,
    /// What it is about.
    pub figure: ConditionFigure,
    /// How.
    pub comparison: Relation,
    /// Against what.
    pub limit: Limit,
    /// At which rate of reconnecting alone; `None` for every rate.
    pub uptake: Option<f64>,
}

/// What a plan is to reach: at most so many orgs, with the confidence that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// As it was typed.
    pub text: String,
    /// What is counted.
    pub counted: Counted,
    below: bool,
    limit: Limit,
}

impl Target {
    /// Reads a target: a figure, `<=` or `<`, and a number of orgs or a share of them. It has no statistic, since it is to be met with
    /// a chance.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, Findings> {
        let (mut findings, read) = read("--target", text);
        let Some((condition, places)) = read else { return Err(findings) };
        let mut fault = |range: Range<usize>, message: &str, help: &str| {
            findings.push(Finding::new(FindingCode::NotATarget, message, span(range)).help(help));
        };
        if let Some(range) = places.statistic {
            fault(
                range,
                "a target has no statistic",
                "leave it out: --confidence says with what chance it is to be met",
            );
        }
        if let Some(range) = places.uptake {
            fault(range, "a target holds at one rate", "leave this out; --uptake names the rate");
        }
        let counted = match condition.figure {
            ConditionFigure::Orgs(counted, _) => Some(counted),
            ConditionFigure::WithinTolerance => {
                let help = "write failed_by_deadline <= with your tolerance; --confidence is its chance";
                fault(places.figure, "a chance is no target", help);
                None
            }
        };
        if matches!(condition.comparison, Relation::AtLeast | Relation::Above) {
            fault(places.comparison, "a target is a most, not a least", "write `<=` or `<`");
        }
        match counted.filter(|_| findings.is_empty()) {
            Some(counted) => Ok(Self {
                text: condition.text,
                counted,
                below: condition.comparison == Relation::Below,
                limit: condition.limit,
            }),
            None => Err(findings),
        }
    }

    /// The target that a tolerance sets: at most so many failed by the deadline.
    pub(crate) fn of_tolerance(tolerance: u64) -> Self {
        Self {
            text: format!("failed_by_deadline <= {tolerance}"),
            counted: Counted::FailedByDeadline,
            below: false,
            limit: Limit::Number(tolerance as f64),
        }
    }

    /// The most of so many orgs that meet it; `None` where not even none would.
    pub(crate) fn at_most(&self, orgs: u64) -> Option<u64> {
        let limit = match self.limit {
            Limit::Number(number) => number,
            Limit::Share(share) => share * orgs as f64,
        };
        // A share of the orgs that is whole but for rounding is whole.
        let limit = if (limit - limit.round()).abs() < 1e-9 * limit.max(1.0) { limit.round() } else { limit };
        let most = if self.below { (limit.ceil() - 1.0).max(-1.0) } else { limit.floor() };
        (most >= 0.0).then_some(most as u64)
    }

    /// `fewer than 25 of 2,500 orgs`, `at most 1 % of the orgs`.
    pub(crate) fn amount(&self) -> String {
        let word = if self.below { "fewer than" } else { "at most" };
        match self.limit {
            Limit::Number(number) => format!("{word} {}", group_number(round_to(number, 3))),
            Limit::Share(share) => format!("{word} {} of the {ORGS}", show_share(share)),
        }
    }

    /// `at most 25 fail by the deadline`.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.amount(), self.counted.does())
    }
}

impl Condition {
    /// Reads a condition of `--require`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, Findings> {
        let (findings, read) = read("--require", text);
        match read {
            Some((condition, _)) if findings.is_empty() => Ok(condition),
            _ => Err(findings),
        }
    }

    /// Why it can't be held against what a plan reports, before anything is computed.
    ///
    /// # Errors
    /// Says what the plan lacks.
    pub(crate) fn fits(&self, plan: &Plan) -> Result<(), String> {
        if self.figure == ConditionFigure::WithinTolerance && plan.tolerance().is_none() {
            return Err(format!("`{}`: the scenario has no `tolerance`; give it one, or name a figure", self.text));
        }
        let Some(uptake) = self.uptake else { return Ok(()) };
        if plan.uptakes().iter().any(|u| is_rate(u.value, uptake)) {
            return Ok(());
        }
        let listed: Vec<&str> = plan.uptakes().iter().map(|u| u.label.as_str()).collect();
        Err(format!(
            "`{}`: the scenario does not list this rate but {}; add it with --set reconnect.uptake=[{uptake}]",
            self.text,
            listed.join(", ")
        ))
    }

    /// Where a projection does not meet it: a line for each rate of reconnecting, empty where it holds.
    pub(crate) fn broken(&self, plan: &Plan, projection: &Projection) -> Vec<String> {
        let at = |uptake: f64| self.uptake.is_none_or(|only| is_rate(uptake, only));
        let held = projection.uptakes.iter().filter(|o| at(o.uptake));
        held.filter_map(|outcome| {
            let value = self.figure.of(outcome.best())?;
            let broken = !self.comparison.holds(value, self.limit.of(plan.orgs()));
            broken.then(|| {
                let shown = match self.figure {
                    ConditionFigure::WithinTolerance => format!("{}", round_to(value, 4)),
                    ConditionFigure::Orgs(_, Statistic::Mean) => group_number(round_to(value, 2)),
                    ConditionFigure::Orgs(..) => group_count(value as u64),
                };
                format!("required: {} ({} it is {shown})", self.text, plan.if_rate(&outcome.label))
            })
        })
        .collect()
    }
}

impl ConditionFigure {
    /// Its value; `None` where it was not computed.
    fn of(self, measures: &Measures) -> Option<f64> {
        match self {
            Self::WithinTolerance => measures.within_tolerance,
            Self::Orgs(counted, Statistic::Mean) => Some(measures.counted(counted).mean),
            Self::Orgs(counted, Statistic::Percentile(p)) => Some(measures.counted(counted).percentile(p) as f64),
        }
    }
}

impl Relation {
    fn holds(self, value: f64, limit: f64) -> bool {
        // Means of equal plans differ in their last digits.
        let slack = 1e-9 * limit.abs().max(1.0);
        match self {
            Self::AtMost => value <= limit + slack,
            Self::Below => value < limit - slack,
            Self::AtLeast => value >= limit - slack,
            Self::Above => value > limit + slack,
        }
    }
}

impl Limit {
    fn of(self, orgs: u64) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Share(share) => share * orgs as f64,
        }
    }
}

fn is_rate(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// Where the parts of a condition stand in its text.
struct Places {
    figure: Range<usize>,
    statistic: Option<Range<usize>>,
    comparison: Range<usize>,
    uptake: Option<Range<usize>>,
}

const FIGURES: [&str; 4] = ["failed_by_deadline", "down_at_deadline", "failed_by_horizon", "within_tolerance"];
const COMPARISONS: [(&str, Relation); 4] =
    [("<=", Relation::AtMost), (">=", Relation::AtLeast), ("<", Relation::Below), (">", Relation::Above)];

fn span(range: Range<usize>) -> Span {
    Span { source: 0, range }
}

/// Reads a condition, gathering its faults; `None` where too little can be told.
fn read(option: &str, text: &str) -> (Findings, Option<(Condition, Places)>) {
    let mut findings = Findings::new(option, text);
    let mut fault = |range: Range<usize>, message: String, help: &str| {
        findings.push(Finding::new(FindingCode::NotACondition, message, span(range)).help(help));
    };
    let Some((at, (sign, comparison))) = text
        .char_indices()
        .find_map(|(i, _)| COMPARISONS.iter().find(|(sign, _)| text[i..].starts_with(sign)).map(|found| (i, *found)))
    else {
        let help = "write a figure, `<=` and a number, such as failed_by_deadline <= 25";
        fault(0..text.len(), "this holds nothing against anything".to_owned(), help);
        return (findings, None);
    };
    let (name, name_at) = trimmed(text, 0..at);
    let (dotted, statistic_at) = match name.split_once('.') {
        Some((figure, statistic)) => (Some((figure, statistic)), Some(name_at.start + figure.len() + 1..name_at.end)),
        None => (None, None),
    };
    let (figure_name, statistic) = dotted.map_or((name, None), |(figure, statistic)| (figure, Some(statistic)));
    let figure_at = name_at.start..name_at.start + figure_name.len();
    if !FIGURES.contains(&figure_name) {
        let near = nearest(figure_name, &FIGURES);
        let help =
            near.map_or_else(|| format!("figures are {}", FIGURES.join(", ")), |n| format!("did you mean `{n}`?"));
        let message = if figure_name.is_empty() {
            "there is no figure before this".to_owned()
        } else {
            format!("`{figure_name}` is no figure")
        };
        let place = if figure_name.is_empty() { at..at + sign.len() } else { figure_at.clone() };
        fault(place, message, &help);
    }
    let counted = Counted::ALL.into_iter().find(|c| c.key() == figure_name);
    let parsed = statistic.map(statistic_of);
    if let (Some(None), Some(place)) = (parsed, statistic_at.clone()) {
        let message = format!("`{}` is no statistic", statistic.unwrap_or(""));
        fault(place, message, "write .mean, or a percentile such as .p5, .p95 or .p99.5");
    } else if let (Some(place), None, "within_tolerance") = (statistic_at.clone(), counted, figure_name) {
        fault(place, "a chance has no statistic".to_owned(), "leave it out: within_tolerance >= 0.9");
    }
    let figure = counted.map_or(ConditionFigure::WithinTolerance, |c| {
        ConditionFigure::Orgs(c, parsed.flatten().unwrap_or(Statistic::Mean))
    });
    let rest = at + sign.len()..text.len();
    let tail = text[rest.clone()].find(" at ").map(|i| rest.start + i);
    let (number, number_at) = trimmed(text, rest.start..tail.unwrap_or(rest.end));
    let limit = limit_of(number);
    match limit {
        None => {
            let message = if number.is_empty() {
                "there is no number after this".to_owned()
            } else {
                format!("`{number}` is no number of {ORGS} and no share")
            };
            let place = if number.is_empty() { at..at + sign.len() } else { number_at };
            fault(place, message, "write a number such as 25 or a share such as 1%");
        }
        Some(Limit::Number(chance) | Limit::Share(chance)) if figure_name == "within_tolerance" && chance > 1.0 => {
            fault(number_at, "a chance is at most 1".to_owned(), "write within_tolerance >= 0.9, or >= 90%");
        }
        _ => {}
    }
    let mut uptake = None;
    let mut uptake_at = None;
    if let Some(tail) = tail {
        let (words, place) = trimmed(text, tail + 4..text.len());
        uptake_at = Some(tail + 1..place.end.max(tail + 3));
        uptake = words.strip_prefix("uptake").and_then(|u| limit_of(u.trim())).and_then(|l| match l {
            Limit::Number(rate) | Limit::Share(rate) if rate <= 1.0 => Some(rate),
            _ => None,
        });
        if uptake.is_none() {
            let message = format!("`at {words}` names no rate");
            fault(tail + 1..place.end.max(tail + 3), message, "write `at uptake 0.5` or `at uptake 50%`");
        }
    }
    let limit = match (limit.unwrap_or(Limit::Number(0.0)), figure) {
        // A chance of 90 % is the number 0.9, whatever the orgs are.
        (Limit::Share(share), ConditionFigure::WithinTolerance) => Limit::Number(share),
        (limit, _) => limit,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let places =
        Places { figure: figure_at, statistic: statistic_at, comparison: at..at + sign.len(), uptake: uptake_at };
    let whole = findings.is_empty();
    (findings, whole.then_some((Condition { text, figure, comparison, limit, uptake }, places)))
}

/// A part of the text without the blanks around it, and its place.
fn trimmed(text: &str, range: Range<usize>) -> (&str, Range<usize>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let part = part.trim();
    (part, start..start + part.len())
}

fn statistic_of(text: &str) -> Option<Statistic> {
    if text == "mean" {
        return Some(Statistic::Mean);
    }
    let percent =
        text.strip_prefix('p').filter(|p| p.starts_with(|c: char| c.is_ascii_digit()))?.parse::<f64>().ok()?;
    (percent > 0.0 && percent < 100.0).then_some(Statistic::Percentile(percent))
}

/// `25`, `2_500`, `2,500`, `1%`; not negative.
fn limit_of(text: &str) -> Option<Limit> {
    let (number, share) = text.strip_suffix('%').map_or((text, false), |n| (n.trim_end(), true));
    if !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = number.replace(['_', ','], "").parse::<f64>().ok().filter(|v| v.is_finite())?;
    match share {
        false => Some(Limit::Number(value)),
        true => (value <= 100.0).then_some(Limit::Share(value / 100.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_in_all_their_spellings() {
        let read = |text: &str| Condition::parse(text).unwrap_or_else(|f| panic!("{text}: {}", f.render(false)));
        let condition = read("  failed_by_deadline.p95<=50  at uptake  50% ");
        assert_eq!(condition.figure, ConditionFigure::Orgs(Counted::FailedByDeadline, Statistic::Percentile(95.0)));
        assert_eq!((condition.comparison, condition.limit), (Relation::AtMost, Limit::Number(50.0)));
        assert_eq!(
            (condition.uptake, condition.text.as_str()),
            (Some(0.5), "failed_by_deadline.p95<=50 at uptake 50%")
        );
        assert_eq!(read("within_tolerance >= 90%").limit, Limit::Number(0.9));
        assert_eq!(read("down_at_deadline < 1%").limit, Limit::Share(0.01));
        assert_eq!(
            read("failed_by_horizon > 2,500").figure,
            ConditionFigure::Orgs(Counted::FailedByHorizon, Statistic::Mean)
        );
        assert_eq!(
            read("failed_by_deadline.p99.5 <= 3").figure,
            ConditionFigure::Orgs(Counted::FailedByDeadline, Statistic::Percentile(99.5))
        );
    }

    #[test]
    fn a_target_is_the_most_orgs_that_meet_it() {
        let most = |text: &str, orgs| Target::parse(text).expect("a target").at_most(orgs);
        assert_eq!(most("failed_by_deadline <= 25", 2500), Some(25));
        assert_eq!(most("failed_by_deadline < 25", 2500), Some(24));
        assert_eq!(most("failed_by_deadline < 25.5", 2500), Some(25));
        assert_eq!(most("failed_by_deadline <= 1%", 2500), Some(25));
        assert_eq!(most("failed_by_deadline < 1%", 2500), Some(24));
        // 0.7 % of 1,000 is 7, though 0.007 times 1,000 is 7.000000000000001.
        assert_eq!(
            [most("failed_by_deadline < 0.7%", 1000), most("failed_by_deadline <= 0.7%", 1000)],
            [Some(6), Some(7)]
        );
        assert_eq!(most("failed_by_deadline < 0", 2500), None);
        assert_eq!(most("failed_by_deadline <= 0", 2500), Some(0));
    }

    #[test]
    fn what_is_no_condition_is_told_where_and_how_to_mend_it() {
        let conditions = [
            "",
            "failed_by_deadline",
            "failed_by_deadlin <= 25",
            "failed_by_deadline.p0 <= 25",
            "failed_by_deadline.median <= -3",
            "failed_by_deadline <= 25 at noon",
            "failed_by_deadline <= 25 at uptake 150%",
            "within_tolerance >= 90",
            "within_tolerance.p95 >= 0.9",
            "<= 25",
            "日本 <= é",
        ];
        let targets =
            ["failed_by_deadline.p95 >= 25 at uptake 0.5", "within_tolerance >= 0.9", "failed_by_deadline <="];
        let mut report = String::new();
        for text in conditions {
            report += &Condition::parse(text).expect_err(text).render(false);
            report += "\n\n";
        }
        for text in targets {
            report += &Target::parse(text).expect_err(text).render(false);
            report += "\n\n";
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("condition_faults", report);
        });
    }
}
