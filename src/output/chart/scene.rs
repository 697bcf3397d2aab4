//! What the charts of a run share: the plan, the figures that are drawn, and the rates with their labels and colours.

use super::labelled::Labelled;
use super::selection::{chosen, some_shown};
use super::theme::{Ink, Theme};
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::words;
use crate::plan::Plan;
use crate::plan::wording::Term;
use crate::results::Projection;

/// What every chart is drawn from.
pub struct Scene<'a> {
    pub(super) plan: &'a Plan,
    pub(super) projection: &'a Projection,
    pub(super) theme: &'a Theme,
    pub(super) findings: ReportFindings,
    pub(super) facts: Facts<'a>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(plan: &'a Plan, projection: &'a Projection, theme: &'a Theme) -> Self {
        let (findings, facts) = (ReportFindings::of(plan, projection), Facts::of(plan, projection));
        Self { plan, projection, theme, findings, facts }
    }

    /// The rates to draw, lowest first, each with its colour: the same in every chart.
    pub(super) fn rates(&self, most: usize) -> Vec<(usize, Ink)> {
        self.inked(|count| chosen(count, most))
    }

    /// The lowest, the middle and the highest rate, each with its colour; each once.
    pub(super) fn main_rates(&self) -> Vec<(usize, Ink)> {
        let mut rates = self.inked(|count| vec![0, (count - 1) / 2, count - 1]);
        rates.dedup_by_key(|rate| rate.0);
        rates
    }

    /// Rates by their places in ascending order, each with its colour.
    fn inked(&self, places: impl Fn(usize) -> Vec<usize>) -> Vec<(usize, Ink)> {
        let order = self.facts.ascending();
        let inks = self.theme.rate_inks(order.len());
        places(order.len()).into_iter().map(|i| (order[i], inks[i])).collect()
    }

    /// What a rate is called in every chart.
    pub(super) fn label(&self, index: usize) -> String {
        words::row_label(self.plan, index, self.facts.outcome(index))
    }

    /// What a chart draws of each rate, with its label and its colour.
    pub(super) fn of_rates<T>(&self, drawn: &[(usize, Ink)], of: impl Fn(usize) -> T) -> Vec<Labelled<T>> {
        drawn.iter().map(|(i, ink)| Labelled { text: self.label(*i), ink: *ink, of: of(*i) }).collect()
    }

    /// The first for all rates where they can't be told apart, labelled from a rate to the last.
    pub(super) fn merged<T>(
        &self,
        from: usize,
        mut all: Vec<Labelled<T>>,
        are_alike: impl Fn(&T, &T) -> bool,
    ) -> Vec<Labelled<T>> {
        if all.len() > 1 && all.iter().all(|other| are_alike(&all[0].of, &other.of)) {
            all[0].text = format!("{} to {}", self.facts.rate(from), all[all.len() - 1].text);
            all.truncate(1);
        }
        all
    }

    /// What a description says of each rate, after its label.
    pub(super) fn told_by_rate(
        &self,
        rates: impl IntoIterator<Item = usize>,
        tell: impl Fn(usize) -> String,
    ) -> String {
        let told: Vec<String> = rates.into_iter().map(|i| format!("{}: {}", self.label(i), tell(i))).collect();
        told.join("; ")
    }

    /// The middle rate, as the end of what is said of it alone; nothing where nobody is asked to reconnect.
    pub(super) fn at_middle(&self) -> String {
        self.facts.on_condition(self.facts.middle())
    }

    /// What a subtitle adds when rates are left out, or are not known.
    pub(super) fn about_rates(&self, drawn: &[(usize, Ink)]) -> String {
        let mut words = some_shown(drawn.len(), self.projection.uptakes.len(), "rates");
        if drawn.iter().any(|(i, _)| words::is_unknown(self.plan, *i)) {
            words += " \u{201c}About\u{201d} marks a rate that is not known.";
        }
        words
    }
}

/// A mean number of orgs with its unit: `1 org`, `1.2 orgs`.
pub(super) fn mean_orgs(mean: f64) -> String {
    with_unit(&words::about(mean))
}

/// A number of orgs, as it has been written, with its unit.
pub(super) fn with_unit(number: &str) -> String {
    Term::counted(number)
}
