//! What the charts of a run share: the plan, the figures that are drawn, and the time axis.

use super::rates::chosen;
use super::theme::{Ink, Theme};
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::words;
use crate::plan::Plan;
use crate::results::Projection;

/// What every chart is drawn from.
pub(super) struct Scene<'a> {
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
        let order = self.facts.ascending();
        let inks = self.theme.rate_inks(order.len());
        chosen(order.len(), most).into_iter().map(|i| (order[i], inks[i])).collect()
    }

    /// The lowest, the middle and the highest rate, each with its colour; each once.
    pub(super) fn main_rates(&self) -> Vec<(usize, Ink)> {
        let order = self.facts.ascending();
        let inks = self.theme.rate_inks(order.len());
        let mut places = vec![0, (order.len() - 1) / 2, order.len() - 1];
        places.dedup();
        places.into_iter().map(|i| (order[i], inks[i])).collect()
    }

    /// What a rate is called in every chart.
    pub(super) fn label(&self, index: usize) -> String {
        words::row_label(self.plan, index, self.facts.outcome(index))
    }

    /// The middle rate, as the end of what is said of it alone; nothing where nobody is asked to reconnect.
    pub(super) fn at_middle(&self) -> String {
        let rate = || format!(" at {} reconnecting", self.facts.rate(self.facts.middle()));
        self.plan.window().map_or_else(String::new, |_| rate())
    }

    /// What a subtitle adds when rates are left out, or are not known.
    pub(super) fn about_rates(&self, drawn: &[(usize, Ink)]) -> String {
        let all = self.projection.uptakes.len();
        let mut words = String::new();
        if drawn.len() < all {
            words += &format!(" {} of {all} rates are shown.", drawn.len());
        }
        if drawn.iter().any(|(i, _)| words::is_unknown(self.plan, *i)) {
            words += " \u{201c}About\u{201d} marks a rate that is not known.";
        }
        words
    }

    /// The chart's description for readers who can't see it, as one line without what no voice can read.
    pub(super) fn describe(&self, what: &str) -> String {
        super::text::clean(what)
    }
}
