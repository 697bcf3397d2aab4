//! Durations as a scenario writes them: `"90m"`, `"36h"`, `"30d"`, `"2w"` and sums of them. In hours; a day is 24.

use super::finding_code::FindingCode;

/// Why a text or value was refused, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A stable short name for the finding.
    pub code: FindingCode,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Refusal {
    /// A refusal with its remedy.
    pub(crate) fn new(code: FindingCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }
}

/// Longest duration that makes sense: more than a century.
pub(crate) const LONGEST_HOURS: f64 = 1e6;

const UNITS: &str = "units are s, m (minutes), h, d and w";

/// Hours of a duration in words of the scenario.
///
/// # Errors
/// When it is none, with what to write instead.
pub(crate) fn parse(text: &str) -> Result<f64, Refusal> {
    let refuse = |message: String, help: String| Err(Refusal::new(FindingCode::NotADuration, message, help));
    let mut rest = text.trim();
    if rest.is_empty() {
        return refuse(
            "this duration is empty".to_owned(),
            format!("write a number and its unit, such as \"36h\"; {UNITS}"),
        );
    }
    if let Some(slip) = super::slips::range(rest) {
        return refuse(format!("`{text}`: {}", slip.message), slip.help);
    }
    if let Some(after) = rest.strip_prefix(['-', '−']) {
        let help = format!("write it without the sign: \"{}\"", after.trim());
        return Err(Refusal::new(FindingCode::OutOfRange, "a duration can't be negative", help));
    }
    let mut hours = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
        let number = rest[..digits].replace('_', "");
        let Ok(number) = number.parse::<f64>() else {
            return refuse(format!("`{text}` is no duration"), remedy(text));
        };
        let tail = rest[digits..].trim_start();
        let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let unit = &tail[..letters];
        if unit.is_empty() && tail.is_empty() {
            let so_far = text.trim();
            return refuse(format!("`{text}` has no unit"), format!("write the unit, such as \"{so_far}h\"; {UNITS}"));
        }
        let Some(each) = hours_of(unit) else {
            return refuse(format!("`{text}` is no duration"), remedy(text));
        };
        hours += number * each;
        rest = tail[letters..].trim_start_matches([' ', '+']);
    }
    if hours > LONGEST_HOURS {
        let help = format!("durations go up to {} h (114 years)", LONGEST_HOURS);
        return Err(Refusal::new(FindingCode::OutOfRange, format!("`{text}` is longer than a century"), help));
    }
    Ok(hours)
}

fn hours_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "s" => 1.0 / 3600.0,
        "m" | "min" => 1.0 / 60.0,
        "h" => 1.0,
        "d" => 24.0,
        "w" => 168.0,
        _ => return None,
    })
}

/// What to write instead of a text that is no duration: the same with units spelt our way, where that reads.
fn remedy(text: &str) -> String {
    const WORDS: [(&str, &str); 14] = [
        ("seconds", "s"),
        ("second", "s"),
        ("secs", "s"),
        ("sec", "s"),
        ("minutes", "m"),
        ("minute", "m"),
        ("mins", "m"),
        ("hours", "h"),
        ("hour", "h"),
        ("hrs", "h"),
        ("hr", "h"),
        ("days", "d"),
        ("day", "d"),
        ("week", "w"),
    ];
    let mut spelt = text.trim().to_lowercase().replace("weeks", "w").replace([',', '\''], "").replace(" and ", " ");
    for (word, unit) in WORDS {
        spelt = spelt.replace(word, unit);
    }
    for unit in ["s", "m", "h", "d", "w"] {
        spelt = spelt.replace(&format!(" {unit}"), unit);
    }
    let reads = spelt != text && spelt.chars().any(|c| c.is_ascii_digit()) && parse_quietly(&spelt);
    if reads {
        format!("write \"{spelt}\"; {UNITS}")
    } else {
        format!("write a number and its unit, such as \"36h\" or \"1d 12h\"; {UNITS}")
    }
}

/// Whether `text` is a duration; used on texts without words only, so that it does not call itself through the remedy.
fn parse_quietly(text: &str) -> bool {
    text.split_whitespace().all(|part| {
        let unit = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        unit.len() < part.len() && hours_of(unit).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_numbers_with_units() {
        for (text, hours) in [
            ("90m", 1.5),
            ("36h", 36.0),
            ("30d", 720.0),
            ("2w", 336.0),
            ("1d 12h", 36.0),
            ("1d12h", 36.0),
            ("1.5h", 1.5),
            ("0h", 0.0),
            ("1_400h", 1400.0),
            ("36 h", 36.0),
            ("90 min", 1.5),
            ("1h + 30m", 1.5),
        ] {
            assert_eq!(parse(text), Ok(hours), "{text}");
        }
        assert!((parse("45s").expect("a duration") - 0.0125).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_duration_is_refused_with_what_to_write_instead() {
        for (text, help) in [
            ("36", "\"36h\""),
            ("36 hours", "\"36h\""),
            ("2 days", "\"2d\""),
            ("2 weeks", "\"2w\""),
            ("36H", "\"36h\""),
            ("1,400h", "\"1400h\""),
            ("1 day and 12 hours", "\"1d 12h\""),
            ("-3h", "\"3h\""),
            ("soon", "such as"),
            ("", "such as"),
            ("h", "such as"),
            ("1.2.3h", "such as"),
            ("日h", "such as"),
            ("3mo", "such as"),
            ("99999999h", "up to"),
        ] {
            let refusal = parse(text).expect_err(text);
            assert!(refusal.help.contains(help), "{text}: {}", refusal.help);
        }
    }
}
