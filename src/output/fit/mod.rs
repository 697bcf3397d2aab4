//! Bytes from a fitted history: the terminal's text, JSON, a page, the curve and the values that stand for it as CSV; its chart is
//! among the charts. It computes no result.

pub mod json;
pub mod law;
#[cfg(feature = "charts")]
pub mod report;
pub mod sentences;
pub mod terminal;

#[cfg(test)]
pub(super) mod samples;

use crate::results::fit::HistoryFit;
use crate::stats::fit::{Measure, Parameter};
use std::fmt::Write;

/// `survival.csv`: a row for each length at which intervals ended, with the Kaplan-Meier curve and its band.
pub fn survival_csv(found: &HistoryFit) -> String {
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
pub fn intervals_csv(found: &HistoryFit) -> String {
    let values = found.empirical.iter().map(|hours| law::duration(*hours).trim_matches('"').to_owned());
    std::iter::once("value".to_owned()).chain(values).collect::<Vec<_>>().join("\n") + "\n"
}

/// A parameter's value, error and range, each with its unit.
fn sureness(parameter: &Parameter) -> [String; 3] {
    let [low, high] = parameter.interval;
    let error = parameter.se.unwrap_or((high - low) / 3.0);
    let unit = if parameter.measure == Measure::Duration { " h" } else { "" };
    // Two digits of the error.
    let power = if error > 0.0 { (error.log10().floor() as i32 - 1).max(-6) } else { -2 };
    let written = |value: f64| {
        let step = 10_f64.powi(power);
        let decimals = usize::try_from(-power).unwrap_or(0);
        format!("{:.decimals$}", (value / step).round() * step)
    };
    let se = parameter.se.map_or_else(|| "an end".to_owned(), |se| format!("{}{unit}", written(se)));
    [format!("{}{unit}", written(parameter.value)), se, format!("{} to {}{unit}", written(low), written(high))]
}
