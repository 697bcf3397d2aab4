//! How lints put figures into words.

use crate::plan::units::{self, between};
use crate::plan::wording::{PERCENT, Term};

/// A mean number of orgs: whole from ten on.
pub(super) fn count(mean: f64) -> String {
    if mean >= 9.95 {
        units::group_count(mean.round() as u64)
    } else if mean > 0.0 && mean < 0.05 {
        "less than 0.1".to_owned()
    } else {
        units::group_number(units::round_to(mean, 1))
    }
}

/// `61 orgs`, `1 org`.
pub(super) fn orgs(mean: f64) -> String {
    let count = count(mean);
    Term::counted(&count)
}

/// A share in two or three digits: `93 %`, `4.9 %`, `0.2 %`.
pub(super) fn share(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = i32::from(percent < 9.95 || (percent > 99.0 && percent < 100.0));
    match units::round_to(percent, decimals) {
        0.0 if percent > 0.0 => format!("less than 0.1{PERCENT}"),
        100.0 if percent < 100.0 => format!("more than 99.9{PERCENT}"),
        rounded => format!("{rounded}{PERCENT}"),
    }
}

/// Hours to the quarter: `4 h`, `0.25 h`.
pub(super) fn hours(hours: f64) -> String {
    units::show_hours(units::round_to(hours * 4.0, 0) / 4.0)
}

/// `a`, `a or b`; of more than four, three and how many more.
pub(super) fn either(words: &[String]) -> String {
    list(words).replace(" and ", " or ")
}

/// `4 office hours`, `1 office hour`.
pub(super) fn office_hours(hours: f64) -> String {
    let rounded = units::round_to(hours * 4.0, 0) / 4.0;
    if rounded == 0.0 {
        return "no office hours".to_owned();
    }
    format!("{rounded} office hour{}", if rounded == 1.0 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`; of more than four, three and how many more.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if words.len() < 5 => format!("{} and {last}", first.join(between(words))),
        [first @ .., _] => format!("{} and {} more", first[..3].join(between(words)), words.len() - 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_no_more_digits_than_a_reader_needs() {
        assert_eq!(
            [123.3, 61.4, 9.96, 4.93, 1.0, 0.01, 0.0].map(count),
            ["123", "61", "10", "4.9", "1", "less than 0.1", "0"]
        );
        assert_eq!(
            [0.9322, 0.0493, 1.0, 0.9999, 0.0001].map(share),
            ["93 %", "4.9 %", "100 %", "more than 99.9 %", "less than 0.1 %"]
        );
        let words: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(
            [1, 2, 3, 4, 5].map(|n| list(&words[..n])),
            ["a", "a and b", "a, b and c", "a, b, c and d", "a, b, c and 2 more"]
        );
    }
}
