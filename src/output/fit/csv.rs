//! The curve of a fitted history, and the values that stand for it, as CSV.

use crate::results::fit::HistoryFit;
use std::fmt::Write;

/// `survival.csv`: a row for each length at which intervals ended, with the Kaplan-Meier curve and its band.
pub(crate) fn survival_csv(found: &HistoryFit) -> String {
    let mut text = "hours,at_risk,ended,longer,se,low,high\n".to_owned();
    let cell = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    for step in &found.curve.steps {
        let (low, high) = (step.band.map(|b| b[0]), step.band.map(|b| b[1]));
        let head = format!("{},{},{},{}", step.time, step.at_risk, step.events, step.sf);
        let _ = writeln!(text, "{head},{},{},{}", cell(step.se), cell(low), cell(high));
    }
    text
}

/// `intervals.csv`: values that stand for the curve, for `{ empirical = "intervals.csv" }`.
pub(crate) fn intervals_csv(found: &HistoryFit) -> String {
    let values = found.empirical.iter().map(|hours| super::law::duration(*hours).trim_matches('"').to_owned());
    std::iter::once("value".to_owned()).chain(values).collect::<Vec<_>>().join("\n") + "\n"
}
