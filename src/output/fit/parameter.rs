//! A fitted parameter in words.

use crate::stats::fit::{Measure, Parameter};

/// A parameter's value, error and range, each with its unit.
pub(super) fn sureness(parameter: &Parameter) -> [String; 3] {
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
