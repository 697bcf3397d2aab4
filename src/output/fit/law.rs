//! A fitted law as a scenario writes it, each parameter rounded to what the data know of it.

use crate::stats::fit::{Fit, LawFamily, Measure, Parameter};

/// `{ weibull = { scale = "90h", shape = 1.3 } }`.
pub(crate) fn text(fit: &Fit) -> String {
    let rounded: Vec<String> = fit.parameters.iter().map(|p| quoted(p, &round(p))).collect();
    let key = fit.family.key();
    if fit.family.has_ends() {
        return format!("{{ {key} = [{}] }}", rounded.join(", "));
    }
    let named = fit.parameters.iter().zip(&rounded).map(|(p, value)| format!("{} = {value}", p.name));
    format!("{{ {key} = {{ {} }} }}", named.collect::<Vec<_>>().join(", "))
}

/// A length as a scenario writes it, such as `"36h"`, to at most four decimals.
pub(crate) fn duration(hours: f64) -> String {
    format!("\"{}h\"", trimmed(&format!("{hours:.4}")))
}

fn quoted(parameter: &Parameter, number: &str) -> String {
    match parameter.measure {
        Measure::Duration => format!("\"{number}h\""),
        Measure::Number => number.to_owned(),
    }
}

/// The value to the power of ten at or below its error: rounding moves it by half an error at most. Ends are rounded outwards, so
/// that the law rules out nothing that was seen; what is above 0 stays so.
fn round(parameter: &Parameter) -> String {
    let value = parameter.value;
    // Of an end, the limit is three times as far as the end is on average.
    let error = parameter.se.unwrap_or((parameter.interval[1] - parameter.interval[0]) / 3.0);
    let finest = (value.abs().log10().floor() - 5.0) as i32;
    let mut power = (error.log10().floor() as i32).max(finest);
    loop {
        let unit = 10_f64.powi(power);
        let steps = match (parameter.name, parameter.se) {
            ("min", None) => (value / unit).floor(),
            ("max", None) => (value / unit).ceil(),
            // Rounding to the nearest must not rule out an interval that was seen, which is below the least likely end.
            ("max", Some(_)) if (value / unit).round() * unit < parameter.interval[0] => (value / unit).ceil(),
            _ => (value / unit).round(),
        };
        if steps > 0.0 || value <= 0.0 {
            return written(steps * unit, power, parameter.measure);
        }
        power -= 1;
    }
}

fn written(value: f64, power: i32, measure: Measure) -> String {
    let decimals = usize::try_from(-power).unwrap_or(0);
    match measure {
        Measure::Duration => trimmed(&format!("{value:.decimals$}")).to_owned(),
        Measure::Number => format!("{value:.*}", decimals.max(1)),
    }
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// The law in words: `Weibull`.
pub(crate) const fn name(family: LawFamily) -> &'static str {
    match family {
        LawFamily::Exponential => "exponential",
        LawFamily::Weibull => "Weibull",
        LawFamily::LogNormal => "log-normal",
        LawFamily::Normal => "normal",
        LawFamily::Uniform => "uniform",
        LawFamily::LogUniform => "log-uniform",
    }
}

/// The law in words with its article: `a Weibull law`.
pub(crate) fn phrase(family: LawFamily) -> String {
    let article = if family == LawFamily::Exponential { "an" } else { "a" };
    format!("{article} {} law", name(family))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::fit::{fit, ln_likelihood};
    use crate::stats::law::Law;
    use crate::stats::survival::{Durations, remissions};

    #[test]
    fn parameters_are_rounded_to_what_is_known_of_them() {
        let text_of = |family| text(&fit(family, &remissions()).expect("a fit"));
        // 39.9 ± 13.3; 33.8 ± 9.2 and 1.35 ± 0.38; 24.6 ± 7.0 and 0.98 ± 0.25.
        assert_eq!(text_of(LawFamily::Exponential), "{ exponential = { mean = \"40h\" } }");
        assert_eq!(text_of(LawFamily::Weibull), "{ weibull = { scale = \"34h\", shape = 1.4 } }");
        assert_eq!(text_of(LawFamily::LogNormal), "{ lognormal = { median = \"25h\", sigma = 1.0 } }");
    }

    #[test]
    fn ends_are_rounded_outwards_and_rule_nothing_out() {
        let all = Durations::new((1..200).map(|i| (1.37 + 7.0 * f64::from(i), true)));
        let fitted = fit(LawFamily::Uniform, &all).expect("a fit");
        // Ends are known to 3 · 7 / ln 20 or so.
        assert_eq!(text(&fitted), "{ uniform = [\"8h\", \"1395h\"] }");
        assert!(ln_likelihood(&Law::uniform(8.0, 1395.0).expect("proper"), &all).is_finite());
        let near_zero = Durations::new((1..20).map(|i| (0.01 * f64::from(i * i), true)));
        assert!(text(&fit(LawFamily::LogUniform, &near_zero).expect("a fit")).starts_with("{ log_uniform = [\"0.0"));
    }

    #[test]
    fn a_parameter_known_to_the_last_digit_is_not_written_with_all_of_them() {
        let parameter =
            Parameter { name: "scale", measure: Measure::Duration, value: 36.0, se: Some(1e-12), interval: [36.0; 2] };
        assert_eq!(round(&parameter), "36");
        assert_eq!(duration(0.5), "\"0.5h\"");
    }
}
