//! Rates of reconnecting that a plan compares.

use crate::stats::Law;

/// One rate of reconnecting to be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Uptake {
    /// The rate, 0-1. For a rate that is not known: its value in this plan (the law's median in a family's centre).
    pub value: f64,
    /// The law, when it is not known.
    pub law: Option<Law>,
    /// As the scenario writes it, in JSON.
    pub echo: serde_json::Value,
    /// For rows and labels: `50 %`, or the law in words.
    pub label: String,
    /// In a sentence: `50 %`; of a law the range that it stands for, `32-99 %`: no single rate makes its figures.
    pub name: String,
}

/// Which of these rates is the middle one, ascending; the lower of two. A law is no rate that anybody can aim for: it counts only where fewer
/// than two rates are known. `None` without rates.
pub fn middle_uptake(uptakes: &[Uptake]) -> Option<usize> {
    let ascending = aimed_for(uptakes);
    ascending.get(ascending.len().checked_sub(1)? / 2).copied()
}

/// The places of the rates that somebody can aim for, ascending: the known ones, or all where fewer than two are.
pub fn aimed_for(uptakes: &[Uptake]) -> Vec<usize> {
    let mut all: Vec<usize> = (0..uptakes.len()).collect();
    all.sort_by(|a, b| uptakes[*a].value.total_cmp(&uptakes[*b].value));
    let known: Vec<usize> = all.iter().copied().filter(|i| uptakes[*i].law.is_none()).collect();
    if known.len() < 2 { all } else { known }
}
